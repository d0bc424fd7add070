"""Writes the golden issue after a change of the rendering: `python -m tests.digest.make_golden`; read it by eye."""

import sys
from pathlib import Path

from digest.render import render
from tests.digest.samples import issue

FOLDER = Path(__file__).parent / "golden"


def main() -> int:
    rendered = render(issue(12, unsubscribe="mailto:leave@example.com", web_view="https://zgc.example/issues/t"))
    for name, text in (("issue.html", rendered.html), ("issue.txt", rendered.text)):
        (FOLDER / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{FOLDER / name}: {len(text.encode())} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
