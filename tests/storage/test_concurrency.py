"""Writers in other processes, a polling reader, and crashes: the feed stays gapless, ordered and whole."""

import multiprocessing
import threading
import time

from storage.archive import archive_counts, get_article, note_missing, store_article
from storage.changes import changes_after
from storage.database import Database
from storage.records import ChangeOp
from tests.storage.drafts import BODY, DAY, NOW, draft

ARTICLES = 12
# The server imports once; each writer is then a process of its own within milliseconds.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["storage.archive", "storage.database", "storage.schema", "alembic.command"])


def write(url, name):
    """New articles, corrections and tombstones of one outlet, one transaction each."""
    with Database.open(url) as database:
        for number in range(1, ARTICLES + 1):
            body = (f"{name} 신문의 {number}번째 글이다. 중관춘 소식 {number * 7}건을 전한다.",)
            with database.writer() as session:
                store_article(session, draft(f"{name}/{number}", body=body), now=NOW)
            with database.writer() as session:
                store_article(session, draft(f"{name}/{number}", body=(*body, "고쳤다.")), now=NOW)
            if number % 3 == 0:
                gone = draft(f"{name}/{number}").canonical_url
                with database.writer() as session:
                    note_missing(session, url=gone, status=410, now=NOW, confirm_after=DAY)


class Poller(threading.Thread):
    """A downstream job: asks for what is new, keeps the last number it saw."""

    def __init__(self, database):
        super().__init__()
        self.database, self.seen, self.stopping = database, [], threading.Event()

    def run(self):
        while True:
            last_round = self.stopping.is_set()
            with self.database.reader() as session:
                self.seen += changes_after(session, self.seen[-1].seq if self.seen else 0, limit=50)
            time.sleep(0.002)
            if last_round and (not self.seen or self.is_at_end()):
                return

    def is_at_end(self):
        with self.database.reader() as session:
            return not changes_after(session, self.seen[-1].seq, limit=1)


def test_a_polling_reader_misses_nothing_while_many_write(database):
    writers = [CONTEXT.Process(target=write, args=(database.url, name)) for name in "abcd"]
    poller = Poller(database)
    poller.start()
    for writer in writers:
        writer.start()
    while len(poller.seen) < ARTICLES * 2:
        assert any(writer.is_alive() for writer in writers), [writer.exitcode for writer in writers]
        time.sleep(0.01)
    # One of them dies as hard as a process can, in the middle of whatever it does.
    writers[0].kill()
    for writer in writers:
        writer.join(60)
    poller.stopping.set()
    poller.join(30)
    assert [writer.exitcode for writer in writers[1:]] == [0, 0, 0]
    with database.reader() as session:
        everything = changes_after(session, 0, limit=1_000_000)
        counts = archive_counts(session)
        assert poller.seen == everything
        assert [change.seq for change in everything] == list(range(1, len(everything) + 1))
        added = [change for change in everything if change.op is ChangeOp.ADD]
        gone = [change for change in everything if change.op is ChangeOp.GONE]
        assert (counts.articles, counts.gone) == (len(added), len(gone))
        assert counts.revisions == len([c for c in everything if c.op in {ChangeOp.ADD, ChangeOp.UPDATE}])
        assert all(get_article(session, change.article_id) for change in added)
        assert counts.articles >= 3 * ARTICLES


def store_copies(url, name, start):
    with Database.open(url) as database:
        start.wait(30)
        for number in range(12):
            body = (*BODY, f"부품 {number}만 {number + 3}개를 더 샀다고 {number + 101}번 창고가 전했다.")
            with database.writer() as session:
                told = tuple(
                    sentence.replace("24일", f"{number + 1}일").replace("7곳", f"{number}곳") for sentence in body
                )
                unlike = tuple(word + "." for word in f"{number}번 소식 하나".split())
                store_article(session, draft(f"{name}/{number}", body=(*told, *unlike)), now=NOW)


def test_copies_that_arrive_at_once_see_each_other(database):
    start = CONTEXT.Event()
    writers = [CONTEXT.Process(target=store_copies, args=(database.url, name, start)) for name in "abc"]
    for writer in writers:
        writer.start()
    time.sleep(0.5)
    start.set()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with database.reader() as session:
        heads = {}
        for article_id in range(1, 37):
            article = get_article(session, article_id)
            number = article.canonical_url.rsplit("/", 1)[1]
            heads.setdefault(number, set()).add(article.duplicate_of or article.id)
    # Whoever came first, all three outlets' versions of one report have one head.
    assert all(len(found) == 1 for found in heads.values()), heads


def test_one_address_stored_by_many_at_once_is_one_article(database):
    start = threading.Barrier(6)
    found = []

    def store():
        start.wait()
        with database.writer() as session:
            found.append(store_article(session, draft(), now=NOW))

    threads = [threading.Thread(target=store) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len({stored.article_id for stored in found}) == 1
    assert sorted(str(stored.outcome) for stored in found) == ["new", *["unchanged"] * 5]
