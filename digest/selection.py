"""From the archive to what an issue says: the untold stories of a window, follow-ups, corrections, counts."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.content import Card, Chart, Correction, IssueContent, Report, Section, bars, day
from digest.corrections import correction
from digest.coverage import coverage
from digest.licence import DEFAULT_LICENCE, rights_of, shown_excerpt, shown_title
from digest.reasons import PAIR, Reasons
from digest.safe import one_line, safe_url, shorten
from digest.settings import DigestSettings
from storage.database import Session
from storage.digests import (
    DigestArticle,
    IssueEntry,
    Told,
    articles_of_stories,
    changed_articles,
    digest_articles,
    first_window_start,
    texts_of,
    told_articles,
    untold_articles,
)
from storage.outlets import outlet_names
from storage.records import OutletRow
from storage.stories import stories_of

# An article can be committed after its window was closed, by a slow writer or a clock that runs behind.
LATE = timedelta(hours=72)
TOP_STORIES = 3
SMALL_ISSUE = 6  # stories; up to here they stand under one heading
SAMPLE_MARK = "(예시)"
OTHER_TOPICS = "그 밖의 소식"
REST = "그 밖의 이슈"
LONGEST_BEFORE = 60


@dataclass(frozen=True, slots=True)
class Window:
    """What an issue covers: first-seen time in [start, end), and the changes after `after_seq`."""

    watch: str
    start: datetime
    end: datetime
    after_seq: int


@dataclass(frozen=True, slots=True)
class Selected:
    """An issue's content, and what must be remembered of it."""

    content: IssueContent
    entries: tuple[IssueEntry, ...]

    @property
    def empty(self) -> bool:
        """Nothing to mail."""
        return not self.content.cards and not self.content.corrections


def select_issue(session: Session, window: Window, settings: DigestSettings, reasons: Reasons) -> Selected:
    """What the issue of `window` says. Stories must have been assigned; nothing is written."""
    return _Selection(session, window, settings, reasons).run()


@dataclass(frozen=True, slots=True)
class _Story:
    """An untold part of a story: `fresh` by time of report; `told` are the articles readers know already."""

    id: int
    fresh: tuple[DigestArticle, ...]
    told: tuple[DigestArticle, ...]


class _Selection:
    """One run of the selection; holds what every step needs to look up."""

    def __init__(self, session: Session, window: Window, settings: DigestSettings, reasons: Reasons) -> None:
        self.session = session
        self.window = window
        self.settings = settings
        self.zone: ZoneInfo = settings.zone
        self.reasons = reasons
        self.outlets: dict[str, OutletRow] = outlet_names(session)

    def run(self) -> Selected:
        stories = self.untold_stories()
        new = sorted((story for story in stories if not story.told), key=self.rank)
        follow_ups = sorted((story for story in stories if story.told), key=self.rank)
        corrections, correction_entries = self.corrections()
        shown = [article for story in stories for article in story.fresh]
        sections = self.sections(new, follow_ups)
        content = IssueContent(
            title=self.settings.title,
            zone=self.zone,
            window_start=self.window.start,
            window_end=self.window.end,
            sections=sections,
            corrections=corrections,
            coverage=coverage(
                self.session,
                {outlet_id: self.name(outlet_id) for outlet_id in self.outlets},
                window_start=self.window.start,
                window_end=self.window.end,
                zone=self.zone,
            ),
            charts=self.charts(stories, sections),
            reports=len(shown),
            outlets=len({article.outlet for article in shown}),
            sample=any(self.is_sample(article.outlet) for article in shown),
            web_url=self.settings.web_url,
            unsubscribe=self.settings.unsubscribe,
        )
        return Selected(content, (*_entries(new, "new"), *_entries(follow_ups, "follow_up"), *correction_entries))

    def untold_stories(self) -> list[_Story]:
        """The stories with something untold in the window, or in the days before it and committed late."""
        origin = first_window_start(self.session, self.window.watch) or self.window.start
        untold = untold_articles(
            self.session,
            self.window.watch,
            since=max(origin, self.window.start - LATE),
            until=self.window.end,
            minimum_relevance=self.settings.minimum_relevance,
        )
        story_of = articles_of_stories(self.session, set(stories_of(self.session, untold).values()))
        told = told_articles(self.session, self.window.watch, set(story_of) - set(untold))
        articles = digest_articles(self.session, set(untold) | set(told))
        fresh_of = _grouped(untold, story_of, articles)
        told_of = _grouped(told, story_of, articles)
        return [_Story(i, fresh, told_of.get(i, ())) for i, fresh in fresh_of.items()]

    def rank(self, story: _Story) -> tuple[int, float, datetime, int]:
        """More outlets first, then the more relevant, then the earlier."""
        relevance = max(article.relevance for article in story.fresh)
        return (-len({a.outlet for a in story.fresh}), -relevance, story.fresh[0].reported_at, story.id)

    def sections(self, new: list[_Story], follow_ups: list[_Story]) -> tuple[Section, ...]:
        """The top stories, the others by topic (the fullest first), the follow-ups."""
        top = new if len(new) <= SMALL_ISSUE else new[:TOP_STORIES]
        by_topic: defaultdict[str, list[_Story]] = defaultdict(list)
        for story in new[len(top) :]:
            by_topic[self.topic(story)].append(story)
        ordered = sorted(by_topic.items(), key=lambda row: (row[0] == OTHER_TOPICS, -len(row[1]), row[0]))
        if len(ordered) == 1:
            ordered = [(REST, ordered[0][1])]
        named = [("주요 이슈", top), *ordered, ("이어지는 이슈", follow_ups)]
        return tuple(
            Section(name, tuple(self.card(story) for story in stories), top=stories is top)
            for name, stories in named
            if stories
        )

    def charts(self, stories: list[_Story], sections: tuple[Section, ...]) -> tuple[Chart, ...]:
        """Counts of the issue; a chart of one bar says nothing and is left out."""
        terms = Counter(term for section in sections for card in section.cards for term in card.reasons)
        names = {term: count for term, count in terms.items() if PAIR not in term}
        rows = {
            "분야별 이슈": Counter(self.topic(story) for story in stories),
            "이름별 이슈": names,
            "언론사별 보도": Counter(self.name(article.outlet) for story in stories for article in story.fresh),
        }
        return tuple(Chart(name, bars(counts)) for name, counts in rows.items() if len(counts) > 1)

    def card(self, story: _Story) -> Card:
        """The story as told by the first outlet whose headline may be shown."""
        lead = next((a for a in story.fresh if rights_of(self.licence(a.outlet)).headline), story.fresh[0])
        licence = self.licence(lead.outlet)
        return Card(
            story_id=story.id,
            lead=self.report(lead),
            title=shown_title(lead.title, licence),
            excerpt=shown_excerpt(lead.body, licence),
            others=tuple(self.report(article) for article in story.fresh if article is not lead),
            reasons=self.reasons.terms(lead.title, lead.body),
            told_before=self.told_before(story),
        )

    def told_before(self, story: _Story) -> str | None:
        if not story.told:
            return None
        first = story.told[0]
        told = told_articles(self.session, self.window.watch, [first.id])[first.id]
        title = shown_title(first.title, self.licence(first.outlet)) if first.state == "live" else None
        what = f"“{shorten(title, LONGEST_BEFORE)}”" if title else f"{self.name(first.outlet)} 보도"
        return f"{day(told.window_end, self.zone)} 메일의 {what}"

    def corrections(self) -> tuple[tuple[Correction, ...], list[IssueEntry]]:
        """Material changes of articles told before, in the order they happened."""
        changed = changed_articles(self.session, self.window.watch, after_seq=self.window.after_seq)
        told = told_articles(self.session, self.window.watch, changed)
        articles = digest_articles(self.session, changed)
        texts = texts_of(self.session, {one.revision for one in told.values()})
        shown, entries = [], []
        for article in sorted(articles.values(), key=lambda a: (a.changed_at, a.id)):
            known = told[article.id]
            found = self.correction(article, known, texts.get(known.revision, ("", ())))
            if found is not None:
                shown.append(found)
                kind = "gone" if article.state == "gone" else "correction"
                entries.append(IssueEntry(article.id, known.story_id, kind, article.revision))
        return tuple(shown), entries

    def correction(self, article: DigestArticle, told: Told, before: tuple[str, tuple[str, ...]]) -> Correction | None:
        lead = Report(article.id, self.name(article.outlet), article.changed_at, safe_url(article.url))
        return correction(article, before, told, lead=lead, licence=self.licence(article.outlet), zone=self.zone)

    def report(self, article: DigestArticle) -> Report:
        return Report(article.id, self.name(article.outlet), article.reported_at, safe_url(article.url))

    def topic(self, story: _Story) -> str:
        """The topic a story stands under: the first of its first report that has one."""
        found = (self.reasons.topic(article.topics) for article in story.fresh)
        return next((topic for topic in found if topic), OTHER_TOPICS)

    def name(self, outlet_id: str) -> str:
        row = self.outlets.get(outlet_id)
        name = one_line(row.name if row else outlet_id) or outlet_id
        return f"{name} {SAMPLE_MARK}" if self.is_sample(outlet_id) and SAMPLE_MARK not in name else name

    def is_sample(self, outlet_id: str) -> bool:
        row = self.outlets.get(outlet_id)
        return row is not None and row.sample

    def licence(self, outlet_id: str) -> str:
        row = self.outlets.get(outlet_id)
        return row.licence if row else DEFAULT_LICENCE


def _grouped(
    article_ids: Collection[int], story_of: dict[int, int], articles: dict[int, DigestArticle]
) -> dict[int, tuple[DigestArticle, ...]]:
    grouped: defaultdict[int, list[DigestArticle]] = defaultdict(list)
    for article_id in article_ids:
        grouped[story_of[article_id]].append(articles[article_id])
    return {i: tuple(sorted(some, key=lambda a: (a.reported_at, a.url, a.id))) for i, some in grouped.items()}


def _entries(stories: Iterable[_Story], kind: str) -> list[IssueEntry]:
    return [IssueEntry(a.id, story.id, kind, a.revision) for story in stories for a in story.fresh]
