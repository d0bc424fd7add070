"""Browsers over a real application: some by requests alone, some in Chromium (test_browser.py)."""

import re
import shutil
import sqlite3
from contextlib import closing, contextmanager

import pytest

from digest.settings import DigestSettings
from storage.database import Database
from tests.web.conftest import Clock, client_of
from tests.web.pages.archive import CHEAP, PASSWORD, fill
from web.login import passwords
from web.pages.desk import TestStep, Tools

TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
HTML = {"Accept": "text/html"}
SETTINGS = {"web": {"port": 8080, "login": {"plain_http": False}}, "digest": {"password": "********", "title": ""}}


async def look(outlet_id):
    return [
        TestStep(
            "robots", "https://sample.example/robots.txt", ok=True, said=f"{outlet_id} may be read", milliseconds=3
        ),
        TestStep("source", "https://sample.example/rss", ok=False, said="503 Service Unavailable", milliseconds=812),
    ]


TOOLS = Tools(settings=lambda: SETTINGS, test_outlet=look, digest=DigestSettings())


class Browser:
    """A client that keeps cookies, follows nothing by itself, and fills in forms as their page has them."""

    def __init__(self, client):
        self.client = client

    def get(self, path, **options):
        return self.client.get(path, headers={**HTML, **options.pop("headers", {})}, follow_redirects=False, **options)

    def token(self, path="/login"):
        return TOKEN.search(self.get(path).text)[1]

    def post(self, path, fields=None, *, token=None, headers=None):
        fields = {"form_token": self.token(self.seen_at) if token is None else token, **(fields or {})}
        return self.client.post(path, data=fields, headers={**HTML, **(headers or {})}, follow_redirects=False)

    seen_at = "/nothing"

    def log_in(self, name="op", password=PASSWORD, **fields):
        return self.post("/login", {"name": name, "password": password, **fields})

    def plant(self, name, value):
        """Put a cookie into the browser, as if the site had set it."""
        self.client.cookies.set(name, value, domain="127.0.0.1", path="/")

    @property
    def session(self):
        return self.client.cookies.get("zgcwatch") or self.client.cookies.get("__Host-zgcwatch")


@contextmanager
def browser_of(database, *, tools=TOOLS, login=None, **options):
    settings = {"login": login} if login else {}
    with client_of(database, tools=tools, **settings, **options) as client:
        yield Browser(client)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    """Passwords are hashed as ever, but fast."""
    monkeypatch.setattr(passwords, "_hasher", CHEAP)
    passwords._nobody.cache_clear()
    yield
    passwords._nobody.cache_clear()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def filled(sqlite_template, tmp_path_factory):
    """A filled archive on SQLite, to be copied, and what is in it."""
    file = tmp_path_factory.mktemp("filled") / "archive.db"
    shutil.copyfile(sqlite_template, file)
    with Database.open(f"sqlite:///{file}") as database:
        samples = fill(database)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file, samples


@pytest.fixture
def small(filled, tmp_path):
    """A filled archive on SQLite, for what does not depend on the database."""
    file = tmp_path / "filled.db"
    shutil.copyfile(filled[0], file)
    with Database.open(f"sqlite:///{file}") as database:
        yield database, filled[1]


@pytest.fixture
def visitor(small, clock):
    """A visitor of it, nobody logged in."""
    with browser_of(small[0], clock=clock) as browser:
        yield browser


@pytest.fixture
def on_both(database, clock):
    """A visitor of a filled archive on each database, and what is in it."""
    samples = fill(database)
    with browser_of(database, clock=clock) as browser:
        yield browser, samples, database
