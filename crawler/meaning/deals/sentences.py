"""A text as paragraphs of sentences, with offsets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_END = re.compile(r"[.!?。]['\"’”)\]]*(\s+)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`paragraph` counts the lines that hold text, from 0."""

    text: str
    start: int
    end: int
    paragraph: int


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text with one paragraph a line."""
    paragraph = 0
    position = 0
    for line in text.split("\n"):
        if line.strip():
            for start, end in _cut(line):
                yield Sentence(line[start:end], position + start, position + end, paragraph)
            paragraph += 1
        position += len(line) + 1


def _cut(line: str) -> Iterator[tuple[int, int]]:
    start = 0
    for mark in _END.finditer(line):
        if not _abbreviation(line, mark.start() + 1):
            yield start, mark.start(1)
            start = mark.end()
    if line[start:].strip():
        yield start, len(line.rstrip())


def _abbreviation(line: str, end: int) -> bool:
    """Inc. and Co. end no sentence."""
    return re.search(r"\b(?:Inc|Co|Ltd|Corp|vs|No|St|Dr|Mr|Ms)\.$", line[max(0, end - 6) : end]) is not None
