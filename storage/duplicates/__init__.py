"""Near-duplicates: the same report in several outlets is kept several times and told once."""

from storage.duplicates.fingerprint import fingerprint
from storage.duplicates.index import leave, place

__all__ = ["fingerprint", "leave", "place"]
