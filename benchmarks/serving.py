"""The web of an archive in a process of its own, for benchmarks that ask it, and what they ask it for."""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import FastAPI

KST = ZoneInfo("Asia/Seoul")
WORDS = (
    "로봇",
    "중관춘",
    "투자 유치",
    "반도체",
    "베이징 로봇",
    "임상시험",
    "“물류 로봇”",
    "상장",
    "배터리 소재",
    "하이뎬구",
)


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
def served(application: Callable[..., FastAPI], *arguments: Any) -> Iterator[Served]:
    """What `application` makes of the arguments, served by another process."""
    context = multiprocessing.get_context("spawn")
    port = context.Value("i", 0)
    process = context.Process(target=_serve, args=(port, application, arguments), daemon=True)
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


def _serve(port: Any, application: Callable[..., FastAPI], arguments: tuple[Any, ...]) -> None:
    import asyncio
    import socket

    from storage.heap import settle
    from web.server import create_server

    server = create_server(application(*arguments))
    settle()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port.value = listener.getsockname()[1]
        asyncio.run(server.serve([listener]))


def in_korea(moment: datetime) -> datetime:
    return moment.astimezone(KST)
