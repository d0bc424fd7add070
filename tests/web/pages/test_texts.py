"""The words of the pages: the same in each language, all of them used, none missing."""

import re
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.pages.charts import columns, spark
from web.pages.texts import Speech, texts
from web.pages.times import Times
from web.pages.visitor import LANGUAGES

KST = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def times(language="ko", now=NOW):
    return Times(now, lambda moment: moment.astimezone(KST), language)


def sources():
    pages = files("web.pages")
    for folder, suffix in (("templates", ".j2"), ("routes", ".py"), ("", ".py")):
        for entry in (pages / folder if folder else pages).iterdir():
            if entry.name.endswith(suffix):
                yield entry.name, entry.read_text(encoding="utf-8")


def test_every_language_has_the_same_texts_with_the_same_places():
    korean, english = (texts(language) for language in LANGUAGES)
    assert list(korean) == list(english)
    for key in korean:
        places = [{name for _, name, _, _ in Formatter().parse(one[key]) if name} for one in (korean, english)]
        assert places[0] == places[1], key
        assert all(one[key].strip() for one in (korean, english)), key


def test_every_text_that_pages_ask_for_is_there_and_every_one_is_asked_for():
    known = set(texts("ko"))
    asked, prefixes = set(), set()
    for name, source in sources():
        exact = set(re.findall(r"""\bt\(\s*["']([a-z_.0-9]+)["']\s*[,)]""", source))
        assert exact <= known, (name, exact - known)
        asked |= {word for word in re.findall(r"""["']([a-z_0-9]+\.[a-z_.0-9]+)["']""", source) if word in known}
        prefixes |= set(re.findall(r"""["']([a-z_]+\.(?:[a-z_]*_)?)["'] ?~""", source))
        prefixes |= set(re.findall(r"""one_of\(["']([a-z_.]+)["']""", source))
        prefixes |= set(re.findall(r"""f["']([a-z_]+\.(?:[a-z_]*_)?)\{""", source))
    # Those of a macro's own names: {{ t("watch." ~ name) }}.
    unused = {key for key in known - asked if not key.startswith(tuple(prefixes))}
    assert unused == set()


def test_a_value_without_a_text_is_shown_itself():
    assert Speech("ko").one_of("state.", "failing") == "응답 없음"
    assert Speech("ko").one_of("state.", "asleep") == "asleep"
    with pytest.raises(KeyError):
        Speech("en")("no.such_text")


def test_times_are_korean_and_short_where_the_day_is_known():
    seen = times()
    assert seen.short(NOW) == "12:00"
    assert seen.short(NOW - timedelta(days=1)) == "11-23 12:00"
    assert seen.short(NOW - timedelta(days=365)) == "2025-11-24 12:00"
    assert seen.iso(NOW) == "2026-11-24T12:00:00+09:00"
    assert seen.day(date(2026, 11, 24)) == "11월 24일 (화)"
    assert times("en").day(date(2025, 1, 2)) == "Thu 2 Jan 2025"


@pytest.mark.parametrize(
    ("before", "korean", "english"),
    [
        (timedelta(0), "1분", "1 min"),
        (timedelta(minutes=75), "1시간", "1 h"),
        (timedelta(days=3, hours=4), "3일", "3 d"),
        (-timedelta(hours=1), "1분", "1 min"),
    ],
)
def test_how_long_it_is_since(before, korean, english):
    assert times().since(NOW - before) == korean
    assert times("en").since(NOW - before) == english


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_a_day_is_a_day_of_the_readers_zone(day):
    since, until = times().span(day)
    assert times().local(since).date() == times().local(until - timedelta(microseconds=1)).date() == day
    assert times().local(until).date() == day + timedelta(days=1)


@given(st.lists(st.integers(0, 10_000), max_size=60))
def test_bars_stay_inside_the_chart_and_keep_their_order(counts):
    days = [date(2026, 1, 5) + timedelta(weeks=week) for week in range(len(counts))]
    chart = columns(days, counts)
    assert len(chart.bars) == len(counts)
    for bar, count in zip(chart.bars, counts, strict=True):
        assert 0 <= bar.x <= bar.x + bar.width <= chart.width
        assert 0 <= bar.y <= bar.y + bar.height <= chart.height
        assert (bar.height > 0) == (count > 0) or count * 1000 < max(counts)
        assert bar.label.endswith(f": {count}")
    by_count = sorted(zip(counts, chart.bars, strict=True), key=lambda pair: pair[0])
    heights = [bar.height for _, bar in by_count]
    assert heights == sorted(heights)


def test_an_outlet_without_visits_has_no_bars():
    assert spark(()).bars == ()
