"""The version of the installed application."""

from importlib.metadata import version as installed_version


def version() -> str:
    return installed_version("zgcwatch")
