"""The packaged outlet files: complete, consistent, and their addresses and selectors do what they say."""

import re
from importlib.resources import files
from itertools import pairwise

import pytest
from cssselect import GenericTranslator

from crawler.catalogue import Catalogue, Outlet, load_catalogue
from crawler.urls import article_number, canonical_url, is_article
from tests.crawler.outlets.examples import EXAMPLES, FORMS, NOT_ARTICLES, SAME_ARTICLE

CATALOGUE = load_catalogue()
OUTLETS = list(CATALOGUE)
SELECTOR_FIELDS = ("body", "drop", "title", "subtitle", "authors", "published", "modified", "section", "captions")


@pytest.fixture
def catalogue() -> Catalogue:
    return CATALOGUE


each_outlet = pytest.mark.parametrize("outlet", OUTLETS, ids=lambda outlet: outlet.id)


def test_there_are_outlets_enough_and_most_are_visited(catalogue: Catalogue) -> None:
    assert len(catalogue) >= 36
    assert len(catalogue.enabled()) >= 30


def test_a_file_is_named_by_its_id() -> None:
    names = {file.name for file in (files("crawler") / "outlets").iterdir() if file.name.endswith(".toml")}
    assert names == {f"{outlet.id}.toml" for outlet in OUTLETS} | {"profiles.toml"}


def test_no_host_belongs_to_two_outlets() -> None:
    owners: dict[str, str] = {}
    for outlet in OUTLETS:
        for host in (*outlet.hosts, *outlet.urls.host_aliases):
            assert host == host.lower()
            assert host not in owners, f"{host} is claimed by {owners.get(host)} and {outlet.id}"
            owners[host] = outlet.id


@each_outlet
def test_an_alias_leads_to_a_host_of_the_outlet(outlet: Outlet) -> None:
    assert set(outlet.urls.host_aliases.values()) <= set(outlet.hosts)
    assert not set(outlet.urls.host_aliases) & set(outlet.hosts)


@each_outlet
def test_the_front_page_is_on_a_host_of_the_outlet(outlet: Outlet) -> None:
    assert CATALOGUE.for_url(outlet.home) is (None if outlet.is_search else outlet)


@each_outlet
def test_a_search_is_off_until_the_operator_wants_it_and_asks_one_query_a_source(outlet: Outlet) -> None:
    if outlet.is_search:
        assert not outlet.enabled
        assert all(len(source.queries) == 1 for source in outlet.sources)
        assert len({source.url for source in outlet.sources}) == len(outlet.sources)


@each_outlet
def test_nothing_claims_to_be_verified_and_every_claim_has_its_origin(outlet: Outlet) -> None:
    assert outlet.evidence.verified is False
    assert outlet.evidence.note.strip()
    assert outlet.evidence.measured is not None or "Undated" in outlet.evidence.note
    assert re.search(r"\bE[1-9]\b", outlet.evidence.note + outlet.remarks) is None


@each_outlet
def test_mails_show_the_headline_only_and_real_outlets_are_no_samples(outlet: Outlet) -> None:
    assert outlet.licence == ("none" if outlet.is_search else "headline")
    assert outlet.sample is False


@each_outlet
def test_an_outlet_that_is_not_visited_says_why(outlet: Outlet) -> None:
    assert outlet.enabled or outlet.remarks


@each_outlet
def test_designs_come_newest_first_and_have_names_of_their_own(outlet: Outlet) -> None:
    own = [profile for profile in outlet.profiles if profile.name != outlet.profile]
    assert len({profile.name for profile in outlet.profiles}) == len(outlet.profiles)
    for newer, older in pairwise([profile for profile in own if profile.valid_until]):
        assert newer.valid_until is not None
        assert older.valid_until is not None
        assert newer.valid_until >= older.valid_until


@each_outlet
def test_a_design_says_where_the_text_is(outlet: Outlet) -> None:
    for profile in outlet.profiles:
        assert profile.body or profile.script, f"{outlet.id}: {profile.name}"


SELECTORS = [
    (f"{outlet.id}/{profile.name}/{field}", selector)
    for outlet in OUTLETS
    for profile in outlet.profiles
    for field in SELECTOR_FIELDS
    for selector in getattr(profile, field)
] + [(f"{outlet.id}/{source.url}", source.links) for outlet in OUTLETS for source in outlet.sources if source.links]


@pytest.mark.parametrize(("where", "selector"), SELECTORS, ids=lambda value: value)
def test_every_selector_compiles(where: str, selector: str) -> None:
    assert GenericTranslator().css_to_xpath(selector)


@pytest.mark.parametrize(("outlet_id", "url", "number"), EXAMPLES + FORMS, ids=lambda value: value)
def test_an_article_is_known_by_its_address(outlet_id: str, url: str, number: str | None) -> None:
    outlet = CATALOGUE.get(outlet_id)
    kept = canonical_url(url, outlet)
    assert CATALOGUE.for_url(url) is outlet
    assert is_article(kept, outlet), kept
    assert article_number(kept, outlet) == number
    assert article_number(url, outlet) == number


def test_every_outlet_has_an_example() -> None:
    assert {outlet_id for outlet_id, *_ in EXAMPLES + FORMS} == {
        outlet.id for outlet in OUTLETS if not outlet.is_search
    }


@pytest.mark.parametrize(("outlet_id", "one", "other"), SAME_ARTICLE)
def test_spellings_of_one_article_have_one_number(outlet_id: str, one: str, other: str) -> None:
    outlet = CATALOGUE.get(outlet_id)
    for url in (one, other):
        assert CATALOGUE.for_url(url) is outlet
        assert is_article(canonical_url(url, outlet), outlet)
    assert article_number(one, outlet) == article_number(other, outlet) is not None


@pytest.mark.parametrize(("outlet_id", "url"), NOT_ARTICLES)
def test_lists_and_photo_pages_are_no_articles(outlet_id: str, url: str) -> None:
    outlet = CATALOGUE.get(outlet_id)
    assert not is_article(canonical_url(url, outlet), outlet)


def test_old_numbers_of_maeil_business_differ_from_year_to_year(catalogue: Catalogue) -> None:
    mk = catalogue.get("mk")
    addresses = [f"https://www.mk.co.kr/news/society/view/{year}/07/693939/" for year in (2019, 2020)]
    assert len({article_number(url, mk) for url in addresses}) == 2


@pytest.mark.parametrize("outlet_id", ["naver-news", "daum-news"])
def test_portals_that_close_their_door_are_described_but_never_visited(outlet_id: str, catalogue: Catalogue) -> None:
    outlet = catalogue.get(outlet_id)
    assert not outlet.enabled
    assert "robots.txt" in outlet.remarks
    assert outlet.profiles


def test_a_page_of_a_portal_finds_its_design(catalogue: Catalogue) -> None:
    outlet = catalogue.for_url("https://n.news.naver.com/mnews/article/018/0005316196?sid=100")
    assert outlet is not None
    assert outlet.profiles[0].body == ("#dic_area",)


@pytest.mark.parametrize("name", ["ndsoft", "wordpress", "arc"])
def test_shared_designs_serve_more_than_one_outlet(name: str) -> None:
    assert sum(outlet.profile == name for outlet in OUTLETS) >= 2
