"""Learning which lines an outlet prints under its articles: suggestions for the operator, never a deletion.

A line is suggested when enough articles end with it. How often it is seen does not make it boilerplate: refrains,
weather reports and the signatures of a series recur as well. So what structure and place say against a line is kept as
its doubt, and only a person approves.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from crawler.extract.boilerplate import last_lines
from crawler.settings import BoilerplateSettings
from storage.boilerplate import Ending, Suggestion, newest_endings, note_suggestions
from storage.database import Database
from storage.text import readable

log = structlog.get_logger()

SAMPLES = 5
_MOST = 0.6  # share of the articles with a line that make it the line of a series or a writer,
_CLEARLY = 1.5  # where so many times less of the outlet's articles are of that series or writer
_LONGEST_MARK = 2  # letters
_ELSEWHERE = 0.2  # share of the articles with a line in which it stands inside the text
_LONGEST = 300  # characters; a longer paragraph that recurs is text
_WORD = re.compile(r"[가-힣A-Za-z]{2,}")
_NARRATIVE = re.compile(r"(?<!니)다[.]?[\"'”’)]*$")


@dataclass(slots=True)
class _Line:
    """A line and the articles that end with it."""

    text: str
    endings: list[Ending] = field(default_factory=list)
    elsewhere: int = 0  # articles in which it stands before the last lines


def learn(database: Database, outlets: Iterable[str], settings: BoilerplateSettings, *, now: datetime) -> int:
    """Look at the newest articles of these outlets and keep what recurs; gives the number of new suggestions."""
    new = 0
    for outlet in outlets:
        with database.reader() as session:
            endings = newest_endings(session, outlet, limit=settings.newest_articles)
        if not endings:
            continue
        found = suggest(endings, settings)
        with database.writer() as session:
            new += note_suggestions(session, outlet, found, looked_at=len(endings), now=now)
    log.info("boilerplate.learned", new=new)
    return new


def suggest(endings: Sequence[Ending], settings: BoilerplateSettings) -> list[Suggestion]:
    """The lines that recur among the last ones of these articles of one outlet, the most frequent first."""
    needed = max(settings.least_articles, settings.least_share * len(endings))
    lines = [line for line in _lines(endings) if len(line.endings) >= needed and len(line.text) <= _LONGEST]
    usual = _Usual.of(endings)
    return [
        Suggestion(
            line=line.text,
            articles=len(line.endings),
            sample_urls=tuple(ending.url for ending in line.endings[:SAMPLES]),
            doubt=_doubt(line, usual),
        )
        for line in sorted(lines, key=lambda line: (-len(line.endings), line.text))
    ]


def _lines(endings: Sequence[Ending]) -> Iterable[_Line]:
    lines: dict[str, _Line] = {}
    inside: Counter[str] = Counter()
    for ending in endings:
        last = last_lines(ending.body)
        inside.update({readable(block) for block in ending.body[: len(ending.body) - len(last)]})
        for text in dict.fromkeys(last):
            lines.setdefault(text, _Line(text)).endings.append(ending)
    for line in lines.values():
        line.elsewhere = inside[line.text]
    return lines.values()


@dataclass(frozen=True, slots=True)
class _Usual:
    """In which share of all the articles each headline word and each writer is."""

    words: dict[str, float]
    writers: dict[str, float]

    @classmethod
    def of(cls, endings: Sequence[Ending]) -> "_Usual":
        return cls(
            _shares(_words(ending.title) for ending in endings), _shares(set(ending.writers) for ending in endings)
        )


def _shares(groups: Iterable[set[str]]) -> dict[str, float]:
    counts: Counter[str] = Counter()
    number = 0
    for group in groups:
        counts.update(group)
        number += 1
    return {one: count / number for one, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))}


def _words(title: str) -> set[str]:
    return set(_WORD.findall(title))


def _doubt(line: _Line, usual: _Usual) -> str | None:
    """Why the line may be text, the first reason that holds; None where structure and place agree."""
    return next((doubt for judge in DOUBTS if (doubt := judge(line, usual))), None)


def _stands_inside(line: _Line, _: _Usual) -> str | None:
    share = line.elsewhere / (len(line.endings) + line.elsewhere)
    return f"it stands inside the text of {line.elsewhere} articles" if share >= _ELSEWHERE else None


def _is_of_a_series(line: _Line, usual: _Usual) -> str | None:
    word = _peculiar([_words(ending.title) for ending in line.endings], usual.words)
    return f"most of its articles have {word!r} in the headline, others do not: a series" if word else None


def _is_of_a_writer(line: _Line, usual: _Usual) -> str | None:
    name = _peculiar([set(ending.writers) for ending in line.endings], usual.writers)
    return f"most of its articles are by {name}, others are not" if name else None


def _peculiar(groups: Sequence[set[str]], usual: dict[str, float]) -> str | None:
    """What most of these articles have in common and clearly fewer of the outlet's articles have."""
    shares = _shares(groups)
    return next((one for one, share in shares.items() if share >= _MOST and usual[one] < share / _CLEARLY), None)


def _tells(line: _Line, _: _Usual) -> str | None:
    return "it reads like a sentence of an article" if _NARRATIVE.search(line.text) else None


def _is_a_mark(line: _Line, _: _Usual) -> str | None:
    is_short = len("".join(_WORD.findall(line.text))) <= _LONGEST_MARK
    return "it is an end mark, no notice" if is_short else None


DOUBTS = (_stands_inside, _is_of_a_series, _is_of_a_writer, _tells, _is_a_mark)
