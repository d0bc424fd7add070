"""Puts made-up articles into a real archive: each story has words of its own, copies share them."""

import random
from datetime import UTC, datetime, timedelta

from storage.archive import note_missing, store_article
from storage.outlets import sync_outlets
from storage.records import ArticleDraft, OutletRow, PageDraft, SourceKey
from storage.sources import source_answered, source_failed, sources_of, sync_sources

NOW = datetime(2026, 11, 23, 22, 20, tzinfo=UTC)  # 07:20 in Seoul
SYLLABLES = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호"
OUTLETS = {
    "alpha": ("가람경제", "excerpt"),
    "beta": ("누리신문", "headline"),
    "gamma": ("다온뉴스", "full"),
    "delta": ("라온테크", "none"),
}


def add_outlets(session, *, sample=False, now=NOW, **licences):
    rows = (
        OutletRow(i, name, f"https://{i}.example", licences.get(i, licence), sample)
        for i, (name, licence) in OUTLETS.items()
    )
    sync_outlets(session, rows, now=now)


def words_of(story):
    """Five paragraphs that no other story shares; the first speaks of Zhongguancun."""
    chance = random.Random(f"story {story}")
    sentences = [
        " ".join("".join(chance.choices(SYLLABLES, k=chance.randint(2, 5))) for _ in range(12)) + "." for _ in range(15)
    ]
    return (
        f"중관춘 {story}번 소식이다. {' '.join(sentences[:3])}",
        *(" ".join(sentences[n : n + 3]) for n in (3, 6, 9, 12)),
    )


def headline_of(story):
    """A headline that no other story shares."""
    return " ".join(words_of(story)[1].split()[:5])


def url_of(outlet, number):
    return f"https://{outlet}.example/news/{number}"


def put(session, outlet, number, *, now=NOW, title=None, body=None, story=None, published_at=None, **fields):
    """Stores an article and gives its id. `story`: whose words it carries (default: its own)."""
    url = url_of(outlet, number)
    draft = ArticleDraft(
        outlet=outlet,
        canonical_url=url,
        title=title or f"중관춘 소식 {outlet} {number}",
        body=body or words_of(number if story is None else story),
        page=PageDraft(url, 200, b"<html></html>", now),
        published_at=published_at,
        **{"relevance": 4.0, "topics": ("zgc",), **fields},
    )
    return store_article(session, draft, now=now).article_id


def take_down(session, outlet, number, *, now=NOW):
    assert note_missing(session, url=url_of(outlet, number), status=410, now=now, confirm_after=timedelta(hours=1))


def add_source(session, outlet, *, failing_since=None, answered_at=None, number=1, now=NOW):
    """A source of an outlet, with the result of its last visit."""
    known = [SourceKey(s.outlet, s.url, s.kind) for o in OUTLETS for s in sources_of(session, o)]
    url = f"https://{outlet}.example/rss/{number}"
    sync_sources(session, [*known, SourceKey(outlet, url, "feed")], now=now)
    source = next(s for s in sources_of(session, outlet) if s.url == url)
    plan = {"next_visit_at": now + timedelta(hours=1)}
    if answered_at:
        source_answered(
            session, source.id, now=answered_at, etag=None, last_modified=None, body_hash=None, new_items=0, **plan
        )
    if failing_since:
        source_failed(session, source.id, now=failing_since, error="503", **plan)
