"""Assumptions as plain values for JSON and back: the same object, so that a study made again is the same study."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from typing import Any

from analytics.assumptions import FIELDS, Assumption, Assumptions, Signed
from analytics.items import ORIGINS
from analytics.limits import limits_from_table, limits_toml
from analytics.naming.what_ifs import what_ifs_of_table

__all__ = ["assumptions_document", "assumptions_of_document"]


def _stated(table: Mapping[str, Assumption]) -> dict[str, list[Any]]:
    return {
        name: [None if math.isnan(v) else v for v in (a.value, a.low, a.high)]
        + [a.origin, *((a.by, a.data_date) if a.by else ())]
        for name, a in table.items()
    }


def _assumed(table: Any, left: list[str]) -> dict[str, Assumption]:
    out = {}
    for name, row in dict(table).items():
        value, low, high = (math.nan if v is None else float(v) for v in row[:3])
        if name in FIELDS and row[3] in ORIGINS:
            out[str(name)] = Assumption(value, low, high, str(row[3]), *(str(said) for said in row[4:6]))
        else:
            left.append(f"{name} is no assumption of this version")
    return out


def assumptions_document(assumptions: Assumptions) -> dict[str, Any]:
    """Assumptions as plain values: everything that was stated, by whom, with limits and what-ifs."""
    return {
        "general": _stated(assumptions.general),
        "family": {name: _stated(table) for name, table in assumptions.family.items()},
        "product": {name: _stated(table) for name, table in assumptions.product.items()},
        "limits": "\n".join(limits_toml(assumptions.limits)),
        "as_assumed": list(assumptions.as_assumed),
        **({"what_if": {one.name: one.change for one in assumptions.what_if}} if assumptions.what_if else {}),
        **(
            {"signed": {name: list(one) for name, one in assumptions.signed.items()}}
            if assumptions.signed
            else {}
        ),
    }


def assumptions_of_document(document: Any, left: list[str]) -> Assumptions:
    """What `assumptions_document` wrote; what this version does not know any more is added to `left`, in words.

    Raises KeyError, TypeError, ValueError or AttributeError where the document is none.
    """
    nested = [
        {str(name): _assumed(table, left) for name, table in dict(document[level]).items()}
        for level in ("family", "product")
    ]
    limits = limits_from_table(tomllib.loads(str(document["limits"])).get("limits", {}), [])
    as_assumed = tuple(name for name in FIELDS if name in document.get("as_assumed", []))
    signed = {
        str(name): Signed(*(str(said) for said in one))
        for name, one in document.get("signed", {}).items()
        if name in as_assumed
    }
    what_if = what_ifs_of_table(document.get("what_if", {}), [])
    general = _assumed(document["general"], left)
    return Assumptions(general, nested[0], nested[1], limits, as_assumed, signed, what_if)
