"""`token add|list|revoke` as an operator types them, and what the key opens."""

import json
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner

from cli.main import cli
from storage.database import Database
from storage.errors import ZgcwatchError
from tests.web.conftest import bearer, client_of


@pytest.fixture
def token(database_url):
    """Runs a verb of `token` on a new archive."""

    def run(*arguments, code=0):
        result = CliRunner().invoke(cli, ["token", *arguments, "--database", database_url])
        assert result.exit_code == code, (result.output, result.exception)
        return result

    return run


def status(database_url, key):
    with (
        Database.open(database_url) as database,
        client_of(database, require_token="always") as client,
    ):
        return client.get("/v1/articles", headers=bearer(key)).status_code


def test_a_key_is_printed_once_and_opens_the_api_until_it_is_revoked(token, database_url):
    made = token("add", "crm")
    key = made.stdout.strip()
    assert key.startswith("zgc_")
    assert "not shown again" in made.stderr
    assert status(database_url, key) == 200
    [row] = json.loads(token("list", "--json").stdout)
    assert (row["name"], row["scopes"], row["expires_at"]) == ("crm", ["read"], None)
    assert key not in token("list", "--json").stdout + token("list").stdout
    assert "crm" in token("revoke", "crm").stdout
    assert status(database_url, key) == 401
    assert "revoked" in token("list").stdout


def test_scopes_days_and_rate_are_kept(token):
    made = json.loads(
        token("add", "etl", "--scope", "read", "--scope", "fulltext", "--days", "30", "--rate", "5", "--json").stdout
    )
    assert made["scopes"] == ["fulltext", "read"]
    assert made["rate_per_minute"] == 5
    begins, ends = (datetime.fromisoformat(made[name]) for name in ("created_at", "expires_at"))
    assert ends - begins == timedelta(days=30)
    assert made["token"].startswith(made["prefix"])


def test_a_token_is_revoked_by_its_prefix(token):
    made = json.loads(token("add", "crm", "--json").stdout)
    assert made["prefix"] in token("revoke", made["prefix"]).stdout


def test_what_cannot_be_done_is_one_sentence(token):
    token("add", "crm")
    assert isinstance(token("add", "crm", code=1).exception, ZgcwatchError)
    assert isinstance(token("revoke", "nobody", code=1).exception, ZgcwatchError)
    assert "is not one of" in token("add", "x", "--scope", "write", code=2).stderr


def test_an_archive_without_tokens_says_how_to_make_one(token):
    assert "token add" in token("list").stdout
    assert json.loads(token("list", "--json").stdout) == []
