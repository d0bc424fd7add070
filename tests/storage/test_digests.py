"""What the database itself promises of issues: a window once, an article told once."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from storage.digests import (
    IssueDraft,
    IssueEntry,
    digest_articles,
    first_window_start,
    issue_text,
    last_issue,
    save_issue,
    told_articles,
    untold_articles,
)
from storage.stories import add_stories, members_by_id
from tests.digest.archive import NOW, add_outlets, put

DAY = timedelta(days=1)


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


def test_a_window_is_stored_once(archive):
    with archive.writer() as session:
        save_issue(session, draft(), [])
    with pytest.raises(IntegrityError), archive.writer() as session:
        save_issue(session, draft(), [])


def test_an_article_is_told_once_and_corrected_often(archive):
    with archive.writer() as session:
        save_issue(session, draft(), [IssueEntry(1, 1, "new", 1)])
        save_issue(session, draft(1), [IssueEntry(1, 1, "correction", 5)])
        save_issue(session, draft(2), [IssueEntry(1, 1, "correction", 9)])
        told = told_articles(session, "default", [1, 2])
        assert (told[1].window_end, told[1].revision, set(told)) == (NOW, 9, {1})
    with pytest.raises(IntegrityError), archive.writer() as session:
        save_issue(session, draft(3), [IssueEntry(1, 1, "follow_up", 9)])


def test_untold_is_what_no_issue_told(archive):
    with archive.writer() as session:
        window = {"since": NOW - DAY, "until": NOW, "minimum_relevance": 0.0}
        assert untold_articles(session, "default", **window) == [1]
        assert untold_articles(session, "default", **{**window, "until": NOW - timedelta(hours=1)}) == []
        assert untold_articles(session, "default", **{**window, "minimum_relevance": 5.0}) == []
        save_issue(session, draft(), [IssueEntry(1, 1, "new", 1)])
        assert untold_articles(session, "default", **window) == []
        assert untold_articles(session, "another", **window) == [1]


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
