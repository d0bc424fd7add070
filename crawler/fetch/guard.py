"""No fetch reaches an address that is not on the public internet, whatever name, form or redirect led to it.

The check sits where Twisted turns a host into addresses to connect to: IP literals in every form pass through it as
names do, and the address that was judged is the address that is connected to, so an answer that changes between two
look-ups gains nothing.
"""

import ipaddress
from collections.abc import Sequence
from typing import Any

from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from storage.errors import ZgcwatchError

# Ranges that carry another address inside, or lead to one: none of them is the home of a news site.
_CARRIERS = tuple(
    ipaddress.ip_network(network)
    for network in ("192.88.99.0/24", "2002::/16", "2001::/32", "64:ff9b:1::/48", "::/96", "fec0::/10")
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_MEMORY = 1000


class ForbiddenAddress(ZgcwatchError):  # noqa: N818 - named for what it is
    """A host leads to an address outside the public internet; nothing was sent to it."""


def is_public(address: str) -> bool:
    """Whether an IP address may be connected to: global unicast, nothing embedded, nothing reserved."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    if any(ip in network for network in _CARRIERS if network.version == ip.version):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


@implementer(IHostnameResolver)
class GuardedResolver:
    """Twisted's name resolver with every address outside the public internet taken out of its answers."""

    def __init__(self, inner: Any, *, allow_private_addresses: bool) -> None:
        self.inner = inner
        self.allow_private_addresses = allow_private_addresses
        self._refused: dict[str, str] = {}

    def resolveHostName(  # noqa: N802 - Twisted's interface
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        receiver = resolutionReceiver if self.allow_private_addresses else _Sieve(resolutionReceiver, hostName, self)
        answer: IHostResolution = self.inner.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return answer

    def refuse(self, host: str, address: str) -> None:
        while len(self._refused) >= _MEMORY:
            self._refused.pop(next(iter(self._refused)))
        self._refused[host] = address

    def refused(self, host: str) -> str | None:
        """The address for which this host was refused last, or None."""
        return self._refused.get(host)


@implementer(IResolutionReceiver)
class _Sieve:
    def __init__(self, receiver: Any, host: str, guard: GuardedResolver) -> None:
        self.receiver, self.host, self.guard = receiver, host, guard

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if is_public(address.host):
            self.receiver.addressResolved(address)
        else:
            self.guard.refuse(self.host, address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.receiver.resolutionComplete()


def install_guard(*, allow_private_addresses: bool) -> GuardedResolver:
    """Put the guard in front of the reactor's resolver, once a process; a later call only changes what it lets by."""
    from twisted.internet import reactor

    resolver: Any = reactor.nameResolver
    if isinstance(resolver, GuardedResolver):
        resolver.allow_private_addresses = allow_private_addresses
        return resolver
    guard = GuardedResolver(resolver, allow_private_addresses=allow_private_addresses)
    reactor.installNameResolver(guard)
    return guard


def refused_address(host: str) -> str | None:
    """The forbidden address a host led to last; None where it was not refused or no guard is installed."""
    from twisted.internet import reactor

    resolver: Any = reactor.nameResolver
    return resolver.refused(host) if isinstance(resolver, GuardedResolver) else None


def guard_in_force() -> bool:
    from twisted.internet import reactor

    return isinstance(reactor.nameResolver, GuardedResolver)
