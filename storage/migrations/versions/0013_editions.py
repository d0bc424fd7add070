"""Issues keep their content for a page and for new editions; addresses that are sent nothing are listed.

Revision ID: 0013
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("digest_issues", sa.Column("content", sa.LargeBinary()))
    op.add_column("digest_issues", sa.Column("web_token", sa.String(32)))
    op.create_index("uq_digest_issues_web_token", "digest_issues", ["web_token"], unique=True)
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("edition", sa.Integer(), nullable=False, server_default=sa.text("0")))
        deliveries.add_column(sa.Column("in_reply_to", sa.String(200)))
        deliveries.drop_constraint("uq_deliveries_issue_id_recipient", type_="unique")
        deliveries.create_unique_constraint(
            "uq_deliveries_issue_id_recipient_edition", ["issue_id", "recipient", "edition"]
        )
    op.create_table(
        "suppressions",
        sa.Column("key", sa.String(254), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_suppressions"),
        sa.CheckConstraint("source IN ('refused', 'bounce', 'operator')", name=op.f("ck_suppressions_source")),
    )
