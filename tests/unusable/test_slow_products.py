"""The slow end of a range, at its worst: one sale ever, years of silence, minima of ten years, and stock of a hundred."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.assumptions import Assumptions
from analytics.data import read_items, read_sales
from analytics.demand import complete_items, demand_panel
from analytics.naming.labels import Strategy
from analytics.policy.levels import LEAST_FILL
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.money.formulas import lost_if_ended
from analytics.strategy.money.measures import counts_by_name, fill_rate
from analytics.strategy.money.price import money_values
from analytics.strategy.planned_settings import planned_settings
from analytics.strategy.plans.perhaps_ended import PerhapsEnded
from analytics.strategy.portfolio.sums import portfolio_figures
from analytics.strategy.present.listing import (
    availability_text,
    earns_nothing,
    stopping_saves,
    unsold_for_years,
)
from analytics.study import run_study
from analytics.writeup.from_to import change_of, from_to_words
from analytics.writeup.tables import recommendation_table
from tests.strategy.small import csv_text
from tests.unusable.bad_input import lines

WEEKS = 8 * 52


def troubled_sales() -> pd.DataFrame:
    """Eight years: two steady products, and one of each kind of trouble."""
    steady = lines(
        {"STEADY": 3.0, "BELOW": 1.0, "LONG": 0.5, "ENDS": 1.0, "HEAPED": 0.2, "SLOW": 0.02}, weeks=WEEKS
    )
    day = pd.date_range("2023-01-02", periods=WEEKS, freq="7D")
    rare = pd.DataFrame(
        {"date": day[[100, 30, 130, 190]], "sku": ["ONCE", *["QUIET"] * 3], "quantity": 1, "unit_price": 20.0}
    )
    return pd.concat([steady, rare], ignore_index=True)


def troubled_items() -> pd.DataFrame:
    skus = ["STEADY", "BELOW", "LONG", "ENDS", "HEAPED", "SLOW", "ONCE", "QUIET"]
    table = pd.DataFrame(
        {"sku": skus, "unit_cost": 12.0, "component_lead_days": 21.0, "make": "no"}
    ).set_index("sku")
    table["moq"] = np.nan
    table["on_hand"] = np.nan
    table["hazard_per_year"] = np.nan
    table["end_date"] = ""
    table.loc["BELOW", ["unit_cost", "moq"]] = 25.0, 520.0
    table.loc["LONG", ["component_lead_days", "hazard_per_year"]] = 1400.0, 2.0
    table.loc["ENDS", "hazard_per_year"] = 0.0
    table.loc["ENDS", "end_date"] = "2031-03-31"
    table.loc["HEAPED", "on_hand"] = 100 * 52 * 0.2
    table.loc["QUIET", "on_hand"] = 30.0
    table.loc["SLOW", ["moq", "unit_cost"]] = 40.0, 19.0
    return table.reset_index()


@pytest.mark.filterwarnings("error")
def test_trouble_of_every_kind_has_a_word_and_loses_nothing() -> None:
    history = read_sales(csv_text(troubled_sales()), name="sales.csv")
    items, report = read_items(csv_text(troubled_items()), name="items.csv")
    study = run_study(history, items, items_report=report, draws=8, how_sure=False)
    table = recommendation_table(study.setup, study.comparison, study.recommendation, study.items)
    products = table.set_index("sku")
    assert len(products) == 8 and np.isfinite(products[["profit_mts", "gain_per_year"]].to_numpy(float)).all()
    assert products["reason"].str.len().min() > 20 and (products["gain_per_year"] >= -0.01).all()
    assert products.loc["BELOW", "reason"].startswith("Sells below cost")
    said = " ".join(study.notes)
    assert (
        "The lead time is longer than the life that is left for 1 product (LONG): LONG is expected to last"
        in said
    )
    assert "ot worth" in products.loc["SLOW", "reason"]
    # to order nothing is lost where nobody waits so long; what is lost is today's way
    words = products.loc["LONG", "reason"]
    assert (
        "earns anything. Stopping it saves the 1 k" in words and "that it loses as it is run today" in words
    )
    assert not products["reason"].str.contains("loses 0 ", regex=False).any()
    assert products.loc["SLOW", "availability"] == "not worth listing"
    assert products.loc["STEADY", "availability"] in ("to stock", "to order")
    # a shelf that holds nothing is to order, in the reason as in the row
    bare = products["availability"] == "to order"
    assert not products["reason"][bare].str.startswith("Stays buy to stock").any()
    # one sale ever, six years ago: with eight products nobody knows how long they live, and silence tells
    assert products.loc["ONCE", "availability"] == "not worth listing: last sale 6 years ago"
    assert "last sale 6 years ago, and more likely ended than not" in products.loc["ONCE", "reason"]
    setup, names = study.setup, np.array(study.comparison.strategies)
    assert setup.ended is not None and setup.ended.silent_years[list(study.items.skus).index("QUIET")] > 4.0
    fill = fill_rate(counts_by_name(study.comparison.chosen[Strategy.MTS].counts))
    changed = ~study.recommendation.as_today & (names[study.recommendation.recommended] == Strategy.MTS)
    assert (fill[changed] >= LEAST_FILL).all() and (
        products["reorder_point"].to_numpy()[changed] >= 0.0
    ).all()
    for ledger in study.ledgers.values():
        assert np.isfinite(ledger.counts).all() and np.abs(ledger.imbalance()).max() < 1e-6
    lost = {
        name: lost_if_ended(counts_by_name(chosen.counts), money_values(study.items, name))
        for name, chosen in study.comparison.chosen.items()
    }
    assert all((column >= 0.0).all() for column in lost.values())
    shelf = list(study.items.skus).index("HEAPED")
    assert lost[Strategy.MTS][shelf] == pytest.approx(lost[Strategy.MTO][shelf], abs=1e-9)
    assert study.portfolio.gain == pytest.approx(float(study.recommendation.gain.sum()), abs=0.005)
    figures = portfolio_figures(study.portfolio, study.recommendation)
    assert study.recommendation.stopping is not None
    assert figures["stopping_saves", "mix"] == pytest.approx(float(study.recommendation.stopping.sum()))
    assert not study.recommendation.gain[study.recommendation.stopping > 0.0].any()


def test_an_end_before_an_order_can_arrive_is_said() -> None:
    """The file ends with 2030; what ends half a year later cannot be had within 400 days, what ends in two years can."""
    table = troubled_items()
    table.loc[table["sku"] == "LONG", "hazard_per_year"] = np.nan
    table.loc[table["sku"] == "ENDS", "component_lead_days"] = 400.0
    history = read_sales(csv_text(troubled_sales()), name="sales.csv")
    wanted = "The lead time is longer than the life that is left for 1 product (ENDS): ENDS ends on 2031-03-31, in "
    for end, told in (("2031-03-31", True), ("2032-12-31", False)):
        table.loc[table["sku"] == "ENDS", "end_date"] = end
        items, _ = read_items(csv_text(table), name="items.csv")
        panel = demand_panel(history, "W")
        notes = " ".join(complete_items(items, history, panel, Assumptions()).notes)
        assert (wanted in notes) == told, notes


def test_nothing_is_ordered_that_would_arrive_after_the_end() -> None:
    """As above: every setting of the plan, today's own included, orders nothing; what is set, its words and the kept files say so."""
    table = troubled_items()
    table.loc[table["sku"] == "ENDS", "component_lead_days"] = 400.0
    items, _ = read_items(csv_text(table), name="items.csv")
    study = run_study(
        read_sales(csv_text(troubled_sales()), name="sales.csv"), items, draws=8, how_sure=False
    )
    at = list(study.items.skus).index("ENDS")
    plan = study.setup.stock
    assert plan.end_week[at] < plan.lead_weeks[at]
    year = study.ledgers[Strategy.MTS].counts[at]
    counts = {name: year[..., k] for name, k in COUNT_INDEX.items()}
    assert (counts["ordered"] == 0.0).all() and (counts["lots"] == 0.0).all()
    assert counts["opening"].max() > 0.0 and (counts["under_way_at_end"] <= counts["opening"]).all()
    stock = np.full(len(study.items), study.comparison.strategies.index(Strategy.MTS))
    shown = planned_settings(study.setup, study.comparison, study.items, stock)
    assert shown["order_quantity"][at] == 0.0 and shown["reorder_point"][at] == -1.0
    steady = list(study.items.skus).index("STEADY")
    assert shown["order_quantity"][steady] > 0.0 and shown["reorder_point"][steady] > 0.0
    after = {name: float(column[at]) for name, column in shown.items()}
    before = {name: float(column[steady]) for name, column in shown.items()}
    said = from_to_words("MTS", "MTS", before, after, False)
    assert said.endswith(" -> order nothing more: it would come after the end"), said
    assert change_of("MTS", "MTS", before, after, False) == "decrease"


def test_what_is_not_worth_listing_by_hand() -> None:
    """Silent for 2.9, 3.1 and 3.1 years, ended with 70, 70 and 40 %; a shelf of dead stock is no reason against a product."""
    ended = PerhapsEnded(np.array([0.7, 0.7, 0.4]), np.zeros(3), np.zeros(3), np.array([2.9, 3.1, 3.1]))
    assert unsold_for_years(ended, np.full(3, 3.0)).tolist() == [False, True, False]
    assert unsold_for_years(ended, np.array([[2.0, 5.0], [np.nan, 3.0], [2.0, 2.0]])).tolist() == [
        [True, False],
        [False, True],
        [False, False],
    ]
    assert unsold_for_years(None, np.full(2, 3.0)).tolist() == [False, False]
    profit = np.array([[-5.0, -8.0], [-5.0, np.nan], [-5.0, 0.0], [0.01, -1.0]])
    assert earns_nothing(profit, np.zeros(4)).tolist() == [True, True, True, False]
    assert earns_nothing(profit, np.full(4, 6.0)).tolist() == [False] * 4
    assert stopping_saves(np.array([-5.0, -5.0, 3.0]), np.array([0.0, 6.0, 0.0])).tolist() == [5.0, 0.0, 0.0]
    assert availability_text(Strategy.MTS, False, 0.9) == "not worth listing"


def test_a_product_first_sold_in_the_last_days_is_new_and_not_given_up() -> None:
    """Its one sale lies outside the complete months: nothing is expected of it yet, which is no reason to stop listing it."""
    steady = [(str(day.date()), "STEADY", 2) for day in pd.date_range("2022-01-03", "2024-12-12", freq="12D")]
    sales = pd.DataFrame([*steady, ("2024-12-11", "NEW", 3)], columns=["date", "sku", "quantity"])
    sales["unit_price"] = 75.0
    items = pd.DataFrame(
        {"sku": ["STEADY", "NEW"], "unit_cost": 40.0, "component_lead_days": 30.0, "make": "no"}
    )
    study = run_study(
        read_sales(csv_text(sales), name="sales.csv"), read_items(csv_text(items), name="items.csv")[0],
        frequency="M", draws=8, how_sure=False,
    )  # fmt: skip
    table = recommendation_table(study.setup, study.comparison, study.recommendation, study.items)
    new = table.set_index("sku").loc["NEW"]
    assert new["reason"].startswith("Nothing to decide: no demand is expected of it.")
    assert new["availability"] == "to order" and new["reorder_point"] < 0.0 and new["gain_per_year"] == 0.0
    assert study.portfolio.gain == pytest.approx(float(study.recommendation.gain.sum()), abs=0.005)
