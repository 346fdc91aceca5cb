"""A state as a document and back: assumptions, own choices and ways of looking, in JSON with the number of its form."""

from __future__ import annotations

import json
from typing import Any

from analytics.assumptions import FIELDS, Assumptions
from analytics.errors import DataError, Problem
from analytics.naming.what_ifs import what_ifs_of_table
from analytics.strategy.what_if.own_rule import read_rule
from analytics.study_change.stated import assumptions_document, assumptions_of_document
from analytics.valuation.policy import StockPolicy
from dashboard.kept.documents.stock_form import policy_document, policy_of_document
from dashboard.kept.notes import say
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
        **assumptions_document(assumptions),
        **({} if held is None else {"held": assumptions_document(held)}),
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
        assumptions = assumptions_of_document(document, left)
        held = assumptions_of_document(document["held"], left) if document.get("held") else None
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
