"""Stories as readers see them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoryReport:
    """One outlet's article of a story. `reported_at`: its own time, unless it has none or one after we saw it.

    `relation` says what it is to the others: `head` (the first report), `copy` or `excerpt` (shares text with an
    earlier article of the story), `report` (the same event in words of its own). `wire_source` is the agency that the
    text names as its own source.
    """

    article_id: int
    outlet: str
    url: str
    title: str
    reported_at: datetime
    relation: str
    wire_source: str | None


@dataclass(frozen=True, slots=True)
class StoryEntity:
    """An entity with how many of the story's articles name it."""

    id: str
    name: str
    kind: str
    articles: int


@dataclass(frozen=True, slots=True)
class StoryDeal:
    """A deal that articles of the story tell; `/v1/deals` has it with every outlet's version."""

    id: int
    company: str
    company_id: str | None
    kind: str
    value: float | None
    currency: str | None
    krw: float | None
    round: str | None
    articles: int


@dataclass(frozen=True, slots=True)
class StoryReason:
    """Why the articles are together, in one line each; empty for a story of one article.

    `entities` are names that most of them share, `amounts` sums of money as they are written, `words` other words they
    share, and `same_text` is how many have the text of another.
    """

    ko: str = ""
    en: str = ""
    entities: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    same_text: int = 0


@dataclass(frozen=True, slots=True)
class StoryFollowed:
    """The older story that this one goes on from, and what they share."""

    id: int
    title: str
    reported_at: datetime
    reason: StoryReason


@dataclass(frozen=True, slots=True)
class StoryDetail:
    """One event: its articles in time order (the first is the head), what they name, and where it comes from.

    `merged_into` is None unless this id was given up: then it names the story that has its first report now, the
    rest of the record is empty, and `articles` too. `followed_by` are newer stories that go on from this one.
    """

    id: int
    title: str
    head: StoryReport | None
    articles: tuple[StoryReport, ...]
    first_reported_at: datetime
    last_reported_at: datetime
    entities: tuple[StoryEntity, ...]
    deals: tuple[StoryDeal, ...]
    reason: StoryReason
    follows: StoryFollowed | None
    followed_by: tuple[int, ...]
    merged_into: int | None

    @property
    def also_reported_by(self) -> tuple[StoryReport, ...]:
        """The articles after the head, in time order."""
        return self.articles[1:]
