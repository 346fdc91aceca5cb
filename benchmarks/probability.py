"""How far the probability shown of undecided products hangs on luck: `python -m benchmarks.probability [--sample servers] [--seeds 10]`.

Two figures: what it varies by from seed to seed, which is what two people see who run the same file; and what it varies
by when the years it is taken in are others (`--years`), which is the error of the number itself. A study looks at open
products in the same years whatever its seed (`analytics.strategy.compared.steadied`), so that the first alone says little.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from analytics import Assumptions, read_assumptions, read_items, read_sales, run_study
from analytics.strategy.compared import steadied
from sample_data import sample_paths

#: Below this probability of the best strategy a product is undecided.
_DECIDED = 0.95


def probabilities(name: str, seed: int, years: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The probability of every strategy to be best (products, strategies) in a sample under a seed and other `years`, and which have ended."""
    paths = sample_paths(name)
    history, items = read_sales(paths["sales"]), read_items(paths["items"])[0]
    stated = (
        read_assumptions(paths["assumptions"].read_text(encoding="utf-8"))
        if "assumptions" in paths
        else Assumptions()
    )
    with patch.object(steadied, "COMMON_SEED", 100 * years):
        study = run_study(history, items, stated, seed=seed, how_sure=False)
    return study.comparison.probability_best, study.recommendation.ended


def told(found: Sequence[NDArray[np.float64]], ended: NDArray[np.bool_]) -> str:
    """Range and standard deviation over runs of the probabilities of undecided products."""
    runs = np.array(found)
    best = runs.mean(axis=0).max(axis=1)
    rows = (best > 0.0) & (best < _DECIDED) & ~ended
    apart = (runs.max(axis=0) - runs.min(axis=0))[rows].max(axis=1)
    deviation = runs.std(axis=0, ddof=1)[rows].max(axis=1)
    return (
        f"{int(rows.sum())} undecided products: range on average {apart.mean():.3f}, most {apart.max():.3f}, "
        f"at most .05 in {100 * (apart <= 0.05).mean():.0f} %; standard deviation {deviation.mean():.3f}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the sample under every seed, then in other years, and print both."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", default="servers")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--years", type=int, default=5)
    chosen = parser.parse_args(arguments)
    by_seed = [probabilities(chosen.sample, seed, 0) for seed in range(1, chosen.seeds + 1)]
    print(
        f"{chosen.sample}, {chosen.seeds} seeds, {told([p for p, _ in by_seed], by_seed[0][1])}", flush=True
    )
    by_years = [probabilities(chosen.sample, 1, years) for years in range(chosen.years)]
    print(
        f"{chosen.sample}, one seed, {chosen.years} other sets of years, {told([p for p, _ in by_years], by_years[0][1])}"
    )


if __name__ == "__main__":
    main()
