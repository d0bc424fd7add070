"""From sums as they stand to amounts: pairs joined, ranges split, qualifiers and roles read, pairs checked."""

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from statistics import median

from crawler.meaning.amounts.grammar import Sum, sums
from crawler.meaning.amounts.records import Amount
from crawler.meaning.amounts.vocabulary import (
    qualifier_after,
    qualifier_before,
    threshold_words,
    vocabulary,
)
from crawler.meaning.folding import Folded

TOLERANCE = Decimal("0.15")  # how far a stated pair may be off the article's other pairs
_REACH = 14
_CLAUSE_END = re.compile(r"[.!?。\n)\]]")
_DASH = re.compile(r"\s?[~-]\s?")
_FROM, _TO = re.compile(r"에서 (?:최대 )?"), re.compile(r"\s?(?:사이|까지|선까지|범위)")
_OPENS = re.compile(r"\s?(?:이상|이하|미만|초과|가량|정도|안팎|내외|규모|상당|수준|여|대|남짓)?(?:의)?\s?[(\[]")
_BRACKETS = re.compile(r"[^()\[\]]{0,80}[)\]]")
# Between two sums that are one: "25억달러, 우리 돈 약 2조원".
_SAME_SUM = re.compile(
    r"(?:\s?(?:이상|이하|미만|초과|가량|정도|안팎|내외|규모))?\s?[,·/]?\s?(?:\(|=|≒|≈)?\s?"
    r"(?:한화로는|한화로|한화|우리 ?돈으로|우리 ?돈|원화로|원화|한국 ?돈으로|한국 ?돈|우리나라 돈)"
    r"\s?(?:환산 ?시|환산하면|기준)?\s?(?:약|대략|최대)?\s?"
)
_FILLING = re.compile(
    r"약|대략|최대|한화로?|우리 ?돈으?로?|원화로?|환산|기준|미화|가량|이상|정도|규모|안팎|미만|수준|시|"
    r"[\s,·/=≒≈~;:]|\d{1,2}일|현재|환율"
)


def find_amounts(folded: Folded) -> list[Amount]:
    """The amounts of a text in reading order; a stated pair is one amount, a range is two."""
    text = folded.text
    amounts: list[Amount] = []
    last: Sum | None = None
    for money, krw in _pairs(list(sums(text)), text):
        read = _amounts(folded, money, krw)
        if last is not None and last.currency == money.currency and _spans(text, last, money):
            amounts[-1] = replace(amounts[-1], qualifier="이상")
            read[-1] = replace(read[-1], qualifier="이하")
        amounts.extend(read)
        last = money
    return _checked(amounts)


def _spans(text: str, low: Sum, high: Sum) -> bool:
    """Whether two sums are the ends of one range: 2억달러~3억달러, 2억달러에서 3억달러 사이."""
    if _DASH.fullmatch(text, low.end, high.start):
        return True
    return _FROM.fullmatch(text, low.end, high.start) is not None and _TO.match(text, high.end) is not None


def _pairs(found: list[Sum], text: str) -> list[tuple[Sum, Sum | None]]:
    """Each sum with the sum in won that the text puts beside it."""
    result: list[tuple[Sum, Sum | None]] = []
    number = 0
    while number < len(found):
        money = found[number]
        beside = _beside(money, found[number + 1 : number + 5], text)
        number += 1 + len(beside)
        result.extend(_matched(money, beside))
    return result


def _beside(money: Sum, following: list[Sum], text: str) -> list[Sum]:
    """The sums that restate this one: all of the bracket behind it, or one after 우리 돈."""
    if not following:
        return []
    opening = _OPENS.match(text, money.end)
    if opening:
        closing = _BRACKETS.match(text, opening.end())
        end = closing.end() - 1 if closing else min(len(text), opening.end() + 40)
        inside = [other for other in following if opening.end() <= other.start and other.end <= end]
        if inside and _only_sums(inside, text, opening.end(), end if closing else inside[-1].end):
            return inside
        return []
    first = following[0]
    if first.currency == "KRW" != money.currency and _SAME_SUM.fullmatch(text, money.end, first.start):
        return [first]
    return []


def _only_sums(inside: list[Sum], text: str, start: int, end: int) -> bool:
    rest, position = "", start
    for other in inside:
        rest += text[position : other.start]
        position = other.end
    return not _FILLING.sub("", rest + text[position:end])


def _matched(money: Sum, beside: list[Sum]) -> list[tuple[Sum, Sum | None]]:
    """One amount for sums that are the same money, in the currency that is not won; other currencies stay."""
    everything = [money, *beside]
    won = next((other for other in everything if other.currency == "KRW"), None)
    foreign = [other for other in everything if other.currency != "KRW"]
    if won is None or not foreign:
        return [(other, None) for other in everything]
    return [(foreign[0], won), *((other, None) for other in foreign[1:])]


def _amounts(folded: Folded, money: Sum, krw: Sum | None) -> list[Amount]:
    text = folded.text
    qualifier = _qualifier(money, text)
    role = _role(money, qualifier, text)
    high = _amount(folded, money.start if money.low is None else money.low[1], money, krw, qualifier, role)
    if money.low is None:
        return [high]
    first, last, value = money.low
    start, end = folded.span(first, last)
    krw_low = krw.low[2] if krw is not None and krw.low is not None else None
    low = Amount(folded.original[start:end], start, end, value, money.currency, krw_low, "이상", role)
    return [low, replace(high, qualifier="이하")]


def _amount(folded: Folded, first: int, money: Sum, krw: Sum | None, qualifier: str | None, role: str) -> Amount:
    if money.low is not None:
        first += len(re.match(r"(?:\s?[~-]\s?|에서\s|\s?내지\s|\s?to\s)?", folded.text[first:])[0])  # type: ignore[index]
    start, end = folded.span(first, money.end)
    return Amount(
        text=folded.original[start:end],
        start=start,
        end=end,
        value=money.value,
        currency=money.currency,
        krw=krw.value if krw is not None else None,
        qualifier=qualifier,
        role=role,
    )


def _qualifier(money: Sum, text: str) -> str | None:
    after, meaning_after = qualifier_after()
    behind = after.match(text, money.end)
    found_after = meaning_after[behind[1]] if behind else None
    before, meaning_before = qualifier_before()
    ahead = before.search(text[max(0, money.start - _REACH) : money.start])
    found_before = meaning_before[ahead[1]] if ahead else None
    bounds = [name for name in (found_after, found_before) if name not in {None, "약"}]
    return bounds[0] if bounds else found_before or found_after or ("약" if money.vague else None)


def _role(money: Sum, qualifier: str | None, text: str) -> str:
    """A bar to be cleared is bounded, and the words around it name a kind of company or a rule, and no event."""
    if qualifier not in {"이상", "초과", "이하", "미만", "최소"}:
        return "amount"
    clause_end = _CLAUSE_END.search(text, money.end)
    behind = text[money.end : min(clause_end.start() if clause_end else len(text), money.end + 40)]
    ahead = text[max(0, money.start - 30) : money.start]
    ahead = re.split(r"[.!?。\n]\s", ahead)[-1]
    happened = threshold_words("happened").search(behind)
    near_kind = _kind_of_company().match(behind)
    defines = threshold_words("defines").search(behind) or threshold_words("defines").search(ahead)
    kind_at = near_kind.end() if near_kind else None
    if happened and (kind_at is None or happened.start() < kind_at):
        return "amount"
    return "threshold" if near_kind or (defines and not happened) else "amount"


@cache
def _kind_of_company() -> re.Pattern[str]:
    """What an amount bounds: "이상의 비상장 스타트업", "를 넘는 기업"."""
    bound = r"\s?(?:이상|초과|이하|미만|[을를이가]?\s?(?:훌쩍 )?(?:넘|웃도|상회하|초과하|밑도)[는은]?)?"
    link = r"(?:인|의|이 되는|되는|으로 평가되는|짜리)?\s?"
    return re.compile(rf"{bound}{link}(?:[가-힣a-z0-9·]+[ ,·]\s?){{0,2}}(?:{threshold_words('of_a_kind').pattern})")


def _checked(amounts: list[Amount]) -> list[Amount]:
    """Pairs against each other and against what the currency was ever worth."""
    return [replace(amount, flags=flags) if (flags := _flags(amount, amounts)) else amount for amount in amounts]


def _flags(amount: Amount, amounts: list[Amount]) -> tuple[str, ...]:
    if amount.krw is None:
        return ()
    rate = amount.krw / amount.value
    low, high = vocabulary()["krw_between"].get(amount.currency, (0, 10**9))
    if not Decimal(str(low)) <= rate <= Decimal(str(high)):
        return (f"{_shown(rate)} KRW per {amount.currency} was never a rate",)
    others = [
        other.krw / other.value
        for other in amounts
        if other is not amount and other.krw is not None and other.currency == amount.currency
    ]
    usual = Decimal(median(others)) if others else rate
    if abs(rate - usual) > TOLERANCE * usual:
        return (f"{_shown(rate)} KRW per {amount.currency}, the article's other pairs say {_shown(usual)}",)
    return ()


def _shown(rate: Decimal) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2f}"  # noqa: PLR2004 - two decimals for yen
