"""What a page says besides its text: keywords, the lead image, whether it shows only a part.

Revision ID: 0015
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import OptionalJson

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("keywords", OptionalJson))
    op.add_column("articles", sa.Column("image_url", sa.Text()))
    op.add_column("articles", sa.Column("paywalled", sa.Boolean()))
