"""Steps 5, 6 and 7 of the controller's journey on the page Stock and risk: every figure against one computed by SQL from the files."""

from __future__ import annotations

import re

import duckdb
from playwright.sync_api import Page, expect

from tests.browser.drawn import idle
from tests.browser.told import cell, one, said

__all__ = ["books_of_stock"]

_HELD = "from items where on_hand is not null and standard_cost > 0"
_SOLD = f"{_HELD} and sku in (select sku from sales)"
_ENDED = f"{_SOLD} and sell_end < '2013-12-01'"


def books_of_stock(page: Page, books: duckdb.DuckDBPyConnection) -> None:
    """The page is open, nothing on it is set."""
    value = "select round(sum(on_hand * standard_cost), 2)"
    held, sold, ended = (one(books, f"{value} {rows}") for rows in (_HELD, _SOLD, _ENDED))
    products = one(books, f"select count(*) {_ENDED} and on_hand > 0")
    assert (held, sold, ended, products) == (20_092_679.17, 18_877_642.80, 8_169_724.31, 69)
    # 5: the balance and its parts, what has no record, and the ledger typed
    said(page, "20.09 M on the books, 18.88 M of it on products that were sold")
    told = re.search(r"ended products: lost whatever is chosen ([\d,]+) [\d,.]+ ([\d,.]+)", _labels(page))
    assert told is not None and told.groups() == (f"{products:.0f}", f"{ended:,.2f}")
    told = re.search(r"in stock today [\d,]+ [\d,.]+ ([\d,.]+)", _labels(page))
    assert told is not None and told[1] == f"{held:,.2f}"
    without = one(
        books,
        "select count(distinct sku) from sales where sku not in (select sku from items where on_hand is not null)",
    )
    assert without == 56
    page.get_by_text(f"{without:.0f} products sold without a stock record", exact=False).first.click()
    page.get_by_label("Balance of stock in your ledger").fill("20100000")
    page.keyboard.press("Tab")
    idle(page)
    said(page, "Not counted yet: ledger")  # nobody has said who states it
    page.get_by_label("Your name, kept with what you confirm or set").fill("M. Weber")
    page.keyboard.press("Tab")
    idle(page)
    assert round(20_100_000.0 - held, 2) == 7_320.83
    said(page, f"{20_100_000.0 - held:,.2f} open to the ledger")
    assert cell(page, "stock of the file at cost") == f"{held:,.2f}"
    assert cell(page, "open") == "7,320.83" and cell(page, "ledger, as typed") == "20,100,000.00"
    # 6: ended products at cost less 20 % salvage
    asked = one(books, f"select round(sum(on_hand * standard_cost * 0.8), 2) {_ENDED}")
    assert asked == 6_535_779.45
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
