"""Reads deals off sentences: an amount, what is said of it, and whose it is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from crawler.meaning.amounts import Amount
from crawler.meaning.candidates import Candidate
from crawler.meaning.deals.events import events_of
from crawler.meaning.deals.kinds import Clause, area_total, kind_of, round_of
from crawler.meaning.deals.parties import (
    Party,
    follows,
    givers,
    is_subject,
    with_their_list,
)
from crawler.meaning.deals.records import Deal
from crawler.meaning.deals.sentences import Sentence, sentences
from crawler.meaning.deals.whose import REACH_BEHIND, Focus, company_of, investor_names
from crawler.meaning.deals.words import word
from crawler.meaning.mentions import Mention

_Placed = TypeVar("_Placed", Amount, Mention, Candidate)

_AHEAD = 46
_PART_OF_YEAR = r"(?: (?:상반기|하반기|[1-4]분기|\d{1,2}월))?"
_PERIOD = re.compile(
    rf"(?:지난해|작년|재작년|올해|올 들어|올|내년)(?: 한 해)?{_PART_OF_YEAR}|(?:19|20)\d\d년{_PART_OF_YEAR}|"
    r"지난 \d+년간|최근 \d+년간|지난달|이달|상반기|하반기|[1-4]분기|최근"
)
_STATED = re.compile(r"(?:(?:19|20)\d\d년 )?(?:\d{1,2}월 )?\d{1,2}일|지난 \d{1,2}월|이날|전날|어제|오늘")
_BOUGHT = re.compile(r"(?:를|을)(?![가-힣])")
_BRACKET = re.compile(r"\s?[(（][^)）]{0,60}[)）]")
_WITH_INVESTORS = frozenset({"raised", "acquired", "listed"})


def find_deals(
    text: str, mentions: Sequence[Mention], amounts: Sequence[Amount], candidates: Sequence[Candidate] = ()
) -> list[Deal]:
    """The deals of a text (one paragraph a line) in reading order; what is said twice is one deal."""
    deals: list[Deal] = []
    focus = Focus()
    cut = list(sentences(text))
    everybody = _parties(cut, mentions, candidates)
    money = _by_sentence(cut, [amount for amount in amounts if amount.role == "amount"])
    for sentence, parties, inside in zip(cut, everybody, money, strict=True):
        if inside and word("money_hint").search(sentence.text) is None:
            inside.clear()
        kind: str | None = None
        for clause in _clauses(sentence, inside):
            became = kind if kind == "valued" and word("moved_to").search(clause.behind) else None
            kind = area_total(sentence, clause, parties) or kind_of(clause, sentence.text[: clause.start]) or became
            deal = _deal(kind, sentence, clause, parties, focus) if kind is not None else None
            if deal is not None:
                deals.append(deal)
        if parties:
            deals += _without_a_sum(sentence, parties)
        if parties or focus.party is not None:
            _follow(sentence, parties, focus)
    return _each_once(deals)


def _by_sentence(cut: Sequence[Sentence], found: Sequence[_Placed]) -> list[list[_Placed]]:
    """What stands in each sentence, of things in reading order."""
    rows: list[list[_Placed]] = []
    number = 0
    for sentence in cut:
        row = []
        while number < len(found) and found[number].start < sentence.end:
            row.append(found[number])
            number += 1
        rows.append(row)
    return rows


def _parties(
    cut: Sequence[Sentence], mentions: Sequence[Mention], candidates: Sequence[Candidate]
) -> list[list[Party]]:
    rows = []
    placed = zip(cut, _by_sentence(cut, mentions), _by_sentence(cut, candidates), strict=True)
    for sentence, known, unknown in placed:
        start = sentence.start
        parties = [Party(m.entity.name, m.entity.id, m.entity.kind, m.start - start, m.end - start) for m in known]
        if unknown:
            parties += [Party(c.name, None, "company", c.start - start, c.end - start) for c in unknown]
            parties.sort(key=lambda party: party.start)
        rows.append([p for n, p in enumerate(parties) if not (n and _is_alias(sentence, parties[n - 1], p))])
    return rows


def _is_alias(sentence: Sentence, before: Party, party: Party) -> bool:
    """광스커지(Face++) names one company twice."""
    return before.entity_id == party.entity_id and sentence.text[before.end : party.start].strip() in {"(", "'(", "’("}


def _clauses(sentence: Sentence, amounts: Sequence[Amount]) -> list[Clause]:
    clauses = []
    for number, amount in enumerate(amounts):
        start, end = amount.start - sentence.start, amount.end - sentence.start
        closing = _BRACKET.match(sentence.text, end)
        end = closing.end() if closing else end
        floor = amounts[number - 1].end - sentence.start if number else 0
        ceiling = amounts[number + 1].start - sentence.start if number + 1 < len(amounts) else len(sentence.text)
        if amount.qualifier == "이상" and number + 1 < len(amounts) and ceiling - end <= 3:  # noqa: PLR2004
            continue  # the lower end of a range
        clauses.append(
            Clause(
                amount,
                sentence.text[max(floor, start - _AHEAD) : start],
                sentence.text[end : min(ceiling, end + REACH_BEHIND)],
                start,
                end,
            )
        )
    return clauses


def _without_a_sum(sentence: Sentence, parties: list[Party]) -> Iterator[Deal]:
    """Deals of the sentence's own companies that were done and of which it tells no sum."""
    for kind, clause in events_of(sentence.text):
        deal = _deal(kind, sentence, clause, parties, Focus())
        if deal is None or (kind == "acquired" and not deal.investors):
            continue
        yield deal
        if kind == "listed":  # A와 B가 나란히 상장했다
            listed = [party for party in parties if party.entity_id == deal.company_id]
            others = with_their_list(sentence, [p for p in parties if p.end <= clause.start], listed)
            yield from (
                replace(deal, company=other.name, company_id=other.entity_id)
                for other in others
                if other.is_company and other.entity_id != deal.company_id
            )


def _deal(kind: str, sentence: Sentence, clause: Clause, parties: list[Party], focus: Focus) -> Deal | None:
    investors = [p for p in givers(sentence, parties) if p.entity_id is None or p.kind != "park"]
    resolved = company_of(kind, sentence, clause, parties, investors, focus)
    if resolved is None:
        return None
    company, investors = resolved
    amount = clause.amount
    return Deal(
        company=company.name,
        company_id=company.entity_id,
        kind=kind,
        value=amount.value if amount else None,
        currency=amount.currency if amount else None,
        krw=amount.krw if amount else None,
        round=round_of(sentence.text, kind),
        investors=investor_names(sentence, investors, company) if kind in _WITH_INVESTORS else (),
        period=_last(_PERIOD, sentence.text[: clause.start]) or _first(_PERIOD, sentence.text[clause.end :]),
        stated_date=_first(_STATED, sentence.text),
        evidence=sentence.text,
        start=sentence.start,
        end=sentence.end,
    )


def _follow(sentence: Sentence, parties: Sequence[Party], focus: Focus) -> None:
    """A company that is a sentence's subject is what the next sentences go on about."""
    giving = givers(sentence, parties) if len(parties) > 1 else []
    free = [p for p in parties if p.is_company and p not in giving]
    subjects = [p for p in free if is_subject(sentence, p)]
    if "인수" in sentence.text:
        bought = [p for p in parties if p.is_company and _BOUGHT.match(follows(sentence, p))]
        if bought and "인수" in sentence.text[bought[-1].end :]:
            focus.bought, focus.buyer = bought[-1], next(iter(subjects), None)
    if subjects:
        focus.party, focus.paragraph = subjects[0], sentence.paragraph
        return
    goes_on = not free and focus.party is not None and sentence.paragraph == focus.paragraph + 1
    if goes_on and word("carries_on").search(sentence.text):
        focus.paragraph = sentence.paragraph


def _last(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.findall(text)
    return found[-1] if found else None


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[0] if found else None


def _each_once(deals: list[Deal]) -> list[Deal]:
    """A headline, a lead and a summary tell one deal: the fullest telling stays, at the first one's place.

    Where the text gives a sum anywhere, a telling of the same without one is left out.
    """
    with_a_sum = {(deal.company, deal.kind) for deal in deals if deal.value is not None}
    deals = [deal for deal in deals if deal.value is not None or (deal.company, deal.kind) not in with_a_sum]
    kept: dict[tuple[object, ...], Deal] = {}
    for deal in deals:
        key = (deal.company, deal.kind, deal.value, deal.currency)
        before = kept.get(key)
        if before is None or _fullness(deal) > _fullness(before):
            kept[key] = deal
    return list(kept.values())


def _fullness(deal: Deal) -> int:
    return (deal.krw is not None) + (deal.round is not None) + len(deal.investors) + (deal.company_id is not None)
