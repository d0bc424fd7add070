"""The image and both compose files, for real: built, started, fed, killed, stopped, started again, removed.

Run by `make docker-test` (run.sh finds the engine). A sample outlet is served by a container beside the application, so
each round goes the whole way: feed → page → archive → HTTP API. Prints a line a check and `N passed, N failed`;
needs Python alone. Works on a copy of what git would commit: a developer's own .env and archives are not touched.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sample_outlet import FIRST, SECOND, SampleOutlet

REPOSITORY = Path(__file__).resolve().parents[2]
IMAGE = "zgcwatch:docker-test"
UID = "10001"
PACKAGES = ("cli", "crawler", "digest", "scheduler", "storage", "web")
GRACE_SECONDS = 60
MOST_RESTARTS = 3
CRAWLERS = 2
MAILING = {
    "ZGCWATCH_DIGEST__RECIPIENTS": '["analyst@example.com"]',
    "ZGCWATCH_DIGEST__SENDER": "zgcwatch@example.com",
    "ZGCWATCH_DIGEST__SMTP__HOST": "sink",
    "ZGCWATCH_DIGEST__SMTP__PORT": "1025",
    "ZGCWATCH_DIGEST__SMTP__SECURITY": "none",
}
READ_MAIL = """
import json, mailbox, sys
from email import policy, message_from_bytes
box = mailbox.Maildir('/data/mail')
mails = [message_from_bytes(box.get_bytes(key), policy=policy.default) for key in box.keys()]
print(json.dumps([mail.get_body(('plain',)).get_content() for mail in mails]))
"""
WAIT_SECONDS = 180
HARDENED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--init")


class Refused(Exception):  # noqa: N818
    """A check did not hold; the text says what was seen instead."""


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0

    @contextmanager
    def check(self, name: str):
        """One line of the report. A failed check is said, and the next one still runs."""
        start = time.monotonic()
        notes: list[str] = []
        try:
            yield notes.append
        except Exception as error:  # noqa: BLE001 - whatever it was, the report goes on
            self.failed += 1
            verdict, notes = "FAIL", [f"{type(error).__name__}: {error}"]
        else:
            self.passed += 1
            verdict = "ok"
        say(f"{verdict:<4} {time.monotonic() - start:6.1f} s  {name}{': ' if notes else ''}{'; '.join(notes)}")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(*command: str, timeout: float = 300, **options: Any) -> str:
    """Standard output of a command; a failure carries the end of what it said."""
    done = subprocess.run(command, text=True, capture_output=True, timeout=timeout, check=False, **options)
    if done.returncode:
        raise Refused(f"`{' '.join(command)}` gave {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
    return done.stdout.strip()


def until(what: str, probe: Callable[[], Any], seconds: float = WAIT_SECONDS) -> Any:
    """Waits for `probe` to give something true."""
    end = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < end:
        try:
            last = probe()
        except (OSError, Refused, ValueError) as error:
            last = error
        else:
            if last:
                return last
        time.sleep(0.3)
    raise Refused(f"not within {seconds:.0f} s: {what} (last: {last})")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Compose:
    """One compose file under test, in a project of its own, with the sample outlet beside the application."""

    source: Path
    file: str
    outlet: SampleOutlet
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.name = f"zgcwatch-test-{Path(self.file).stem.rpartition('.')[2]}-{os.getpid()}"
        self.environment = {
            **os.environ,
            "ZGC_IMAGE": IMAGE,
            "ZGC_PORT": str(self.port),
            "ZGC_CONFIG_DIR": str(self.outlet.config),
            # characters that break an address, so that none is ever made of it
            "POSTGRES_PASSWORD": "p@ss/w:rd$ %" + secrets.token_hex(8),
            "ZGCWATCH_CRAWLER__CONTACT": "https://example.org/zgcwatch-docker-test",
        }
        press = {
            "image": IMAGE,
            "entrypoint": ["python", "-m", "http.server", "--directory", "/site", "8000"],
            "volumes": [f"{self.outlet.site}:/site:ro"],
            "tmpfs": ["/data:uid=10001"],  # in place of the image's own volume, which `down` would leave behind
            "healthcheck": {"disable": True},
            "init": True,
        }
        sink = {
            **press,
            "entrypoint": ["python", "-m", "aiosmtpd", "-n", "-l", "0.0.0.0:1025", "-c", "aiosmtpd.handlers.Mailbox"],
            "command": ["/data/mail"],
            "volumes": [],
        }
        services = {"press": press, "sink": sink, self.leader: {"environment": MAILING}}
        self.override = self.outlet.folder / "override.json"
        self.override.write_text(json.dumps({"services": services}))

    @property
    def is_apart(self) -> bool:
        """Whether the roles are services of their own."""
        return self.file == "docker-compose.yml"

    @property
    def leader(self) -> str:
        return "scheduler" if self.is_apart else "app"

    @property
    def front(self) -> str:
        return "web" if self.is_apart else "app"

    def __call__(self, *command: str, timeout: float = 300) -> str:
        files = ("-f", str(self.source / self.file), "-f", str(self.override))
        return run(
            "docker", "compose", "-p", self.name, "--project-directory", str(self.source), *files, *command,
            timeout=timeout, env=self.environment,
        )  # fmt: skip

    @cached_property
    def with_restart_policy(self) -> list[str]:
        services = json.loads(self("config", "--format", "json"))["services"]
        return [name for name, row in services.items() if row.get("restart", "no") != "no"]

    def start(self) -> None:
        more = ("--scale", f"crawler={CRAWLERS}") if self.is_apart else ()
        try:
            self("up", "-d", "--no-build", "--pull", "never", *more, timeout=WAIT_SECONDS)
        except Refused as error:
            if "migrate" not in str(error):
                raise
            raise Refused(f"{error}; the migration's log: {self.log('migrate')}") from error
        for service in self.with_restart_policy:
            self.healthy(service)

    def state(self, service: str) -> dict[str, Any]:
        container = json.loads(run("docker", "inspect", self("ps", "-aq", service).split()[0]))[0]
        return {**container["State"], "Restarts": container["RestartCount"]}

    def log(self, service: str) -> str:
        return self("logs", "--no-color", "--no-log-prefix", "--tail", "20", service)

    def healthy(self, service: str, *, before: dict[str, Any] | None = None) -> None:
        """Waits until the service is well (since a crash, given its state `before`); not through a restart loop."""
        started_after, restarts = (before["StartedAt"], before["Restarts"]) if before else ("", 0)

        def look() -> bool:
            state = self.state(service)
            if state["Restarts"] > restarts + MOST_RESTARTS:
                raise RuntimeError(
                    f"{service} was restarted {state['Restarts']} times; its log ends: {self.log(service)}"
                )
            return state["Health"]["Status"] == "healthy" and state["StartedAt"] > started_after

        try:
            until(f"{service} is healthy", look)
        except Refused as error:
            raise Refused(f"{error}; its log ends: {self.log(service)}") from error

    def crash(self, service: str) -> None:
        """Ends the service as a crash does: `docker kill` counts as the operator's own stop, and no restart follows."""
        pid = self.state(service)["Pid"]
        hostname = Path(f"/proc/{pid}/root/etc/hostname")
        if (
            os.geteuid() == 0
            and hostname.exists()
            and self("ps", "-q", service).startswith(hostname.read_text().strip())
        ):
            os.kill(pid, signal.SIGKILL)
        else:  # the engine is in a machine of its own, or not ours to reach into
            self("kill", service)
            self("start", service)

    def zgcwatch(self, *arguments: str) -> str:
        return self("exec", "-T", self.leader, "zgcwatch", *arguments)

    def mailed(self) -> list[str]:
        """The text of every mail that the sink has taken."""
        return json.loads(self("exec", "-T", "sink", "python", "-c", READ_MAIL))

    def articles(self) -> list[str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/v1/articles", timeout=10) as answer:
            return sorted(item["title"] for item in json.load(answer)["items"])


def copy_of_the_repository(target: Path) -> None:
    """What git has and would add: nothing ignored helps, and nothing is left behind."""
    listed = run("git", "-C", str(REPOSITORY), "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (REPOSITORY / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, target / name)


def check_files(tally: Tally, source: Path) -> None:
    """What holds without an engine: the linter's view of the Dockerfile, compose's of its files."""
    if shutil.which("hadolint"):
        with tally.check("hadolint"):
            run("hadolint", str(source / "Dockerfile"))
    else:
        say("skipped: hadolint is not installed")
    if not shutil.which("docker") or not compose_version():
        say("skipped: the compose files were not read: docker compose is not installed")
        return
    filled = {**os.environ, "POSTGRES_PASSWORD": "secret", "ZGCWATCH_CRAWLER__CONTACT": "https://example.org/"}
    empty = {**filled, "POSTGRES_PASSWORD": "", "ZGCWATCH_CRAWLER__CONTACT": ""}
    for file in ("docker-compose.yml", "docker-compose.sqlite.yml"):
        command = ("docker", "compose", "--project-directory", str(source), "-f", str(source / file), "config", "-q")
        with tally.check(f"{file} is valid"):
            run(*command, env=filled)
        with tally.check(f"{file} names what is missing from .env"):
            refused = subprocess.run(command, env=empty, text=True, capture_output=True, check=False)
            if not refused.returncode or ".env.example" not in refused.stderr:
                raise Refused(f"exit {refused.returncode}: {refused.stderr}")


def compose_version() -> str:
    done = subprocess.run(("docker", "compose", "version", "--short"), text=True, capture_output=True, check=False)
    return "" if done.returncode else done.stdout.strip()


def check_image(tally: Tally, source: Path) -> bool:
    """Builds the image; looks at what it is, and runs the demo in it with no network and nothing writable but /data."""
    before = tally.failed
    with tally.check("build") as note:
        run("docker", "build", "--network", "host", "--tag", IMAGE, str(source), timeout=1800)
        note(f"{int(run('docker', 'image', 'inspect', '-f', '{{.Size}}', IMAGE)) / 1e6:.0f} MB")
    if tally.failed > before:
        return False
    with tally.check("the image runs as nobody in particular, and judges its own health"):
        config = json.loads(run("docker", "image", "inspect", IMAGE))[0]["Config"]
        facts = (config["User"].split(":")[0], "Healthcheck" in config, config["Entrypoint"], config["Cmd"])
        if facts != (UID, True, ["zgcwatch"], ["run"]):
            raise Refused(str(facts))
    with tally.check("every file of the packages is in it, and the tests are not") as note:
        lacking = packaged(source) - installed()
        if lacking:
            raise Refused(f"not in the image: {', '.join(sorted(lacking)[:20])}")
        used = run("docker", "run", "--rm", "--network", "none", "--entrypoint", "du", IMAGE, "-sm", "/opt/zgcwatch")
        note(f"/opt/zgcwatch has {used.split()[0]} MB")
    with tally.check("zgcwatch demo in it, no network, read-only root") as note:
        shown = run(
            "docker", "run", "--rm", "--network", "none", *HARDENED, IMAGE, "demo", "--out", "/data/demo", "--json"
        )
        counts = json.loads(shown)
        note(", ".join(f"{key} {value}" for key, value in counts.items() if isinstance(value, int)))
    return True


def packaged(source: Path) -> set[str]:
    """The repository's files that belong to the program, by their path."""
    files = (path.relative_to(source) for path in source.rglob("*") if path.is_file())
    return {str(path) for path in files if path.parts[0] in PACKAGES and path.suffix != ".md"}


def installed() -> set[str]:
    """The files under the site-packages of the image, by their path; fails when something of ours is there too much."""
    script = (
        "import pathlib, sysconfig; root = pathlib.Path(sysconfig.get_path('purelib'));"
        "print(*(p.relative_to(root) for p in root.rglob('*') if p.suffix != '.pyc'), sep='\\n')"
    )
    found = set(
        run("docker", "run", "--rm", "--network", "none", "--entrypoint", "python", IMAGE, "-c", script).split("\n")
    )
    if {"tests", "benchmarks", "docs"} & found:
        raise Refused("the tests, benchmarks or docs are in the image")
    return found


def check_life(tally: Tally, compose: Compose) -> None:
    """From `up` to `down -v`. The archive must come through every way of dying."""
    outlet, file = compose.outlet, compose.file
    before = tally.failed
    try:
        with tally.check(f"{file}: up, all healthy"):
            compose.start()
        if tally.failed > before:
            return
        with tally.check("the sample outlet's article is in the archive, by the schedule alone"):
            until("one article in /v1/articles", lambda: compose.articles() == [FIRST[0]], 60)
        with tally.check("the digest arrives at the mail sink"):
            compose.zgcwatch("digest", "send")
            until("a mail with the article", lambda: told(compose, FIRST[0]) == 1, 30)
        for service in compose.with_restart_policy:
            with tally.check(f"kill -9 of {service}: back, and nothing lost"):
                before = compose.state(service)
                compose.crash(service)
                compose.healthy(service, before=before)
                compose.healthy(compose.front)
                until("the article is still there", lambda: compose.articles() == [FIRST[0]], 30)
        if "db" in compose.with_restart_policy:
            with tally.check("the database restarts under the application"):
                compose("restart", "db")
                compose.healthy("db")
                for service in compose.with_restart_policy:
                    compose.healthy(service)
                until("the article is there", lambda: compose.articles() == [FIRST[0]], 30)
        with tally.check("a second article by `zgcwatch crawl`, and search finds it"):
            outlet.publish(*SECOND)
            compose.zgcwatch("crawl", "sample-press")
            found = json.loads(compose.zgcwatch("search", "반도체", "--json"))
            titles = [item["title"] for item in found["items"]]
            if titles != [SECOND[0]] or compose.articles() != sorted(outlet.titles):
                raise Refused(f"search {titles}, archive {compose.articles()}")
        with tally.check("whatever was killed, every story was mailed once"):
            compose.zgcwatch("digest", "send")
            until("a mail with the second article", lambda: told(compose, SECOND[0]) == 1, 30)
            if told(compose, FIRST[0]) != 1:
                raise Refused(f"the first article is in {told(compose, FIRST[0])} mails")
        with tally.check("SIGTERM stops every service in time, with exit code 0") as note:
            start = time.monotonic()
            compose("stop", timeout=2 * GRACE_SECONDS)
            taken = time.monotonic() - start
            codes = {service: compose.state(service)["ExitCode"] for service in compose.with_restart_policy}
            note(f"{taken:.1f} s, {codes}")
            if any(codes.values()) or taken >= GRACE_SECONDS:
                raise Refused(f"{taken:.1f} s, exit codes {codes}: {compose.log(compose.leader)}")
        with tally.check("down and up again: the same archive"):
            compose("down")
            compose.start()
            until("both articles", lambda: compose.articles() == sorted(outlet.titles), 30)
            compose.zgcwatch("db", "check")
    finally:
        with tally.check("down -v leaves nothing"):
            compose("down", "-v", "--remove-orphans", timeout=2 * GRACE_SECONDS)
            label = f"label=com.docker.compose.project={compose.name}"
            left = run("docker", "ps", "-aq", "--filter", label) + run(
                "docker", "volume", "ls", "-q", "--filter", label
            )
            if left:
                raise Refused(left)


def told(compose: Compose, title: str) -> int:
    """In how many mails the story stands."""
    return sum("".join(title.split()) in "".join(text.split()) for text in compose.mailed())  # lines are folded


def check_unwritable(tally: Tally) -> None:
    """A volume that belongs to somebody else: the service ends at once and names the line that mends it."""
    with tally.check("an unwritable volume is exit code 78 with the chown line"):
        place = ("--tmpfs", "/data:uid=0,mode=755")
        command = ("docker", "run", "--rm", "--network", "none", *place, IMAGE, "db", "upgrade")
        done = subprocess.run(command, text=True, capture_output=True, timeout=120, check=False)
        if done.returncode != 78 or f"chown -R {UID}:{UID} /data" not in done.stderr:
            raise Refused(f"exit {done.returncode}: {done.stderr}")


def main() -> int:
    tally = Tally()
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="zgcwatch-docker-") as scratch:
        source = Path(scratch) / "src"
        source.mkdir()
        copy_of_the_repository(source)
        check_files(tally, source)
        if (
            not shutil.which("docker")
            or subprocess.run(("docker", "version"), capture_output=True, check=False).returncode
        ):
            say("skipped: nothing was built or started: no Docker engine answers here")
        elif check_image(tally, source):
            check_unwritable(tally)
            Path(scratch).chmod(0o755)
            for file in ("docker-compose.sqlite.yml", "docker-compose.yml"):
                outlet = SampleOutlet(Path(scratch) / Path(file).stem)
                outlet.prepare()
                outlet.publish(*FIRST)
                check_life(tally, Compose(source, file, outlet))
            subprocess.run(("docker", "image", "rm", "-f", IMAGE), capture_output=True, check=False)
    say(f"{time.monotonic() - start:.0f} s in all")
    say(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
