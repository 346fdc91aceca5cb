"""Products run as they are run today: what counts as known, the same policy played by hand, and gains that split and add up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.assumptions_file import read_assumptions
from analytics.data import read_items, read_sales
from analytics.forecast.spread.paths import WEEKS
from analytics.items import GIVEN, Items
from analytics.limits import Limits
from analytics.scenario.limited import within_limits
from analytics.scenario.reassume import reassume, reprice
from analytics.simulation.ledger import COUNT_INDEX
from analytics.simulation.stock import simulate_stock
from analytics.simulation.world import nothing_drawn
from analytics.strategy.money.measures import priced_measures
from analytics.strategy.money.price import money_values, price
from analytics.strategy.plans.ledgers import grid_ledgers
from analytics.strategy.portfolio.sums import portfolio_totals
from analytics.strategy.present.baseline import BaselineKind
from analytics.strategy.present.counted_as import counted_as
from analytics.strategy.present.present_played import with_today
from analytics.strategy.present.present_policy import today_repriced, todays_profit_at
from analytics.strategy.present.present_settings import todays_levels, todays_plan
from analytics.strategy.what_if.simulated_range_ends import played_ends
from analytics.study import Study, run_study
from analytics.study_doubt import study_moves
from analytics.study_results import study_summary, study_tables
from analytics.writeup.tables import recommendation_table
from tests.simulation import twin
from tests.strategy.flips.judged import judged
from tests.strategy.small import STATED, csv_text, items_table, priced_items, sales_table, today_by_hand
from tests.strategy.test_recommend import by_hand

NAN = float("nan")
#: sku -> reorder point, order-up-to level, order quantity, safety stock: far too high, too low, with lots, alone, out of date.
SET_TODAY = {
    "A1": (40.0, 75.0, NAN, NAN), "B1": (4.0, NAN, 5.0, NAN), "B2": (2.0, NAN, NAN, NAN), "C1": (150.0, 310.0, NAN, NAN), "C2": (NAN, 1400.0, NAN, NAN), "C3": (NAN, NAN, NAN, 2.0),
    "D3": (2.0, 9.0, NAN, NAN), "B4": (5.0, 20.0, NAN, NAN), "B3": (1.0, 2.0, NAN, NAN),
}  # fmt: skip
COLUMNS = ("reorder_point", "order_up_to_level", "order_quantity", "safety_stock")


@pytest.fixture(scope="module")
def study() -> Study:
    """The small company with some reorder points; all of C1's customers leave when nothing is left."""
    table = items_table()
    for k, name in enumerate(COLUMNS):
        table[name] = [SET_TODAY.get(sku, (NAN,) * 4)[k] for sku in table["sku"]]
    table["share_waiting"] = np.where(table["sku"] == "C1", 0.0, NAN)
    items, _ = read_items(csv_text(table), name="items.csv")
    return run_study(
        read_sales(csv_text(sales_table()), name="sales.csv"),
        items,
        read_assumptions(STATED),
        seed=1,
        draws=12,
    )


def test_what_counts_as_known() -> None:
    items = priced_items(list("abcdef"))
    given = [
        (0.0, NAN, NAN, 5.0),
        (0.0, 3.0, NAN, 5.0),
        (9.0, 4.0, NAN, NAN),
        (NAN, NAN, 7.0, NAN),
        (6.0, 0.0, 0.0, 0.0),
        (0.0, NAN, 2.0, NAN),
    ]
    for name, column in zip(COLUMNS, np.array(given).T, strict=True):
        items = items.with_field(name, column, GIVEN)
    point, level, lot, safety = todays_levels(items)
    np.testing.assert_array_equal(point, [NAN, 0.0, 9.0, NAN, 6.0, 0.0])
    np.testing.assert_array_equal(level, [NAN, 3.0, NAN, NAN, NAN, NAN])
    np.testing.assert_array_equal(lot, [NAN, NAN, NAN, 7.0, NAN, 2.0])
    np.testing.assert_array_equal(safety, [5.0, NAN, NAN, NAN, NAN, NAN])


def test_who_is_run_as_today(study: Study) -> None:
    """Every product, what has ended by the stated service; what the file leaves open by the stated service, what could not deliver too; all of it in words."""
    today = study.comparison.today
    assert today is not None
    skus = study.items.skus
    assert list(today.index) == list(range(len(skus)))
    known = [
        sku
        for sku, service in zip(skus[today.index], today.service, strict=True)
        if not np.isfinite(service) and today.strategy[list(skus[today.index]).index(sku)] == "MTS"
    ]
    assert known == ["A1", "B1", "B2", "C1", "C2", "C3"]  # C3: its safety stock
    assert list(skus[today.outdated]) == ["D3"]  # 9 units in 6 weeks, and 5 a week are sold
    words = dict(zip(skus, counted_as(study.comparison, study.items), strict=True))
    assert (
        words["A1"] == "stock, levels of the file"
        and words["A2"] == "stock, 95 % service, assumed"
        and words["B4"] == "stock, 95 % service, assumed"
    )
    assert words["A4"].startswith("order, ") and words["A4"].endswith("as quoted when the file was read")
    service = today.service[list(skus[today.index]).index("D3")]
    assert (
        0.3 <= service <= 0.995
        and words["D3"]
        == f"stock, {100.0 * service:.3g} % service as the file's others: its levels cannot deliver"
    )
    baseline = study.recommendation.compared_with
    assert (
        baseline.kind == BaselineKind.PARTLY
        and baseline.is_today
        and baseline.against == "today"
        and baseline.outdated == 1
    )
    assert (
        study.recommendation.baseline_name
        == "today's way (where the file does not say: to stock at 95 % service, assumed)"
    )
    d3 = int(np.flatnonzero(skus == "D3")[0])
    assert "out of date" in study.recommendation.notes[d3]


@pytest.mark.parametrize("sku", ["C1", "B1"])
def test_the_fixed_policy_played_by_hand(study: Study, sku: str) -> None:
    """(s, S), and s with lots: a plain loop over the twin's demand, with the numbers of the items file and nothing else."""
    i = int(np.flatnonzero(study.items.skus == sku)[0])
    index = np.array([i])
    plan, _ = todays_plan(study.setup, study.items, study.forecast, study.todays_way, index)
    world = study.setup.world
    point, level, lot, _ = SET_TODAY[sku]
    paths = 10
    few = replace(
        world.take(index),
        market=world.market[:paths],
        family_shock=np.ascontiguousarray(world.family_shock[:, :paths]),
        drawn=nothing_drawn(),
        drawn_row=None,
    )
    alone = replace(
        plan,
        start=np.array([0, 1]),
        members=np.array([0]),
        share_waiting=np.zeros(1),
        door_wait_days=np.zeros(1),
    )
    counts, _, _ = simulate_stock(few, alone, np.arange(paths), 0, 1)
    rate = float(study.setup.stock.expected[i, :WEEKS].mean())
    for p in range(paths):
        lead = int(plan.lead_by_draw[0, p // world.inner])  # type: ignore[index]
        demand, dies = twin.demand(few, 0, p), twin.death(few, 0, p)
        opening = counts[0, 0, p, COUNT_INDEX["opening"]]
        # anywhere between where is ordered and where that order leads
        assert point < opening <= (level if np.isfinite(level) else point + lot)
        coming, on_hand = dict.fromkeys(range(1, lead + 1), 0.0), opening
        for k in coming:
            coming[k] = max(0.0, min(np.floor(rate * k + 0.5) - (opening - on_hand), on_hand))
            on_hand -= coming[k]
        lots = lost = 0.0
        for week in range(WEEKS):
            if week > dies:
                break
            on_hand += coming.pop(week, 0.0)
            position = on_hand + sum(coming.values())
            if position <= point:
                order = (
                    level - position if np.isfinite(level) else lot * np.ceil((point + 1.0 - position) / lot)
                )
                coming[week + lead] = coming.get(week + lead, 0.0) + order
                lots += 1
                if lead == 0:
                    on_hand += coming.pop(week)
            sold = min(on_hand, demand[week])
            lost += demand[week] - sold
            on_hand -= sold
        owed = counts[0, 0, p, COUNT_INDEX["lost"]]
        assert counts[0, 0, p, COUNT_INDEX["lots"]] == lots and owed == pytest.approx(lost, abs=1e-9), (
            sku,
            p,
        )


def test_gains_split_and_add_up(study: Study) -> None:
    r, p = study.recommendation, study.portfolio
    today = study.comparison.today
    assert today is not None
    split = study_summary(study)["gain_split"]
    assert p.planning == pytest.approx(float(r.planning.sum())) and p.planning != 0.0
    total = split["planning_better"] + split["changing_strategy"] + split["shared"]
    assert (
        round(total, 2)
        == round(p.gain, 2)
        == round(p.money["mix"]["profit"] - p.money["baseline"]["profit"], 2)
    )
    assert p.gain_low <= p.gain <= p.gain_high
    well = study.comparison.profit[today.index, r.baseline[today.index]]
    stays = r.as_today[today.index] | ~np.isfinite(well)
    np.testing.assert_allclose(r.planning[today.index], np.where(stays, 0.0, well - today.profit), atol=1e-9)
    assert (r.gain[r.as_today] == 0.0).all() and (r.gain[today.index] >= -1e-9).all()
    # seven units of each ended product lie there: sunk at cost, told beside the gain, in no figure of it
    stocked = study.items.with_field("on_hand", np.where(r.ended, 7.0, np.nan), GIVEN)
    sunk = portfolio_totals(study.comparison, r, stocked)
    assert sunk.gain == p.gain and sunk.money == p.money
    told = study_summary(replace(study, items=stocked))
    assert (
        told["gain_split"] == split
        and told["stock"]["ended"] == pytest.approx(7.0 * study.items["unit_cost"][r.ended].sum())
        and told["stock"]["ended"] > 0.0
    )


def test_what_stays_as_today_shows_todays_settings(study: Study) -> None:
    nothing = np.zeros(len(study.items))
    forced = replace(
        study.recommendation,
        recommended=study.recommendation.baseline,
        as_today=np.ones(len(study.items), bool),
        gain=nothing,
        planning=nothing,
    )
    table = study_tables(replace(study, recommendation=forced))["recommendation"]().set_index("sku")
    shown = study.recommendation.recommended == study.comparison.strategies.index("MTS")
    for sku in ("A1", "C1"):
        if shown[list(study.items.skus).index(sku)]:
            assert tuple(table.loc[sku, ["reorder_point", "order_up_to_level"]]) == SET_TODAY[sku][:2]
    assert shown[list(study.items.skus).index("C1")]


def test_other_prices_at_once_are_those_of_a_full_run(study: Study) -> None:
    dearer = read_assumptions(STATED + "\n[general]\nstorage_rate = 0.3\n")
    quick, full = reprice(study, dearer), reassume(study, dearer, how_sure=False)
    assert quick is not None and quick.comparison.today is not None and full.comparison.today is not None
    np.testing.assert_allclose(quick.comparison.today.profit, full.comparison.today.profit, rtol=1e-12)
    assert quick.portfolio.money["baseline"]["profit"] == pytest.approx(
        full.portfolio.money["baseline"]["profit"], rel=1e-12
    )
    assert quick.portfolio.money["baseline"]["profit"] < study.portfolio.money["baseline"]["profit"]


@pytest.mark.parametrize("products", [3, 100])
def test_limits_never_raise_the_gain(study: Study, products: int) -> None:
    """Under limits everything is planned; what that brings where it was not counted stays uncounted."""
    limited = within_limits(study, Limits(stocked_products=products))
    money = limited.portfolio.money
    assert limited.portfolio.gain <= study.portfolio.gain + 0.01
    assert round(money["mix"]["profit"] - money["baseline"]["profit"], 2) == round(limited.portfolio.gain, 2)
    assert money["baseline"]["profit"] == pytest.approx(study.portfolio.money["baseline"]["profit"])
    if products == 100:  # nothing binds: what stays as it is today stays so
        assert limited.portfolio.gain == pytest.approx(study.portfolio.gain, abs=1e-9)
        assert np.array_equal(limited.recommendation.as_today, study.recommendation.as_today)


def test_settings_as_good_as_anything_are_kept() -> None:
    """Perfect year 400; stock costs 10.2, to order loses 200. Run today at 370: planning is worth 19.8; at 395: nothing beats it, it stays and gains nothing.
    Stock of 20 costs 20.4 and to order loses as much: today's 378.4 is behind by less than 2, the least that other levels must bring."""
    items = priced_items(["plan", "keep", "close"]).with_field(
        "current_mode", np.array(["MTS"] * 3, object), GIVEN
    )
    comparison = by_hand(items, [10.0, 10.0, 20.0], [50.0, 50.0, 5.05], noise=30.0)
    profit = np.array([370.0, 395.0, 378.4])
    today = today_by_hand(
        comparison,
        items,
        "MTS",
        profit,
        comparison.by_path[:, 0],
        comparison.by_draw[:, 0],
        comparison.in_force[:, 0],
        (5.0, 4.0),
    )
    got = judged(replace(comparison, today=today), items, np.zeros(3, bool))
    assert list(got.verdict) == ["clear", "clear", "too_close"] and list(got.as_today) == [False, True, True]
    np.testing.assert_allclose(got.gain, [400.0 - 10.2 - 370.0, 0.0, 0.0])
    np.testing.assert_allclose(got.planning, got.gain)
    assert "keep it" in got.notes[1] and "not counted" in got.notes[2] and got.baseline_name == "today's way"


def test_what_moves_the_gain_counts_todays_way(study: Study) -> None:
    """A price at its end: the gain told is the difference of mix and baseline priced again, today's settings among them."""
    items = study.items.with_field(
        "storage_rate", study.items["storage_rate"], study.items.origin("storage_rate"), 0.01, 0.3
    )
    moves = {m.field: m for m in study_moves(replace(study, items=items))}
    r, c, rows = study.recommendation, study.comparison, np.arange(len(study.items))
    today, rate = c.today, np.asarray(items["storage_rate"])
    assert today is not None
    ways = np.array(c.strategies, object)[r.baseline]
    base = np.stack([c.chosen[name].counts for name in c.strategies], axis=1)[rows, r.baseline]
    base[today.index] = today.counts

    def carried(at: Items) -> np.ndarray:
        """Storage and what else it moves of what is left over: that of the mix less that of the baseline, (products,)."""
        earned = [
            priced_measures(c.chosen[name].counts, money_values(at, name))["profit"] for name in c.strategies
        ]
        mix = np.stack(earned, axis=1)[rows, r.recommended]
        each = {name: priced_measures(base, money_values(at, name))["profit"] for name in c.strategies}
        return mix - np.array([each[way][i] for i, way in enumerate(ways)])

    high = items.with_field("storage_rate", np.full(len(items), 0.3), items.origin("storage_rate"))
    counted = ~r.as_today & ~r.ended
    held = np.nansum((carried(items) - carried(high))[counted])
    assert rate.max() < 0.3 and held != 0.0
    assert moves["storage_rate"].at_high == pytest.approx(study.portfolio.gain - held, rel=1e-6)


def test_todays_way_is_played_again_too(study: Study) -> None:
    """Impatient buyers cost whoever runs short, run as today or not; the level set far too high never runs short, and loses nothing by it. Lots cost nothing
    here: a buyer who waits may take one lot more into the year, and of a cheap product two units more do not pay for its set-up."""
    items = study.items.with_field("setup_cost", np.zeros(len(study.items)), GIVEN)
    found = played_ends(study.setup, study.comparison, items, ~study.recommendation.ended)
    patient, impatient = found.today["patience_per_day"]
    today = study.comparison.today
    assert today is not None and found.products[today.index].sum() >= 9
    levels = np.isnan(today.service) & (today.strategy == "MTS")
    patient, impatient = patient[levels], impatient[levels]
    assert (patient >= -1e-9).all() and (impatient <= 1e-9).all() and impatient.min() < -1.0
    assert impatient.max() > impatient.min() * 0.05


def test_who_makes_to_order_today_keeps_the_wait_he_promises(study: Study) -> None:
    """Promised 12 days until now: what is earned today is what orders at 12 days earn, however long the quote in force; shown as its own route."""
    skus = list(study.items.skus)
    at = [skus.index(sku) for sku in ("A4", "B3")]
    wait = np.zeros(len(skus))
    wait[at] = 12.0
    world = replace(study.setup.world, historical_wait_days=wait)
    here = replace(study.setup, world=world)
    ended = study.recommendation.ended
    earned = []
    for quote in (20.0, 60.0):
        items = study.items.with_field("historical_wait_days", wait, GIVEN).with_field(
            "quote_days", np.full(len(skus), quote), GIVEN
        )
        way = replace(study.todays_way, quote_days=np.where(wait > 0.0, wait, study.todays_way.quote_days))
        found = with_today(study.comparison, here, items, study.forecast, way, ended).today
        assert found is not None
        rows = np.flatnonzero(np.isin(found.index, at))
        assert (found.strategy[rows] == "MTO").all() and (found.quote_days[rows] == 12.0).all()
        assert [skus[i] for i in found.index[rows]] == ["A4", "B3"] and np.isnan(
            found.reorder_point[rows]
        ).all()
        earned.append(found.profit[rows])
        plan = replace(here.order, quote_days=np.ascontiguousarray(np.full((len(skus), 1), 12.0)))
        ledger = grid_ledgers(replace(here, order=plan), strategies=("MTO",))["MTO"]
        np.testing.assert_allclose(
            earned[-1], price(ledger, items).profit[found.index[rows], 0].mean(axis=1), rtol=1e-9
        )
        again = today_repriced(found, items)
        assert again is not None
        np.testing.assert_allclose(again.profit, found.profit, rtol=1e-9)
        low, high = todays_profit_at(found, items, "capital_rate")
        assert low.shape == high.shape == found.profit.shape
    np.testing.assert_array_equal(*earned)
    assert np.abs(earned[0]).min() > 1.0
    # where it stays as it is, what to quote and how long they wait is today's, not what is in force for others
    comparison = replace(study.comparison, today=found)
    stays = replace(
        study.recommendation, as_today=np.isin(np.arange(len(skus)), at), recommended=np.full(len(skus), comparison.strategies.index("MTO")),
        verdict=np.full(len(skus), "not_decidable", object),
    )  # fmt: skip
    table = recommendation_table(here, comparison, stays, items).set_index("sku")
    assert (table.loc[["A4", "B3"], ["quote_days", "wait_days_median"]] == 12.0).all(axis=None)
    other = next(sku for i, sku in enumerate(skus) if i not in at and not ended[i])
    assert table.loc[other, "quote_days"] == here.order.quote_days[skus.index(other), 0] != 12.0
