"""Search by article, fingerprints of four bytes, verdicts on revisions, relations with a past, named readers.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import BigId, JsonValue, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _columns()
    _fingerprints()
    _past_relations()
    _consumers()
    _search_index()


def _columns() -> None:
    op.add_column("articles", sa.Column("wire_source", sa.Text()))
    op.add_column("articles", sa.Column("sentences", sa.Integer()))
    op.add_column("revisions", sa.Column("verdict", sa.String(8)))
    op.add_column("revisions", sa.Column("reasons", JsonValue))
    op.add_column("revisions", sa.Column("edits", JsonValue))
    op.add_column("changes", sa.Column("head_id", BigId))
    op.add_column("relations", sa.Column("since", UtcDateTime()))
    op.execute(
        "UPDATE relations SET since = (SELECT max(a.first_seen_at) FROM articles a "
        "WHERE a.id IN (relations.article_id, relations.other_id))"
    )
    op.execute(
        "UPDATE changes SET head_id = (SELECT a.duplicate_of FROM articles a WHERE a.id = changes.article_id) "
        "WHERE op = 'merge' AND seq = (SELECT max(c.seq) FROM changes c WHERE c.article_id = changes.article_id "
        "AND c.op = 'merge')"
    )
    op.drop_index("ix_articles_revision", table_name="articles")


def _fingerprints() -> None:
    """Four bytes of a hash tell ten million articles apart as well as eight do, in half the room."""
    op.create_table(
        "fingerprints",
        sa.Column("hash", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("article_id", BigId, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("hash", "article_id", name="pk_fingerprints"),
        sqlite_with_rowid=False,
    )
    for table, column in (("fingerprint_bands", "band"), ("fingerprint_sentences", "sentence")):
        low = f"(({column} & 4294967295) + 2147483648) % 4294967296 - 2147483648"
        op.execute(
            f"INSERT INTO fingerprints (hash, article_id) SELECT DISTINCT {low}, article_id FROM {table} "  # noqa: S608
            "WHERE true ON CONFLICT DO NOTHING"
        )
        op.drop_table(table)


def _past_relations() -> None:
    op.create_table(
        "past_relations",
        sa.Column("id", BigId, nullable=False),
        sa.Column("article_id", BigId, nullable=False),
        sa.Column("other_id", BigId, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("containment", sa.Float(), nullable=False),
        sa.Column("shared_numbers", sa.Float(), nullable=False),
        sa.Column("since", UtcDateTime()),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_past_relations"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_past_relations_article_id_articles"),
        sa.ForeignKeyConstraint(["other_id"], ["articles.id"], name="fk_past_relations_other_id_articles"),
    )
    op.create_index("ix_past_relations_article_id", "past_relations", ["article_id"])
    op.create_index("ix_past_relations_other_id", "past_relations", ["other_id"])


def _consumers() -> None:
    op.create_table(
        "consumers",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_consumers"),
    )


def _search_index() -> None:
    """An index that only knows which article has which lexeme; an archive that has articles must fill it again."""
    op.create_table(
        "index_state",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("making", sa.Integer()),
        sa.Column("making_version", sa.Integer()),
        sa.Column("made_to", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_index_state"),
    )
    op.execute(
        "INSERT INTO index_state (name, generation, version, made_to) "
        "SELECT 'search', 1, CASE WHEN count(*) > 0 THEN 0 END, 0 FROM articles"
    )
    op.execute("DROP TABLE search_index")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE search_index_1 USING fts5(lexemes, content='', detail=none, tokenize='ascii')")
        return
    op.execute("CREATE TABLE search_index_1 (article_id bigint PRIMARY KEY, lexemes tsvector NOT NULL)")
    op.execute("CREATE INDEX ix_search_index_1_lexemes ON search_index_1 USING gin (lexemes)")
