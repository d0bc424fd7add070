import asyncio
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.guard import ForbiddenAddress, Gate, GuardedResolver, allowed_addresses, is_public
from crawler.fetch.once import FetchFailed, fetch_once
from crawler.settings import CrawlerSettings
from tests.crawler.fetch.names import Names
from tests.servers.client import answer

GUARDED = CrawlerSettings(download_timeout=5, verify_certificates=False)
OPEN = CrawlerSettings(download_timeout=5, allow_private_addresses=True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1", "192.88.99.1", "::1", "::", "fe80::1",
        "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
        "2002:7f00:1::", "2002:808:808::1", "2001:0:1::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2001:db8::1", "fec0::1",
        "not an address", "",
    ],
)  # fmt: skip
def test_addresses_off_the_public_internet(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "211.115.106.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses(address):
    assert is_public(address)


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(address):
    if not address.is_global:
        mapped = isinstance(address, ipaddress.IPv6Address) and (
            address.ipv4_mapped or address in ipaddress.IPv6Network("64:ff9b::/96")
        )
        assert mapped or not is_public(str(address))


@pytest.mark.parametrize("host", ["10.1.2.3", "169.254.169.254", "192.168.0.1", "[fe80::1]", "[fd00::1]"])
def test_a_private_address_is_named_in_the_error(loop, host):
    with pytest.raises(FetchFailed, match="not on the public internet"):
        loop.run(lambda: fetch_once(f"http://{host}/", GUARDED))


def test_the_same_page_is_fetched_where_private_addresses_are_allowed(loop, server):
    server.plan({"/page": answer("안녕", content_type="text/html; charset=utf-8", etag='"1"')})
    page = loop.run(lambda: fetch_once(server.url("/page"), OPEN))
    assert (page.status, page.body.decode(), page.etag) == (200, "안녕", '"1"')
    assert [entry["path"] for entry in server.asked()] == ["/robots.txt", "/page"]


def test_a_proxy_of_the_environment_is_no_way_around(loop, server, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url("/"))
    server.plan({"/": answer("through the proxy")})
    with pytest.raises(FetchFailed):
        loop.run(lambda: fetch_once("http://10.1.2.3/", GUARDED))
    assert server.asked() == []


class Receiver:
    def __init__(self):
        self.given = []

    def resolutionBegan(self, resolution):  # noqa: N802
        pass

    def addressResolved(self, address):  # noqa: N802
        self.given.append(address.host)

    def resolutionComplete(self):  # noqa: N802
        pass


def test_an_answer_that_changes_is_judged_each_time():
    gate = Gate()
    guard = GuardedResolver(Names(None, **{"x.example": [["8.8.8.8"], ["127.0.0.1"]]}))
    first, second = Receiver(), Receiver()
    with gate.open():
        guard.resolveHostName(first, "x.example", 80)
        guard.resolveHostName(second, "x.example", 80)
    assert (first.given, second.given) == (["8.8.8.8"], [])
    assert gate.refused("X.example.") == "127.0.0.1"


def test_the_memory_of_refusals_is_bounded():
    gate = Gate()
    for number in range(5000):
        gate.lets_by(f"{number}.example", "127.0.0.1")
    assert gate.refused("0.example") is None
    assert gate.refused("4999.example") == "127.0.0.1"


def test_addresses_for_those_who_connect_by_themselves():
    allowed = asyncio.run(allowed_addresses("127.0.0.1", 80, Gate(allow_private_addresses=True)))
    assert allowed == ["127.0.0.1"]
    with pytest.raises(ForbiddenAddress, match=r"0x7f000001 leads to 127\.0\.0\.1"):
        asyncio.run(allowed_addresses("0x7f000001", 80, Gate()))
    with pytest.raises(OSError, match=r"."):
        asyncio.run(allowed_addresses("no-such-name.invalid", 80, Gate()))
