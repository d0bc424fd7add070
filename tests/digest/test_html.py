"""The mail judged by programs that are not ours: html-validate (`make html-validate` fetches it) and Chromium.

Attributes like cellpadding, which HTML has given up and mail programs need, are allowed; every other rule of the
standard holds.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from digest.render import render, render_page
from tests.digest.samples import issue
from tests.digest.shots import LINKS, WIDTHS, bare, camera, pages
from tests.digest.test_render import HOSTILE, hostile_issue

ROOT = Path(__file__).parents[2]
RULES = Path(__file__).parent / "htmlvalidate.json"
FETCHED = ROOT / "build" / "html-validate" / "node_modules" / ".bin" / "html-validate"


def validator():
    known = (os.environ.get("HTML_VALIDATE"), str(FETCHED) if FETCHED.exists() else None)
    return next((path for path in known if path), shutil.which("html-validate"))


def test_html_validate_finds_nothing(tmp_path):
    program = validator()
    if program is None:
        pytest.skip("html-validate is not here: `make html-validate` fetches it (needs npm)")
    for number in (0, 1, 30, 100, 500):
        (tmp_path / f"{number}.html").write_text(render(issue(number, **LINKS)).html, encoding="utf-8")
    for number, title in enumerate(HOSTILE):
        html = render(hostile_issue(title, 'https://x.example/"><script>')).html
        (tmp_path / f"hostile-{number}.html").write_text(html, encoding="utf-8")
    (tmp_path / "page.html").write_text(render_page(issue(500, language="en")), encoding="utf-8")
    for name, html in pages().items():
        (tmp_path / f"form-{name}.html").write_text(html, encoding="utf-8")
    found = subprocess.run(
        [program, "--config", str(RULES), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout[-3000:]


@pytest.mark.browser
def test_no_page_is_wider_than_its_window():
    """Nothing makes a reader scroll sideways: not with long words, not on a phone, not without <style>."""
    with camera() as shoot:
        if shoot is None:
            pytest.skip("Chromium or playwright is not here")
        long_words = render(hostile_issue("가" * 500)).html
        unbroken = render(hostile_issue("a" * 500)).html
        for html in (render(issue(12, **LINKS)).html, long_words, unbroken):
            for width in WIDTHS:
                assert shoot(html, width, "light") <= width
                assert shoot(bare(html), width, "dark") <= width


def test_without_style_only_colours_for_the_dark_are_missing():
    html = render(issue(12, **LINKS)).html
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    assert re.findall(r"@media \(([a-z-]+)", style) == ["prefers-color-scheme", "max-width"]
    assert re.sub(r"@media [^{]*\{(\.[^{}]*\{[^{}]*\})*\}", "", style).strip() == ""
