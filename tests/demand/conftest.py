"""A small builder of sales histories, so that tests say only what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analytics.data.history import IntakeReport, SalesHistory


def days(begin: str, count: int, step: int = 1) -> np.ndarray:
    """Days every `step` days from one on."""
    return np.datetime64(begin) + np.arange(count) * step


def codes(values: Sequence[Any] | None, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes (-1 for None or "") and vocabulary of a text column."""
    if values is None:
        return np.full(n, -1, np.int32), np.zeros(0, object)
    text = np.array(["" if v is None else str(v) for v in values], dtype=object)
    names = np.array(sorted({str(t) for t in text if t != ""}), dtype=object)
    place = {name: i for i, name in enumerate(names)}
    return np.array([place.get(t, -1) for t in text], np.int32), names


def history_of(
    sku: Sequence[str],
    date: Any,
    quantity: Any,
    *,
    revenue: Any = None,
    order: Sequence[Any] | None = None,
    customer: Sequence[Any] | None = None,
    channel: Sequence[Any] | None = None,
    promised: Any = None,
    shipped: Any = None,
    attributes: dict[str, Any] | None = None,
    frequency: str = "L",
) -> SalesHistory:
    """A SalesHistory from plain columns, sorted by date as the reader does."""
    n = len(sku)
    day = np.asarray(date, "datetime64[s]")
    rank = np.argsort(day, kind="stable")
    sku_code, skus = codes(sku, n)
    order_code, _ = codes(order, n)
    customer_code, customers = codes(customer, n)
    channel_code, channels = codes(channel, n)
    units = np.asarray(quantity, np.float64)
    money = np.full(n, np.nan) if revenue is None else np.asarray(revenue, np.float64)
    nat = np.full(n, np.datetime64("NaT"), "datetime64[D]")
    returned = float(-units[units < 0].sum())
    report = IntakeReport(
        "test", "0", n, n, 0, float(units.sum()), 0.0, float(np.nansum(money)), float(units.sum()) + returned, returned,
        day.min() if n else np.datetime64("NaT"), day.max() if n else np.datetime64("NaT"), frequency, "ymd", {}, {},
    )  # fmt: skip
    return SalesHistory(
        skus, sku_code[rank], day[rank], units[rank], money[rank], order_code[rank], customer_code[rank], channel_code[rank],
        (nat if promised is None else np.asarray(promised, "datetime64[D]"))[rank],
        (nat if shipped is None else np.asarray(shipped, "datetime64[D]"))[rank],
        np.full(n, np.nan), np.arange(2, n + 2)[rank], customers, channels, attributes or {}, frequency, report,
    )  # fmt: skip
