"""The sitemaps a robots.txt names: where an outlet's past can be read when its own file names no other place."""

import re
from urllib.parse import urljoin

from crawler.candidates.candidate import Child, Reading, UnreadableSource, decode
from crawler.sources import Source

_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


def read_robots(body: bytes, source: Source) -> Reading:
    """The sitemaps named, each once, in order. Raises UnreadableSource when there is none."""
    named = dict.fromkeys(urljoin(source.url, url) for url in _SITEMAP.findall(decode(body)))
    if not named:
        raise UnreadableSource("robots.txt names no sitemap: give the outlet file a source of `use` archive.")
    return Reading(children=tuple(Child(url) for url in named))
