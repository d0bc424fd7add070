"""Stories over a real archive on both databases."""

from datetime import timedelta

import pytest

from digest.stories import assign_stories
from storage.archive import store_article
from storage.meaning import FactsDraft, store_facts
from tests.web.conftest import NOON, draft
from tests.web.test_entities_and_deals import deal, entity

EVENT = "로봇 기업 표본로보가 시리즈 B 투자로 4억1000만달러를 유치했다고 24일 밝혔다. 물류 창고용 로봇을 늘린다."
OTHER = "도시철도 새 노선의 공사가 다음 달 시작된다. 역은 열두 곳이며 개통은 오 년 뒤다."


@pytest.fixture
def told(archive):
    """One event told by two outlets, the first of which lets nothing be shown, and another event."""
    rows = [
        ("sample-none", "표본로보, 4억1000만달러 투자 유치", EVENT, ("robo",), (deal(),)),
        ("sample-headline", "표본로보 4억1000만달러 유치", f"{EVENT} 회사가 전했다.", ("robo",), (deal(),)),
        ("sample-full", "새 노선 착공", OTHER, ("park",), ()),
    ]
    with archive.writer() as session:
        for number, (outlet, title, body, names, deals) in enumerate(rows):
            at = NOON + timedelta(minutes=number)
            article = draft(number, outlet=outlet, title=title, body=(body,), published_at=at)
            stored = store_article(session, article, now=at)
            facts = FactsDraft(entities=tuple(entity(name) for name in names), deals=deals)
            store_facts(session, stored.article_id, facts, now=at)
        assign_stories(session, now=NOON + timedelta(hours=1))
    return archive


def test_stories_come_newest_first_with_every_report(client, told):
    newer, older = client.get("/v1/stories").json()["items"]
    assert newer["title"] == "새 노선 착공"
    assert [report["outlet"] for report in older["articles"]] == ["sample-none", "sample-headline"]
    assert older["articles"][0]["relation"] == "head"
    assert older["articles"][1]["reported_at"] == "2026-11-24T12:01:00+09:00"
    assert [(one["id"], one["articles"]) for one in older["entities"]] == [("robo", 2)]
    assert [(one["value"], one["articles"]) for one in older["deals"]] == [(4.1e8, 2)]
    assert older["reason"]["ko"]
    assert (older["follows"], older["followed_by"], older["merged_into"]) == (None, [], None)


def test_a_story_has_no_title_that_may_not_be_shown(client, told):
    _, older = client.get("/v1/stories").json()["items"]
    assert older["title"] is older["articles"][0]["title"] is None
    assert older["articles"][1]["title"] == "표본로보 4억1000만달러 유치"


def test_stories_are_narrowed_and_paged(client, told):
    def titles(query):
        return [row["articles"][-1]["title"] for row in client.get(f"/v1/stories?{query}").json()["items"]]

    assert titles("entity=park") == ["새 노선 착공"]
    assert titles("outlet=sample-headline") == ["표본로보 4억1000만달러 유치"]
    assert titles("since=2026-11-24T03:02:00Z") == ["새 노선 착공"]
    assert titles("until=2026-11-24T03:01:00Z") == ["표본로보 4억1000만달러 유치"]
    first = client.get("/v1/stories?limit=1&fields=id").json()
    second = client.get("/v1/stories", params={"limit": 1, "fields": "id", "after": first["next"]}).json()
    assert {*first["items"][0]} == {"id"}
    assert first["items"] != second["items"]
    assert second["next"] is None
    assert client.get("/v1/stories?after=nonsense").status_code == 400


def test_one_story_or_none(client, told):
    row = client.get("/v1/stories").json()["items"][0]
    assert client.get(f"/v1/stories/{row['id']}").json() == row
    assert client.get("/v1/stories/999").status_code == 404
