"""The register: every value that the answer rests on, general or of one product, with its range, its origin and what it turns; and what made the files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import FIELDS, Assumptions, Signed
from analytics.naming.labels import Verdict
from analytics.valuation.policy import DEFAULT_POLICY, StockPolicy
from analytics.writeup.summary import MadeBy

__all__ = ["REGISTER_COLUMNS", "Stated", "register_table", "typed"]

REGISTER_COLUMNS = (
    "id", "field", "scope", "value", "unit", "default", "low", "high", "origin", "by", "data_date", "source", "products_turned",
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


class Stated(NamedTuple):
    """What was stated, and the family of every SKU, by which the nearest statement is found."""

    assumptions: Assumptions
    family: Mapping[str, str]

    def signed(self, field: str, sku: str) -> Signed:
        """Who confirmed the value in force of a product ("" for all), and on data of which date."""
        if field not in FIELDS:
            return Signed()
        one = self.assumptions.of(field, sku, self.family.get(sku, ""))
        return Signed(one.by, one.data_date)


def typed(name: str) -> str:
    """A name as it stands in a file: with the words that nobody verified it; "" where none was typed.

    >>> typed("M. Weber"), typed("")
    ('M. Weber (as typed, not verified)', '')
    """
    return f"{name} (as typed, not verified)" if name else ""


def register_table(
    assumed: pd.DataFrame,
    stated: Stated,
    policy: StockPolicy,
    verdict: NDArray[Any],
    as_of: np.datetime64,
    made: MadeBy,
    digest: str,
) -> pd.DataFrame:
    """One row per value: columns REGISTER_COLUMNS; the rows of assumptions.csv (`assumed`), how stock is valued, reserves set by hand, and what made the files.

    `products_turned` are products whose answer depends on the field (`verdict`, (products,)); empty where that is not looked for. `default` is empty where nothing
    is assumed. `by` is the name typed, not verified; `data_date` the date of the data that it was confirmed on, of a
    setting of stock the day of the stock (`as_of`).
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
        who = stated.signed(field, sku)
        rows.append((name, field, scope, *said, typed(who.by), who.data_date, row["source"], count))
    for field, unit in _POLICY.items():
        value, usual = getattr(policy, field), getattr(DEFAULT_POLICY, field)
        known = not (isinstance(value, float) and np.isnan(value))
        who = policy.signed.get(field, Signed())
        origin = "not stated" if not known else "assumed" if value == usual and not who.by else "confirmed"
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
                typed(who.by),
                who.data_date or str(as_of),
                "valuation of stock",
                "",
            )
        )
    for sku, one in policy.overrides.items():
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
                typed(one.by),
                one.data_date or str(as_of),
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
