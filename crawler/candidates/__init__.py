"""From the bytes of a feed, a sitemap or a section page to the articles it announces. Pure: bytes in, records out."""

from collections.abc import Callable

from crawler.candidates.candidate import Candidate, Reading, UnreadableSource
from crawler.candidates.feed import read_feed
from crawler.candidates.links import read_list
from crawler.candidates.sitemap import read_sitemap
from crawler.catalogue import Source

__all__ = ["Candidate", "Reading", "UnreadableSource", "read_source"]

READERS: dict[str, Callable[[bytes, Source], Reading]] = {
    "feed": read_feed,
    "sitemap": read_sitemap,
    "list": read_list,
}


def read_source(body: bytes, source: Source) -> Reading:
    """What a source announces. Raises UnreadableSource, one sentence, when the bytes are not what its kind says."""
    try:
        return READERS[source.kind](body, source)
    except UnreadableSource:
        raise
    except Exception as error:  # whatever a parser trips over in a stranger's bytes, only this source fails
        raise UnreadableSource(f"The answer cannot be parsed ({type(error).__name__}: {error}).") from error
