"""The bytes of a mail, read back by a parser: headers exactly as meant, parts whole, nothing that varies."""

import base64
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime
from html import escape

import dkim
import mailparser
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from digest.dkim import SHORTEST_RSA, load_key, sign
from digest.message import UNSUBSCRIBE_HERE, address, as_test, build_message, message_id
from digest.render import Rendered, render
from digest.safe import safe_title
from digest.settings import DigestSettings
from storage.errors import ConfigurationError
from tests.digest.samples import issue

NOW = datetime(2026, 11, 23, 22, 20, 33, 123456, tzinfo=UTC)
KEY = "default 2026-11-23T22:20:00+00:00"
SETTINGS = DigestSettings(sender="중관춘 데일리 <digest@example.com>")
HEADERS = [
    "To",
    "Message-ID",
    "From",
    "Subject",
    "Date",
    "List-Id",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
]
LONG = "https://archive.example.com/unsubscribe/" + "token-" * 100


def mail(rendered=None, settings=SETTINGS, recipient="a@example.com", key=KEY, watch="", **own):
    frozen = build_message(rendered or render(issue(30)), settings, issue_key=key, now=NOW, watch=watch)
    identity = message_id(settings, issue_key=key, recipient=recipient)
    return address(frozen, recipient=recipient, message_id=identity, **own)


def parsed(content):
    message = message_from_bytes(content, policy=policy.default)
    assert message.defects == []
    return message


def test_headers_are_as_meant():
    message = parsed(mail())
    assert message["To"] == "a@example.com"
    assert message["From"].addresses[0].display_name == "중관춘 데일리"
    assert message["From"].addresses[0].addr_spec == "digest@example.com"
    assert message["Subject"] == render(issue(30)).subject
    assert message["Date"] == "Tue, 24 Nov 2026 07:20:33 +0900"
    assert parsedate_to_datetime(message["Date"]) == NOW.replace(microsecond=0)
    assert message["List-Id"] == "<digest.example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    assert sorted(message.keys()) == sorted(HEADERS)


def test_both_parts_come_back_whole():
    rendered = render(issue(30))
    message = parsed(mail(rendered))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message.get_body(("html",)).get_content().replace("\r\n", "\n").strip() == rendered.html.strip()
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == rendered.text


def test_the_bytes_are_ascii_lines_that_any_server_takes():
    content = mail(unsubscribe=LONG)
    assert content.isascii()
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")
    assert all(b"\n" not in line and b"\r" not in line and len(line) <= 998 for line in lines)


def test_the_same_issue_has_the_same_bytes_and_each_reader_a_message_id():
    assert mail() == mail()
    assert parsed(mail())["Message-ID"] == parsed(mail())["Message-ID"]
    identities = {
        parsed(mail(recipient=r, key=k))["Message-ID"] for r in ("a@example.com", "b@example.com") for k in ("1", "2")
    }
    assert len(identities) == 4
    assert all(one.endswith("@example.com>") for one in identities)
    assert mail().partition(b"From:")[2] == mail(recipient="b@example.com").partition(b"From:")[2]


@pytest.mark.parametrize("way_out", [LONG, "mailto:leave@example.com?subject=leave", "https://example.com/u"])
def test_a_way_out_survives_folding(way_out):
    content = mail(unsubscribe=way_out)
    assert f"\r\nList-Unsubscribe: <{way_out}>\r\n".encode() in content
    assert parsed(content)["List-Unsubscribe"] == f"<{way_out}>"
    one_click = "List-Unsubscribe=One-Click" if way_out.startswith("https:") else None
    assert parsed(content)["List-Unsubscribe-Post"] == one_click


def test_each_reader_has_the_way_out_in_the_body_too():
    rendered = render(issue(30, unsubscribe=UNSUBSCRIBE_HERE))
    for way_out in ("https://zgc.example/unsubscribe/1.default.abc", "mailto:a@example.com?subject=x&body=y"):
        message = parsed(mail(rendered, unsubscribe=way_out))
        html, plain = (message.get_body((kind,)).get_content() for kind in ("html", "plain"))
        assert f'href="{escape(way_out)}"' in html
        assert way_out in plain
        assert "unsubscribe.invalid" not in html + plain
        expected = rendered.text.replace(UNSUBSCRIBE_HERE, way_out)
        assert plain.replace("\r\n", "\n") == expected


def test_a_mail_of_text_alone():
    frozen = build_message(
        render(issue(3, unsubscribe=UNSUBSCRIBE_HERE)), SETTINGS, issue_key=KEY, now=NOW, parts="text"
    )
    message = parsed(address(frozen, recipient="a@example.com", message_id="<1@x>", unsubscribe=LONG))
    assert message.get_content_type() == "text/plain"
    assert LONG in message.get_content()


def test_a_new_edition_answers_the_first_and_a_test_says_what_it_is():
    message = parsed(mail(in_reply_to="<first@example.com>"))
    assert (message["In-Reply-To"], message["References"]) == ("<first@example.com>",) * 2
    trial = parsed(as_test(mail(unsubscribe=LONG), recipient="operator@example.com", now=NOW))
    assert trial["Subject"] == f"[TEST] {render(issue(30)).subject}"
    assert trial["To"] == "operator@example.com"
    assert trial["Message-ID"] != parsed(mail())["Message-ID"]
    assert [name for name in trial if name.startswith("List-")] == []
    assert trial.get_body(("plain",)).get_content() == parsed(mail(unsubscribe=LONG)).get_body(("plain",)).get_content()
    assert parsed(mail(watch="robots"))["List-Id"] == "<robots.digest.example.com>"
    assert parsed(mail(watch="default"))["List-Id"] == "<digest.example.com>"


@pytest.mark.parametrize(
    "sender",
    [
        "Digest <d@example.com>",
        '"A, B: C" <d@example.com>',
        "중관춘 데일리와 아주 긴 이름의 보내는 사람들 <d@example.com>",
    ],
)
def test_a_senders_name_survives(sender):
    content = mail(settings=SETTINGS.model_copy(update={"sender": sender}))
    raw = message_from_bytes(content, policy=policy.compat32)["From"]
    # Not the new parser: it puts a blank between two encoded words of a phrase, against RFC 2047, 6.2.
    name, bare = parseaddr(raw)
    assert (str(make_header(decode_header(name))), bare) == parseaddr(sender)


def test_encoded_words_keep_within_their_line():
    content = mail(Rendered("긴 제목 " * 60, "<p>x</p>", "x"))
    header = content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(len(line) for line in header if b"=?utf-8" in line) <= 76


@given(st.text(max_size=250))
@hypothesis_settings(max_examples=150, deadline=None)
def test_any_title_is_a_subject_and_nothing_else(title):
    subject = f"[중관춘 데일리] 11/24(화) {safe_title(title)} 외 29건"
    message = parsed(mail(Rendered(subject, "<p>x</p>", "x\n")))
    assert message["Subject"] == subject
    assert message["Bcc"] is None
    assert message.keys() == HEADERS


# A second parser, so that no mistake of Python's own is shared.


@pytest.mark.parametrize(
    "title", ["하늘로보틱스, 투자 유치", "제목\r\nBcc: a@example.com", "가\x00나\u202e다", "=?utf-8?b?x?=", "a" * 500]
)
def test_another_parser_reads_the_same_headers(title):
    subject = f"[중관춘 데일리] 11/24(화) {safe_title(title)} 외 29건"
    content = mail(Rendered(subject, "<p>본문</p>", "글\n"), unsubscribe=LONG, in_reply_to="<first@example.com>")
    message = mailparser.parse_from_bytes(content)
    assert message.subject == subject
    assert message.from_ == [("중관춘 데일리", "digest@example.com")]
    assert message.to == [("", "a@example.com")]
    assert message.message_id == parsed(content)["Message-ID"]
    assert message.headers["List-Unsubscribe"] == f"<{LONG}>"
    assert message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.headers["In-Reply-To"] == "<first@example.com>"
    assert message.date == NOW.replace(microsecond=0)
    assert [part.rstrip() for part in message.text_html] == ["<p>본문</p>"]
    assert [part.rstrip() for part in message.text_plain] == ["글"]
    assert message.defects == []
    assert "Bcc" not in message.headers
    assert not message.attachments


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_signature_that_the_usual_library_accepts(kind, tmp_path):
    key, record = KEYS[kind]()
    file = tmp_path / "dkim.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    content = mail(unsubscribe=LONG)
    signed = sign(content, load_key(file), domain="example.com", selector="mail")
    assert signed == sign(content, load_key(file), domain="example.com", selector="mail")
    assert signed.endswith(content)
    asked = []

    def answer(name, timeout=5):
        asked.append(name)
        return record

    assert dkim.verify(signed, dnsfunc=answer)
    assert asked == [b"mail._domainkey.example.com."]
    changed = (
        signed.replace(b"a@example.com", b"b@example.com"),
        signed.replace(b"\r\nDate: ", b"\r\nSubject: more\r\nDate: "),
        signed[:-40] + b"AAAA" + signed[-36:],
        signed.replace(b"token-", b"taken-", 1),
    )
    for other in changed:
        assert not dkim.verify(other, dnsfunc=answer)


def test_a_key_that_is_none_is_told(tmp_path):
    (tmp_path / "x.pem").write_text("nothing")
    with pytest.raises(ConfigurationError, match=r"digest\.dkim\.key_file"):
        load_key(tmp_path / "x.pem")
    short = rsa.generate_private_key(65537, 1024)
    assert short.key_size == SHORTEST_RSA
    curve = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "x.pem").write_bytes(curve)
    with pytest.raises(ConfigurationError, match="neither RSA"):
        load_key(tmp_path / "x.pem")


def rsa_key():
    key = rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return key, b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def ed25519_key():
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return key, b"v=DKIM1; k=ed25519; p=" + base64.b64encode(public)


KEYS = {"rsa": rsa_key, "ed25519": ed25519_key}
