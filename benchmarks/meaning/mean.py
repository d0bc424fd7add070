"""Writes digest/stories/mean.txt: what the vectors of all business news have in common.

`python -m benchmarks.meaning.mean > digest/stories/mean.txt`, with the extra `semantic` installed.
"""

import sys

from benchmarks.meaning.background import texts
from digest.stories.semantic import load_embedder


def main() -> None:
    vectors = load_embedder()(texts())
    means = [sum(values) / len(vectors) for values in zip(*vectors, strict=True)]
    lines = ["# The mean of the vectors of many texts. Written by benchmarks/meaning/mean.py."]
    lines += [" ".join(f"{value:.5f}" for value in means[start : start + 16]) for start in range(0, len(means), 16)]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
