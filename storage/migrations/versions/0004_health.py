"""Watching over the outlets: figures of each visit, states and marks, messages to the operator, pages closed to us.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import BigId, JsonValue, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATES = "IN ('ok', 'quiet', 'failing', 'blocked', 'degraded', 'disabled')"
COUNTS = ("closed", "extracted", "unreadable", "refused", "drifted", "new_items", "text_chars", "repeated_chars")
BEFORE = "verdict IN ('article', 'off_topic', 'no_article', 'failed')"
AFTER = "verdict IN ('article', 'off_topic', 'no_article', 'failed', 'closed')"


def upgrade() -> None:
    _figures_of_visits()
    _states_and_marks()
    _messages()
    _closed_pages()


def _figures_of_visits() -> None:
    none = sa.text("0")
    for name in COUNTS:
        op.add_column("visits", sa.Column(name, sa.Integer(), nullable=False, server_default=none))
    op.add_column("visits", sa.Column("log_chars", sa.Float(), nullable=False, server_default=none))
    op.add_column("visits", sa.Column("received", sa.BigInteger(), nullable=False, server_default=none))
    op.add_column("visits", sa.Column("failures", JsonValue, nullable=False, server_default=sa.text("'{}'")))
    op.create_table(
        "source_visits",
        sa.Column("id", BigId, nullable=False),
        sa.Column("source_id", BigId, nullable=False),
        sa.Column("visit_id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("announced", sa.Integer(), nullable=False),
        sa.Column("new_items", sa.Integer(), nullable=False),
        sa.Column("error_class", sa.String(16)),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_source_visits"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_source_visits_source_id_sources"),
    )
    op.create_index("ix_source_visits_source_id", "source_visits", ["source_id", "at"])
    op.create_index("ix_source_visits_at", "source_visits", ["at"])


def _states_and_marks() -> None:
    op.create_table(
        "health_states",
        sa.Column("outlet", sa.String(40), nullable=False),
        sa.Column("source_id", BigId, nullable=False, autoincrement=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("judged_at", UtcDateTime(), nullable=False),
        sa.Column("judged_visit", BigId, nullable=False),
        sa.Column("pending", sa.String(8)),
        sa.Column("pending_count", sa.Integer(), nullable=False),
        sa.Column("told", sa.String(8), nullable=False),
        sa.Column("told_at", UtcDateTime()),
        sa.Column("off_from", UtcDateTime()),
        sa.Column("off_until", UtcDateTime()),
        sa.PrimaryKeyConstraint("outlet", "source_id", name="pk_health_states"),
        sa.CheckConstraint(f"state {STATES}", name=op.f("ck_health_states_state")),
        sa.CheckConstraint(f"told {STATES}", name=op.f("ck_health_states_told")),
    )
    op.create_table(
        "outlet_marks",
        sa.Column("outlet", sa.String(40), nullable=False),
        sa.Column("disabled_at", UtcDateTime()),
        sa.Column("disabled_why", sa.Text()),
        sa.Column("muted_until", UtcDateTime()),
        sa.Column("measured_from", UtcDateTime()),
        sa.PrimaryKeyConstraint("outlet", name="pk_outlet_marks"),
    )


def _messages() -> None:
    op.create_table(
        "operator_messages",
        sa.Column("id", BigId, nullable=False),
        sa.Column("round", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(300), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("lease", sa.String(32)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("settled_at", UtcDateTime()),
        sa.Column("answer", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_operator_messages"),
        sa.UniqueConstraint("round", "channel", name="uq_operator_messages_round_channel"),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'failed')", name=op.f("ck_operator_messages_state")
        ),
    )
    op.create_index("ix_operator_messages_due", "operator_messages", ["state", "due_at"])


def _closed_pages() -> None:
    """A wider check. SQLite cannot alter one; its documented way for what leaves the rows as they are is the text of
    the schema itself (https://sqlite.org/lang_altertable.html#otheralter): nothing is copied, nothing is unlinked."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_urls_verdict"), "urls", type_="check")
        op.create_check_constraint(op.f("ck_urls_verdict"), "urls", AFTER)
        return
    version = op.get_bind().scalar(sa.text("PRAGMA schema_version"))
    op.execute(sa.text("PRAGMA writable_schema = ON"))
    change = sa.text(
        "UPDATE sqlite_schema SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = 'urls'"
    )
    op.get_bind().execute(change, {"before": BEFORE, "after": AFTER})
    op.execute(sa.text(f"PRAGMA schema_version = {int(version) + 1}"))
    op.execute(sa.text("PRAGMA writable_schema = OFF"))
