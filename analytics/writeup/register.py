"""The register: every value that the answer rests on, general or of one product, with its range, its origin and what it turns; and what made the files."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.naming.labels import Verdict
from analytics.valuation.policy import DEFAULT_POLICY, StockPolicy
from analytics.writeup.summary import MadeBy

__all__ = ["REGISTER_COLUMNS", "register_table"]

REGISTER_COLUMNS = (
    "id", "field", "scope", "value", "unit", "default", "low", "high", "origin", "confirmed_by", "as_of", "source", "products_turned",
)  # fmt: skip
#: Settings of the valuation of stock, with their units.
_POLICY = {
    "standard": "accounting standard",
    "bucket_days": "days",
    "age_ladder": "days, share",
    "cover_ladder": "months, share",
    "excess_months": "months",
    "dead_months": "months",
    "new_months": "months",
    "selling_share": "share of the price",
    "ledger": "money",
    "one_off": "money",
}


def register_table(
    assumed: pd.DataFrame,
    policy: StockPolicy,
    verdict: NDArray[Any],
    as_of: np.datetime64,
    made: MadeBy,
    digest: str,
) -> pd.DataFrame:
    """One row per value: columns REGISTER_COLUMNS; the rows of assumptions.csv (`assumed`), how stock is valued, reserves set by hand, and what made the files.

    `products_turned` are products whose answer depends on the field (`verdict`, (products,)); empty where that is not looked for. `default` is empty where nothing
    is assumed. A name is as typed, not verified; `as_of` is the day of the stock.
    """
    turned = Counter(Verdict.field(str(one)) for one in verdict)
    rows: list[tuple[Any, ...]] = []
    for row in assumed.to_dict("records"):
        field, sku = str(row["field"]), str(row["sku"])
        default = FIELDS[field].default if field in FIELDS else np.nan
        kept, count = (
            "" if np.isnan(default) else repr(default),
            turned.get(field, 0) if field in FIELDS else "",
        )
        name, scope = (f"{field}/{sku}", sku) if sku else (field, "all products")
        said = (str(row["value"]), row["unit"], kept, row["low"], row["high"], row["origin"])
        rows.append((name, field, scope, *said, "", "", row["source"], count))
    for field, unit in _POLICY.items():
        value, usual = getattr(policy, field), getattr(DEFAULT_POLICY, field)
        known = not (isinstance(value, float) and np.isnan(value))
        origin = "not stated" if not known else "assumed" if value == usual else "confirmed"
        rows.append(
            (
                f"stock/{field}",
                field,
                "stock in the books",
                _said(value),
                unit,
                _said(usual),
                np.nan,
                np.nan,
                origin,
                "",
                str(as_of),
                "valuation of stock",
                "",
            )
        )
    for sku, one in policy.overrides.items():
        who = f"{one.by} (as typed, not verified)"
        rows.append(
            (
                f"stock/override/{sku}",
                "override",
                sku,
                repr(one.amount),
                "money",
                "",
                np.nan,
                np.nan,
                "confirmed",
                who,
                str(as_of),
                one.note,
                "",
            )
        )
    for field, value in (
        ("version", made.version),
        ("seed", str(made.seed)),
        ("currency", made.currency),
        ("input_digest", digest),
    ):
        rows.append((field, field, "these files", value, "", "", np.nan, np.nan, "given", "", "", "", ""))
    return pd.DataFrame(rows, columns=list(REGISTER_COLUMNS)).astype({"low": np.float64, "high": np.float64})


def _said(value: Any) -> str:
    """A setting as text: steps parted by semicolons, "" where it is not stated.

    >>> _said(((12.0, 0.25), (24.0, 0.5))), _said((90.0, 180.0)), _said(float("nan"))
    ('12: 0.25; 24: 0.5', '90; 180', '')
    """
    if isinstance(value, tuple):
        return "; ".join(f"{one[0]:g}: {one[1]:g}" if isinstance(one, tuple) else f"{one:g}" for one in value)
    if isinstance(value, float):
        return "" if np.isnan(value) else repr(value)
    return str(value)
