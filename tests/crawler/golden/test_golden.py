"""Every outlet's designs, each on a page made after it: its profile reads the page and gives what is written down."""

import json
from pathlib import Path

import pytest
from lxml import html

from cli.golden import golden_row, golden_text
from crawler.catalogue import load_catalogue
from crawler.extract import extract
from tests.crawler.golden import forms
from tests.crawler.golden.lookalikes import page_of
from tests.crawler.golden.selectors import matches

PAGES = Path(__file__).parent / "pages"
CATALOGUE = load_catalogue()
DESIGNS = [(outlet, profile) for outlet in CATALOGUE for profile in outlet.profiles]
LARGEST = 6 * 1024
each_design = pytest.mark.parametrize(
    ("outlet", "profile"), DESIGNS, ids=[f"{outlet.id}/{profile.name}" for outlet, profile in DESIGNS]
)


def page_file(outlet, profile):
    return PAGES / outlet.id / f"{profile.name}.html"


def written(outlet, profile):
    return json.loads(page_file(outlet, profile).with_suffix(".json").read_text(encoding="utf-8"))


@each_design
def test_every_design_has_a_small_page_and_its_json(outlet, profile):
    page = page_file(outlet, profile)
    assert page.exists(), f"make it: python -m tests.crawler.golden.lookalikes {outlet.id}"
    assert page.with_suffix(".json").exists(), f"make it: zgcwatch outlets golden {outlet.id}"
    assert page.stat().st_size <= LARGEST
    assert page.with_suffix(".json").stat().st_size <= LARGEST


def test_there_is_no_page_of_a_design_that_is_gone():
    expected = {page_file(outlet, profile) for outlet, profile in DESIGNS}
    expected |= {page.with_suffix(".json") for page in expected}
    assert {file for file in PAGES.rglob("*") if file.is_file()} == expected


@each_design
def test_the_extractor_gives_what_is_written_down(outlet, profile):
    page = page_file(outlet, profile)
    assert golden_text(golden_row(page, outlet)) == page.with_suffix(".json").read_text(encoding="utf-8")


@each_design
def test_the_profile_reads_the_page_and_nothing_else_is_tried(outlet, profile):
    article = extract(page_file(outlet, profile).read_bytes(), profiles=outlet.profiles, outlet=outlet.id)
    way = f"script:{profile.script}" if profile.script else "blocks/"
    assert article.extractor.startswith(f"profile:{outlet.id}/{profile.name}+{way}")
    assert article.drift is None


@each_design
def test_what_is_written_down_is_the_article_a_person_would_copy_out(outlet, profile):
    row = written(outlet, profile)
    assert row["body"] == forms.paragraphs_of(outlet.id)
    assert row["title"] == forms.title_of(outlet.id)
    assert [author["name"] for author in row["authors"]] == [forms.WRITER]
    assert row["published_at"] == forms.PUBLISHED
    if profile.subtitle:
        assert row["subtitle"] == forms.SUBTITLE
    if profile.section:
        assert row["section"] == forms.SECTION
    if profile.modified:
        assert row["modified_at"] == forms.MODIFIED
    if profile.captions and not profile.script:
        assert forms.CAPTION in row["captions"]
    assert "copyright" in {block["reason"] for block in row["removed"]}


@each_design
def test_the_page_has_what_the_profile_names(outlet, profile):
    root = html.document_fromstring(page_file(outlet, profile).read_bytes())
    for name in ("title", "subtitle", "authors", "section"):
        selectors = getattr(profile, name)
        assert not selectors or any(matches(root, selector) for selector in selectors), name
    for name in ("published", "modified"):
        assert all(matches(root, selector) for selector in getattr(profile, name)), name
    if profile.script:
        return
    container = next(found[0] for selector in profile.body if (found := matches(root, selector)))
    for selector in (*profile.drop, *profile.captions):
        assert matches(container, selector), selector
    assert all(forms.DROPPED.format(n=n) not in str(written(outlet, profile)["body"]) for n in range(1, 12))


def test_a_page_is_made_after_any_design():
    outlet = CATALOGUE.get("mk")
    page = page_of(outlet, outlet.profiles[0])
    assert b"news_cnt_detail_wrap" in page
    assert extract(page, profiles=outlet.profiles, outlet="mk").body == tuple(forms.paragraphs_of("mk"))
