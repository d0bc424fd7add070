"""Files that a person names on the command line, read and written with errors that say what to do."""

import sys
from pathlib import Path

from storage.errors import ZgcwatchError


def read_text(file: Path) -> str:
    """The text of a file, or of standard input for `-`."""
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ZgcwatchError(f"Cannot read {file}: {error.strerror}; name another file.") from error
    except UnicodeDecodeError as error:
        raise ZgcwatchError(f"Cannot read {file}: it is not UTF-8 text.") from error


def write_text(file: Path | None, text: str) -> None:
    """Write a text to a file, or to standard output where none is named."""
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ZgcwatchError(f"Cannot write {file}: {error.strerror}; choose another --out.") from error
