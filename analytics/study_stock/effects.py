"""What each value of the register moves in money: an assumption the gain, a setting of stock the reserve, the excess or the difference to the ledger."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.strategy.what_if.gain_sensitivity import gain_changes
from analytics.study_doubt import Unknowns
from analytics.valuation.excess import DEAD
from analytics.valuation.policy import StockPolicy
from analytics.valuation.valued import ValuedStock
from analytics.writeup.register_stated import named

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["assumption_effects", "stock_effects"]

_GAIN = "gain a year, from low to high"
_NOT_MEASURED = (float("nan"), "not measured")


def assumption_effects(
    study: Study, known: Unknowns, assumed: pd.DataFrame
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """What the range of each value of assumptions.csv (`assumed`) moves: money, and of what, each (rows,).

    effect = gain at the high end of the range - gain at the low end, of the product of the row or of all; the rows of a
    field add up to what the field moves. 0 where nothing is in doubt; NaN where a range is not measured. Facts of the
    files that are no assumption have none. Source: `gain_changes`.
    """
    changes = gain_changes(study.comparison, study.recommendation, study.items, known.ends, known.played)
    moved = {field: above - below for field, (below, above) in changes.items()}
    at = pd.Index(study.items.skus.astype(str)).get_indexer(assumed["sku"].astype(str))
    doubted = assumed["high"].to_numpy(np.float64) > assumed["low"].to_numpy(np.float64)
    money, words = np.full(len(assumed), np.nan), np.full(len(assumed), "", object)
    codes, fields = pd.factorize(assumed["field"])
    for k, field in enumerate(fields):
        rows = np.flatnonzero(codes == k)
        if field in moved:
            every, each = float(moved[field].sum()), at[rows]
            money[rows], words[rows] = np.where(each >= 0, moved[field][each], every), _GAIN
        elif field in FIELDS:
            open_, words[rows] = doubted[rows], _GAIN
            money[rows[~open_]], words[rows[open_]] = 0.0, _NOT_MEASURED[1]
    return money, words


def stock_effects(valued: ValuedStock) -> dict[str, tuple[float, str]]:
    """What each setting of stock moves, by the id of its row in the register: money, and of what.

    A ladder, a cost to sell or a limit of age of products: the reserve less what it is without it; the standard: less
    what it is under IFRS; months of excess or without a sale: the stock that they call excess or dead; a reserve set by
    hand: less what the rules ask for. NaN where nothing is stated.
    """
    policy, total = valued.policy, valued.reserve_total

    def without(words: str, **changes: Any) -> tuple[float, str]:
        changed: StockPolicy = replace(policy, **changes)
        return (0.0 if changed == policy else total - valued.under(changed).reserve_total), words

    stock = valued.stock
    dead = float(np.nansum(np.where(valued.status == DEAD, stock.book_value, 0.0)))
    tie = valued.tie
    found = {
        "as_of": _NOT_MEASURED,
        "standard": without("reserve, against IFRS", standard="ifrs"),
        "bucket_days": (0.0, "the balance"),
        "age_ladder": without("reserve, against no ladder by age", age_ladder=()),
        "cover_ladder": without("reserve, against no ladder by cover", cover_ladder=()),
        "excess_months": (stock.slow, "stock called excess"),
        "dead_months": (dead, "stock called dead"),
        "new_months": without("reserve, against judging new products too", new_months=0.0),
        "selling_share": without("reserve, against no cost to sell", selling_share=0.0),
        "ledger": (float("nan") if tie is None else tie.difference, "difference to the ledger"),
        "one_off": (-policy.one_off, "cash of the first year"),
    }
    out = {named("stock", name): one for name, one in found.items()}
    asked = valued.under(replace(policy, overrides={})).reserve
    for i, sku in enumerate(stock.skus):
        if sku in policy.overrides:
            moved = float(valued.reserve[i] - asked[i])
            out[named("stock", "override", str(sku))] = moved, "reserve, against the rules"
    return out
