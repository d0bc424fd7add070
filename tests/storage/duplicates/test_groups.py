from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storage.duplicates.groups import heads

START = datetime(2026, 11, 24, tzinfo=UTC)


def seen(*minutes):
    return {number: START + timedelta(minutes=minute) for number, minute in enumerate(minutes, start=1)}


def test_the_first_seen_heads_its_copies_whatever_its_id():
    assert heads(seen(5, 1, 3), copies=[(1, 2), (3, 2)], excerpts=[]) == {1: 2, 3: 2}


def test_of_two_seen_at_once_the_lower_id_heads():
    assert heads(seen(1, 1), copies=[(2, 1)], excerpts=[]) == {2: 1}


def test_copies_of_copies_are_one_group():
    assert heads(seen(1, 2, 3, 4), copies=[(4, 3), (2, 1), (3, 2)], excerpts=[]) == {2: 1, 3: 1, 4: 1}


def test_an_excerpt_follows_its_earlier_source():
    assert heads(seen(1, 2, 3), copies=[(2, 1)], excerpts=[(3, 2)]) == {2: 1, 3: 1}


def test_an_excerpt_that_came_first_stands_alone():
    assert heads(seen(1, 2), copies=[], excerpts=[(1, 2)]) == {}


def test_an_excerpt_of_an_excerpt_follows_to_the_source():
    assert heads(seen(1, 2, 3), copies=[], excerpts=[(2, 1), (3, 2)]) == {2: 1, 3: 1}


def test_the_source_heads_its_group_only():
    assert heads(seen(1, 2, 3), copies=[(2, 1), (3, 2)], excerpts=[], sources=[(1, 3)]) == {1: 3, 2: 3}
    assert heads(seen(1, 2, 3), copies=[(2, 1)], excerpts=[], sources=[(1, 3)]) == {2: 1}


def test_an_excerpt_follows_the_head_of_its_source():
    assert heads(seen(1, 3, 2), copies=[(1, 2)], excerpts=[(3, 1)], sources=[(1, 2)]) == {1: 2, 3: 2}


def test_nobody_alike():
    assert heads(seen(1, 2), copies=[], excerpts=[]) == {}


IDS = st.integers(1, 8)
PAIRS = st.lists(st.tuples(IDS, IDS).filter(lambda pair: pair[0] != pair[1]), max_size=12)


@given(st.lists(st.integers(0, 3), min_size=8, max_size=8), PAIRS, PAIRS, st.randoms())
def test_order_says_nothing_and_heads_are_earlier_and_final(minutes, copies, excerpts, random):
    first_seen = seen(*minutes)
    found = heads(first_seen, copies, excerpts)
    for article, head in found.items():
        assert (first_seen[head], head) < (first_seen[article], article)
        assert head not in found
    random.shuffle(copies)
    random.shuffle(excerpts)
    shuffled = dict(sorted(first_seen.items(), key=lambda _: random.random()))
    assert heads(shuffled, [pair[::-1] for pair in copies], excerpts) == found
