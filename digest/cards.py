"""From a story's articles to its card, and which stories stand first. One maker serves all watches of a cut-off."""

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from digest.content import Before, Card, DealLine, Money, Report
from digest.licence import rights_of, shown_excerpt, shown_title
from digest.outlets import OutletBook
from digest.reasons import Reasons
from digest.safe import one_line, safe_url
from storage.database import Session
from storage.digests import DigestArticle
from storage.meaning.records import AmountDraft, DealRow
from storage.mentions import Named, amounts_in, deals_by_id, deals_in, named_in

SHOWN_KINDS = frozenset({"company", "investor", "university", "institute", "incubator"})
MOST_COMPANIES = 5
MOST_AMOUNTS = 3
MOST_INVESTORS = 4
LONGEST_NAME = 40
# What an outlet, a deal and a company in the headline count when stories are put in order.
PER_OUTLET, MOST_OUTLETS = 3.0, 8
PER_TENFOLD, SMALLEST_DEAL, MOST_TENFOLDS = 2.0, 1e8, 5.0  # won
PER_COMPANY, COUNTED_COMPANIES = 1.0, 3
PER_RELEVANCE, MOST_RELEVANCE = 0.05, 20.0

Rank = tuple[float, float, datetime, int]


class CardMaker:
    """Makes cards, and remembers what it looked up: `prepare` reads only articles it has not seen."""

    def __init__(self, outlets: OutletBook, reasons: Reasons) -> None:
        self.outlets, self._reasons = outlets, reasons
        self._named: dict[int, tuple[Named, ...]] = {}
        self._amounts: dict[int, tuple[AmountDraft, ...]] = {}
        self._deals_of: dict[int, tuple[int, ...]] = {}
        self._deals: dict[int, DealLine] = {}
        self._terms: dict[tuple[int, int], tuple[str, ...]] = {}

    def prepare(self, session: Session, article_ids: Collection[int]) -> None:
        """Look up companies, sums and deals of these articles, in a few statements."""
        missing = set(article_ids) - self._named.keys()
        if not missing:
            return
        self._named |= dict.fromkeys(missing, ()) | named_in(session, missing)
        self._amounts |= amounts_in(session, missing)
        self._deals_of |= deals_in(session, missing)
        new = {deal for article in missing for deal in self._deals_of.get(article, ())} - self._deals.keys()
        self._deals |= {deal_id: self._line(row) for deal_id, row in deals_by_id(session, new).items()}

    def card(
        self,
        story_id: int,
        fresh: Sequence[DigestArticle],
        told: Sequence[DigestArticle] = (),
        *,
        before: Before | None = None,
        excerpts: bool = True,
        matched: Iterable[str] = (),
    ) -> Card:
        """The story as told by the first outlet whose headline may be shown; of a follow-up, what is new in it.

        `fresh` and `told` are sorted by time of report and prepared; `fresh` is not empty.
        """
        outlets = self.outlets
        lead = next((a for a in fresh if rights_of(outlets.licence(a.outlet)).headline), fresh[0])
        licence = outlets.licence(lead.outlet)
        known = [article.id for article in told]
        companies = self._companies(fresh, known)
        terms = self._reasons_of(lead)
        deals = self.deals([article.id for article in fresh], known)
        return Card(
            story_id=story_id,
            lead=outlets.report(lead),
            title=shown_title(lead.title, licence),
            excerpt=shown_excerpt(lead.body, licence) if excerpts else None,
            others=tuple(outlets.report(article) for article in fresh if article is not lead),
            companies=companies,
            amounts=self._sums(lead, known),
            reasons=tuple(term for term in terms if term not in companies),
            matched=tuple(dict.fromkeys(one_line(rule) for rule in matched)),
            deal=next((deal for deal in deals if deal.money), None),
            before=before,
        )

    def rank(self, story_id: int, fresh: Sequence[DigestArticle]) -> Rank:
        """Sorts stories: more outlets, greater deals and more companies in the headline first, then the earlier."""
        others = min(len({article.outlet for article in fresh}) - 1, MOST_OUTLETS)
        deal = max((line.money.size for line in self.deals([a.id for a in fresh]) if line.money), default=0.0)
        tenfolds = min(math.log10(deal / SMALLEST_DEAL), MOST_TENFOLDS) if deal > SMALLEST_DEAL else 0.0
        named = {one.id for a in fresh for one in self._named.get(a.id, ()) if one.in_title and one.kind == "company"}
        relevance = max(article.relevance for article in fresh)
        weight = (
            others * PER_OUTLET + tenfolds * PER_TENFOLD + min(len(named), COUNTED_COMPANIES) * PER_COMPANY
        ) + min(relevance, MOST_RELEVANCE) * PER_RELEVANCE
        return (-weight, -relevance, fresh[0].reported_at, story_id)

    def deals(self, fresh: Iterable[int], told: Iterable[int] = ()) -> tuple[DealLine, ...]:
        """The deals that these articles tell and those told before do not, the greatest first."""
        known = {deal for article_id in told for deal in self._deals_of.get(article_id, ())}
        found = {deal for article_id in fresh for deal in self._deals_of.get(article_id, ())} - known
        lines = [self._deals[deal] for deal in sorted(found) if deal in self._deals]
        return tuple(sorted(lines, key=lambda line: (line.money is None, -(line.money.size if line.money else 0))))

    def companies_of(self, article_ids: Iterable[int]) -> dict[str, str]:
        """The names shown of all companies that these articles name, by id."""
        named = (one for article_id in article_ids for one in self._named.get(article_id, ()))
        names = {one.id: one.name for one in named if one.kind in SHOWN_KINDS}
        return {entity_id: one_line(name) for entity_id, name in names.items()}

    def _companies(self, fresh: Sequence[DigestArticle], told: Sequence[int]) -> tuple[str, ...]:
        known = {one.id for article_id in told for one in self._named.get(article_id, ())}
        places: dict[str, tuple[bool, int]] = {}
        names: dict[str, str] = {}
        for one in (one for article in fresh for one in self._named.get(article.id, ())):
            if one.kind in SHOWN_KINDS and one.id not in known:
                in_title, count = places.get(one.id, (False, 0))
                places[one.id], names[one.id] = (in_title or one.in_title, count + one.places), one_line(one.name)
        order = sorted(places, key=lambda i: (not places[i][0], -places[i][1], i))
        return tuple(names[i][:LONGEST_NAME] for i in order[:MOST_COMPANIES])

    def _sums(self, lead: DigestArticle, told: Sequence[int]) -> tuple[Money, ...]:
        known = {(one.value, one.currency) for article_id in told for one in self._amounts.get(article_id, ())}
        new: dict[tuple[float, str], Money] = {}
        for one in self._amounts.get(lead.id, ()):
            if (one.value, one.currency) not in known:
                new.setdefault((one.value, one.currency), Money(one.value, one.currency, one.krw, one.qualifier))
        return tuple(new.values())[:MOST_AMOUNTS]

    def _reasons_of(self, article: DigestArticle) -> tuple[str, ...]:
        key = (article.id, article.revision)
        if key not in self._terms:
            self._terms[key] = self._reasons.terms(article.title, article.body)
        return self._terms[key]

    def _line(self, row: DealRow) -> DealLine:
        first = row.reports[0]
        money = Money(row.value, row.currency, row.krw) if row.value is not None and row.currency else None
        return DealLine(
            kind=row.kind,
            company=one_line(row.company)[:LONGEST_NAME],
            money=money,
            source=Report(first.article_id, self.outlets.name(first.outlet), first.first_seen_at, safe_url(first.url)),
            round=one_line(row.round or "")[:LONGEST_NAME] or None,
            investors=tuple(one_line(name)[:LONGEST_NAME] for name in row.investors[:MOST_INVESTORS]),
            outlets=len({report.outlet for report in row.reports}),
            differ=any(one.field in {"value", "krw", "round"} for one in row.differences),
        )
