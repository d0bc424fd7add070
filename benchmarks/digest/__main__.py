"""What composing costs: a morning with many stories for many readers, each with a watch of the reader's own.

python -m benchmarks.digest [--stories 3000] [--watches 20 50 100 200] [--seed 7]

Every figure is of a process of its own on a copy of one archive (SQLite): seconds from the first question to the last
commit, and the most memory the process ever had, next to what it had before the first watch. `one watch` composes the
watch that takes everything, alone: the floor. Articles, outlets and companies are made up.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.extract.report import machine, table
from digest.service import close_due_windows
from digest.settings import DigestSettings
from digest.stories.signature import VERSION
from digest.watches import Watch, keep_watch, parse_watch, sync_default
from storage.archive import store_article
from storage.database import Database, Session
from storage.meaning import AmountDraft, DealDraft, EntityDraft, FactsDraft, store_facts
from storage.outlets import sync_outlets
from storage.records import ArticleDraft, OutletRow, PageDraft
from storage.schema import upgrade
from storage.stories import add_stories, last_change, members_by_id, set_story_state
from storage.subscribers import Profile, add_subscriber

RESULTS = Path(__file__).resolve().parents[1] / "results"
CUTOFF = datetime(2026, 11, 23, 22, 20, tzinfo=UTC)  # 07:20 in Seoul
SYLLABLES = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호구누두루무부수우주추"
OUTLETS = 32
COMPANIES = 120
TOPICS = ("zgc", "china-startups", "robots", "chips", "biotech")
WORDS = tuple(f"{kind}{part}" for kind in ("로봇", "칩", "배터리", "신약", "위성", "양자") for part in SYLLABLES[:10])
SETTINGS = DigestSettings(sender="digest@example.com", web_url="https://zgc.example.com")
EVERYTHING_EVERY = 10  # one watch of ten takes everything
READER_KINDS = (Profile(), Profile(language="en"), Profile(format="text"), Profile(excerpts=False))


def fill(session: Session, stories: int, chance: random.Random) -> int:
    """A day of stories, each told by one to four outlets, put together as they were made; how many articles."""
    licences = ("headline", "excerpt", "full", "none")
    rows = (
        OutletRow(f"outlet-{n}", f"예시 언론사 {n}", f"https://outlet-{n}.example", licences[n % 4], sample=True)
        for n in range(OUTLETS)
    )
    sync_outlets(session, rows, now=CUTOFF - timedelta(days=2))
    number = 0
    groups: list[list[int]] = []
    for story in range(stories):
        body, title = words(chance), f"{chance.choice(WORDS)} {word(chance)} {word(chance)} {story}"
        facts = facts_of(story, chance)
        topics = tuple(chance.sample(TOPICS, chance.choice((1, 1, 2))))
        groups.append([])
        for outlet in chance.sample(range(OUTLETS), chance.choice((1, 1, 1, 2, 4))):
            number += 1
            seen = CUTOFF - timedelta(seconds=chance.randint(1, 86_000))
            article = draft(f"outlet-{outlet}", number, title, body, topics, seen, chance)
            stored = store_article(session, article, now=seen)
            store_facts(session, stored.article_id, facts, now=seen)
            groups[-1].append(stored.article_id)
    members = {one.article_id: one for one in members_by_id(session, [one for some in groups for one in some])}
    add_stories(session, [sorted(members[one] for one in some) for some in groups], now=CUTOFF)
    # As if the service had put them together: composing looks only at what came since.
    set_story_state(session, last_change(session), VERSION)
    return number


def draft(
    outlet: str,
    number: int,
    title: str,
    body: tuple[str, ...],
    topics: tuple[str, ...],
    seen: datetime,
    chance: random.Random,
) -> ArticleDraft:
    url = f"https://{outlet}.example/news/{number}"
    return ArticleDraft(
        outlet=outlet,
        canonical_url=url,
        title=title,
        body=body,
        page=PageDraft(url, 200, b"<html></html>", seen),
        relevance=round(chance.uniform(1, 12), 1),
        topics=topics,
    )


def word(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.randint(2, 5)))


def words(chance: random.Random) -> tuple[str, ...]:
    """Six paragraphs, about 1,200 characters."""
    return tuple(" ".join(word(chance) for _ in range(50)) + "." for _ in range(6))


def facts_of(story: int, chance: random.Random) -> FactsDraft:
    named = chance.sample(range(COMPANIES), chance.choice((1, 2, 3)))
    entities = tuple(
        EntityDraft(f"company-{n}", f"예시기업{n}", "company", False, "CN", (f"예시기업{n}",), ((0, 4),), place == 0)
        for place, n in enumerate(named)
    )
    money = chance.randint(1, 900) * 1e8
    amount = AmountDraft(5, 9, money, "CNY", None, None, "amount")
    deal = DealDraft(
        f"예시기업{named[0]} {story}", f"company-{named[0]}", "raised", money, "CNY", None, "시리즈B", (), None, None,
        "예시 문장이다.", 0, 8,
    )  # fmt: skip
    return FactsDraft(entities, (amount,), (deal,) if story % 5 == 0 else ())


def watch(number: int, chance: random.Random) -> Watch:
    """Most follow some companies or words; some take a topic, one of ten takes everything."""
    rules: dict[str, Any]
    kind = number % EVERYTHING_EVERY
    if kind == 0:
        rules = {}
    elif kind == 1:
        rules = {"topics": [chance.choice(TOPICS)], "minimum_relevance": 6}
    elif kind in {2, 3}:
        rules = {"must": [f"{chance.choice(WORDS)}|{chance.choice(WORDS)}"], "not": [word(chance)]}
    else:
        rules = {"entities": [f"company-{n}" for n in chance.sample(range(COMPANIES), 3)]}
    return parse_watch({"name": f"watch-{number}", "title": f"예시 {number}", **rules}, where="the benchmark")


def make_archive(file: Path, stories: int, seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    upgrade(f"sqlite:///{file}")
    with Database.open(f"sqlite:///{file}") as database:
        started = time.perf_counter()
        with database.writer() as session:
            articles = fill(session, stories, chance)
    return {"articles": articles, "fill_s": round(time.perf_counter() - started, 1)}


def add_readers(database: Database, watches: int, readers: int, seed: int) -> None:
    """`watches` watches with `readers` readers in all, dealt out in turn."""
    chance = random.Random(seed)
    now = CUTOFF - timedelta(days=1)
    with database.writer() as session:
        sync_default(session, SETTINGS, now=now)
        for number in range(watches):
            keep_watch(session, watch(number, chance), now=now)
        for number in range(readers):
            profile = READER_KINDS[number % len(READER_KINDS)] if readers > watches else Profile()
            add_subscriber(
                session, f"reader-{number}@example.com", profile, watches=[f"watch-{number % watches}"], now=now
            )


def peak_mb() -> float:
    """The most memory this process ever had, as the kernel counts it since the program began."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) / 1024


def compose_all(file: str) -> dict[str, Any]:
    """Closes every window of an archive; run in a process of its own."""
    with Database.open(f"sqlite:///{file}") as database:
        before, started, cpu = peak_mb(), time.perf_counter(), time.process_time()
        issues = close_due_windows(database, SETTINGS, now=CUTOFF + timedelta(seconds=5))
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    return {
        "issues": len(issues),
        "stories_told": sum(issue.stories for issue in issues),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu_seconds, 2),
        "mb_before": round(before),
        "mb_peak": round(peak_mb()),
    }


def runs(watches: list[int]) -> Iterator[tuple[str, int, int]]:
    """(name, watches, readers) of each measurement."""
    yield "one watch of everything, one reader", 1, 1
    for number in watches:
        yield f"{number} watches, a reader each", number, number
    most = max(watches)
    yield f"one watch of everything, {most} readers of four kinds", 1, most
    yield f"{most} watches, {most * 5} readers", most, most * 5


def measure(archive: Path, folder: Path, name: str, watches: int, readers: int, seed: int) -> dict[str, Any]:
    file = folder / "copy.db"
    for old in folder.glob("copy.db*"):
        old.unlink()
    shutil.copyfile(archive, file)
    with Database.open(f"sqlite:///{file}") as database:
        add_readers(database, watches, readers, seed)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.digest", "--compose", str(file)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {"run": name, **json.loads(done.stdout.splitlines()[-1])}


def report(rows: list[dict[str, Any]], made: dict[str, Any], about: dict[str, Any], stories: int) -> str:
    floor = rows[0]["seconds"]
    shown = [{name.replace("_", " "): value for name, value in row.items()} for row in rows]
    body = [{**row, "times the floor": round(row["seconds"] / floor, 1)} for row in shown]
    return (
        f"# Composing a morning's issues\n\n{datetime.now(UTC).isoformat(timespec='seconds')}, {about}\n\n"
        f"{stories} stories in {made['articles']} articles first seen in one window; SQLite.\nThey are stories "
        "before, as the service groups them every minute. The last column is against the first row.\n\n"
        + table(body)
        + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=3000)
    parser.add_argument("--watches", type=int, nargs="+", default=[20, 50, 100, 200])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--archive", type=Path, help="keep the archive in this file, or use the one that is there")
    parser.add_argument("--compose", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.compose:
        import structlog

        structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
        print(json.dumps(compose_all(options.compose)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = options.archive or folder / "archive.db"
        about = machine()
        kept = archive.with_suffix(".json")
        made = json.loads(kept.read_text()) if archive.exists() and kept.exists() else None
        if made is None:
            made = make_archive(archive, options.stories, options.seed)
            kept.write_text(json.dumps(made))
        rows = []
        for run in runs(options.watches):
            rows.append(measure(archive, folder, *run, options.seed))
            print(rows[-1], flush=True)
    text = report(rows, made, about, options.stories)
    stem = RESULTS / f"digest-{datetime.now(UTC):%Y-%m-%d}"
    stem.with_suffix(".md").write_text(text, encoding="utf-8")
    stem.with_suffix(".json").write_text(
        json.dumps({"machine": about, "archive": made, "runs": rows}, ensure_ascii=False, indent=1, default=str) + "\n"
    )
    print(text)


if __name__ == "__main__":
    main()
