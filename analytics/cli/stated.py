"""How stock is valued, as the command line says: a file of settings, balances, accounts and the name that stands with them."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

from analytics.cli.given import file_at, pairs_of
from analytics.errors import DataError, Problem

if TYPE_CHECKING:
    from analytics.valuation.policy import StockPolicy

__all__ = ["stock_policy"]


def stock_policy(arguments: argparse.Namespace, registered: StockPolicy | None = None) -> StockPolicy:
    """How stock is valued, as the command line says: the file of --policy, and before it what the line itself states.

    Where neither says anything it is as `registered` (None: as assumed). What is stated carries the name of --by. Raises
    DataError where the file cannot be read, or an amount cannot be.
    """
    from dataclasses import replace

    import numpy as np

    from analytics.assumptions import Signed
    from analytics.study_stock.policy_file import read_policy
    from analytics.valuation.policy import DEFAULT_POLICY

    base, by = registered or DEFAULT_POLICY, arguments.by.strip()
    if arguments.policy:
        base = read_policy(file_at(arguments.policy).read_bytes(), by, base)
    balances, accounts = pairs_of("ledger-of", arguments.ledger_of), pairs_of("account", arguments.account)
    told = {
        "as_of": None if arguments.as_of is None else np.datetime64(arguments.as_of.isoformat(), "D"),
        "ledger": arguments.ledger,
        "standard": arguments.standard,
        "one_off": arguments.one_off,
        "ledger_of": {**base.ledger_of, **_amounts(balances)} if balances else None,
        "account_of": {**base.account_of, **accounts} if accounts else None,
    }
    said = {name: value for name, value in told.items() if value is not None}
    signed = dict.fromkeys(said, Signed(by, "")) if by else {}
    kept = {name: one for name, one in base.signed.items() if name not in said}
    return replace(base, **said, signed={**kept, **signed})


def _amounts(balances: dict[str, str]) -> dict[str, float]:
    """Amounts of NAME=AMOUNT. Raises DataError for one that is none."""
    out = {}
    for name, text in balances.items():
        try:
            out[name] = float(text.replace("_", ""))
        except ValueError:
            out[name] = math.nan
        if not math.isfinite(out[name]):
            words = f"--ledger-of {name}={text} is not an amount"
            remedy = "write it such as --ledger-of 1400=250000.00"
            raise DataError(Problem("ledger-of", words, remedy, found=text, expected="an amount"))
    return out
