"""CSS selectors answered from an index of the page, made in one walk over its tree.

A selector run by XPath looks at every element of a page; an outlet's profile has twenty of them. Most selectors name a
class, an id or a tag: those are looked up. What the index does not know (`:has()`, `:not()`) still goes to XPath.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any

import cssselect
from cssselect import SelectorError
from cssselect.parser import Attrib, Class, CombinedSelector, Element, Hash
from lxml import etree
from lxml.html import HtmlElement

from crawler.extract.tree import compiled

Test = Callable[[HtmlElement], bool]
Key = tuple[str, str]  # (table of the index, name)

_ITEMPROPS = etree.XPath("//*[@itemprop]")
_FEW = 40  # classes that are looked for before it pays to list them all
_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "=": lambda value, wanted: value == wanted,
    "~=": lambda value, wanted: wanted in value.split(),
    "|=": lambda value, wanted: value == wanted or value.startswith(f"{wanted}-"),
    "^=": lambda value, wanted: bool(wanted) and value.startswith(wanted),
    "$=": lambda value, wanted: bool(wanted) and value.endswith(wanted),
    "*=": lambda value, wanted: bool(wanted) and wanted in value,
}
_INDEXED = {("class", "*="): "part of class", ("id", "*="): "part of id", ("itemprop", "="): "itemprop"}


class Index:
    """The elements of a tree by tag, id, class and itemprop, each list in the order of the page.

    It holds for as long as the tree is not changed.
    """

    def __init__(self, root: HtmlElement) -> None:
        self.root = root
        self._tags: dict[str, list[HtmlElement]] = {}
        # Elements by their whole class attribute: far fewer than classes times elements.
        self._classes: dict[str, list[HtmlElement]] = defaultdict(list)
        self._ids: dict[str, list[HtmlElement]] = defaultdict(list)
        self._order: dict[HtmlElement, int] = {}
        self._asked = 0
        classes, ids = self._classes, self._ids
        for element in root.iter():
            get = element.get
            if value := get("class"):
                classes[value].append(element)
            if value := get("id"):
                ids[value].append(element)

    def _with_class(self, name: str) -> list[str]:
        """The class attributes that hold a class: looked through at first, listed once many have been asked for."""
        self._asked += 1
        if self._asked > _FEW:
            return self._class_names.get(name, [])
        return [value for value in self._classes if name in value and name in value.split()]

    @cached_property
    def _class_names(self) -> dict[str, list[str]]:
        """The class attributes that hold each class."""
        holders: dict[str, list[str]] = {}
        for value in self._classes:
            for name in dict.fromkeys(value.split()):
                holders.setdefault(name, []).append(value)
        return holders

    @cached_property
    def _itemprops(self) -> dict[str, list[HtmlElement]]:
        found: dict[str, list[HtmlElement]] = defaultdict(list)
        for element in _ITEMPROPS(self.root):
            found[element.get("itemprop")].append(element)
        return found

    @cached_property
    def text(self) -> str:
        """All text of the page, without a mark between one element and the next."""
        return str(etree.tostring(self.root, method="text", encoding="unicode"))

    def tag(self, *names: str) -> list[HtmlElement]:
        """All elements with one of these tags."""
        key = " ".join(names)
        if key not in self._tags:
            self._tags[key] = list(self.root.iter(*names))
        return self._tags[key]

    def names_hold(self, part: str) -> bool:
        """Whether any id or class has this part."""
        return any(part in name for name in self._classes) or any(part in name for name in self._ids)

    def find(self, selector: str) -> list[HtmlElement]:
        """What a CSS selector matches, in the order of the page; ValueError when it is not valid CSS."""
        plans = _plans(selector)
        if plans is None:
            return list(compiled(selector)(self.root))
        found = [element for plan in plans for element in self._matches(plan)]
        return self._in_order(found) if len(plans) > 1 else found

    def _matches(self, plan: "_Plan") -> list[HtmlElement]:
        found = self._named(plan.key)
        if plan.test is not None:
            found = [element for element in found if plan.test(element)]
        if plan.left is None or not found:
            return list(found)
        others = set(self._matches(plan.left))
        return [element for element in found if others and _RELATED[plan.combinator](element, others)]

    def first(self, selectors: Iterable[str]) -> list[HtmlElement]:
        """What the first selector that matches anything matches; an empty list when none does."""
        return next((found for selector in selectors if (found := self.find(selector))), [])

    def _named(self, key: Key) -> Sequence[HtmlElement]:
        table, name = key
        if table == "tag":
            return self.tag(name)
        if table == "class":
            return self._together([self._classes[value] for value in self._with_class(name)])
        if table.startswith("part of"):
            names = self._classes if table.endswith("class") else self._ids
            return self._together([elements for one, elements in names.items() if name in one])
        return {"id": self._ids, "itemprop": self._itemprops}[table].get(name, ())

    def _together(self, lists: Sequence[Sequence[HtmlElement]]) -> Sequence[HtmlElement]:
        return lists[0] if len(lists) == 1 else self._in_order([element for one in lists for element in one])

    def _in_order(self, elements: Sequence[HtmlElement]) -> list[HtmlElement]:
        if len(elements) < 2:  # noqa: PLR2004 - one is in order
            return list(elements)
        if not self._order:
            self._order = {element: number for number, element in enumerate(self.root.iter())}
        return sorted(dict.fromkeys(elements), key=self._order.__getitem__)


@lru_cache(maxsize=2048)
def _plans(selector: str) -> tuple["_Plan", ...] | None:
    """How to look a selector up, for each of its alternatives; None: by XPath."""
    try:
        parsed = cssselect.parse(selector)
    except SelectorError as error:
        raise ValueError(f"{selector!r} is not a CSS selector: {error}") from error
    try:
        return None if any(one.pseudo_element for one in parsed) else tuple(_Plan(one.parsed_tree) for one in parsed)
    except _Unknown:
        return None


class _Unknown(Exception):  # noqa: N818 - no error: XPath does it
    """A part of a selector that only XPath can answer."""


class _Plan:
    """One selector without commas: where its last part is looked up, what else must hold of it, and how it must stand
    to what the parts left of it match.
    """

    def __init__(self, tree: Any) -> None:
        self.combinator, self.left = "", None
        if isinstance(tree, CombinedSelector):
            if tree.combinator not in _RELATED:
                raise _Unknown
            self.combinator, self.left, tree = tree.combinator, _Plan(tree.selector), tree.subselector
        tests = list(_tests(tree))
        keys = [key for key, _ in tests if key is not None]
        if not keys:
            raise _Unknown
        self.key: Key = next((key for key in keys if key[0] != "tag"), keys[0])
        # What was looked up by a name has it.
        self.test = _all([test for key, test in tests if key != self.key])


def _tests(tree: Any) -> Iterator[tuple[Key | None, Test]]:
    """The tests of a part of a selector, each with the key under which what passes it is indexed."""
    if isinstance(tree, Element) and not tree.namespace:
        if tree.element:
            tag = str(tree.element).lower()
            yield ("tag", tag), lambda element: element.tag == tag
        return
    if isinstance(tree, Class):
        yield ("class", tree.class_name), _has("class", "~=", tree.class_name)
    elif isinstance(tree, Hash):
        yield ("id", tree.id), _has("id", "=", tree.id)
    elif isinstance(tree, Attrib) and not tree.namespace:
        name, value = str(tree.attrib).lower(), str(tree.value.value) if tree.value is not None else ""
        table = _INDEXED.get((name, tree.operator))
        yield (table, value) if table else None, _has(name, tree.operator, value)
    else:
        raise _Unknown
    yield from _tests(tree.selector)


def _all(tests: Sequence[Test]) -> Test | None:
    if len(tests) < 2:  # noqa: PLR2004
        return tests[0] if tests else None
    return lambda element: all(test(element) for test in tests)


def _has(name: str, operator: str, wanted: str) -> Test:
    if operator == "exists":
        return lambda element: element.get(name) is not None
    compare = _COMPARE.get(operator)
    if compare is None:
        raise _Unknown

    def test(element: HtmlElement) -> bool:
        value = element.get(name)
        return value is not None and compare(value, wanted)

    return test


def _beside(element: HtmlElement, others: Collection[HtmlElement]) -> bool:
    sibling: HtmlElement | None = element.getprevious()
    while sibling is not None and not isinstance(sibling.tag, str):
        sibling = sibling.getprevious()
    return sibling in others


# Whether an element stands to one of others as a combinator says.
_RELATED: dict[str, Callable[[HtmlElement, Collection[HtmlElement]], bool]] = {
    " ": lambda element, others: any(above in others for above in element.iterancestors()),
    ">": lambda element, others: element.getparent() in others,
    "+": _beside,
    "~": lambda element, others: any(one in others for one in element.itersiblings(preceding=True)),
}
