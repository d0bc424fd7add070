"""The rows of stories: members by time, batches, merging."""

from datetime import timedelta

from storage.stories import (
    IDS_A_STATEMENT,
    add_stories,
    changed_since,
    in_batches,
    members_by_id,
    merge_story,
    same_text,
    seen_since,
    stories_by_id,
    stories_of,
    story_members,
)
from tests.digest.archive import NOW, add_outlets, put, take_down

HOUR = timedelta(hours=1)


def test_batches_hold_every_id_once():
    ids = set(range(IDS_A_STATEMENT * 2 + 3))
    batches = list(in_batches(ids))
    assert [len(batch) for batch in batches] == [IDS_A_STATEMENT, IDS_A_STATEMENT, 3]
    assert {i for batch in batches for i in batch} == ids
    assert list(in_batches([])) == []


def test_copies_are_pairs_and_others_are_not(database):
    with database.writer() as session:
        add_outlets(session)
        one = put(session, "alpha", 1)
        copy = put(session, "beta", 2, story=1)
        other = put(session, "beta", 3)
        assert same_text(session, [copy]) == {(copy, one): "copy_of"} == same_text(session, [one])
        assert same_text(session, [other]) == {}


def test_to_judge_is_what_changed_and_at_first_what_is_young_or_unplaced(database):
    with database.writer() as session:
        add_outlets(session)
        one = put(session, "alpha", 1, now=NOW - 9 * HOUR)
        old = put(session, "alpha", 3, now=NOW - 99 * HOUR)
        add_stories(session, [members_by_id(session, [one])], now=NOW)
        young = put(session, "alpha", 2, now=NOW - HOUR)
        assert seen_since(session, NOW) == {young, old}
        assert seen_since(session, NOW - 10 * HOUR) == {one, young, old}
        _, seq = changed_since(session, 0)
        put(session, "alpha", 1, story=9, now=NOW)
        assert changed_since(session, seq)[0] == {one}


def test_a_merged_story_points_on_and_its_gone_articles_follow(database):
    with database.writer() as session:
        add_outlets(session)
        ids = [put(session, "alpha", n, now=NOW + n * HOUR) for n in (1, 2)]
        older, newer = add_stories(session, [members_by_id(session, [i]) for i in ids], now=NOW)
        take_down(session, "alpha", 2, now=NOW + 3 * HOUR)
        merge_story(session, newer, into=older)
        assert stories_of(session, ids) == dict.fromkeys(ids, older)
        assert [m.article_id for m in story_members(session, [older])[older]] == [ids[0]]


def test_a_story_keeps_the_span_of_its_reports(database):
    with database.writer() as session:
        add_outlets(session)
        ids = [put(session, "alpha", n, now=NOW + n * HOUR) for n in (1, 2)]
        [story] = add_stories(session, [sorted(members_by_id(session, ids))], now=NOW)
        row = stories_by_id(session, [story])[story]
        assert (row.head_id, row.last_reported_at - row.first_reported_at) == (ids[0], HOUR)
