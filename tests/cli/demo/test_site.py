"""The sample site holds what the demo promises: outlets, kinds of source, encodings, the wire story, the marks."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from lxml import html

from cli.demo.folder import EDITIONS, MARK, SEOUL, SPAN
from cli.demo.site import load_site
from crawler.catalogue import load_catalogue

NOW = datetime(2026, 3, 4, 22, 40, tzinfo=UTC)
EDITION_NUMBERS = pytest.mark.parametrize("edition", EDITIONS)


@pytest.fixture(scope="module")
def site():
    return load_site(NOW, 8753)


@pytest.fixture(scope="module")
def catalogue(site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("outlets")
    site.write_catalogue(folder)
    return load_catalogue(folder, packaged=False)


def test_there_are_seven_outlets_on_seven_addresses(site):
    assert len(site.outlets) == 7
    assert len({outlet.host for outlet in site.outlets}) == 7


def test_at_least_34_articles_are_on_topic_and_5_are_not(site):
    on_topic = Counter(article.relevant for article in site.articles())
    assert on_topic[True] >= 34
    assert on_topic[False] >= 5


def test_every_outlet_file_is_a_sample_for_the_catalogue(site, catalogue):
    assert {outlet.id for outlet in catalogue} == {outlet.id for outlet in site.outlets}
    assert all(outlet.sample and outlet.politeness.delay == 0 for outlet in catalogue)
    assert {outlet.licence for outlet in catalogue} == {"headline", "excerpt"}
    for outlet in site.outlets:
        for article in outlet.articles[1]:
            assert catalogue.for_url(article.url).id == outlet.id


def test_feeds_sitemap_and_lists_are_all_there(site, catalogue):
    assert Counter(source.kind for outlet in catalogue for source in outlet.sources) == {
        "feed": 5,
        "sitemap": 1,
        "list": 2,
    }
    roots = {page.template for outlet in site.outlets for page in outlet.pages}
    assert roots == {"rss.xml.j2", "atom.xml.j2", "news-sitemap.xml.j2", "list.html.j2", None}


@EDITION_NUMBERS
def test_every_source_announces_every_article(site, catalogue, edition):
    for outlet in catalogue:
        sample = site.outlet(outlet.id)
        for source in outlet.sources:
            path = source.url.removeprefix(sample.base)
            text = site.answer(sample.host, path, edition).body.decode(sample.encoding)
            expected = [article for article in sample.articles[edition] if article.listed]
            assert all(article.path.replace("&", "&amp;") in text for article in expected)


@EDITION_NUMBERS
def test_every_article_says_sample_in_its_headline_and_on_its_page(site, edition):
    for article in site.articles(edition):
        outlet = site.outlet(article.outlet)
        page = html.fromstring(site.answer(outlet.host, article.path, edition).body.decode(outlet.encoding))
        assert article.title.endswith(MARK)
        assert article.title in page.text_content()
        assert "예시 기사" in page.text_content().replace(article.title, "")


def test_every_paragraph_is_on_its_page(site):
    for article in site.articles():
        outlet = site.outlet(article.outlet)
        page = html.fromstring(site.answer(outlet.host, article.path, 1).body.decode(outlet.encoding))
        assert all(paragraph in page.text_content() for paragraph in article.paragraphs)


def test_articles_are_dated_within_the_last_hours_in_seoul(site):
    for article in site.articles():
        assert NOW - SPAN < article.published_at < NOW - timedelta(hours=1)
        assert article.published_at.utcoffset() == timedelta(hours=9)


def test_feed_dates_carry_the_offset_of_seoul(site):
    outlet = site.outlet("sample-economy")
    feed = feedparser.parse(site.answer(outlet.host, "/rss.xml", 1).body)
    assert all(entry.published.endswith("+0900") for entry in feed.entries)
    newest = max(article.published_at for article in outlet.articles[1])
    assert datetime(*feed.entries[0].published_parsed[:6], tzinfo=UTC) == newest.astimezone(UTC)


def test_the_same_moment_gives_the_same_bytes(site):
    again = load_site(NOW.astimezone(SEOUL), 8753)
    assert {key: answer.etag for key, answer in again.answers.items()} == {
        key: answer.etag for key, answer in site.answers.items()
    }


def test_the_euckr_outlet_is_cp949_in_every_byte_and_no_header_says_so(site):
    outlet = site.outlet("example-daily")
    paths = [page.path for page in outlet.pages] + [article.path for article in outlet.articles[1]]
    for path in paths:
        answer = site.answer(outlet.host, path, 1)
        assert "charset" not in answer.content_type
        assert answer.body.decode("cp949")
        with pytest.raises(UnicodeDecodeError):
            answer.body.decode("utf-8")


def test_the_euckr_outlet_uses_a_syllable_that_only_cp949_has(site):
    outlet = site.outlet("example-daily")
    answer = site.answer(outlet.host, "/news/view.php?no=2006", 1)
    assert "똠얌꿍" in answer.body.decode("cp949")


def test_the_seed_failure_prints_the_body_again_from_its_second_paragraph(site):
    outlet = site.outlet("sample-economy")
    for article in outlet.articles[1]:
        text = site.answer(outlet.host, article.path, 1).body.decode()
        shown = html.fromstring(text).text_content()
        assert shown.count(article.paragraphs[0]) == 1
        assert all(shown.count(paragraph) == 2 for paragraph in article.paragraphs[1:])
        assert shown.count(f"{article.author} 기자 {article.email}") == 2
        assert shown.count("기사제보 및 보도자료") == 2
        assert all(word in shown for word in ("기사 스크랩", "공유", "댓글", "클린뷰", "프린트"))


def test_three_outlets_carry_the_wire_story_each_in_its_own_words(site):
    carried = [article for article in site.articles() if "새싹펀드" in " ".join(article.paragraphs)]
    assert {article.outlet for article in carried} == {"specimen-wire", "example-daily", "bogi-news"}
    assert len({article.title for article in carried}) == 3
    assert len({article.paragraphs for article in carried}) == 3
    assert len({article.author for article in carried}) == 3
    assert sorted(len(article.paragraphs) for article in carried) == [7, 7, 8]


def test_the_second_edition_corrects_one_article_and_takes_one_away(site):
    first = {article.url: article for article in site.articles(1)}
    second = {article.url: article for article in site.articles(2)}
    gone = first.keys() - second.keys()
    corrected = [url for url in second if second[url] != first[url]]
    assert [first[url].number for url in gone] == ["6001"]
    assert [first[url].number for url in corrected] == ["4001"]
    assert "1억2000만달러" in " ".join(first[corrected[0]].paragraphs)
    assert "1억2000만달러" not in " ".join(second[corrected[0]].paragraphs)
    assert second[corrected[0]].modified_at > first[corrected[0]].published_at


def test_no_two_outlets_share_a_page_design(catalogue):
    bodies = {outlet.profiles[0].body for outlet in catalogue if outlet.profiles}
    assert len(bodies) == 6
