"""Stored pages read again: where a revision came from, runs that can go on, learned last lines of outlets.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import BigId, JsonValue, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("revisions", sa.Column("origin", sa.String(16), nullable=False, server_default=sa.text("'visit'")))
    op.create_table(
        "reextraction_runs",
        sa.Column("id", BigId, nullable=False),
        sa.Column("selection", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(8), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("counts", JsonValue, nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_reextraction_runs"),
    )
    op.create_index("ix_reextraction_runs_selection", "reextraction_runs", ["selection", "finished_at"])
    op.create_table(
        "boilerplate_lines",
        sa.Column("id", BigId, nullable=False),
        sa.Column("outlet", sa.String(40), nullable=False),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("sample_urls", JsonValue, nullable=False),
        sa.Column("doubt", sa.Text()),
        sa.Column("suggested_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_boilerplate_lines"),
        sa.UniqueConstraint("outlet", "key", name="uq_boilerplate_lines_outlet_key"),
        sa.CheckConstraint("state IN ('suggested', 'approved', 'rejected')", name=op.f("ck_boilerplate_lines_state")),
    )
