"""The identity provider goes away: who is signed in goes on, nobody new gets in, and they read why."""

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
        other.open()
        other.press("Sign in")
        led = other.client.get(address + other.redirect())
        assert led.status_code == 303 and led.headers["location"] == "/?sign-in=away" and led.text == ""
        words = other.open(query="sign-in=away")
        assert "The sign-in service of your company does not answer" in words and SHOWN not in words
        assert "Sign in with the account of your company" in words
        assert "does not answer" not in other.open(query="sign-in=<b>x</b>")  # no words of an address
        other.close()
        assert httpx.get(f"{address}/health").text.strip() == "ok"
    finally:
        end(process)
