"""The text part: a digest in its own right, at most 76 columns wide. Addresses stand alone, unbroken."""

from collections.abc import Iterator

from digest.content import Card, Correction, IssueContent, Section
from digest.width import rule, wrap

INDENT = "    "
RIGHTS = (
    "기사의 권리는 각 언론사에 있습니다. 제목, 언론사, 시각, 원문 주소를 싣고, 첫머리는 허락한 언론사의 것만 싣습니다."
)


def render_text(content: IssueContent) -> str:
    """The whole issue as plain text: every story, every report, every correction."""
    blocks = [
        *_masthead(content),
        *_sections(content),
        *_corrections(content),
        *_counts(content),
        *_footer(content),
    ]
    return "\n".join(blocks) + "\n"


def _masthead(content: IssueContent) -> Iterator[str]:
    yield rule("=")
    yield from wrap(f"{content.title}  {content.day(content.window_end)}")
    yield from wrap(f"{content.window} 사이에 처음 확인한 보도")
    corrected = f" · 수정 {len(content.corrections)}건" if content.corrections else ""
    totals = f"이슈 {len(content.cards)}건 · 보도 {content.reports}건 · 언론사 {content.outlets}곳{corrected}"
    yield from wrap(totals)
    yield from wrap(f"확인 범위: {content.coverage.line}")
    if content.sample:
        yield from wrap("(예시) 표시가 있는 언론사와 기사는 지어낸 것입니다. 사실이 아닙니다.")
    yield rule("=")


def _sections(content: IssueContent) -> Iterator[str]:
    number = 0
    for section in content.sections:
        yield from _heading(section.name, len(section.cards))
        for card in section.cards:
            number += 1
            yield from _card(content, section, card, number)


def _heading(name: str, count: int) -> Iterator[str]:
    yield ""
    yield from wrap(f"■ {name} ({count}건)")
    yield rule("-")


def _card(content: IssueContent, section: Section, card: Card, number: int) -> Iterator[str]:
    del section
    yield from wrap(card.headline, first=f"{number:>2}. ")
    yield from wrap(f"{card.lead.outlet} · {content.clock(card.lead.at)}", first=INDENT)
    if card.excerpt:
        yield from wrap(card.excerpt, first=INDENT)
    if card.lead.url:
        yield INDENT + card.lead.url
    if card.others:
        label = f"함께 보도 {card.other_outlets}곳" if card.other_outlets else "같은 언론사의 다른 기사"
        yield from wrap(label, first=INDENT)
    for report in card.others:
        yield from wrap(f"{report.outlet} · {content.clock(report.at)}", first=f"{INDENT}- ")
        if report.url:
            yield f"{INDENT}  {report.url}"
    if card.told_before:
        yield from wrap(f"이어지는 이슈 · {card.told_before}", first=INDENT)
    if card.reasons:
        yield from wrap(f"실은 까닭: {' · '.join(card.reasons)}", first=INDENT)
    yield ""


def _corrections(content: IssueContent) -> Iterator[str]:
    if content.corrections:
        yield from _heading("수정: 앞서 메일에 실린 기사", len(content.corrections))
    for item in content.corrections:
        yield from _correction(content, item)


def _correction(content: IssueContent, item: Correction) -> Iterator[str]:
    yield from wrap(f"[{item.what}] {item.headline}", first="  * ")
    yield from wrap(
        f"{item.lead.outlet} · {content.clock(item.lead.at)} 확인 · {item.mailed} 메일에 실림", first=INDENT
    )
    for label, words in item.details:
        yield from wrap(f"{label} {words}", first=INDENT)
    if item.lead.url:
        yield INDENT + item.lead.url
    yield ""


def _counts(content: IssueContent) -> Iterator[str]:
    for chart in content.charts:
        counts = ", ".join(f"{bar.name} {bar.count}" for bar in chart.bars)
        yield from wrap(f"{chart.name}: {counts}")


def _footer(content: IssueContent) -> Iterator[str]:
    yield rule("-")
    yield from wrap(RIGHTS)
    if content.unsubscribe:
        yield "이 메일 그만 받기"
        yield content.unsubscribe
