"""The Demand page: figures that follow from the tested past, switches that refit, a forecast of one's own, charts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from analytics.demand.months import by_month
from analytics.naming.labels import money_text
from analytics.writeup.charts.theme import ink
from dashboard.charts.demand import demand_chart, part_chart
from dashboard.charts.past import past_chart
from dashboard.charts.season import season_chart
from dashboard.results import store
from dashboard.results.demand_facts import DemandFacts, worst_errors
from tests.dashboard.conftest import items_csv, sales_csv, settled
from tests.dashboard.test_charts import rows_of
from tests.dashboard.views.test_pages import texts, with_files

Start = Callable[..., AppTest]


@pytest.fixture(scope="module")
def demand_of_sample(facts_of_sample: Callable[[str], object]) -> DemandFacts:
    facts_of_sample("servers")
    found = store.kept("servers", "demand")
    if found is None:
        from dashboard.results.demand_facts import demand_facts_of, past_of

        study = store.kept("servers", "study")
        found = demand_facts_of(study, past_of(study))
        store.keep("servers", "demand", found)
    assert isinstance(found, DemandFacts)
    return found


def test_the_page_says_how_good_the_forecast_is_and_what_not_knowing_costs(
    start: Start, demand_of_sample: DemandFacts
) -> None:
    at = start("servers", "demand")
    past = demand_of_sample.past
    good = np.isfinite(past.actual)
    off = np.abs(past.actual - past.forecast)[good].sum() / past.actual[good].sum()
    assert f"{100 * off:.0f} %" in at.metric[0].value.replace("\\", "")
    title = at.title[0].value.replace("\\", "")
    ours, simple = (float(np.nansum(x)) for x in (demand_of_sample.regret, demand_of_sample.regret_simple))
    assert f"misplans stock of {money_text(ours, 'USD')} a year" in title
    assert (
        f"{money_text(abs(simple - ours), 'USD')} {'less' if ours < simple else 'more'} than by a 12-month mean"
        in title
    )
    assert "when stocking" in title and "to order" in title
    assert len(at.metric) == 4 and any("How is this computed" in e.label for e in at.expander)
    assert any(f"{off:.4f}" in c.value for c in at.code)
    silent = demand_of_sample.silent
    assert silent is not None and silent.brier < 0.5 * silent.brier_of_share
    # two standard errors of a share, and three products for the bands of few
    away = (
        2.0 * np.sqrt(silent.table["cases"] * silent.table["stated"] * (1.0 - silent.table["stated"])) + 3.0
    )
    assert (np.abs(silent.table["happened"] - silent.table["stated"]) * silent.table["cases"] <= away).all()
    assert any(
        f"{silent.brier:.4f}" in c.value and c.value.count("happened ") >= len(silent.table) for c in at.code
    )
    shown = texts(at)
    assert "nan" not in shown.lower().split() and "too short to test" in shown
    assert "fitted" in shown and len(at.toggle) == 7


def test_a_product_sold_for_years_shows_its_trend_and_season(
    start: Start, demand_of_sample: DemandFacts
) -> None:
    at = start("servers", "demand")
    facts = store.kept("servers", "facts")
    longest = str(facts.products["sku"].to_numpy()[np.argmax((facts.demand > 0).sum(axis=1))])
    box = next(b for b in at.selectbox if b.label.startswith("Product"))
    box.select(longest).run()
    assert not at.exception
    assert "add up to what was sold" in texts(at) and "level" in texts(at)


def test_a_part_of_the_history_is_a_line_and_the_remainder_stands_on_zero() -> None:
    frame = pd.DataFrame({"period": pd.to_datetime(["2025-01-06", "2025-01-13"]), "units": [-3.0, 5.0]})
    line, bars = (part_chart(frame, name, ink("dark")).to_dict() for name in ("Season", "Remainder"))
    assert line["mark"]["type"] == "line" and bars["mark"]["type"] == "rule"
    assert bars["encoding"]["y2"]["datum"] == 0 and [
        r["units"] for r in rows_of(part_chart(frame, "Trend", ink("light")))
    ] == [-3.0, 5.0]


def test_a_switch_refits_and_goes_back(start: Start, demand_of_sample: DemandFacts) -> None:
    at = with_files(start(), with_a_project(), items_csv())
    settled(at.button(key="use-file").click().run())
    settled(at.switch_page("views/demand.py").run())
    assert not at.exception
    assert at.toggle(key="layer-outliers").value
    before = next(c.value for c in at.caption if "fitted" in c.value)
    settled(at.toggle(key="layer-outliers").set_value(False).run())
    assert not at.exception
    after = next(c.value for c in at.caption if "fitted" in c.value)
    assert before != after and "removed 0 units" in after.replace("\\", "")
    assert not at.toggle(
        key="layer-outliers"
    ).value and "off, would concern 1 week of 1 product" in at.toggle(key="layer-outliers").label.replace(
        "\\", ""
    )
    settled(next(b for b in at.button if b.label == "Back to the usual layers").click().run())
    assert (
        next(c.value for c in at.caption if "fitted" in c.value) == before
        and at.toggle(key="layer-outliers").value
    )


def with_a_project() -> bytes:
    """The small file with one order of 900 in it."""
    lines = sales_csv().decode().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("2024-09-02,A-1"))
    lines[at] = "2024-09-02,A-1,900,20.50"
    return "\n".join(lines).encode()


def test_ets_joins_on_request_says_what_it_changed_and_leaves_again(start: Start) -> None:
    at = with_files(start(), sales_csv(), items_csv())
    settled(at.button(key="use-file").click().run())
    settled(at.switch_page("views/demand.py").run())
    before, top = texts(at), [m.value for m in at.metric]
    assert "about a second a product" in before and "by statsmodels" not in before
    settled(at.selectbox(key="ets-products").select(10).run())
    shown = texts(at).replace("\\", "")
    assert not at.exception
    assert (
        "ETS joined 4 of 10 products" in shown
        and "recommendation" in shown
        and "without it" in shown
        and "by statsmodels, chosen by AICc" in shown
    )
    assert [m.value for m in at.metric] == top and at.session_state["choices"]["own"].ets == 10
    settled(at.selectbox(key="ets-products").select(0).run())
    strip = next(str(m.value) for m in at.markdown if "What changed" in str(m.value))
    assert "which methods forecast" in strip and "stays" in strip  # of the four, none moved the gain
    assert not at.exception and texts(at).replace(f"{strip} ", "", 1) == before


def test_a_forecast_of_ones_own_is_compared_or_refused_in_words(start: Start) -> None:
    at = with_files(start(), sales_csv(), items_csv())
    settled(at.button(key="use-file").click().run())
    settled(at.switch_page("views/demand.py").run())
    weeks = np.datetime64("2025-01-06") + 7 * np.arange(12)
    rows = "\n".join(["sku,period,mean", *(f"{sku},{week},3" for sku in ("A-1", "B-2") for week in weeks)])
    at.file_uploader(key="forecast-file").set_value(("mine.csv", rows.encode(), "text/csv")).run()
    assert not at.exception
    shown = texts(at).replace("\\", "")
    assert "yours was" in shown and "No origin is told" in shown
    at.file_uploader(key="forecast-file").set_value(
        ("mine.csv", b"sku,period,mean\nZZ,2025-01-06,3\n", "text/csv")
    ).run()
    assert not at.exception
    assert "no product of the forecast is in the sales file" in at.dataframe[-1].value.to_string()


def test_worst_errors_are_the_value_of_what_was_wrong(demand_of_sample: DemandFacts) -> None:
    value = np.linspace(1.0, 50.0, len(demand_of_sample.tests))
    table = worst_errors(demand_of_sample, value)
    i = int(table["position"].iloc[2])
    wrong = np.abs(demand_of_sample.past.actual[i] - demand_of_sample.past.forecast[i])
    assert table["value"].iloc[2] == pytest.approx(np.nanmean(wrong) * value[i])
    assert table["value"].is_monotonic_decreasing and (table["error"] > 0).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 800), st.sampled_from([1, 7]), st.lists(st.floats(0, 1e4), min_size=1, max_size=30))
def test_months_hold_every_unit(offset: int, days: int, values: list[float]) -> None:
    starts = np.datetime64("2021-12-27") + offset + days * np.arange(len(values))
    months, got = by_month(starts, days, np.array([values]))
    assert got.sum() == pytest.approx(sum(values)) and got.shape == (1, len(months)) and (got >= 0).all()
    assert months[0] == starts[0].astype("datetime64[M]")


def test_charts_draw_what_they_are_given() -> None:
    colours = ink("dark")
    past = pd.DataFrame(
        {
            "date": ["2024-01-01", "2024-02-01"],
            "came": [4.0, 9.0],
            "said": [5.0, 6.0],
            "simple": [5.5, 5.0],
            "low": [1.0, 2.0],
            "high": [8.0, 11.0],
        }
    )
    assert [r["came"] for r in rows_of(past_chart(past, colours)) if "label" not in r] == [4.0, 9.0]
    season = pd.DataFrame(
        {
            "year": ["2023", "2024", "2025 expected"],
            "month": [1, 1, 1],
            "units": [3.0, 4.0, 5.0],
            "kind": ["before", "last", "ahead"],
        }
    )
    lines = [
        layer["mark"]
        for layer in season_chart(season, colours).to_dict()["layer"]
        if layer["mark"]["type"] == "line"
    ]
    assert [line["strokeDash"] != [1, 0] for line in lines] == [False, False, True]
    sold = pd.DataFrame({"period": pd.to_datetime(["2024-01-01", "2024-02-01"]), "units": [3.0, 90.0]})
    ahead = pd.DataFrame(
        {
            "period": pd.to_datetime(["2024-03-01"]),
            "mean": [4.0],
            "q05": [0.0],
            "q25": [2.0],
            "q75": [6.0],
            "q95": [9.0],
        }
    )
    changed = pd.DataFrame({"period": pd.to_datetime(["2024-02-01"]), "units": [90.0], "fitted": [5.0]})
    assert (
        len(demand_chart(sold, ahead, colours, changed).to_dict()["layer"])
        == len(demand_chart(sold, ahead, colours).to_dict()["layer"]) + 2
    )
