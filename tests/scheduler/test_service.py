"""The service as an operator runs it: a process that visits, answers, mails on time and stops when it is told to."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cli.demo.sink import Sink
from tests.e2e.command import zgcwatch
from tests.servers.client import OutletServer, answer

ROOT = Path(__file__).parents[2]
MONITOR_OFF = "[monitor]\nport = 0\n"
LEAD = "중국 베이징 중관춘의 예시 스타트업이 새로운 투자를 유치했다. 회사는 연구 인력을 늘릴 계획이라고 밝혔다. "


def page(number):
    body = "".join(f"<p>{number}-{part}. {LEAD * 2}</p>" for part in range(4))
    title = f"중관춘 예시 기사 {number}"
    return f"<html lang=ko><title>{title}</title><body><article><h1>{title}</h1>{body}</article></body></html>"


def feed(base, numbers):
    items = "".join(f"<item><title>중관춘 예시 기사 {n}</title><link>{base}/a/{n}</link></item>" for n in numbers)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>예시</title>{items}</channel></rss>'


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s")


class Running:
    """`zgcwatch run` in a folder with one scripted outlet."""

    def __init__(self, folder, base, port, *roles, settings="", log="log"):
        self.folder, self.port, self.settings = folder, port, settings
        (folder / "outlets").mkdir(exist_ok=True)
        host = base.removeprefix("http://")
        (folder / "outlets" / "sample-outlet.toml").write_text(
            f'id = "sample-outlet"\nname = "샘플"\nhome = "{base}"\nhosts = ["{host}"]\nsample = true\n'
            f'[politeness]\ndelay = 0\n[[sources]]\nkind = "feed"\nurl = "{base}/rss"\n'
        )
        (folder / "zgcwatch.toml").write_text(
            '[storage]\ndatabase = "sqlite:///archive.db"\n'
            '[crawler]\ncontact = "https://example.com/bot"\npackaged_outlets = false\noutlets = ["outlets"]\n'
            f"allow_private_addresses = true\n[scheduler]\ntick_seconds = 1\ndelivery_tick_seconds = 1\n"
            f"[web]\nport = {port}\n{settings}{'' if '[monitor]' in settings else MONITOR_OFF}"
        )
        assert zgcwatch("db", "upgrade", cwd=folder).code == 0
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ZGCWATCH_")}
        arguments = [option for role in roles for option in ("--role", role)]
        self.name = log
        self.log = (folder / log).open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "run", *arguments],
            cwd=folder,
            env={**clean, "PYTHONPATH": str(ROOT)},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as reply:
                return json.load(reply)
        except OSError:
            return None

    def events(self):
        return [json.loads(line).get("event") for line in (self.folder / self.name).read_text().splitlines()]

    def stop(self, seconds=25):
        """SIGTERM; the exit code and how long it took."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        self.log.close()
        return code, time.monotonic() - started


@pytest.fixture
def outlet():
    with OutletServer() as server:
        yield server


@pytest.fixture
def running(tmp_path, outlet):
    started = []

    def start(*roles, settings=""):
        started.append(Running(tmp_path, outlet.url("", host="127.0.0.21"), free_port(), *roles, settings=settings))
        return started[-1]

    yield start
    for service in started:
        if service.process.poll() is None:
            service.process.kill()
            service.process.wait()
        service.log.close()


def script(outlet, numbers, **others):
    base = outlet.url("", host="127.0.0.21")
    outlet.plan({
        "/robots.txt": answer("User-agent: *\nAllow: /\n"),
        "/rss": answer(feed(base, numbers), content_type="application/rss+xml"),
        **{f"/a/{n}": answer(page(n), content_type="text/html; charset=utf-8") for n in numbers},
        **others,
    })  # fmt: skip


def test_it_visits_answers_and_stops_cleanly_when_told(running, outlet):
    script(outlet, range(3))
    service = running()
    wait_for(lambda: (service.get("/v1/articles") or {"items": []})["items"][2:])
    assert service.get("/healthz")["status"] == "ok"
    code, seconds = service.stop()
    assert code == 0, (service.folder / "log").read_text()
    assert seconds < 20
    events = service.events()
    assert events.index("service.started") < events.index("visit.finished") < events.index("service.stopping")
    assert events[-1] == "service.stopped"
    assert not [event for event in events if event and event.endswith((".failed", ".broken"))]


def test_a_visit_under_way_ends_before_the_process_does(running, outlet):
    late = answer(page(0), manner="late", content_type="text/html; charset=utf-8")
    script(outlet, [0], **{"/a/0": late})
    service = running("crawler")
    wait_for(lambda: any(entry["path"] == "/a/0" for entry in outlet.asked(forget=False)))
    code, seconds = service.stop()
    assert code == 0, (service.folder / "log").read_text()
    assert seconds < 20
    assert zgcwatch("db", "check", "--json", cwd=service.folder).json()["articles"] == 1
    assert service.events()[-1] == "service.stopped"


def test_roles_can_be_run_alone(running, outlet):
    script(outlet, range(3))
    service = running("web")
    wait_for(lambda: service.get("/healthz"))
    time.sleep(2.5)  # two ticks of the crawler, were it on
    assert outlet.asked() == []
    assert service.stop()[0] == 0


def test_the_digest_goes_out_at_its_hour_and_once(running, outlet):
    """The cut-off lies a few seconds ahead of the start: the real clock passes it while the service runs."""
    script(outlet, range(3))
    with Sink() as sink:
        soon = datetime.now(ZoneInfo("Asia/Seoul")) + timedelta(seconds=75)
        hour = soon.strftime("%H:%M")
        if hour < "00:02":
            pytest.skip("the minute around midnight has no cut-off in the future")
        service = running(settings=(
            f'[digest]\nrecipients = ["analyst@example.com"]\ncutoff = "{hour}"\ndeliver_at = "{hour}"\n'
            f'[digest.smtp]\nhost = "127.0.0.1"\nport = {sink.port}\nsecurity = "none"\n'
        ))  # fmt: skip
        wait_for(lambda: with_news(sink), seconds=100)
        assert service.stop()[0] == 0
        again = Running(service.folder, outlet.url("", host="127.0.0.21"), free_port(), settings=service.settings)
        wait_for(lambda: again.get("/healthz"))
        time.sleep(2)
        assert again.stop()[0] == 0
    assert len(with_news(sink)) == 1


def with_news(sink):
    """The window that had closed before the start is mailed, too, and says that there was nothing."""
    return [mail for mail in sink.messages if "중관춘 예시 기사" in mail.part("plain")]


def test_the_operator_is_told_of_a_dead_outlet_and_the_readers_are_not(running, outlet):
    script(outlet, range(1), **{"/rss": answer(status=403)})
    with Sink() as sink:
        service = running("crawler", "scheduler", settings=(
            '[operator]\nmail = ["ops@example.com"]\n[health]\nevery_seconds = 1\nblocked_after = 1\n'
            '[digest]\nrecipients = ["analyst@example.com"]\n'
            f'[digest.smtp]\nhost = "127.0.0.1"\nport = {sink.port}\nsecurity = "none"\n'
        ))  # fmt: skip
        wait_for(lambda: sink.messages)
        time.sleep(2.5)  # two more rounds, in which nothing changes
        assert service.stop()[0] == 0
    [mail] = [mail for mail in sink.messages if mail.recipients != ("analyst@example.com",)]
    assert mail.recipients == ("ops@example.com",)
    readers = [mail for mail in sink.messages if mail.recipients == ("analyst@example.com",)]
    assert not [mail for mail in readers if "blocked since" in mail.part("plain")]
    assert "sample-outlet): blocked since" in mail.part("plain")
    assert "health.changed" in service.events()


def test_a_second_service_stands_by_says_so_and_takes_over(running, outlet):
    script(outlet, range(3))
    first_door, second_door = free_port(), free_port()
    first = running("scheduler", "crawler", settings=f"[monitor]\nport = {first_door}\n")
    wait_for(lambda: "visit.finished" in first.events())
    second = Running(
        first.folder, outlet.url("", host="127.0.0.21"), free_port(), "scheduler", "crawler",
        settings=f"[monitor]\nport = {second_door}\n", log="second",
    )  # fmt: skip
    try:
        standing = wait_for(lambda: monitor(second_door, "/readyz"))
        assert standing["status"] == "ready"
        assert all(said.startswith("stands by for ") for said in standing["leases"].values())
        assert set(standing["leases"]) == {"scheduler", "crawler"}
        assert monitor(first_door, "/readyz")["leases"] == {"scheduler": "leads", "crawler": "leads"}
        assert "leader.standing_by" in second.events()
        outlet.asked()
        time.sleep(2.5)
        assert "visit.finished" not in second.events()
        first.process.kill()
        first.process.wait()
        wait_for(lambda: monitor(second_door, "/readyz")["leases"] == {"scheduler": "leads", "crawler": "leads"})
        assert second.stop()[0] == 0
    finally:
        second.process.kill()
        second.process.wait()


def test_what_a_process_says_at_its_monitoring_door(running, outlet):
    script(outlet, range(3))
    door = free_port()
    service = running(settings=f"[monitor]\nport = {door}\n")
    wait_for(lambda: "visit.finished" in service.events())
    told = wait_for(lambda: (text := monitor(door, "/metrics", raw=True)) and "zgcwatch_articles" in text and text)
    assert 'zgcwatch_pages_total{result="stored"} 3.0' in told
    assert 'zgcwatch_leader{lease="scheduler"} 1.0' in told
    assert 'zgcwatch_ready{check="database"} 1.0' in told
    assert monitor(door, "/healthz")["roles"] == ["scheduler", "crawler", "web"]
    assert service.get("/readyz") == {
        "status": "ready",
        "checks": dict.fromkeys(("database", "schema", "scheduler"), "ok"),
    }
    assert zgcwatch("ready", "--json", cwd=service.folder).json()["status"] == "ready"
    runs = {json.loads(line).get("run") for line in (service.folder / "log").read_text().splitlines()}
    assert len(runs - {None}) == 1
    assert service.stop()[0] == 0


def test_sighup_reads_changed_files_at_once_and_keeps_the_old_when_they_are_wrong(running, outlet):
    script(outlet, range(1))
    service = running("crawler", settings="")
    wait_for(lambda: "service.started" in service.events())
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: {"catalogue.reloaded", "topics.reloaded"} <= set(service.events()))
    (service.folder / "outlets" / "sample-outlet.toml").write_text("id = 'half")
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "catalogue.refused" in service.events())
    assert service.stop()[0] == 0


def monitor(port, path, *, raw=False):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=15) as reply:
            return reply.read().decode() if raw else json.load(reply)
    except OSError:
        return None
