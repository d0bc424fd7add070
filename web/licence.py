"""How much of an article its outlet's licence lets an API reader see (docs/decisions/0006-licence-of-an-outlet.md)."""

from digest.licence import shown_excerpt


def shown_body(body: tuple[str, ...], licence: str) -> list[str]:
    """The paragraphs to show: every one (full), the opening of the lead (excerpt), or none (headline, none)."""
    if licence == "full":
        return list(body)
    opening = shown_excerpt(body, licence)
    return [opening] if opening else []
