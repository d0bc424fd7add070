from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from storage.archive import note_missing, store_article
from storage.meaning import FactsDraft, store_facts
from storage.models.archive import Article
from storage.trends import counts_against_mean, deal_sums, entity_counts, mondays, topic_counts
from tests.storage.drafts import DAY, HOUR, draft
from tests.storage.meaning.test_facts import deal, entity

KST = ZoneInfo("Asia/Seoul")
MONDAY = datetime(2026, 11, 23, tzinfo=KST)
WEEK = timedelta(weeks=1)


@pytest.fixture
def numbers():
    return iter(range(1000))


@pytest.fixture
def keep(database, numbers):
    def keep_one(at, *entities, topics=("zgc",), deals=()):
        name = f"a/{next(numbers)}"
        body = (f"{name} 문단입니다." * 3,)
        with database.writer() as session:
            stored = store_article(session, draft(name, title=name, body=body, topics=topics), now=at)
            facts = FactsDraft(entities=tuple(entity(one) for one in entities), deals=deals)
            store_facts(session, stored.article_id, facts, now=at)
        return stored.article_id

    return keep_one


def test_weeks_begin_on_monday_in_the_zone_of_the_reader():
    assert mondays(MONDAY, MONDAY + WEEK, KST) == [date(2026, 11, 23)]
    assert mondays(MONDAY - timedelta(seconds=1), MONDAY + WEEK + timedelta(seconds=1), KST) == [
        date(2026, 11, 16), date(2026, 11, 23), date(2026, 11, 30),
    ]  # fmt: skip
    sunday_evening = datetime(2026, 11, 22, 16, tzinfo=UTC)  # Monday, one o'clock in Seoul
    assert mondays(sunday_evening, sunday_evening + HOUR, KST) == [date(2026, 11, 23)]
    assert mondays(sunday_evening, sunday_evening + HOUR, UTC) == [date(2026, 11, 16)]
    assert mondays(MONDAY, MONDAY, KST) == []
    with pytest.raises(ValueError, match="shorter"):
        mondays(MONDAY - 200 * WEEK, MONDAY, KST)


def test_entities_are_counted_by_week_and_withdrawn_articles_are_not(database, keep):
    keep(MONDAY - timedelta(microseconds=1), "one")
    keep(MONDAY, "one", "two")
    gone = keep(MONDAY + DAY, "two", "three")
    keep(MONDAY + 2 * DAY, "one")
    keep(MONDAY + WEEK, "one")
    with database.writer() as session:
        url = session.get_one(Article, gone).canonical_url
        note_missing(session, url=url, status=410, now=MONDAY + 3 * DAY, confirm_after=HOUR)
    with database.reader() as session:
        found = entity_counts(session, since=MONDAY - WEEK, until=MONDAY + WEEK, zone=KST)
        assert found.weeks == (date(2026, 11, 16), date(2026, 11, 23))
        assert [(row.id, row.counts, row.total, row.kind) for row in found.rows] == [
            ("one", (1, 2), 3, "company"),
            ("two", (0, 1), 1, "company"),
        ]
        chosen = entity_counts(session, since=MONDAY, until=MONDAY + WEEK, zone=KST, entities=["two", "nobody"])
        assert [(row.id, row.counts) for row in chosen.rows] == [("two", (1,))]
        most = entity_counts(session, since=MONDAY, until=MONDAY + WEEK, zone=KST, limit=1)
        assert [row.id for row in most.rows] == ["one"]
        assert entity_counts(session, since=MONDAY, until=MONDAY, zone=KST).rows == ()


def test_topics_and_money_are_counted_by_week(database, keep):
    keep(MONDAY, topics=("zgc", "chips"), deals=(deal(4e8), deal(None, currency=None, company_id="secret")))
    keep(MONDAY + DAY, topics=("zgc",), deals=(deal(1e8, company_id="other"),))
    keep(MONDAY + WEEK, topics=("chips",), deals=(deal(3e9, currency="CNY", company_id="third"),))
    with database.reader() as session:
        topics = topic_counts(session, since=MONDAY, until=MONDAY + 2 * WEEK, zone=KST)
        assert [(row.id, row.counts) for row in topics.rows] == [("chips", (1, 1)), ("zgc", (2, 0))]
        money = deal_sums(session, since=MONDAY, until=MONDAY + 2 * WEEK, zone=KST)
        assert [(row.kind, row.currency, row.counts, row.sums) for row in money.rows] == [
            ("raised", "CNY", (0, 1), (0.0, 3e9)),
            ("raised", "USD", (2, 0), (5e8, 0.0)),
            ("raised", None, (1, 0), (0.0, 0.0)),
        ]
        assert topic_counts(session, since=MONDAY, until=MONDAY, zone=KST).rows == ()
        assert deal_sums(session, since=MONDAY, until=MONDAY, zone=KST).rows == ()


def test_a_window_is_held_against_the_mean_of_four_weeks_before(database, keep):
    keep(MONDAY - 5 * WEEK, "early")  # before the four weeks
    for day in range(1, 29):
        keep(MONDAY - day * DAY, "daily", *(["weekly"] if day % 7 == 0 else []))
    for _ in range(3):
        keep(MONDAY + HOUR, "daily", "new")
    keep(MONDAY + DAY, "daily")  # after the window
    with database.reader() as session:
        rows = counts_against_mean(session, window_start=MONDAY, window_end=MONDAY + DAY)
        assert [(row.kind, row.id, row.count, row.mean) for row in rows] == [
            ("topic", "zgc", 3, 1.0),
            ("company", "daily", 3, 1.0),
            ("company", "new", 3, 0.0),
        ]
        assert counts_against_mean(session, window_start=MONDAY, window_end=MONDAY) == []


def test_a_young_archive_has_the_mean_of_its_own_days_or_none(database, keep):
    keep(MONDAY - 2 * DAY, "one")
    keep(MONDAY - DAY, "one")
    keep(MONDAY, "one")
    with database.reader() as session:
        [_, row] = counts_against_mean(session, window_start=MONDAY, window_end=MONDAY + DAY)
        assert (row.count, row.mean) == (1, 1.0)
        [_, row] = counts_against_mean(session, window_start=MONDAY - 2 * DAY, window_end=MONDAY)
        assert (row.count, row.mean) == (2, None)
    with database.writer() as session:
        session.execute(update(Article).values(topics=[]))
    with database.reader() as session:
        rows = counts_against_mean(session, window_start=MONDAY, window_end=MONDAY + DAY)
        assert [row.kind for row in rows] == ["company"]
