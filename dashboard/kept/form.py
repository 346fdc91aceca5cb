"""A state as a document and back: assumptions, own choices and ways of looking, in JSON with the number of its form."""

from __future__ import annotations

import json
import math
import tomllib
from typing import Any

from analytics.assumptions import FIELDS, Assumption, Assumptions, Signed
from analytics.errors import DataError, Problem
from analytics.items import ORIGINS
from analytics.limits import limits_from_table, limits_toml
from analytics.naming.what_ifs import what_ifs_of_table
from analytics.strategy.what_if.own_rule import read_rule
from analytics.valuation.policy import StockPolicy
from dashboard.kept.notes import say
from dashboard.kept.stock_form import policy_document, policy_of_document
from dashboard.results.facts import Override

__all__ = ["FORM", "State", "document_of", "read_state", "state_of", "text_of"]

#: answers, currency, own choices, names hidden, layers of cleaning, products forecast by ETS as well, levers, assumptions at which service is held,
#: how stock is valued, a rule of one's own
State = tuple[
    Assumptions,
    str,
    tuple[Override, ...],
    bool,
    tuple[str, ...] | None,
    int,
    tuple[tuple[str, float], ...],
    Assumptions | None,
    StockPolicy,
    str,
]
#: Rises when a document gets another meaning; `state_of` reads all forms up to this one. 0: without a number, up to version 0.8.
FORM = 1


def _stated(table: dict[str, Assumption]) -> dict[str, list[Any]]:
    return {
        name: [None if math.isnan(v) else v for v in (a.value, a.low, a.high)]
        + [a.origin, *((a.by, a.data_date) if a.by else ())]
        for name, a in sorted(table.items())
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


def _assumptions_document(assumptions: Assumptions) -> dict[str, Any]:
    return {
        "general": _stated(dict(assumptions.general)),
        "family": {name: _stated(dict(table)) for name, table in assumptions.family.items()},
        "product": {name: _stated(dict(table)) for name, table in assumptions.product.items()},
        "limits": "\n".join(limits_toml(assumptions.limits)),
        "as_assumed": list(assumptions.as_assumed),
        **({"what_if": {one.name: one.change for one in assumptions.what_if}} if assumptions.what_if else {}),
        **(
            {"signed": {name: list(one) for name, one in assumptions.signed.items()}}
            if assumptions.signed
            else {}
        ),
    }


def _assumptions_of(document: Any, left: list[str]) -> Assumptions:
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


def _rule_of(text: Any, left: list[str]) -> str:
    """A kept rule of one's own, where this version understands it."""
    if not text:
        return ""
    try:
        return read_rule(str(text)).text
    except DataError:
        left.append(f"{str(text)[:200]} is no rule of this version")
        return ""


def _may_move(name: str, value: Any) -> bool:
    """Whether a kept lever is a what-if of this version."""
    faults: list[Problem] = []
    return bool(
        name.startswith("what_if/")
        and (what_ifs_of_table({name.removeprefix("what_if/"): value}, faults) or not faults)
    )


def document_of(one: State) -> dict[str, Any]:
    """What is written of a state."""
    assumptions, currency, overrides, anonymous, cleaning, ets, levers, held, policy, rule = one
    stock = policy_document(policy)
    return {
        "form": FORM,
        **_assumptions_document(assumptions),
        **({} if held is None else {"held": _assumptions_document(held)}),
        **({"stock": stock} if stock else {}),
        **({"rule": rule} if rule else {}),
        "currency": currency,
        "own": [[o.sku, o.strategy, o.note, *((o.by, o.data_date) if o.by else ())] for o in overrides],
        "anonymous": anonymous,
        "cleaning": None if cleaning is None else list(cleaning),
        "ets": ets,
        "levers": [[name, value] for name, value in levers],
    }


def text_of(one: State) -> str:
    """The document as text: the same for the same state."""
    return json.dumps(document_of(one), sort_keys=True)


def state_of(document: Any) -> tuple[State, list[str]]:
    """The state that was written, and what of it this version does not know any more, in words.

    Raises ValueError where the document is none, or of a newer form.
    """
    left: list[str] = []
    try:
        if int(document.get("form", 0)) > FORM:
            raise ValueError("it was written by a newer version of this program")
        overrides = tuple(
            Override(str(sku), str(way), str(note), *(str(said) for said in who[:2]))
            for sku, way, note, *who in document["own"]
        )
        cleaning = (
            None if document["cleaning"] is None else tuple(str(layer) for layer in document["cleaning"])
        )
        assumptions = _assumptions_of(document, left)
        held = _assumptions_of(document["held"], left) if document.get("held") else None
        levers = tuple(
            (str(name), float(value))
            for name, value in document.get("levers", [])
            if name in FIELDS or _may_move(str(name), value)
        )
        ets = max(int(document.get("ets", 0)), 0)
        state = (
            assumptions,
            str(document["currency"])[:8],
            overrides,
            bool(document["anonymous"]),
            cleaning,
            ets,
            levers,
            held,
            policy_of_document(document.get("stock", {})),
            _rule_of(document.get("rule", ""), left),
        )
    except (KeyError, TypeError, IndexError, AttributeError, OverflowError) as problem:
        raise ValueError(f"it is no state: {problem}") from None
    return state, left


def read_state(text: str) -> State | None:
    """A kept state; None where this version cannot use it. What cannot be used is told, and stays kept."""
    try:
        found, left = state_of(json.loads(text))
    except (ValueError, RecursionError) as problem:
        say(f"something kept cannot be used by this version ({problem}); it is still kept")
        return None
    for words in left:
        say(f"of what was kept, {words}: it is left out")
    return found
