"""Reports and their edits, stored in several orders: are relations and heads the same each time?"""

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from benchmarks.archive.edits import Body, copies
from benchmarks.archive.generator import START, articles
from storage.archive import store_article
from storage.database import Database
from storage.models.archive import Article, Relation

STORIES = 20
ORDERS = 4

# (article, other, kind) and (article, head), each article by its number
Found = tuple[frozenset[tuple[int, int, str]], frozenset[tuple[int, int]]]


def measure(empty: Callable[[], AbstractContextManager[Database]]) -> dict[str, int]:
    """How many verdicts differ between orders of arrival; every article keeps the time at which it was seen."""
    texts = list(_texts())
    found: list[Found] = []
    for number in range(ORDERS):
        arriving = list(enumerate(texts))
        random.Random(number).shuffle(arriving)
        with empty() as database:
            found.append(_stored(database, arriving))
    relations, heads = found[0]
    return {
        "articles": len(texts),
        "orders": ORDERS,
        "relations": len(relations),
        "with a head": len(heads),
        "verdicts that differ": sum(
            len(relations ^ other) + len(heads ^ other_heads) for other, other_heads in found[1:]
        ),
    }


def _texts() -> Iterator[Body]:
    last: Body | None = None
    for pair in copies(1_000, STORIES):
        if pair.one is not last:
            last = pair.one
            yield pair.one
        yield pair.other


def _stored(database: Database, arriving: list[tuple[int, Body]]) -> Found:
    [(draft, _)] = articles(1, 1)
    numbers: dict[int, int] = {}
    for number, body in arriving:
        url = f"https://sample.example/order/{number}"
        made = replace(
            draft, canonical_url=url, article_number=str(number), body=body, page=replace(draft.page, url=url)
        )
        with database.writer() as session:
            stored = store_article(session, made, now=START + timedelta(minutes=number))
        numbers[stored.article_id] = number
    with database.reader() as session:
        ties = session.execute(select(Relation.article_id, Relation.other_id, Relation.kind)).all()
        led = session.execute(select(Article.id, Article.duplicate_of)).all()
    return (
        frozenset((numbers[one], numbers[other], kind) for one, other, kind in ties),
        frozenset((numbers[one], numbers[head]) for one, head in led if head is not None),
    )
