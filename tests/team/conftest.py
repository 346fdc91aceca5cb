"""A team's server with an identity provider of its own, on loopback ports."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboard.kept.acting import acting_for
from dashboard.team import people
from dashboard.team.rights import Right
from tests.conftest import ROOT, end, free_port, wait_until_healthy
from tests.team.provider import CLIENT, SECRET, Provider
from tests.team.visitor import Visitor

CONFIGURATION = """
[sign_in]
metadata = "{metadata}"
client_id = "{client}"
secrets = "secrets.toml"
[companies."Muster GmbH"]
administrators = ["anna@muster.example"]
[companies."Other AG"]
administrators = ["olga@other.example"]
"""


@dataclass(frozen=True)
class Team:
    """A running server: its address, its provider, its database, its log."""

    address: str
    provider: Provider
    database: Path
    log: Path

    def give(self, company: str, email: str, *rights: Right) -> None:
        """Rights as an administrator gives them."""
        with acting_for(company, "tests"):
            people.grant(company, email, rights)

    def visitor(self, email: str, **claims: object) -> Visitor:
        """Somebody who signed in with this address."""
        self.provider.claims = {"email": email, "name": email.partition("@")[0].title(), **claims}
        one = Visitor(self.address)
        one.sign_in()
        return one


def started(folder: Path, provider: Provider, *more: str) -> tuple[subprocess.Popen[bytes], str]:
    """A server of a team in a folder, and its address."""
    text = CONFIGURATION.format(metadata=provider.metadata, client=CLIENT)
    (folder / "team.toml").write_text(text, encoding="utf-8")
    secrets = folder / "secrets.toml"
    secrets.write_text(f'client_secret = "{SECRET}"\ncookie_secret = "{"k" * 40}"\n', encoding="utf-8")
    secrets.chmod(0o600)
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "dashboard.serve",
        "--config",
        str(folder / "team.toml"),
        "--port",
        str(port),
    ]
    command += ["--public-url", f"http://127.0.0.1:{port}", "--database", str(folder / "kept.sqlite3"), *more]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    wait_until_healthy(f"http://127.0.0.1:{port}", process)
    return process, f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A team's server that runs while the tests of a file do."""
    folder, provider = tmp_path_factory.mktemp("team"), Provider()
    process, address = started(folder, provider)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STOCK_OR_ORDER_DATABASE", str(folder / "kept.sqlite3"))
        yield Team(address, provider, folder / "kept.sqlite3", folder / "log.txt")
    end(process)
    provider.close()
