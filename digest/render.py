"""From an issue's content to its subject, HTML and text. Pure: the same content gives the same characters.

A card is rendered once for all issues that have it (`Renderer`): two hundred watches of one morning share their cards.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from typing import Any, TypeVar, overload
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from digest.content import Card, IssueContent, Section
from digest.safe import shorten
from digest.text import TextCard, card_lines, render_text

LARGEST_HTML = 80_000  # bytes; Gmail clips near 102 KB
SHOWN_OTHERS = 8
SHOWN_CORRECTIONS = 15
SHOWN_DEALS = 12
LEAST_FULL_CARDS = 10  # shortened last of all
PAGE_FULL_CARDS = 1000  # of the web view, which has room
MOST_PIECES = 20_000  # kept at a time, a few kilobytes each
Form = TypeVar("Form")
LONGEST_WHOLE = 24  # characters of an item that is not broken
NO_BREAK = "\N{NO-BREAK SPACE}"
# An opening of a section with brief lines, and what closes it.
BRIEF_OPEN = Markup(
    '<tr><td class="p l s" style="padding:8px 28px;border-bottom:1px solid #e3e6ea;'
    'font-size:13px;line-height:20px;color:#5a6069;">\n'
)
BRIEF_CLOSE = Markup("</td></tr>\n")


@dataclass(frozen=True, slots=True)
class Rendered:
    """An issue as it is read. `overflow` stories are on the web view and in the text, for want of room in the HTML."""

    subject: str
    html: str
    text: str
    overflow: int = 0


class _Piece:
    """One card in all its forms, each made when it is asked for: most cards of a long issue have no room in the mail.

    The card itself is kept so that its identity stays its own.
    """

    def __init__(self, card: Card) -> None:
        self.card = card
        self._made: dict[str, Any] = {}

    def whole(self, content: IssueContent, *, top: bool) -> Markup:
        made: Markup = self._form(f"top {top}", lambda: _parts().card(content, self.card, top, SHOWN_OTHERS))
        return made

    def brief(self, content: IssueContent) -> Markup:
        made: Markup = self._form("brief", lambda: _parts().brief(content, self.card))
        return made

    def text(self, content: IssueContent) -> TextCard:
        return self._form("text", lambda: card_lines(content, self.card))

    def _form(self, name: str, make: Callable[[], Form]) -> Form:
        if name not in self._made:
            self._made[name] = make()
        made: Form = self._made[name]
        return made


class _Texts(Sequence[TextCard]):
    """The text of each card, made when it is asked for."""

    def __init__(self, content: IssueContent, pieces: Sequence[_Piece]) -> None:
        self._content, self._pieces = content, pieces

    def __len__(self) -> int:
        return len(self._pieces)

    @overload
    def __getitem__(self, place: int) -> TextCard: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[TextCard]: ...
    def __getitem__(self, place: int | slice) -> TextCard | Sequence[TextCard]:
        if isinstance(place, slice):
            return [piece.text(self._content) for piece in self._pieces[place]]
        return self._pieces[place].text(self._content)


class Renderer:
    """Renders issues and remembers the pieces of their cards."""

    def __init__(self) -> None:
        self._pieces: dict[tuple[object, ...], _Piece] = {}

    def render(self, content: IssueContent) -> Rendered:
        """The issue as a mail: HTML of at most 80 KB, cards shortened to lines and then left to the web view."""
        pieces = self._pieces_of(content)
        html, overflow = _fitting_html(content, pieces)
        return Rendered(content.subject, html, render_text(content, _Texts(content, pieces)), overflow)

    def _pieces_of(self, content: IssueContent) -> list[_Piece]:
        day = content.window_end.astimezone(content.zone).date()
        frame = (content.language, content.excerpts, content.zone.key, day, content.ranks)
        found = []
        for card in content.cards:
            key = (id(card), *frame)
            piece = self._pieces.get(key)
            if piece is None:
                if len(self._pieces) >= MOST_PIECES:
                    self._pieces.clear()
                piece = self._pieces[key] = _Piece(card)
            found.append(piece)
        return found


def render(content: IssueContent) -> Rendered:
    """One issue by itself, as `Renderer` renders it."""
    return Renderer().render(content)


def render_page(content: IssueContent) -> str:
    """The issue as a web page: every story, whatever its size."""
    pieces = [_Piece(card) for card in content.cards]
    return _html(content, pieces, full=min(len(pieces), PAGE_FULL_CARDS), shown=len(pieces), is_page=True)


def _fitting_html(content: IssueContent, pieces: Sequence[_Piece]) -> tuple[str, int]:
    """The richest HTML that fits: all cards in full, else fewer in full, else fewer at all."""
    total = len(pieces)
    sizes = _Sizes(content, pieces)
    least = min(LEAST_FULL_CARDS, total)
    full = _most(least, total, lambda number: sizes.of(full=number, shown=total))
    if full is not None:
        return _html(content, pieces, full=full, shown=total), 0
    shown = _most(0, total, lambda number: sizes.of(full=min(least, number), shown=number)) or 0
    return _html(content, pieces, full=min(least, shown), shown=shown), total - shown


class _Sizes:
    """How many bytes a page has, without rendering it: its frame and the pieces in it."""

    def __init__(self, content: IssueContent, pieces: Sequence[_Piece]) -> None:
        tops = [card_section.top for card_section in content.sections for _ in card_section.cards]
        # A card is never shorter whole than as a line: what does not fit as lines does not fit in any way.
        self._full = _until_full(_bytes(one.whole(content, top=top)) for one, top in zip(pieces, tops, strict=True))
        self._brief = _until_full(_bytes(piece.brief(content)) for piece in pieces)
        headings = sum(_bytes(_heading(content, section)) for section in content.sections)
        rows = len(content.sections) * _bytes(BRIEF_OPEN + BRIEF_CLOSE)
        # The longest frame there can be: with the line that says how many stories have no room.
        frame = _html(content, [], full=0, shown=-1)
        self._frame = _bytes(frame) + headings + rows

    def of(self, *, full: int, shown: int) -> int:
        if full >= len(self._full) or shown >= len(self._brief):
            return LARGEST_HTML + 1
        return self._frame + self._full[full] + self._brief[shown] - self._brief[min(full, shown)]


def _until_full(sizes: Iterable[int]) -> list[int]:
    """Sums of the first none, one, two … sizes, as far as a mail can hold them."""
    sums = [0]
    for size in sizes:
        if sums[-1] > LARGEST_HTML:
            break
        sums.append(sums[-1] + size)
    return sums


def _bytes(text: str) -> int:
    return len(text.encode())


def _most(least: int, most: int, size: Callable[[int], int]) -> int | None:
    """The greatest number from `least` to `most` whose page fits; None when even `least` does not."""
    if size(most) <= LARGEST_HTML:
        return most
    if size(least) > LARGEST_HTML:
        return None
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if size(middle) <= LARGEST_HTML else (least, middle)
    return least


def _html(content: IssueContent, pieces: Sequence[_Piece], *, full: int, shown: int, is_page: bool = False) -> str:
    overflow = len(content.cards) - shown
    html: str = _template("issue.html.j2").render(
        issue=content,
        say=content.words,
        is_page=is_page,
        sections=_sections(content, pieces, full=full, shown=shown) if pieces else (),
        corrections=_corrections(content, whole=is_page),
        deals=_deals(content, whole=is_page),
        overflow=_overflow(content, overflow) if overflow else "",
        overflow_url=content.web_view or _archive_url(content),
        notices=notices(content),
        preheader=_preheader(content),
        totals=_totals(content),
        footer=_footer(content, is_page=is_page),
        zone_name=zone_name(content),
    )
    return html


def _sections(content: IssueContent, pieces: Sequence[_Piece], *, full: int, shown: int) -> Iterable[Markup]:
    """The first `full` cards whole, those after them as one line each, none after `shown`."""
    place = 0
    for section in content.sections:
        of_section = pieces[place : place + len(section.cards)][: max(0, shown - place)]
        whole = max(0, full - place)
        place += len(section.cards)
        if of_section:
            cards = [piece.whole(content, top=section.top) for piece in of_section[:whole]]
            lines = [piece.brief(content) for piece in of_section[whole:]]
            brief = [BRIEF_OPEN, *lines, BRIEF_CLOSE] if lines else []
            yield Markup().join([_heading(content, section), *cards, *brief])


def _heading(content: IssueContent, section: Section) -> Markup:
    count = content.words("count", count=len(section.cards))
    heading: Markup = _parts().heading(section.heading(content.words), count)
    return heading


def _corrections(content: IssueContent, *, whole: bool) -> Markup:
    items = content.corrections if whole else content.corrections[:SHOWN_CORRECTIONS]
    if not items:
        return Markup()
    say, parts = content.words, _parts()
    number = len(content.corrections)
    rows = [parts.heading(say("section.corrections"), say("corrections.note", count=number))]
    rows += [parts.correction(content, item) for item in items]
    if number > len(items):
        rows.append(BRIEF_OPEN + _overflow(content, number - len(items)) + BRIEF_CLOSE)
    return Markup().join(rows)


def _deals(content: IssueContent, *, whole: bool) -> Markup:
    items = content.deals if whole else content.deals[:SHOWN_DEALS]
    if not items or content.form == "alert":
        return Markup()
    return _parts().deals(content, items)  # type: ignore[no-any-return]


def _overflow(content: IssueContent, number: int) -> str:
    return content.words("overflow.web" if content.web_view else "overflow.text", count=number)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("digest"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["unbroken"] = lambda text: text.replace(" ", NO_BREAK)
    environment.filters["whole_items"] = _whole_items
    environment.filters["mean"] = lambda mean: f"{mean:.1f}"
    return environment


def _whole_items(text: str) -> str:
    """A list of names or sums whose lines break between its items, unless they are long."""
    items = text.split(" · ")
    return " · ".join(one.replace(" ", NO_BREAK) if len(one) <= LONGEST_WHOLE else one for one in items)


@cache
def _template(name: str) -> Any:
    return _environment().get_template(name)


@cache
def _parts() -> Any:
    return _environment().get_template("parts.html.j2").module


def notices(content: IssueContent) -> list[str]:
    """What has to be said before anything else."""
    say = content.words
    return [
        *(say(mark) for mark in content.marks),
        *([say("catch_up", window=content.window)] if content.catch_up else []),
        *([say("sample")] if content.sample else []),
    ]


def zone_name(content: IssueContent) -> str:
    """The zone of the times shown, in words."""
    return content.words("zone.seoul") if content.zone.key == "Asia/Seoul" else content.zone.key


def _totals(content: IssueContent) -> list[tuple[str, int]]:
    rows = [("stories", len(content.cards)), ("reports", content.reports), ("outlets", content.outlets)]
    rows += [("deals", len(content.deals))] if content.deals else []
    rows += [("corrections", len(content.corrections))] if content.corrections else []
    return [(content.words(f"total.{key}"), number) for key, number in rows]


def _preheader(content: IssueContent) -> str:
    """What a list of mails shows beside the subject: the stories after the first."""
    say = content.words
    rest = [card.headline(say) for card in content.cards[1:4]] or [item.headline(say) for item in content.corrections]
    return shorten(" / ".join(rest[:3]) or content.coverage.line(say, content.zone), 120)


def _footer(content: IssueContent, *, is_page: bool) -> list[tuple[str, str]]:
    links = [] if is_page else [("web_view", content.web_view), ("unsubscribe", content.unsubscribe)]
    return [(content.words(key), url) for key, url in links if url]


def _archive_url(content: IssueContent) -> str | None:
    if content.web_url is None:
        return None
    since = content.window_start.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return f"{content.web_url}/v1/articles?{urlencode({'since': since})}"
