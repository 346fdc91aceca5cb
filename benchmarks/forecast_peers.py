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


class StatsmodelsETS:
    """Additive ETS of statsmodels, with the season where the history holds two of them."""

    def __init__(self, season: int) -> None:
        self.season = season

    def fit(self, y: np.ndarray) -> None:
        from statsmodels.tsa.exponential_smoothing.ets import ETSModel

        seasonal = "add" if 1 < self.season <= 24 and len(y) > 2 * self.season else None
        self.fitted = ETSModel(
            y,
            error="add",
            trend="add",
            damped_trend=True,
            seasonal=seasonal,
            seasonal_periods=self.season if seasonal else None,
        ).fit(disp=False)

    def predict(self, h: int) -> dict[str, np.ndarray]:
        return {"mean": np.asarray(self.fitted.forecast(h))}


def plain_boosting(data, levels: np.ndarray) -> np.ndarray:
    """Quantiles (series, origins, levels) of one boosted model over all series at each origin: lags and means over the series' level."""
    import lightgbm as lgb

    units, first, stop, h = data["units"], data["first"], data["stop"], int(data["interval"])
    season = int(data["season"]) if int(data["season"]) != 7 else 364
    out = np.full((len(units), len(data["origins"]), len(levels)), np.nan)
    settings = dict(
        objective="quantile", learning_rate=0.08, num_leaves=15, min_data_in_leaf=40, feature_fraction=0.7, bagging_fraction=0.7, bagging_freq=1,
        lambda_l2=5.0, seed=1, deterministic=True, force_row_wise=True, max_bin=63, num_threads=1, verbose=-1,
    )  # fmt: skip

    def row(y: np.ndarray, t: int) -> tuple[float, list[float]]:
        p = y[:t]
        level = max(p[-60:].mean(), 0.3 * p.mean(), 1e-9)
        sold = np.flatnonzero(p > 0)

        def mean(k: int) -> float:
            return p[-k:].mean() / level if t >= k else np.nan

        year = y[t - season : t - season + h].mean() / level if t >= season and h <= season else np.nan
        angle = 2 * np.pi * (t % season) / season
        lags = [
            p[t - (j + 1) * h : t - j * h].mean() / level if t >= (j + 1) * h else np.nan for j in range(4)
        ]
        return level * h, [
            *lags, *(mean(k) for k in (1, 2, 3, 6, 12, 26, 52)), year, (p == 0).mean(), (p[-12:] == 0).mean(),
            t - 1 - sold[-1] if len(sold) else t, t / max(len(sold), 1), p.std() / level, np.abs(np.diff(p)).mean() / level, p.max() / level,
            np.log(level), t, np.sin(angle), np.cos(angle),
        ]  # fmt: skip

    for k in data["simulate"].tolist():
        origin = data["origins"][k]
        x, came, weight, ahead, scale, who = [], [], [], [], [], []
        for i in range(len(units)):
            end = min(int(origin), int(stop[i]))
            if first[i] < 0 or end - first[i] < 4 or origin + h > stop[i]:
                continue
            y = units[i, first[i] : end].astype(np.float64)
            for t in range(len(y) - h, max(7, len(y) - h - 72), -max(2, h // 2)):
                size, features = row(y, t)
                x.append(features)
                came.append(y[t : t + h].sum() / size)
                weight.append(min(max(size / max(np.abs(np.diff(y[:t])).mean() * h, 1e-9), 0.05), 10.0))
            size, features = row(y, len(y))
            ahead.append(features)
            scale.append(size)
            who.append(i)
        if len(x) < 200:
            continue
        for j, level in enumerate(levels):
            model = lgb.train(
                {**settings, "alpha": float(level)},
                lgb.Dataset(np.array(x), np.array(came), weight=np.array(weight)),
                120,
            )
            out[who, k, j] = np.maximum(model.predict(np.array(ahead)), 0.0) * np.array(scale)
    return np.maximum.accumulate(out, axis=2)


def make(name: str, season: int):
    """A fresh model by name."""
    if name == "AdditiveETS":
        return StatsmodelsETS(season)
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
    everyone = [str(x) for x in data["models"]]
    names = [name for name in everyone if name != "PlainBoosting"]
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
    if "PlainBoosting" in everyone:
        try:
            quantiles = np.concatenate([quantiles, plain_boosting(data, levels)[None]])
            spreads.append("PlainBoosting")
        except ImportError:
            print("PlainBoosting is left out: LightGBM is not installed", flush=True)
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
