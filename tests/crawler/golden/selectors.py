"""Elements made from CSS selectors: as much of a page's skeleton as a profile's selectors describe."""

from cssselect import parser as css
from lxml import etree
from lxml.cssselect import CSSSelector


def matches(scope, selector):
    return CSSSelector(selector, translator="html")(scope)


def css_form(selector):
    """A selector in the one spelling that all its spellings have."""
    return css.parse(selector)[0].parsed_tree.canonical()


def first_of(selector):
    """The first compound of a chain: `#a .b > c` gives `#a`."""
    return _chain(css.parse(selector)[0].parsed_tree)[0][1].canonical()


def ensure(scope, selector, *, fresh=False):
    """The element under `scope` that the selector names; what is missing of its chain is made.

    `fresh` makes the last element anew even where one is there.
    """
    chain = _chain(css.parse(selector)[0].parsed_tree)
    found, used = scope, 0
    for length in range(len(chain) - fresh, 0, -1):
        known = matches(scope, _text(chain[:length]))
        if known:
            found, used = known[0], length
            break
    for combinator, compound in chain[used:]:
        found = _beside(found, compound) if combinator == "+" else _under(found, compound)
    return found


def _chain(tree):
    """[(combinator, compound selector), …] from left to right."""
    if isinstance(tree, css.CombinedSelector):
        return [*_chain(tree.selector), (tree.combinator, tree.subselector)]
    return [(" ", tree)]


def _text(chain):
    return "".join(f" {combinator} {compound.canonical()}" for combinator, compound in chain).strip()


def _under(parent, compound):
    if parent.tag == "table":
        parent = etree.SubElement(etree.SubElement(parent, "tr"), "td")
    return _fit(etree.SubElement(parent, "div"), compound)


def _beside(element, compound):
    made = etree.Element("div")
    element.addnext(made)
    return _fit(made, compound)


def _fit(element, compound):
    """Gives the element what the compound asks for."""
    if isinstance(compound, css.Element):
        if compound.element:
            element.tag = compound.element
        return element
    inner = _fit(element, compound.selector)
    if isinstance(compound, css.Class):
        inner.set("class", f"{inner.get('class', '')} {compound.class_name}".strip())
    elif isinstance(compound, css.Hash):
        inner.set("id", compound.id)
    elif isinstance(compound, css.Attrib):
        _attribute(inner, compound)
    elif isinstance(compound, css.Relation):
        for _, wanted in compound.arguments:
            _under(inner, wanted.parsed_tree)
    elif isinstance(compound, css.Negation) and isinstance(compound.subselector, css.Pseudo):
        etree.SubElement(inner.getparent(), inner.tag).text = "견본"  # :not(:last-child): something follows
    return inner


def _attribute(element, compound):
    value = compound.value.value if compound.value is not None else ""
    known = element.get(compound.attrib)
    element.set(compound.attrib, f"{known} {value}".strip() if known and compound.operator != "=" else value)
