"""Near-duplicates: the same report in several outlets is kept several times and told once."""

from storage.duplicates.fingerprint import Fingerprint, fingerprint
from storage.duplicates.index import Placed, leave, place

__all__ = ["Fingerprint", "Placed", "fingerprint", "leave", "place"]
