"""When windows are cut: by the calendar of a zone, whatever the zone of this machine."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.windows import delivery_due, due_cutoff, first_start, is_quiet, says_nothing_new, spans_cutoff
from digest.workdays import Workdays
from tests.digest.readers import watch_of

KST, LA = ZoneInfo("Asia/Seoul"), ZoneInfo("America/Los_Angeles")
KOREA = Workdays()
DAILY = watch_of()
BUSINESS = watch_of(days="business")
WEEKLY = watch_of(kind="weekly", days=["mon"])
DAY = timedelta(days=1)


def kst(text):
    return datetime.fromisoformat(text).replace(tzinfo=KST)


@pytest.mark.parametrize(
    ("now", "cutoff"),
    [
        ("2026-11-24 07:20:00", "2026-11-24 07:20"),
        ("2026-11-24 07:19:59", "2026-11-23 07:20"),
        ("2026-11-24 23:59:59", "2026-11-24 07:20"),
        ("2026-11-24 00:00:00", "2026-11-23 07:20"),
    ],
)
def test_the_cutoff_that_has_passed(now, cutoff):
    moment = kst(now)
    assert due_cutoff(DAILY, KOREA, moment) == kst(cutoff)
    assert due_cutoff(DAILY, KOREA, moment.astimezone(LA)) == kst(cutoff)


@pytest.mark.parametrize(
    ("now", "cutoff"),
    [
        ("2027-02-05 12:00", "2027-02-05 07:20"),  # the Friday before Seollal
        ("2027-02-08 12:00", "2027-02-05 07:20"),  # Seollal itself falls on a Sunday
        ("2027-02-09 12:00", "2027-02-05 07:20"),  # its substitute
        ("2027-02-10 07:19", "2027-02-05 07:20"),
        ("2027-02-10 07:20", "2027-02-10 07:20"),
        ("2026-11-29 12:00", "2026-11-27 07:20"),
    ],
)
def test_days_without_a_mail_roll_on(now, cutoff):
    assert due_cutoff(BUSINESS, KOREA, kst(now)) == kst(cutoff)


def test_the_operator_knows_days_off_and_days_on():
    calendar = Workdays(holidays=(date(2026, 11, 24),), workdays=(date(2026, 11, 28),))
    assert due_cutoff(BUSINESS, calendar, kst("2026-11-24 12:00")) == kst("2026-11-23 07:20")
    assert due_cutoff(BUSINESS, calendar, kst("2026-11-29 12:00")) == kst("2026-11-28 07:20")
    both = Workdays(holidays=(date(2026, 11, 24),), workdays=(date(2026, 11, 24),))
    assert date(2026, 11, 24) in both


def test_a_month_of_days_off_does_not_end_the_mails():
    calendar = Workdays(holidays=tuple(date(2026, 11, 1) + DAY * n for n in range(90)))
    assert kst("2026-12-01 00:00") < due_cutoff(BUSINESS, calendar, kst("2027-01-20 12:00"))


def test_a_weekly_watch_has_its_day():
    assert due_cutoff(WEEKLY, KOREA, kst("2026-11-29 12:00")) == kst("2026-11-23 07:20")
    assert due_cutoff(WEEKLY, KOREA, kst("2026-11-30 07:20")) == kst("2026-11-30 07:20")
    assert first_start(WEEKLY, KOREA, kst("2026-11-30 07:20")) == kst("2026-11-23 07:20")


def test_the_first_window_reaches_back_a_period_or_to_the_cutoff_before():
    assert first_start(DAILY, KOREA, kst("2026-11-24 07:20")) == kst("2026-11-23 07:20")
    assert first_start(DAILY, KOREA, kst("2026-11-24 15:00")) == kst("2026-11-23 15:00")
    assert first_start(BUSINESS, KOREA, kst("2026-11-30 07:20")) == kst("2026-11-27 07:20")
    assert first_start(watch_of(kind="alert"), KOREA, kst("2026-11-30 07:20")) == kst("2026-11-30 06:20")


@pytest.mark.parametrize(
    ("watch", "start", "end", "spans"),
    [
        (DAILY, "2026-11-23 07:20", "2026-11-24 07:20", False),
        (DAILY, "2026-11-22 07:20", "2026-11-24 07:20", True),
        (DAILY, "2026-11-23 12:00", "2026-11-24 07:20", False),  # after a mail sent by hand
        (BUSINESS, "2026-11-27 07:20", "2026-11-30 07:20", False),
        (BUSINESS, "2026-11-26 07:20", "2026-11-30 07:20", True),
        (WEEKLY, "2026-11-16 07:20", "2026-11-23 07:20", False),
        (WEEKLY, "2026-11-09 07:20", "2026-11-23 07:20", True),
        (watch_of(kind="alert"), "2026-11-09 07:20", "2026-11-23 07:20", False),
    ],
)
def test_an_issue_that_speaks_for_several_says_so(watch, start, end, spans):
    assert spans_cutoff(watch, KOREA, kst(start), kst(end)) is spans


def test_delivery_is_at_its_hour_of_the_same_day():
    assert delivery_due(DAILY, kst("2026-11-24 07:20")) == kst("2026-11-24 07:40")


def test_hours_that_a_zone_skips_or_has_twice():
    """Los Angeles, 2027: 02:00 to 03:00 is missing on 14 March and 01:00 to 02:00 comes twice on 7 November."""
    spring = watch_of(timezone="America/Los_Angeles", cutoff="02:30", deliver_at="03:10")
    cut = due_cutoff(spring, KOREA, datetime(2027, 3, 14, 20, tzinfo=UTC))
    assert cut == datetime(2027, 3, 14, 10, 30, tzinfo=UTC)
    assert delivery_due(spring, cut) >= cut
    autumn = watch_of(timezone="America/Los_Angeles", cutoff="01:30", deliver_at="01:40")
    assert due_cutoff(autumn, KOREA, datetime(2027, 11, 7, 8, 30, tzinfo=UTC)) == datetime(
        2027, 11, 7, 8, 30, tzinfo=UTC
    )
    second = datetime(2027, 11, 7, 9, 30, tzinfo=UTC)
    assert due_cutoff(autumn, KOREA, second) == datetime(2027, 11, 7, 8, 30, tzinfo=UTC)
    assert due_cutoff(autumn, KOREA, second + DAY) == datetime(2027, 11, 8, 9, 30, tzinfo=UTC)


@given(
    st.sampled_from(["Asia/Seoul", "America/Los_Angeles", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    st.integers(0, 1439),
    st.sampled_from(["every", "business", ("tue", "sun")]),
    st.integers(0, 3 * 365 * 1440).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
)
def test_cutoffs_come_one_after_the_other_on_their_days(zone, minute, days, start):
    hour = f"{minute // 60:02}:{minute % 60:02}"
    watch = watch_of(timezone=zone, cutoff=hour, deliver_at="23:59", days=days)
    found = sorted({due_cutoff(watch, KOREA, start + timedelta(hours=6) * n) for n in range(60)})
    assert all(later - earlier > DAY * 0.9 for earlier, later in pairwise(found))
    if days == "every":
        assert all(later - earlier < DAY * 1.1 for earlier, later in pairwise(found))
    for cutoff in found:
        assert due_cutoff(watch, KOREA, cutoff) == cutoff
        assert due_cutoff(watch, KOREA, cutoff - timedelta(microseconds=1)) < cutoff
        assert delivery_due(watch, cutoff) >= cutoff


def test_quiet_hours_may_span_midnight():
    night = watch_of(kind="alert", quiet_from="22:00", quiet_until="07:00")
    noon = watch_of(kind="alert", quiet_from="12:00", quiet_until="13:00")
    hours = {hour for hour in range(24) if is_quiet(night, kst(f"2026-11-24 {hour:02}:30"))}
    assert hours == {22, 23, *range(7)}
    assert [is_quiet(noon, kst(f"2026-11-24 {hour}")) for hour in ("11:59", "12:00", "12:59", "13:00")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert not is_quiet(DAILY, kst("2026-11-24 03:00"))


@pytest.mark.parametrize(
    ("rule", "monday", "sunday"), [("note", True, False), ("always", True, True), ("skip", False, False)]
)
def test_whether_nothing_is_said(rule, monday, sunday):
    watch = watch_of(no_news=rule)
    assert says_nothing_new(watch, KOREA, kst("2026-11-23 07:20")) is monday
    assert says_nothing_new(watch, KOREA, kst("2026-11-22 07:20")) is sunday
    assert not says_nothing_new(watch_of(kind="alert", no_news=rule), KOREA, kst("2026-11-23 07:20"))
