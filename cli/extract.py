"""`zgcwatch extract` and `zgcwatch clean`: the extraction room by hand, on files, addresses and manifests."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.context import App, json_option, pass_app, print_json, shown_time, utc_now
from cli.files import read_bytes, read_korean

if TYPE_CHECKING:
    from crawler.extract.article import Article, CleanText
    from crawler.workers import ParsePool
    from storage.records import PageDraft


@dataclass(frozen=True)
class Input:
    """Bytes to extract from, and what is known about them."""

    html: bytes
    url: str | None
    content_type: str | None


@click.command(
    epilog="Examples: zgcwatch extract page.html --url https://example.com/news/1 --json; "
    "zgcwatch extract --manifest pages.jsonl > articles.jsonl"
)
@click.argument("source", metavar="FILE|URL|-", required=False)
@click.option("--url", help="Address the page came from: picks the outlet's profile and completes links.")
@click.option("--content-type", help="Content-Type header the page came with.")
@click.option("--outlet", "outlet_id", help="Use this outlet's profile whatever the address.")
@click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    help="JSON lines of {file, url, content_type?}; paths relative to the manifest. One object a line comes out.",
)
@json_option
@pass_app
def extract(
    app: App,
    source: str | None,
    url: str | None,
    content_type: str | None,
    outlet_id: str | None,
    manifest: Path | None,
    as_json: bool,
) -> None:
    """Take the clean article out of a page: a file, an address (fetched politely) or standard input."""
    if (source is None) == (manifest is None):
        raise click.UsageError("Give one page (FILE, URL or -), or --manifest FILE.")
    if outlet_id is not None:
        app.outlet(outlet_id)
    from crawler.workers import ParsePool

    crawler = app.settings.crawler
    with ParsePool(crawler.parse_processes, crawler.parse_deadline) as pool:
        if manifest is not None:
            for row in _extract_manifest(app, pool, manifest, outlet_id):
                print_json(row)
                sys.stdout.flush()
            return
        assert source is not None
        page = _read(app, source, url, content_type)
        article = _extract(app, pool, page, outlet_id)
    if as_json:
        print_json(article_row(article))
    else:
        click.echo(_readable(article_row(article)))


@click.command(epilog="Example: pbpaste | zgcwatch clean - --json")
@click.argument("source", metavar="FILE|-")
@json_option
def clean(source: str, as_json: bool) -> None:
    """Sort plain text (one line a block) into title, authors and body; say what was removed and why."""
    from crawler.extract import clean as clean_text

    row = clean_row(clean_text(read_korean(source)))
    if as_json:
        print_json(row)
    else:
        click.echo(_readable(row))


def clean_row(cleaned: "CleanText") -> dict[str, Any]:
    """The contract of `clean --json`."""
    return {
        "title": cleaned.title,
        "authors": [{"name": author.name, "email": author.email} for author in cleaned.authors],
        "body": list(cleaned.body),
        "captions": list(cleaned.captions),
        "removed": [{"text": block.text, "reason": block.reason.value} for block in cleaned.removed],
    }


def article_row(article: "Article") -> dict[str, Any]:
    """The contract of `extract --json`: times are ISO 8601 with offset or null."""
    return {
        "url": article.url,
        "outlet": article.outlet,
        "title": article.title,
        "subtitle": article.subtitle,
        "authors": [{"name": author.name, "email": author.email} for author in article.authors],
        "published_at": shown_time(article.published_at),
        "modified_at": shown_time(article.modified_at),
        "section": article.section,
        "keywords": list(article.keywords),
        "image": article.lead_image,
        "paywalled": article.paywalled,
        "body": list(article.body),
        "captions": list(article.captions),
        "removed": [{"text": block.text, "reason": block.reason.value} for block in article.removed],
        "extractor": article.extractor,
        "language": article.language,
        "flags": list(article.flags),
    }


def _extract_manifest(app: App, pool: "ParsePool", manifest: Path, outlet_id: str | None) -> Iterator[dict[str, Any]]:
    for row in _manifest_rows(manifest):
        file = row.get("file")
        if "error" in row:
            yield row
            continue
        try:
            page = Input(
                read_bytes(str(manifest.parent / str(file))), _optional(row, "url"), _optional(row, "content_type")
            )
            yield {"file": file, **article_row(_extract(app, pool, page, outlet_id))}
        except Exception as error:  # noqa: BLE001 - one bad page is one bad row, whatever broke
            yield {"file": file, "url": row.get("url"), "error": str(error) or type(error).__name__}


def _manifest_rows(manifest: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(read_korean(str(manifest)).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            row = {"file": None, "url": None, "error": f"line {number} of {manifest} is not JSON: {error}"}
        unusable = {"file": None, "url": None, "error": f"line {number} of {manifest} is not an object"}
        yield row if isinstance(row, dict) else unusable


def _optional(row: dict[str, Any], key: str) -> str | None:
    value = row.get(key)
    return str(value) if value else None


def _extract(app: App, pool: "ParsePool", page: Input, outlet_id: str | None) -> "Article":
    from crawler.extract import extract as extract_article

    outlet = app.catalogue.get(outlet_id) if outlet_id else app.catalogue.for_url(page.url)
    article: Article = pool.run_sync(
        extract_article,
        page.html,
        url=page.url,
        content_type=page.content_type,
        profiles=outlet.profiles if outlet else (),
        outlet=outlet.id if outlet else None,
        fetched_at=utc_now(),
    )
    return article


def _read(app: App, source: str, url: str | None, content_type: str | None) -> Input:
    if not source.startswith(("http://", "https://")):
        return Input(read_bytes(source), url, content_type)
    page = _fetch(app, source)
    return Input(page.body, url or page.url, content_type or page.content_type)


def _fetch(app: App, url: str) -> "PageDraft":
    from crawler.fetch.once import fetch_once
    from crawler.runtime import run_in_reactor
    from storage.errors import ZgcwatchError

    page: PageDraft = run_in_reactor(lambda: fetch_once(url, app.settings.crawler))
    if page.status != 200:  # noqa: PLR2004 - the HTTP status for OK
        raise ZgcwatchError(
            f"{url} answered with status {page.status}: there is no article to read; check the address."
        )
    return page


def _readable(row: dict[str, Any]) -> str:
    """The article as a person would read it in a terminal; what was removed is counted by reason below."""
    authors = ", ".join(
        f"{author['name']} <{author['email']}>" if author["email"] else author["name"] for author in row["authors"]
    )
    head = [row["title"], " · ".join(part for part in (row.get("outlet"), row.get("published_at"), authors) if part)]
    reasons: dict[str, int] = {}
    for block in row["removed"]:
        reasons[block["reason"]] = reasons.get(block["reason"], 0) + 1
    removed = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items())) or "nothing"
    return "\n\n".join([*[line for line in head if line], *row["body"], f"Removed: {removed} (--json shows the text)."])
