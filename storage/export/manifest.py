"""What a folder of exported files holds, so that a reader need not trust that it is whole, or of a version it knows."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from storage.errors import ZgcwatchError
from storage.export.formats import FORMATS
from storage.export.row import MAJOR, SCHEMA_VERSION

NAME = "manifest.json"
PROGRESS = "manifest.part.json"  # the manifest of an export that is not done
KIND = "zgcwatch-export"
_CHUNK = 1 << 20


class ExportError(ZgcwatchError):
    """A folder is no whole export of a version that can be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One file: its name in the folder, what is in it, and its checksum."""

    name: str
    articles: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`since` and `cursor` are places in the change feed: the files hold what changed after the one up to the other.

    The cursor is the `since` of the next export. `last_id` is the last article written so far.
    """

    format: str
    since: str
    cursor: str
    created_at: str
    application: str
    schema_version: str = SCHEMA_VERSION
    articles: int = 0
    gone: int = 0
    last_id: int = 0
    files: tuple[ExportedFile, ...] = field(default=())

    def with_part(self, file: ExportedFile, *, articles: int, gone: int, last_id: int, grows: bool) -> "Manifest":
        """The manifest after one more part; the file replaces the one before where a single file grows."""
        return replace(
            self,
            articles=self.articles + articles,
            gone=self.gone + gone,
            last_id=last_id,
            files=(file,) if grows else (*self.files, file),
        )


def save(folder: Path, manifest: Manifest, *, name: str) -> None:
    """Writes it in one step: a reader sees the old one or the new one."""
    partial = folder / f"{name}.tmp"
    partial.write_text(json.dumps({"kind": KIND, **asdict(manifest)}, ensure_ascii=False, indent=2) + "\n", "utf-8")
    partial.replace(folder / name)


def load(folder: Path, *, name: str = NAME) -> Manifest:
    """The folder's manifest. Raises ExportError: none, not one of ours, or of a newer major version."""
    try:
        found: Any = json.loads((folder / name).read_text("utf-8"))
    except FileNotFoundError:
        unfinished = name == NAME and (folder / PROGRESS).exists()
        remedy = "finish it with `zgcwatch export --resume`" if unfinished else "name the folder of an export"
        raise ExportError(f"{folder} has no {name}: {remedy}.") from None
    except (OSError, ValueError) as error:
        raise ExportError(f"{folder / name} cannot be read ({error}): export again.") from error
    if not isinstance(found, dict) or found.pop("kind", None) != KIND:
        raise ExportError(f"{folder / name} is no manifest of an export: name the folder of an export.")
    _require_known(str(found.get("schema_version", "")))
    try:
        files = tuple(ExportedFile(**_known(file, ExportedFile)) for file in found["files"])
        places = {name: str(found[name]) for name in ("since", "cursor")}
        return Manifest(**{**_known(found, Manifest), **places, "files": files})
    except (KeyError, TypeError) as error:
        raise ExportError(f"{folder / name} lacks what this version needs ({error}): export again.") from error


def _known(found: dict[str, Any], record: type[Manifest | ExportedFile]) -> dict[str, Any]:
    """Without what a newer minor version has added."""
    names = {one.name for one in fields(record)}
    return {name: value for name, value in found.items() if name in names}


def _require_known(schema_version: str) -> None:
    major = schema_version.split(".", maxsplit=1)[0]
    if not major.isdigit():
        raise ExportError("The manifest names no schema version: export again.")
    if int(major) > MAJOR:
        raise ExportError(
            f"The export has schema version {schema_version}, this zgcwatch reads {MAJOR}.x: install a newer zgcwatch."
        )


def checksum(file: Path) -> tuple[int, str]:
    """Size in bytes and SHA-256."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """Every row of an export, as `export_row` made it. Raises ExportError as `load` does."""
    manifest = load(folder)
    for file in manifest.files:
        yield from FORMATS[manifest.format].read(folder / file.name)


def verify(folder: Path) -> Manifest:
    """Compares the files with their manifest: checksums, counts, every row's version. Raises ExportError."""
    manifest = load(folder)
    for file in manifest.files:
        if not (folder / file.name).is_file():
            raise ExportError(f"{folder / file.name} is missing: export again, or copy the folder whole.")
        if checksum(folder / file.name) != (file.bytes, file.sha256):
            raise ExportError(f"{folder / file.name} is not the file that was exported: export again, or copy it anew.")
    rows = gone = 0
    for row in read(folder):
        rows += 1
        gone += row["state"] == "gone"
    if (rows, gone) != (manifest.articles, manifest.gone):
        raise ExportError(f"{folder} has {rows} articles, its manifest says {manifest.articles}: export again.")
    return manifest
