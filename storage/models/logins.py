"""Tables of who may look at the pages: users, their open sessions, and tries to log in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, UtcDateTime


class User(Base):
    """A person who may log in. `password` is an argon2 hash; without one only a trusted proxy can name the person."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("role IN ('reader', 'operator')", name="role"), UniqueConstraint("name"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16))
    password: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WebSession(Base):
    """An open session of a browser. Its key is not kept: `digest` is its SHA-256."""

    __tablename__ = "web_sessions"
    __table_args__ = (UniqueConstraint("digest"), Index("ix_web_sessions_user_id", "user_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginAttempt(Base):
    """A try to log in that has not succeeded (yet): counted before the password is looked at."""

    __tablename__ = "login_attempts"
    __table_args__ = (
        Index("ix_login_attempts_address", "address", "at"),
        Index("ix_login_attempts_name", "name", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
