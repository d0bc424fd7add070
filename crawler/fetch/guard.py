"""No fetch reaches an address that is not on the public internet, whatever name, form or redirect led to it.

The check sits where Twisted turns a host into addresses to connect to: IP literals in every form pass through it as
names do, and the address that was judged is the address that is connected to, so an answer that changes between two
look-ups gains nothing. What is let by belongs to a `Gate`; a connection for which nobody opened one meets the strict
gate (docs/decisions/0010-one-guarded-way-out.md).
"""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from crawler.addresses import is_public
from storage.errors import ZgcwatchError

_MEMORY = 1000


class ForbiddenAddress(ZgcwatchError):  # noqa: N818 - named for what it is
    """A host leads to an address outside the public internet; nothing was sent to it."""


@dataclass(slots=True)
class Gate:
    """What one context lets by, and what it refused last. Two contexts of a process may have different ones."""

    allow_private_addresses: bool = False
    _refused: dict[str, str] = field(default_factory=dict)

    def lets_by(self, host: str, address: str) -> bool:
        """Whether a connection to `address`, found for `host`, may be made. A refusal is remembered for `refused`."""
        if self.allow_private_addresses or is_public(address):
            return True
        while len(self._refused) >= _MEMORY:
            self._refused.pop(next(iter(self._refused)))
        self._refused[host.rstrip(".").lower()] = address
        return False

    def refused(self, host: str) -> str | None:
        """The address for which this host was refused last, or None."""
        return self._refused.get(host.rstrip(".").lower())

    def error(self, host: str) -> ForbiddenAddress | None:
        """The sentence for a host that was refused; None for one that was not."""
        address = self.refused(host)
        if address is None:
            return None
        return ForbiddenAddress(f"{host} leads to {address}, which is not on the public internet; nothing was sent.")

    @contextmanager
    def open(self) -> Iterator[None]:
        """Connections begun inside are judged by this gate."""
        before = _gate.set(self)
        try:
            yield
        finally:
            _gate.reset(before)


_gate: ContextVar[Gate] = ContextVar("gate", default=Gate())  # noqa: B039 - the strict one, for whoever has none


async def allowed_addresses(host: str, port: int, gate: Gate) -> list[str]:
    """The addresses of a host that the gate lets by, best first, for those who connect without Twisted.

    Connect to one of these, never to the name. Raises ForbiddenAddress when all were refused, OSError for a name that
    nobody knows.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    allowed = [address for address in addresses if gate.lets_by(host, address)]
    if not allowed:
        raise gate.error(host) or OSError(f"{host} has no address.")
    return allowed


@implementer(IHostnameResolver)
class GuardedResolver:
    """Twisted's name resolver with every address that the gate in force refuses taken out of its answers."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def resolveHostName(  # noqa: N802 - Twisted's interface
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        sieve = _Sieve(resolutionReceiver, hostName, _gate.get())
        answer: IHostResolution = self.inner.resolveHostName(
            sieve, hostName, portNumber, addressTypes, transportSemantics
        )
        return answer


@implementer(IResolutionReceiver)
class _Sieve:
    def __init__(self, receiver: Any, host: str, gate: Gate) -> None:
        self.receiver, self.host, self.gate = receiver, host, gate

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if self.gate.lets_by(self.host, address.host):
            self.receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.receiver.resolutionComplete()


def install_guard() -> None:
    """Put the guard in front of the reactor's resolver, once a process. Again is harmless."""
    from twisted.internet import reactor

    installed: Any = reactor
    if not guard_in_force():
        installed.installNameResolver(GuardedResolver(installed.nameResolver))


def guard_in_force() -> bool:
    from twisted.internet import reactor

    return isinstance(reactor.nameResolver, GuardedResolver)
