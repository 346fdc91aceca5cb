"""What a page tells: figures in sentences and tables, and those of the books beside them."""

from __future__ import annotations

import re

import duckdb
from playwright.sync_api import Page, expect

__all__ = ["cell", "one", "said"]


def one(books: duckdb.DuckDBPyConnection, question: str) -> float:
    """One figure of the books."""
    row = books.execute(question).fetchone()
    assert row is not None
    return float(row[0])


def said(page: Page, amount: str) -> None:
    """The figure stands on the page, in a sentence or a table."""
    expect(
        page.get_by_text(amount, exact=False)
        .or_(page.locator(f'[aria-label*="{amount}"], [alt*="{amount}"]'))
        .first
    ).to_be_attached(timeout=60_000)


def cell(page: Page, row: str) -> str:
    """The figure beside a name in the table of control totals or of margins, which tables tell those who do not see them."""
    told = " ".join(
        page.locator("[aria-label]").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
    )
    found = re.search(rf"{re.escape(row)} (-?[\d,]+(?:\.\d+)?)", told)
    assert found, (row, told[:500])
    return found[1]
