"""The API over a real archive on both databases, asked by a real HTTP client of the application."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from storage.archive import note_missing, store_article
from storage.outlets import sync_outlets
from storage.records import ArticleDraft, Author, OutletRow, PageDraft
from web.app import create_app

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
KST = ZoneInfo("Asia/Seoul")
LEAD = "베이징 중관춘의 예시 기업이 새 투자를 받았다고 회사가 밝혔다. " * 5


def draft(number, outlet="sample-full", **fields):
    page = PageDraft(f"https://{outlet}.example/{number}", 200, b"<html>", NOON)
    known = {"outlet": outlet, "canonical_url": page.url, "title": f"예시 기사 {number}", "page": page}
    return ArticleDraft(**{**known, "body": (f"{number}. {LEAD}", f"둘째 문단 {number}"), **fields})


@pytest.fixture
def client(database):
    with database.writer() as session:
        sync_outlets(
            session,
            [OutletRow(f"sample-{licence}", f"샘플 {licence}", "https://example", licence, sample=True)
             for licence in ("full", "excerpt", "headline", "none")],
            now=NOON,
        )  # fmt: skip
    app = create_app(database, version="9.9", in_zone=lambda moment: moment.astimezone(KST))
    with TestClient(app) as client:
        yield client


def store(database, *drafts):
    for number, one in enumerate(drafts):
        with database.writer() as session:
            store_article(session, one, now=NOON + timedelta(minutes=number))


def test_healthz_tells_version_and_schema(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["version"] == "9.9"
    assert answer.json()["schema"]


def test_articles_come_newest_first_by_pages_without_gaps_or_repeats(client, database):
    store(database, *(draft(number) for number in range(7)))
    seen, cursor = [], None
    while True:
        page = client.get("/v1/articles", params={"limit": 3, **({"after": cursor} if cursor else {})}).json()
        seen += [row["title"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"예시 기사 {number}" for number in reversed(range(7))]


def test_times_are_korean_with_their_offset(client, database):
    store(database, draft(1, published_at=NOON - timedelta(hours=1), authors=(Author("김샘플", "k@sample.example"),)))
    [row] = client.get("/v1/articles").json()["items"]
    assert row["published_at"] == "2026-11-24T11:00:00+09:00"
    assert row["first_seen_at"] == "2026-11-24T12:00:00+09:00"
    assert row["authors"] == ["김샘플"]
    assert row["outlet_name"] == "샘플 full"


def test_the_licence_decides_what_is_shown(client, database):
    licences = ("full", "excerpt", "headline", "none")
    store(database, *(draft(number, outlet=f"sample-{licence}") for number, licence in enumerate(licences)))
    rows = {row["outlet"]: row for row in client.get("/v1/articles").json()["items"]}
    assert len(rows["sample-full"]["body"]) == 2
    [opening] = rows["sample-excerpt"]["body"]
    assert len(opening) < len(LEAD)
    assert rows["sample-headline"]["body"] == rows["sample-none"]["body"] == []
    assert rows["sample-headline"]["title"]
    assert rows["sample-none"]["title"] is None


def test_a_gone_article_keeps_its_id_and_no_text(client, database):
    store(database, draft(1))
    with database.writer() as session:
        note_missing(
            session, url="https://sample-full.example/1", status=410, now=NOON, confirm_after=timedelta(hours=1)
        )
    [row] = client.get("/v1/articles").json()["items"]
    assert row["state"] == "gone"
    assert row["body"] == []
    assert row["title"] is None


def test_filters(client, database):
    store(database, draft(1), draft(2, outlet="sample-excerpt"), draft(3))
    titles = lambda **params: [row["title"] for row in client.get("/v1/articles", params=params).json()["items"]]  # noqa: E731
    assert titles(outlet="sample-excerpt") == ["예시 기사 2"]
    assert titles(since="2026-11-24T12:01:00+09:00") == ["예시 기사 3", "예시 기사 2"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "since=2026-11-24T12:00:00", "after=<script>", "after=AAAA"]
)
def test_bad_requests_are_problems_that_echo_nothing(client, query):
    answer = client.get(f"/v1/articles?{query}")
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert "script" not in answer.text


def test_an_unknown_address_is_a_problem_too(client):
    answer = client.get("/v1/<script>")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "script" not in answer.text


def test_openapi_describes_every_field_of_the_list(client):
    schema = client.get("/openapi.json").json()
    assert set(schema["paths"]) == {"/healthz", "/v1/articles"}
    assert schema["components"]["schemas"]["ArticleRow"]["properties"]["state"]["description"]
