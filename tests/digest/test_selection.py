"""What an issue says, read off real archives: licences, follow-ups, corrections, coverage."""

from datetime import timedelta

import pytest

from digest.issue import compose
from digest.settings import DigestSettings
from storage.digests import issue_text
from tests.digest.archive import NOW, add_outlets, add_source, put, take_down, url_of, words_of

SETTINGS = DigestSettings(recipients=("a@example.com",), sender="digest@example.com")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def archive(database):
    with database.writer() as session:
        add_outlets(session)
    return database


def mail(database, at=NOW, settings=SETTINGS):
    """(subject, html, text) of the issue closed at `at`; None when nothing was mailed."""
    issue = compose(database, settings, window_end=at, now=at)
    if issue is None:
        return None
    with database.reader() as session:
        return issue_text(session, issue.id)


def store(database, outlet, number, **fields):
    with database.writer() as session:
        return put(session, outlet, number, **{"now": NOW - HOUR, **fields})


@pytest.mark.parametrize(
    ("outlet", "headline", "opening"),
    [("delta", False, False), ("beta", True, False), ("alpha", True, True), ("gamma", True, True)],
)
def test_the_licence_of_an_outlet_is_obeyed(archive, outlet, headline, opening):
    store(archive, outlet, 1, title="중관춘의 제목 한 줄")
    for part in mail(archive):
        assert ("중관춘의 제목 한 줄" in part) is headline
    _, html, text = mail_again = _last(archive)
    assert ("중관춘 1번 소식이다." in text) is opening
    assert ("중관춘 1번 소식이다." in html) is opening
    for part in mail_again[1:]:
        assert url_of(outlet, 1) in part
        assert words_of(1)[3] not in part  # never the full text


def _last(database):
    with database.reader() as session:
        return issue_text(session, 1)


def test_a_story_is_told_by_the_first_outlet_whose_headline_may_be_shown(archive):
    store(archive, "delta", 1, published_at=NOW - 3 * HOUR)
    store(archive, "beta", 2, story=1, title="보일 수 있는 제목", published_at=NOW - 2 * HOUR)
    _, _, text = mail(archive)
    assert "1. 보일 수 있는 제목\n      누리신문 · 05:20\n" in text
    assert "함께 보도 1곳\n      - 라온테크 · 04:20\n" in text


def test_reports_of_a_story_stand_in_time_order_with_their_links(archive):
    for hours, outlet in ((5, "gamma"), (4, "alpha"), (3, "beta")):
        store(archive, outlet, hours, story=1, published_at=NOW - hours * HOUR)
    _, html, text = mail(archive)
    assert text.index("다온뉴스 · 02:20") < text.index("가람경제 · 03:20") < text.index("누리신문 · 04:20")
    assert "함께 보도 2곳" in html
    assert all(f'href="{url_of(outlet, n)}"' in html for n, outlet in ((5, "gamma"), (4, "alpha"), (3, "beta")))


def test_the_story_of_most_outlets_stands_first_and_in_the_subject(archive):
    store(archive, "alpha", 1, title="혼자 전한 소식", relevance=9.0)
    store(archive, "beta", 2, title="둘이 전한 소식", relevance=3.0)
    store(archive, "gamma", 3, story=2, title="둘이 전한 소식", relevance=3.0)
    subject, _, _ = mail(archive)
    assert subject == "[중관춘 데일리] 11/24(화) 둘이 전한 소식 외 1건"


def test_a_copy_that_comes_after_the_mail_is_a_follow_up_with_only_what_is_new(archive):
    store(archive, "alpha", 1, title="처음 전한 소식")
    mail(archive)
    store(archive, "beta", 2, story=1, title="뒤따른 소식", now=NOW + HOUR)
    _, html, text = mail(archive, NOW + DAY)
    assert "■ 이어지는 이슈 (1건)" in text
    assert "이어지는 이슈 · 11/24(화) 메일의 “처음 전한 소식”" in " ".join(text.split())
    assert url_of("beta", 2) in text
    assert url_of("alpha", 1) not in text + html
    assert mail(archive, NOW + 2 * DAY) is None


def test_a_follow_up_does_not_quote_a_headline_it_may_not_show(archive):
    store(archive, "delta", 1, title="보이지 않을 제목")
    mail(archive)
    store(archive, "beta", 2, story=1, now=NOW + HOUR)
    _, _, text = mail(archive, NOW + DAY)
    assert "메일의 라온테크 보도" in text
    assert "보이지 않을 제목" not in text


def corrected(number, old, new):
    return tuple(paragraph.replace(old, new) for paragraph in words_of(number))


def test_a_material_correction_reaches_those_who_got_the_first_version(archive):
    store(archive, "alpha", 1, title="21억 위안 유치")
    mail(archive)
    body = corrected(1, "중관춘 1번 소식이다.", "중관춘 77번 소식이다.")
    store(archive, "alpha", 1, title="12억 위안 유치", body=body, now=NOW + HOUR)
    subject, html, text = mail(archive, NOW + DAY)
    assert subject == "[중관춘 데일리] 11/25(수) 수정 1건"
    for line in (
        "[제목·본문 수정] 12억 위안 유치",
        "이전 제목: 21억 위안 유치",
        "이전: 중관춘 1번 소식이다.",
        "이후: 중관춘 77번 소식이다.",
    ):
        assert line in text
    assert "11/24(화) 메일에 실림" in text
    assert "12억 위안 유치" in html
    assert mail(archive, NOW + 2 * DAY) is None


def test_a_correction_shows_no_sentence_of_an_outlet_that_allows_headlines_only(archive):
    store(archive, "beta", 1, title="제목")
    mail(archive)
    store(archive, "beta", 1, title="제목", body=corrected(1, "중관춘 1번", "중관춘 77번"), now=NOW + HOUR)
    _, html, text = mail(archive, NOW + DAY)
    assert "[본문 수정] 제목" in text
    assert "77번" not in text + html


def test_a_correction_before_the_mail_is_just_the_new_text(archive):
    store(archive, "alpha", 1, title="옛 제목", now=NOW - 3 * HOUR)
    store(archive, "alpha", 1, title="새 제목", now=NOW - HOUR)
    subject, _, text = mail(archive)
    assert "새 제목" in subject
    assert "옛 제목" not in text
    assert "수정" not in text
    assert mail(archive, NOW + DAY) is None


def test_a_cosmetic_change_is_not_mailed(archive):
    store(archive, "alpha", 1, title="딥시크, 투자 유치")
    mail(archive)
    store(archive, "alpha", 1, title="딥시크 · 투자유치!", now=NOW + HOUR)
    assert mail(archive, NOW + DAY) is None


def test_a_change_undone_before_the_next_mail_is_not_mailed(archive):
    store(archive, "alpha", 1, title="처음")
    mail(archive)
    store(archive, "alpha", 1, title="중간", now=NOW + HOUR)
    store(archive, "alpha", 1, title="처음", now=NOW + 2 * HOUR)
    assert mail(archive, NOW + DAY) is None


def test_an_article_taken_down_after_the_mail_is_told_without_its_words(archive):
    store(archive, "alpha", 1, title="내려갈 기사")
    mail(archive)
    with archive.writer() as session:
        take_down(session, "alpha", 1, now=NOW + HOUR)
    _, html, text = mail(archive, NOW + DAY)
    assert "[기사 삭제] 가람경제 기사" in text
    assert url_of("alpha", 1) in text
    assert "내려갈 기사" not in text + html
    assert mail(archive, NOW + 2 * DAY) is None


def test_an_article_taken_down_before_the_mail_is_not_told(archive):
    store(archive, "alpha", 1)
    with archive.writer() as session:
        take_down(session, "alpha", 1)
    assert mail(archive) is None


def test_a_correction_of_the_future_waits_for_the_next_mail_without_being_lost(archive):
    store(archive, "alpha", 1, title="처음")
    mail(archive)
    store(archive, "beta", 9, now=NOW + HOUR)
    store(archive, "alpha", 1, title="나중", now=NOW + 2 * HOUR)
    _, _, text = mail(archive, NOW + DAY)
    assert "■ 수정" in text
    assert "누리신문" in text


def test_why_a_story_is_there_is_said_in_the_terms_found(archive):
    store(archive, "alpha", 1, title="딥시크, 중관춘에 연구소")
    _, _, text = mail(archive)
    assert "실은 까닭: 중관춘 · 딥시크" in text or "실은 까닭: 딥시크 · 중관춘" in text


def test_samples_are_marked_wherever_their_name_stands(archive):
    with archive.writer() as session:
        add_outlets(session, sample=True)
    store(archive, "alpha", 1)
    _, html, text = mail(archive)
    assert text.count("가람경제") == text.count("가람경제 (예시)") > 0
    assert "지어낸 것" in html
    assert "지어낸 것" in text


def test_the_coverage_line_tells_who_failed_since_when(archive):
    with archive.writer() as session:
        add_source(session, "alpha", answered_at=NOW - HOUR)
        add_source(session, "beta", failing_since=NOW - timedelta(hours=27, minutes=10))
        add_source(session, "gamma")
        add_source(session, "delta", number=1, answered_at=NOW - HOUR)
        add_source(session, "delta", number=2, failing_since=NOW - HOUR)
    store(archive, "alpha", 1)
    _, _, text = mail(archive)
    line = (
        "확인 범위: 4곳 중 2곳 확인; 누리신문은 11/23 04:10부터 응답 없음; "
        "라온테크는 목록 2개 중 1개가 11/24 06:20부터 응답 없음; 다온뉴스는 이 기간에 확인하지 못함"
    )
    assert sorted(line.split("; ")) == sorted(" ".join(_paragraph(text, "확인 범위")).split("; "))


def _paragraph(text, start):
    lines = text.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(start))
    end = next(n for n, line in enumerate(lines) if n > first and line.startswith("==="))
    return lines[first:end]


def test_hostile_titles_cost_one_item_each_and_no_header(archive):
    titles = ("<script>alert(1)</script>", "가\x00나\ud800다", "\u202e거꾸로", "제목\r\nBcc: x@example.com", "힣" * 500)
    for number, title in enumerate(titles, start=1):
        store(archive, "alpha", number, title=title, body=(f"중관춘 {title}", *words_of(number)[1:]))
    store(archive, "beta", 99, title="멀쩡한 제목", relevance=1.0)
    subject, html, text = mail(archive)
    assert subject.endswith("외 5건")
    assert len(subject.splitlines()) == 1
    assert "<script" not in html
    assert "\u202e" not in html + text
    assert all(url_of("alpha", number) in text for number in range(1, 6))
    assert "멀쩡한 제목" in html
