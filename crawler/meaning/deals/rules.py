"""Reads deals off sentences: an amount, what is said of it, and whose it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from crawler.meaning.amounts import Amount
from crawler.meaning.candidates import Candidate
from crawler.meaning.deals.kinds import Clause, area_total, kind_of, round_of
from crawler.meaning.deals.parties import (
    Party,
    follows,
    givers,
    is_owner,
    is_subject,
    is_target,
    subject_before,
)
from crawler.meaning.deals.records import Deal
from crawler.meaning.deals.sentences import Sentence, sentences
from crawler.meaning.deals.words import word
from crawler.meaning.mentions import Mention

_Placed = TypeVar("_Placed", Amount, Mention, Candidate)

_AHEAD, _BEHIND = 46, 44
_PART_OF_YEAR = r"(?: (?:상반기|하반기|[1-4]분기|\d{1,2}월))?"
_PERIOD = re.compile(
    rf"(?:지난해|작년|재작년|올해|올 들어|올|내년)(?: 한 해)?{_PART_OF_YEAR}|(?:19|20)\d\d년{_PART_OF_YEAR}|"
    r"지난 \d+년간|최근 \d+년간|지난달|이달|상반기|하반기|[1-4]분기|최근"
)
_STATED = re.compile(r"(?:(?:19|20)\d\d년 )?(?:\d{1,2}월 )?\d{1,2}일|지난 \d{1,2}월|이날|전날|어제|오늘")
_DESCRIBED_REACH = 24
_UNKNOWN = re.compile(r"(?<![가-힣A-Za-z0-9])([가-힣A-Za-z0-9]{2,16}?)(?:은|는|이|가|,)(?![가-힣])")
_BOUGHT = re.compile(r"(?:를|을)(?![가-힣])")
_BRACKET = re.compile(r"\s?[(（][^)）]{0,60}[)）]")
_BUYING = re.compile(r"(?:acquire[sd]?|buys|bought|to buy|takes over) $")
_WITH_INVESTORS = frozenset({"raised", "acquired", "listed"})


@dataclass(slots=True)
class _Focus:
    """The company a paragraph goes on about, and how many paragraphs ago it was named."""

    party: Party | None = None
    paragraph: int = 0
    bought: Party | None = None  # whom the text last said to be bought
    buyer: Party | None = None


def find_deals(
    text: str, mentions: Sequence[Mention], amounts: Sequence[Amount], candidates: Sequence[Candidate] = ()
) -> list[Deal]:
    """The deals of a text (one paragraph a line) in reading order; what is said twice is one deal."""
    deals: list[Deal] = []
    focus = _Focus()
    cut = list(sentences(text))
    everybody = _parties(cut, mentions, candidates)
    money = _by_sentence(cut, [amount for amount in amounts if amount.role == "amount"])
    for sentence, parties, inside in zip(cut, everybody, money, strict=True):
        for clause in _clauses(sentence, inside):
            deal = _deal(sentence, clause, parties, focus)
            if deal is not None:
                deals.append(deal)
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
                sentence.text[end : min(ceiling, end + _BEHIND)],
                start,
                end,
            )
        )
    return clauses


def _deal(sentence: Sentence, clause: Clause, parties: list[Party], focus: _Focus) -> Deal | None:
    kind = area_total(sentence, clause, parties) or kind_of(clause)
    if kind is None:
        return None
    investors = [p for p in givers(sentence, parties) if p.entity_id is None or p.kind != "park"]
    resolved = _company(kind, sentence, clause, parties, investors, focus)
    if resolved is None:
        return None
    company, investors = resolved
    amount = clause.amount
    return Deal(
        company=company.name,
        company_id=company.entity_id,
        kind=kind,
        value=amount.value,
        currency=amount.currency,
        krw=amount.krw,
        round=round_of(sentence.text, kind),
        investors=_names(sentence, investors, company) if kind in _WITH_INVESTORS else (),
        period=_last(_PERIOD, sentence.text[: clause.start]) or _first(_PERIOD, sentence.text[clause.end :]),
        stated_date=_first(_STATED, sentence.text),
        evidence=sentence.text,
        start=sentence.start,
        end=sentence.end,
    )


def _names(sentence: Sentence, investors: Sequence[Party], company: Party) -> tuple[str, ...]:
    """The investors' names; where the lexicon knows none, those that are spelt like funds."""
    known = tuple(dict.fromkeys(party.name for party in investors if party.name != company.name))
    if known:
        return known
    spelt = _fund_gives().findall(sentence.text)
    return tuple(dict.fromkeys(name for name in spelt if name != company.name))


@cache
def _fund_gives() -> re.Pattern[str]:
    giving = r"(?:로부터|으로부터|에게서|(?:이|가) (?:주도|이끈|이끄는|리드|참여)|\s?등(?:이|으로부터|의) )"
    return re.compile(rf"([가-힣A-Za-z0-9&]{{1,18}}{word('fund_ends').pattern}){giving}")


def _company(
    kind: str, sentence: Sentence, clause: Clause, parties: list[Party], investors: list[Party], focus: _Focus
) -> tuple[Party, list[Party]] | None:
    if kind == "area_total":
        return next(p for p in reversed(parties) if p.is_area and p.end <= clause.start), []
    if kind in {"fund_formed", "subsidy"}:
        return _founder(sentence, clause, parties, focus)
    if kind == "acquired":
        return _bought(sentence, clause, parties, focus)
    gives = word("giving").search(clause.behind)
    if kind == "raised" and gives:
        return _given_to(sentence, parties, investors)
    described = _described(sentence, clause, parties)
    if described is not None:
        return described, [p for p in investors if p is not described]
    free = [p for p in parties if p not in investors]
    subject = subject_before(sentence, free, clause.start)
    if subject is None and kind != "raised":
        subject = next(
            (
                p
                for p in reversed(free)
                if p.is_company and p.end <= clause.start and not is_target(sentence, p) and is_owner(sentence, p)
            ),
            None,
        )
    subject = subject or _headline(sentence, clause, free)
    subject = (
        subject or _behind(sentence, clause, free) or _unknown(sentence, clause) or _carried(sentence, free, focus)
    )
    return (subject, [p for p in investors if p is not subject]) if subject else None


def _described(sentence: Sentence, clause: Clause, parties: Sequence[Party]) -> Party | None:
    """4억달러를 유치한 센스타임: the company behind the verb."""
    verb = word("describing").search(sentence.text, clause.end, min(len(sentence.text), clause.end + _BEHIND))
    if verb is None:
        return None
    near = [p for p in parties if p.is_company and verb.end() <= p.start <= verb.end() + _DESCRIBED_REACH]
    return near[0] if near else None


def _headline(sentence: Sentence, clause: Clause, parties: Sequence[Party]) -> Party | None:
    """Headlines leave particles away; the only company before the amount is meant."""
    if sentence.text.endswith((".", "다", "요", "죠")):
        return None
    before = [p for p in parties if p.is_company and p.end <= clause.start and not is_target(sentence, p)]
    return before[0] if len(before) == 1 else None


def _behind(sentence: Sentence, clause: Clause, parties: Sequence[Party]) -> Party | None:
    """A subject that comes late: "30억달러에 이르는 가치를 센스타임은 인정받았다"."""
    late = [p for p in parties if p.is_company and p.start >= clause.end and is_subject(sentence, p)]
    return late[0] if late else None


def _unknown(sentence: Sentence, clause: Clause) -> Party | None:
    """A subject in no lexicon that is spelt like a company: 표본AI는, 표본로보틱스가."""
    found = None
    for match in _UNKNOWN.finditer(sentence.text, 0, clause.start):
        name = match[1]
        if word("company_ends").search(name[1:]) and not word("no_company").match(name):
            found = Party(name, None, "company", match.start(1), match.end(1))
    return found


def _carried(sentence: Sentence, parties: Sequence[Party], focus: _Focus) -> Party | None:
    """The company the text goes on about, where the sentence has no subject of its own to be taken for it."""
    if focus.party is None:
        return None
    gap = sentence.paragraph - focus.paragraph
    if gap == 0 and not any(p.is_company and is_subject(sentence, p) for p in parties):
        return focus.party
    return focus.party if gap <= 2 and word("carries_on").search(sentence.text) else None  # noqa: PLR2004


def _given_to(sentence: Sentence, parties: Sequence[Party], investors: list[Party]) -> tuple[Party, list[Party]] | None:
    """A가 B에 6억달러를 투자했다: B raised it, A gave it. Without a B nobody raised anything."""
    near = [p for p in parties if p.is_company and re.match(r"(?:에|에게)(?![가-힣])", follows(sentence, p))]
    if not near:
        near = [p for p in parties if p.is_company and re.match(r"(?:의)?\s?(?:지분|주식)", follows(sentence, p))]
    if not near:
        return None
    target = near[-1]
    subjects = [p for p in parties if p is not target and is_subject(sentence, p)]
    return target, [*dict.fromkeys([*subjects, *(p for p in investors if p is not target)])]


def _bought(
    sentence: Sentence, clause: Clause, parties: Sequence[Party], focus: _Focus
) -> tuple[Party, list[Party]] | None:
    """A가 B를 인수: B was bought, A is the buyer. Without a B, the row is A's."""
    companies = [p for p in parties if p.is_company or p.kind == "investor"]
    bought = [
        p
        for p in companies
        if re.match(r"(?:를|을|의)(?![가-힣])|\s?(?:인수|지분|주식)", follows(sentence, p))
        or _BUYING.search(sentence.text[: p.start])
    ]
    sold = [
        p
        for p in companies
        if re.search(r"에 (?:매각|팔)", clause.behind) and re.match(r"[은는이가]", follows(sentence, p))
    ]
    target = next(iter(bought[-1:] or sold[-1:]), None)
    buyers = [p for p in companies if p is not target and is_subject(sentence, p)]
    if target is None and not buyers and focus.bought is not None:
        return focus.bought, [focus.buyer] if focus.buyer else []
    if target is None:
        target = buyers[-1] if buyers else focus.party
        buyers = []
    return (target, buyers[:1] if buyers else []) if target else None


def _founder(
    sentence: Sentence, clause: Clause, parties: Sequence[Party], focus: _Focus
) -> tuple[Party, list[Party]] | None:
    subjects = [p for p in parties if p.kind not in {"policy", "market"} and is_subject(sentence, p)]
    others = [p for p in parties if p.kind not in {"policy", "market"} and p.end <= clause.start]
    party = next(iter(subjects[:1] or others[-1:]), None) or _city(sentence) or _carried(sentence, parties, focus)
    return (party, []) if party else None


def _city(sentence: Sentence) -> Party | None:
    """A city, a province or the government as the one who gives."""
    found = re.search(
        r"(?:^|[\s'\"‘“])([가-힣]{2,6}(?:시|구|성)(?: 정부)?|중국 정부|중국 국무원|국무원|중앙정부)"
        r"(?:가|는|은|이|에서는|정부는|정부가)(?![가-힣])",
        sentence.text,
    )
    return Party(found[1], None, "place", found.start(1), found.end(1)) if found else None


def _follow(sentence: Sentence, parties: Sequence[Party], focus: _Focus) -> None:
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
    """A headline, a lead and a summary tell one deal: the fullest telling stays, at the first one's place."""
    kept: dict[tuple[object, ...], Deal] = {}
    for deal in deals:
        key = (deal.company, deal.kind, deal.value, deal.currency)
        before = kept.get(key)
        if before is None or _fullness(deal) > _fullness(before):
            kept[key] = deal
    return list(kept.values())


def _fullness(deal: Deal) -> int:
    return (deal.krw is not None) + (deal.round is not None) + len(deal.investors) + (deal.company_id is not None)
