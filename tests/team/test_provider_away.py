"""The identity provider goes away: who is signed in goes on, nobody new gets in, and the page is there for them to try again."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from dashboard.team.rights import Right
from tests.conftest import end
from tests.team.conftest import Team, started
from tests.team.provider import Provider
from tests.team.visitor import Visitor

SHOWN = "Bicycle"


def test_who_is_signed_in_goes_on_and_nobody_new_gets_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = Provider()
    process, address = started(tmp_path, provider)
    try:
        monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(tmp_path / "kept.sqlite3"))
        team = Team(address, provider, tmp_path / "kept.sqlite3", tmp_path / "log.txt")
        team.give("Muster GmbH", "sven@muster.example", Right.SEE, Right.SEE_COSTS)
        one = team.visitor("sven@muster.example")
        assert SHOWN in one.open()
        provider.close()
        assert SHOWN in one.open("products", reload=False) and SHOWN in one.open()  # a reload, too
        one.close()
        other = Visitor(address)
        answer = other.sign_in()
        assert answer.status_code == 400 and "Traceback" not in answer.text and SHOWN not in answer.text
        words = other.open()
        assert "Sign in with the account of your company" in words and SHOWN not in words
        other.close()
        assert httpx.get(f"{address}/health").text.strip() == "ok"
    finally:
        end(process)
