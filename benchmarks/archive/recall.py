"""Labelled questions: which texts that answer stand among the first ten; beside SQLite's trigrams and kiwi."""

import json
import sqlite3
import subprocess
import tomllib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.archive.generator import articles, names, with_particle
from storage.archive import store_article
from storage.database import Database
from storage.search import search
from storage.search.query import parse
from storage.search.tokenizer import runs

FILE = Path(__file__).with_name("queries.toml")
FIRST = 10
NAMES = 120
# Operators of both databases, quotes, numbers, NUL, a lone surrogate, marks that nobody sees.
ODD = "중관춘은는이가 \"'*:()-+^&|!\\\x00AN DORT1.,%百科٣\u200b\ud83d"
Ask = Callable[[str], list[int]]


@dataclass(frozen=True)
class Question:
    """One way to type a question, and the articles that answer it."""

    text: str
    kind: str
    answers: frozenset[int]


def questions(database: Database, distractors: int, seen: Any) -> tuple[list[Question], list[tuple[int, str, str]]]:
    """Store the labelled texts among made-up articles; gives the questions and all texts (id, title, body)."""
    asked: list[Question] = []
    texts: list[tuple[int, str, str]] = []
    for place, entry in enumerate(tomllib.loads(FILE.read_text(encoding="utf-8"))["question"]):
        answers = [_store(database, texts, f"q{place}-{n}", text, seen) for n, text in enumerate(entry["find"])]
        for n, text in enumerate(entry["not"]):
            _store(database, texts, f"n{place}-{n}", text, seen)
        asked += [Question(text, "domain", frozenset(answers)) for text in entry["ask"]]
    looked_for = {_compact("".join(run.stem for run in runs(question.text))) for question in asked}
    looked_for = {word for word in looked_for if len(word) > 1 and not word.isdigit()}
    for start in range(1, distractors + 1, 500):
        with database.writer() as session:
            for draft, when in articles(start, min(500, distractors - start + 1), copies=0.0):
                if any(word in _compact(f"{draft.title} {' '.join(draft.body)}") for word in looked_for):
                    continue  # it would answer a labelled question without a label
                stored = store_article(session, draft, now=when)
                texts.append((stored.article_id, draft.title, "\n".join(draft.body)))
    return asked + _names(texts), texts


def _compact(text: str) -> str:
    return "".join(text.casefold().split())


def _store(database: Database, texts: list[tuple[int, str, str]], name: str, text: str, seen: Any) -> int:
    [(draft, _)] = articles(8_000_000, 1)
    url = f"https://labelled.example/news/{name}"
    made = replace(
        draft,
        outlet="labelled",
        canonical_url=url,
        article_number=name,
        title="예시 글",
        body=(text,),
        page=replace(draft.page, url=url),
    )
    with database.writer() as session:
        found = store_article(session, made, now=seen).article_id
    texts.append((found, made.title, text))
    return found


def _names(texts: list[tuple[int, str, str]]) -> list[Question]:
    """Names that three to ten articles have, alone, with a particle, and two words as one."""
    asked = []
    for name in names().companies[400:]:
        holders = frozenset(number for number, title, body in texts if _holds(name, f"{title}\n{body}"))
        if 3 <= len(holders) <= FIRST:
            asked.append(Question(name, "name", holders))
            asked.append(Question(with_particle(name, "은"), "name + particle", holders))
            if len(name) >= 5:
                asked.append(Question(f"{name[:-2]} {name[-2:]}", "name with a space", holders))
        if len(asked) >= NAMES * 2:
            break
    return asked


def _holds(name: str, text: str) -> bool:
    """The name as a word of its own, with or without a particle: 가나 is not in 가나테크."""
    return name in text and any(run.stem == name for run in runs(text))


def measure(
    database: Database, distractors: int, seen: Any, *, kiwi: Path | None, peers: bool
) -> dict[str, dict[str, float]]:
    """Recall among the first ten, by contestant and kind of question; `kiwi` is a Python that has kiwipiepy."""
    asked, texts = questions(database, distractors, seen)
    found = {"zgcwatch": _recall(asked, ours(database))}
    if peers:
        found["FTS5 trigram"] = _recall(asked, trigram(texts))
    if peers and kiwi is not None:
        found["kiwi"] = _recall(asked, with_kiwi(kiwi, texts, [question.text for question in asked]))
    return found


def _recall(asked: list[Question], ask: Ask) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for question in asked:
        first = ask(question.text)[:FIRST]
        share = len(question.answers.intersection(first)) / len(question.answers)
        found.setdefault(question.kind, []).append(share)
        found.setdefault("all", []).append(share)
    return {kind: round(sum(shares) / len(shares), 3) for kind, shares in found.items()} | {
        "queries": float(len(asked))
    }


def ours(database: Database) -> Ask:
    def ask(text: str) -> list[int]:
        with database.reader() as session:
            return [hit.id for hit in search(session, text, limit=FIRST, newest_first=False).items]

    return ask


def trigram(texts: list[tuple[int, str, str]]) -> Ask:
    """What SQLite brings: its trigram tokenizer with bm25, the words ANDed as users expect."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE f USING fts5(title, body, tokenize='trigram')")
    connection.executemany("INSERT INTO f (rowid, title, body) VALUES (?, ?, ?)", texts)

    def ask(text: str) -> list[int]:
        words = " AND ".join(f'"{word}"' for word in text.replace('"', "").split())
        statement = "SELECT rowid FROM f WHERE f MATCH ? ORDER BY bm25(f, 4.0, 1.0) LIMIT ?"
        with closing(connection.cursor()) as cursor:
            return [row[0] for row in cursor.execute(statement, (words, FIRST))] if words else []

    return ask


def with_kiwi(python: Path, texts: list[tuple[int, str, str]], asked: list[str]) -> Ask:
    """Morphemes of kiwipiepy in FTS5, worked out by another Python: half a gigabyte that ours does not need."""
    given = json.dumps({"texts": texts, "queries": asked, "first": FIRST})
    script = Path(__file__).with_name("kiwi_peer.py")
    done = subprocess.run([python, script], input=given, capture_output=True, text=True, check=True)
    answers = dict(zip(asked, json.loads(done.stdout), strict=True))
    return answers.__getitem__


def parser_raised(examples: int) -> int:
    """How many of so many queries that hypothesis makes up raise in the parser."""
    raised: list[str] = []

    @settings(max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(st.text(), st.text(alphabet=ODD, max_size=60)))
    def tried(query: str) -> None:
        try:
            parse(query)
        except Exception:  # noqa: BLE001 - counting them is the point
            raised.append(query)

    tried()
    return len(raised)
