"""The server of the benchmark, in a process of its own."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from storage.database import Database

KST = ZoneInfo("Asia/Seoul")


def serve(url: str, port: Any, newest: datetime) -> None:
    """The server's process. For its visitors it is the evening of the newest article."""
    import asyncio
    import socket

    from crawler.meaning.aliases import expander
    from crawler.meaning.facts import load_reader
    from digest.settings import DigestSettings
    from web.app import create_app
    from web.pages.desk import Tools
    from web.server import create_server

    app = create_app(
        Database.open(url),
        version="bench",
        in_zone=lambda moment: moment.astimezone(KST),
        clock=lambda: newest,
        expand=expander(load_reader().lexicon),
        tools=Tools(digest=DigestSettings()),
    )
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port.value = listener.getsockname()[1]
        asyncio.run(create_server(app).serve([listener]))


@contextmanager
def served(url: str, newest: datetime) -> Iterator[int]:
    context = multiprocessing.get_context("spawn")
    port = context.Value("i", 0)
    process = context.Process(target=serve, args=(url, port, newest), daemon=True)
    process.start()
    while not port.value:
        assert process.is_alive()
        time.sleep(0.05)
    time.sleep(1)
    try:
        yield port.value
    finally:
        process.terminate()
        process.join(20)
