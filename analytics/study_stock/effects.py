"""What each value of the register moves in money: an assumption the gain, a setting of stock the reserve, the excess or the difference to the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import ITEM_FIELDS
from analytics.strategy.what_if.gain_sensitivity import gain_changes
from analytics.study_doubt import Unknowns
from analytics.valuation.excess import DEAD
from analytics.valuation.policy import StockPolicy
from analytics.valuation.valued import ValuedStock
from analytics.writeup.register_stated import named

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["assumption_effects", "moved_by_field", "stated_effects", "stock_effects"]

#: By field of the table of assumptions, money of every product (products,).
Moved = Mapping[str, NDArray[np.float64]]

_GAIN = "gain a year, from low to high"
#: Why a row has no number, where it has none.
_NO_WORDS = "not a number: words, a day or a choice, without a range"
_UNKNOWN = "not a number: unknown, and nothing is put in its place"
_ENDS = "not measured: its ends are tried product by product where they could turn one (products_turned)"
_OF_A_FACT = "not measured: a range found in the files, whose ends are not played"
_NONE_STATED = (float("nan"), "not a number: nothing is stated")
_A_CLASS = (float("nan"), "not a number: a name of the ledger")
_TRIED = "whether an end turns a product is tried (products_turned)"
_WHY_NOT = {
    "gain_error": "not a number: it widens the range of the gain and moves none",
    "quote_days": "not measured: its ends are those of lead times and queue, whose rows say what turns",
    "queue_days": f"not measured: it moves the quote to order alone; {_TRIED}",
    "assembly_days": f"not measured: it moves the quote of what is assembled alone; {_TRIED}",
    "excess_cover_weeks": f"not measured: from when stock is cleared, not what that costs; {_TRIED}",
}


def moved_by_field(study: Study, known: Unknowns) -> Moved:
    """What the range of each field in doubt moves: gain a year at its high end less that at its low end, money, (products,) by field.

    Source: `gain_changes`.
    """
    changes = gain_changes(study.comparison, study.recommendation, study.items, known.ends, known.played)
    return {field: above - below for field, (below, above) in changes.items()}


def assumption_effects(
    study: Study, moved: Moved, assumed: pd.DataFrame
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """What the range of each value of assumptions.csv (`assumed`) moves: money, and of what, each (rows,).

    effect = gain at the high end of the range - gain at the low end (`moved_by_field`), of the product of the row or of all;
    the rows of a field add up to what the field moves. 0 where nothing is in doubt, so of facts of the files too; NaN where
    a range is not measured, a value is unknown or is no number: then the words say which.
    """
    at = pd.Index(study.items.skus.astype(str)).get_indexer(assumed["sku"].astype(str))
    doubted = assumed["high"].to_numpy(np.float64) > assumed["low"].to_numpy(np.float64)
    silent = np.array([text == "" for text in assumed["value"].astype(str)], bool)
    money, words = np.full(len(assumed), np.nan), np.full(len(assumed), "", object)
    codes, fields = pd.factorize(assumed["field"])
    for k, field in enumerate(fields):
        rows = np.flatnonzero(codes == k)
        if field in moved:
            every, each = float(moved[field].sum()), at[rows]
            money[rows], words[rows] = np.where(each >= 0, moved[field][each], every), _GAIN
        elif field not in FIELDS and (field not in ITEM_FIELDS or ITEM_FIELDS[field].kind != "number"):
            words[rows] = _NO_WORDS
        else:
            money[rows] = np.where(doubted[rows] | silent[rows], np.nan, 0.0)
            words[rows] = np.where(doubted[rows], _ends_of(field), np.where(silent[rows], _UNKNOWN, _GAIN))
    return money, words


def _ends_of(field: str) -> str:
    """Why what a field in doubt moves is not in `moved_by_field`."""
    return _WHY_NOT.get(field, _ENDS if field in FIELDS else _OF_A_FACT)


def stated_effects(study: Study, moved: Moved) -> dict[str, tuple[float, str]]:
    """What each statement of assumptions moves, by the id of its row in the register: as `assumption_effects`, of the products that it speaks of."""
    stated, items = study.assumptions, study.items
    skus, family = items.skus.astype(str), items["family"].astype(str)
    every = np.ones(len(skus), bool)

    def over(field: str, rows: NDArray[np.bool_]) -> tuple[float, str]:
        if not rows.any():
            return float("nan"), "not a number: no product of these files has it"
        if field in moved:
            return float(moved[field][rows].sum()), _GAIN
        low, high = items.range(field)
        return (float("nan"), _ends_of(field)) if (high > low)[rows].any() else (0.0, _GAIN)

    out = {named("stated", "general", name): over(name, every) for name in stated.general}
    out |= {named("stated", "as_assumed", name): over(name, every) for name in stated.as_assumed}
    for kind, nested, of in (("family", stated.family, family), ("product", stated.product, skus)):
        for key, ones in nested.items():
            out |= {named("stated", kind, key, name): over(name, of == key) for name in ones}
    return out


def stock_effects(valued: ValuedStock, of_file: ValuedStock) -> dict[str, tuple[float, str]]:
    """What each setting of stock moves, by the id of its row in the register: money, and of what. `of_file` is the stock on the day of its files.

    A ladder, a cost to sell or a limit of age of products: the reserve less what it is without it; the standard: less
    what it is under IFRS; months of excess or without a sale: the stock that they call excess or dead; a reserve set by
    hand: less what the rules ask for; the day: the reserve less what it is on that of the files. NaN where nothing is stated
    and where a setting is a name: the words say which.
    """
    policy, total = valued.policy, valued.reserve_total

    def without(words: str, **changes: Any) -> tuple[float, str]:
        changed: StockPolicy = replace(policy, **changes)
        return (0.0 if changed == policy else total - valued.under(changed).reserve_total), words

    stock = valued.stock
    dead = float(np.nansum(np.where(valued.status == DEAD, stock.book_value, 0.0)))
    tie = valued.tie
    found = {
        "as_of": (total - of_file.reserve_total, "reserve, against the day of the files"),
        "standard": without("reserve, against IFRS", standard="ifrs"),
        "bucket_days": (0.0, "the balance"),
        "age_ladder": without("reserve, against no ladder by age", age_ladder=()),
        "cover_ladder": without("reserve, against no ladder by cover", cover_ladder=()),
        "excess_months": (stock.slow, "stock called excess"),
        "dead_months": (dead, "stock called dead"),
        "new_months": without("reserve, against judging new products too", new_months=0.0),
        "selling_share": without("reserve, against no cost to sell", selling_share=0.0),
        "ledger": _NONE_STATED if tie is None else (tie.difference, "difference to the ledger"),
        "one_off": _NONE_STATED if np.isnan(policy.one_off) else (-policy.one_off, "cash of the first year"),
    }
    out = {named("stock", name): one for name, one in found.items()}
    once = "cash of the first year"
    out |= {named("stock", "one_off_of", sku): (-cost, once) for sku, cost in policy.one_off_of.items()}
    out |= {named("stock", "account_of", name): _A_CLASS for name in policy.account_of}
    for one in valued.ties_of_classes if policy.ledger_of else ():
        if one.name in policy.ledger_of:
            out[named("stock", "ledger_of", one.name)] = one.difference, "difference to the ledger"
    asked = valued.under(replace(policy, overrides={})).reserve
    for i, sku in enumerate(stock.skus):
        if sku in policy.overrides:
            moved = float(valued.reserve[i] - asked[i])
            out[named("stock", "override", str(sku))] = moved, "reserve, against the rules"
    return out
