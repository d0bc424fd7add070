"""The digest's verbs as a person types them: what they show, what they send, and that looking changes nothing."""

import json
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cli.main import cli
from storage.database import Database
from storage.models.base import Base
from tests.digest.archive import add_outlets, put
from tests.digest.mailserver import mail_server

NOW = datetime.now(UTC).replace(microsecond=0)
SETTINGS = """\
[digest]
recipients = ["a@example.com", "b@example.com"]
sender = "digest@example.com"
[digest.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
"""


@pytest.fixture
def mail():
    with mail_server() as server:
        yield server


@pytest.fixture
def zgcwatch(database_url, mail, tmp_path):
    """Runs a verb on an archive with one story; the output, or the error."""
    with Database.open(database_url) as database, database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, now=NOW - timedelta(hours=1), title="중관춘 알파 기업 유치")
    settings = tmp_path / "zgcwatch.toml"
    settings.write_text(SETTINGS.format(port=mail.port), encoding="utf-8")

    def run(*arguments, database=True, fails=False):
        given = [*arguments, *(["--database", database_url] if database else [])]
        result = CliRunner().invoke(cli, ["--config", str(settings), *given])
        if fails:
            assert result.exit_code != 0
            return f"{result.exception} {result.output}"
        assert result.exception is None, result.exception
        return result.stdout

    run.url = database_url
    return run


def whole(url):
    """Every row of every table."""
    with Database.open(url) as database, database.reader() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all())) for table in Base.metadata.sorted_tables
        }


@pytest.mark.parametrize(
    "arguments",
    [(), ("--format", "html"), ("--format", "eml"), ("--watch", "default"), ("--date", "2026-01-02")],
)
def test_a_preview_changes_nothing(zgcwatch, mail, arguments):
    before = whole(zgcwatch.url)
    shown = zgcwatch("digest", "preview", *arguments)
    assert whole(zgcwatch.url) == before
    assert mail.letters == []
    if "--date" not in arguments:
        assert "중관춘 알파 기업 유치" in shown or "eml" in arguments


def test_a_test_mail_is_marked_and_changes_nothing(zgcwatch, mail):
    before = whole(zgcwatch.url)
    said = zgcwatch("digest", "send", "--test", "operator@example.com")
    assert whole(zgcwatch.url) == before
    ((address, content),) = mail.letters
    letter = message_from_bytes(content, policy=policy.default)
    assert (address, letter["To"]) == ("operator@example.com",) * 2
    assert letter["Subject"].startswith("[TEST] [중관춘 데일리] ")
    assert "operator@example.com" in said
    assert "not a plain mail address" in zgcwatch("digest", "send", "--test", "nobody", fails=True)
    zgcwatch("digest", "send")
    real = message_from_bytes(mail.received("a@example.com")[0], policy=policy.default)
    assert real["Message-ID"] != letter["Message-ID"]


def test_an_issue_from_its_sending_to_its_correction(zgcwatch, mail):
    assert json.loads(zgcwatch("digest", "send", "--json"))["sent"] == 2
    listed = json.loads(zgcwatch("digest", "list", "--json"))
    assert listed["deliveries"] == {"sent": 2}
    number = str(listed["issue"])
    assert "중관춘 알파 기업 유치" in zgcwatch("digest", "show", number)
    assert "<!DOCTYPE html>" in zgcwatch("digest", "show", number, "--format", "html")
    today = NOW.astimezone().date().isoformat()
    assert "중관춘 알파 기업 유치" in zgcwatch("digest", "preview", "--date", today)
    assert "1 mail back" in zgcwatch("digest", "resend", number, "--to", "a@example.com")
    assert mail.received("a@example.com")[0] == mail.received("a@example.com")[1]
    assert "[정정]" in zgcwatch("digest", "reissue", number)
    assert len(mail.received("b@example.com")) == 2
    assert "no issue 99" in zgcwatch("digest", "reissue", "99", fails=True)
    assert "nothing was mailed" in zgcwatch("digest", "send")
    assert zgcwatch("digest", "list", "--all").count("\n") == 2


def test_the_outbox_is_looked_at_and_tried_again(zgcwatch, mail, tmp_path):
    mail.rcpt["b@example.com"] = ["550 5.1.1 no such user"]
    zgcwatch("digest", "send")
    (failed,) = [json.loads(line) for line in zgcwatch("outbox", "list", "--state", "failed", "--json").splitlines()]
    assert (failed["recipient"], failed["attempts"]) == ("b@example.com", 1)
    assert "550 5.1.1" in zgcwatch("outbox", "suppressed")
    assert zgcwatch("outbox", "suppressed", "--remove", "b@example.com") == ""
    assert "sent 1" in zgcwatch("outbox", "retry", str(failed["delivery"]))
    assert len(mail.received("b@example.com")) == 1
    assert "Name deliveries" in zgcwatch("outbox", "retry", fails=True)
    zgcwatch("outbox", "suppressed", "--add", "a@example.com")
    assert json.loads(zgcwatch("outbox", "suppressed", "--json"))["source"] == "operator"
    assert "not on the list" in zgcwatch("outbox", "suppressed", "--remove", "nobody@example.com", fails=True)


def test_mails_that_came_back_are_read(zgcwatch, mail, tmp_path):
    from tests.digest.test_bounces import report

    zgcwatch("digest", "send")
    (tmp_path / "one.eml").write_bytes(report("a@example.com"))
    (tmp_path / "two.eml").write_bytes(b"Subject: x\n\nhello\n")
    said = zgcwatch("outbox", "bounces", str(tmp_path / "one.eml"), str(tmp_path / "two.eml"))
    assert "a@example.com is sent nothing any more." in said
    assert json.loads(zgcwatch("outbox", "bounces", str(tmp_path / "one.eml"), "--json"))["known"] == 1
