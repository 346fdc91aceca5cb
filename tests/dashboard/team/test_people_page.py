"""The pages People and Changes: rights given and taken, refusals in words, the log with its files, and the company's data deleted."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import sessions
from dashboard.kept.acting import acting_for
from dashboard.results import compute
from dashboard.state.choice import file_source
from dashboard.team import people, session
from dashboard.team.configuration import Configuration
from dashboard.team.rights import Right
from tests.dashboard.conftest import APP, items_csv, sales_csv

COMPANY, ANNA = "Muster GmbH", "anna@muster.example"


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Anna, who administers, is signed in; files that a page offers, by label."""
    found: dict[str, Any] = {}

    def button(label: str, data: Any, *given: Any, **named: Any) -> Any:
        found[label] = data
        return download(label, data, *given, **named)

    download = st.download_button
    monkeypatch.setattr(st, "download_button", button)
    claims = {"is_logged_in": True, "email": ANNA, "name": "Anna", "iat": time.time()}
    monkeypatch.setattr(sessions, "user", lambda _="": claims)
    monkeypatch.setattr(sessions, "every", list)  # the harness has no windows
    people.first_administrator(COMPANY, ANNA)
    session.serve_with(Configuration("https://x.example", "c", {COMPANY: (ANNA,)}, "s", "k"))
    yield found
    session.serve_with(None)


def page(name: str = "people") -> AppTest:
    at = AppTest.from_file(str(APP), default_timeout=180)
    at.query_params["data"] = "servers"
    at.switch_page(f"views/{name}.py").run()
    assert not at.exception
    return at


def press(at: AppTest, label: str) -> AppTest:
    (one,) = [button for button in at.button if button.label == label]
    one.click()
    at.run()
    assert not at.exception
    return at


def test_rights_are_given_and_taken_and_the_last_administrator_stays(files: dict[str, Any]) -> None:
    at = page()
    assert at.title[0].value == "1 person of Muster GmbH"
    at.text_input(key="grant-to").set_value("Sven@Muster.example")
    at.multiselect(key="grant-rights").set_value([Right.CHANGE])
    press(at, "Give")
    assert people.rights_of(COMPANY, "sven@muster.example") == {Right.SEE, Right.CHANGE}
    assert "has the right to: change" in at.success[0].value.replace("\\", "")
    at.selectbox(key="withdraw-from").set_value("sven@muster.example")
    press(at, "Remove the person")
    assert people.person_of("sven@muster.example") is None
    at.selectbox(key="withdraw-from").set_value(ANNA)
    press(at, "Remove the person")
    assert "only one who administers" in at.error[0].value and people.person_of(ANNA) is not None


def test_the_log_holds_values_for_those_who_see_costs_alone(files: dict[str, Any]) -> None:
    page("changes")
    told = json.loads(files["All changes (JSON)"]())
    assert ANNA in {one["what"] for one in told} | {one["person"] for one in told}
    assert files["All changes (CSV)"]().startswith(b"at,person")


def test_deleting_the_company_needs_its_name_and_leaves_nothing(files: dict[str, Any]) -> None:
    source = file_source((("sales.csv", sales_csv()),), ("items.csv", items_csv()))
    with acting_for(COMPANY, ANNA):
        compute.remember(source)
    at = page("changes")
    at.text_input(key="delete-company").set_value("Muster")
    press(at, "Delete everything")
    assert "nothing was deleted" in at.error[0].value.lower() and people.person_of(ANNA) is not None
    at.text_input(key="delete-company").set_value(COMPANY)
    press(at, "Delete everything")
    assert people.person_of(ANNA) is None
    with acting_for(COMPANY, ANNA):
        assert compute.remembered(source.digest) is None
    assert any("has no right to see anything here" in one.value for one in at.warning)
