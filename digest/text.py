"""The text part: a digest in its own right, at most 76 columns wide. Addresses stand alone, unbroken."""

from collections.abc import Iterator, Sequence

from digest.content import Card, Correction, IssueContent
from digest.width import rule, wrap

LARGEST = 200_000  # bytes of stories; a text of more has the rest on the web, where there is a web view
NUMBER = 4  # digits; the number of a card stands right in them
INDENT = " " * (NUMBER + 2)

TextCard = tuple[str, ...]


def render_text(content: IssueContent, cards: Sequence[TextCard] | None = None) -> str:
    """The whole issue as plain text: every story, report and correction. Only what the web view has, too, is cut.

    `cards` are the lines of the content's cards, where they were made before.
    """
    if cards is None:
        cards = [card_lines(content, card) for card in content.cards]
    blocks = [
        *_masthead(content),
        *_sections(content, cards),
        *_corrections(content),
        *_deals(content),
        *_counts(content),
        *_footer(content),
    ]
    return "\n".join(blocks) + "\n"


def _masthead(content: IssueContent) -> Iterator[str]:
    say = content.words
    yield rule("=")
    yield from wrap(f"{content.masthead}  {content.span}")
    if content.form != "alert":
        yield from wrap(say("window", window=content.window))
        yield from wrap(content.summary)
        yield from wrap(f"{say('coverage')}: {content.coverage.line(say, content.zone)}")
    for mark in content.marks:
        yield from wrap(say(mark))
    if content.catch_up:
        yield from wrap(say("catch_up", window=content.window))
    if content.sample:
        yield from wrap(say("sample"))
    if content.web_view:
        yield f"{say('web_view')}:"
        yield content.web_view
    yield rule("=")
    if not content.cards and not content.corrections:
        yield ""
        yield from wrap(say("no_news"))


def _sections(content: IssueContent, cards: Sequence[TextCard]) -> Iterator[str]:
    number, room = 0, LARGEST
    for section in content.sections:
        yield from _heading(section.heading(content.words), content.words("count", count=len(section.cards)))
        for card in section.cards:
            lines = cards[number]
            room -= sum(len(line.encode()) for line in lines) if content.web_view else 0
            if room < 0:
                yield from wrap(content.words("overflow.web", count=len(cards) - number))
                return
            number += 1
            yield f"{number:>{NUMBER}}. {lines[0]}"
            yield from lines[1:]
            yield from _why_on_top(content, card) if section.top else ()
            yield ""


def _why_on_top(content: IssueContent, card: Card) -> Iterator[str]:
    why = card.why_on_top(content.words) if content.ranks else ""
    if why:
        yield from wrap(f"{content.words('why_top')}: {why}", first=INDENT)


def _heading(name: str, note: str) -> Iterator[str]:
    yield ""
    yield from wrap(f"■ {name} ({note})")
    yield rule("-")


def card_lines(content: IssueContent, card: Card) -> TextCard:
    """A card's lines; the number that stands before the first is left out."""
    return tuple(_card(content, card))


def _card(content: IssueContent, card: Card) -> Iterator[str]:
    say = content.words
    first, *rest = wrap(card.headline(say), first=INDENT)
    yield first.removeprefix(INDENT)
    yield from rest
    yield from wrap(f"{card.lead.outlet} · {content.clock(card.lead.at)}", first=INDENT)
    if card.excerpt and content.excerpts:
        yield from wrap(card.excerpt, first=INDENT)
    if card.lead.url:
        yield INDENT + card.lead.url
    if card.before:
        yield from wrap(f"{say('before')} · {content.told_before(card.before)}", first=INDENT)
    yield from _others(content, card)
    for label, text in content.facts(card):
        yield from wrap(f"{label}: {text}", first=INDENT)


def _others(content: IssueContent, card: Card) -> Iterator[str]:
    if card.others:
        say, count = content.words, card.other_outlets
        label = say("new_reports", count=count + 1) if card.before else say("also", count=count)
        yield from wrap(label if count or card.before else say("also.same"), first=INDENT)
    for report in card.others:
        yield from wrap(f"{report.outlet} · {content.clock(report.at)}", first=f"{INDENT}- ")
        if report.url:
            yield f"{INDENT}  {report.url}"


def _corrections(content: IssueContent) -> Iterator[str]:
    say = content.words
    if content.corrections:
        yield from _heading(say("section.corrections"), say("count", count=len(content.corrections)))
        yield from wrap(say("corrections.note", count=len(content.corrections)))
    for item in content.corrections:
        yield from _correction(content, item)


def _correction(content: IssueContent, item: Correction) -> Iterator[str]:
    say = content.words
    yield from wrap(f"[{say(f'corrected.{item.what}')}] {item.headline(say)}", first="  * ")
    seen = say("corrected.seen", at=content.clock(item.lead.at), day=content.day(item.mailed))
    yield from wrap(f"{item.lead.outlet} · {seen}", first=INDENT)
    for label, text in content.changes(item):
        yield from wrap(f"{label}: {text}" if label else text, first=INDENT)
    if item.lead.url:
        yield INDENT + item.lead.url
    yield ""


def _deals(content: IssueContent) -> Iterator[str]:
    say = content.words
    if content.form == "alert":
        return
    if content.deals:
        yield from _heading(say("section.deals"), say("count", count=len(content.deals)))
    for deal in content.deals:
        yield from wrap(f"{deal.company}: {deal.what(say)}", first="  * ")
        if deal.investors:
            yield from wrap(f"{say('deal.who')}: {', '.join(deal.investors)}", first=INDENT)
        differ = f" ({say('deal.differ')})" if deal.differ else ""
        more = say("others.more", count=deal.outlets - 1) if deal.outlets > 1 else ""
        yield from wrap(f"{deal.source.outlet}{more}{differ}", first=INDENT)
        if deal.source.url:
            yield INDENT + deal.source.url
    if content.deals:
        yield ""


def _counts(content: IssueContent) -> Iterator[str]:
    say = content.words
    for chart in content.charts:
        counts = []
        for bar in chart.bars:
            usual = f" ({say('chart.usual', mean=f'{bar.mean:.1f}')})" if bar.mean is not None else ""
            counts.append(f"{bar.name or say('chart.rest')} {bar.count}{usual}")
        yield from wrap(f"{say(f'chart.{chart.key}')}: {', '.join(counts)}")


def _footer(content: IssueContent) -> Iterator[str]:
    say = content.words
    yield rule("-")
    yield from wrap(say("rights"))
    zone = say("zone.seoul") if content.zone.key == "Asia/Seoul" else content.zone.key
    yield from wrap(say("zone", zone=zone))
    if content.unsubscribe:
        yield f"{say('unsubscribe')}:"
        yield content.unsubscribe
