"""Lines that an outlet prints under its articles and that its operator has approved as such: taken off the end.

Only the end of an article is looked at. What recurs inside the text, or what nobody has approved, is never touched:
frequency alone takes refrains, signatures of series and short reports for boilerplate.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from crawler.extract.article import Article, Reason, Removed
from storage.text import readable

LAST_LINES = 3  # blocks at the end of a body among which boilerplate may stand


def last_lines(body: Sequence[str]) -> tuple[str, ...]:
    """The blocks of a body that may be boilerplate, as they are compared: never its first one."""
    return tuple(readable(line) for line in body[1:][-LAST_LINES:])


def set_aside(article: Article, approved: Collection[str]) -> Article:
    """The article without approved lines (in the form `readable` gives) among its last ones; they go to `removed`.

    A line is among the last while fewer than three others stay behind it. The first block of a body always stays.
    """
    if not approved:
        return article
    kept: list[str] = []
    taken: list[Removed] = []
    for line in reversed(article.body[1:]):
        if len(kept) < LAST_LINES and readable(line) in approved:
            taken.append(Removed(line, Reason.BOILERPLATE))
        else:
            kept.append(line)
    if not taken:
        return article
    body = (article.body[0], *reversed(kept))
    return replace(article, body=body, removed=(*article.removed, *reversed(taken)))
