"""Lines sorted: article text, captions, bylines, and what is set aside with its reason.

What a line is, is judged by its wording and its place together. Prose is the anchor: the lines between the first and
the last sentence of the article are trusted far more than those around them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crawler.extract.article import Byline, Reason, Removed
from crawler.extract.blocks import Block
from crawler.extract.bylines import EMAIL, bylines_in, dateline_bylines, is_byline, merge_bylines, split_tail
from crawler.extract.repeats import letters_of
from crawler.extract.rules import BULLET, RULES, Rule, is_toolbar
from crawler.extract.wire import credit_line

_SENTENCE_END = re.compile(
    r"(?:[다요죠까음임함됨네지]|니다)[.?!…]+[\"'”’」』)\]]*$|[.?!…][\"'”’」』)\]]+$|[^A-Z가-힣\s.][.?!…:][\"'”’)]*$"
)
_CJK_SENTENCE_END = re.compile(r"[。！？][”』」》）]*$")
# Told in the narrative form: never the wording of a notice.
_NARRATIVE_END = re.compile(r"(?<!니)다[.][\"'”’)]*$")
# Told in the polite past: only the wording of a notice that no sentence has by accident.
_POLITE_PAST = re.compile(r"(?<!되)[았었했났왔갔섰렸혔냈놨졌켰]습니다[.][\"'”’)]*$")
_QUOTES = frozenset("\"“”'‘’")
_BARE_SENTENCE_END = re.compile(r"(?:습니다|니다|했다|이다|한다|된다|있다|없다|였다|었다|왔다|났다|졌다)[\"'”’]*$")
_LONGEST_END = 24  # characters at the end of a text that tell whether it is a sentence
_MUTE = re.compile(r"^[\W_]+$")
MOSTLY_LINKS = 0.5
_ALL_LINK = 0.8
_LEAST_PRINTED = 4  # letters of a line that is looked for in the subtitle
_SENTENCE_RULES = tuple(rule for rule in RULES if rule.sentence)
_NARRATIVE_RULES = tuple(rule for rule in _SENTENCE_RULES if rule.reason is Reason.CAPTION)
_POLITE_RULES = tuple(rule for rule in _SENTENCE_RULES if rule.place == "anywhere" or rule.reason is Reason.CAPTION)
_LONGEST_RULE = max(rule.longest for rule in RULES)
# Rules that may hold at a place, by (before the first sentence, behind the last one).
_PLACES = {
    (False, False): frozenset({"anywhere"}),
    (True, False): frozenset({"anywhere", "edge", "head"}),
    (False, True): frozenset({"anywhere", "edge", "tail"}),
    (True, True): frozenset({"anywhere", "edge", "head", "tail"}),
}
PROSE = 40  # characters a sentence needs to be an anchor of the article


@dataclass(slots=True)
class Sorted:
    """The lines of an article by what they are. `body` still may hold repeats."""

    body: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    bylines: tuple[Byline, ...] = ()
    dateline: tuple[Byline, ...] = ()  # the reporters in the tag that opens the text
    headings: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)  # of writers, on lines without a name
    credits: list[str] = field(default_factory=list)  # lines that name the agency the text comes from
    subtitle: list[str] = field(default_factory=list)  # lines under the headline, where the mark-up says so


def is_sentence(text: str) -> bool:
    """True for text that ends as a sentence does."""
    end = text[-_LONGEST_END:]
    return any(one.search(end) for one in (_SENTENCE_END, _BARE_SENTENCE_END, _CJK_SENTENCE_END))


def sort_lines(
    blocks: Sequence[Block], *, title: str | None = None, subtitle: str | None = None, writers: Iterable[str] = ()
) -> Sorted:
    """Every block goes to exactly one place of the result; title and subtitle printed again are metadata."""
    blocks = _parted(blocks)
    first, last = _prose_span(blocks)
    result = Sorted()
    groups: list[Sequence[Byline]] = []
    printed = _Printed(letters_of(title or ""), letters_of(subtitle or ""), frozenset(writers))
    reasons = [_reason(block, index, first, last, printed) for index, block in enumerate(blocks)]
    _spread_toolbar(blocks, reasons, first, last)
    _spread_links(blocks, reasons)
    for index, (block, reason) in enumerate(zip(blocks, reasons, strict=True)):
        if reason is None:
            result.body.append(block.text)
            if block.heading:
                result.headings.append(block.text)
            if index == first:
                result.dateline = dateline_bylines(block.text)
            continue
        if reason is Reason.METADATA and block.subtitle:
            result.subtitle.append(block.text)
        if reason is Reason.CAPTION:
            result.captions.append(block.text)
        elif reason is Reason.BYLINE:
            groups.append(bylines_in(block.text))
            if not groups[-1]:
                result.addresses += EMAIL.findall(block.text)
        elif reason is Reason.COPYRIGHT and credit_line(block.text):
            result.credits.append(block.text)
        result.removed.append(Removed(block.text, _again(block.text, reason, result.removed)))
    result.bylines = merge_bylines(*groups)
    return result


@dataclass(frozen=True, slots=True)
class _Printed:
    """Letters of the title and the subtitle and the writers' names, to know them again when they are printed."""

    title: str
    subtitle: str
    writers: frozenset[str]

    def has(self, text: str) -> bool:
        letters = letters_of(text)
        return bool(letters) and (
            letters == self.title or (len(letters) >= _LEAST_PRINTED and letters in self.subtitle)
        )


def _again(text: str, reason: Reason, removed: Sequence[Removed]) -> Reason:
    """A byline or notice that was set aside before is a repeat the second time."""
    if reason in (Reason.TOOLBAR, Reason.CAPTION) or all(one.text != text for one in removed):
        return reason
    return Reason.REPEATED


def _parted(blocks: Sequence[Block]) -> list[Block]:
    parted: list[Block] = []
    for block in blocks:
        pieces = split_tail(block.text) if block.reason is None else None
        if pieces is None:
            parted.append(block)
            continue
        parted.append(Block(pieces[0], heading=block.heading, links=block.links))
        parted.append(Block(pieces[1], links=block.links, reason=Reason.BYLINE))
    return parted


def _prose_span(blocks: Sequence[Block]) -> tuple[int, int]:
    """Indexes of the first and the last sentence of the article; (0, len - 1) where there is none."""
    prose: list[int] = []
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        if not _is_prose(block):
            continue
        letters = letters_of(block.text)
        if letters not in seen:  # what stands behind the article's end may be the article again
            seen.add(letters)
            prose.append(index)
    return (prose[0], prose[-1]) if prose else (0, len(blocks) - 1)


def _is_prose(block: Block) -> bool:
    text = block.text
    if block.reason is not None or len(text) < PROSE or block.links >= MOSTLY_LINKS or not is_sentence(text):
        return False
    rules = _rules_for(text)
    return not any(len(text) <= rule.longest and rule.says(text) for rule in rules)


def _rules_for(sentence: str) -> Sequence[Rule]:
    """The rules that may take a sentence, by the form it is told in; what somebody says is no notice."""
    end = sentence[-_LONGEST_END:]
    if _NARRATIVE_END.search(end) or (sentence[0] in _QUOTES and sentence[-1] in _QUOTES):
        return _NARRATIVE_RULES
    return _POLITE_RULES if _POLITE_PAST.search(end) else _SENTENCE_RULES


def _reason(block: Block, index: int, first: int, last: int, printed: "_Printed") -> Reason | None:
    if block.reason is not None:
        return block.reason
    text = block.text
    if index <= first and (printed.has(text) or (block.subtitle and index < first)):
        return Reason.METADATA
    if text in printed.writers or is_byline(text):
        return _by_rule(block, index, first, last, only=Reason.TIP) or Reason.BYLINE
    outside = index < first or index > last
    if outside and credit_line(text):
        return Reason.COPYRIGHT
    if (outside and is_toolbar(text)) or (_MUTE.match(text) and len(text) > 1):
        return Reason.TOOLBAR
    return _by_rule(block, index, first, last)


def _by_rule(block: Block, index: int, first: int, last: int, only: Reason | None = None) -> Reason | None:
    text = block.text
    if len(text) > _LONGEST_RULE:
        return None
    rules = _rules_for(text) if is_sentence(text) else RULES
    places = _PLACES[index < first, index > last]
    for rule in rules:
        if (
            len(text) <= rule.longest
            and rule.place in places
            and (only is None or rule.reason is only)
            and block.links >= rule.links
            and rule.says(text)
        ):
            return rule.reason
    return None


def _spread_toolbar(blocks: Sequence[Block], reasons: list[Reason | None], first: int, last: int) -> None:
    """List bullets beside toolbar labels belong to the toolbar; so do labels inside the text that stand in a row."""
    labels = [index for index, block in enumerate(blocks) if is_toolbar(block.text) or BULLET.match(block.text)]
    known = set(labels)
    for index in labels:
        if reasons[index] is not None:
            continue
        outside = index < first or index > last
        row = (index - 1 in known) + (index + 1 in known)
        if (BULLET.match(blocks[index].text) and (outside or row)) or row:
            reasons[index] = Reason.TOOLBAR


def _spread_links(blocks: Sequence[Block], reasons: list[Reason | None]) -> None:
    """Two or more lines in a row that are links and no sentences lead to other articles."""
    row: list[int] = []
    for index in range(len(blocks) + 1):
        block = blocks[index] if index < len(blocks) else None
        if block is not None and reasons[index] is None and block.links >= _ALL_LINK and not is_sentence(block.text):
            row.append(index)
            continue
        if len(row) > 1:
            for member in row:
                reasons[member] = Reason.RELATED
        row = []
