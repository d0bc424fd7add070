"""Money in Korean, Chinese and English text as numbers."""

from crawler.meaning.amounts.find import find_amounts
from crawler.meaning.amounts.records import Amount

__all__ = ["Amount", "find_amounts"]
