"""What went wrong with a fetch, as one sentence for the operator."""

from http import HTTPStatus

from scrapy import exceptions as scrapy

from crawler.fetch.decoding import Undecodable
from storage.errors import ZgcwatchError

_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (scrapy.DownloadTimeoutError, "It did not answer in time."),
    (scrapy.CannotResolveHostError, "Its name is not known to the DNS."),
    (scrapy.DownloadConnectionRefusedError, "It refuses the connection: no server is there."),
    (scrapy.ResponseDataLossError, "The answer broke off before its end."),
    (scrapy.DownloadFailedError, "The connection broke off."),
    (scrapy.UnsupportedURLSchemeError, "It is neither http nor https."),
)


def explain(error: BaseException | None) -> str:
    """The sentence for an exception of a fetch; our own errors and refusals already are one."""
    if isinstance(error, Undecodable):
        return str(error)
    if isinstance(error, scrapy.DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in str(error):
        return "The answer is larger than the limit (`max_page_bytes` or `max_feed_bytes`)."
    if isinstance(error, ZgcwatchError | scrapy.IgnoreRequest):
        return str(error)
    if "certificate" in str(error).lower() or "VerificationError" in str(error):
        return "Its TLS certificate does not hold; `crawler.verify_certificates = false` would accept it."
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return sentence
    return f"The fetch failed ({type(error).__name__}: {' '.join(str(error).split())[:120]})."


def explain_status(status: int) -> str:
    """The sentence for an HTTP status that brought nothing to read."""
    try:
        phrase = f" ({HTTPStatus(status).phrase})"
    except ValueError:
        phrase = ""
    return f"It answered {status}{phrase}."
