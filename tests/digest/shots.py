"""Pictures of the mail as Chromium shows it: `python -m tests.digest.shots FOLDER`; look at them after a change.

Phone and desk, light and dark, with the <style> element and without it (some mail programs strip it).
"""

import re
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

from digest.render import render, render_page
from tests.digest.samples import issue

WIDTHS = (360, 800)
FORMS = (("", "light"), ("-dark", "dark"), ("-bare", "light"))  # what is behind the name, and the colours asked for
LINKS = {"web_view": "https://zgc.example/issues/sample", "unsubscribe": "https://zgc.example/unsubscribe/sample"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = {"corrections": 0, "charts": ()}


def pages():
    """The issues to look at, by name."""
    return {
        "day": render(issue(12, **LINKS)).html,
        "full": render(issue(100, **LINKS)).html,
        "english": render(issue(12, language="en", **LINKS)).html,
        "weekly": render(issue(30, form="weekly", watch_name="로봇", **LINKS)).html,
        "alert": render(issue(1, form="alert", **QUIET, **LINKS)).html,
        "nothing": render(issue(0, **QUIET, **LINKS)).html,
        "edition": render(issue(3, catch_up=True, marks=("reissue",), **LINKS)).html,
        "web": render_page(issue(30)),
    }


@contextmanager
def camera():
    """A function that takes a picture of a page as tall as the page is. None where there is no Chromium."""
    program = next((found for found in map(shutil.which, BROWSERS) if found), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        yield None
        return
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=program, args=["--no-sandbox"])

        def shoot(html, width, colours, target=None):
            page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=colours)
            page.route("**/*", lambda route: route.abort())
            page.set_content(html)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if target is not None:
                page.screenshot(path=target, full_page=True)
            page.close()
            return wide

        yield shoot
        chromium.close()


def bare(html):
    """The page as programs show it that strip <style>."""
    return re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/shots")
    folder.mkdir(parents=True, exist_ok=True)
    with camera() as shoot:
        if shoot is None:
            sys.stderr.write(
                "No pictures: they need Chromium (apt-get install chromium) and pip install '.[browser]'.\n"
            )
            return 1
        for name, html in pages().items():
            for width in WIDTHS:
                for suffix, colours in FORMS:
                    target = folder / f"{name}-{width}{suffix}.png"
                    shoot(bare(html) if suffix == "-bare" else html, width, colours, target)
                    sys.stdout.write(f"{target}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
