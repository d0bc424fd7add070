import pytest

from storage.archive import (
    archive_counts,
    get_article,
    known_urls,
    latest_page,
    note_missing,
    note_page,
    revisions_of,
    store_article,
)
from storage.changes import changes_after
from storage.records import Author, ChangeOp, Outcome
from tests.storage.drafts import BODY, DAY, HOUR, NOW, draft, page


def store(database, *drafts, now=NOW, **options):
    with database.writer() as session:
        return [store_article(session, each, now=now, **options) for each in drafts]


def feed(database):
    with database.reader() as session:
        return [(change.op, change.article_id) for change in changes_after(session, 0)]


def article_of(database, article_id):
    with database.reader() as session:
        return get_article(session, article_id)


def test_a_new_article_is_kept_with_its_change(database):
    [stored] = store(database, draft())
    with database.reader() as session:
        article = get_article(session, stored.article_id)
        changes = changes_after(session, 0)
        known = known_urls(session, [draft().canonical_url, "https://a.example/other"])
        counts = archive_counts(session)
    assert (stored.outcome, stored.seq, stored.duplicate_of) == (Outcome.NEW, 1, None)
    assert (article.title, article.body, article.authors) == (draft().title, draft().body, draft().authors)
    assert article.removed == draft().removed
    assert (article.first_seen_at, article.state, article.revision) == (NOW, "live", 1)
    assert [(change.seq, change.op, change.article_id) for change in changes] == [(1, ChangeOp.ADD, stored.article_id)]
    assert list(known) == [draft().canonical_url]
    assert known[draft().canonical_url].recheck_at == NOW + HOUR
    assert known[draft().canonical_url].etag == '"1"'
    assert (counts.articles, counts.live, counts.revisions, counts.pages) == (1, 1, 1, 1)


def test_the_same_draft_twice_is_unchanged_and_silent(database):
    [first] = store(database, draft())
    [second] = store(database, draft(), now=NOW + HOUR)
    assert (second.article_id, second.outcome, second.seq) == (first.article_id, Outcome.UNCHANGED, None)
    assert feed(database) == [(ChangeOp.ADD, first.article_id)]
    with database.reader() as session:
        assert archive_counts(session).pages == 1
        assert known_urls(session, [draft().canonical_url])[draft().canonical_url].recheck_at == NOW + 6 * HOUR


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "중관춘  로봇 기업,\u00a04억달러 유치 "},
        {"title": "중관춘 로봇 기업, \uff14억달러 유치\u200b"},
        {"body": (" ".join(BODY),)},
        {"authors": (Author("다른 기자"),)},
        {"captions": ("사진 설명",)},
        {"page": page("https://a.example/news/1", b"<html>other bytes</html>")},
    ],
)
def test_what_reads_the_same_is_unchanged(sqlite_database, changes):
    store(sqlite_database, draft())
    assert store(sqlite_database, draft(**changes))[0].outcome is Outcome.UNCHANGED


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "중관춘 로봇 기업, 5억달러 유치"},
        {"subtitle": "기업가치 25억달러"},
        {"body": (*BODY, "추가 문단이다.")},
        {"body": (BODY[0].replace("4억1000만", "4억"), *BODY[1:])},
    ],
)
def test_a_correction_is_a_revision(database, changes):
    [first] = store(database, draft())
    corrected = draft(**changes)
    [second] = store(database, corrected, now=NOW + HOUR)
    assert (second.article_id, second.outcome, second.seq) == (first.article_id, Outcome.CORRECTED, 2)
    article = article_of(database, first.article_id)
    assert (article.title, article.subtitle, article.body) == (corrected.title, corrected.subtitle, corrected.body)
    assert (article.revision, article.first_seen_at) == (2, NOW)
    with database.reader() as session:
        before, after = revisions_of(session, first.article_id)
    assert (before.seq, before.title, tuple(before.body)) == (1, draft().title, BODY)
    assert (after.seq, after.at, after.title) == (2, NOW + HOUR, corrected.title)
    assert feed(database) == [(ChangeOp.ADD, first.article_id), (ChangeOp.UPDATE, first.article_id)]


def test_a_correction_back_to_the_first_text_is_a_revision_too(sqlite_database):
    outcomes = [store(sqlite_database, draft(title=title))[0].outcome for title in ("하나", "둘", "하나")]
    assert outcomes == [Outcome.NEW, Outcome.CORRECTED, Outcome.CORRECTED]


def test_a_time_that_is_missing_later_is_kept(sqlite_database):
    [first] = store(sqlite_database, draft(published_at=NOW))
    store(sqlite_database, draft(title="새 제목"))
    assert article_of(sqlite_database, first.article_id).published_at == NOW


@pytest.mark.parametrize(
    "changes",
    [
        {"canonical_url": "https://a.example/m/1", "alias_urls": ("https://a.example/news/1",), "article_number": None},
        {"canonical_url": "https://m.a.example/1", "page": page("https://a.example/news/1"), "article_number": None},
        {"canonical_url": "https://a.example/amp/1", "page": page("https://a.example/amp/1")},
    ],
    ids=["alias", "fetched address", "number"],
)
def test_one_article_under_two_addresses_is_one(database, changes):
    [first] = store(database, draft())
    [second] = store(database, draft(**changes))
    assert (second.article_id, second.outcome) == (first.article_id, Outcome.UNCHANGED)
    with database.reader() as session:
        known = known_urls(session, [draft().canonical_url, changes["canonical_url"]])
    assert {found.article_id for found in known.values()} == {first.article_id}
    assert len(known) == 2
    assert known[changes["canonical_url"]].recheck_at is None
    assert article_of(database, first.article_id).canonical_url == draft().canonical_url


def test_the_same_number_in_another_outlet_is_another_article(database):
    first, second = store(database, draft("a/1"), draft("b/1", body=("전혀 다른 이야기다.",)))
    assert first.article_id != second.article_id


def test_articles_without_a_number_are_not_one(sqlite_database):
    rest = {"article_number": None, "body": ("다른 글이다.",)}
    first, second = store(sqlite_database, draft("a/1", article_number=None), draft("a/2", **rest))
    assert (first.outcome, second.outcome) == (Outcome.NEW, Outcome.NEW)


def test_an_address_that_is_taken_stays_where_it_is(database):
    first, second = store(
        database, draft("a/1"), draft("a/2", alias_urls=("https://a.example/x",), body=("둘째 글이다.",))
    )
    store(database, draft("a/1", alias_urls=("https://a.example/x",)))
    with database.reader() as session:
        assert known_urls(session, ["https://a.example/x"])["https://a.example/x"].article_id == second.article_id
    assert first.article_id != second.article_id


def test_a_page_that_failed_before_becomes_an_article(database):
    url = draft().canonical_url
    with database.writer() as session:
        note_page(session, outlet="a", url=url, verdict="failed", page=None, now=NOW, error="timeout")
    [stored] = store(database, draft(), now=NOW + HOUR)
    with database.reader() as session:
        known = known_urls(session, [url])[url]
    assert (stored.outcome, known.verdict, known.article_id) == (Outcome.NEW, "article", stored.article_id)


def test_text_no_database_would_take_is_cleaned(database):
    dirty = draft(
        title="중관춘\x00 소식 \ud800 끝\x07",
        body=("본문\x00이다 \ud83d\ude00", *BODY),
        authors=(Author("홍\x00길동", None),),
        topics=("z\x00gc",),
        alias_urls=("https://a.example/\x00x",),
    )
    [stored] = store(database, dirty)
    article = article_of(database, stored.article_id)
    assert article.title == "중관춘 소식 \ufffd 끝"
    assert article.body[0] == "본문이다 😀"
    assert article.authors == (Author("홍길동"),)
    assert store(database, dirty)[0].outcome is Outcome.UNCHANGED


def test_an_empty_or_endless_title_blocks_nothing(database):
    [empty] = store(database, draft("a/1", title="", body=("짧다.",)))
    [endless] = store(database, draft("a/2", title="긴제목 " * 50_000, body=("이것도 짧다.",)))
    assert (empty.outcome, endless.outcome) == (Outcome.NEW, Outcome.NEW)


def test_an_address_longer_than_an_index_row_is_kept(database):
    import random

    noise = "".join(random.Random(7).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=8000))
    long = f"https://a.example/{noise}"
    [stored] = store(database, draft(canonical_url=long, article_number="9" * 500))
    assert store(database, draft(canonical_url=long, article_number="9" * 500))[0].outcome is Outcome.UNCHANGED
    assert article_of(database, stored.article_id).canonical_url == long


def test_an_endless_text_is_kept_whole(database):
    import random

    syllables = [chr(code) for code in range(0xAC00, 0xD7A4)]
    noise = "".join(random.Random(7).choices(syllables, k=300_000))
    [stored] = store(database, draft(body=(noise,)))
    assert article_of(database, stored.article_id).body == (noise,)


def test_the_raw_page_comes_back_as_it_was_fetched(database):
    given = page(
        draft().canonical_url, "<p>중관춘</p>".encode("cp949") * 1000, charset="euc-kr", content_type="text/html"
    )
    store(database, draft(page=given))
    with database.reader() as session:
        assert latest_page(session, draft().canonical_url) == given
        assert latest_page(session, "https://a.example/none") is None


def test_an_article_that_answers_again_is_live_again(database):
    [first] = store(database, draft())
    with database.writer() as session:
        assert note_missing(session, url=draft().canonical_url, status=410, now=NOW + HOUR, confirm_after=DAY)
    [again] = store(database, draft(), now=NOW + DAY)
    assert (again.article_id, again.outcome) == (first.article_id, Outcome.CORRECTED)
    article = article_of(database, first.article_id)
    assert (article.state, article.body, article.first_seen_at) == ("live", BODY, NOW)
    assert [op for op, _ in feed(database)] == [ChangeOp.ADD, ChangeOp.GONE, ChangeOp.UPDATE]


def test_an_undone_transaction_leaves_no_gap(database):
    with pytest.raises(TypeError), database.writer() as session:
        store_article(session, draft("a/1"), now=NOW, duplicate_window=None)
    [stored] = store(database, draft("a/2"))
    assert stored.seq == 1
