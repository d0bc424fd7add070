"""Stored pages read again: real changes only, ids and times kept, nothing fetched, interrupted runs gone on with."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import zstandard

from crawler import reextract as room
from crawler.catalogue import Catalogue, Outlet
from crawler.extract import extract
from crawler.meaning.topics import load_topics
from storage.archive import get_article, list_articles, note_page, revisions_of, store_article
from storage.archive.pages import forget_pages
from storage.boilerplate import Suggestion, decide, learned_lines, note_suggestions
from storage.changes import changes_after
from storage.database import Database
from storage.models.archive import Page
from storage.records import ArticleDraft, PageDraft, RemovedBlock
from storage.reextraction import Selection, replays_after, reread, rewrite
from storage.search import search
from storage.text import url_key
from tests.crawler.world import START
from tests.servers.papers import Story, page

BASE = "https://yesi.example"
OUTLET = Outlet.model_validate(
    {
        "id": "yesi",
        "name": "예시신문",
        "home": f"{BASE}/",
        "hosts": ["yesi.example"],
        "sources": [{"kind": "feed", "url": f"{BASE}/rss"}],
        "urls": {"article": [r"/news/article/\d+"], "number": r"/article/(\d+)"},
    }
)
LATER = START + timedelta(days=30)
LEAK = "예시신문 누리집에서 더 많은 소식을 볼 수 있다"


def raw(story, html=None):
    return PageDraft(f"{BASE}{story.path}", 200, html or page(story), START, content_type="text/html")


class Shelf:
    """An archive with one made-up outlet, filled as an older extractor would have filled it."""

    def __init__(self, database, pool):
        self.database, self.pool = database, pool
        self.catalogue = Catalogue([OUTLET])
        self.told = []

    def context(self, **changes):
        given = {
            "database": self.database,
            "catalogue": self.catalogue,
            "topics": load_topics(),
            "pool": self.pool,
            "clock": lambda: LATER,
            "progress": lambda *step: self.told.append(step),
        }
        return room.Rereading(**{**given, **changes})

    def run(self, selection=None, *, context=None, **options):
        return asyncio.run(room.reextract(context or self.context(), selection or Selection(), **options))

    def keep(self, story, **changes):
        """Stores the story with what today's extractor says of its page, but for `changes`."""
        stored = raw(story, changes.pop("html", None))
        article = extract(stored.body, url=stored.url, outlet="yesi", fetched_at=START)
        judged = load_topics().judge(article.title, article.body)
        draft = ArticleDraft(
            outlet="yesi",
            canonical_url=stored.url,
            title=article.title,
            body=article.body,
            page=stored,
            article_number=str(story.number),
            published_at=article.published_at,
            captions=article.captions,
            removed=tuple(RemovedBlock(block.text, str(block.reason)) for block in article.removed),
            extractor=article.extractor,
            language=article.language,
            relevance=judged.score,
            topics=judged.topics,
        )
        with self.database.writer() as session:
            return store_article(session, replace(draft, **changes), now=START).article_id

    def article(self, article_id):
        with self.database.reader() as session:
            return get_article(session, article_id)

    def changes(self):
        with self.database.reader() as session:
            return changes_after(session, 0)

    def revisions(self, article_id):
        with self.database.reader() as session:
            return revisions_of(session, article_id)


@pytest.fixture
def shelf(database, pool):
    return Shelf(database, pool)


@pytest.fixture
def light_shelf(sqlite_url, pool):
    with Database.open(sqlite_url) as opened:
        yield Shelf(opened, pool)


def test_records_that_read_the_same_are_not_touched(shelf):
    ids = [shelf.keep(Story(number)) for number in (1, 2, 3)]
    before, feed = [shelf.article(one) for one in ids], shelf.changes()
    report = shelf.run()
    counts = report.outlets["yesi"]
    assert (counts.pages, counts.unchanged, counts.changed) == (3, 3, 0)
    assert [shelf.article(one) for one in ids] == before
    assert shelf.changes() == feed
    assert report.examples == []
    assert shelf.told[-1] == (3, 3)


def test_another_name_of_the_extractor_is_noted_silently(shelf):
    one = shelf.keep(Story(1), extractor="older/1", removed=(RemovedBlock("표본", "toolbar"),))
    before, feed = shelf.article(one), shelf.changes()
    report = shelf.run()
    after = shelf.article(one)
    assert report.outlets["yesi"].noted == 1
    assert after == replace(before, extractor=after.extractor, removed=after.removed)
    assert after.extractor.startswith("generic")
    assert shelf.changes() == feed
    assert shelf.run().outlets["yesi"].unchanged == 1


def test_a_text_that_reads_differently_becomes_a_marked_revision(shelf):
    leaked = (*Story(1).paragraphs, LEAK)
    one, other = shelf.keep(Story(1), body=leaked, title="옛 제목 예시"), shelf.keep(Story(2))
    before = shelf.article(one)
    feed = shelf.changes()
    report = shelf.run()
    after = shelf.article(one)
    assert (report.outlets["yesi"].changed, report.outlets["yesi"].unchanged) == (1, 1)
    assert after.id == before.id
    assert after.body == tuple(Story(1).paragraphs)
    assert after.title == Story(1).title
    assert (after.first_seen_at, after.published_at) == (before.first_seen_at, before.published_at)
    assert [revision.origin for revision in shelf.revisions(one)] == ["visit", "reextraction"]
    [change] = shelf.changes()[len(feed) :]
    assert (change.op, change.article_id, change.seq) == ("update", one, after.revision)
    assert [revision.origin for revision in shelf.revisions(other)] == ["visit"]
    with shelf.database.reader() as session:
        assert search(session, "누리집").total == 0
        assert search(session, "예시1호").total == 1


def test_the_diff_says_what_a_reader_would_see_change(light_shelf):
    one = light_shelf.keep(Story(1), body=(*Story(1).paragraphs, LEAK))
    [example] = light_shelf.run(dry_run=True).examples
    assert (example.outlet, example.article_id, example.kind) == ("yesi", one, "changed")
    assert f"-{LEAK}" in example.text.splitlines()
    assert example.text.startswith(f"--- {BASE}/news/article/1")


def test_a_dry_run_writes_nothing_and_is_not_gone_on_with(shelf):
    one = shelf.keep(Story(1), body=(*Story(1).paragraphs, LEAK))
    before, feed = shelf.article(one), shelf.changes()
    report = shelf.run(dry_run=True)
    assert (report.outlets["yesi"].changed, report.dry_run) == (1, True)
    assert (shelf.article(one), shelf.changes()) == (before, feed)
    assert not shelf.run().resumed


def test_examples_are_few_for_each_outlet(light_shelf):
    for number in range(1, 6):
        light_shelf.keep(Story(number), body=(*Story(number).paragraphs, LEAK))
    report = light_shelf.run(context=light_shelf.context(examples=2), dry_run=True)
    assert (len(report.examples), report.outlets["yesi"].changed) == (2, 5)


def test_what_only_the_feed_told_stays(light_shelf):
    modified = START - timedelta(hours=1)
    one = light_shelf.keep(Story(1), section="산업", modified_at=modified, title="옛 제목 예시")
    light_shelf.run()
    after = light_shelf.article(one)
    assert (after.section, after.modified_at, after.title) == ("산업", modified, Story(1).title)


def test_an_article_that_is_found_no_more_stays_and_is_told(shelf):
    one = shelf.keep(Story(1))
    with shelf.database.writer() as session:
        session.query(Page).update({"body": zstandard.compress(b"<html><body><p>404</p></body></html>")})
    before, feed = shelf.article(one), shelf.changes()
    report = shelf.run()
    assert report.outlets["yesi"].empty == 1
    assert [example.kind for example in report.examples] == ["empty"]
    assert (shelf.article(one), shelf.changes()) == (before, feed)


def test_the_page_of_the_text_is_read_not_a_later_failure(light_shelf):
    one = light_shelf.keep(Story(1))
    with light_shelf.database.writer() as session:
        later = replace(raw(Story(1), b"<html>blocked</html>"), fetched_at=START + timedelta(hours=1))
        note_page(session, outlet="yesi", url=later.url, verdict="failed", page=later, now=later.fetched_at)
    assert light_shelf.run().outlets["yesi"].unchanged == 1
    assert light_shelf.article(one).state == "live"


def test_pages_that_are_not_kept_and_outlets_that_are_not_known_are_counted(light_shelf):
    light_shelf.keep(Story(1))
    light_shelf.keep(Story(2), outlet="fremd", canonical_url="https://fremd.example/2")
    with light_shelf.database.writer() as session:
        forget_pages(session, url_key(f"{BASE}/news/article/1"))
    report = light_shelf.run()
    assert (report.outlets["yesi"].without_page, report.outlets["fremd"].without_outlet) == (1, 1)


def test_only_what_is_selected_is_read(light_shelf):
    light_shelf.keep(Story(1))
    assert light_shelf.run(Selection(since=START + timedelta(seconds=1))).outlets == {}
    assert light_shelf.run(Selection(outlet="andere")).outlets == {}
    assert light_shelf.run(Selection(outlet="yesi", since=START)).total().pages == 1


class Interrupted(BaseException):
    pass


def test_an_interrupted_run_goes_on_where_it_stopped(shelf, monkeypatch):
    monkeypatch.setattr(room, "BATCH", 2)
    ids = [shelf.keep(Story(number), body=(*Story(number).paragraphs, LEAK)) for number in range(1, 6)]

    def stop(_done, _planned):
        raise Interrupted

    with pytest.raises(Interrupted):
        shelf.run(context=shelf.context(progress=stop))
    assert sum(len(shelf.revisions(one)) == 2 for one in ids) == 2
    report = shelf.run()
    assert report.resumed
    assert shelf.told == [(2, 3), (3, 3)]
    assert [len(shelf.revisions(one)) for one in ids] == [2] * 5
    assert (report.outlets["yesi"].pages, report.outlets["yesi"].changed) == (5, 5)
    again = shelf.run()
    assert (again.resumed, again.outlets["yesi"].unchanged) == (False, 5)


def test_an_interrupted_run_can_be_begun_anew(light_shelf):
    light_shelf.keep(Story(1))

    def stop(_done, _planned):
        raise Interrupted

    with pytest.raises(Interrupted):
        light_shelf.run(context=light_shelf.context(progress=stop))
    assert not light_shelf.run(restart=True).resumed


def test_an_article_written_meanwhile_is_left_to_its_visit(shelf):
    one = shelf.keep(Story(1), title="옛 제목 예시")
    with shelf.database.reader() as session:
        [replay] = replays_after(session, Selection(), after=0, limit=10)
    shelf.keep(Story(1, edited=True))
    newest, feed = shelf.article(one), shelf.changes()
    after = reread(replay.article, title="다시 읽은 제목")
    with shelf.database.writer() as session:
        assert not rewrite(session, replay.article, after, now=LATER)
        assert not rewrite(session, replay.article, reread(replay.article, extractor="x"), now=LATER)
    assert (shelf.article(one), shelf.changes()) == (newest, feed)


def test_approved_last_lines_go_and_come_back(shelf):
    leaked = page(Story(1)).replace(b"</div></article>", f"<p>{LEAK}</p></div></article>".encode())
    one = shelf.keep(Story(1), html=leaked)
    assert shelf.article(one).body[-1] == LEAK
    with shelf.database.writer() as session:
        note_suggestions(session, "yesi", [Suggestion(LEAK, 9, (BASE,))], looked_at=10, now=LATER)
    assert shelf.run().outlets["yesi"].unchanged == 1, "a suggestion is not a decision"
    for state, body in (("approved", tuple(Story(1).paragraphs)), ("rejected", (*Story(1).paragraphs, LEAK))):
        with shelf.database.writer() as session:
            decide(session, [learned_lines(session)[0].id], state, now=LATER)
        assert shelf.run().outlets["yesi"].changed == 1
        assert shelf.article(one).body == body
        assert (RemovedBlock(LEAK, "boilerplate") in shelf.article(one).removed) is (state == "approved")


def test_pages_without_an_article_are_judged_again_when_asked(shelf):
    with shelf.database.writer() as session:
        for story, verdict in ((Story(1), "no_article"), (Story(2, on_topic=False), "failed"), (Story(3), "off_topic")):
            url = f"{BASE}{story.path}"
            note_page(session, outlet="yesi", url=url, verdict=verdict, page=raw(story), now=START)
    assert shelf.run().outlets == {}
    dry = shelf.run(dry_run=True, every=True)
    assert (dry.outlets["yesi"].judged, dry.outlets["yesi"].found) == (3, 2)
    assert [example.kind for example in dry.examples] == ["found", "found"]
    report = shelf.run(every=True)
    assert (report.outlets["yesi"].judged, report.outlets["yesi"].found) == (3, 2)
    with shelf.database.reader() as session:
        articles, _ = list_articles(session, limit=10)
    assert sorted(article.title for article in articles) == sorted([Story(1).title, Story(3).title])
    assert {article.first_seen_at for article in articles} == {START}
    again = shelf.run(every=True)
    assert (again.outlets["yesi"].pages, again.outlets["yesi"].judged, again.outlets["yesi"].found) == (2, 1, 0)


def test_an_old_page_of_a_stored_article_does_not_overwrite_it(light_shelf):
    stored = light_shelf.keep(Story(1, edited=True))
    alias = f"{BASE}/mobile/news/article/1"
    old = replace(raw(Story(1)), url=alias)
    with light_shelf.database.writer() as session:
        note_page(session, outlet="yesi", url=alias, verdict="no_article", page=old, now=START)
    before = light_shelf.article(stored)
    assert light_shelf.run(every=True).outlets["yesi"].found == 0
    assert light_shelf.article(stored) == before
