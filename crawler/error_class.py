"""Failures sorted into a few classes, so that a history of them can be judged. The sentences are for people."""

import re
from enum import StrEnum

from scrapy import exceptions as scrapy

from crawler.fetch.pace import HostResting
from crawler.fetch.robots import ClosedForNow, DisallowedByRobots
from crawler.workers import ParseTimeout


class ErrorClass(StrEnum):
    """What kind of failure it was. The values are kept in the database."""

    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECTION = "connection"  # refused, or broken off
    TLS = "tls"
    TOO_LARGE = "too_large"
    SERVER = "server"  # 5xx
    MISSING = "missing"  # 404, 410
    CLIENT = "client"  # any other 4xx, and statuses nobody expects
    REFUSED = "refused"  # 401, 403, 429, 451
    ROBOTS = "robots"  # robots.txt asks to leave it alone
    CHALLENGE = "challenge"  # a page that asks whether we are a robot
    RESTING = "resting"  # the host asked for a pause: nothing was sent
    UNREADABLE = "unreadable"  # a source that is none
    NO_ARTICLE = "no_article"
    SLOW_PARSE = "slow_parse"  # it could not be parsed in time
    ADDRESS = "address"  # it leads elsewhere
    OURS = "ours"  # a mistake in zgcwatch itself
    OTHER = "other"


REFUSALS = frozenset({ErrorClass.REFUSED, ErrorClass.CHALLENGE})
UNREAD = frozenset({ErrorClass.NO_ARTICLE, ErrorClass.SLOW_PARSE})

_STATUSES: dict[int, ErrorClass] = {
    401: ErrorClass.REFUSED,
    403: ErrorClass.REFUSED,
    404: ErrorClass.MISSING,
    410: ErrorClass.MISSING,
    429: ErrorClass.REFUSED,
    451: ErrorClass.REFUSED,
}
_ERRORS: tuple[tuple[type[BaseException], ErrorClass], ...] = (
    (ClosedForNow, ErrorClass.SERVER),
    (DisallowedByRobots, ErrorClass.ROBOTS),
    (HostResting, ErrorClass.RESTING),
    (ParseTimeout, ErrorClass.SLOW_PARSE),
    (scrapy.DownloadTimeoutError, ErrorClass.TIMEOUT),
    (scrapy.CannotResolveHostError, ErrorClass.DNS),
    (scrapy.DownloadCancelledError, ErrorClass.TOO_LARGE),
    (scrapy.DownloadConnectionRefusedError, ErrorClass.CONNECTION),
    (scrapy.ResponseDataLossError, ErrorClass.CONNECTION),
    (scrapy.IgnoreRequest, ErrorClass.ADDRESS),
)

# Signs of a guard's page, found in none of an outlet's own. (Cloudflare's scripts alone are on ordinary pages, too.)
_GUARDS = re.compile(
    rb"_cf_chl_opt|cf-error-details|<title>\s*(?:Just a moment|Attention Required! \| Cloudflare|Access Denied)"
    rb"|_Incapsula_Resource|Request unsuccessful\. Incapsula|DDoS-Guard|sucuri_cloudproxy|datadome\.co/captcha"
    rb"|px-captcha",
    re.IGNORECASE,
)
# Wordings that an article may use as well: they only count where no article was found.
_RIDDLES = re.compile(
    "자동\\s*등록\\s*방지|보안\\s*문자|비정상적인\\s*(?:접근|접속|트래픽)|접근이\\s*(?:차단|제한)|접속이\\s*(?:차단|제한)"
    "|로봇이\\s*아닙니다|captcha|are you a (?:robot|human)|unusual traffic|access denied|verify you are human",
    re.IGNORECASE,
)
_LARGEST_GUARD = 60_000  # bytes; their pages are small


def class_of_status(status: int, body: bytes = b"") -> ErrorClass:
    """The class of an HTTP status that brought nothing to read; a guard's page may come with any."""
    if is_guard(body):
        return ErrorClass.CHALLENGE
    return _STATUSES.get(status, ErrorClass.SERVER if status >= 500 else ErrorClass.CLIENT)  # noqa: PLR2004


def class_of_error(error: BaseException | None) -> ErrorClass:
    """The class of an exception of a fetch or of parsing."""
    for kind, error_class in _ERRORS:
        if isinstance(error, kind):
            return error_class
    said = str(error)
    if "certificate" in said.lower() or "VerificationError" in said:
        return ErrorClass.TLS
    if "DOWNLOAD_MAXSIZE" in said:
        return ErrorClass.TOO_LARGE
    return ErrorClass.CONNECTION if isinstance(error, scrapy.DownloadFailedError) else ErrorClass.OTHER


def is_guard(body: bytes) -> bool:
    """Whether this can only be the page of a guard that keeps robots out."""
    return 0 < len(body) <= _LARGEST_GUARD and _GUARDS.search(body) is not None


def is_riddle(body: bytes) -> bool:
    """Whether a page in which no article was found asks its reader to prove to be a person, or bars the way."""
    if is_guard(body):
        return True
    if not 0 < len(body) <= _LARGEST_GUARD:
        return False
    from crawler.extract.encoding import decode

    return _RIDDLES.search(decode(body).text) is not None
