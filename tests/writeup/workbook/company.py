"""The small company with stock on hand, its workbook, and LibreOffice as the other program that computes it."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from analytics.assumptions_file import read_assumptions
from analytics.data import read_items, read_sales
from analytics.items import Items
from analytics.study import Study, run_study
from analytics.study_export.workbook import study_workbook
from analytics.study_stock.parts import stock_parts
from analytics.valuation.policy import Override, StockPolicy
from tests.strategy.small import STATED, csv_text, items_table, sales_table

__all__ = [
    "OFFICE",
    "POLICY",
    "company",
    "company_items",
    "formulas_of",
    "needs_office",
    "opened",
    "recalculated",
    "written",
]

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
REQUIRED = os.environ.get("STOCK_OR_ORDER_REQUIRE_OFFICE") == "1"
needs_office = pytest.mark.skipif(
    OFFICE is None and not REQUIRED,
    reason="no LibreOffice found; set STOCK_OR_ORDER_REQUIRE_OFFICE=1 to require it",
)

#: On hand by product; D2 has none on record, D3 is booked below zero, C3 has stock without end.
ON_HAND = {"A1": 40, "A2": 90, "A3": 3, "A4": 30, "B1": 12, "B2": 20, "B3": 4, "B4": 25, "C1": 300, "C2": 2500, "C3": 0, "D1": 8, "D3": -4}  # fmt: skip
#: How its stock is valued: booked against a ledger, with a cost to sell and one reserve set by hand.
POLICY = StockPolicy(
    ledger=60_000.0, selling_share=0.05, one_off=1_500.0, overrides={"A2": Override(1_234.5, "K. Braun", "")}
)


def company_table() -> pd.DataFrame:
    """The items file with stock, names that are formulas, a booked reserve, and a product that was never sold."""
    table = items_table()
    table["on_hand"] = [ON_HAND.get(sku, "") for sku in table["sku"]]
    table["name"] = [f"Product {sku}" for sku in table["sku"]]
    table.loc[0, "name"] = '=HYPERLINK("http://x","y")'
    table.loc[1, "name"] = "@SUM(A1:A9)"
    table["booked_reserve"] = ["" if sku not in ("B4", "C2") else 9_000.0 for sku in table["sku"]]
    unsold = {name: "" for name in table.columns} | {
        "sku": "Z9", "unit_cost": 11.0, "on_hand": 7, "name": "+never sold", "make": "yes", "component_lead_days": 28, "production_days": 7,
        "assembly_days": 3, "setup_cost": 5.0, "order_setup_cost": 1.0,
    }  # fmt: skip
    return pd.concat([table, pd.DataFrame([unsold])], ignore_index=True)


def company_items(**unit_cost: float) -> Items:
    """The items as read, with other unit costs by SKU."""
    table = company_table()
    for sku, cost in unit_cost.items():
        table.loc[table["sku"] == sku, "unit_cost"] = cost
    return read_items(csv_text(table), name="items.csv")[0]


@cache
def company() -> Study:
    """The study of the company, once per session."""
    items, report = read_items(csv_text(company_table()), name="items.csv")
    history = read_sales(csv_text(sales_table()), name="sales.csv")
    return run_study(history, items, read_assumptions(STATED), items_report=report, draws=4, currency="EUR")


@cache
def company_workbook() -> bytes:
    """The workbook of the company."""
    return study_workbook(company(), stock_parts(company(), POLICY))


@cache
def written() -> tuple[tuple[str, str, str, Any], ...]:
    """Every cell of it with a formula, see `formulas_of`."""
    return tuple(formulas_of(company_workbook()))


def opened(content: bytes, values: bool = True) -> Workbook:
    """A workbook as people open it: with the values that are written beside the formulas, or the formulas."""
    return load_workbook(io.BytesIO(content), data_only=values)


def recalculated(content: bytes, place: Path, versions: Mapping[str, Mapping[str, float]]) -> dict[str, Workbook]:  # fmt: skip
    """The workbook computed anew by LibreOffice, without any value that was written beside a formula, once for each version.

    A version are edited cells by address such as Products!H6. All are computed by one process, since it takes long to start.
    """
    assert OFFICE is not None, "LibreOffice is required (STOCK_OR_ORDER_REQUIRE_OFFICE=1) and was not found"
    book = opened(content, values=False)
    for name, edits in versions.items():
        before = {}
        for address, value in edits.items():
            sheet, cell = address.split("!")
            before[sheet, cell] = book[sheet][cell].value
            book[sheet][cell] = value
        book.save(place / f"{name}.xlsx")  # formulas alone
        for (sheet, cell), value in before.items():
            book[sheet][cell] = value
    home = f"-env:UserInstallation=file://{place}/office"
    files = [str(place / f"{name}.xlsx") for name in versions]
    command = [OFFICE, home, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(place / "out"), *files]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return {name: load_workbook(place / "out" / f"{name}.xlsx", data_only=True) for name in versions}


def formulas_of(content: bytes) -> Iterator[tuple[str, str, str, Any]]:
    """Sheet, address, formula and written value of every cell with a formula."""
    values = opened(content)
    for sheet in opened(content, values=False):
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("=") and cell.data_type == "f":
                    yield (
                        sheet.title,
                        cell.coordinate,
                        cell.value,
                        values[sheet.title][cell.coordinate].value,
                    )
