"""Where the change feed stands."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models.archive import ChangeCounter


def last_seq(session: Session) -> int:
    """The number of the newest change this session sees; 0 in an empty archive."""
    return session.scalar(select(ChangeCounter.value).where(ChangeCounter.id == 1)) or 0
