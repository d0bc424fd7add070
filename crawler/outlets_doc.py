"""docs/outlets.md, written from the catalogue: `python -m crawler.outlets_doc > docs/outlets.md`."""

import sys
from collections.abc import Iterable, Iterator

from crawler.catalogue import Catalogue, Outlet, load_catalogue
from crawler.extract.profile import Profile
from crawler.sources import Source

_HEAD = """\
# Outlets

<!-- Written by `python -m crawler.outlets_doc` from crawler/outlets/*.toml. Change those files, not this page. -->

{total} outlets are described, {enabled} of them are visited unless the operator says otherwise. Each is one file in
`crawler/outlets/`; a file in the operator's own folder adds an outlet or, by the same `id`, replaces one.

What the files say was put together from public surveys, public code and saved pages. Nobody of this project has
visited {unverified} of the live outlets: the date in the tables says when the source of a fact was measured,
"undated" that nobody wrote it down, and the last part says outlet by outlet what is known from where. Every outlet's
licence is `headline` until the operator has the right to more, and robots.txt is obeyed whatever a file says.
"""


def render(catalogue: Catalogue) -> str:
    """The page, in Markdown, ending in a line break. The same catalogue gives the same page."""
    outlets = list(catalogue)
    enabled = [outlet for outlet in outlets if outlet.enabled]
    resting = [outlet for outlet in outlets if not outlet.enabled]
    unverified = sum(not outlet.evidence.verified for outlet in outlets)
    head = _HEAD.format(
        total=len(outlets),
        enabled=len(enabled),
        unverified="any" if unverified == len(outlets) else f"{unverified}",
    )
    lines = [head, "## Visited", "", *_table(enabled), "", "## Described, not visited", "", *_table(resting), ""]
    lines += ["## What is known of each", ""]
    for outlet in outlets:
        lines += _details(outlet)
    return "\n".join(lines).rstrip("\n") + "\n"


def _table(outlets: Iterable[Outlet]) -> Iterator[str]:
    yield "| id | outlet | found by | page designs | measured |"
    yield "| --- | --- | --- | --- | --- |"
    for outlet in outlets:
        found_by = ", ".join(sorted({source.kind for source in outlet.sources}))
        designs = ", ".join(profile.name for profile in outlet.profiles) or "none known"
        name = f"[{outlet.name}]({outlet.home})" + (f" ({outlet.name_en})" if outlet.name_en else "")
        yield f"| `{outlet.id}` | {name} | {found_by} | {designs} | {outlet.evidence.measured or 'undated'} |"


def _details(outlet: Outlet) -> Iterator[str]:
    yield f"### {outlet.name} (`{outlet.id}`)"
    yield ""
    if outlet.remarks:
        yield _one_line(outlet.remarks)
        yield ""
    if outlet.hosts:
        yield f"- Hosts: {', '.join((*outlet.hosts, *outlet.urls.host_aliases))}"
    yield from (f"- {_source(source)}" for source in outlet.sources)
    yield from (f"- {_design(profile)}" for profile in outlet.profiles)
    yield f"- Known from: {_one_line(outlet.evidence.note)}"
    yield ""


def _source(source: Source) -> str:
    section = f", {source.section}" if source.section else ""
    query = f", `{source.query}`" if source.is_search else ""
    use = " (the past only)" if source.use == "archive" else ""
    return f"{source.kind.capitalize()}{section}{query}: <{source.url}>{use}"


def _design(profile: Profile) -> str:
    until = f", until {profile.valid_until}" if profile.valid_until else ""
    places = [f"script `{profile.script}`"] if profile.script else []
    places += [f"`{selector}`" for selector in profile.body]
    return f"Design {profile.name}{until}: text in {' or '.join(places)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    sys.stdout.write(render(load_catalogue()))
