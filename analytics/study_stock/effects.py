"""What each value of the register moves in money: an assumption the gain, a setting of stock the reserve, the excess or the difference to the ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import ITEM_FIELDS
from analytics.strategy.flips.flip_points import MOST_SEARCHED
from analytics.strategy.what_if.gain_sensitivity import gain_changes
from analytics.study_doubt import Unknowns
from analytics.study_stock.range_ends import gain_at_ends
from analytics.valuation.excess import DEAD
from analytics.valuation.policy import StockPolicy
from analytics.valuation.valued import ValuedStock
from analytics.writeup.register_stated import named

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["MovedByField", "assumption_effects", "moved_by_field", "stated_effects", "stock_effects"]

#: By field of the table of assumptions, money of every product (products,).
Moved = Mapping[str, NDArray[np.float64]]

_GAIN = "gain a year, from low to high"
#: Why a row has no number, where it has none.
_NO_WORDS = "not a number: words, a day or a choice, without a range"
_UNKNOWN = "not a number: unknown, and nothing is put in its place"
_OF_A_FACT = "not measured: a range found in the files, whose ends are not played"
_NONE_STATED = (float("nan"), "not a number: nothing is stated")
_A_CLASS = (float("nan"), "not a number: a name of the ledger")
_ERROR = "not a number: it widens the range of the gain and moves none"


def _left_out(left: int) -> str:
    """What is not measured of a field of which so many products are not played."""
    whose = "1 product" if left == 1 else f"{left:,} products"
    return f"not measured of {whose}: played of the {MOST_SEARCHED} with the largest perfect year"


class MovedByField(NamedTuple):
    """By field, what its range moves: gain a year at its high end less that at its low end, money, (products,); NaN where it is not measured."""

    moved: Moved

    def of(self, field: str, rows: NDArray[np.bool_] | NDArray[np.intp]) -> tuple[float, str]:
        """Money that the range moves over the products at `rows`, a mask or positions, and the words for it: of those that are measured, said where not all are."""
        each = self.moved[field][rows]
        left = int(np.isnan(each).sum())
        money = float(np.nansum(each)) if left < len(each) else float("nan")
        return money, _GAIN if not left else f"{_GAIN}; {_left_out(left)}"


def moved_by_field(study: Study, known: Unknowns, fields: Collection[str]) -> MovedByField:
    """What the range of each field in doubt moves; of `fields` those that neither prices nor drawn values tell are played at both ends.

    Source: `gain_changes`, `gain_at_ends`.
    """
    changes = gain_changes(study.comparison, study.recommendation, study.items, known.ends, known.played)
    moved = {field: above - below for field, (below, above) in changes.items()}
    ends = gain_at_ends(study, [field for field in fields if field not in moved and field not in known.ends])
    return MovedByField(moved | {field: one.moved for field, one in ends.items()})


def assumption_effects(
    study: Study, by_field: MovedByField, assumed: pd.DataFrame
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """What the range of each value of assumptions.csv (`assumed`) moves: money, and of what, each (rows,).

    effect = gain at the high end of the range - gain at the low end (`moved_by_field`), of the product of the row or of all;
    the rows of a field add up to what the field moves. 0 where nothing is in doubt, so of facts of the files too; NaN where
    a range is not measured, a value is unknown or is no number: then the words say which. Where only some products of a row of
    all are measured, the words say of how many.
    """
    at = pd.Index(study.items.skus.astype(str)).get_indexer(assumed["sku"].astype(str))
    doubted = assumed["high"].to_numpy(np.float64) > assumed["low"].to_numpy(np.float64)
    silent = np.array([text == "" for text in assumed["value"].astype(str)], bool)
    money, words = np.full(len(assumed), np.nan), np.full(len(assumed), "", object)
    codes, fields = pd.factorize(assumed["field"])
    for k, field in enumerate(fields):
        rows = np.flatnonzero(codes == k)
        if field in by_field.moved:
            (every, said), each = by_field.of(field, np.ones(len(study.items), bool)), at[rows]
            own = by_field.moved[field][each]
            money[rows] = np.where(each >= 0, own, every)
            words[rows] = np.where(each < 0, said, np.where(np.isnan(own), _left_out(1), _GAIN))
        elif field not in FIELDS and (field not in ITEM_FIELDS or ITEM_FIELDS[field].kind != "number"):
            words[rows] = _NO_WORDS
        else:
            money[rows] = np.where(doubted[rows] | silent[rows], np.nan, 0.0)
            words[rows] = np.where(doubted[rows], _ends_of(field), np.where(silent[rows], _UNKNOWN, _GAIN))
    return money, words


def _ends_of(field: str) -> str:
    """Why what a field in doubt moves is not in `moved_by_field`."""
    return _ERROR if field == "gain_error" else _OF_A_FACT


def stated_effects(study: Study, by_field: MovedByField) -> dict[str, tuple[float, str]]:
    """What each statement of assumptions moves, by the id of its row in the register: as `assumption_effects`, of the products that it speaks of."""
    stated, items = study.assumptions, study.items
    skus, family = items.skus.astype(str), items["family"].astype(str)
    every = np.ones(len(skus), bool)

    def over(field: str, rows: NDArray[np.bool_]) -> tuple[float, str]:
        if not rows.any():
            return float("nan"), "not a number: no product of these files has it"
        if field in by_field.moved:
            return by_field.of(field, rows)
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
