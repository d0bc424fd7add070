"""How much of an article a reader of the API sees: what its outlet's licence allows, and no more than the token has.

What each licence allows is in docs/decisions/0006-licence-of-an-outlet.md, what a scope adds in
docs/decisions/0011-who-may-read-the-api.md.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from digest.licence import DEFAULT_LICENCE, shown_excerpt, shown_title

OPENING = 2  # paragraphs that an excerpt may come from (digest.safe.excerpt)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one reader sees of one outlet's articles."""

    licence: str
    whole: bool

    def title(self, title: str) -> str | None:
        """The headline, None where it may not be printed or there is none left."""
        return shown_title(title, self.licence) if title else None

    def subtitle(self, subtitle: str | None) -> str | None:
        """The line below the headline, which is as much the outlet's words as an excerpt is."""
        return subtitle if self.licence in {"excerpt", "full"} else None

    def body(self, body: Sequence[str]) -> list[str]:
        """Every paragraph, or the opening, or nothing."""
        if self.whole:
            return list(body)
        opening = _opening(tuple(body[:OPENING]), self.licence)
        return [opening] if opening else []

    def sentence(self, sentence: str) -> str | None:
        """A sentence of the body: whole, as much of it as an excerpt may have, or nothing."""
        if self.whole:
            return sentence
        return _opening((sentence,), self.licence)


@lru_cache(maxsize=5_000)
def _opening(paragraphs: tuple[str, ...], licence: str) -> str | None:
    # A fifth of the time of a list goes into looking at every character of these; readers ask for the newest again.
    return shown_excerpt(paragraphs, licence)


def sight(licence: str | None, scopes: Collection[str]) -> Sight:
    """What a reader with these scopes sees of an outlet with this licence (None: the outlet is not known)."""
    known = licence or DEFAULT_LICENCE
    return Sight(known, whole=known == "full" and "fulltext" in scopes)
