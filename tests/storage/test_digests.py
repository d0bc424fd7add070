"""What the database itself promises of issues: a window once, an article told once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from storage.digests import (
    IssueDraft,
    IssueEntry,
    candidates,
    digest_articles,
    extend_issue,
    first_window_start,
    issue_message,
    issue_text,
    last_issue,
    last_seq,
    last_windows,
    late_candidates,
    save_issue,
    save_rendering,
)
from storage.models.digest import DigestIssue
from storage.stories import add_stories, members_by_id, stories_of
from storage.told import changed_articles, told_articles, told_ids
from tests.digest.archive import NOW, add_outlets, put

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def draft(days=0):
    end = NOW + days * DAY
    return IssueDraft("default", end - DAY, end, end, 0, 1, "제목", "<p>", "글", b"x")


@pytest.fixture
def archive(database):
    with database.writer() as session:
        add_outlets(session)
        article = put(session, "alpha", 1, now=NOW - timedelta(hours=1))
        add_stories(session, [members_by_id(session, [article])], now=NOW)
    return database


def entry(session, kind, revision):
    """What an issue says of the one article."""
    return IssueEntry(1, stories_of(session, [1])[1], kind, revision)


def plans_of(session, ask):
    """How SQLite goes about each question that `ask` puts."""
    asked = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    ask()
    questions = list(asked)
    return [
        " / ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
        for statement, parameters in questions
    ]


def test_what_a_watch_has_told_is_asked_of_its_own_index(sqlite_database):
    """Not of all watches' issues: the two hundredth watch of a morning would wait for those before it."""
    with sqlite_database.reader() as session:
        (plan,) = plans_of(session, lambda: told_ids(session, "default", [1, 2]))
        (joined,) = plans_of(session, lambda: changed_articles(session, "default", after_seq=0))
    assert "INDEX uq_digest_issue_articles_told (watch=? AND article_id>? AND article_id<?)" in plan
    assert "INDEX uq_digest_issue_articles_told (watch=? AND article_id=?)" in joined


def test_a_window_is_stored_once(archive):
    with archive.writer() as session:
        save_issue(session, draft(), [])
    with pytest.raises(IntegrityError), archive.writer() as session:
        save_issue(session, draft(), [])


def test_an_article_is_told_once_and_corrected_often(archive):
    with archive.writer() as session:
        save_issue(session, draft(), [entry(session, "new", 1)])
        save_issue(session, draft(1), [entry(session, "correction", 5)])
        save_issue(session, draft(2), [entry(session, "correction", 9)])
        told = told_articles(session, "default", [1, 2])
        assert (told[1].window_end, told[1].revision, set(told)) == (NOW, 9, {1})
    with pytest.raises(IntegrityError), archive.writer() as session:
        save_issue(session, draft(3), [entry(session, "follow_up", 9)])


def test_told_is_what_an_issue_of_the_same_watch_told(archive):
    with archive.writer() as session:
        assert told_ids(session, "default", [1]) == set()
        save_issue(session, draft(), [entry(session, "new", 1)])
        assert told_ids(session, "default", [1, 2]) == {1}
        assert told_ids(session, "default", []) == told_ids(session, "another", [1]) == set()


def test_candidates_are_first_seen_in_the_window(archive):
    seen = NOW - timedelta(hours=1)
    with archive.reader() as session:
        assert [row.id for row in candidates(session, since=seen, until=NOW)] == [1]
        assert candidates(session, since=seen - DAY, until=seen) == []


def test_what_came_late_is_known_by_its_change(archive):
    old = NOW - 9 * DAY
    with archive.writer() as session:
        seen = last_seq(session)
        put(session, "beta", 2, now=old)  # by a clock that is nine days behind
        query = {"before": NOW - DAY, "changed_since": NOW - 3 * DAY}
        assert [row.id for row in late_candidates(session, after_seq=seen, **query)] == [2]
        assert late_candidates(session, after_seq=seen, before=old, changed_since=old) == []
        assert late_candidates(session, after_seq=last_seq(session), **query) == []
        seen = last_seq(session)
        put(session, "beta", 2, title="이제는 다른 제목", now=NOW)
        assert late_candidates(session, after_seq=seen, **query) == []
        assert [r.id for r in late_candidates(session, after_seq=seen, before=NOW, changed_since=old)] == [2]


def test_the_empty_window_of_a_watch_of_alerts_grows(archive):
    empty = replace(draft(), subject=None, html=None, text=None, message=None)
    with archive.writer() as session:
        quiet, told = save_issue(session, empty, []), save_issue(session, draft(1), [])
        for issue in (quiet, told):
            extend_issue(session, issue.id, window_end=issue.window_end + HOUR, change_seq=7)
    with archive.reader() as session:
        assert last_windows(session) == {"default": (NOW + DAY, 7)}
        assert issues_of(session) == [NOW + HOUR, NOW + DAY]


def issues_of(session):
    return list(session.scalars(select(DigestIssue.window_end).order_by(DigestIssue.id)))


def test_a_kind_of_reader_has_a_rendering_of_its_own(archive):
    with archive.writer() as session:
        issue = save_issue(session, draft(), [])
        save_rendering(session, issue.id, "en.text", subject="Title", html="", text="words", message=b"y")
        assert issue_text(session, issue.id, "en.text") == ("Title", "", "words")
        assert issue_text(session, issue.id, "of before") == issue_text(session, issue.id) == ("제목", "<p>", "글")
        assert [issue_message(session, issue.id, name) for name in ("en.text", "")] == [b"y", b"x"]
        with pytest.raises(LookupError):  # another form may show what this reader has no right to
            issue_message(session, issue.id, "of before")


def test_the_last_window_and_the_first(archive):
    with archive.writer() as session:
        assert last_issue(session, "default") is None
        assert first_window_start(session, "default") is None
        for days in (0, 1):
            save_issue(session, draft(days), [])
        newest = last_issue(session, "default")
        assert newest.window_end == NOW + DAY
        assert first_window_start(session, "default") == NOW - DAY
        assert issue_text(session, newest.id) == ("제목", "<p>", "글")


def test_an_article_comes_with_the_text_in_force(archive):
    with archive.writer() as session:
        put(session, "alpha", 1, title="새 제목", now=NOW)
        found = digest_articles(session, [1])[1]
    assert (found.title, found.state, found.changed_at) == ("새 제목", "live", NOW)
