"""A real SMTP server on loopback that keeps what it receives."""

from contextlib import contextmanager

from aiosmtpd.controller import Controller


class _Keep:
    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd calls it so
        self.letters.append(envelope)
        return "250 kept"


@contextmanager
def mailbox():
    """Yields (port, letters); a letter has `rcpt_tos` and `content` (bytes)."""
    keep = _Keep()
    controller = Controller(keep, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield controller.server.sockets[0].getsockname()[1], keep.letters
    finally:
        controller.stop()
