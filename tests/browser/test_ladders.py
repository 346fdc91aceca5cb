"""The ladders edited in Chromium, cell by cell: the reserve moves to what is worked out by hand here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.drawn import idle, settled
from tests.browser.told import said
from tests.conftest import Serve
from tests.dashboard.conftest import items_csv, sales_csv

pytestmark = pytest.mark.slow

#: On 2025-04-28, sold about 11 to 15 a month: A-1 lasts for decades, B-2 some five months, C-3 and D-4 under a month. Lots of 30, 30,
#: 400 and 200 days; a reserve of 150 is booked for D-4. Costs are 10, 20, 30 and 40.
STOCK = (
    b"as of,sku,lot,receipt date,quantity,booked reserve\n2025-04-28,A-1,L1,2025-03-29,5000,\n2025-04-28,B-2,L2,2025-03-29,60,\n"
    b"2025-04-28,C-3,L3,2024-03-24,10,\n2025-04-28,D-4,L4,2024-10-10,5,150\n"
)
#: By hand: all of A-1 (cover over 36 months), half of C-3 (over a year old), a quarter of D-4 (over 180 days).
START = 50_000.0 + 0.5 * 300.0 + 0.25 * 200.0


@pytest.fixture
def app_address(serve: Serve, tmp_path: Path) -> str:
    """The app on the four products and their stock."""
    for name, content in (("sales", sales_csv()), ("items", items_csv()), ("stock", STOCK)):
        (tmp_path / f"{name}.csv").write_bytes(content)
    sales, items, stock = (str(tmp_path / f"{name}.csv") for name in ("sales", "items", "stock"))
    return serve("app", sales, "--items", items, "--stock", stock)


def ladder(page: Page, title: str) -> Locator:
    """The table of a ladder, by the title of its first column."""
    return page.get_by_test_id("stDataFrame").filter(has=page.locator("th", has_text=title))


def edit(page: Page, title: str, row: int, column: int, text: str) -> None:
    """Types into a cell as a person does: a click, the number, Enter; again where the grid was drawn anew meanwhile and took none.

    Of two columns; rows and header are 33 pixels high. What a cell holds stands in the table for those who do not see it.
    """
    table = ladder(page, title)
    table.scroll_into_view_if_needed()
    for _ in range(4):
        settled(page)
        box = table.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] * (0.35 + 0.4 * column), box["y"] + 33 * (row + 1.5))
        page.wait_for_timeout(600)  # it is marked
        page.keyboard.type(text, delay=60)
        page.wait_for_timeout(500)
        page.keyboard.press("Enter")
        page.wait_for_timeout(1_000)
        held = table.locator("td").all_inner_texts()
        if held[2 * row + column].strip() == text:
            break
    idle(page)


def reserve_is(page: Page, amount: float) -> None:
    """The line that closes the reserve by rule holds this amount."""
    said(page, f"{amount:,.2f}")


def test_every_setting_moves_the_reserve_to_what_is_worked_out_by_hand(opened: Open) -> None:
    page = opened("/risk")
    reserve_is(page, START)
    expect(page.get_by_text("The rules ask for a reserve of 50.2 k", exact=False)).to_be_visible()
    page.get_by_label("Your name, kept with what you confirm or set").fill("K. Braun")  # else they wait
    page.keyboard.press("Tab")
    idle(page)
    expect(page.get_by_label("Your name, kept with what you confirm or set")).to_have_value("K. Braun")
    edit(page, "Cover from", 2, 1, "0.6")  # over 36 months no longer all, but 60 %
    reserve_is(page, START - 20_000.0)
    edit(page, "Cover from", 0, 0, "3")  # a quarter from three months on: B-2 is worth 1,200
    reserve_is(page, START - 20_000.0 + 300.0)
    edit(page, "Age from", 1, 1, "0.8")  # over a year: 80 % of the 300 of C-3
    reserve_is(page, START - 20_000.0 + 300.0 + 90.0)
    expect(page.get_by_text("The rules ask for a reserve of 30.6 k", exact=False)).to_be_visible()
    page.get_by_label("Buckets of age end at, days").fill("90, 250, 365")
    page.keyboard.press("Tab")
    idle(page)
    legend = " ".join(page.locator("svg text").all_text_contents())
    assert "91 to 250 days" in legend and "251 to 365 days" in legend and "91 to 180 days" not in legend
    reserve_is(page, START - 20_000.0 + 300.0 + 90.0)  # buckets show, ladders reserve
    # 150 are booked for D-4 and 50 needed: reversed under IFRS, kept under US GAAP
    page.get_by_test_id("stRadio").filter(has_text="Standard").get_by_text("US GAAP", exact=False).click()
    idle(page)
    reserve_is(page, START - 20_000.0 + 300.0 + 90.0 + 100.0)
    assert re.search(r"nothing is reversed, 100", page.locator("body").inner_text())
    edit(page, "Age from", 1, 1, "0.1")  # a ladder that falls: said, and the one before holds
    expect(page.get_by_text("These settings cannot be used", exact=False).first).to_be_visible()
    reserve_is(page, START - 20_000.0 + 300.0 + 90.0 + 100.0)
