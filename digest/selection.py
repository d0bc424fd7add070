"""From the archive to what an issue says: the untold stories of a window, follow-ups, corrections, counts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from digest.cards import Rank
from digest.charts import charts
from digest.content import Before, Card, Chart, Correction, IssueContent, Report, Section
from digest.corrections import Text, correction
from digest.desk import LOOKED_AT_AGAIN, Desk
from digest.due import Due, corrections_due
from digest.licence import shown_title
from digest.matching import ArticleFacts, Matcher
from digest.safe import safe_url
from digest.settings import DigestSettings
from digest.watches import DEFAULT, Watch, load_watches
from digest.windows import Window
from storage.database import Session
from storage.digests import DigestArticle, IssueEntry, first_window_start
from storage.outbox import CHANNEL
from storage.told import Told, changed_articles, told_articles, told_ids, watches_shared

TOP_STORIES = 3
SMALL_ISSUE = 6  # stories; up to here they stand under one heading
OTHER_TOPICS = ""


@dataclass(frozen=True, slots=True)
class Selected:
    """An issue's content, what must be remembered of it, and which of its corrections are due to whom."""

    content: IssueContent
    entries: tuple[IssueEntry, ...]
    due: Due

    @property
    def empty(self) -> bool:
        """Nothing to mail."""
        return not self.content.cards and self.due.empty


def select_issue(
    session: Session, window: Window, watch: Watch, settings: DigestSettings, desk: Desk, *, now: datetime
) -> Selected:
    """What the issue of `window` says. Stories are assigned where that was not done; nothing else is written."""
    return _Selection(session, window, watch, settings, desk).run(now=now)


@dataclass(frozen=True, slots=True)
class _Story:
    """An untold part of a story: `fresh` by time of report; `told` are the articles readers know already."""

    id: int
    fresh: tuple[DigestArticle, ...]
    told: tuple[DigestArticle, ...]
    matched: tuple[str, ...] = ()


@dataclass(slots=True)
class _Selection:
    """One run of the selection; holds what every step needs to look up."""

    session: Session
    window: Window
    watch: Watch
    settings: DigestSettings
    desk: Desk
    matcher: Matcher = field(init=False)

    def __post_init__(self) -> None:
        self.matcher = Matcher(self.watch, self.desk.reasons)

    def run(self, *, now: datetime) -> Selected:
        self.desk.sit_down(self.session)
        stories = self.untold_stories(now=now)
        self.desk.maker.prepare(self.session, {a.id for story in stories for a in (*story.fresh, *story.told)})
        new = sorted((story for story in stories if not story.told), key=self.rank)
        follow_ups = sorted((story for story in stories if story.told), key=self.rank)
        due = self.due()
        content = self.content(new, follow_ups, due)
        return Selected(content, (*_entries(new, "new"), *_entries(follow_ups, "follow_up"), *due.entries), due)

    def content(self, new: list[_Story], follow_ups: list[_Story], due: Due) -> IssueContent:
        desk, window, watch = self.desk, self.window, self.watch
        shown = [article for story in (*new, *follow_ups) for article in story.fresh]
        return IssueContent(
            title=self.settings.title if watch.name == DEFAULT else watch.title,
            zone=watch.zone,
            window_start=window.start,
            window_end=window.end,
            sections=self.sections(new, follow_ups),
            corrections=due.all,
            other_corrections=due.others,
            coverage=desk.coverage(window, watch.outlets),
            charts=self.charts(shown) if watch.kind != "alert" else (),
            deals=desk.maker.deals([a.id for a in shown], [a.id for story in follow_ups for a in story.told]),
            reports=len(shown),
            outlets=len({article.outlet for article in shown}),
            sample=any(desk.outlets.is_sample(article.outlet) for article in shown),
            web_url=self.settings.web_url,
            unsubscribe=self.settings.unsubscribe,
            form=watch.kind,
            catch_up=window.catch_up,
        )

    def untold_stories(self, *, now: datetime) -> list[_Story]:
        """The stories with something untold: a report that matches, or one more report of a story told before."""
        desk, session, is_alert = self.desk, self.session, self.watch.kind == "alert"
        facts = desk.facts(session, self.window)
        matched = {one.id for one in facts.values() if self.matcher.matches(one)}
        if is_alert and not matched:
            return []
        stories = desk.stories(session, self.window, now=now)
        known = told_ids(session, self.watch.name, stories.story_of.keys())
        wanted = {stories.story_of[article_id] for article_id in matched - known}
        touched = {stories.story_of[article_id] for article_id in known}
        chosen = wanted - touched if is_alert else wanted | touched
        return self._told_apart({story_id: stories.members[story_id] for story_id in chosen}, known, matched)

    def _told_apart(self, members: dict[int, list[int]], known: set[int], matched: set[int]) -> list[_Story]:
        """Each story with what of it is fresh and what was told; those without anything fresh are left out."""
        in_window = self.desk.facts(self.session, self.window)
        articles = self.desk.articles(self.session, {one for some in members.values() for one in some})
        origin = first_window_start(self.session, self.watch.name) or self.window.start
        since = max(origin, self.window.start - LOOKED_AT_AGAIN)
        found = []
        for story_id, ids in members.items():
            of_story = sorted((articles[one] for one in ids), key=lambda a: (a.reported_at, a.url, a.id))
            # A report of before that did not match by itself belongs to the story that does now.
            fresh = [
                one
                for one in of_story
                if one.id not in known and (one.id in in_window or since <= one.first_seen_at < self.window.start)
            ]
            fresh = [one for one in fresh if one.state == "live" and self.is_admitted(one, in_window)]
            if fresh:
                told = tuple(one for one in of_story if one.id in known)
                said = {reason: None for one in fresh if one.id in matched for reason in self.reasons(one.id)}
                found.append(_Story(story_id, tuple(fresh), told, tuple(said)))
        return found

    def is_admitted(self, article: DigestArticle, in_window: dict[int, ArticleFacts]) -> bool:
        facts = in_window.get(article.id)
        if facts is None:
            (facts,) = self.desk.facts_of(self.session, [article])
        return self.matcher.admits(facts)

    def reasons(self, article_id: int) -> tuple[str, ...]:
        return self.matcher.reasons(self.desk.facts(self.session, self.window)[article_id])

    def rank(self, story: _Story) -> Rank:
        return self.desk.rank(story.id, story.fresh)

    def sections(self, new: list[_Story], follow_ups: list[_Story]) -> tuple[Section, ...]:
        """The top stories, the others by topic (the fullest first), the follow-ups."""
        top = new if len(new) <= SMALL_ISSUE else new[:TOP_STORIES]
        by_topic: defaultdict[str, list[_Story]] = defaultdict(list)
        for story in new[len(top) :]:
            by_topic[self.topic(story)].append(story)
        ordered = sorted(by_topic.items(), key=lambda row: (row[0] == OTHER_TOPICS, -len(row[1]), row[0]))
        named = [("topic" if name else "other", name, stories) for name, stories in ordered]
        if len(named) == 1:
            named = [("rest", "", named[0][2])]
        told = self.told_before(follow_ups)
        rows = [("top", "", top), *named, ("follow_ups", "", follow_ups)]
        return tuple(
            Section(key, tuple(self.card(story, told) for story in stories), name)
            for key, name, stories in rows
            if stories
        )

    def charts(self, shown: list[DigestArticle]) -> tuple[Chart, ...]:
        """Counts of what the issue speaks of, beside the four weeks before."""
        desk = self.desk
        return charts(
            desk.trends(self.session, self.window),
            companies=desk.maker.companies_of(article.id for article in shown),
            topics={topic for article in shown for topic in article.topics},
            outlets=[desk.outlets.name(article.outlet) for article in shown],
            reasons=desk.reasons,
        )

    def card(self, story: _Story, told: dict[int, Told]) -> Card:
        before = self.before(story, told) if story.told else None
        return self.desk.card(story.id, story.fresh, story.told, before=before, matched=story.matched)

    def told_before(self, follow_ups: list[_Story]) -> dict[int, Told]:
        return told_articles(self.session, self.watch.name, {story.told[0].id for story in follow_ups})

    def before(self, story: _Story, told: dict[int, Told]) -> Before:
        """When readers were told of a story first, and under which headline."""
        first, outlets = story.told[0], self.desk.outlets
        title = shown_title(first.title, outlets.licence(first.outlet)) if first.state == "live" else None
        return Before(told[first.id].window_end, outlets.name(first.outlet), title, first.id)

    def due(self) -> Due:
        """Material changes of articles told before, in the order they happened, for whoever was told of them."""
        changed = changed_articles(self.session, self.watch.name, after_seq=self.window.after_seq)
        articles = self.desk.articles(self.session, changed).values()
        return corrections_due(
            self.session,
            self.watch.name,
            sorted(articles, key=lambda article: (article.changed_at, article.id)),
            self.correction,
            watches=self.mailed_by() if changed else (),
            channels=[f"{CHANNEL}{name}" for name in self.watch.channels],
        )

    def mailed_by(self) -> set[str]:
        """The watches whose mails readers and channels of this one may have."""
        own = set(self.watch.channels)
        to_channels = load_watches(self.session, self.settings) if own else ()
        return watches_shared(self.session, self.watch.name) | {
            one.name for one in to_channels if own.intersection(one.channels)
        }

    def correction(self, article: DigestArticle, told: Told, before: Text) -> Correction | None:
        outlets = self.desk.outlets
        lead = Report(article.id, outlets.name(article.outlet), article.changed_at, safe_url(article.url))
        return correction(article, before, told, lead=lead, licence=outlets.licence(article.outlet))

    def topic(self, story: _Story) -> str:
        """The topic a story stands under: the first of its first report that has one."""
        found = (self.desk.reasons.topic(article.topics) for article in story.fresh)
        return next((topic for topic in found if topic), OTHER_TOPICS)


def _entries(stories: Iterable[_Story], kind: str) -> list[IssueEntry]:
    return [IssueEntry(a.id, story.id, kind, a.revision) for story in stories for a in story.fresh]
