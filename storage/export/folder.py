"""An export as a folder: files in parts, so that one that was cut off goes on where it stopped, and a manifest."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice
from pathlib import Path
from typing import Any

from storage.database import Database
from storage.export import manifest as manifests
from storage.export.formats import FORMATS
from storage.export.manifest import NAME, PROGRESS, ExportedFile, ExportError, Manifest, checksum
from storage.export.row import export_row
from storage.export.stream import how_many, stream
from storage.position import BEGINNING, Place, found_place, last_place
from storage.records import StoredArticle
from storage.version import version

ARTICLES_A_PART = 10_000
LEAST_FREE = 64 << 20  # bytes; an export that fills the disk takes the archive down with it

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to export and how; `since` is the cursor of an export before, or the beginning for everything."""

    format: str
    since: Place = BEGINNING
    resume: bool = False
    articles_a_part: int = ARTICLES_A_PART


def export_folder(
    database: Database, folder: Path, plan: Plan, *, now: datetime, zone: tzinfo, progress: Progress | None = None
) -> Manifest:
    """Write the articles into a folder. Gives its manifest; `progress` hears (done, total) after every batch.

    All rows are of one state of the archive, that of the manifest's cursor. A resumed export reads the rest as it is
    by then, and keeps the cursor it began with: the next export with it as `since` brings what changed meanwhile.
    Raises ExportError when the folder holds an export already, or has an unfinished one and `resume` is not set, and
    PlaceLost when the archive was restored from a backup since.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with database.reader() as session:
            found_place(session, plan.since)
            begun = _begin(folder, plan, now=now, cursor=str(last_place(session)))
            found_place(session, Place.parse(begun.cursor))
            since = plan.since.seq
            total = begun.articles + how_many(session, since_seq=since, after_id=begun.last_id)
            articles = _watched(stream(session, since_seq=since, after_id=begun.last_id), begun, total, progress)
            done = _write_parts(folder, begun, articles, plan.articles_a_part, zone)
        manifests.save(folder, done, name=NAME)
        (folder / PROGRESS).unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(
            f"{folder} cannot be written ({error.strerror}): make room or choose another folder; "
            f"`--resume` goes on where it stopped."
        ) from error
    return done


def _begin(folder: Path, plan: Plan, *, now: datetime, cursor: str) -> Manifest:
    """A new manifest, or that of the export to go on with; files of a part that was not finished are removed."""
    if (folder / NAME).exists():
        raise ExportError(f"{folder} holds a finished export: choose another folder.")
    if not (folder / PROGRESS).exists():
        if any(folder.iterdir()):
            raise ExportError(f"{folder} is not empty: choose a new folder.")
        begun = Manifest(
            plan.format, str(plan.since), cursor, now.isoformat(timespec="seconds"), f"zgcwatch {version()}"
        )
        manifests.save(folder, begun, name=PROGRESS)
        return begun
    if not plan.resume:
        raise ExportError(f"{folder} holds an export that was cut off: go on with --resume, or choose another folder.")
    begun = manifests.load(folder, name=PROGRESS)
    if (begun.format, begun.since) != (plan.format, str(plan.since)):
        raise ExportError(f"{folder} holds the beginning of another export ({begun.format}, since {begun.since}).")
    known = tuple(file.name for file in begun.files)
    for left in folder.glob("articles*"):
        # A journal beside a file that grows is what mends it.
        if not left.name.startswith(known):
            left.unlink()
    return begun


def _watched(
    articles: Iterator[StoredArticle], begun: Manifest, total: int, progress: Progress | None
) -> Iterator[StoredArticle]:
    for done, article in enumerate(articles, start=begun.articles + 1):
        if progress and (done % 100 == 0 or done == total):
            progress(done, total)
        yield article


def _write_parts(
    folder: Path, manifest: Manifest, articles: Iterator[StoredArticle], articles_a_part: int, zone: tzinfo
) -> Manifest:
    form = FORMATS[manifest.format]
    while True:
        part = _Part(islice(articles, articles_a_part), zone)
        number = len(manifest.files) + 1
        file = folder / (f"articles{form.suffix}" if form.grows else f"articles-{number:05}{form.suffix}")
        if manifest.files and not part.has_rows():
            return manifest
        _require_room(folder)
        count = form.write(file, part.rows())
        size, digest = checksum(file)
        manifest = manifest.with_part(
            ExportedFile(file.name, manifest.articles + count if form.grows else count, size, digest),
            articles=count,
            gone=part.gone,
            last_id=part.last_id or manifest.last_id,
            grows=form.grows,
        )
        manifests.save(folder, manifest, name=PROGRESS)


def _require_room(folder: Path) -> None:
    if shutil.disk_usage(folder).free < LEAST_FREE:
        raise ExportError(f"The disk of {folder} is nearly full: make room, then go on with --resume.")


class _Part:
    """The rows of one file, counted as they pass."""

    def __init__(self, articles: Iterator[StoredArticle], zone: tzinfo) -> None:
        self._articles, self._zone = articles, zone
        self._first: StoredArticle | None = None
        self.gone = self.last_id = 0

    def has_rows(self) -> bool:
        self._first = self._first or next(self._articles, None)
        return self._first is not None

    def rows(self) -> Iterator[dict[str, Any]]:
        if self._first is not None:
            yield self._row(self._first)
        for article in self._articles:
            yield self._row(article)

    def _row(self, article: StoredArticle) -> dict[str, Any]:
        self.gone += article.state == "gone"
        self.last_id = article.id
        return export_row(article, self._zone)
