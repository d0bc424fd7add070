"""What stories are made with: signatures, links, anchors of ids, follow-ups, and why articles are together.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import BigId, JsonValue, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stories", sa.Column("reason", JsonValue))
    op.create_index("ix_stories_first_reported_at", "stories", ["first_reported_at", "id"])
    op.create_index("ix_stories_head_id", "stories", ["head_id"])
    op.create_index("ix_stories_merged_into", "stories", ["merged_into"])
    _anchors()
    _follows()
    _signatures()
    _links()
    op.create_table(
        "story_vectors",
        sa.Column("article_id", BigId, nullable=False, autoincrement=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("mark", sa.LargeBinary(16), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_story_vectors"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_story_vectors_article_id_articles"),
    )
    op.create_table(
        "story_state",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_story_state"),
        sa.CheckConstraint("id = 1", name=op.f("ck_story_state_single_row")),
    )


def _anchors() -> None:
    op.create_table(
        "story_anchors",
        sa.Column("article_id", BigId, nullable=False, autoincrement=False),
        sa.Column("story_id", BigId, nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_story_anchors"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_story_anchors_article_id_articles"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_story_anchors_story_id_stories"),
        sa.UniqueConstraint("story_id", name="uq_story_anchors_story_id"),
    )
    # Stories from before keep their ids, each for the article it began with; of two with one head, the older one.
    op.execute("INSERT INTO story_anchors (article_id, story_id) SELECT head_id, min(id) FROM stories GROUP BY head_id")


def _follows() -> None:
    op.create_table(
        "story_follows",
        sa.Column("story_id", BigId, nullable=False, autoincrement=False),
        sa.Column("older_id", BigId, nullable=False),
        sa.Column("evidence", JsonValue, nullable=False),
        sa.PrimaryKeyConstraint("story_id", name="pk_story_follows"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_story_follows_story_id_stories"),
        sa.ForeignKeyConstraint(["older_id"], ["stories.id"], name="fk_story_follows_older_id_stories"),
    )
    op.create_index("ix_story_follows_older_id", "story_follows", ["older_id"])


def _signatures() -> None:
    op.create_table(
        "story_signatures",
        sa.Column("article_id", BigId, nullable=False, autoincrement=False),
        sa.Column("mark", sa.LargeBinary(16), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("facts", JsonValue, nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_story_signatures"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_story_signatures_article_id_articles"),
    )
    op.create_index("ix_story_signatures_reported_at", "story_signatures", ["reported_at"])


def _links() -> None:
    op.create_table(
        "story_links",
        sa.Column("article_id", BigId, nullable=False, autoincrement=False),
        sa.Column("other_id", BigId, nullable=False, autoincrement=False),
        sa.Column("score", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "other_id", name="pk_story_links"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_story_links_article_id_articles"),
        sa.ForeignKeyConstraint(["other_id"], ["articles.id"], name="fk_story_links_other_id_articles"),
    )
    op.create_index("ix_story_links_other_id", "story_links", ["other_id"])
