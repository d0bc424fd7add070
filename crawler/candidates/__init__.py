"""From the bytes of a feed, a sitemap or a section page to the articles it announces. Pure: bytes in, records out."""

from collections.abc import Callable

from crawler.candidates.candidate import Candidate, Reading, UnreadableSource
from crawler.candidates.feed import read_feed
from crawler.candidates.google_news import read_google_news
from crawler.candidates.links import read_list
from crawler.candidates.naver import read_naver
from crawler.candidates.robots import read_robots
from crawler.candidates.sitemap import read_sitemap
from crawler.sources import Source

__all__ = ["Candidate", "Reading", "UnreadableSource", "read_source"]

READERS: dict[str, Callable[[bytes, Source], Reading]] = {
    "feed": read_feed,
    "sitemap": read_sitemap,
    "list": read_list,
    "naver": read_naver,
    "google-news": read_google_news,
    "robots": read_robots,
}


def read_source(body: bytes, source: Source, kind: str | None = None) -> Reading:
    """What a source announces. Raises UnreadableSource, one sentence, when the bytes are not what its kind says.

    `kind` reads something else that the source led to: a sitemap of robots.txt, for one.
    """
    try:
        return READERS[kind or source.kind](body, source)
    except UnreadableSource:
        raise
    except Exception as error:  # whatever a parser trips over in a stranger's bytes, only this source fails
        raise UnreadableSource(f"The answer cannot be parsed ({type(error).__name__}: {error}).") from error
