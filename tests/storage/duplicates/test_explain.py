from datetime import timedelta
from decimal import Decimal

from storage.archive import store_article
from storage.duplicates import explain
from storage.outlets import sync_outlets
from storage.records import OutletRow
from tests.storage.drafts import DAY, HOUR, NOW, draft
from tests.storage.duplicates.test_duplicates import head_of, merges, store
from tests.storage.duplicates.test_labelled import other_name
from tests.storage.duplicates.test_verdict import LONG, market_report

MINUTE = timedelta(minutes=1)


def explained(database, article_id):
    with database.reader() as session:
        return explain(session, article_id)


def test_a_copy_is_explained_from_both_sides(database):
    store(database, "a/1", LONG)
    store(database, "b/1", ("예시통신 제공.", *LONG[:-1]), NOW + MINUTE)
    copy, head = explained(database, 2), explained(database, 1)
    assert (copy.head_id, copy.followers, head.head_id, head.followers) == (1, (), None, (2,))
    [tie], [back] = copy.ties, head.ties
    assert (tie.article_id, tie.kind, tie.is_subject) == (1, "copy_of", True)
    assert (back.article_id, back.kind, back.is_subject) == (2, "copy_of", False)
    assert tie.sentences_shared == len(LONG) - 1
    assert LONG[0] in tie.sentences
    assert Decimal(410_000_000) in tie.numbers
    assert tie.containment > 0.9
    assert tie.names == ()


def test_a_sibling_shows_what_keeps_it_apart(database):
    store(database, "a/1", market_report(1))
    store(database, "a/2", market_report(2), NOW + DAY)
    [tie] = explained(database, 2).ties
    assert (tie.kind, tie.shared_numbers < 0.7) == ("sibling", True)
    assert tie.numbers_apart


def test_exchanged_names_are_shown(database):
    store(database, "a/1", LONG)
    store(database, "b/1", other_name(LONG), NOW + MINUTE)
    [tie] = explained(database, 2).ties
    assert (tie.kind, tie.names) == ("sibling", (("예시랩스", "샘플로보"),))


def test_nobody_alike_and_nobody_at_all(database):
    store(database, "a/1", LONG)
    assert explained(database, 1).ties == ()
    assert explained(database, 9) is None


def with_agency(database):
    rows = [
        OutletRow(name, label, "https://x.example/", "headline", sample=True)
        for name, label in (("a", "예시일보"), ("b", "예시신문"), ("w", "예시통신"))
    ]
    with database.writer() as session:
        sync_outlets(session, rows, now=NOW)


def store_from(database, name, now, wire=None):
    with database.writer() as session:
        return store_article(session, draft(name, body=LONG, wire_source=wire), now=now)


def test_the_agency_heads_its_copies_though_it_was_seen_later(database):
    with_agency(database)
    store_from(database, "a/1", NOW, "예시통신")
    store_from(database, "b/1", NOW + MINUTE)
    assert head_of(database, 2) == 1
    assert store_from(database, "w/1", NOW + HOUR).duplicate_of is None
    assert [head_of(database, article) for article in (1, 2, 3)] == [3, 3, None]
    assert merges(database) == [2, 1, 2]


def test_an_outlet_that_says_nothing_of_an_agency_keeps_its_place(database):
    with_agency(database)
    store_from(database, "a/1", NOW)
    assert store_from(database, "w/1", NOW + HOUR).duplicate_of == 1


def test_an_agency_that_names_itself_heads_its_copies(database):
    with_agency(database)
    store_from(database, "a/1", NOW)
    assert store_from(database, "w/1", NOW + HOUR, "예시통신").duplicate_of is None
    assert head_of(database, 1) == 2
