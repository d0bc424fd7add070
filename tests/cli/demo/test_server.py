"""The sample site over real HTTP: validators, editions, robots.txt, the dead feed, the log, and its errors."""

import http.client
import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from cli.demo.process import LOG_FILE, SiteProcess, SiteState
from cli.demo.server import AddressError
from storage.errors import ConfigurationError

NOW = datetime(2026, 3, 4, 22, 40, tzinfo=UTC)
# Every address of 127.0.0.0/8 is loopback; pytest-socket knows only 127.0.0.1 by default.
pytestmark = pytest.mark.allow_hosts(["127.0.0.1", *(f"127.0.0.{last}" for last in range(11, 18))])


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.11", 0))
        return probe.getsockname()[1]


@pytest.fixture
def served(tmp_path, port):
    with SiteProcess(tmp_path, SiteState(port, NOW)) as process:
        yield process


def get(process, outlet_id, path, **headers):
    outlet = process.site.outlet(outlet_id)
    connection = http.client.HTTPConnection(outlet.host, outlet.port, timeout=10)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_every_page_of_every_outlet_is_served(served):
    for article in served.site.articles():
        status, headers, body = get(served, article.outlet, article.path)
        assert status == 200
        assert body == served.site.answer(served.site.outlet(article.outlet).host, article.path, 1).body
        assert headers["ETag"]
        assert headers["Last-Modified"].endswith("GMT")


def test_a_known_page_is_answered_304_by_either_validator(served):
    article = served.site.outlet("sample-tech").articles[1][0]
    _, headers, _ = get(served, "sample-tech", article.path)
    for validator in ({"If_None_Match": headers["ETag"]}, {"If_Modified_Since": headers["Last-Modified"]}):
        status, _, body = get(served, "sample-tech", article.path, **validator)
        assert (status, body) == (304, b"")


def test_the_second_edition_has_a_new_etag_for_the_corrected_page_only(served):
    articles = {article.number: article for article in served.site.outlet("sample-tech").articles[1]}
    etags = {number: get(served, "sample-tech", a.path)[1]["ETag"] for number, a in articles.items()}
    served.turn_to(2)
    statuses = {n: get(served, "sample-tech", a.path, If_None_Match=etags[n])[0] for n, a in articles.items()}
    changed = {number for number, status in statuses.items() if status == 200}
    # Pages that show the corrected headline among their related articles change with it.
    assert "4001" in changed
    assert get(served, "sample-tech", articles["4001"].path)[2].decode().count("1억2000만달러") == 0


def test_the_withdrawn_article_is_410_in_the_second_edition(served):
    assert get(served, "example-venture", "/archives/6001")[0] == 200
    served.turn_to(2)
    assert get(served, "example-venture", "/archives/6001")[0] == 410
    assert "/archives/6001" not in get(served, "example-venture", "/feed")[2].decode()


def test_robots_are_served_and_one_closes_a_linked_page(served):
    for outlet in served.site.outlets:
        status, _, body = get(served, outlet.id, "/robots.txt")
        assert status == 200
        assert b"User-agent: *" in body
    assert "Crawl-delay: 0.2" in get(served, "sample-economy", "/robots.txt")[2].decode()
    assert "Disallow: /premium/" in get(served, "bogi-news", "/robots.txt")[2].decode()
    listing = get(served, "bogi-news", "/news/articleList.html?sc_section_code=S1N7")[2].decode()
    assert "/premium/5901" in listing


def test_the_dead_feed_answers_500_and_an_unknown_path_404(served):
    assert get(served, "specimen-tv", "/rss/news.xml")[0] == 500
    assert get(served, "specimen-tv", "/nothing")[0] == 404


def test_tracking_parameters_lead_to_the_same_page(served):
    plain = get(served, "example-venture", "/archives/6002")
    tracked = get(served, "example-venture", "/archives/6002?utm_source=rss&utm_medium=feed")
    assert plain[2] == tracked[2]


def test_every_request_is_logged(served, tmp_path):
    get(served, "sample-economy", "/article/1001")
    served.turn_to(2)
    get(served, "sample-economy", "/article/9999")
    lines = (tmp_path / LOG_FILE).read_text().splitlines()
    assert lines == ["1\t127.0.0.11\tGET /article/1001\t200", "2\t127.0.0.11\tGET /article/9999\t404"]


def test_a_head_request_has_no_body(served):
    outlet = served.site.outlet("sample-economy")
    connection = http.client.HTTPConnection(outlet.host, outlet.port, timeout=10)
    connection.request("HEAD", "/article/1001")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    connection.close()


def test_a_port_in_use_names_the_option(tmp_path, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.13", port))
        taken.listen()
        with pytest.raises(AddressError, match=rf"Port {port} on 127\.0\.0\.13 is in use.*--port"):
            SiteProcess(tmp_path, SiteState(port, NOW)).__enter__()
    assert not (tmp_path / "site.json").exists()


def test_the_folder_remembers_port_edition_and_time(tmp_path, port):
    with SiteProcess(tmp_path, SiteState.of(tmp_path, port=port, now=NOW)) as process:
        process.turn_to(2)
    later = datetime(2026, 3, 9, tzinfo=UTC)
    assert SiteState.of(tmp_path, port=None, now=later) == SiteState(port, NOW, 2)
    with pytest.raises(ConfigurationError, match=f"was filled from port {port}"):
        SiteState.of(tmp_path, port=port + 1, now=later)


def test_a_broken_state_file_says_what_to_do(tmp_path):
    (tmp_path / "site.json").write_text('{"port": ')
    with pytest.raises(ConfigurationError, match="--out"):
        SiteState.of(tmp_path, port=None, now=NOW)


def test_the_site_ends_when_the_one_who_started_it_is_gone(tmp_path, port):
    command = [sys.executable, "-m", "cli.demo.server", "--port", str(port), "--now", NOW.isoformat()]
    process = subprocess.Popen(
        [*command, "--log", str(tmp_path / "log")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    process.communicate(timeout=10)
    assert process.returncode == 0
