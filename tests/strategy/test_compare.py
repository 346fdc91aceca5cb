"""The comparison of the small company: means agree, ranges hold, prices scale, repricing equals a new run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.assumptions import Assumption, Assumptions
from analytics.assumptions_file import read_assumptions
from analytics.data import read_items, read_sales
from analytics.items import CONFIRMED, GIVEN, Items
from analytics.scenario.reassume import reassume, reprice
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.compare import compare, profit_against_best
from analytics.strategy.compared.played_years import SERVICE_DAYS, quantiles_of_years
from analytics.strategy.compared.setting import choose
from analytics.strategy.money.measures import physical_measures
from analytics.strategy.money.price import MONEY_FIELDS
from analytics.strategy.own_decision import strategy_money
from analytics.strategy.plans.ledgers import at_values_in_force, chunk_counts
from analytics.strategy.present.present_played import with_today
from analytics.study import Study, run_study
from tests.strategy.flips.judged import judged
from tests.strategy.small import STATED, csv_text, items_table, of_few, positions, sales_table, small_study

AMOUNTS = (
    "price",
    "unit_cost",
    "setup_cost",
    "order_setup_cost",
    "goodwill_per_unit",
    "waiting_cost_per_unit_day",
)


def certain(items: Items) -> Items:
    """The items with every price known for sure."""
    for name in MONEY_FIELDS:
        items = items.with_field(name, items[name], GIVEN)
    return items


def test_single_years_average_to_the_expected_profit(study: Study) -> None:
    """With everything known for sure, the mean over the years played is the cross-scored profit itself (a family: its sum), and so is that over draws of
    demand."""
    items = certain(study.items)
    got = compare(at_values_in_force(study.setup), items, study.ledgers)
    np.testing.assert_allclose(
        got.in_force,
        got.by_path.reshape(*got.in_force.shape, -1).mean(axis=3, dtype=np.float64),
        rtol=1e-4,
        atol=0.1,
    )
    np.testing.assert_allclose(got.profit, study.comparison.profit, rtol=1e-12)
    mean = got.by_path.astype(np.float64).mean(axis=2)
    for k, name in enumerate(got.strategies):
        offered = got.chosen[name].offered
        groups = (
            study.setup.families if name == "ATO" else tuple(np.array([i]) for i in np.flatnonzero(offered))
        )
        for members in groups:
            demanded = got.chosen[name].counts[members, COUNT_INDEX["demanded"]].sum()
            scale = abs(demanded * items["price"][members].max()) + 1.0
            assert (
                abs(mean[members, k].sum() - got.profit[members, k].sum())
                < (2e-3 if len(members) > 1 else 1e-6) * scale
            ), name
        assert np.isnan(got.by_path[~offered, k]).all() and np.isnan(got.profit[~offered, k]).all()


def test_ranges_of_a_realised_year(study: Study) -> None:
    comparison = study.comparison
    for measure in comparison.low:
        low, high = comparison.low[measure], comparison.high[measure]
        known = np.isfinite(low) & np.isfinite(high)
        assert (low[known] <= high[known]).all(), measure
    alive = ~study.recommendation.ended
    for measure in ("profit", "revenue", "units_demanded", "benchmark"):
        for k, name in enumerate(comparison.strategies):
            table = {
                **strategy_money(comparison, study.items, name),
                **physical_measures(comparison.chosen[name].counts),
            }
            here = alive & comparison.chosen[name].offered
            low, value, high = (
                comparison.low[measure][here, k],
                table[measure][here],
                comparison.high[measure][here, k],
            )
            assert ((low <= value) & (value <= high)).all(), (measure, name)
    # the 5th and 95th percentile by sorting one product's years
    years = np.sort(comparison.by_path[0, 0].astype(np.float64))
    inside = (
        (years >= comparison.low["profit"][0, 0] - 1e-2) & (years <= comparison.high["profit"][0, 0] + 1e-2)
    ).mean()
    assert 0.89 <= inside <= 0.92


def test_bounds_keep_none_of_the_years_they_come_from() -> None:
    years = np.random.default_rng(1).normal(size=(3, 400))
    low, high = quantiles_of_years(years)
    assert low.base is None and high.base is None
    assert np.array_equal(low, np.sort(years)[:, 20]) and np.array_equal(high, np.sort(years)[:, 379])


def test_paired_differences_are_taken_year_by_year(study: Study) -> None:
    comparison = study.comparison
    value, low, high = profit_against_best(comparison)
    narrower = 0
    for i in range(len(study.items)):
        offered = np.flatnonzero(np.isfinite(comparison.profit[i]))
        if not len(offered):
            assert np.isnan(value[i]).all()
            continue
        best = max(offered, key=lambda k: comparison.profit[i, k])
        assert value[i, best] == low[i, best] == high[i, best] == 0.0
        for k in offered:
            years = sorted(
                float(a) - float(b)
                for a, b in zip(comparison.by_path[i, k], comparison.by_path[i, best], strict=True)
            )
            assert value[i, k] == pytest.approx(comparison.profit[i, k] - comparison.profit[i, best])
            assert (low[i, k], high[i, k]) == pytest.approx(
                (years[round(0.05 * (len(years) - 1))], years[round(0.95 * (len(years) - 1))])
            )
            alone = np.quantile(comparison.by_path[i, k], (0.05, 0.95))
            narrower += k != best and high[i, k] - low[i, k] < alone[1] - alone[0]
    assert narrower >= 5


def test_probabilities_and_regret_are_of_the_draws_kept(study: Study) -> None:
    comparison = study.comparison
    priced = np.isfinite(comparison.profit[:, 0])
    assert comparison.probability_best[priced].sum(axis=1) == pytest.approx(np.ones(priced.sum()))
    assert comparison.probability_best_year[priced].sum(axis=1) == pytest.approx(np.ones(priced.sum()))
    offered = np.stack([comparison.chosen[s].offered for s in comparison.strategies], axis=1)
    assert not comparison.probability_best[~offered].any()
    assert (comparison.regret[offered] >= 0.0).all() and np.isnan(comparison.regret[~offered]).all()
    draws = study.setup.world.paths // study.setup.world.inner
    assert comparison.by_draw.shape[2] == draws and all(len(u) == draws for u in comparison.uniforms.values())


def test_service_within_days_ends_at_what_is_sold(study: Study) -> None:
    comparison = study.comparison
    assert (np.diff(comparison.served_within, axis=2) >= -1e-9).all()
    for k, name in enumerate(comparison.strategies):
        sold = (
            comparison.chosen[name].counts[:, COUNT_INDEX["demanded"]]
            - comparison.chosen[name].counts[:, COUNT_INDEX["lost"]]
        )
        assert (comparison.served_within[:, k, -1] <= sold + 1e-6).all()
        told = {"MTO": study.setup.order.quote_days[:, 0]}.get(name)
        if told is not None:
            before = SERVICE_DAYS[None, :] < told[:, None]
            assert (comparison.served_within[:, k][before] == 0.0).all()
            np.testing.assert_allclose(comparison.served_within[:, k, -1], sold, rtol=1e-9)
    for k in range(len(comparison.strategies)):
        median, late = (
            comparison.wait_days["wait_days_median"][:, k],
            comparison.wait_days["wait_days_p90"][:, k],
        )
        known = np.isfinite(median)
        assert (median[known] <= late[known]).all()


def test_the_mean_wait_agrees_with_the_distribution_of_waits(study: Study) -> None:
    """Little's law against the waits counted one by one: the same mean wait of those who wait in stock-outs."""
    units = np.arange(len(study.items))
    counts, weeks_waited, _ = chunk_counts(
        study.setup, "MTS", units, np.zeros((len(units), 2), np.intp)
    )  # the lowest service: many wait
    mean = counts.mean(axis=1)
    served = weeks_waited.sum(axis=1)
    days = (weeks_waited * np.maximum(7.0 * np.arange(weeks_waited.shape[1]) - 3.5, 0.0)).sum(axis=1)
    busy = served > 1.0
    assert busy.sum() >= 4
    # who still waits when the year ends is counted as waiting, but not among the waits that are over: up to lead time / 52 weeks
    open_share = 1.0 - served[busy] / mean[busy, COUNT_INDEX["waited"]]
    assert (open_share > -0.005).all() and (open_share < 6.0 / 52.0).all()
    np.testing.assert_allclose(
        365.0 * mean[busy, COUNT_INDEX["backordered"]] / mean[busy, COUNT_INDEX["waited"]],
        days[busy] / served[busy],
        rtol=0.08,
    )


def test_doubling_every_amount_doubles_money_and_moves_no_decision(study: Study) -> None:
    doubled = study.items
    for name in AMOUNTS:
        low, high = study.items.range(name)
        doubled = doubled.with_field(
            name, 2.0 * study.items[name], study.items.origin(name), 2.0 * low, 2.0 * high
        )
    twice = compare(study.setup, doubled, study.ledgers)
    once = study.comparison
    np.testing.assert_array_equal(twice.profit, 2.0 * once.profit)
    np.testing.assert_allclose(twice.by_path, 2.0 * once.by_path, rtol=1e-6)
    for name in once.strategies:
        assert np.array_equal(twice.chosen[name].setting, once.chosen[name].setting) and np.array_equal(
            twice.chosen[name].by_half, once.chosen[name].by_half
        )
        assert np.array_equal(twice.chosen[name].counts, once.chosen[name].counts)
    ended = study.recommendation.ended
    after = judged(
        with_today(twice, study.setup, doubled, study.forecast, study.todays_way, ended), doubled, ended
    )
    before = judged(study.comparison, study.items, ended)
    assert list(after.verdict) == list(before.verdict)
    assert np.array_equal(after.recommended, before.recommended) and np.array_equal(
        after.runner_up, before.runner_up
    )
    np.testing.assert_allclose(after.gain, 2.0 * before.gain, rtol=1e-12)
    np.testing.assert_allclose(after.probability_best, before.probability_best)


def test_a_constant_added_to_all_strategies_changes_no_verdict(study: Study) -> None:
    """What every strategy earns alike, another amount in every product, draw and year, is no reason for any of them."""
    once = study.comparison
    inner = study.setup.world.inner
    draws = once.by_draw.shape[2]
    rng = np.random.default_rng(8)
    each = rng.uniform(
        0.0, 6e4, (len(study.items), draws)
    )  # nothing stops earning, which is a reason to stop it
    years = np.repeat(each, inner, axis=1) + rng.normal(0.0, 1e3, (len(study.items), once.by_path.shape[2]))
    mean = each.mean(axis=1)
    richer = replace(
        once, profit=once.profit + mean[:, None], by_draw=once.by_draw + each[:, None, :], by_path=once.by_path.astype(np.float64) + years[:, None, :],
        chosen={name: replace(c, profit=c.profit + mean) for name, c in once.chosen.items()}, today=None,
    )  # fmt: skip
    before, after = (
        judged(comparison, study.items, study.recommendation.ended)
        for comparison in (replace(once, today=None), richer)
    )
    assert list(after.verdict) == list(before.verdict) and len(set(before.verdict)) > 1
    assert np.array_equal(after.recommended, before.recommended) and np.array_equal(
        after.runner_up, before.runner_up
    )
    np.testing.assert_allclose(after.gain, before.gain, atol=1e-6)
    np.testing.assert_allclose(after.lead, before.lead, atol=1e-6)
    only = replace(
        richer, profit=richer.profit + 1e5 * (np.arange(len(once.strategies)) == 0), chosen=richer.chosen
    )
    assert list(judged(only, study.items, study.recommendation.ended).recommended) != list(
        before.recommended
    )  # given to one strategy alone it does


def test_repricing_at_todays_prices_changes_nothing(study: Study) -> None:
    again = reprice(study, study.assumptions)
    assert again is not None
    np.testing.assert_array_equal(again.comparison.profit, study.comparison.profit)
    assert np.array_equal(again.recommendation.recommended, study.recommendation.recommended)
    assert again.portfolio.gain == pytest.approx(study.portfolio.gain, abs=1e-6)
    assert (
        again.portfolio.service["mix"]["wait_days_median"]
        == study.portfolio.service["mix"]["wait_days_median"]
    )
    assert np.isnan(again.portfolio.gain_low) and set(again.recommendation.verdict) <= {
        "recomputing",
        "not_decidable",
    }


def stated(**general: float):  # type: ignore[no-untyped-def]
    lines = [f"{name} = {value}" for name, value in general.items()]
    return read_assumptions("[general]\n" + "\n".join(lines) + STATED)


@pytest.mark.parametrize(
    ("lever", "simulated"),
    [({"capital_rate": 0.3, "salvage_share": 0.0}, False), ({"patience_per_day": 0.001}, True)],
)
def test_a_lever_gives_what_a_new_run_gives(lever: dict[str, float], simulated: bool) -> None:
    """Repriced at once, reassumed without refitting, or run afresh from the file: the same numbers."""
    study = small_study(few=True)
    assumptions = stated(**lever)
    moved = reassume(study, assumptions)
    history = read_sales(csv_text(of_few(sales_table())), name="sales.csv")
    fresh = run_study(history, read_items(csv_text(of_few(items_table())))[0], assumptions, seed=study.seed)
    np.testing.assert_array_equal(moved.comparison.profit, fresh.comparison.profit)
    np.testing.assert_array_equal(moved.comparison.by_path, fresh.comparison.by_path)
    assert list(moved.recommendation.verdict) == list(fresh.recommendation.verdict)
    assert moved.portfolio.gain == fresh.portfolio.gain
    assert (moved.ledgers["MTS"].digest() == study.ledgers["MTS"].digest()) is not simulated
    assert not np.array_equal(moved.comparison.profit, study.comparison.profit, equal_nan=True)
    if not simulated:
        assert moved.ledgers is study.ledgers
        quick = reprice(study, assumptions)
        assert quick is not None
        np.testing.assert_array_equal(quick.comparison.profit, fresh.comparison.profit)
        for measure in ("profit", "capital", "obsolescence", "cash_tied_up"):
            assert quick.portfolio.money["MTS"][measure] == fresh.portfolio.money["MTS"][measure]
        assert reprice(study, assumptions, patient=True).portfolio.gain == quick.portfolio.gain  # type: ignore[union-attr]
    else:
        assert reprice(study, assumptions) is None
        assert reprice(study, assumptions, hold=True, patient=True) is None
        with_patience(study, assumptions, moved)


def with_patience(study: Study, assumptions: Assumptions, full: Study) -> None:
    """Expected money where all is simulated again is that of a full study, today's too, and follows from any study of these data."""
    slow = reprice(study, assumptions, patient=True)
    assert slow is not None and full.comparison.today is not None and slow.comparison.today is not None
    np.testing.assert_array_equal(slow.comparison.profit, full.comparison.profit)
    np.testing.assert_array_equal(slow.comparison.today.profit, full.comparison.today.profit)
    np.testing.assert_array_equal(slow.comparison.today.counts, full.comparison.today.counts)
    plans = [plan for plan in slow.portfolio.money if plan != "mix"]
    for plan in plans:  # baseline and every strategy for all
        assert slow.portfolio.money[plan] == full.portfolio.money[plan]
    assert {"baseline", "MTS", "ATO", "MTO"} <= set(plans)
    assert np.isnan(slow.portfolio.gain_low) and np.isnan(slow.comparison.by_path).all()
    assert {name: one.digest() for name, one in slow.ledgers.items()} == {
        name: one.digest() for name, one in full.ledgers.items()
    }
    dearer = replace(assumptions, general={**assumptions.general, "capital_rate": Assumption(0.3, 0.3, 0.3, "confirmed")})  # fmt: skip
    after = reprice(slow, dearer)
    again = reprice(full, dearer)
    assert after is not None and again is not None
    np.testing.assert_array_equal(after.comparison.profit, again.comparison.profit)


def test_a_quote_is_played_only_where_it_is_heard_of_and_gives_what_a_new_run_gives() -> None:
    study = small_study(few=True)
    assumptions = stated(queue_days=11.0)
    moved = reassume(study, assumptions)
    history = read_sales(csv_text(of_few(sales_table())), name="sales.csv")
    fresh = run_study(history, read_items(csv_text(of_few(items_table())))[0], assumptions, seed=study.seed)
    assert (
        moved.ledgers["MTS"] is study.ledgers["MTS"]
        and moved.ledgers["ATO"] is study.ledgers["ATO"]
        and list(moved.ledgers) == list(fresh.ledgers)
    )
    assert {name: ledger.digest() for name, ledger in moved.ledgers.items()} == {
        name: ledger.digest() for name, ledger in fresh.ledgers.items()
    }
    assert moved.ledgers["MTO"].digest() != study.ledgers["MTO"].digest()
    for name in (
        "profit",
        "by_path",
        "by_draw",
        "served_within",
        "probability_best",
        "probability_best_year",
        "regret",
        "perfect_by_path",
    ):
        np.testing.assert_array_equal(
            getattr(moved.comparison, name), getattr(fresh.comparison, name), err_msg=name
        )
    for name in ("low", "high", "wait_days"):
        ours, theirs = getattr(moved.comparison, name), getattr(fresh.comparison, name)
        assert ours.keys() == theirs.keys()
        for measure in theirs:
            np.testing.assert_array_equal(ours[measure], theirs[measure], err_msg=measure)
    assert (
        list(moved.recommendation.reason) == list(fresh.recommendation.reason)
        and moved.portfolio.gain == fresh.portfolio.gain
    )
    quick = reprice(study, assumptions)
    assert quick is not None and np.array_equal(
        quick.comparison.profit, fresh.comparison.profit, equal_nan=True
    )
    ordered = quick.comparison.strategies.index("MTO")
    assert np.isnan(
        quick.comparison.wait_days["wait_days_median"][:, ordered]
    ).all()  # not those of the old quote
    assert (
        quick.comparison.wait_days["wait_days_median"][0, 0]
        == study.comparison.wait_days["wait_days_median"][0, 0]
    )
    assert quick.portfolio.money["MTO"]["profit"] == fresh.portfolio.money["MTO"]["profit"]
    later = reassume(
        quick, stated(queue_days=6.0), how_sure=False
    )  # from what holds expected money only: its years are played again
    np.testing.assert_array_equal(
        later.comparison.by_path, reassume(study, stated(queue_days=6.0), how_sure=False).comparison.by_path
    )


def test_the_same_seed_gives_the_same_and_another_does_not(study: Study) -> None:
    history = read_sales(csv_text(sales_table()), name="sales.csv")
    again = run_study(
        history, read_items(csv_text(items_table()))[0], read_assumptions(STATED), seed=1, how_sure=False
    )
    assert again.comparison.by_path.tobytes() == study.comparison.by_path.tobytes()
    assert again.recommendation.gain.tobytes() == study.recommendation.gain.tobytes()
    one, other = (small_study(seed, few=True, how_sure=False).comparison.by_path for seed in (1, 2))
    assert one.shape == other.shape and one.tobytes() != other.tobytes()


def test_one_more_strategy_leaves_the_others_as_they_are(study: Study) -> None:
    """Without assembly in the comparison, stock and order keep every number."""
    two = {name: ledger for name, ledger in study.ledgers.items() if name != "ATO"}
    alone = compare(replace(study.setup, assembly=None, families=()), study.items, two)
    for k, name in enumerate(alone.strategies):
        among = study.comparison.strategies.index(name)
        assert np.array_equal(alone.by_path[:, k], study.comparison.by_path[:, among], equal_nan=True)
        assert np.array_equal(alone.profit[:, k], study.comparison.profit[:, among], equal_nan=True)


def test_higher_carrying_cost_never_raises_the_best_setting(study: Study) -> None:
    """Dearer stock: the expected stock at the chosen settings does not grow, and no strategy earns more."""
    index = positions(study, "MTS")
    last_stock, last_profit = None, None
    for rate in (0.05, 0.15, 0.4, 1.0):
        items = study.items.with_field("storage_rate", rate, CONFIRMED)
        chosen = choose(study.ledgers["MTS"], items, index)
        best = np.take_along_axis(
            study.ledgers["MTS"].counts.mean(axis=2), chosen.setting[:, None, None], axis=1
        )[:, 0, COUNT_INDEX["on_hand"]]
        if last_stock is not None and last_profit is not None:
            assert (best <= last_stock + 1e-9).all() and (
                chosen.profit <= last_profit + 1e-9 + 0.002 * np.abs(last_profit)
            ).all()
        last_stock, last_profit = best, chosen.profit


def test_without_any_money_nothing_is_priced() -> None:
    study = small_study(1, with_items=False, with_price=False)
    assert np.isnan(study.comparison.profit).all() and np.isnan(study.comparison.by_path).all()
    assert set(study.recommendation.verdict) == {"not_decidable"}
    assert (
        (study.recommendation.gain == 0.0).all()
        and study.portfolio.gain == 0.0
        and study.portfolio.priced_products == 0
    )
    late = study.comparison.chosen["MTS"].counts
    share = (late[:, COUNT_INDEX["lost"]] + late[:, COUNT_INDEX["waited"]]) / np.maximum(
        late[:, COUNT_INDEX["demanded"]], 1e-9
    )
    assert np.median(share[~study.recommendation.ended]) < 0.12
