"""Who raised, was valued, was bought or went public, for how much, and the sentence that says it."""

from crawler.meaning.deals.records import Deal
from crawler.meaning.deals.rules import find_deals

__all__ = ["Deal", "find_deals"]
