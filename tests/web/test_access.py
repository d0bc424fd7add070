"""Who may read: tokens, scopes, this machine and others, and how often."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from storage.tokens import TokenError, add_token, revoke_token, token_of, tokens
from tests.web.conftest import NOON, Clock, bearer, client_of, draft, key_of, store
from web.access import REMEMBERED
from web.limits import MOST_READERS, RateLimit, SignUps


@pytest.mark.parametrize(
    ("settings", "peer", "base", "status"),
    [
        ({}, "127.0.0.1", "http://127.0.0.1:8080", 200),
        ({}, "127.0.0.9", "http://localhost", 200),
        ({}, "::1", "http://[::1]", 200),
        ({}, "127.0.0.1", "http://rebound.example", 401),
        ({}, "203.0.113.9", "http://127.0.0.1", 401),
        ({}, "203.0.113.9", "http://archive.example", 401),
        ({"require_token": "always"}, "127.0.0.1", "http://127.0.0.1", 401),
        ({"require_token": "never"}, "203.0.113.9", "http://archive.example", 200),
    ],
)
def test_who_may_read_without_a_token(small_archive, settings, peer, base, status):
    with client_of(small_archive, peer=peer, base=base, **settings) as client:
        answer = client.get("/v1/articles")
        assert answer.status_code == status
        if status == 401:
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert "zgcwatch token add" in answer.json()["detail"]
        assert client.get("/healthz").status_code == 200
        assert client.get("/openapi.json").status_code == 200
        assert client.get("/v1/schema/article.json").status_code == 200


@pytest.mark.parametrize("scope", ["read", "fulltext", "admin"])
def test_a_token_opens_the_door(archive, scope):
    key = key_of(archive, scope)
    with client_of(archive, peer="203.0.113.9", base="http://archive.example", key=key) as client:
        assert client.get("/v1/articles").status_code == 200


@pytest.mark.parametrize("header", ["Bearer zgc_wrong", "Bearer ", "Basic abc", "Bearer " + "x" * 5000, "Bearer \x7f"])
def test_a_wrong_token_does_not(small_archive, header):
    with client_of(small_archive, require_token="always") as client:
        answer = client.get("/v1/articles", headers={"Authorization": header})
        assert answer.status_code == 401
        assert "wrong" not in answer.text


def test_a_wrong_token_is_refused_where_none_is_needed(small_archive):
    with client_of(small_archive) as client:
        assert client.get("/v1/articles", headers=bearer("zgc_wrong")).status_code == 401


def test_a_token_ends_when_it_is_revoked_or_expires(archive):
    clock = Clock()
    lasting, ending = key_of(archive, "read"), key_of(archive, "fulltext", expires_at=NOON + timedelta(days=1))
    with client_of(archive, require_token="always", clock=clock) as client:
        assert client.get("/v1/articles", headers=bearer(ending)).status_code == 200
        clock.now = NOON + timedelta(days=1)
        assert client.get("/v1/articles", headers=bearer(ending)).status_code == 401
        assert client.get("/v1/articles", headers=bearer(lasting)).status_code == 200
        with archive.writer() as session:
            revoke_token(session, "read", now=NOON)
        assert client.get("/v1/articles", headers=bearer(lasting)).status_code == 200
        clock.seconds += REMEMBERED
        assert client.get("/v1/articles", headers=bearer(lasting)).status_code == 401


def test_a_token_that_is_remembered_is_not_looked_up_and_still_expires(small_archive, monkeypatch):
    clock, asked = Clock(), []

    def looked_up(session, key, *, now):
        asked.append(key)
        return token_of(session, key, now=now)

    monkeypatch.setattr("web.access.token_of", looked_up)
    key = key_of(small_archive, "read", expires_at=NOON + timedelta(days=1))
    with client_of(small_archive, require_token="always", clock=clock) as client:
        assert [client.get("/v1/outlets", headers=bearer(key)).status_code for _ in range(3)] == [200] * 3
        assert asked == [key]
        clock.now = NOON + timedelta(days=1)
        assert client.get("/v1/outlets", headers=bearer(key)).status_code == 401
        assert [client.get("/v1/outlets", headers=bearer("zgc_wrong")).status_code for _ in range(2)] == [401] * 2
        assert asked == [key, "zgc_wrong", "zgc_wrong"]


def test_only_a_hash_and_a_prefix_of_the_key_are_kept(archive):
    with archive.writer() as session:
        token, key = add_token(session, "reader", ["read", "fulltext"], now=NOON)
        assert key.startswith("zgc_")
        assert len(key) == 4 + 43  # 256 bits in base64
        assert key.startswith(token.prefix)
        assert len(token.prefix) == 12
        assert token_of(session, key, now=NOON) == token
        assert token_of(session, key[:-1], now=NOON) is None
    with archive.reader() as session:
        assert tokens(session) == [token]
        rows = session.connection().exec_driver_sql("SELECT * FROM api_tokens").all()
    assert key not in repr(rows)
    assert key.removeprefix(token.prefix) not in repr(rows)


def test_a_name_is_taken_while_its_token_is_open(archive):
    with archive.writer() as session:
        add_token(session, "reader", ["read"], now=NOON)
        with pytest.raises(TokenError, match="reader exists"):
            add_token(session, "reader", ["read"], now=NOON)
        revoke_token(session, "reader", now=NOON)
        token, _ = add_token(session, "reader", ["read"], now=NOON)
        assert revoke_token(session, token.prefix, now=NOON).id == token.id
        with pytest.raises(TokenError, match="No open token"):
            revoke_token(session, "reader", now=NOON)


def test_too_many_requests_are_told_when_to_come_back(small_archive):
    clock = Clock()
    store(small_archive, draft(1))
    slow, fast = key_of(small_archive, "read", rate_per_minute=6), key_of(small_archive, "fulltext")
    with client_of(small_archive, clock=clock, rate_per_minute=60, burst=3) as client:
        ask = lambda key=None: client.get("/v1/articles", headers=bearer(key) if key else {})  # noqa: E731
        assert [ask(slow).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = ask(slow)
        assert refused.headers["retry-after"] == "10"
        assert refused.headers["content-type"] == "application/problem+json"
        assert [ask(fast).status_code for _ in range(3)] == [200] * 3  # others have buckets of their own
        assert [ask().status_code for _ in range(4)] == [200, 200, 200, 429]
        clock.seconds += 10
        assert [ask(slow).status_code for _ in range(2)] == [200, 429]


def test_a_household_with_addresses_without_end_has_one_bucket(small_archive):
    peers = ("2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3", "2001:db8:0:1::1")
    with client_of(small_archive, require_token="never", rate_per_minute=6, burst=2) as client:
        asked = [TestClient(client.app, client=(peer, 50000)).get("/v1/articles").status_code for peer in peers]
    assert asked == [200, 200, 429, 200]


def test_sign_ups_are_counted_by_household_and_all_together():
    sign_ups = SignUps(Clock().monotonic)
    assert [sign_ups.wait_for(f"2001:db8::{number}") == 0 for number in range(6)] == [True] * 5 + [False]
    others = [sign_ups.wait_for(f"198.51.100.{number}") == 0 for number in range(60)]
    assert others == [True] * 55 + [False] * 5


def test_the_bucket_refills_to_its_brim_and_forgets_the_longest_unseen():
    clock = Clock()
    limit = RateLimit(per_minute=60, burst=2, monotonic=clock.monotonic)
    assert [limit.wait_for("a") for _ in range(2)] == [0, 0]
    assert limit.wait_for("a") == pytest.approx(1)
    clock.seconds = 3600
    assert [limit.wait_for("a") == 0 for _ in range(3)] == [True, True, False]
    for number in range(MOST_READERS):
        limit.wait_for(str(number))
    assert limit.wait_for("a") == 0
    assert [limit.wait_for("b", per_minute=0) for _ in range(5)] == [0] * 5
