"""Readers, their watches, and issues as each kind of reader gets them. Issues of before stay those of `default`.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import BigId, JsonValue, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _subscribers()
    _watches()
    _renderings()


def _subscribers() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(254), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("zone", sa.String(64)),
        sa.Column("format", sa.String(8), nullable=False),
        sa.Column("excerpts", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("secret", sa.LargeBinary(32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("opted_in_at", UtcDateTime()),
        sa.Column("unsubscribed_at", UtcDateTime()),
        sa.Column("asked_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_subscribers"),
        sa.UniqueConstraint("key", name="uq_subscribers_key"),
        sa.CheckConstraint("language IN ('ko', 'en')", name=op.f("ck_subscribers_language")),
        sa.CheckConstraint("format IN ('html', 'text')", name=op.f("ck_subscribers_format")),
        sa.CheckConstraint("state IN ('pending', 'active', 'unsubscribed')", name=op.f("ck_subscribers_state")),
        sa.CheckConstraint("origin IN ('settings', 'operator', 'sign_up')", name=op.f("ck_subscribers_origin")),
    )


def _watches() -> None:
    op.create_table(
        "watches",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("rules", JsonValue, nullable=False),
        sa.Column("schedule", JsonValue, nullable=False),
        sa.Column("channels", JsonValue, nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("open_to_all", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_watches"),
        sa.CheckConstraint("kind IN ('daily', 'weekly', 'alert')", name=op.f("ck_watches_kind")),
        sa.CheckConstraint("origin IN ('settings', 'operator')", name=op.f("ck_watches_origin")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("watch", sa.String(64), nullable=False),
        sa.Column("subscriber_id", BigId, nullable=False, autoincrement=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("watch", "subscriber_id", name="pk_subscriptions"),
        sa.ForeignKeyConstraint(["watch"], ["watches.name"], name="fk_subscriptions_watch_watches"),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name="fk_subscriptions_subscriber_id_subscribers"
        ),
        sa.CheckConstraint("state IN ('pending', 'active', 'left')", name=op.f("ck_subscriptions_state")),
    )
    op.create_index("ix_subscriptions_subscriber_id", "subscriptions", ["subscriber_id"])


def _renderings() -> None:
    op.create_table(
        "digest_renderings",
        sa.Column("issue_id", BigId, nullable=False, autoincrement=False),
        sa.Column("variant", sa.String(96), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "variant", name="pk_digest_renderings"),
        sa.ForeignKeyConstraint(["issue_id"], ["digest_issues.id"], name="fk_digest_renderings_issue_id_digest_issues"),
    )
    op.add_column("deliveries", sa.Column("variant", sa.String(96), nullable=False, server_default=sa.text("''")))
