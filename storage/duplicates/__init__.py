"""Near-duplicates: the same report in several outlets is kept several times and told once."""

from storage.duplicates.explain import Explanation, Tie, explain
from storage.duplicates.fingerprint import Fingerprint, fingerprint
from storage.duplicates.index import Placed, leave, place

__all__ = ["Explanation", "Fingerprint", "Placed", "Tie", "explain", "fingerprint", "leave", "place"]
