"""`zgcwatch outlets new`: outlets of several kinds on a real server, and drafts that read them."""

import tomllib
from html import escape

import pytest

from crawler.catalogue import parse_outlet
from tests.e2e.command import zgcwatch
from tests.servers.client import OutletServer, answer
from tests.servers.papers import Story, rss

XML = {"content_type": "application/xml"}


@pytest.fixture
def server():
    with OutletServer() as running:
        yield running


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "zgcwatch.toml").write_text(
        '[storage]\ndatabase = "sqlite:///archive.db"\n[crawler]\npackaged_outlets = false\noutlets = ["outlets"]\n'
        'contact = "https://example.com/bot"\nallow_private_addresses = true\ndelay = 0\n'
    )
    (tmp_path / "outlets").mkdir()
    return tmp_path


REPORTERS = {1: "김예시", 2: "이보기", 3: "박견본", 4: "최본보기"}  # samples


def article(story, path, *, container='id="article-text"', byline=False):
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in story.paragraphs)
    if byline:
        body = f"<figure><img src=a.jpg><figcaption>사진 {story.number}번, 예시 제공</figcaption></figure>" + body
        name = REPORTERS[story.number]
        body += (
            f'<div class="writer"><span class="name">{name} 기자</span> <span>n{story.number}@example.com</span></div>'
        )
    return answer(
        f'<!doctype html><html lang="ko"><head><title>{story.title} - 예시신문</title>'
        '<meta property="article:published_time" content="2026-08-11T07:00:00+09:00"></head><body>'
        f'<nav><a href="/">홈</a></nav><div class="page"><h1 class="headline">{story.title}</h1>'
        f'<div {container}>{body}<div class="share-box">기사를 공유해 주세요 페이스북 트위터</div></div>'
        f"<aside>많이 본 뉴스 {story.number}</aside></div><footer>예시신문 {path}</footer></body></html>"
    )


def front(head="", links=()):
    anchors = "".join(f'<a href="{link}">{link}</a>' for link in links)
    return answer(
        f'<html lang="ko"><head><title>예시신문 - 경제를 읽다</title>{head}</head><body>{anchors}'
        '<a href="/economy">경제</a><a href="mailto:x@example.com">연락</a></body></html>'
    )


def feed(base, paths, **given):
    text = rss([Story(n) for n in range(1, len(paths) + 1)], base, **given)
    for number, path in enumerate(paths, 1):
        text = text.replace(f"{base}{Story(number).path}<", f"{escape(base + path)}<")
    return answer(text, **XML)


def new(folder, server, *more):
    return zgcwatch("outlets", "new", f"http://127.0.0.1:{server.port}/", *more, cwd=folder)


PATHS = [f"/economy/view/{10000 + n}" for n in range(1, 5)]


def serve_articles(server, paths=PATHS, **given):
    server.plan({path: article(Story(n), path, **given) for n, path in enumerate(paths, 1)})


def test_a_feed_named_by_the_front_page_and_a_profile_from_three_articles(folder, server):
    base = f"http://127.0.0.1:{server.port}"
    link = '<link rel="alternate" type="application/rss+xml" href="/feeds/all">'
    server.plan({"/": front(link), "/feeds/all": feed(base, PATHS)})
    serve_articles(server)
    drafted = new(folder, server, "--id", "yesi", "--out", "outlets")
    assert drafted.code == 0, drafted.err
    text = (folder / "outlets" / "yesi.toml").read_text(encoding="utf-8")
    outlet = parse_outlet(text, "draft")
    assert (outlet.name, outlet.licence, outlet.evidence.verified) == ("예시신문", "headline", False)
    assert outlet.evidence.measured is not None
    assert [(source.kind, source.url) for source in outlet.sources] == [("feed", f"{base}/feeds/all")]
    (profile,) = outlet.profiles
    assert (profile.body, profile.title, profile.drop) == (("#article-text",), ("h1.headline",), (".share-box",))
    assert profile.published == ("meta[property='article:published_time']",)
    assert outlet.urls.number is not None
    assert len([path for path in server.paths() if "/view/" in path]) == 3
    assert zgcwatch("db", "upgrade", cwd=folder).code == 0
    crawled = zgcwatch("crawl", "yesi", "--json", cwd=folder)
    assert (crawled.json()["stored"], crawled.json()["errors"]) == (4, [])
    (first, *_) = zgcwatch("export", cwd=folder).rows()
    assert "공유해" not in "".join(first["body"])
    again = new(folder, server, "--id", "yesi", "--out", "outlets")
    assert again.code == 78
    assert "is there already" in again.err


def test_bylines_sections_and_captions_are_guessed_where_all_pages_agree(folder, server):
    base = f"http://127.0.0.1:{server.port}"
    server.plan({"/": front('<link rel="alternate" type="application/rss+xml" href="/feeds/all">')})
    server.plan({"/feeds/all": feed(base, PATHS)})
    serve_articles(server, byline=True)
    drafted = new(folder, server, "--id", "yesi")
    assert drafted.code == 0, drafted.err
    (profile,) = parse_outlet(drafted.out, "draft").profiles
    assert (profile.authors, profile.captions, profile.section) == ((".name",), ("figcaption",), ())


def test_an_nd_soft_paper_is_recognised_by_its_addresses_and_found_at_the_usual_place(folder, server):
    base = f"http://127.0.0.1:{server.port}"
    paths = [f"/news/articleView.html?idxno={141000 + n}" for n in range(1, 5)]
    server.plan({"/": front(), "/rss/allArticle.xml": feed(base, paths, declaration="")})
    serve_articles(server, paths, container='id="article-view-content-div"')
    drafted = new(folder, server)
    assert drafted.code == 0, drafted.err
    row = tomllib.loads(drafted.out)
    assert row["profile"] == "ndsoft"
    assert row["urls"]["keep_params"] == ["idxno"]
    assert row["sources"] == [{"kind": "feed", "url": f"{base}/rss/allArticle.xml"}]
    assert row["id"] == "outlet-127-0-0-1"
    assert parse_outlet(drafted.out, "draft").profiles[-1].name == "ndsoft"


def test_an_rss_page_lists_the_feeds(folder, server):
    base = f"http://127.0.0.1:{server.port}"
    server.plan(
        {
            "/": front(links=["/rss/"]),
            "/rss/": front(links=["/rss/economy.xml", "/rss/dead.xml"]),
            "/rss/economy.xml": feed(base, PATHS),
            "/rss/dead.xml": answer("<html>moved</html>"),
        }
    )
    serve_articles(server)
    drafted = new(folder, server)
    assert drafted.code == 0, drafted.err
    assert [source["url"] for source in tomllib.loads(drafted.out)["sources"]] == [f"{base}/rss/economy.xml"]


def test_a_sitemap_of_robots_txt_does_where_there_is_no_feed(folder, server):
    base = f"http://127.0.0.1:{server.port}"
    rows = "".join(f"<url><loc>{base}{path}</loc></url>" for path in PATHS)
    index = f"<sitemapindex><sitemap><loc>{base}/s1.xml</loc></sitemap></sitemapindex>"
    server.plan(
        {
            "/": front(),
            "/robots.txt": answer(
                f"User-agent: *\nDisallow: /admin/\nSitemap: {base}/s.xml", content_type="text/plain"
            ),
            "/s.xml": answer(index, **XML),
            "/s1.xml": answer(f"<urlset>{rows}</urlset>", **XML),
        }
    )
    serve_articles(server)
    drafted = new(folder, server)
    assert drafted.code == 0, drafted.err
    assert tomllib.loads(drafted.out)["sources"] == [{"kind": "sitemap", "url": f"{base}/s.xml"}]


def test_the_front_page_is_a_list_where_there_is_nothing_else(folder, server):
    server.plan({"/": front(links=PATHS)})
    serve_articles(server)
    drafted = new(folder, server, "--name", '다른 "이름"')
    assert drafted.code == 0, drafted.err
    row = tomllib.loads(drafted.out)
    assert (row["name"], row["sources"][0]["kind"], row["sources"][0]["links"]) == ('다른 "이름"', "list", "a")


def test_articles_without_a_common_container_give_no_profile_and_say_so(folder, server):
    server.plan({"/": front(links=PATHS)})
    server.plan({path: article(Story(n), path, container=f'id="text{n}"') for n, path in enumerate(PATHS, 1)})
    drafted = new(folder, server)
    assert drafted.code == 0, drafted.err
    body = tomllib.loads(drafted.out).get("profiles", [{}])[0].get("body", [""])[0]
    assert body in {"", ".page"}


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"/": answer("no", status=403)}, "403"),
        ({"/": front()}, "write its file by hand"),
        ({"/": answer("User-agent", content_type="text/plain")}, "not HTML"),
        ({"/robots.txt": answer("User-agent: *\nDisallow: /", content_type="text/plain"), "/": front()}, "robots.txt"),
    ],
)
def test_an_address_that_tells_nothing_is_one_sentence(folder, server, plan, words):
    server.plan(plan)
    drafted = new(folder, server)
    assert drafted.code == 1, drafted.out
    assert words in drafted.err
    assert "Traceback" not in drafted.err
