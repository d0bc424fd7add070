"""What an outlet's licence lets a mail show of its articles (docs/decisions/0006-licence-of-an-outlet.md)."""

from dataclasses import dataclass

from digest.safe import excerpt, safe_title


@dataclass(frozen=True, slots=True)
class Rights:
    """Outlet, time and link are facts and always shown; these are the outlet's words."""

    headline: bool
    excerpt: bool


RIGHTS = {
    "none": Rights(headline=False, excerpt=False),
    "headline": Rights(headline=True, excerpt=False),
    "excerpt": Rights(headline=True, excerpt=True),
    "full": Rights(headline=True, excerpt=True),  # full text is never mailed
}
DEFAULT_LICENCE = "headline"


def rights_of(licence: str) -> Rights:
    """The rights under a licence; one that is not known is read as the strictest that a mail can be made of."""
    return RIGHTS.get(licence, RIGHTS["none"])


def shown_title(title: str, licence: str) -> str | None:
    """The headline as a mail may print it, None where it may not."""
    return safe_title(title) if rights_of(licence).headline else None


def shown_excerpt(body: tuple[str, ...], licence: str) -> str | None:
    """The opening as a mail may print it, None where it may not."""
    return (excerpt(body) or None) if rights_of(licence).excerpt else None
