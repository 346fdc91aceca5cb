"""What is wrong with the reading of a polluted file: refused, rows lost, other totals. Shared by all tests that pollute."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from analytics.data import IntakeReport, SalesHistory
from analytics.errors import DataError

__all__ = ["difference", "refusal", "totals_of", "unsound"]

Totals = Mapping[tuple[str, str], tuple[float, float]]


def totals_of(history: SalesHistory) -> dict[tuple[str, str], tuple[float, float]]:
    out: dict[tuple[str, str], list[float]] = {}
    months = history.date.astype("datetime64[M]").astype(str)
    for sku, month, quantity, revenue in zip(
        history.skus[history.sku], months, history.quantity, history.revenue, strict=True
    ):
        cell = out.setdefault((str(sku), str(month)), [0.0, 0.0])
        cell[0] += float(quantity)
        cell[1] += float(revenue)
    return {key: (value[0], value[1]) for key, value in out.items()}


def refusal(error: DataError, others: Collection[str], damaged: bool) -> str:
    """What is wrong with a refusal ("" if nothing): only what is damaged, or dates that decide nothing, may be refused, and with a remedy."""
    if not damaged and not {"date serial", "date swapped"} & set(others):
        return f"refused: {error}"
    return "" if all(p.remedy for p in error.problems) else f"no remedy: {error}"


def unsound(report: IntakeReport, where: Mapping[int, Any], damaged: bool) -> str:
    """Rows that do not add up, or sound rows (`where`, by line) that were rejected."""
    if report.rows_used + report.rows_rejected != report.rows_read:
        return "rows do not add up"
    if not damaged and any(int(row) in where for row in report.rejected["row"]):
        return f"rejected sound rows: {report.rejected[report.rejected.row.isin(list(where))].head(2).to_dict('records')}"
    return ""


def difference(expected: Totals, found: Totals, report: IntakeReport) -> str:
    """Where the totals by product and month are others than expected; "" if nowhere."""
    if set(expected) != set(found):
        return f"other products or months: {sorted(set(expected) ^ set(found))[:4]} mapping {dict(report.mapping)} dialect {dict(report.dialect)}"
    for key, (units, revenue) in expected.items():
        if not np.isclose(found[key][0], units) or not np.isclose(
            found[key][1], revenue, rtol=1e-9, atol=1e-6
        ):
            return f"{key}: expected {units} units, {revenue} revenue; found {found[key]}; mapping {dict(report.mapping)}"
    return ""
