"""Run in an environment of its own that holds statsforecast: peers' forecasts of the sum over an interval, at given origins.

    python forecast_peers.py IN.npz OUT.npz

IN holds units (series, periods), first and stop (series: life as half-open positions), origins, interval, season,
models, simulate (origins at which sample paths are drawn), levels. OUT holds points (models, series, origins),
quantiles (model-spread names, series, origins, levels) and seconds per fit. Imports nothing of the project.
"""

from __future__ import annotations

import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def make(name: str, season: int):
    """A fresh model by name."""
    from statsforecast import models as m

    long = max(1, season)
    return {
        "AutoETS": lambda: m.AutoETS(season_length=long if long <= 24 else 1),
        "AutoTheta": lambda: m.AutoTheta(season_length=long if long <= 24 else 1),
        "DynamicOptimizedTheta": lambda: m.DynamicOptimizedTheta(season_length=long if long <= 24 else 1),
        "AutoCES": lambda: m.AutoCES(season_length=long if long <= 24 else 1),
        "CrostonOptimized": m.CrostonOptimized,
        "CrostonSBA": m.CrostonSBA,
        "TSB": lambda: m.TSB(0.1, 0.1),
        "ADIDA": m.ADIDA,
        "IMAPA": m.IMAPA,
        "SES": m.SimpleExponentialSmoothingOptimized,
        "SeasonalNaive": lambda: m.SeasonalNaive(season_length=long),
        "WindowAverage12": lambda: m.WindowAverage(window_size=12),
        "HistoricAverage": m.HistoricAverage,
    }[name]()


def main(source: str, target: str) -> None:
    """Fit every model at every origin and store the sums."""
    data = np.load(source)
    units, first, stop = data["units"], data["first"], data["stop"]
    origins, h, season = data["origins"], int(data["interval"]), int(data["season"])
    names = [str(x) for x in data["models"]]
    levels, simulate = data["levels"], set(data["simulate"].tolist())
    spreads = [
        f"{name} {kind}"
        for name in ("AutoETS", "AutoTheta")
        if name in names
        for kind in ("simulated normal", "simulated bootstrap")
    ]
    points = np.full((len(names), len(units), len(origins)), np.nan)
    quantiles = np.full((len(spreads), len(units), len(origins), len(levels)), np.nan)
    seconds = np.zeros(len(names))
    counts = np.zeros(len(names))
    failures = 0
    for i in range(len(units)):
        if i % 50 == 0:
            print(i, len(units), np.round(seconds / np.maximum(counts, 1) * 1e3, 1).tolist(), flush=True)
        for k, origin in enumerate(origins):
            end = min(origin, stop[i])
            if first[i] < 0 or end - first[i] < 4 or origin + h > stop[i]:
                continue
            y = units[i, first[i] : end].astype(np.float64)
            cap = 1e3 * max(float(y.max()), 1e-9) * h
            for j, name in enumerate(names):
                try:
                    start = time.perf_counter()
                    model = make(name, season)
                    model.fit(y)
                    value = np.asarray(model.predict(h)["mean"], np.float64)
                    seconds[j] += time.perf_counter() - start
                    counts[j] += 1
                    if not np.isfinite(value).all():
                        raise ValueError("not finite")
                    points[j, i, k] = min(max(value.sum(), 0.0), cap)
                    if k in simulate and name in ("AutoETS", "AutoTheta"):
                        for kind in ("normal", "bootstrap"):
                            draws = np.asarray(model.simulate(h, 500, seed=7, error_distribution=kind))
                            sums = np.maximum(draws, 0.0)
                            sums = sums.sum(axis=1) if sums.shape[1] == h else sums.sum(axis=0)
                            quantiles[spreads.index(f"{name} simulated {kind}"), i, k] = np.quantile(
                                np.nan_to_num(np.minimum(sums, cap), nan=0.0, posinf=cap), levels
                            )
                except Exception:
                    failures += 1
                    tail = y[-12:].mean() * h
                    if np.isnan(points[j, i, k]):
                        points[j, i, k] = tail
    np.savez(
        target,
        points=points,
        quantiles=quantiles,
        spreads=np.array(spreads),
        models=np.array(names),
        milliseconds=seconds / np.maximum(counts, 1) * 1e3,
        failures=failures,
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
