"""Tables of the archive: articles, every version of their text, their addresses, raw pages, likeness and the feed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, JsonValue, UtcDateTime


class Outlet(Base):
    """A mirror of the catalogue, so that readers of the database know names and licences without the files."""

    __tablename__ = "outlets"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    home: Mapped[str] = mapped_column(Text)
    licence: Mapped[str] = mapped_column(String(16))
    sample: Mapped[bool]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Article(Base):
    """One article of one outlet, kept once. Its text is that of the revision `revision`; `duplicate_of` is its head."""

    __tablename__ = "articles"
    __table_args__ = (
        CheckConstraint("state IN ('live', 'gone')", name="state"),
        Index("uq_articles_outlet_article_number", "outlet", "article_number", unique=True),
        # Search joins by revision and sorts by age: both columns in one index, the table itself is not touched.
        Index("ix_articles_revision", "revision", "state", "first_seen_at", "id"),
        Index("ix_articles_first_seen_at", "first_seen_at", "id"),
        Index("ix_articles_outlet_first_seen_at", "outlet", "first_seen_at", "id"),
        Index("ix_articles_duplicate_of", "duplicate_of"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outlet: Mapped[str] = mapped_column(String(40))
    canonical_url: Mapped[str] = mapped_column(Text)
    article_number: Mapped[str | None] = mapped_column(String(200))
    authors: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue)
    section: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    language: Mapped[str | None] = mapped_column(String(16))
    relevance: Mapped[float] = mapped_column(Float)
    topics: Mapped[list[str]] = mapped_column(JsonValue)
    state: Mapped[str] = mapped_column(String(8))
    revision: Mapped[int] = mapped_column(BigInteger)
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("articles.id"))
    missing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Revision(Base):
    """One version of an article's text; `seq` is its place in the change feed. Texts of gone articles are erased."""

    __tablename__ = "revisions"
    __table_args__ = (Index("ix_revisions_article_id", "article_id", "seq"),)

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    title: Mapped[str] = mapped_column(Text)
    subtitle: Mapped[str | None] = mapped_column(Text)
    body: Mapped[list[str]] = mapped_column(JsonValue)
    captions: Mapped[list[str]] = mapped_column(JsonValue)
    removed: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue)
    extractor: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[bytes] = mapped_column(LargeBinary(16))
    # visit: the outlet's page was new or had changed; reextraction: the same page, read again by a newer extractor.
    origin: Mapped[str] = mapped_column(String(16), server_default=text("'visit'"))


class Url(Base):
    """Every address ever judged, keyed by a digest: addresses may be longer than a PostgreSQL index row can be."""

    __tablename__ = "urls"
    __table_args__ = (
        CheckConstraint("verdict IN ('article', 'off_topic', 'no_article', 'failed', 'closed')", name="verdict"),
        Index("ix_urls_article_id", "article_id"),
        Index("ix_urls_recheck", "outlet", "verdict", "recheck_at"),
    )

    key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    outlet: Mapped[str] = mapped_column(String(40))
    verdict: Mapped[str] = mapped_column(String(16))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_fetched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recheck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    failures: Mapped[int] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(Text)


class Page(Base):
    """A raw answer as fetched, zstd-compressed, so that extraction can be run again without a fetch."""

    __tablename__ = "pages"
    __table_args__ = (Index("ix_pages_url_key", "url_key"), Index("ix_pages_fetched_at", "fetched_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    url_key: Mapped[bytes] = mapped_column(ForeignKey("urls.key"))
    url: Mapped[str] = mapped_column(Text)
    status: Mapped[int]
    fetched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    charset: Mapped[str | None] = mapped_column(Text)
    content_type: Mapped[str | None] = mapped_column(Text)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)


class FingerprintBand(Base):
    """One band of an article's MinHash: two articles that share a band are candidates for being copies."""

    __tablename__ = "fingerprint_bands"
    __table_args__ = ({"sqlite_with_rowid": False},)

    band: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)


class FingerprintSentence(Base):
    """One sentence of an article as a hash: an excerpt shares sentences with its source, not bands."""

    __tablename__ = "fingerprint_sentences"
    __table_args__ = ({"sqlite_with_rowid": False},)

    sentence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)


class Relation(Base):
    """What one article is to another: a copy or a sibling of an earlier one, or an excerpt of a longer one."""

    __tablename__ = "relations"
    __table_args__ = (
        CheckConstraint("kind IN ('copy_of', 'excerpt_of', 'sibling')", name="kind"),
        Index("ix_relations_other_id", "other_id"),
    )

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    containment: Mapped[float] = mapped_column(Float)
    shared_numbers: Mapped[float] = mapped_column(Float)


class ChangeRow(Base):
    """One row of the change feed."""

    __tablename__ = "changes"
    __table_args__ = (
        CheckConstraint("op IN ('add', 'update', 'merge', 'gone')", name="op"),
        Index("ix_changes_article_id", "article_id", "seq"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    op: Mapped[str] = mapped_column(String(8))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChangeCounter(Base):
    """The last `seq` given out: one row, so that taking the next one orders all writers by their commit."""

    __tablename__ = "change_counter"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger)
