"""The past replayed: nothing leaks from the future, no unit is made or lost, all policies meet the same past, money by two routes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import analytics.replay as replay_module
import analytics.validation.play as play_module
from analytics.assumptions import Assumptions
from analytics.assumptions_file import read_assumptions
from analytics.cli import main
from analytics.data import read_items, read_sales
from analytics.replay import Replayed, decide_at, replay_schedule, replay_summary, replay_table, run_replay
from analytics.simulation.ledger import COUNT_INDEX
from analytics.study import Study
from analytics.validation.leftover import Leftovers, value_closing
from analytics.validation.play import Play, imbalance
from analytics.validation.policies import PLAYED, Decision
from analytics.validation.report import resampled
from analytics.validation.score import SINGLE, repeatable_gain, window_money
from sample_data import sample_paths
from tests.strategy.small import STATED, csv_text, items_table, sales_table

ORIGINS = 3


@cache
def small() -> Replayed:
    history = read_sales(csv_text(sales_table()), name="sales.csv")
    items, _ = read_items(csv_text(items_table()), name="items.csv")
    return run_replay(history, items, read_assumptions(STATED), origins=ORIGINS, draws=4)


@cache
def table() -> pd.DataFrame:
    return replay_table(small())


def wide(policies: tuple[str, ...] | None = None) -> pd.DataFrame:
    rows = table() if policies is None else table()[table()["policy"].isin(policies)]
    return rows.pivot(index=["sku", "policy", "origin"], columns="measure", values="value")


def test_units_are_conserved_for_every_product_policy_and_window() -> None:
    got = wide()
    assert np.allclose(
        got["opening"] + got["ordered"],
        got["sold"] + got["scrapped"] + got["cleared"] + got["closing"] + got["left"],
        atol=1e-6,
    )
    assert np.allclose(got["demanded"], got["sold"] + got["lost"], atol=1e-6)
    assert np.abs(imbalance(small().counts)).max() < 1e-6
    spoilt = small().counts.copy()
    spoilt[..., COUNT_INDEX["ordered"]] += 0.5
    assert np.abs(imbalance(spoilt)).max() >= 0.5


def test_the_weeks_of_the_mix_add_up_to_its_counts() -> None:
    """Stock before a week's sales less half of them is what counts; what was short either waited or was lost."""
    replay = small()
    mix, windows = replay.policies.index("mix"), len(replay.schedule.origins)
    n = {name: replay.counts[:, mix, :, PLAYED.index("MTS"), k] for name, k in COUNT_INDEX.items()}
    stock, short = (
        weeks.reshape(len(replay.skus), windows, -1).sum(axis=2).T
        for weeks in (replay.mix_stock, replay.mix_short)
    )
    assert np.allclose(short, n["lost"] + n["waited"], rtol=1e-5, atol=1e-3) and short.sum() > 0.0
    served = n["demanded"] - n["lost"] - n["waited"]
    assert (
        np.allclose((stock + 0.5 * served) / 52.0, n["on_hand"], rtol=1e-5, atol=1e-3) and stock.sum() > 0.0
    )
    starts = replay.schedule.week_starts
    assert (
        len(starts) == replay.schedule.weeks
        and (np.isin(replay.schedule.origins, starts)).all()
        and (np.diff(starts).astype(int) >= 7).all()
    )
    assert (replay.schedule.week_of(starts) == np.arange(len(starts))).all()


def test_what_closes_a_window_opens_the_next() -> None:
    got = wide()[["opening", "closing"]].reset_index()
    days = sorted(got["origin"].unique())
    for before, after in pairwise(days):
        pair = got[got["origin"] == before].merge(
            got[got["origin"] == after], on=["sku", "policy"], suffixes=("", "_next")
        )
        assert len(pair) > 50 and np.allclose(pair["closing"], pair["opening_next"], atol=1e-6)


def test_all_policies_open_alike_and_meet_the_same_demand() -> None:
    got = wide().reset_index()
    first = got[got["origin"] == got["origin"].min()]
    assert (first.groupby("sku")["opening"].agg(np.ptp) < 1e-6).all() and first["opening"].sum() > 0
    assert (got.groupby(["sku", "origin"])["demanded"].agg(np.ptp) < 1e-6).all()
    plan = small().schedule
    lines = sales_table()
    inside = (lines["date"].to_numpy("datetime64[D]") >= plan.origins[0]) & (
        lines["date"].to_numpy("datetime64[D]") < plan.end
    )
    known = set(got["sku"])
    wanted = lines[inside & lines["sku"].isin(known).to_numpy()].groupby("sku")["quantity"].sum()
    played = got[got["policy"] == "all_mts"].groupby("sku")["demanded"].sum()
    assert np.allclose(played[wanted.index], wanted)


def test_money_by_two_routes_agrees() -> None:
    """Profit from revenue and spending, and the perfect window less the eleven components, each from its own counts."""
    from analytics.items import GIVEN, empty_items
    from analytics.strategy.money.formulas import COMPONENT_FORMULAS
    from analytics.strategy.money.measures import counts_by_name
    from analytics.strategy.money.price import money_values

    rng = np.random.default_rng(3)
    replayed = small()
    skus = replayed.skus
    values = {
        name: rng.uniform(0.05, 0.3, len(skus))
        for name in (
            "capital_rate",
            "storage_rate",
            "insurance_rate",
            "salvage_share",
            "clearing_share",
            "component_share",
        )
    }
    values |= {
        name: rng.uniform(1.0, 9.0, len(skus))
        for name in (
            "unit_cost",
            "setup_cost",
            "order_setup_cost",
            "goodwill_per_unit",
            "waiting_cost_per_unit_day",
        )
    }
    values |= {
        name: np.full(len(skus), 0.02)
        for name in ("fixed_cost_share", "cost_premium", "price_premium", "deposit_share")
    }
    values["price"] = rng.uniform(5.0, 20.0, len(skus))
    values["longest_run_off_years"] = np.full(len(skus), 3.0)
    counts = replayed.counts[-1]
    money, _ = window_money(counts, skus, values, np.full(len(skus), np.nan))
    items = empty_items(skus)
    for name, column in values.items():
        items = items.with_field(name, column, GIVEN)
    other = np.zeros_like(money)
    for k, strategy in enumerate(PLAYED):
        n, m = counts_by_name(counts[:, :, k]), money_values(items, strategy)
        lost = sum(formula(n, m) for formula in COMPONENT_FORMULAS.values())
        other += n("demanded") * (m["price_of_demand"] - m["cost"]) - lost
    assert np.abs(counts[:, :, 1]).sum() > 0 and np.abs(counts[:, :, 2]).sum() > 0
    assert np.allclose(money, other, rtol=1e-9, atol=1e-6)


def test_hindsight_is_the_best_single_strategy_of_every_product() -> None:
    replayed = small()
    single = np.stack([replayed.earned(name) for name in SINGLE if name in replayed.policies])
    assert np.allclose(replayed.earned("hindsight"), single.max(axis=0))
    assert replayed.priced.sum() >= 12
    rows = table()[(table()["policy"] == "hindsight") & (table()["measure"] == "profit")]
    assert rows["value"].sum() == pytest.approx(single.max(axis=0).sum())


def test_luck_is_told_from_what_repeats() -> None:
    """By hand, two dates: one product better to order at both (5 and 3), one at the first only (+9, then -8): hindsight gains 8 + 1, what repeats is 8 - 8 + 0."""
    got = small()
    pick = [got.policies.index("all_mts"), got.policies.index("all_mto")]
    at = [int(np.flatnonzero(got.skus == sku)[0]) for sku in ("A1", "B1")]
    profit = np.zeros_like(got.profit[:2])
    profit[0, pick[1], at], profit[1, pick[1], at] = (5.0, 9.0), (3.0, -8.0)
    for name in ("all_ato",):
        if name in got.policies:
            profit[:, got.policies.index(name)] = -1e3
    known = np.zeros_like(got.known[:2])
    known[:, at] = True
    made_up = replace(got, profit=profit, known=known)
    found = repeatable_gain(made_up, "all_mts")
    assert found[at].tolist() == [8.0, -8.0 + 0.0] and found.sum() == 0.0
    assert np.isnan(repeatable_gain(replace(got, profit=profit[:1], known=known[:1]), "all_mts")).all()


def decisions_of(run: Callable[[], object]) -> tuple[Decision, ...]:
    """What was decided at each date of a replay."""
    kept: list[Decision] = []
    original = replay_module.decision

    def keep(*arguments: object) -> Decision:
        kept.append(original(*arguments))  # type: ignore[arg-type]
        return kept[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replay_module, "decision", keep)
        run()
    return tuple(kept)


@cache
def small_decisions() -> tuple[Decision, ...]:
    return decisions_of(small.__wrapped__)


def test_today_is_played_by_the_rule_of_the_study() -> None:
    """With a reorder point and a level: up to the level once the point is reached. Levels, gaps and lots are those that the study plays."""
    table = items_table()
    stocked = table["current_mode"] == "MTS"
    table["reorder_point"] = np.where(stocked, np.round(30 + table["unit_cost"] / 10), np.nan)
    table["order_up_to_level"] = np.where(stocked, table["reorder_point"] + 41.0, np.nan)
    history = read_sales(csv_text(sales_table()), name="sales.csv")
    items, _ = read_items(csv_text(table), name="items.csv")
    made = decisions_of(lambda: run_replay(history, items, read_assumptions(STATED), origins=1, draws=4))[0]
    p = made.policies.index("present")
    given = dict(zip(table["sku"], table["order_up_to_level"], strict=True))
    stands = np.isfinite(made.rule.fixed[p])
    skus = np.asarray(small().skus)[stands]
    assert len(skus) >= 4 and [float(v) for v in made.rule.fixed[p, stands]] == [given[s] for s in skus]
    assert (
        made.rule.gap[p, stands] == pytest.approx(41.0, abs=1e-3) and (made.rule.lot[p, stands] == 1.0).all()
    )


def test_a_product_that_leaves_the_pool_takes_its_part_of_the_kits_along() -> None:
    first, second = small_decisions()[:2]
    p = first.policies.index("all_ato")
    demand = np.full((len(small().skus), 13), 20.0)
    stops = np.full(len(demand), 10**6)
    play = Play(len(first.policies), len(demand))
    play.step(first, demand, stops)
    pooled = np.flatnonzero((second.pool >= 0) & second.known & ~second.ended & (play.kit_part[p] > 0.0))
    leaver = next(int(i) for i in pooled if (second.pool[pooled] == second.pool[i]).sum() > 1)
    pool = second.pool[leaver]
    part, kits, finished = (
        play.kit_part[p, leaver],
        play.kits.position[p, pool],
        play.finished.position[p, leaver],
    )
    others = play.kit_part[p].copy()
    strategy = second.strategy.copy()
    strategy[p, leaver] = PLAYED.index("MTS")
    play._begin(replace(second, strategy=strategy))
    assert part > 0.0 and play.finished.position[p, leaver] == pytest.approx(finished + part)
    assert play.kits.position[p, pool] == pytest.approx(kits - part) and play.kit_part[p, leaver] == 0.0
    others[leaver] = 0.0
    np.testing.assert_allclose(play.kit_part[p], others, atol=1e-9)
    counts = play.step(replace(second, strategy=strategy), demand, stops)  # units conserved: asserted inside
    assert np.abs(imbalance(counts)).max() < 1e-6


def test_no_kits_are_ordered_while_finished_stock_lasts() -> None:
    first = small_decisions()[0]
    p = first.policies.index("all_ato")
    demand, stops = np.full((len(small().skus), 13), 1.0), np.full(len(small().skus), 10**6)
    play = Play(len(first.policies), len(demand))
    play.step(first, np.zeros_like(demand), stops)
    assembled = first.pool >= 0
    play.finished.net[p, assembled] += 1e5
    play.closing[p, assembled] += 1e5
    play.step(first, demand, stops)
    assert (
        play.kits.count["ordered"][p].sum() == 0.0
        and play.kits.count["ordered"][first.policies.index("mix")].sum() >= 0.0
    )


def test_a_level_of_the_file_stands_still_at_every_date() -> None:
    """Whatever was sold and expected: order up to the reorder point and one, in the file's lots. Others keep to their own rule."""
    table = items_table()
    stocked = table["current_mode"] == "MTS"
    table["reorder_point"] = np.where(stocked, np.round(37 + table["unit_cost"]), np.nan)
    table["order_quantity"] = np.where(stocked, 23.0, np.nan)
    history = read_sales(csv_text(sales_table()), name="sales.csv")
    items, _ = read_items(csv_text(table), name="items.csv")
    made = decisions_of(lambda: run_replay(history, items, read_assumptions(STATED), origins=2, draws=4))
    p = made[0].policies.index("present")
    levels = [one.rule.fixed[p] for one in made]
    both = np.isfinite(levels[0]) & np.isfinite(levels[1])
    assert both.sum() >= 4 and np.array_equal(levels[0][both], levels[1][both])
    point = dict(zip(table["sku"], table["reorder_point"], strict=True))
    assert [float(v) for v in levels[1][both]] == [point[sku] + 1.0 for sku in np.asarray(small().skus)[both]]
    assert np.isnan(np.delete(made[0].rule.fixed, p, axis=0)).all()
    expected = made[0].stock.expected[:, :13].sum(axis=1), made[1].stock.expected[:, :13].sum(axis=1)
    assert not np.allclose(
        expected[0][both], expected[1][both]
    )  # so a multiple of what is expected would have moved
    play = Play(len(made[0].policies), len(both))
    calm = np.zeros((len(both), 40))
    calm[:, ::3] = 5.0
    play.step(made[0], calm, np.full(len(both), 10**6))
    position = play.finished.position[p, both]
    assert (position <= levels[0][both] + 23.0).all() and (position >= levels[0][both] - 5.0).all()


def test_what_is_planned_earns_what_stocking_earns_and_what_stays_what_today_earns() -> None:
    """Exactly: one product, one strategy and one setting are one play, in whatever policy they stand."""
    replayed, dates = small(), small_decisions()
    mix, mts, today = (replayed.policies.index(name) for name in ("mix", "all_mts", "present"))
    stocked = (replayed.strategy[:, mix] == 0).all(axis=0) & replayed.known.all(axis=0)
    planned = stocked & np.all([one.planned for one in dates], axis=0)
    stays = replayed.known.all(axis=0) & ~np.any([one.planned for one in dates], axis=0)
    assert planned.sum() >= 1 and stays.sum() >= 3
    profit = replayed.profit
    assert np.array_equal(profit[:, mix, planned], profit[:, mts, planned])
    assert np.array_equal(profit[:, mix, stays], profit[:, today, stays])
    assert not np.array_equal(profit[:, mts, stocked & stays], profit[:, today, stocked & stays])


def test_a_replay_is_promised_what_the_study_of_its_date_says() -> None:
    """At the first date the company is run as today: the gains promised are those that the study counts, of every product, as a part of its year."""
    made: list[Study] = []
    promised = []
    original, decide = replay_module.promised_gains, replay_module.decide_at

    def keep(*arguments: object) -> object:
        promised.append(original(*arguments))  # type: ignore[arg-type]
        return promised[-1]

    def kept(*arguments: object, **options: object) -> Study:
        made.append(decide(*arguments, **options))  # type: ignore[arg-type]
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replay_module, "promised_gains", keep)
        patch.setattr(replay_module, "decide_at", kept)
        replayed = small.__wrapped__()
    share = replayed.schedule.window_weeks / 52.0
    known = np.isin(replayed.skus.astype(str), made[0].items.skus.astype(str))
    gains = np.asarray(made[0].recommendation.gain)
    np.testing.assert_allclose(promised[0].gain[0, 0, known], share * gains, rtol=1e-9, atol=1e-9)
    assert (gains == 0.0).sum() >= 3 and (gains > 0.0).any()


def test_closing_stock_is_worth_what_really_sold() -> None:
    """By hand: 10 finished units left, 2 would be ordered again, 4 sold afterwards, 4 wait at 2 a year. Nothing owed becomes excess."""
    replayed = small()
    counts = np.zeros((2, 1, 3, len(COUNT_INDEX)))
    counts[:, 0, 0, COUNT_INDEX["closing"]] = [10.0, -3.0]

    class _NoKits:
        pool = np.array([-1])
        stay_door = np.ones(1)

    one = np.ones(1)
    facts = Leftovers(2.0 * one, 2.0 * one, 0.0 * one, 0.75 * one, 1e9 * one, one)

    def at(how: str, *names: str) -> list[list[float]]:
        valued = value_closing(counts, _NoKits(), np.array([4.0]), 0.5, (facts, facts), how)  # type: ignore[arg-type]
        return [valued[:, 0, 0, COUNT_INDEX[name]].tolist() for name in names]

    # alive with three quarters; the four that sold carry a quarter of a year, the others half, then 0.5 + 1 + 1.5 + 2
    assert at("rule", "closing", "closing_excess", "sold_later_4", "years_later_4") == [
        [1.5, -3.0], [8.5, 0.0], [7.0, 0.0], [1.0 + 2.0 + 0.75 * 5.0, 0.0],
    ]  # fmt: skip
    assert at("rule", "sold_later_1", "years_later_1") == [[5.5, 0.0], [3.0 + 0.75 * 1.5, 0.0]]
    assert at("all_at_cost", "closing", "closing_excess") == [[10.0, -3.0], [0.0, 0.0]]
    assert at("own_position_only", "closing", "closing_excess", "sold_later_6") == [
        [2.0, -3.0],
        [8.0, 0.0],
        [0.0, 0.0],
    ]
    assert at("nothing_ordered_again", "closing", "closing_excess", "sold_later_6") == [
        [0.0, -3.0],
        [10.0, 0.0],
        [4.0 + 0.75 * 6.0, 0.0],
    ]
    assert (replayed.counts[:-1, ..., COUNT_INDEX["closing_excess"]] == 0).all()


def decided(lines: pd.DataFrame) -> Study:
    items, _ = read_items(csv_text(items_table()), name="items.csv")
    original = read_sales(csv_text(sales_table()), name="sales.csv")
    plan = replay_schedule(original, ORIGINS)
    return decide_at(
        read_sales(csv_text(lines), name="sales.csv"), items, read_assumptions(STATED), plan, 1, draws=4
    )


def digest(study: Study) -> tuple[object, ...]:
    setup = study.setup
    chosen = tuple(part.setting.tobytes() for part in study.comparison.chosen.values())
    return (
        study.items.skus.tolist(), study.forecast.mean.tobytes(), setup.stock.relative_quantile.tobytes(), setup.stock.stockout_wait_days.tobytes(), chosen,
        study.recommendation.recommended.tobytes(), study.comparison.profit.tobytes(), study.items["price"].tobytes(), study.life.hazard_per_year.tobytes(),
    )  # fmt: skip


def test_nothing_decided_at_a_date_depends_on_what_came_later() -> None:
    """The future is rewritten: other quantities, prices, products, a season and an end. Decisions stay bit by bit; rewriting the past moves them."""
    lines = sales_table()
    day = np.datetime64(str(small().schedule.origins[1]))
    later = lines["date"].to_numpy("datetime64[D]") >= day
    future = lines[later].copy()
    future["quantity"] = future["quantity"] * 7 + 3
    future["unit_price"] = 0.5 * future["unit_price"]
    future = future[future["sku"] != "A1"]
    new = future.iloc[::3].assign(sku="E9")
    back = lines[~later].iloc[-5:].assign(date=day + 3, quantity=-lines["quantity"].to_numpy()[~later][-5:])
    other = pd.concat([lines[~later], future, new, back], ignore_index=True).sort_values(
        "date", kind="stable", ignore_index=True
    )
    assert digest(decided(lines)) == digest(decided(other))
    past = lines.copy()
    past.loc[(~later) & (past["sku"] == "A1"), "quantity"] += 1
    assert digest(decided(lines)) != digest(decided(past))


def test_intervals_by_product() -> None:
    """Sums over products drawn with replacement: mean n m, standard deviation s root n; equal products leave no doubt."""
    values = np.random.default_rng(2).normal(3.0, 2.0, (400, 1))
    sample = resampled(values, 1)
    assert sample.mean() == pytest.approx(values.sum(), abs=4 * values.std() * 20 / np.sqrt(1000))
    assert sample.std() == pytest.approx(values.std() * 20, rel=0.1)
    assert np.ptp(resampled(np.ones((50, 1)), 1)) == 0.0


def test_a_loss_is_called_a_loss() -> None:
    from analytics.validation.report import replay_sentence

    replayed = small()
    money = {
        "profit": {"hindsight": 900.0},
        "mix_against": {replayed.baseline: {"mix_gain": -5000.0, "low": -7000.0, "high": -900.0}},
    }
    money |= {"hindsight_gain": 2000.0, "share_of_hindsight_kept": -2.5}
    sentence = replay_sentence(replayed, money)
    assert "5 k less than" in sentence and "keeps nothing" in sentence


@pytest.mark.parametrize(("name", "origins", "tolerance"), [("household", 2, 0.01), ("servers", 2, 0.05)])
def test_the_planner_of_the_simulation_serves_as_much_as_one_who_refits(
    name: str, origins: int, tolerance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Share of demand served at once when stocking: expected by the simulation, whose planner keeps what was fitted and follows one level,
    and achieved on what really came by one who fits again at every date."""
    paths = sample_paths(name)
    items, _ = read_items(paths["items"])
    stated = read_assumptions(paths["assumptions"].read_text()) if "assumptions" in paths else Assumptions()
    # both begin at the steady position of the settings they judge, not at what today's own would hold
    monkeypatch.setattr(play_module, "_opening_rule", lambda d: d.rule.of(d.policies.index("all_mts")))
    document = replay_summary(
        run_replay(read_sales(paths["sales"]), items, stated, origins=origins, draws=10)
    )
    assert document["fill_rate_achieved_when_stocking"] == pytest.approx(
        document["fill_rate_planned_when_stocking"], abs=tolerance
    )
    assert document["products_with_money"] == document["products"] > 80


def test_the_command_writes_table_summary_and_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sales, items, stated = tmp_path / "sales.csv", tmp_path / "items.csv", tmp_path / "stated.toml"
    lines = sales_table()
    keep = {"A1", "A2", "B1", "C1"}
    sales.write_bytes(csv_text(lines[lines["sku"].isin(keep)]))
    partly = items_table().assign(current_mode=["MTO" if sku == "B1" else "" for sku in items_table()["sku"]])
    items.write_bytes(csv_text(partly[partly["sku"].isin(keep)]))
    stated.write_text("[general]\ncapital_rate = 0.2\n")
    out = tmp_path / "out"
    assert (
        main(
            [
                "replay",
                str(sales),
                "--items",
                str(items),
                "--assumptions",
                str(stated),
                "--origins",
                "1",
                "--out",
                str(out),
            ]
        )
        == 0
    )
    rows = pd.read_csv(out / "replay.csv")
    assert list(rows.columns) == ["origin", "sku", "policy", "strategy", "measure", "value"]
    assert {"mix", "all_mts", "all_mto", "abc_xyz", "months_of_cover", "present", "hindsight"} <= set(
        rows["policy"]
    )
    document = json.loads((out / "summary.json").read_text())
    said = capsys.readouterr().out.splitlines()
    assert said[0] == document["sentence"] and said[1] == document["leftover_sentence"]
    assert any(
        "known for 1 of 4 products; the others count as made to stock" in note for note in document["notes"]
    )
    assert any("assumed by the waiting rule" in note for note in document["notes"])
    total = rows[(rows["policy"] == "mix") & (rows["measure"] == "profit")]["value"].sum()
    assert total == pytest.approx(document["money"]["profit"]["mix"])


@pytest.mark.parametrize(
    ("weeks", "origins", "word"),
    [(50, "4", "too short to replay"), (70, "40", "ask for"), (104, "0", "number of dates")],
)
def test_a_history_too_short_is_told_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], weeks: int, origins: str, word: str
) -> None:
    sales = tmp_path / "sales.csv"
    sales.write_bytes(csv_text(sales_table(weeks)))
    assert main(["replay", str(sales), "--origins", origins, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert word in said and "Traceback" not in said and said.count("\n") <= 2


def test_without_money_units_speak() -> None:
    lines = sales_table().drop(columns="unit_price")
    history = read_sales(csv_text(lines[lines["sku"].isin({"C1", "C2", "A1"})]), name="sales.csv")
    replayed = run_replay(history, None, origins=1, draws=4)
    document = replay_summary(replayed)
    assert document["money"] == {} and "there is no money" in document["sentence"]
    rows = replay_table(replayed)
    assert set(rows["measure"]) == set(table()["measure"]) - {
        "profit",
        "ordered_less_sold",
    } and "hindsight" not in set(rows["policy"])
