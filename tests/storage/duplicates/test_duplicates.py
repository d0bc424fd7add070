import itertools
import random
import shutil
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage.archive import get_article, note_missing, store_article
from storage.changes import changes_after
from storage.database import Database
from storage.models.archive import Fingerprint, Relation
from storage.records import ChangeOp, Outcome
from tests.storage.drafts import DAY, HOUR, NOW, draft
from tests.storage.duplicates.test_verdict import LONG, OTHER, market_report

MINUTE = timedelta(minutes=1)


def store(database, name, body, now=NOW, **options):
    with database.writer() as session:
        return store_article(session, draft(name, body=tuple(body)), now=now, **options)


def relations(database):
    with database.reader() as session:
        rows = session.scalars(select(Relation).order_by(Relation.article_id, Relation.other_id))
        return [(row.article_id, row.kind, row.other_id) for row in rows]


def head_of(database, article_id):
    with database.reader() as session:
        return get_article(session, article_id).duplicate_of


def merges(database):
    with database.reader() as session:
        return [change.article_id for change in changes_after(session, 0) if change.op is ChangeOp.MERGE]


def test_a_wire_story_in_three_outlets_has_one_head(database):
    first = store(database, "a/1", LONG)
    second = store(database, "b/1", (*LONG[:-1], LONG[-1].replace("지적도", "우려도")), NOW + MINUTE)
    third = store(database, "c/1", ("예시통신 제공.", *LONG), NOW + 2 * MINUTE)
    assert [stored.duplicate_of for stored in (first, second, third)] == [None, first.article_id, first.article_id]
    assert relations(database) == [(2, "copy_of", 1), (3, "copy_of", 1), (3, "copy_of", 2)]
    assert merges(database) == [2, 3]
    assert second.outcome is Outcome.NEW


def test_other_reports_have_no_head(database):
    store(database, "a/1", LONG)
    assert store(database, "b/1", OTHER).duplicate_of is None
    assert relations(database) == []


def test_an_excerpt_gets_its_source_as_head(database):
    store(database, "a/1", LONG)
    assert store(database, "b/1", LONG[2:5], NOW + MINUTE).duplicate_of == 1
    assert relations(database) == [(2, "excerpt_of", 1)]


def test_a_flash_that_came_first_is_an_excerpt_without_a_head(database):
    store(database, "a/1", LONG[:2])
    assert store(database, "b/1", LONG, NOW + MINUTE).duplicate_of is None
    assert relations(database) == [(1, "excerpt_of", 2)]
    assert merges(database) == []


def test_daily_reports_from_one_template_are_siblings(database):
    for day in range(8):
        assert store(database, f"a/{day}", market_report(day), NOW + day * DAY).duplicate_of is None
    found = relations(database)
    assert found
    assert {kind for _, kind, _ in found} == {"sibling"}
    assert all(article > other for article, _, other in found)


def test_the_verdicts_do_not_depend_on_the_order_of_arrival(sqlite_url, tmp_path):
    texts = {
        "a/1": (LONG, 0),
        "b/1": (LONG[:-1], 1),
        "c/1": (LONG[2:5], 2),
        "d/1": (LONG[:2], -1),
        "e/1": (OTHER, 1),
        "f/1": (("예시통신 제공.", *LONG), 3),
    }
    results = set()
    orders = random.Random(3).sample(list(itertools.permutations(texts)), 8)
    for place, order in enumerate(orders):
        file = tmp_path / f"{place}.db"
        shutil.copyfile(sqlite_url.removeprefix("sqlite:///"), file)
        with Database.open(f"sqlite:///{file}") as database:
            ids = {
                store(database, name, texts[name][0], NOW + texts[name][1] * MINUTE).article_id: name for name in order
            }
            found = [(ids[one], kind, ids[other]) for one, kind, other in relations(database)]
            tops = [(name, ids.get(head_of(database, article_id))) for article_id, name in ids.items()]
            results.add((tuple(sorted(found)), tuple(sorted(tops))))
    assert len(results) == 1
    [(_, tops)] = results
    assert dict(tops) == {"a/1": None, "b/1": "a/1", "c/1": "a/1", "d/1": None, "e/1": None, "f/1": "a/1"}


REPORTS = {
    "a/1": (LONG, 0),
    "b/1": (LONG[:-1], 1),
    "c/1": (LONG[2:5], 2),
    "d/1": (LONG[:2], -1),
    "e/1": (OTHER, 1),
    "f/1": (("예시통신 제공.", *LONG), 3),
    "g/1": (tuple(text.replace("샘플로보", "예시랩스") for text in LONG), 4),
    "h/1": (tuple(text.replace("밝혔다", "전했다") for text in LONG), 5),
}


@pytest.fixture(scope="module")
def settled():
    return {}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
@given(order=st.permutations(list(REPORTS)))
def test_any_order_of_arrival_gives_the_same_verdicts(sqlite_template, tmp_path_factory, settled, order):
    file = tmp_path_factory.mktemp("shuffle") / "archive.db"
    shutil.copyfile(sqlite_template, file)
    with Database.open(f"sqlite:///{file}") as database:
        with database.writer() as session:
            for name in order:
                body, minute = REPORTS[name]
                store_article(session, draft(name, body=tuple(body)), now=NOW + minute * MINUTE)
        names = dict(enumerate(order, start=1))
        found = sorted((names[one], kind, names[other]) for one, kind, other in relations(database))
        tops = sorted((name, names.get(head_of(database, number))) for number, name in names.items())
    assert settled.setdefault("verdicts", (found, tops)) == (found, tops)


def test_an_earlier_report_that_arrives_late_takes_over(database):
    store(database, "a/1", LONG, NOW + HOUR)
    store(database, "b/1", LONG, NOW + 2 * HOUR)
    assert store(database, "c/1", LONG, NOW).duplicate_of is None
    assert [head_of(database, article) for article in (1, 2, 3)] == [3, 3, None]
    assert merges(database) == [2, 1, 2]


@pytest.mark.parametrize(("distance", "head"), [(2 * DAY, 1), (4 * DAY, None)])
def test_the_window_is_a_setting(database, distance, head):
    store(database, "a/1", LONG)
    assert store(database, "b/1", LONG, NOW + distance, duplicate_window=3 * DAY).duplicate_of == head


def test_a_corrected_text_leaves_its_group_and_may_come_back(database):
    store(database, "a/1", LONG)
    store(database, "b/1", LONG, NOW + MINUTE)
    corrected = store(database, "b/1", OTHER, NOW + HOUR)
    assert (corrected.outcome, corrected.duplicate_of) == (Outcome.CORRECTED, None)
    assert relations(database) == []
    assert store(database, "b/1", LONG, NOW + 2 * HOUR).duplicate_of == 1
    assert merges(database) == [2, 2, 2]


def test_a_corrected_head_sets_its_copies_free(database):
    for place, name in enumerate(("a/1", "b/1", "c/1")):
        store(database, name, LONG, NOW + place * MINUTE)
    store(database, "a/1", OTHER, NOW + HOUR)
    assert [head_of(database, article) for article in (1, 2, 3)] == [None, None, 2]


def test_a_gone_head_hands_over_and_may_come_back(database):
    for place, name in enumerate(("a/1", "b/1", "c/1")):
        store(database, name, LONG, NOW + place * MINUTE)
    with database.writer() as session:
        note_missing(session, url=draft("a/1").canonical_url, status=410, now=NOW + HOUR, confirm_after=DAY)
    assert [head_of(database, article) for article in (2, 3)] == [None, 2]
    assert store(database, "d/1", LONG, NOW + 2 * HOUR).duplicate_of == 2
    assert store(database, "a/1", LONG, NOW + 3 * HOUR).duplicate_of is None
    assert [head_of(database, article) for article in (1, 2, 3, 4)] == [None, 1, 1, 1]


def test_no_hash_of_a_gone_text_is_kept(database):
    store(database, "a/1", LONG)
    with database.writer() as session:
        note_missing(session, url=draft("a/1").canonical_url, status=410, now=NOW + HOUR, confirm_after=DAY)
    with database.reader() as session:
        assert session.scalars(select(Fingerprint)).all() == []


def test_two_short_captions_are_not_copies(database):
    store(database, "a/1", ("사진은 샘플이다.",))
    assert store(database, "b/1", ("사진은 샘플이다.",), NOW + MINUTE).duplicate_of is None


def test_one_shared_sentence_is_looked_at_and_says_nothing(database):
    store(database, "a/1", LONG)
    assert store(database, "b/1", (*OTHER, LONG[0]), NOW + MINUTE).duplicate_of is None
    assert relations(database) == []
