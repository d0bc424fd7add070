"""Reads deals off sentences: an amount, what is said of it, and whose it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from crawler.meaning.amounts import Amount
from crawler.meaning.candidates import Candidate
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
from crawler.meaning.deals.words import cues, rounds, word
from crawler.meaning.mentions import Mention

_Placed = TypeVar("_Placed", Amount, Mention, Candidate)

_AHEAD, _BEHIND = 46, 44
_NEAR = 7  # a cue this close in front of its amount says more than one further behind
_PART_OF_YEAR = r"(?: (?:상반기|하반기|[1-4]분기|\d{1,2}월))?"
_PERIOD = re.compile(
    rf"(?:지난해|작년|재작년|올해|올 들어|올|내년)(?: 한 해)?{_PART_OF_YEAR}|(?:19|20)\d\d년{_PART_OF_YEAR}|"
    r"지난 \d+년간|최근 \d+년간|지난달|이달|상반기|하반기|[1-4]분기|최근"
)
_STATED = re.compile(r"(?:(?:19|20)\d\d년 )?(?:\d{1,2}월 )?\d{1,2}일|지난 \d{1,2}월|이날|전날|어제|오늘")
_DESCRIBED_REACH = 24
_UNKNOWN = re.compile(r"(?<![가-힣A-Za-z0-9])([가-힣A-Za-z0-9]{2,16}?)(?:은|는|이|가|,)(?![가-힣])")
_BUYING = re.compile(r"(?:acquire[sd]?|buys|bought|to buy|takes over) $")
_WITH_INVESTORS = frozenset({"raised", "acquired", "listed"})


@dataclass(slots=True)
class _Focus:
    """The company a paragraph goes on about, and how many paragraphs ago it was named."""

    party: Party | None = None
    paragraph: int = 0
    bought: Party | None = None  # whom the text last said to be bought
    buyer: Party | None = None


@dataclass(slots=True)
class _Clause:
    """An amount with the words around it, up to its neighbours."""

    amount: Amount
    ahead: str
    behind: str
    start: int
    end: int
    parties: Sequence[Party] = field(default_factory=list)


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


def _clauses(sentence: Sentence, amounts: Sequence[Amount]) -> list[_Clause]:
    clauses = []
    for number, amount in enumerate(amounts):
        start, end = amount.start - sentence.start, amount.end - sentence.start
        closing = re.compile(r"\s?[(（][^)）]{0,60}[)）]").match(sentence.text, end)
        end = closing.end() if closing else end
        floor = amounts[number - 1].end - sentence.start if number else 0
        ceiling = amounts[number + 1].start - sentence.start if number + 1 < len(amounts) else len(sentence.text)
        if amount.qualifier == "이상" and number + 1 < len(amounts) and ceiling - end <= 3:  # noqa: PLR2004
            continue  # the lower end of a range
        clauses.append(
            _Clause(
                amount,
                sentence.text[max(floor, start - _AHEAD) : start],
                sentence.text[end : min(ceiling, end + _BEHIND)],
                start,
                end,
            )
        )
    return clauses


def _deal(sentence: Sentence, clause: _Clause, parties: list[Party], focus: _Focus) -> Deal | None:
    kind = _area_total(sentence, clause, parties) or _kind(clause)
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
        round=_round(sentence.text, kind),
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


def _kind(clause: _Clause) -> str | None:
    """The kind whose words stand nearest: close in front of the amount first, then behind it, then further in front."""
    ahead = {cue.kind: _distance_ahead(cue.before, clause.ahead) for cue in cues()}
    near = {kind: gap for kind, gap in ahead.items() if gap is not None and gap <= _NEAR}
    behind = {}
    for cue in cues():
        found = cue.behind.search(clause.behind)
        if found:
            behind[cue.kind] = (found.start(), found.end())
    strong_near = {kind: gap for kind, gap in near.items() if kind in {"none", "valued", "acquired"}}
    if strong_near:
        return _named(min(strong_near, key=strong_near.__getitem__))
    if behind:
        kind = min(behind, key=behind.__getitem__)
        if kind == "raised" and ahead.get("listed") is not None:
            return "listed"
        return _named(kind)
    if near:
        return _named(min(near, key=near.__getitem__))
    rest = {kind: gap for kind, gap in ahead.items() if gap is not None and kind != "none"}
    return _named(min(rest, key=rest.__getitem__)) if rest else None


def _named(kind: str) -> str | None:
    return None if kind == "none" else kind


def _distance_ahead(pattern: re.Pattern[str], ahead: str) -> int | None:
    ends = [match.end() for match in pattern.finditer(ahead)]
    return len(ahead) - ends[-1] if ends else None


def _area_total(sentence: Sentence, clause: _Clause, parties: Sequence[Party]) -> str | None:
    """Money that flowed into a district: no company is its subject, and the sentence names the area before it."""
    areas = [party for party in parties if party.is_area and party.end <= clause.start]
    if not areas or subject_before(sentence, parties, clause.start) is not None:
        return None
    if not re.match(
        r"(?:에서|에는|에만|에|의|은|는|이|가|으로|로)|\s(?:벤처|투자|스타트업|지역|일대|창업|기업)",
        follows(sentence, areas[-1]),
    ):
        return None
    is_money = word("area_money").search(clause.ahead) or word("area_money").search(clause.behind)
    is_fund = re.search(r"펀드|기금|보조금|지원금", clause.ahead[-14:] + clause.behind[:16])
    return "area_total" if is_money and word("area_flow").search(clause.behind) and not is_fund else None


def _company(
    kind: str, sentence: Sentence, clause: _Clause, parties: list[Party], investors: list[Party], focus: _Focus
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


def _described(sentence: Sentence, clause: _Clause, parties: Sequence[Party]) -> Party | None:
    """4억달러를 유치한 센스타임: the company behind the verb."""
    verb = word("describing").search(sentence.text, clause.end, min(len(sentence.text), clause.end + _BEHIND))
    if verb is None:
        return None
    near = [p for p in parties if p.is_company and verb.end() <= p.start <= verb.end() + _DESCRIBED_REACH]
    return near[0] if near else None


def _headline(sentence: Sentence, clause: _Clause, parties: Sequence[Party]) -> Party | None:
    """Headlines leave particles away; the only company before the amount is meant."""
    if sentence.text.endswith((".", "다", "요", "죠")):
        return None
    before = [p for p in parties if p.is_company and p.end <= clause.start and not is_target(sentence, p)]
    return before[0] if len(before) == 1 else None


def _behind(sentence: Sentence, clause: _Clause, parties: Sequence[Party]) -> Party | None:
    """A subject that comes late: "30억달러에 이르는 가치를 센스타임은 인정받았다"."""
    late = [p for p in parties if p.is_company and p.start >= clause.end and is_subject(sentence, p)]
    return late[0] if late else None


def _unknown(sentence: Sentence, clause: _Clause) -> Party | None:
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
    sentence: Sentence, clause: _Clause, parties: Sequence[Party], focus: _Focus
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
    sentence: Sentence, clause: _Clause, parties: Sequence[Party], focus: _Focus
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
    bought = [p for p in parties if p.is_company and re.match(r"(?:를|을)(?![가-힣])", follows(sentence, p))]
    if bought and "인수" in sentence.text[bought[-1].end :]:
        focus.bought, focus.buyer = bought[-1], next(iter(subjects), None)
    if subjects:
        focus.party, focus.paragraph = subjects[0], sentence.paragraph
    elif (
        focus.party is not None
        and sentence.paragraph == focus.paragraph + 1
        and word("carries_on").search(sentence.text)
        and not free
    ):
        focus.paragraph = sentence.paragraph


def _round(text: str, kind: str) -> str | None:
    if kind not in {"raised", "valued", "listed"}:
        return None
    found = [(match.start(), -len(match[0]), name) for name, pattern in rounds() for match in pattern.finditer(text)]
    names = [name for *_, name in sorted(found)]
    if kind == "listed":
        return "IPO"
    specific = [name for name in names if name != "IPO"]
    return specific[0] if specific else None


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
