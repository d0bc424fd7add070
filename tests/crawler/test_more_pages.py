"""Articles on several pages, end to end: a real server, real fetches, a real database."""

from dataclasses import replace
from html import escape

from crawler.pipelines.extract import extract_page
from storage.reextraction import Selection, replays_after
from tests.crawler.world import serve
from tests.servers.client import answer
from tests.servers.papers import Story, page

STORY = Story(12345)
MORE = Story(54321).paragraphs


def part(paragraphs, links=""):
    """A page of the story with these paragraphs and a row of page numbers below."""
    told = "".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    whole = page(STORY).decode()
    before, _, rest = whole.partition('<div class="article-body">')
    after = rest.partition("</div>")[2]
    return f'{before}<div class="article-body">{told}</div><div class="paging">{links}</div>{after}'.encode()


def link(query, label):
    return f'<a href="{STORY.path}?{query}">{label}</a>'


def further(world):
    return [path for path in world.server.paths() if path.startswith(STORY.path)]


def test_pages_are_fetched_in_order_and_joined(world):
    serve(world, [STORY])
    numbers = "".join(link(f"page={number}", str(number)) for number in (1, 2, 3))
    world.server.plan(
        {
            STORY.path: answer(part(STORY.paragraphs[:2], numbers)),
            f"{STORY.path}?page=2": answer(part([*STORY.paragraphs[2:]], numbers)),
            f"{STORY.path}?page=3": answer(part(MORE[1:], numbers)),
        }
    )
    report = world.visit(world.outlet())
    assert report.counts.errors == []
    (stored,) = world.articles()
    assert list(stored.body) == [*STORY.paragraphs, *MORE[1:]]
    assert stored.extractor.endswith("+pages/3")
    # What is kept is enough to read the whole article again.
    with world.database.reader() as session:
        (kept,) = replays_after(session, Selection(), after=0, limit=10)
    assert list(extract_page(kept.page, "yesi", ()).body) == list(stored.body)
    assert further(world) == [STORY.path, f"{STORY.path}?page=2", f"{STORY.path}?page=3"]


def test_the_whole_article_on_one_page_is_preferred(world):
    serve(world, [STORY])
    links = link("page=2", "2") + link("view=all", "전체보기")
    world.server.plan(
        {
            STORY.path: answer(part(STORY.paragraphs[:2], links)),
            f"{STORY.path}?view=all": answer(part(STORY.paragraphs)),
        }
    )
    world.visit(world.outlet())
    (stored,) = world.articles()
    assert list(stored.body) == STORY.paragraphs
    assert stored.canonical_url == f"{world.base}{STORY.path}"
    assert further(world) == [STORY.path, f"{STORY.path}?view=all"]


def test_a_missing_page_is_said_and_what_is_there_is_kept(world):
    serve(world, [STORY])
    numbers = link("page=2", "다음 페이지")
    world.server.plan(
        {
            STORY.path: answer(part(STORY.paragraphs, numbers)),
            f"{STORY.path}?page=2": answer(b"gone", status=500),
        }
    )
    report = world.visit(world.outlet())
    (stored,) = world.articles()
    assert list(stored.body) == STORY.paragraphs
    assert any("further page" in error for error in report.counts.errors)


def test_no_more_than_ten_pages_are_read(world):
    serve(world, [STORY])
    answers = {
        f"{STORY.path}?page={number}": answer(
            part(Story(70000 + number).paragraphs[:2], link(f"page={number + 1}", "다음"))
        )
        for number in range(2, 14)
    }
    world.server.plan({STORY.path: answer(part(STORY.paragraphs[:2], link("page=2", "다음"))), **answers})
    world.visit(world.outlet())
    assert len(further(world)) == 10


def test_the_next_article_is_not_the_next_page(world):
    serve(world, [STORY])
    other = replace(STORY, number=12346)
    world.server.plan({STORY.path: answer(part(STORY.paragraphs, f'<a rel="next" href="{other.path}">다음 기사</a>'))})
    world.visit(world.outlet())
    assert further(world) == [STORY.path]
