"""Stories, issues of the digest and the outbox.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import BigId, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ONE_REPORT = sa.text("kind IN ('new', 'follow_up')")


def upgrade() -> None:
    _stories()
    _issues()
    _deliveries()


def _stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", BigId, nullable=False),
        sa.Column("head_id", BigId, nullable=False),
        sa.Column("first_reported_at", UtcDateTime(), nullable=False),
        sa.Column("last_reported_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("merged_into", BigId),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
        sa.ForeignKeyConstraint(["head_id"], ["articles.id"], name="fk_stories_head_id_articles"),
        sa.ForeignKeyConstraint(["merged_into"], ["stories.id"], name="fk_stories_merged_into_stories"),
    )
    op.create_table(
        "story_articles",
        sa.Column("article_id", BigId, nullable=False, autoincrement=False),
        sa.Column("story_id", BigId, nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_story_articles"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_story_articles_article_id_articles"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_story_articles_story_id_stories"),
    )
    op.create_index("ix_story_articles_story_id", "story_articles", ["story_id"])


def _issues() -> None:
    op.create_table(
        "digest_issues",
        sa.Column("id", BigId, nullable=False),
        sa.Column("watch", sa.String(64), nullable=False),
        sa.Column("window_start", UtcDateTime(), nullable=False),
        sa.Column("window_end", UtcDateTime(), nullable=False),
        sa.Column("composed_at", UtcDateTime(), nullable=False),
        sa.Column("change_seq", sa.BigInteger(), nullable=False),
        sa.Column("stories", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("html", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.Column("message", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_digest_issues"),
        sa.UniqueConstraint("watch", "window_end", name="uq_digest_issues_watch_window_end"),
    )
    op.create_table(
        "digest_issue_articles",
        sa.Column("issue_id", BigId, nullable=False),
        sa.Column("article_id", BigId, nullable=False),
        sa.Column("watch", sa.String(64), nullable=False),
        sa.Column("story_id", BigId, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "article_id", name="pk_digest_issue_articles"),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["digest_issues.id"], name="fk_digest_issue_articles_issue_id_digest_issues"
        ),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_digest_issue_articles_article_id_articles"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_digest_issue_articles_story_id_stories"),
        sa.CheckConstraint(
            "kind IN ('new', 'follow_up', 'correction', 'gone')", name=op.f("ck_digest_issue_articles_kind")
        ),
    )
    op.create_index(
        "uq_digest_issue_articles_told",
        "digest_issue_articles",
        ["watch", "article_id"],
        unique=True,
        sqlite_where=ONE_REPORT,
        postgresql_where=ONE_REPORT,
    )
    op.create_index("ix_digest_issue_articles_article_id", "digest_issue_articles", ["article_id"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", BigId, nullable=False),
        sa.Column("issue_id", BigId, nullable=False),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("lease", sa.String(32)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_refused_at", UtcDateTime()),
        sa.Column("settled_at", UtcDateTime()),
        sa.Column("answer", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("issue_id", "recipient", name="uq_deliveries_issue_id_recipient"),
        sa.UniqueConstraint("message_id", name="uq_deliveries_message_id"),
        sa.ForeignKeyConstraint(["issue_id"], ["digest_issues.id"], name="fk_deliveries_issue_id_digest_issues"),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'deferred', 'uncertain', 'failed')",
            name=op.f("ck_deliveries_state"),
        ),
    )
    op.create_index("ix_deliveries_due", "deliveries", ["state", "due_at"])
