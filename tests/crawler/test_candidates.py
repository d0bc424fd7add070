import gzip
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.candidates import UnreadableSource, read_source
from crawler.candidates.candidate import decode, plain
from crawler.candidates.dates import KST, read_date
from crawler.sources import Source
from tests.servers.papers import Story, atom, news_sitemap, rss, section_list

BASE = "https://www.yesi.example"
FEED = Source(kind="feed", url=f"{BASE}/rss")
SITEMAP = Source(kind="sitemap", url=f"{BASE}/sitemap.xml", section="경제")
LIST = Source(kind="list", url=f"{BASE}/economy/", links="ul.list a.headline")
STORIES = [Story(1), Story(2, on_topic=False)]
SEVEN = datetime(2026, 8, 11, 7, tzinfo=KST)


def read(text, source=FEED):
    return read_source(text.encode() if isinstance(text, str) else text, source).candidates


@pytest.mark.parametrize(
    "body",
    [
        rss(STORIES, BASE).encode(),
        b"\xef\xbb\xbf" + rss(STORIES, BASE).encode(),
        rss(STORIES, BASE, declaration="").encode(),
        b"\n\n  " + rss(STORIES, BASE).encode(),
        rss(STORIES, BASE, declaration="<?xml version='1.0' encoding='euc-kr'?>").encode("euc-kr", "xmlcharrefreplace"),
        rss(STORIES, BASE, declaration='<?xml version="1.0"?>').encode("cp949"),
        rss(STORIES, BASE, declaration='<?xml version="1.0" encoding="euc-kr"?>').encode("utf-8"),
        rss(STORIES, BASE).replace("예시신문", "예시\x00신문\x0b").encode(),
        rss(STORIES, BASE).encode("utf-16"),
    ],
    ids=["plain", "bom", "no-declaration", "leading-space", "euc-kr", "cp949-undeclared", "lying", "nul", "utf-16"],
)
def test_every_encoding_habit_of_feeds(body):
    found = read(body)
    assert [candidate.url for candidate in found] == [f"{BASE}/news/article/1", f"{BASE}/news/article/2"]
    assert found[0].title == STORIES[0].title
    assert found[0].summary == STORIES[0].paragraphs[0]
    assert found[0].published_at == SEVEN


def test_feed_without_descriptions_keeps_titles():
    item = "<item><title>제목</title><link>/a/1</link></item>"
    (found,) = read(f'<rss version="2.0"><channel>{item}</channel></rss>')
    assert (found.url, found.title, found.summary, found.published_at) == (f"{BASE}/a/1", "제목", None, None)


def test_entities_encoded_twice_and_tags_in_titles():
    item = (
        "<item><title>&amp;quot;딥시크&amp;quot; &lt;b&gt;쇼크&lt;/b&gt;</title><link>https://x.example/1</link></item>"
    )
    (found,) = read(f'<rss version="2.0"><channel>{item}</channel></rss>')
    assert found.title == '"딥시크" 쇼크'


def test_broken_xml_is_still_read():
    item = "<item><title>A & B 투자</title><link>https://x.example/1</link></item>"
    (found,) = read(f'<rss version="2.0"><channel>{item}')
    assert found.url == "https://x.example/1"


def test_guid_in_the_place_of_a_link_and_items_without_either():
    items = "<item><title>a</title><guid>https://x.example/9</guid></item><item><title>b</title></item>"
    assert [found.url for found in read(f'<rss version="2.0"><channel>{items}</channel></rss>')] == [
        "https://x.example/9"
    ]


def test_atom_says_what_was_modified():
    (found,) = read(atom(STORIES[:1], BASE, updated="2026-08-11T09:30:00+09:00"))
    assert (found.published_at, found.modified_at) == (SEVEN, SEVEN + timedelta(hours=2.5))


def test_rdf_date_is_publication_not_change():
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="https://x.example/1"><title>a</title>'
        "<link>https://x.example/1</link><dc:date>2026-08-11 07:00:00</dc:date></item></rdf:RDF>"
    )
    (found,) = read(rdf)
    assert (found.published_at, found.modified_at) == (SEVEN, None)


def test_empty_feed_is_a_quiet_day_not_a_failure():
    assert read('<rss version="2.0"><channel><title>예시</title></channel></rss>') == ()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "zero bytes"),
        (b"  \n", "zero bytes"),
        (b"<!DOCTYPE html><html><body>moved</body></html>", "web page"),
        (b"<html><head></head></html>", "web page"),
        (b'<?xml version="1.0"?><!-- x --><html xmlns="http://www.w3.org/1999/xhtml"></html>', "web page"),
        (b'{"error": "no such feed"}', "not a feed"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a feed"),
    ],
)
def test_what_is_no_feed_is_one_clear_error(body, says):
    with pytest.raises(UnreadableSource, match=says) as caught:
        read(body)
    assert str(caught.value).count(".") >= 1
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=400))
def test_any_bytes_give_candidates_or_one_error(body):
    for source in (FEED, SITEMAP, LIST):
        found, said = (), "read"
        try:
            found = read_source(body, source).candidates
        except UnreadableSource as error:
            said = str(error)
        assert said.strip()
        assert "\n" not in said
        assert all(one.url.startswith(("http://", "https://")) for one in found)
        assert all(one.published_at is None or one.published_at.tzinfo for one in found)


def test_news_sitemap_plain_and_gzip():
    text = news_sitemap(STORIES, BASE).encode()
    for body in (text, gzip.compress(text)):
        found = read(body, SITEMAP)
        assert {candidate.title for candidate in found} == {story.title for story in STORIES}
        assert {candidate.published_at for candidate in found} == {SEVEN}
        assert {candidate.section for candidate in found} == {"경제"}


def test_sitemap_of_addresses_only_is_newest_first():
    rows = "".join(
        f"<url><loc>{BASE}/{day}</loc><lastmod>2026-08-{day}T00:00:00+09:00</lastmod></url>" for day in (10, 12, 11)
    )
    found = read(f"<urlset>{rows}</urlset>", SITEMAP)
    assert [candidate.url[-2:] for candidate in found] == ["12", "11", "10"]
    assert found[0].title is None


def test_sitemap_index_gives_children_newest_first():
    rows = "".join(f"<sitemap><loc>/s{day}.xml</loc><lastmod>2026-08-{day}</lastmod></sitemap>" for day in (10, 12, 11))
    reading = read_source(f"<sitemapindex>{rows}</sitemapindex>".encode(), SITEMAP)
    assert [child.url for child in reading.children] == [f"{BASE}/s{day}.xml" for day in (12, 11, 10)]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "zero bytes"),
        (b"<html></html>", "web page"),
        (b"<rss></rss>", "root element is <rss>"),
        (b"plain words", "not a sitemap"),
        (b"\x00", "zero bytes|not a sitemap"),
        (b"\x1f\x8b\x08\x00broken", "damaged|not a sitemap|zero bytes"),
        (gzip.compress(b" " * (51 * 1024 * 1024), mtime=0), "more than 50 MB"),
    ],
)
def test_what_is_no_sitemap_is_one_clear_error(body, says):
    with pytest.raises(UnreadableSource, match=says):
        read(body, SITEMAP)


def test_sitemap_entities_are_not_expanded():
    bomb = '<!DOCTYPE x [<!ENTITY a "boom">]><urlset><url><loc>https://x.example/&a;</loc></url></urlset>'
    try:
        found = read(bomb, SITEMAP)
    except UnreadableSource:
        found = ()
    assert all("boom" not in candidate.url for candidate in found)


def test_section_list_by_selector():
    found = read(section_list(STORIES), LIST)
    assert [candidate.url for candidate in found] == [f"{BASE}{story.path}" for story in STORIES]
    assert [candidate.title for candidate in found] == [story.title for story in STORIES]


def test_section_list_in_euc_kr_with_a_base_and_twice_the_same_link():
    body = (
        '<html><head><meta charset="utf-8"><base href="/news/"></head><ul class="list">'
        '<li><a class="headline" href="1"><img></a></li><li><a class="headline" href="1">긴 제목</a></li>'
        '<li><a class="headline" href="javascript:go()">x</a></li></ul></html>'
    ).encode("euc-kr")
    (found,) = read(body, LIST)
    assert (found.url, found.title) == (f"{BASE}/news/1", "긴 제목")


@pytest.mark.parametrize("body", ["", "<html><body><p>redesigned</p></body></html>"])
def test_section_list_that_matches_nothing_is_an_error(body):
    with pytest.raises(UnreadableSource, match=r"zero bytes|No link matches"):
        read(body, LIST)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Tue, 11 Aug 2026 07:00:00 +0900", SEVEN),
        ("Tue,11 Aug 2026 07:00:00 +0900", SEVEN),
        ("Tue, 11 08 2026 07:00:00 +0900", SEVEN),
        ("Tue, 11 Aug 2026 07:00:00", SEVEN),
        ("Mon, 10 Aug 2026 22:00:00 GMT", SEVEN),
        ("10 Aug  2026 22:00:00 GMT", SEVEN),
        ("Tue, 11 Aug 2026 07:00:00 KST", SEVEN),
        ("2026-08-11 07:00:00", SEVEN),
        ("2026-08-11T07:00:00+09:00", SEVEN),
        ("2026-08-10T22:00:00Z", SEVEN),
        ("2026-08-10T22:00:00.000Z", SEVEN),
        ("2026.08.11. 07:00", SEVEN),
        ("2026년 8월 11일 오전 7시 0분", SEVEN),
        ("2026.08.11 (화) 오후 7:00", SEVEN + timedelta(hours=12)),
        ("입력 2026.08.11 07:00", SEVEN),
        ("2026-08-11", datetime(2026, 8, 11, tzinfo=KST)),
        ("20260811070000", SEVEN),
    ],
)
def test_date_habits(text, moment):
    found = read_date(text)
    assert found == moment
    assert found.tzinfo is not None


@pytest.mark.parametrize(
    "text", ["", None, "어제", "2026-02-31 10:00:00", "Tue, 41 08 2026 07:00:00 +0900", "0", "9999-99-99"]
)
def test_impossible_dates_are_none(text):
    assert read_date(text) is None


@given(st.integers(800_000_000, 3_800_000_000), st.integers(-12, 12))
def test_iso_dates_come_back(seconds, hours):
    moment = datetime.fromtimestamp(seconds, timezone(timedelta(hours=hours)))
    assert read_date(moment.isoformat()) == moment
    assert read_date(moment.strftime("%a, %d %b %Y %H:%M:%S %z")) == moment


@given(st.text(max_size=60))
def test_any_text_as_a_date_or_as_plain_text(text):
    assert read_date(text) is None or read_date(text).tzinfo is not None
    cleaned = plain(text)
    assert cleaned is None or cleaned == " ".join(cleaned.split())


def test_lone_surrogates_and_nul_leave_titles():
    assert plain("중\ud800관\x00춘") == "중관춘"
    assert decode("중관춘".encode("euc-kr")) == "중관춘"
