"""The `zgcwatch` command. Exit codes: 0 done, 1 failed, 2 usage, 78 configuration. An error is one sentence."""

import os
import sys
from itertools import chain
from pathlib import Path

import click

from cli import _early  # noqa: F401 - before the rest, which takes its time
from cli.archive import reindex, search, show
from cli.backfill import backfill
from cli.boilerplate import boilerplate
from cli.changes import changes
from cli.config import config
from cli.context import App
from cli.crawl import crawl
from cli.database import db
from cli.deals import deals
from cli.demo.command import demo
from cli.digest import digest
from cli.doctor import doctor, ready
from cli.duplicates import duplicates
from cli.entities import entities
from cli.export import export
from cli.extract import clean, extract
from cli.facts import facts
from cli.golden import golden
from cli.health import disable, enable, health, mute
from cli.leads import leads
from cli.outbox import outbox
from cli.outlets import outlets
from cli.outlets_new import new as new_outlet
from cli.reextract import reextract
from cli.run import run
from cli.stories import stories
from cli.subscriber import subscriber
from cli.token import token
from cli.topics import topics
from cli.user import user
from cli.watch import watch

# In the order in which a newcomer meets them.
VERBS = {
    "Run it": (demo, run, ready, doctor, db, config),
    "Collect": (crawl, backfill, leads, reextract, outlets),
    "Read the archive": (search, show, duplicates, stories, entities, deals, changes, export, reindex),
    "Read one text": (extract, clean, facts, topics),
    "Tell readers": (digest, watch, subscriber, outbox),
    "Let in": (token, user),
}
LONGEST_HELP = 200  # characters of a verb's first sentence: it is wrapped, not cut off


class BySection(click.Group):
    """Lists the verbs by what they are for, each with its whole first sentence."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Overrides click's one list."""
        del ctx
        for title, verbs in VERBS.items():
            with formatter.section(title):
                formatter.write_dl([(str(verb.name), verb.get_short_help_str(LONGEST_HELP)) for verb in verbs])


@click.group(cls=BySection, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "-c",
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    envvar="ZGCWATCH_CONFIG",
    help="Settings file (default: ./zgcwatch.toml, then /etc/zgcwatch/zgcwatch.toml).",
)
@click.option("-v", "--verbose", is_flag=True, help="Show debug logs, and the traceback of an error.")
@click.version_option(package_name="zgcwatch", message="zgcwatch %(version)s")
@click.pass_context
def cli(ctx: click.Context, config_file: Path | None, verbose: bool) -> None:
    """Watch Korean business news for Zhongguancun (중관춘) and Chinese start-ups.

    Start with `zgcwatch demo`: it serves sample outlets, crawls them and builds a digest, all on this machine.
    """
    ctx.obj = App(config=config_file, verbose=verbose)


for verb in chain.from_iterable(VERBS.values()):
    cli.add_command(verb)
for outlet_verb in (new_outlet, health, disable, enable, mute, boilerplate, golden):
    outlets.add_command(outlet_verb)


def main() -> None:
    """Runs the command and turns every error into one sentence and an exit code."""
    verbose = any(argument in {"-v", "--verbose"} for argument in sys.argv[1:])
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write("zgcwatch: stopped.\n")
        sys.exit(130)
    except BrokenPipeError:
        # The reader (head, less) has gone: nothing is wrong, and Python must not complain while it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if _was_interrupted(error):
            sys.stderr.write("zgcwatch: stopped.\n")
            sys.exit(130)
        if verbose:
            raise
        sys.stderr.write(f"zgcwatch: {_sentence(error)}\n")
        sys.exit(getattr(error, "exit_code", 1))


def _was_interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind the error: a driver that is interrupted in a query tells of the query."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def _sentence(error: Exception) -> str:
    from storage.errors import ZgcwatchError

    if isinstance(error, ZgcwatchError):
        return str(error)
    kind = type(error).__name__
    return f"unexpected {kind}: {str(error) or 'no message'} (run `zgcwatch -v …` for the traceback, and report it)."


if __name__ == "__main__":
    main()
