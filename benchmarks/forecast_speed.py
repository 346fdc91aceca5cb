"""Time and memory of the forecast: 30,490 made-up products of 156 weeks, fitted, chosen, spread, and drawn as 200 paths of 52 weeks.

    python benchmarks/forecast_speed.py [--products 30490] [--paths 200] [--peer-python PYTHON]

With --peer-python (an environment that holds statsforecast) AutoETS is timed on 20 of the same series.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from analytics.demand.life.life_cycle import LifeCycle
from analytics.demand.panel import DemandPanel
from analytics.forecast import fit_forecast
from analytics.forecast.spread.paths import path_plan
from tests.forecast.drawn import demand_paths


def made_up(products: int, periods: int, seed: int = 1) -> DemandPanel:
    """Weekly demand like a retailer's: rates from a gamma, overdispersed counts, half of the products seasonal, launches over the first year."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.7, 4.0, products) + 0.05
    season = 1.0 + np.where(rng.random(products) < 0.5, 0.4, 0.0)[:, None] * np.sin(
        np.arange(periods)[None, :] * 2 * np.pi / 52.0
    )
    units = rng.poisson(rate[:, None] * season * rng.gamma(1.5, 1 / 1.5, (products, periods))).astype(float)
    units[np.arange(periods)[None, :] < rng.integers(0, 52, products)[:, None]] = 0.0
    sold = units > 0
    first = np.where(sold.any(axis=1), sold.argmax(axis=1), -1).astype(np.int32)
    last = np.where(sold.any(axis=1), periods - 1 - sold[:, ::-1].argmax(axis=1), -1).astype(np.int32)
    observed = np.arange(periods)[None, :] >= np.maximum(first, 0)[:, None]
    starts = np.datetime64("2021-01-04", "D") + 7 * np.arange(periods + 1)
    names = np.array([f"P{i:06d}" for i in range(products)], dtype=object)
    return DemandPanel(
        names, starts[:-1], starts[-1], units, np.full(units.shape, np.nan), observed, first, last, "W", {}
    )


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=30490)
    parser.add_argument("--periods", type=int, default=156)
    parser.add_argument("--paths", type=int, default=200)
    parser.add_argument("--peer-python", default="")
    options = parser.parse_args()
    panel = made_up(options.products, options.periods)
    n = len(panel.skus)
    small = made_up(50, options.periods)

    def fit(p: DemandPanel):
        m = len(p.skus)
        life = LifeCycle(
            p.skus,
            np.full(m, 2, np.int8),
            np.ones(m),
            np.full(m, 0.05),
            np.zeros(m),
            np.zeros(m),
            np.zeros(m, np.uint8),
            np.full(m, np.datetime64("NaT"), "datetime64[D]"),
        )
        return fit_forecast(p, life, np.full(m, -1, np.int32), np.full(m, 4.0), 52, 1)

    start = time.perf_counter()
    tiny = fit(small)
    demand_paths(tiny, path_plan(tiny, (), 1, 2, 1), np.arange(50))
    print(f"compiled or loaded in {time.perf_counter() - start:.1f} s")
    before, start = time.process_time(), time.perf_counter()
    forecast = fit(panel)
    fitted = time.perf_counter() - start
    start = time.perf_counter()
    draws = max(1, options.paths // 8)
    plan = path_plan(forecast, (), 1, draws, 8)
    chunks = [np.arange(a, min(n, a + 256)) for a in range(0, n, 256)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        total = sum(pool.map(lambda index: float(demand_paths(forecast, plan, index).sum()), chunks))
    if not np.isfinite(total):
        raise SystemExit("the paths are not finite")
    drawn = time.perf_counter() - start
    print(
        f"{n} products x {options.periods} weeks: fit, choice and distribution {fitted:.1f} s ({fitted / n * 1e3:.3f} ms per product)"
    )
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"{options.paths} paths of 52 weeks: {drawn:.1f} s; together {fitted + drawn:.1f} s; peak memory {used.ru_maxrss / 1e6:.2f} GB"
    )
    print(
        f"processor seconds, both together: {time.process_time() - before:.1f} (on a busy machine the figure to compare)"
    )
    if options.peer_python:
        with tempfile.TemporaryDirectory() as folder:
            rows = np.arange(0, n, max(1, n // 20))[:20]
            np.savez(
                Path(folder) / "in.npz", units=panel.units[rows], first=panel.first[rows], stop=np.full(len(rows), options.periods), origins=np.array([options.periods - 4]),
                interval=4, season=1, models=np.array(["AutoETS"]), simulate=np.array([], np.int64), levels=np.array([0.9]),
            )  # fmt: skip
            subprocess.run(
                [
                    options.peer_python,
                    str(Path(__file__).with_name("forecast_peers.py")),
                    str(Path(folder) / "in.npz"),
                    str(Path(folder) / "out.npz"),
                ],
                check=True,
            )
            peer = float(np.load(Path(folder) / "out.npz")["milliseconds"][0])
        print(
            f"AutoETS without season: {peer:.1f} ms per product, {peer / (fitted / n * 1e3):.0f} times ours"
        )


if __name__ == "__main__":
    main()
