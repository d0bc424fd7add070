"""The version of the application, for what it says of itself: its User-Agent, its API, its exports."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version


def version() -> str:
    """The installed version; "0" when run from a source tree that nobody installed."""
    try:
        return installed_version("zgcwatch")
    except PackageNotFoundError:
        return "0"
