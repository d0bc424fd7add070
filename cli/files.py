"""Files that a person names on the command line, read and written with errors that say what to do."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import ZgcwatchError


def read_bytes(source: str) -> bytes:
    """The bytes of a file, or of standard input for `-`."""
    if source == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise ZgcwatchError(f"Cannot read {source}: {error.strerror}; check the path and its rights.") from error


def read_text(file: Path) -> str:
    """The text of a file of ours, which is UTF-8, or of standard input for `-`."""
    try:
        return read_bytes(str(file)).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ZgcwatchError(f"Cannot read {file}: it is not UTF-8 text; save it as UTF-8.") from error


def read_korean(source: str) -> str:
    """Text of anybody, in UTF-8 or, as many Korean programs still save it, CP949."""
    from crawler.extract.encoding import decode

    return decode(read_bytes(source)).text


def write_text(file: Path | None, text: str) -> None:
    """Write a text to a file, or to standard output where none is named."""
    if file is None:
        sys.stdout.write(text)
        return
    with writing_to(file):
        file.write_text(text, encoding="utf-8")


@contextmanager
def writing_to(file: Path) -> Iterator[None]:
    """Around what writes a file: that it cannot be written is one sentence."""
    try:
        yield
    except OSError as error:
        raise ZgcwatchError(f"Cannot write {file}: {error.strerror}; choose another --out.") from error
