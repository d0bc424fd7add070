"""A draft as the text of an outlet file."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from crawler.drafting.addresses import AddressRules
from crawler.drafting.trees import ProfileDraft


@dataclass(frozen=True, slots=True)
class FoundSource:
    """A place that was read and announces articles: `count` of them when it was looked at."""

    kind: str
    url: str
    count: int
    links: str | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything a draft is written from."""

    outlet_id: str
    name: str
    home: str
    language: str
    sources: tuple[FoundSource, ...]
    rules: AddressRules
    design: str | None
    profile: ProfileDraft
    day: date


def as_toml(found: Findings) -> str:
    """The outlet file: what was found, with the day, and marked as verified by nobody."""
    head = [
        "# A draft by `zgcwatch outlets new`: read it, try it (`zgcwatch outlets test`), then put it into your folder.",
        f"id = {_text(found.outlet_id)}",
        f"name = {_text(found.name)}",
        f"home = {_text(found.home)}",
        f"hosts = {_list(found.rules.hosts)}",
        *([f"language = {_text(found.language)}"] if found.language != "ko" else []),
        'licence = "headline"',
        *([f"profile = {_text(found.design)}"] if found.design else []),
        *_rules(found.rules),
    ]
    for source in found.sources:
        head += ["", "[[sources]]", f"kind = {_text(source.kind)}", f"url = {_text(source.url)}"]
        head += [f"links = {_text(source.links)}"] if source.links else []
    head += _profile(found) if found.profile.body else []
    head += [
        "",
        "[evidence]",
        f"measured = {found.day.isoformat()}",
        "verified = false",
        f"note = {_text(_note(found))}",
    ]
    return "\n".join(head) + "\n"


def _rules(rules: AddressRules) -> Iterable[str]:
    yield ""
    yield "[urls]"
    yield f"article = [{_literal(rules.article)}]"
    if rules.number:
        yield f"number = {_literal(rules.number)}"
    yield f"keep_params = {_list(rules.keep_params)}"
    if rules.host_aliases:
        pairs = ", ".join(f"{_text(alias)} = {_text(host)}" for alias, host in rules.host_aliases.items())
        yield f"host_aliases = {{ {pairs} }}"


def _profile(found: Findings) -> list[str]:
    profile = found.profile
    rows = ["", "[[profiles]]", f'name = "{found.day.year}"', f"body = {_list([profile.body or ''])}"]
    rows += [f"drop = {_list(profile.drop)}"] if profile.drop else []
    rows += [f"title = {_list([profile.title])}"] if profile.title else []
    for key in ("published", "authors", "section", "captions"):
        selector = getattr(profile, key)
        rows += [f"{key} = {_list([selector])}"] if selector else []
    return rows


def _note(found: Findings) -> str:
    counts = ", ".join(f"{source.url} named {source.count} articles" for source in found.sources)
    design = f" The pages are of the publishing system {found.design}." if found.design else ""
    return (
        f"Drafted by a program on {found.day.isoformat()}: {counts}. The selectors are what {found.profile.articles} "
        f"article pages of that day have in common.{design} Nobody has read the outlet's robots.txt and terms yet."
    )


def _text(text: str) -> str:
    return json.dumps(re.sub(r"[\x00-\x1f\x7f]", " ", text), ensure_ascii=False)


def _literal(text: str) -> str:
    return f"'{text}'" if "'" not in text and "\n" not in text else _text(text)


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(_text(text) for text in texts) + "]"
