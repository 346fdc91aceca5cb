"""Accuracy of the forecast of a sum, beside the public methods, on identical origins.

    python benchmarks/forecast_accuracy.py --peer-python PYTHON [--data FOLDER] [--sets carparts,retail,pasta,adventureworks] [--sample 300] [--origins 6]
        [--peers all]

PYTHON runs in an environment of its own with statsforecast (python -m venv X; X/bin/pip install statsforecast "pandas<3").
Every peer gets the spreads a planner could give it: errors pooled by demand class, own errors, Normal and negative binomial with the measured error,
simulated paths for AutoETS and AutoTheta. The best peer is chosen after the fact, per measure: a harder test than any peer faces.
Beside the single methods stands a plain boosted model over all series (LightGBM; `PlainBoosting`), where PYTHON has it. `ours / peer` is given over all
origins with the range of nine tenths of a bootstrap by series, and for every origin alone: one origin misleads.
Loss is divided by the product's own mean change over the interval. AdventureWorks is made up: reported, not judged.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.stats import nbinom, norm

from analytics.data import read_sales
from analytics.demand import demand_panel
from analytics.demand.panel import DemandPanel
from analytics.forecast.judged.accuracy import scaled_pinball
from analytics.forecast.judged.backtest import BACKTEST_LEVELS, backtest
from analytics.forecast.members.regression import pinball
from analytics.forecast.spread.interval_quantiles import CLASSES, demand_class
from tests.closed_forms.queues.coverage import coverage

LEVELS = (0.5, 0.9, 0.95)
SETS = {
    "carparts": ("carparts_monthly_wide.csv.gz", "M", 3),
    "retail": ("online_retail_2010_2011.csv.gz", "W", 4),
    "pasta": ("pasta_daily.csv.gz", "D", 14),
    "adventureworks": ("adventureworks_sales.csv.gz", "M", 3),
}
PEERS = (
    "SeasonalNaive", "WindowAverage12", "HistoricAverage", "SES", "CrostonOptimized", "TSB", "ADIDA", "IMAPA", "AutoETS", "AutoTheta",
    "DynamicOptimizedTheta", "AutoCES", "AdditiveETS",
)  # fmt: skip


def peer_forecasts(
    panel: DemandPanel,
    rows: np.ndarray,
    origins: np.ndarray,
    h: int,
    test: int,
    longest: int,
    peers: tuple[str, tuple[str, ...]],
) -> dict[str, np.ndarray]:
    """Points and simulated quantiles of the peers: run once by the other environment, kept nowhere."""
    stop = panel.units.shape[1] - np.argmax(panel.observed[rows][:, ::-1], axis=1)
    first = np.where(panel.first[rows] >= 0, np.maximum(panel.first[rows], int(origins.min()) - longest), -1)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.npz", Path(folder) / "out.npz"
        np.savez(
            source, units=panel.units[rows], first=first, stop=stop, origins=origins, interval=h, season={"D": 7, "W": 52, "M": 12}[panel.frequency],
            models=np.array(peers[1]), simulate=np.arange(test), levels=np.array(LEVELS),
        )  # fmt: skip
        subprocess.run(
            [peers[0], str(Path(__file__).with_name("forecast_peers.py")), str(source), str(target)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with np.load(target) as found:
            return {name: found[name] for name in found.files}


def with_spreads(
    found: dict[str, np.ndarray],
    actual: np.ndarray,
    scale: np.ndarray,
    label: np.ndarray,
    mean: np.ndarray,
    test: int,
) -> dict[str, np.ndarray]:
    """Quantiles (series, test origins, levels) of every peer and spread; only errors of origins before the one forecast enter."""
    out: dict[str, np.ndarray] = {}
    levels = np.array(LEVELS)
    for name, point in zip(found["models"], found["points"], strict=True):
        error = actual - point
        pooled, normal, own, count = (np.full((len(actual), test, len(levels)), np.nan) for _ in range(4))
        for k in range(test):
            past = error[:, k + 1 :]
            relative = np.where(
                scale[:, k + 1 :] > 0, past / np.where(scale[:, k + 1 :] > 0, scale[:, k + 1 :], 1.0), np.nan
            )
            everyone = np.nanquantile(relative, levels)
            for c in np.unique(label):
                rows = label == c
                part = relative[rows][np.isfinite(relative[rows])]
                pooled[rows, k] = (
                    point[rows, k, None]
                    + (np.quantile(part, levels) if len(part) > 20 else everyone) * scale[rows, k, None]
                )
            known = np.isfinite(past).any(axis=1)
            rmse = np.where(
                known, np.sqrt(np.nanmean(np.where(known[:, None], past, 0.0) ** 2, axis=1)), mean[:, k]
            )
            normal[:, k] = point[:, k, None] + rmse[:, None] * norm.ppf(levels)
            own[known, k] = point[known, k, None] + np.nanquantile(past[known], levels, axis=1).T
            own[~known, k] = normal[~known, k]
            centre = np.maximum(point[:, k], 1e-6)
            variance = np.maximum(rmse**2, 1.02 * centre)
            count[:, k] = nbinom.ppf(
                levels[None, :], (centre**2 / (variance - centre))[:, None], (centre / variance)[:, None]
            )
        for kind, values in (
            ("class-pooled errors", pooled),
            ("own errors", own),
            ("Normal", normal),
            ("negative binomial", count),
        ):
            out[f"{name} + {kind}"] = np.maximum(values, 0.0)
    for name, values in zip(found["spreads"], found["quantiles"], strict=True):
        out[str(name)] = values[:, :test]
    return out


def beside(
    came: np.ndarray, unit: np.ndarray, ours: np.ndarray, peer: np.ndarray, level: float, rounds: int = 400
) -> tuple[float, float, float, np.ndarray]:
    """Loss of ours over the peer's: over all, the 5 % and 95 % of a bootstrap by series, and for every origin alone."""

    def loss(q: np.ndarray) -> np.ndarray:
        scaled = pinball(came, q, level) / np.where(unit > 0.0, unit, np.nan)
        return np.where(np.isfinite(scaled), scaled, 0.0)

    mine, theirs = loss(ours), loss(peer)
    rng = np.random.default_rng(5)
    drawn = rng.integers(0, len(mine), (rounds, len(mine)))
    one, two = mine.sum(axis=1), theirs.sum(axis=1)
    spread = one[drawn].sum(axis=1) / np.maximum(two[drawn].sum(axis=1), 1e-300)
    low, high = np.quantile(spread, [0.05, 0.95])
    each = mine.sum(axis=0) / np.maximum(theirs.sum(axis=0), 1e-300)
    return float(one.sum() / max(two.sum(), 1e-300)), float(low), float(high), each


def main() -> None:
    """Print one table a set and one line of ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", default="")
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--sets", default="carparts,retail,pasta,adventureworks")
    parser.add_argument(
        "--sample", type=int, default=300, help="series given to the peers, chosen by a hash of their names"
    )
    parser.add_argument("--origins", type=int, default=6)
    parser.add_argument("--peers", default="all", help="names parted by commas")
    parser.add_argument(
        "--before", type=int, default=6, help="earlier origins that give the peers their errors"
    )
    parser.add_argument(
        "--longest",
        type=int,
        default=365,
        help="periods of history given to the peers before the first origin",
    )
    options = parser.parse_args()
    named = (*PEERS, "PlainBoosting") if options.peers == "all" else tuple(options.peers.split(","))
    hindsight: list[float] = []
    for chosen in options.sets.split(","):
        file, frequency, h = SETS[chosen]
        panel = demand_panel(read_sales(options.data / file), frequency)
        n, periods = panel.units.shape
        test = options.origins
        result = backtest(panel, np.full(n, -1, np.int32), np.full(n, float(h)), test)
        print(
            f"\n{chosen}: {n} series, sums of {h} periods ({frequency}), {test} origins from {result.origin_starts[-1]} to {result.origin_starts[0]}"
        )
        print(result.table().round(3).to_string(index=False))
        if not options.peer_python:
            continue
        origins = periods - h - h * np.arange(test + options.before)
        origins = origins[origins > 8]
        sums = np.array([crc32(str(sku).encode()) for sku in panel.skus])
        rows = np.sort(np.argsort(sums, kind="stable")[: options.sample])
        edge = np.concatenate([np.zeros((n, 1)), np.cumsum(panel.units, axis=1)], axis=1)[rows]
        seen = np.concatenate([np.zeros((n, 1)), np.cumsum(panel.observed, axis=1)], axis=1)[rows]
        first = np.maximum(panel.first[rows], 0)
        share = np.stack(
            [(seen[:, o + h] - seen[:, o]) / h for o in origins], axis=1
        )  # days on which everything was closed do not spoil a sum
        came = np.stack(
            [np.where(o - first >= 4, edge[:, o + h] - edge[:, o], np.nan) for o in origins], axis=1
        )
        actual = np.where(share >= 0.75, came / np.maximum(share, 0.01), np.nan)
        change = np.abs(np.diff(panel.units[rows], axis=1))
        scale = np.stack(
            [
                (change[:, : o - 1] * (np.arange(1, o)[None, :] > first[:, None])).sum(axis=1)
                / np.maximum(o - 1 - first, 1)
                * h
                for o in origins
            ],
            axis=1,
        )
        mean = np.stack([edge[:, o] / np.maximum(o - first, 1) * h for o in origins], axis=1)
        found = peer_forecasts(panel, rows, origins, h, test, options.longest, (options.peer_python, named))
        table = with_spreads(found, actual, scale, demand_class(panel)[rows], mean, test)
        table["ours"] = np.stack(
            [
                result.quantiles[rows][:, :test, int(np.argmin(np.abs(BACKTEST_LEVELS - level)))]
                for level in LEVELS
            ],
            axis=2,
        )
        came, unit = actual[:, :test].copy(), scale[:, :test]
        for values in table.values():
            came[~np.isfinite(values).all(axis=2)] = np.nan
        score = {
            name: [
                *(scaled_pinball(came, q[:, :, j], level, unit) for j, level in enumerate(LEVELS)),
                coverage(came, q[:, :, 1]),
                coverage(came, q[:, :, 2]),
            ]
            for name, q in table.items()
        }
        print(
            f"\n{'method':48s} {'loss .5':>8s} {'loss .9':>8s} {'loss .95':>8s} {'cover .9':>8s} {'cover .95':>9s}"
        )
        best = [min(v[j] for name, v in score.items() if name != "ours") for j in range(3)]
        for name in [
            "ours",
            *sorted(
                (x for x in score if x != "ours"), key=lambda x: score[x][1] / best[1] + score[x][2] / best[2]
            )[:10],
        ]:
            v = score[name]
            print(f"{name:48s} {v[0]:8.4f} {v[1]:8.4f} {v[2]:8.4f} {v[3]:8.3f} {v[4]:9.3f}")
        print(
            f"\n{'ours / peer':48s} {'level':>5s} {'ratio':>7s} {'5 %':>7s} {'95 %':>7s}   by origin, latest first"
        )
        strongest = min((x for x in score if x != "ours"), key=lambda x: score[x][1])
        for name in dict.fromkeys((strongest, "PlainBoosting")):
            for j, level in enumerate(LEVELS):
                if name not in table:
                    continue
                ratio, low, high, each = beside(
                    came, unit, table["ours"][:, :, j], table[name][:, :, j], level
                )
                origins_said = " ".join(f"{x:.2f}" for x in each)
                print(f"{name:48s} {level:5.2f} {ratio:7.3f} {low:7.3f} {high:7.3f}   {origins_said}")
        hindsight += [score["ours"][j] / best[j] for j in range(3)]
        ratios = ", ".join(f"{level}: {score['ours'][j] / best[j]:.3f}" for j, level in enumerate(LEVELS))
        print(f"ours / best peer at each level: {ratios}")
        print(
            f"milliseconds per fit of the peers: {dict(zip(found['models'].tolist(), found['milliseconds'].round(1).tolist(), strict=True))}; failures {int(found['failures'])}"
        )
    if hindsight:
        mean = float(np.exp(np.log(hindsight).mean()))
        print(f"\ngeometric mean of ours over the best peer in hindsight, sets and levels: {mean:.4f}")
    print(f"\nclasses: {', '.join(CLASSES)}")


if __name__ == "__main__":
    main()
