"""The farm's plan: which outlets there are, how each misbehaves, and which articles can be had of it.

Server and judge read the same plan; the crawler never sees it. Every number in it is decided by the outlet's position.
"""

from dataclasses import dataclass
from functools import cached_property

from tests.servers.farm_pages import FarmArticle

# What an outlet does to whoever visits it; `plain` fills up the rest of a farm. In this order, so that a small farm has
# the ones that matter most.
HABITS = (
    "plain", "crawl_delay", "disallow", "busy_page", "tracked_links", "hang", "broken_page", "wrong_charset",
    "truncated", "busy_source", "closed_robots", "no_robots", "gzip", "last_modified", "two_sources", "hanging_page",
    "slow", "sitemap",
)  # fmt: skip
UNREACHABLE = {"hang", "closed_robots"}
CRAWL_DELAY = 0.5  # seconds; a tenth of what outlets ask for, so that a farm is swept in minutes
RETRY_AFTER = 2  # seconds
CLOSED_SECTION = "/closed/"
EVERY = 20  # of so many articles one is affected by a habit that concerns single pages


@dataclass(frozen=True)
class FarmOutlet:
    """One outlet on a loopback address of its own."""

    number: int
    articles: int
    habit: str

    @property
    def id(self) -> str:
        return f"farm-{self.number:03d}-{self.habit.replace('_', '-')}"

    @property
    def host(self) -> str:
        return f"127.1.{self.number // 200}.{1 + self.number % 200}"

    @cached_property
    def stories(self) -> dict[str, FarmArticle]:
        """Path to article. Two in five touch no topic; they are announced with titles that say so."""
        rows = {}
        for number in range(1, self.articles + 1):
            is_closed = self.habit == "disallow" and number % 5 == 0
            folder = CLOSED_SECTION if is_closed else "/news/article/"
            rows[f"{folder}{number}"] = FarmArticle(
                seed=self.number * 100_000 + number, number=number, on_topic=number % 5 not in {1, 3}
            )
        return rows

    @property
    def reachable(self) -> set[str]:
        """Paths of the on-topic articles that a polite visitor can have."""
        if self.habit in UNREACHABLE:
            return set()
        return {path for path, story in self.stories.items() if story.on_topic and not self._is_lost(path, story)}

    def _is_lost(self, path: str, story: FarmArticle) -> bool:
        hangs = self.habit == "hanging_page" and is_affected(story)
        return hangs or path.startswith(CLOSED_SECTION)

    @property
    def sources(self) -> list[dict[str, str]]:
        feed, sitemap = {"kind": "feed", "path": "/rss.xml"}, {"kind": "sitemap", "path": "/sitemap-news.xml"}
        return {"two_sources": [feed, sitemap], "sitemap": [sitemap]}.get(self.habit, [feed])


def is_affected(story: FarmArticle) -> bool:
    """Whether a page is one of those that a habit of single pages concerns; these all touch a topic."""
    return story.number % EVERY == 2


def farm_plan(outlets: int, articles: int, *, without: frozenset[str] = frozenset()) -> list[FarmOutlet]:
    """So many outlets, each habit once and the rest plain; habits in `without` are left out, their place plain."""
    habits = [habit if habit not in without else "plain" for habit in HABITS]
    habits += ["plain"] * (outlets - len(habits))
    return [FarmOutlet(number, articles, habit) for number, habit in enumerate(habits[:outlets])]
