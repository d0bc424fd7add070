"""Leads: headlines of a news search. Kept once each, counted, never articles; some wait for their outlet's visit."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models.candidates import Lead
from storage.records import LeadDraft, StoredLead
from storage.text import clean_text, clean_value, url_key

_ROW = (
    Lead.id,
    Lead.url,
    Lead.finder,
    Lead.outlet,
    Lead.title,
    Lead.summary,
    Lead.publisher,
    Lead.published_at,
    Lead.found_at,
    Lead.state,
)


def keep_leads(session: Session, drafts: Iterable[LeadDraft], *, now: datetime) -> list[str]:
    """Keep each address once, whoever finds it again; gives the addresses that were new."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = []
    for draft in map(clean_value, drafts):
        row = dialect.insert(Lead).values(
            key=url_key(draft.url),
            url=draft.url,
            finder=draft.finder,
            outlet=draft.outlet,
            title=draft.title,
            summary=draft.summary,
            publisher=draft.publisher,
            published_at=draft.published_at,
            found_at=now,
            due_at=now,
            state=draft.state,
        )
        kept = session.scalar(row.on_conflict_do_nothing(index_elements=[Lead.key]).returning(Lead.id))
        if kept is not None:
            new.append(draft.url)
    return new


def known_leads(session: Session, urls: Collection[str]) -> set[str]:
    """Those of the addresses that were found before."""
    asked = {url_key(clean_text(url)): url for url in urls}
    found = session.scalars(select(Lead.key).where(Lead.key.in_(list(asked))))
    return {asked[key] for key in found}


def outlets_with_waiting(session: Session, *, now: datetime) -> set[str]:
    """Outlets a search found pages of that their own visit has still to fetch."""
    waiting = select(Lead.outlet).where(Lead.state == "waiting", Lead.due_at <= now).distinct()
    return {outlet for outlet in session.scalars(waiting) if outlet}


def waiting_leads(session: Session, outlet: str, *, now: datetime, limit: int) -> list[StoredLead]:
    """What searches found of the outlet and its visit has still to fetch, the oldest find first."""
    due = _listed().where(Lead.state == "waiting", Lead.outlet == outlet, Lead.due_at <= now)
    return [StoredLead(*row) for row in session.execute(due.order_by(Lead.due_at, Lead.id).limit(limit))]


def settle_leads(session: Session, *, taken: Collection[int], left: Collection[int], again_at: datetime) -> None:
    """The visit has dealt with `taken`; `left` are tried again from `again_at` on."""
    for ids, values in ((taken, {"state": "taken"}), (left, {"due_at": again_at})):
        if ids:
            session.execute(update(Lead).where(Lead.id.in_(list(ids))).values(**values))


def list_leads(session: Session, *, limit: int = 50, state: str | None = "lead") -> list[StoredLead]:
    """The newest leads; `state` None: also those that wait for, or were taken by, their outlet's visit."""
    rows = _listed() if state is None else _listed().where(Lead.state == state)
    return [
        StoredLead(*row) for row in session.execute(rows.order_by(Lead.found_at.desc(), Lead.id.desc()).limit(limit))
    ]


def lead_counts(session: Session) -> dict[str, int]:
    """How many leads there are in each state: lead, waiting, taken."""
    counted = session.execute(select(Lead.state, func.count().label("found")).group_by(Lead.state))
    return {**dict.fromkeys(("lead", "waiting", "taken"), 0), **{row.state: row.found for row in counted}}


def _listed() -> Select[*tuple[Any, ...]]:
    return select(*_ROW)
