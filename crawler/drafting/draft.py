"""The draft of an outlet file, from nothing but the outlet's address: a dozen requests, polite as any visit."""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urljoin, urlsplit

from crawler.candidates import read_source
from crawler.candidates.candidate import Reading
from crawler.catalogue import Outlet, parse_outlet
from crawler.drafting.addresses import AddressRules, guess_rules
from crawler.drafting.survey import Survey, survey
from crawler.drafting.trees import ProfileDraft, compare
from crawler.drafting.writing import Findings, FoundSource, as_toml
from crawler.sources import Source
from crawler.workers import ParsePool
from storage.errors import ZgcwatchError
from storage.records import PageDraft

# Where feeds usually are when a page names none, the commonest of Korea first.
_GUESSES = ("/rss/allArticle.xml", "/rss", "/feed/", "/rss.xml", "/atom.xml", "/feed.json")
_MOST_FEEDS = 4
_MOST_SITEMAPS = 3
_MOST_RSS_PAGES = 2
ARTICLES = 3


class NoDraft(ZgcwatchError):  # noqa: N818 - named for what it is
    """Nothing at the address tells where articles are announced; the message says what was tried."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The file's text, the outlet it describes, and the articles it was tried on with what they gave."""

    text: str
    outlet: Outlet
    tried: tuple[str, ...]


@dataclass
class Drafter:
    """Looks at an outlet step by step. `fetch` gives a page or raises a sentence; `tell` says what is being done."""

    fetch: Callable[[str], Awaitable[PageDraft]]
    pool: ParsePool
    today: date
    tell: Callable[[str], None]
    _found: dict[str, tuple[FoundSource, tuple[str, ...]]] = field(default_factory=dict)

    async def draft(self, url: str, *, outlet_id: str | None = None, name: str | None = None) -> Draft:
        """The draft for the outlet whose front page is at `url`. Raises NoDraft, or why the front page is not read."""
        front = await self.fetch(url)
        home = urljoin(front.url, "/")
        seen: Survey = await self.pool.run(survey, front.body, front.url)
        await self._find_sources(home, seen)
        announced = [address for _, addresses in self._found.values() for address in addresses]
        rules = guess_rules(announced, home) or guess_rules(seen.links, home)
        if rules is None:
            raise NoDraft(f"{home} names no feed, sitemap or article that could be recognised: write its file by hand.")
        sources = self._best_sources(rules) or (_front_page_as_list(home, seen, rules),)
        pages = await self._articles(rules)
        profile: ProfileDraft = await self.pool.run(compare, pages)
        findings = Findings(
            outlet_id=outlet_id or _id_of(home),
            name=name or seen.name or urlsplit(home).netloc,
            home=home,
            language=seen.language or "ko",
            sources=sources,
            rules=rules,
            design="ndsoft" if rules.is_nd_soft else seen.system,
            profile=profile,
            day=self.today,
        )
        text = as_toml(findings)
        return Draft(text, parse_outlet(text, "the draft"), tuple(address for address, _ in pages))

    async def _find_sources(self, home: str, seen: Survey) -> None:
        """Feeds the front page names, then those of its RSS pages, then the usual places; and robots.txt's sitemaps."""
        await self._try("feed", seen.feeds, most=_MOST_FEEDS)
        for page in seen.rss_pages[:_MOST_RSS_PAGES] if not self._has("feed") else ():
            listed = await self._survey(page)
            await self._try("feed", (listed.feeds if listed else ()), most=_MOST_FEEDS)
        if not self._has("feed"):
            await self._try("feed", (urljoin(home, path) for path in _GUESSES), most=1)
        sitemaps = await self._read("robots", urljoin(home, "/robots.txt"))
        children = [child.url for child in sitemaps.children] if sitemaps else []
        await self._try("sitemap", children or [urljoin(home, "/sitemap.xml")], most=_MOST_SITEMAPS)

    async def _try(self, kind: str, urls: Iterable[str], *, most: int) -> None:
        """Keep the first `most` of the addresses that can be read and announce something."""
        for url in dict.fromkeys(urls):
            if sum(source.kind == kind for source, _ in self._found.values()) >= most:
                return
            reading = await self._read(kind, url)
            newest = reading
            if reading and reading.children:
                newest = await self._read(kind, reading.children[0].url)
            if newest and newest.candidates:
                addresses = tuple(candidate.url for candidate in newest.candidates)
                self._found[url] = (FoundSource(kind, url, len(addresses)), addresses)

    async def _read(self, kind: str, url: str) -> Reading | None:
        self.tell(f"looking at {url}")
        try:
            page = await self.fetch(url)
            source = Source(kind="sitemap" if kind == "robots" else kind, url=url)  # type: ignore[arg-type]
            reading: Reading = await self.pool.run(read_source, page.body, source, kind)
        except ZgcwatchError:
            return None
        return reading

    async def _survey(self, url: str) -> Survey | None:
        self.tell(f"looking at {url}")
        try:
            page = await self.fetch(url)
            found: Survey = await self.pool.run(survey, page.body, page.url)
        except ZgcwatchError:
            return None
        return found

    async def _articles(self, rules: AddressRules) -> list[tuple[str, bytes]]:
        pages: list[tuple[str, bytes]] = []
        for url in rules.examples[: ARTICLES * 2]:
            if len(pages) == ARTICLES:
                break
            self.tell(f"reading {url}")
            try:
                page = await self.fetch(url)
            except ZgcwatchError:
                continue
            pages.append((url, page.body))
        return pages

    def _has(self, kind: str) -> bool:
        return any(source.kind == kind for source, _ in self._found.values())

    def _best_sources(self, rules: AddressRules) -> tuple[FoundSource, ...]:
        """The sources that announce articles of the recognised form; a sitemap only where there is no feed."""
        example = re.compile(rules.article)
        fitting = [source for source, addresses in self._found.values() if any(map(example.search, addresses))]
        feeds = tuple(source for source in fitting if source.kind == "feed")
        return feeds or tuple(fitting)


def _front_page_as_list(home: str, seen: Survey, rules: AddressRules) -> FoundSource:
    """No feed, no sitemap: the front page's links of an article's form."""
    count = sum(re.search(rules.article, link) is not None for link in seen.links)
    return FoundSource("list", home, count, links="a")


def _id_of(home: str) -> str:
    """An id from the host: www.example-daily.co.kr gives example-daily."""
    host = (urlsplit(home).hostname or "").removeprefix("www.")
    if re.fullmatch(r"[\d.]+", host):
        return f"outlet-{host.replace('.', '-')}"
    found = re.sub(r"[^a-z0-9-]+", "-", host.split(".")[0].lower()).strip("-")[:40]
    return found if len(found) > 1 else f"{found or 'outlet'}-news"
