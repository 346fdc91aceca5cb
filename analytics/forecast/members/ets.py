"""Exponential smoothing in state-space form (ETS) by statsmodels, its form chosen by AICc: what it would have said at past dates and says now.

Fitting takes a thousand times as long as all other methods together, so it is done on request, for a few products, in processes beside this one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.sandbox.child import read_frame, write_frame
from analytics.forecast.members.method_grid import capped

__all__ = ["EtsTask", "ets_aicc", "ets_all", "ets_sums", "main"]

#: Periods known before a model is fitted; seasons longer than this have more starting values than histories can tell.
_FEWEST = 12
_LONGEST_SEASON = 24
#: Dates, evenly over the origins, at which form and parameters are chosen anew.
_CHOICES = 4
_STEPS = 100
#: Fewer products than this are not worth the start of a process.
_FEW = 4
_MOST_PROCESSES = 8


@dataclass(frozen=True, eq=False)
class EtsTask:
    """One product's history (`units`, `seen`), the numbers of periods known at each origin (`positions`, 0: none) and the `interval` whose sum is wanted."""

    units: NDArray[np.float64]
    seen: NDArray[np.bool_]
    positions: NDArray[np.int64]
    interval: int
    season: int


def ets_aicc(log_likelihood: float, parameters: int, observations: int) -> float:
    """Akaike's criterion corrected for few observations: the lower, the better; infinite where the parameters are too many.

    *Formula*: 2k - 2 log L + 2k (k + 1) / (n - k - 1), k `parameters` (constants, starting values and the variance), n `observations`.
    Source: Hurvich and Tsai (1989).

    >>> ets_aicc(-50.0, 3, 24)
    107.2
    """
    rest = observations - parameters - 1
    return (
        2.0 * parameters - 2.0 * log_likelihood + 2.0 * parameters * (parameters + 1) / rest
        if rest > 0
        else float("inf")
    )


def _forms(y: NDArray[np.float64], season: int) -> list[dict[str, Any]]:
    """Forms that suit the history: multiplicative ones only where every period sold, a season only where two are known and it is short."""
    positive = bool(y.min() > 0.0)
    seasons: list[str | None] = [None]
    if 1 < season <= _LONGEST_SEASON and len(y) >= 2 * season + 2:
        seasons += ["add", "mul"] if positive else ["add"]
    out: list[dict[str, Any]] = []
    for error in ("add", "mul") if positive else ("add",):
        for trend in (None, "add"):
            for pattern in seasons:
                if error == "add" and pattern == "mul":
                    continue
                out.append(
                    {
                        "error": error,
                        "trend": trend,
                        "damped_trend": trend is not None,
                        "seasonal": pattern,
                        "seasonal_periods": season if pattern else None,
                    }
                )
    return out


def _model(y: NDArray[np.float64], form: dict[str, Any]) -> Any:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    return ETSModel(y, initialization_method="heuristic", **form)


def _chosen(y: NDArray[np.float64], season: int) -> tuple[dict[str, Any], NDArray[np.float64]] | None:
    """The form of least AICc and its constants."""
    best, found = np.inf, None
    for form in _forms(y, season):
        try:
            fitted = _model(y, form).fit(disp=False, maxiter=_STEPS)
            starting = 1 + (form["trend"] is not None) + (season - 1 if form["seasonal"] else 0)
            score = ets_aicc(float(fitted.llf), len(fitted.params) + starting + 1, len(y))
        except (ValueError, np.linalg.LinAlgError, FloatingPointError, ZeroDivisionError):
            continue
        if np.isfinite(score) and score < best and np.all(np.isfinite(fitted.params)):
            best, found = score, (form, np.asarray(fitted.params, np.float64))
    return found


def _name(form: dict[str, Any]) -> str:
    letter = {None: "N", "add": "A", "mul": "M"}
    return f"ETS({letter[form['error']]},{'Ad' if form['trend'] else 'N'},{letter[form['seasonal']]})"


def ets_sums(task: EtsTask) -> tuple[NDArray[np.float64], str]:
    """Forecast of the next `interval` periods' sum at every origin (origins,), NaN where too little is known; and the name of the form used now.

    Form and constants are chosen at four dates evenly over the origins (the oldest, and now, among them) from what was known then; at the origins between,
    the states are carried on with the constants of the date before: nothing after an origin enters what is said there. Periods not observed
    repeat the last one seen; a single outstanding value is cut as in all methods. Between 0 and three times the highest period for every period.
    Source: Hyndman, Koehler, Snyder and Grose (2002); `statsmodels.tsa.exponential_smoothing.ets`.
    """
    import_module(
        "statsmodels.tsa.exponential_smoothing.ets"
    )  # before warnings are silenced: its import would bring them back

    out = np.full(len(task.positions), np.nan)
    y = np.zeros(len(task.units))
    capped(np.ascontiguousarray(task.units, np.float64), np.ascontiguousarray(task.seen, np.bool_), y)
    last = np.maximum.accumulate(np.where(task.seen, np.arange(len(y)), 0))
    y = y[last]
    dates = np.unique(task.positions[task.positions >= _FEWEST])
    if not len(dates):
        return out, ""
    fresh = set(dates[np.unique(np.rint(np.linspace(0, len(dates) - 1, _CHOICES)).astype(int))].tolist())
    found = None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for date in dates:
            known = y[:date]
            if not known.any():
                continue
            found = (_chosen(known, task.season) or found) if int(date) in fresh else found
            if found is None:
                continue
            try:
                said = float(np.sum(_model(known, found[0]).smooth(found[1]).forecast(task.interval)))
            except (ValueError, np.linalg.LinAlgError, FloatingPointError, ZeroDivisionError):
                continue
            if np.isfinite(said):
                out[task.positions == date] = min(max(said, 0.0), 3.0 * float(known.max()) * task.interval)
    return out, _name(found[0]) if found is not None and np.isfinite(
        out[task.positions == dates[-1]]
    ).any() else ""


def ets_all(tasks: Sequence[EtsTask]) -> list[tuple[NDArray[np.float64], str]]:
    """`ets_sums` of every task, in processes side by side; the same numbers whatever their number."""
    processes = min(os.cpu_count() or 1, _MOST_PROCESSES, len(tasks) // _FEW)
    if processes < 2:
        return [ets_sums(task) for task in tasks]
    waiting: SimpleQueue[int] = SimpleQueue()
    for k in range(len(tasks)):
        waiting.put(k)
    out: list[tuple[NDArray[np.float64], str] | None] = [None] * len(tasks)

    def work(_: int) -> None:
        root = Path(__file__).resolve().parents[3]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "analytics.forecast.members.ets"]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=root,
            env=environment,
        ) as child:
            assert child.stdin is not None and child.stdout is not None
            while True:
                try:
                    k = waiting.get_nowait()
                except Empty:
                    break
                try:
                    write_frame(child.stdin, _packed(tasks[k]))
                    answer = read_frame(child.stdout)
                except OSError:
                    answer = None
                # a child that died is not asked again: its product is done here
                out[k] = ets_sums(tasks[k]) if answer is None else _unpacked(answer)

    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(work, range(processes)))
    return [one if one is not None else ets_sums(tasks[k]) for k, one in enumerate(out)]


def _packed(task: EtsTask) -> bytes:
    return json.dumps(
        [task.units.tolist(), task.seen.tolist(), task.positions.tolist(), task.interval, task.season]
    ).encode()


def _unpacked(answer: bytes) -> tuple[NDArray[np.float64], str]:
    sums, name = json.loads(answer)
    return np.array(sums, np.float64), str(name)


def main() -> None:
    """Answer tasks on standard input until it ends: the child of `ets_all`."""
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes to the error stream, not among the answers
    while (frame := read_frame(source)) is not None:
        units, seen, positions, interval, season = json.loads(frame)
        sums, name = ets_sums(
            EtsTask(
                np.array(units, np.float64),
                np.array(seen, np.bool_),
                np.array(positions, np.int64),
                interval,
                season,
            )
        )
        write_frame(target, json.dumps([sums.tolist(), name]).encode())


if __name__ == "__main__":
    main()
