"""Stories on real archives: what joins, what stays apart, ids, merging, what is gone, and any order of arrival."""

from datetime import timedelta

import pytest

from benchmarks.meaning import stories as bench
from digest.stories import WINDOW, assign_stories
from storage.stories import known_stories, list_stories, stories_by_id, stories_of, story_detail, story_members
from tests.digest.archive import NOW, add_outlets, put, take_down, url_of
from tests.gold.stories import labelled_reports

HOUR = timedelta(hours=1)


def assign(database, now=NOW):
    with database.writer() as session:
        return assign_stories(session, now=now)


def stories(database):
    """The articles of every story there is, by its id."""
    with database.reader() as session:
        found, _ = list_stories(session, limit=1000)
        return {story.id: [article.article_id for article in story.articles] for story in found}


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


def test_two_stories_that_turn_out_to_be_one_merge_into_that_of_the_first_report(database):
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
    with database.reader() as session:
        merged = story_detail(session, story_of[two])
    assert (merged.merged_into, merged.articles, merged.head) == (story_of[one], (), None)


def test_a_story_that_falls_apart_gives_each_part_its_own_id_again(database):
    with database.writer() as session:
        add_outlets(session)
        one = put(session, "alpha", 1)
        two = put(session, "beta", 2, now=NOW + HOUR)
    assign(database)
    apart = stories(database)
    with database.writer() as session:
        put(session, "beta", 2, story=1, now=NOW + 2 * HOUR)
    assign(database, NOW + 2 * HOUR)
    assert list(stories(database).values()) == [[one, two]]
    with database.writer() as session:
        put(session, "beta", 2, story=5, now=NOW + 3 * HOUR)
    assign(database, NOW + 3 * HOUR)
    assert stories(database) == apart


def test_an_earlier_report_that_arrives_late_becomes_the_head_and_the_old_id_points_on(database):
    with database.writer() as session:
        add_outlets(session)
        late = put(session, "alpha", 1, published_at=NOW - timedelta(hours=1))
        assign_stories(session, now=NOW)
        before = stories_of(session, [late])[late]
        first = put(session, "beta", 2, story=1, published_at=NOW - timedelta(hours=5), now=NOW + timedelta(hours=1))
        assign_stories(session, now=NOW + timedelta(hours=1))
        after = stories_of(session, [late])[late]
        [row] = stories_by_id(session, [after]).values()
        assert known_stories(session, [before])[before].merged_into == after
    assert row.head_id == first
    assert row.first_reported_at == NOW - timedelta(hours=5)


def test_merged_stories_never_point_to_a_merged_one(sqlite_database):
    with sqlite_database.writer() as session:
        add_outlets(session)
        for number, hours in ((3, 3), (2, 2), (1, 1)):
            put(session, "alpha", number, story=1, published_at=NOW + hours * HOUR, now=NOW + (9 - hours) * HOUR)
            assign_stories(session, now=NOW + (9 - hours) * HOUR)
        [(story_id, [first, *_])] = stories_in(session).items()
        given_up = set(stories_of_all(session)) - {story_id}
        known = known_stories(session, given_up)
    assert len(known) == 2
    assert {one.merged_into for one in known.values()} == {story_id}
    assert first == 3  # the number of the article that came last and is the first report


def stories_in(session):
    found, _ = list_stories(session, limit=100)
    return {story.id: [article.article_id for article in story.articles] for story in found}


def stories_of_all(session):
    from sqlalchemy import select

    from storage.models.digest import Story

    return list(session.scalars(select(Story.id)))


def test_an_outlets_time_after_we_saw_the_article_is_not_believed(database):
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, published_at=NOW + timedelta(days=9))
        assign_stories(session, now=NOW)
        [[only]] = story_members(session, stories_in(session)).values()
    assert only.reported_at == NOW


def test_a_gone_head_hands_on_and_the_id_stays(database):
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1)
        second = put(session, "beta", 2, story=1, now=NOW + timedelta(hours=1))
        assign_stories(session, now=NOW + timedelta(hours=1))
        [before] = stories_in(session)
        take_down(session, "alpha", 1, now=NOW + timedelta(hours=2))
        assert assign_stories(session, now=NOW + timedelta(hours=2)) == 1
        assert stories_in(session) == {before: [second]}
        assert stories_by_id(session, [before])[before].head_id == second


def test_a_story_of_gone_articles_only_is_no_longer_listed(database):
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1)
        assign_stories(session, now=NOW)
        [story_id] = stories_in(session)
        take_down(session, "alpha", 1, now=NOW + HOUR)
        assign_stories(session, now=NOW + HOUR)
        assert stories_in(session) == {}
        assert story_detail(session, story_id).articles == ()


def test_what_is_compared_of_a_gone_article_is_erased_with_it(database):
    from sqlalchemy import func, select

    from storage.models.stories import StoryLink, StorySignature

    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, title="센스타임 4억1000만달러 유치")
        put(session, "beta", 2, story=1, title="센스타임 4억1000만달러 유치", now=NOW + HOUR)
        assign_stories(session, now=NOW + HOUR)
        take_down(session, "alpha", 1, now=NOW + 2 * HOUR)
        assert session.scalar(select(func.count()).select_from(StorySignature)) == 1
        assert session.scalar(select(func.count()).select_from(StoryLink)) == 0


@pytest.fixture(scope="module")
def reports():
    """Events of the labelled set with copies, two readings, a correction, a template and a second round."""
    events = {"sensetime-c", "megvii-c", "sensetime-office", "sensetime-c2", "market-1", "market-2", "didi-fine"}
    return [one for one in labelled_reports() if one.event in events]


def test_reports_of_one_event_join_and_template_siblings_do_not(database, reports):
    bench.put(database, reports)
    bench.assign(database, reports[-1].at)
    found = bench.stories_in(database)
    placed = bench.story_of(found)
    score = bench.pair_score(reports, placed)
    assert (score.extra, score.missing) == (0, 0)
    first = next(story for story in found if story.head.url == bench.url_of(reports[0]))
    assert first.title == reports[0].title
    assert [one.relation for one in first.articles] == ["head", "copy", "report", "report", "report"]
    assert len(first.also_reported_by) == 4
    assert [one.reported_at for one in first.articles] == sorted(one.reported_at for one in first.articles)
    assert "센스타임" in first.reason.ko
    assert "4억1000만달러" in first.reason.ko
    assert "2곳이 같은 글" in first.reason.ko
    assert first.reason.en.startswith("all about SenseTime")
    assert first.entities[0].id == "sensetime"
    assert first.entities[0].articles == 5
    assert {(deal.company_id, deal.kind, deal.value) for deal in first.deals} >= {("sensetime", "raised", 4.1e8)}


def test_a_second_round_follows_the_first_with_what_they_share(database, reports):
    bench.put(database, reports)
    bench.assign(database, reports[-1].at)
    found = {story.title: story for story in bench.stories_in(database)}
    second, first = found["센스타임, 6억달러 시리즈C 투자 유치"], found["센스타임, 4억1000만달러 투자 유치"]
    assert second.follows.id == first.id
    assert second.follows.title == first.title
    assert "센스타임" in second.follows.reason.ko
    assert first.followed_by == (second.id,)
    assert first.follows is None


def test_any_order_of_arrival_gives_the_same_ids(sqlite_template, tmp_path):
    """Reports arrive in packets of any size, with stories made after each; benchmarks/meaning does it with more."""
    chosen = [one for one in labelled_reports() if one.event in {"sensetime-c", "sensetime-office", "megvii-c"}]
    outcomes = {bench.shuffled(sqlite_template, tmp_path / "archive.db", chosen, seed) for seed in range(20)}
    [outcome] = outcomes
    assert len(set(dict(outcome).values())) == 3


def test_a_second_run_changes_nothing_and_one_from_scratch_gives_the_same(database, reports):
    bench.put(database, reports)
    bench.assign(database, reports[-1].at)
    before = bench.stories_in(database)
    assert bench.assign(database, reports[-1].at) == 0
    with database.writer() as session:
        from storage.stories import set_story_state

        set_story_state(session, 0, "another rule")
    assert bench.assign(database, reports[-1].at) == 0
    assert bench.stories_in(database) == before


def test_facts_read_again_move_an_article(database, reports):
    """What an article says can change without its text: an operator taught the lexicon a name."""
    from crawler.meaning.drafts import read_draft
    from crawler.meaning.facts import load_reader
    from storage.changes import record
    from storage.meaning import FactsDraft, store_facts
    from storage.records import ChangeOp

    two = [one for one in reports if one.event == "megvii-c"][1:3]
    bench.put(database, two)
    with database.writer() as session:
        store_facts(session, 2, FactsDraft(), now=two[1].at)
    bench.assign(database, two[1].at)
    assert len(bench.stories_in(database)) == 2
    with database.writer() as session:
        store_facts(session, 2, read_draft(load_reader(), two[1].title, [two[1].lead]), now=two[1].at)
        record(session, ChangeOp.UPDATE, 2, two[1].at)
    bench.assign(database, two[1].at)
    assert len(bench.stories_in(database)) == 1


def test_the_window_is_three_days():
    assert timedelta(hours=72) == WINDOW


def test_an_archive_from_before_keeps_its_ids(sqlite_database):
    from sqlalchemy import insert

    from storage.models.digest import Story, StoryArticle
    from storage.models.stories import StoryAnchor

    with sqlite_database.writer() as session:
        add_outlets(session)
        ids = [put(session, "alpha", 1), put(session, "beta", 2, story=1, now=NOW + HOUR)]
        times = {"created_at": NOW, "updated_at": NOW, "first_reported_at": NOW, "last_reported_at": NOW + HOUR}
        session.execute(insert(Story), [{"id": 7, "head_id": ids[0], **times}])
        session.execute(insert(StoryAnchor), [{"article_id": ids[0], "story_id": 7}])
        session.execute(insert(StoryArticle), [{"article_id": one, "story_id": 7} for one in ids])
        assign_stories(session, now=NOW + HOUR)
        assert stories_in(session) == {7: ids}
        assert url_of("alpha", 1) == story_detail(session, 7).head.url


def test_lists_by_time_entity_and_outlet_page_by_page(database, reports):
    bench.put(database, reports)
    bench.assign(database, reports[-1].at)
    with database.reader() as session:
        everything, end = list_stories(session, limit=100)
        assert end is None
        assert [one.first_reported_at for one in everything] == sorted(
            (one.first_reported_at for one in everything), reverse=True
        )
        paged, after = [], None
        while True:
            page, after = list_stories(session, limit=2, after=after)
            paged += page
            if after is None:
                break
        assert [one.id for one in paged] == [one.id for one in everything]
        named, _ = list_stories(session, entity="didi")
        assert [one.title for one in named] == ["中 당국, 디디추싱에 과징금 80억 위안"]
        outlet = everything[0].articles[0].outlet
        from_there, _ = list_stories(session, outlet=outlet, limit=100)
        assert {one.id for one in from_there} == {
            one.id for one in everything if outlet in {article.outlet for article in one.articles}
        }
        day = everything[-1].first_reported_at
        within, _ = list_stories(session, since=day, until=day + timedelta(seconds=1), limit=100)
        assert [one.id for one in within] == [everything[-1].id]
        assert story_detail(session, 1) is None
