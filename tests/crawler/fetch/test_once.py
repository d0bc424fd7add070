import pytest

from crawler.fetch.once import FetchFailed, fetch_once
from crawler.settings import CrawlerSettings
from tests.servers.client import answer

SETTINGS = CrawlerSettings(
    allow_private_addresses=True, download_timeout=1.5, max_page_bytes=20_000, contact="https://watch.example/about"
)


def fetch(loop, server, path, settings=SETTINGS):
    return loop.run(lambda: fetch_once(server.url(path), settings))


def test_the_user_agent_says_who_and_how_to_reach(loop, server):
    server.plan({"/a": answer("x")})
    fetch(loop, server, "/a")
    for entry in server.asked():
        assert entry["headers"]["user-agent"].startswith("zgcwatch/")
        assert entry["headers"]["user-agent"].endswith("(+https://watch.example/about)")
        assert "cookie" not in entry["headers"]
        assert "referer" not in entry["headers"]


@pytest.mark.parametrize(
    ("scripted", "says"),
    [
        (answer(status=404), "404 .Not Found"),
        (answer(status=500), "500"),
        (answer(manner="hang"), "in time"),
        (answer("x" * 100, manner="drip"), "in time"),
        (answer("x" * 1000, manner="truncate"), "broke off"),
        (answer(manner="close"), "broke off"),
        (answer("x" * 30_000), "larger than the limit"),
        (answer(status=302, location="ftp://x.example/"), "302"),
        (answer(status=302, location="/loop"), "max redirections"),
    ],
)
def test_each_misbehaviour_is_one_sentence(loop, server, scripted, says):
    server.plan({"/page": scripted, "/loop": answer(status=302, location="/loop")})
    with pytest.raises(FetchFailed, match=says) as caught:
        fetch(loop, server, "/page")
    assert "\n" not in str(caught.value)


def test_a_bomb_is_measured_after_unpacking(loop, server):
    import gzip

    server.plan({"/page": answer(gzip.compress(b"x" * 10_000_000), content_encoding="gzip")})
    with pytest.raises(FetchFailed, match="larger than the limit"):
        fetch(loop, server, "/page")


def test_robots_are_obeyed(loop, server):
    server.plan({"/robots.txt": answer("User-agent: *\nDisallow: /private\n"), "/private/1": answer("x")})
    with pytest.raises(FetchFailed, match=r"robots\.txt asks"):
        fetch(loop, server, "/private/1")
    assert server.paths() == ["/robots.txt"]


def test_a_robots_answer_of_500_closes_the_host_for_now(loop, server):
    server.plan({"/robots.txt": answer(status=503), "/a": answer("x")})
    with pytest.raises(FetchFailed, match="closed for now"):
        fetch(loop, server, "/a")
    assert "/a" not in server.paths()


def test_nothing_listens_there(loop, server):
    server.close()
    with pytest.raises(FetchFailed, match="no server is there"):
        fetch(loop, server, "/a")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x.example/a", "data:text/html,x", "www.example.com"])
def test_other_schemes_are_refused(loop, url):
    with pytest.raises(FetchFailed, match="http://"):
        loop.run(lambda: fetch_once(url, SETTINGS))
