"""`zgcwatch config`: the settings as they are in force."""

from typing import Any

import click
from pydantic import SecretStr

from cli.context import App, json_option, pass_app, print_json
from storage.errors import ConfigurationError


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command(epilog="Example: zgcwatch --config zgcwatch.toml config check")
@json_option
@pass_app
def check(app: App, as_json: bool) -> None:
    """Judge the settings and every outlet and topic file, and print what is in force, secrets masked."""
    from cli.settings import find_file

    settings = app.settings
    outlets, _ = app.catalogue, app.topics
    if not outlets.enabled():
        raise ConfigurationError(
            "No outlet is enabled: set `crawler.packaged_outlets` or add a file to `crawler.outlets`."
        )
    values = masked(settings.model_dump())
    if as_json:
        print_json(values)
        return
    for section, keys in values.items():
        click.echo(f"[{section}]")
        for key, value in keys.items():
            click.echo(f"  {key} = {value}")
    file = find_file(app.config)
    click.echo(
        f"In order: {file or 'no file, all defaults'}; {len(outlets.enabled())} of {len(outlets)} outlets enabled."
    )


@config.command(epilog="Example: zgcwatch config example > zgcwatch.toml")
def example() -> None:
    """Print a settings file that explains every setting with its default."""
    from cli.example import example as example_text

    click.echo(example_text(), nl=False)


def masked(value: Any) -> Any:
    """Plain values for printing: secrets as stars, and the password inside a database URL too."""
    if isinstance(value, dict):
        return {key: masked(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(entry) for entry in value]
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    if isinstance(value, str) and "://" in value:
        from storage.database import masked_url

        return masked_url(value)
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
