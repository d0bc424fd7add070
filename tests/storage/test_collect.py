from storage.outlets import outlet_names, sync_outlets
from storage.records import OutletRow, SourceKey, VisitCounts
from storage.sources import due_sources, source_answered, source_failed, sources_of, sync_sources
from storage.visits import finish_visit, latest_visits, start_visit
from tests.storage.drafts import DAY, HOUR, NOW

FEED = SourceKey("a", "https://a.example/rss", "feed")
LIST = SourceKey("a", "https://a.example/list", "list")
OTHER = SourceKey("b", "https://b.example/rss", "feed")
ANSWER = {"etag": '"7"', "last_modified": None, "body_hash": "77", "new_items": 3}


def test_new_sources_are_due_at_once(database):
    with database.writer() as session:
        sync_sources(session, [FEED, LIST, OTHER], now=NOW)
        due = due_sources(session, now=NOW)
        assert [(source.outlet, source.url, source.kind) for source in due] == [
            ("a", FEED.url, "feed"),
            ("a", LIST.url, "list"),
            ("b", OTHER.url, "feed"),
        ]
        assert [source.url for source in sources_of(session, "a")] == [FEED.url, LIST.url]


def test_known_sources_keep_their_state_and_vanished_ones_rest(database):
    with database.writer() as session:
        sync_sources(session, [FEED, OTHER], now=NOW)
        first = due_sources(session, now=NOW)[0]
        source_answered(session, first.id, now=NOW, next_visit_at=NOW + HOUR, **ANSWER)
        sync_sources(session, [SourceKey("a", FEED.url, "sitemap")], now=NOW + HOUR)
    with database.reader() as session:
        [kept] = due_sources(session, now=NOW + DAY)
        assert (kept.id, kept.kind, kept.etag, kept.next_visit_at) == (first.id, "sitemap", '"7"', NOW + HOUR)
        assert sources_of(session, "b") == []
    with database.writer() as session:
        sync_sources(session, [FEED, OTHER], now=NOW + DAY)
        assert len(sources_of(session, "b")) == 1


def test_an_answer_ends_the_errors(database):
    with database.writer() as session:
        sync_sources(session, [FEED], now=NOW)
        [source] = due_sources(session, now=NOW)
        source_failed(session, source.id, now=NOW, next_visit_at=NOW + HOUR, error="timed out\x00")
        source_failed(session, source.id, now=NOW + HOUR, next_visit_at=NOW + 3 * HOUR, error="HTTP 503")
        assert due_sources(session, now=NOW + 2 * HOUR) == []
        [failing] = due_sources(session, now=NOW + 3 * HOUR)
        assert (failing.error_count, failing.last_error, failing.failing_since) == (2, "HTTP 503", NOW)
        source_answered(session, source.id, now=NOW + 3 * HOUR, next_visit_at=NOW + 4 * HOUR, **ANSWER)
    with database.reader() as session:
        [well] = sources_of(session, "a")
    assert (well.error_count, well.last_error, well.failing_since) == (0, None, None)
    assert (well.etag, well.body_hash, well.last_success_at, well.last_new_at) == ('"7"', "77", *[NOW + 3 * HOUR] * 2)


def test_an_answer_without_news_keeps_the_time_of_the_last_news(database):
    with database.writer() as session:
        sync_sources(session, [FEED], now=NOW)
        [source] = sources_of(session, "a")
        source_answered(session, source.id, now=NOW, next_visit_at=NOW, **ANSWER)
        later = {**ANSWER, "new_items": 0, "etag": None}
        source_answered(session, source.id, now=NOW + HOUR, next_visit_at=NOW, **later)
    with database.reader() as session:
        [found] = sources_of(session, "a")
    assert (found.last_new_at, found.last_success_at, found.etag) == (NOW, NOW + HOUR, None)


def test_the_longest_overdue_comes_first(database):
    with database.writer() as session:
        sync_sources(session, [FEED], now=NOW)
        sync_sources(session, [FEED, OTHER], now=NOW - HOUR)
        assert [source.outlet for source in due_sources(session, now=NOW)] == ["b", "a"]


def test_a_visit_is_kept_with_its_counts(database):
    counts = VisitCounts(
        candidates=9, fetched=5, stored=3, duplicates=1, off_topic=1, failed=1, errors=["시간\x00 초과"]
    )
    with database.writer() as session:
        visit_id = start_visit(session, "a", now=NOW)
        finish_visit(session, visit_id, counts, now=NOW + HOUR, error="half\x00way")
    with database.reader() as session:
        [visit] = latest_visits(session)
    assert (visit.id, visit.outlet, visit.started_at, visit.finished_at) == (visit_id, "a", NOW, NOW + HOUR)
    counts.errors = ["시간 초과"]
    assert (visit.counts, visit.error) == (counts, "halfway")


def test_the_latest_visits_of_each_outlet(database):
    with database.writer() as session:
        ids = [start_visit(session, outlet, now=NOW) for outlet in "abaab"]
    with database.reader() as session:
        assert [visit.id for visit in latest_visits(session)] == [ids[3], ids[4]]
        assert [visit.id for visit in latest_visits(session, 2)] == [ids[3], ids[2], ids[4], ids[1]]
        assert latest_visits(session)[0].finished_at is None


def test_outlets_are_brought_up_to_date_and_never_lost(database):
    with database.writer() as session:
        sync_outlets(session, [OutletRow("a", "가", "https://a.example"), OutletRow("b", "나", "https://b")], now=NOW)
        changed = OutletRow("a", "가나다\x00", "https://a.example", "full", sample=True)
        sync_outlets(session, [changed], now=NOW + DAY)
    with database.reader() as session:
        names = outlet_names(session)
    assert names["a"] == OutletRow("a", "가나다", "https://a.example", "full", sample=True)
    assert names["b"].licence == "headline"
