"""Receipts of goods as a file or a sheet of their own: told from sales by name and columns, read like sales, kept beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import numpy as np

from analytics.data.columns.column_roles import map_sales_columns
from analytics.data.history import IntakeReport, SalesHistory
from analytics.data.items.joining import JOIN_OPTION, same_codes
from analytics.data.kept_apart import receipts_of, with_receipts
from analytics.data.layout.raw_table import RawTable
from analytics.data.meaning.ledger import says_direction
from analytics.data.sales import read_sales
from analytics.data.values.header_names import normal_name
from analytics.data.values.vocabulary import spoken
from analytics.errors import DataError, Problem

__all__ = ["is_receipts", "read_receipts", "received"]

#: what only sales say of a line
_OF_SALES = frozenset(
    {"customer", "channel", "promised", "revenue", "price", "discount", "discount_pct", "promotion"}
)
#: what is said of sales from which little can be forecast, or of a record of sales with a hole in it: no word about receipts
_OF_FORECASTS = frozenset({"one_sku", "one_row", "gap", "partial_last_period", "channel_ends_early"})
#: what is said of sales and means something else of receipts: words and remedy
_OF_RECEIPTS = {
    "free_lines": (
        "receipts with a value of zero: their units came in, what they cost is not known from them",
        "write what was paid for them if that is wrong",
    ),
    "returns": (
        "receipts with units below zero: they went back and are taken off what came in",
        "nothing to do",
    ),
}
#: what makes "receipts" those of a till
_TILL = frozenset("sales sale customer customers cash till pos card kassen payment payments".split())


def is_receipts(name: str, table: RawTable) -> bool:
    """Whether a table that could be sales is goods received: the name of its file or sheet says so, or that of its quantity, and nothing in it is of customers."""
    roles = map_sales_columns(table.names, table.columns, None, by_content=False).role
    came = [k for k, other in enumerate(table.names) if says_direction(other) == "in"]
    if _OF_SALES & set(roles) or not {"sku", "date"} <= set(roles) or not ("quantity" in roles or came):
        return False
    if any({"issue", "sale"} & spoken(other) for other in table.names):
        return False
    words = [word for word in normal_name(PurePath(name).stem).split() if len(word) > 2]
    said = spoken(" ".join(words)) if words and not _TILL & set(words) else frozenset()
    named = "receipt" in said and not {"sale", "issue", "return"} & said
    return named or roles.get("quantity", came[0] if came else -1) in came


def read_receipts(
    sources: Sequence[Any],
    names: Sequence[str],
    sheets: Sequence[Any],
    options: Mapping[str, Any],
    order: str,
) -> SalesHistory:
    """A file of receipts, or several, read like sales: date, product and quantity. Where its dates do not decide their order, that of the sales (`order`) holds.

    A column that says that every row is a receipt says nothing more than the file does. Raises DataError with the file named.
    """
    told = {name: options.get(name) for name in ("date_order", "decimal")} | {
        "encoding": options.get("encoding") or ""
    }

    def read(**further: Any) -> SalesHistory:
        return read_sales(list(sources), name=list(names), sheet=list(sheets), **{**told, **further})

    try:
        return read()
    except DataError as error:
        refused = error
    codes = {p.code for p in refused.problems}
    further: dict[str, Any] = {}
    if codes == {"date_order"} and order in ("DMY", "MDY"):
        further["date_order"] = order
    elif refused.meanings and all(
        m.treatment == "receipt" or "receipt" in spoken(m.value) for m in refused.meanings
    ):
        treatments: dict[str, dict[str, str]] = {}
        for one in refused.meanings:
            treatments.setdefault(one.column, {})[one.value] = "count"
        further["treatments"] = treatments
    try:
        if further:
            return read(**further)
    except DataError as error:
        refused = error
    said = [
        replace(p, message=f"receipts {', '.join(names)}: {p.message}", remedy=_remedy(p))
        for p in refused.problems
    ]
    raise DataError(said, refused.meanings) from None


def _remedy(problem: Problem) -> str:
    """What to do about a problem of receipts: their columns cannot be named by an option, that is for sales."""
    if problem.code in ("missing_column", "mapping", "ambiguous_column"):
        return "name the columns date, sku and quantity in the file of receipts"
    return problem.remedy


def _of_receipts(problem: Problem) -> Problem:
    """What was said of lines as of sales, in the words of receipts."""
    message, remedy = _OF_RECEIPTS.get(problem.code, (problem.message, problem.remedy))
    return replace(problem, message=message, remedy=remedy)


def received(
    history: SalesHistory, came: SalesHistory, changes: Sequence[str]
) -> tuple[SalesHistory, IntakeReport]:
    """The history with the receipts of another file beside its sales, codes joined over `changes` of writing, and how the receipts were read.

    Receipts of products never sold are kept and said.
    """
    lines = receipts_of(came)
    codes = np.array(sorted({str(sku) for sku in lines["sku"]}), object)
    known = same_codes(codes, history.skus, changes)
    lines = lines.assign(sku=[known.get(str(sku), str(sku)) for sku in lines["sku"]])
    unsold = sorted({known.get(code, code) for code in codes} - {str(sku) for sku in history.skus})
    # what is said of too little to forecast concerns sales alone
    own = tuple(_of_receipts(p) for p in came.report.problems if p.code not in _OF_FORECASTS)
    columns = {"value" if role == "revenue" else role: name for role, name in came.report.mapping.items()}
    report = replace(came.report, problems=own, mapping=columns)
    if unsold:
        words = f"receipts of {len(unsold):,} of {len(codes):,} products are of none that is sold"
        remedy = f"nothing to do, or write their codes as in the sales ({JOIN_OPTION})"
        found = ", ".join(unsold[:4]) + (", ..." if len(unsold) > 4 else "")
        problem = Problem("receipts_unsold", words, remedy, found=found, count=len(unsold))
        report = replace(report, problems=(*report.problems, problem))
    return with_receipts(history, lines), report
