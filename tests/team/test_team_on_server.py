"""A team's server on PostgreSQL: signed in, kept, and in words where the database goes away and comes back."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import end
from tests.team.conftest import started
from tests.team.postgres import PASSWORD, Postgres
from tests.team.provider import Provider
from tests.team.visitor import Visitor


def health(address: str) -> int:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_a_database_that_goes_away_is_said_and_all_is_there_once_it_is_back(
    postgres: Postgres, tmp_path: Path
) -> None:
    postgres.emptied()
    provider = Provider()
    process, address = started(tmp_path, provider, "--database", postgres.address())
    try:
        provider.claims = {"email": "anna@muster.example", "name": "Anna"}
        anna = Visitor(address)
        anna.sign_in()
        assert "1 person of Muster GmbH" in anna.open("people") and health(address) == 200
        postgres.kill()
        time.sleep(2.1)  # rights are read at most every two seconds
        words = anna.open("people")
        assert "Your rights cannot be read" in words and "does not answer" in words
        assert "1 person of Muster GmbH" not in words and PASSWORD not in words and health(address) == 503
        postgres.start()
        assert "1 person of Muster GmbH" in anna.open("people") and health(address) == 200
        anna.close()
        told = (tmp_path / "log.txt").read_text(encoding="utf-8")
        assert PASSWORD not in told and "pass%2Fword" not in told
    finally:
        end(process)
        provider.close()


@pytest.mark.parametrize("word", ["wrong word"])
def test_a_server_does_not_start_where_the_database_lets_it_not_in(
    postgres: Postgres, tmp_path: Path, word: str
) -> None:
    provider = Provider()
    try:
        with pytest.raises(AssertionError, match="the server ended"):
            started(tmp_path, provider, "--database", postgres.address(word))
        told = (tmp_path / "log.txt").read_text(encoding="utf-8")
        assert "does not let planner in" in told and word not in told and "Traceback" not in told
    finally:
        provider.close()
