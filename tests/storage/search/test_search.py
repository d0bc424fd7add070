from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from storage.archive import note_missing, store_article
from storage.errors import CursorError
from storage.search import search
from tests.storage.drafts import DAY, HOUR, NOW, draft

TEXTS = {
    "a/1": ("중관춘의 안면 인식 기업 상장", "얼굴을 알아보는 기술로 알려진 회사다."),
    "a/2": ("안면인식은 어디로", "베이징 중관춘에서 시작한 회사가 30억 위안을 유치했다."),
    "a/3": ("바이오 포럼 열려", "신약 개발사가 모인다."),
    "a/4": ("오포가 새 전화를 공개", "가격은 1,000위안이다. C++ 개발자를 찾는다."),
    "b/1": ("상하이 로봇 회사", "AI 칩을 만드는 회사에 투자-유치 소식이 있다. 50% 올랐다."),
    "b/2": ("칩과 AI의 만남", "중국 국가 계획에 기업 이야기가 나온다. 용산에서."),
    "b/3": ("中关村 소식", "중국 기업 이야기와 3.5% 성장."),
}


@pytest.fixture
def archive(database):
    with database.writer() as session:
        for place, (name, (title, body)) in enumerate(TEXTS.items()):
            store_article(session, draft(name, title=title, body=(body,)), now=NOW + place * HOUR)
    return database


def find(database, query, **options):
    with database.reader() as session:
        result = search(session, query, **options)
    names = ["/".join((hit.outlet, hit.url.rsplit("/", 1)[1])) for hit in result.items]
    assert result.total >= len(names)
    return names


FOUND = {
    "중관춘": {"a/1", "a/2"},
    "중관춘으로": {"a/1", "a/2"},
    "안면인식": {"a/1", "a/2"},
    "안면 인식": {"a/1", "a/2"},
    "안면인식 상장": {"a/1"},
    "오포": {"a/4"},
    "바이오포럼": {"a/3"},
    "포럼": {"a/3"},
    "상하이": {"b/1"},
    "中关村": {"b/3"},
    "AI": {"b/1", "b/2"},
    "ａｉ": {"b/1", "b/2"},
    '"AI 칩"': {"b/1"},
    '"중국 기업"': {"b/3"},
    "중국 기업": {"b/2", "b/3"},
    "C++": {"a/4"},
    "50%": {"b/1"},
    "3.5%": {"b/3"},
    "1000": {"a/4"},
    "30억": {"a/2"},
    "투자-유치": {"b/1"},
    "용": {"b/2"},
    "없는말": set(),
    "중관춘 없는말": set(),
    "": set(),
    "!?": set(),
    "\x00": set(),
    '"': set(),
    "가나다" * 40_000: set(),
}


@pytest.mark.parametrize("newest_first", [True, False])
def test_what_is_found(archive, newest_first):
    assert {query: set(find(archive, query, newest_first=newest_first)) for query in FOUND} == FOUND


def test_newest_first_seen_comes_first(archive):
    assert find(archive, "회사") == ["b/1", "a/2", "a/1"]


def test_the_best_match_comes_first(archive):
    assert find(archive, "상하이", newest_first=False)[0] == "b/1"
    # In the title and as a whole word beats in passing.
    assert find(archive, "칩", newest_first=False)[0] == "b/2"


def test_a_hit_says_where(archive):
    with archive.reader() as session:
        [hit] = search(session, "바이오포럼 신약").items
    assert (hit.title, hit.outlet, hit.url) == ("바이오 포럼 열려", "a", "https://a.example/news/3")
    assert (hit.first_seen_at, hit.published_at) == (NOW + 2 * HOUR, None)
    assert [(mark.field, mark.text, mark.start, mark.end) for mark in hit.highlights] == [
        ("title", "바이오 포럼", 0, 6),
        ("body", "신약", 0, 2),
    ]


def test_only_the_newest_text_is_searched(archive):
    with archive.writer() as session:
        store_article(session, draft("a/3", title="고친 제목", body=("다른 글이다.",)), now=NOW + DAY)
    assert find(archive, "바이오") == []
    assert find(archive, "고친") == ["a/3"]


def test_gone_articles_are_not_found_until_they_come_back(archive):
    url = draft("a/3").canonical_url
    with archive.writer() as session:
        note_missing(session, url=url, status=410, now=NOW + DAY, confirm_after=DAY)
    assert find(archive, "바이오") == []
    title, body = TEXTS["a/3"]
    with archive.writer() as session:
        store_article(session, draft("a/3", title=title, body=(body,)), now=NOW + 2 * DAY)
    assert find(archive, "바이오") == ["a/3"]


def pages(database, query, limit, **options):
    cursor, found = None, []
    while True:
        with database.reader() as session:
            result = search(session, query, limit=limit, cursor=cursor, **options)
        assert (result.total, result.total_is_exact) == (40, True)
        found.append([hit.id for hit in result.items])
        cursor = result.next
        if cursor is None:
            return found


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("limit", [1, 7, 40])
def test_pages_join_without_gap_or_repeat(database, limit, newest_first):
    with database.writer() as session:
        for number in range(40):
            body = (f"중관춘 소식 {number % 5}번이다. " * (1 + number % 3),)
            seen = NOW + timedelta(seconds=number // 4)
            store_article(session, draft(f"a/{number}", title="소식", body=body), now=seen)
    found = pages(database, "중관춘", limit, newest_first=newest_first)
    flat = [article_id for page in found for article_id in page]
    assert all(len(page) == limit for page in found[:-1])
    assert sorted(flat) == list(range(1, 41))
    if newest_first:
        assert flat == list(range(40, 0, -1))


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_cursor_of_another_order_is_one_clear_error(archive, newest_first):
    with archive.reader() as session:
        cursor = search(session, "회사", limit=1, newest_first=newest_first).next
        with pytest.raises(CursorError):
            search(session, "회사", cursor=cursor, newest_first=not newest_first)
        with pytest.raises(CursorError):
            search(session, "", cursor="x", newest_first=newest_first)


QUERIES = st.text(st.characters(codec=None), max_size=60) | st.text(
    st.sampled_from("중관춘 \"'*:()-+^&|!\\\x00AN DORT1.,%"), max_size=40
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(query=QUERIES, newest_first=st.booleans())
def test_no_query_raises(archive, query, newest_first):
    with archive.reader() as session:
        result = search(session, query, newest_first=newest_first)
    assert result.total >= len(result.items)
    assert all(hit.id > 0 for hit in result.items)


def test_postgresql_uses_its_index(postgres_url):
    from storage.database import Database

    with Database.open(postgres_url) as database, database.reader() as session:
        session.execute(sql("SET LOCAL enable_seqscan = off"))
        plan = session.execute(
            sql("EXPLAIN SELECT article_id FROM search_index_1 WHERE lexemes @@ CAST(:wanted AS tsquery)"),
            {"wanted": "'중관'"},
        )
        assert "ix_search_index_1_lexemes" in "\n".join(row[0] for row in plan)


def test_aliases_find_the_other_names(archive):
    aliases = {"중관춘": ("中关村",)}
    with archive.reader() as session:
        plain = search(session, "중관춘 소식")
        wide = search(session, "중관춘 소식", expand=lambda name: aliases.get(name, ()))
    assert (plain.total, wide.total) == (0, 1)
    first = wide.items[0].highlights[0]
    assert (first.field, first.text) == ("title", "中关村")


def test_of_a_long_list_those_with_the_words_in_their_title_are_judged_first(database, monkeypatch):
    monkeypatch.setattr("storage.search.find.RANKED", 4)
    with database.writer() as session:
        for number in range(12):
            title = "중관춘 특집" if number == 1 else "소식"
            store_article(session, draft(f"a/{number}", title=title, body=(f"중관춘 {number}번.",)), now=NOW)
    with database.reader() as session:
        result = search(session, "중관춘", newest_first=False)
    assert result.items[0].id == 2
    assert len(result.items) == 4
