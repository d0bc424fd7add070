"""The documentation is held to the code: paths exist, every verb is described, links lead somewhere."""

import re
from pathlib import Path

import click
import pytest

from cli.main import cli

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
PACKAGES = ("crawler", "storage", "digest", "web", "scheduler", "cli", "tests", "docs", "benchmarks")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_inside_the_repository_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http", "mailto:")):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_paths_named_in_the_text_exist(page):
    for path in re.findall(rf"`((?:{'|'.join(PACKAGES)})/[\w./-]*)`", page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), path


def verbs(command=cli, name=""):
    for child in command.commands.values():
        full = f"{name} {child.name}".strip()
        yield from verbs(child, full) if isinstance(child, click.Group) else [(full, child)]


@pytest.mark.parametrize(("name", "command"), list(verbs()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_verb_is_in_the_readme_and_has_an_example(name, command):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    group, _, verb = name.partition(" ")
    assert re.search(rf"`zgcwatch {group}\b[^`]*{verb}", readme), f"{name} is not in the README"
    assert command.help
    assert re.search(rf"Examples?: .*zgcwatch .*{verb or group}", command.epilog or ""), f"{name} has no example"


def test_every_decision_is_listed():
    listed = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    for page in ROOT.glob("docs/decisions/0*.md"):
        assert f"({page.name})" in listed, page.name


def test_no_address_of_a_package_index_is_written_anywhere():
    names = ["pypi" + ".org", "files.python" + "hosted", "index" + "-url", "registry" + "."]
    for file in [*ROOT.glob("*.t*"), *ROOT.glob("Docker*"), *ROOT.glob("docker*"), ROOT / "Makefile", ROOT / ".ci/run"]:
        text = file.read_text(encoding="utf-8").replace("--no-emit-index-url", "")
        assert not [name for name in names if name in text], file
