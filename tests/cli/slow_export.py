"""An export in small parts that takes its time, so that a test can kill it half-way: URL FOLDER FORMAT."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from storage.database import Database
from storage.export.folder import Plan, export_folder


def main():
    url, out, form = sys.argv[1:]
    with Database.open(url) as database:
        export_folder(
            database,
            Path(out),
            Plan(form, articles_a_part=5),
            now=datetime.now(UTC),
            zone=UTC,
            progress=lambda _done, _total: None,
        )


if __name__ == "__main__":
    from storage.export import folder

    row = folder.export_row

    def slowly(article, zone):
        time.sleep(0.02)
        return row(article, zone)

    folder.export_row = slowly
    main()
