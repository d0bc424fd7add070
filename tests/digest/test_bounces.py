"""Mails that came back: who is put on the list, who is not, and what is only delayed."""

from datetime import timedelta

import pytest

from digest.bounces import read_bounces, take_bounces
from digest.delivery import deliver_due
from digest.issue import compose
from storage.errors import ZgcwatchError
from storage.outbox import list_deliveries
from storage.suppressions import suppressions
from tests.digest.archive import NOW, add_outlets, put
from tests.digest.test_delivery import READERS, settings_for

REPORT = """\
From: MAILER-DAEMON@mx.example.net
To: digest@example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain; charset=utf-8

This is the mail system.

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Tue, 24 Nov 2026 07:40:00 +0900

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}> no such user

--x
Content-Type: {kind}

{returned}
--x--
"""
HEADERS = "Message-ID: {identity}\nFrom: digest@example.com\nSubject: x\n"


def report(recipient="a@example.com", *, identity=None, action="failed", status="5.1.1", kind="text/rfc822-headers"):
    returned = HEADERS.format(identity=identity) if identity else "Subject: x\n"
    if kind == "message/rfc822":
        returned += "\nbody\n"
    return REPORT.format(recipient=recipient, action=action, status=status, kind=kind, returned=returned).encode()


@pytest.fixture
def mailed(database, server):
    """An archive whose readers have an issue; the Message-ID of each reader's mail."""
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, now=NOW - timedelta(hours=1))
    settings = settings_for(server.port)
    compose(database, settings, window_end=NOW, now=NOW)
    assert deliver_due(database, settings, clock=lambda: NOW).sent == len(READERS)
    found = {}
    for address, content in server.letters:
        head = content.partition(b"\r\nFrom:")[0].decode()
        found[address] = head.partition("Message-ID: ")[2].strip()
    return found


def take(database, folder, *contents):
    folder = folder / "mails"
    folder.mkdir(exist_ok=True)
    for number, content in enumerate(contents):
        (folder / f"{number}.eml").write_bytes(content)
    return take_bounces(database, [folder], now=NOW + timedelta(hours=1))


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_mail_of_ours_that_came_back(database, mailed, tmp_path, kind):
    found = take(database, tmp_path, report("moved@elsewhere.example", identity=mailed["a@example.com"], kind=kind))
    assert found.suppressed == ["a@example.com"]  # the address we know, not the one it was forwarded to
    with database.reader() as session:
        (row,) = suppressions(session)
        (delivery,) = list_deliveries(session, recipient="a@example.com")
    assert (row.source, row.reason[:5]) == ("bounce", "5.1.1")
    assert delivery.state == "failed"
    again = take(database, tmp_path)
    assert (again.suppressed, again.known) == ([], 1)


def test_a_report_without_headers_is_believed_about_our_readers_only(database, mailed, tmp_path):
    found = take(database, tmp_path, report("b@example.com"), report("stranger@example.org"))
    assert (found.suppressed, found.foreign) == (["b@example.com"], 1)


def test_nobody_can_silence_an_address_with_a_made_up_report(database, mailed, tmp_path):
    found = take(database, tmp_path, report("a@example.com", identity="<made.up@example.com>"))
    assert (found.suppressed, found.foreign) == ([], 1)


@pytest.mark.parametrize("changes", [{"action": "delayed", "status": "4.4.1"}, {"status": "4.2.2"}])
def test_what_may_still_arrive_silences_nobody(database, mailed, tmp_path, changes):
    found = take(database, tmp_path, report(identity=mailed["a@example.com"], **changes))
    assert (found.suppressed, found.delayed) == ([], 1)


def test_an_mbox_and_what_is_no_report(database, mailed, tmp_path):
    one = report(identity=mailed["a@example.com"]).replace(b"\nFrom ", b"\n>From ")
    box = b"".join(
        b"From MAILER-DAEMON Tue Nov 24 08:00:00 2026\n" + mail + b"\n" for mail in (one, report("c@example.com"))
    )
    found = take(database, tmp_path, box, b"Subject: hello\n\nI am on holiday.\n", b"\x00\xff")
    assert sorted(found.suppressed) == ["a@example.com", "c@example.com"]
    assert len(found.unreadable) == 2


def test_a_folder_that_is_not_there_is_told(database, tmp_path):
    with pytest.raises(ZgcwatchError, match="no file or folder"):
        take_bounces(database, [tmp_path / "none"], now=NOW)


def test_odd_reports_have_no_recipients():
    from email import message_from_bytes

    for odd in (report(action=""), report("no address"), b"Content-Type: message/delivery-status\n\nx"):
        assert read_bounces(message_from_bytes(odd)) == []
