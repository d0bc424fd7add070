"""`zgcwatch outlets`: the catalogue, and one outlet tried without storing anything."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, json_option, pass_app, print_json, utc_now

if TYPE_CHECKING:
    from crawler.catalogue import Outlet
    from crawler.probe import Probe, Step

SHOWN = 3  # paragraphs and blocks, without --text
LONGEST = 100


@click.group()
def outlets() -> None:
    """The outlets that are watched."""


@outlets.command("list", epilog="Example: zgcwatch outlets list --json")
@json_option
@pass_app
def list_outlets(app: App, as_json: bool) -> None:
    """Every outlet of the catalogue, the packaged ones and yours."""
    for outlet in app.catalogue:
        if as_json:
            print_json(_row(outlet))
        else:
            state = "" if outlet.enabled else "  (off)"
            sources = ", ".join(sorted({source.kind for source in outlet.sources}))
            click.echo(f"{outlet.id:<20} {outlet.name}  {sources}{state}")


def _row(outlet: "Outlet") -> dict[str, Any]:
    return {
        "id": outlet.id,
        "name": outlet.name,
        "home": outlet.home,
        "licence": outlet.licence,
        "enabled": outlet.enabled,
        "sources": [{"kind": source.kind, "url": source.url} for source in outlet.sources],
        "measured": outlet.evidence.measured.isoformat() if outlet.evidence.measured else None,
        "verified": outlet.evidence.verified,
    }


@outlets.command(
    epilog="Examples: zgcwatch outlets test hankyung; zgcwatch outlets test https://www.example.com/news/1"
)
@click.argument("what", metavar="URL|ID")
@click.option("--pages", type=click.IntRange(1, 20), default=3, show_default=True, help="Article pages of an outlet.")
@click.option("--text", is_flag=True, help="Show whole texts, and every block that was set aside.")
@json_option
@pass_app
def test(app: App, what: str, pages: int, text: bool, as_json: bool) -> None:
    """Look at an outlet, or at one article, step by step, and store nothing.

    Shows robots.txt's verdict, what each source answered and announced, the page, the body, what was set aside and what
    would be stored, with the time each step took.
    """
    from crawler.probe import is_address, probe_article, probe_outlet
    from crawler.runtime import run_in_reactor
    from storage.errors import ZgcwatchError

    outlet = _owner(app, what)
    tell = (lambda _: None) if as_json else (lambda step: _show(step, text=text))
    with _probe(app, tell) as probe:
        if is_address(what):
            run_in_reactor(lambda: probe_article(probe, outlet, what))
        else:
            run_in_reactor(lambda: probe_outlet(probe, outlet, pages=pages))
    if as_json:
        print_json({"outlet": outlet.id, "steps": [step.row() for step in probe.steps]})
    if not probe.stored:
        failed = next((step for step in probe.steps if not step.ok), None)
        raise ZgcwatchError(f"{what} gave no article. {failed.said if failed else 'Nothing was announced.'}")


def _owner(app: App, what: str) -> "Outlet":
    from crawler.probe import is_address

    if not is_address(what):
        return app.outlet(what)
    outlet = app.catalogue.for_url(what)
    if outlet is None:
        raise click.UsageError(f"No outlet of the catalogue has the host of {what}: `zgcwatch outlets new` drafts one.")
    return outlet


@contextmanager
def _probe(app: App, tell: "Callable[[Step], None]") -> "Iterator[Probe]":
    from crawler.probe import Probe
    from crawler.workers import ParsePool

    crawler = app.settings.crawler
    with ParsePool(crawler.parse_processes, crawler.parse_deadline) as pool:
        yield Probe(settings=crawler, topics=app.topics, pool=pool, clock=utc_now, tell=tell)


def _show(step: "Step", *, text: bool) -> None:
    """A step in a line, what it found below."""
    if step.name in {"robots", "source", "page"}:
        click.echo(f"\n{step.url}" if step.name == "robots" else "", nl=step.name == "robots")
    mark = "ok" if step.ok else "NO"
    click.echo(f"  {mark} {step.name:<10} {step.milliseconds:>7.1f} ms  {step.said}")
    for line in _lines(step, text=text):
        click.echo(f"{'':<26}{line}")


def _lines(step: "Step", *, text: bool) -> list[str]:
    """The details a person wants to see of a step."""
    found = step.details
    if step.name == "body" and step.ok:
        who = ", ".join(found["authors"]) or "no author"
        head = [found["title"], f"{found['published_at'] or 'no time'} · {who} · {found['section'] or 'no section'}"]
        return head + [_cut(paragraph, text) for paragraph in found["paragraphs"][: None if text else SHOWN]]
    if step.name == "removed":
        blocks = [f"{block['reason']}: {_cut(block['text'], text)}" for block in found["blocks"]]
        return blocks[: None if text else SHOWN]
    if step.name == "stored":
        number = f", number {found['number']}" if found["number"] else ""
        return [f"{found['canonical_url']}{number}", f"relevance {found['relevance']:.2f}, licence {found['licence']}"]
    return []


def _cut(words: str, whole: bool) -> str:
    return words if whole or len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
