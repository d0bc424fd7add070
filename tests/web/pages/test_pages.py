"""What the pages show, to whom, and what they never show."""

import csv
import io
import re
from datetime import timedelta

import pytest

from digest.message import UNSUBSCRIBE_HERE
from storage.archive import store_article
from storage.health import outlet_marks
from storage.models.digest import DigestIssue
from storage.subscribers import subscriber_by_address
from storage.watches import watch_row
from tests.web.conftest import LEAD, NOON, draft
from tests.web.pages.archive import ROBO
from tests.web.pages.conftest import HTML, TOOLS, browser_of
from web.pages.desk import Tools

OPERATORS = ("/subscribers", "/subscribers/new", "/watches", "/watches/new", "/watches/default", "/settings",
             "/watches/default/matches", "/digests/preview", "/digests/preview/mail")  # fmt: skip


def every_path(samples):
    return [
        "/", "/?day=2026-11-24", "/?day=2026-11-24&entity=sample-robo", "/search", "/search?q=중관춘&order=relevance",
        "/search?outlet=sample-full&since=2026-11-01&until=2026-11-30",
        "/search?entity=sample-robo&section=산업&only=original",
        "/entities", "/entities?q=예시&zgc=1", f"/entities/{ROBO}", "/deals", "/deals?kind=raised&least=1000",
        "/outlets",
        "/outlets/sample-full", "/outlets/sample-none", "/digests", "/digests?show=all", f"/digests/{samples.issue}",
        f"/stories/{samples.story}", *(f"/articles/{number}" for number in samples.articles.values()),
    ]  # fmt: skip


@pytest.fixture
def samples(small):
    return small[1]


@pytest.fixture
def reader(visitor):
    visitor.log_in("minji")
    return visitor


@pytest.fixture
def operator(visitor):
    visitor.log_in()
    return visitor


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_answers_in_each_language(on_both, language):
    browser, samples, _ = on_both
    browser.log_in("op")
    browser.post("/preferences", {"language": language})
    for path in (*every_path(samples), *OPERATORS, f"/subscribers/{samples.subscriber}"):
        answer = browser.get(path)
        assert answer.status_code == 200, (path, answer.text[-300:])
        if not path.endswith("/mail"):
            assert f'<html lang="{language}"' in answer.text
            assert answer.text.count("<h1") == 1, path


def test_no_page_has_a_script_or_a_style_of_its_own(operator, small):
    """What the policy forbids is not there in the first place."""
    for path in (*every_path(small[1]), *OPERATORS[:-1], "/login", "/nothing"):
        text = operator.get(path).text
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", text), path


def test_headers_of_a_page(operator, small):
    answer = operator.get("/outlets")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    mail = operator.get(f"/digests/{small[1].issue}/mail")
    assert "sandbox" in mail.headers["content-security-policy"]
    assert "allow-scripts" not in mail.headers["content-security-policy"]
    assert "script-src" not in mail.headers["content-security-policy"]


def test_what_operators_do_is_not_for_readers(reader, samples):
    for path in (*OPERATORS, f"/subscribers/{samples.subscriber}"):
        answer = reader.get(path)
        assert answer.status_code == 403, path
        assert "운영자만" in answer.text
    for path in ("/outlets/sample-full/disable", "/outlets/sample-full/test", "/subscribers", "/watches"):
        assert reader.post(path, {"why": "x"}).status_code == 403, path
    assert "쉬게 하기" not in reader.get("/outlets/sample-full").text
    assert "analyst@example.com" not in reader.get(f"/digests/{samples.issue}").text
    assert 'href="/settings"' not in reader.get("/").text


class TestArticles:
    def test_a_licence_decides_what_is_shown(self, reader, samples):
        shown = {name: reader.get(f"/articles/{number}").text for name, number in samples.articles.items()}
        assert "금액은 5억" in shown["full"]
        assert "둘째 문단 excerpt" not in shown["excerpt"]
        assert LEAD[:30] in shown["excerpt"]
        assert LEAD[:30] not in shown["headline"]
        assert "중관춘 로봇 headline" in shown["headline"]
        assert "중관춘 로봇 none" not in shown["none"]
        for text in ("중관춘 로봇 gone", LEAD[:30]):
            assert text not in shown["gone"]
        assert "언론사가 이 기사를 내려서" in shown["gone"]

    def test_no_list_shows_more_than_the_licence(self, reader, samples):
        for path in ("/?day=2026-11-24", "/search", "/search?q=중관춘", "/search?q=로봇", f"/entities/{ROBO}",
                     "/outlets/sample-none", f"/stories/{samples.story}", "/deals"):  # fmt: skip
            text = reader.get(path).text
            assert "중관춘 로봇 none" not in text, path
            assert "둘째 문단 headline" not in text, path
            assert "둘째 문단 none" not in text, path

    def test_versions_are_shown_as_what_changed(self, reader, samples):
        text = reader.get(f"/articles/{samples.articles['full']}").text
        assert "<ins>" in text
        assert "수정</ins>" in text

    def test_changed_sentences_of_a_headline_outlet_are_counted_only(self, reader, small, samples):
        with small[0].writer() as session:
            new = draft(2, "sample-headline", title="중관춘 로봇 새 제목", body=(f"2. {LEAD}", "비밀은 7억달러"))
            store_article(session, new, now=NOON + timedelta(hours=2))
        text = reader.get(f"/articles/{samples.articles['headline']}").text
        assert "7억달러" not in text
        assert "새 제목" in text
        assert "본문 변경" in text

    @pytest.mark.parametrize("path", ["/articles/0", "/articles/x", "/articles/99999", "/articles/9999999999999999999"])
    def test_one_that_is_not_there(self, reader, path):
        answer = reader.get(path)
        assert answer.status_code == 404
        assert "이 주소에는 아무것도 없습니다" in answer.text


class TestSearch:
    def test_hits_are_marked_and_counted(self, reader):
        text = reader.get("/search?q=중관춘은").text
        assert "<mark>중관춘</mark>" in text
        assert "4건" in text

    def test_facets_narrow_and_widen(self, reader):
        text = reader.get("/search?q=중관춘&outlet=sample-full").text
        assert 'href="/search?q=%EC%A4%91%EA%B4%80%EC%B6%98&amp;outlet=sample-excerpt"' in text
        assert 'aria-current="true"' in text
        assert "1건" in text

    def test_pages_of_hits_have_no_gap_and_no_repeat(self, on_both):
        reader, _, database = on_both
        reader.log_in()
        for number in range(100, 145):
            with database.writer() as session:
                store_article(session, draft(number, title=f"나눠 보기 {number}"), now=NOON + timedelta(minutes=number))
        seen, path = [], "/search?q=나눠 보기"
        while path:
            text = reader.get(path).text
            seen += re.findall(r"</mark> (\d{3})</span>", text)
            following = re.search(r'rel="next" href="([^"]+)"', text)
            path = following[1].replace("&amp;", "&") if following else None
        assert seen == [str(number) for number in reversed(range(100, 145))]

    @pytest.mark.parametrize(
        "query", ["since=yesterday", "after=AAAA", "order=price", "since=0001-01-01", "q=" + "a" * 1001]
    )
    def test_a_wrong_address_is_a_sentence(self, reader, query):
        answer = reader.get(f"/search?{query}")
        assert answer.status_code == 400
        assert "text/html" in answer.headers["content-type"]

    def test_empty_fields_ask_for_nothing(self, reader):
        assert reader.get("/search?q=&outlet=&since=&until=&order=newest&utm_source=mail").status_code == 200


class TestStories:
    def test_a_day_has_its_stories_and_the_way_to_others(self, reader, samples):
        text = reader.get("/?day=2026-11-24").text
        assert f'href="/stories/{samples.story}"' in text
        assert "3곳 보도" in text
        assert "day=2026-11-23" in text
        assert "이날 확인한 이슈가 없습니다" in reader.get("/?day=2026-11-20").text

    def test_without_a_day_it_is_today_in_korea(self, reader, clock):
        assert "오늘의 이슈" in reader.get("/").text
        clock.now = NOON.replace(hour=15)  # the 25th in Korea
        reader.log_in()
        text = reader.get("/").text
        assert "11월 25일 (수)" in text
        assert 'href="/?day=2026-11-24"' in text

    def test_one_story_with_its_line_and_its_corrections(self, reader, samples):
        text = reader.get(f"/stories/{samples.story}").text
        for words in ("보도 순서", "첫 보도", "수정된 기사", "<ins>", "언론사 3곳", "4억1,000만 달러"):
            assert words in text
        assert text.index("샘플 full") < text.index("샘플 headline") < text.index("샘플 none")

    def test_an_id_that_was_given_up_leads_on(self, reader, samples):
        answer = reader.get(f"/stories/{samples.merged}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/stories/{samples.story}")
        assert reader.get("/stories/9999").status_code == 404


class TestDeals:
    def test_the_table_and_its_file_say_the_same(self, reader):
        text = reader.get("/deals").text
        assert "4억1,000만 달러" in text
        assert "4,360억 원" in text
        answer = reader.get("/deals.csv")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert re.fullmatch(r'attachment; filename="deals-\d{4}-\d\d-\d\d\.csv"', answer.headers["content-disposition"])
        [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        assert (row["kind"], row["value"], row["krw"]) == ("raised", "410000000", "436000000000")
        assert "투자받았다" in row["evidence"]

    def test_filters(self, reader):
        assert "맞는 딜이 없습니다" in reader.get("/deals?least=4361").text
        assert "4억1,000만 달러" in reader.get("/deals?least=4360&investor=예시캐피탈&currency=USD").text
        assert "맞는 딜이 없습니다" in reader.get("/deals?kind=listed").text
        assert len(reader.get("/deals.csv?kind=listed").text.splitlines()) == 1
        assert reader.get("/deals?least=-1").status_code == 400


class TestEntities:
    def test_one_with_trend_companions_deals_and_articles(self, reader):
        text = reader.get(f"/entities/{ROBO}").text
        assert "최근 26주 동안 주별 기사 수, 모두 3건" in text
        assert text.count('<rect class="fill"') == 1
        assert "예시단지" in text
        assert "4억1,000만 달러" in text
        assert reader.get("/entities/nobody").status_code == 404

    def test_a_part_of_a_name_finds_it(self, reader):
        assert ROBO in reader.get("/entities?q=samplerobo").text
        assert "맞는 이름이 없습니다" in reader.get("/entities?q=%25").text


class TestOutlets:
    def test_health_with_since_why_and_thirty_visits(self, reader):
        text = reader.get("/outlets").text
        assert "응답 없음 1" in text
        assert "2일째" in text
        assert "no answer" in text
        line = re.search(r'<svg class="spark".*?</svg>', text, re.DOTALL)[0]
        assert line.count("<rect") == 1 + 30
        assert line.count('class="bad"') == 3
        assert text.index("샘플 full") < text.index("샘플 headline")

    def test_an_operator_lets_one_rest_and_takes_it_up(self, operator, small):
        database = small[0]
        operator.post("/outlets/sample-full/disable", {"why": "asks us to stay away"})
        with database.reader() as session:
            assert outlet_marks(session)["sample-full"].disabled_why == "asks us to stay away"
        assert "asks us to stay away" in operator.get("/outlets/sample-full").text
        operator.post("/outlets/sample-full/enable")
        with database.reader() as session:
            assert outlet_marks(session)["sample-full"].disabled_at is None
        assert operator.post("/outlets/nobody/enable").status_code == 404

    def test_a_test_shows_its_steps_and_stores_nothing(self, operator):
        answer = operator.post("/outlets/sample-full/test")
        assert answer.headers["location"] == "/outlets/sample-full#test"
        text = operator.get("/outlets/sample-full").text
        assert "sample-full may be read" in text
        assert "503 Service Unavailable" in text
        assert operator.post("/outlets/nobody/test").status_code == 404

    def test_a_process_that_cannot_test_offers_none(self, small):
        with browser_of(small[0], tools=Tools()) as browser:
            browser.log_in()
            assert "지금 시험하기" not in browser.get("/outlets/sample-full").text
            assert browser.post("/outlets/sample-full/test").status_code == 303
            assert browser.get("/watches").status_code == 404
            assert browser.get("/settings").status_code == 200


class TestDigests:
    def test_issues_and_their_deliveries(self, operator, small):
        text = operator.get("/digests").text
        assert "[중관춘 데일리] 예시" in text
        assert "미룸 1" in text
        assert "소식 없음" not in text
        assert "소식 없음" in operator.get("/digests?show=all").text
        text = operator.get(f"/digests/{small[1].issue}").text
        assert "analyst@example.com" in text
        assert "451 try later" in text
        assert f'src="/digests/{small[1].issue}/mail"' in text
        assert operator.get(f"/digests/{small[1].empty_issue}/mail").status_code == 404
        assert operator.get("/digests/999").status_code == 404

    def test_the_mail_is_the_one_that_was_frozen(self, operator, small):
        answer = operator.get(f"/digests/{small[1].issue}/mail")
        assert "<p style='color:red'>메일</p>" in answer.text

    def test_no_link_of_a_mail_leads_to_the_place_of_a_readers_own(self, operator, small):
        kept = f'<p>메일 <a class="a" href="{UNSUBSCRIBE_HERE}" style="">그만 받기</a></p>'
        with small[0].writer() as session:
            row = session.get_one(DigestIssue, small[1].issue)
            row.html, row.text = kept, f"메일\n그만 받기:\n{UNSUBSCRIBE_HERE}\n"
        for path in ("", "/mail"):
            answer = operator.get(f"/digests/{small[1].issue}{path}").text
            assert "메일" in answer
            assert "unsubscribe.invalid" not in answer

    def test_a_preview_keeps_nothing(self, operator, clock):
        clock.now += timedelta(hours=2)
        assert "<iframe" in operator.get("/digests/preview").text
        assert "샘플" in operator.get("/digests/preview/mail").text
        assert operator.get("/digests/preview?watch=nobody").status_code == 404
        assert operator.get("/digests/preview/mail?watch=nobody").status_code == 404
        assert operator.get("/digests?show=all").text.count("<tr>") == 1 + 2


class TestReaders:
    def test_one_is_added_changed_and_removed(self, operator, small):
        database = small[0]
        new = {"address": "new@example.com", "language": "en", "format": "text", "watches": ["default"]}
        assert operator.post("/subscribers", new).headers["location"] == "/subscribers"
        with database.reader() as session:
            row = subscriber_by_address(session, "new@example.com")
        assert (row.profile.language, row.profile.excerpts, row.watches) == ("en", False, ("default",))
        operator.post(f"/subscribers/{row.id}", {"language": "ko", "format": "html", "excerpts": "1", "watches": []})
        with database.reader() as session:
            row = subscriber_by_address(session, "new@example.com")
        assert (row.profile.language, row.profile.excerpts, row.watches) == ("ko", True, ())
        operator.post(f"/subscribers/{row.id}/remove")
        with database.reader() as session:
            assert subscriber_by_address(session, "new@example.com").state == "unsubscribed"
        operator.post(f"/subscribers/{row.id}/remove", {"forget": "1"})
        with database.reader() as session:
            assert subscriber_by_address(session, "new@example.com") is None

    @pytest.mark.parametrize("address", ["no address", "a@b@c", "x@example.com\r\nBcc: y@example.com", ""])
    def test_what_is_no_address_is_said(self, operator, address):
        answer = operator.post("/subscribers", {"address": address, "watches": ["default"]})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text

    def test_one_that_is_there_is_said(self, operator):
        answer = operator.post("/subscribers", {"address": "Analyst@example.com", "watches": ["default"]})
        assert answer.status_code == 422
        assert "is a reader already" in answer.text


NEW_WATCH = {
    "name": "robots",
    "title": "로봇",
    "kind": "daily",
    "must": "로봇|휴머노이드",
    "not": "주가\n증시",
    "days": "mon thu",
    "cutoff": "06:00",
    "deliver_at": "06:30",
    "timezone": "Asia/Seoul",
    "no_news": "skip",
}


class TestWatches:
    def test_one_is_added_changed_tried_and_removed(self, operator, small):
        database = small[0]
        assert operator.post("/watches", NEW_WATCH).headers["location"] == "/watches/robots"
        with database.reader() as session:
            row = watch_row(session, "robots")
        assert row.rules["must"] == ["로봇|휴머노이드"]
        assert row.rules["never"] == ["주가", "증시"]
        assert row.schedule["days"] == ["mon", "thu"]
        page = operator.get("/watches/robots").text
        assert "로봇|휴머노이드" in page
        operator.post("/watches/robots", {**NEW_WATCH, "paused": "1", "must": ""})
        with database.reader() as session:
            assert watch_row(session, "robots").paused
        assert "맞습니다" in operator.get("/watches/robots/matches").text
        assert operator.post("/watches/robots/remove").headers["location"] == "/watches"
        assert operator.get("/watches/robots").status_code == 404

    @pytest.mark.parametrize(
        "wrong", [{"name": "Robots!"}, {"deliver_at": "05:00"}, {"days": "someday"}, {"name": "default"}]
    )
    def test_what_does_not_fit_is_said_and_the_form_keeps_what_was_typed(self, operator, wrong):
        answer = operator.post("/watches", {**NEW_WATCH, **wrong})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "로봇|휴머노이드" in answer.text

    def test_that_of_the_settings_is_shown_and_not_changed_here(self, operator):
        assert "[digest]" in operator.get("/watches/default").text
        assert operator.post("/watches/default", NEW_WATCH).status_code == 422
        assert operator.post("/watches/default/remove").status_code == 405


def test_settings_are_shown_by_section_with_secrets_as_stars(operator):
    text = operator.get("/settings").text
    assert "[web.login]" in text
    assert "********" in text
    assert "비어 있음" in text


class TestPreferences:
    def test_language_and_colours_are_kept_in_the_browser(self, visitor):
        assert '<html lang="ko" data-theme="auto">' in visitor.get("/login").text
        visitor.post("/preferences", {"language": "en", "theme": "dark"})
        assert '<html lang="en" data-theme="dark">' in visitor.get("/login").text
        visitor.post("/preferences", {"language": "xx", "theme": "<b>"})
        assert '<html lang="en" data-theme="dark">' in visitor.get("/login").text

    @pytest.mark.parametrize(
        ("header", "language"),
        [
            ("en-US,en;q=0.9,ko;q=0.8", "en"),
            ("ko", "ko"),
            ("fr,en;q=0.5", "en"),
            ("de", "ko"),
            ("", "ko"),
            ("en;q=1..2, ko;q=0.1", "ko"),
        ],
    )
    def test_a_new_visitor_gets_the_browsers_language(self, visitor, header, language):
        assert f'<html lang="{language}"' in visitor.get("/login", headers={"Accept-Language": header}).text


@pytest.mark.parametrize(
    "path",
    [
        "/assets/..%2f..%2fapp.py", "/assets/../app.py", "/assets/%2e%2e/templates/login.html.j2",
        "/assets//etc/passwd",
        "/assets/pages.css%00", "/assets/....//app.py", "/assets/ko.toml", "/assets/", "/assets/..\\app.py",
    ],
)  # fmt: skip
def test_no_address_becomes_a_path_of_the_file_system(visitor, path):
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_files_of_the_pages_may_be_kept(visitor):
    address = re.search(r'href="(/assets/pages\.css\?v=\w+)"', visitor.get("/login").text)[1]
    answer = visitor.get(address)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert visitor.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


class TestErrors:
    def test_people_get_a_page_and_programs_a_problem(self, operator):
        assert "이 주소에는 아무것도 없습니다" in operator.get("/nothing").text
        assert operator.client.get("/nothing").headers["content-type"] == "application/problem+json"
        for path in ("/v1/nothing", "/v1/articles/0"):
            assert operator.get(path).headers["content-type"] == "application/problem+json", path
        assert operator.client.post("/outlets", headers=HTML).status_code == 405

    def test_a_failure_says_nothing_of_itself(self, operator, monkeypatch):
        def broken(*_):
            raise RuntimeError("the secret of the house")

        monkeypatch.setattr("web.pages.routes.outlets.health_rows", broken)
        answer = operator.get("/outlets")
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "서버에 문제가 생겼습니다" in answer.text

    def test_a_database_that_is_away_is_said_without_needing_it(self, operator, monkeypatch):
        from storage.errors import DatabaseUnreachable

        def away(*_, **__):
            raise DatabaseUnreachable("postgresql://***")

        monkeypatch.setattr("web.login.door.session_of", away)
        answer = operator.get("/outlets")
        assert answer.status_code == 503
        assert "데이터베이스가 응답하지 않습니다" in answer.text


def test_pages_are_not_part_of_the_api(operator):
    assert TOOLS.test_outlet is not None
    assert not [
        path for path in operator.client.get("/openapi.json").json()["paths"] if path.startswith(("/login", "/out"))
    ]
