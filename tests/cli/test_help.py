"""`zgcwatch --help`: every verb in one section, with its whole first sentence."""

import click
import pytest
from click.testing import CliRunner

from cli.main import VERBS, cli


def test_every_verb_is_in_one_section_and_told_whole():
    shown = CliRunner().invoke(cli, ["--help"], terminal_width=80).output
    assert sorted(verb.name for verbs in VERBS.values() for verb in verbs) == sorted(cli.commands)
    for title, verbs in VERBS.items():
        section = shown.partition(f"\n{title}:\n")[2].partition("\n\n")[0]
        told = [line.split()[0] for line in section.splitlines() if line[2:3] != " "]
        assert told == [verb.name for verb in verbs]
    assert "..." not in shown.partition("Run it:")[2]
    assert max(map(len, shown.splitlines())) <= 80


def commands(group, path=()):
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize(("path", "command"), [pytest.param(*one, id=" ".join(one[0])) for one in commands(cli)])
def test_every_command_says_what_it_does_and_shows_an_example(path, command):
    assert command.help
    if not isinstance(command, click.Group):
        epilog = command.epilog or ""
        assert epilog.startswith("Example")
        assert "zgcwatch " in epilog
        assert " ".join(path) in epilog
