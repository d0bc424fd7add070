import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.archive import revisions_of, store_article
from storage.archive.difference import MOST_EDITS, Reason, Version, difference
from tests.storage.drafts import BODY, HOUR, NOW, draft

TITLE = "중관춘 로봇 기업, 4억달러 유치"
TEXT = (
    "샘플로보는 24일 베이징에서 4억1000만달러를 유치했다고 밝혔다.",
    "예시민 대표는 “상장을 준비한다”고 말했다. 협력사 3곳이 직원 5명을 보냈다.",
)


def judge(title=TITLE, body=TEXT, before=TEXT):
    return difference(Version(TITLE, None, before), Version(title, None, body))


def changed(old, new):
    assert any(old in text for text in TEXT)
    return tuple(text.replace(old, new) for text in TEXT)


MATERIAL = [
    ("4억1000만", "4억2000만", Reason.AMOUNT),
    ("4억1000만달러", "4.1달러", Reason.AMOUNT),
    ("24일", "25일", Reason.AMOUNT),
    ("3곳이 직원 5명", "5곳이 직원 3명", Reason.AMOUNT),
    ("예시민 대표", "예시만 대표", Reason.NAME),
    ("샘플로보는", "샘플로버는", Reason.NAME),
    ("베이징에서", "상하이에서", Reason.TEXT),
    ("준비한다", "포기한다", Reason.TEXT),
    ("말했다.", "말했다. 주가는 올랐다.", Reason.TEXT),
    ("협력사 3곳이 직원 5명을 보냈다.", "", Reason.AMOUNT),
    ("샘플로보는", "SampleRobo는", Reason.NAME),
]
COSMETIC = [
    ("밝혔다", "밝혓다", Reason.TYPO),
    ("밝혔다", "밟혔다", Reason.TYPO),
    ("샘플로보는", "샘플로보가", Reason.TYPO),
    ("4억1000만달러", "4.1억달러", Reason.TYPO),
    ("유치했다고 밝혔다", "유치했다고밝혔다", Reason.SPACING),
    ("24일 ", "24일, ", Reason.PUNCTUATION),
    ("“상장을 준비한다”", '"상장을 준비한다"', Reason.PUNCTUATION),
    ("대표는 ", "대표는… ", Reason.PUNCTUATION),
]


@pytest.mark.parametrize(("old", "new", "reason"), MATERIAL)
def test_what_a_reader_has_to_know(old, new, reason):
    found = judge(body=changed(old, new))
    assert (found.verdict, found.reasons[0]) == ("material", reason), found.edits


@pytest.mark.parametrize(("old", "new", "reason"), COSMETIC)
def test_what_changes_nothing(old, new, reason):
    found = judge(body=changed(old, new))
    assert (found.verdict, found.reasons) == ("cosmetic", (reason,)), found.edits


@pytest.mark.parametrize(("old", "new"), [("4억", "5억"), ("유치", "조달"), ("로봇 ", "")])
def test_another_headline_is_material(old, new):
    found = judge(title=TITLE.replace(old, new))
    assert (found.verdict, found.reasons) == ("material", (Reason.HEADLINE,))
    assert all(edit.field == "title" for edit in found.edits)


def test_a_comma_in_the_headline_is_not():
    assert judge(title=TITLE.replace(",", "")).verdict == "cosmetic"


def test_a_slip_that_stood_right_elsewhere_is_a_slip():
    before = ("샘플로버는 로봇을 만든다. 샘플로보는 상장을 준비한다.",)
    after = ("샘플로보는 로봇을 만든다. 샘플로보는 상장을 준비한다.",)
    assert judge(body=after, before=before).reasons == (Reason.TYPO,)


def test_a_name_exchanged_everywhere_is_a_name():
    before = ("누밍테크가 문을 열었다. 누밍테크는 크다.",)
    after = ("사온테크가 문을 열었다. 사온테크는 크다.",)
    assert judge(body=after, before=before).reasons == (Reason.NAME,)


def test_what_reads_the_same_has_no_edits():
    assert judge(body=(" ".join(TEXT),)).edits == ()


def test_a_long_list_ends_with_what_matters_least():
    before = tuple(f"문장 {number}번이다 ." for number in range(90))
    after = (*(f"문장 {number}번이다." for number in range(90)), "새 문장이 하나 있다.")
    found = judge(body=after, before=before)
    assert len(found.edits) == MOST_EDITS
    assert found.is_material


@given(st.lists(st.text(max_size=40), max_size=4), st.lists(st.text(max_size=40), max_size=4))
def test_no_text_is_too_odd(one, other):
    found = judge(body=tuple(other), before=tuple(one))
    assert found.verdict in {"material", "cosmetic"}
    assert bool(found.edits) == bool(found.reasons)


@given(st.lists(st.text(max_size=40), max_size=4))
def test_the_same_text_is_never_different(body):
    assert judge(body=tuple(body), before=tuple(body)).edits == ()


@pytest.mark.parametrize(
    ("new", "verdict", "reason"),
    [
        (BODY[0].replace("4억1000만", "4억2000만"), "material", "amount"),
        (BODY[0].replace("밝혔다", "밝혓다"), "cosmetic", "typo"),
    ],
)
def test_the_verdict_is_kept_with_the_revision(database, new, verdict, reason):
    with database.writer() as session:
        first = store_article(session, draft(), now=NOW)
        store_article(session, draft(body=(new, *BODY[1:])), now=NOW + HOUR)
    with database.reader() as session:
        before, after = revisions_of(session, first.article_id)
    assert (before.verdict, before.reasons, before.edits) == (None, None, None)
    assert (after.verdict, after.reasons) == (verdict, [reason])
    [(field, why, _, _)] = after.edits
    assert (field, why) == ("body", reason)
