"""What a replay tells beside its money: where stock went, what it is too short to judge, ranges of whole families, a part of the products."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.assumptions import Assumptions
from analytics.cli import main
from analytics.data import read_items, read_sales
from analytics.demand.as_of import history_of
from analytics.errors import DataError
from analytics.naming.labels import number_text
from analytics.replay import replay_summary, replay_table
from analytics.simulation.ledger import COUNT_INDEX
from analytics.validation.chosen import chosen_products, sharing_components
from analytics.validation.compared import part_of, policies_table, products_table, resampled
from analytics.validation.gains import range_over_products, share_of_luck_in_hindsight
from analytics.validation.judged import judged_sentence, weeks_between_sales
from analytics.validation.leftover import VALUATIONS
from analytics.validation.outcome import DEPENDS, SWITCH, leftover_sentence, outcomes
from analytics.validation.policies import PLAYED
from analytics.validation.schedule import Schedule
from tests.strategy.small import csv_text, items_table, sales_table
from tests.test_replay import small

_C = COUNT_INDEX


def test_stock_grew_by_what_was_ordered_and_not_sold() -> None:
    """By the other side of the balance: closing - opening + scrapped + cleared, at cost; kits at the cost of their components."""
    replay = small()
    items, _ = read_items(csv_text(items_table()), name="items.csv")
    at = [int(np.flatnonzero(items.skus == sku)[0]) for sku in replay.skus]
    cost = np.asarray(items["unit_cost"], float)[at]
    components = np.nan_to_num(np.asarray(items["component_share"], float)[at])
    value = {"MTS": cost, "ATO": cost * components, "MTO": np.zeros_like(cost)}
    expected = np.zeros(replay.grown.shape)
    for k, strategy in enumerate(PLAYED):
        n = {name: replay.counts[:, :, :, k, column] for name, column in _C.items()}
        kept = n["closing"] + n["closing_excess"] - n["opening"] + n["scrapped"] + n["cleared"]
        expected += value[strategy] * kept
    known = replay.known[:, None, :] & np.isfinite(replay.grown)
    assert known.sum() > 100 and np.abs(expected[known]).max() > 100.0
    assert np.allclose(replay.grown[known], expected[known], rtol=1e-9, atol=1e-6)
    told = replay_summary(replay)["money"]["ordered_less_sold"]
    table = replay_table(replay)
    rows = table[table["measure"] == "ordered_less_sold"].groupby(["policy", "origin"])["value"].sum()
    for policy, windows in told.items():
        assert list(windows) == [str(day) for day in replay.schedule.origins]
        for day, money in windows.items():
            assert rows[policy, day] == pytest.approx(money, abs=0.005)


def lines(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["sku", "date", "quantity"])


PLAN = Schedule(
    "W", np.array(["2024-01-01", "2024-07-01"], "datetime64[D]"), np.datetime64("2024-12-30"), 26, 8
)


def test_time_between_sales_is_what_the_first_date_could_know() -> None:
    """By hand. A: sold 10 and 4 weeks before the first date, twice on one day, and returned once: one gap in 10 weeks.
    B: sold once. C: first sold between the dates, three times in the 13 weeks before the second. D: after both."""
    rows = [
        ("A", "2023-10-23", 2.0), ("A", "2023-12-04", 1.0), ("A", "2023-12-04", 3.0), ("A", "2023-12-11", -1.0), ("A", "2024-02-05", 9.0),
        ("B", "2023-05-01", 1.0), ("B", "2024-03-04", 1.0), ("C", "2024-04-01", 1.0), ("C", "2024-04-29", 1.0), ("C", "2024-06-24", 1.0),
        ("C", "2024-07-01", 1.0), ("D", "2024-08-05", 1.0),
    ]  # fmt: skip
    history = read_sales(csv_text(lines(rows)), name="sales.csv")
    got = weeks_between_sales(history, PLAN)
    assert history.skus.tolist() == ["A", "B", "C", "D"]
    assert got[:3].tolist() == [10.0, np.inf, 6.5] and np.isnan(got[3])
    # what is sold afterwards judges nobody
    more = lines([*rows, *(("B", f"2024-0{month}-15", 1.0) for month in range(1, 10))])
    later = weeks_between_sales(read_sales(csv_text(more), name="sales.csv"), PLAN)
    assert np.array_equal(later, got, equal_nan=True)


def test_what_is_too_short_to_judge_stands_apart_and_sums_to_the_cent() -> None:
    replay = small()
    played = replay.weeks_played
    between = np.where(np.arange(len(replay.skus)) % 3 == 0, 0.6 * played, 0.2 * played)
    split = replace(replay, between=between, lead_weeks=np.full(len(played), 2.5))
    expected = split.known.any(axis=0) & (2.5 + 2.0 * between > played)
    assert np.array_equal(split.too_short, expected) and 2 < expected.sum() < len(expected) - 2
    document = replay_summary(split)
    money, judged, apart = document["money"], document["judged"], document["too_short_to_judge"]
    assert judged["products"] + apart["products"] == document["products"]
    assert apart["skus"] == split.skus[expected].tolist()
    for policy, whole in money["profit"].items():
        parts = money["judged"]["profit"][policy] + money["too_short_to_judge"]["profit"][policy]
        assert parts == pytest.approx(whole, abs=0.005)
    for policy, found in money["mix_against"].items():
        one, other = (money[part]["mix_against"][policy] for part in ("judged", "too_short_to_judge"))
        assert one["mix_gain"] + other["mix_gain"] == pytest.approx(found["mix_gain"], abs=0.005)
        assert one["low"] <= one["high"]
    rows = policies_table(split)
    table = rows[rows["leftovers"] == "rule"].set_index(["part", "policy"])
    for policy in ("mix", "all_mts", "all_mto", "hindsight"):
        assert table.loc[("judged", policy), "profit"] + table.loc[
            ("too short to judge", policy), "profit"
        ] == pytest.approx(table.loc[("all products", policy), "profit"], abs=0.005)
    assert (
        table.loc[("judged", "all_mto"), "mix_gain_low"] == money["judged"]["mix_against"]["all_mto"]["low"]
    )
    listed = products_table(split)
    assert set(listed.loc[listed["judged"] == "too short to judge", "sku"]) == set(apart["skus"])
    assert f"too short to judge {expected.sum()} of" in apart["sentence"]
    assert part_of(split, "judged").sum() + part_of(split, "too_short_to_judge").sum() == split.priced.sum()


def test_one_sale_is_no_time_between_sales() -> None:
    replay = small()
    nobody = replace(replay, between=np.full(len(replay.skus), np.inf))
    document = replay_summary(nobody)
    assert document["judged"]["products"] == 0
    assert document["money"]["judged"]["mix_against"]["all_mto"] == {
        "mix_gain": 0.0, "low": 0.0, "high": 0.0, "first_half_of_products": 0.0, "second_half_of_products": 0.0,
    }  # fmt: skip
    assert products_table(nobody)["weeks_between_sales"].isna().all()


def test_the_sentence_names_both_parts() -> None:
    apart = {"products": 3, "mix_gain": -1200.0, "low": -2e3, "high": 0.0}
    judged = {"products": 9, "mix_gain": 5300.0, "low": -900.0, "high": 8000.0}
    text = judged_sentence(judged, apart, 52, "everything to order")
    assert "too short to judge 3 of 12 products (25 %)" in text
    assert "-1.2 k comes from them and +5.3 k from the others (likely between -900 and 8 k)" in text
    sure = judged_sentence({**judged, "low": 5300.0, "high": 5300.0}, apart, 52, "everything to order")
    assert sure.endswith("+5.3 k from the others.")
    none = judged_sentence(judged, {"products": 0}, 52, "today's way")
    assert "long enough to judge every product" in none
    bare = judged_sentence({"products": 3}, {"products": 1}, 26, "today's way")
    assert bare.endswith("its sales are longer.")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-50.0, 50.0), min_size=3, max_size=40), st.floats(0.1, 30.0))
def test_luck_is_a_share_and_its_bounds_are_in_order(repeated: list[float], possible: float) -> None:
    luck = np.asarray(share_of_luck_in_hindsight(np.array(repeated), possible))
    low, high = range_over_products(luck)
    assert (luck >= 0.0).all() and (luck <= 1.0).all() and 0.0 <= low <= high <= 1.0
    inside = (np.array(repeated) >= 0.0) & (np.array(repeated) <= possible)
    assert np.allclose(luck[inside], 1.0 - np.array(repeated)[inside] / possible)


def test_families_are_drawn_whole() -> None:
    """Two alike in a family: the spread is that of families, root of two wider than of products drawn one by one; keyed by the seed."""
    rng = np.random.default_rng(4)
    of_family = rng.normal(1.5, 2.0, 300)
    columns = np.repeat(of_family, 2)[:, None]
    family = np.repeat(np.arange(300), 2)
    whole = resampled(columns, 3, family)
    assert whole.std() == pytest.approx(2.0 * of_family.std() * np.sqrt(300), rel=0.08)
    assert resampled(columns, 3).std() == pytest.approx(whole.std() / np.sqrt(2.0), rel=0.1)
    assert np.array_equal(whole, resampled(columns, 3, family))
    assert not np.array_equal(whole, resampled(columns, 4, family))
    # the rows of a family need not stand together, and all of one family leave products to draw
    mixed = rng.permutation(600)
    assert np.allclose(resampled(columns[mixed], 3, family[mixed]), whole)
    assert resampled(columns, 3, np.zeros(600, int)).std() > 0.0


def test_the_choice_depends_on_names_alone() -> None:
    skus = np.array([f"P{k:03d}" for k in range(200)], object)
    alone = np.arange(200)
    small_part, larger = chosen_products(skus, alone, 37), chosen_products(skus, alone, 90)
    assert small_part.sum() == 37 and larger.sum() == 90 and (larger | ~small_part).all()
    turned = np.random.default_rng(1).permutation(200)
    assert set(skus[turned][chosen_products(skus[turned], alone, 37)]) == set(skus[small_part])
    assert chosen_products(skus, alone, 500).all()
    family = np.where(alone < 60, 0, alone)
    with_family = chosen_products(skus, family, 37)
    assert with_family[:60].all() or not with_family[:60].any()
    assert with_family.sum() >= 37
    with pytest.raises(DataError, match="out of range"):
        chosen_products(skus, alone, 0)


def test_products_that_share_components_are_known_from_the_files() -> None:
    table = pd.DataFrame(
        {
            "sku": list("ABCDE"),
            "family": ["x", "x", "y", "y", ""],
            "component_share": [0.5, 0.4, np.nan, np.nan, 0.3],
        }
    )
    items, _ = read_items(table.to_csv(index=False).encode(), name="items.csv")
    skus = np.array(list("ABCDEF"), object)
    assert sharing_components(skus, items, Assumptions(), None).tolist() == [0, 0, 2, 3, 4, 5]
    stated = Assumptions().with_general(component_share=0.2)
    assert sharing_components(skus, items, stated, None).tolist() == [0, 0, 2, 2, 4, 5]
    assert sharing_components(skus, None, stated, None).tolist() == list(range(6))


def test_a_part_of_a_history_is_the_file_without_the_others() -> None:
    rows = [
        ("A", "2024-01-01", 2.0),
        ("B", "2024-01-02", 1.0),
        ("C", "2024-02-01", 3.0),
        ("A", "2024-02-05", 1.0),
    ]
    whole = read_sales(csv_text(lines(rows)), name="sales.csv")
    part = history_of(whole, np.isin(whole.skus, ["A", "C"]))
    alone = read_sales(csv_text(lines([row for row in rows if row[0] != "B"])), name="sales.csv")
    assert part.skus.tolist() == ["A", "C"] == alone.skus.tolist()
    for name in ("sku", "date", "quantity"):
        assert np.array_equal(getattr(part, name), getattr(alone, name))


def test_the_command_replays_a_part_as_if_the_file_held_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Figures of `--products 2` are those of a file with these products alone; it is said how they were chosen."""
    table, sold = items_table(), sales_table()
    keep = ("A1", "B1", "C1", "D1", "C2")
    sold, table = sold[sold["sku"].isin(keep)], table[table["sku"].isin(keep)].assign(component_share=np.nan)
    (tmp_path / "sales.csv").write_bytes(csv_text(sold))
    (tmp_path / "items.csv").write_bytes(csv_text(table))
    command = [
        "replay",
        str(tmp_path / "sales.csv"),
        "--items",
        str(tmp_path / "items.csv"),
        "--origins",
        "1",
    ]
    assert main([*command, "--products", "2", "--out", str(tmp_path / "part")]) == 0
    said = capsys.readouterr().out
    rows = pd.read_csv(tmp_path / "part" / "replay.csv")
    chosen = sorted(set(rows["sku"]))
    assert len(chosen) == 2 and f"2 of the file's {len(set(sold['sku']))} products" in said
    (tmp_path / "sales.csv").write_bytes(csv_text(sold[sold["sku"].isin(chosen)]))
    assert main([*command, "--out", str(tmp_path / "alone")]) == 0
    assert (tmp_path / "alone" / "replay.csv").read_bytes() == (tmp_path / "part" / "replay.csv").read_bytes()
    summary = json.loads((tmp_path / "part" / "summary.json").read_text())
    policies = pd.read_csv(tmp_path / "part" / "replay_policies.csv")
    policies = policies[policies["leftovers"] == "rule"].set_index(["part", "policy"])
    for name, found in summary["money"]["mix_against"].items():
        row = policies.loc[("all products", name)]
        assert (row["mix_gain_low"], row["mix_gain_high"]) == (found["low"], found["high"])
    listed = pd.read_csv(tmp_path / "part" / "replay_products.csv")
    assert sorted(listed["sku"]) == chosen and (listed["weeks_played"] == summary["weeks"]).all()


def ways(**gains: float) -> dict[str, dict[str, dict[str, float]]]:
    """A comparison with one policy by way to value leftovers, each with a range of 100 on both sides."""
    return {
        how: {"all_mto": {"mix_gain": gain, "low": gain - 100.0, "high": gain + 100.0}}
        for how, gain in gains.items()
    }


@pytest.mark.parametrize(
    ("rule", "cost", "own", "hardest", "outcome"),
    [
        (700.0, 900.0, 350.0, 40.0, "win"),
        (700.0, 900.0, 350.0, -40.0, DEPENDS),  # only its own forecast makes it a win
        (700.0, 900.0, -35.0, 40.0, DEPENDS),
        (-700.0, 20.0, -900.0, -900.0, DEPENDS),
        (-700.0, -20.0, -900.0, 950.0, "loss"),
        (60.0, 90.0, 35.0, 4.0, "too close to call"),
        (-60.0, -90.0, -35.0, -4.0, "too close to call"),
        (0.0, 0.0, 0.0, 0.0, "too close to call"),
    ],
)
def test_a_win_holds_whatever_the_leftover_is_worth(
    rule: float, cost: float, own: float, hardest: float, outcome: str
) -> None:
    against = ways(rule=rule, all_at_cost=cost, own_position_only=own, nothing_ordered_again=hardest)
    assert outcomes(against) == {"all_mto": outcome}
    text = leftover_sentence(against, {"all_mto": "everything to order"}, "all_mts")
    assert (DEPENDS in text) == (outcome == DEPENDS)
    if outcome == DEPENDS:
        assert f"{number_text(rule, 2)} by the rule, {number_text(cost, 2)} with all of it at cost" in text
        assert "everything to order" in text


def test_every_way_to_value_leftovers_is_told_alike() -> None:
    """Summary and table say the same for each; nothing left over is worth more than its cost; parts sum to all."""
    replay = small()
    money = replay_summary(replay)["money"]
    rows = policies_table(replay).set_index(["leftovers", "part", "policy"])
    assert set(money["closing_valued"]) == set(VALUATIONS) >= set(SWITCH)
    for how, found in money["closing_valued"].items():
        for policy, profit in found["profit"].items():
            assert rows.loc[(how, "all products", policy), "profit"] == pytest.approx(profit, abs=0.005)
        parts = [found[part]["profit"]["mix"] for part in ("judged", "too_short_to_judge")]
        assert sum(parts) == pytest.approx(found["profit"]["mix"], abs=0.005)
    valued = {how: found["profit"] for how, found in money["closing_valued"].items()}
    assert valued["rule"] == money["profit"] and valued["own_position_only"] != valued["all_at_cost"]
    for how in ("rule", "own_position_only", "nothing_ordered_again"):
        for policy, profit in valued[how].items():
            assert valued["all_at_cost"][policy] >= profit - 0.005
    assert set(money["outcome"]) == set(money["mix_against"])
    assert rows.loc[("rule", "all products", "all_mto"), "outcome"] == money["outcome"]["all_mto"]
