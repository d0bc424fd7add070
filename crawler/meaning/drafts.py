"""Facts as the archive takes them."""

from collections.abc import Sequence

from crawler.meaning.candidates import Candidate
from crawler.meaning.deals.sentences import sentences
from crawler.meaning.facts import FactReader, Facts, article_text
from storage.meaning import AmountDraft, CandidateDraft, DealDraft, EntityDraft, FactsDraft


def read_draft(reader: FactReader, title: str, body: Sequence[str]) -> FactsDraft:
    """An article's facts, ready to be kept with it."""
    return draft_of(reader.read_article(title, body), article_text(title, body))


def draft_of(facts: Facts, text: str) -> FactsDraft:
    """Facts read off `text`, whose first line is the title."""
    title_end = text.find("\n") if "\n" in text else len(text)
    return FactsDraft(
        entities=tuple(
            EntityDraft(
                id=entity_id,
                name=mentions[0].entity.name,
                kind=mentions[0].entity.kind,
                zgc=mentions[0].entity.zgc,
                home=mentions[0].entity.home,
                names=mentions[0].entity.names,
                mentions=tuple((mention.start, mention.end) for mention in mentions),
                in_title=mentions[0].start < title_end,
            )
            for entity_id, mentions in facts.by_entity().items()
        ),
        amounts=tuple(
            AmountDraft(
                start=amount.start,
                end=amount.end,
                value=float(amount.value),
                currency=amount.currency,
                krw=float(amount.krw) if amount.krw is not None else None,
                qualifier=amount.qualifier,
                role=amount.role,
                flags=amount.flags,
            )
            for amount in facts.amounts
        ),
        deals=tuple(
            DealDraft(
                company=deal.company,
                company_id=deal.company_id,
                kind=deal.kind,
                value=float(deal.value) if deal.value is not None else None,
                currency=deal.currency,
                krw=float(deal.krw) if deal.krw is not None else None,
                round=deal.round,
                investors=deal.investors,
                period=deal.period,
                stated_date=deal.stated_date,
                evidence=deal.evidence,
                start=deal.start,
                end=deal.end,
            )
            for deal in facts.deals
        ),
        candidates=_candidates(facts.candidates, text),
    )


def _candidates(candidates: Sequence[Candidate], text: str) -> tuple[CandidateDraft, ...]:
    if not candidates:
        return ()
    cut = list(sentences(text))
    found: dict[str, CandidateDraft] = {}
    for one in candidates:
        sentence = next((s.text for s in cut if s.start <= one.start < s.end), "")
        found.setdefault(one.name, CandidateDraft(one.name, one.alias, sentence))
    return tuple(found.values())
