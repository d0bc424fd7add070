"""Plain text to an article: one line a block, as a naive scraper or a copy and paste leaves it."""

from crawler.extract.article import CleanText, Reason, Removed
from crawler.extract.blocks import Block
from crawler.extract.bylines import with_addresses
from crawler.extract.lines import PROSE, is_sentence, sort_lines
from crawler.extract.repeats import letters_of, remove_repeats
from crawler.extract.rules import BULLET, is_toolbar

_LONGEST_TITLE = 150


def clean(text: str) -> CleanText:
    """The article in a text: title, authors, each paragraph once and in order; the rest under `removed` with reasons.

    Pure and stateless: the same text gives the same result on every call.
    """
    lines = [line for line in (" ".join(line.split()) for line in text.replace("\0", "").splitlines()) if line]
    title, rest = _title(lines)
    sorted_lines = sort_lines([Block(line) for line in rest], title=title)
    unique = remove_repeats(sorted_lines.body, title=title)
    removed = (*sorted_lines.removed, *(Removed(copy, Reason.REPEATED) for copy in unique.removed))
    return CleanText(
        title=title,
        authors=with_addresses(sorted_lines.bylines or sorted_lines.dateline, sorted_lines.addresses),
        body=unique.kept,
        captions=tuple(sorted_lines.captions),
        removed=removed,
    )


def _title(lines: list[str]) -> tuple[str | None, list[str]]:
    """The first line that is no label, when it reads like a headline and text follows it."""
    for index, line in enumerate(lines):
        if BULLET.match(line) or is_toolbar(line):
            continue
        if is_headline(line) and len(lines) > index + 1:
            return line, lines[:index] + lines[index + 1 :]
        break
    return None, lines


def is_headline(line: str) -> bool:
    """True for a line short enough and without a sentence's end."""
    return len(line) <= _LONGEST_TITLE and not (len(line) >= PROSE and is_sentence(line)) and bool(letters_of(line))
