"""Section lists with several pages: how far a visit reads, and where it stops."""

from urllib.parse import urlsplit

import pytest

from tests.servers.client import answer
from tests.servers.papers import Story, page, section_list


def listed(numbers, following=None):
    text = section_list([Story(n) for n in numbers])
    return answer(
        text.replace("</body>", f'<a class="next" href="{following}">다음</a></body>' if following else "</body>")
    )


def serve_stories(world, numbers):
    world.server.plan({Story(n).path: answer(page(Story(n))) for n in numbers})


def lists_asked(world):
    return [path for path in world.server.paths() if urlsplit(path).path == "/economy"]


def outlet(world, **source):
    row = {"kind": "list", "url": f"{world.base}/economy", "links": "a.headline", **source}
    return world.outlet(row)


def test_pages_are_followed_by_the_lists_own_link_up_to_the_bound(light_world):
    world = light_world
    serve_stories(world, range(1, 9))
    world.server.plan(
        {
            "/economy": listed([8, 7], "?page=2"),
            "/economy?page=2": listed([6, 5], "?page=3"),
            "/economy?page=3": listed([4, 3], "?page=4"),
            "/economy?page=4": listed([2, 1]),
        }
    )
    report = world.visit(outlet(world, next="a.next", pages=3))
    assert report.counts.stored == 6
    assert lists_asked(world) == ["/economy", "/economy?page=2", "/economy?page=3"]


def test_pages_by_template_stop_where_one_brings_nothing_new(light_world):
    world = light_world
    serve_stories(world, range(1, 9))
    one = outlet(world, page=f"{world.base}/economy?page={{page}}", pages=9)
    context = world.context(one)
    world.server.plan(
        {"/economy": listed([4, 3]), "/economy?page=2": listed([2, 1]), "/economy?page=3": listed([2, 1])}
    )
    assert world.visit(one, context).counts.stored == 4
    assert lists_asked(world) == ["/economy", "/economy?page=2", "/economy?page=3"]
    world.server.plan({"/economy": listed([5, 4]), "/economy?page=2": listed([3, 2])})
    world.later(hours=7)
    assert world.visit(one, context).counts.stored == 1
    assert lists_asked(world) == ["/economy", "/economy?page=2"]


def test_headlines_left_out_do_not_make_a_page_new_again(light_world):
    world = light_world
    one = outlet(world, page=f"{world.base}/economy?page={{page}}", pages=9)
    context = world.context(one)
    off = section_list([Story(n, on_topic=False) for n in (1, 2)])
    world.server.plan({"/economy": answer(off), "/economy?page=2": answer(off)})
    world.visit(one, context)
    world.server.asked()
    world.server.plan({"/economy": answer(off + "<!-- changed -->")})
    world.later(hours=7)
    world.visit(one, context)
    assert lists_asked(world) == ["/economy"]


@pytest.mark.parametrize("following", ["http://127.0.0.9:1/economy", "?page=1"])
def test_a_next_page_elsewhere_or_one_read_already_is_not_followed_for_long(light_world, following):
    world = light_world
    serve_stories(world, (1, 2))
    world.server.plan({"/economy": listed([2, 1], following), "/economy?page=1": listed([2, 1], following)})
    report = world.visit(outlet(world, next="a.next"))
    assert report.counts.stored == 2
    assert len(lists_asked(world)) <= 2


def test_a_further_page_that_fails_leaves_the_source_read_and_its_validators_open(light_world):
    world = light_world
    serve_stories(world, (1, 2))
    world.server.plan({"/economy": listed([2, 1], "?page=2"), "/economy?page=2": answer("no", status=500)})
    report = world.visit(outlet(world, next="a.next"))
    (state,) = world.sources()
    assert (state.error_count, state.body_hash, report.counts.stored) == (0, None, 2)
    assert "page=2" in report.counts.errors[0]
