"""Summaries above the text, found by their label and by the element that holds the two of them."""

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from crawler.extract.article import Reason
from crawler.extract.blocks import Block

_LABEL = re.compile(
    r"^\W*(?:(?:AI|인공지능|기사|본문|핵심|뉴스|자동|[3세]\s*줄)\s*){1,3}(?:요약|브리핑)(?!하|했|된|한\s)",
    re.IGNORECASE,
)
_LONGEST_LABEL = 40
_STEPS = 5  # elements above the label that are looked at
_MOST = 0.35  # share of the text that a summary may have


def mark_summaries(blocks: Sequence[Block]) -> None:
    """Sets the reason of every block of a labelled summary; a part that holds most of the text is none."""
    labels = [block for block in blocks if len(block.text) <= _LONGEST_LABEL and _LABEL.match(block.text)]
    if not labels:
        return
    total = sum(len(block.text) for block in blocks if block.reason is None)
    for label in labels:
        if label.element is None:
            continue
        for element in [label.element, *label.element.iterancestors()][:_STEPS]:
            inside = [block for block in blocks if _is_inside(block, element)]
            length = sum(len(block.text) for block in inside)
            if length > _MOST * total:
                break
            if length > len(label.text):
                for block in inside:
                    block.reason = block.reason or Reason.SUMMARY
                break


def _is_inside(block: Block, element: HtmlElement) -> bool:
    return block.element is not None and (
        block.element is element or any(parent is element for parent in block.element.iterancestors())
    )
