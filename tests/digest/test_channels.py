"""Issues to webhooks and chats, through a real HTTP server that misbehaves by plan."""

import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from digest.channels import LONGEST_NOTE, document, note
from digest.delivery import BACK_OFF, deliver_due
from digest.editions import reissue
from digest.issue import compose
from digest.settings import ChannelSettings
from digest.watches import Watch
from digest.webhook import is_public
from storage.outbox import DeliveryState, list_deliveries, outbox_counts
from tests.digest.archive import NOW, add_outlets, put
from tests.digest.samples import issue as sample
from tests.digest.test_delivery import settings_for

SECRET = "whsec_" + base64.b64encode(b"a key of thirty-two bytes, really").decode()
CUT = "cut"


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, dict(self.headers), body))
        status = self.server.plan.pop(0) if self.server.plan else 200
        if status == CUT:
            self.connection.close()
            return
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        """Nothing is said."""


@contextmanager
def hook(*plan):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.calls, server.plan = [], list(plan)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def channel_to(server, **changes):
    url = f"http://127.0.0.1:{server.server_port}/in?x=1"
    return ChannelSettings(**{"name": "desk", "url": url, "secret": SECRET, "allow_private": True, **changes})


def composed(database, *channels):
    """Settings whose watch goes to these channels, its issue in the outbox."""
    settings = settings_for(1, recipients=()).model_copy(update={"channels": channels})
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, now=NOW - timedelta(hours=1))
    watch = Watch(name="robots", title="로봇", channels=("desk",))
    assert compose(database, settings, window_end=NOW, now=NOW, watch=watch) is not None
    return settings


def deliver(database, settings, now=NOW):
    return deliver_due(database, settings, clock=lambda: now)


def test_a_webhook_gets_signed_json(database):
    with hook() as server:
        settings = composed(database, channel_to(server))
        assert deliver(database, settings).sent == 1
        assert deliver(database, settings).sent == 0
    ((path, headers, body),) = server.calls
    assert path == "/in?x=1"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.digest(b"a key of thirty-two bytes, really", signed, hashlib.sha256)
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    told = json.loads(body)
    assert (told["type"], told["watch"], told["id"]) == ("digest.issue", "robots", headers["webhook-id"])
    assert [story["title"] for story in told["stories"]] == ["중관춘 소식 alpha 1"]
    assert told["stories"][0]["url"] == "https://alpha.example/news/1"


def test_a_new_edition_goes_to_the_channel_that_has_the_issue_and_names_what_it_replaces(database):
    later = NOW + timedelta(hours=2)
    with hook() as server:
        settings = composed(database, channel_to(server))
        assert deliver(database, settings).sent == 1
        with database.writer() as session:
            put(session, "alpha", 1, now=later, title="중관춘 소식, 바로잡음")
        for number in (1, 2):
            made = reissue(database, 1, settings=settings, now=later)
            assert (made.number, made.recipients) == (number, 1)
            assert deliver(database, settings, later).sent == 1
    first, second, third = (json.loads(body) for _, _, body in server.calls)
    assert (first["replaces"], second["replaces"], third["replaces"]) == (None, first["id"], second["id"])
    assert len({first["id"], second["id"], third["id"]}) == 3
    assert [story["title"] for story in first["stories"]] == ["중관춘 소식 alpha 1"]
    assert [story["title"] for story in second["stories"]] == ["중관춘 소식, 바로잡음"]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (503, DeliveryState.DEFERRED),
        (429, DeliveryState.DEFERRED),
        (410, DeliveryState.FAILED),
        (302, DeliveryState.FAILED),
        (CUT, DeliveryState.UNCERTAIN),
    ],
)
def test_each_answer_has_its_class_and_a_second_try_the_same_body(database, answer, state):
    with hook(answer) as server:
        settings = composed(database, channel_to(server))
        deliver(database, settings)
        with database.reader() as session:
            assert outbox_counts(session) == {state: 1}
        if state is not DeliveryState.FAILED:
            assert deliver(database, settings, NOW + BACK_OFF[0]).sent == 1
            assert server.calls[0][2] == server.calls[1][2]
            assert server.calls[0][1]["webhook-id"] == server.calls[1][1]["webhook-id"]


def test_a_private_address_is_only_for_channels_that_say_so(database):
    with hook() as server:
        settings = composed(database, channel_to(server, allow_private=False))
        deliver(database, settings)
    assert server.calls == []
    with database.reader() as session:
        (row,) = list_deliveries(session)
    assert row.state is DeliveryState.FAILED
    assert "not on the public internet" in row.answer


def test_a_webhook_that_is_down_waits(database, free_port):
    settings = composed(
        database, ChannelSettings(name="desk", url=f"http://127.0.0.1:{free_port}/", allow_private=True)
    )
    assert deliver(database, settings).deferred == 1


def test_a_channel_that_was_removed_fails_and_says_so(database):
    settings = composed(database)
    assert deliver(database, settings).failed == 1
    with database.reader() as session:
        (row,) = list_deliveries(session)
    assert "no longer in the settings" in row.answer


def test_a_mail_server_that_is_down_holds_no_channel(database, free_port):
    with hook() as server:
        settings = composed(database, channel_to(server))
        reader = settings_for(free_port, recipients=("a@example.com",)).model_copy(
            update={"channels": settings.channels}
        )
        compose(database, reader, window_end=NOW, now=NOW)
        report = deliver(database, reader)
        assert (report.sent, report.waiting) == (1, 1)


def test_a_service_of_apprise_gets_a_note(sqlite_database):
    with hook() as server:
        settings = composed(
            sqlite_database, ChannelSettings(name="desk", url=f"json://127.0.0.1:{server.server_port}/note")
        )
        assert deliver(sqlite_database, settings).sent == 1
    ((_, _, body),) = server.calls
    told = json.loads(body)
    assert told["title"] == "[로봇] 11/24(화) 중관춘 소식 alpha 1"
    assert "https://alpha.example/news/1" in told["message"]


def test_a_note_is_short_and_leads_to_the_rest():
    text = note(sample(500, web_view="https://zgc.example/issues/t"))
    assert len(text) <= LONGEST_NOTE
    assert text.endswith("https://zgc.example/issues/t")
    assert "이슈 500건" in text
    assert document(sample(30), "default", "<a@b>") == document(sample(30), "default", "<a@b>")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
        ("224.0.0.1", False),
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(address) is public


@pytest.mark.parametrize("url", ["nonsense", "nosuchservice://x", "https://", "http://[bad"])
def test_an_address_that_leads_nowhere_is_refused(url):
    with pytest.raises(ValueError, match="address"):
        ChannelSettings(name="desk", url=url)
