"""`stock-or-order check`: read files and say what was used and rejected."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.cli.beside import rejected_beside, reports_beside
from analytics.cli.given import (
    folder_at,
    read_given,
    reading_process,
)
from analytics.cli.terminal import tell
from analytics.naming.labels import total_text

if TYPE_CHECKING:
    import pandas as pd

    from analytics.data.history import IntakeReport
    from analytics.data.items.stock_totals import StockTotals
    from analytics.data.uploads import Reading

__all__ = ["run"]

#: What the report of a file beside the sales is called in the document.
_BLOCKS = {
    "items": "items",
    "stock": "stock_file",
    "receipts": "receipts_file",
    "promotions": "promotions_file",
}
#: so many values of a column are printed; all stand in the JSON
_MOST_VALUES = 60


def _check_words(report: dict[str, Any]) -> str:
    """What was read, in a few lines for a person."""
    lines = [
        f"{report['rows_used']:,} of {report['rows_read']:,} rows used, {report['rows_rejected']:,} rejected",
        f"{total_text(report['units_used'])} units"
        + (
            f", revenue {report['revenue_used']:,.2f}"
            if report["revenue_used"] is not None
            else ", no column of revenue or price found"
        ),
        f"{report['skus']:,} products, {report['first_date']} to {report['last_date']}",
        "columns: " + ", ".join(f"{role} = {column}" for role, column in report["mapping"].items()),
        *(text for text in report["assumed"] if text.startswith("columns not used")),
    ]
    return "\n".join([*lines, *_meaning_lines(report), *_problem_lines(report)])


def _meaning_lines(report: dict[str, Any]) -> list[str]:
    """What every value of a column that says what a row is was taken for."""
    lines: list[str] = []
    left: dict[str, int] = {}
    for one in report["meanings"]:
        column = one["column"] or one["role"]
        left[column] = left.get(column, 0) + 1
        if left[column] <= _MOST_VALUES:
            stake = f"{one['rows']:,} rows, {total_text(one['units'])} units"
            lines.append(f"{column}: {one['value']!r} = {one['treatment']} ({stake}; {one['words']})")
    more = {column: n - _MOST_VALUES for column, n in left.items() if n > _MOST_VALUES}
    return lines + [f"{column}: {n:,} further values, listed by --json" for column, n in more.items()]


def _problem_lines(report: dict[str, Any]) -> list[str]:
    """Each kind of problem of a file in a line."""
    lines = []
    for problem in report["problems"]:
        where = f" (first in row {problem['first_row']})" if problem["first_row"] is not None else ""
        count = (
            f"{problem['count']:,} x "
            if problem["count"] > 1 and not problem["message"][:1].isdigit()
            else ""
        )
        lines.append(f"- {count}{problem['message']}{where}: {problem['remedy']}")
    return lines


def _beside_words(kind: str, report: IntakeReport, given: Reading, outcome: dict[str, Any]) -> list[str]:
    """How a file beside the sales was read, in a few lines."""
    from analytics.data import check_report
    from analytics.data.items.stock_totals import stock_totals

    line = f"{kind}: {report.rows_used:,} of {report.rows_read:,} rows used"
    if kind == "items":
        what = "products of items and stock" if "stock" in given.list_reports else "items"
        joined, listed = outcome["joined_products"], outcome["listed_products"]
        line += f"; {joined:,} of {listed:,} {what} are among the {outcome['skus']:,} products sold"
    if kind == "receipts":
        line += f"; {total_text(report.units_used)} units received"
    if kind == "promotions":
        line += f", {report.first_date} to {report.last_date}"
    columns = ", ".join(f"{role} = {column}" for role, column in report.mapping.items())
    unused = [f"  {text}" for text in report.assumed if text.startswith("columns not used")]
    lines = [line, f"  columns: {columns}", *unused, *_problem_lines(check_report(report))]
    if kind == "stock" and given.items is not None:
        lines[1:1] = _balance_lines(stock_totals(given.items))
    return lines


def _balance_lines(found: StockTotals) -> list[str]:
    """What the stock of a list adds up to, each part with its money where it has any."""
    held = f"{total_text(found.units)} units of {found.products:,} products, {found.at_cost:,.2f} at the costs of these files"
    parts = [
        (found.units_without_cost, "of them without a cost in these files", math.nan),
        (found.units_blocked, "of them blocked", math.nan),
        (found.units_in_quality, "of them in quality inspection", math.nan),
        (found.units_reserved, "of them reserved", math.nan),
        (found.units_on_order, "on order, in no sum", math.nan),
        (found.units_below_zero, "booked below zero, in no sum", found.below_zero_at_cost),
        (found.units_consigned, "on consignment, in no sum", found.consigned_at_cost),
    ]
    lines = [held]
    for units, words, money in parts:
        if units:
            lines.append(
                f"{total_text(units)} units {words}" + ("" if math.isnan(money) else f" ({money:,.2f})")
            )
    if found.blank:
        lines.append(f"{found.blank:,} products listed without a figure: unknown, in no sum")
    return ["  " + line for line in lines]


def run(arguments: argparse.Namespace) -> int:
    """Read each file and say what became of it; 2 where one of them cannot be used, else 0."""
    worst = 0
    with closing(reading_process()) as apart:
        from analytics.data import check_report, checked, sales_frame
        from analytics.data.items.stock_totals import stock_totals
        from analytics.data.kept_apart import APART_FILES, by_product
        from analytics.data.meaning.listed_meanings import meanings_table
        from analytics.version import __version__
        from analytics.writeup.files import table_files
        from analytics.writeup.folder import write_folder

        for path in arguments.sales:
            given, outcome = checked(
                partial(read_given, argparse.Namespace(**{**vars(arguments), "sales": path}), apart)
            )
            reports = {} if given is None else reports_beside(given)
            if arguments.json:
                extra = {_BLOCKS[kind]: check_report(report) for kind, report in reports.items()}
                if "stock" in reports and given is not None and given.items is not None:
                    extra["stock_file"]["balance"] = stock_totals(given.items)._asdict()
                print(
                    json.dumps(
                        {"file": str(path), **outcome, **extra},
                        ensure_ascii=False,
                        allow_nan=False,
                        default=str,
                    )
                )
            elif given is not None:
                print(_check_words(outcome))
                for kind, report in reports.items():
                    print("\n".join(_beside_words(kind, report, given, outcome)))
            else:
                words = "\n".join(
                    f"{p['message']}: {p['remedy']}" + (f" (found {p['found']!r})" if p["found"] else "")
                    for p in outcome["problems"]
                )
                print(
                    "\n".join([f"stock-or-order: {path}: {words}", *_meaning_lines(outcome)]), file=sys.stderr
                )
            if given is None:
                worst = 2
            elif arguments.out:
                folder = folder_at(
                    arguments.out if len(arguments.sales) == 1 else str(Path(arguments.out) / Path(path).name)
                )
                tables: dict[str, Callable[[], pd.DataFrame]] = {
                    "sales": partial(sales_frame, given.history),
                    "rejected_rows": partial(getattr, given.history.report, "rejected"),
                    **{
                        name: partial(by_product, given.history.apart, kind)
                        for kind, name in APART_FILES.items()
                    },
                    "meanings": partial(meanings_table, given.history.report.meanings),
                }
                tables = {**tables, **rejected_beside(reports)}
                for note in write_folder(
                    folder,
                    table_files(tables, arguments.locale),
                    partial(dict, version=__version__, **outcome),
                ):
                    tell(note)
    return worst
