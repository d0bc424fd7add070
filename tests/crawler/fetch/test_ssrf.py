"""Whatever form an address has and whatever leads to it: nothing is sent to it unless it is on the public internet."""

import pytest

from crawler.fetch.once import FetchFailed, fetch_once
from crawler.settings import CrawlerSettings
from tests.crawler.fetch.names import name_server
from tests.servers.client import answer
from tests.servers.ear import Ear
from tests.servers.papers import Story, page, rss

GUARDED = CrawlerSettings(download_timeout=3, verify_certificates=False)
OPEN = CrawlerSettings(download_timeout=3, allow_private_addresses=True)


@pytest.fixture(scope="module")
def ear():
    with Ear() as listening:
        yield listening


@pytest.fixture
def only_public(monkeypatch):
    """One address of this machine plays the public internet; all others are what they are."""
    monkeypatch.setattr("crawler.fetch.guard.is_public", lambda address: address == "127.0.0.1")


# Every one of these leads, on one system or another, to this machine or to its own network.
FORMS = [
    "127.0.0.1", "127.0.0.9", "127.255.255.254", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0x7f.0.0.1",
    "017700000001", "0177.0.0.01", "0177.0.0.1", "00000177.0.0.1", "127.0.0.0x1", "0", "0.0.0.0", "0x0", "00",
    "127.0.0.1.", "127.0.0.1..", "localhost", "LOCALHOST", "localhost.", "LocalHost.", "ip6-localhost",
    "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "127．0．0．1", "loc𝖆lhost", "ⓛocalhost",
    "%31%32%37.0.0.1", "127%2e0.0.1", "user@127.0.0.1", "8.8.8.8@127.0.0.1", "user:8.8.8.8@localhost",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]",
    "[::127.0.0.1]", "[::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]", "[2002:7f00:0001::1]", "[2001:0:7f00:1::1]", "[2001:0:0:0:0:0:80ff:fffe]", "[fe80::1]",
    "[fe80::1%25lo]", "[fec0::1]", "[fd00::1]", "[ff02::1]", "[::ffff:0:127.0.0.1]",
]  # fmt: skip
ELSEWHERE = [
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254", "100.64.0.1",
    "100.127.255.254", "198.18.0.1", "192.0.0.1", "192.0.2.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]",
    "[64:ff9b::a00:1]", "[2002:a00:1::]", "[2001:db8::1]", "[fd00:ec2::254]", "[::ffff:100.64.0.1]",
]  # fmt: skip


@pytest.mark.parametrize("host", FORMS)
def test_no_form_of_this_machine_is_reached(loop, ear, host):
    before = (ear.connections, ear.received)
    with pytest.raises(FetchFailed, match="cannot be fetched"):
        loop.run(lambda: fetch_once(f"http://{host}:{ear.port}/secret", GUARDED))
    assert (ear.connections, ear.received) == before


@pytest.mark.parametrize("host", ELSEWHERE)
def test_no_address_of_a_network_behind_a_wall_is_asked(loop, host):
    with pytest.raises(FetchFailed, match="not on the public internet"):
        loop.run(lambda: fetch_once(f"http://{host}/latest/meta-data/", GUARDED))


def test_the_ear_hears_what_is_sent(loop, ear):
    """The proof that silence means something: the same address is heard once private addresses are allowed."""
    before = ear.received
    loop.run(lambda: fetch_once(f"http://127.0.0.1:{ear.port}/secret", OPEN))
    assert ear.received > before


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_with_a_private_answer_among_public_ones_is_asked_at_the_public_one(loop, server, scheme, only_public):
    server.plan({"/page": answer("public")})
    with name_server({"mixed.example": [["10.1.2.3", "127.0.0.9", "127.0.0.1", "::1"]]}):
        url = f"{scheme}://mixed.example:{server.port}/page"
        if scheme == "https":  # no TLS is spoken there; what counts is who was called
            with pytest.raises(FetchFailed):
                loop.run(lambda: fetch_once(url, GUARDED))
        else:
            assert loop.run(lambda: fetch_once(url, GUARDED)).body == b"public"
    assert {entry["peer"] for entry in server.asked()} <= {"127.0.0.1"}


@pytest.mark.parametrize("second", [["127.0.0.9"], ["::1"], ["10.1.2.3", "169.254.169.254"], ["::ffff:127.0.0.1"]])
def test_an_answer_that_changes_between_two_questions_gains_nothing(loop, server, ear, only_public, second):
    """robots.txt is read at a public address; for the page the name points inside."""
    server.plan({"/page": answer("public"), "/robots.txt": answer("", connection="close")})
    before = ear.connections
    with name_server({"turning.example": [["127.0.0.1"], second]}) as names, pytest.raises(FetchFailed):
        loop.run(lambda: fetch_once(f"http://turning.example:{server.port}/page", GUARDED))
    assert server.paths() == ["/robots.txt"]
    assert len(names.asked) >= 2
    assert ear.connections == before


HIDDEN = ["127.0.0.9", "0x7f000009", "2130706441", "[::1]", "[::ffff:127.0.0.9]", "inside.example", "127.0.0.9."]


@pytest.mark.parametrize(
    ("target", "status"),
    [(target, 302) for target in HIDDEN] + [("127.0.0.9", status) for status in (301, 303, 307, 308)],
)
def test_a_redirect_leads_nowhere_inside(loop, server, ear, only_public, target, status):
    server.plan({"/page": answer(status=status, location=f"http://{target}:{ear.port}/secret")})
    before = ear.connections
    with name_server({"inside.example": [["127.0.0.9", "::1"]]}), pytest.raises(FetchFailed):
        loop.run(lambda: fetch_once(server.url("/page"), GUARDED))
    assert ear.connections == before


@pytest.mark.parametrize("target", HIDDEN)
def test_robots_and_redirects_of_robots_lead_nowhere_inside(loop, server, ear, only_public, target):
    server.plan({"/robots.txt": answer(status=302, location=f"http://{target}:{ear.port}/robots.txt")})
    before = ear.connections
    with name_server({"inside.example": [["127.0.0.9"]]}), pytest.raises(FetchFailed, match="closed for now"):
        loop.run(lambda: fetch_once(server.url("/page"), GUARDED))
    assert (ear.connections, server.paths()) == (before, ["/robots.txt"])


@pytest.mark.parametrize(
    "refresh",
    [
        '<meta http-equiv="refresh" content="0; url={url}">',
        '<link rel="canonical" href="{url}"><meta property="og:url" content="{url}">',
        '<base href="{url}"><img src="{url}"><script src="{url}"></script><iframe src="{url}"></iframe>',
    ],
)
def test_what_a_page_points_to_is_not_fetched(loop, server, ear, only_public, refresh):
    body = f"<html><head>{refresh.format(url=f'http://127.0.0.9:{ear.port}/x')}</head><body>text</body></html>"
    server.plan({"/page": answer(body)})
    before = ear.connections
    assert loop.run(lambda: fetch_once(server.url("/page"), GUARDED)).status == 200
    assert ear.connections == before


@pytest.mark.parametrize("way", ["feed", "sitemap", "child", "link", "redirected source", "redirected page", "alias"])
def test_nothing_that_a_visit_follows_leads_inside(light_world, ear, only_public, way):
    world = light_world
    inside = f"http://127.0.0.9:{ear.port}"
    story = Story(1)
    index = f"<sitemapindex><sitemap><loc>{inside}/map.xml</loc></sitemap></sitemapindex>"
    source = {
        "feed": {"kind": "feed", "url": f"{inside}/rss"},
        "sitemap": {"kind": "sitemap", "url": f"{inside}/map.xml"},
        "child": {"kind": "sitemap", "url": f"{world.base}/index.xml"},
    }.get(way, {"kind": "feed", "url": f"{world.base}/rss"})
    page_answer = answer(page(story, canonical=f"{inside}{story.path}"))
    if way == "redirected page":
        page_answer = answer(status=302, location=f"{inside}{story.path}")
    feed = answer(rss([story], inside if way in {"link", "alias"} else world.base))
    if way == "redirected source":
        feed = answer(status=301, location=f"{inside}/rss")
    world.server.plan({"/rss": feed, "/index.xml": answer(index), story.path: page_answer})
    hosts = [f"127.0.0.1:{world.server.port}", f"127.0.0.9:{ear.port}"] if way != "link" else None
    outlet = world.outlet(source, **({"hosts": hosts} if hosts else {}))
    before = ear.connections
    report = world.visit(outlet, world.context(outlet, allow_private_addresses=False))
    assert ear.connections == before
    assert report.error is None
    if way != "link" and not (report.counts.stored == 1 and way == "alias"):
        assert any("public internet" in error for error in report.counts.errors), report.counts.errors


def test_two_contexts_have_gates_of_their_own_at_the_same_time(loop, server):
    import asyncio

    server.plan({"/page": answer("text")})

    async def main():
        url = server.url("/page")
        return await asyncio.gather(
            *(fetch_once(url, OPEN if number % 2 else GUARDED) for number in range(6)), return_exceptions=True
        )

    results = loop.run(main)
    assert [isinstance(result, FetchFailed) for result in results] == [True, False] * 3
    assert all("public internet" in str(result) for result in results[::2])


def test_without_a_gate_of_its_own_a_connection_meets_the_strict_one(loop, ear):
    """Anything in the process that connects through the reactor, whoever wrote it."""
    from twisted.internet import reactor
    from twisted.internet.error import DNSLookupError
    from twisted.web.client import Agent

    from crawler.fetch.guard import install_guard

    before = ear.connections

    async def main():
        from scrapy.utils.defer import maybe_deferred_to_future

        install_guard()
        await maybe_deferred_to_future(Agent(reactor).request(b"GET", f"http://localhost:{ear.port}/".encode()))

    with pytest.raises(DNSLookupError):
        loop.run(main)
    assert ear.connections == before


@pytest.mark.parametrize("name", ["crawler", "digest", "scheduler", "web", "storage"])
def test_no_room_has_another_way_out(name):
    """HTTP leaves through crawler.fetch, mail through digest.smtp; whoever needs another way adds it to the guard.

    A webhook's one POST connects by itself, to an address that the guard's own rule has judged.
    """
    from pathlib import Path

    clients = (
        "urllib.request",
        "http.client",
        "import requests",
        "import httpx",
        "import aiohttp",
        "create_connection",
        "urlopen",
    )
    room = Path(__file__).parents[3] / name
    found = {
        f"{file.relative_to(room.parent)}: {client}"
        for file in room.rglob("*.py")
        for client in clients
        if client in file.read_text(encoding="utf-8")
    }
    judged = {"digest/webhook.py: http.client", "digest/webhook.py: create_connection"}
    assert found == (judged if name == "digest" else set())
    if name == "digest":
        from crawler.fetch import guard
        from digest import webhook

        assert webhook.is_public is guard.is_public
