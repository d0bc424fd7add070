"""Lists that pages show, on both databases."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.errors import CursorError
from storage.models.digest import Delivery, DigestIssue, Story
from storage.records import SourceKey, VisitCounts
from storage.sources import source_answered, sources_of, sync_sources
from storage.views import article_counts, articles_by_id, issue_row, last_news, last_visits, list_issues, newest_day
from storage.visits import finish_visit, start_visit
from tests.web.conftest import NOON, draft, store

KST = ZoneInfo("Asia/Seoul")


def test_visits_are_those_of_the_end_oldest_first(database):
    with database.writer() as session:
        for number in range(40):
            visit = start_visit(session, f"sample-{number % 2}", now=NOON + timedelta(minutes=number))
            finish_visit(session, visit, VisitCounts(fetched=number), now=NOON + timedelta(minutes=number, seconds=5))
        open_one = start_visit(session, "sample-1", now=NOON + timedelta(hours=1))
    del open_one
    with database.reader() as session:
        found = last_visits(session, ["sample-0", "sample-1", "sample-2"], limit=5)
    assert [bar.pages for bar in found["sample-0"]] == [30, 32, 34, 36, 38]
    assert [bar.pages for bar in found["sample-1"]] == [33, 35, 37, 39, 0]
    assert found["sample-1"][-1].finished_at is None
    assert found["sample-2"] == ()


def test_the_last_signs_of_life_are_those_of_all_sources_together(database):
    with database.writer() as session:
        sync_sources(session, [SourceKey("a", f"https://a.example/{n}", "feed") for n in range(2)], now=NOON)
        first, second = sources_of(session, "a")
        for number, (source, new) in enumerate(((first, 3), (second, 0))):
            at = NOON + timedelta(hours=number)
            source_answered(
                session, source.id, now=at, next_visit_at=at + timedelta(hours=2), etag=None, last_modified=None,
                body_hash=None, new_items=new,
            )  # fmt: skip
    with database.reader() as session:
        found = last_news(session)["a"]
    assert (found.answered_at, found.new_at) == (NOON + timedelta(hours=1), NOON)
    assert found.next_at == NOON + timedelta(hours=2)


def test_articles_by_id_and_by_outlet(database):
    ids = store(database, draft(1), draft(2, "sample-none"), draft(3))
    with database.reader() as session:
        assert set(articles_by_id(session, [*ids[:2], 999])) == set(ids[:2])
        assert articles_by_id(session, []) == {}
        assert article_counts(session, NOON + timedelta(minutes=1)) == {"sample-none": 1, "sample-full": 1}


@pytest.fixture
def issues(database):
    with database.writer() as session:
        for number in range(5):
            end = NOON + timedelta(days=number)
            row = DigestIssue(
                watch="default" if number % 2 else "robots",
                window_start=end - timedelta(days=1),
                window_end=end,
                composed_at=end,
                change_seq=number,
                stories=number,
                subject=None if number == 3 else f"제목 {number}",
            )
            session.add(row)
            session.flush()
            for reader in range(number):
                session.add(
                    Delivery(
                        issue_id=row.id,
                        recipient=f"{reader}@example.com",
                        message_id=f"<{number}-{reader}>",
                        state="sent" if reader else "failed",
                        created_at=end,
                        due_at=end,
                        attempts=1,
                    )
                )
    return database


def test_issues_come_newest_first_by_pages(issues):
    with issues.reader() as session:
        seen, after = [], None
        while True:
            rows, after = list_issues(session, limit=2, after=after)
            seen += [row.stories for row in rows]
            if after is None:
                break
        assert seen == [4, 3, 2, 1, 0]
        rows, _ = list_issues(session, limit=9, watch="default")
        assert [row.stories for row in rows] == [3, 1]
        rows, _ = list_issues(session, limit=9, mailed_only=True)
        assert [row.subject for row in rows] == ["제목 4", "제목 2", "제목 1", "제목 0"]
        assert rows[0].deliveries == {"failed": 1, "sent": 3}
        assert rows[-1].deliveries == {}
        assert issue_row(session, rows[1].id) == rows[1]
        assert issue_row(session, 999) is None
        with pytest.raises(CursorError):
            list_issues(session, limit=2, after="nonsense")


def test_the_newest_day_is_that_of_the_readers(database):
    [article] = store(database, draft(1))
    with database.reader() as session:
        assert newest_day(session, lambda moment: moment.astimezone(KST)) is None
    with database.writer() as session:
        for hours, merged in ((13, None), (40, 1)):
            at = NOON + timedelta(hours=hours)
            story = Story(head_id=article, first_reported_at=NOON, last_reported_at=at, created_at=at, updated_at=at)
            session.add(story)
            session.flush()
            story.merged_into = merged and story.id - 1
    with database.reader() as session:
        assert newest_day(session, lambda moment: moment.astimezone(KST)).isoformat() == "2026-11-25"
