"""The numbers of a text as values, so that 2조6600억 and 2.66조 are one number."""

import re
import unicodedata
from decimal import Decimal

_UNITS = {"십": 1, "백": 2, "천": 3, "만": 4, "억": 8, "조": 12}  # powers of ten
_NUMBER = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d{1,30})(\.\d{1,10})?(?:\s?([십백천]?[만억조]|[십백천])(?![십백천만억조]))?"
)
_SPACE = re.compile(r"\s?")


def numbers(text: str) -> frozenset[Decimal]:
    """Every number of the text; neighbours with falling units are parts of one: 4억1000만 is 410,000,000."""
    text = unicodedata.normalize("NFKC", text)
    found: list[Decimal] = []
    smallest_unit, end = Decimal(0), -1
    for match in _NUMBER.finditer(text):
        digits, fraction, unit_name = match.groups()
        unit = Decimal(10) ** sum(_UNITS[name] for name in unit_name or "")
        value = Decimal(digits.replace(",", "") + (fraction or "")) * unit
        if smallest_unit > unit and value < smallest_unit and _SPACE.fullmatch(text, end, match.start()):
            found[-1] += value
        else:
            found.append(value)
        smallest_unit, end = unit, match.end()
    return frozenset(found)
