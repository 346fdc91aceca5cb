"""Two made-up ranges of slow parts with steady demand, replayed: does stock drift, and is the mix behind any simple rule?

    python -m benchmarks.slow_parts                       400 parts of either range at eight dates
    python -m benchmarks.slow_parts --parts 100           fewer

Range `rare`: 0.2 to 2 orders a year, three in ten entering late, three in ten sold in lots. Range `lumpy`: 1 to 8 orders
a year of several units, half of them bought in minimum lots. Nothing ever ends and no rate moves, so stock that grows
from refit to refit answers chance; money that the mix loses to a rule beyond the range over products is its own fault.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import Assumptions
from analytics.data import read_items, read_sales
from analytics.demand.as_of import history_until, items_until
from analytics.replay import run_replay
from analytics.simulation.ledger import COUNT_INDEX
from analytics.study import run_study
from analytics.validation.compared import mix_against
from analytics.validation.score import Replayed

__all__ = ["RANGES", "files_of", "replayed", "stock_at_cost", "stock_shown"]

Array = NDArray[np.float64]

RANGES = ("rare", "lumpy")
#: Years of history; dates of the replay, and the first of them, in which a plan fills or runs down what today's way left on the shelf.
YEARS, DATES, FILLED = 7, 8, 4
FIRST_MONDAY = np.datetime64("2018-01-01", "D")
#: Rules that the mix is compared with.
RULES = ("all_mts", "all_mto", "abc_xyz", "months_of_cover")


def files_of(name: str, parts: int, seed: int) -> tuple[bytes, bytes, Array]:
    """Sales and items of a range as the program reads them, and each part's unit cost (parts,), in the order of their SKUs."""
    rng = np.random.default_rng([seed, RANGES.index(name)])
    low, high = (0.2, 2.0) if name == "rare" else (1.0, 8.0)
    rate = np.exp(rng.uniform(np.log(low), np.log(high), parts))
    entry = np.where(rng.random(parts) < 0.3, rng.uniform(0.0, 5.0, parts), 0.0) * 52.0
    lot = np.where(rng.random(parts) < 0.3, rng.integers(2, 12, parts), 1)
    size = np.where(name == "rare", 1.0, rng.uniform(2.0, 8.0, parts))
    cost = np.round(np.exp(rng.uniform(np.log(20.0), np.log(400.0), parts)), 2)
    lines = []
    for i in range(parts):
        weeks = np.repeat(np.arange(52 * YEARS), rng.poisson(rate[i] / 52.0, 52 * YEARS))
        for week in weeks[weeks >= entry[i]]:
            units = rng.geometric(1.0 / size[i]) if name == "lumpy" else rng.choice([1, lot[i]])
            day = FIRST_MONDAY + 7 * int(week) + int(rng.integers(0, 5))
            lines.append((day, f"P{i:04d}", int(units), round(1.8 * cost[i], 2)))
    sales = pd.DataFrame(lines, columns=["date", "sku", "quantity", "unit_price"]).sort_values("date")
    items = pd.DataFrame(
        {
            "sku": [f"P{i:04d}" for i in range(parts)],
            "price": np.round(1.8 * cost, 2),
            "unit_cost": cost,
            "component_lead_days": rng.choice([14, 28, 42], parts),
            "production_days": 0,
            "make": "no",
            "moq": np.where((name == "lumpy") & (rng.random(parts) < 0.5), np.ceil(2.0 * size), 1.0),
        }
    )
    return sales.to_csv(index=False).encode(), items.to_csv(index=False).encode(), cost


def replayed(name: str, parts: int, seed: int) -> tuple[Replayed, Array]:
    """The replay of a range at DATES dates, and the unit costs of its products as it lists them."""
    sales, items, cost = files_of(name, parts, seed)
    stated = Assumptions().with_general(hazard_per_year=0.0)
    found = run_replay(
        read_sales(sales, name="sales.csv"), read_items(items, name="items.csv")[0], stated, origins=DATES
    )
    place = np.array([int(str(sku)[1:]) for sku in found.skus])
    return found, cost[place]


def stock_at_cost(found: Replayed, cost: Array, policy: str) -> Array:
    """Stock and what is under way at cost, at the first date and after every window: money, (windows + 1,), of products known then."""
    p, known = found.policies.index(policy), found.known[0]
    counts = found.counts[:, p, known].sum(axis=2)
    opening = counts[0, :, COUNT_INDEX["opening"]]
    # what would not be ordered again is booked apart at the end of the last window
    closing = counts[..., COUNT_INDEX["closing"]] + counts[..., COUNT_INDEX["closing_excess"]]
    return np.append((opening * cost[known]).sum(), (closing * cost[known]).sum(axis=1))


def stock_shown(name: str, parts: int, seed: int, refits: tuple[int, ...] = (0, 1, 2, 3, 4)) -> Array:
    """What studies of the same range at half-yearly dates say they hold on average, at cost: money, by the number of `refits` since the first.

    The last date is the end of the file. Of the products known at the first date, those recommended to stock count with the
    average stock that the study shows of them, the others with nothing.
    """
    sales, items, cost = files_of(name, parts, seed)
    history, known = read_sales(sales, name="sales.csv"), read_items(items, name="items.csv")[0]
    held, first = [], np.zeros(0, object)
    for refit in refits:
        day = FIRST_MONDAY + 7 * (52 * YEARS - 26 * (max(refits) - refit))
        study = run_study(
            history_until(history, day), items_until(known, day), Assumptions(),
            frequency="W", how_sure=False, split_orders=False, draws=25,
        )  # fmt: skip
        comparison, skus = study.comparison, study.items.skus
        first = skus if not held else first
        stocked = study.recommendation.recommended == comparison.strategies.index("MTS")
        units = comparison.chosen["MTS"].count("on_hand") * (stocked & np.isin(skus, first))
        held.append(float((units * cost[[int(str(sku)[1:]) for sku in skus]]).sum()))
    return np.array(held)


def main(arguments: Sequence[str] | None = None) -> None:
    """Replay both ranges and print what of the bars holds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    for name in RANGES:
        found, cost = replayed(name, asked.parts, asked.seed)
        print(f"{name}: {len(found.skus)} parts, {DATES} windows of {found.schedule.window_weeks} weeks")
        for policy in ("all_mts", "mix"):
            stock = stock_at_cost(found, cost, policy)
            steps = " -> ".join(f"{value:,.0f}" for value in stock)
            print(
                f"  stock at cost, {policy}: {steps} ({100.0 * (stock[-1] / stock[FILLED] - 1.0):+.0f} % over the last four refits, bar: 10 %)"
            )
        shown = stock_shown(name, asked.parts, asked.seed)
        steps = " -> ".join(f"{value:,.0f}" for value in shown)
        print(
            f"  stock at cost, as studies show it: {steps} ({100.0 * (shown[-1] / shown[0] - 1.0):+.0f} %, bar: 10 %)"
        )
        for how in ("rule", "all_at_cost"):
            for rule, one in mix_against(found, how=how).items():
                if rule in RULES:
                    behind = " behind" if one["high"] < 0.0 else ""
                    print(
                        f"  mix against {rule} ({how}): {one['mix_gain']:,.0f} [{one['low']:,.0f}, {one['high']:,.0f}]{behind}"
                    )


if __name__ == "__main__":
    main()
