"""The workbook as bytes: which sheets it has, in which order, with their charts; the same figures give the same bytes."""

from __future__ import annotations

import io

from xlsxwriter import Workbook

from analytics.errors import DataError, Problem
from analytics.valuation.bridge import Bridge
from analytics.writeup.workbook.cash import carrying_sheet, transition_sheet, working_capital_sheet
from analytics.writeup.workbook.checks import checks_sheet, cover_sheet, listed_checks
from analytics.writeup.workbook.figures import WorkbookFigures
from analytics.writeup.workbook.layout import Book, Grid, Table
from analytics.writeup.workbook.paint import Painter, new_workbook
from analytics.writeup.workbook.plans import bridge_sheet, plan_sheet, portfolio_sheet, shared_sheet
from analytics.writeup.workbook.products import inputs_sheet, products_sheet
from analytics.writeup.workbook.reserve import journal_sheet, reserve_sheet, roll_forward_sheet
from analytics.writeup.workbook.stock import ageing_sheet, stock_sheet
from analytics.writeup.workbook.texts import exposure_sheet, method_sheet, register_sheets

__all__ = ["ROWS_OF_A_SHEET", "laid_out", "workbook_bytes"]

#: Rows of a sheet below what stands above the products.
ROWS_OF_A_SHEET = 1_048_000
_WORDS = {
    "Inputs": "rates that products share, ladders, ledger: what may be edited",
    "Products": "every product: strategies, prices, costs and rates, and its gain",
    "Portfolio": "totals of the plans by component, and the gain",
    "Bridge": "from today's way to the mix, step by step",
    "Today": "today's way product by product: from counts to money",
    "Planned": "today's strategies, planned better",
    "Mix": "the mix: what is recommended",
    "Shared": "components that several products share",
    "Stock": "stock in the books, product by product",
    "Ageing": "how old it is, in units and in money",
    "Reserve": "what the rules ask for, and the reserve",
    "RollForward": "the reserve from opening to closing",
    "Journal": "the proposal for the books, for review",
    "WorkingCapital": "what is tied up, and how often it turns",
    "Carrying": "what holding stock costs a year",
    "Transition": "today's stock on its way, month by month",
    "Exposure": "what may be lost within twelve months",
    "Register": "every value with its origin, and who confirmed it",
    "Checks": "every total by two routes",
    "Method": "what moves and what stays, and every formula",
}


def laid_out(figures: WorkbookFigures, bridge: Bridge, rows: int = ROWS_OF_A_SHEET) -> Book:
    """Every sheet in order, before it is written. Raises DataError where the products are more than the rows of a sheet."""
    stock = figures.stock
    n = len(figures.items) if stock is None else len(stock.valued.stock.skus)
    if n > rows:
        said = f"{n:,} products are more than the {rows:,} rows of a sheet"
        raise DataError(Problem("too_many_rows", said, "take the CSV files of analyze, which have no such limit", found=f"{n:,}", expected=f"at most {rows:,}"))  # fmt: skip
    book, left_out = Book(), []
    parts: list[Table | Grid] = [
        inputs_sheet(figures), products_sheet(figures), portfolio_sheet(figures), bridge_sheet(figures, bridge),
        *(plan_sheet(figures, name) for name in ("Today", "Planned", "Mix")),
    ]  # fmt: skip
    if (shared := shared_sheet(figures)) is not None:
        parts.append(shared)
    else:
        left_out.append(
            "Shared: no family of components is assembled in part, so that products' own gains leave nothing out."
        )
    if stock is None:
        left_out.append(
            "Stock, Ageing, Reserve, RollForward, Journal, WorkingCapital, Carrying, Transition: no stock on hand is in the files. A stock file (sku, quantity) opens them."
        )
    else:
        parts += [stock_sheet(figures), ageing_sheet(figures), reserve_sheet(figures), roll_forward_sheet(figures), journal_sheet(figures),
                  working_capital_sheet(figures), carrying_sheet(figures), transition_sheet(figures)]  # fmt: skip
    checks = listed_checks(figures, f"step_{len(bridge.lines) - 2}_total")
    parts += [
        exposure_sheet(figures),
        *register_sheets(figures, rows),
        checks_sheet(checks),
        method_sheet(figures, left_out),
    ]
    listed = [(one.name, _WORDS.get(one.name, "the register, continued")) for one in parts]
    book.add(cover_sheet(figures, len(checks), listed, left_out), *parts)
    return book


def workbook_bytes(figures: WorkbookFigures, bridge: Bridge, rows: int = ROWS_OF_A_SHEET) -> bytes:
    """The workbook of a study. `rows` are the most that a sheet may hold. Raises DataError where the products are more."""
    book, out = laid_out(figures, bridge, rows), io.BytesIO()
    workbook = new_workbook(out, f"Stock or order: {figures.origin.title}")
    workbook.set_calc_mode("auto")
    o = figures.origin
    painter = Painter(workbook, book, f"stock-or-order {o.version}, seed {o.seed}, data {o.digest[:16]}")
    for sheet in book.sheets.values():
        page = painter.table(sheet) if isinstance(sheet, Table) else painter.grid(sheet)
        if sheet.name == "Bridge" and isinstance(sheet, Grid):
            first, last = (int(one.strip("$")) - 1 for one in sheet.names["bridge_rows"].split(":"))
            painter.signed(page, first, 2, last)
            page.fit_to_pages(1, 1)  # the chart beside its figures
            page.insert_chart(sheet.row + 2, 0, _waterfall(workbook, first, last))
        if sheet.name == "Checks":
            bad = workbook.add_format({"font_color": "#ffffff", "bg_color": "#b3261e"})
            page.conditional_format("E6:E200", {"type": "cell", "criteria": "==", "value": '"FAIL"', "format": bad})  # fmt: skip
    workbook.close()
    return out.getvalue()


def _waterfall(workbook: Workbook, first: int, last: int) -> object:
    """The bridge as a chart that follows its cells: ends in grey, better in green, worse in red, on a foot that is not seen."""
    chart = workbook.add_chart({"type": "column", "subtype": "stacked"})
    steps = ["Bridge", first, 0, last, 0]
    ends = [
        {"fill": {"color": "#7d8a99"}} if k in (0, last - first) else {"fill": {"none": True}, "border": {"none": True}}
        for k in range(last - first + 1)
    ]  # fmt: skip
    for column, name, colour in ((4, "Level", ""), (5, "Better", "#2e7d4f"), (6, "Worse", "#b3261e")):
        series = {
            "name": name,
            "categories": steps,
            "values": ["Bridge", first, column, last, column],
            "gap": 40,
        }
        chart.add_series(series | ({"points": ends} if not colour else {"fill": {"color": colour}}))
    chart.set_title({"name": "From today to the mix", "name_font": {"size": 12, "color": "#16202c"}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#d9dfe7"}}})  # fmt: skip
    chart.set_x_axis({"num_font": {"rotation": -45, "size": 8}, "label_position": "low"})
    chart.set_size({"width": 900, "height": 460})
    return chart
