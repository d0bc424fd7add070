"""What the sitemaps of an index left behind, for the next visit to ask only for what changed.

Revision ID: 0014
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import JsonValue

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("parts", JsonValue))
