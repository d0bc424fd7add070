"""Entities, deals and trends over a real archive on both databases."""

import csv
import io
from datetime import timedelta

import pytest

from storage.archive import note_missing, store_article
from storage.meaning import DealDraft, EntityDraft, FactsDraft, store_facts
from tests.web.conftest import LICENCES, NOON, bearer, client_of, draft, key_of

WEEK = timedelta(weeks=1)
SENTENCE = "표본로보는 24일 하나벤처로부터 4억1000만달러를 투자받았다고 밝혔다."


def entity(entity_id, **changes):
    values = {"name": f"표본({entity_id})", "kind": "company", "zgc": True, "home": "china", "in_title": True}
    return EntityDraft(
        **{"id": entity_id, **values, "names": ("표본 로보", entity_id), "mentions": ((0, 2),), **changes}
    )


def deal(company_id="robo", value=4.1e8, **changes):
    values = {
        "company": f"표본({company_id})", "company_id": company_id, "kind": "raised", "value": value,
        "currency": "USD" if value is not None else None, "krw": None, "round": None, "investors": ("표본(fund)",),
        "period": None, "stated_date": "24일", "evidence": SENTENCE, "start": 0, "end": len(SENTENCE),
    }  # fmt: skip
    return DealDraft(**{**values, **changes})


@pytest.fixture
def keep(archive):
    numbers = iter(range(100))

    def keep_one(*entities, deals=(), at=NOON, outlet="sample-full"):
        number = next(numbers)
        with archive.writer() as session:
            article = draft(number, outlet=outlet, body=(f"{number}번째 글이다.",), topics=("zgc",))
            stored = store_article(session, article, now=at)
            facts = FactsDraft(
                entities=tuple(one if isinstance(one, EntityDraft) else entity(one) for one in entities),
                deals=tuple(deals),
            )
            store_facts(session, stored.article_id, facts, now=at)
        return stored.article_id

    return keep_one


def ids(answer):
    return [row["id"] for row in answer.json()["items"]]


def test_entities_come_by_pages_the_most_named_first(client, keep):
    keep("robo", "fund", "park")
    keep("robo", "fund")
    keep("robo", entity("chip", zgc=False, names=("반도체 100%", "Chip"), mentions=((0, 2), (5, 7))))
    assert ids(client.get("/v1/entities")) == ["robo", "fund", "chip", "park"]
    seen, cursor = [], None
    while True:
        page = client.get("/v1/entities", params={"limit": 1, **({"after": cursor} if cursor else {})}).json()
        seen += [(row["id"], row["articles"], row["mentions"]) for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [("robo", 3, 3), ("fund", 2, 2), ("chip", 1, 2), ("park", 1, 1)]
    assert client.get("/v1/entities", params={"after": "nonsense"}).status_code == 400


def test_entities_are_narrowed_by_kind_place_and_name(client, keep):
    keep("robo", entity("fund", kind="investor"), entity("chip", zgc=False, names=("반도체 100%", 'Chip "One"')))
    assert ids(client.get("/v1/entities?kind=investor")) == ["fund"]
    assert ids(client.get("/v1/entities?zgc=false")) == ["chip"]
    for name in ("반도체", "100%", 'chip "o'):
        assert ids(client.get("/v1/entities", params={"name": name})) == ["chip"], name
    assert ids(client.get("/v1/entities", params={"name": "0_%"})) == []
    row = client.get("/v1/entities?kind=investor&fields=id,kind").json()["items"][0]
    assert row == {"id": "fund", "kind": "investor"}


def test_one_entity_with_all_that_is_known_of_it(client, keep):
    keep("robo", "park", at=NOON - 2 * WEEK)
    keep("robo", "park", "fund", deals=[deal()])
    keep("other", at=NOON + timedelta(hours=1))
    found = client.get("/v1/entities/robo?weeks=3").json()
    assert found["names"] == ["표본 로보", "robo"]
    assert (found["articles"], found["first_seen_at"]) == (2, "2026-11-10T12:00:00+09:00")
    assert found["weeks"] == [
        {"monday": "2026-11-09", "articles": 1},
        {"monday": "2026-11-16", "articles": 0},
        {"monday": "2026-11-23", "articles": 1},
    ]
    assert [(one["id"], one["articles"]) for one in found["together_with"]] == [("park", 2), ("fund", 1)]
    assert [one["value"] for one in found["deals"]] == [4.1e8]
    assert [row["title"] for row in found["recent"]] == ["예시 기사 1", "예시 기사 0"]
    assert "body" not in found["recent"][0]
    fund = client.get("/v1/entities/fund").json()
    assert (fund["deals"], [one["company_id"] for one in fund["invested_in"]]) == ([], ["robo"])


def test_an_entity_that_nobody_names_is_not_there(client, archive, keep):
    keep("robo")
    assert client.get("/v1/entities/nobody").status_code == 404
    with archive.writer() as session:
        url = draft(0).canonical_url
        note_missing(session, url=url, status=410, now=NOON, confirm_after=timedelta(0))
    assert client.get("/v1/entities/robo").status_code == 404
    assert client.get("/v1/entities").json() == {"items": [], "next": None}


def test_versions_of_a_deal_are_one_row_with_its_differences(client, keep):
    first = keep("robo", deals=[deal()])
    second = keep("robo", deals=[deal(value=4e8, krw=5.6e11, investors=())], at=NOON + WEEK)
    [row] = client.get("/v1/deals").json()["items"]
    assert (row["value"], row["krw"], row["investors"]) == (4.1e8, 5.6e11, ["표본(fund)"])
    assert [report["article_id"] for report in row["reports"]] == [first, second]
    assert row["differences"] == [
        {
            "field": "value",
            "versions": [
                {"text": "USD 410,000,000", "articles": [first]},
                {"text": "USD 400,000,000", "articles": [second]},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["silent", "won", "yuan", "robo"]),
        ("company=robo", ["robo"]),
        ("kind=valued", ["yuan"]),
        ("currency=USD", ["robo"]),
        ("min_value=410000000", ["won", "yuan", "robo"]),
        ("max_value=1e9", ["robo"]),
        ("min_krw=500000000000", ["won", "robo"]),
        ("max_krw=600000000000", ["robo"]),
        ("since=2026-11-24T04:00:00Z&until=2026-11-24T05:00:00Z", ["yuan"]),
        ("investor=fund", ["silent", "won", "yuan", "robo"]),
        ("investor=표본(fund)", ["silent", "won", "yuan", "robo"]),
        ("investor=nobody", []),
        ("limit=1&after=", None),
    ],
)
def test_deals_are_narrowed_by_company_kind_money_and_time(client, keep, query, found):
    keep("robo", "fund", deals=[deal(krw=5.6e11)])
    keep(deals=[deal("yuan", 2e9, currency="CNY", kind="valued")], at=NOON + timedelta(hours=1))
    keep(deals=[deal("won", 9e11, currency="KRW")], at=NOON + timedelta(hours=2))
    keep(deals=[deal("silent", None)], at=NOON + timedelta(hours=3))
    answer = client.get(f"/v1/deals?{query}")
    if found is None:
        assert answer.status_code == 400
    else:
        assert [row["company_id"] for row in answer.json()["items"]] == found


def test_the_sentence_of_a_deal_is_shown_as_far_as_the_licence_allows(client, archive, keep):
    long = SENTENCE.replace("밝혔다", "밝혔다" + " 덧붙였다" * 80)
    for number, licence in enumerate(LICENCES):
        one = deal(f"c{number}", evidence=long)
        keep(deals=[one], outlet=f"sample-{licence}", at=NOON + timedelta(minutes=number))

    def seen(key=None):
        rows = client.get("/v1/deals", headers=bearer(key) if key else {}).json()["items"]
        reports = [row["reports"][0] for row in rows]
        return {report["outlet"].removeprefix("sample-"): report["evidence"] for report in reports}

    whole, opening = seen(key_of(archive, "fulltext")), seen()
    assert whole["full"] == long
    assert whole["headline"] is whole["none"] is opening["headline"] is opening["none"] is None
    for shown in (whole["excerpt"], opening["excerpt"], opening["full"]):
        assert 10 < len(shown) < len(long) / 2
    table = client.get("/v1/deals?format=csv").text
    assert "덧붙였다" in table
    assert long not in table


def test_a_table_of_deals_runs_no_formula_and_knows_its_encoding(client, keep):
    keep(deals=[deal("robo", company='=HYPERLINK("http://evil.example")', round="＋1", evidence="-2+3")])
    keep(deals=[deal("silent", None)], at=NOON + timedelta(hours=3))
    for answer in (client.get("/v1/deals?format=csv"), client.get("/v1/deals", headers={"Accept": "text/csv"})):
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert "Accept" in answer.headers["vary"]
        assert answer.content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert [row["company_id"] for row in rows] == ["silent", "robo"]
        assert rows[1]["company"].startswith("'=HYPERLINK")
        assert rows[1]["round"] == "'＋1"
        assert rows[1]["evidence"] == "'-2+3"
        assert (rows[1]["value"], rows[0]["value"]) == ("410000000", "")
    tag = answer.headers["etag"]
    assert client.get("/v1/deals?format=csv", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/v1/deals?format=json", headers={"Accept": "text/csv"}).json()["items"]


def test_a_table_that_is_cut_says_where_it_goes_on(client, keep):
    for number in range(3):
        keep(deals=[deal(f"c{number}")], at=NOON + timedelta(minutes=number))
    first = client.get("/v1/deals?format=csv&limit=2")
    second = client.get(first.links["next"]["url"])
    rows = [row for part in (first, second) for row in csv.DictReader(io.StringIO(part.content.decode("utf-8-sig")))]
    assert [row["company_id"] for row in rows] == ["c2", "c1", "c0"]
    assert "next" not in second.links


def test_trends_count_articles_and_money_week_by_week(client, keep):
    keep("robo", "park", at=NOON - WEEK, deals=[deal()])
    keep("robo", deals=[deal("chip", 2e8)])
    found = client.get("/v1/trends?weeks=2").json()
    assert found["weeks"] == ["2026-11-16", "2026-11-23"]
    assert [(row["id"], row["counts"], row["total"]) for row in found["entities"]] == [
        ("robo", [1, 1], 2),
        ("park", [1, 0], 1),
    ]
    assert [(row["id"], row["counts"]) for row in found["topics"]] == [("zgc", [1, 1])]
    assert found["deals"] == [{"kind": "raised", "currency": "USD", "counts": [1, 1], "sums": [4.1e8, 2e8]}]
    chosen = client.get("/v1/trends?weeks=1&entity=park&entity=robo&until=2026-11-16T00:00:00Z").json()
    assert [(row["id"], row["counts"]) for row in chosen["entities"]] == [("park", [1]), ("robo", [1])]
    for until in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        assert client.get("/v1/trends", params={"until": until}).json()["weeks"] == []


def test_an_empty_archive_has_no_trends(client):
    assert client.get("/v1/trends").json() == {"weeks": [], "entities": [], "topics": [], "deals": []}


def test_who_has_no_token_from_afar_sees_nothing_of_them(small_archive):
    with client_of(small_archive, peer="203.0.113.9", base="http://archive.example") as stranger:
        for address in ("entities", "entities/robo", "deals", "trends"):
            assert stranger.get(f"/v1/{address}").status_code == 401
