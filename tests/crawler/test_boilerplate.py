"""Last lines that recur: suggested with their doubts, removed only once approved, brought back by a rejection."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.boilerplate import learn, suggest
from crawler.extract.article import Article, Reason, Removed
from crawler.extract.boilerplate import LAST_LINES, last_lines, set_aside
from crawler.settings import BoilerplateSettings
from storage.archive import get_article, store_article
from storage.boilerplate import Ending, approved_lines, decide, learned_lines
from storage.text import readable
from tests.storage.drafts import draft

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RULES = BoilerplateSettings(newest_articles=100, least_articles=5, least_share=0.1)
NOTICE = "예시신문은 독자 여러분의 이야기를 싣습니다"
SUBJECTS = ["반도체", "로봇", "배터리", "조선", "항공", "금융", "유통", "게임", "바이오", "통신", "철강", "화학"]


def ending(number, *last, title=None, writers=("홍길동",), body=None):
    told = body or (f"예시 회사 {number}호가 공장을 지었다.", f"직원은 {number}명이다.", f"매출은 {number}억원이다.")
    subject = SUBJECTS[number % len(SUBJECTS)]
    return Ending(f"https://a.example/{number}", title or f"{subject} 소식 {number}", writers, (*told, *last))


def endings(*last, number=20, **options):
    return [ending(index, *last, **options) for index in range(number)]


def found(rows, rules=RULES):
    return {suggestion.line: suggestion for suggestion in suggest(rows, rules)}


def test_a_notice_under_articles_of_all_kinds_is_suggested_without_doubt():
    suggestion = found(endings(NOTICE))[NOTICE]
    assert (suggestion.articles, suggestion.doubt) == (20, None)
    assert suggestion.sample_urls == tuple(f"https://a.example/{number}" for number in range(5))


def test_one_article_counts_once_and_few_are_not_enough():
    assert found([*endings(number=30), *endings(NOTICE, NOTICE, number=4)]) == {}
    assert found(endings(NOTICE, number=5) + endings(number=46)) == {}
    assert found(endings(NOTICE, number=5) + endings(number=45)) != {}


def test_only_the_last_lines_are_looked_at():
    far = [ending(number, NOTICE, "가", "나다라 하나", "마바사 둘", f"아자차 {number}") for number in range(20)]
    assert NOTICE not in found(far)


def test_the_weather_series_is_a_series():
    weather = [ending(number, "미세먼지 농도는 좋음 수준", title=f"[날씨] 서울 맑음 {number}일") for number in range(8)]
    doubt = found([*weather, *endings(number=40)])["미세먼지 농도는 좋음 수준"].doubt
    assert doubt == "most of its articles have '날씨' in the headline, others do not: a series"


def test_a_refrain_of_one_writer_is_that_writers():
    serial = [ending(number, "그리고 우리는 다시 걷는다", writers=("김표본",)) for number in range(10)]
    assert "김표본" in found([*serial, *endings(number=40)])["그리고 우리는 다시 걷는다"].doubt


@pytest.mark.parametrize(
    ("line", "doubt"),
    [("[끝]", "end mark"), ("자세한 내용은 회사 누리집에서 볼 수 있다.", "sentence"), ("<끝>", "end mark")],
)
def test_marks_and_told_sentences_are_doubted(line, doubt):
    assert doubt in found(endings(line))[line].doubt


def test_a_line_that_stands_inside_texts_as_well_is_doubted():
    inside = [
        ending(100 + number, body=("첫 문장이다.", NOTICE, "둘째다.", "셋째다.", f"{number}째다."))
        for number in range(8)
    ]
    assert "inside the text of 8" in found([*endings(NOTICE), *inside])[NOTICE].doubt


def test_long_paragraphs_are_text():
    assert found(endings("가나다라 마바사. " * 40)) == {}


ARTICLE = Article(url=None, outlet="a", title="제목", body=("하나다.", "둘이다.", "셋이다."))


def with_body(*body, removed=()):
    return Article(url=None, outlet="a", title="제목", body=body, removed=removed)


def test_an_approved_last_line_goes_to_removed_with_its_reason():
    before = with_body("하나다.", "둘이다.", NOTICE, removed=(Removed("공유", Reason.TOOLBAR),))
    after = set_aside(before, {NOTICE})
    assert after.body == ("하나다.", "둘이다.")
    assert after.removed == (Removed("공유", Reason.TOOLBAR), Removed(NOTICE, Reason.BOILERPLATE))


def test_inside_the_text_and_as_the_only_block_it_stays():
    inside = with_body("하나다.", NOTICE, "둘이다.", "셋이다.", "넷이다.")
    assert set_aside(inside, {NOTICE}) is inside
    only = with_body(NOTICE)
    assert set_aside(only, {NOTICE}) is only


def test_spaces_and_width_do_not_matter_letters_do():
    body = ("하나다.", NOTICE.replace(" ", "\u00a0 "), NOTICE + "!")
    assert set_aside(with_body(*body), {NOTICE}).body == ("하나다.", NOTICE + "!")


def test_any_number_of_approved_lines_at_the_end_goes():
    lines = [f"알림 {number}" for number in range(6)]
    assert set_aside(with_body("하나다.", *lines), frozenset(lines)).body == ("하나다.",)


TEXT = st.text(alphabet="가나다 .", min_size=1, max_size=6)


@given(st.lists(TEXT, min_size=1, max_size=9), st.frozensets(TEXT, max_size=4))
def test_nothing_is_lost_or_moved_and_once_is_enough(body, lines):
    approved = frozenset(map(readable, lines))
    before = with_body(*body)
    after = set_aside(before, approved)
    assert after.body[0] == body[0]
    assert sorted([*after.body, *(block.text for block in after.removed)]) == sorted(body)
    rest = iter(body)
    assert all(block in rest for block in after.body), "the order is kept"
    assert all(readable(block.text) in approved for block in after.removed)
    assert not set(last_lines(after.body)) & approved
    assert set_aside(after, approved) == after
    assert set_aside(before, frozenset()) is before


def test_what_may_be_boilerplate_is_never_the_first_block():
    assert last_lines(("하나",)) == ()
    assert last_lines(("하나", "둘")) == ("둘",)
    assert len(last_lines(tuple("가나다라마바사"))) == LAST_LINES


def fill(database, number=12, line=NOTICE):
    with database.writer() as session:
        return [
            store_article(
                session,
                draft(
                    f"a/{index}",
                    title=f"{SUBJECTS[index % len(SUBJECTS)]} 소식 {index}",
                    body=(
                        f"{SUBJECTS[index % len(SUBJECTS)]} 회사가 공장 {index}곳을 지었다고 {index}일 밝혔다.",
                        line,
                    ),
                ),
                now=NOW,
            ).article_id
            for index in range(number)
        ]


def test_learning_suggests_and_deletes_nothing(database):
    ids = fill(database)
    assert learn(database, ["a", "b"], RULES, now=NOW) == 1
    assert learn(database, ["a"], RULES, now=NOW) == 0
    with database.reader() as session:
        [line] = learned_lines(session)
        assert (line.outlet, line.line, line.state, line.articles) == ("a", NOTICE, "suggested", len(ids))
        assert len(line.sample_urls) == 5
        assert approved_lines(session, "a") == frozenset()
        assert all(get_article(session, one).body[-1] == NOTICE for one in ids)


def test_a_decision_stays_and_can_be_taken_back(database):
    fill(database)
    learn(database, ["a"], RULES, now=NOW)
    for state in ("approved", "rejected", "approved"):
        with database.writer() as session:
            [line] = learned_lines(session, outlet="a")
            assert [one.state for one in decide(session, [line.id], state, now=NOW)] == [state]
        learn(database, ["a"], RULES, now=NOW)
        with database.reader() as session:
            assert [one.state for one in learned_lines(session)] == [state]
            assert approved_lines(session, "a") == ({NOTICE} if state == "approved" else frozenset())
            assert approved_lines(session, "b") == frozenset()
            assert learned_lines(session, state="suggested") == []


def test_a_suggestion_that_no_longer_holds_is_dropped_a_decision_is_not(database):
    fill(database)
    learn(database, ["a"], RULES, now=NOW)
    strict = BoilerplateSettings(least_articles=50)
    learn(database, ["a"], strict, now=NOW)
    with database.writer() as session:
        assert learned_lines(session) == []
    learn(database, ["a"], RULES, now=NOW)
    with database.writer() as session:
        decide(session, [learned_lines(session)[0].id], "rejected", now=NOW)
    learn(database, ["a"], strict, now=NOW)
    with database.reader() as session:
        assert len(learned_lines(session)) == 1
