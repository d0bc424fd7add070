"""kiwi's morphemes in FTS5, run by a Python that has kiwipiepy: texts and queries in, numbers of the first ten out."""

import json
import sqlite3
import sys

from kiwipiepy import Kiwi  # type: ignore[import-not-found, unused-ignore]


def main() -> None:
    given = json.load(sys.stdin)
    analyser = Kiwi()

    def morphemes(text: str) -> str:
        found = analyser.tokenize(text)
        return " ".join(token.form for token in found if token.tag[0] in "NSXVMU" and token.tag[:2] != "XS")

    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE f USING fts5(title, body, tokenize='unicode61')")
    rows = ((number, morphemes(title), morphemes(body)) for number, title, body in given["texts"])
    connection.executemany("INSERT INTO f (rowid, title, body) VALUES (?, ?, ?)", rows)
    statement = "SELECT rowid FROM f WHERE f MATCH ? ORDER BY bm25(f, 4.0, 1.0) LIMIT ?"

    def ask(text: str) -> list[int]:
        words = " AND ".join(f'"{word}"' for word in morphemes(text.replace('"', "")).split())
        return [row[0] for row in connection.execute(statement, (words, given["first"]))] if words else []

    json.dump([ask(query) for query in given["queries"]], sys.stdout)


if __name__ == "__main__":
    main()
