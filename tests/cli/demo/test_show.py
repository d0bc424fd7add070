"""What a person sees: bars on a terminal, lines elsewhere."""

import os
import pty
import subprocess
import sys

import pytest

from cli.demo.show import Bars, PlainLines, narrator, print_table
from crawler.visit import VisitEvent
from storage.records import VisitCounts

NAMES = {"sample-economy": "샘플경제", "specimen-tv": "견본방송"}
EVENTS = (
    VisitEvent("sample-economy", "source", "http://127.0.0.11/rss.xml", 0, 2),
    VisitEvent("sample-economy", "page", "http://127.0.0.11/article/1001", 1, 2),
    VisitEvent("specimen-tv", "finished", "http://127.0.0.17/", 0, 0),
    VisitEvent("sample-economy", "finished", "http://127.0.0.11/", 2, 2),
)


@pytest.mark.parametrize("narrate", [Bars, PlainLines])
def test_two_rounds_are_told_on_stderr_alone(narrate, capsys):
    teller = narrate()
    for title in ("Visit 1 of 2", "Visit 2 of 2"):
        teller.begin(title, NAMES)
        for event in EVENTS:
            teller.step(event)
        teller.end()
    out, err = capsys.readouterr()
    assert out == ""
    assert "Visit 1 of 2" in err
    assert "Visit 2 of 2" in err
    assert all(name in err for name in NAMES.values())


def test_lines_say_how_many_pages(capsys):
    teller = PlainLines()
    teller.begin("Visit 1 of 2", NAMES)
    for event in EVENTS:
        teller.step(event)
    assert capsys.readouterr().err.splitlines() == [
        "Visit 1 of 2: 견본방송: 0 of 0 pages",
        "Visit 1 of 2: 샘플경제: 2 of 2 pages",
    ]


def test_a_terminal_gets_bars_and_a_pipe_gets_lines():
    assert isinstance(narrator(), PlainLines)
    ours, theirs = pty.openpty()
    code = "from cli.demo.show import narrator; print(type(narrator()).__name__)"
    answer = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=theirs, text=True, check=True)
    os.close(ours)
    os.close(theirs)
    assert answer.stdout == "Bars\n"


def test_the_table_sums_up_in_its_last_row(capsys):
    counts = {"샘플경제": VisitCounts(fetched=7, stored=6), "견본방송": VisitCounts()}
    totals = {"outlets": 2, "fetched": 7, "stored": 6, "duplicates": 0, "corrected": 0, "gone": 0, "mail": 1}
    print_table(counts, totals)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["outlets", "fetched", "stored", "duplicates", "corrected", "gone", "mail"]
    assert lines[1].split() == ["샘플경제", "7", "6", "0", "0", "0"]
    assert lines[-1].split() == ["2", "outlets", "7", "6", "0", "0", "0", "1"]
