"""A change is split by cause, to the cent; what is planted is attributed to its own cause alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.assumptions import Assumption
from analytics.data.history import SalesHistory
from analytics.data.uploads import Given, read_files
from analytics.errors import DataError
from analytics.scenario.reassume import reassume
from analytics.study_change.attribution import METHOD, PARTS, Change, study_change
from analytics.study_change.causes import causes_at_work, mixed_inputs
from analytics.study_change.inputs import RunSettings, StudyInputs, run_inputs
from analytics.study_change.kept import kept_bytes, kept_study, read_kept
from analytics.study_change.outcome import AMOUNTS, study_outcome
from analytics.study_change.tables import change_by_product_table, change_table, strategy_changes_table
from sample_data import sample_paths
from tests.strategy.small import csv_text, of_few, sales_table
from tests.study_change.company import (
    few_study,
    items_with,
    planted,
    reading,
    small_inputs,
    small_kept,
    stated,
)


def adds_up(change: Change) -> None:
    """Asserts that every table of a change adds up, for the portfolio and every product, to the cent."""
    table = change_table(change)
    numbers = table.drop(columns=["part", "strategies_changed", "verdicts_changed"])
    np.testing.assert_allclose(numbers[:-1].sum(), numbers.iloc[-1], rtol=0, atol=0.005)
    rows = change_by_product_table(change)
    np.testing.assert_allclose(rows[["before", *PARTS]].sum(axis=1), rows["now"], rtol=0, atol=0.005)
    for amount, own in rows.groupby("amount"):
        own = own.drop(columns=["sku", "amount", "there"])
        np.testing.assert_allclose(own[:-1].sum(), own.iloc[-1], rtol=0, atol=0.005)
        parts = table.set_index("part")[str(amount)]
        np.testing.assert_allclose(own.iloc[-1], parts[["before", *PARTS, "now"]], rtol=0, atol=0.005)


def of_one_cause(change: Change, cause: str) -> set[str]:
    """Asserts that nothing but one part holds anything, not a cent; the amounts that moved."""
    adds_up(change)
    for amount in AMOUNTS:
        for name in set(PARTS) - {cause}:
            assert not np.any(change.parts[amount][name]), (amount, name)
    assert all(change.shared_parts[name] == 0.0 for name in set(PARTS) - {cause})
    turned = strategy_changes_table(change)
    assert set(turned["strategy_changed_by"]) | set(turned["verdict_changed_by"]) <= {cause, ""}
    return {amount for amount in AMOUNTS if change.part(amount, cause)}


def test_a_planted_cost_is_the_part_of_prices_and_costs_alone() -> None:
    """B2 costs 930 instead of 900: no other part has a cent, nothing is run in between, and what moved is B2's own."""
    inputs, study = planted("B2", cost=930.0)
    change = study_change(small_kept(), study, inputs)
    assert change.runs == 0 and "gain_per_year" in of_one_cause(change, "prices_and_costs")
    moved = change.skus[change.parts["gain_per_year"]["prices_and_costs"] != 0.0]
    assert moved.tolist() == ["B2"]


def test_a_planted_price_in_the_sales_is_no_demand() -> None:
    """B2 sold a tenth dearer in every line: the part of demand is nothing, though the sales file is another.

    The inputs with the earlier prices pinned, run, give the earlier study to the last digit.
    """
    inputs, study = planted("B2", price=1.1)
    change = study_change(small_kept(), study, inputs)
    assert change.runs == 0 and "gain_per_year" in of_one_cause(change, "prices_and_costs")
    pinned = study_outcome(run_inputs(mixed_inputs(small_kept().inputs, inputs, small_kept().promised, ())))
    before = small_kept().outcome
    assert all((pinned.amounts[name] == before.amounts[name]).all() for name in AMOUNTS)
    assert (pinned.strategy == before.strategy).all() and (pinned.verdict == before.verdict).all()
    assert pinned.shared == before.shared


def test_a_planted_figure_of_stock_is_the_part_of_stock_alone() -> None:
    """40 pieces of A1 at 70 are found: 2,800.00 more stock, and no other part moves."""
    inputs, study = planted("A1", on_hand=40.0)
    change = study_change(small_kept(), study, inputs)
    assert {"book_value"} <= of_one_cause(change, "stock") and change.runs == 0
    assert change.part("book_value", "stock") == pytest.approx(2800.0, abs=1e-9)


def test_levels_that_follow_demand_are_part_of_what_is_done_today_alone() -> None:
    """The levels of A1 stand still, and a month later are said to be set anew as demand moves: no other part moves."""
    levels = {"reorder_point": 23.0, "order_quantity": 31.0}
    earlier, later = (
        StudyInputs(reading(of_few(sales_table()), items_with("A1", **levels, **flag)), stated())
        for flag in ({}, {"levels_followed": 1.0})
    )
    kept = read_kept(kept_bytes(kept_study(run_inputs(earlier), earlier)))
    change = study_change(kept, run_inputs(later), later)
    assert change.runs == 0 and "gain_per_year" in of_one_cause(change, "done_today")


def test_two_planted_at_once_are_told_apart_by_a_run() -> None:
    """A cost of B2 and stock of A1 together: each part is what it is alone, found by one run in between."""
    items = items_with("A1", on_hand=40.0)
    items.loc[items["sku"] == "B2", "unit_cost"] = 930.0
    inputs = StudyInputs(reading(of_few(sales_table()), items), stated())
    change = study_change(small_kept(), run_inputs(inputs), inputs)
    assert change.runs == 1 and change.steps == ("prices_and_costs", "stock")
    adds_up(change)
    for part, one in (("prices_and_costs", planted("B2", cost=930.0)), ("stock", planted("A1", on_hand=40.0))):  # fmt: skip
        alone = study_change(small_kept(), one[1], one[0])
        for amount in AMOUNTS:
            expected = alone.parts[amount][part]
            np.testing.assert_allclose(change.parts[amount][part], expected, rtol=0, atol=0.005)


@pytest.mark.parametrize(("origin", "part"), [("confirmed", "answers"), ("assumed", "assumptions")])
def test_a_planted_answer_and_a_planted_assumption_are_told_apart(origin: str, part: str) -> None:
    """Capital at 14 %: by answer it is the part of answers, by another table of assumptions that of assumptions."""
    one = Assumption(0.14, 0.14, 0.14, origin)
    assumptions = replace(stated(), general={**stated().general, "capital_rate": one})
    inputs = replace(small_inputs(), assumptions=assumptions)
    change = study_change(small_kept(), reassume(few_study(), assumptions), inputs)
    assert change.runs == 0 and "gain_per_year" in of_one_cause(change, part)


def test_the_same_study_has_no_change() -> None:
    """Compared with itself every part is nothing, that of method and version too; nothing is run."""
    change = study_change(small_kept(), few_study(), small_inputs())
    assert change.runs == 0 and not of_one_cause(change, METHOD)
    assert strategy_changes_table(change).empty


def test_another_version_is_a_part_found_by_running_the_earlier_inputs_again() -> None:
    """A study kept by another version that found 100.00 more for B2: that is method and version, and the planted cost stays what it is."""
    kept = small_kept()
    amounts = {name: column.copy() for name, column in kept.outcome.amounts.items()}
    amounts["gain_per_year"][kept.outcome.skus == "B2"] += 100.0
    older = replace(kept, version="0.0.1", outcome=replace(kept.outcome, amounts=amounts))
    inputs, study = planted("B2", cost=930.0)
    change = study_change(older, study, inputs)
    adds_up(change)
    assert change.runs == 1 and change.steps == (METHOD, "prices_and_costs")
    assert change.part("gain_per_year", METHOD) == pytest.approx(-100.0, abs=0.005)
    alone = study_change(kept, study, inputs)
    for amount in AMOUNTS:
        np.testing.assert_array_equal(
            change.parts[amount]["prices_and_costs"], alone.parts[amount]["prices_and_costs"]
        )


def test_settings_and_products_belong_to_causes() -> None:
    """Weeks or months, seed and layers are of assumptions; a lead time is of supply, a way of running is of what is done today."""
    base = small_inputs()
    assert causes_at_work(base, replace(base, settings=RunSettings(frequency="M"))) == ("assumptions",)
    assert causes_at_work(base, replace(base, choices={"A1": ("MTO", "")})) == ("answers",)
    assert causes_at_work(base, base) == ()
    items = base.reading.items
    assert items is not None
    for field, cause in (("component_lead_days", "supply"), ("current_mode", "done_today"), ("price", "prices_and_costs")):  # fmt: skip
        column = items[field].copy()
        column[0] = "MTO" if field == "current_mode" else 33.0
        other = items.with_field(field, column, items.origin(field))
        assert causes_at_work(base, replace(base, reading=replace(base.reading, items=other))) == (cause,)


@pytest.mark.parametrize("sample", ["bicycles", "servers", "household"])
def test_a_sample_cut_at_two_dates_adds_up(sample: str) -> None:
    """Four products of a sample known for a month less, then whole, and a fifth that is new: all parts add up to the cent."""
    paths = sample_paths(sample)
    sales, items = (pd.read_csv(paths[kind], dtype=str) for kind in ("sales", "items"))
    sku, day = (next(c for c in sales if c.lower() in names) for names in (("sku",), ("date", "order_date")))
    counts = sales[sku].value_counts()
    five = counts.index[[5, 12, 20, 30, 40]]
    sales = sales[sales[sku].isin(five)]
    last = sales[day].max()
    cut = str(np.datetime64(last, "D") - 31)
    earlier = sales[(sales[day] <= cut) & (sales[sku] != five[2])]
    lists = [items[items["sku"].isin(five)].to_csv(index=False).encode()] * 2
    kept_inputs, inputs = (
        StudyInputs(read_files([Given(csv_text(table), "sales.csv")], Given(given, "items.csv"), None, {}))
        for table, given in zip((earlier, sales), lists, strict=True)
    )
    kept = kept_study(run_inputs(kept_inputs), kept_inputs)
    change = study_change(kept, run_inputs(inputs), inputs)
    adds_up(change)
    assert change.steps == ("demand", "prices_and_costs") and change.runs == 1
    assert (
        change.days == (np.datetime64(last, "D") - np.datetime64(earlier[day].max(), "D")).astype(int) >= 31
    )
    new = change.skus[change.there == 1]
    assert new.tolist() == [five[2]] and change.part("cash_tied_up", "demand") != 0.0
    assert all(change.part(amount, name) == 0.0 for amount in AMOUNTS for name in ("stock", "supply", METHOD))


def renamed(history: SalesHistory) -> SalesHistory:
    return replace(history, skus=np.array([f"Z{sku}" for sku in history.skus], object))


def test_what_cannot_be_compared_is_refused_in_words() -> None:
    """Another company, another currency, a later study: each says what was found and what to do."""
    kept, inputs = small_kept(), small_inputs()
    other = replace(inputs, reading=replace(inputs.reading, history=renamed(inputs.reading.history)))
    with pytest.raises(DataError, match=r"of 6 products of the earlier study 0 are in these sales"):
        study_change(kept, few_study(), other)
    francs = replace(inputs, settings=RunSettings(currency="CHF"))
    with pytest.raises(DataError, match="the earlier study is in no currency, this one in CHF"):
        study_change(kept, few_study(), francs)
    report = inputs.reading.history.report
    early = replace(report, last_date=report.last_date - np.timedelta64(40, "D"))
    late = replace(inputs.reading, history=replace(inputs.reading.history, report=early))
    with pytest.raises(DataError, match="exchange the two"):
        study_change(kept, few_study(), replace(inputs, reading=late))
