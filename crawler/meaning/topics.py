"""What is watched, as terms and kinds of entities in a data file; how much an article touches it, and why."""

import re
import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from crawler.meaning.facts import FactReader, article_text, load_reader
from crawler.meaning.folding import fold, fold_name
from crawler.meaning.lexicon import Entity
from crawler.meaning.mentions import Mention
from crawler.meaning.terms import Terms
from storage.errors import ConfigurationError, explain_validation

# A term counts once, at the best place it stands in.
PLACES = {"title": 2.0, "lead": 1.5, "body": 0.6}
LEAD_PARAGRAPHS = 2
_MOST_SUPPORT = 2.0  # however many supporting words there are
_MOST_AGAINST = 8.0
# A name said once far down is a mention in passing; said over and over, the article is about it.
_REPEATED = 3

WeightedForms = dict[str, tuple[str, ...]]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Near(_Part):
    """Two words that mean something when they stand close to each other in one paragraph."""

    left: tuple[str, ...] = Field(min_length=1)
    right: tuple[str, ...] = Field(min_length=1)
    within: int = Field(default=40, ge=1, le=500, description="Characters between the two at most.")
    weight: float = Field(gt=0)


class Topic(_Part):
    """One watched topic; the comments in topics.toml say what each part does."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    name: str
    threshold: float = Field(gt=0)
    must: tuple[tuple[str, ...], ...] = ()
    anchors: WeightedForms = Field(default_factory=dict)
    entities: WeightedForms = Field(default_factory=dict)
    near: tuple[Near, ...] = ()
    support: WeightedForms = Field(default_factory=dict)
    against: WeightedForms = Field(default_factory=dict)
    never: tuple[str, ...] = Field(default=(), alias="not")
    hints: tuple[str, ...] = ()
    excepted: tuple[str, ...] = Field(default=(), alias="except")

    @field_validator("anchors", "entities", "support", "against")
    @classmethod
    def _numeric_weights(cls, value: WeightedForms) -> WeightedForms:
        for weight in value:
            if not re.fullmatch(r"\d+(\.\d+)?", weight):
                raise ValueError(f'{weight!r} is not a weight: write a number in quotes, as in "3.5"')
        return value

    def weights_of(self, part: str) -> dict[str, float]:
        """The weight of each form of a part as folded text has it, and of each selector of `entities`."""
        return self._weights[part]

    @cached_property
    def _weights(self) -> dict[str, dict[str, float]]:
        parts = {"anchors": self.anchors, "support": self.support, "against": self.against}
        folded = {
            part: {fold_name(form): float(weight) for weight, row in weighted.items() for form in row}
            for part, weighted in parts.items()
        }
        selectors = {selector: float(weight) for weight, row in self.entities.items() for selector in row}
        return {**folded, "entities": selectors}


class TopicsFile(_Part):
    topic: tuple[Topic, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class TopicScore:
    """One topic's score for an article, and what made it up."""

    id: str
    score: float
    reasons: tuple[str, ...]
    reached: bool


@dataclass(frozen=True, slots=True)
class Relevance:
    """How much an article touches the topics: the best topic's score, every topic reached, and why."""

    score: float
    topics: tuple[str, ...]
    reasons: tuple[str, ...]
    relevant: bool


@dataclass(slots=True)
class _Found:
    """What a text holds of one topic: for each part the forms with the places they stand in."""

    places: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    spans: dict[tuple[int, str], list[tuple[int, int, str]]] = field(default_factory=lambda: defaultdict(list))


class _Use(NamedTuple):
    """One use of a form: in which topic and part; `near` numbers the pair a left or right word belongs to."""

    topic: int
    part: str
    near: int = -1


class Topics:
    """The topics in force. Immutable and free of state; the same text always gets the same answer."""

    def __init__(self, topics: Iterable[Topic], reader: FactReader | None = None) -> None:
        self._topics = tuple(topics)
        self._given_reader = reader

    def __iter__(self) -> Iterator[Topic]:
        return iter(self._topics)

    @cached_property
    def reader(self) -> FactReader:
        """What finds the entities; the packaged lexicon unless another was given."""
        return self._given_reader or load_reader()

    def judge(self, title: str, body: Sequence[str], mentions: Sequence[Mention] | None = None) -> Relevance:
        """The relevance of an article by its title and paragraphs.

        `mentions` are those of `facts.article_text(title, body)`, where they are known already.
        """
        scores = self.scores(title, body, mentions)
        best = max(scores, key=lambda score: score.score)
        reached = tuple(score.id for score in scores if score.reached)
        return Relevance(best.score, reached, best.reasons, relevant=bool(reached))

    def scores(self, title: str, body: Sequence[str], mentions: Sequence[Mention] | None = None) -> list[TopicScore]:
        """Each topic's score, in the order of the file."""
        text = article_text(title, body)
        folded = fold(text)
        if mentions is None:
            mentions = self.reader.mentions(folded)
        starts = _line_starts(folded.text)
        found = self._find(folded.text, starts)
        original_starts = starts if folded.offsets is None else _line_starts(text)
        return [
            _score(topic, found[number], _entity_places(topic, mentions, original_starts))
            for number, topic in enumerate(self._topics)
        ]

    def may_match(self, title: str, summary: str | None) -> bool:
        """Whether a headline and summary make the page worth reading; when in doubt, yes."""
        folded = fold(f"{title}\n{summary or ''}")
        uses = self._hits(folded.text)
        if any(use.part in {"hint", "anchor", "left"} for *_, use in uses):
            return True
        return any(_weight(topic, entity) for entity in self.reader.touched(folded) for topic in self._topics)

    def _find(self, text: str, starts: list[int]) -> list[_Found]:
        found = [_Found() for _ in self._topics]
        for start, end, use in self._hits(text):
            place = _place(bisect_right(starts, start) - 1)
            if use.part in {"left", "right"}:
                found[use.topic].spans[use.near, use.part].append((start, end, text[start:end]))
            found[use.topic].places[use.part][text[start:end]].append(place)
        for topic, one in zip(self._topics, found, strict=True):
            _pair(topic, one, starts)
        return found

    def _hits(self, text: str) -> list[tuple[int, int, _Use]]:
        """Where forms stand, the longest of each part at a place, without what is excepted."""
        hits: list[tuple[int, int, _Use]] = []
        excepted: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for start, end, uses in self._terms.find(text):
            stands = begins_word(text, start, end)
            for use in uses:
                if use.part == "except":
                    excepted[use.topic].append((start, end))
                elif stands:
                    hits.append((start, end, use))
        kept = hits
        if excepted:
            kept = [
                hit
                for hit in hits
                if not any(hit[0] < end and start < hit[1] for start, end in excepted.get(hit[2].topic, ()))
            ]
        return _longest_of_each(kept)

    @cached_property
    def _terms(self) -> Terms:
        table: dict[str, list[_Use]] = defaultdict(list)
        for number, topic in enumerate(self._topics):
            for part, near, form in _forms(topic):
                table[fold_name(form)].append(_Use(number, part, near))
        return Terms({form: tuple(dict.fromkeys(uses)) for form, uses in table.items()})


def _forms(topic: Topic) -> Iterator[tuple[str, int, str]]:
    for part, weighted in (("anchor", topic.anchors), ("support", topic.support), ("against", topic.against)):
        yield from ((part, -1, form) for row in weighted.values() for form in row)
    for part, row in (("hint", topic.hints), ("except", topic.excepted), ("not", topic.never)):
        yield from ((part, -1, form) for form in row)
    for number, group in enumerate(topic.must):
        yield from (("must", number, form) for form in group)
    for number, near in enumerate(topic.near):
        yield from (("left", number, form) for form in near.left)
        yield from (("right", number, form) for form in near.right)


def begins_word(text: str, start: int, end: int) -> bool:
    """Latin words stand alone, a Hangul form begins its word, Hanja stands anywhere."""
    first, last = text[start], text[end - 1]
    before, after = text[start - 1 : start], text[end : end + 1]
    if _is_latin(last) and _is_latin(after):
        return False
    if _is_latin(first):
        return not _is_latin(before)
    return not ("가" <= first <= "힣" and before and "가" <= before <= "힣")


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _longest_of_each(hits: list[tuple[int, int, _Use]]) -> list[tuple[int, int, _Use]]:
    """Of overlapping forms of one part, the one that begins first, and of those the longest."""
    ends: dict[_Use, int] = {}
    kept = []
    for start, end, use in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        if start >= ends.get(use, 0):
            kept.append((start, end, use))
            ends[use] = end
    return kept


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _place(line: int) -> str:
    if line == 0:
        return "title"
    return "lead" if line <= LEAD_PARAGRAPHS else "body"


def _pair(topic: Topic, found: _Found, starts: list[int]) -> None:
    """Words of a pair that stand close to each other in one paragraph become one form of the part `near`."""
    for number, near in enumerate(topic.near):
        lefts, rights = found.spans.get((number, "left"), ()), found.spans.get((number, "right"), ())
        for left_start, left_end, left in lefts:
            line = bisect_right(starts, left_start)
            for right_start, right_end, right in rights:
                gap = right_start - left_end if right_start >= left_end else left_start - right_end
                if 0 <= gap <= near.within and bisect_right(starts, right_start) == line:
                    found.places[f"near {number}"][f"{left} … {right}"].append(_place(line - 1))


def _entity_places(topic: Topic, mentions: Sequence[Mention], starts: list[int]) -> dict[str, tuple[float, list[str]]]:
    """The entities that count for a topic, as the text first writes them: weight and the places of all mentions."""
    written: dict[str, str] = {}
    places: dict[str, tuple[float, list[str]]] = {}
    for mention in mentions:
        weight = _weight(topic, mention.entity)
        if weight:
            name = written.setdefault(mention.entity.id, mention.text)
            row = places.setdefault(name, (weight, []))
            row[1].append(_place(bisect_right(starts, mention.start) - 1))
    return places


def _weight(topic: Topic, entity: Entity) -> float:
    """The weight of an entity by its id, else by kind and strength, else by its kind, else by its strength."""
    weights = topic.weights_of("entities")
    for selector in (entity.id, f"{entity.kind}:{entity.weight}", f"kind:{entity.kind}", entity.weight):
        if selector in weights:
            return weights[selector]
    return 0.0


def _score(topic: Topic, found: _Found, entities: dict[str, tuple[float, list[str]]]) -> TopicScore:
    """0 where neither an anchor, an entity nor a pair is found, a must is missing or a not is there."""
    anchors = _weighed(found.places["anchor"], topic.weights_of("anchors"))
    anchors |= {name: weight * _boost(places) for name, (weight, places) in entities.items()}
    pairs = {
        form: near.weight * max(PLACES[place] for place in places)
        for number, near in enumerate(topic.near)
        for form, places in found.places[f"near {number}"].items()
    }
    must_missing = any(not ({fold_name(form) for form in group} & set(found.places["must"])) for group in topic.must)
    if not (anchors or pairs) or must_missing or found.places["not"]:
        return TopicScore(topic.id, 0.0, (), reached=False)
    against = _weighed(found.places["against"], topic.weights_of("against"))
    base = sum(anchors.values()) + max(pairs.values(), default=0.0)
    support = min(sum(_weighed(found.places["support"], topic.weights_of("support")).values()), _MOST_SUPPORT, base)
    total = base + support - min(sum(against.values()), _MOST_AGAINST)
    reasons = (*_reasons("+", anchors), *_reasons("+", pairs), *_reasons("-", against))
    score = round(max(total, 0.0), 2)
    return TopicScore(topic.id, score, reasons, reached=score >= topic.threshold)


def _weighed(forms: dict[str, list[str]], weights: dict[str, float]) -> dict[str, float]:
    return {form: weights[form] * _boost(places) for form, places in forms.items()}


def _boost(places: list[str]) -> float:
    return max(*(PLACES[place] for place in places), 1.0 if len(places) >= _REPEATED else 0.0)


def _reasons(sign: str, found: dict[str, float]) -> Iterator[str]:
    for form, weight in sorted(found.items(), key=lambda row: -row[1]):
        yield f"{sign}{weight:.1f} {form}"


def load_topics(path: Path | None = None, reader: FactReader | None = None) -> Topics:
    """The packaged topics, or those of an operator's file; `reader` knows the operator's names, too.

    Raises ConfigurationError naming the file, the key and the nearest right key.
    """
    file: Traversable = path if path is not None else files("crawler") / "meaning" / "topics.toml"
    if not file.is_file():
        raise ConfigurationError(f"The topics file {file} does not exist: make it, or take it out of `crawler.topics`.")
    try:
        rows = TopicsFile.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}.") from error
    except ValidationError as error:
        raise ConfigurationError(f"{file}: {explain_validation(error, TopicsFile)}") from error
    return Topics(rows.topic, reader)
