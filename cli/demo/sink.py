"""A real SMTP server on loopback that keeps what it is sent: the demo's mailbox."""

import asyncio
import socket
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One message as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    def part(self, kind: str) -> str:
        """The text of the `plain` or `html` part, lines ended by LF; empty when the message has none."""
        message = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        part = message.get_body((kind,))
        return "" if part is None else str(part.get_content()).replace("\r\n", "\n")

    def write(self, folder: Path, name: str) -> dict[str, Path]:
        """Writes NAME.eml, NAME.html and NAME.txt; the paths by their endings."""
        contents = {"eml": self.content, "html": self.part("html").encode(), "txt": self.part("plain").encode()}
        paths = {ending: folder / f"{name}.{ending}" for ending in contents}
        for ending, path in paths.items():
            path.write_bytes(contents[ending])
        return paths


class _OnBoundSocket(Controller):
    """Listens on a socket that is bound already: the controller itself cannot say which port 0 became."""

    def __init__(self, handler: Any, listener: socket.socket) -> None:
        self.listener = listener
        host, port = listener.getsockname()
        super().__init__(handler, hostname=host, port=port)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.listener)


class Sink:
    """Keeps every message sent to it while its `with` block lasts. Runs in a thread of its own, on a free port."""

    def __init__(self) -> None:
        self.messages: list[ReceivedMail] = []
        self._controller: _OnBoundSocket | None = None

    @property
    def port(self) -> int:
        assert self._controller is not None
        return int(self._controller.port)

    def __enter__(self) -> Self:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.bind((HOST, 0))
        self._controller = _OnBoundSocket(self, listener)
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd calls it so
        await asyncio.sleep(0)
        self.messages.append(ReceivedMail(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        return "250 OK kept"
