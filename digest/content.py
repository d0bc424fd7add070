"""What one issue says, as plain values in reading order: everything a rendering needs and nothing it must look up.

All words here are already cleaned (digest/safe.py), all addresses fit for a link, all times aware. Nothing here is in a
language: the frame's words are looked up when the issue is rendered (digest/words.py), so one content has many forms.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from digest.safe import shorten
from digest.words import Words, words

LONGEST_BEFORE = 60
LONGEST_SUBJECT = 70  # characters of the top story's headline in the subject

Language = Literal["ko", "en"]
Form = Literal["daily", "weekly", "alert"]


@dataclass(frozen=True, slots=True)
class Report:
    """One outlet's article on a story, as far as a list of names shows it."""

    article_id: int
    outlet: str
    at: datetime
    url: str | None


@dataclass(frozen=True, slots=True)
class Money:
    """A sum as an article gives it; `krw` is the article's own figure in won, where it has one."""

    value: float
    currency: str
    krw: float | None = None
    qualifier: str | None = None

    @property
    def size(self) -> float:
        """For ordering: won as far as they are known; of other currencies, a rough worth."""
        return self.krw if self.krw is not None else self.value * ROUGH_WON.get(self.currency, 1.0)

    def shown(self, speak: Words) -> str:
        """`25억 달러(2조6,600억 원)`."""
        text = speak.money(self.value, self.currency, self.qualifier)
        if self.krw is None or self.currency == "KRW":
            return text
        gap = " " if speak.language == "en" else ""
        return f"{text}{gap}({speak.money(self.krw, 'KRW')})"


# Only for putting sums in an order; never shown.
ROUGH_WON = {"KRW": 1.0, "USD": 1400.0, "CNY": 195.0, "HKD": 180.0, "JPY": 9.2, "EUR": 1550.0, "GBP": 1800.0}


@dataclass(frozen=True, slots=True)
class DealLine:
    """A row of the table of deals, with the outlet that told it first. `differ`: outlets give other figures."""

    kind: str
    company: str
    money: Money | None
    source: Report
    round: str | None = None
    investors: tuple[str, ...] = ()
    outlets: int = 1
    differ: bool = False

    def what(self, speak: Words) -> str:
        """`투자 유치 시리즈B 12억 위안`."""
        money = self.money.shown(speak) if self.money else speak("deal.no_amount")
        return " ".join(part for part in (speak(f"kind.{self.kind}"), self.round, money) if part)


@dataclass(frozen=True, slots=True)
class Before:
    """When a story was mailed first, and what it was called then."""

    mailed: datetime
    outlet: str
    title: str | None
    article_id: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """One story in one issue. `title` is None where the outlet's licence shows no headline.

    Of a follow-up, all but `before` is what readers have not been told yet. `matched` are the reader's own rules.
    """

    story_id: int
    lead: Report
    title: str | None
    excerpt: str | None = None
    others: tuple[Report, ...] = ()
    companies: tuple[str, ...] = ()
    amounts: tuple[Money, ...] = ()
    reasons: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    deal: DealLine | None = None
    before: Before | None = None

    @property
    def other_outlets(self) -> int:
        """How many other outlets reported it too."""
        return len({report.outlet for report in self.others} - {self.lead.outlet})

    def headline(self, speak: Words) -> str:
        """The headline, or what may be said without one."""
        return self.title or speak("no_title", outlet=self.lead.outlet)

    def why_on_top(self, speak: Words) -> str:
        """What lets this story stand before others: how many outlets, which deal, how many companies."""
        parts = [speak("top.outlets", count=self.other_outlets + 1)] if self.other_outlets else []
        if self.deal and self.deal.money:
            kind = speak(f"kind.{self.deal.kind}")
            parts.append(speak("top.deal", kind=kind, money=self.deal.money.shown(speak)))
        if len(self.companies) > 1:
            parts.append(speak("top.companies", count=len(self.companies)))
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Section:
    """Cards under one heading. `key` is top, rest, other, follow_ups, or topic, whose name is `name`."""

    key: str
    cards: tuple[Card, ...]
    name: str = ""

    @property
    def top(self) -> bool:
        """Set larger, and the last to be shortened."""
        return self.key == "top"

    def heading(self, speak: Words) -> str:
        return self.name if self.key == "topic" else speak(f"section.{self.key}")


@dataclass(frozen=True, slots=True)
class Correction:
    """A change of an article that was mailed before: `what` is title, body, both, gone or back.

    `details` are lines of before and after by their keys: title, before, after.
    """

    lead: Report
    title: str | None
    what: str
    mailed: datetime  # the cut-off of the mail that had the first version
    details: tuple[tuple[str, str], ...] = ()

    def headline(self, speak: Words) -> str:
        """The headline in force, or what may be said without one."""
        return self.title or speak("no_title.short", outlet=self.lead.outlet)


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps an outlet from being read in full: failing, blocked, degraded, quiet, partly, unseen."""

    kind: str
    outlet: str
    since: datetime | None = None
    failing: int = 0
    sources: int = 0

    def said(self, speak: Words, zone: ZoneInfo) -> str:
        """`보안뉴스는 11/23 04:10부터 응답 없음`."""
        name = f"{self.outlet}{particle(self.outlet)}" if speak.language == "ko" else self.outlet
        since = speak.moment(self.since, zone) if self.since else ""
        values = {"name": name, "since": since, "failing": self.failing, "sources": self.sources}
        return speak(f"coverage.{self.kind}", **values)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which outlets could be read in the window, and what was the matter with others; `more` are not named."""

    outlets: int
    confirmed: int
    problems: tuple[Problem, ...] = ()
    more: int = 0

    def line(self, speak: Words, zone: ZoneInfo) -> str:
        """`32곳 중 30곳 확인; 보안뉴스는 11/23 04:10부터 응답 없음`."""
        parts = [speak("coverage.line", outlets=self.outlets, confirmed=self.confirmed)]
        parts += [problem.said(speak, zone) for problem in self.problems]
        return "; ".join([*parts, speak("coverage.rest", count=self.more)] if self.more else parts)


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart of counts; all the others together have no name.

    Lengths are in percent of the longest; `mean` is the usual count, if known.
    """

    name: str
    count: int
    percent: int
    mean: float | None = None
    mean_percent: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """Counts under a name: topics, companies or outlets."""

    key: str
    bars: tuple[Bar, ...]

    @property
    def has_means(self) -> bool:
        """Whether any row knows what is usual."""
        return any(bar.mean is not None for bar in self.bars)


@dataclass(frozen=True, slots=True)
class IssueContent:
    """One issue. The window is half-open and counts first-seen time.

    `marks` stand before the subject: reissue. `excerpts` False: this reader gets no openings, whatever the
    outlets allow. `web_view` is the address of this issue as a page, which has room for all of it.
    `corrections` are of all that the watch has told; `other_corrections` those of readers who had other mails, of which
    a form shows one (digest/variants.py).
    """

    title: str
    zone: ZoneInfo
    window_start: datetime
    window_end: datetime
    sections: tuple[Section, ...]
    corrections: tuple[Correction, ...]
    coverage: Coverage
    charts: tuple[Chart, ...]
    reports: int
    outlets: int
    sample: bool = False
    web_url: str | None = None
    unsubscribe: str | None = None
    language: Language = "ko"
    form: Form = "daily"
    watch_name: str = ""
    catch_up: bool = False
    deals: tuple[DealLine, ...] = ()
    web_view: str | None = None
    excerpts: bool = True
    marks: tuple[str, ...] = ()
    other_corrections: tuple[tuple[Correction, ...], ...] = ()

    @property
    def words(self) -> Words:
        """The words of the frame's language."""
        return words(self.language)

    @property
    def empty(self) -> bool:
        """Nothing to say."""
        return not self.cards and not self.corrections

    @property
    def cards(self) -> tuple[Card, ...]:
        """Every card in reading order."""
        return tuple(card for section in self.sections for card in section.cards)

    def day(self, moment: datetime) -> str:
        """`11/24(화)` in the issue's zone."""
        return self.words.day(moment, self.zone)

    def clock(self, moment: datetime) -> str:
        """`07:20` on the issue's own day, `11/23 18:04` on any other."""
        local = moment.astimezone(self.zone)
        same_day = local.date() == self.window_end.astimezone(self.zone).date()
        return f"{local:%H:%M}" if same_day else self.words.moment(moment, self.zone)

    def told_before(self, before: Before) -> str:
        """`11/23(월) 메일의 “<headline>”`."""
        speak = self.words
        title = f"“{shorten(before.title, LONGEST_BEFORE)}”" if before.title else ""
        what = title or speak("before.report", outlet=before.outlet)
        return speak("before.said", day=self.day(before.mailed), what=what)

    def facts(self, card: Card) -> list[tuple[str, str]]:
        """What is known of a card's story, each with its label: companies, sums, why it is here."""
        say = self.words
        rows = [
            ("new" if card.before else "companies", card.companies),
            ("amounts", tuple(money.shown(say) for money in card.amounts)),
            ("why", tuple(dict.fromkeys((*card.matched, *card.reasons)))),
        ]
        return [(say(key), " · ".join(values)) for key, values in rows if values]

    def changes(self, item: Correction) -> list[tuple[str, str]]:
        """Before and after of a correction, each with its label; sentences only for readers who get openings."""
        if item.what == "gone":
            return [("", self.words("detail.gone"))]
        shown = (row for row in item.details if self.excerpts or row[0] == "title")
        return [(self.words(f"detail.{key}"), text) for key, text in shown]

    @property
    def ranks(self) -> bool:
        """Whether it says anything that a story stands before others."""
        return self.form != "alert" and len(self.cards) > 1

    @property
    def window(self) -> str:
        """`11/23(월) 07:20 – 11/24(화) 07:20`."""
        start, end = (f"{self.day(m)} {m.astimezone(self.zone):%H:%M}" for m in (self.window_start, self.window_end))
        return f"{start} – {end}"

    @property
    def masthead(self) -> str:
        """`중관춘 데일리 주간 · 로봇`."""
        name = f"{self.title}{self.words(f'form.{self.form}')}"
        return f"{name} · {self.watch_name}" if self.watch_name else name

    @property
    def summary(self) -> str:
        """The issue in one line: `이슈 30건 · 보도 72건 · 언론사 6곳 · 딜 4건 · 수정 2건`."""
        parts = [
            self.words("summary", stories=len(self.cards), reports=self.reports, outlets=self.outlets),
            self.words("summary.deals", count=len(self.deals)) if self.deals else "",
            self.words("summary.corrections", count=len(self.corrections)) if self.corrections else "",
        ]
        return " · ".join(part for part in parts if part)

    @property
    def subject(self) -> str:
        """`[중관춘 데일리] 11/24(화) <top story> 외 29건`."""
        speak, cards = self.words, self.cards
        if cards:
            more = speak("more", count=len(cards) - 1) if len(cards) > 1 else ""
            said = f"{shorten(cards[0].headline(speak), LONGEST_SUBJECT)}{more}"
        elif self.corrections:
            said = speak("subject.corrections", count=len(self.corrections))
        else:
            said = speak("subject.none")
        when = "" if self.form == "alert" else f"{self.span} "
        marks = "".join(f"{speak(f'mark.{mark}')} " for mark in self.marks)
        return f"{marks}[{self.masthead}] {when}{said}"

    @property
    def span(self) -> str:
        """The day of a daily issue, the first and last day of a weekly one."""
        end = self.day(self.window_end)
        return f"{self.day(self.window_start)}–{end}" if self.form == "weekly" else end


def particle(name: str) -> str:
    """은 or 는, as the last Hangul syllable before any bracket asks for; 는 after anything else."""
    bare = re.sub(r"\s*\([^)]*\)$", "", name)
    last = ord(bare[-1]) if bare else 0
    closed = ord("가") <= last <= ord("힣") and (last - ord("가")) % 28
    return "은" if closed else "는"


def bars(
    counts: Mapping[str, int], longest: int = 8, *, means: Mapping[str, float | None] | None = None
) -> tuple[Bar, ...]:
    """Counts as a chart, greatest first, names breaking ties; rows past `longest` are added up without a name."""
    rows: Sequence[tuple[str, int]] = sorted(counts.items(), key=lambda row: (not row[0], -row[1], row[0]))
    if len(rows) > longest:
        rows = [*rows[: longest - 1], ("", sum(count for _, count in rows[longest - 1 :]))]
    means = means or {}
    top = max([*(count for _, count in rows), *(means.get(name) or 0 for name, _ in rows), 1])
    return tuple(_bar(name, count, means.get(name), top) for name, count in rows)


def _bar(name: str, count: int, mean: float | None, top: float) -> Bar:
    percent = max(2, round(count * 100 / top)) if count else 0
    return Bar(name, count, percent, mean, max(1, round((mean or 0) * 100 / top)) if mean else 0)
