"""Search and the change feed over HTTP."""

import asyncio
import threading
import time
from datetime import timedelta

import pytest

from storage.archive import note_missing, store_article
from tests.web.conftest import NOON, bearer, client_of, draft, key_of, store
from web.waiting import LOOK_EVERY, FeedWatch


def test_search_finds_by_pages_and_marks_what_it_found(client, archive):
    store(archive, *(draft(number, title=f"중관춘 유니콘 {number}호") for number in range(5)))
    seen, cursor = [], None
    while True:
        parameters = {"q": "유니콘", "limit": 2, **({"after": cursor} if cursor else {})}
        page = client.get("/v1/search", params=parameters).json()
        seen += [row["title"] for row in page["items"]]
        if cursor is None:
            assert page["total"] == 5
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"중관춘 유니콘 {number}호" for number in reversed(range(5))]
    mark = client.get("/v1/search", params={"q": "유니콘"}).json()["items"][0]["highlights"][0]
    assert mark["field"] == "title"
    assert "중관춘 유니콘 4호"[mark["start"] : mark["end"]] == mark["text"] == "유니콘"


def test_search_shows_no_words_that_the_licence_hides(client, archive):
    body = ("비밀스러운 유니콘 문단이다.", "둘째 문단은 다른 이야기다.")
    store(archive, draft(1, outlet="sample-none", title="유니콘 소식", body=body))
    store(archive, draft(2, title="다른 소식", body=body))
    rows = client.get("/v1/search?q=유니콘").json()["items"]
    assert {row["title"] for row in rows} == {None, "다른 소식"}
    assert [row["highlights"] for row in rows] == [[], []]
    rows = client.get("/v1/search?q=유니콘", headers=bearer(key_of(archive, "fulltext"))).json()["items"]
    marks = {row["outlet"]: [mark["field"] for mark in row["highlights"]] for row in rows}
    assert marks == {"sample-none": [], "sample-full": ["body"]}


def test_search_is_narrowed(client, archive):
    store(archive, draft(1, title="유니콘 하나", section="산업"), draft(2, outlet="sample-none", title="유니콘 둘"))

    def found(**more):
        page = client.get("/v1/search", params={"q": "유니콘", **more}).json()
        return [row["id"] for row in page["items"]]

    assert found() == [2, 1]
    assert found(outlet="sample-none") == [2]
    assert found(section="산업") == [1]
    assert found(until="2026-11-24T12:01:00+09:00") == [1]
    assert found(since="2026-11-24T12:01:00+09:00") == [2]
    assert found(relation="original") == [2, 1]
    assert found(relation="duplicate") == []
    assert client.get("/v1/search", params={"q": "유니콘", "section": "\x00"}).status_code == 422


@pytest.mark.parametrize("query", ["C++", "50%", "투자-유치", '"', "'", "\x00", "가" * 1000, "🙂", "NEAR(", "*"])
def test_any_text_is_a_query(client, query):
    assert client.get("/v1/search", params={"q": query}).status_code == 200
    assert client.get("/v1/search", params={"q": query, "order": "relevance"}).status_code == 200


def test_changes_are_read_to_the_end_with_the_cursor_of_the_page_before(client, archive):
    [first, _] = store(archive, draft(1), draft(2))
    with archive.writer() as session:
        store_article(session, draft(1, title="고친 제목"), now=NOON)
        note_missing(session, url=draft(2).canonical_url, status=410, now=NOON, confirm_after=timedelta(0))
    seen, after = [], 0
    while True:
        page = client.get("/v1/changes", params={"after": after, "limit": 2}).json()
        if not page["items"]:
            break
        seen += page["items"]
        after = page["next"]
    assert [row["seq"] for row in seen] == list(range(1, page["last"] + 1))
    assert {row["op"] for row in seen} >= {"add", "update", "gone"}
    assert [row["op"] for row in seen if row["article_id"] == first][:2] != []
    assert seen[0]["at"] == "2026-11-24T12:00:00+09:00"


def test_a_plain_number_is_a_cursor_too_and_a_cursor_is_given_for_it(client, archive):
    store(archive, draft(1), draft(2))
    page = client.get("/v1/changes?after=2").json()
    assert (page["items"], page["last"]) == ([], 2)
    assert page["next"].startswith("2-")
    assert client.get("/v1/changes", params={"after": page["next"]}).json() == page


def test_a_cursor_of_a_change_that_is_no_more_is_told_even_when_the_feed_has_grown_past_it(client, archive):
    store(archive, draft(1), draft(2))
    lost = client.get("/v1/changes").json()["next"][:-1]
    lost += "0" if not client.get("/v1/changes").json()["next"].endswith("0") else "1"
    store(archive, draft(3))
    for wait in (0, 30):
        answer = client.get("/v1/changes", params={"after": lost, "wait": wait})
        assert answer.status_code == 409
        assert "from 0" in answer.json()["detail"]


def test_a_cursor_from_the_future_is_told_that_the_archive_was_restored(client, archive):
    store(archive, draft(1))
    answer = client.get("/v1/changes?after=100")
    assert answer.status_code == 409
    assert "restored" in answer.json()["detail"]
    assert client.get("/v1/changes?after=100&wait=1").status_code == 409


def test_a_waiting_reader_is_answered_when_something_happens(archive):
    with client_of(archive) as client:
        writer = threading.Timer(0.4, store, (archive, draft(1)))
        started = time.monotonic()
        writer.start()
        page = client.get("/v1/changes?wait=20").json()
        assert [row["op"] for row in page["items"]] == ["add"]
        assert time.monotonic() - started < 10
        writer.join()


def test_a_waiting_reader_is_answered_when_nothing_happens(small_archive):
    with client_of(small_archive) as client:
        started = time.monotonic()
        assert client.get("/v1/changes?wait=1").json() == {"items": [], "next": "0", "last": 0}
        assert time.monotonic() - started >= 1


def test_many_waiting_readers_are_one_question_and_all_leave_when_the_service_stops():
    asked = 0

    async def newest():
        nonlocal asked
        asked += 1
        return 7

    async def stays():
        return False

    async def scene():
        watch = FeedWatch(newest)
        readers = [asyncio.create_task(watch.newer_than(7, 60, stays)) for _ in range(50)]
        await asyncio.sleep(LOOK_EVERY * 2.5)
        assert watch.waiting == 50
        await asyncio.wait_for(watch.newer_than(6, 60, stays), 1)
        watch.stop()
        await asyncio.wait_for(asyncio.gather(*readers), 1)
        assert watch.waiting == 0

    asyncio.run(scene())
    assert asked <= 5


def test_a_reader_who_leaves_is_not_waited_for():
    async def newest():
        return 0

    async def left():
        return True

    async def scene():
        watch = FeedWatch(newest)
        await asyncio.wait_for(watch.newer_than(0, 60, left), 1)
        assert watch.waiting == 0

    asyncio.run(scene())
