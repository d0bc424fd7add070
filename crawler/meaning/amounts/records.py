"""What is known of a sum of money in a text."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Amount:
    """One sum: `value` in `currency` (ISO 4217), and in `krw` what the text itself says it is in won, if it does.

    `role` is amount (money of somebody) or threshold (a bar, as in "10억달러 이상 스타트업"). `qualifier` is 약, 최대,
    최소, 이상, 초과, 이하 or 미만. `flags` say what is odd about it. Offsets count characters of the original.
    """

    text: str
    start: int
    end: int
    value: Decimal
    currency: str
    krw: Decimal | None = None
    qualifier: str | None = None
    role: str = "amount"
    flags: tuple[str, ...] = ()


def plain_number(value: Decimal) -> int | float:
    """A number as JSON has it: whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)
