"""Issues and deliveries of before readers had rows of their own are still those of the watch `default`."""

import pytest
from sqlalchemy import text

from storage.database import Database
from storage.digests import issue_message, issue_text, last_issue
from storage.outbox import DeliveryState, outbox_counts
from storage.schema import upgrade
from storage.subscribers import subscribers
from tests.storage.old import archive_at

NOON = "2026-11-24 03:00:00.000000"


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request, tmp_path):
    """An archive at step 0008 with one issue that was mailed, and one delivery of it that waits."""
    url = f"sqlite:///{tmp_path}/old.db" if request.param == "sqlite" else request.getfixturevalue("empty_postgres_url")
    with archive_at(url, "0008") as connection:
        connection.execute(
            text(
                "INSERT INTO digest_issues (id, watch, window_start, window_end, composed_at, change_seq, stories, "
                "subject, html, text, message) VALUES (1, 'default', :at, :at, :at, 7, 3, '제목', '<p>', '글', :eml)"
            ),
            {"at": NOON, "eml": b"the bytes"},
        )
        connection.execute(
            text(
                "INSERT INTO deliveries (id, issue_id, recipient, message_id, state, created_at, due_at, attempts) "
                "VALUES (1, 1, 'a@example.com', '<1@example.com>', 'waiting', :at, :at, 0)"
            ),
            {"at": NOON},
        )
    return url


def test_issues_of_before_are_kept_as_they_were(old_url):
    upgrade(old_url)
    with Database.open(old_url) as database, database.reader() as session:
        issue = last_issue(session, "default")
        assert (issue.stories, issue.change_seq, issue.subject) == (3, 7, "제목")
        assert issue_text(session, issue.id) == ("제목", "<p>", "글")
        assert issue_message(session, issue.id) == b"the bytes"
        assert outbox_counts(session) == {DeliveryState.WAITING: 1}
        assert subscribers(session) == []
