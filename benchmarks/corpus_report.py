"""The measures of the corpus of real Korean pages: this extractor beside plain trafilatura, in one run.

    python benchmarks/corpus_report.py [--no-profiles] [--lost] [PAGE ...]

The folder is $ZGC_CORPUS or ../shared/corpus beside the repository. Where it is absent the report says so and exits 0.
"""

import argparse
import json
import os
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))


def corpus_folder() -> Path:
    return Path(os.environ.get("ZGC_CORPUS") or REPOSITORY.parent / "shared" / "corpus")


def bare(text: str) -> str:
    """NFKC without white space: the form in which texts are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@dataclass
class Measure:
    """What one page gave."""

    name: str
    f1: float = 0.0
    precision: float = 0.0
    recall: float = 0.0
    leaked: list[str] = field(default_factory=list)
    forbidden: int = 0
    title: bool = False
    date: bool = False
    authors: bool = False
    milliseconds: float = 0.0
    extractor: str = ""
    notes: list[str] = field(default_factory=list)


def overlap(got: str, gold: str) -> tuple[float, float, float]:
    """F1, precision and recall of character 4-grams."""
    ours, theirs = (Counter(text[i : i + 4] for i in range(max(0, len(text) - 3))) for text in (got, gold))
    common = sum((ours & theirs).values())
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / sum(ours.values()), common / sum(theirs.values())
    return 2 * precision * recall / (precision + recall), precision, recall


def rows(folder: Path, names: list[str]) -> Iterator[dict[str, Any]]:
    for line in (folder / "pages.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] == "article" and (not names or any(name in row["file"] for name in names)):
            yield row


def judge(measure: Measure, row: dict[str, Any], folder: Path, body: str) -> None:
    gold = bare((folder / row["gold"]).read_text(encoding="utf-8"))
    # Subtitles may be kept or dropped: what is optional counts on neither side.
    got = bare(body)
    for text in map(bare, row["optional"]):
        if text not in gold:
            got = got.replace(text, "")
    measure.f1, measure.precision, measure.recall = overlap(got, gold)
    measure.forbidden = len(row["must_not"])
    measure.leaked = [text for text in row["must_not"] if bare(text) in bare(body)]


def ours(row: dict[str, Any], folder: Path, catalogue: Any) -> tuple[Measure, str]:
    from crawler.extract import NoArticle, extract
    from crawler.extract.titles import take_flags

    measure = Measure(Path(row["file"]).stem)
    raw = (folder / row["file"]).read_bytes()
    outlet = outlet_of(row, catalogue) if catalogue is not None else None
    started = time.perf_counter()
    try:
        article = extract(
            raw,
            url=row["url"] or None,
            profiles=outlet.profiles if outlet else (),
            outlet=outlet.id if outlet else None,
        )
    except NoArticle as error:
        measure.notes.append(str(error))
        judge(measure, row, folder, "")
        return measure, ""
    measure.milliseconds = (time.perf_counter() - started) * 1000
    measure.extractor = article.extractor + (f" (drift of {article.drift})" if article.drift else "")
    body = "\n".join(article.body)
    judge(measure, row, folder, body)
    measure.title = bare(article.title) == bare(take_flags(row["title"])[0])
    if not measure.title:
        measure.notes.append(f"title {article.title!r} for {row['title']!r}")
    measure.date = same_minute(article.published_at, row["date"])
    if not measure.date:
        measure.notes.append(f"date {article.published_at} for {row['date']}")
    measure.authors = {author.name for author in article.authors} == set(row["authors"])
    if not measure.authors:
        measure.notes.append(f"authors {[author.name for author in article.authors]} for {row['authors']}")
    if row["modified"] and not same_minute(article.modified_at, row["modified"]):
        measure.notes.append(f"modified {article.modified_at} for {row['modified']}")
    return measure, body


def outlet_of(row: dict[str, Any], catalogue: Any) -> Any:
    """By the URL's host; two pages were kept without their URL, so their outlet is found by its name."""
    return catalogue.for_url(row["url"]) or next((one for one in catalogue if one.name == row["outlet"]), None)


def same_minute(got: datetime | None, wanted: str) -> bool:
    return got is not None and abs((got - datetime.fromisoformat(wanted)).total_seconds()) < 60


def theirs(row: dict[str, Any], folder: Path) -> Measure:
    import trafilatura

    measure = Measure(Path(row["file"]).stem)
    raw = (folder / row["file"]).read_bytes()
    started = time.perf_counter()
    document = trafilatura.bare_extraction(raw, include_comments=False, with_metadata=True)
    measure.milliseconds = (time.perf_counter() - started) * 1000
    judge(measure, row, folder, (document.text or "") if document else "")
    if document:
        measure.title = bare(document.title or "") == bare(row["title"])
        measure.date = (document.date or "") == row["date"][:10]
        measure.authors = {name.strip() for name in (document.author or "").split(";")} == set(row["authors"])
    return measure


def print_table(measures: list[Measure]) -> None:
    print(f"{'page':28} {'F1':>6} {'prec':>6} {'rec':>6} {'leak':>5} title date auth {'ms':>6}  extractor")
    for m in measures:
        marks = " ".join(f"{'ok' if good else '--':>4}" for good in (m.title, m.date, m.authors))
        figures = f"{m.f1:6.3f} {m.precision:6.3f} {m.recall:6.3f} {len(m.leaked):5}"
        print(f"{m.name:28} {figures} {marks} {m.milliseconds:6.1f}  {m.extractor}")
        for note in (*m.notes, *(f"leaked {text!r}" for text in m.leaked)):
            print(f"{'':30}{note}")


def totals(label: str, measures: list[Measure]) -> str:
    count = len(measures)

    def mean(name: str) -> float:
        return sum(getattr(m, name) for m in measures) / count

    def right(name: str) -> str:
        return f"{sum(getattr(m, name) for m in measures)}/{count}"

    leaked = f"{sum(len(m.leaked) for m in measures)} of {sum(m.forbidden for m in measures)}"
    return (
        f"{label:26} F1 {mean('f1'):.4f}  precision {mean('precision'):.4f}  recall {mean('recall'):.4f}  "
        f"worst {min(m.f1 for m in measures):.3f}  leaked {leaked}  title {right('title')}  date {right('date')}  "
        f"authors {right('authors')}  {mean('milliseconds'):.1f} ms/page"
    )


def show_lost(row: dict[str, Any], folder: Path, body: str) -> None:
    """Gold lines that are missing and body lines that are not in the gold."""
    gold = (folder / row["gold"]).read_text(encoding="utf-8")
    for line in gold.splitlines():
        if bare(line) and bare(line) not in bare(body):
            print(f"  lost  {line[:110]}")
    for line in body.splitlines():
        if bare(line) not in bare(gold):
            print(f"  extra {line[:110]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", help="parts of page names; none: all pages")
    parser.add_argument("--no-profiles", action="store_true", help="read every page as if its outlet were unknown")
    parser.add_argument("--lost", action="store_true", help="show the lines that are missing or too much")
    arguments = parser.parse_args()
    folder = corpus_folder()
    if not (folder / "pages.jsonl").is_file():
        print(f"No corpus at {folder}: set ZGC_CORPUS to its folder. Nothing was measured.")
        return 0
    from crawler.catalogue import load_catalogue
    from crawler.extract import extract

    # Rules are compiled at the first page: that is not a page's time.
    extract(f"<html><body><div id='articleBody'><p>{'예시 문장을 읽어 본다. ' * 9}</p></div></body></html>".encode())
    catalogue = None if arguments.no_profiles else load_catalogue()
    measures: list[Measure] = []
    plain: list[Measure] = []
    for row in rows(folder, arguments.pages):
        measure, body = ours(row, folder, catalogue)
        measures.append(measure)
        plain.append(theirs(row, folder))
        if arguments.lost:
            print(row["file"])
            show_lost(row, folder, body)
    print_table(measures)
    print()
    print(totals("zgcwatch" + (" without profiles" if arguments.no_profiles else ""), measures))
    print(totals("trafilatura", plain))
    return 0


if __name__ == "__main__":
    sys.exit(main())
