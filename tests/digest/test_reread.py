"""An article that a newer extractor reads differently was not corrected by its outlet: no mail says so."""

from dataclasses import replace
from datetime import timedelta

from storage.archive import get_article
from storage.reextraction import rewrite
from storage.told import texts_of
from tests.digest.archive import NOW, add_outlets, put, words_of

LEAK = "누리신문에서 더 많은 소식을 볼 수 있다는 안내가 이어졌다."


def reread(database, article_id, **values):
    with database.reader() as session:
        before = get_article(session, article_id)
    with database.writer() as session:
        assert rewrite(session, before, replace(before, **values), now=NOW + timedelta(hours=2))
    with database.reader() as session:
        return before.revision, get_article(session, article_id).revision


def test_the_text_readers_were_told_counts_as_it_is_read_today(database):
    with database.writer() as session:
        add_outlets(session)
        article_id = put(session, "alpha", 1, body=(*words_of(1), LEAK))
    told, reread_as = reread(database, article_id, body=words_of(1))
    with database.reader() as session:
        assert texts_of(session, {told, reread_as}) == {
            told: ("중관춘 소식 alpha 1", words_of(1)),
            reread_as: ("중관춘 소식 alpha 1", words_of(1)),
        }


def test_a_correction_after_that_is_one(database):
    with database.writer() as session:
        add_outlets(session)
        article_id = put(session, "alpha", 1, body=(*words_of(1), LEAK))
    told, _ = reread(database, article_id, body=words_of(1))
    with database.writer() as session:
        put(session, "alpha", 1, title="중관춘 소식, 정정", now=NOW + timedelta(hours=3))
    with database.reader() as session:
        newest = get_article(session, article_id)
        assert texts_of(session, {told})[told] == ("중관춘 소식 alpha 1", words_of(1))
        assert texts_of(session, {newest.revision})[newest.revision] == ("중관춘 소식, 정정", words_of(1))
