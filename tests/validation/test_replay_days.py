"""Products replenished within a week are replayed day by day: against a loop by hand, and beside those that stay at weeks."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from analytics import read_assumptions, read_items, read_sales
from analytics.replay import replay_schedule, run_replay
from analytics.simulation.ledger import COUNT_INDEX
from analytics.validation.play import imbalance
from analytics.validation.policies import PLAYED
from analytics.validation.schedule import actual_demand, demand_by_day
from analytics.validation.score import Replayed

MONDAY = np.datetime64("2021-01-04")
DAYS, QUIET = 7 * 130, 10
LEAD, POINT, LOT = 2, 14.0, 20.0


@cache
def files() -> tuple[bytes, bytes]:
    """Two years and a half of orders by day; QUICK is replenished in two days, SLOW in five weeks."""
    rng = np.random.default_rng(8)
    rows = []
    for sku, rate in (("QUICK", 5.0), ("SLOW", 0.6)):
        for day in range(DAYS):
            rows += [(MONDAY + day, sku, 1 + int(rng.random() < 0.3), 20.0) for _ in range(rng.poisson(rate))]
    lines = pd.DataFrame(rows, columns=["date", "sku", "quantity", "unit_price"])
    start = replay_schedule(read_sales(lines.to_csv(index=False).encode()), 2).origins[0]
    quiet = (
        (lines["sku"] == "QUICK") & (lines["date"] >= start) & (lines["date"] < start + np.timedelta64(QUIET))
    )
    lines = lines[~quiet].reset_index(drop=True)
    lines.insert(0, "order", np.arange(len(lines)))
    items = (
        "sku,unit_cost,price,component_lead_days,production_days,review_days,current_mode,reorder_point,order_quantity,share_waiting\n"
        f"QUICK,10,20,{LEAD},0,1,MTS,{POINT:g},{LOT:g},0\nSLOW,10,20,35,0,7,MTS,8,6,0\n"
    )
    return lines.to_csv(index=False).encode(), items.encode()


@cache
def replayed() -> Replayed:
    sales, items = files()
    return run_replay(
        read_sales(sales), read_items(items)[0], read_assumptions("[general]\nhazard_per_year = 0.0\n"), origins=2, draws=4
    )  # fmt: skip


def counted(sku: str, policy: str, strategy: str = "MTS") -> dict[str, np.ndarray]:
    """Counts of every window by name."""
    replay = replayed()
    at = replay.counts[:, replay.policies.index(policy), list(replay.skus).index(sku), PLAYED.index(strategy)]
    return {name: at[:, k] for name, k in COUNT_INDEX.items()}


def test_the_day_by_day_play_is_a_loop_by_hand() -> None:
    """Today's own rule, a reorder point and lots: what is ordered, in how many lots, sold, lost and left after every window."""
    replay, got = replayed(), counted("QUICK", "present")
    history = read_sales(files()[0])
    row = np.array([list(history.skus).index("QUICK")])
    came = demand_by_day(history, replay.schedule, row)[0]
    assert came[:QUIET].sum() == 0.0 and came[QUIET:].sum() > 0.0
    on_hand, under_way = float(got["opening"][0]), [0.0] * (len(came) + LEAD + 1)
    length = 7 * replay.schedule.window_weeks
    for window in range(2):
        ordered, lots, lost = 0.0, 0, 0.0
        for day in range(window * length, (window + 1) * length):
            on_hand += under_way[day]
            under_way[day] = 0.0
            position = on_hand + sum(under_way)
            if position <= POINT:
                units = np.ceil((POINT + 1.0 - position) / LOT) * LOT
                under_way[day + LEAD] += units
                ordered, lots = ordered + units, lots + 1
            sold = min(on_hand, came[day])
            on_hand, lost = on_hand - sold, lost + came[day] - sold
        assert got["demanded"][window] == came[window * length : (window + 1) * length].sum()
        assert (got["ordered"][window], got["lots"][window]) == (ordered, lots) and lots > 20
        assert got["lost"][window] == pytest.approx(lost) and lost > 0.0
        assert got["closing"][window] == pytest.approx(on_hand + sum(under_way))


def test_weeks_and_days_stand_side_by_side() -> None:
    replay = replayed()
    assert np.abs(imbalance(replay.counts)).max() < 1e-6
    history = read_sales(files()[0])
    weekly = actual_demand(history, replay.schedule, 1)[:, : replay.schedule.weeks]
    for p in range(len(replay.policies)):
        played = replay.counts[:, p, :, :, COUNT_INDEX["demanded"]].sum(axis=(0, 2))
        np.testing.assert_allclose(played, weekly.sum(axis=1), err_msg=replay.policies[p])
    assert replay.mix_stock.shape == (2, replay.schedule.weeks) == replay.mix_short.shape
    short = replay.mix_short[list(replay.skus).index("QUICK")].sum()
    mix = counted("QUICK", "mix")
    assert short == pytest.approx((mix["lost"] + mix["waited"]).sum(), abs=1e-3)
    said = " ".join(replay.notes)
    assert (
        "Replayed day by day, as a study plays them: 1 product whose stock is replenished within a week."
        in said
    )
    assert "replayed by the week" not in said


def test_levels_of_days_need_less_stock_than_a_week_would() -> None:
    """All to stock: two days and one of review ask for less than the two weeks that lead and review would be, rounded to weeks."""
    quick = counted("QUICK", "all_mts")
    weekly = 5.0 * 1.3 * 7.0
    years = replayed().schedule.window_weeks / 52.0
    assert quick["on_hand"][1] / years < 1.2 * weekly
    assert quick["lost"][1] < 0.2 * quick["demanded"][1]
