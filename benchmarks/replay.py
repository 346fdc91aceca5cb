"""Speed of the replay, and how much of hindsight's gain the recommended mix keeps on the samples, whose truth is known.

    python -m benchmarks.replay                    1,000 products at six dates, then the three samples
    python -m benchmarks.replay --products 200     another size
    python -m benchmarks.replay --products 0       the samples alone
    python -m benchmarks.replay --voice            the samples with the forecast's second voice (boosted trees), and without it

On the samples past customers are played with their true patience; what is decided never sees it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.assumptions import Assumptions
from analytics.assumptions_file import read_assumptions
from analytics.data import read_items, read_sales
from analytics.forecast.spread import second_voice
from analytics.replay import Replayed, replay_summary, run_replay
from benchmarks.analyze_scale import write_company
from sample_data import sample_paths, samples

#: what the program promises: seconds for 1,000 products at six dates on two cores
TARGET_SECONDS = 60.0
#: dates that fit the length of each sample (months are replayed by quarters)
SAMPLE_DATES = {"bicycles": 6, "servers": 4, "household": 6}


def speed(products: int, origins: int) -> None:
    """One replay of a made-up company after one of fifty products that compiles what is not compiled yet."""
    with tempfile.TemporaryDirectory() as folder:
        for count, dates in ((50, 1), (products, origins)):
            sales, items, _ = write_company(count, Path(folder))
            history, known = read_sales(sales), read_items(items)[0]
            begin, processor = time.perf_counter(), time.process_time()
            run_replay(history, known, origins=dates)
            seconds, busy = time.perf_counter() - begin, time.process_time() - processor
    print(
        f"{products:,} products at {origins} dates: {seconds:.1f} s, {busy:.1f} s of processor time (target {TARGET_SECONDS:g} s for 1,000 at 6 on two cores)"
    )


def kept(name: str) -> None:
    """One sample with its true patience: gain, share of hindsight's gain kept, planned and achieved fill."""
    result = replayed(name)
    document = replay_summary(result)
    share = document["money"]["share_of_hindsight_kept"]
    words = (
        "hindsight would have changed nothing" if share is None else f"{share:.0%} of hindsight's gain kept"
    )
    planned, achieved = (
        document["fill_rate_planned_when_stocking"],
        document["fill_rate_achieved_when_stocking"],
    )
    print(
        f"{name}: {words}; served at once when stocking: {planned:.1%} planned, {achieved:.1%} achieved. {document['sentence']}"
    )


def voice(name: str) -> None:
    """Profit of every policy over all dates of a sample with the trees of the forecast, and without them."""
    shares, earned = second_voice.SHARES, {}
    for how in ("with trees", "without"):
        second_voice.SHARES = shares if how == "with trees" else shares[:1]
        result = replayed(name)
        money = np.nansum(result.profit, axis=(0, 2))  # of products with a price
        earned[how] = dict(zip(result.policies, money.tolist(), strict=True))
    second_voice.SHARES = shares
    for policy, money in earned["with trees"].items():
        other = earned["without"][policy]
        print(f"{name}, {policy}: {money:,.0f} with trees, {other:,.0f} without, {money - other:+,.0f}")


def replayed(name: str) -> Replayed:
    """One sample replayed with its true patience."""
    paths = sample_paths(name)
    truth = pd.read_csv(paths["truth"])
    stated = (
        read_assumptions(paths["assumptions"].read_text(encoding="utf-8"))
        if "assumptions" in paths
        else Assumptions()
    )
    patience = dict(zip(truth["sku"], truth["patience_per_day"], strict=True))
    return run_replay(
        read_sales(paths["sales"]),
        read_items(paths["items"])[0],
        stated,
        origins=SAMPLE_DATES[name],
        currency=samples()[name].currency,
        patience_per_day=patience,
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.replay", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "--products", type=int, default=1000, help="number of products (default 1000; 0: none)"
    )
    parser.add_argument("--origins", type=int, default=6, help="number of dates (default 6)")
    parser.add_argument(
        "--voice", action="store_true", help="the samples with and without trees, nothing else"
    )
    arguments = parser.parse_args(argv)
    if arguments.voice:
        for name in samples():
            voice(name)
        return
    if arguments.products > 0:
        speed(arguments.products, arguments.origins)
    for name in samples():
        kept(name)


if __name__ == "__main__":
    main()
