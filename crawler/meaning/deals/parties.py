"""Who is who in a sentence about money: the company it is about, who gave, and what stays in focus for the next one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.meaning.deals.sentences import Sentence
from crawler.meaning.deals.words import kinds, word

_CLOSING = re.compile(r"(?:['\"’”\]]|\s?[(（][^)）]{0,40}[)）]|그룹|측|\s정부)*")
_SUBJECT = re.compile(
    r"\s?등(?:이|은|도)(?![가-힣])|(?:은|는|이|가|도|측은|측이|사는|사가|께서)(?![가-힣])|\s?[,:…·]|\s(?=[0-9'\"‘“a-z$])|(?=完成|宣布|获得?)"
)
_TARGET = re.compile(r"(?:에|에게|를|을|에도|에만)(?![가-힣])")
_OWNER = re.compile(r"의(?![가-힣])")
_LIST = re.compile(r"\s?(?:[,·]|와|과|및|그리고)\s?")
_GIVER_REACH = 34


@dataclass(frozen=True, slots=True)
class Party:
    """A name in a sentence, known to the lexicon or not; offsets count characters of the sentence."""

    name: str
    entity_id: str | None
    kind: str
    start: int
    end: int

    @property
    def is_company(self) -> bool:
        return self.kind in kinds("companies")

    @property
    def is_area(self) -> bool:
        return self.kind in kinds("area")


def follows(sentence: Sentence, party: Party) -> str:
    """What stands behind a name, its closing quotes and brackets passed over."""
    return sentence.text[_CLOSING.match(sentence.text, party.end).end() :]  # type: ignore[union-attr]


def is_subject(sentence: Sentence, party: Party) -> bool:
    return _SUBJECT.match(follows(sentence, party)) is not None


def is_target(sentence: Sentence, party: Party) -> bool:
    return _TARGET.match(follows(sentence, party)) is not None


def is_owner(sentence: Sentence, party: Party) -> bool:
    return _OWNER.match(follows(sentence, party)) is not None


def givers(sentence: Sentence, parties: Sequence[Party]) -> list[Party]:
    """The parties that give money: "A, B 등이 참여한", "C로부터", "D가 주도한". A list of names shares its ending."""
    found: list[Party] = []
    for party in reversed(parties):
        rest = follows(sentence, party)
        giving = word("investor").match(rest.lstrip()[:12]) or _gives_soon(rest)
        in_list = bool(found) and _LIST.fullmatch(sentence.text[_close(sentence, party) : found[-1].start]) is not None
        if party.kind == "investor" and not is_subject(sentence, party) and not giving:
            giving = in_list or re.match(r"\s?등", rest) is not None
        if giving or in_list:
            found.append(party)
    return found[::-1]


def with_their_list(sentence: Sentence, parties: Sequence[Party], found: Sequence[Party]) -> list[Party]:
    """The parties found, with those that stand in one list with them: "A와 B는" are both."""
    chosen: list[Party] = []
    for party in reversed(parties):
        following = chosen[-1] if chosen else None
        joined = following and _LIST.fullmatch(sentence.text[_close(sentence, party) : following.start])
        if party in found or joined:
            chosen.append(party)
    return chosen[::-1]


def _gives_soon(rest: str) -> bool:
    return (
        re.match(
            r"(?:\s?등\s?[^.,]{0,14}|\s?등|[와과]\s[가-힣A-Za-z0-9 ]{2,18}?)?"
            r"(?:로부터|으로부터|에게서|의 [0-9][^.가-힣]{0,12}[조억만][^.]{0,16}투자를 |"
            r"에서 (?:투자|자금|[0-9])"
            r"|(?:이|가|도) (?:주도|리드|이끈|참여|투자(?!(?:를|금을|금)? ?(?:추가로 ?)?(?:유치|받|확보))|출자|공동))",
            rest[:_GIVER_REACH],
        )
        is not None
    )


def _close(sentence: Sentence, party: Party) -> int:
    return _CLOSING.match(sentence.text, party.end).end()  # type: ignore[union-attr]


def subject_before(sentence: Sentence, parties: Sequence[Party], position: int) -> Party | None:
    """The nearest company before a place that its sentence is about."""
    before = [party for party in parties if party.is_company and party.end <= position]
    subjects = [party for party in before if is_subject(sentence, party)]
    owners = [party for party in before if is_owner(sentence, party)]
    return next(iter(subjects[::-1] or owners[::-1]), None)
