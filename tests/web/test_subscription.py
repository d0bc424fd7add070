"""Readers come and leave by themselves: what a GET shows, what a POST does, and what nobody can do to somebody else."""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from digest.confirmation import send_confirmations
from digest.links import confirm_url, subscriber_of_token, token, unsubscribe_url
from digest.settings import DigestSettings, SmtpSettings
from storage.subscribers import Profile, add_subscriber, readers_of, subscriber_by_address, subscribers
from tests.digest.mailserver import mail_server
from tests.digest.readers import make_watch
from tests.web.conftest import KST, NOON, bearer, key_of
from web.app import create_app
from web.pages.desk import Tools
from web.settings import WebSettings

BASE = "https://zgc.example.com"
SETTINGS = DigestSettings(sender="digest@example.com", web_url=BASE, sign_up=True)
HTML = {"accept": "text/html", "accept-language": "en"}
DOORS = (
    *(("GET", "watches"), ("PUT", "watches"), ("DELETE", "watches/robots")),
    *(("GET", "subscribers"), ("PUT", "subscribers"), ("DELETE", "subscribers/1")),
)
CLICK = {"content": b"List-Unsubscribe=One-Click", "headers": {"content-type": "application/x-www-form-urlencoded"}}


@contextmanager
def site(database, settings=SETTINGS, **headers):
    app = create_app(
        database,
        version="9.9",
        in_zone=lambda moment: moment.astimezone(KST),
        settings=WebSettings(rate_per_minute=0),
        clock=lambda: NOON,
        tools=Tools(digest=settings),
    )
    with TestClient(app, base_url=BASE, headers={**HTML, **headers}, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def archive(database):
    with database.writer() as session:
        make_watch(session, "robots", readers=["reader@example.com"], open_to_all=True)
        make_watch(session, "chips")
    return database


def reader_of(database, address="reader@example.com"):
    with database.reader() as session:
        return subscriber_by_address(session, address)


def path_of(url):
    assert url.startswith(BASE)
    return url.removeprefix(BASE)


def names(database, watch):
    with database.reader() as session:
        return [row.address for row in readers_of(session, watch)]


def test_one_click_leaves_a_watch_without_any_cookie(archive):
    link = path_of(unsubscribe_url(SETTINGS, reader_of(archive), "robots"))
    with site(archive) as client:
        for _ in range(3):  # scanners of mail open every link
            page = client.get(link)
            assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
            assert '<form method="post"' in page.text
            assert "reader@example.com" not in page.text
            assert client.head(link).status_code in {200, 405}
        assert names(archive, "robots") == ["reader@example.com"]
        client.cookies.clear()
        assert client.post(link, **CLICK).status_code == 200
        assert names(archive, "robots") == []
        assert client.post(link, **CLICK).status_code == 200  # a mail program may send it twice
    assert reader_of(archive).state == "unsubscribed"


def test_a_reader_of_several_watches_may_leave_all(archive):
    with archive.writer() as session:
        row = add_subscriber(session, "two@example.com", Profile(), watches=["robots", "chips"], now=NOON)
    link = path_of(unsubscribe_url(SETTINGS, row, "robots"))
    with site(archive) as client:
        assert "chips 예시" in client.get(link).text
        client.post(link, data={"all": "0"})
        assert names(archive, "chips") == ["two@example.com"]
        client.post(link, data={"all": "1"})
    assert names(archive, "chips") == []


@pytest.mark.parametrize("purpose", ["unsubscribe", "confirm"])
def test_links_cannot_be_made_up(archive, purpose):
    row = reader_of(archive)
    good = token(purpose, row, "robots")
    other = "confirm" if purpose == "unsubscribe" else "unsubscribe"
    wrong = [
        good[:-1] + ("A" if good[-1] != "A" else "B"), good.replace("robots", "chips"), good.replace("1.", "2.", 1),
        token(other, row, "robots"), "x", "1.robots.", good + "x", "9" * 30 + ".robots." + "A" * 22, "%00",
    ]  # fmt: skip
    with site(archive) as client:
        for text in wrong:
            assert client.get(f"/{purpose}/{text}").status_code == 404, text
            assert client.post(f"/{purpose}/{text}", **CLICK).status_code == 404, text
    assert names(archive, "robots") == ["reader@example.com"]
    with archive.reader() as session:
        assert subscriber_of_token(session, purpose, good) == (row, "robots")


def test_there_is_no_link_without_an_address_on_the_web(archive):
    assert unsubscribe_url(DigestSettings(), reader_of(archive), "robots") is None
    assert confirm_url(DigestSettings(), reader_of(archive), "robots") is None


def sign_up(client, **values):
    page = client.get("/subscribe")
    form = re.search(r'name="form_token" value="([^"]+)"', page.text)[1]
    return client.post("/subscribe", data={
        "form_token": form, "address": "new@example.com", "name": "", "language": "en", "format": "text",
        "watch": "robots", "website": "", **values,
    })  # fmt: skip


def test_signing_up_takes_a_click_in_a_mail(archive):
    with site(archive) as client, mail_server() as server:
        settings = SETTINGS.model_copy(
            update={"smtp": SmtpSettings(host="127.0.0.1", port=server.port, security="none")}
        )
        page = sign_up(client)
        assert page.status_code == 200
        assert "on its way" in page.text
        assert names(archive, "robots") == ["reader@example.com"]
        assert send_confirmations(archive, settings, clock=lambda: NOON) == 1
        assert send_confirmations(archive, settings, clock=lambda: NOON) == 0
        recipient, mail = server.letters[-1]
        assert recipient == "new@example.com"
        text = body_of(mail)
        (link,) = re.findall(rf"{re.escape(BASE)}(/confirm/\S+)", text)
        assert client.get(link).status_code == 200
        assert names(archive, "robots") == ["reader@example.com"]
        assert client.post(link).status_code == 200
    assert names(archive, "robots") == ["new@example.com", "reader@example.com"]
    row = reader_of(archive, "new@example.com")
    assert (row.profile.language, row.profile.format, row.origin, row.opted_in_at) == ("en", "text", "sign_up", NOON)


def body_of(mail):
    from email import message_from_bytes
    from email.policy import default

    return message_from_bytes(mail, policy=default).get_content()


def test_who_is_a_reader_cannot_be_found_out(archive):
    with site(archive) as client:
        known, unknown = sign_up(client, address="reader@example.com"), sign_up(client, address="other@example.com")
    strip = re.compile(r'value="[0-9a-f.]+"')
    assert strip.sub("", known.text) == strip.sub("", unknown.text)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"address": "no address"}, 400),
        ({"address": "a@example.com\r\nBcc: b@example.com"}, 400),
        ({"language": "xx"}, 400),
        ({"watch": "chips"}, 404),
        ({"watch": "nothing"}, 404),
        ({"form_token": "wrong"}, 403),
    ],
)
def test_what_is_not_taken(archive, values, status):
    with site(archive) as client:
        assert sign_up(client, **values).status_code == status
    with archive.reader() as session:
        assert [row.address for row in subscribers(session)] == ["reader@example.com"]


def test_robots_that_fill_every_field_are_not_told_so(archive):
    with site(archive) as client:
        assert sign_up(client, website="https://spam.example").status_code == 200
    assert reader_of(archive, "new@example.com") is None


def test_one_visitor_makes_few_sign_ups(archive):
    with site(archive) as client:
        statuses = [sign_up(client, address=f"n{number}@example.com").status_code for number in range(8)]
    assert statuses[:5] == [200] * 5
    assert set(statuses[5:]) == {429}


def test_nobody_signs_up_where_the_operator_did_not_allow_it(archive):
    with site(archive, DigestSettings(web_url=BASE)) as client:
        assert client.get("/subscribe").status_code == 404
        assert client.post("/subscribe", data={}).status_code == 404


def test_an_old_link_does_not_bring_a_reader_back(archive):
    row = reader_of(archive)
    with site(archive) as client:
        client.post(path_of(unsubscribe_url(SETTINGS, row, "robots")), **CLICK)
        page = client.post(path_of(confirm_url(SETTINGS, row, "robots")))
    assert "again" in page.text or "다시" in page.text
    assert names(archive, "robots") == []


def test_a_mail_server_that_is_down_costs_nobody_the_link(archive, free_port):
    with site(archive) as client:
        sign_up(client)
    settings = SETTINGS.model_copy(update={"smtp": SmtpSettings(host="127.0.0.1", port=free_port, security="none")})
    assert send_confirmations(archive, settings, clock=lambda: NOON) == 0
    with mail_server() as server:
        settings = SETTINGS.model_copy(
            update={"smtp": SmtpSettings(host="127.0.0.1", port=server.port, security="none")}
        )
        assert send_confirmations(archive, settings, clock=lambda: NOON + timedelta(minutes=1)) == 1


def test_programs_manage_watches_and_readers_with_an_admin_token(archive):
    admin, plain = key_of(archive, "admin"), key_of(archive, "fulltext")
    with site(archive, accept="application/json") as client:
        for method, path in DOORS:
            assert client.request(method, f"/v1/{path}", headers=bearer(plain)).status_code == 403, (method, path)
            assert client.request(method, f"/v1/{path}").status_code == 401, (method, path)
        client.headers.update(bearer(admin))
        watch = {"name": "drugs", "title": "신약", "must": ["신약"], "not": ["광고"], "kind": "weekly", "days": ["fri"]}
        made = client.put("/v1/watches", json=watch)
        assert (made.status_code, made.json()["watch"]) == (200, watch)
        assert [row["watch"]["name"] for row in client.get("/v1/watches").json()["items"]] == [
            "default", "chips", "drugs", "robots",
        ]  # fmt: skip
        assert client.put("/v1/watches", json={**watch, "name": "default"}).status_code == 409
        assert client.put("/v1/watches", json={**watch, "days": "every"}).status_code == 422
        reader = {"address": "new@example.com", "watches": ["drugs"], "language": "en"}
        row = client.put("/v1/subscribers", json=reader).json()
        assert (row["state"], row["watches"], row["language"]) == ("active", ["drugs"], "en")
        row = client.put("/v1/subscribers", json={**reader, "watches": ["robots"]}).json()
        assert row["watches"] == ["robots"]
        assert client.put("/v1/subscribers", json={**reader, "watches": ["none"]}).status_code == 404
        shown = client.get("/v1/subscribers", params={"watch": "robots"})
        assert [one["address"] for one in shown.json()["items"]] == ["new@example.com", "reader@example.com"]
        assert "secret" not in shown.text
        assert client.delete(f"/v1/subscribers/{row['id']}").status_code == 204
        assert client.delete("/v1/subscribers/999").status_code == 404
        assert reader_of(archive, "new@example.com").state == "unsubscribed"
        assert client.delete("/v1/watches/drugs").status_code == 204
        assert client.delete("/v1/watches/drugs").status_code == 404
        assert client.delete("/v1/watches/default").status_code == 409
