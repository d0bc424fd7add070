"""The operator is told once: by mail and by apprise, over crashes, mutes and servers that refuse."""

import json
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pydantic import SecretStr

from cli.settings import load_settings
from digest.settings import DigestSettings
from scheduler.channels import without_secrets
from scheduler.notify import channels_of, send_messages, tell_changes
from scheduler.settings import OperatorSettings
from scheduler.watch import judge_outlets
from storage.errors import ConfigurationError
from storage.health import (
    SourceVisitRow,
    claim_message,
    current_states,
    disable_outlet,
    messages_since,
    mute_outlet,
    note_source_visits,
)
from storage.outlets import sync_outlets
from storage.records import OutletRow, SourceKey, VisitCounts
from storage.sources import source_answered, source_failed, sources_of, sync_sources
from storage.visits import finish_visit, start_visit
from tests.digest.mailserver import mail_server

NOW = datetime(2027, 1, 20, 3, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OUTLETS = {"a": "가나일보", "b": "나다경제", "c": "다라뉴스"}
READER = "analyst@example.com"


class World:
    """Three outlets of one feed each, and a clock."""

    def __init__(self, database):
        self.database, self.now = database, NOW
        with database.writer() as session:
            sync_outlets(session, [OutletRow(i, n, f"https://{i}.example/") for i, n in OUTLETS.items()], now=NOW)
            sync_sources(session, [SourceKey(i, f"https://{i}.example/rss", "feed") for i in OUTLETS], now=NOW)

    def visit(self, outlet, error_class=None, times=1):
        for _ in range(times):
            self.now += timedelta(minutes=15)
            with self.database.writer() as session:
                visit = start_visit(session, outlet, now=self.now)
                [source] = sources_of(session, outlet)
                error = error_class and "It answered 503 (Service Unavailable)."
                if error:
                    source_failed(session, source.id, now=self.now, next_visit_at=self.now, error=error)
                else:
                    source_answered(
                        session, source.id, now=self.now, next_visit_at=self.now, etag=None, last_modified=None,
                        body_hash=None, new_items=2,
                    )  # fmt: skip
                row = SourceVisitRow(source.id, 0 if error else 20, 0 if error else 2, error_class, error)
                note_source_visits(session, visit, [row], now=self.now)
                finish_visit(session, visit, VisitCounts(), now=self.now)

    def judge(self):
        return judge_outlets(self.database, dict.fromkeys(OUTLETS, True), now=self.now)

    def round(self, operator, digest):
        self.judge()
        tell_changes(self.database, operator, now=self.now)
        return send_messages(self.database, operator, digest, clock=lambda: self.now)

    def messages(self):
        with self.database.reader() as session:
            return messages_since(session, NOW)


@pytest.fixture
def world(database):
    return World(database)


@pytest.fixture
def post():
    with mail_server() as server:
        yield server


@pytest.fixture
def digest(post):
    return DigestSettings(
        sender="중관춘 데일리 <zgc@example.com>",
        recipients=(READER,),
        smtp={"host": "127.0.0.1", "port": post.port, "security": "none", "timeout": 5},
    )


OPERATOR = OperatorSettings(mail=("ops@example.com",))


def letters(post, address="ops@example.com"):
    return [message_from_bytes(content, policy=policy.default) for content in post.received(address)]


def test_several_changes_of_a_round_are_one_mail_and_recovery_is_said_once(world, post, digest):
    for outlet in ("a", "b"):
        world.visit(outlet, "server", times=6)
    world.visit("c")
    assert world.round(OPERATOR, digest) == 1
    for _ in range(3):
        world.visit("a", "server")
        assert world.round(OPERATOR, digest) == 0
    [mail] = letters(post)
    assert mail["Subject"] == "zgcwatch: 2 outlets need a look"
    assert mail["From"].addresses[0].addr_spec == "zgc@example.com"
    text = mail.get_content()
    assert "가나일보 (a): failing since 2027-01-20 12:15. Failed 6 times in a row: It answered 503" in text
    assert "나다경제 (b): failing" in text
    assert "다라뉴스" not in text
    world.visit("a", times=2)
    world.judge()
    world.visit("a")
    assert world.round(OPERATOR, digest) == 1
    assert world.round(OPERATOR, digest) == 0
    well = letters(post)[1]
    assert well["Subject"] == "zgcwatch: 1 is well again"
    assert ", was failing. Answers." in well.get_content()
    assert well["Message-ID"] != mail["Message-ID"]
    assert post.received(READER) == []


def test_a_crash_after_judging_loses_nothing(world, post, digest):
    world.visit("a", "server", times=6)
    world.judge()  # and the process dies here
    tell_changes(world.database, OPERATOR, now=world.now)
    assert tell_changes(world.database, OPERATOR, now=world.now) == 0  # nor here does anything come twice
    assert send_messages(world.database, OPERATOR, digest, clock=lambda: world.now) == 1
    assert len(letters(post)) == 1


def test_a_crash_while_sending_sends_the_same_message_again(world, post, digest):
    world.visit("a", "server", times=6)
    world.judge()
    tell_changes(world.database, OPERATOR, now=world.now)
    with world.database.writer() as session:
        claim_message(session, now=world.now, lease_for=timedelta(minutes=5), lease="the dead one's")
    assert send_messages(world.database, OPERATOR, digest, clock=lambda: world.now) == 0
    world.now += timedelta(minutes=6)
    assert send_messages(world.database, OPERATOR, digest, clock=lambda: world.now) == 1
    assert send_messages(world.database, OPERATOR, digest, clock=lambda: world.now) == 0


def test_a_server_that_defers_is_tried_again_and_the_message_stays_the_same(world, post, digest):
    post.rcpt["ops@example.com"] = ["451 later"]
    world.visit("a", "server", times=6)
    assert world.round(OPERATOR, digest) == 0
    [(_, channel, state, answer)] = world.messages()
    assert (channel, state) == ("mail:ops@example.com", "waiting")
    assert "451" in answer
    world.now += timedelta(minutes=2)
    assert world.round(OPERATOR, digest) == 1


def test_an_address_that_is_refused_and_a_dead_server(world, post, digest, free_port):
    post.rcpt["ops@example.com"] = ["550 no such user"]
    world.visit("a", "server", times=6)
    assert world.round(OPERATOR, digest) == 0
    assert world.messages()[0][2] == "failed"
    dead = digest.model_copy(update={"smtp": digest.smtp.model_copy(update={"port": free_port})})
    world.visit("b", "server", times=6)
    world.round(OPERATOR, dead)
    assert world.messages()[1][2] == "waiting"
    world.now += 4 * DAY
    world.round(OPERATOR, dead)
    assert world.messages()[1][2] == "failed"


def test_a_muted_outlet_is_silent_until_its_day_and_what_is_well_by_then_is_never_told(world, post, digest):
    with world.database.writer() as session:
        for outlet in ("a", "b"):
            mute_outlet(session, outlet, until=NOW + 2 * DAY)
    for outlet in ("a", "b"):
        world.visit(outlet, "server", times=6)
    assert world.round(OPERATOR, digest) == 0
    world.visit("b")
    world.judge()
    world.visit("b")
    world.judge()
    world.now = NOW + 2 * DAY
    assert world.round(OPERATOR, digest) == 1
    [mail] = letters(post)
    assert "가나일보" in mail.get_content()
    assert "나다경제" not in mail.get_content()


def test_without_a_channel_it_is_logged_and_not_told_a_year_later(world, post, digest):
    world.visit("a", "server", times=6)
    assert world.round(OperatorSettings(), digest) == 0
    assert world.round(OPERATOR, digest) == 0
    assert letters(post) == []


def test_switched_off_by_the_operator(world, post, digest):
    world.visit("a")
    world.judge()
    with world.database.writer() as session:
        assert disable_outlet(session, "a", now=world.now, why="asked us to stay away")
        assert not disable_outlet(session, "a", now=world.now)
    assert world.round(OPERATOR, digest) == 1
    assert letters(post)[0]["Subject"] == "zgcwatch: 1 is switched off"
    with world.database.reader() as session:
        assert current_states(session)["a"].why == "asked us to stay away"


def test_when_all_fail_the_message_says_to_look_at_ourselves(database, post, digest):
    many = {f"o{number}": f"신문{number}" for number in range(6)}
    OUTLETS.update(many)
    try:
        world = World(database)
        for outlet in OUTLETS:
            world.visit(outlet, "dns", times=5)
        world.round(OPERATOR, digest)
    finally:
        for outlet in many:
            OUTLETS.pop(outlet)
    [mail] = letters(post)
    assert mail.get_content().startswith("9 of 9 outlets fail: look at this machine's own network first.")


# apprise


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def hook():
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        server.heard, server.answers = [], []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_service_known_to_apprise_is_told_once_and_again_when_it_failed(world, hook, digest):
    hook.answers = [500]
    secret = f"json://robot:geheim77@127.0.0.1:{hook.server_port}/token-abcdef"
    operator = OperatorSettings(notify=(SecretStr(secret),))
    world.visit("a", "refused", times=3)
    assert world.round(operator, digest) == 0
    [(_, channel, state, answer)] = world.messages()
    assert state == "waiting"
    assert "geheim77" not in channel + answer
    assert "token-abcdef" not in channel + answer
    world.now += timedelta(minutes=2)
    assert world.round(operator, digest) == 1
    assert world.round(operator, digest) == 0
    assert [heard["title"] for heard in hook.heard] == ["zgcwatch: 1 outlet needs a look"] * 2
    assert "blocked" in hook.heard[1]["message"]


def test_a_channel_that_left_the_settings_is_given_up(world, hook, digest):
    operator = OperatorSettings(notify=(SecretStr(f"json://127.0.0.1:{hook.server_port}/x"),))
    world.visit("a", "server", times=6)
    world.judge()
    tell_changes(world.database, operator, now=world.now)
    assert send_messages(world.database, OPERATOR, digest, clock=lambda: world.now) == 0
    assert world.messages()[0][2:] == ("failed", "This channel is no longer in the settings.")
    assert hook.heard == []


def test_settings_know_a_wrong_address_and_keep_its_secret(tmp_path, capfd, caplog):
    file = tmp_path / "zgcwatch.toml"
    file.write_text('[operator]\nmail = ["a@b.example", "a@b.example"]\nnotify = ["nosuch://geheim77/abc"]\n')
    with pytest.raises(ConfigurationError, match="kind 'nosuch'") as caught:
        load_settings(file)
    assert "geheim77" not in str(caught.value) + caplog.text + "".join(capfd.readouterr())
    file.write_text(file.read_text().replace("nosuch://geheim77/abc", "json://geheim77.example/abc"))
    assert channels_of(load_settings(file).operator)[0] == "mail:a@b.example"
    assert len(channels_of(load_settings(file).operator)) == 2


def test_secrets_are_taken_out_of_what_a_service_says():
    said = "x\nFailed to send to https://api.example/bot123:ABC-def/sendMessage: 404"
    assert (
        without_secrets(said, "tgram://bot123:ABC-def/chat42")
        == "Failed to send to https://api.example/***:***/sendMessage: 404"
    )
    assert without_secrets("", "tgram://a/b") == ""
