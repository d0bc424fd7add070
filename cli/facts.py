"""`zgcwatch facts`: entities, amounts, deals and topics of a text, with where they stand."""

from typing import TYPE_CHECKING, Any

import click

from cli.context import App, json_option, pass_app, print_json
from cli.files import read_korean

if TYPE_CHECKING:
    from crawler.meaning.amounts import Amount
    from crawler.meaning.deals import Deal
    from crawler.meaning.facts import Facts
    from crawler.meaning.topics import TopicScore


@click.command(epilog="Example: zgcwatch clean page.txt | zgcwatch facts - --json")
@click.argument("source", metavar="FILE|-")
@json_option
@pass_app
def facts(app: App, source: str, as_json: bool) -> None:
    """Read companies, amounts of money, deals and topics off a clean text with one paragraph a line."""
    text = read_korean(source)
    title, _, body = text.partition("\n")
    read = app.fact_reader.read(text)
    scores = [score for score in app.topics.scores(title, body.split("\n"), read.mentions) if score.reached]
    if as_json:
        print_json(facts_row(read, scores))
        return
    for line in _readable(read, scores):
        click.echo(line)


def facts_row(facts: "Facts", scores: list["TopicScore"]) -> dict[str, Any]:
    """The contract of `facts --json`. Offsets count characters of the input."""
    return {
        "entities": [
            {
                "id": entity_id,
                "name": mentions[0].entity.name,
                "kind": mentions[0].entity.kind,
                "mentions": [{"text": m.text, "start": m.start, "end": m.end} for m in mentions],
            }
            for entity_id, mentions in facts.by_entity().items()
        ],
        "amounts": [amount_row(amount) for amount in facts.amounts],
        "deals": [deal_row(deal) for deal in facts.deals],
        "topics": [{"id": score.id, "score": score.score, "reasons": list(score.reasons)} for score in scores],
    }


def amount_row(amount: "Amount") -> dict[str, Any]:
    """An amount; `flags` is there only where something is odd about it."""
    from crawler.meaning.amounts.records import plain_number

    row = {
        "text": amount.text,
        "start": amount.start,
        "end": amount.end,
        "value": plain_number(amount.value),
        "currency": amount.currency,
        "krw": plain_number(amount.krw) if amount.krw is not None else None,
        "qualifier": amount.qualifier,
        "role": amount.role,
    }
    return {**row, "flags": list(amount.flags)} if amount.flags else row


def deal_row(deal: "Deal") -> dict[str, Any]:
    """A deal as the text tells it."""
    from crawler.meaning.amounts.records import plain_number

    return {
        "company": deal.company,
        "kind": deal.kind,
        "value": plain_number(deal.value) if deal.value is not None else None,
        "currency": deal.currency,
        "krw": plain_number(deal.krw) if deal.krw is not None else None,
        "round": deal.round,
        "investors": list(deal.investors),
        "evidence": deal.evidence,
    }


def _readable(facts: "Facts", scores: list["TopicScore"]) -> list[str]:
    lines = [f"topic   {score.id} {score.score:g}: {', '.join(score.reasons)}" for score in scores] or ["topic   none"]
    for entity_id, mentions in facts.by_entity().items():
        texts = ", ".join(dict.fromkeys(mention.text for mention in mentions))
        lines.append(
            f"entity  {mentions[0].entity.name} [{entity_id}, {mentions[0].entity.kind}] ×{len(mentions)}: {texts}"
        )
    lines += [f"new?    {one.name}" + (f" ({one.alias})" if one.alias else "") for one in facts.candidates]
    for amount in facts.amounts:
        krw = f" = KRW {amount.krw:,.0f}" if amount.krw is not None else ""
        notes = "; ".join(part for part in (amount.qualifier, amount.role, *amount.flags) if part)
        lines.append(f"amount  {amount.currency} {amount.value:,f}{krw} ({notes}): {amount.text}")
    for deal in facts.deals:
        value = f"{deal.currency} {deal.value:,f}" if deal.value is not None else "no amount"
        who = f" from {', '.join(deal.investors)}" if deal.investors else ""
        lines.append(f"deal    {deal.company} {deal.kind} {value} {deal.round or ''}{who}: {deal.evidence}")
    return lines
