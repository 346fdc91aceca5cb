"""A PostgreSQL of the tests' own: made in a folder of theirs, run by a user who is not root, on a loopback port of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import psycopg

__all__ = ["BOTH", "PASSWORD", "REQUIRED", "Postgres", "programs"]

#: a test that asks for `on_both` (tests/conftest.py) is run on a file and on a server
BOTH = pytest.mark.parametrize("on_both", ["file", "server"], indirect=True)
REQUIRED = os.environ.get("STOCK_OR_ORDER_REQUIRE_POSTGRES") == "1"
PASSWORD = "pass/word of the tests"


def programs() -> Path | None:
    """Where the programs of PostgreSQL lie, the newest; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).parent if named else None


class Postgres:
    """A server that is started, killed and started again."""

    def __init__(self) -> None:
        bin_ = programs()
        assert bin_ is not None
        self.bin = bin_
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        #: PostgreSQL refuses to run as root
        self.user = {"user": "nobody"} if os.geteuid() == 0 else {}
        if self.user:
            shutil.chown(self.folder, "nobody")
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        word = self.folder / "word"
        word.write_text(PASSWORD)
        word.chmod(0o644)
        data = self.folder / "data"
        self._run("initdb", "-D", str(data), "-N", "-U", "planner", "-A", "scram-sha-256", f"--pwfile={word}",
                  "-E", "UTF8", "--locale=C", "--no-instructions")  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.bin / program), *arguments],
            check=True, capture_output=True, cwd="/", extra_groups=[] if self.user else None, **self.user,
        )  # type: ignore[call-overload]  # fmt: skip

    def address(self, password: str = PASSWORD) -> str:
        """The address of its database, with the password where there is one."""
        word = f":{password.replace('/', '%2F').replace(' ', '%20')}" if password else ""
        return f"postgresql+psycopg://planner{word}@127.0.0.1:{self.port}/postgres"

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """A connection of the test's own."""
        import psycopg

        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="planner",
            password=PASSWORD,
            dbname="postgres",
            autocommit=True,
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        import psycopg

        command = [
            str(self.bin / "postgres"), "-D", str(self.folder / "data"), "-h", "127.0.0.1", "-p", str(self.port),
            "-k", "", "-c", "shared_buffers=16MB", "-c", "max_connections=40",
        ]  # fmt: skip
        end = time.monotonic() + 120
        self.process = None
        while time.monotonic() < end:
            # after a kill it refuses to start until the last process of the one before has ended
            if self.process is None or self.process.poll() is not None:
                self.process = subprocess.Popen(
                    command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                    start_new_session=True, **self.user,
                )  # type: ignore[call-overload]  # fmt: skip
            try:
                self.connect().close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise AssertionError("PostgreSQL does not answer")

    def kill(self) -> None:
        """End all of it by signal 9, as a power cut does."""
        assert self.process is not None
        os.killpg(
            self.process.pid, signal.SIGKILL
        )  # the server and what it began; others have groups of their own
        self.process.wait()

    def emptied(self) -> None:
        """An empty database, and nobody connected to it."""
        with self.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'postgres' AND pid <> pg_backend_pid()"
            )
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    def dump(self) -> str:
        """Everything in the database as text."""
        found = subprocess.run(
            [str(self.bin / "pg_dump"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "planner", "postgres"],
            check=True, capture_output=True, text=True, env={**os.environ, "PGPASSWORD": PASSWORD},
        )  # fmt: skip
        return found.stdout

    def end(self) -> None:
        """End it and take its folder away."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
