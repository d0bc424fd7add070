"""Numbers as they are written: 2조6600억, 4억 1천만, 25亿, 2.5 billion, 천만."""

import re
from decimal import Decimal

DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,18})(?:\.\d{1,8})?"
_SMALL = {"십": 10, "백": 100, "천": 1000}
_BIG = {"만": 10**4, "억": 10**8, "조": 10**12, "경": 10**16}
_HANJA = str.maketrans("十百千万亿兆", "십백천만억조")
_WORDS = {word: number for number, word in enumerate("일이삼사오육칠팔구", start=1)} | {"두": 2, "세": 3}

# 4억1000만, 2천900억, 100여만, 5천9백억 — one blank at most between two parts.
UNIT = r"(?:万亿|[십백천十百千]?\s?[만억조경万亿兆]|[십백천千百])"
SCALED = rf"{DIGITS}\s?여?\s?{UNIT}(?:\s?여)?(?:\s?{DIGITS}(?:\s?여)?(?:\s?{UNIT}(?:\s?여)?)?)*"
_ONES = "[일이삼사오육칠팔구]"
SPELLED = (
    rf"(?<![가-힣\d]){_ONES}?(?:[십백천]{_ONES}?){{0,3}}[만억조천백]"
    rf"(?:(?<=[억조])\s{_ONES}?(?:[십백천]{_ONES}?){{0,3}}[만억])?"
    rf"(?:{_ONES}?[십백천]){{0,3}}[만억]?"
)
_TOKEN = re.compile(rf"{DIGITS}|[십백천만억조경일이삼사오육칠팔구두세]")


def read_number(written: str) -> Decimal | None:
    """The value of a written number, or None where its parts do not make one (3만 5억: a smaller unit comes first)."""
    written = written.replace("万亿", "조").translate(_HANJA)
    total, section, pending = Decimal(0), Decimal(0), None
    smallest_big, smallest_small = 10**20, 10**4
    for token in _TOKEN.findall(written):
        if token in _BIG:
            unit = _BIG[token]
            amount = section + pending if pending is not None else section
            if unit >= smallest_big:
                return None
            total += (amount or Decimal(1)) * unit
            section, pending, smallest_big, smallest_small = Decimal(0), None, unit, 10**4
        elif token in _SMALL:
            unit = _SMALL[token]
            if unit >= smallest_small:
                return None
            section += (pending if pending is not None else Decimal(1)) * unit
            pending, smallest_small = None, unit
        elif pending is not None:
            return None
        else:
            pending = Decimal(_WORDS[token]) if token in _WORDS else Decimal(token.replace(",", ""))
    rest = section + (pending or 0)
    return None if rest >= smallest_big else total + rest


def last_unit(written: str) -> str:
    """The units at the end of a written number: 억 of 15억, 천만 of 3천만; empty where it ends in a digit."""
    found = re.search(r"[십백천만억조경十百千万亿兆여\s]*$", written)
    return re.sub(r"[\s여]", "", found[0]) if found else ""
