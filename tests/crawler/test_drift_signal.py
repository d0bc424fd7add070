"""A redesigned template: the article still comes, read without the profile, and the visit counts the drift."""

import re
from pathlib import Path

import pytest

from crawler.catalogue import load_catalogue
from crawler.extract import extract
from storage.visits import latest_visits
from tests.crawler.golden import forms
from tests.crawler.world import serve
from tests.servers.papers import Story

PAGES = Path(__file__).parent / "golden" / "pages"
CATALOGUE = load_catalogue()
NEWEST = [
    outlet
    for outlet in CATALOGUE
    if outlet.profiles and not outlet.profiles[0].script and not outlet.profiles[0].valid_until
]
PROFILE = {"name": "2026", "body": [".article-body"], "title": ["h1.title"]}


def redesigned(page):
    """The same page in another design: every id, class and schema.org name is another."""
    return re.sub(rb'(?<= )(id|class)="([^"]*)"', rb'\1="neu-\2"', re.sub(rb' itemprop="[^"]*"', b"", page))


@pytest.mark.parametrize("outlet", NEWEST, ids=lambda outlet: outlet.id)
def test_a_redesigned_page_is_read_without_the_profile_and_says_so(outlet):
    profile = outlet.profiles[0]
    page = redesigned((PAGES / outlet.id / f"{profile.name}.html").read_bytes())
    article = extract(page, profiles=outlet.profiles, outlet=outlet.id)
    assert article.extractor.startswith("generic")
    assert article.drift == f"profile:{outlet.id}/{profile.name}"
    told = [paragraph.removeprefix(forms.form_of(outlet.id).dateline) for paragraph in forms.paragraphs_of(outlet.id)]
    text = "\n".join(article.body)
    assert [text.count(paragraph) for paragraph in told] == [1] * len(told)
    assert article.title == forms.title_of(outlet.id)


def test_a_selector_that_finds_a_stump_gives_way_to_the_whole_article():
    outlet = CATALOGUE.get("mk")
    page = (PAGES / "mk" / "2022.html").read_bytes()
    teaser = "<div class='news_cnt_detail_wrap'><p>견본 요약: 표본 회사가 시제품을 공개했다고 밝혔다.</p></div>"
    moved = redesigned(page).replace(b"</header>", b"</header>" + teaser.encode())
    article = extract(moved, profiles=outlet.profiles, outlet="mk")
    assert article.drift == "profile:mk/2022"
    assert set(forms.paragraphs_of("mk")) <= set(article.body)


def test_a_page_of_an_older_design_is_no_drift():
    outlet = CATALOGUE.get("mk")
    article = extract((PAGES / "mk" / "2020.html").read_bytes(), profiles=outlet.profiles, outlet="mk")
    assert (article.drift, article.extractor.partition("+")[0]) == (None, "profile:mk/2020")


def test_the_visit_counts_articles_that_their_profile_did_not_find(world):
    stories = [Story(number) for number in range(1, 4)]
    serve(world, stories)
    outlet = world.outlet(profiles=[PROFILE])
    assert (world.visit(outlet).counts.extracted, drifted(world)) == (3, 0)

    world.later(hours=2)
    stories = [Story(number) for number in range(4, 8)]
    serve(world, stories)
    gone = {**PROFILE, "body": [".article-body-of-last-year"]}
    report = world.visit(world.outlet(profiles=[gone]), all_sources=True)
    assert (report.counts.stored, report.counts.drifted, drifted(world)) == (4, 4, 4)
    by_title = {article.title: article for article in world.articles()}
    for story in stories:
        article = by_title[story.title]
        assert article.body == tuple(story.paragraphs)
        assert article.extractor.startswith("generic")


def drifted(world):
    with world.database.reader() as session:
        return latest_visits(session)[0].counts.drifted
