"""From a clean article to the archive: one transaction from the raw page to the change feed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from storage import duplicates, search
from storage.archive import rows
from storage.archive.difference import Difference, Version, difference
from storage.archive.pages import keep_page
from storage.archive.plan import RECHECK_AFTER
from storage.archive.rows import Known
from storage.changes import hold_feed, next_seq, record
from storage.duplicates import Fingerprint, Placed
from storage.models.access import Removal
from storage.records import ArticleDraft, ChangeOp, Outcome, Stored
from storage.text import clean_value, content_hash, url_key

DUPLICATE_WINDOW = timedelta(days=60)
NUMBER_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is computed from a text alone: how it is found, and by what texts like it are recognised."""

    terms: tuple[str, ...]
    prints: Fingerprint


def prepare(title: str, subtitle: str | None, body: Sequence[str]) -> Prepared:
    """The part of storing an article that needs no database, before other writers are made to wait."""
    title, subtitle, body = clean_value((title, subtitle, tuple(body)))
    return Prepared(search.terms_of(title, subtitle, body), duplicates.fingerprint(body))


def store_article(
    session: Session,
    draft: ArticleDraft,
    *,
    now: datetime,
    recheck_after: Sequence[timedelta] = RECHECK_AFTER,
    duplicate_window: timedelta = DUPLICATE_WINDOW,
    prepared: Prepared | None = None,
) -> Stored:
    """Keep an article, inside the caller's `writer()`: new, corrected, or the one that is there already.

    The same article is the same canonical URL, else one of its alias URLs, else the same number of the same outlet.
    It is compared with articles first seen up to `duplicate_window` before or after `now`. `prepared` is what `prepare`
    made of the draft's text in another process; without it that is done here.
    """
    draft = _fit(draft)
    digest = content_hash(draft.title, draft.subtitle, draft.body)
    session.flush()
    known = rows.find(session, draft)
    if prepared is None and not _reads_the_same(known, digest):
        prepared = prepare(draft.title, draft.subtitle, draft.body)
    if session.get_bind().dialect.name != "sqlite":  # where nobody else can have written since
        hold_feed(session)
        known = rows.find(session, draft)
    if known.article is not None and _was_erased(session, known):
        return Stored(known.article.id, Outcome.UNCHANGED)
    work = _Write(session, draft, digest, now, recheck_after)
    if known.article is not None and _reads_the_same(known, digest):
        return work.unchanged(known)
    prepared = prepared or prepare(draft.title, draft.subtitle, draft.body)
    return (
        work.corrected(known, prepared, duplicate_window)
        if known.article
        else work.new(known, prepared, duplicate_window)
    )


def _fit(draft: ArticleDraft) -> ArticleDraft:
    number = draft.article_number[:NUMBER_LENGTH] if draft.article_number else None
    return replace(clean_value(draft), article_number=clean_value(number))


def _reads_the_same(known: Known, digest: bytes) -> bool:
    article = known.article
    return article is not None and (article.state, article.content_hash) == ("live", digest)


def _was_erased(session: Session, known: Known) -> bool:
    """Whether somebody asked to have the article taken out: then its outlet may go on printing it, we do not."""
    article = known.article
    return article is not None and article.state == "gone" and session.get(Removal, article.id) is not None


class _Write:
    """The writing of one draft, once it is known what it is."""

    def __init__(
        self, session: Session, draft: ArticleDraft, digest: bytes, now: datetime, recheck_after: Sequence[timedelta]
    ) -> None:
        self.session, self.draft, self.digest, self.now = session, draft, digest, now
        self.recheck_after = recheck_after

    def unchanged(self, known: Known) -> Stored:
        """The archive has this text: only the addresses and the recheck plan move on."""
        article = known.article
        assert article is not None
        rows.found_again(self.session, article.id)
        self._remember_addresses(known, article.id, article.canonical_url, article.first_seen_at)
        return Stored(article.id, Outcome.UNCHANGED, duplicate_of=article.duplicate_of)

    def new(self, known: Known, prepared: Prepared, window: timedelta) -> Stored:
        """An article nobody has seen."""
        seq = next_seq(self.session)
        article_id = rows.add_article(self.session, self.draft, seq, self.now, len(prepared.prints.sentences))
        rows.add_revision(self.session, article_id, self.draft, self.digest, seq, self.now, None)
        self._remember_addresses(known, article_id, self.draft.canonical_url, self.now)
        keep_page(self.session, self.draft.page, url_key(self.draft.canonical_url))
        search.index(self.session, article_id, self._document(prepared))
        record(self.session, ChangeOp.ADD, article_id, self.now, seq=seq)
        placed = Placed(article_id, self.now)
        head = duplicates.place(self.session, placed, prepared.prints, before=None, now=self.now, window=window)
        return Stored(article_id, Outcome.NEW, duplicate_of=head, seq=seq)

    def corrected(self, known: Known, prepared: Prepared, window: timedelta) -> Stored:
        """Another text of an article that is there, or one that was gone and is back."""
        article = known.article
        assert article is not None
        before = rows.version_of(self.session, article.revision)
        seq = next_seq(self.session)
        rows.change_article(self.session, article.id, self.draft, seq)
        verdict = self._difference(before) if article.state == "live" else None
        rows.add_revision(self.session, article.id, self.draft, self.digest, seq, self.now, verdict)
        self._remember_addresses(known, article.id, article.canonical_url, article.first_seen_at)
        keep_page(self.session, self.draft.page, url_key(article.canonical_url))
        if article.state == "live":
            terms = search.terms_of(before.title, before.subtitle, before.body)
            search.forget(self.session, article.id, (*terms, *search.facets_of(article.outlet, article.section)))
        search.index(self.session, article.id, self._document(prepared, article.outlet))
        record(self.session, ChangeOp.UPDATE, article.id, self.now, seq=seq)
        head = duplicates.place(
            self.session,
            Placed(article.id, article.first_seen_at),
            prepared.prints,
            before=duplicates.fingerprint(before.body),
            now=self.now,
            window=window,
        )
        return Stored(article.id, Outcome.CORRECTED, duplicate_of=head, seq=seq)

    def _document(self, prepared: Prepared, outlet: str | None = None) -> tuple[str, ...]:
        return (*prepared.terms, *search.facets_of(outlet or self.draft.outlet, self.draft.section))

    def _difference(self, before: Version) -> Difference:
        return difference(before, Version(self.draft.title, self.draft.subtitle, self.draft.body))

    def _remember_addresses(self, known: Known, article_id: int, canonical_url: str, first_seen_at: datetime) -> None:
        rows.remember_addresses(
            self.session,
            known,
            article_id=article_id,
            canonical_url=canonical_url,
            first_seen_at=first_seen_at,
            draft=self.draft,
            now=self.now,
            recheck_after=self.recheck_after,
        )
