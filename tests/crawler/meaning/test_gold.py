"""How well facts are read, on the labelled sets of tests/gold (see its README)."""

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
from tests.gold.feeds import digest_of, feed_folder, feed_items


def test_the_sets_are_as_large_as_they_should_be():
    assert len(labelled_sentences()) >= 300
    assert len(labelled_expressions()) >= 250
    headlines, items = labelled_headlines(), labelled_feed_items()
    assert len(headlines) + len(items) >= 300
    every_set = ("relevance.txt", "relevance_hard.txt", "relevance_unseen.txt")
    assert len(items) >= sum(len(labelled_headlines(name)) for name in every_set)
    assert len(headlines) >= 150
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


@pytest.mark.parametrize("ending", ["_hard", "_unseen"])
def test_sets_that_were_written_to_mislead(ending):
    names = measure.entities(labelled_sentences(f"entities{ending}.txt"), held_out=None)
    assert min(names.precision, names.recall) >= 0.98, names.wrong
    amounts = measure.amounts(labelled_expressions(f"amounts{ending}.txt"), held_out=None)
    assert amounts.exact >= 0.99, amounts.wrong
    deals = measure.deals(labelled_deals(f"deals{ending}.txt"), held_out=None)
    assert deals.f1 >= 0.95, deals.wrong
    headlines = measure.relevance(labelled_headlines(f"relevance{ending}.txt"))
    assert headlines.f1 >= 0.95, headlines.wrong


@pytest.mark.corpus
def test_relevance_of_real_feed_items():
    if feed_folder() is None:
        pytest.skip("the folder of real feed items is not here (ZGC_CORPUS)")
    items = feed_items()
    keys = {digest_of(title): (title, lead) for title, lead in items.items()}
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
