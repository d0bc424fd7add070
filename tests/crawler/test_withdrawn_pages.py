"""A page that says with status 200 that its article was deleted: believed when it says so twice, some hours apart."""

import pytest

from storage.archive import get_article
from tests.crawler.world import serve
from tests.servers.client import answer
from tests.servers.papers import Story

ON = Story(1)


def visits(world, *bodies):
    """An article is stored, then its address answers with these pages, three hours apart; how many went each time."""
    outlet = world.outlet()
    serve(world, [ON], etag='"feed"')
    context = world.context(outlet, recheck_after=(1, 4, 7, 10), confirm_gone_after_hours=2)
    world.visit(outlet, context)
    gone = []
    for body in bodies:
        world.server.plan({ON.path: answer(f"<html><body><p>{body}</p></body></html>")})
        world.later(hours=3)
        gone.append(world.visit(outlet, context).counts.gone)
    with world.database.reader() as session:
        return gone, get_article(session, 1).state


@pytest.mark.parametrize("said", ["삭제된 기사입니다.", "언론사의 요청으로 삭제된 기사입니다."])
def test_said_twice_apart_it_is_gone(light_world, said):
    assert visits(light_world, said, said) == ([0, 1], "gone")


def test_a_page_that_only_cannot_be_read_withdraws_nothing(light_world):
    assert visits(light_world, "점검 중입니다.", "점검 중입니다.") == ([0, 0], "live")
