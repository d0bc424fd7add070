"""Daily allowances, counted before they are used: a crash may waste some, none is ever used twice."""

from datetime import date

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models.candidates import Quota


def take_quota(session: Session, *, service: str, account: str, day: date, limit: int, wanted: int = 1) -> int:
    """Take up to `wanted` of what is left of the day's `limit`; gives how many were taken, 0 when it is used up."""
    if wanted <= 0 or limit <= 0:
        return 0
    mine = _mine(service, account, day)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(Quota)
        .values(service=service, account=account, day=day, used=0)
        .on_conflict_do_nothing(index_elements=[Quota.service, Quota.account, Quota.day])
    )
    used = session.execute(select(Quota.used).where(mine).with_for_update()).scalar_one()
    taken = max(min(wanted, limit - used), 0)
    if taken:
        session.execute(
            update(Quota).where(mine).values(used=used + taken).execution_options(synchronize_session=False)
        )
    return taken


def quota_used(session: Session, *, service: str, account: str, day: date) -> int:
    """How much of the day's allowance is used up."""
    return session.scalar(select(Quota.used).where(_mine(service, account, day))) or 0


def _mine(service: str, account: str, day: date) -> ColumnElement[bool]:
    return and_(Quota.service == service, Quota.account == account, Quota.day == day)
