"""Writes digest/stories/background.txt: how common two letters are in business news.

`python -m benchmarks.meaning.background > digest/stories/background.txt`. Counted in the labelled sets and the pages of
the demo, all written for this project; the held-out halves are left out.
"""

import re
import sys
from collections import Counter, defaultdict
from math import log
from pathlib import Path

from storage.search.tokenizer import bigrams, runs
from tests import gold
from tests.gold.stories import labelled_reports

DEMO = Path(__file__).parents[2] / "cli" / "demo" / "site"
RARE = 0.004  # a share of texts below which everything is equally rare
MARKUP = re.compile(r"<[^>]+>|[a-z_]+ ?=|\{[^}]*\}")


def texts() -> list[str]:
    found = [row.text for row in gold.labelled_sentences() if not row.held_out]
    found += [text for text, _, held_out in gold.labelled_deals() if not held_out]
    found += [f"{row.title} {row.lead}" for row in gold.labelled_headlines() if not row.held_out]
    found += [f"{row.title} {row.lead}" for row in labelled_reports() if not row.held_out]
    for file in sorted(DEMO.glob("*/articles/*")):
        found += [MARKUP.sub(" ", line) for line in file.read_text(encoding="utf-8").splitlines() if len(line) > 80]
    return found


def main() -> None:
    documents = texts()
    counts: Counter[str] = Counter()
    for text in documents:
        counts.update({gram for run in runs(text) for gram in (bigrams(run.stem) if run.cjk else [run.stem])})
    by_rarity: defaultdict[float, list[str]] = defaultdict(list)
    for gram, count in counts.items():
        share = count / len(documents)
        if share > RARE:
            by_rarity[round(log(1 / share) / log(1 / RARE), 1)].append(gram)
    lines = ["# How rare two letters are: 1 for all that are not here. Written by benchmarks/meaning/background.py."]
    lines += [f"{rarity} {' '.join(sorted(grams))}" for rarity, grams in sorted(by_rarity.items()) if rarity < 1]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
