"""The HTTP server inside the service: signals belong to the service, which stops the web last."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

STOP_WITHIN = 10  # seconds for answers under way


class Server(uvicorn.Server):
    """Serves until `should_exit` is set; readers who wait for changes are answered at once then."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in sockets or ():
            # Connections inherit it. Without, the body of an answer waits 40 ms for the reader to confirm its head;
            # asyncio sets it by itself only where a socket was made for TCP by name.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app: Any = self.config.app
        app.state.room.feed.stop()
        await super().shutdown(sockets)


def create_server(app: FastAPI) -> Server:
    """A server of this application, for sockets that its caller has bound."""
    return Server(
        uvicorn.Config(
            app,
            log_config=None,
            lifespan="off",
            server_header=False,
            proxy_headers=False,  # the application reads them itself, from the proxies of `web.trusted_proxies`
            timeout_graceful_shutdown=STOP_WITHIN,
        )
    )
