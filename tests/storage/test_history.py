from datetime import timedelta

import pytest

from storage.archive import as_of, note_missing, store_article
from storage.changes import changes_after
from storage.records import ChangeOp
from tests.storage.drafts import DAY, HOUR, NOW, draft
from tests.storage.duplicates.test_verdict import LONG, OTHER

MINUTE = timedelta(minutes=1)


@pytest.fixture
def past(database):
    """A copy that was corrected into another report, came back, and whose head went."""
    with database.writer() as session:
        store_article(session, draft("a/1", body=LONG), now=NOW)
        store_article(session, draft("b/1", body=LONG), now=NOW + HOUR)
        store_article(session, draft("b/1", title="새 제목", body=OTHER), now=NOW + 2 * HOUR)
        store_article(session, draft("b/1", title="옛 제목", body=LONG), now=NOW + 3 * HOUR)
        note_missing(
            session, url=draft("a/1").canonical_url, status=410, now=NOW + 4 * HOUR, confirm_after=timedelta(hours=1)
        )
    return database


def known(database, article_id, at):
    with database.reader() as session:
        return as_of(session, article_id, at)


def test_text_head_and_relations_are_those_of_the_time(past):
    told = [known(past, 2, NOW + HOUR * hour) for hour in (1, 2, 3, 4)]
    assert [(found.title, found.body) for found in told] == [
        (draft().title, LONG),
        ("새 제목", OTHER),
        ("옛 제목", LONG),
        ("옛 제목", LONG),
    ]
    assert [found.duplicate_of for found in told] == [1, None, 1, None]
    ties = [[(tie.article_id, tie.kind, tie.other_id) for tie in found.relations] for found in told]
    # A relation to an article that went stays as history.
    assert ties == [[(2, "copy_of", 1)], [], [(2, "copy_of", 1)], [(2, "copy_of", 1)]]


def test_before_it_was_seen_it_was_not_known(past):
    assert known(past, 2, NOW + HOUR - MINUTE) is None
    assert known(past, 99, NOW + DAY) is None


def test_the_text_of_a_withdrawn_article_is_withheld_at_any_time(past):
    before, after = known(past, 1, NOW), known(past, 1, NOW + DAY)
    assert (before.state, before.withheld, before.body) == ("live", True, ())
    assert (after.state, after.withheld) == ("gone", True)


def test_an_article_that_came_back_is_live(past):
    with past.writer() as session:
        store_article(session, draft("a/1", body=LONG), now=NOW + DAY)
    assert known(past, 1, NOW + DAY).state == "live"
    assert known(past, 1, NOW + 5 * HOUR).state == "gone"


def test_a_merge_names_the_head(past):
    with past.reader() as session:
        merges = [
            (change.article_id, change.head_id) for change in changes_after(session, 0) if change.op is ChangeOp.MERGE
        ]
    assert merges == [(2, 1), (2, None), (2, 1), (2, None)]
