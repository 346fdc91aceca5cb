"""A calendar of promotions, past and ahead: told from sales and items by its columns, read with a report of its own, kept beside the sales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath

import numpy as np

from analytics.data.columns.attributes import flags
from analytics.data.files.source import open_source
from analytics.data.files.table import read_table
from analytics.data.history import IntakeReport, Promotions, SalesHistory, joined_promotions
from analytics.data.items.joining import JOIN_OPTION, same_codes
from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.few_columns import days_of, few_columns, usable_rows
from analytics.data.lines.rejections import RowFilter
from analytics.data.values.categorical import product_codes
from analytics.data.values.header_names import SALES_NAMES, normal_name
from analytics.errors import Problem

__all__ = ["is_promotions", "promoted_beside", "read_promotions"]

_NAMES = {
    "sku": SALES_NAMES["sku"],
    "from": "from|start|begin|first day|start date|promotion start|promo start|valid from|von|beginn|ab|date|day|period|week|datum|du|debut|desde|inicio|dal|inizio",
    "flag": SALES_NAMES["promotion"],
    "to": "to|until|end|last day|end date|promotion end|promo end|valid to|valid until|bis|ende|au|fin|hasta|al|fine",
}
_WANTED = {"sku": "a product code", "from": "the first day of the promotion"}
#: a word of the file, or of a column, that says promotion
_SAID = frozenset(SALES_NAMES["promotion"].split("|")) | frozenset(
    "promotions promos aktionen aktionsplan aktionskalender promociones promozioni promocoes promoties acties kampagne kampagnen campaign campaigns".split()
)


def is_promotions(name: str, table: RawTable) -> bool:
    r"""Whether a table is a calendar of promotions: a product and the days it is promoted, said so by the file, its sheet or a column, and no quantity.

    >>> text = b"sku,promo start,promo end\nA,2024-01-08,2024-01-21\n"
    >>> is_promotions("plan.csv", read_table(open_source(text)[0]))
    True
    """
    names = [normal_name(text) for text in table.names]
    known = {role: set(words.split("|")) & set(names) for role, words in _NAMES.items()}
    sold = {role for role in ("quantity", "revenue", "price", "order", "customer") if set(SALES_NAMES[role].split("|")) & set(names)}  # fmt: skip
    if sold or not (known["sku"] and known["from"]):
        return False
    words = set(normal_name(PurePath(name).stem).split())
    said = bool(_SAID & words) or any(set(text.split()) & _SAID for text in names)
    return said or (len(names) == 3 and bool(known["to"]))


def read_promotions(
    source: str | Path | bytes, *, name: str = "", sheet: str | None = None, date_order: str = ""
) -> tuple[Promotions, IntakeReport]:
    r"""A file of promotions with the columns sku, from and to, days included; without `to` each row is one day. And how it was read.

    `date_order` (DMY or MDY) holds where the file's dates do not show theirs. Rows that cannot be used are left out, each with a reason.
    Raises DataError where a column is missing, dates stay in doubt or no row can be used.

    >>> got, report = read_promotions(b"sku,from,to\nA,2024-01-08,2024-01-21\n")
    >>> got.sku.tolist(), got.first.astype(str).tolist(), got.last.astype(str).tolist(), report.rows_used
    (['A'], ['2024-01-08'], ['2024-01-21'], 1)
    """
    piece = open_source(source, name)[0]
    table = read_table(piece, sheet=sheet)
    at = few_columns(table, _NAMES, _WANTED, "the promotions have", "name the columns sku, from and to")
    rows = RowFilter(table)
    sku = product_codes(table.columns[at["sku"]]).texts()
    rows.reject(
        sku == "", "sku_blank", table.names[at["sku"]], "nothing", "a product code", "fill in the code"
    )
    dated = {role: i for role, i in at.items() if role in ("from", "to")}
    day = days_of(table, dated, date_order, "the promotions")
    for role, values in day.items():
        rows.reject(
            np.isnat(values),
            f"{role}_unreadable",
            table.names[at[role]],
            table.columns[at[role]],
            "a date",
            "write it as 2024-05-01",
        )
    last = day.get("to", day["from"])
    rows.reject(
        last < day["from"],
        "ends_before_it_begins",
        table.names[at.get("to", at["from"])],
        table.columns[at.get("to", at["from"])],
        "a day not before the first",
        "exchange the two days",
    )
    if "flag" in at:  # a row for every day, promoted or not
        cells = table.columns[at["flag"]]
        plain = cells.spread(flags(cells.values) == 0.0)
        rows.reject(plain, "not_promoted", table.names[at["flag"]], cells, "a promotion", "nothing to do")
    good, problems, rejected = usable_rows(rows, table, "the promotions", "sku, from and to")
    found = Promotions(sku[good], day["from"][good], last[good])
    read, named = len(table) + len(table.rejected), {role: table.names[i] for role, i in at.items()}
    assumed = () if "to" in at else ("without a last day, each row is a promotion of one day",)
    report = IntakeReport(
        table.name, piece.digest, read, len(good), read - len(good), 0.0, 0.0, float("nan"), 0.0, 0.0, found.first.min(), found.last.max(), "D",
        date_order, table.dialect, named, problems=(*table.problems, *problems), assumed=assumed, rejected=rejected,
    )  # fmt: skip
    return found, report


def promoted_beside(
    history: SalesHistory, plan: Promotions, report: IntakeReport, changes: Sequence[str]
) -> tuple[SalesHistory, IntakeReport]:
    """The history with a calendar of promotions beside its sales, codes joined over `changes` of writing, and how the calendar was read.

    Promotions of products never sold are left out and said; so is it where none of them is ahead, or none in the past.
    """
    codes = np.array(sorted({str(sku) for sku in plan.sku}), object)
    known = same_codes(codes, history.skus, changes)
    sku = np.array([known.get(str(one), str(one)) for one in plan.sku], object)
    sold = {str(one) for one in history.skus}
    kept = np.array([str(one) in sold for one in sku], np.bool_)
    told: list[Problem] = []
    if not kept.all():
        unsold = sorted({str(one) for one in sku[~kept]})
        words = f"promotions of {len(unsold):,} of {len(codes):,} products are of none that is sold: they are left out"
        remedy = f"nothing to do, or write their codes as in the sales ({JOIN_OPTION})"
        found = ", ".join(unsold[:4]) + (", ..." if len(unsold) > 4 else "")
        told.append(Problem("promotions_unsold", words, remedy, found=found, count=int((~kept).sum())))
    before = [] if history.promotions is None else [history.promotions]
    both = joined_promotions([*before, Promotions(sku[kept], plan.first[kept], plan.last[kept])])
    report = replace(report, problems=(*report.problems, *told))
    return replace(history, promotions=both), report
