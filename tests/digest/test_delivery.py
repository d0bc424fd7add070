"""Delivery over real SMTP, on both databases, with a server that misbehaves and a clock that is set by hand."""

import base64
import re
import threading
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from digest.delivery import BACK_OFF, GIVE_UP_AFTER, SERVER_DOWN, deliver_due
from digest.issue import compose
from digest.service import close_due_windows, send_now
from digest.settings import DigestSettings, DkimSettings, SmtpSettings
from storage.errors import ConfigurationError
from storage.outbox import (
    DeliveryState,
    add_deliveries,
    claim,
    list_deliveries,
    outbox_counts,
    retry,
    wait_again,
)
from storage.suppressions import release_address, suppressions
from tests.digest.archive import NOW, add_outlets, put
from tests.digest.mailserver import DROP, DROP_AFTER_KEEPING, certificate, mail_server, only

READERS = ("a@example.com", "b@example.com", "c@example.com")


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def forward(self, wait):
        self.now += wait


@pytest.fixture
def clock():
    return Clock()


def settings_for(port, *, recipients=READERS, **smtp):
    line = SmtpSettings(**{"host": "127.0.0.1", "port": port, "security": "none", "timeout": 5, **smtp})
    return DigestSettings(recipients=recipients, sender="중관춘 데일리 <digest@example.com>", smtp=line)


@pytest.fixture
def issue(database):
    """An archive with an issue in its outbox, due now."""
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, now=NOW - timedelta(hours=1))
    settings = settings_for(1)
    return compose(database, settings, window_end=NOW - timedelta(seconds=1), now=NOW)


def states(database):
    with database.reader() as session:
        return outbox_counts(session)


def test_each_reader_gets_one_message_of_their_own(database, issue, server, clock):
    report = deliver_due(database, settings_for(server.port), clock=clock)
    assert (report.sent, report.errors) == (3, ())
    assert Counter(address for address, _ in server.letters) == dict.fromkeys(READERS, 1)
    assert server.sessions == 1
    letters = [message_from_bytes(content, policy=policy.default) for _, content in server.letters]
    assert [letter["To"] for letter in letters] == list(READERS)
    assert len({letter["Message-ID"] for letter in letters}) == 3
    assert deliver_due(database, settings_for(server.port), clock=clock).sent == 0


@pytest.mark.parametrize("place", ["rcpt", "data"])
@pytest.mark.parametrize("code", ["550 no such reader", "554 refused"])
def test_a_refused_reader_costs_that_reader_only(database, issue, server, clock, place, code):
    getattr(server, place)["b@example.com"] = [code]
    report = deliver_due(database, settings_for(server.port), clock=clock)
    assert (report.sent, report.failed) == (2, 1)
    clock.forward(timedelta(days=1))
    assert deliver_due(database, settings_for(server.port), clock=clock).sent == 0
    assert states(database) == {DeliveryState.SENT: 2, DeliveryState.FAILED: 1}


@pytest.mark.parametrize("place", ["rcpt", "data"])
def test_a_deferred_reader_is_tried_again_on_a_plan(database, issue, server, clock, place):
    getattr(server, place)["b@example.com"] = ["451 later"] * 5
    assert deliver_due(database, settings_for(server.port), clock=clock).deferred == 1
    for wait in (*BACK_OFF, BACK_OFF[-1]):
        clock.forward(wait - timedelta(seconds=1))
        report = deliver_due(database, settings_for(server.port), clock=clock)
        assert (report.deferred, report.sent) == (0, 0)
        clock.forward(timedelta(seconds=1))
        report = deliver_due(database, settings_for(server.port), clock=clock)
    assert report.sent == 1
    assert len(server.received("b@example.com")) == 1


def test_a_reader_deferred_for_twelve_hours_is_given_up(database, issue, server, clock):
    server.rcpt["b@example.com"] = ["451 later"] * 100
    tries = 0
    while states(database).get(DeliveryState.FAILED) is None:
        tries += deliver_due(database, settings_for(server.port), clock=clock).deferred
        clock.forward(timedelta(minutes=1))
    assert clock.now - NOW <= GIVE_UP_AFTER + timedelta(hours=1)
    assert tries in range(12, 17)


@pytest.mark.parametrize("drop", [DROP, DROP_AFTER_KEEPING])
def test_a_line_lost_after_the_message_means_the_same_bytes_again(database, issue, server, clock, drop):
    server.data["b@example.com"] = [drop]
    report = deliver_due(database, settings_for(server.port), clock=clock)
    assert (report.sent, report.uncertain) == (2, 1)
    clock.forward(BACK_OFF[0])
    assert deliver_due(database, settings_for(server.port), clock=clock).sent == 1
    copies = server.received("b@example.com")
    assert len(copies) == (1 if drop == DROP else 2)
    assert len(set(copies)) == 1


def test_a_line_lost_before_the_message_is_a_deferral(database, issue, server, clock):
    server.rcpt["b@example.com"] = [DROP]
    report = deliver_due(database, settings_for(server.port), clock=clock)
    assert (report.sent, report.deferred, report.uncertain) == (2, 1, 0)
    assert server.sessions == 2


def test_a_server_that_closes_is_called_again_for_the_next_reader(database, issue, server, clock):
    server.rcpt["a@example.com"] = ["421 closing"]
    report = deliver_due(database, settings_for(server.port), clock=clock)
    assert (report.sent, report.deferred) == (2, 1)
    assert server.sessions == 2


def test_a_refused_sender_stops_everything_and_says_so(database, issue, server, clock):
    server.mail = ["553 not yours"]
    report = deliver_due(database, settings_for(server.port), clock=clock)
    assert (report.sent, report.failed, report.waiting) == (0, 0, 3)
    assert "digest.sender" in report.errors[0]
    assert states(database) == {DeliveryState.WAITING: 3}
    clock.forward(SERVER_DOWN)
    assert deliver_due(database, settings_for(server.port), clock=clock).sent == 3


def test_a_server_down_for_six_hours_loses_nothing(database, issue, clock, free_port):
    for _ in range(6 * 60):
        report = deliver_due(database, settings_for(free_port), clock=clock)
        assert report.sent + report.failed + report.deferred == 0
        clock.forward(timedelta(minutes=1))
    with mail_server() as server:
        recovered = clock.now
        while states(database).get(DeliveryState.SENT) != 3:
            deliver_due(database, settings_for(server.port), clock=clock)
            clock.forward(timedelta(minutes=1))
        assert clock.now - recovered <= timedelta(minutes=5)
        assert len(server.letters) == 3


def test_a_server_that_does_not_answer_is_named_with_its_remedy(database, issue, clock, free_port):
    report = deliver_due(database, settings_for(free_port), clock=clock)
    assert f"127.0.0.1:{free_port} does not answer" in report.errors[0]
    assert report.waiting == 3


def test_no_starttls_means_no_mail(database, issue, server, clock):
    report = deliver_due(database, settings_for(server.port, security="starttls"), clock=clock)
    assert "offers no STARTTLS" in report.errors[0]
    assert server.letters == []


def test_mail_goes_over_starttls_with_a_login(database, issue, clock, tmp_path):
    context, pem = certificate(tmp_path)
    options = {
        "tls_context": context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": only("u", "right"),
    }
    with mail_server(**options) as server:
        known = {"security": "starttls", "ca_file": pem, "username": "u"}
        wrong = deliver_due(database, settings_for(server.port, password="wrong", **known), clock=clock)
        assert "refuses the login of u" in wrong.errors[0]
        assert "wrong" not in wrong.errors[0]
        assert wrong.waiting == 3
        clock.forward(SERVER_DOWN)
        untrusted = deliver_due(database, settings_for(server.port, security="starttls"), clock=clock)
        assert "digest.smtp.ca_file" in untrusted.errors[0]
        clock.forward(SERVER_DOWN)
        assert deliver_due(database, settings_for(server.port, password="right", **known), clock=clock).sent == 3


def test_mail_goes_over_tls_from_the_start(database, issue, clock, tmp_path):
    context, pem = certificate(tmp_path)
    with mail_server(ssl_context=context) as server:
        report = deliver_due(database, settings_for(server.port, security="tls", ca_file=pem), clock=clock)
        assert (report.sent, report.errors) == (3, ())


def test_a_login_the_server_does_not_know_is_told(database, issue, clock, tmp_path):
    context, pem = certificate(tmp_path)
    with mail_server(ssl_context=context, auth_exclude_mechanism=["LOGIN", "PLAIN"]) as server:
        settings = settings_for(server.port, security="tls", ca_file=pem, username="u", password="p")
        assert "takes no login" in deliver_due(database, settings, clock=clock).errors[0]


def test_a_certificate_file_that_is_none_is_told(database, issue, clock, tmp_path):
    (tmp_path / "empty.pem").write_text("nothing")
    settings = settings_for(1, security="tls", ca_file=tmp_path / "empty.pem")
    assert "no readable PEM" in deliver_due(database, settings, clock=clock).errors[0]


def test_a_sender_that_died_leaves_its_reader_to_the_next_one(database, issue, server, clock):
    with database.writer() as session:
        assert claim(session, now=clock.now, lease_for=timedelta(minutes=3), lease="dead").recipient == "a@example.com"
    assert deliver_due(database, settings_for(server.port), clock=clock).sent == 2
    clock.forward(timedelta(minutes=3))
    assert deliver_due(database, settings_for(server.port), clock=clock).sent == 1
    assert Counter(address for address, _ in server.letters) == dict.fromkeys(READERS, 1)


def test_two_services_at_once_send_nothing_twice(database, server, clock):
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, now=NOW - timedelta(hours=1))
    many = tuple(f"reader{n}@example.com" for n in range(30))
    settings = settings_for(server.port, recipients=many)
    reports = []

    def serve():
        compose(database, settings, window_end=NOW, now=NOW)
        reports.append(deliver_due(database, settings, clock=lambda: NOW + timedelta(hours=1)))

    services = [threading.Thread(target=serve) for _ in range(2)]
    for service in services:
        service.start()
    for service in services:
        service.join()
    assert sum(report.sent for report in reports) == 30
    assert Counter(address for address, _ in server.letters) == dict.fromkeys(many, 1)


def test_send_now_closes_composes_and_delivers(database, server, clock):
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, now=NOW - timedelta(hours=1))
    report = send_now(database, settings_for(server.port), clock=clock)
    assert (report.stories, report.sent, report.errors) == (1, 3, ())
    assert report.subject.startswith("[중관춘 데일리] 11/24(화) 중관춘 소식 alpha 1")
    clock.forward(timedelta(hours=1))
    again = send_now(database, settings_for(server.port), clock=clock)
    assert (again.issue_id, again.sent) == (None, 0)
    assert len(server.letters) == 3


def test_without_readers_nothing_is_used_up(database, server, clock):
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, now=NOW - timedelta(hours=1))
    nobody = settings_for(server.port, recipients=())
    with pytest.raises(ConfigurationError, match=r"digest\.recipients"):
        send_now(database, nobody, clock=clock)
    assert close_due_windows(database, nobody, now=NOW) == []
    assert send_now(database, settings_for(server.port), clock=clock).sent == 3


def test_a_slow_answer_is_uncertain_and_the_copy_is_the_same(database, issue, server, clock):
    server.slow["b@example.com"] = [1.5]
    report = deliver_due(database, settings_for(server.port, timeout=0.7), clock=clock)
    assert (report.sent, report.uncertain) == (2, 1)
    clock.forward(BACK_OFF[0])
    assert deliver_due(database, settings_for(server.port), clock=clock).sent == 1
    copies = server.received("b@example.com")
    assert len(copies) in {1, 2}
    assert len(set(copies)) == 1


def test_an_address_without_a_mailbox_is_sent_nothing_any_more(database, issue, server, clock):
    server.rcpt["b@example.com"] = ["550 5.1.1 no such user"]
    server.rcpt["c@example.com"] = ["550 5.7.1 not from you"]
    assert deliver_due(database, settings_for(server.port), clock=clock).failed == 2
    with database.reader() as session:
        assert [(row.address, row.source) for row in suppressions(session)] == [("b@example.com", "refused")]
    with database.writer() as session:
        retry(session, issue_id=issue.id, now=clock.now)
    report = deliver_due(database, settings_for(server.port), clock=clock)
    assert (report.sent, report.failed) == (1, 1)
    assert server.received("b@example.com") == []
    with database.reader() as session:
        (row,) = list_deliveries(session, recipient="B@example.com")
    assert row.answer == "nothing is sent to this address: 550 5.1.1 no such user"
    with database.writer() as session:
        assert release_address(session, "B@EXAMPLE.com")
        retry(session, issue_id=issue.id, now=clock.now)
    assert deliver_due(database, settings_for(server.port), clock=clock).sent == 1


def test_each_reader_has_a_link_of_their_own(database, server, clock):
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, now=NOW - timedelta(hours=1))
    settings = settings_for(server.port).model_copy(update={"web_url": "https://zgc.example"})
    compose(database, settings, window_end=NOW, now=NOW)
    assert deliver_due(database, settings, clock=clock).sent == 3
    links = set()
    for _, content in server.letters:
        letter = message_from_bytes(content, policy=policy.default)
        link = letter["List-Unsubscribe"].strip("<>")
        links.add(link)
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert link.startswith("https://zgc.example/unsubscribe/")
        for kind in ("plain", "html"):
            body = letter.get_body((kind,)).get_content()
            assert link in body
            assert "unsubscribe.invalid" not in body
            assert re.search(r"https://zgc\.example/issues/[\w-]{22}", body)
    assert len(links) == 3


def test_mails_are_signed(database, issue, server, clock, tmp_path):
    key = rsa.generate_private_key(65537, 2048)
    (tmp_path / "dkim.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    signing = DkimSettings(domain="example.com", selector="mail", key_file=tmp_path / "dkim.pem")
    settings = settings_for(server.port).model_copy(update={"dkim": signing})
    assert deliver_due(database, settings, clock=clock).sent == 3
    for _, content in server.letters:
        assert dkim.verify(content, dnsfunc=lambda *_, **__: b"v=DKIM1; k=rsa; p=" + public)
    missing = settings.model_copy(update={"dkim": signing.model_copy(update={"key_file": tmp_path / "none.pem"})})
    with database.writer() as session:
        wait_again(session, issue.id, READERS, now=clock.now)
    report = deliver_due(database, missing, clock=clock)
    assert (report.sent, report.waiting) == (0, 3)
    assert "digest.dkim.key_file" in report.errors[0]


def test_a_mail_that_is_not_there_costs_one_reader(database, issue, server, clock):
    with database.writer() as session:
        add_deliveries(session, issue.id, {"d@example.com": "<d@x>"}, due_at=NOW, now=NOW, variant="no.such.form")
    report = deliver_due(database, settings_for(server.port), clock=clock)
    assert (report.sent, report.failed) == (3, 1)
