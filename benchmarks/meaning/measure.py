"""Facts read by the program against the labels of tests/gold. `held_out`: only that third, or the rest; None: all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crawler.meaning.amounts import find_amounts
from crawler.meaning.facts import load_reader
from crawler.meaning.folding import fold
from crawler.meaning.topics import load_topics
from tests.gold import DealLabel, Expression, Headline, Sentence


class Found:
    """What was found, beside what should have been. Whoever inherits it counts."""

    right: int
    extra: int
    missing: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missing) if self.right + self.missing else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass
class Score(Found):
    """Counts of hits, false alarms and misses, and the texts that were read wrongly."""

    right: int = 0
    extra: int = 0
    missing: int = 0
    texts: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def exact(self) -> float:
        return 1 - len(self.wrong) / self.texts if self.texts else 1.0

    def add(self, text: str, found: set, wanted: set) -> None:
        self.texts += 1
        self.right += len(found & wanted)
        self.extra += len(found - wanted)
        self.missing += len(wanted - found)
        if found != wanted:
            self.wrong.append(
                f"{text} | extra {sorted(map(str, found - wanted))} | missing {sorted(map(str, wanted - found))}"
            )


def entities(sentences: Iterable[Sentence], *, held_out: bool | None) -> Score:
    """Names with their place: id, start and end must be right."""
    score, reader = Score(), load_reader()
    for sentence in sentences:
        if held_out in {None, sentence.held_out}:
            found = {(m.entity.id, m.start, m.end) for m in reader.mentions(fold(sentence.text))}
            score.add(sentence.text, found, set(sentence.names))
    return score


def amounts(expressions: Iterable[Expression], *, held_out: bool | None) -> Score:
    """Value, currency, won, qualifier and role of every amount must be right."""
    score = Score()
    for expression in expressions:
        if held_out in {None, expression.held_out}:
            found = {(a.value, a.currency, a.krw, a.qualifier, a.role) for a in find_amounts(fold(expression.text))}
            score.add(expression.text, found, set(expression.amounts))
    return score


def deals(rows: Iterable[tuple[str, Sequence[DealLabel], bool]], *, held_out: bool | None) -> Score:
    """Company, kind, money, round (but for IPOs) and investors must be right."""
    score, reader = Score(), load_reader()
    ids = {entity.name: entity.id for entity in reader.lexicon.entities.values()}
    for text, labels, is_held_out in rows:
        if held_out in {None, is_held_out}:
            found = {
                (
                    d.company_id or d.company,
                    d.kind,
                    d.value,
                    d.currency,
                    None if d.kind == "listed" else d.round,
                    frozenset(ids.get(name, name) for name in d.investors),
                )
                for d in reader.read(text).deals
            }
            wanted = {(d.company, d.kind, d.value, d.currency, d.round, d.investors) for d in labels}
            score.add(text, found, wanted)
    return score


def relevance(rows: Iterable[Headline]) -> Score:
    return relevance_of([(row.title, row.lead, row.relevant) for row in rows])


def relevance_of(rows: Iterable[tuple[str, str, bool]]) -> Score:
    """Headline and lead alone must give the label."""
    score, topics = Score(), load_topics()
    for title, lead, wanted in rows:
        judged = topics.judge(title, [lead])
        score.add(
            f"{title} [{judged.score:g}: {', '.join(judged.reasons)}]",
            {title} if judged.relevant else set(),
            {title} if wanted else set(),
        )
    return score
