"""What is let go after its time."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storage.models.archive import Page


def prune_pages(session: Session, *, older_than: datetime) -> int:
    """Erase raw pages fetched before `older_than`; gives their number. Articles and their texts stay."""
    old = select(Page.id).where(Page.fetched_at < older_than)
    count = session.scalar(select(func.count()).select_from(old.subquery())) or 0
    session.execute(delete(Page).where(Page.fetched_at < older_than).execution_options(synchronize_session=False))
    return count
