"""What an amount is said to be: raised, a valuation, a price, a fund, a subsidy, an area's total, or none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.meaning.amounts import Amount
from crawler.meaning.deals.parties import Party, follows, subject_before
from crawler.meaning.deals.sentences import Sentence
from crawler.meaning.deals.words import cues, rounds, word

_NEAR = 7  # a cue this close in front of its amount says more than one further behind
_OF_AN_AREA = re.compile(r"(?:에서|에는|에만|에|의|은|는|이|가|으로|로)|\s(?:벤처|투자|스타트업|지역|일대|창업|기업)")
_NO_TOTAL = re.compile(r"펀드|기금|보조금|지원금")


@dataclass(slots=True)
class Clause:
    """An amount, or an event without one, with the words around it, up to its neighbours."""

    amount: Amount | None
    ahead: str
    behind: str
    start: int
    end: int


def kind_of(clause: Clause, sentence_before: str = "") -> str | None:
    """The kind whose words stand nearest: close in front of the amount first, then behind it, then further in front.

    What is planned only is none.
    """
    kind = _nearest(clause)
    if kind in {"raised", "listed", "acquired"} and word("planned").search(clause.behind):
        return None
    return "listed" if kind == "raised" and word("offering").search(sentence_before) else kind


def _nearest(clause: Clause) -> str | None:
    before, after = clause.ahead.lower(), clause.behind.lower()
    ahead = {cue.kind: _distance_ahead(cue.before, before) for cue in cues()}
    near = {kind: gap for kind, gap in ahead.items() if gap is not None and gap <= _NEAR}
    strong_near = {kind: gap for kind, gap in near.items() if kind in {"none", "valued", "acquired"}}
    if strong_near:
        kind = min(strong_near, key=strong_near.__getitem__)
        return None if kind == "valued" and word("changed").search(clause.behind) else _named(kind)
    found = ((cue.kind, cue.behind.search(after)) for cue in cues())
    behind = {kind: (match.start(), match.end()) for kind, match in found if match}
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


def area_total(sentence: Sentence, clause: Clause, parties: Sequence[Party]) -> str | None:
    """Money that flowed into a district: no company is its subject, and the sentence names the area before it."""
    areas = [party for party in parties if party.is_area and party.end <= clause.start]
    if not areas or subject_before(sentence, parties, clause.start) is not None:
        return None
    if not _OF_AN_AREA.match(follows(sentence, areas[-1])):
        return None
    is_money = word("area_money").search(clause.ahead) or word("area_money").search(clause.behind)
    is_fund = _NO_TOTAL.search(clause.ahead[-14:] + clause.behind[:16])
    return "area_total" if is_money and word("area_flow").search(clause.behind) and not is_fund else None


def round_of(text: str, kind: str) -> str | None:
    if kind not in {"raised", "valued", "listed"}:
        return None
    found = [
        (match.start(), -len(match[0]), name) for name, pattern in rounds() for match in pattern.finditer(text.lower())
    ]
    names = [name for *_, name in sorted(found)]
    if kind == "listed":
        return "IPO"
    specific = [name for name in names if name != "IPO"]
    return specific[0] if specific else None
