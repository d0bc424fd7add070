"""One expression for sums of money, and what each of them says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from crawler.meaning.amounts.numerals import DIGITS, SCALED, SPELLED, last_unit, read_number
from crawler.meaning.amounts.vocabulary import code_of, forms, scale_words, vocabulary

_LARGEST = Decimal(10) ** 18
_SIGN_REACH = 10
_SCALED = re.compile(SCALED)
_ROW = re.compile(rf"(?<![0-9a-z.,가-힣])(?:{DIGITS}[만억조]\s?[·/]\s?)+$")
_ROW_REACH = 40
_MONEY_FOLLOWS = re.compile(
    r"대?\s?(?:규모\s?)?(?:의\s?)?(?:투자\s?유치|투자(?![자처])|유치|조달|수혈|펀드|실탄|투입|베팅|매출(?!처))"
)
_MONEY_LEADS = re.compile(r"(?:기업 ?가치|몸값|시총|시가총액|투자금|투자액|영업익|영업이익|매출|유치액)\s?(?:약\s?)?$")
_NO_COUNTER = re.compile(r"대?(?:\s?(?:돌파|달성|육박|넘|규모|이상|유니콘))|\s?(?:[,.…·\"')]|$)")
# After a currency word, what makes it another word: 위안부, 엔젤, 유로파, 원전.
_OTHER_WORD = {
    "위안": r"부(?!터)|이 되|을 (?:얻|주|받|삼)|받|삼",
    "$": r"\s?[0-9]",
    "엔": r"진|터|드|지니|씨|젤|트리|비디아|솔|가젤",
    "유로": r"파|존|스타|피|본드|202|20[0-9]{2}",
    "파운드": r"리|케이크",
    "바트": r"당",
}
# 원 after a blank or a bare number: only these may follow in the same word.
_AFTER_WON = re.compile(
    r"(?![가-힣])|(?:을|를|이|은|는|의|에|도|만|과|와|로|으로|씩|대|짜리|어치|까지|부터|보다|정도|가량|안팎|내외|미만|이상|이하|초과|"
    r"상당|규모|수준|남짓|쯤|여|선|당|꼴|권|이다|이었|이며|이고|인데|이나|밖에|으론|에서|조차|마저|뿐|돌파|달성|투자|유치|지원|인상|인하|"
    r"올|내|늘|줄|오르|넘|인 |이라|이던|가까이|이상의|할인|지급|매출|이하의)"
)
_BARE_WORDS_AFTER = re.compile(
    r"(?![가-힣])|(?:을|를|이|은|는|가|의|에|도|만|과|와|로|으로|씩|대|짜리|어치|까지|부터|보다|정도|가량|선|당|라|였|이|어|안|내|미|초|상|규|수|남|쯤|밖|화)"
)
# A rate is no sum: 달러당 7.1위안, 100엔당 950원, 1달러=1,390원, 환율은 1,432.5원.
_UNIT_OF_RATE = r"(?:달러|엔|위안|유로|파운드|루피|루블|원)화?"
_RATE_AHEAD = re.compile(
    rf"{_UNIT_OF_RATE}\s?(?:당|[=≒≈]|에)\s?(?:약\s?)?$|환율(?:은|이|을|도|의)?[^.0-9]{{0,14}}$"
    r"|(?:당|대비) (?:위안|원|엔)화?(?:은|는|이|가)? $"
)
_RATE_BEHIND = re.compile(r"당\s?[0-9]|\s?[=≒≈]\s?[0-9]")
_RATE_REACH = 24
_NOT_BEFORE = re.compile(r"[a-z0-9.,제第]$|(?:수|몇|수십|수백)\s$")


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum as it stands in folded text. `low` is the number a range begins with, with its place."""

    start: int
    end: int
    value: Decimal
    currency: str
    low: "tuple[int, int, Decimal] | None" = None
    vague: bool = False  # 100여억, 1조원대


@cache
def _expression() -> re.Pattern[str]:
    number = rf"(?:{SCALED}|{DIGITS}(?:[ -]?(?:{scale_words()})(?![a-z]))?)"
    low = rf"(?P<low>{SCALED}|{DIGITS})(?P<dash>\s?[~-]\s?|에서\s|\s?to\s)"
    return re.compile(
        rf"(?P<sign>{forms('before')})\s?(?:약\s?)?(?:{low})?(?P<signed>{number})"
        rf"(?:\s?(?P<both>{forms('after')}))?"
        rf"|(?:(?P<low2>{SCALED}|{DIGITS})(?P<dash2>\s?[~-]\s?|에서\s|\s?내지\s|\s?to\s))?"
        rf"(?P<number>{number}|{SPELLED})(?P<gap>\s?)(?P<currency>{forms('after')})"
    )


@cache
def _starts() -> re.Pattern[str]:
    """Where a sum can begin: a number in digits, or one in words with a currency near by."""
    return re.compile(
        r"(?<![0-9.,])[0-9]"
        r"|(?<![가-힣0-9])[일이삼사오육칠팔구십백천](?=[십백천만억조일이삼사오육칠팔구]{0,8}\s?[달원위엔유홍불미억만조])"
    )


@cache
def _sign_before() -> re.Pattern[str]:
    return re.compile(rf"(?:{forms('before')})\s?(?:약\s?)?$")


def sums(text: str) -> Iterator[Sum]:
    """Every sum of money in folded text, in reading order."""
    end = 0
    for start in _starts().finditer(text):
        if start.start() < end:
            continue
        found = _sum_at(text, start.start())
        if found is not None:
            yield from _listed(text, end, found)
            yield found
            end = found.end


def _listed(text: str, floor: int, last: Sum) -> Iterator[Sum]:
    """Numbers in a row that share the currency of the last: 3억·5억·7억 달러."""
    if text[max(0, last.start - 1) : last.start] not in {"·", "/"}:
        return
    row = _ROW.search(text, max(floor, last.start - _ROW_REACH), last.start)
    for number in _SCALED.finditer(text, row.start(), row.end()) if row else ():
        value = _value(number[0])
        if value is not None:
            yield Sum(number.start(), number.end(), value, last.currency)


def _sum_at(text: str, start: int) -> Sum | None:
    sign = _sign_before().search(text, max(0, start - _SIGN_REACH), start)
    if sign is not None:
        signed = _expression().match(text, sign.start())
        found = _read(signed, text) if signed is not None else None
        if found is not None:
            return found
    match = _expression().match(text, start)
    found = _read(match, text) if match is not None and match["sign"] is None else None
    return found or _without_currency(text, start)


def _without_currency(text: str, start: int) -> Sum | None:
    """Headlines leave won away: 시리즈B 100억 유치, 몸값 3조. Only beside a word of money, and never with a counter."""
    number = _SCALED.match(text, start)
    value = _value(number[0]) if number is not None else None
    if (
        number is None
        or value is None
        or not re.search("[억조]", number[0])
        or _NOT_BEFORE.search(text[max(0, start - 4) : start])
    ):
        return None
    follows = _MONEY_FOLLOWS.match(text, number.end())
    leads = _MONEY_LEADS.search(text, max(0, start - _SIGN_REACH), start) and _NO_COUNTER.match(text, number.end())
    if not (follows or leads):
        return None
    end = start + len(number[0].rstrip(" 여"))
    return Sum(start, end, value, "KRW", None, "여" in number[0])


def _read(match: re.Match[str], text: str) -> Sum | None:
    if match["sign"] is not None:
        return _signed(match, text)
    before = text[max(0, match.start() - 4) : match.start()]
    if _NOT_BEFORE.search(before) and not re.search(r"(?:^|[^0-9])[.,]$", before):
        return None
    written = match["number"]
    value = _value(written)
    currency = match["currency"]
    if value is None or not 0 < value < _LARGEST or not _is_currency(text, match, written):
        return None
    if not _SCALED.match(written) and _is_rate(text, match):
        return None
    low = _low(match, "low2", value, written)
    return Sum(
        start=match.start("number") if low is None else low[0],
        end=match.end("currency"),
        value=value,
        currency=code_of()[currency],
        low=low,
        vague="여" in written,
    )


def _is_rate(text: str, match: re.Match[str]) -> bool:
    start = match.start("number")
    ahead = _RATE_AHEAD.search(text, max(0, start - _RATE_REACH), start)
    return ahead is not None or _RATE_BEHIND.match(text, match.end("currency")) is not None


def _signed(match: re.Match[str], text: str) -> Sum | None:
    value = _value(match["signed"])
    if value is None or not 0 < value < _LARGEST:
        return None
    sign = match["sign"]
    code = code_of()[sign]
    end = match.end("signed")
    if match["both"] is not None:
        code = code_of()[match["both"]] if code != "CNY" else code  # 인민폐 3000만원
        end = match.end("both")
    elif sign[-1].isalpha() and not sign.isascii() and not re.search("[억조만]", match["signed"]):
        return None  # 한화 3연승: a word, and a number that is no money
    if code == "YEN_OR_YUAN":
        code = (
            "JPY"
            if re.search(r"일본|도쿄|엔화|엔저|円", text[max(0, match.start() - 80) : match.end() + 80])
            else "CNY"
        )
    following = text[end : end + 1]
    if match["both"] is None and (following.isdigit() or (following.isascii() and following.isalpha())):
        return None
    low = _low(match, "low", value, match["signed"])
    start = match.start("signed") if sign in {"한화", "우리 돈", "우리돈", "원화"} else match.start()
    return Sum(
        start if low is None or sign == "" else min(start, low[0]), end, value, code, low, "여" in match["signed"]
    )


def _value(written: str) -> Decimal | None:
    scale = re.search(rf"[ -]?({scale_words()})$", written)
    if scale is None:
        return read_number(written)
    number = read_number(written[: scale.start()])
    return None if number is None else number * vocabulary()["scales"][scale[1]]


def _is_currency(text: str, match: re.Match[str], written: str) -> bool:
    """Whether the currency word is one, by what follows it: 100만 원전, 3원칙 and 1위안부 have none."""
    currency, end = match["currency"], match.end("currency")
    other = _OTHER_WORD.get(currency)
    is_scaled = re.search("[만억조경万亿兆]|[a-z]$", written) is not None
    if (
        other
        and not (is_scaled and currency == "위안" and text[end : end + 1] != "부")
        and re.compile(other).match(text, end)
    ):
        return False
    if currency == "$":
        return is_scaled and not match["gap"]
    if currency in {"원", "불", "바트"} and (match["gap"] or not is_scaled or currency != "원"):
        return (_AFTER_WON.match(text, end)) is not None and (currency == "원" or is_scaled or currency == "바트")
    if currency in {"元", "弗", "円"}:
        return True
    if currency == "파운드" and not is_scaled:
        return False
    return is_scaled or not ("가" <= currency[-1] <= "힣") or _BARE_WORDS_AFTER.match(text, end) is not None


def _low(match: re.Match[str], group: str, high: Decimal, written: str) -> tuple[int, int, Decimal] | None:
    """Where a range begins: 10~15억 begins at 10억. A number that is not below the end begins nothing."""
    text = match[group]
    if text is None:
        return None
    value = read_number(text)
    unit = last_unit(written)
    if value is not None and not last_unit(text):
        scale = re.search(rf"[ -]?({scale_words()})$", written)
        factor = read_number("1" + unit) if unit else Decimal(vocabulary()["scales"][scale[1]] if scale else 1)
        value = value * (factor or 1)
    if value is None or not 0 < value < high:
        return None
    return match.start(group), match.end(group), value
