"""Articles over a real archive on both databases."""

from datetime import timedelta

import pytest

from storage.archive import note_missing, store_article
from storage.records import Author
from tests.web.conftest import LEAD, LICENCES, NOON, TAILS, bearer, draft, key_of, store


def test_healthz_tells_version_and_schema(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["version"] == "9.9"
    assert answer.json()["schema"]


def test_articles_come_newest_first_by_pages_without_gaps_or_repeats(client, archive):
    store(archive, *(draft(number) for number in range(7)))
    seen, cursor = [], None
    while True:
        page = client.get("/v1/articles", params={"limit": 3, **({"after": cursor} if cursor else {})}).json()
        seen += [row["title"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"예시 기사 {number}" for number in reversed(range(7))]


def test_times_are_korean_with_their_offset(client, archive):
    store(archive, draft(1, published_at=NOON - timedelta(hours=1), authors=(Author("김샘플", "k@sample.example"),)))
    [row] = client.get("/v1/articles").json()["items"]
    assert row["published_at"] == "2026-11-24T11:00:00+09:00"
    assert row["first_seen_at"] == "2026-11-24T12:00:00+09:00"
    assert row["authors"] == ["김샘플"]
    assert row["outlet_name"] == "샘플 full"


def test_licence_and_scope_decide_what_is_shown(client, archive):
    store(archive, *(draft(number, outlet=f"sample-{licence}") for number, licence in enumerate(LICENCES)))

    def seen(key=None):
        answer = client.get("/v1/articles", headers=bearer(key) if key else {})
        return {row["outlet"].removeprefix("sample-"): row for row in answer.json()["items"]}

    rows = seen(key_of(archive, "fulltext"))
    assert rows["full"]["body"] == [draft(0).body[0], draft(0).body[1]]
    for rows in (rows, seen(), seen(key_of(archive, "read"))):  # noqa: B020
        [opening] = rows["excerpt"]["body"]
        assert len(opening) < len(LEAD)
        assert rows["headline"]["body"] == rows["none"]["body"] == []
        assert rows["headline"]["title"]
        assert rows["none"]["title"] is None
    # Without the scope, an outlet whose texts we may show is shown as one whose openings we may show.
    assert len(rows["full"]["body"]) == 1
    assert len(rows["full"]["body"][0]) < len(LEAD)


def test_a_gone_article_keeps_its_id_and_no_text(client, archive):
    [number] = store(archive, draft(1))
    with archive.writer() as session:
        note_missing(
            session, url="https://sample-full.example/1", status=410, now=NOON, confirm_after=timedelta(hours=1)
        )
    for row in (client.get("/v1/articles").json()["items"][0], client.get(f"/v1/articles/{number}").json()):
        assert row["state"] == "gone"
        assert row["body"] == []
        assert row["title"] is None
    [version] = client.get(f"/v1/articles/{number}/versions").json()["items"]
    assert version["title"] is None
    assert version["body"] == []


def test_filters(client, archive):
    store(archive, draft(1), draft(2, outlet="sample-excerpt"), draft(3))
    titles = lambda **params: [row["title"] for row in client.get("/v1/articles", params=params).json()["items"]]  # noqa: E731
    assert titles(outlet="sample-excerpt") == ["예시 기사 2"]
    assert titles(since="2026-11-24T12:01:00+09:00") == ["예시 기사 3", "예시 기사 2"]
    assert titles(since="0001-01-01T00:00:00+14:00") == ["예시 기사 3", "예시 기사 2", "예시 기사 1"]
    assert titles(since="9999-12-31T23:59:59-12:00") == []


def test_one_article_and_its_versions(client, archive):
    [number] = store(archive, draft(1))
    with archive.writer() as session:
        store_article(session, draft(1, title="고친 예시 기사 1"), now=NOON + timedelta(hours=1))
    assert client.get(f"/v1/articles/{number}").json()["title"] == "고친 예시 기사 1"
    versions = client.get(f"/v1/articles/{number}/versions", headers=bearer(key_of(archive, "fulltext"))).json()
    assert [version["title"] for version in versions["items"]] == ["예시 기사 1", "고친 예시 기사 1"]
    assert versions["items"][0]["body"] == list(draft(1).body)
    assert versions["items"][0]["verdict"] is None
    assert versions["items"][1]["verdict"] == "material"
    assert versions["items"][1]["reasons"]
    assert versions["items"][0]["at"] == "2026-11-24T12:00:00+09:00"


@pytest.mark.parametrize("licence", LICENCES)
def test_versions_tell_what_is_different_as_far_as_it_may_be_shown(client, archive, licence):
    outlet = f"sample-{licence}"
    [number] = store(archive, draft(1, outlet, body=("중관춘 로봇 기업이 3억달러를 유치했다.",)))
    with archive.writer() as session:
        changed = draft(1, outlet, title="고친 예시 기사 1", body=("중관춘 로봇 기업이 4억달러를 유치했다.",))
        store_article(session, changed, now=NOON + timedelta(hours=1))
    first, second = client.get(f"/v1/articles/{number}/versions").json()["items"]
    assert first["edits"] == []
    assert (second["origin"], second["verdict"]) == ("visit", "material")
    assert set(second["reasons"]) == {"headline", "amount"}
    edits = {edit["field"]: edit for edit in second["edits"]}
    assert ("고친" in (edits["title"]["after"] or "")) is (licence != "none")
    assert ("3억" in (edits["body"]["before"] or "")) is (licence in {"excerpt", "full"})
    assert ("4억" in (edits["body"]["after"] or "")) is (licence in {"excerpt", "full"})


def test_the_archive_as_it_was_known_at_a_time(client, archive):
    body = tuple(f"{LEAD} {number}번째 문단은 이렇게 이어진다." for number in range(4))
    first, second = store(archive, draft(1, body=body), draft(2, outlet="sample-headline", body=body))
    other = tuple(f"전혀 다른 이야기의 {tail}에 관한 문단이다." for tail in TAILS[:4])
    later = NOON + timedelta(hours=1)
    with archive.writer() as session:
        store_article(session, draft(2, outlet="sample-headline", title="딴 이야기", body=other), now=later)

    def asked(path, at, **parameters):
        return client.get(f"/v1/articles{path}", params={"at": at.isoformat(), **parameters}).json()

    then, now = NOON + timedelta(minutes=1), later
    assert [row["id"] for row in asked("", NOON)["items"]] == [first]
    assert [(row["title"], row["duplicate_of"]) for row in asked("", then)["items"]] == [
        ("예시 기사 2", first),
        ("예시 기사 1", None),
    ]
    assert [row["title"] for row in asked("", now, limit=1)["items"]] == ["딴 이야기"]
    assert asked(f"/{second}", then)["title"] == "예시 기사 2"
    assert asked(f"/{second}", now)["title"] == client.get(f"/v1/articles/{second}").json()["title"] == "딴 이야기"
    assert asked(f"/{second}/duplicates", then)["head"] == first
    [tie] = asked(f"/{first}/duplicates", then)["items"]
    assert (tie["kind"], tie["article"]["title"]) == ("copy_of", "예시 기사 2")
    assert asked(f"/{second}/duplicates", now) == {"head": None, "items": []}
    unknown = client.get(f"/v1/articles/{second}", params={"at": NOON.isoformat()})
    assert unknown.status_code == 404
    assert "first_seen_at" in unknown.json()["detail"]


def test_a_withdrawn_article_was_live_before_and_has_no_text_at_any_time(client, archive):
    [number] = store(archive, draft(1))
    with archive.writer() as session:
        gone_at = NOON + timedelta(hours=2)
        note_missing(session, url=draft(1).canonical_url, status=410, now=gone_at, confirm_after=timedelta(0))
    for at, state in ((NOON, "live"), (gone_at, "gone")):
        row = client.get(f"/v1/articles/{number}", params={"at": at.isoformat()}).json()
        assert (row["state"], row["title"], row["body"]) == (state, None, [])


def test_duplicates_are_listed_from_both_ends(client, archive):
    body = tuple(f"{LEAD} {number}번째 문단은 이렇게 이어진다." for number in range(4))
    first, second = store(archive, draft(1, body=body), draft(2, outlet="sample-none", body=body))
    of_second = client.get(f"/v1/articles/{second}/duplicates", params={"fields": "id,title"}).json()
    assert of_second["head"] == first
    [tie] = of_second["items"]
    assert tie["kind"] == "copy_of"
    assert tie["of"] == first
    assert tie["article"] == {"id": first, "title": "예시 기사 1"}
    of_first = client.get(f"/v1/articles/{first}/duplicates").json()
    assert of_first["head"] is None
    assert [row["article"]["id"] for row in of_first["items"]] == [second]
    assert of_first["items"][0]["article"]["title"] is None  # its licence is none


@pytest.mark.parametrize("address", ["", "/versions", "/duplicates"])
def test_an_article_that_never_was_is_a_problem(client, address):
    answer = client.get(f"/v1/articles/4711{address}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "since=2026-11-24T12:00:00",
        "since=0.5",
        "after=<script>",
        "after=AAAA",
        "outlet=<script>",
        "outlet=%00",
        "fields=<script>",
        "fields=id,script",
        "fields=",
        "<script>=1",
    ],
)
def test_bad_requests_are_problems_that_echo_nothing(client, query):
    answer = client.get(f"/v1/articles?{query}")
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert "script" not in answer.text


def test_a_problem_names_the_parameter_it_is_about(client):
    assert "limit" in client.get("/v1/articles?limit=0").json()["detail"]
    detail = "Not a valid request: see a parameter that does not exist here in /openapi.json."
    assert client.get("/v1/articles?limt=5").json()["detail"] == detail


def test_an_unknown_address_is_a_problem_too(client):
    answer = client.get("/v1/<script>")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "script" not in answer.text


def test_only_get_is_allowed(client):
    answer = client.post("/v1/articles")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert answer.json()["status"] == 405


def test_fields_choose_what_a_row_has(client, archive):
    [number] = store(archive, draft(1))
    [row] = client.get("/v1/articles?fields=title,id,title").json()["items"]
    assert list(row) == ["title", "id"]
    assert client.get(f"/v1/articles/{number}?fields=id").json() == {"id": number}


def test_outlets_are_listed_with_their_licence(client):
    rows = client.get("/v1/outlets").json()["items"]
    assert {row["id"]: row["licence"] for row in rows} == {f"sample-{licence}": licence for licence in LICENCES}
