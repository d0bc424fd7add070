"""The API inside the service as an operator runs it: a reader who waits for changes while the service is stopped."""

import asyncio
import json
import socket
import threading
import time
import urllib.request

import pytest

from storage.archive import store_article
from storage.database import Database
from tests.scheduler.test_service import Running, wait_for
from tests.storage.drafts import NOW, draft
from web.app import create_app
from web.server import create_server


@pytest.fixture
def service(tmp_path, free_port):
    # Nobody answers for its one outlet; visits of it fail, which is none of a reader's business.
    service = Running(tmp_path, "http://127.0.0.1:9", free_port)
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.process.kill()
            service.process.wait()
        service.log.close()


def ask(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return json.load(answer)


def is_up(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_no_answer_waits_for_the_confirmation_of_its_head(small_archive):
    """A connection that has Nagle's algorithm on takes 40 ms for each answer."""
    server = create_server(create_app(small_archive, version="1", in_zone=lambda moment: moment))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=asyncio.run, args=(server.serve([listener]),))
        thread.start()
        wait_for(lambda: server.started)
        with socket.create_connection(listener.getsockname()):
            [connection] = wait_for(lambda: server.server_state.connections)
            accepted = connection.transport.get_extra_info("socket")
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        server.should_exit = True
        thread.join(20)


@pytest.mark.timeout(120)
def test_a_waiting_reader_is_answered_and_the_service_ends_when_it_is_told_to(service, tmp_path):
    wait_for(lambda: is_up(service.port), 60)
    with Database.open(f"sqlite:///{tmp_path}/archive.db") as database, database.writer() as session:
        store_article(session, draft("a/1"), now=NOW)
    cursor = ask(service.port, "/v1/changes?wait=20")["next"]
    answers = []
    readers = [
        threading.Thread(target=lambda: answers.append(ask(service.port, f"/v1/changes?after={cursor}&wait=60")))
        for _ in range(5)
    ]
    for reader in readers:
        reader.start()
    time.sleep(1)
    assert answers == []
    started = time.monotonic()
    service.process.terminate()
    for reader in readers:
        reader.join(20)
    assert answers == [{"items": [], "next": cursor, "last": 1}] * 5
    assert service.process.wait(20) == 0
    assert time.monotonic() - started < 10
