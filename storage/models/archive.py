"""Tables of the archive: articles, every version of their text, their addresses, raw pages, likeness and the feed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, JsonValue, OptionalJson, UtcDateTime


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
    wire_source: Mapped[str | None] = mapped_column(Text)
    keywords: Mapped[list[str] | None] = mapped_column(OptionalJson)  # None: read before they were kept
    image_url: Mapped[str | None] = mapped_column(Text)
    paywalled: Mapped[bool | None]  # the page says that it shows only a part; None: read before it was kept
    sentences: Mapped[int | None]  # how many of them are in its fingerprint; of an article from before, unknown


class Revision(Base):
    """One version of an article's text; `seq` is its place in the change feed. Texts of gone articles are erased.

    `verdict` says whether it differs from the version before in what it says (material) or only in how (cosmetic), for
    `reasons`; `edits` are the places that differ. A first version has none of them.
    """

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
    verdict: Mapped[str | None] = mapped_column(String(8))
    reasons: Mapped[list[str] | None] = mapped_column(OptionalJson)
    edits: Mapped[list[list[str]] | None] = mapped_column(OptionalJson)


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


class Fingerprint(Base):
    """One hash of an article's text, a band of its MinHash or a sentence: articles that share one may be copies."""

    __tablename__ = "fingerprints"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)


class Relation(Base):
    """What one article is to another: a copy or a sibling of an earlier one, or an excerpt of a longer one.

    `since` is when the archive came to know it.
    """

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
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PastRelation(Base):
    """A relation that held from `since` until `until`, when one of the two texts was corrected."""

    __tablename__ = "past_relations"
    __table_args__ = (
        Index("ix_past_relations_article_id", "article_id"),
        Index("ix_past_relations_other_id", "other_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    kind: Mapped[str] = mapped_column(String(16))
    containment: Mapped[float] = mapped_column(Float)
    shared_numbers: Mapped[float] = mapped_column(Float)
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class ChangeRow(Base):
    """One row of the change feed. `head_id` is the head a merge gave the article, None when it lost its head."""

    __tablename__ = "changes"
    __table_args__ = (
        CheckConstraint("op IN ('add', 'update', 'merge', 'gone')", name="op"),
        Index("ix_changes_article_id", "article_id", "seq"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    op: Mapped[str] = mapped_column(String(8))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    head_id: Mapped[int | None] = mapped_column(BigId)


class ChangeCounter(Base):
    """The last `seq` given out: one row, so that taking the next one orders all writers by their commit."""

    __tablename__ = "change_counter"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger)


class Consumer(Base):
    """A named reader of the change feed and the last `seq` it has worked off; -1: it must begin again (a restore)."""

    __tablename__ = "consumers"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IndexState(Base):
    """Which table of an index is in force, and which version of our code made it: see `storage.search.index`."""

    __tablename__ = "index_state"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    generation: Mapped[int]
    version: Mapped[int | None]
    making: Mapped[int | None]
    making_version: Mapped[int | None]
    made_to: Mapped[int] = mapped_column(BigInteger)
