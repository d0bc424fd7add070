"""The rule of stories, on values alone and on real archives."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.stories import WINDOW, anchor_stories, assign_stories, claim_ids, group
from storage.stories import StoryMember, stories_by_id, stories_of, story_members
from tests.digest.archive import NOW, add_outlets, put, take_down

HOURS = st.integers(0, 200)


def member(article_id, hours, story_id=None):
    return StoryMember(NOW + timedelta(hours=hours), f"https://example.com/{article_id}", article_id, story_id)


def ids(groups):
    return [[one.article_id for one in members] for members in groups]


def test_shared_text_makes_one_story_over_a_chain():
    members = [member(1, 0), member(2, 5), member(3, 9), member(4, 1)]
    assert ids(group(members, [(2, 1), (3, 2)])) == [[1, 2, 3], [4]]


def test_a_story_ends_three_days_after_its_first_report():
    members = [member(1, 0), member(2, 72), member(3, 73), member(4, 80)]
    assert ids(group(members, [(2, 1), (3, 2), (4, 3)])) == [[1, 2], [3, 4]]


def test_the_head_is_the_first_report_even_if_it_copies():
    assert ids(group([member(1, 5), member(2, 1)], [(2, 1)])) == [[2, 1]]


@given(st.lists(HOURS, min_size=1, max_size=9), st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8))), st.randoms())
def test_grouping_does_not_depend_on_order(hours, pairs, chance):
    members = [member(i, h) for i, h in enumerate(hours)]
    expected = ids(group(members, sorted(pairs)))
    shuffled = chance.sample(members, len(members))
    assert ids(group(shuffled, chance.sample(sorted(pairs), len(pairs)))) == expected
    assert sorted(i for row in expected for i in row) == list(range(len(hours)))
    by_id = {m.article_id: m for m in members}
    for row in expected:
        assert by_id[row[-1]].reported_at - by_id[row[0]].reported_at <= WINDOW


def test_of_two_stories_that_are_one_the_older_id_stays():
    groups = [[member(1, 0, 7), member(2, 1, 3)], [member(3, 2)]]
    anchors = anchor_stories(groups, {7: 1, 3: 2})
    assert claim_ids(anchors, len(groups)) == [3, None]


def test_an_id_follows_the_head_article():
    groups = [[member(5, 0), member(2, 1, 3)], [member(1, 2, 3)]]
    assert claim_ids(anchor_stories(groups, {3: 1}), 2) == [None, 3]
    assert claim_ids(anchor_stories(groups, {3: 99}), 2) == [3, None]  # its head is gone


def assign(database, now=NOW):
    with database.writer() as session:
        return assign_stories(session, now=now)


def stories(database):
    with database.reader() as session:
        found = story_members(session, range(1, 100))
        return {i: [m.article_id for m in members] for i, members in found.items()}


def test_copies_join_and_ids_stay(database):
    with database.writer() as session:
        add_outlets(session)
        first = put(session, "alpha", 1)
        other = put(session, "alpha", 2)
    assert assign(database) == 2
    before = stories(database)
    with database.writer() as session:
        copy = put(session, "beta", 3, story=1, now=NOW + timedelta(hours=2))
    assert assign(database, NOW + timedelta(hours=2)) == 1
    after = stories(database)
    assert sorted(after.values()) == [[first, copy], [other]]
    assert {i: m[0] for i, m in after.items()} == {i: m[0] for i, m in before.items()}
    assert assign(database, NOW + timedelta(hours=3)) == 0


def test_two_stories_that_turn_out_to_be_one_merge_into_the_older(database):
    with database.writer() as session:
        add_outlets(session)
        one = put(session, "alpha", 1)
        two = put(session, "beta", 2)
    assign(database)
    with database.reader() as session:
        story_of = stories_of(session, [one, two])
    with database.writer() as session:
        put(session, "beta", 2, story=1, now=NOW + timedelta(hours=1))  # rewritten into a copy
    assign(database, NOW + timedelta(hours=1))
    assert stories(database) == {story_of[one]: [one, two]}


def test_an_earlier_report_that_arrives_late_becomes_the_head(database):
    with database.writer() as session:
        add_outlets(session)
        late = put(session, "alpha", 1, published_at=NOW - timedelta(hours=1))
        assign_stories(session, now=NOW)
        first = put(session, "beta", 2, story=1, published_at=NOW - timedelta(hours=5), now=NOW + timedelta(hours=1))
        assign_stories(session, now=NOW + timedelta(hours=1))
        [row] = stories_by_id(session, stories_of(session, [late]).values()).values()
    assert row.head_id == first
    assert row.first_reported_at == NOW - timedelta(hours=5)


def test_an_outlets_time_after_we_saw_the_article_is_not_believed(database):
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, published_at=NOW + timedelta(days=9))
        assign_stories(session, now=NOW)
        [[only]] = story_members(session, [1]).values()
    assert only.reported_at == NOW


def test_a_gone_head_hands_on(database):
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1)
        second = put(session, "beta", 2, story=1, now=NOW + timedelta(hours=1))
        assign_stories(session, now=NOW + timedelta(hours=1))
        take_down(session, "alpha", 1, now=NOW + timedelta(hours=2))
        assert assign_stories(session, now=NOW + timedelta(hours=2)) == 1
        assert stories_by_id(session, [1])[1].head_id == second


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_arrival_order_changes_nothing(sqlite_database, order):
    reports = [("alpha", 1, 1), ("beta", 2, 1), ("gamma", 3, 3)]
    with sqlite_database.writer() as session:
        add_outlets(session)
        for step, place in enumerate(order):
            outlet, number, story = reports[place]
            at = NOW + timedelta(hours=number)
            put(session, outlet, number, story=story, published_at=at, now=NOW + timedelta(hours=10 + step))
            assign_stories(session, now=NOW + timedelta(hours=10 + step))
        found = story_members(session, range(1, 9))
    told = sorted([m.url.rpartition("/")[2] for m in members] for members in found.values())
    assert told == [["1", "2"], ["3"]]
