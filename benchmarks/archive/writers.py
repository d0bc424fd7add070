"""Eight writers, a polling reader, and writers that are killed: is anything missed, torn or doubled?"""

import multiprocessing
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from benchmarks.archive.generator import articles
from storage.archive import note_missing, store_article
from storage.changes import changes_after
from storage.database import Database, Session
from storage.models.archive import Article, ChangeRow, Page, Revision, Url
from storage.records import Change, ChangeOp

WRITERS = 8
ARTICLES_A_WRITER = 70  # with corrections and tombstones some 1,200 transactions a round
CONTEXT = multiprocessing.get_context("spawn")


def write(url: str, first: int, start: Any) -> None:
    """New articles, corrections and tombstones, one transaction each; what is there already is met again."""
    with Database.open(url, check_schema=False) as database:
        drafts = list(articles(first, ARTICLES_A_WRITER, copies=0.3))
        start.wait(60)
        for number, (draft, seen) in enumerate(drafts):
            with database.writer() as session:
                store_article(session, draft, now=seen)
            with database.writer() as session:
                store_article(session, replace(draft, title=draft.title + " (종합)"), now=seen)
            if number % 5 == 0:
                with database.writer() as session:
                    note_missing(session, url=draft.canonical_url, status=410, now=seen, confirm_after=timedelta(0))


@dataclass
class Poller(threading.Thread):
    """A downstream job: asks for what is new, keeps the last number it saw."""

    database: Database
    seen: list[Change] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        while True:
            is_last = self.stopping.is_set()
            with self.database.reader() as session:
                found = changes_after(session, self.seen[-1].seq if self.seen else 0, limit=200)
            self.seen += found
            if is_last and not found:
                return
            time.sleep(0.001)

    __hash__ = threading.Thread.__hash__


def rounds(database: Database, count: int, seed: int = 11) -> dict[str, int]:
    """`count` rounds of eight writers, three of them killed at a random moment; gives what went wrong, and totals."""
    rng = random.Random(seed)
    poller = Poller(database)
    poller.start()
    killed = 0
    for number in range(count):
        start = CONTEXT.Event()
        # Two writers at a time get the same articles: both will want to store them.
        firsts = [1 + (number * WRITERS + writer // 2 * 2) * ARTICLES_A_WRITER for writer in range(WRITERS)]
        writers = [CONTEXT.Process(target=write, args=(database.url, first, start)) for first in firsts]
        for writer in writers:
            writer.start()
        time.sleep(1.0)
        start.set()
        for victim in rng.sample(writers, 3):
            time.sleep(rng.uniform(0.05, 0.8))
            if victim.is_alive():
                victim.kill()
                killed += 1
        for writer in writers:
            writer.join(300)
        print(f"  round {number + 1} of {count}: {len(poller.seen)} changes seen", flush=True)
    poller.stopping.set()
    poller.join(120)
    return {"rounds": count, "killed": killed, **_judge(database, poller.seen)}


def _judge(database: Database, seen: list[Change]) -> dict[str, int]:
    with database.reader() as session:
        everything = [change for page in _all(session) for change in page]
        live = select(Article.id).where(Article.state == "live")
        doubled = session.execute(
            select(Article.canonical_url).group_by(Article.canonical_url).having(func.count() > 1)
        ).all()
        ops = Counter((change.article_id, change.op) for change in everything)
        torn = [number for number in session.scalars(select(Article.id)) if ops[number, ChangeOp.ADD] != 1]
        torn += session.scalars(
            live.where(~select(Revision.seq).where(Revision.seq == Article.revision).exists())
        ).all()
        torn += session.scalars(live.where(~select(Url.key).where(Url.article_id == Article.id).exists())).all()
        owned = select(Page.id).join(Url, Url.key == Page.url_key).where(Url.article_id == Article.id).exists()
        torn += session.scalars(live.where(~owned)).all()
        revisions = session.scalar(select(func.count()).select_from(Revision))
        texts = len([change for change in everything if change.op in {ChangeOp.ADD, ChangeOp.UPDATE}])
        newest = session.scalar(select(func.max(ChangeRow.seq))) or 0
    return {
        "transactions seen": len(everything),
        "missed or out of order": sum(a != b for a, b in zip(seen, everything, strict=False))
        + abs(len(seen) - len(everything)),
        "gaps": newest - len(everything),
        "torn articles": len(torn) + abs((revisions or 0) - texts),
        "doubled articles": len(doubled),
    }


def _all(session: Session) -> list[list[Change]]:
    pages, after = [], 0
    while page := changes_after(session, after):
        pages.append(page)
        after = page[-1].seq
    return pages
