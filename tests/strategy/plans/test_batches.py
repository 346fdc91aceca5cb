"""To order in batches, from the set-up to the words: what is offered, chosen, shown, replayed and searched is one number."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from analytics import read_assumptions, read_items, read_sales, run_study, study_tables
from analytics.policy.batches import Buyers, batch_filled_by_orders
from analytics.scenario.restated import study_standing
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.compared.setting import may_be_chosen
from analytics.strategy.flips.played_trials import first_looks, played_trials
from analytics.strategy.flips.priced_trials import priced_trials
from analytics.strategy.minimum_lots import batch_text
from analytics.strategy.money.price import price
from analytics.strategy.planned_settings import planned_settings
from analytics.strategy.plans.batches import START, WAIT, order_ways, way_text
from analytics.strategy.plans.ledgers import at_values_in_force, chunk_counts
from analytics.strategy.what_if.product_resimulated import profits
from analytics.strategy.what_if.scenarios import profit_to_order_by_patience
from analytics.study import Study
from analytics.study_product import product_case
from analytics.study_results import study_summary

HEAD = "sku,unit_cost,price,make,component_lead_days,production_days,moq,units_per_order,on_hand,current_mode,setup_cost,current_service\n"
#: Patient buyers of a slow and dear part; impatient ones of a fast one whose minimum they never fill; single orders beside them.
RULES = (("SLOW", 21, 1, 900.0), ("FAST", 4, 1, 30.0), ("PLAIN", 7, 5, 12.0))


@cache
def study_of(moq: int = 3, extra: str = "") -> Study:
    rows, number = ["order,date,sku,quantity,price"], 0
    for sku, every, quantity, paid in RULES:
        for k in range(3 * 365 // every):
            number += 1
            rows.append(f"{number},{np.datetime64('2021-01-04') + k * every},{sku},{quantity},{paid}")
    items = (
        HEAD
        + f"SLOW,600,900,0,14,0,{moq},1,2,MTS,0,\nFAST,20,30,0,30,0,200,1,40,MTS,0,\nPLAIN,8,12,1,14,3,5,5,60,MTS,0,\n"
    )
    stated = read_assumptions(f"[general]\npatience_per_day = 0.004\n{extra}")
    return run_study(read_sales("\n".join(rows).encode()), read_items(items.encode())[0], stated, draws=10)


def at(study: Study, sku: str) -> int:
    return list(study.items.skus).index(sku)


def row(study: Study, sku: str) -> pd.Series:
    return study_tables(study)["recommendation"]().set_index("sku").loc[sku]


def test_both_ways_are_offered_where_a_minimum_binds_and_nowhere_else() -> None:
    study = study_of()
    batches = study.setup.batches
    assert batches is not None and study.items.skus[batches.index].tolist() == ["FAST", "SLOW"]
    ways = order_ways(study.setup.order, batches)
    assert ways[at(study, "PLAIN")].tolist() == [0.0, -1.0, -1.0, -1.0, -1.0]
    assert ways[at(study, "SLOW"), :2].tolist() == [1.0, 2.0]  # waits, starts
    assert ways[at(study, "FAST"), :2].tolist() == [-1.0, 2.0]  # a batch of 200 is never filled
    place = list(batches.index).index(at(study, "FAST"))
    weekly = study.setup.stock.expected[at(study, "FAST"), :52].mean()
    buyers = Buyers(0.004, float(study.items["historical_wait_days"][at(study, "FAST")]))
    for orders, good in ((batches.largest[place], True), (batches.largest[place] + 1, False)):
        filled = batch_filled_by_orders(orders, 1, weekly / 7 * 365, batches.fill.quote_days[place], buyers)
        assert (filled.share_of_demand >= 0.01) == good
    none = study_of(1)
    assert none.setup.batches is not None and len(none.setup.batches.index) == 1
    assert row(none, "SLOW")["order_way"] == "" and np.isfinite(row(none, "SLOW")["profit_mto"])


def test_the_better_way_counts_and_units_are_conserved() -> None:
    study = study_of()
    ledger = study.ledgers["MTO"]
    assert np.abs(ledger.imbalance()).max() < 1e-6
    money, chosen = price(ledger, study.items).profit, study.comparison.chosen["MTO"]
    may = may_be_chosen(ledger, study.items)
    for i in range(len(study.items)):
        best = np.where(may[i, :, None], money[i], -np.inf).argmax(axis=0)
        assert chosen.by_half[i].tolist() == best.tolist()
        assert chosen.profit[i] == pytest.approx(0.5 * (money[i, best[0], 1] + money[i, best[1], 0]))
    assert chosen.setting[at(study, "FAST")] == START
    waits = ledger.count("waited")[at(study, "SLOW"), WAIT]
    assert waits == pytest.approx(
        ledger.count("demanded")[at(study, "SLOW"), WAIT] - ledger.count("lost")[at(study, "SLOW"), WAIT]
    )


def test_year_by_year_is_what_the_grid_says_on_average() -> None:
    study = study_of()
    setup, n = at_values_in_force(study.setup), len(study.items)
    for setting in (WAIT, START):
        counts, waited, _ = chunk_counts(setup, "MTO", np.arange(n), np.full((n, 2), setting))
        grid = study.ledgers["MTO"].counts.mean(axis=2)
        for sku in ("SLOW", "FAST"):
            i = at(study, sku)
            np.testing.assert_allclose(counts[i].mean(axis=0), grid[i, setting], rtol=1e-9, atol=1e-9)
            assert waited[i].sum() == pytest.approx(grid[i, setting, COUNT_INDEX["waited"]], rel=1e-6)


def test_what_is_set_and_said_is_what_is_played() -> None:
    study = study_of()
    k = study.comparison.strategies.index("MTO")
    policy = planned_settings(study.setup, study.comparison, study.items, np.full(len(study.items), k))
    fast, plain, slow = at(study, "FAST"), at(study, "PLAIN"), at(study, "SLOW")
    assert (
        policy["reorder_point"][fast],
        policy["order_quantity"][fast],
        policy["order_up_to_level"][fast],
    ) == (-1.0, 200.0, 199.0)
    assert np.isnan(policy["order_quantity"][plain]) and np.isfinite(policy["quote_days"][plain])
    for sku in ("FAST", "SLOW"):
        got, i = row(study, sku), at(study, sku)
        said = got["reason"] + got["why_not"]
        assert f"To order at this minimum of {200 if sku == 'FAST' else 3} it {got['order_way']}" in said
        held = study.comparison.chosen["MTO"].counts[i, COUNT_INDEX["on_hand"]]
        assert ("on hand on average" in said) == (
            study.comparison.chosen["MTO"].setting[i] == START
        ) and held >= 0.0
        days = study.comparison.wait_days
        assert days["wait_days_p90"][i, k] > 0.0
    assert (
        "Waiting for a batch of 200 orders is not offered: customers fill one of"
        in row(study, "FAST")["why_not"] + row(study, "FAST")["reason"]
    )
    if study.comparison.chosen["MTO"].setting[slow] == WAIT:
        mean = study.setup.batches.mean_wait[list(study.setup.batches.index).index(slow)]
        assert policy["quote_days"][slow] == pytest.approx(mean) and policy["order_quantity"][slow] == 3.0


@pytest.mark.parametrize("field", ["hazard_per_year", "component_lead_days"])
def test_a_trial_at_the_values_in_force_is_the_study(field: str) -> None:
    study = study_of()
    standing, index = study_standing(study), np.array([at(study, "SLOW"), at(study, "FAST")])
    trials = played_trials(standing, field, index, np.asarray(study.items[field], np.float64)[index])
    np.testing.assert_allclose(trials.profit, study.comparison.profit[index], rtol=1e-9)
    short = first_looks(standing, field, index, np.asarray(study.items[field], np.float64)[index])
    np.testing.assert_allclose(short.profit, study.comparison.profit[index], rtol=1e-9)


def test_a_trial_of_a_price_is_a_run_at_that_price() -> None:
    study, stated = study_of(), study_of(extra="capital_rate = 0.2\n")
    index = np.array([at(study, "SLOW"), at(study, "FAST"), at(study, "PLAIN")])
    trials = priced_trials(study_standing(study), "capital_rate", index, np.full((3, 1), 0.2))
    np.testing.assert_allclose(trials.profit, stated.comparison.profit[index], rtol=1e-6, equal_nan=True)


def test_a_lever_of_one_product_where_it_stands_is_the_study() -> None:
    study = study_of()
    for sku in ("SLOW", "FAST"):
        case = product_case(study, sku)
        i, k = at(study, sku), case.strategies.index("MTO")
        for lever in ("patience_per_day", "quote_days", "storage_rate"):
            value = float(study.items[lever][i])
            assert profits(case, lever, [value])[0, k] == pytest.approx(
                study.comparison.profit[i, 1], rel=1e-9
            )
        far = profits(case, "patience_per_day", [0.05])[0, k]
        assert far < study.comparison.profit[i, 1]  # fewer stay


def test_the_summary_counts_and_prices_batches_as_the_study_does() -> None:
    study = study_of()
    k = study.comparison.strategies.index("MTO")
    by_patience = profit_to_order_by_patience(study.setup, study.items)
    assert (by_patience[:, 0] >= by_patience[:, 1]).all() and (by_patience[:, 1] >= by_patience[:, 2]).all()
    np.testing.assert_allclose(by_patience[:, 1], study.comparison.profit[:, k], rtol=0.02)
    to_order = study.recommendation.recommended == k
    found = study_summary(study)["batches"]
    assert found["minimum_above_an_order"] == 2
    assert found["wait_for_the_batch"] + found["start_the_batch"] == int(
        to_order[study.setup.batches.index].sum()
    )


def test_stock_that_becomes_cash_is_stock_of_the_file() -> None:
    study = study_of()
    table = study_tables(study)["stock"]().set_index("sku").loc[[name for name, *_ in RULES]]
    assert (table["becomes_cash"] <= table["book_value"] + 0.005).all()
    assert table["plan_holds"]["FAST"] > 0.0


def test_a_larger_minimum_never_earns_more_in_all() -> None:
    """The best of all strategies, of which stock may take any lot above the minimum: never more, but for the noise of choosing."""
    best = [np.nanmax(study_of(moq).comparison.profit[at(study_of(moq), "SLOW")]) for moq in (1, 3, 24)]
    assert all(later <= earlier + 0.01 * abs(earlier) for earlier, later in itertools.pairwise(best))
    assert best[-1] < 0.9 * best[0]


def test_a_wait_that_is_not_yet_found_is_not_said() -> None:
    """While prices are recomputed who waits how long is not known where the way changes: the sentence ends before it, and nothing stops."""
    study = study_of()
    unknown = {name: np.full_like(days, np.nan) for name, days in study.comparison.wait_days.items()}
    later = replace(study.comparison, wait_days=unknown)
    before, now = (batch_text(one, study.items, at(study, "SLOW")) for one in (study.comparison, later))
    assert ", 1 in 10 longer than " in before and "1 in 10" not in now and " on average" in now


def test_a_minimum_without_a_multiple_speaks_of_none() -> None:
    """A customer mostly orders the minimum of 2 at once: what waits is the order that is smaller."""
    plan = study_of().comparison.batches
    assert plan is not None
    two, none = np.full(len(plan.index), 2.0), np.zeros(len(plan.index))
    product = int(plan.index[0])
    fill = replace(plan.fill, least=two, order_size=two, multiple=none)
    assert way_text(replace(plan, fill=fill), product, WAIT) == "waits until 2 are ordered"
    fill = replace(fill, multiple=np.full(len(plan.index), 4.0))
    said = way_text(replace(plan, fill=fill), product, WAIT)
    assert said == "orders in multiples of 4, what is over waits for the next"


def test_a_batch_bears_no_premium_on_cost_and_its_rest_none_on_price() -> None:
    """Only who waits for the batch pays for what is made for him; a unit of a batch costs what a unit of a lot does."""
    plain, dear = study_of(), study_of(extra="cost_premium = 0.3\nprice_elasticity = 0.0\n")
    paid = study_of(extra="price_premium = 0.1\nprice_elasticity = 0.0\n")
    k, index = plain.comparison.strategies.index("MTO"), np.array([at(plain, s) for s in ("SLOW", "FAST")])
    money = [study.comparison.profit[:, k] for study in (plain, dear, paid)]
    np.testing.assert_allclose(money[1][index], money[0][index], rtol=1e-12)
    single, counts = at(plain, "PLAIN"), plain.comparison.chosen["MTO"]
    assert counts.count("in_batches")[single] == 0.0
    sold = counts.count("demanded") - counts.count("lost")
    # work in process is worth its premium while it is worked on, and its capital is charged
    years = 0.5 * float(plain.items["capital_rate"][single]) * counts.count("in_assembly")[single]
    assert money[0][single] - money[1][single] == pytest.approx(0.3 * 8.0 * (sold[single] + years), rel=1e-9)
    ledger = plain.ledgers["MTO"]
    both, asked = ledger.count("in_batches")[index, :2], ledger.count("to_order")[index, :2]
    np.testing.assert_array_equal(both, asked)
    units, gone = ledger.count("demanded")[index, :2], ledger.count("lost")[index, :2]
    np.testing.assert_allclose(both[:, WAIT], units[:, WAIT] - gone[:, WAIT])
    assert (both[:, START] < 0.8 * (units[:, START] - gone[:, START])).all()
    gained = price(ledger, paid.items).profit - price(ledger, plain.items).profit
    wanted = 0.1 * plain.items["price"][index][:, None, None] * both
    np.testing.assert_allclose(gained[index, :2], wanted, rtol=1e-9, atol=1e-6)


def test_who_is_served_from_the_rest_of_a_batch_is_not_counted_as_made_to_order() -> None:
    """Of a cycle of 200 units those wait that come before the batch does: the first, then rate x share staying over the wait left.

    Closed form: first r(w) / r(w) = 1, after it the integral of rate x r(w - u) over the wait w; all others find the rest.
    """
    study = study_of()
    assert study.setup.batches is not None
    place = list(study.setup.batches.index).index(at(study, "FAST"))
    wait = float(study.setup.batches.fill.quote_days[place])
    a_day = study.setup.stock.expected[at(study, "FAST"), :52].mean() / 7.0
    past = float(study.items["historical_wait_days"][at(study, "FAST")])
    left = np.linspace(0.0, wait, 2001)
    stays = np.exp(-0.004 * np.maximum(left - past, 0.0))
    waiting = 1.0 + a_day * wait * stays.mean()
    ledger = study.ledgers["MTO"]
    got = {name: ledger.count(name)[at(study, "FAST"), START].mean() for name in COUNT_INDEX}
    share = got["in_batches"] / (got["demanded"] - got["lost"])
    assert share == pytest.approx(waiting / 200.0, rel=0.1) and 0.02 < share < 0.1
