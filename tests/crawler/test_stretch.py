from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.candidates import Candidate
from crawler.candidates.candidate import Child
from crawler.candidates.dates import KST
from crawler.spiders.stretch import Stretch, day_in

AUGUST = Stretch(datetime(2026, 8, 10, tzinfo=KST), datetime(2026, 8, 13, tzinfo=KST))
BASE = "https://www.yesi.example"


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("/view/20260811093203224", date(2026, 8, 11)),
        ("/2026/08/11/slug", date(2026, 8, 11)),
        ("/article/consumer/2026/03/13/0029", date(2026, 3, 13)),
        ("/news/read?newsId=01279206625642968", None),
        ("/a/2026.08.11", date(2026, 8, 11)),
        ("/view/?no=20260811123456", date(2026, 8, 11)),
        ("/article/10878279", None),
        ("/a/20260231", None),
        ("/2026/08/slug", None),
    ],
)
def test_the_day_an_address_carries(url, day):
    assert day_in(BASE + url) == day


@pytest.mark.parametrize(
    ("candidate", "holds"),
    [
        (Candidate("/a", published_at=datetime(2026, 8, 12, 23, tzinfo=KST)), True),
        (Candidate("/a", published_at=datetime(2026, 8, 13, tzinfo=KST)), False),
        (Candidate("/20260812/a"), True),
        (Candidate("/20260809/a", modified_at=datetime(2026, 8, 12, tzinfo=KST)), False),
        (Candidate("/a", modified_at=datetime(2026, 8, 9, tzinfo=KST)), False),
        (Candidate("/a", modified_at=datetime(2026, 9, 9, tzinfo=KST)), True),
        (Candidate("/a"), True),
    ],
)
def test_what_belongs_to_a_stretch(candidate, holds):
    assert AUGUST.may_hold(candidate) is holds


@pytest.mark.parametrize(
    ("name", "modified", "reaches"),
    [
        ("s-2026-08.xml", None, True),
        ("s-202607.xml", None, False),
        ("s-20260811.xml", None, True),
        ("s-2026-08-14.xml", None, False),
        ("s-3.xml", None, True),
        ("s-3.xml", datetime(2026, 8, 9, tzinfo=KST), False),
        ("s-3.xml", datetime(2026, 8, 14, tzinfo=KST), True),
        ("s-2026-12.xml", None, False),
    ],
)
def test_which_sitemaps_may_reach_into_a_stretch(name, modified, reaches):
    assert AUGUST.may_reach(Child(f"{BASE}/{name}", modified)) is reaches


@given(st.integers(0, 5_000_000), st.integers(1, 60 * 24 * 40))
def test_days_cover_the_stretch_without_a_gap(minute, minutes):
    start = datetime(2020, 1, 1, tzinfo=KST) + timedelta(minutes=minute)
    stretch = Stretch(start, start + timedelta(minutes=minutes))
    days = list(stretch.days())
    assert days == sorted(set(days), reverse=True)
    assert days[-1] == start.date()
    assert days[0] == (stretch.end - timedelta(microseconds=1)).date()
    assert len(days) == (days[0] - days[-1]).days + 1


def test_a_page_is_behind_only_when_every_article_is_dated_before():
    before, inside = Candidate("/20260809/a"), Candidate("/20260811/a")
    assert AUGUST.is_behind([before, before])
    assert not AUGUST.is_behind([before, inside])
    assert not AUGUST.is_behind([before, Candidate("/a")])
    assert not AUGUST.is_behind([])
