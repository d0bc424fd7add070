"""Outlets whose pages are empty without JavaScript, read through a real Chromium."""

import json
import shutil
from pathlib import Path

import pytest

from crawler.render.handler import browser_missing
from tests.crawler.world import XML
from tests.servers.client import answer
from tests.servers.ear import Ear
from tests.servers.papers import Story, page, rss

CHROMIUM = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)
WHY_NOT = browser_missing(None) or (None if CHROMIUM else "no Chromium is on the PATH")

STORY = Story(1)


def shell(script: str) -> str:
    """A page that has no text until its script has run."""
    return (
        f"<!doctype html><html lang='ko'><head><title>{STORY.title} - 예시신문</title><meta charset='utf-8'></head>"
        f"<body><div id='app'></div><script>{script}</script></body></html>"
    )


def fetching(path: str = "/api/article/1") -> str:
    return (
        f"fetch({path!r}).then(r => r.json()).then(a => {{ document.getElementById('app').innerHTML = "
        "'<article><h1>' + a.title + '</h1><div class=\"article-body\">' + a.body + '</div></article>' })"
    )


def article_json() -> dict:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in STORY.paragraphs)
    return answer(json.dumps({"title": STORY.title, "body": body}), content_type="application/json")


def visit(world, script, *, render="browser", pages=None, **settings):
    answers = {
        "/rss": answer(rss([STORY], world.base), **XML),
        STORY.path: answer(shell(script)),
        "/api/article/1": article_json(),
        **(pages or {}),
    }
    world.server.plan(answers)
    outlet = world.outlet(render=render)
    given = {"browser": Path(CHROMIUM) if CHROMIUM else None, "download_timeout": 20, **settings}
    return world.visit(outlet, world.context(outlet, **given))


def test_without_a_browser_the_page_is_empty_and_nothing_pretends_otherwise(light_world):
    report = visit(light_world, fetching(), render="none")
    assert report.counts.stored == 0
    assert "/api/article/1" not in light_world.server.paths()


def test_a_missing_browser_is_one_sentence_and_no_request(light_world, tmp_path):
    report = visit(light_world, fetching(), browser=tmp_path / "no-chromium")
    (error,) = report.counts.errors
    assert "need a browser" in error
    assert light_world.server.paths() == []
    (state,) = light_world.sources()
    assert "need a browser" in state.last_error


def test_a_missing_extra_names_the_command(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scrapy_playwright.handler", None)
    assert "pip install 'zgcwatch[browser]'" in browser_missing(None)


@pytest.mark.browser
@pytest.mark.skipif(WHY_NOT is not None, reason=WHY_NOT or "")
class TestChromium:
    def test_what_scripts_fetch_is_read_and_stored(self, light_world):
        world = light_world
        report = visit(world, fetching())
        assert report.counts.errors == []
        assert report.counts.stored == 1
        (stored,) = world.articles()
        assert stored.title == STORY.title
        assert list(stored.body) == STORY.paragraphs
        entries = world.server.asked()
        assert [entry["path"] for entry in entries] == ["/robots.txt", "/rss", STORY.path, "/api/article/1"]
        assert {entry["headers"]["user-agent"].partition("/")[0] for entry in entries} == {"zgcwatch"}
        assert not any("cookie" in entry["headers"] for entry in entries)

    def test_pictures_fonts_and_other_peoples_robots(self, light_world):
        world = light_world
        other = world.server.url("", host="127.0.0.2").rstrip("/")
        extras = (
            f"document.body.insertAdjacentHTML('beforeend', '<img src=\"/a.jpg\"><video src=\"/b.mp4\"></video>');"
            f"fetch('{other}/tracker.js').catch(() => 0);"
        )
        world.server.plan({"/robots.txt": answer("User-agent: *\nDisallow: /tracker\n")})
        report = visit(world, extras + fetching())
        assert report.counts.stored == 1
        paths = world.server.paths()
        assert not {"/a.jpg", "/b.mp4", "/tracker.js"} & set(paths)
        assert paths.count("/robots.txt") == 2  # each host's own, once

    def test_nothing_inside_is_reached_by_a_page(self, light_world, monkeypatch):
        """Scripts, frames, redirects and sockets of a page are judged like any other request."""
        world = light_world
        monkeypatch.setattr("crawler.fetch.guard.is_public", lambda address: address == "127.0.0.1")
        with Ear() as ear:
            inside = f"127.0.0.9:{ear.port}"
            tries = "".join(
                f"fetch('http://{host}/x', {{mode: 'no-cors'}}).catch(() => 0);"
                for host in (inside, f"0x7f000009:{ear.port}", f"2130706441:{ear.port}", f"[::1]:{ear.port}")
            )
            tries += (
                f"try {{ new WebSocket('ws://{inside}/x') }} catch (e) {{}};"
                f"try {{ new EventSource('http://{inside}/x') }} catch (e) {{}};"
                f"navigator.sendBeacon('http://{inside}/x'); new Image().src = 'http://{inside}/x.png';"
                f"document.body.insertAdjacentHTML('beforeend', '<iframe src=\"http://{inside}/x\"></iframe>');"
            )
            report = visit(world, tries + fetching(), allow_private_addresses=False)
            assert report.counts.stored == 1
            assert ear.connections == 0
            world.later(hours=1)
            world.server.plan({STORY.path: answer(status=302, location=f"http://{inside}/x")})
            world.server.plan({"/rss": answer(rss([Story(3)], world.base), **XML), Story(3).path: answer(
                status=302, location=f"http://{inside}/x")})  # fmt: skip
            outlet = world.outlet(render="browser")
            context = world.context(outlet, allow_private_addresses=False, browser=Path(CHROMIUM), download_timeout=20)
            second = world.visit(outlet, context)
            assert second.counts.stored == 0
            assert second.counts.failed >= 1
            assert ear.connections == 0

    def test_a_redirect_to_what_robots_txt_closes_gives_nothing(self, light_world):
        world = light_world
        world.server.plan({"/robots.txt": answer("User-agent: *\nDisallow: /closed/\n")})
        world.server.plan({"/closed/1": answer(page(STORY))})
        report = visit(world, fetching(), pages={STORY.path: answer(status=302, location="/closed/1")})
        assert (report.counts.stored, report.counts.closed) == (0, 1)

    def test_a_page_that_never_ends_is_a_failure_in_time(self, light_world):
        world = light_world
        report = visit(world, "while (true) {}", download_timeout=4)
        assert report.counts.stored == 0
        assert any("in time" in error for error in report.counts.errors)

    def test_the_pace_of_the_host_holds_between_pages(self, light_world):
        world = light_world
        world.server.plan(
            {
                "/rss": answer(rss([STORY, Story(3)], world.base), **XML),
                STORY.path: answer(page(STORY)),
                Story(3).path: answer(page(Story(3))),
            }
        )
        outlet = world.outlet(render="browser", politeness={"delay": 0.5})
        context = world.context(outlet, delay=None, browser=Path(CHROMIUM), download_timeout=20)
        assert world.visit(outlet, context).counts.stored == 2
        first, second = (entry for entry in world.server.asked() if entry["path"].startswith("/news/"))
        assert second["at"] - first["end"] >= 0.5
