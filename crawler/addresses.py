"""Which IP addresses are those of the public internet. One rule for every way out: pages, feeds and webhooks."""

import ipaddress

# Ranges that carry another address inside, or lead to one: none of them is the home of a news site.
_CARRIERS = tuple(
    ipaddress.ip_network(network)
    for network in ("192.88.99.0/24", "2002::/16", "2001::/32", "64:ff9b:1::/48", "::/96", "fec0::/10")
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


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
