"""The connections of one crawl: each is begun through its context's gate, and none may talk without end."""

from collections.abc import Callable
from typing import Any

from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientProtocol
from twisted.internet.interfaces import IAddress
from twisted.web.client import HTTPConnectionPool, _HTTP11ClientFactory

from crawler.fetch.guard import Gate

LONGEST_HEAD_BYTES = 256 * 1024  # status line, headers and 1xx answers in front of a body; browsers take as much


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's HTTP/1.1 client that hangs up on an answer whose headers never end; bodies have their own limit."""

    _head_bytes = 0

    def request(self, request: Any) -> Any:
        self._head_bytes = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's interface
        parser = self._parser
        if parser is not None and parser.state in {"STATUS", "HEADER"}:
            self._head_bytes += len(data)
            if self._head_bytes > LONGEST_HEAD_BYTES:
                transport: Any = self.transport
                transport.abortConnection()
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _BoundedFactory(_HTTP11ClientFactory):
    noisy = False

    def buildProtocol(self, addr: IAddress | None) -> BoundedProtocol:  # noqa: ARG002, N802 - Twisted's interface
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class GatedPool(HTTPConnectionPool):
    """A connection pool whose new connections, those of a retry too, are judged by one gate.

    Twisted asks the resolver before `connect` returns, so the gate needs to be open for that call alone; were it to ask
    later one day, it would meet the strict gate.
    """

    _factory = _BoundedFactory

    def __init__(self, reactor: Any, gate: Callable[[], Gate]) -> None:
        super().__init__(reactor, persistent=True)  # type: ignore[no-untyped-call]
        self._gate = gate

    def _newConnection(self, key: Any, endpoint: Any) -> Any:  # noqa: N802 - Twisted's name
        with self._gate().open():
            return super()._newConnection(key, endpoint)
