"""How well facts are read, on the labelled sets of tests/gold (see its README)."""

import hashlib
import html
import re

import pytest

from benchmarks.meaning import measure
from tests.gold import (
    labelled_deals,
    labelled_expressions,
    labelled_feed_items,
    labelled_headlines,
    labelled_sentences,
)
from tests.gold.feeds import feed_folder, feed_items


def test_the_sets_are_as_large_as_they_should_be():
    assert len(labelled_sentences()) >= 300
    assert len(labelled_expressions()) >= 250
    headlines, items = labelled_headlines(), labelled_feed_items()
    assert len(headlines) + len(items) >= 300
    assert len(items) >= len(headlines)
    assert sum(sentence.held_out for sentence in labelled_sentences()) >= 100


@pytest.mark.parametrize("held_out", [False, True], ids=["seen", "held out"])
def test_entities(held_out):
    score = measure.entities(labelled_sentences(), held_out=held_out)
    assert score.precision >= 0.98, score.wrong
    assert score.recall >= 0.97, score.wrong


@pytest.mark.parametrize("held_out", [False, True], ids=["seen", "held out"])
def test_amounts(held_out):
    score = measure.amounts(labelled_expressions(), held_out=held_out)
    assert score.exact >= (0.98 if held_out else 0.99), score.wrong


@pytest.mark.parametrize("held_out", [False, True], ids=["seen", "held out"])
def test_deals(held_out):
    score = measure.deals(labelled_deals(), held_out=held_out)
    assert score.f1 >= (0.85 if held_out else 0.95), score.wrong


@pytest.mark.parametrize("held_out", [False, True], ids=["seen", "held out"])
def test_relevance_of_headlines(held_out):
    score = measure.relevance([row for row in labelled_headlines() if row.held_out is held_out])
    assert score.f1 >= 0.95, score.wrong


@pytest.mark.corpus
def test_relevance_of_real_feed_items():
    if feed_folder() is None:
        pytest.skip("the folder of real feed items is not here (ZGC_CORPUS)")
    items = feed_items()
    keys = {hashlib.sha256(title.encode()).hexdigest()[:16]: (title, lead) for title, lead in items.items()}
    labels = labelled_feed_items()
    assert set(labels) <= set(keys)
    labelled = [(*keys[key], label) for key, label in labels.items()]
    own = [(row.title, row.lead, row.relevant) for row in labelled_headlines()]
    score = measure.relevance_of([*own, *labelled])
    assert score.f1 >= 0.95, score.wrong
    everything = measure.relevance_of([(title, lead, False) for title, lead in items.items()])
    assert len(everything.wrong) <= 0.005 * len(items), everything.wrong


def test_feed_items_are_read_without_markup():
    assert re.sub("<[^>]+>", "", html.unescape("&lt;b&gt;중국&lt;/b&gt;")) == "중국"
