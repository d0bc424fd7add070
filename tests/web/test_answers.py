"""Headers, conditional requests and compression."""

import gzip
import json

import pytest

from tests.web.conftest import bearer, client_of, draft, key_of, store
from web.answers import takes_gzip


def test_the_same_answer_is_not_sent_twice(client, archive):
    store(archive, draft(1))
    first = client.get("/v1/articles")
    again = client.get("/v1/articles", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    store(archive, draft(2))
    assert client.get("/v1/articles", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_what_another_token_sees_has_another_tag(client, archive):
    store(archive, draft(1))
    tag = client.get("/v1/articles/1").headers["etag"]
    whole = client.get("/v1/articles/1", headers={"If-None-Match": tag, **bearer(key_of(archive, "fulltext"))})
    assert whole.status_code == 200
    assert "authorization" in whole.headers["vary"].lower()
    assert "private" in whole.headers["cache-control"]


@pytest.mark.parametrize("header", ["*", '"x", {}', 'W/"x",{}', "{}"])
def test_if_none_match_is_a_list(small_archive, header):
    with client_of(small_archive) as client:
        tag = client.get("/v1/outlets").headers["etag"]
        assert client.get("/v1/outlets", headers={"If-None-Match": header.format(tag)}).status_code == 304


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("deflate, *;q=0.1", True),
        ("GZIP", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip;q=0.0", False),
        ("gzip;q=...", False),
        ("xgzip", False),
    ],
)
def test_which_readers_take_gzip(header, taken):
    assert takes_gzip(header) is taken


def test_large_answers_are_compressed_for_those_who_take_it(small_archive):
    store(small_archive, *(draft(number) for number in range(5)))
    with client_of(small_archive) as client:
        plain = client.get("/v1/articles", headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        packed = client.get("/v1/articles", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.json() == plain.json()
        assert packed.headers["etag"] == plain.headers["etag"]
        assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 4, mtime=0))
        small = client.get("/v1/articles/1?fields=id", headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in small.headers


def test_every_answer_has_the_security_headers_and_none_allows_other_origins(small_archive):
    with client_of(small_archive, require_token="always") as client:
        for address in ("/healthz", "/v1/articles", "/v1/nothing", "/openapi.json", "/v1/articles?limit=0"):
            headers = client.get(address, headers={"Origin": "https://elsewhere.example"}).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["content-security-policy"].startswith("default-src 'none'")
            assert headers["referrer-policy"] == "no-referrer"
            assert "access-control-allow-origin" not in headers
            assert "server" not in headers


def test_a_failure_says_nothing_of_itself(small_archive, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("web.routes.articles.list_articles", broken)
    with client_of(small_archive) as client:
        answer = client.get("/v1/articles")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


def test_the_schema_of_exported_articles_is_published(small_archive):
    with client_of(small_archive, require_token="always") as client:
        answer = client.get("/v1/schema/article.json")
    assert answer.headers["content-type"] == "application/schema+json"
    schema = json.loads(answer.content)
    assert schema["$id"].startswith("urn:zgcwatch:article:1.")
    assert "body" in schema["required"]
