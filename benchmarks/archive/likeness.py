"""How many edited copies are recognised, and how many strangers are merged."""

from collections import Counter
from typing import Any

from benchmarks.archive.edits import Pair, copies, strangers
from storage.duplicates import fingerprint
from storage.duplicates.index import FEW_SENTENCES
from storage.duplicates.verdict import Kind, compare

STORIES = 150
_SAME = {Kind.COPY, Kind.EXCERPT}


def measure(stories: int = STORIES) -> dict[str, Any]:
    """Recall by kind of edit, and merges by kind of stranger; a pair that shares too few hashes is never compared."""
    kinds: dict[str, Counter[str]] = {"recall": Counter(), "merged": Counter()}
    seen: dict[str, Counter[str]] = {"recall": Counter(), "merged": Counter()}
    for name, pairs in (("recall", copies(1_000, stories)), ("merged", strangers(5_000, stories))):
        for pair in pairs:
            seen[name][pair.kind] += 1
            kinds[name][pair.kind] += is_merged(pair)
    return {name: {kind: round(kinds[name][kind] / count, 4) for kind, count in seen[name].items()} for name in seen}


def is_merged(pair: Pair) -> bool:
    """True when the archive would call one of the two a copy or an excerpt of the other."""
    one, other = fingerprint(pair.one), fingerprint(pair.other)
    shared = len(set(one.hashes) & set(other.hashes))
    if shared == 0 or (shared == 1 and min(len(one.sentences), len(other.sentences)) > FEW_SENTENCES):
        return False
    found = compare(one.text, other.text)
    return found is not None and found.kind in _SAME
