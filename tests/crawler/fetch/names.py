"""A name server for tests, in the place of the system's behind the guard."""

from contextlib import contextmanager

from twisted.internet.address import IPv4Address, IPv6Address


class Names:
    """Names and what they resolve to: one list of addresses for each question in turn, the last one repeats."""

    def __init__(self, inner, **answers):
        self.inner = inner
        self.answers = {name: list(rows) for name, rows in answers.items()}
        self.asked = []

    def resolveHostName(self, receiver, host, port=0, *rest):  # noqa: N802
        rows = self.answers.get(host.rstrip("."))
        if rows is None:
            return self.inner.resolveHostName(receiver, host, port, *rest)
        self.asked.append(host)
        receiver.resolutionBegan(None)
        for address in rows.pop(0) if len(rows) > 1 else rows[0]:
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()
        return None


@contextmanager
def name_server(answers):
    """The guard asks these names first while inside."""
    from twisted.internet import reactor

    from crawler.fetch.guard import install_guard

    install_guard()
    guard = reactor.nameResolver
    before = guard.inner
    guard.inner = Names(before, **answers)
    try:
        yield guard.inner
    finally:
        guard.inner = before
