"""What articles say: entities, amounts, deals with their reports, names to be reviewed.

Revision ID: 0008
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import BigId, JsonValue, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KINDS = "IN ('raised', 'valued', 'acquired', 'listed', 'fund_formed', 'subsidy', 'area_total')"


def upgrade() -> None:
    _entities()
    _amounts()
    _deals()
    _candidates()


def _article_id(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("article_id", BigId, nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=f"fk_{table}_article_id_articles"),
    ]


def _entities() -> None:
    op.create_table(
        "article_facts",
        *_article_id("article_facts"),
        sa.Column("revision", BigId, nullable=False),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_article_facts"),
    )
    op.create_table(
        "entities",
        sa.Column("id", sa.String(60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("zgc", sa.Boolean(), nullable=False),
        sa.Column("home", sa.String(8), nullable=False),
        sa.Column("names", JsonValue, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entities"),
    )
    op.create_table(
        "article_entities",
        *_article_id("article_entities"),
        sa.Column("entity_id", sa.String(60), nullable=False),
        sa.Column("in_title", sa.Boolean(), nullable=False),
        sa.Column("mentions", JsonValue, nullable=False),
        sa.PrimaryKeyConstraint("article_id", "entity_id", name="pk_article_entities"),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name="fk_article_entities_entity_id_entities"),
    )
    op.create_index("ix_article_entities_entity_id", "article_entities", ["entity_id", "article_id"])


def _money() -> list[sa.Column[object]]:
    return [
        sa.Column("value", sa.Float(53)),
        sa.Column("currency", sa.String(3)),
        sa.Column("krw", sa.Float(53)),
    ]


def _amounts() -> None:
    op.create_table(
        "article_amounts",
        *_article_id("article_amounts"),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(53), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("krw", sa.Float(53)),
        sa.Column("qualifier", sa.String(8)),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("flags", JsonValue, nullable=False),
        sa.PrimaryKeyConstraint("article_id", "number", name="pk_article_amounts"),
        sa.CheckConstraint("role IN ('amount', 'threshold')", name=op.f("ck_article_amounts_role")),
    )


def _deals() -> None:
    op.create_table(
        "deals",
        sa.Column("id", BigId, nullable=False),
        sa.Column("company_key", sa.String(100), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("company_id", sa.String(60)),
        sa.Column("kind", sa.String(16), nullable=False),
        *_money(),
        sa.Column("round", sa.String(40)),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deals"),
        sa.CheckConstraint(f"kind {KINDS}", name=op.f("ck_deals_kind")),
    )
    op.create_index("ix_deals_company_key", "deals", ["company_key", "kind", "first_seen_at"])
    op.create_index("ix_deals_first_seen_at", "deals", ["first_seen_at", "id"])
    op.create_table(
        "deal_reports",
        *_article_id("deal_reports"),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("deal_id", BigId, nullable=False),
        *_money(),
        sa.Column("round", sa.String(40)),
        sa.Column("investors", JsonValue, nullable=False),
        sa.Column("period", sa.Text()),
        sa.Column("stated_date", sa.Text()),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "number", name="pk_deal_reports"),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_deal_reports_deal_id_deals"),
    )
    op.create_index("ix_deal_reports_deal_id", "deal_reports", ["deal_id", "article_id"])


def _candidates() -> None:
    op.create_table(
        "candidate_names",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("alias", sa.Text()),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_candidate_names"),
        sa.CheckConstraint("state IN ('new', 'dismissed')", name=op.f("ck_candidate_names_state")),
    )
    op.create_index("ix_candidate_names_state", "candidate_names", ["state", "first_seen_at"])
    op.create_table(
        "candidate_sightings",
        sa.Column("name", sa.String(100), nullable=False),
        *_article_id("candidate_sightings"),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", "article_id", name="pk_candidate_sightings"),
        sa.ForeignKeyConstraint(["name"], ["candidate_names.name"], name="fk_candidate_sightings_name_candidate_names"),
    )
