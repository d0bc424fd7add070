"""Why the articles of a story are together, in one line of Korean and one of English."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digest.stories.packing import unpack
from digest.stories.signature import Signature, is_sum
from storage.database import Session
from storage.stories import StoryMember, entity_names, signatures_of

MOST_ENTITIES, MOST_AMOUNTS, MOST_WORDS = 2, 2, 2
ENTITY_LEAST = 0.1  # rarity and place; less says nothing
NUMBER_LEAST = 0.4
WORD_LEAST = 0.7
HALF = 0.5
_UNKNOWN = "~"


class Telling:
    """What reasons are told with: signatures and names, asked for once, and which articles share text."""

    def __init__(self, session: Session, texts: Iterable[tuple[int, int]]) -> None:
        self.session = session
        self.texts: defaultdict[int, set[int]] = defaultdict(set)
        for one, other in texts:
            self.texts[one].add(other)
            self.texts[other].add(one)
        self._signatures: dict[int, Signature] = {}
        self._names: dict[str, tuple[str, str]] = {}

    def signatures(self, article_ids: Collection[int]) -> dict[int, Signature]:
        """The signatures of these articles, of those that have one."""
        missing = set(article_ids) - self._signatures.keys()
        self._signatures.update((i, unpack(row)) for i, row in signatures_of(self.session, missing).items())
        return {i: self._signatures[i] for i in sorted(article_ids) if i in self._signatures}

    def names(self, entity_ids: Collection[str]) -> dict[str, tuple[str, str]]:
        """Korean and English name of each entity; of a company that no lexicon has, its name."""
        missing = {one for one in entity_ids if one not in self._names}
        known = entity_names(self.session, [one for one in missing if not one.startswith(_UNKNOWN)])
        self._names.update((one, (one[1:], one[1:])) for one in missing if one.startswith(_UNKNOWN))
        self._names.update(
            (one, (_bare(name), _latin(all_names) or _bare(name))) for one, (name, all_names) in known.items()
        )
        return {one: self._names[one] for one in entity_ids if one in self._names}


def reason_of_group(members: Sequence[StoryMember], telling: Telling) -> dict[str, Any]:
    """What most of these articles share, as it is kept with the story."""
    ids = {one.article_id for one in members}
    signatures = list(telling.signatures(ids).values())
    least = max(2, int(len(members) * HALF + HALF))
    entities = _common(({n: w for n, w in one.entities.items() if w >= ENTITY_LEAST} for one in signatures), least)
    numbers = _common(({k: n.weight for k, n in one.numbers.items()} for one in signatures), 2, NUMBER_LEAST)
    words = _common((one.words for one in signatures), least, WORD_LEAST)
    of_all = [row for row in entities if row[1] == len(members)]
    shown = (of_all or entities[:1])[:MOST_ENTITIES]
    keys = [row for row in numbers if row[1] == numbers[0][1] and (row is numbers[0] or is_sum(row[0]))][:MOST_AMOUNTS]
    return worded(
        Shared(
            entities=[name for name, _ in shown],
            amounts=_written(signatures, [key for key, _ in keys]),
            words=[] if shown and keys else [word for word, _ in words[:MOST_WORDS]],
            named_by=min((count for _, count in shown), default=0),
            amounts_by=min((count for _, count in keys), default=0),
            words_by=min((count for _, count in words[:MOST_WORDS]), default=0),
            same_text=sum(1 for i in ids if telling.texts[i] & ids),
            articles=len(members),
        ),
        telling,
    )


def _common(rows: Iterable[Mapping[str, float]], least: int, weight_least: float = 0.0) -> list[tuple[str, int]]:
    """What at least so many have, with how many do: what says most first."""
    counts: Counter[str] = Counter()
    weights: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        for key, weight in row.items():
            if weight >= weight_least:
                counts[key] += 1
                weights[key] += weight
    shared = [(key, count) for key, count in counts.items() if count >= least]
    return sorted(shared, key=lambda row: (-round(weights[row[0]], 6), row[0]))


def _written(signatures: Sequence[Signature], keys: Sequence[str]) -> list[str]:
    """Each number as the first article has it, each way of writing once."""
    found: dict[str, None] = {}
    for key in keys:
        found.setdefault(next(one.numbers[key].written for one in signatures if key in one.numbers))
    return list(found)


@dataclass(frozen=True, slots=True)
class Shared:
    """What articles share, and how many of them have it."""

    entities: Sequence[str]
    amounts: Sequence[str]
    words: Sequence[str]
    named_by: int
    amounts_by: int
    words_by: int
    same_text: int
    articles: int


def worded(shared: Shared, telling: Telling) -> dict[str, Any]:
    """A reason in words, and what it is made of."""
    names = telling.names(shared.entities)
    korean, english = ([names[one][place] for one in shared.entities if one in names] for place in (0, 1))
    words = [word.upper() if word.isascii() else word for word in shared.words]
    by_count: dict[int, tuple[list[str], list[str]]] = {}
    for ours, theirs, count in (
        (korean, english, shared.named_by),
        (shared.amounts, shared.amounts, shared.amounts_by),
        (words, words, shared.words_by),
    ):
        if ours:
            told = by_count.setdefault(count, ([], []))
            told[0].extend(ours)
            told[1].extend(theirs)
    ko, en = [], []
    for count, (ours, theirs) in sorted(by_count.items(), reverse=True):
        who = ("모두", "all") if count == shared.articles else (f"{count}건이", f"{count} of {shared.articles}")
        ko.append(f"{who[0]} {'·'.join(ours)}{object_of(ours[-1])} 다룸")
        en.append(f"{who[1]} about {', '.join(theirs)}")
    if shared.same_text:
        ko.append(f"{shared.same_text}곳이 같은 글")
        en.append(f"{shared.same_text} share their text")
    return {
        "ko": "; ".join(ko) or "제목과 첫머리가 비슷함",
        "en": "; ".join(en) or "headlines and leads are alike",
        "entities": korean,
        "amounts": list(shared.amounts),
        "words": words,
        "same_text": shared.same_text,
    }


def object_of(text: str) -> str:
    """을 or 를, by the last syllable; both where it is no Hangul."""
    last = "트" if text.endswith("%") else text[-1:]
    if not "가" <= last <= "힣":
        return "을(를)"
    return "을" if (ord(last) - ord("가")) % 28 else "를"


def _bare(name: str) -> str:
    """The name without what stands in brackets behind it."""
    return name.partition("(")[0].strip() or name


def _latin(names: Sequence[str]) -> str | None:
    return next((name for name in names if name.isascii() and name[:1].isalpha() and not name.isupper()), None) or next(
        (name for name in names if name.isascii() and name[:1].isalpha()), None
    )
