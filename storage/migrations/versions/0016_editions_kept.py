"""What a new edition of an issue says is kept, for the channels it goes to and for the page of the issue.

Revision ID: 0016
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import BigId, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digest_editions",
        sa.Column("issue_id", BigId, nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "number", name="pk_digest_editions"),
        sa.ForeignKeyConstraint(["issue_id"], ["digest_issues.id"], name="fk_digest_editions_issue_id_digest_issues"),
    )
