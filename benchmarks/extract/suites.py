"""The suites: real pages, hand-made layouts and, where its folder is given, the standard 181 pages."""

import gzip
import importlib.util
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from benchmarks import corpus_report as corpus
from benchmarks.extract.contestants import Contestant, Found, Sample
from tests.crawler.layouts import Layout, layouts
from tests.crawler.layouts.crosses import crosses
from tests.crawler.layouts.measure import Extracted, Score, Totals, same_title, score

SEOUL = timezone(timedelta(hours=9))


@dataclass(frozen=True)
class Suite:
    """A name, its pages, and how one contestant's results become a row of the table and its notes page by page."""

    name: str
    samples: tuple[Sample, ...]
    judge: Callable[[Contestant], dict[str, Any]]


def same_day(got: datetime | None, wanted: datetime | None) -> bool:
    return got is not None and wanted is not None and got.astimezone(SEOUL).date() == wanted.astimezone(SEOUL).date()


def real_pages() -> Suite | None:
    """The corpus of real Korean pages; None where its folder is not."""
    folder = corpus.corpus_folder()
    if not (folder / "pages.jsonl").is_file():
        return None
    from crawler.catalogue import load_catalogue

    catalogue = load_catalogue()
    rows = list(corpus.rows(folder, []))
    every = [json.loads(line) for line in (folder / "pages.jsonl").read_text(encoding="utf-8").splitlines()]
    lists = [row for row in every if row["kind"] == "list"]
    samples = tuple(_real(row, folder, catalogue) for row in (*rows, *lists))
    return Suite("real pages", samples, lambda who: _judge_real(who, rows, lists, folder))


def _real(row: dict[str, Any], folder: Path, catalogue: Any) -> Sample:
    outlet = corpus.outlet_of(row, catalogue)
    return Sample(
        row["file"],
        (folder / row["file"]).read_bytes(),
        row.get("url") or None,
        profiles=tuple(outlet.profiles) if outlet else (),
        outlet=outlet.id if outlet else None,
        is_article=row["kind"] == "article",
    )


def _judge_real(
    who: Contestant, rows: Sequence[dict[str, Any]], lists: Sequence[dict[str, Any]], folder: Path
) -> dict[str, Any]:
    """The results hold counts and names of pages only: no text of a real page enters the repository."""
    pages = []
    for row in rows:
        found = who.found.get(row["file"], Found(error="no answer"))
        measure = corpus.Measure(Path(row["file"]).stem)
        corpus.judge(measure, row, folder, "\n".join(found.body))
        wanted = datetime.fromisoformat(row["date"])
        pages.append(
            {
                "page": measure.name,
                "f1": measure.f1,
                "leaked": len(measure.leaked),
                "forbidden": measure.forbidden,
                "title": same_title(found.title, row["title"]),
                "day": same_day(found.published, wanted),
                "minute": corpus.same_minute(found.published, row["date"]),
                "authors": set(found.authors) == set(row["authors"]),
            }
        )
    count = len(pages)
    return {
        "pages": count,
        "F1": sum(page["f1"] for page in pages) / count,
        "worst": min(page["f1"] for page in pages),
        "leaks": f"{sum(page['leaked'] for page in pages)}/{sum(page['forbidden'] for page in pages)}",
        **{key: f"{sum(page[key] for page in pages)}/{count}" for key in ("title", "day", "minute", "authors")},
        "lists refused": f"{sum(not who.found.get(row['file'], Found()).body for row in lists)}/{len(lists)}",
        "by page": pages,
    }


def layout_suite() -> Suite:
    """The hand-made pages."""
    return _hand_made("layouts", layouts())


def crossed_suite() -> Suite:
    """Every sample story in every design."""
    return _hand_made("layouts, every story in every design", crosses())


def _hand_made(name: str, pages: Sequence[Layout]) -> Suite:
    samples = tuple(
        Sample(
            page.name,
            page.page,
            page.url,
            page.content_type,
            (page.profile,) if page.profile else (),
            "sample",
            page.fetched_at,
        )
        for page in pages
    )
    return Suite(name, samples, lambda who: _judge_layouts(who, pages))


def _judge_layouts(who: Contestant, pages: Sequence[Layout]) -> dict[str, Any]:
    scores = [score(page, _extracted(who.found.get(page.name, Found()))) for page in pages]
    days = sum(
        same_day(who.found.get(page.name, Found()).published, page.published) for page in pages if page.is_article
    )
    totals = Totals.of(scores)
    return {
        "pages": totals.pages,
        "exactly once": f"{totals.once_rate:.2f} %",
        "lost": totals.lost,
        "repeated": totals.repeated,
        "leaked lines": f"{totals.leaked} ({totals.leak_rate:.2f} %)",
        "title": f"{totals.titles}/{totals.articles}",
        "day": f"{days}/{totals.articles}",
        "minute": f"{totals.dates}/{totals.articles}",
        "authors": f"{totals.authors}/{totals.articles}",
        "no article": f"{totals.refused}/{totals.without_article}",
        "by page": [_layout_notes(one, who.found.get(one.name, Found())) for one in scores if not one.perfect],
    }


def _extracted(found: Found) -> Extracted:
    return Extracted(found.body or None, found.title, found.published, found.authors)


def _layout_notes(one: Score, found: Found) -> dict[str, Any]:
    fields = ("title", "date", "authors") if one.is_article else ()
    return {
        "page": one.name,
        **{key: getattr(one, key) for key in ("lost", "repeated", "leaked", "refused", *fields)},
        "found": {"title": found.title, "date": str(found.published), "authors": found.authors},
        "note": found.error or found.note,
    }


def standard_pages() -> Suite | None:
    """The article extraction benchmark of Scrapinghub: its folder is $ZGC_AEB, its own evaluation gives the figures."""
    folder = Path(os.environ.get("ZGC_AEB") or "/nonexistent")
    if not (folder / "ground-truth.json").is_file():
        return None
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    samples = tuple(
        Sample(key, gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes()), row.get("url"))
        for key, row in truth.items()
    )
    evaluation = _evaluation(folder)

    def judge(who: Contestant) -> dict[str, Any]:
        given = {key: {"articleBody": "\n".join(who.found.get(key, Found()).body)} for key in truth}
        figures = evaluation.evaluate(truth, given, 0)
        single = {key: _alone(evaluation, truth, given, key) for key in truth}
        worst = sorted(single.items(), key=lambda item: item[1])[:25]
        return {
            "pages": len(truth),
            "F1": figures["f1"],
            "precision": figures["precision"],
            "recall": figures["recall"],
            "empty": sum(not row["articleBody"] for row in given.values()),
            "by page": [{"page": key, "f1": f1} for key, f1 in worst],
        }

    return Suite("standard 181 pages", samples, judge)


def _alone(evaluation: Any, truth: dict[str, Any], given: dict[str, Any], key: str) -> float:
    true_positive, false_positive, false_negative = evaluation.string_shingle_matching(
        true=truth[key].get("articleBody", ""), pred=given[key]["articleBody"]
    )
    whole = 2 * true_positive + false_positive + false_negative
    return float(2 * true_positive / whole) if whole else 1.0


def _evaluation(folder: Path) -> Any:
    specification = importlib.util.spec_from_file_location("aeb_evaluate", folder / "evaluate.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
