"""What a trusted reverse proxy says of a visitor: address, scheme, and perhaps the name of who is logged in there."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

PEER = "zgcwatch.peer"


class RememberPeer:
    """Keeps who really sent a request, before headers of a proxy are believed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        scope[PEER] = client[0] if client else ""
        await self.app(scope, receive, send)


def is_trusted(host: str, networks: Sequence[str]) -> bool:
    """Whether an address belongs to one of the networks."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in ip_network(network) for network in networks)


def named_by_proxy(request: Request, header: str, networks: Sequence[str]) -> str | None:
    """The user whom a trusted proxy names in `header`; None for everybody else's word."""
    if not header or not is_trusted(str(request.scope.get(PEER, "")), networks):
        return None
    values = request.headers.getlist(header)
    # Two values mean that the proxy passed the visitor's own header on.
    return values[0].strip() or None if len(values) == 1 else None
