"""The web view of an issue and the Atom feeds: who gets them, what they may show, what they are made of."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest

from digest.issue import compose
from digest.links import feed_url, token
from digest.settings import DigestSettings
from digest.watches import default_watch
from storage.issues import issue_by_id
from storage.subscribers import subscriber_by_address, unsubscribe
from tests.digest.archive import NOW, add_outlets, put, take_down
from tests.web.conftest import bearer, client_of, key_of

ATOM = {"a": "http://www.w3.org/2005/Atom"}
SETTINGS = DigestSettings(recipients=("a@example.com",), web_url="https://zgc.example")


@pytest.fixture
def mailed(database):
    """An archive with one issue; its address on this server."""
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, now=NOW - timedelta(hours=1), title="중관춘 알파 <b>기업</b> & 유치")
        put(session, "delta", 2, now=NOW - timedelta(hours=1), title="제목을 싣지 않는 기사")
    made = compose(database, SETTINGS, window_end=NOW, now=NOW)
    with database.reader() as session:
        return f"/issues/{issue_by_id(session, made.id).web_token}"


def test_whoever_has_the_address_reads_the_issue(database, mailed):
    with client_of(database, peer="203.0.113.9", base="http://zgc.example", require_token="always") as client:
        answer = client.get(mailed)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert "중관춘 알파 &lt;b&gt;기업&lt;/b&gt; &amp; 유치" in answer.text
        assert "제목을 싣지 않는 기사" not in answer.text
        assert client.get(f"/issues/{'x' * 22}").status_code == 404
        assert client.get("/issues/short").status_code in {404, 422}


def test_what_went_is_gone_from_the_page(database, mailed):
    with database.writer() as session:
        take_down(session, "alpha", 1)
    with client_of(database) as client:
        page = client.get(mailed).text
    assert "알파" not in page
    assert "https://alpha.example/news/1" in page


def reader_token(database, purpose="feed"):
    with database.reader() as session:
        subscriber = subscriber_by_address(session, "a@example.com")
        assert feed_url(SETTINGS, subscriber, "default").startswith("https://zgc.example/feeds/")
        return token(purpose, subscriber, "default")


def test_a_reader_has_a_feed_until_that_reader_leaves(database, mailed):
    address = f"/feeds/{reader_token(database)}"
    with client_of(database, peer="203.0.113.9", base="http://zgc.example", require_token="always") as client:
        answer = client.get(address)
        assert answer.headers["content-type"] == "application/atom+xml"
        feed = feedparser.parse(answer.content)
        assert not feed.bozo
        assert feed.feed.title == "중관춘 데일리"
        assert [entry.link for entry in feed.entries] == [
            "https://alpha.example/news/1",
            "https://delta.example/news/2",
        ]
        tag = answer.headers["etag"]
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
        assert client.get(address, headers={"If-None-Match": tag.replace('"', '"1', 1)}).status_code == 200
        assert client.get(f"/feeds/{reader_token(database, 'unsubscribe')}").status_code == 404
        assert client.get("/feeds/1.default.AAAAAAAAAAAAAAAAAAAAAA").status_code == 404
        with database.writer() as session:
            unsubscribe(session, subscriber_by_address(session, "a@example.com"), ("default",), now=NOW)
        assert client.get(address).status_code == 404


def test_a_program_reads_the_feed_of_a_watch_with_its_token(database, mailed):
    key = key_of(database, "read")
    with client_of(database, peer="203.0.113.9", base="http://zgc.example") as client:
        assert client.get("/v1/watches/default/atom").status_code == 401
        answer = client.get("/v1/watches/default/atom", headers=bearer(key))
        root = ET.fromstring(answer.content)
        titles = [entry.findtext("a:title", namespaces=ATOM) for entry in root.findall("a:entry", ATOM)]
        assert titles[0] == "중관춘 알파 <b>기업</b> & 유치"
        assert "제목을 싣지 않는" in titles[1]
        ids = [entry.findtext("a:id", namespaces=ATOM) for entry in root.findall("a:entry", ATOM)]
        assert len(set(ids)) == 2
        assert client.get("/v1/watches/nothing/atom", headers=bearer(key)).status_code == 404


def test_an_entry_keeps_its_id_and_new_ones_come_first(database, mailed):
    def entries():
        with client_of(database) as client:
            root = ET.fromstring(client.get("/v1/watches/default/atom").content)
        return [entry.findtext("a:id", namespaces=ATOM) for entry in root.findall("a:entry", ATOM)]

    before = entries()
    later = NOW + timedelta(days=1)
    with database.writer() as session:
        put(session, "beta", 3, now=later - timedelta(hours=1))
    assert default_watch(SETTINGS).name == "default"
    compose(database, SETTINGS, window_end=later, now=later)
    after = entries()
    assert after[1:] == before
    assert len(after) == 3
