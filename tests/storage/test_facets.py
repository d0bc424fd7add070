"""What the hits of a search are of, on both databases."""

from datetime import timedelta

from storage import facets as module
from storage.archive import store_article
from storage.facets import Facet, naming, search_facets
from storage.meaning import EntityDraft, FactsDraft, store_facts
from storage.records import SearchFilters
from storage.search import search
from tests.web.conftest import NOON, TAILS, draft

ROBO = EntityDraft("sample-robo", "예시로봇", "company", True, "china", ("예시로봇",), ((0, 4),), in_title=True)


def fill(database):
    for number in range(7):
        outlet, section = ("sample-full", "산업") if number % 3 else ("sample-none", "국제")
        one = draft(
            number, outlet, title=f"중관춘 {number}", section=section, body=(f"{TAILS[number]} 소식이다. " * 9,)
        )
        with database.writer() as session:
            article_id = store_article(session, one, now=NOON + timedelta(minutes=number)).article_id
            if number < 2:
                store_facts(session, article_id, FactsDraft(entities=(ROBO,)), now=NOON)


def test_hits_are_counted_by_outlet_section_and_entity(database):
    fill(database)
    with database.reader() as session:
        found = search_facets(session, "중관춘", filters=SearchFilters())
        everything = search_facets(session, "", filters=SearchFilters())
    assert found == everything
    assert found.outlets == (Facet("sample-full", 4), Facet("sample-none", 3))
    assert found.sections == (Facet("산업", 4), Facet("국제", 3))
    assert found.entities == (Facet("sample-robo", 2, "예시로봇"),)
    assert found.is_all


def test_a_chosen_outlet_narrows_all_but_the_outlets(database):
    fill(database)
    with database.reader() as session:
        found = search_facets(session, "중관춘", filters=SearchFilters(outlets=("sample-none",)))
        named = search_facets(session, "중관춘", filters=SearchFilters(), entity="sample-robo")
        none = search_facets(session, "없는말", filters=SearchFilters())
    assert found.outlets == (Facet("sample-full", 4), Facet("sample-none", 3))
    assert found.sections == (Facet("국제", 3),)
    assert [facet.count for facet in named.outlets] == [1, 1]
    assert (none.outlets, none.sections, none.entities, none.is_all) == ((), (), (), True)


def test_where_there_are_too_many_only_the_newest_are_counted(database, monkeypatch):
    monkeypatch.setattr(module, "LOOKED_AT", 3)
    fill(database)
    with database.reader() as session:
        found = search_facets(session, "중관춘", filters=SearchFilters())
    assert sum(facet.count for facet in found.outlets) == 3
    assert not found.is_all


def test_a_search_within_the_articles_that_name_somebody(database):
    fill(database)
    with database.reader() as session:
        found = search(session, "중관춘", within=naming("sample-robo"))
        assert [hit.title for hit in found.items] == ["중관춘 1", "중관춘 0"]
