"""Units of measure of several files: what one file counts in pieces and another in boxes is not added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analytics.data.history import SalesHistory
from analytics.data.meaning.listed_meanings import joined_meanings
from analytics.data.values.unit_words import unit_of
from analytics.errors import DataError, Problem
from analytics.naming.labels import total_text

__all__ = ["ask_where_units_differ"]


def ask_where_units_differ(histories: Sequence[SalesHistory]) -> None:
    """Raise DataError where a product is counted in one unit in one file and in another unit in the next; files that name no unit say nothing.

    `attributes["unit"]` of a history names the unit of each product, "" where it is not known or a person told it.
    """
    seen: dict[str, dict[str, int]] = {}
    for k, history in enumerate(histories):
        units = history.attributes.get("unit")
        for code, unit in zip(history.skus, units if units is not None else (), strict=units is not None):
            if unit:
                seen.setdefault(str(code), {}).setdefault(str(unit), k)
    apart = {code: units for code, units in seen.items() if len(units) > 1}
    if not apart:
        return

    def sold(code: str, k: int) -> float:
        history = histories[k]
        return float(
            np.abs(
                history.quantity[history.sku == int(np.searchsorted(history.skus.astype(str), code))]
            ).sum()
        )

    ranked = (
        sorted(apart, key=lambda code: -sum(sold(code, k) for k in apart[code].values()))[:4]
        if len(apart) <= 200
        else list(apart)[:4]
    )
    parts = []
    for code in ranked:
        each = [
            f"in {unit!r} in {histories[k].report.source} ({total_text(sold(code, k))} units)"
            for unit, k in apart[code].items()
        ]
        parts.append(f"{code[:40]} is counted {' and '.join(each)}")
    more = f"; and {len(apart) - len(ranked):,} more products" if len(apart) > len(ranked) else ""
    later = {unit for units in apart.values() for unit in list(units)[1:]}
    meanings = [
        replace(
            one,
            treatment="ask",
            basis="unknown",
            words=f"{one.value}: other files count the same products in another unit",
        )
        if one.role == "unit"
        and one.treatment == "count"
        and (
            ((known := unit_of(one.value)) is not None and known.name in later)
            or one.value.casefold() in later
        )
        else one
        for one in joined_meanings(h.report.meanings for h in histories)
    ]
    asked = next((one for one in meanings if one.role == "unit" and one.treatment == "ask"), None)
    column, value = (asked.column, asked.value) if asked is not None else ("UoM", "box")
    remedy = f'say how many one is with --treat "{column}:{value}=12" (=1 where they are the same), or on the page Data'
    words = (
        f"{'; '.join(parts)}{more}: nothing is said of how many of one the other is, and they are not added"
    )
    raise DataError(
        [
            Problem(
                "meaning_unknown",
                words,
                remedy,
                column=column,
                found=value,
                expected="one unit for each product",
                count=len(apart),
            )
        ],
        meanings,
    )
