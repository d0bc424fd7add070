"""Several outlets' versions of one deal become one row."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.meaning.records import DealDraft
from storage.models.archive import Article
from storage.models.meaning import Deal, DealReport

SAME_DEAL_WITHIN = timedelta(days=45)
SAME_MONEY_WITHIN = 0.06  # papers round, and convert at the rate of their day
_KEY_LENGTH = 100


def place_deals(session: Session, article: Article, drafts: Sequence[DealDraft]) -> None:
    """Write an article's deals in place of those it had; each joins the deal it is a version of, or starts one."""
    before = list(session.scalars(select(DealReport.deal_id).where(DealReport.article_id == article.id)))
    session.execute(delete(DealReport).where(DealReport.article_id == article.id))
    taken: set[int] = set()
    for number, draft in enumerate(drafts):
        deal = _find(session, article, draft, taken) or _start(session, article, draft)
        taken.add(deal.id)
        session.add(
            DealReport(
                article_id=article.id,
                number=number,
                deal_id=deal.id,
                value=draft.value,
                currency=draft.currency,
                krw=draft.krw,
                round=draft.round[:40] if draft.round else None,
                investors=list(draft.investors),
                period=draft.period,
                stated_date=draft.stated_date,
                evidence=draft.evidence,
                start=draft.start,
                end=draft.end,
            )
        )
    session.flush()
    settle_deals(session, {*before, *taken})


def settle_deals(session: Session, deal_ids: Iterable[int]) -> None:
    """Deals take the fields of their first report, of later ones what that leaves open; without any they go."""
    for deal_id in sorted(set(deal_ids)):
        rows = session.execute(
            select(DealReport, Article.first_seen_at)
            .join(Article, Article.id == DealReport.article_id)
            .where(DealReport.deal_id == deal_id)
            .order_by(Article.first_seen_at, Article.id, DealReport.number)
        ).all()
        if not rows:
            session.execute(delete(Deal).where(Deal.id == deal_id))
            continue
        first = next((report for report, _ in rows if report.value is not None), rows[0][0])
        deal = session.get_one(Deal, deal_id)
        deal.value, deal.currency = first.value, first.currency
        deal.krw = next((report.krw for report, _ in rows if report.krw is not None), None)
        deal.round = next((report.round for report, _ in rows if report.round), None)
        deal.first_seen_at = rows[0][1]
    session.flush()


def _find(session: Session, article: Article, draft: DealDraft, taken: set[int]) -> Deal | None:
    near = select(Deal).where(
        Deal.company_key == _key(draft),
        Deal.kind == draft.kind,
        Deal.first_seen_at >= article.first_seen_at - SAME_DEAL_WITHIN,
        Deal.first_seen_at <= article.first_seen_at + SAME_DEAL_WITHIN,
    )
    for deal in session.scalars(near.order_by(Deal.id)):
        if deal.id not in taken and _same(deal, draft):
            return deal
    return None


def _same(deal: Deal, draft: DealDraft) -> bool:
    """Nothing contradicts: money that can be compared is alike, rounds that are named are equal."""
    if deal.round and draft.round and deal.round != draft.round:
        return False
    pairs = []
    if deal.currency == draft.currency:
        pairs.append((deal.value, draft.value))
    else:
        pairs.append((_krw(deal), _krw(draft)))
    known = [(one, other) for one, other in pairs if one is not None and other is not None]
    if known:
        return all(abs(one - other) <= SAME_MONEY_WITHIN * max(one, other) for one, other in known)
    # Without money to compare only a named round, or a deal of which nobody gives the money, is the same.
    return (deal.round is not None and deal.round == draft.round) or deal.value is None or draft.value is None


def _krw(deal: Deal | DealDraft) -> float | None:
    return deal.value if deal.currency == "KRW" else deal.krw


def _start(session: Session, article: Article, draft: DealDraft) -> Deal:
    deal = Deal(
        company_key=_key(draft),
        company=draft.company,
        company_id=draft.company_id,
        kind=draft.kind,
        value=draft.value,
        currency=draft.currency,
        krw=draft.krw,
        round=draft.round[:40] if draft.round else None,
        first_seen_at=article.first_seen_at,
    )
    session.add(deal)
    session.flush()
    return deal


def _key(draft: DealDraft) -> str:
    return (draft.company_id or "".join(draft.company.split()).lower())[:_KEY_LENGTH]
