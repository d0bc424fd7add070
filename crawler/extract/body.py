"""Where on a page the article is: the profile, the usual containers, trafilatura as a guide, the scripts at last."""

from collections.abc import Collection, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from importlib.metadata import version

import trafilatura
from lxml import etree
from lxml.html import HtmlElement

from crawler.extract.article import Reason
from crawler.extract.blocks import Block, read_blocks
from crawler.extract.language import is_korean
from crawler.extract.lines import MOSTLY_LINKS, PROSE, is_sentence
from crawler.extract.profile import Profile
from crawler.extract.repeats import letters_of
from crawler.extract.script import READERS, Payload
from crawler.extract.selectors import Index
from crawler.extract.summaries import mark_summaries
from crawler.extract.tables import table
from crawler.extract.tree import Script

TRAFILATURA = f"trafilatura/{version('trafilatura')}"

READER = "blocks/1"  # this package's own reader of a known container

CONTAINERS: tuple[str, ...] = tuple(table("containers")["containers"])
_LEAST_PROSE = 20  # characters of sentences an article has at least
_COST_OF_NOISE = 0.5  # what a character that is no article text costs against one that is
_COMPARED = 40  # letters of a block that are looked for
_ENOUGH = 0.7  # share of the guide's sentences with which a usual container inside it is preferred
_HALF = 0.5  # of what trafilatura finds on a page that is not Korean, a container holds more
MOST_BLOCKS = 10_000  # of a page that is read; the fullest home page of the corpus has 1,500
MOST_TEXT = 300_000  # characters of a page that is read
# A tree of so many levels is not weighed: that work, and trafilatura's, grows with the square of its depth.
_IS_DEEP = etree.XPath(f"boolean({'/*' * 250})")
_LEAST_TOLD = 30  # characters of the shortest article
_MOST_LINKED = 0.3
_LONG = 80  # characters of a block that is read whatever trafilatura says
_DECISIVE = 0.6  # share of a page's sentences a usual container must hold to be taken without a second opinion


@dataclass(slots=True)
class Body:
    """The blocks of an article as found and how they were found. `drift`: the profile that should have found them."""

    blocks: list[Block]
    extractor: str
    profile: Profile | None = None
    payload: Payload | None = None
    drift: str | None = None
    named: bool = False  # the mark-up names the element as the article's own
    last: bool = False  # nothing else is left to try


def by_profile(page: Index, profile: Profile) -> list[Block]:
    """The blocks under the profile's body selectors, without what it drops and with its captions marked."""
    dropped = {element for selector in profile.drop for element in page.find(selector)}
    captions = {element for selector in profile.captions for element in page.find(selector)}
    containers = _outermost(page.first(profile.body))
    return [block for one in containers for block in _read(one, captions=captions, dropped=dropped)]


def _read(
    container: HtmlElement, *, captions: Collection[HtmlElement] = (), dropped: Collection[HtmlElement] = ()
) -> list[Block]:
    blocks = read_blocks(container, captions=captions, dropped=dropped)
    mark_summaries(blocks)
    return blocks


def _outermost(elements: Sequence[HtmlElement]) -> list[HtmlElement]:
    chosen = set(elements)
    return [element for element in elements if not any(parent in chosen for parent in element.iterancestors())]


def prose_length(blocks: Sequence[Block]) -> int:
    """Characters of sentences that may be article text."""
    return sum(len(block.text) for block in blocks if is_prose(block))


def is_prose(block: Block) -> bool:
    return (
        block.reason is None and block.links < MOSTLY_LINKS and len(block.text) >= PROSE / 2 and is_sentence(block.text)
    )


def generic(index: Index, *, flood: bool = False) -> Iterator[Body]:
    """Ways to read a page of which nothing is known, the most trusted first."""
    if _IS_DEEP(index.root):
        yield from named_containers(index)
        return
    page = read_blocks(index.root, by_place=False)
    if len(page) > MOST_BLOCKS or sum(len(block.text) for block in page) > MOST_TEXT:
        return
    weights = _weights(page)
    candidates = [element for selector in CONTAINERS for element in index.find(selector) if element in weights]
    best = _best(candidates, weights, page)
    decisive = best is not None and weights[best] >= max(_LEAST_PROSE, _DECISIVE * weights.get(index.root, 0.0))
    korean = is_korean([block.text for block in page if is_prose(block)] or [block.text for block in page])
    if best is not None and decisive and korean:
        yield Body(_read(best), f"generic+{READER}", named=True)
    text = "" if flood and not candidates else _trafilatura(index.root, fast=flood)
    yield from _guided(page, weights, best, text, decisive=decisive, korean=korean)
    yield from named_containers(index)
    if text:
        yield Body([Block(line) for line in text.splitlines() if line.strip()], f"generic+{TRAFILATURA}", last=True)


def _guided(
    page: Sequence[Block],
    weights: dict[HtmlElement, float],
    best: HtmlElement | None,
    text: str,
    *,
    decisive: bool,
    korean: bool,
) -> Iterator[Body]:
    """Containers as trafilatura's text names them or confirms them, with its opinion on what stands in them."""
    guided = _holder(page, text)
    if (
        guided is not None
        and best is not None
        and _inside(best, guided)
        and weights[best] >= _ENOUGH * weights.get(guided, 0)
    ):
        guided = best
    opinion = letters_of(text)
    containers = [best] if decisive and not korean else []
    containers += [guided] if guided is not best or not decisive else []
    containers += [best] if best is not guided and not decisive else []
    for container in containers:
        if container is None:
            continue
        blocks = _read(container)
        if korean or _told(blocks) >= _HALF * len(text):
            extractor = READER if container is best and container is not guided else TRAFILATURA
            yield Body(_second_opinion(blocks, opinion, korean=korean), f"generic+{extractor}", named=container is best)


def _second_opinion(blocks: Sequence[Block], opinion: str, *, korean: bool) -> list[Block]:
    """Blocks that trafilatura leaves out are set aside, unless they are long enough to be the article's, or stand
    between its sentences and in the same kind of element, as headings and short lines do.
    """
    prose = [index for index, block in enumerate(blocks) if is_prose(block) and len(block.text) >= PROSE]
    first, last = (prose[0], prose[-1]) if prose else (0, 0)
    kinds = {_kind(blocks[index]) for index in prose} if korean else set()
    for index, block in enumerate(blocks):
        within = first < index < last and block.links < MOSTLY_LINKS
        if block.reason is not None or (within and (block.heading or (not block.links and _kind(block) in kinds))):
            continue
        long = block.links < MOSTLY_LINKS and len(block.text) >= _LONG
        sentence = is_prose(block) and len(block.text) >= (PROSE if korean else _LONG)
        if not (long and korean) and not sentence and letters_of(block.text)[:_COMPARED] not in opinion:
            block.reason = Reason.AROUND
    return list(blocks)


def _kind(block: Block) -> tuple[str, int]:
    """The tag of a block's element and how deep it stands."""
    element = block.element
    return ("", 0) if element is None else (str(element.tag), sum(1 for _ in element.iterancestors()))


def by_script(scripts: Sequence[Script], kinds: Sequence[str] = ("fusion", "next_f", "json_ld")) -> Iterator[Body]:
    """Articles that stand in the page's scripts."""
    for kind in kinds:
        payload = READERS[kind](scripts)
        if payload is not None:
            yield Body(list(payload.blocks), f"script:{kind}", payload=payload)


def _inside(inner: HtmlElement, outer: HtmlElement) -> bool:
    return inner is outer or any(parent is outer for parent in inner.iterancestors())


def named_containers(index: Index) -> Iterator[Body]:
    """A usual container for articles without one whole sentence (appointments): the first with some text of its own."""
    for selector in CONTAINERS:
        for container in index.find(selector)[:1]:
            blocks = read_blocks(container)
            if linked_share(blocks) < _MOST_LINKED and _told(blocks) >= _LEAST_TOLD:
                yield Body(blocks, f"generic+{READER}", named=True)
                return


def linked_share(blocks: Sequence[Block]) -> float:
    """Share of the text of blocks that stands inside links."""
    linked = sum(block.links * len(block.text) for block in blocks if block.reason is None)
    return linked / max(1, _told(blocks))


def _told(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) for block in blocks if block.reason is None)


def _weights(page: Sequence[Block]) -> dict[HtmlElement, float]:
    """Characters of sentences under every element that has any."""
    weights: dict[HtmlElement, float] = {}
    seen: set[str] = set()
    for block in page:
        if not is_prose(block) or block.element is None or block.text in seen:
            continue
        seen.add(block.text)
        for element in (block.element, *block.element.iterancestors()):
            weights[element] = weights.get(element, 0.0) + len(block.text)
    return weights


def _best(
    candidates: Sequence[HtmlElement], weights: dict[HtmlElement, float], page: Sequence[Block]
) -> HtmlElement | None:
    """The container with the most sentences for the least of everything else around them."""
    noise: dict[HtmlElement, float] = {}
    wanted = set(candidates)
    for block in page:
        if is_prose(block) or block.element is None:
            continue
        for element in (block.element, *block.element.iterancestors()):
            if element in wanted:
                noise[element] = noise.get(element, 0.0) + len(block.text)
    return max(
        candidates, key=lambda element: weights[element] - _COST_OF_NOISE * noise.get(element, 0.0), default=None
    )


def _trafilatura(root: HtmlElement, *, fast: bool) -> str:
    # deduplicate stays off: it is a memory of the whole process and forgets articles it has seen.
    text = trafilatura.extract(
        deepcopy(root), include_comments=False, include_tables=True, deduplicate=False, fast=fast
    )
    return text or ""


def _holder(page: Sequence[Block], text: str) -> HtmlElement | None:
    """The element that holds the most of what trafilatura found for the least of everything else."""
    letters = letters_of(text)
    score: dict[HtmlElement, float] = {}
    found = False
    for block in page:
        own = letters_of(block.text)
        if block.element is None or not own:
            continue
        wanted = is_prose(block) and own[:_COMPARED] in letters
        found = found or wanted
        gain = len(own) if wanted else 0.0 if is_prose(block) else -_COST_OF_NOISE * len(own)
        for element in (block.element, *block.element.iterancestors()):
            score[element] = score.get(element, 0.0) + gain
    return max(score, key=lambda element: score[element]) if found else None
