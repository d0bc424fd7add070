from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.meaning.amounts import find_amounts
from crawler.meaning.amounts.numerals import read_number
from crawler.meaning.amounts.records import plain_number
from crawler.meaning.folding import fold

AFTER = {
    "USD": ["달러", " 달러", "弗", "美元", " US dollars"],
    "CNY": ["위안", " 위안", "元", " 위안화", " yuan"],
    "KRW": ["원", " 원"],
    "HKD": ["홍콩달러", " 홍콩 달러"],
    "JPY": ["엔", " 엔"],
    "EUR": ["유로", " 유로"],
}
BEFORE = {"USD": ["$", "US$", "US$ "], "CNY": ["RMB ", "￥"], "HKD": ["HK$"], "EUR": ["€"], "KRW": ["₩"]}
ENGLISH = {"": 1, " thousand": 10**3, " million": 10**6, " billion": 10**9, "bn": 10**9, " trillion": 10**12}
NUMBERS = st.one_of(
    st.integers(1, 9999),
    st.builds(lambda head, zeros: head * 10**zeros, st.integers(1, 9999), st.integers(0, 12)),
    st.integers(10**8, 10**15),
)


def read(text):
    return [(amount.value, amount.currency) for amount in find_amounts(fold(text))]


def groups(value):
    for unit, size in (("조", 10**12), ("억", 10**8), ("만", 10**4), ("", 1)):
        part, value = divmod(value, size)
        if part:
            yield part, unit


def thousands(part):
    """2900 → 2천900, as many papers write it."""
    head, rest = divmod(part, 1000)
    return f"{head}천{rest or ''}" if head and part < 10000 else str(part)


COUNTERS = [*"명개대곳건회년위차톤㎡배종층호세주%", "시간", "개국", "km", "가지"]

FORMS = {
    "4억1000만": lambda value: "".join(f"{part}{unit}" for part, unit in groups(value)),
    "4억 1000만": lambda value: " ".join(f"{part}{unit}" for part, unit in groups(value)),
    "4억 1,000만": lambda value: " ".join(f"{part:,}{unit}" for part, unit in groups(value)),
    "4억1천만": lambda value: "".join(f"{thousands(part)}{unit}" for part, unit in groups(value)),
    "410,000,000": lambda value: f"{value:,}",
    "410000000": str,
    "4亿1000万": lambda value: "".join(f"{part}{unit}" for part, unit in groups(value)).translate(
        str.maketrans("조억만", "兆亿万")
    ),
}


@given(NUMBERS, st.sampled_from(sorted(FORMS)), st.sampled_from(sorted(AFTER)), st.data())
def test_what_is_written_is_read_back(value, form, currency, data):
    text = FORMS[form](value) + data.draw(st.sampled_from(AFTER[currency]))
    assert read(f"모두 {text} 규모") == [(value, currency)]


@given(NUMBERS, st.sampled_from(sorted(FORMS)), st.sampled_from(sorted(BEFORE)), st.data())
def test_signs_before_the_number(value, form, currency, data):
    text = data.draw(st.sampled_from(BEFORE[currency])) + FORMS[form](value)
    assert read(f"모두 {text}, 그렇다") == [(value, currency)]


@given(
    st.decimals(1, 999, places=1),
    st.sampled_from(sorted(ENGLISH)),
    st.sampled_from(["$", "US$", "HK$", "€"]),
    st.booleans(),
)
def test_english_scales(value, scale, sign, in_words):
    words = {"$": " dollars", "US$": " US dollars", "HK$": " HKD", "€": " euros"}
    currency = {"$": "USD", "US$": "USD", "HK$": "HKD", "€": "EUR"}[sign]
    text = f"{value}{scale}{words[sign]}" if in_words else f"{sign}{value}{scale}"
    assert read(f"about {text} in all") == [(value * ENGLISH[scale], currency)]


@given(
    st.decimals(Decimal("0.1"), 999, places=1),
    st.sampled_from([("만", 10**4), ("억", 10**8), ("조", 10**12)]),
    st.sampled_from(sorted(AFTER)),
)
def test_decimals(value, unit, currency):
    assert read(f"{value}{unit[0]}{AFTER[currency][0]}") == [(value * unit[1], currency)]


@given(st.integers(1, 999), st.integers(1, 999), st.sampled_from("억조만"), st.sampled_from(["달러", "위안", "원"]))
def test_ranges(one, other, unit, currency):
    low, high = sorted((one, other))
    found = find_amounts(fold(f"{low}~{high}{unit}{currency}"))
    values = [low * read_number(f"1{unit}"), high * read_number(f"1{unit}")]
    assert [amount.value for amount in found] == (values if low < high else values[:1])
    assert [amount.qualifier for amount in found] == (["이상", "이하"] if low < high else [None])


@given(st.integers(1, 9999), st.sampled_from("억조"), st.integers(1000, 1500))
def test_pairs(value, unit, rate):
    krw = value * int(read_number(f"1{unit}")) * rate
    if krw < 10**16:
        written = "".join(f"{part}{unit}" for part, unit in groups(krw))
        (amount,) = find_amounts(fold(f"{value}{unit}달러(약 {written}원)를 유치"))
        assert (amount.currency, amount.krw, amount.flags) == ("USD", krw, ())


@given(
    st.integers(1, 10**9),
    st.sampled_from(["만", "억", "조", ""]),
    st.sampled_from(COUNTERS),
)
def test_counts_are_no_money(number, unit, counter):
    assert read(f"모두 {number}{unit}{counter}였다") == []


@given(st.text(max_size=120))
def test_any_text_can_be_read(text):
    for amount in find_amounts(fold(text)):
        assert text[amount.start : amount.end] == amount.text
        assert amount.value > 0


def test_offsets_are_those_of_the_original():
    text = "“약 ２５억 달러”（약 2조6600억원）를 받았다"
    (amount,) = find_amounts(fold("기업가치 ２５억 달러（약 2조6600억원）를 받았다"))
    assert amount.text == "２５억 달러"
    for amount in find_amounts(fold(text)):
        assert text[amount.start : amount.end] == amount.text


def test_a_pair_off_by_more_than_the_others_is_flagged():
    text = "25억달러(약 2조6600억원), 30억달러(약 3조1900억원), 4억1000만달러(약 5360억원)를 더했다."
    flags = [amount.flags for amount in find_amounts(fold(text))]
    assert flags[:2] == [(), ()]
    assert "other pairs say 1,06" in flags[2][0]


def test_a_rate_that_never_was_is_flagged_alone():
    (amount,) = find_amounts(fold("25억달러(약 2660억원)"))
    assert "was never a rate" in amount.flags[0]
    assert find_amounts(fold("25억달러(약 2조6600억원)"))[0].flags == ()


@pytest.mark.parametrize("written", ["3만5억", "10 20억", "2백3백"])
def test_numbers_that_are_none(written):
    assert read_number(written) is None


def test_whole_numbers_stay_whole_in_json():
    assert plain_number(Decimal("2.5E+9")) == 2500000000
    assert isinstance(plain_number(Decimal("2.5E+9")), int)
    assert plain_number(Decimal("99.9")) == 99.9
