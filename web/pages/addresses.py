"""Addresses inside the pages: built with their parameters escaped, and believed only where they lead nowhere else."""

from urllib.parse import urlencode, urlsplit

LONGEST = 1_000
HOME = "/"


def link(path: str, **parameters: object) -> str:
    """A path with its parameters; those without a value are left out."""
    given = {name: value for name, value in parameters.items() if value not in (None, "", ())}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def inside(address: str | None) -> str:
    """The address where it is a path of ours, else the first page: no form and no login leads to another site."""
    if not address or len(address) > LONGEST or not address.isprintable() or "\\" in address:
        return HOME
    if not address.startswith("/") or address.startswith("//"):
        return HOME
    try:
        parts = urlsplit(address)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else address
