"""What is watched, as terms in a data file, and how much an article touches it, with the reasons."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from storage.errors import ConfigurationError, explain_validation

# A term counts once, at the best place it stands in.
PLACES = {"title": 2.0, "lead": 1.5, "body": 0.6}
LEAD_PARAGRAPHS = 2
_MOST_SUPPORT = 2.0  # however many supporting words there are
_MOST_AGAINST = 8.0
# A name said once far down is a mention in passing; said over and over, the article is about it.
_REPEATED = 3
_REPEATED_BOOST = 2.0

WeightedForms = dict[str, tuple[str, ...]]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


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
    anchors: WeightedForms = Field(default_factory=dict)
    near: tuple[Near, ...] = ()
    support: WeightedForms = Field(default_factory=dict)
    against: WeightedForms = Field(default_factory=dict)
    hints: tuple[str, ...] = ()
    excepted: tuple[str, ...] = Field(default=(), alias="except")

    @field_validator("anchors", "support", "against")
    @classmethod
    def _numeric_weights(cls, value: WeightedForms) -> WeightedForms:
        for weight in value:
            if not re.fullmatch(r"\d+(\.\d+)?", weight):
                raise ValueError(f'{weight!r} is not a weight: write a number in quotes, as in "3.5"')
        return value


class TopicsFile(_Part):
    topic: tuple[Topic, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Relevance:
    """How much an article touches the topics: the best topic's score, every topic reached, and why."""

    score: float
    topics: tuple[str, ...]
    reasons: tuple[str, ...]
    relevant: bool


class Topics:
    """The topics in force. Immutable and free of state; the same text always gets the same answer."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._matchers = [_Matcher(topic) for topic in topics]

    def __iter__(self) -> Iterator[Topic]:
        return iter(matcher.topic for matcher in self._matchers)

    def judge(self, title: str, body: Sequence[str]) -> Relevance:
        """The relevance of an article by its title and paragraphs."""
        judged = [(matcher.topic, *matcher.score(title, body)) for matcher in self._matchers]
        _, best_score, reasons = max(judged, key=lambda row: row[1])
        reached = tuple(topic.id for topic, score, _ in judged if score >= topic.threshold)
        return Relevance(round(best_score, 2), reached, reasons, relevant=bool(reached))

    def may_match(self, title: str, summary: str | None) -> bool:
        """Whether a headline and summary make the page worth reading; when in doubt, yes."""
        text = f"{title}\n{summary or ''}"
        return any(matcher.hints_at(text) for matcher in self._matchers)


class _Matcher:
    """One topic with its terms compiled."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic

    @cached_property
    def _excepted(self) -> re.Pattern[str]:
        return _pattern(self.topic.excepted)

    @cached_property
    def _terms(self) -> list[tuple[str, re.Pattern[str], dict[str, float]]]:
        parts = {"anchor": self.topic.anchors, "support": self.topic.support, "against": self.topic.against}
        return [(part, *_compiled(forms)) for part, forms in parts.items()]

    @cached_property
    def _pairs(self) -> list[tuple[Near, re.Pattern[str], re.Pattern[str]]]:
        return [(near, _pattern(near.left), _pattern(near.right)) for near in self.topic.near]

    @cached_property
    def _hints(self) -> re.Pattern[str]:
        anchors = [form for forms in self.topic.anchors.values() for form in forms]
        lefts = [form for near in self.topic.near for form in near.left]
        return _pattern([*self.topic.hints, *anchors, *lefts])

    def hints_at(self, text: str) -> bool:
        return self._hints.search(self._excepted.sub(" ", text)) is not None

    def score(self, title: str, body: Sequence[str]) -> tuple[float, tuple[str, ...]]:
        """The score and its reasons; 0 where neither an anchor nor a pair is found, whatever else stands there."""
        texts = [
            (place, self._excepted.sub(lambda found: " " * len(found[0]), text)) for place, text in _placed(title, body)
        ]
        found = {part: self._found(pattern, weights, texts) for part, pattern, weights in self._terms}
        pairs = self._found_pairs(texts)
        if not found["anchor"] and not pairs:
            return 0.0, ()
        support = min(sum(found["support"].values()), _MOST_SUPPORT)
        against = min(sum(found["against"].values()), _MOST_AGAINST)
        total = sum(found["anchor"].values()) + max(pairs.values(), default=0.0) + support - against
        reasons = [*_reasons("+", found["anchor"]), *_reasons("+", pairs), *_reasons("-", found["against"])]
        return max(total, 0.0), tuple(reasons)

    @staticmethod
    def _found(pattern: re.Pattern[str], weights: dict[str, float], texts: list[tuple[str, str]]) -> dict[str, float]:
        best: dict[str, float] = {}
        times: dict[str, int] = {}
        for place, text in texts:
            for hit in pattern.finditer(text):
                form = hit[0].lower()
                times[form] = times.get(form, 0) + 1
                best[form] = max(best.get(form, 0.0), PLACES[place])
        return {
            form: weights[form] * max(boost, 1.0 if times[form] >= _REPEATED else 0.0) for form, boost in best.items()
        }

    def _found_pairs(self, texts: list[tuple[str, str]]) -> dict[str, float]:
        pairs: dict[str, float] = {}
        for near, left, right in self._pairs:
            for place, text in texts:
                pair = _closest(left, right, text, near.within)
                if pair:
                    pairs[pair] = max(pairs.get(pair, 0.0), near.weight * PLACES[place])
        return pairs


def _placed(title: str, body: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield "title", title
    for number, paragraph in enumerate(body):
        yield ("lead" if number < LEAD_PARAGRAPHS else "body"), paragraph


def _closest(left: re.Pattern[str], right: re.Pattern[str], text: str, within: int) -> str | None:
    lefts = [(hit.start(), hit.end(), hit[0]) for hit in left.finditer(text)]
    if not lefts:
        return None
    for hit in right.finditer(text):
        for start, end, form in lefts:
            gap = hit.start() - end if hit.start() >= end else start - hit.end()
            if 0 <= gap <= within:
                return f"{form} … {hit[0]}"
    return None


def _compiled(forms: WeightedForms) -> tuple[re.Pattern[str], dict[str, float]]:
    weights = {form.lower(): float(weight) for weight, row in forms.items() for form in row}
    return _pattern(weights), weights


def _pattern(forms: Iterable[str]) -> re.Pattern[str]:
    """One expression for all forms, longest first; one that matches nothing for no forms."""
    ordered = sorted(set(forms), key=len, reverse=True)
    return re.compile("|".join(_form(form) for form in ordered) or r"(?!)", re.IGNORECASE)


def _form(form: str) -> str:
    """A form as an expression: Latin words stand alone, a Hangul name begins its word, Hanja stands anywhere."""
    escaped = re.escape(form)
    if re.match(r"[A-Za-z0-9]", form):
        escaped = r"(?<![A-Za-z0-9])" + escaped
    elif re.match("[가-힣]", form):
        escaped = r"(?<![가-힣])" + escaped
    if re.search(r"[A-Za-z0-9]$", form):
        escaped += r"(?![A-Za-z0-9])"
    return escaped


def _reasons(sign: str, found: dict[str, float]) -> Iterator[str]:
    for form, weight in sorted(found.items(), key=lambda row: -row[1]):
        yield f"{sign}{weight:.1f} {form}"


def load_topics(path: Path | None = None) -> Topics:
    """The packaged topics, or those of an operator's file.

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
    return Topics(rows.topic)
