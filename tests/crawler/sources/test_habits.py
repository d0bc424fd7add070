"""What Korean outlets' feeds really look like, each habit in bytes written by hand after the outlet's own way."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest

from crawler.candidates import UnreadableSource, read_source
from crawler.candidates.candidate import KEY_BYTES, LONGEST_SUMMARY, MOST_KEYS, announced_key, join_keys, split_keys
from crawler.candidates.dates import KST
from crawler.sources import Source

BASE = "https://www.yesi.example"
FEED = Source(kind="feed", url=f"{BASE}/rss")
SITEMAP = Source(kind="sitemap", url=f"{BASE}/sitemap.xml")
SEVEN = datetime(2026, 8, 11, 7, tzinfo=KST)


def read(text, source=FEED):
    return read_source(text.encode() if isinstance(text, str) else text, source)


def channel(*items, head='<?xml version="1.0" encoding="UTF-8"?>', more=""):
    return f'{head}<rss version="2.0"><channel><title>예시신문</title>{more}{"".join(items)}</channel></rss>'


def item(title="중관춘 소식", link=f"{BASE}/a/1", **rest):
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in rest.items())
    return f"<item><title>{title}</title><link>{link}</link>{inside}</item>"


def only(text, source=FEED):
    (found,) = read(text, source).candidates
    return found


def test_hankyung_and_sedaily_items_without_any_description():
    found = only(channel(item(author="예시 기자", pubDate="Tue, 11 Aug 2026 07:00:00 +0900")))
    assert (found.title, found.summary, found.published_at) == ("중관춘 소식", None, SEVEN)


def test_asiae_some_descriptions_are_empty():
    found = read(channel(item(description=""), item(link=f"{BASE}/a/2", description="<![CDATA[ ]]>"))).candidates
    assert [candidate.summary for candidate in found] == [None, None]


def test_ajunews_802_items_in_one_answer_without_a_declaration_and_encoded_twice():
    items = [item(title=f"&amp;quot;상탕커지&amp;quot; {n}번째", link=f"{BASE}/view/{n:017d}") for n in range(802)]
    found = read(channel(*items, head="")).candidates
    assert len(found) == 802
    assert found[801].title == '"상탕커지" 801번째'


def test_it_chosun_and_the_nd_soft_papers_write_korean_time_without_a_zone():
    assert only(channel(item(pubDate="2026-08-11 07:00:00"))).published_at == SEVEN


def test_zone_less_time_is_not_read_as_utc():
    found = only(channel(item(pubDate="2026-08-11 07:00:00")))
    assert found.published_at.astimezone(UTC) == datetime(2026, 8, 10, 22, tzinfo=UTC)


def test_inews24_writes_gmt():
    assert only(channel(item(pubDate="Mon, 10 Aug 2026 22:00:00 GMT"))).published_at == SEVEN


def test_nocutnews_numbers_the_month():
    assert only(channel(item(pubDate="Tue, 11 08 2026 07:00:00 +0900"))).published_at == SEVEN


def test_fnnews_leaves_out_the_space_after_the_comma():
    assert only(channel(item(pubDate="Tue,11 Aug 2026 07:00:00 +0900"))).published_at == SEVEN


def test_kmib_begins_with_a_bom_and_dates_in_cdata_with_two_spaces():
    text = channel(item(pubDate="<![CDATA[10 Aug  2026 22:00:00 GMT]]>", description="<![CDATA[긴 설명]]>"))
    found = only(b"\xef\xbb\xbf" + text.encode())
    assert (found.published_at, found.summary) == (SEVEN, "긴 설명")


def test_boannews_is_euc_kr_and_says_so_in_single_quotes_with_dublin_core_dates():
    text = (
        "<?xml version='1.0' encoding='EUC-KR'?><rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
        "<channel><title>예시보안</title><item><title>중관춘 보안 기업</title>"
        f"<link>{BASE}/media/view.asp?idx=1&amp;kind=1</link>"
        "<dc:date>Tue, 11 Aug 2026 07:00:00 +0900</dc:date></item></channel></rss>"
    )
    found = only(text.encode("euc-kr"))
    assert (found.title, found.published_at) == ("중관춘 보안 기업", SEVEN)
    assert found.url == f"{BASE}/media/view.asp?idx=1&kind=1"


def test_dt_has_427_items_with_the_full_text_and_iso_dates():
    text = "<![CDATA[<p>중관춘 본문입니다.</p>" + "<p>둘째 문단입니다.</p>" * 200 + "]]>"
    items = [
        f"<item><title>기사 {n}</title><link>{BASE}/article/{n}</link><content:encoded>{text}</content:encoded>"
        "<pubDate>2026-08-11T07:00:00+09:00</pubDate></item>"
        for n in range(427)
    ]
    head = '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    found = read(f"{head}{''.join(items)}</channel></rss>").candidates
    assert len(found) == 427
    assert found[0].published_at == SEVEN
    assert found[0].summary.startswith("중관춘 본문입니다.")
    assert len(found[0].summary) <= LONGEST_SUMMARY


def test_newsis_carries_near_full_text_encoded_twice_in_the_description():
    found = only(channel(item(description="&amp;lt;p&amp;gt;중관춘 &amp;quot;쇼크&amp;quot;&amp;lt;/p&amp;gt;")))
    assert found.summary == '중관춘 "쇼크"'


def test_khan_names_one_article_under_two_sections_with_tracking_parameters():
    links = [f"{BASE}/economy/article/1?utm_source=rss&amp;utm_medium=x", f"{BASE}/article/1?utm_source=rss"]
    assert [
        found.url.count("utm_source") for found in read(channel(*(item(link=link) for link in links))).candidates
    ] == [
        1,
        1,
    ]


WORDPRESS = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
    "<title>예시</title><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"
    "<item><title>로봇 스타트업 투자</title><link>{base}/2026/08/11-1/</link><dc:creator><![CDATA[예시]]></dc:creator>"
    "<pubDate>Mon, 10 Aug 2026 22:00:00 +0000</pubDate><category><![CDATA[투자]]></category>"
    '<guid isPermaLink="false">{base}/?p=1</guid><description>{described}</description>'
    "<content:encoded><![CDATA[<p>중관춘에 있는 회사다.</p>]]></content:encoded></item></channel></rss>"
)


def test_wordpress_summary_loses_its_tail_and_keeps_the_permalink():
    tail = '<p>The post <a href="#">로봇 스타트업 투자</a> appeared first on <a href="#">예시</a>.</p>'
    reading = read(WORDPRESS.format(base=BASE, described=f"<![CDATA[<p>요약이다. [&#8230;]</p>{tail}]]>"))
    (found,) = reading.candidates
    assert (found.url, found.summary, found.section) == (f"{BASE}/2026/08/11-1/", "요약이다. […]", "투자")
    assert found.published_at == SEVEN
    assert reading.ttl_seconds == 1800


def test_wordpress_full_text_stands_in_for_a_missing_summary():
    assert only(WORDPRESS.format(base=BASE, described="")).summary == "중관춘에 있는 회사다."


def test_rdf_of_rss_1_0():
    rdf = (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>x</title></channel>'
        f'<item rdf:about="{BASE}/a/1"><title>중관춘</title><link>{BASE}/a/1</link><description>설명</description>'
        "<dc:date>2026-08-11T07:00:00+09:00</dc:date></item></rdf:RDF>"
    )
    found = only(rdf)
    assert (found.url, found.summary, found.published_at) == (f"{BASE}/a/1", "설명", SEVEN)


def json_feed(*items, **head):
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "예시", "items": items, **head})


def test_json_feed():
    text = json_feed(
        {
            "id": "1",
            "url": "/a/1",
            "title": "중관춘 <b>소식</b>",
            "content_html": "<p>본문 &amp; 더</p>",
            "date_published": "2026-08-11T07:00:00+09:00",
            "date_modified": "2026-08-11T09:00:00+09:00",
            "tags": ["경제"],
        },
        {"id": f"{BASE}/a/2", "content_text": "둘째"},
        {"id": "3"},
        "no item",
    )
    first, second = read(text).candidates
    assert (first.url, first.title, first.summary, first.section) == (f"{BASE}/a/1", "중관춘 소식", "본문 & 더", "경제")
    assert (first.published_at, first.modified_at) == (SEVEN, SEVEN + timedelta(hours=2))
    assert (second.url, second.title, second.summary) == (f"{BASE}/a/2", None, "둘째")


@pytest.mark.parametrize(
    "text", ['{"items": []}', '{"version": 1', "{" * 100_000, '{"version": "https://jsonfeed.org/"']
)
def test_json_that_is_no_feed_is_one_clear_error(text):
    with pytest.raises(UnreadableSource, match="not a feed"):
        read(text)


def test_a_json_feed_without_items_is_a_quiet_day():
    assert read(json_feed(items=None)).candidates == ()


@pytest.mark.parametrize(
    ("inside", "seconds"),
    [
        ("<ttl>60</ttl>", 3600),
        ("<ttl> 0 </ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86400),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
        ("<sy:updatePeriod>never</sy:updatePeriod>", None),
        ("", None),
    ],
)
def test_how_long_a_feed_says_it_holds(inside, seconds):
    head = '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>x</title>'
    assert read(f"{head}{inside}{item()}</channel></rss>").ttl_seconds == seconds


def test_google_news_sitemap_keywords_count_as_the_summary_gz_and_plain():
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>'
        f"<loc>{BASE}/a/1</loc><news:news><news:publication><news:name>예시</news:name></news:publication>"
        "<news:publication_date>2026-08-11T07:00:00+09:00</news:publication_date><news:title><![CDATA[로봇 &amp; AI]]>"
        "</news:title><news:keywords>중관춘, 로봇</news:keywords></news:news></url></urlset>"
    ).encode()
    for body in (text, gzip.compress(text)):
        found = only(body, SITEMAP)
        assert (found.title, found.summary, found.published_at) == ("로봇 & AI", "중관춘, 로봇", SEVEN)


def test_a_gzip_index_names_its_sitemaps_with_their_last_change():
    rows = f"<sitemap><loc>{BASE}/s-2026-08.xml.gz</loc><lastmod>2026-08-11</lastmod></sitemap><sitemap/>"
    (child,) = read(gzip.compress(f"<sitemapindex>{rows}</sitemapindex>".encode()), SITEMAP).children
    assert (child.url, child.modified_at) == (f"{BASE}/s-2026-08.xml.gz", datetime(2026, 8, 11, tzinfo=KST))


LIST = Source(kind="list", url=f"{BASE}/economy", links="ul.list a", next="a.next")


def test_a_list_gives_the_times_beside_its_links_and_its_next_page():
    rows = "".join(
        f'<li><a href="/a/{n}">2026년 8월 {n}일 열린 행사</a><span class="date">2026.08.{10 + n} 07:00</span></li>'
        for n in (1, 2)
    )
    text = (
        f'<html><ul class="list">{rows}<li><a href="/a/3">시각 없음</a></li></ul>'
        '<a class="next" href="?page=2">다음</a>'
    )
    reading = read(text, LIST)
    assert [found.published_at for found in reading.candidates] == [SEVEN, SEVEN + timedelta(days=1), None]
    assert reading.next_page == f"{BASE}/economy?page=2"


def test_a_list_takes_no_other_articles_time_for_its_own():
    text = (
        '<html><ul class="list"><div><time datetime="2026-08-11T07:00:00+09:00"></time><a href="/a/1">하나</a>'
        '<a href="/a/2">둘</a></div></ul>'
    )
    assert [found.published_at for found in read(text, LIST).candidates] == [None, None]


def test_robots_txt_names_sitemaps():
    robots = b"User-agent: *\nDisallow: /x\nSitemap: /s.xml\r\nsitemap:https://yesi.example/t.xml\nSitemap: /s.xml\n"
    reading = read_source(robots, SITEMAP, "robots")
    assert [child.url for child in reading.children] == [f"{BASE}/s.xml", "https://yesi.example/t.xml"]
    with pytest.raises(UnreadableSource, match="names no sitemap"):
        read_source(b"User-agent: *\n", SITEMAP, "robots")


def test_announced_keys_are_short_bounded_and_found_again():
    keys = join_keys(f"{n}" for n in range(3))
    assert len(keys) == 3 * KEY_BYTES
    assert split_keys(keys) == {announced_key(f"{n}") for n in range(3)}
    assert len(join_keys(f"{n}" for n in range(MOST_KEYS + 5))) == MOST_KEYS * KEY_BYTES
    assert split_keys(None) == set()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "feed", "url": BASE, "pages": 3}, "pages"),
        ({"kind": "feed", "url": BASE, "queries": ["x"]}, "queries"),
        ({"kind": "list", "url": BASE, "links": "a", "next": "a", "page": f"{BASE}?p={{page}}"}, "not both"),
        ({"kind": "list", "url": BASE, "links": "a", "page": f"{BASE}?p=1"}, "page"),
        ({"kind": "list", "url": BASE, "links": "a", "page": f"{BASE}?p={{seite}}"}, "page template"),
        ({"kind": "list", "url": BASE, "links": "a", "page": "/p/{page}"}, "absolute"),
        ({"kind": "naver"}, "queries"),
        ({"kind": "naver", "queries": [" "]}, "queries"),
        ({"kind": "naver", "queries": ["x"], "resolve": True}, "resolve"),
    ],
)
def test_a_source_that_does_not_fit_its_kind_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        Source.model_validate(given)


def test_a_daily_list_names_its_day():
    source = Source(kind="list", url=BASE, links="a", page=f"{BASE}?d={{date:%Y%m%d}}&p={{page}}")
    assert source.is_daily
    assert source.page_url(2, datetime(2026, 8, 11, tzinfo=KST).date()) == f"{BASE}?d=20260811&p=2"
