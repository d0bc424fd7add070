"""Text laid out for fixed-width windows, where a Hangul or Hanja character takes two columns."""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

COLUMNS = 76


@lru_cache(maxsize=50_000)
def _word_width(word: str) -> int:
    return width(word)


def width(text: str) -> int:
    """Columns `text` takes; ambiguous characters (·, …, ○) count two, as Korean windows draw them."""
    return sum(map(_columns, text))


@cache
def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1


def wrap(text: str, *, first: str = "", rest: str | None = None, columns: int = COLUMNS) -> list[str]:
    """`text` in lines of at most `columns`; `first` opens the first line, `rest` (default: as wide a blank) the others.

    Lines break between words; a word longer than a line is broken inside.
    """
    hanging = " " * width(first) if rest is None else rest
    opening, blank = width(first), width(hanging)
    lines: list[str] = []
    line, used, gap = first, opening, 0
    for word in text.split():
        for piece in _pieces(word, columns - max(opening, blank)):
            size = _word_width(piece)
            if gap and used + gap + size > columns:
                lines.append(line)
                line, used, gap = hanging, blank, 0
            line, used, gap = f"{line}{' ' * gap}{piece}", used + gap + size, 1
    return [*lines, line.rstrip()]


def _pieces(word: str, columns: int) -> Iterator[str]:
    if len(word) * 2 <= columns:
        yield word
        return
    piece, used = "", 0
    for character in word:
        size = _columns(character)
        if piece and used + size > columns:
            yield piece
            piece, used = "", 0
        piece, used = piece + character, used + size
    yield piece


def rule(character: str = "-", columns: int = COLUMNS) -> str:
    """A line across the page."""
    return character * (columns // width(character))
