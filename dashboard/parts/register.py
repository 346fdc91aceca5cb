"""The register of assumptions as a table: every value on the scale it is asked on, with unit, range and origin; and what an edited table says."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from analytics.assumptions import FIELDS, Assumption, Assumptions
from analytics.assumptions_file import assumptions_toml, read_assumptions
from analytics.items import ORIGINS
from analytics.naming.labels import percent_text
from analytics.naming.scales import scale_of
from dashboard.results.facts import Facts
from dashboard.state.in_force import in_force

__all__ = ["COLUMNS", "changed_fields", "edited", "edited_fields", "origins_text", "table_of"]

#: What a number of the table says where its scale is not the field's own.
ASKED_AS = {
    "patience_per_day": "Customers who still order when told two weeks",
    "hazard_per_year": "Years a model stays in the range, unless its end is known",
}

#: Columns of the table, in their order; the last names the value for the program.
COLUMNS = [
    "",
    "what",
    "value",
    "low",
    "high",
    "unit",
    "said",
    "used for products",
    "default",
    "source",
    "field",
]


def origins_text(facts: Facts, name: str) -> str:
    """Where the values of a field come from, over living products."""
    live = ~facts.products["ended"].to_numpy()
    if not live.any():
        return ""
    parts = [(word, facts.items.share_of_origin(name, k, live)) for k, word in enumerate(ORIGINS)]
    return ", ".join(
        word if share == 1.0 else f"{word} {percent_text(share)}" for word, share in parts if share > 0
    )


def changed_fields(assumptions: Assumptions) -> list[str]:
    """Fields whose general value differs from the table or is confirmed, in the order of the table."""
    return [
        name
        for name, row in FIELDS.items()
        if (a := assumptions.of(name)).origin == "confirmed" or not _same(a.value, row.default)
    ]


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def table_of(facts: Facts, assumptions: Assumptions) -> pd.DataFrame:
    """One row per assumption, those that differ first."""
    first = changed_fields(assumptions)
    rows = []
    for name in [*first, *(n for n in FIELDS if n not in first)]:
        row, now, scale = FIELDS[name], in_force(facts, assumptions, name), scale_of(name)
        ends = (now.high, now.low) if scale.falls else (now.low, now.high)
        value, low, high, default = (
            float(f"{scale.shown(v):.4g}") if name == "hazard_per_year" else round(scale.shown(v), 6)
            for v in (now.value, *ends, row.default)
        )
        label = ASKED_AS.get(name, row.label)
        rows.append(
            [
                "changed" if name in first else "",
                label,
                value,
                low,
                high,
                scale.unit,
                now.origin,
                origins_text(facts, name),
                default,
                row.source,
                name,
            ]
        )
    return pd.DataFrame(
        rows,
        columns=COLUMNS,
    )


def edited_fields(before: pd.DataFrame, after: pd.DataFrame) -> tuple[str, ...]:
    """Fields of which value, low or high was edited, in the order of the table."""
    numbers = ["value", "low", "high"]
    old, new = (frame[numbers].astype(float) for frame in (before, after))
    differs = ((old != new) & ~(old.isna() & new.isna())).any(axis=1).to_numpy()
    return tuple(str(name) for name in after["field"][differs])


def edited(before: pd.DataFrame, after: pd.DataFrame, assumptions: Assumptions) -> Assumptions:
    """The assumptions with the edited values, read from the scale they are shown on; a changed value with its old range becomes confirmed to the point."""
    general = dict(assumptions.general)
    stands = set(assumptions.as_assumed)
    for old, new in zip(before.to_dict("records"), after.to_dict("records"), strict=True):
        numbers = [float("nan") if new[c] is None else float(new[c]) for c in ("value", "low", "high")]
        if all(_same(numbers[k], float(old[c])) for k, c in enumerate(("value", "low", "high"))):
            continue
        value, low, high = numbers
        if _same(low, float(old["low"])) and _same(high, float(old["high"])):
            low = high = value
        name = str(new["field"])
        scale = scale_of(name)
        value, low, high = (
            scale.read(v) if v == v else v for v in (value, *((high, low) if scale.falls else (low, high)))
        )
        general[name] = Assumption(value, low, high, "confirmed")
        stands.discard(name)
    changed = replace(
        assumptions,
        general=general,
        as_assumed=tuple(name for name in assumptions.as_assumed if name in stands),
    )
    read_assumptions(assumptions_toml(changed))
    return changed
