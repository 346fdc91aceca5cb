"""How stock is valued as a document and back: what differs from what is assumed, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from analytics.assumptions import Signed
from analytics.errors import DataError
from analytics.valuation.policy import DEFAULT_POLICY, Override, StockPolicy

__all__ = ["policy_document", "policy_of_document"]

_AMOUNTS = ("ledger", "excess_months", "dead_months", "new_months", "selling_share", "one_off")
_LADDERS = ("age_ladder", "cover_ladder")
_BY_NAME = ("one_off_of", "ledger_of")


def policy_document(policy: StockPolicy) -> dict[str, Any]:
    """What is written of a policy; empty where all of it is as assumed.

    >>> policy_document(StockPolicy(ledger=5.0, standard="hgb")), policy_document(DEFAULT_POLICY)
    ({'ledger': 5.0, 'standard': 'hgb'}, {})
    """
    out: dict[str, Any] = {}
    if not np.isnat(policy.as_of):
        out["as_of"] = str(policy.as_of.astype("datetime64[D]"))
    for name in _AMOUNTS:
        value, usual = float(getattr(policy, name)), float(getattr(DEFAULT_POLICY, name))
        if value != usual and not np.isnan([value, usual]).all():
            out[name] = value
    if policy.standard != DEFAULT_POLICY.standard:
        out["standard"] = policy.standard
    if policy.bucket_days != DEFAULT_POLICY.bucket_days:
        out["bucket_days"] = list(policy.bucket_days)
    for name in _LADDERS:
        if (ladder := getattr(policy, name)) != getattr(DEFAULT_POLICY, name):
            out[name] = [list(step) for step in ladder]
    if policy.account_of:
        out["account_of"] = dict(policy.account_of)
    for name in _BY_NAME:
        if amounts := getattr(policy, name):
            out[name] = dict(amounts)
    if policy.signed:
        out["signed"] = {name: list(one) for name, one in policy.signed.items()}
    if policy.overrides:
        out["overrides"] = {sku: list(one) for sku, one in policy.overrides.items()}
    return out


def policy_of_document(document: Mapping[str, Any]) -> StockPolicy:
    """The policy that was written. Raises ValueError where it cannot be one.

    >>> policy_of_document(policy_document(StockPolicy(cover_ladder=((6.0, 0.5),), ledger_of={"Bikes": 2.0}))).cover_ladder
    ((6.0, 0.5),)
    """
    if not document:
        return DEFAULT_POLICY
    read: dict[str, Callable[[Any], Any]] = {
        "as_of": lambda day: np.datetime64(str(day), "D"),
        "standard": str,
        "signed": lambda ones: {
            str(name): Signed(*(str(said) for said in one)) for name, one in ones.items()
        },
        "bucket_days": lambda days: tuple(float(day) for day in days),
        "overrides": lambda ones: {
            str(sku): Override(float(one[0]), *(str(said) for said in one[1:])) for sku, one in ones.items()
        },
        "account_of": lambda ones: {str(name): str(one) for name, one in ones.items()},
        **dict.fromkeys(_AMOUNTS, float),
        **dict.fromkeys(_LADDERS, lambda steps: tuple((float(a), float(b)) for a, b in steps)),
        **dict.fromkeys(_BY_NAME, lambda ones: {str(name): float(one) for name, one in ones.items()}),
    }
    try:
        return StockPolicy(**{name: read[name](document[name]) for name in read if name in document})
    except DataError as error:
        raise ValueError(f"it values stock in no way that can be: {error}") from None
