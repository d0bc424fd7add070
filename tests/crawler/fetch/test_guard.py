import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address

from crawler.fetch.guard import GuardedResolver, is_public
from crawler.fetch.once import FetchFailed, fetch_once
from crawler.settings import CrawlerSettings
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


LOOPBACK_FORMS = [
    "127.0.0.1", "127.0.0.9", "127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001", "0", "0.0.0.0",
    "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "localhost", "LOCALHOST", "localhost.", "127.0.0.1.",
]  # fmt: skip


@pytest.mark.parametrize("host", LOOPBACK_FORMS)
def test_no_form_of_loopback_is_reached(loop, server, host):
    server.plan({"/secret": answer("secret")})
    with pytest.raises(FetchFailed) as caught:
        loop.run(lambda: fetch_once(f"http://{host}:{server.port}/secret", GUARDED))
    assert "cannot be fetched" in str(caught.value)
    assert server.asked() == []


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


@pytest.mark.parametrize("target", ["127.0.0.9", "0x7f000009", "localhost", "[::1]", "10.1.2.3"])
def test_a_redirect_gets_no_further_than_a_direct_request(loop, server, monkeypatch, target):
    """One address of this machine plays the public internet; from there a redirect leads inside."""
    monkeypatch.setattr("crawler.fetch.guard.is_public", lambda address: address == "127.0.0.1")
    inside = f"http://{target}:{server.port}/secret" if target != "10.1.2.3" else "http://10.1.2.3/secret"
    server.plan({"/page": answer(status=302, location=inside), "/secret": answer("secret")})
    if target == "localhost":
        monkeypatch.setattr("crawler.fetch.guard.is_public", lambda address: address == "127.0.0.2")
        start = server.url("/page", host="127.0.0.2")
    else:
        start = server.url("/page")
    with pytest.raises(FetchFailed, match="not on the public internet"):
        loop.run(lambda: fetch_once(start, GUARDED))
    assert "/secret" not in server.paths()


class Changing:
    """A name server whose answer is public the first time and private from then on."""

    def __init__(self):
        self.addresses = ["8.8.8.8", "127.0.0.1"]

    def resolveHostName(self, receiver, host, port=0, *_):  # noqa: N802
        receiver.resolutionBegan(None)
        receiver.addressResolved(IPv4Address("TCP", self.addresses.pop(0), port))
        receiver.resolutionComplete()


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
    guard = GuardedResolver(Changing(), allow_private_addresses=False)
    first, second = Receiver(), Receiver()
    guard.resolveHostName(first, "x.example", 80)
    guard.resolveHostName(second, "x.example", 80)
    assert (first.given, second.given) == (["8.8.8.8"], [])
    assert guard.refused("x.example") == "127.0.0.1"


def test_the_memory_of_refusals_is_bounded():
    guard = GuardedResolver(Changing(), allow_private_addresses=False)
    for number in range(5000):
        guard.refuse(f"{number}.example", "127.0.0.1")
    assert guard.refused("0.example") is None
    assert guard.refused("4999.example") == "127.0.0.1"
