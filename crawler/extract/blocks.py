"""Reading a part of a page the way a person does: block after block, with what its place in the page says about it.

A block is a paragraph, a heading, a list item or a table row. `<br>` ends a block, because half of the Korean outlets
write paragraphs as bare text between `<br>`. Parts whose mark-up says what they are (a caption, a share bar, a related
list) are kept aside with that reason instead of being read as text.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from crawler.extract.article import Reason
from crawler.extract.places import SILENT_TAGS, is_subtitle, reason_of_place, reason_of_tag
from crawler.extract.tree import longer_than, text_of

BLOCK_TAGS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html",
    "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
})  # fmt: skip
CELL_TAGS = frozenset({"td", "th"})
HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
EMPHASIS_TAGS = frozenset({"b", "strong"})
_LONGEST_CELL = 80
_LONGEST_HEADING = 80  # characters of a paragraph in bold that is read as a heading
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0xAD])


@dataclass(slots=True)
class Block:
    """One block of text. `links`: share of its characters inside links; `reason`: set where its place tells it."""

    text: str
    heading: bool = False
    links: float = 0.0
    reason: Reason | None = None
    place: str = ""
    subtitle: bool = False  # its class says that it stands under the headline
    element: HtmlElement | None = None  # the block-level element it stands in


class _Reader:
    """Collects running text into blocks while the tree is walked."""

    def __init__(self, container: HtmlElement) -> None:
        self.blocks: list[Block] = []
        self._open = [container]
        self._pieces: list[str] = []
        self._linked = 0
        self._emphasised = 0
        self._heading = 0
        self._link_depth = 0
        self._emphasis_depth = 0
        self._subtitles: list[HtmlElement] = []
        self._columns: list[HtmlElement] = []

    def text(self, piece: str | None) -> None:
        if not piece:
            return
        self._pieces.append(piece)
        letters = len(piece) - piece.count(" ")
        if self._link_depth:
            self._linked += letters
        if self._emphasis_depth:
            self._emphasised += letters

    def enter(self, element: HtmlElement) -> None:
        tag = str(element.tag)
        if tag in BLOCK_TAGS:
            self.end_block()
            self._open.append(element)
        elif tag in CELL_TAGS:
            self._cell(element)
        if is_subtitle(element):
            self.end_block()
            self._subtitles.append(element)
        self._heading += tag in HEADING_TAGS
        self._link_depth += tag == "a"
        self._emphasis_depth += tag in EMPHASIS_TAGS

    def _cell(self, cell: HtmlElement) -> None:
        """Cells of data stand side by side in one line; a cell that holds a column of a page is a block."""
        if longer_than(cell, _LONGEST_CELL):
            self.end_block()
            self._columns.append(cell)
        elif self._pieces:
            self._pieces.append(" ")

    def leave(self, element: HtmlElement) -> None:
        tag = str(element.tag)
        if tag in BLOCK_TAGS:
            self.end_block()
            self._open.pop()
        for named in (self._subtitles, self._columns):
            if named and named[-1] is element:
                self.end_block()
                named.pop()
        self._heading -= tag in HEADING_TAGS
        self._link_depth -= tag == "a"
        self._emphasis_depth -= tag in EMPHASIS_TAGS

    def end_block(self) -> None:
        text = " ".join("".join(self._pieces).translate(_INVISIBLE).split())
        if text:
            letters = max(1, len(text) - text.count(" "))
            heading = self._heading > 0 or (self._emphasised >= letters and len(text) <= _LONGEST_HEADING)
            links = min(1.0, self._linked / letters)
            self.blocks.append(
                Block(text, heading=heading, links=links, subtitle=bool(self._subtitles), element=self._open[-1])
            )
        self._pieces.clear()
        self._linked = self._emphasised = 0

    def aside(self, text: str, reason: Reason, place: str) -> None:
        self.end_block()
        if text:
            self.blocks.append(Block(text, reason=reason, place=place))


def read_blocks(
    container: HtmlElement,
    *,
    by_place: bool = True,
    captions: Collection[HtmlElement] = (),
    dropped: Collection[HtmlElement] = (),
) -> list[Block]:
    """The blocks of a container in reading order. The tree is not changed.

    With `by_place` False the names of parts are not looked at: every text that is not a control is read.
    `captions` are elements known to be captions whatever they are called; `dropped` ones are passed over.
    """
    total = len(_words(container, dropped)) or 1
    reader = _Reader(container)
    reader.text(container.text)
    # (element, children still to come): an explicit stack, because pages nest thousands of levels deep.
    stack: list[tuple[HtmlElement, Iterator[HtmlElement]]] = [(container, iter(container))]
    while stack:
        element, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if stack:
                reader.leave(element)
                reader.text(element.tail)
        elif child in dropped:
            if child.tag in BLOCK_TAGS:
                reader.end_block()
            reader.text(child.tail)
        elif _set_aside(child, reader, total, by_place, captions, dropped):
            reader.text(child.tail)
        else:
            reader.enter(child)
            reader.text(child.text)
            stack.append((child, iter(child)))
    reader.end_block()
    return reader.blocks


def _set_aside(
    child: HtmlElement,
    reader: _Reader,
    total: int,
    by_place: bool,
    captions: Collection[HtmlElement],
    dropped: Collection[HtmlElement],
) -> bool:
    """Line breaks, and parts that are not read as text."""
    if not isinstance(child.tag, str):
        return True
    if child.tag == "br":
        reader.end_block()
        return True
    if child in captions:
        reader.aside(_words(child, dropped), Reason.CAPTION, place_name(child))
        return True
    reason = reason_of_place(child, total) if by_place else reason_of_tag(child)
    if reason is None:
        return False
    # What interrupts a line without being a block of its own (a script, an inline advert) does not end the line.
    if child.tag in BLOCK_TAGS or child.tag not in SILENT_TAGS:
        reader.aside(_words(child, dropped), reason, place_name(child))
    return True


def _words(element: HtmlElement, dropped: Collection[HtmlElement]) -> str:
    """All text of an element on one line, without what is dropped inside it."""
    if not dropped or not any(one in dropped for one in element.iterdescendants()):
        return text_of(element)
    pieces: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, one in walk:
        if event == "end":
            pieces.append((one.tail or "") if one is not element else "")
        elif one in dropped:
            walk.skip_subtree()
        else:
            pieces.append(one.text or "")
    return " ".join("".join(pieces).split())


def place_name(element: HtmlElement) -> str:
    """Tag, id and classes, for a reader of `removed` and for the rules."""
    return f"{element.tag!s} {element.get('id') or ''} {element.get('class') or ''}".strip()
