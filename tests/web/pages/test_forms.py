"""Forms are ours, small, and of the visitor who sends them."""

import pytest
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st

from tests.web.pages.conftest import HTML, TOKEN, browser_of
from web.login.tokens import form_token, is_form_token
from web.pages.addresses import inside, link
from web.pages.app import ROOMS

BY_LINK = {"/unsubscribe/{token}", "/confirm/{token}", "/issues/{token}"}  # the link of a mail is the proof


def posts():
    routes = [route for room in ROOMS for route in room.router.routes if isinstance(route, APIRoute)]
    return [route.path for route in routes if "POST" in route.methods and route.path not in BY_LINK]


def filled_in(path):
    values = {"outlet_id": "sample-full", "subscriber_id": "1", "name": "robots"}
    return path.format(**values)


def test_every_form_needs_the_token_of_its_visitor(visitor, small):
    """Each address that takes a form, with every wrong token there is."""
    visitor.log_in()
    paths = posts()
    assert len(paths) >= 12
    with browser_of(small[0]) as other:
        other.log_in("minji")
        strangers = other.token(other.seen_at)
    for path in paths:
        for token in ("", "x", strangers, form_token("guess"), f"{strangers.partition('.')[0]}."):
            answer = visitor.post(filled_in(path), {"name": "op", "why": "x"}, token=token)
            # A sign-up that is closed has no form at all.
            assert answer.status_code == (404 if path == "/subscribe" else 403), (path, token)


def test_a_get_changes_nothing(visitor):
    visitor.log_in()
    for path in posts():
        assert visitor.get(filled_in(path)).status_code in {200, 303, 404, 405}, path
    assert visitor.get("/outlets").status_code == 200
    assert "쉬는 중" not in visitor.get("/outlets").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1.evil.example"},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_the_token(visitor, headers):
    visitor.log_in()
    answer = visitor.post("/outlets/sample-full/disable", headers=headers)
    assert answer.status_code == 403
    assert "다른 사이트" in answer.text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://127.0.0.1"}, {}])
def test_a_form_of_ours_is_taken(visitor, headers):
    visitor.log_in()
    assert visitor.post("/outlets/sample-full/disable", headers=headers).status_code == 303


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"form_token=x", "multipart/form-data; boundary=x", 415),
        (b"form_token=x", "text/plain", 415),
        (b"a=" + b"b" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"\xff\xfe=1", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a=1" for _ in range(300)), "application/x-www-form-urlencoded", 400),
        (b"name=%00&form_token=x", "application/x-www-form-urlencoded", 400),
        (b"name=%ff", "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_no_form_is_refused(visitor, content, kind, status):
    visitor.get("/login")
    answer = visitor.client.post("/login", content=content, headers={**HTML, "Content-Type": kind})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")


def test_a_visitor_without_a_cookie_can_send_nothing(visitor):
    token = visitor.token()
    visitor.client.cookies.clear()
    assert visitor.post("/login", {"name": "op"}, token=token).status_code == 403


def test_tokens_differ_from_page_to_page_and_all_hold(visitor):
    first, second = (TOKEN.search(visitor.get("/login").text)[1] for _ in range(2))
    assert first != second
    for token in (first, second):
        assert visitor.post("/preferences", {"theme": "dark"}, token=token).status_code == 303


@given(st.text(), st.text(), st.text())
def test_a_token_opens_with_its_key_alone(key, other, token):
    assert is_form_token(key, form_token(key))
    assert is_form_token(other, form_token(key)) == (key.encode("utf-8", "replace") == other.encode("utf-8", "replace"))
    assert not is_form_token(key, token)


@given(st.text(alphabet=st.sampled_from("/\\.:@?#%\t\n a-z0123456789évil")))
def test_an_address_that_is_believed_stays_on_this_site(address):
    found = inside(address)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert found.isprintable()


def test_links_leave_out_what_is_not_asked_for():
    assert link("/search", q="a b&c", outlet=None, section="") == "/search?q=a+b%26c"
    assert link("/search") == "/search"
