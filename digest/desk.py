"""The desk of one round: what all watches need, looked up once and shared, so that the hundredth watch costs little.

Every watch is closed in a transaction of its own, and the archive may change between two. What the desk keeps, it keeps
by the version of the article, or looks up again when the archive has changed.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from crawler.meaning.topics import Topics
from digest.cards import CardMaker, Rank
from digest.charts import trends
from digest.content import Before, Card, Coverage
from digest.coverage import OutletStates
from digest.matching import ArticleFacts, WordBook, facts_of
from digest.outlets import OutletBook
from digest.reasons import Reasons
from digest.render import Renderer
from digest.safe import one_line
from digest.stories import assign_stories
from digest.watches import Watch
from digest.windows import Window
from storage.database import Session
from storage.digests import (
    Candidate,
    DigestArticle,
    articles_of_stories,
    candidates,
    digest_articles,
    entities_of,
    last_seq,
    late_candidates,
)
from storage.stories import IDS_A_STATEMENT, stories_of
from storage.trends import TrendRow

# An article first seen so long before a window is looked at again when it says something else by now.
LOOKED_AT_AGAIN = timedelta(hours=72)
MOST_TEXTS = 6_000  # whole articles kept; what rules ask of the others is kept without their texts
MOST_CARDS = 10_000
MOST_OWN_CARDS = 2_000

Version = tuple[int, int]  # an article and its revision


@dataclass(frozen=True, slots=True)
class Stories:
    """Stories and the articles in them, gone ones too."""

    story_of: dict[int, int]
    members: dict[int, list[int]]

    @classmethod
    def of(cls, story_of: dict[int, int]) -> Self:
        """The stories of these articles."""
        members: dict[int, list[int]] = {}
        for article_id, story_id in story_of.items():
            members.setdefault(story_id, []).append(article_id)
        return cls(story_of, members)


class Desk:
    """What one round of closing windows knows. `watches` are all it will close: their words are looked for at once."""

    def __init__(self, watches: Iterable[Watch], topics: Topics | None = None) -> None:
        self.reasons = Reasons.of(topics)
        self.renderer = Renderer()
        self._words = WordBook(watches)
        self._seq = -1
        self._in_window: dict[tuple[datetime, datetime, int], dict[int, ArticleFacts]] = {}
        self._stories: dict[tuple[datetime, datetime, int], Stories] = {}
        self._current: dict[int, int] = {}
        self._facts: dict[Version, ArticleFacts] = {}
        self._texts: OrderedDict[Version, DigestArticle] = OrderedDict()
        self._cards: dict[object, Card] = {}
        self._own_cards: dict[object, Card] = {}  # those that say what of a reader's rules matched
        self._ranks: dict[tuple[int, tuple[int, ...]], Rank] = {}
        self._coverage: dict[object, Coverage] = {}
        self._trends: dict[tuple[datetime, datetime], list[TrendRow]] = {}

    def sit_down(self, session: Session) -> None:
        """Begin with a watch: forget what the archive may have changed since. Writers are held meanwhile."""
        seq = last_seq(session)
        if seq != self._seq:
            self._seq = seq
            self._look_again(session)
        if len(self._cards) > MOST_CARDS:
            self._clear_cards()
        if len(self._own_cards) > MOST_OWN_CARDS:
            self._own_cards.clear()

    def _look_again(self, session: Session) -> None:
        self.outlets = OutletBook.read(session)
        self.maker = CardMaker(self.outlets, self.reasons)
        self._states = OutletStates(session, self.outlets.names)
        for kept in (self._in_window, self._stories, self._current, self._coverage):
            kept.clear()
        self._clear_cards()

    def _clear_cards(self) -> None:
        """Rendered pieces are kept by the identity of their card, so both go together."""
        self._cards.clear()
        self._own_cards.clear()
        self._ranks.clear()
        self.renderer = Renderer()

    def facts(self, session: Session, window: Window) -> dict[int, ArticleFacts]:
        """What rules ask of the live articles that this window may have to tell, by their ids: those first seen in it,
        and those that came late.
        """
        key = (window.start, window.end, window.after_seq)
        if key not in self._in_window:
            rows = candidates(session, since=window.start, until=window.end)
            rows += late_candidates(
                session,
                before=window.start,
                after_seq=window.after_seq,
                changed_since=window.start - LOOKED_AT_AGAIN,
            )
            self._current |= {row.id: row.revision for row in rows}
            self._in_window[key] = {one.id: one for one in self._facts_of_rows(session, rows)}
        return self._in_window[key]

    def _facts_of_rows(self, session: Session, rows: Sequence[Candidate]) -> list[ArticleFacts]:
        missing = [row.id for row in rows if (row.id, row.revision) not in self._facts]
        for start in range(0, len(missing), IDS_A_STATEMENT):
            self.facts_of(session, self._read(session, missing[start : start + IDS_A_STATEMENT]))
        return [self._facts[row.id, row.revision] for row in rows]

    def facts_of(self, session: Session, articles: Sequence[DigestArticle]) -> list[ArticleFacts]:
        """What rules ask of articles whose text is at hand."""
        missing = [article for article in articles if (article.id, article.revision) not in self._facts]
        named = entities_of(session, [article.id for article in missing]) if missing else {}
        for article in missing:
            found = facts_of(article, named.get(article.id, {}), self._words)
            self._facts[article.id, article.revision] = found
        return [self._facts[article.id, article.revision] for article in articles]

    def stories(self, session: Session, window: Window, *, now: datetime) -> Stories:
        """The stories that the articles of a window are part of, assigned by what the archive holds now."""
        key = (window.start, window.end, window.after_seq)
        if key not in self._stories:
            # Costs next to nothing when nothing changed; a corrected text may have moved to another story.
            assign_stories(session, now=now)
            story_of = stories_of(session, self.facts(session, window).keys())
            self._stories[key] = Stories.of(articles_of_stories(session, set(story_of.values())))
        return self._stories[key]

    def articles(self, session: Session, article_ids: Collection[int]) -> dict[int, DigestArticle]:
        """These articles as they are now, gone ones without their text."""
        found: dict[int, DigestArticle] = {}
        missing = []
        for article_id in article_ids:
            kept = self._texts.get((article_id, self._current.get(article_id, -1)))
            if kept is None:
                missing.append(article_id)
            else:
                found[article_id] = kept
        return found | {article.id: article for article in self._read(session, missing)}

    def _read(self, session: Session, article_ids: Collection[int]) -> list[DigestArticle]:
        read = list(digest_articles(session, article_ids).values())
        for article in read:
            self._current[article.id] = article.revision
            self._texts[article.id, article.revision] = article
        while len(self._texts) > MOST_TEXTS:
            self._texts.popitem(last=False)
        return read

    def rank(self, story_id: int, fresh: Sequence[DigestArticle]) -> Rank:
        """Where a story stands among others, by what is fresh of it."""
        key = (story_id, tuple(article.id for article in fresh))
        rank = self._ranks.get(key)
        if rank is None:
            rank = self._ranks[key] = self.maker.rank(story_id, fresh)
        return rank

    def card(
        self,
        story_id: int,
        fresh: Sequence[DigestArticle],
        told: Sequence[DigestArticle],
        *,
        before: Before | None,
        matched: tuple[str, ...],
    ) -> Card:
        """The card of a story, the same one for every watch that tells it in the same way."""
        versions = tuple((article.id, article.revision) for article in (*fresh, *told))
        key = (story_id, len(fresh), versions, before)
        card = self._cards.get(key)
        if card is None:
            card = self._cards[key] = self.maker.card(story_id, fresh, told, before=before)
        if not matched:
            return card
        said = tuple(dict.fromkeys(map(one_line, matched)))
        own = self._own_cards.get((*key, said))
        if own is None:
            own = self._own_cards[(*key, said)] = replace(card, matched=said)
        return own

    def coverage(self, window: Window, outlets: tuple[str, ...]) -> Coverage:
        """Which outlets could be read in the window; of these, or of all."""
        key = (window.start, window.end, outlets)
        if key not in self._coverage:
            self._coverage[key] = self._states.coverage(
                window_start=window.start, window_end=window.end, outlets=outlets or None
            )
        return self._coverage[key]

    def trends(self, session: Session, window: Window) -> list[TrendRow]:
        """The counts of the window beside what is usual."""
        key = (window.start, window.end)
        if key not in self._trends:
            self._trends[key] = trends(session, window_start=window.start, window_end=window.end)
        return self._trends[key]
