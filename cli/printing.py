"""Lists as commands print them: for people and for programs."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from cli.context import print_json

Row = TypeVar("Row")


def print_rows(
    rows: Iterable[Row], *, as_json: bool, record: Callable[[Row], Any], line: Callable[[Row], str], none: str = ""
) -> None:
    """A line for each row: JSON for programs, or what `line` makes of it; `none` is said where there is no row."""
    is_empty = True
    for row in rows:
        is_empty = False
        if as_json:
            print_json(record(row))
        else:
            click.echo(line(row))
    if is_empty and none and not as_json:
        click.echo(none, err=True)
