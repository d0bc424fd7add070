"""The sample site's own process and its memory: the same folder gets the same addresses, dates and edition again."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from cli.demo.server import AddressError
from cli.demo.site import DEFAULT_PORT, Site, load_site
from storage.errors import ConfigurationError, ZgcwatchError

STATE_FILE = "site.json"
LOG_FILE = "site-access.log"
ROOT = Path(__file__).parents[2]  # the folder that holds the package `cli`, in a checkout and when installed
STOP_SECONDS = 5


@dataclass(slots=True)
class SiteState:
    """What a folder remembers of the site it was filled from: a site does not move or go back in time."""

    port: int
    now: datetime
    edition: int = 1

    @classmethod
    def of(cls, folder: Path, *, port: int | None, now: datetime) -> Self:
        """The folder's remembered state, or a new one. Raises ConfigurationError when `port` contradicts it."""
        file = folder / STATE_FILE
        if not file.exists():
            return cls(port or DEFAULT_PORT, now)
        try:
            row = json.loads(file.read_text(encoding="utf-8"))
            state = cls(int(row["port"]), datetime.fromisoformat(row["now"]), int(row["edition"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(
                f"{file} cannot be read ({error}): remove it with its folder, or choose another folder with --out."
            ) from error
        if port not in {None, state.port}:
            raise ConfigurationError(
                f"{folder} was filled from port {state.port}, and other addresses would be other articles: "
                "leave --port out, or choose another folder with --out."
            )
        return state

    def save(self, folder: Path) -> None:
        row = {**asdict(self), "now": self.now.isoformat()}
        new = folder / (STATE_FILE + ".new")
        new.write_text(json.dumps(row) + "\n", encoding="utf-8")
        new.replace(folder / STATE_FILE)


class SiteProcess:
    """The sample site served by a process of its own, for the length of a `with` block."""

    def __init__(self, folder: Path, state: SiteState) -> None:
        self.folder = folder.resolve()
        self.state = state
        self.site: Site = load_site(state.now, state.port)
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "cli.demo.server", "--port", str(self.state.port)]
        command += ["--edition", str(self.state.edition), "--now", self.state.now.isoformat()]
        command += ["--log", str(self.folder / LOG_FILE)]
        # A session of its own: Ctrl-C reaches the demo alone, which then stops the site after its last visit.
        self._process = subprocess.Popen(  # noqa: S603 - our own module, our own interpreter
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        try:
            self._expect("ready")
        except BaseException:
            self._stop()
            raise
        self.state.save(self.folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def turn_to(self, edition: int) -> None:
        """Moves the site on to a later edition, and remembers it."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"edition {edition}\n")
        self._process.stdin.flush()
        self._expect(f"edition {edition}")
        self.state.edition = edition
        self.state.save(self.folder)

    def _expect(self, line: str) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        said = self._process.stdout.readline().strip()
        if said == line:
            return
        if said.startswith("error "):
            raise AddressError(said.removeprefix("error "))
        raise ZgcwatchError("The sample site's server stopped by itself: run the demo again with -v to see its output.")

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.communicate(timeout=STOP_SECONDS)  # closes stdin: the server ends by itself
        except (subprocess.TimeoutExpired, BrokenPipeError):
            process.kill()
            process.communicate()
