"""Speed and proven quality of the choice under shared limits: `python -m benchmarks.portfolio [--products 400 30000]`.

A made-up portfolio: stock levels with falling returns to capital, one way to order that loads the shop, lognormal sizes. A table is printed: products,
options, processor seconds, the gap proven to the bound of the relaxation, and what one more of each limit is worth.
"""

from __future__ import annotations

import argparse
from time import process_time

import numpy as np

from analytics.strategy.limits.knapsack import choose_strategies
from analytics.strategy.limits.options import not_dominated


def instance(
    products: int, levels: int, seed: int = 1
) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, float]]:
    """Money and usage of every option, and limits at 12 % of all capital, 55 % of the work to order, 55 % of the products in stock."""
    rng = np.random.default_rng(seed)
    size = rng.lognormal(7.0, 1.2, products)[:, None]
    capital = np.sort(rng.uniform(0.05, 1.0, (products, levels)), axis=1) * size
    money = size * (1.0 - 0.15 * np.exp(-3.0 * capital / size)) - 0.1 * capital
    to_order = size * rng.uniform(0.8, 1.0, (products, 1))
    work = np.zeros((products, levels + 1))
    work[:, -1:] = size * rng.uniform(0.01, 0.1, (products, 1))
    in_stock = np.ones((products, levels + 1))
    in_stock[:, -1] = 0.0
    usage = {"capital": np.hstack((capital, np.zeros((products, 1)))), "capacity": work, "stocked": in_stock}
    limits = {
        "capital": 0.12 * float(capital.max(axis=1).sum()),
        "capacity": 0.55 * float(work.sum()),
        "stocked": 0.55 * products,
    }
    return np.hstack((money, to_order)), usage, limits


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, nargs="+", default=[400, 30_000])
    parser.add_argument("--levels", type=int, default=12)
    arguments = parser.parse_args()
    print(f"{'products':>9} {'options':>8} {'CPU s':>7} {'proven gap':>11}  one more of each limit")
    for products in arguments.products:
        profit, usage, limits = instance(products, arguments.levels)
        begin = process_time()
        stays = not_dominated(profit, np.stack(list(usage.values())), np.arange(products))
        choice = choose_strategies(np.where(stays, profit, -np.inf), usage, limits, accuracy=1e-5)
        seconds = process_time() - begin
        rows = np.arange(products)
        assert all(
            usage[name][rows, choice.strategy].sum() <= top * (1.0 + 2e-6) for name, top in limits.items()
        )
        gap = max(0.0, choice.relaxation - choice.profit) / abs(choice.profit)
        prices = ", ".join(f"{name} {price:.3g}" for name, price in choice.shadow_price.items())
        print(f"{products:>9,} {int(stays.sum()):>8,} {seconds:>7.2f} {gap:>11.1e}  {prices}")


if __name__ == "__main__":
    main()
