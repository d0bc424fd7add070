"""The server of the benchmark, in a process of its own."""

import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo


def serve(url: str, port: Any, require_token: str) -> None:
    """The server's process: the API as `zgcwatch run` serves it, and one constant answer."""
    import asyncio
    import socket

    from fastapi.responses import Response

    from crawler.meaning.aliases import expander
    from crawler.meaning.facts import load_reader
    from storage.database import Database
    from web.app import create_app
    from web.server import create_server
    from web.settings import WebSettings

    database = Database.open(url)
    zone = ZoneInfo("Asia/Seoul")
    app = create_app(
        database,
        version="bench",
        in_zone=lambda moment: moment.astimezone(zone),
        settings=WebSettings.model_validate({"rate_per_minute": 0, "require_token": require_token}),
        expand=expander(load_reader().lexicon),
    )

    async def floor() -> Response:
        return Response(b"{}")

    app.add_api_route("/floor", floor, include_in_schema=False)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port.value = listener.getsockname()[1]
        asyncio.run(create_server(app).serve([listener]))


@dataclass(frozen=True)
class Served:
    """A server that runs: its port and its process."""

    port: int
    process: int

    def processor_seconds(self) -> float:
        """What its process has taken of the processor so far."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def server(url: str, *, require_token: str = "remote") -> Iterator[Served]:
    context = multiprocessing.get_context("spawn")
    port = context.Value("i", 0)
    process = context.Process(target=serve, args=(url, port, require_token), daemon=True)
    process.start()
    while not port.value:
        assert process.is_alive()
        time.sleep(0.05)
    time.sleep(1)
    try:
        assert process.pid is not None
        yield Served(port.value, process.pid)
    finally:
        process.terminate()
        process.join(20)
