"""Exports of a real archive, read back and compared with the database."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.archive import note_missing, store_article
from storage.export import article_schema, export_row, formats, iter_articles, record_of
from storage.export import manifest as manifests
from storage.export.cells import COLUMNS
from storage.export.folder import Plan, export_folder
from storage.export.formats import FORMATS
from storage.export.manifest import ExportError, read, verify
from storage.export.row import ExportedArticle
from storage.position import Place
from tests.storage.drafts import BODY, HOUR, NOW, draft

KST = ZoneInfo("Asia/Seoul")
HOSTILE = '=HYPERLINK("https://x.example")'


@pytest.fixture
def filled(database):
    """Articles of every kind: a copy, one with everything missing, one gone, one with texts a table stumbles over."""
    with database.writer() as session:
        store_article(session, draft("a/1", published_at=NOW - HOUR), now=NOW)
        store_article(session, draft("b/1"), now=NOW + HOUR)
        store_article(
            session,
            draft(
                "c/1",
                title=HOSTILE,
                subtitle="",
                body=("-1", "줄\r\n바꿈\n\n둘", '따옴표 "셋"', "쉼표, 넷"),
                section="@산업",
                keywords=("=로봇", "중관춘"),
                image_url="https://c.example/1.jpg",
                paywalled=True,
            ),
            now=NOW + HOUR,
        )
        store_article(
            session,
            draft("d/1", title="빈 기사", body=("한 문단뿐이다.",), authors=(), removed=(), topics=(), language=None),
            now=NOW + HOUR,
        )
        gone = draft("e/1", title="내려간 기사", body=("이 기사는 내려간다.",))
        store_article(session, gone, now=NOW + HOUR)
        note_missing(session, url=gone.canonical_url, status=410, now=NOW + HOUR, confirm_after=timedelta(0))
    return database


def export(database, folder, form="jsonl", **plan):
    return export_folder(database, folder, Plan(form, **plan), now=NOW, zone=KST)


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_read_back_equals_the_database(filled, tmp_path, form):
    if form == "parquet":
        pytest.importorskip("pyarrow")
    manifest = export(filled, tmp_path / "out", form, articles_a_part=2)
    assert (manifest.articles, manifest.gone) == (5, 1)
    assert verify(tmp_path / "out") == manifest
    assert [record_of(row) for row in read(tmp_path / "out")] == list(iter_articles(filled))
    assert len(manifest.files) == (1 if FORMATS[form].grows else 3)


@pytest.mark.parametrize("form", ["jsonl", "csv", "sqlite"])
def test_a_file_of_the_first_minor_version_is_read_and_continued(filled, tmp_path, monkeypatch, form):
    new = {"keywords", "image", "paywalled"}
    monkeypatch.setattr(formats, "COLUMNS", {name: kind for name, kind in COLUMNS.items() if name not in new})
    rows = [export_row(article, KST) for article in iter_articles(filled)]
    old = [{name: value for name, value in row.items() if name not in new} for row in rows]
    file = tmp_path / f"old{FORMATS[form].suffix}"
    FORMATS[form].write(file, old)
    monkeypatch.undo()
    found = [record_of(row) for row in FORMATS[form].read(file)]
    assert [article.title for article in found] == [row["title"] for row in rows]
    assert {(article.keywords, article.image_url, article.paywalled) for article in found} == {((), None, None)}
    if FORMATS[form].grows:
        FORMATS[form].write(file, rows)
        assert list(FORMATS[form].read(file)) == sorted(rows, key=lambda row: row["id"])


def test_rows_fit_the_published_schema(filled, tmp_path):
    export(filled, tmp_path / "out")
    for line in (tmp_path / "out" / "articles-00001.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        assert set(row) == set(article_schema()["properties"]) == set(article_schema()["required"])
        ExportedArticle.model_validate(row)
        assert row["first_seen_at"].endswith("+09:00")


def test_the_next_export_brings_what_changed_since(filled, tmp_path):
    first = export(filled, tmp_path / "1")
    assert export(filled, tmp_path / "2", since=Place.parse(first.cursor)).articles == 0
    with filled.writer() as session:
        store_article(session, draft("a/1", title="고친 제목"), now=NOW + 2 * HOUR)
    second = export(filled, tmp_path / "3", since=Place.parse(first.cursor))
    assert [row["title"] for row in read(tmp_path / "3") if row["outlet"] == "a"] == ["고친 제목"]
    assert int(second.cursor.split("-")[0]) > int(first.cursor.split("-")[0])


@pytest.mark.parametrize("form", ["jsonl", "sqlite"])
def test_an_export_that_was_cut_off_goes_on_where_it_stopped(filled, tmp_path, monkeypatch, form):
    out, written = tmp_path / "out", []

    def dies(done, _total):
        written.append(done)

    row = export_row
    calls = iter(range(100))

    def failing(article, zone):
        if next(calls) == 3:
            raise KeyboardInterrupt
        return row(article, zone)

    monkeypatch.setattr("storage.export.folder.export_row", failing)
    with pytest.raises(KeyboardInterrupt):
        export_folder(filled, out, Plan(form, articles_a_part=2), now=NOW, zone=KST, progress=dies)
    monkeypatch.undo()
    with pytest.raises(ExportError, match="resume"):
        verify(out)
    with pytest.raises(ExportError, match="cut off"):
        export(filled, out, form)
    with pytest.raises(ExportError, match="another export"):
        export(filled, out, "csv", resume=True)
    with filled.writer() as session:  # the cursor is that of the beginning, so the next export brings this
        store_article(session, draft("a/1", title="고친 제목"), now=NOW + 2 * HOUR)
    manifest = export(filled, out, form, resume=True, articles_a_part=2)
    assert verify(out) == manifest
    assert [row["id"] for row in read(out)] == [article.id for article in iter_articles(filled)]
    caught_up = export(filled, tmp_path / "next", since=Place.parse(manifest.cursor))
    assert "고친 제목" in {row["title"] for row in read(tmp_path / "next")}
    assert caught_up.since == manifest.cursor


def test_a_folder_with_something_in_it_is_left_alone(filled, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ExportError, match="not empty"):
        export(filled, tmp_path)
    export(filled, tmp_path / "out")
    with pytest.raises(ExportError, match="finished export"):
        export(filled, tmp_path / "out", resume=True)
    with pytest.raises(ExportError, match="cannot be written"):
        export(filled, tmp_path / "notes.txt")


def test_verify_notices_what_was_changed(filled, tmp_path):
    out = tmp_path / "out"
    export(filled, out)
    file = out / "articles-00001.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole.replace("중관춘".encode(), "중관천".encode(), 1))
    with pytest.raises(ExportError, match="not the file"):
        verify(out)
    file.unlink()
    with pytest.raises(ExportError, match="missing"):
        verify(out)
    (out / manifests.NAME).write_text("{}")
    with pytest.raises(ExportError, match="no manifest"):
        verify(out)
    with pytest.raises(ExportError, match="name the folder"):
        verify(tmp_path)


def test_a_reader_refuses_a_newer_major_version_and_takes_a_newer_minor(filled, tmp_path):
    export(filled, tmp_path / "out")
    file = tmp_path / "out" / manifests.NAME
    found = json.loads(file.read_text())
    file.write_text(json.dumps({**found, "schema_version": "1.7"}))
    assert verify(tmp_path / "out").schema_version == "1.7"
    file.write_text(json.dumps({**found, "schema_version": "2.0"}))
    with pytest.raises(ExportError, match="newer zgcwatch"):
        list(read(tmp_path / "out"))


def test_csv_is_for_excel_and_runs_no_formula(filled, tmp_path):
    export(filled, tmp_path / "out", "csv")
    raw = (tmp_path / "out" / "articles-00001.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\"'=HYPERLINK" in raw
    assert b",=HYPERLINK" not in raw


def test_the_sqlite_file_can_be_asked(filled, tmp_path):
    export(filled, tmp_path / "out", "sqlite")
    with closing(sqlite3.connect(tmp_path / "out" / "articles.db")) as connection:
        [(count,)] = connection.execute(
            "SELECT count(*) FROM articles, json_each(articles.body) WHERE json_each.value = ?", (BODY[0],)
        )
    assert count == 2


def test_without_pyarrow_the_sentence_says_how_to_get_it(filled, tmp_path, monkeypatch):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr("storage.export.formats.import_module", absent)
    with pytest.raises(Exception, match=r"zgcwatch\[parquet\]"):
        export(filled, tmp_path / "out", "parquet")


def test_progress_reaches_its_end(filled, tmp_path):
    heard = []
    export_folder(
        filled,
        tmp_path / "out",
        Plan("jsonl"),
        now=NOW,
        zone=KST,
        progress=lambda done, total: heard.append((done, total)),
    )
    assert heard[-1] == (5, 5)
