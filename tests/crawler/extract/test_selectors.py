import pytest

from crawler.extract.selectors import Index
from crawler.extract.tree import compiled, parse

PAGE = """<html><body><div id=a class='one two'><p class=two>x</p><p>y</p><ul class='menu list'><li>1<li class=on>2<li>3
</ul><span data-time='5'>t</span></div><div class='two'><h1 class='view-title'>T</h1><p itemprop=articleBody>z</p>
<a href='mailto:a@b.c' rel=author>m</a></div><p class='onelike'>w</p></body></html>"""
SELECTORS = (
    "p", "#a", ".two", "div.two", ".one.two", "#a p", "#a > p", "div > .two", "p + p", "p ~ ul", ".menu li.on",
    "li.on + li", "[itemprop='articleBody']", "[class*='tit']", "[id*='a']", "h1, .one, p", "a[href^='mailto:']",
    "[data-time]", "[rel='author']", "p:not(.two)", "li:first-child", "ul.menu > li", ".none .two", "div p, div a",
    "p[class$='like']", "[class~='two']", "a[rel|='author']",
)  # fmt: skip


@pytest.mark.parametrize("selector", SELECTORS)
def test_the_index_finds_what_xpath_finds_in_the_same_order(selector):
    root = parse(PAGE)
    assert Index(root).find(selector) == list(compiled(selector)(root))


def test_a_class_is_found_after_many_have_been_asked_for():
    index = Index(parse(PAGE))
    for number in range(100):
        assert index.find(f".no{number}") == []
    assert len(index.find(".two")) == 3


@pytest.mark.parametrize("selector", ["p[", "..a", "p::", ""])
def test_what_is_no_selector_is_said(selector):
    with pytest.raises(ValueError, match="not a CSS selector"):
        Index(parse(PAGE)).find(selector)
