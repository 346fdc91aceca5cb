"""What is set on pages for the valuation of stock: put in force under the name typed, or waiting until one is, each setting for itself."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from analytics.errors import DataError
from analytics.naming.signed import signed_words
from analytics.valuation.policy import DEFAULT_POLICY, StockPolicy, unsigned
from dashboard.parts.frame import data_error, small
from dashboard.state import inputs
from dashboard.state.who import no_longer_waits, under_a_name, waiting_words

__all__ = ["SETTING_WORDS", "policy_now", "set_policy", "set_product_cost", "signed_part"]

#: Said of a setting that waits for a name.
_WAITS = "Not counted yet: it counts once your name is typed on this page."
#: Settings in words.
SETTING_WORDS = {
    "as_of": "day of the stock",
    "ledger": "ledger",
    "ledger_of": "balances by account or family",
    "account_of": "accounts of families",
    "standard": "standard",
    "bucket_days": "buckets of age",
    "age_ladder": "ladder by age",
    "cover_ladder": "ladder by cover",
    "excess_months": "months of excess",
    "dead_months": "months without a sale",
    "one_off": "cost of switching",
    "one_off_of": "cost of switching products",
    "new_months": "months of new products",
    "selling_share": "cost to sell",
    "overrides": "reserves set by hand",
}


def policy_now() -> StockPolicy:
    """What is in force now: a setting further up may have changed it in this very run."""
    return inputs.choice().policy


def set_policy(**wanted: Any) -> bool:
    """Put these settings in force where they are not yet, and say whether any was; what cannot be is said, and what held stays.

    In own files a setting waits until a name is typed; what is put back as assumed or as not stated needs none, and a
    reserve set by hand brings its own.
    """
    changed, before = dict[str, Any](), _waiting()
    for name, value in wanted.items():
        if _same(getattr(policy_now(), name), value):
            no_longer_waits(inputs.choice().source.digest, f"stock/{name}")
        else:
            changed[name] = value
    if not changed:
        _said_above(before)
        return False
    try:
        replace(policy_now(), **changed)
    except DataError as error:
        data_error(error, "These settings cannot be used: the ones before still hold.")
        return False
    done = [_put(name, value) for name, value in changed.items()]
    _said_above(before)
    if not all(done):
        small(_WAITS)
    return any(done)


def _put(name: str, value: Any) -> bool:
    """One setting in force, once a name stands with it; whether it is."""
    source = inputs.choice().source
    key, bare = f"stock/{name}", name == "overrides" or _same(getattr(DEFAULT_POLICY, name), value)
    if bare:
        no_longer_waits(source.digest, key)
    free = bare or bool(source.sample)
    return under_a_name(source.digest, free, key, SETTING_WORDS[name], partial(_value, name, value))


def _waiting() -> str:
    """What waits for a name, in words."""
    return waiting_words(inputs.choice().source.digest)


def _said_above(before: str) -> None:
    """Draw the page anew where what waits for a name is no longer what its top has said in this run."""
    if _waiting() != before:
        st.rerun()


def _value(name: str, value: Any) -> None:
    inputs.value_stock(**{name: value})


def _same(one: Any, other: Any) -> bool:
    """Whether two values of a setting are the same; what is not stated is the same as what is not stated."""
    return bool(one == other) or bool(one != one and other != other)


def set_product_cost(sku: str, typed: float | None) -> None:
    """What switching one product costs once, as `typed` (None: not stated): in force once a name stands with it."""
    source, key, before = inputs.choice().source, f"stock/one_off_of/{sku}", _waiting()
    if typed == policy_now().one_off_of.get(sku):
        no_longer_waits(source.digest, key)
        _said_above(before)
        return
    free = typed is None or bool(source.sample)
    if free:
        no_longer_waits(source.digest, key)
    put = partial(_product_cost, sku, typed)  # each product's waits for itself
    if not under_a_name(source.digest, free, key, SETTING_WORDS["one_off_of"], put):
        _said_above(before)
        small(_WAITS)


def _product_cost(sku: str, cost: float | None) -> None:
    rest = {name: one for name, one in policy_now().one_off_of.items() if name != sku}
    inputs.value_stock(one_off_of=rest if cost is None else {**rest, sku: float(cost)})


def signed_part() -> None:
    """Which settings were made under which name, and on stock of which day; below the last of them, so that none is missing."""
    by: dict[str, list[str]] = {}
    for name, one in policy_now().signed.items():
        by.setdefault(signed_words(*one, "stock"), []).append(SETTING_WORDS[name])
    bare = [SETTING_WORDS[name] for name in unsigned(policy_now())]
    if bare and not inputs.choice().source.sample:
        by["set without a name (type yours above before you set it)"] = bare
    small("; ".join(f"{', '.join(names)}: {who}" for who, names in by.items()))
