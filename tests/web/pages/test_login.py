"""Who gets in, how long, and what a stranger may try."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from storage.logins import add_user, remove_user, set_password, user_named
from storage.models.logins import LoginAttempt, WebSession
from tests.web.conftest import NOON
from tests.web.pages.archive import HASH, PASSWORD
from tests.web.pages.conftest import HTML, TOKEN, browser_of
from web.limits import place_of
from web.login import passwords
from web.login.door import MOST, WINDOW

HTTPS = "https://news.example"
PAGES = (
    "/", "/search", "/entities", "/deals", "/deals.csv", "/outlets", "/digests", "/articles/1", "/stories/1",
    "/digests/1/mail", "/subscribers", "/watches", "/settings", "/digests/preview",
)  # fmt: skip


def cookie(answer, name):
    return next(line for line in answer.headers.get_list("set-cookie") if line.startswith(f"{name}="))


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_a_page_without_a_login(visitor, path):
    answer = visitor.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")
    assert "예시" not in answer.text


def test_a_login_opens_the_pages_and_leads_to_the_one_that_was_wanted(visitor):
    browser = visitor
    wanted = browser.get("/search?q=중관춘").headers["location"]
    assert wanted == "/login?next=%2Fsearch%3Fq%3D%25EC%25A4%2591%25EA%25B4%2580%25EC%25B6%2598"
    answer = browser.log_in(next="/search?q=%EC%A4%91%EA%B4%80%EC%B6%98")
    assert (answer.status_code, answer.headers["location"]) == (303, "/search?q=%EC%A4%91%EA%B4%80%EC%B6%98")
    assert browser.get("/search?q=중관춘").status_code == 200
    assert browser.get("/login").headers["location"] == "/"


@pytest.mark.parametrize(
    ("name", "password"), [("op", "wrong horse battery"), ("nobody", PASSWORD), ("", ""), ("op", "")]
)
def test_a_wrong_name_and_a_wrong_password_look_the_same(visitor, name, password):
    answer = visitor.log_in(name, password)
    assert answer.status_code == 401
    assert "이름이나 비밀번호가 맞지 않습니다" in answer.text
    assert visitor.session is None


def test_names_are_compared_without_case_and_outer_spaces(visitor):
    assert visitor.log_in("  OP ").status_code == 303


def test_the_key_is_kept_as_a_hash_only(visitor, small):
    visitor.log_in()
    with small[0].reader() as session:
        [row] = session.scalars(select(WebSession))
    assert visitor.session.encode() not in row.digest
    assert len(row.digest) == 32


def test_the_cookie_is_for_this_site_alone(small):
    with browser_of(small[0], base=HTTPS, peer="203.0.113.7") as browser:
        answer = browser.log_in()
        line = cookie(answer, "__Host-zgcwatch")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(line.split("; "))
        assert "Domain" not in line
        assert browser.get("/").status_code == 200
    with browser_of(small[0]) as browser:
        assert "Secure" not in cookie(browser.log_in(), "zgcwatch")


def test_over_plain_http_only_this_machine_may_log_in(small):
    with browser_of(small[0], base="http://news.example", peer="203.0.113.7") as browser:
        assert "암호화되지 않아" in browser.get("/login").text
        assert browser.log_in().status_code == 403
        assert browser.session is None
    with browser_of(small[0], base="http://news.example", peer="203.0.113.7", login={"plain_http": True}) as browser:
        assert browser.log_in().status_code == 303


def test_a_session_ends_when_it_is_not_used_and_in_any_case(on_both, clock):
    """By default after 12 hours and after 7 days."""
    browser, _, _ = on_both
    browser.log_in()
    for _ in range(14):
        clock.now += timedelta(hours=11)
        assert browser.get("/outlets").status_code == 200
    clock.now += timedelta(hours=13)
    assert browser.get("/outlets").status_code == 303
    browser.log_in()
    for _ in range(16):
        clock.now += timedelta(hours=11)
        browser.get("/outlets")
    assert browser.get("/outlets").status_code == 303


def test_the_use_of_a_session_is_written_now_and_then_only(visitor, small, clock):
    visitor.log_in()

    def seen():
        with small[0].reader() as session:
            return session.scalars(select(WebSession.last_seen_at)).one()

    first = seen()
    clock.now += timedelta(minutes=4)
    visitor.get("/outlets")
    assert seen() == first
    clock.now += timedelta(minutes=1)
    visitor.get("/outlets")
    assert seen() == first + timedelta(minutes=5)


def test_logging_out_ends_the_session_in_the_archive(on_both):
    browser, _, _ = on_both
    browser.log_in()
    key = browser.session
    answer = browser.post("/logout")
    assert answer.headers["location"] == "/login"
    assert browser.session is None
    browser.plant("zgcwatch", key)
    assert browser.get("/outlets").status_code == 303


def test_a_key_that_was_planted_is_never_the_key_of_a_session(on_both):
    """Session fixation: whatever the visitor comes with, the login gives another key and the old one opens nothing."""
    browser, _, database = on_both
    planted = "A" * 43
    browser.plant("zgcwatch", planted)
    browser.plant("zgcwatch-form", "B" * 43)
    assert browser.log_in().status_code == 303
    assert browser.session not in {planted, "B" * 43}
    first = browser.session
    browser.get("/outlets")
    browser.post("/login", {"name": "op", "password": PASSWORD})
    assert browser.session != first
    with database.reader() as session:
        assert len(session.scalars(select(WebSession)).all()) == 1
    browser.plant("zgcwatch", first)
    assert browser.get("/outlets").status_code == 303


@pytest.mark.parametrize("where", ["?zgcwatch={key}", "?session={key}", "?token={key}", "?form_token={key}"])
def test_no_key_in_an_address_opens_anything(visitor, where):
    visitor.log_in()
    key = visitor.session
    visitor.client.cookies.clear()
    assert visitor.get(f"/outlets{where.format(key=key)}").status_code == 303
    assert visitor.client.get("/outlets", headers={**HTML, "Authorization": f"Bearer {key}"}).status_code == 200
    assert "/login" in str(visitor.client.get("/outlets", headers={"Authorization": f"Bearer {key}"}).url)


def test_no_page_has_a_key_or_a_token_in_an_address(visitor, small):
    visitor.log_in()
    for path in (
        "/",
        "/search?q=중관춘",
        "/outlets",
        "/digests",
        f"/articles/{small[1].articles['full']}",
        "/settings",
    ):
        text = visitor.get(path).text
        assert visitor.session not in text
        assert "form_token=" not in text


def test_another_password_and_a_removal_end_all_sessions(on_both):
    browser, _, database = on_both
    browser.log_in()
    with database.writer() as session:
        set_password(session, "op", HASH)
    assert browser.get("/outlets").status_code == 303
    browser.log_in()
    with database.writer() as session:
        remove_user(session, "op")
    assert browser.get("/outlets").status_code == 303
    assert browser.log_in().status_code == 401


def test_a_hash_of_weaker_parameters_is_made_anew(visitor, small, monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher())
    with small[0].writer() as session:
        add_user(session, "old", "reader", password=HASH, now=NOON)
    assert visitor.log_in("old").status_code == 303
    with small[0].reader() as session:
        assert user_named(session, "old")[1].startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    visitor.post("/logout")
    assert visitor.log_in("old").status_code == 303


class TestTries:
    def test_after_five_the_next_has_to_wait(self, on_both, clock):
        browser, _, _ = on_both
        for _ in range(MOST.pair):
            assert browser.log_in(password="wrong horse battery").status_code == 401
        clock.now += timedelta(minutes=5)
        answer = browser.log_in()
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "600"
        assert "10분 뒤에" in answer.text
        # A try that was refused does not make the wait longer.
        clock.now += timedelta(minutes=10)
        assert browser.log_in().status_code == 303

    def test_a_login_forgives_what_was_mistyped(self, visitor):
        for _ in range(3):
            for _ in range(MOST.pair - 1):
                visitor.log_in(password="wrong horse battery")
            assert visitor.log_in().status_code == 303
            visitor.post("/logout")

    def test_one_address_and_one_name_have_their_limits_too(self, small, clock):
        def tries(count, **options):
            """What a person who was never here gets in the end."""
            with browser_of(small[0], clock=clock, **options) as browser:
                return [browser.post("/login", {"name": name, "password": "x"}).status_code for name in count][-1]

        assert tries([f"guess{number}" for number in range(MOST.address)]) == 401
        assert tries(["op"]) == 429
        clock.now += WINDOW
        assert tries(["op"]) == 401

    def test_others_are_not_locked_out_by_one_who_guesses(self, small, clock):
        remote = {"base": HTTPS, "clock": clock}
        with browser_of(small[0], peer="203.0.113.7", **remote) as browser:
            for _ in range(MOST.pair + 1):
                answer = browser.log_in(password="wrong horse battery")
            assert answer.status_code == 429
        with browser_of(small[0], peer="203.0.113.8", **remote) as browser:
            assert browser.log_in().status_code == 303

    @pytest.mark.parametrize(
        ("address", "place"),
        [
            ("203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("testclient", "testclient"),
            ("", ""),
        ],
    )
    def test_a_household_of_many_addresses_is_one_place(self, address, place):
        assert place_of(address) == place

    def test_a_try_is_counted_before_the_password_is_looked_at(self, visitor, small, monkeypatch):
        def interrupted(*_):
            raise RuntimeError("the machine was switched off")

        monkeypatch.setattr("web.login.door.opens", interrupted)
        visitor.log_in()
        with small[0].reader() as session:
            assert len(session.scalars(select(LoginAttempt)).all()) == 1


NAMED = {"user_header": "Remote-User"}


class TestProxy:
    def ask(self, database, headers, *, peer="127.0.0.1", path="/outlets", **settings):
        with browser_of(database, peer=peer, base=HTTPS, login=NAMED, **settings) as browser:
            return browser.get(path, headers=headers)

    def test_a_trusted_proxy_says_who_it_is(self, small):
        answer = self.ask(small[0], {"Remote-User": "minji", "X-Forwarded-For": "203.0.113.9"})
        assert answer.status_code == 200
        assert "minji" in answer.text
        assert "로그아웃" not in answer.text

    def test_everybody_else_does_not(self, small):
        headers = {"Remote-User": "op"}
        assert self.ask(small[0], headers, peer="203.0.113.7").status_code == 303
        # Whoever came through the proxy cannot become the proxy by saying so.
        forwarded = {**headers, "X-Forwarded-For": "127.0.0.1"}
        assert self.ask(small[0], forwarded, peer="203.0.113.7").status_code == 303
        assert self.ask(small[0], headers, peer="10.1.2.3", trusted_proxies=("10.1.0.0/16",)).status_code == 200

    def test_a_header_that_was_passed_on_beside_the_proxys_own_is_not_believed(self, small):
        with browser_of(small[0], base=HTTPS, login=NAMED) as browser:
            headers = [("Remote-User", "op"), ("Remote-User", "minji"), ("Accept", "text/html")]
            answer = browser.client.get("/outlets", headers=headers, follow_redirects=False)
        assert answer.status_code == 303

    def test_a_name_that_is_no_user_is_told_so(self, small):
        with browser_of(small[0], base=HTTPS, login=NAMED) as browser:
            assert browser.get("/outlets", headers={"Remote-User": "eve"}).status_code == 303
            assert "등록되지 않은 사용자" in browser.get("/login", headers={"Remote-User": "eve"}).text

    def test_without_the_setting_the_header_is_nothing(self, small):
        with browser_of(small[0], base=HTTPS) as browser:
            assert browser.get("/outlets", headers={"Remote-User": "op"}).status_code == 303

    def test_forms_of_such_visitors_have_tokens_too(self, small):
        with browser_of(small[0], base=HTTPS, login=NAMED) as browser:
            named = {"Remote-User": "op"}
            page = browser.get("/outlets/sample-full", headers=named).text
            assert browser.post("/outlets/sample-full/disable", token="", headers=named).status_code == 403
            answer = browser.post("/outlets/sample-full/disable", token=TOKEN.search(page)[1], headers=named)
            assert answer.status_code == 303

    def test_the_scheme_is_the_proxys_word(self, small):
        with browser_of(small[0], base="http://news.example") as browser:
            headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
            page = browser.get("/login", headers=headers)
            assert "암호화되지 않아" not in page.text
            assert cookie(page, "__Host-zgcwatch-form")
        with browser_of(small[0], base="http://news.example", peer="203.0.113.7") as browser:
            assert "암호화되지 않아" in browser.get("/login", headers=headers).text


def test_the_first_visitor_is_told_how_to_make_a_user(sqlite_database):
    with browser_of(sqlite_database) as browser:
        page = browser.get("/login")
        assert "zgcwatch user add NAME --role operator" in page.text
        assert 'name="password"' not in page.text
        assert browser.log_in().status_code == 401
        with sqlite_database.writer() as session:
            add_user(session, "op", "operator", password=HASH, now=NOON)
        assert browser.log_in().status_code == 303


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
        "/\r\nLocation: https://evil.example", "https:evil.example", "/\t/evil.example",
        "///evil.example", "data:text/html,x", " //evil.example", "/\n/evil.example", "http:///evil.example", "evil",
    ],
)  # fmt: skip
def test_no_login_leads_to_another_site(visitor, target):
    assert visitor.get("/login", params={"next": target}).status_code == 200
    answer = visitor.log_in(next=target)
    assert answer.headers["location"] == "/"
    assert visitor.get("/login", params={"next": target}).headers["location"] == "/"
    assert visitor.post("/preferences", {"language": "en", "next": target}).headers["location"] == "/"
