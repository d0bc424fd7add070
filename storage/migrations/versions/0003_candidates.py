"""Leads, daily quotas, backfills, numbers of articles, and what a source announced last.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import BigId, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _columns()
    _leads()
    _quotas()
    _backfills()
    _numbers()


def _columns() -> None:
    op.add_column("sources", sa.Column("seen", sa.LargeBinary()))
    op.add_column("sources", sa.Column("ttl_seconds", sa.Integer()))
    for name in ("leads", "unsure"):
        op.add_column("visits", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))


def _leads() -> None:
    op.create_table(
        "leads",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("finder", sa.String(40), nullable=False),
        sa.Column("outlet", sa.String(40)),
        sa.Column("title", sa.Text()),
        sa.Column("summary", sa.Text()),
        sa.Column("publisher", sa.Text()),
        sa.Column("published_at", UtcDateTime()),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_leads"),
        sa.UniqueConstraint("key", name="uq_leads_key"),
        sa.CheckConstraint("state IN ('lead', 'waiting', 'taken')", name=op.f("ck_leads_state")),
    )
    op.create_index("ix_leads_waiting", "leads", ["state", "outlet", "due_at"])
    op.create_index("ix_leads_found_at", "leads", ["found_at", "id"])


def _quotas() -> None:
    op.create_table(
        "quotas",
        sa.Column("service", sa.String(32), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("service", "account", "day", name="pk_quotas"),
    )


def _backfills() -> None:
    op.create_table(
        "backfills",
        sa.Column("id", BigId, nullable=False),
        sa.Column("outlet", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("to_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_backfills"),
        sa.CheckConstraint("reason IN ('asked', 'catch_up')", name=op.f("ck_backfills_reason")),
    )
    op.create_index("ix_backfills_outlet", "backfills", ["outlet", "finished_at"])
    op.create_table(
        "backfill_steps",
        sa.Column("id", BigId, nullable=False),
        sa.Column("backfill_id", BigId, nullable=False),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date()),
        sa.Column("before", sa.String(32)),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_backfill_steps"),
        sa.UniqueConstraint("backfill_id", "key", name="uq_backfill_steps_backfill_id_key"),
        sa.ForeignKeyConstraint(["backfill_id"], ["backfills.id"], name="fk_backfill_steps_backfill_id_backfills"),
        sa.CheckConstraint("state IN ('open', 'done', 'failed')", name=op.f("ck_backfill_steps_state")),
    )


def _numbers() -> None:
    op.create_table(
        "url_numbers",
        sa.Column("outlet", sa.String(40), nullable=False),
        sa.Column("number", sa.String(200), nullable=False),
        sa.Column("url_key", sa.LargeBinary(16), nullable=False),
        sa.PrimaryKeyConstraint("outlet", "number", name="pk_url_numbers"),
        sa.ForeignKeyConstraint(["url_key"], ["urls.key"], name="fk_url_numbers_url_key_urls"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO url_numbers (outlet, number, url_key) "
        "SELECT a.outlet, a.article_number, u.key FROM articles a "
        "JOIN urls u ON u.article_id = a.id AND u.url = a.canonical_url WHERE a.article_number IS NOT NULL"
    )
