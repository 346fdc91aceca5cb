"""Who may look and not change changes nothing, and is told so; who is of another company is shown nothing by the right link."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.kept.acting import acting_for
from dashboard.results import compute
from dashboard.state import inputs, memory
from dashboard.state.choice import file_source, sample_source
from dashboard.team import session
from dashboard.team.configuration import Configuration
from dashboard.team.rights import Right
from dashboard.team.session import REFUSED, SignedIn
from tests.dashboard.conftest import APP, items_csv, sales_csv

LOOKS = frozenset({Right.SEE, Right.SEE_COSTS})


class Team:
    """Who is signed in."""

    one = SignedIn("a@muster.example", "Anna", "Muster GmbH", LOOKS)


@pytest.fixture
def team(monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    session.serve_with(Configuration("https://x.example", "c", {"Muster GmbH": ()}, "s", "k"))
    found = Team()
    monkeypatch.setattr(session, "person", lambda _="": found.one)
    yield found
    session.serve_with(None)


def test_what_is_moved_stays_where_it_was(team: Team) -> None:
    at = AppTest.from_file(str(APP), default_timeout=180)
    at.query_params["data"] = "servers"
    at.run()
    at.text_input(key=f"currency-{sample_source('servers').digest}").set_value("XYZ").run()
    assert not at.exception
    assert REFUSED in [one.value for one in at.toast]
    assert at.session_state["choices"]["servers"].currency != "XYZ"
    team.one = team.one._replace(rights=frozenset(Right))
    at.text_input(key=f"currency-{sample_source('servers').digest}").set_value("XYZ").run()
    assert at.session_state["choices"]["servers"].currency == "XYZ"


def test_every_way_to_change_is_closed(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("streamlit.toast", lambda words, **_: told.append(words))
    sample = sample_source("servers")
    asked = [
        lambda: inputs.keep(None),  # type: ignore[arg-type]
        lambda: inputs.open_source(sample),
        lambda: inputs.use_stock_files(sample),
        inputs.give_up,
        inputs.undo,
        lambda: inputs.save_scenario("x"),
        lambda: inputs.remove_scenario("x"),
        lambda: memory.keep_naming(("a",), {"sku": "a"}),
    ]
    for act in asked:
        assert not act()  # type: ignore[operator]
    assert told == [REFUSED] * len(asked)


def test_the_right_link_shows_another_company_nothing(team: Team) -> None:
    source = file_source((("secret name.csv", sales_csv()),), ("items.csv", items_csv()))
    with acting_for("Other AG", "olga@other.example"):
        compute.remember(source)
        assert compute.remembered(source.digest) is not None
    at = AppTest.from_file(str(APP), default_timeout=180)
    at.query_params["data"] = source.digest
    at.run()
    assert not at.exception
    said = " ".join(
        str(one.value) for kind in (at.title, at.markdown, at.caption, at.info, at.warning) for one in kind
    )
    assert "secret name" not in said and "A-1" not in said and not at.metric and not at.dataframe
    team.one = team.one._replace(company="Other AG")
    at = AppTest.from_file(str(APP), default_timeout=180)
    at.query_params["data"] = source.digest
    at.run()
    assert "secret name" in " ".join(str(one.options) for one in at.selectbox)
