"""The designs against real saved pages, where the folder of them is at hand; its texts never enter this repository."""

import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from crawler.catalogue import Outlet, load_catalogue
from crawler.extract.profile import Profile

CORPUS = Path(os.environ.get("ZGC_CORPUS") or Path(__file__).parents[4] / "shared" / "corpus")
INDEX = CORPUS / "pages.jsonl"
# Pages whose address was not saved.
OUTLET_OF = {"donga-2013-ceo": "donga", "entermedia-0ec95c72": "entermedia"}
# Some pages write their authors only inside the text.
AUTHORS_IN_TEXT = {"donga-2013-ceo", "naver-joongang-3017071", "entermedia-0ec95c72"}

PAGES: list[dict[str, Any]] = (
    [row for row in map(json.loads, INDEX.read_text(encoding="utf-8").splitlines()) if row["kind"] == "article"]
    if INDEX.is_file()
    else []
)

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not PAGES, reason=f"the folder of real pages is not at {CORPUS} (ZGC_CORPUS)"),
]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: Path(page["file"]).stem)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def first_match(tree: html.HtmlElement, selectors: Sequence[str]) -> list[html.HtmlElement]:
    return next((found for selector in selectors if (found := tree.cssselect(selector))), [])


def value(element: html.HtmlElement) -> str:
    stated = element.get("content") if element.tag == "meta" else element.get("data-date-time")
    return stated or element.text_content()


def parse(page: dict[str, Any]) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    tree = html.document_fromstring((CORPUS / page["file"]).read_bytes(), parser=parser)
    etree.strip_elements(tree, "script", "style", "noscript", "iframe", with_tail=False)
    return tree


def outlet_of(page: dict[str, Any]) -> Outlet:
    catalogue = load_catalogue()
    outlet = catalogue.for_url(page["url"])
    return outlet or catalogue.get(OUTLET_OF[Path(page["file"]).stem])


def design_of(page: dict[str, Any], tree: html.HtmlElement) -> Profile:
    """The first design whose text is on the page: in its mark-up, or in the script the design names."""
    raw = (CORPUS / page["file"]).read_bytes()
    for profile in outlet_of(page).profiles:
        if first_match(tree, profile.body) or (profile.script == "next_f" and b"self.__next_f" in raw):
            return profile
    raise AssertionError("no design matches the page")


@each_page
def test_a_design_holds_the_article_and_little_else(page: dict[str, Any]) -> None:
    tree = parse(page)
    profile = design_of(page, tree)
    if profile.script:
        pytest.skip("the text is in a script, read by the extraction's own tests")
    body = first_match(tree, profile.body)
    assert len(body) == 1
    for selector in (*profile.drop, *profile.subtitle):
        for element in body[0].cssselect(selector):
            if element.getparent() is not None and element is not body[0]:
                element.drop_tree()
    left = squeezed("".join(body[0].itertext()))
    gold = squeezed((CORPUS / page["gold"]).read_text(encoding="utf-8"))
    captions = sum(len(squeezed(e.text_content())) for s in profile.captions for e in body[0].cssselect(s))
    shared = sum((four_grams(left) & four_grams(gold)).values())
    assert shared / sum(four_grams(gold).values()) >= 0.98
    assert shared / (sum(four_grams(left).values()) - captions) >= 0.90


def four_grams(text: str) -> Counter[str]:
    return Counter(text[start : start + 4] for start in range(len(text) - 3))


@each_page
def test_a_design_knows_the_title(page: dict[str, Any]) -> None:
    tree = parse(page)
    titles = [squeezed(value(element)) for element in first_match(tree, design_of(page, tree).title)]
    assert titles
    # A page may break a fraction into other signs than its own meta elements do.
    assert squeezed(page["title"])[:20] in titles[0] or titles[0] in squeezed(page["title"])


@each_page
def test_a_design_knows_the_authors(page: dict[str, Any]) -> None:
    if Path(page["file"]).stem in AUTHORS_IN_TEXT:
        pytest.skip("the page names its author only inside the text")
    tree = parse(page)
    named = " ".join(value(element) for element in first_match(tree, design_of(page, tree).authors))
    assert [author for author in page["authors"] if author not in named] == []


@each_page
def test_a_design_knows_the_day(page: dict[str, Any]) -> None:
    tree = parse(page)
    profile = design_of(page, tree)
    if not profile.published:
        pytest.skip("this design has no date in its mark-up")
    found = re.search(r"(20\d\d)\D{1,3}(\d\d)\D{1,3}(\d\d)", value(first_match(tree, profile.published)[0]))
    assert found is not None
    assert "-".join(found.groups()) == page["date"][:10]
