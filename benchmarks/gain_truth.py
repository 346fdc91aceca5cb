"""Stated gains against true ones: portfolios whose demand process is known, run as stated and as today on what really comes.

    python -m benchmarks.gain_truth                     60 portfolios of nine products, 40 years of truth each
    python -m benchmarks.gain_truth --portfolios 8      fewer
    python -m benchmarks.gain_truth --error 0.3         another relative error of single gains

Every portfolio has smooth, intermittent and lumpy products, three of each: orders come at a rate a week, their sizes
from a geometric distribution, and in a third of the products the rate moved once in the three years of history. What
the program sees is that history and the items file. Its plan and today's way are then played by the replay's loop on
years drawn from the true process as it stands at the end of the history, the first year left out: what a product earns
more a year there is its true gain. Nothing of the truth is known to the study, nor to whoever set the levels of today:
they follow the sales of the last two years.

A few dozen lumpy products with a few dozen orders each decide the sums: what their studies say of their own doubt is
printed beside every kind of demand, as the standard deviation of its sum.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import Assumptions
from analytics.data import read_items, read_sales
from analytics.strategy.doubt.gain_doubt import spread_of_gains
from analytics.strategy.doubt.gain_range import correlation_of_errors, relative_error_of_gains
from analytics.strategy.plans.recipes import Grid
from analytics.study import Study, run_study
from analytics.validation.play import Play
from analytics.validation.policies import Followed, Place, decision
from analytics.validation.score import SCORED_BY, window_money

__all__ = ["Judged", "Process", "judged", "process_of", "true_gains"]

Array = NDArray[np.float64]

#: Kinds of demand: orders a week from, to; mean order size from, to.
KINDS = {
    "smooth": (3.0, 12.0, 1.0, 1.5),
    "intermittent": (0.25, 0.8, 1.0, 1.6),
    "lumpy": (0.08, 0.35, 4.0, 10.0),
}
#: Products of each kind in a portfolio, weeks of history, and parameter draws of a study.
EACH, WEEKS_KNOWN, DRAWS = 3, 156, 25
FIRST_MONDAY = np.datetime64("2022-01-03", "D")
TWO_YEARS_BACK = FIRST_MONDAY + 7 * (WEEKS_KNOWN - 104)
FAR = np.iinfo(np.int32).max


class Process(NamedTuple):
    """The true demand of a portfolio: kinds (products,), orders a week before and after the week `moved`, and mean order sizes."""

    kinds: tuple[str, ...]
    before: Array
    after: Array
    moved: NDArray[np.int64]
    size: Array


class Judged(NamedTuple):
    """One portfolio: gains stated and true (products,), the stated range, spreads over draws, and the kinds of demand."""

    stated: Array
    true: Array
    low: float
    high: float
    spread: Array
    kinds: tuple[str, ...]


def process_of(seed: int) -> Process:
    """The true demand of portfolio `seed`."""
    rng = np.random.default_rng([seed, 1])
    kinds = tuple(kind for kind in KINDS for _ in range(EACH))
    low, high, small, large = (np.array([KINDS[k][c] for k in kinds]) for c in range(4))
    after = low * (high / low) ** rng.random(len(kinds))
    moves = rng.random(len(kinds)) < 1.0 / 3.0
    before = np.where(moves, after * np.exp(rng.normal(0.0, 0.35, len(kinds))), after)
    moved = np.where(moves, rng.integers(52, WEEKS_KNOWN - 13, len(kinds)), 0)
    return Process(kinds, before, after, moved, small + (large - small) * rng.random(len(kinds)))


def drawn(
    process: Process, weeks: int, rng: np.random.Generator, first: int
) -> list[list[NDArray[np.int64]]]:
    """Order sizes by product and week, from week `first` of the history on."""
    out = []
    for i in range(len(process.kinds)):
        week = first + np.arange(weeks)
        rate = np.where(week < process.moved[i], process.before[i], process.after[i])
        out.append([rng.geometric(1.0 / process.size[i], count) for count in rng.poisson(rate)])
    return out


def files_of(process: Process, seed: int) -> tuple[bytes, bytes]:
    """The sales file and the items file of a portfolio, as the program reads them."""
    rng = np.random.default_rng([seed, 2])
    n = len(process.kinds)
    price = np.round(np.exp(rng.uniform(np.log(20.0), np.log(400.0), n)), 2)
    lines = [
        (FIRST_MONDAY + 7 * week + int(rng.integers(0, 5)), f"P{i}", int(size), price[i])
        for i, weeks in enumerate(drawn(process, WEEKS_KNOWN, rng, 0))
        for week, sizes in enumerate(weeks)
        for size in sizes
    ]
    ends = [(FIRST_MONDAY, "P0", 1, price[0]), (FIRST_MONDAY + 7 * WEEKS_KNOWN - 1, "P0", 1, price[0])]
    sales = pd.DataFrame([*lines, *ends], columns=["date", "sku", "quantity", "unit_price"]).sort_values(
        "date"
    )
    recent = [
        sum(q for day, sku, q, _ in lines if sku == f"P{i}" and day >= TWO_YEARS_BACK) for i in range(n)
    ]
    weekly = (
        np.maximum(np.array(recent, np.float64), 1.0) / 104.0
    )  # whoever set the levels saw the sales, not the truth
    lead = rng.choice([14, 28, 42], n)
    items = pd.DataFrame(
        {
            "sku": [f"P{i}" for i in range(n)],
            "price": price,
            "unit_cost": np.round(price * rng.uniform(0.45, 0.75, n), 2),
            "component_lead_days": lead,
            "production_days": 7,
            "assembly_days": 3,
            "setup_cost": 15.0,
            "order_setup_cost": 2.0,
            "current_mode": "MTS",
            "reorder_point": np.ceil(weekly * (lead + 14) / 7.0 * rng.uniform(0.7, 2.2, n)),
            "order_quantity": np.ceil(np.maximum(weekly * rng.uniform(2.0, 16.0, n), process.size)),
        }
    )
    return sales.to_csv(index=False).encode(), items.to_csv(index=False).encode()


def study_of(process: Process, seed: int, error: float) -> Study:
    """What the program says of a portfolio; all assumed values are known for sure, demand alone is not."""
    sales, items = files_of(process, seed)
    stated = Assumptions().with_general(hazard_per_year=0.0, patience_per_day=0.03, gain_error=error)
    for name in ("capital_rate", "storage_rate", "insurance_rate", "salvage_share", "clearing_share", "cost_premium",
                 "cancellation_share", "cancellable_share", "fixed_cost_share", "waiting_cost_per_unit_day"):  # fmt: skip
        stated = stated.confirmed_as_assumed(name)
    history = read_sales(sales, name="sales.csv")
    return run_study(
        history, read_items(items, name="items.csv")[0], stated, frequency="W", draws=DRAWS, split_orders=False, how_sure=False
    )  # fmt: skip


def true_gains(study: Study, process: Process, seed: int, years: int) -> Array:
    """What every product earns more a year as recommended than as today, over years of its true process: money, (products,).

    The stocks of both are carried from year to year, the first year is left out. What stays as it is gains nothing.
    """
    n, r = len(study.items), study.recommendation
    place = Place(
        np.arange(n), n, np.full(n, -1, np.intp), 0, np.asarray(study.items["patience_per_day"], np.float64)
    )
    followed = Followed(r.recommended, r.as_today)
    chosen = decision(place, study.panel, study.items, study.setup, study.comparison, r, followed, Grid())
    play, rng = Play(len(chosen.policies), n), np.random.default_rng([seed, 3])
    values = {name: np.asarray(study.items[name], np.float64) for name in SCORED_BY}
    mix, today = (chosen.policies.index(name) for name in ("mix", "present"))
    gained = []
    for _ in range(years + 1):
        orders = drawn(process, 52, rng, WEEKS_KNOWN)
        demand = np.array([[float(sizes.sum()) for sizes in weeks] for weeks in orders])
        counts = play.step(chosen, demand, np.full(n, FAR, np.int64))
        money = window_money(counts, study.items.skus, values, np.full(n, np.nan))[0]
        gained.append(money[mix] - money[today])
    return np.where(r.as_today, 0.0, np.mean(gained[1:], axis=0))


def judged(seed: int, years: int, error: float) -> Judged:
    """Portfolio `seed`, stated and true."""
    process = process_of(seed)
    study = study_of(process, seed, error)
    r, totals = study.recommendation, study.portfolio
    spread = spread_of_gains(study.comparison, r.recommended, r.as_today, r.baseline)
    true = true_gains(study, process, seed, years)
    return Judged(np.asarray(r.gain), true, totals.gain_low, totals.gain_high, spread, process.kinds)


def main(arguments: Sequence[str] | None = None) -> None:
    """Judge the portfolios and print what of the three bars holds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--portfolios", type=int, default=60)
    parser.add_argument("--first", type=int, default=1, help="seed of the first portfolio")
    parser.add_argument("--years", type=int, default=40)
    parser.add_argument("--error", type=float, default=0.45)
    chosen = parser.parse_args(arguments)
    found = []
    for seed in range(chosen.first, chosen.first + chosen.portfolios):
        one = judged(seed, chosen.years, chosen.error)
        found.append(one)
        held = one.low <= one.true.sum() <= one.high
        print(
            f"portfolio {seed}: stated {one.stated.sum():,.0f} [{one.low:,.0f}, {one.high:,.0f}], "
            f"true {one.true.sum():,.0f}{'' if held else ' (outside)'}",
            flush=True,
        )
    stated, true = np.array([one.stated for one in found]), np.array([one.true for one in found])
    spread, kinds = np.array([one.spread for one in found]), np.array(found[0].kinds)
    inside = np.mean([one.low <= one.true.sum() <= one.high for one in found])
    delta = relative_error_of_gains(stated, true, spread)
    print(f"ranges that hold the truth: {100 * inside:.0f} % of {len(found)} (bar: 85 to 95 %)")
    print(
        f"sum of stated gains {stated.sum():,.0f}, true {true.sum():,.0f}: "
        f"{100 * (stated.sum() / true.sum() - 1):+.1f} % (bar: within 5 %)"
    )
    for kind in KINDS:
        here = kinds == kind
        rule = " (bar: not above the truth)" if kind == "lumpy" else ""
        chance = np.sqrt((spread[:, here] ** 2).sum())
        apart = (stated - true)[:, here].sum(axis=1)
        error = np.sqrt(len(apart)) * apart.std(ddof=1) if len(apart) > 1 else np.nan
        print(
            f"{kind}: stated {stated[:, here].sum():,.0f}, true {true[:, here].sum():,.0f}, "
            f"standard error of the difference over portfolios {error:,.0f}, by the studies' own draws {chance:,.0f}{rule}"
        )
    print(
        f"relative error of single gains {delta:.2f} (stated {chosen.error:.2f}), "
        f"shared by a portfolio {correlation_of_errors(stated, true, delta):.2f}"
    )


if __name__ == "__main__":
    main()
