"""The user's own forecast beside ours and the 12-period mean, on the same past dates: forecast value added.

One concept: their forecast is read so that it can be judged on the same origins, products and sums as ours;
file, placing by origin and comparison have no use apart from each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.files.source import open_source
from analytics.data.files.table import read_table
from analytics.data.lines.few_columns import days_of, few_columns, usable_rows
from analytics.data.lines.rejections import RowFilter
from analytics.data.values.categorical import product_codes
from analytics.data.values.conventions import likely_mark
from analytics.data.values.header_names import SALES_NAMES
from analytics.data.values.numbers import parse_numbers
from analytics.demand.panel import PERIOD_WEEKS, DemandPanel
from analytics.errors import DataError, Problem
from analytics.forecast.judged.accuracy import bias, pinball, units_wrong, wape
from analytics.forecast.judged.backtest import BACKTEST_LEVELS
from analytics.forecast.judged.backtest_as_of import backtest_as_known

__all__ = [
    "ExternalForecast",
    "ValueAdded",
    "read_external_forecast",
    "value_added",
    "value_added_units",
]

_NAMES = {
    "sku": SALES_NAMES["sku"],
    "period": "period|date|month|week|day|forecast period|target period|target date|bucket|periode|monat|woche|datum|mois|semaine|fecha|mes|mese|periodo|ds",
    "mean": "mean|forecast|forecast units|forecast quantity|quantity|qty|units|value|prediction|predicted|demand|expected|prognose|absatzprognose|"
    "prevision|previsions|pronostico|previsione|menge|yhat",
    "origin": "origin|made on|forecast date|forecast made|created|creation date|as of|snapshot|snapshot date|version date|cutoff|issue date|erstellt|stand|prognosedatum",
}
_WANTED = {
    "sku": "sku",
    "period": "period (the first day or the month it is for)",
    "mean": "mean (expected units)",
}
_MOST_ORIGINS = 6
_LEVEL = 0.9
_WHOSE = ("yours", "ours", "naive")


@dataclass(frozen=True, eq=False)
class ExternalForecast:
    """Rows of a forecast file: `sku` text, `period` and `origin` (datetime64[D]; NaT: not told), `mean` units; `notes` how it was read."""

    sku: NDArray[Any]
    period: NDArray[np.datetime64]
    mean: NDArray[np.float64]
    origin: NDArray[np.datetime64]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ValueAdded:
    """How three forecasts did on the same sums: `table` has a row "all" and one per product; `origins` the dates; `notes` what was assumed."""

    table: pd.DataFrame
    origins: tuple[str, ...]
    notes: tuple[str, ...]


def read_external_forecast(
    source: str | Path | bytes, *, name: str = "", date_order: str = ""
) -> ExternalForecast:
    r"""A forecast file with the columns sku, period, mean and, where known, origin (the day the forecast was made).

    `date_order` (DMY or MDY) holds where the file's dates do not show theirs. Rows that cannot be used are left out and counted in `notes`.
    Raises DataError where a column is missing, dates stay in doubt or no row can be used.

    >>> got = read_external_forecast(b"sku,period,mean\nA,2024-01,12.5\nA,2024-02,13\n")
    >>> got.sku.tolist(), got.period.astype(str).tolist(), got.mean.tolist()
    (['A', 'A'], ['2024-01-01', '2024-02-01'], [12.5, 13.0])
    """
    table = read_table(open_source(source, name)[0])
    at = few_columns(
        table,
        _NAMES,
        _WANTED,
        "the forecast has",
        "name the columns sku, period, mean and, where known, origin",
    )
    column = {role: table.columns[i] for role, i in at.items()}
    rows = RowFilter(table)
    sku = product_codes(column["sku"]).texts()
    rows.reject(
        sku == "", "sku_blank", table.names[at["sku"]], "nothing", "a product code", "fill in the code"
    )
    dated = {role: i for role, i in at.items() if role in ("period", "origin")}
    day = days_of(table, dated, date_order, "the forecast")
    for role, values in day.items():
        rows.reject(
            np.isnat(values),
            f"{role}_unreadable",
            table.names[at[role]],
            column[role],
            "a date or a month",
            "write it as 2024-05-01",
        )
    day.setdefault("origin", np.full(len(table), np.datetime64("NaT"), "datetime64[D]"))
    mark, _ = likely_mark([column["mean"]], table.dialect)
    mean = column["mean"].spread(parse_numbers(column["mean"].values, mark)[0])
    rows.reject(
        ~(np.isfinite(mean) & (mean >= 0.0)),
        "mean_not_a_number",
        table.names[at["mean"]],
        column["mean"],
        "a number of 0 or more",
        "correct the forecast",
    )
    keys = pd.DataFrame({"sku": sku, "period": day["period"], "origin": day["origin"]})
    rows.reject(
        keys.duplicated().to_numpy(),
        "repeated",
        table.names[at["period"]],
        column["period"],
        "one forecast per product, period and origin",
        "leave one of them out",
    )
    good, problems, _ = usable_rows(rows, table, "the forecast", "sku, period and mean")
    count = len(table) + len(table.rejected)
    left = f"{count - len(good):,} of {count:,} rows of the forecast cannot be used"
    notes = (f"{left}: {problems[0].message}.",) if problems and count > len(good) else ()
    return ExternalForecast(sku[good], day["period"][good], mean[good], day["origin"][good], notes)


def _placed(
    external: ExternalForecast, panel: DemandPanel
) -> tuple[dict[int, NDArray[np.float64]], list[str]]:
    """Their forecast by number of periods known when it was made: (products, periods of the panel), NaN where they say nothing."""
    n, periods = panel.units.shape
    place = {str(s): i for i, s in enumerate(panel.skus)}
    row = np.array([place.get(str(s), -1) for s in external.sku], np.int64)
    column = np.searchsorted(panel.starts, external.period, side="right") - 1
    inside = (column >= 0) & (external.period < panel.next_start)
    notes: list[str] = []
    unknown = len({str(s) for s in external.sku[row < 0]})
    if not (row >= 0).any():
        raise DataError(Problem("no_product", "no product of the forecast is in the sales file", "use the same codes as in the sales file",
                                found=", ".join(map(str, external.sku[:3])), expected=", ".join(map(str, panel.skus[:3]))))  # fmt: skip
    if unknown:
        notes.append(f"{unknown:,} products of the forecast are not in the sales file: left out.")
    if not (inside & (row >= 0)).any():
        raise DataError(Problem("no_past", "the forecast holds no period that has been sold since, so nothing can be compared",
                                "give a forecast made in the past, best with a column origin", found=f"{external.period.min()} to {external.period.max()}",
                                expected=f"periods from {panel.starts[0]} to {panel.starts[-1]}"))  # fmt: skip
    distinct = np.unique(external.period)
    usual = 7.0 * PERIOD_WEEKS[panel.frequency]
    if len(distinct) > 1 and float(np.median(np.diff(distinct).astype(np.int64))) > 1.6 * usual:
        unit = {"D": "day", "W": "week", "M": "month"}[panel.frequency]
        raise DataError(Problem("too_coarse", f"the forecast is coarser than the {unit}s in which demand is counted", f"give one value per product and {unit}, or choose months",
                                found=f"periods {int(np.median(np.diff(distinct).astype(np.int64)))} days apart", expected=f"one per {unit}"))  # fmt: skip
    told = ~np.isnat(external.origin)
    edges = np.append(panel.starts[1:], panel.next_start)
    known = np.searchsorted(edges, external.origin, side="right")
    if not told.all():
        first = int(column[inside & (row >= 0)].min())
        known = np.where(told, known, first)
        notes.append(
            f"No origin is told: the forecast is taken as made just before its first period ({panel.starts[first]}). If it was revised later, add a column origin."
        )
    use = inside & (row >= 0) & (column >= known) & (known >= 2)
    out: dict[int, NDArray[np.float64]] = {}
    for k in np.unique(known[use]):
        part = use & (known == k)
        total, count = np.zeros((n, periods)), np.zeros((n, periods))
        np.add.at(total, (row[part], column[part]), external.mean[part])
        np.add.at(count, (row[part], column[part]), 1.0)
        out[int(k)] = np.where(count > 0, total, np.nan)
    if not out:
        raise DataError(Problem("no_past", "no row of the forecast is for a period after the day it was made, with two periods known before", "check the columns period and origin",
                                found=f"{external.period.min()} to {external.period.max()}", expected=f"periods after {panel.starts[min(2, periods - 1)]}"))  # fmt: skip
    return out, notes


def value_added_units(wrong_naive: float, wrong: float) -> float:
    """In how many units less a forecast is wrong than the mean of the last 12 periods; below 0: in more.

    value_added_units = units_wrong of the mean of the last 12 periods - units_wrong. Units.
    Source: Gilliland (2010), forecast value added.

    >>> value_added_units(12.0, 9.5)
    2.5
    """
    return wrong_naive - wrong


def value_added(
    external: ExternalForecast, panel: DemandPanel, family_codes: NDArray[np.int32], protection_periods: NDArray[np.float64],
    clean: Callable[[DemandPanel], DemandPanel] | None = None, seed: int = 1, progress: Callable[[float, str], None] | None = None,
) -> ValueAdded:  # fmt: skip
    """Their forecast, ours and the mean of the last 12 periods, judged on the same products, dates and sums of demand.

    At each past date on which theirs was made (the latest six) ours is fitted again on what was known then. Judged is the sum over the protection
    interval, or as many periods as their file covers. Pinball loss at 0.9 puts our relative spread round all three, so that it tells the points
    apart. *Columns*: sku, sums, actual_units, and for yours, ours and naive: units, bias, wape, pinball_90 (units a sum);
    `sums` is how many were judged, `actual_units` what came in them, `yours_units`, `ours_units` and `naive_units` what was said;
    `your_value_added_units` and `our_value_added_units` are absolute errors of the naive one less theirs and ours.
    Source: Gilliland (2010), forecast value added.
    Raises DataError where no date of theirs can be judged.
    """
    theirs, notes = _placed(external, panel)
    periods = panel.units.shape[1]
    cover = {}
    for k, values in theirs.items():
        named = np.isfinite(values).any(axis=1)
        share = np.isfinite(values[named]).mean(axis=0)
        ahead = share[k:] >= 0.5
        cover[k] = int(np.argmin(ahead)) if not ahead.all() else periods - k
    longest = max(1, int(np.clip(np.rint(protection_periods), 1, periods).max(initial=1)))
    want = min(longest, max(cover.values()))
    if want == 0:
        raise DataError(
            Problem(
                "no_past",
                "the forecast does not cover the period right after it was made",
                "give every period from the origin on",
            )
        )
    dates = sorted((k for k in theirs if cover[k] >= want), reverse=True)[:_MOST_ORIGINS]
    if want < longest:
        notes.append(
            f"The file covers {want} periods after each origin, less than the longest protection interval of {longest}: sums over {want}."
        )
    past = backtest_as_known(
        panel, family_codes, np.minimum(protection_periods, want), dates, clean, seed, progress
    )
    ends = [int(np.searchsorted(panel.starts, start)) for start in past.origin_starts]
    yours = np.full(past.actual.shape, np.nan)
    for o, k in enumerate(ends):
        edge = np.concatenate([np.zeros((len(panel.skus), 1)), np.cumsum(theirs[k][:, k:], axis=1)], axis=1)
        yours[:, o] = edge[np.arange(len(edge)), past.interval]
    said = {"yours": yours, "ours": past.forecast, "naive": past.simple}
    good = np.isfinite(past.actual) & np.all([np.isfinite(v) for v in said.values()], axis=0)
    if not good.any():
        words = "no product has both a forecast and sales on record over a whole interval"
        raise DataError(
            Problem(
                "no_past", words, "give every period from the origin on, for products that were sold before"
            )
        )
    quantile = past.quantiles[:, :, int(np.argmin(np.abs(BACKTEST_LEVELS - _LEVEL)))]
    spread = np.where(past.forecast > 0, quantile / np.where(past.forecast > 0, past.forecast, 1.0), 1.0)
    rows = []
    for label, part in [
        ("all", good),
        *(
            (str(s), good & (np.arange(len(good)) == i)[:, None])
            for i, s in enumerate(panel.skus)
            if good[i].any()
        ),
    ]:
        came = past.actual[part]
        one: dict[str, Any] = {"sku": label, "sums": int(part.sum()), "actual_units": float(came.sum())}
        error = {}
        for who in _WHOSE:
            value = said[who][part]
            error[who] = units_wrong(came, value)
            one |= {
                f"{who}_units": float(value.sum()),
                f"{who}_bias": bias(came, value),
                f"{who}_wape": wape(came, value),
            }
            one[f"{who}_pinball_90"] = float(pinball(came, value * spread[part], _LEVEL).mean())
        rows.append(
            {
                **one,
                "your_value_added_units": value_added_units(error["naive"], error["yours"]),
                "our_value_added_units": value_added_units(error["naive"], error["ours"]),
            }
        )
    return ValueAdded(
        pd.DataFrame(rows), tuple(str(d) for d in past.origin_starts), (*external.notes, *notes)
    )
