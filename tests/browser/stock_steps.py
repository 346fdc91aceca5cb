"""Steps 5, 6 and 7 of the controller's journey on the page Stock and risk: every figure against one computed by SQL from the files."""

from __future__ import annotations

import re
from typing import NamedTuple

import duckdb
from playwright.sync_api import Page, expect

from tests.browser.drawn import idle
from tests.browser.told import cell, one, said

__all__ = ["StockFacts", "books_of_stock"]

_HELD = "from items where on_hand is not null and standard_cost > 0"
_SOLD = f"{_HELD} and sku in (select sku from sales)"
_ENDED = f"{_SOLD} and sell_end < '2013-12-01'"


class StockFacts(NamedTuple):
    """What SQL finds: stock at cost, that of products sold, that of ended ones and how many these are, products sold without a record, and the reserve."""

    held: float
    sold: float
    ended: float
    ended_products: int
    without_record: int
    reserve: float
    #: How the page says the first two.
    title: str


def books_of_stock(page: Page, books: duckdb.DuckDBPyConnection, facts: StockFacts) -> None:
    """The page is open, nothing on it is set."""
    value = "select round(sum(on_hand * standard_cost), 2)"
    held, sold, ended = (one(books, f"{value} {rows}") for rows in (_HELD, _SOLD, _ENDED))
    products = one(books, f"select count(*) {_ENDED} and on_hand > 0")
    assert (held, sold, ended, products) == facts[:4]
    # 5: the balance and its parts, what has no record, and the ledger typed
    said(page, f"{facts.title} of it on products that were sold")
    told = re.search(r"ended products: lost whatever is chosen ([\d,]+) [\d,.]+ ([\d,.]+)", _labels(page))
    assert told is not None and told.groups() == (f"{products:.0f}", f"{ended:,.2f}")
    told = re.search(r"in stock today [\d,]+ [\d,.]+ ([\d,.]+)", _labels(page))
    assert told is not None and told[1] == f"{held:,.2f}"
    without = one(
        books,
        "select count(distinct sku) from sales where sku not in (select sku from items where on_hand is not null)",
    )
    assert without == facts.without_record
    page.get_by_text(f"{without:.0f} products sold without a stock record", exact=False).first.click()
    ledger = round(held + 7_320.83, 2)
    page.get_by_label("Balance of stock in your ledger").fill(f"{ledger:.2f}")
    page.keyboard.press("Tab")
    idle(page)
    said(page, "Not counted yet: ledger")  # nobody has said who states it
    page.get_by_label("Your name, kept with what you confirm or set").fill("M. Weber")
    page.keyboard.press("Tab")
    idle(page)
    said(page, f"{ledger - held:,.2f} open to the ledger")
    assert cell(page, "stock of the file at cost") == f"{held:,.2f}"
    assert cell(page, "open") == "7,320.83" and cell(page, "ledger, as typed") == f"{ledger:,.2f}"
    # 6: ended products at cost less 20 % salvage
    asked = one(books, f"select round(sum(on_hand * standard_cost * 0.8), 2) {_ENDED}")
    assert asked == facts.reserve
    told = re.search(r"ended, at cost less salvage ([\d,]+) ([\d,.]+) ([\d,.]+)", _labels(page))
    assert told is not None and told.groups() == (f"{products:.0f}", f"{ended:,.2f}", f"{asked:,.2f}")
    # 7: the standards differ by reversals alone
    charged, closing = cell(page, "Charged"), cell(page, "Closing")
    assert cell(page, "Reversed") == "0.00" and charged == closing
    page.get_by_test_id("stRadio").filter(has_text="Standard").get_by_text("US GAAP", exact=False).click()
    idle(page)
    expect(page.get_by_text("Under US GAAP", exact=False).first).to_be_visible()
    assert (cell(page, "Charged"), cell(page, "Closing")) == (charged, closing)
    assert "Reversed" not in _labels(page)
    said(page, "standard: M. Weber, stock of ")
    said(page, "(as typed, not verified)")
    # all of it back, unsigned: files taken away later are those of nobody's settings
    page.get_by_label("Your name, kept with what you confirm or set").fill("")
    page.keyboard.press("Tab")
    idle(page)
    page.get_by_test_id("stRadio").filter(has_text="Standard").get_by_text("IFRS", exact=False).click()
    idle(page)
    page.get_by_label("Balance of stock in your ledger").fill("")
    page.keyboard.press("Tab")
    idle(page)


def _labels(page: Page) -> str:
    """What tables tell those who do not see them."""
    found = page.locator("[aria-label]").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
    return " ".join(str(label) for label in found)
