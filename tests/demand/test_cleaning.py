"""Cleaning: what is taken out of the fit is listed, adds up, and can be switched off layer by layer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.data import read_sales
from analytics.demand import demand_panel
from analytics.demand.cleaning.layers import LAYERS, CleanedDemand, Cleaning, cleaned_demand
from analytics.demand.cleaning.one_off import one_off_cells
from analytics.demand.life.life_cycle import life_cycle
from analytics.demand.promoted import promotion_effect
from analytics.errors import DataError
from analytics.forecast import fit_forecast
from analytics.items import GIVEN, Items, empty_items
from tests.demand.conftest import history_of

NONE = Cleaning.of([])


def monthly(units: dict[str, list[float]], frequency: str = "M"):  # type: ignore[no-untyped-def]
    """A history with one line a month and product (zeros are no line)."""
    rows = [
        (sku, np.datetime64("2022-01") + t, u)
        for sku, series in units.items()
        for t, u in enumerate(series)
        if u
    ]
    return history_of(
        [r[0] for r in rows], [f"{r[1]}-15" for r in rows], [r[2] for r in rows], frequency=frequency
    )


def layer(got: CleanedDemand, name: str):  # type: ignore[no-untyped-def]
    return next(one for one in got.layers if one.name == name)


STEADY = [7.0, 9, 6, 8, 11, 7, 8, 6, 9, 7, 8, 10]


def test_a_project_is_reduced_to_the_largest_ordinary_month_and_named() -> None:
    history = monthly({"A": [*STEADY[:7], 480.0, *STEADY[7:]], "B": [*STEADY, 9.0]}, "L")
    panel = demand_panel(history, "M")
    got = cleaned_demand(panel, history)
    change = got.changes[got.changes["layer"] == "outliers"]
    assert len(change) == 1
    row = change.iloc[0]
    assert (row["sku"], row["first_period"], row["units_before"], row["units_after"], row["removed"]) == (
        "A",
        "2022-08-01",
        480.0,
        11.0,
        469.0,
    )
    assert row["why"] == "one line of 480 units"
    assert got.removed_units == 469.0 and got.original is panel
    assert panel.units.sum() == history.quantity.sum()
    off = cleaned_demand(panel, history, cleaning=replace(Cleaning(), outliers=False))
    assert (
        np.array_equal(off.panel.units, panel.units)
        and layer(off, "outliers").units == 469.0
        and not layer(off, "outliers").on
    )


@pytest.mark.parametrize(
    "series",
    [
        [*STEADY, *[60.0, 70, 65, 58, 66, 71]],  # a new level
        [*STEADY[:11], 60.0, *STEADY[:11], 57.0],  # every December
        [3.0, 0, 0, 30, 0, 4, 0, 29, 2, 0, 31, 3],  # lumpy: large orders come again
        [5.0, 400.0, 6.0],  # too short to know what is usual
        [6.0] * 12,
    ],
)
def test_what_comes_again_is_left_alone(series: list[float]) -> None:
    units = np.array([series])
    assert not one_off_cells(units, np.ones(units.shape, bool)).any()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3000), min_size=20, max_size=20), min_size=1, max_size=4))
def test_units_are_conserved_and_stay_whole(rows: list[list[int]]) -> None:
    units = np.array(rows, float)
    less = one_off_cells(units, np.ones(units.shape, bool))
    assert (less >= 0).all() and (less <= units).all() and np.array_equal(less, np.rint(less))
    assert (less > 0).sum(axis=1).max() <= 3
    # it never invents a second one-off in what it left
    kept = units - less
    for i in np.flatnonzero((less > 0).any(axis=1)):
        assert kept[i].max() == kept[i][less[i] > 0].max()


def test_a_sum_that_does_not_add_up_is_refused() -> None:
    panel = demand_panel(monthly({"A": STEADY}), "M")
    good = cleaned_demand(panel)
    with pytest.raises(ValueError, match="cleaned"):
        replace(good, panel=replace(panel, units=panel.units * 0.5))


def test_promotions_count_as_usual_days_when_the_layer_is_on() -> None:
    days = np.arange("2023-01-01", "2023-12-31", dtype="datetime64[D]")
    promoted = np.arange(len(days)) % 5 == 0
    history = replace(
        history_of(["A"] * len(days), days, np.where(promoted, 30.0, 10.0), frequency="D"),
        promotion=promoted.astype(float),
    )
    panel = demand_panel(history, "W")
    got = cleaned_demand(panel, history, cleaning=Cleaning.of(["promotions"]))
    inside = promoted[(days >= panel.starts[0]) & (days < panel.next_start)].sum()
    # two thirds of a promoted day are uplift; whole weeks are rounded down
    assert 20.0 * inside - panel.units.shape[1] <= got.removed_units <= 20.0 * inside
    assert got.panel.units.sum() + got.changes["removed"].sum() == panel.units.sum()
    default = cleaned_demand(panel, history)
    assert (
        np.array_equal(default.panel.units, panel.units)
        and layer(default, "promotions").units == got.removed_units
    )


def test_a_flag_in_the_file_becomes_a_layer_to_switch_and_less_to_forecast() -> None:
    """Known law: 5 a day, four times as many every sixth week. With the layer the forecast of a usual four weeks is 140, without it half as much more."""
    local = np.random.default_rng(8)
    days = np.arange("2024-01-01", "2025-06-30", dtype="datetime64[D]")
    promoted = np.arange(len(days)) // 7 % 6 == 0
    rows = [
        f"{day},{sku},{quantity},{'yes' if flag else 'no'}"
        for sku in ("A", "B", "C", "D")
        for day, flag, quantity in zip(
            days, promoted, local.poisson(np.where(promoted, 20.0, 5.0)), strict=True
        )
        if quantity
    ]
    history = read_sales("\n".join(["date,sku,quantity,on promotion", *rows]).encode(), name="sales.csv")
    panel = demand_panel(history, "W")
    off, on = (
        cleaned_demand(panel, history, cleaning=c)
        for c in (Cleaning(), Cleaning.of([*Cleaning().names, "promotions"]))
    )
    found = layer(off, "promotions")
    assert (
        not found.on
        and layer(on, "promotions").on
        and found.products == 4
        and found.units == pytest.approx(on.removed_units, rel=0.02)
    )

    def four_weeks(cleaned: CleanedDemand) -> float:
        n = len(cleaned.panel.skus)
        forecast = fit_forecast(
            cleaned.panel, life_cycle(cleaned.panel, None), np.full(n, -1, np.int32), np.full(n, 4.0), 4, 1
        )
        return float(forecast.mean[:, :4].sum(axis=1).mean())

    assert four_weeks(on) == pytest.approx(140.0, rel=0.1)
    assert four_weeks(off) > 1.2 * four_weeks(on)


def test_effect_of_a_product_hardly_promoted_leans_on_the_others() -> None:
    """Twice as much on 50 days of the first, nine times on one day of the second, both in one family of days of 10."""
    units, share = np.full((2, 150), 10.0), np.zeros((2, 150))
    share[0, 1::3], share[1, 70] = 1.0, 1.0
    units[0, 1::3], units[1, 70] = 20.0, 90.0
    got = promotion_effect(units, units > 0.0, share, np.zeros(2, np.int32), "D")
    assert got[0] == pytest.approx(2.0, rel=0.1) and 2.0 < got[1] < 4.0
    assert promotion_effect(units, units > 0.0, 0.0 * share, np.zeros(2, np.int32), "D").tolist() == [
        1.0,
        1.0,
    ]


def items_with(skus: list[str], **columns: object) -> Items:
    out = empty_items(skus)
    for name, value in columns.items():
        out = out.with_field(name, np.asarray(value), GIVEN)
    return out


def test_out_of_stock_is_unknown_and_not_zero() -> None:
    sold = [*STEADY, *STEADY, 0, 0, 0]
    history = monthly({"A": [*STEADY, *STEADY, 7, 8, 9], "B": sold, "C": sold, "D": sold})
    panel = demand_panel(history, "M")
    items = items_with(["A", "B", "C", "D"], on_hand=[0.0, 0.0, 5.0, 0.0], current_mode=["", "", "", "MTO"])
    got = cleaned_demand(panel, history, items)
    assert got.panel.observed[:, -3:].tolist() == [[True] * 3, [False] * 3, [True] * 3, [True] * 3]
    assert got.removed_units == 0.0 and layer(got, "stockouts").periods == 3
    assert cleaned_demand(panel, history, items, NONE).panel.observed[1, -3:].all()


def test_a_stock_of_zero_for_years_is_no_stockout() -> None:
    history = monthly({"A": STEADY * 3, "B": [*STEADY, *[0.0] * 24]})
    got = cleaned_demand(demand_panel(history, "M"), history, items_with(["A", "B"], on_hand=[3.0, 0.0]))
    assert not got.hidden.any()


def test_launch_and_end_can_be_read_as_zero_demand() -> None:
    history = monthly({"A": STEADY * 2, "B": [*[0.0] * 6, *STEADY, *[0.0] * 6]})
    panel = demand_panel(history, "M")
    items = items_with(["A", "B"], end_date=np.array(["NaT", "2023-06-30"], "datetime64[D]"))
    got = cleaned_demand(panel, history, items, Cleaning.of(["before_launch", "after_end"]))
    assert got.panel.observed[1].tolist() == [False] * 6 + [True] * 12 + [False] * 6
    assert got.panel.first.tolist() == [0, 6]
    off = cleaned_demand(panel, history, items, NONE)
    assert off.panel.observed.all() and off.panel.first.tolist() == [0, 0]
    assert [layer(off, name).periods for name in ("before_launch", "after_end")] == [6, 6]


def test_edges_are_layers_too_and_every_unit_is_accounted_for() -> None:
    days = np.arange("2021-12-20", "2023-12-21", dtype="datetime64[D]")
    early = days[days <= np.datetime64("2023-09-15")]
    every = np.concatenate([days, early])
    channel = ["web"] * len(days) + ["shop"] * len(early)
    history = history_of(
        ["A"] * len(every), every, np.tile([2.0, 3.0, 4.0], len(every))[: len(every)], channel=channel
    )
    for names in ([], ["partial_periods"], ["late_channels"], ["partial_periods", "late_channels"]):
        cleaning = Cleaning.of(names)
        panel = demand_panel(
            history, "M", cut_partial=cleaning.partial_periods, cut_late_channels=cleaning.late_channels
        )
        got = cleaned_demand(panel, history, cleaning=cleaning)
        assert panel.units.sum() + got.changes["removed"].sum() == pytest.approx(history.quantity.sum())
        assert str(panel.starts[0]) == ("2022-01-01" if cleaning.partial_periods else "2021-12-01")
        last = (
            "2023-08-01"
            if cleaning.late_channels
            else "2023-11-01"
            if cleaning.partial_periods
            else "2023-12-01"
        )
        assert str(panel.starts[-1]) == last


def test_layers_are_named_and_a_wrong_name_is_refused() -> None:
    assert set(LAYERS) == set(Cleaning.of(LAYERS).names)
    with pytest.raises(DataError, match="outlier"):
        Cleaning.of(["outlier"])


DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def test_few_periods_of_a_real_file_are_touched() -> None:
    if not (DATA / "carparts_monthly_wide.csv.gz").exists():
        pytest.skip("shared data not beside the project")
    history = read_sales(DATA / "carparts_monthly_wide.csv.gz")
    panel = demand_panel(history)
    got = cleaned_demand(panel, history)
    assert 0.0 < got.removed_units < 0.02 * panel.units.sum()
    assert got.panel.units.sum() + got.changes["removed"].sum() == pytest.approx(
        panel.counts["net_units"] + panel.counts["unmatched_units_left_over"]
    )
    assert got.changes["sku"].nunique() < 0.1 * len(panel.skus)
