from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.duplicates.numbers import numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25억달러", [25 * 10**8]),
        ("4억1000만달러", [410_000_000]),
        ("4억 1,000만 달러", [410_000_000]),
        ("2조6600억원", [2_660_000_000_000]),
        ("2.66조원", [2_660_000_000_000]),
        ("1조2900억", [1_290_000_000_000]),
        ("5천억원", [500_000_000_000]),
        ("3천만 명", [30_000_000]),
        ("1만5천 대", [15_000]),
        ("1,234,567", [1_234_567]),
        ("3.5% 올라 3만 원", [Decimal("3.5"), 30_000]),
        ("21개국 1000만대", [21, 10_000_000]),
        ("2026년 11월 24일", [2026, 11, 24]),
        ("１００억", [10**10]),
        ("100억 200억", [10**10, 2 * 10**10]),
        ("숫자 없음", []),
        ("", []),
    ],
)
def test_numbers_are_values(text, expected):
    assert numbers(text) == {Decimal(value) for value in expected}


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_two_ways_to_write_one_amount(large, small):
    together = large * 10**8 + small * 10**4
    assert (
        numbers(f"{large}억{small}만원")
        == numbers(f"{large:,}억 {small:,}만 원")
        == numbers(str(together))
        == {together}
    )


@given(st.text())
def test_no_text_is_too_odd(text):
    assert all(number >= 0 for number in numbers(text))
