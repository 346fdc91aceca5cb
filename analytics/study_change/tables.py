"""What changed since an earlier study, as tables and as a part of the summary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.naming.labels import STRATEGIES
from analytics.study_change.attribution import NEW_OR_GONE, PARTS, Change
from analytics.study_change.outcome import AMOUNTS
from analytics.study_change.realised import Realised
from analytics.writeup.stock import TOTAL

__all__ = [
    "change_by_product_table",
    "change_document",
    "change_table",
    "change_tables",
    "realised_table",
    "strategy_changes_table",
]

_THERE = ("both", "new", "gone")


def change_table(change: Change) -> pd.DataFrame:
    """One row for what the earlier study came to (part "before"), one for each part of the change, one for what it comes to now.

    The rows of a column add up to its last one, to the cent. Counted are `products_mts`, `products_ato`, `products_mto` and
    `products_hybrid`, recommended each way and still sold, and `strategies_changed` and `verdicts_changed`, products whose
    recommended strategy or verdict became another by that part; a product that two parts turned counts under both.
    """
    by = {kind: change.changed_by(getattr(change, kind)) for kind in ("strategy", "verdict")}
    rows = [_end("before", change.before.total, _mix(change.strategy[0]))]
    for name in PARTS:
        amounts = {amount: change.part(amount, name) for amount in AMOUNTS}
        turned = {
            f"{'strategies' if kind == 'strategy' else 'verdicts'}_changed": int(
                sum(name in str(words).split("; ") for words in found)
            )
            for kind, found in by.items()
        }
        rows.append({"part": name, **amounts, **_mix_part(change, name), **turned})
    rows.append(_end("now", change.now.total, _mix(change.strategy[-1])))
    table = pd.DataFrame(rows)
    for name in ("strategies_changed", "verdicts_changed"):
        table[name] = table[name].astype("Int64")
    return table


def _end(part: str, total: Callable[[str], float], mix: Mapping[str, int]) -> dict[str, Any]:
    return {"part": part, **{amount: total(amount) for amount in AMOUNTS}, **mix}


def _mix(strategy: NDArray[np.object_]) -> dict[str, int]:
    return {f"products_{name.lower()}": int((strategy == str(name)).sum()) for name in STRATEGIES}


def _mix_part(change: Change, part: str) -> dict[str, int]:
    """By how many products more each strategy is recommended once a part is in."""
    if part == NEW_OR_GONE:
        ends, rows = (change.strategy[0], change.strategy[-1]), change.there != 0
    elif part in change.steps:
        at = change.steps.index(part)
        ends, rows = (change.strategy[at], change.strategy[at + 1]), change.there == 0
    else:
        return dict.fromkeys(_mix(change.strategy[0][:0]), 0)
    first, last = (_mix(end[rows]) for end in ends)
    return {name: last[name] - first[name] for name in first}


def change_by_product_table(change: Change) -> pd.DataFrame:
    """Every product and amount: what it was before, every part of its change, what it is now; a row adds up to its last column.

    Rows whose parts and ends are all zero are left out. Of every amount the last rows are the shared components and the total.
    """
    there = np.array(_THERE, object)[change.there]
    pieces = []
    for amount in AMOUNTS:
        ends = [_on(change, outcome, amount) for outcome in (change.before, change.now)]
        columns = {"sku": change.skus, "amount": amount, "there": there, "before": ends[0]}
        columns |= {name: change.parts[amount][name] for name in PARTS} | {"now": ends[1]}
        table = pd.DataFrame(columns)
        numbers = ["before", *PARTS, "now"]
        table = table[(table[numbers] != 0.0).any(axis=1)]
        total = {"sku": TOTAL, "amount": amount, "there": "", "before": change.before.total(amount)}
        total |= {name: change.part(amount, name) for name in PARTS} | {"now": change.now.total(amount)}
        shared = {"sku": "shared components", "amount": amount, "there": "", "before": change.before.shared}
        shared |= {**change.shared_parts, "now": change.now.shared}
        below = [shared, total] if amount == "gain_per_year" else [total]
        pieces += [table, pd.DataFrame(below)[table.columns]]
    return pd.concat(pieces, ignore_index=True)


def _on(change: Change, outcome: Any, amount: str) -> NDArray[np.float64]:
    values = dict(zip(outcome.skus, outcome.amounts[amount], strict=True))
    return np.array([values.get(sku, 0.0) for sku in change.skus], np.float64)


def strategy_changes_table(change: Change) -> pd.DataFrame:
    """Every product whose recommended strategy or verdict is another than before, or that is new or gone: both, and by which parts."""
    columns: dict[str, Any] = {"sku": change.skus, "there": np.array(_THERE, object)[change.there]}
    for kind in ("strategy", "verdict"):
        steps = getattr(change, kind)
        columns |= {f"{kind}_before": steps[0], f"{kind}_now": steps[-1]}
        columns[f"{kind}_changed_by"] = change.changed_by(steps)
    table = pd.DataFrame(columns)
    moved = (table["strategy_changed_by"] != "") | (table["verdict_changed_by"] != "")
    return table[moved].reset_index(drop=True)


_REALISED = (
    "promised_units",
    "units_sold",
    "promised_margin",
    "margin",
    "promised_stock",
    "stock_at_cost",
    "promised_gain",
)


def realised_table(realised: Realised) -> pd.DataFrame:
    """Every product that was switched as the earlier study said: what was promised for the time in between, and what came of it.

    Promised are `promised_units`, `promised_margin`, `promised_stock` and `promised_gain`; counted from the files are
    `units_sold`, `margin` and `stock_at_cost`; empty where the files do not say. Whether the gain came true is in no file.
    Closed by the total of what is known on both sides.
    """
    columns: dict[str, Any] = {"sku": realised.skus, "was_run": realised.was, "run_as": realised.run_as}
    columns |= {name: getattr(realised, name) for name in _REALISED}
    table = pd.DataFrame(columns)
    total: dict[str, Any] = {"sku": TOTAL, "was_run": "", "run_as": ""}
    for one, other in (("promised_units", "units_sold"), ("promised_margin", "margin"), ("promised_stock", "stock_at_cost")):  # fmt: skip
        known = np.isfinite(getattr(realised, one)) & np.isfinite(getattr(realised, other))
        for name in (one, other):
            total[name] = float(np.sum(getattr(realised, name)[known])) if known.any() else np.nan
    total["promised_gain"] = float(np.sum(realised.promised_gain))
    return pd.concat([table, pd.DataFrame([total])[table.columns].astype(table.dtypes)], ignore_index=True)


def change_tables(change: Change, realised: Realised) -> dict[str, Callable[[], pd.DataFrame]]:
    """The tables of a change by file name, each made when asked for."""
    return {
        "change": partial(change_table, change),
        "change_by_product": partial(change_by_product_table, change),
        "strategy_changes": partial(strategy_changes_table, change),
        "realised": partial(realised_table, realised),
    }


def change_document(change: Change, realised: Realised) -> dict[str, Any]:
    """What `summary.json` says of the change: when, from what to what, every part, and what became of what was promised; money."""
    table = change_table(change)
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    total = realised_table(realised).iloc[-1]
    return {
        "before_version": change.earlier.version,
        "before_last_date": str(change.earlier.last_date),
        "days": change.days,
        "runs": change.runs,
        "products_in_both": int((change.there == 0).sum()),
        "products_new": int((change.there == 1).sum()),
        "products_gone": int((change.there == 2).sum()),
        "parts": rows,
        "realised": {
            "switched_as_said": len(realised.skus),
            "switched_otherwise": realised.other_way,
            "not_known": realised.unknown_way,
            **{name: None if pd.isna(total[name]) else float(total[name]) for name in _REALISED},
        },
    }
