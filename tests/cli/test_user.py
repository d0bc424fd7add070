"""`user add|passwd|list|remove` as an operator types them."""

import json

import pytest
from click.testing import CliRunner

from cli.main import cli
from storage.database import Database
from storage.errors import ZgcwatchError
from storage.logins import user_named
from web.login.passwords import PasswordError, opens

PASSWORD = "correct horse battery staple"


@pytest.fixture
def user(database_url):
    """Runs a verb of `user` on a new archive."""

    def run(*arguments, typed="", code=0):
        result = CliRunner().invoke(cli, ["user", *arguments, "--database", database_url], input=typed)
        assert result.exit_code == code, (result.output, result.exception)
        return result

    return run


def test_a_user_is_made_listed_and_removed(user, database_url):
    assert "make one with `zgcwatch user add NAME --role operator`" in user("list").stdout
    made = user("add", "Minji", "--role", "operator", typed=f"{PASSWORD}\n")
    assert made.stdout == "minji may log in as operator.\n"
    user("add", "proxy-only", "--no-password")
    rows = {row["name"]: row for row in json.loads(user("list", "--json").stdout)}
    assert rows["minji"]["role"] == "operator"
    assert (rows["proxy-only"]["has_password"], rows["proxy-only"]["role"]) == (False, "reader")
    assert "only by proxy" in user("list").stdout
    with Database.open(database_url) as database, database.reader() as session:
        kept = user_named(session, "minji")[1]
    assert PASSWORD not in kept
    assert opens(PASSWORD, kept)
    user("remove", "minji")
    assert "minji" not in user("list").stdout


def test_a_password_is_changed(user, database_url):
    user("add", "minji", typed=f"{PASSWORD}\n")
    user("passwd", "minji", typed="another long password\r\n")
    with Database.open(database_url) as database, database.reader() as session:
        kept = user_named(session, "minji")[1]
    assert opens("another long password", kept)
    assert not opens(PASSWORD, kept)


@pytest.mark.parametrize(
    ("arguments", "typed", "error", "said"),
    [
        (("add", "minji"), "short\n", PasswordError, "at least 10 characters"),
        (("add", "minji"), "", PasswordError, "at least 10 characters"),
        (("add", "min ji"), f"{PASSWORD}\n", ZgcwatchError, "choose another one"),
        (("passwd", "nobody"), f"{PASSWORD}\n", ZgcwatchError, "zgcwatch user list"),
        (("remove", "nobody"), "", ZgcwatchError, "zgcwatch user list"),
    ],
)
def test_what_cannot_be_is_one_sentence(sqlite_url, arguments, typed, error, said):
    result = CliRunner().invoke(cli, ["user", *arguments, "--database", sqlite_url], input=typed)
    assert result.exit_code == 1
    assert isinstance(result.exception, error)
    assert said in str(result.exception)
