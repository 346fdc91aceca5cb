"""Split by channel: planted channels come apart as they were put together, and are offered, said and replayed where they are worth parting."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from analytics.assumptions_file import read_assumptions
from analytics.data import read_items, read_sales
from analytics.demand.order_sizes import OrderSizes
from analytics.scenario.restated import study_standing
from analytics.simulation.ledger import COUNT_INDEX
from analytics.simulation.split import split_demand
from analytics.strategy.flips.played_trials import played_trials
from analytics.strategy.money.price import price
from analytics.strategy.plans.ledgers import at_values_in_force, chunk_counts, split_channels, split_settings
from analytics.strategy.plans.split_by_order_size import SIZE_QUANTILES, channel_table, orders_to_split
from analytics.strategy.plans.split_gate import ordering_channel
from analytics.study import Study, run_study
from analytics.study_results import study_tables
from analytics.validation.schedule import actual_demand, actual_large, schedule
from tests.simulation.worlds import poisson_world
from tests.strategy.small import csv_text

#: sizes, their shares and orders a day by channel: resellers order six times as much, and both order five and ten at once
SHOP = ([1, 2, 5, 10], [0.5, 0.3, 0.15, 0.05], 0.8)
RESELLERS = ([5, 10, 20, 40], [0.3, 0.3, 0.3, 0.1], 0.12)


def orders_of(
    sku: str, channel: str, how: tuple[list[int], list[float], float], rng: np.random.Generator
) -> pd.DataFrame:
    sizes, chance, rate = how
    days = np.repeat(np.datetime64("2022-01-03") + np.arange(1092), rng.poisson(rate, 1092))
    quantity = rng.choice(sizes, len(days), p=chance)
    return pd.DataFrame(
        {"date": days, "sku": sku, "quantity": quantity, "unit_price": 50.0, "channel": channel}
    )


@cache
def sales() -> pd.DataFrame:
    """BOTH: shop and resellers as above; ALIKE: two channels that order alike; ALONE: one of them; SIZES: one, with large orders."""
    rng = np.random.default_rng(11)
    parts = [orders_of("BOTH", "Shop", SHOP, rng), orders_of("BOTH", "Resellers", RESELLERS, rng)]
    parts += [orders_of("ALIKE", name, ([2, 3], [0.5, 0.5], 0.3), rng) for name in ("Shop", "Resellers")]
    parts += [orders_of("ALONE", "Shop", ([4], [1.0], 0.2), rng)]
    parts += [orders_of("SIZES", "Shop", ([1, 2, 30], [0.6, 0.3, 0.1], 0.5), rng)]
    table = pd.concat(parts).sort_values(["date", "sku"], kind="stable", ignore_index=True)
    table.insert(0, "order", [f"O{i}" for i in range(len(table))])
    return table


@cache
def study(stated: str = "") -> Study:
    items = pd.DataFrame(
        {"sku": ["BOTH", "ALIKE", "ALONE", "SIZES"], "unit_cost": 35.0, "make": "yes", "component_lead_days": 14, "production_days": 7, "capital_rate": 0.3}
    )  # fmt: skip
    told = read_assumptions(
        f"[general]\npatience_per_day = {{ value = 0.002, low = 0.001, high = 0.003 }}\n{stated}"
    )
    return run_study(
        read_sales(csv_text(sales())), read_items(csv_text(items))[0], told, draws=10, how_sure=False
    )


def at(sku: str) -> int:
    return list(study().items.skus).index(sku)


def test_planted_channels_come_apart_as_they_were_put_together() -> None:
    """Weeks made order by order of two channels that share sizes: what the split gives to the resellers has the mean, the spread and the empty weeks of what they ordered."""
    rng, paths, weeks = np.random.default_rng(2), 300, 52
    parts, sizes, channel = [], [], []
    for code, (size, chance, a_day) in enumerate((SHOP, RESELLERS)):
        count = rng.poisson(7 * a_day, (paths, weeks))
        drawn = rng.choice(size, (paths, weeks, int(count.max())), p=chance)
        kept = np.arange(drawn.shape[2]) < count[..., None]
        parts.append((drawn * kept).sum(axis=2))
        sizes.append(drawn[kept])
        channel.append(np.full(int(kept.sum()), code))
    both, of = np.concatenate(sizes).astype(float), np.concatenate(channel)
    rank = np.argsort(both, kind="stable")
    seen = OrderSizes(np.array(["A"], object), np.array([0, len(both)]), both[rank], np.zeros(len(both), np.int64), of[rank], ("Shop", "Resellers"))  # fmt: skip
    assert ordering_channel(seen, 0) == (1, "")
    total = parts[0] + parts[1]
    world = poisson_world(float(total.mean()), draws=1, inner=paths, name="channels")
    world = type(world)(
        **{**vars(world), "drawn": total[None].astype(np.uint16), "drawn_row": np.zeros(1, np.int64)}
    )
    rate = np.array([7 * (SHOP[2] + RESELLERS[2])])
    table = channel_table(seen, np.zeros(1, np.intp), np.ones(1, np.int64), rate, np.ones(1))
    small, large = split_demand(world, table)
    assert np.array_equal(small[0, 0] + large[0, 0], total)
    for statistic in (
        lambda x: x.mean(axis=1),
        lambda x: (x**2).mean(axis=1),
        lambda x: (x > 0).mean(axis=1),
    ):
        difference = statistic(large[0, 0].astype(float)) - statistic(parts[1].astype(float))
        error = difference.std(ddof=1) / np.sqrt(paths)
        assert abs(difference.mean()) < 4.0 * error + 0.02 * statistic(parts[1].astype(float)).mean()


def test_offered_where_channels_order_otherwise_and_the_gate_is_said_elsewhere() -> None:
    s = study()
    plan, said = s.setup.hybrid, s.setup.not_by_channel
    assert plan is not None and said is not None
    assert [str(s.items.skus[i]) for i in plan.index] == ["BOTH", "SIZES"] and plan.channel[1] == -1
    assert plan.orders.channels[plan.channel[0]] == "Resellers" and plan.by_size[1]
    assert np.isfinite(plan.limit[1]).all() and np.isinf(plan.limit[0, -1])
    none = orders_to_split(s.orders.take(np.array([at("ALIKE"), at("ALONE")])))
    assert none.channel is None and orders_to_split(s.orders).channels == s.orders.channels
    assert said[at("BOTH")] == "" and said[at("ALONE")] == "all of it is sold through Shop"
    assert said[at("ALIKE")].endswith("times one of the others, and 3 are needed")
    for sku in ("ALIKE", "ALONE"):
        assert s.recommendation.notes[at(sku)].count(f"Not split by channel: {said[at(sku)]}.") == 1
    assert "Not split by channel" not in s.recommendation.notes[at("BOTH")]
    share = sales()[sales()["sku"] == "BOTH"].groupby("channel")["quantity"].sum()
    assert plan.small_share[0, -1] == pytest.approx(share["Shop"] / share.sum(), abs=0.06)


def test_units_add_up_and_the_best_setting_says_which_way_it_splits() -> None:
    s = study()
    ledger, of = s.ledgers["HYBRID"], at("BOTH")
    per = s.setup.stock.lot.shape[1]
    assert ledger.counts.shape[1] == (len(SIZE_QUANTILES) + 1) * per
    demanded = ledger.count("demanded")[0]
    assert demanded == pytest.approx(
        np.broadcast_to(s.ledgers["MTS"].count("demanded")[of, :1], demanded.shape), rel=1e-12
    )
    assert np.abs(ledger.imbalance()).max() < 1e-9 * demanded.max()
    last, first = np.array([len(SIZE_QUANTILES) * per]), np.array([0])
    assert split_channels(s.setup, np.array([of]), last).tolist() == ["Resellers"]
    assert split_channels(s.setup, np.array([of]), first).tolist() == [""]
    assert np.isinf(split_settings(s.setup, np.array([of]), last)["order_size_limit"][0])
    to_order = ledger.count("to_order")[0, last[0]].mean() / demanded.mean()
    assert to_order == pytest.approx(
        1.0 - s.setup.hybrid.small_share[0, -1], abs=0.06
    )  # but for those who leave
    counts, _, _ = chunk_counts(
        at_values_in_force(s.setup), "HYBRID", s.setup.hybrid.index, np.tile(last, (2, 2))
    )
    np.testing.assert_allclose(
        counts[0].mean(axis=0), ledger.counts[0, last[0]].mean(axis=0), rtol=1e-9, atol=1e-9
    )
    assert np.isfinite(price(ledger, s.items.take(s.setup.hybrid.index)).profit).all()


def test_the_best_split_is_at_least_that_by_size_alone_and_no_choice_becomes_close() -> None:
    """The channel is one more setting; nothing is near because stock and its variant are."""
    s = study()
    ledger, of = s.ledgers["HYBRID"], at("BOTH")
    money = price(ledger, s.items.take(s.setup.hybrid.index)).profit[0].mean(axis=1)
    sized = money[: len(SIZE_QUANTILES) * s.setup.stock.lot.shape[1]].max()
    assert money.max() >= sized
    profit = s.comparison.profit[of]
    k = {name: s.comparison.strategies.index(name) for name in ("MTS", "MTO", "HYBRID")}
    if min(profit[k["MTS"]], profit[k["HYBRID"]]) > 1.1 * profit[k["MTO"]]:
        assert s.recommendation.verdict[of] != "too_close"


def test_a_trial_at_the_values_in_force_is_the_study_with_channels_too() -> None:
    s = study()
    index = np.array([at("BOTH"), at("SIZES")])
    trials = played_trials(
        study_standing(s), "hazard_per_year", index, np.asarray(s.items["hazard_per_year"], np.float64)[index]
    )
    np.testing.assert_allclose(trials.profit, s.comparison.profit[index], rtol=1e-9)


def test_what_is_written_names_the_channel() -> None:
    s = study()
    table = study_tables(s)["recommendation"]().set_index("sku")
    k, of = s.comparison.strategies.index("HYBRID"), at("BOTH")
    assert np.isfinite(table.loc["BOTH", "profit_hybrid"])
    if s.recommendation.recommended[of] == k:
        setting = s.comparison.chosen["HYBRID"].setting[[of]]
        name = split_channels(s.setup, np.array([of]), setting)[0]
        said = f"Orders of channel {name}" if name else "Orders of more than"
        assert said in table.loc["BOTH", "notes"]
    assert s.comparison.chosen["HYBRID"].counts[of, COUNT_INDEX["demanded"]] > 0.0


def test_the_replay_parts_what_came_through_the_channel() -> None:
    history = read_sales(csv_text(sales()))
    plan = schedule(study().panel, 2)
    actual = actual_demand(history, plan, 1)
    names = np.where(history.skus == "BOTH", "Resellers", "").astype(object)
    units, orders = actual_large(history, plan, np.full(len(history.skus), np.inf), actual, names)
    row = list(history.skus).index("BOTH")
    table = sales()
    first = plan.origins[0].astype("datetime64[D]")
    last = first + np.timedelta64(7 * (plan.weeks + plan.tail_weeks), "D")
    within = (table["date"] >= first) & (table["date"] < last)
    mine = table[(table["sku"] == "BOTH") & (table["channel"] == "Resellers") & within]
    assert units[row].sum() == pytest.approx(mine["quantity"].sum(), rel=0.03)
    assert (
        orders[row].sum() == pytest.approx(len(mine), rel=0.03)
        and units[np.arange(len(units)) != row].sum() == 0.0
    )
