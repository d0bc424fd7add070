"""Whose an event of money is: the company of a deal, and who gave."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from crawler.meaning.deals.kinds import Clause, round_of
from crawler.meaning.deals.parties import (
    Party,
    follows,
    is_owner,
    is_subject,
    is_target,
    subject_before,
    with_their_list,
)
from crawler.meaning.deals.sentences import Sentence
from crawler.meaning.deals.words import word

REACH_BEHIND = 44
_DESCRIBED_REACH = 24
_UNKNOWN = re.compile(r"(?<![가-힣A-Za-z0-9])([가-힣A-Za-z0-9]{2,16}?)(?:은|는|이|가|,)(?![가-힣])")
_FIRST_SUBJECT = re.compile(r"['\"‘“]?([가-힣A-Za-z0-9]{3,14}?)['\"’”]?(?:은|는|이|가)(?![가-힣])")
_CALLED = re.compile(
    r"(?:스타트업|벤처기업|개발사|신생 기업)\s['\"‘“]?([가-힣A-Za-z0-9]{3,14}?)['\"’”]?(?:은|는|이|가)(?![가-힣])"
)
_INTO = re.compile(r"(?:round|invested|investment) (?:in|into) $")
_BUYING = re.compile(r"(?:acquire[sd]?|buys|bought|to buy|takes over) $")


@dataclass(slots=True)
class Focus:
    """The company a paragraph goes on about, and how many paragraphs ago it was named."""

    party: Party | None = None
    paragraph: int = 0
    bought: Party | None = None  # whom the text last said to be bought
    buyer: Party | None = None


def investor_names(sentence: Sentence, investors: Sequence[Party], company: Party) -> tuple[str, ...]:
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


def company_of(
    kind: str, sentence: Sentence, clause: Clause, parties: list[Party], investors: list[Party], focus: Focus
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
        subject
        or _behind(sentence, clause, free)
        or (_valued_by_a_giver(sentence, clause, free) if kind == "valued" else None)
        or _unknown(sentence, clause)
        or _carried(sentence, free, focus)
    )
    return (subject, [p for p in investors if p is not subject]) if subject else None


def _valued_by_a_giver(sentence: Sentence, clause: Clause, parties: Sequence[Party]) -> Party | None:
    """A가 B에 투자하며 기업가치를 30억달러로 평가했다: B."""
    before = [p for p in parties if p.is_company and p.end <= clause.start and _is_given(sentence, p)]
    return before[-1] if before else None


def _described(sentence: Sentence, clause: Clause, parties: Sequence[Party]) -> Party | None:
    """4억달러를 유치한 센스타임: the company behind the verb."""
    verb = word("describing").search(sentence.text, clause.end, min(len(sentence.text), clause.end + REACH_BEHIND))
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
    """A subject in no lexicon that is spelt like a company, or is said to raise a round: 표본AI는, 표본로보틱스가."""
    found = None
    first = _FIRST_SUBJECT.match(sentence.text)
    if first and round_of(sentence.text, "raised") and not word("no_name").match(first[1]):
        found = Party(first[1], None, "company", first.start(1), first.end(1))
    called = _CALLED.search(sentence.text, 0, clause.start)
    if called and not word("no_name").match(called[1]):
        found = Party(called[1], None, "company", called.start(1), called.end(1))
    for match in _UNKNOWN.finditer(sentence.text, 0, clause.start):
        name = match[1]
        if word("company_ends").search(name[1:]) and not word("no_company").match(name):
            found = Party(name, None, "company", match.start(1), match.end(1))
    return found


def _carried(sentence: Sentence, parties: Sequence[Party], focus: Focus) -> Party | None:
    """The company the text goes on about, where the sentence has no subject of its own to be taken for it."""
    if focus.party is None:
        return None
    gap = sentence.paragraph - focus.paragraph
    if gap == 0 and not any(p.is_company and is_subject(sentence, p) for p in parties):
        return focus.party
    return focus.party if gap <= 2 and word("carries_on").search(sentence.text) else None  # noqa: PLR2004


def _given_to(sentence: Sentence, parties: Sequence[Party], investors: list[Party]) -> tuple[Party, list[Party]] | None:
    """A가 B에 6억달러를 투자했다: B raised it, A gave it. Without a B nobody raised anything."""
    near = [p for p in parties if p.is_company and (_is_given(sentence, p) or _INTO.search(sentence.text[: p.start]))]
    if not near:
        near = [p for p in parties if p.is_company and re.match(r"(?:의)?\s?(?:지분|주식)", follows(sentence, p))]
    near = near or _named_before_the_giver(sentence, parties)
    if not near:
        return None
    target = near[-1]
    before = [p for p in parties if p.end <= target.start]
    subjects = with_their_list(sentence, before, [p for p in before if is_subject(sentence, p)])
    subjects += [p for p in parties if p.start >= target.end and is_subject(sentence, p)]
    return target, [*dict.fromkeys([*subjects, *(p for p in investors if p is not target)])]


def _is_given(sentence: Sentence, party: Party) -> bool:
    return re.match(r"(?:에|에게)(?![가-힣])", follows(sentence, party)) is not None


def _named_before_the_giver(sentence: Sentence, parties: Sequence[Party]) -> list[Party]:
    """Headlines: "문샷AI 몸값 6조원"…알리바바 8억달러 베팅."""
    companies = [p for p in parties if p.is_company]
    is_headline = not sentence.text.endswith((".", "다", "요", "죠"))
    of_two = is_headline and len(companies) == 2 and is_subject(sentence, companies[1])  # noqa: PLR2004
    return companies[:1] if of_two and "…" in sentence.text[companies[0].end : companies[1].start] else []


def _bought(
    sentence: Sentence, clause: Clause, parties: Sequence[Party], focus: Focus
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
    sentence: Sentence, clause: Clause, parties: Sequence[Party], focus: Focus
) -> tuple[Party, list[Party]] | None:
    subjects = [p for p in parties if p.kind not in {"policy", "market"} and is_subject(sentence, p)]
    others = [p for p in parties if p.kind not in {"policy", "market"} and p.end <= clause.start]
    party = next(iter(subjects[:1]), None) or _city(sentence) or next(iter(others[-1:]), None)
    party = party or _carried(sentence, parties, focus)
    return (party, []) if party else None


def _city(sentence: Sentence) -> Party | None:
    """A city, a province or the government as the one who gives."""
    found = re.search(
        r"(?:^|[\s'\"‘“])([가-힣]{2,6}(?:시|구|성)(?: 정부)?|중국 정부|중국 국무원|국무원|중앙정부)"
        r"(?:가|는|은|이|에서는|정부는|정부가)(?![가-힣])",
        sentence.text,
    )
    return Party(found[1], None, "place", found.start(1), found.end(1)) if found else None
