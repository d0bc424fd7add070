from datetime import UTC, datetime, timedelta

import pytest

from crawler.extract.dates import KST, read_moment, read_moments, settle

NOON = datetime(2026, 3, 3, 12, 4, 5, tzinfo=KST)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-03-03 12:04:05", NOON),
        ("2026-03-03T12:04:05+09:00", NOON),
        ("2026-03-03T12:04:05.000+0900", NOON),
        ("2026-03-03T03:04:05Z", NOON),
        ("입력 2026.03.03. 오후 12:04", NOON.replace(second=0)),
        ("2026.03.03. 오전 12:04", NOON.replace(hour=0, second=0)),
        ("2026.03.03 (화) 오후 4:04", NOON.replace(hour=16, second=0)),
        ("2026년 3월 3일 16시 4분", NOON.replace(hour=16, second=0)),
        ("2026/03/03 16:04", NOON.replace(hour=16, second=0)),
        ("20260303120405", NOON),
        ("20260303", NOON.replace(hour=0, minute=0, second=0)),
        ("2026-03-03", NOON.replace(hour=0, minute=0, second=0)),
        ("Tue, 03 Mar 2026 12:04:05 +0900", NOON),
        ("Tue, 03 Mar 2026 03:04:05 GMT", NOON),
    ],
)
def test_times_as_outlets_write_them(text, wanted):
    moment = read_moment(text)
    assert moment is not None
    assert moment.at == wanted
    assert moment.at.utcoffset() == timedelta(hours=9)


@pytest.mark.parametrize("text", ["", None, "어제", "2026-13-45 12:00", "전화 02-2026-0303", "x" * 500])
def test_texts_without_a_time(text):
    assert read_moment(text) is None


@pytest.mark.parametrize(
    ("text", "ago"),
    [("3시간 전", timedelta(hours=3)), ("입력 5분 전", timedelta(minutes=5)), ("2일 전", timedelta(days=2))],
)
def test_relative_times_need_the_moment_of_the_fetch(text, ago):
    assert read_moment(text) is None
    assert read_moment(text, fetched_at=NOON.astimezone(UTC)).at == NOON - ago


def moments(text):
    return read_moments(text)


def test_z_that_means_korean_time_is_known_by_the_visible_time():
    stated = read_moment("2026-03-03T12:04:05Z")
    assert settle(stated, moments("2026.03.03 12:04")) == NOON
    assert settle(stated, moments("2026.03.03 21:04")) == NOON.replace(hour=21)
    assert settle(stated, []) == NOON.replace(hour=21)


def test_a_planned_hour_gives_way_to_the_visible_second():
    stated = read_moment("2026-03-03T16:00:00+09:00")
    assert settle(stated, [], moments("2026.03.03 15:44:47")) == NOON.replace(hour=15, minute=44, second=47)
    assert settle(stated, moments("2026.03.03 16:00"), moments("2026.03.03 17:12:01")) == stated.at
    assert settle(stated, [], moments("2026.03.01 15:44:47")) == stated.at


def test_a_day_is_completed_and_nothing_is_invented():
    assert settle(read_moment("2026-03-03"), [], moments("2026.03.03 12:04:05")) == NOON
    assert settle(None, moments("2026.03.03 12:04:05")) == NOON
    assert settle(None, moments("2026.03.03")) == NOON.replace(hour=0, minute=0, second=0)
    assert settle(None, []) is None
