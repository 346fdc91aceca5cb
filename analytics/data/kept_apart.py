"""Lines kept beside the sales: orders on hand and receipts of goods, line by line and by product and month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.history import APART_COLUMNS, SalesHistory, no_lines_apart
from analytics.data.values.categorical import Coded
from analytics.errors import Problem
from analytics.naming.labels import COUNTED, total_text

__all__ = [
    "APART_FILES",
    "LOT",
    "ON_HAND",
    "ON_ORDER",
    "RECEIPT",
    "apart_totals",
    "apart_written",
    "by_product",
    "joined_apart",
    "lines_apart",
    "on_hand_said",
    "orders_columns",
    "receipts_of",
    "rows_text",
    "units_apart",
    "with_receipts",
]

#: the kinds of lines of `SalesHistory.apart`: orders on hand, receipts, lots of stock on hand by the day they came in, and what is
#: on order by the day it is to arrive
ON_HAND, RECEIPT, LOT, ON_ORDER = "on hand", "receipt", "lot", "on order"
#: kind -> the name of its table by product and month
APART_FILES = {ON_HAND: "orders_on_hand", RECEIPT: "receipts"}
#: so many stretches of rows are named in a cell
_STRETCHES = 40
#: with more than these shares of the lines of the days that both hold alike, a later file repeats an earlier one (with money, without)
_ALIKE = (0.5, 0.8)


def lines_apart(
    masks: Mapping[tuple[str, bool], NDArray[np.bool_]],
    sku: Coded,
    due: NDArray[np.datetime64],
    quantity: NDArray[np.float64],
    money: NDArray[np.float64],
    file: str,
    row: NDArray[np.int64],
) -> pd.DataFrame:
    """The lines of each kind (kind, whether in demand) as the table `SalesHistory.apart`; arrays are over all rows of a file."""
    parts = []
    for (kind, in_demand), mask in masks.items():
        at = np.flatnonzero(mask & ~np.isnat(due) & ~np.isnan(quantity))
        if len(at):
            columns: dict[str, Any] = {
                "sku": sku.values[sku.codes[at]],
                "date": due[at].astype("datetime64[ns]"),
                "units": np.abs(quantity[at]),
                "money": np.abs(money[at]),
                "kind": kind,
                "in_demand": in_demand,
                "file": file,
                "row": row[at].astype(np.int64),
            }
            parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)[list(APART_COLUMNS)] if parts else no_lines_apart()


def rows_text(rows: Sequence[int] | NDArray[np.int64]) -> str:
    """Row numbers of a file in few words, at most 40 stretches of them.

    >>> rows_text([9, 2, 4, 3])
    '2-4, 9'
    """
    ordered = np.unique(np.asarray(rows, np.int64))
    if not len(ordered):
        return ""
    ends = np.flatnonzero(np.diff(ordered) != 1)
    first, last = ordered[np.r_[0, ends + 1]], ordered[np.r_[ends, len(ordered) - 1]]
    said = [str(a) if a == b else f"{a}-{b}" for a, b in zip(first[:_STRETCHES], last, strict=False)]
    left = len(ordered) - int((last - first + 1)[:_STRETCHES].sum())
    return ", ".join(said) + (f" and {left:,} more" if left else "")


def by_product(apart: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Lines of a kind by product and month: sku, due_month (of receipts: month), rows, units, money (NaN: unknown), source_rows.

    Of orders on hand `counted` says whether the units are kept apart or are in demand too (COUNTED). Sums are those of the lines, to the cent.

    >>> table = no_lines_apart()
    >>> list(by_product(table, ON_HAND)), len(by_product(table, RECEIPT))
    (['sku', 'due_month', 'counted', 'rows', 'units', 'money', 'source_rows'], 0)
    """
    lines = apart[apart["kind"] == kind]
    month = "due_month" if kind == ON_HAND else "month"
    keys = ["sku", month, *(["counted"] if kind == ON_HAND else [])]
    names = [*keys, "rows", "units", "money", "source_rows"]
    if not len(lines):
        return pd.DataFrame({name: np.array([], object) for name in names})
    several = lines["file"].nunique() > 1
    table = pd.DataFrame(
        {
            "sku": lines["sku"].astype(str).to_numpy(object),
            month: lines["date"].dt.strftime("%Y-%m").to_numpy(object),
            "counted": np.array(COUNTED, object)[lines["in_demand"].to_numpy(bool).astype(int)],
            "units": lines["units"].to_numpy(np.float64),
            "money": lines["money"].to_numpy(np.float64),
            "file": lines["file"].astype(str).to_numpy(object),
            "row": lines["row"].to_numpy(np.int64),
        }
    )
    groups = table.groupby(keys, sort=True)
    out = pd.DataFrame({"rows": groups.size(), "units": groups["units"].sum()})
    out["money"] = groups["money"].sum(min_count=1)

    def source(part: pd.DataFrame) -> str:
        files = [(name, rows_text(here["row"].to_numpy())) for name, here in part.groupby("file")]
        return "; ".join(f"{name}: {rows}" if several else rows for name, rows in files)

    out["source_rows"] = [source(part) for _, part in groups]
    out = out.reset_index().loc[:, names]
    total = apart_totals(apart)[kind]
    assert int(out["rows"].sum()) == total["rows"] and abs(out["units"].sum() - total["units"]) < 0.005, kind
    assert abs(np.nansum(out["money"]) - np.nan_to_num(total["money"])) < 0.005, kind
    return out


def apart_totals(apart: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Rows, units and money (NaN: none known) of each kind; of orders on hand also those of them in demand."""
    out = {}
    for kind in (ON_HAND, RECEIPT):
        here = apart[apart["kind"] == kind]
        out[kind] = _total(here)
        if kind == ON_HAND:
            demand = _total(here[here["in_demand"].to_numpy(bool)])
            out[kind] |= {"rows_in_demand": demand["rows"], "units_in_demand": demand["units"]}
    return out


def _total(lines: pd.DataFrame) -> dict[str, float]:
    money = lines["money"].to_numpy(np.float64)
    known = money[~np.isnan(money)]
    return {
        "rows": len(lines),
        "units": float(lines["units"].sum()),
        "money": float(known.sum()) if len(known) else float("nan"),
    }


def units_apart(apart: pd.DataFrame) -> dict[str, Any]:
    """The units of a report of intake: on hand and kept apart from demand, on hand and in demand, received."""
    totals = apart_totals(apart)
    demand = totals[ON_HAND]["units_in_demand"]
    return {
        "units_on_hand": totals[ON_HAND]["units"] - demand,
        "on_hand_in_demand": demand,
        "units_received": totals[RECEIPT]["units"],
    }


def on_hand_said(apart: pd.DataFrame, column: str) -> list[Problem]:
    """What is said of orders on hand that are demand too; nothing where there are none."""
    here = apart[apart["in_demand"].to_numpy(bool)]
    if not len(here):
        return []
    units = total_text(float(here["units"].sum()))
    words = (
        f"{len(here):,} open lines dated by the day of the order ({units} units) are due after the last sale:"
        " they count as demand once and are listed as orders on hand"
    )
    first = int(here["row"].min())
    return [Problem("on_hand_in_demand", words, "nothing to do", first, column, count=len(here))]


def apart_written(apart: pd.DataFrame) -> dict[str, Any]:
    """Orders on hand and receipts as plain values: totals, and a row for each product and month; null where nothing is kept apart."""
    totals = apart_totals(apart)
    return {
        name: {**totals[kind], "products": by_product(apart, kind).to_dict("records")}
        if totals[kind]["rows"]
        else None
        for kind, name in APART_FILES.items()
    }


def orders_columns(apart: pd.DataFrame | None, skus: Sequence[str] | NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Units on hand for customers and the month in which the first of them are due, per product; empty where the file has no orders on hand."""
    if apart is None or not (apart["kind"] == ON_HAND).any():
        return {"orders_on_hand": np.full(len(skus), np.nan), "orders_due": np.full(len(skus), "", object)}
    lines = apart[apart["kind"] == ON_HAND]
    groups = lines.assign(sku=lines["sku"].astype(str)).groupby("sku")
    wanted = [str(sku) for sku in skus]
    first = groups["date"].min().reindex(wanted)
    return {
        "orders_on_hand": groups["units"].sum().reindex(wanted).fillna(0.0).to_numpy(np.float64),
        "orders_due": np.array(["" if pd.isna(day) else f"{day:%Y-%m}" for day in first], object),
    }


def joined_apart(
    histories: Sequence[SalesHistory], dropped: Sequence[NDArray[np.int64]]
) -> tuple[pd.DataFrame, list[Problem]]:
    """The lines apart of several files; `dropped` are the rows of each whose sales stand in an earlier one.

    Lines in demand go with their sales. Of the others a later file repeats an earlier one where most lines of the days that both hold are alike: then
    those alike are counted once, and said.
    """
    kept: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for history, rows in zip(histories, dropped, strict=True):
        part = history.apart
        part = part[~(part["in_demand"].to_numpy(bool) & np.isin(part["row"].to_numpy(np.int64), rows))]
        for earlier in list(kept):
            again = _repeated(earlier, part)
            if again.any():
                units = total_text(float(part["units"][again].sum()))
                words = (
                    f"{history.report.source} repeats {int(again.sum()):,} orders on hand or receipts of an earlier file"
                    f" ({units} units); they are counted once"
                )
                first = int(part["row"][again].min())
                problems.append(
                    Problem("overlap_apart", words, "nothing to do", first, count=int(again.sum()))
                )
                part = part[~again]
        kept.append(part)
    filled = [part for part in kept if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else no_lines_apart(), problems


def _repeated(earlier: pd.DataFrame, later: pd.DataFrame) -> NDArray[np.bool_]:
    """Which lines of a later table stand in an earlier one, where so many do that it is the same export again."""
    out = np.zeros(len(later), bool)
    for kind in (ON_HAND, RECEIPT):
        a, b = (
            table[(table["kind"] == kind).to_numpy() & ~table["in_demand"].to_numpy(bool)]
            for table in (earlier, later)
        )
        if not len(a) or not len(b):
            continue
        low, high = max(a["date"].min(), b["date"].min()), min(a["date"].max(), b["date"].max())
        names = ["sku", "date", "units", "money"]
        a, b = (t[(t["date"] >= low) & (t["date"] <= high)][names].fillna({"money": -1.0}) for t in (a, b))
        if not len(a) or not len(b):
            continue
        a, b = (t.assign(nth=t.groupby(names).cumcount()) for t in (a, b))
        found = b.reset_index().merge(a, on=[*names, "nth"], how="inner")["index"].to_numpy()
        money = bool((b["money"] >= 0.0).any())
        if len(found) and len(found) >= _ALIKE[0 if money else 1] * min(len(a), len(b)):
            out |= np.isin(later.index.to_numpy(), found)
    return out


def receipts_of(read: SalesHistory) -> pd.DataFrame:
    """Receipts from a file of them, as lines of `SalesHistory.apart`: its own lines, or what of it was told to be receipts of a ledger."""
    came = read.apart[read.apart["kind"] == RECEIPT]
    if len(came):
        return came.reset_index(drop=True)
    cost = np.full(len(read), np.nan) if read.unit_cost is None else read.quantity * read.unit_cost
    money = np.where(np.isfinite(cost), cost, read.revenue)  # at cost, where a line states it
    columns: dict[str, Any] = {
        "sku": read.skus[read.sku],
        "date": read.date.astype("datetime64[ns]"),
        "units": read.quantity,
        "money": np.where(money == 0.0, np.nan, money),  # a value of zero is none: goods are not free
        "kind": RECEIPT,
        "in_demand": False,
        "file": read.report.source,
        "row": read.row,
    }
    return pd.DataFrame(columns)[list(APART_COLUMNS)]


def with_receipts(history: SalesHistory, receipts: pd.DataFrame) -> SalesHistory:
    """The history with further receipts (lines of `SalesHistory.apart`) apart from its sales; those it has stay, and the same line counts once."""
    new = receipts[list(APART_COLUMNS)]
    again = _repeated(history.apart, new)
    problems = []
    if again.any():
        words = f"{int(again.sum()):,} receipts stand in the sales file too; they are counted once"
        problems = [Problem("overlap_apart", words, "nothing to do", count=int(again.sum()))]
        new = new[~again]
    parts = [part for part in (history.apart, new) if len(part)]
    report = history.report
    return replace(
        history,
        apart=pd.concat(parts, ignore_index=True) if parts else history.apart,
        report=replace(
            report,
            units_received=report.units_received + float(new["units"].sum()),
            problems=(*report.problems, *problems),
        ),
    )
