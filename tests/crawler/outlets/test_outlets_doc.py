"""docs/outlets.md is written from the files, and stays so."""

import subprocess
import sys
from pathlib import Path

from crawler.catalogue import Catalogue, load_catalogue
from crawler.outlets_doc import render

PAGE = Path(__file__).parents[3] / "docs" / "outlets.md"


def test_the_page_is_what_the_files_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(load_catalogue()), (
        "docs/outlets.md is older than crawler/outlets: run `python -m crawler.outlets_doc > docs/outlets.md`"
    )


def test_the_command_writes_the_page() -> None:
    answer = subprocess.run([sys.executable, "-m", "crawler.outlets_doc"], capture_output=True, check=True, timeout=60)
    assert answer.stdout.decode("utf-8") == PAGE.read_text(encoding="utf-8")


def test_every_outlet_and_source_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for outlet in load_catalogue():
        assert f"`{outlet.id}`" in page
        assert outlet.name in page
        for source in outlet.sources:
            assert f"<{source.url}>" in page


def test_the_tables_are_whole() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert {row.count("|") for row in rows} == {6}


def test_an_empty_catalogue_still_makes_a_page() -> None:
    assert render(Catalogue([])).startswith("# Outlets\n")
