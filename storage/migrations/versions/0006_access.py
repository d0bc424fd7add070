"""Keys to the API, and articles that were erased on request.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import BigId, JsonValue, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("prefix", sa.String(12), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("scopes", JsonValue, nullable=False),
        sa.Column("rate_per_minute", sa.Integer()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("revoked_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("digest", name="uq_api_tokens_digest"),
    )
    op.create_table(
        "removals",
        sa.Column("article_id", BigId, nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_removals"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_removals_article_id_articles"),
    )
