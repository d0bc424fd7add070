"""How much of an article's text its outlet's licence lets an API reader see (docs/decisions/0006-licence-of-an-outlet.md)."""

EXCERPT_CHARACTERS = 110


def shown_body(body: tuple[str, ...], licence: str) -> list[str]:
    """The paragraphs to show: every one (full), the opening of the lead (excerpt), or none (headline, none)."""
    if licence == "full":
        return list(body)
    if licence == "excerpt" and body:
        lead = body[0]
        return [lead if len(lead) <= EXCERPT_CHARACTERS else lead[:EXCERPT_CHARACTERS].rstrip() + "…"]
    return []
