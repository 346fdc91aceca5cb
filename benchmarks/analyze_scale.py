"""Time and peak memory of `stock-or-order analyze` for 500, 5,000 and 30,000 products of 156 weeks.

    python -m benchmarks.analyze_scale                    all three sizes (the largest takes minutes)
    python -m benchmarks.analyze_scale --products 500     one size
    python -m benchmarks.analyze_scale --out table.md     the table into a file, too

Each size runs as a process of its own, from file to recommendation, after one unmeasured run that fills the
cache of compiled kernels; time is elapsed time, memory the process's largest resident set.
The file is drawn with a fixed seed: weekly totals of products in families of ten, a third smooth, a third
intermittent, a third seasonal, some ended, some new; with an items file of cost, lead times and shared components.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

WEEKS = 156
SIZES = (500, 5000, 30000)
#: what the product promises: seconds from file to recommendation, once compiled
TARGET_SECONDS = {500: 5.0}
SEED = 20260105


@dataclass(frozen=True)
class Measured:
    """One row of the table."""

    products: int
    rows: int
    megabytes: float
    seconds: float
    processor_seconds: float
    peak_megabytes: float


def write_company(products: int, folder: Path) -> tuple[Path, Path, int]:
    """Sales and items of a made-up company: paths of the two files and the number of sales rows."""
    rng = np.random.default_rng([SEED, products])
    week = np.arange(WEEKS)
    kind = np.arange(products) % 3
    rate = np.where(kind == 1, rng.uniform(0.1, 0.8, products), rng.lognormal(2.3, 1.0, products))
    season = np.where(
        kind[:, None] == 2,
        np.exp(0.5 * np.cos(2 * np.pi * (week - rng.uniform(0, 52, (products, 1))) / 52.0)),
        1.0,
    )
    first = np.where(rng.random(products) < 0.10, rng.integers(1, WEEKS - 20, products), 0)
    last = np.where(rng.random(products) < 0.10, rng.integers(WEEKS // 2, WEEKS, products), WEEKS)
    alive = (week >= first[:, None]) & (week < last[:, None])
    units = rng.poisson(rate[:, None] * season * rng.gamma(4.0, 0.25, (products, WEEKS)) * alive)
    skus = np.array([f"P{number:05d}" for number in range(products)])
    dates = pd.date_range("2023-01-02", periods=WEEKS, freq="W-MON").strftime("%Y-%m-%d").to_numpy()
    product, period = np.nonzero(units)
    cost = np.round(rng.lognormal(3.5, 1.0, products), 2)
    price = np.round(cost * rng.uniform(1.2, 2.0, products), 2)
    sales = folder / f"sales_{products}.csv"
    pd.DataFrame(
        {
            "date": dates[period],
            "sku": skus[product],
            "quantity": units[product, period],
            "price": price[product],
        }
    ).to_csv(sales, index=False)
    items = folder / f"items_{products}.csv"
    pd.DataFrame(
        {
            "sku": skus,
            "family": [f"F{number // 10:04d}" for number in range(products)],
            "unit_cost": cost,
            "make": (rng.random(products) < 0.8).astype(int),
            "component_lead_days": rng.choice([7, 14, 28, 42], products),
            "production_days": rng.integers(1, 10, products),
            "assembly_days": rng.integers(1, 4, products),
            "setup_cost": rng.integers(1, 15, products) * 10,
            "component_share": np.round(rng.uniform(0.3, 0.8, products), 2),
        }
    ).to_csv(items, index=False)
    return sales, items, len(product)


def run(sales: Path, items: Path, out: Path) -> tuple[float, float, float]:
    """One run of `analyze` in a process of its own: elapsed seconds, processor seconds, peak megabytes."""
    command = [
        sys.executable,
        "-m",
        "analytics.cli",
        "analyze",
        str(sales),
        "--items",
        str(items),
        "--out",
        str(out),
    ]
    begin = time.perf_counter()
    child = os.posix_spawn(sys.executable, command, os.environ)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        raise SystemExit(f"analyze ended with code {os.waitstatus_to_exitcode(status)}")
    kilobytes = usage.ru_maxrss / 1024.0 if sys.platform == "darwin" else float(usage.ru_maxrss)
    return seconds, usage.ru_utime + usage.ru_stime, kilobytes / 1024.0


def measure(sizes: Sequence[int], folder: Path) -> list[Measured]:
    """Every size once, after a run of fifty products that compiles what is not compiled yet."""
    run(*write_company(50, folder)[:2], folder / "warm")
    table = []
    for products in sizes:
        sales, items, rows = write_company(products, folder)
        seconds, processor, peak = run(sales, items, folder / f"out_{products}")
        table.append(Measured(products, rows, sales.stat().st_size / 1e6, seconds, processor, peak))
        sales.unlink()
        print(f"{products:,} products: {seconds:.1f} s, {peak:,.0f} MB", file=sys.stderr, flush=True)
    return table


def markdown(table: Sequence[Measured]) -> str:
    """The table as text."""
    lines = [
        f"`analyze`, {WEEKS} weeks, {os.cpu_count()} processors, Python {platform.python_version()}, kernels compiled",
        "",
        "| products | sales rows | file, MB | seconds | target, s | processor seconds | peak memory, MB |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in table:
        target = f"{TARGET_SECONDS[row.products]:g}" if row.products in TARGET_SECONDS else ""
        lines.append(
            f"| {row.products:,} | {row.rows:,} | {row.megabytes:.1f} | {row.seconds:.1f} | {target} | {row.processor_seconds:.1f} | {row.peak_megabytes:,.0f} |"
        )
    return "\n".join(lines) + "\n"


def main(argv: Sequence[str] | None = None) -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.analyze_scale", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "--products",
        type=int,
        nargs="+",
        default=list(SIZES),
        help="numbers of products (default: 500 5000 30000)",
    )
    parser.add_argument("--out", type=Path, help="write the table to this file, too")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        text = markdown(measure(arguments.products, Path(folder)))
    print(text, end="")
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
