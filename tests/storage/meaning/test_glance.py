"""Entities counted from the index, on both databases, and beside what the articles say."""

from datetime import timedelta

import pytest

from storage.archive import note_missing, store_article
from storage.errors import CursorError
from storage.meaning import EntityDraft, FactsDraft, store_facts
from storage.meaning.glance import entity_card, entity_cards, newest_naming, recent_companions
from storage.meaning.named import companions, get_entity, list_entities
from tests.web.conftest import NOON, TAILS, draft


def entity(number):
    return EntityDraft(
        f"sample-{number}", f"예시{number}", "company" if number % 2 else "park", number % 3 == 0, "china",
        (f"예시{number}", f"Sample {number}"), ((0, 2),), in_title=True,
    )  # fmt: skip


@pytest.fixture
def archive(database):
    """Seven articles; the entity n is named by the first n of them. The first article is gone."""
    for number in range(7):
        one = draft(number, title=f"중관춘 {number}", body=(f"{TAILS[number]} 소식이다. " * 9,))
        with database.writer() as session:
            article_id = store_article(session, one, now=NOON + timedelta(minutes=number)).article_id
            named = tuple(entity(n) for n in range(1, 8) if number < n)
            store_facts(session, article_id, FactsDraft(entities=named), now=NOON)
    with database.writer() as session:
        note_missing(session, url="https://sample-full.example/0", status=410, now=NOON, confirm_after=timedelta(0))
    return database


def test_cards_say_what_the_articles_say(archive):
    with archive.reader() as session:
        cards, following = entity_cards(session, limit=50)
        rows, _ = list_entities(session, limit=50)
        assert following is None
        assert [(c.id, c.articles, c.first_seen_at, c.last_seen_at) for c in cards] == [
            (r.id, r.articles, r.first_seen_at, r.last_seen_at) for r in rows
        ]
        assert [card.articles for card in cards] == [6, 5, 4, 3, 2, 1]
        for card in cards:
            assert entity_card(session, card.id) == card
        assert entity_card(session, "sample-1") is None
        assert get_entity(session, "sample-1") is None


def test_pages_of_cards_have_no_gap_and_no_repeat(archive):
    with archive.reader() as session:
        seen, after = [], None
        while True:
            cards, after = entity_cards(session, limit=2, after=after)
            seen += [card.id for card in cards]
            if after is None:
                break
        assert seen == [f"sample-{number}" for number in (7, 6, 5, 4, 3, 2)]
        with pytest.raises(CursorError):
            entity_cards(session, limit=2, after="nonsense")


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({"kind": "park"}, [6, 4, 2]),
        ({"zgc": True}, [6, 3]),
        ({"name": "SAMPLE 5"}, [5]),
        ({"name": "%"}, []),
        ({"name": "예시"}, [7, 6, 5, 4, 3, 2]),
    ],
)
def test_filters(archive, asked, numbers):
    with archive.reader() as session:
        cards, _ = entity_cards(session, limit=50, **asked)
    assert [card.id for card in cards] == [f"sample-{number}" for number in numbers]


def test_companions_and_newest_articles(archive, monkeypatch):
    with archive.reader() as session:
        assert recent_companions(session, "sample-7", limit=9) == companions(session, "sample-7", limit=9)
        assert len(recent_companions(session, "sample-7", limit=2)) == 2
        newest = newest_naming(session, "sample-7", limit=3)
        assert newest == sorted(newest, reverse=True)
        monkeypatch.setattr("storage.meaning.glance.LOOKED_AT", 2)
        assert [(one.id, one.articles) for one in recent_companions(session, "sample-7", limit=9)] == [("sample-6", 1)]
