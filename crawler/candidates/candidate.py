"""What a source says about an article before its page is read."""

import hashlib
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from storage.errors import ZgcwatchError

KEY_BYTES = 8
LONGEST_SUMMARY = 4000  # characters; some feeds carry the whole article, whose beginning tells what it is about
MOST_KEYS = 2000  # more than any feed seen; of a larger sitemap the newest
_TAG = re.compile(r"</?[A-Za-z!][^>]*>")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class UnreadableSource(ZgcwatchError):  # noqa: N818 - named for what it is, as every error of the project
    """A feed, sitemap or section page answered with something else; only this source fails."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One announced article. Times are aware; None where the source does not say."""

    url: str
    title: str | None = None
    summary: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    section: str | None = None
    publisher: str | None = None  # searches only: who published it, by name
    publisher_home: str | None = None


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap named by an index, and when the index says it changed last."""

    url: str
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one answer of a source held.

    `children` are further sitemaps to read, newest first; `next_page` is where a list goes on; `ttl_seconds` is how
    long a feed says that its answer holds.
    """

    candidates: tuple[Candidate, ...] = ()
    children: tuple[Child, ...] = ()
    next_page: str | None = None
    ttl_seconds: int | None = None


def announced_key(identity: str) -> bytes:
    """The key under which an announced article is remembered from one visit of its source to the next."""
    return hashlib.blake2b(identity.encode("utf-8", errors="replace"), digest_size=KEY_BYTES).digest()


def join_keys(identities: Iterable[str]) -> bytes:
    """The keys of what a source announced, one after the other, of the first `MOST_KEYS`."""
    return b"".join(announced_key(identity) for identity in islice(identities, MOST_KEYS))


def split_keys(keys: bytes | None) -> set[bytes]:
    """Keys that were joined, apart again."""
    keys = keys or b""
    return {keys[start : start + KEY_BYTES] for start in range(0, len(keys), KEY_BYTES)}


def plain(text: str | None) -> str | None:
    """Text as a person reads it: entities decoded (some feeds encode them twice), tags and white space runs gone."""
    if not text:
        return None
    for _ in range(2):
        text = html.unescape(text)
    text = _NOT_TEXT.sub("", _TAG.sub(" ", text))
    return " ".join(text.split()) or None


def decode(body: bytes) -> str:
    """Bytes as text: UTF-8 where that holds strictly, else cp949 (EUC-KR and more), whatever a header claims."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            return body.decode("utf-16", errors="replace")
        return body.decode("cp949", errors="replace")


def refuse_empty_or_html(text: str, what: str) -> None:
    """Raises UnreadableSource for an answer without content, or a web page in the place of XML."""
    start = text.lstrip()[:2000].lower()
    if not start:
        raise UnreadableSource(f"The answer is empty (zero bytes) where {what} should be.")
    if start.startswith("<!doctype html") or re.match(
        r"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!doctype html|<html)", start, re.DOTALL
    ):
        raise UnreadableSource(f"The answer is a web page where {what} should be; the address may have moved.")
