"""Answers of the Naver News search API: its hits, and its errors as sentences."""

import json
from typing import Any

from crawler.candidates.candidate import Candidate, Reading, UnreadableSource, plain
from crawler.candidates.dates import read_date
from crawler.sources import Source

MOST_HITS = 100  # of one answer
LAST_START = 1000

# What the API's guide says of its codes, and what the operator can do.
_ERRORS = {
    "SE01": "Naver does not understand the query (SE01): change `queries` of this source.",
    "SE02": "Naver refuses the number of hits asked for (SE02): this version of zgcwatch is too old for the API.",
    "SE03": "Naver refuses the place to start from (SE03): this version of zgcwatch is too old for the API.",
    "SE04": "Naver refuses the order asked for (SE04): this version of zgcwatch is too old for the API.",
    "SE05": "Naver knows no such API (SE05): correct `crawler.naver.url`.",
    "SE06": "Naver cannot read the query's encoding (SE06): change `queries` of this source.",
    "SE99": "Naver's search has a fault of its own (SE99); it is asked again later.",
    "012": "Naver says that its quota for this client id is used up (012); it is asked again later.",
    "024": "Naver does not accept the client id and secret (024): correct them in `crawler.naver`.",
    "028": "Naver does not know this API for the application (028): give it the search permission at Naver.",
}
_STATUSES = {
    401: "Naver does not accept the client id and secret (401): correct them in `crawler.naver`.",
    403: "Naver's application has no permission for the search API (403): give it the permission at Naver.",
    429: "Naver has had enough calls for now (429); it is asked again later.",
}


def read_naver(body: bytes, source: Source) -> Reading:
    """The hits of one answer, newest first as they were asked for. Raises UnreadableSource."""
    document = _document(body)
    if document is None or not isinstance(document.get("items"), list):
        raise UnreadableSource("The answer is not one of Naver's news search.")
    found = (_candidate(item, source) for item in document["items"] if isinstance(item, dict))
    return Reading(candidates=tuple(candidate for candidate in found if candidate))


def _candidate(item: dict[str, Any], source: Source) -> Candidate | None:
    """One hit: the outlet's own address before Naver's copy; `<b>` and entities are Naver's, not the headline's."""
    links = (str(item.get(key) or "").strip() for key in ("originallink", "link"))
    url = next((link for link in links if link.startswith(("http://", "https://"))), None)
    if url is None:
        return None
    return Candidate(
        url=url,
        title=plain(_untagged(item.get("title"))),
        summary=plain(_untagged(item.get("description"))),
        published_at=read_date(str(item.get("pubDate") or "")),
        section=source.section,
    )


def _untagged(text: object) -> str:
    """Without the marks of the hit: they stand inside words, where a blank in their place would split the word."""
    return str(text or "").replace("<b>", "").replace("</b>", "")


def explain_naver(status: int, body: bytes) -> str | None:
    """The sentence for an error of the API, from its code or else its status; None when it is neither."""
    document = _document(body) or {}
    nested = document.get("error")
    code = str(document.get("errorCode") or (nested.get("errorCode") if isinstance(nested, dict) else "") or "")
    return _ERRORS.get(code) or _STATUSES.get(status)


def _document(body: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
