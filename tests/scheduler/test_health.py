"""The rules one by one: what is said of facts, from when it is believed, and what must not be said."""

import math
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from scheduler.health import HealthRules, quiet_bound
from scheduler.workdays import SEOUL
from storage.health import MarkRow, VisitFacts
from tests.scheduler.facts import DAY, HOUR, MINUTE, NOW, WORK, Watch, daily, outlet, source, visits


def seoul(text):
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def test_an_outlet_not_visited_yet_is_no_alarm():
    watch = Watch()
    assert watch(outlet(source(success=None), visit=0)) == "ok"
    assert watch.why == "Not visited yet."


def test_an_outlet_without_sources_is_no_alarm():
    assert Watch()(outlet()) == "ok"


# failing


@pytest.mark.parametrize(
    ("failures", "hours", "state"), [(1, 30, "ok"), (4, 1, "ok"), (5, 1, "failing"), (2, 5.9, "ok"), (2, 6, "failing")]
)
def test_failing_takes_several_failures_or_hours(failures, hours, state):
    facts = source(errors=["server"] * failures + [None], since=NOW - hours * HOUR, news=[NOW - DAY])
    watch = Watch()
    assert watch(outlet(facts)) == state
    if state == "failing":
        assert watch.since == NOW - hours * HOUR
        assert watch.why == f"Failed {failures} times in a row: It answered with server."


def test_one_source_that_answers_keeps_the_outlet_from_failing_and_the_dead_one_is_named():
    dead, alive = source(1, errors=["dns"] * 6), source(2, errors=[None], news=[NOW - HOUR])
    watch = Watch()
    assert watch(outlet(dead, alive)) == "ok"
    assert watch.why == "1 of 2 sources failed last time."
    assert {key: row.state.value for key, row in watch.rows.items()} == {0: "ok", 1: "failing", 2: "ok"}


def test_one_answer_is_no_recovery_two_are():
    watch = Watch()
    assert watch(outlet(source(errors=["timeout"] * 6), visit=6)) == "failing"
    well = source(errors=[None, "timeout"], news=[NOW - DAY])
    assert watch(outlet(well, visit=7)) == "failing"
    assert watch(outlet(well, visit=7)) == "failing"  # looking again is no new evidence
    assert watch(outlet(source(errors=["timeout", None]), visit=8)) == "failing"
    for visit, state in ((9, "failing"), (10, "ok")):
        assert watch(outlet(well, visit=visit), NOW + visit * MINUTE) == state
    assert watch.since == NOW + 10 * MINUTE


# blocked


@pytest.mark.parametrize("refusal", ["refused", "robots", "challenge"])
def test_refused_three_times_in_a_row_is_blocked(refusal):
    watch = Watch()
    assert watch(outlet(source(errors=[refusal] * 2 + [None]))) == "ok"
    assert watch(outlet(source(errors=[refusal] * 3 + [None]), visit=2)) == "blocked"
    assert watch.since == NOW - 30 * MINUTE
    assert watch.why.startswith("Refused 3 times in a row")


def test_a_pause_the_host_asked_for_neither_counts_nor_breaks_the_row():
    assert Watch()(outlet(source(errors=["refused", "resting", "refused", "resting"]))) == "ok"
    assert Watch()(outlet(source(errors=["refused", "resting", "refused", "refused"]))) == "blocked"


def test_other_failures_are_not_called_blocked():
    assert Watch()(outlet(source(errors=["refused", "server", "refused", "refused", "refused"]))) == "failing"


def test_pages_that_are_refused_while_the_feed_answers():
    feed = source(errors=[None], news=[NOW - HOUR])
    shut = [VisitFacts(9 - place, NOW - place * HOUR, refused=6) for place in range(2)]
    watch = Watch()
    assert watch(outlet(feed, read=shut)) == "blocked"
    assert watch.why == "Its pages refuse us: 12 of the last 12."
    assert Watch()(outlet(feed, read=[VisitFacts(9, NOW, refused=12)])) == "ok"  # one visit only
    mixed = [replace(shut[0], extracted=6), shut[1]]
    assert Watch()(outlet(feed, read=mixed)) == "ok"


# quiet


def quiet_after(news, now, **extra):
    return Watch()(outlet(source(errors=[None], news=news, now=now, success=now, **extra)), now)


def test_a_daily_source_is_quiet_after_three_working_days():
    last = seoul("2027-01-19T10:00")
    news = [last - number * 3 * HOUR for number in range(60)]
    assert quiet_after(news, last + 3 * DAY - MINUTE) == "ok"
    watch = Watch()
    assert watch(outlet(source(errors=[None], news=news)), max(news) + 10 * DAY) == "quiet"
    assert watch.since == last
    assert "nothing new since 01-19 10:00" in watch.why


@pytest.mark.parametrize(
    ("last", "now", "state"),
    [
        ("2027-01-22T17:00", "2027-01-25T08:00", "ok"),  # Friday evening to Monday morning
        ("2027-01-22T17:00", "2027-01-27T16:00", "ok"),  # 2.96 working days
        ("2027-01-22T17:00", "2027-01-27T18:00", "quiet"),
        ("2027-02-05T17:00", "2027-02-12T16:00", "ok"),  # over Seollal and its substitute day
        ("2027-02-05T17:00", "2027-02-12T18:00", "quiet"),
    ],
)
def test_weekends_and_holidays_do_not_count(last, now, state):
    until = seoul(last)
    news = [until - number * 3 * HOUR for number in range(60)]
    assert quiet_after(news, seoul(now)) == state


def test_the_bound_is_five_median_gaps_where_that_is_more():
    twice_a_week = [seoul("2026-11-02T10:00") + DAY * day for week in range(10) for day in (7 * week, 7 * week + 3)]
    bound, words = quiet_bound(twice_a_week, HealthRules(), WORK)
    assert bound == 5 * 2.5 * DAY or bound in {10 * DAY, 15 * DAY}
    assert "median gap" in words


def test_three_pieces_every_tuesday_are_no_daily():
    tuesdays = [seoul("2026-10-06T10:00") + week * 7 * DAY + number * HOUR for week in range(14) for number in range(3)]
    bound, _ = quiet_bound(tuesdays, HealthRules(), WORK)
    assert bound >= 10 * DAY
    assert quiet_after(tuesdays, max(tuesdays) + 7 * DAY) == "ok"


def test_a_source_without_a_habit_gets_ten_days():
    news = [NOW - 30 * DAY, NOW - 29 * DAY]
    assert quiet_after(news, NOW - 20 * DAY) == "ok"
    assert quiet_after(news, NOW) == "quiet"
    assert quiet_after([], NOW, added_at=NOW - 20 * DAY) == "quiet"
    assert quiet_after([], NOW, added_at=NOW - 5 * DAY) == "ok"


def test_one_new_item_ends_the_silence_at_once():
    watch = Watch()
    news = daily(40, until=NOW - 10 * DAY)
    assert watch(outlet(source(errors=[None], news=news))) == "quiet"
    assert watch(outlet(source(errors=[None], news=[*news, NOW]), visit=2)) == "ok"


def test_a_failing_source_is_not_called_quiet():
    assert Watch()(outlet(source(errors=["server"] * 9, news=daily(40, until=NOW - 20 * DAY)))) == "failing"


def test_a_quiet_section_is_told_apart_from_its_outlet():
    busy = source(1, errors=[None], news=[NOW - number * HOUR for number in range(99)])
    silent = source(2, errors=[None], news=daily(40, until=NOW - 20 * DAY))
    watch = Watch()
    assert watch(outlet(busy, silent)) == "ok"
    assert watch.rows[2].state.value == "quiet"


# degraded


FEED = source(errors=[None], news=[NOW - HOUR])


def changed(number=3, **figures):
    """Three weeks as usual, then `number` visits that are not."""
    given = {"pages": 4, "length": 900, **figures}
    return visits(number, **given) + visits(80, start=NOW - 6 * HOUR * number, first_id=900)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"length": 150}, "A body has 150 characters, 900 is its habit."),
        ({"length": 4000}, "A body has 4,000 characters"),
        ({"pages": 1, "unreadable": 4}, "20% of its pages gave an article, 98% is its habit."),
        ({"repeated_chars": 3000}, "45% of its text is there twice, 0% is its habit."),
        ({"drifted": 4}, "Its profile finds too little on 100% of its pages, 0% is its habit."),
    ],
    ids=["shorter", "longer", "success", "twice", "profile"],
)
def test_a_redesign_is_degraded_at_the_second_look(figures, words):
    watch = Watch()
    read = changed(**figures)
    assert watch(outlet(FEED, read=read)) == "ok"
    assert watch(outlet(FEED, read=read, visit=2)) == "degraded"
    assert words in watch.why


@pytest.mark.parametrize(
    "figures",
    [{"length": 700}, {"length": 1300}, {"pages": 4, "unreadable": 1}, {"repeated_chars": 200}, {"drifted": 1}],
)
def test_a_small_change_is_none(figures):
    watch = Watch()
    for visit in (1, 2, 3):
        assert watch(outlet(FEED, read=changed(**figures), visit=visit)) == "ok"


def test_a_few_pages_say_nothing():
    watch = Watch()
    few = visits(1, pages=3, length=100) + visits(80, start=NOW - 6 * HOUR, first_id=900)
    little_known = visits(3, length=100) + visits(4, start=NOW - DAY, first_id=900)
    for visit in (1, 2, 3):
        assert watch(outlet(FEED, read=few, visit=visit)) == "ok"
        assert Watch()(outlet(FEED, read=little_known, visit=visit)) == "ok"


def test_one_very_long_article_is_no_redesign():
    [newest, *others] = visits(80, pages=4)
    long = replace(newest, text_chars=60_000, log_chars=3 * math.log(900) + math.log(57_300))
    watch = Watch()
    for visit in (1, 2, 3):
        assert watch(outlet(FEED, read=[long, *others], visit=visit)) == "ok"


def test_its_habit_is_that_before_it_was_off_and_what_was_off_is_nobodys_habit():
    watch = Watch()
    for visit in (1, 2):
        watch(outlet(FEED, read=changed(length=150), visit=visit))
    later = NOW + 25 * DAY
    feed = replace(FEED, news=(later - HOUR,), last_new_at=later - HOUR)
    broken = visits(100, start=later, first_id=2000, length=150) + changed(length=150)
    assert watch(outlet(feed, read=broken, visit=3), later) == "degraded"  # not the new habit, however long it lasts
    mended = visits(9, start=later + 3 * DAY, first_id=3000) + broken  # 36 pages
    for visit, state in ((4, "degraded"), (5, "ok"), (6, "ok"), (7, "ok")):
        assert watch(outlet(feed, read=mended, visit=visit), later + 3 * DAY) == state
    assert watch.rows[0].off_until == later + 3 * DAY


def test_enabling_it_again_measures_its_habit_anew():
    watch = Watch()
    for visit in (1, 2):
        watch(outlet(FEED, read=changed(length=150), visit=visit))
    anew = MarkRow("a", measured_from=NOW)
    for visit, state in ((3, "degraded"), (4, "ok")):
        assert watch(outlet(FEED, read=visits(1, length=150, pages=9), mark=anew, visit=visit), NOW + DAY) == state


# disabled


def test_disabled_by_the_file_or_by_the_operator():
    watch = Watch()
    assert watch(outlet(FEED, enabled=False)) == "disabled"
    assert watch.rows[0].told.value == "disabled"  # it was so from the first: nothing to be told
    mark = MarkRow("a", disabled_at=NOW - DAY, disabled_why="asked us to")
    watch = Watch()
    watch(outlet(FEED))
    assert watch(outlet(FEED, mark=mark)) == "disabled"
    assert (watch.why, watch.since, watch.rows[0].told.value) == ("asked us to", NOW - DAY, "ok")
    assert watch(outlet(FEED)) == "ok"


def test_a_long_error_is_cut():
    watch = Watch()
    watch(outlet(source(errors=["server"] * 6, last_error="long " * 200)))
    assert len(watch.why) < 260


def test_states_keep_their_beginning():
    watch = Watch()
    failing = source(errors=["server"] * 6, since=NOW - 8 * HOUR)
    watch(outlet(failing))
    watch(outlet(replace(failing, error_count=9), visit=2), NOW + timedelta(hours=5))
    assert watch.since == NOW - 8 * HOUR
    assert "Failed 9 times" in watch.why
