"""An issue as it is kept: its bytes, which never change, and its content, of which pages and new editions are made."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import zstandard
from pydantic import TypeAdapter

from digest.content import Card, Correction, IssueContent
from digest.licence import Rights, rights_of
from digest.message import UNSUBSCRIBE_HERE, Parts, build_message
from digest.render import Renderer
from digest.settings import DigestSettings

LEVEL = 3
_TOKEN_BYTES = 16
_LARGEST_CONTENT = 200_000_000  # bytes; what a damaged row may unfold to


@dataclass(frozen=True, slots=True)
class Frozen:
    """One form of an issue: what is read, and the mail without what differs from reader to reader."""

    subject: str
    html: str
    text: str
    message: bytes
    overflow: int


def freeze(
    content: IssueContent,
    settings: DigestSettings,
    *,
    key: str,
    now: datetime,
    watch: str = "",
    renderer: Renderer | None = None,
    parts: Parts = "html",
) -> Frozen:
    """Render an issue once and for ever. `key` names this form of it; `parts` text makes a mail of plain text alone."""
    rendered = (renderer or Renderer()).render(content)
    message = build_message(rendered, settings, issue_key=key, now=now, watch=watch, parts=parts)
    return Frozen(rendered.subject, rendered.html, rendered.text, message, rendered.overflow)


def new_web_token() -> str:
    """The unguessable part of an issue's address on the web."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def published(content: IssueContent, settings: DigestSettings) -> tuple[IssueContent, str]:
    """The content of an issue that is about to be kept, with its address on the web, and that address' token.

    Where readers have links of their own to leave, a place for them is kept in the body.
    """
    token = new_web_token()
    way_out = UNSUBSCRIBE_HERE if settings.web_url else settings.unsubscribe
    return replace(content, web_view=web_view(settings, token), unsubscribe=way_out), token


def web_view(settings: DigestSettings, token: str | None) -> str | None:
    """Where the issue with this token is read on the web; None where there is no web server."""
    return f"{settings.web_url}/issues/{token}" if settings.web_url and token else None


def pack(content: IssueContent) -> bytes:
    """The content of an issue, to be kept with it."""
    values = {**_values(content), "zone": content.zone.key}
    return zstandard.ZstdCompressor(LEVEL).compress(_adapter().dump_json(values))


def unpack(packed: bytes) -> IssueContent:
    """The content that was kept with an issue."""
    document = zstandard.ZstdDecompressor().decompress(packed, max_output_size=_LARGEST_CONTENT)
    values: dict[str, Any] = _adapter().validate_json(document)
    known = IssueContent.__dataclass_fields__
    kept = {name: _field(name).validate_python(value) for name, value in values.items() if name in known}
    return IssueContent(**{**kept, "zone": ZoneInfo(values["zone"])})


def _values(content: IssueContent) -> dict[str, Any]:
    return {name: getattr(content, name) for name in IssueContent.__dataclass_fields__}


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(dict[str, Any])


@cache
def _field(name: str) -> TypeAdapter[Any]:
    kind: Any = str if name == "zone" else IssueContent.__dataclass_fields__[name].type
    return TypeAdapter(kind)


def as_of_today(content: IssueContent, licences: Mapping[int, str]) -> IssueContent:
    """An issue of before with what may be shown now: words of articles that are gone, or whose outlet's licence has
    become stricter, are taken out. `licences` has the outlet's licence of every article that is still there.
    """

    def rights_now(article_id: int) -> Rights:
        return rights_of(licences.get(article_id, "none"))

    def card(one: Card) -> Card:
        rights = rights_now(one.lead.article_id)
        before = one.before
        if before and not rights_now(before.article_id).headline:
            before = replace(before, title=None)
        return replace(
            one,
            title=one.title if rights.headline else None,
            excerpt=one.excerpt if rights.excerpt else None,
            before=before,
        )

    def correction(one: Correction) -> Correction:
        if one.what == "gone":
            return one
        rights = rights_now(one.lead.article_id)
        details = tuple(row for row in one.details if (rights.headline if row[0] == "title" else rights.excerpt))
        return replace(one, title=one.title if rights.headline else None, details=details)

    return replace(
        content,
        sections=tuple(replace(s, cards=tuple(card(one) for one in s.cards)) for s in content.sections),
        corrections=tuple(map(correction, content.corrections)),
        other_corrections=tuple(tuple(map(correction, some)) for some in content.other_corrections),
    )


def article_ids(content: IssueContent) -> set[int]:
    """The articles whose words an issue shows."""
    before = {card.before.article_id for card in content.cards if card.before}
    corrected = {item.lead.article_id for some in (content.corrections, *content.other_corrections) for item in some}
    return before | corrected | {card.lead.article_id for card in content.cards}
