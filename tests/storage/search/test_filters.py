from datetime import timedelta

import pytest
from sqlalchemy import select

from storage.archive import note_missing, store_article
from storage.models.archive import Article
from storage.records import SearchFilters
from storage.search import search
from storage.search.filters import RELATIONS, STATES
from tests.storage.drafts import DAY, HOUR, NOW, draft
from tests.storage.duplicates.test_verdict import LONG, market_report

SECTIONS = ("산업", "IT", None)


@pytest.fixture
def archive(database):
    """Nine articles an hour apart, then a report with its copy, two siblings, and one that went."""
    with database.writer() as session:
        for number in range(9):
            body = (f"중관춘 소식 {number}번이다.",)
            made = draft(f"{'abc'[number % 3]}/{number}", title="소식", body=body, section=SECTIONS[number // 3])
            store_article(session, made, now=NOW + number * HOUR)
        for name, place in (("a/20", 20), ("b/21", 21)):
            store_article(session, draft(name, title="중관춘 로봇", body=LONG), now=NOW + place * HOUR)
        store_article(session, draft("c/22", title="중관춘 시황", body=market_report(1)), now=NOW + 22 * HOUR)
        store_article(session, draft("c/23", title="중관춘 시황", body=market_report(2)), now=NOW + 23 * HOUR)
        store_article(session, draft("a/24", title="중관춘 삭제", body=("짧다.",)), now=NOW + 24 * HOUR)
        url = draft("a/24").canonical_url
        note_missing(session, url=url, status=410, now=NOW + 2 * DAY, confirm_after=DAY)
    return database


def found(database, query="중관춘", newest_first=True, within=None, **filters):
    with database.reader() as session:
        result = search(
            session, query, newest_first=newest_first, filters=SearchFilters(**filters), within=within, limit=50
        )
        assert (result.total, result.total_is_exact) == (len(result.items), True)
    return {hit.id for hit in result.items}


ASKED = [
    ({}, set(range(1, 14))),
    ({"outlets": ("a",)}, {1, 4, 7, 10}),
    ({"outlets": ("a", "b")}, {1, 4, 7, 10, 2, 5, 8, 11}),
    ({"outlets": ("nobody",)}, set()),
    ({"sections": ("산업",)}, {1, 2, 3}),
    ({"sections": ("it",)}, {4, 5, 6}),
    ({"outlets": ("b",), "sections": ("산업", "IT")}, {2, 5}),
    ({"since": NOW + 20 * HOUR}, {10, 11, 12, 13}),
    ({"until": NOW + 2 * HOUR}, {1, 2}),
    ({"since": NOW + HOUR, "until": NOW + 3 * HOUR}, {2, 3}),
    ({"since": NOW + 90 * DAY}, set()),
    ({"until": NOW - DAY}, set()),
    ({"relation": "original", "since": NOW + 20 * HOUR}, {10, 12, 13}),
    ({"relation": "duplicate"}, {11}),
    ({"relation": "copy_of"}, {11}),
    ({"relation": "sibling"}, {13}),
    ({"relation": "excerpt_of"}, set()),
    ({"state": "gone"}, set()),
    ({"state": "any", "outlets": ("a",)}, {1, 4, 7, 10}),
]


@pytest.mark.parametrize("newest_first", [True, False])
def test_filters(archive, newest_first):
    answers = [found(archive, newest_first=newest_first, **filters) for filters, _ in ASKED]
    assert answers == [expected for _, expected in ASKED]


def test_without_words_the_filters_alone_answer(archive):
    assert found(archive, "", outlets=("a",)) == {1, 4, 7, 10}
    assert found(archive, "", sections=("산업",), newest_first=False) == {1, 2, 3}
    assert found(archive, "", state="gone") == {14}
    assert found(archive, "", state="any", since=NOW + 22 * HOUR) == {12, 13, 14}
    assert found(archive, "") == set()


def test_a_statement_may_say_where_to_search(archive):
    odd = select(Article.id).where(Article.id.in_([1, 3, 5, 11]))
    assert found(archive, within=odd) == {1, 3, 5, 11}
    assert found(archive, "로봇", within=odd, newest_first=False) == {11}
    assert found(archive, "", within=odd) == {1, 3, 5, 11}


def test_an_article_that_entered_late_is_found_in_its_time(archive):
    with archive.writer() as session:
        late = draft("b/99", title="중관춘 옛글", body=("늦게 들어왔다.",))
        store_article(session, late, now=NOW + HOUR + timedelta(minutes=1))
    assert found(archive, since=NOW + HOUR, until=NOW + 2 * HOUR) == {2, 15}
    assert found(archive, until=NOW + 2 * HOUR) == {1, 2, 15}


def test_a_corrected_section_moves_the_article(archive):
    with archive.writer() as session:
        store_article(session, draft("a/0", title="새 소식", body=("중관춘 글.",), section="증권"), now=NOW + 3 * DAY)
    assert found(archive, sections=("증권",)) == {1}
    assert found(archive, sections=("산업",)) == {2, 3}


def test_a_long_list_is_counted_to_a_bound(database, monkeypatch):
    monkeypatch.setattr("storage.search.hits.COUNTED", 5)
    with database.writer() as session:
        for number in range(12):
            store_article(session, draft(f"a/{number}", title="소식", body=(f"중관춘 {number}번.",)), now=NOW)
    with database.reader() as session:
        bounded = search(session, "중관춘", limit=3)
        filtered = search(session, "중관춘", limit=3, filters=SearchFilters(relation="original"))
        exact = search(session, "중관춘", limit=20)
    assert (bounded.total, bounded.total_is_exact) == (5, False)
    assert (filtered.total, filtered.total_is_exact) == (5, False)
    assert (exact.total, exact.total_is_exact) == (12, True)


def test_the_names_of_filters_are_those_that_work(archive):
    everything = found(archive, state="any")
    assert found(archive, relation="original") | found(archive, relation="duplicate") == found(archive)
    for relation in RELATIONS:
        assert found(archive, relation=relation) <= everything
    for state in STATES:
        assert found(archive, state=state) <= everything


@pytest.mark.parametrize("walked", [0, 3, 1_000])
def test_how_far_the_newest_are_walked_changes_no_page(database, monkeypatch, walked):
    monkeypatch.setattr("storage.search.hits.WALKED", walked)
    with database.writer() as session:
        for number in range(30):
            text = f"소식 {number}번." + " 중관춘." * (number % 3 < 2) + " 로봇." * (number % 10 == 0)
            made = draft(f"a/{number}", title="글", body=(text,), section=("산업", "IT")[number % 2])
            store_article(session, made, now=NOW + number * HOUR)

    def listed(query, **filters):
        ids, cursor, filters = [], None, SearchFilters(**filters)
        while True:
            with database.reader() as session:
                page = search(session, query, limit=4, cursor=cursor, filters=filters)
            ids += [hit.id for hit in page.items]
            if (cursor := page.next) is None:
                return ids

    often, seldom = [n + 1 for n in range(29, -1, -1) if n % 3 < 2], [21, 11, 1]
    assert listed("중관춘") == often
    assert listed("로봇") == seldom
    assert listed("중관춘", sections=("IT",)) == [n for n in often if n % 2 == 0]
    assert listed("중관춘", until=NOW + 9 * HOUR) == [n for n in often if n <= 9]
    assert listed("중관춘", relation="original", since=NOW + 9 * HOUR) == [n for n in often if n > 9]
    assert listed("중관춘", relation="duplicate") == []


def test_a_page_never_shows_more_than_the_total_says(database, monkeypatch):
    monkeypatch.setattr("storage.search.hits.COUNTED", 2)
    with database.writer() as session:
        for number in range(12):
            store_article(session, draft(f"a/{number}", title="글", body=(f"중관춘 {number}번.",)), now=NOW)
    with database.reader() as session:
        found = search(session, "중관춘", limit=5, filters=SearchFilters(relation="original"))
    assert (found.total, len(found.items), found.total_is_exact) == (5, 5, False)
