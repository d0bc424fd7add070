"""Which corrections are due to whom: a reader is told what changed in articles that this reader was mailed before.

Readers are not asked one by one: whoever has the same of the issues that matter is due the same, and an issue is made
once for all of them.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from digest.content import Correction
from digest.corrections import NO_TEXT, Text
from storage.database import Session
from storage.digests import DigestArticle, IssueEntry
from storage.told import Telling, Told, holders, tellings, texts_of

Judge = Callable[[DigestArticle, Told, Text], Correction | None]
_Judged = Callable[[DigestArticle, Told], Correction | None]
ALL = 0  # the number of the corrections of everything that the watch has told


@dataclass(frozen=True, slots=True)
class Due:
    """The corrections of one issue. `all` are of what its watch has told to anybody; `others` are what readers are due
    who have other mails than that. Number 0 is `all`, number 1 the first of the others.
    """

    all: tuple[Correction, ...] = ()
    others: tuple[tuple[Correction, ...], ...] = ()
    entries: tuple[IssueEntry, ...] = ()
    _numbers: Mapping[str, int] = field(default_factory=dict)
    _nothing: int = ALL  # the number of those who have none of the mails

    @property
    def empty(self) -> bool:
        """Nobody is to be told of a change."""
        return not self.all and not any(self.others)

    def number(self, recipient: str) -> int:
        """Which corrections are due to this reader or channel."""
        return self._numbers.get(recipient.casefold(), self._nothing)


def corrections_due(
    session: Session,
    watch: str,
    changed: Sequence[DigestArticle],
    judge: Judge,
    *,
    watches: Collection[str],
    channels: Collection[str] = (),
) -> Due:
    """Who is to be told what of these articles, which the watch has told and which have changed since.

    `watches` are those whose mails its readers and `channels` may have; `judge` says what of a change is worth telling
    to who knows an article as it was told, in this text.
    """
    if not changed:
        return Due()
    told = tellings(session, [article.id for article in changed], watches)
    texts = texts_of(session, {one.revision for one in told})

    def judged(article: DigestArticle, known: Told) -> Correction | None:
        return judge(article, known, texts.get(known.revision, NO_TEXT))

    known = _Known(watch, changed, told, judged)
    numbers: dict[tuple[Correction, ...], int] = {known.of(known.of_watch): ALL}
    of_reader = {
        reader: numbers.setdefault(known.of(held), len(numbers))
        for reader, held in sorted(known.held(holders(session, watch, known.issues, channels)).items())
    }
    nothing = numbers.setdefault((), len(numbers))
    everything, *others = numbers
    return Due(everything, tuple(others), known.entries(), of_reader, nothing)


class _Known:
    """What somebody knows of the changed articles, by the issues that somebody has: a number whose bits are issues."""

    def __init__(self, watch: str, changed: Sequence[DigestArticle], told: Iterable[Telling], judge: _Judged) -> None:
        self._watch, self._changed, self._judge = watch, changed, judge
        self._told: defaultdict[int, list[Telling]] = defaultdict(list)
        self._bits: dict[int, int] = {}
        self.of_watch = 0
        for one in told:
            self._told[one.article_id].append(one)
            bit = self._bits.setdefault(one.issue_id, 1 << len(self._bits))
            self.of_watch |= bit if one.watch == watch else 0
        self._made: dict[int, tuple[Correction, ...]] = {}
        self._judged: dict[tuple[int, Told], Correction | None] = {}

    @property
    def issues(self) -> Collection[int]:
        """The issues that told something of these articles."""
        return self._bits.keys()

    def held(self, rows: Iterable[tuple[str, int]]) -> dict[str, int]:
        """The issues that each reader has."""
        found: defaultdict[str, int] = defaultdict(int)
        for reader, issue_id in rows:
            found[reader.casefold()] |= self._bits[issue_id]
        return found

    def of(self, held: int) -> tuple[Correction, ...]:
        """The corrections due to whoever has these issues, in the order in which the articles changed."""
        if held not in self._made:
            found = (self._of(article, held) for article in self._changed)
            self._made[held] = tuple(one for one in found if one is not None)
        return self._made[held]

    def _of(self, article: DigestArticle, held: int) -> Correction | None:
        known = self._version(article.id, held)
        if known is None:
            return None
        key = (article.id, known)
        if key not in self._judged:
            self._judged[key] = self._judge(article, known)
        return self._judged[key]

    def _version(self, article_id: int, held: int) -> Told | None:
        """The version of an article that these issues told last: those of this watch, or else those of other ones.

        A watch corrects what it has told itself. What a reader has from other watches alone is corrected by whichever
        mail comes first.
        """
        had = [one for one in self._told[article_id] if held & self._bits[one.issue_id]]
        own = [one for one in had if one.watch == self._watch]
        if any(one.first for one in own):
            had = own
        first = next((one for one in had if one.first), None)
        if first is None:
            return None
        return Told(first.window_end, first.story_id, max(one.revision for one in had))

    def entries(self) -> tuple[IssueEntry, ...]:
        """What must be remembered of the corrections that anybody is due."""
        told = {article_id for (article_id, _), found in self._judged.items() if found is not None}
        return tuple(
            IssueEntry(
                article.id,
                self._told[article.id][0].story_id,
                "gone" if article.state == "gone" else "correction",
                article.revision,
            )
            for article in self._changed
            if article.id in told
        )
