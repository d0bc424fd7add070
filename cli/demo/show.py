"""What a person sees of the demo: bars on a terminal and plain lines elsewhere, then one short table."""

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from crawler.visit import VisitEvent
    from storage.records import VisitCounts

COLUMNS = ("fetched", "stored", "duplicates", "corrected", "gone")
TABLE_WIDTH = 78


class PlainLines:
    """One line an outlet and round, on stderr."""

    def __init__(self) -> None:
        self._title = ""
        self._names: dict[str, str] = {}

    def begin(self, title: str, names: dict[str, str]) -> None:
        self._title, self._names = title, names

    def step(self, event: "VisitEvent") -> None:
        if event.step == "finished":
            name = self._names[event.outlet]
            click.echo(f"{self._title}: {name}: {event.done} of {event.planned} pages", err=True)

    def end(self) -> None:
        """Nothing is left to say: every outlet has had its line."""


class Bars:
    """One progress bar an outlet, all of a round at once, on stderr."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def begin(self, title: str, names: dict[str, str]) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        console = Console(stderr=True)
        console.print(f"[bold]{title}[/bold]")
        columns = (TextColumn("  {task.description}"), BarColumn(bar_width=36), MofNCompleteColumn())
        self._progress = self._stack.enter_context(Progress(*columns, console=console))
        self._tasks = {outlet: self._progress.add_task(name, total=None) for outlet, name in names.items()}

    def step(self, event: "VisitEvent") -> None:
        if self._progress is None:
            return
        # A bar without a total pulses; an outlet with nothing to fetch ends as a full one.
        total = event.planned or (0 if event.step == "finished" else None)
        self._progress.update(self._tasks[event.outlet], completed=event.done, total=total)

    def end(self) -> None:
        self._stack.close()
        self._progress = None


def narrator() -> Bars | PlainLines:
    return Bars() if sys.stderr.isatty() else PlainLines()


def print_table(counts: "dict[str, VisitCounts]", totals: dict[str, int]) -> None:
    """Outlet by outlet what was done over both visits, and the sum; `counts` is by the outlets' names."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_footer=True, footer_style="bold")
    table.add_column("outlets", footer=f"{totals['outlets']} outlets")
    for column in COLUMNS:
        table.add_column(column, justify="right", footer=str(totals[column]))
    table.add_column("mail", justify="right", footer=str(totals["mail"]))
    for name, of_outlet in counts.items():
        table.add_row(name, *(str(getattr(of_outlet, column)) for column in COLUMNS), "")
    Console(width=TABLE_WIDTH).print(table)
