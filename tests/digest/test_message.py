"""The bytes of a mail, read back by a parser: headers exactly as meant, parts whole, nothing that varies."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from digest.message import address, build_message, message_id
from digest.render import Rendered, render
from digest.safe import safe_title
from digest.settings import DigestSettings
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


def mail(rendered=None, settings=SETTINGS, recipient="a@example.com", key=KEY):
    frozen = build_message(rendered or render(issue(30)), settings, issue_key=key, now=NOW)
    identity = message_id(settings, issue_key=key, recipient=recipient)
    return address(frozen, recipient=recipient, message_id=identity)


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
    content = mail(settings=SETTINGS.model_copy(update={"unsubscribe": LONG}))
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
    content = mail(settings=SETTINGS.model_copy(update={"unsubscribe": way_out}))
    assert f"\r\nList-Unsubscribe: <{way_out}>\r\n".encode() in content
    assert parsed(content)["List-Unsubscribe"] == f"<{way_out}>"


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
