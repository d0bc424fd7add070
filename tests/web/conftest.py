"""The application over a real archive with one outlet of each licence, asked by a client on this machine."""

import asyncio
import socket
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from storage.archive import store_article
from storage.outlets import sync_outlets
from storage.records import ArticleDraft, OutletRow, PageDraft
from storage.tokens import add_token
from web.app import create_app, utc_now
from web.server import create_server
from web.settings import WebSettings

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
KST = ZoneInfo("Asia/Seoul")
LICENCES = ("full", "excerpt", "headline", "none")
LEAD = "베이징 중관춘의 예시 기업이 새 투자를 받았다고 회사가 밝혔다. " * 5
# Each story has words of its own, or all would be copies of one.
TAILS = ("로봇 물류 창고", "신약 임상 시험", "전기차 배터리", "위성 통신망", "양자 컴퓨터", "게임 엔진", "결제 서비스")


def draft(number, outlet="sample-full", **fields):
    page = PageDraft(f"https://{outlet}.example/{number}", 200, b"<html>", NOON)
    known = {"outlet": outlet, "canonical_url": page.url, "title": f"예시 기사 {number}", "page": page}
    return ArticleDraft(**{**known, "body": (f"{number}. {LEAD}", f"둘째 문단 {number}"), **fields})


def store(database, *drafts):
    ids = []
    for number, one in enumerate(drafts):
        with database.writer() as session:
            ids.append(store_article(session, one, now=NOON + timedelta(minutes=number)).article_id)
    return ids


def fill_outlets(database):
    with database.writer() as session:
        rows = [
            OutletRow(f"sample-{licence}", f"샘플 {licence}", "https://example/", licence, sample=True)
            for licence in LICENCES
        ]
        sync_outlets(session, rows, now=NOON)


def key_of(database, *scopes, **options):
    with database.writer() as session:
        return add_token(session, "-".join(scopes), scopes, now=NOON, **options)[1]


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


class Clock:
    def __init__(self):
        self.now, self.seconds = NOON, 0.0

    def monotonic(self):
        return self.seconds


@contextmanager
def client_of(database, *, peer="127.0.0.1", base="http://127.0.0.1", key=None, clock=None, tools=None, **settings):
    clock = clock or Clock()
    app = create_app(
        database,
        version="9.9",
        in_zone=lambda moment: moment.astimezone(KST),
        settings=WebSettings(**{"rate_per_minute": 0, **settings}),
        clock=lambda: clock.now,
        monotonic=clock.monotonic,
        tools=tools,
    )
    headers = bearer(key) if key else {}
    with TestClient(app, base_url=base, client=(peer, 50000), headers=headers, raise_server_exceptions=False) as client:
        yield client


@contextmanager
def served(database, *, tools=None, clock=utc_now, **settings):
    """The address of a real server of the application, in a thread."""
    app = create_app(
        database,
        version="9.9",
        in_zone=lambda moment: moment.astimezone(KST),
        settings=WebSettings(**settings),
        clock=clock,
        tools=tools,
    )
    server = create_server(app)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=asyncio.run, args=(server.serve([listener]),))
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.fixture
def archive(database):
    """A new archive on each database, its outlets known."""
    fill_outlets(database)
    return database


@pytest.fixture
def client(archive):
    """A reader on this machine, without a token."""
    with client_of(archive) as client:
        yield client


@pytest.fixture
def small_archive(sqlite_database):
    """A new archive on SQLite, for what does not depend on the database."""
    fill_outlets(sqlite_database)
    return sqlite_database
