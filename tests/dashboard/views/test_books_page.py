"""Stock and risk on the screen: what is set beside a section answers at once, to the cent, and ties to the files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from streamlit.testing.v1 import AppTest

from analytics.valuation.policy import Override, StockPolicy
from analytics.writeup.words.books import bridge_bars, file_margin
from analytics.writeup.words.stock import amount_text
from dashboard.results import compute
from dashboard.state.choice import Choice, base_assumptions, sample_source
from sample_data import samples

Start = Callable[..., AppTest]


def words_of(at: AppTest) -> str:
    """Titles and small print of the page."""
    return " | ".join(str(e.value) for e in (*at.title, *at.subheader, *at.caption, *at.markdown)).replace(
        "\\", ""
    )


def test_what_is_set_on_the_page_answers_at_once(start: Start) -> None:
    answer = compute.stock_answer(
        Choice(sample_source("servers"), base_assumptions("servers"), samples()["servers"].currency)
    )
    stock, valued = answer.valued.stock, answer.valued
    at = start("servers")
    at.switch_page("views/risk.py").run(timeout=120)
    assert not at.exception
    words = words_of(at)
    assert "on the books" in words and "open to the ledger" not in words
    assert "before one-off costs: what switching costs is not stated" in words
    mark = sample_source("servers").digest[:8]
    at.number_input(key=f"books-ledger-{mark}").set_value(2_800_000.0).run(timeout=60)
    assert f"{amount_text(2_800_000.0 - stock.total)} open to the ledger" in words_of(at)
    at.number_input(key=f"books-ledger-{mark}").set_value(None).run(timeout=60)
    assert "open to the ledger" not in words_of(at)  # a balance can be taken back
    at.radio(key=f"books-standard-{mark}").set_value("usgaap").run(timeout=60)
    assert "Under US GAAP" in words_of(at) and "nothing is reversed" in words_of(at)
    at.number_input(key=f"books-one-off-{mark}").set_value(100.0).run(timeout=60)
    assert "One-off costs of 100.00 are paid back within" in words_of(at)
    at.text_input(key=f"books-buckets-{mark}").set_value("180, 90").run(timeout=60)
    assert "the ends of the buckets of age do not rise" in " ".join(
        str(frame.value.to_numpy()) for frame in at.dataframe
    ) and "These settings cannot be used" in " ".join(str(one.value) for one in at.error)
    assert amount_text(valued.reserve_total) in " ".join(
        str(frame.value.to_numpy()) for frame in at.dataframe
    )


@pytest.mark.parametrize("measure", ["written_off", "units_lost", "margin_not_earned"])
def test_means_of_the_years_are_those_of_the_totals(measure: str) -> None:
    """The chart's mean is the page Compare's figure of the same plan: servers, every plan."""
    choice = Choice(sample_source("servers"), base_assumptions("servers"), samples()["servers"].currency)
    answer, facts = compute.stock_answer(choice), compute.facts(choice)
    for plan, of in facts.portfolio.money.items():
        asked = {
            "written_off": of["obsolescence"] + of["run_off"] + of["markdown"],
            "units_lost": facts.portfolio.service[plan]["units_lost"],
            "margin_not_earned": of["lost_margin"] + of["goodwill"] + of["waiting"],
        }[measure]
        found = answer.exposure.of(plan, measure)
        assert found.expected == pytest.approx(asked, abs=0.005, rel=1e-9), plan
        assert found.expected <= found.cvar95 + 1e-6 and found.p95 <= found.cvar95 + 1e-6


def test_what_is_set_is_in_the_files_taken_away() -> None:
    """A reserve set by hand stands in reserve.csv and in the register with the name typed; without one the files are as `analyze` writes them."""
    choice = Choice(sample_source("servers"), base_assumptions("servers"), samples()["servers"].currency)
    sku = str(compute.stock_answer(choice).valued.stock.skus[0])
    policy = StockPolicy(standard="hgb", overrides={sku: Override(0.5, "M. Weber", "offer in hand")})
    made, usual = compute.files(replace(choice, policy=policy)), compute.files(choice)
    reserve, register = made["reserve.csv"]().decode(), made["register.csv"]().decode()
    assert (
        "M. Weber, stock of " in reserve
        and '(as typed, not verified)",offer in hand' in reserve
        and "HGB" in reserve
    )
    assert f"stock/override/{sku}" in register and "M. Weber (as typed, not verified)" in register
    assert b"M. Weber" not in usual["reserve.csv"]() and made["strategies.csv"]() == usual["strategies.csv"]()


def test_the_bridge_starts_from_the_margin_of_the_file_and_ends_at_the_mix() -> None:
    """Bars in order: the file's gross margin, one step to today's way, steps that add up to the gain, the mix; nothing is lost between them."""
    choice = Choice(sample_source("servers"), base_assumptions("servers"), samples()["servers"].currency)
    facts = compute.facts(choice)
    assert facts.bridge is not None
    bars = bridge_bars(facts.bridge, file_margin(facts.margin))
    assert [bar["step"] for bar in bars][:3] == [
        "Gross margin of the file",
        "Stock, waiting, the year ahead",
        "Today's way",
    ]
    assert bars[0]["amount"] == pytest.approx(facts.margin["at_items"]) and bars[-1]["step"] == "The mix"
    steps = [bar for bar in bars if bar["kind"] != "level"]
    assert sum(float(str(bar["amount"])) for bar in steps[1:]) == pytest.approx(
        facts.portfolio.gain, abs=0.005
    )
    assert bars[-1]["amount"] == pytest.approx(facts.portfolio.money["mix"]["profit"], abs=0.005)
    assert all(a["end"] == pytest.approx(b["start"]) for a, b in pairwise(steps[1:]))
