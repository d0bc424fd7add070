"""The rule of grouping, on values alone."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.stories.grouping import ALIKE, MOST_ARTICLES, WINDOW, group
from digest.stories.identity import place_ids
from digest.stories.linking import spans
from storage.stories import KnownStory, StoryMember, StoryRow
from tests.digest.archive import NOW

HOURS = st.integers(0, 200)
IDS = st.integers(0, 8)


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


def test_alike_articles_join_and_those_less_alike_do_not():
    members = [member(n, n) for n in range(4)]
    assert ids(group(members, [], {(0, 1): ALIKE, (2, 3): ALIKE - 0.01})) == [[0, 1], [2], [3]]


def test_one_article_that_is_like_two_events_does_not_glue_them():
    members = [member(n, n) for n in range(5)]
    likeness = {(0, 1): 0.9, (2, 3): 0.9, (1, 4): 0.6, (2, 4): 0.5}
    assert ids(group(members, [], likeness)) == [[0, 1], [2, 3], [4]]


def test_what_cannot_be_one_event_weighs_against_a_link():
    members = [member(n, n) for n in range(3)]
    assert ids(group(members, [], {(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.3})) == [[0, 1, 2]]
    assert ids(group(members, [], {(0, 1): 0.9, (1, 2): 0.9, (0, 2): -1.0})) == [[0, 1], [2]]


def test_links_do_not_reach_over_the_window():
    members = [member(0, 0), member(1, 50), member(2, 100)]
    assert ids(group(members, [], {(0, 1): 0.9, (1, 2): 0.95})) == [[0], [1, 2]]


def test_a_story_has_an_end():
    many = [member(n, n / 10) for n in range(MOST_ARTICLES + 5)]
    by_text = group(many, [(n, n + 1) for n in range(len(many) - 1)])
    assert [len(one) for one in by_text] == [MOST_ARTICLES, 5]
    alike = {(n, m): 0.9 for n in range(len(many)) for m in range(n + 1, len(many))}
    sizes = [len(one) for one in group(many, [], alike)]
    assert max(sizes) <= MOST_ARTICLES
    assert sum(sizes) == len(many)


@given(
    st.lists(HOURS, min_size=1, max_size=9),
    st.sets(st.tuples(IDS, IDS)),
    st.dictionaries(st.tuples(IDS, IDS).filter(lambda pair: pair[0] < pair[1]), st.sampled_from([-1.0, 0.3, 0.4, 0.7])),
    st.randoms(),
)
def test_grouping_does_not_depend_on_order(hours, pairs, likeness, chance):
    members = [member(i, h) for i, h in enumerate(hours)]
    expected = ids(group(members, sorted(pairs), likeness))
    shuffled = chance.sample(members, len(members))
    mixed = dict(chance.sample(sorted(likeness.items()), len(likeness)))
    assert ids(group(shuffled, chance.sample(sorted(pairs), len(pairs)), mixed)) == expected
    assert sorted(i for row in expected for i in row) == list(range(len(hours)))
    by_id = {m.article_id: m for m in members}
    for row in expected:
        assert by_id[row[-1]].reported_at - by_id[row[0]].reported_at <= WINDOW


@given(st.lists(HOURS, min_size=2, max_size=9, unique=True), st.permutations(range(9)), st.sets(st.tuples(IDS, IDS)))
def test_which_number_an_article_has_in_the_database_does_not_matter(hours, numbers, pairs):
    def told(number_of):
        members = [
            StoryMember(NOW + timedelta(hours=h), f"https://example.com/{i}", number_of[i]) for i, h in enumerate(hours)
        ]
        likeness = {
            tuple(sorted((number_of[a], number_of[b]))): 0.3 + a * b % 5 / 10
            for a, b in pairs
            if a != b and max(a, b) < len(hours)
        }
        return [[one.url for one in some] for some in group(members, [], likeness)]

    assert told(list(range(9))) == told(list(numbers))


def test_a_past_that_is_filled_in_is_not_looked_for_beside_today():
    day = timedelta(days=1)
    assert spans([NOW, NOW - 900 * day, NOW - 3 * day], 2 * day) == [
        (NOW - 902 * day, NOW - 898 * day),
        (NOW - 5 * day, NOW + 2 * day),
    ]
    assert spans([], day) == []


def known(anchor, *, live=True, merged_into=None):
    return KnownStory(StoryRow(anchor.article_id, NOW, NOW), anchor, live, merged_into, None)


def test_a_story_has_the_id_of_its_first_report():
    groups = [[member(1, 0, 7), member(2, 1, 3)], [member(3, 2)]]
    stories = {7: known(member(1, 0)), 3: known(member(2, 1))}
    assert place_ids(groups, stories, {1: 7, 2: 3}) == [7, None]


def test_the_id_of_a_report_that_is_gone_stays_with_the_rest():
    groups = [[member(5, 3, 3)], [member(6, 4)]]
    assert place_ids(groups, {3: known(member(9, 0), live=False)}, {}) == [3, None]


def test_but_not_if_the_rest_has_an_earlier_report():
    groups = [[member(4, 0), member(5, 3, 3)]]
    assert place_ids(groups, {3: known(member(9, 1), live=False)}, {}) == [None]
