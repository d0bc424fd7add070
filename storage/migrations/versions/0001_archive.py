"""The archive and what collecting leaves behind.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import BigId, JsonValue, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _articles()
    _addresses_and_pages()
    _likeness()
    _changes()
    _collect()
    _search_index()


def _articles() -> None:
    op.create_table(
        "outlets",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.Column("licence", sa.String(16), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outlets"),
    )
    op.create_table(
        "articles",
        sa.Column("id", BigId, nullable=False),
        sa.Column("outlet", sa.String(40), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column("article_number", sa.String(200)),
        sa.Column("authors", JsonValue, nullable=False),
        sa.Column("section", sa.Text()),
        sa.Column("published_at", UtcDateTime()),
        sa.Column("modified_at", UtcDateTime()),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("language", sa.String(16)),
        sa.Column("relevance", sa.Float(), nullable=False),
        sa.Column("topics", JsonValue, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("duplicate_of", BigId),
        sa.Column("missing_since", UtcDateTime()),
        sa.Column("gone_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.ForeignKeyConstraint(["duplicate_of"], ["articles.id"], name="fk_articles_duplicate_of_articles"),
        sa.CheckConstraint("state IN ('live', 'gone')", name=op.f("ck_articles_state")),
    )
    op.create_index("uq_articles_outlet_article_number", "articles", ["outlet", "article_number"], unique=True)
    op.create_index("ix_articles_revision", "articles", ["revision", "state", "first_seen_at", "id"])
    op.create_index("ix_articles_first_seen_at", "articles", ["first_seen_at", "id"])
    op.create_index("ix_articles_outlet_first_seen_at", "articles", ["outlet", "first_seen_at", "id"])
    op.create_index("ix_articles_duplicate_of", "articles", ["duplicate_of"])
    op.create_table(
        "revisions",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("subtitle", sa.Text()),
        sa.Column("body", JsonValue, nullable=False),
        sa.Column("captions", JsonValue, nullable=False),
        sa.Column("removed", JsonValue, nullable=False),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(16), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_revisions"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_revisions_article_id_articles"),
    )
    op.create_index("ix_revisions_article_id", "revisions", ["article_id", "seq"])


def _addresses_and_pages() -> None:
    op.create_table(
        "urls",
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("outlet", sa.String(40), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("article_id", BigId),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_fetched_at", UtcDateTime(), nullable=False),
        sa.Column("recheck_at", UtcDateTime()),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("key", name="pk_urls"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_urls_article_id_articles"),
        sa.CheckConstraint("verdict IN ('article', 'off_topic', 'no_article', 'failed')", name=op.f("ck_urls_verdict")),
    )
    op.create_index("ix_urls_article_id", "urls", ["article_id"])
    op.create_index("ix_urls_recheck", "urls", ["outlet", "verdict", "recheck_at"])
    op.create_table(
        "pages",
        sa.Column("id", BigId, nullable=False),
        sa.Column("url_key", sa.LargeBinary(16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("fetched_at", UtcDateTime(), nullable=False),
        sa.Column("charset", sa.Text()),
        sa.Column("content_type", sa.Text()),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pages"),
        sa.ForeignKeyConstraint(["url_key"], ["urls.key"], name="fk_pages_url_key_urls"),
    )
    op.create_index("ix_pages_url_key", "pages", ["url_key"])
    op.create_index("ix_pages_fetched_at", "pages", ["fetched_at"])


def _likeness() -> None:
    for table, column in (("fingerprint_bands", "band"), ("fingerprint_sentences", "sentence")):
        op.create_table(
            table,
            sa.Column(column, sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("article_id", BigId, nullable=False),
            sa.PrimaryKeyConstraint(column, "article_id", name=f"pk_{table}"),
            sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=f"fk_{table}_article_id_articles"),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "relations",
        sa.Column("article_id", BigId, nullable=False),
        sa.Column("other_id", BigId, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("containment", sa.Float(), nullable=False),
        sa.Column("shared_numbers", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "other_id", name="pk_relations"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_relations_article_id_articles"),
        sa.ForeignKeyConstraint(["other_id"], ["articles.id"], name="fk_relations_other_id_articles"),
        sa.CheckConstraint("kind IN ('copy_of', 'excerpt_of', 'sibling')", name=op.f("ck_relations_kind")),
    )
    op.create_index("ix_relations_other_id", "relations", ["other_id"])


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("op", sa.String(8), nullable=False),
        sa.Column("article_id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_changes"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_changes_article_id_articles"),
        sa.CheckConstraint("op IN ('add', 'update', 'merge', 'gone')", name=op.f("ck_changes_op")),
    )
    op.create_index("ix_changes_article_id", "changes", ["article_id", "seq"])
    counter = op.create_table(
        "change_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change_counter"),
        sa.CheckConstraint("id = 1", name=op.f("ck_change_counter_single_row")),
    )
    op.bulk_insert(counter, [{"id": 1, "value": 0}])


def _collect() -> None:
    op.create_table(
        "sources",
        sa.Column("id", BigId, nullable=False),
        sa.Column("outlet", sa.String(40), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("next_visit_at", UtcDateTime(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_hash", sa.Text()),
        sa.Column("error_count", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("failing_since", UtcDateTime()),
        sa.Column("last_success_at", UtcDateTime()),
        sa.Column("last_new_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
        sa.UniqueConstraint("outlet", "url", name="uq_sources_outlet_url"),
    )
    op.create_index("ix_sources_next_visit_at", "sources", ["enabled", "next_visit_at"])
    counts = ("candidates", "fetched", "stored", "duplicates", "corrected", "unchanged", "gone", "off_topic", "failed")
    op.create_table(
        "visits",
        sa.Column("id", BigId, nullable=False),
        sa.Column("outlet", sa.String(40), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime()),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("errors", JsonValue, nullable=False),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
    )
    op.create_index("ix_visits_outlet", "visits", ["outlet", "id"])
    op.create_index("ix_visits_started_at", "visits", ["started_at"])


def _search_index() -> None:
    # The lexemes are made by storage.search.tokenizer; neither database may split or fold them again.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_index USING fts5("
            "title, body, stems, content='', columnsize=1, detail=full, tokenize='ascii')"
        )
        return
    op.execute("CREATE TABLE search_index (seq bigint PRIMARY KEY, terms tsvector NOT NULL)")
    op.execute("CREATE INDEX ix_search_index_terms ON search_index USING gin (terms)")
