"""A phone and a page at 200 %: nothing is scrolled sideways, the sidebar begins closed, tables stand as cards; a map is brushed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Open
from tests.browser.drawn import idle, window
from tests.dashboard.pages import PAGES

#: Tables that are edited stay tables: they are moved sideways within themselves.
WITH_EDITORS = ("risk", "assumptions")
#: What stands further right than the window and can be reached only by scrolling the page sideways.
SIDEWAYS = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return Math.max(document.scrollingElement.scrollWidth - window.innerWidth, main.scrollWidth - main.clientWidth);
}"""


@pytest.fixture(scope="module")
def phone(browser: Browser, app_address: str) -> Iterator[Page]:
    """One window of a phone for all pages: the page is opened again where the server did not know its width."""
    page = window(browser, viewport={"width": 390, "height": 844})
    page.goto(f"{app_address}/?data=servers")
    page.wait_for_function("document.cookie.includes('stock-or-order-narrow=1')")
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0, timeout=120_000)
    yield page
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_scrolled_sideways(phone: Page, app_address: str, name: str) -> None:
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.goto(f"{app_address}/{'' if name == 'answer' else name}?data=servers")
    phone.wait_for_selector("h1")
    idle(phone)
    if name not in WITH_EDITORS:
        assert phone.get_by_test_id("stDataFrame").count() == 0
    for width in (390, 720):  # 720: 1,440 pixels at 200 %
        phone.set_viewport_size({"width": width, "height": 844})
        phone.wait_for_timeout(400)
        assert phone.evaluate(SIDEWAYS) <= 0, (name, width)


def test_below_900_pixels_the_sidebar_begins_closed_and_opens(browser: Browser, app_address: str) -> None:
    for width, begins_open in ((880, False), (920, True)):
        page = window(browser, viewport={"width": width, "height": 900})
        page.goto(f"{app_address}/?data=servers")
        page.wait_for_function("document.cookie.includes('stock-or-order-narrow=')")
        page.wait_for_selector("h1")
        idle(page)
        link = page.get_by_test_id("stSidebarNav").get_by_role("link", name="Products", exact=True)
        if begins_open:
            expect(link).to_be_in_viewport()
        else:
            expect(link).not_to_be_in_viewport()
            page.get_by_test_id("stExpandSidebarButton").click()
            expect(link).to_be_in_viewport()
        page.context.close()


def test_a_rectangle_drawn_on_the_map_narrows_the_table_and_a_click_beside_it_takes_it_away(
    opened: Open,
) -> None:
    page = opened("/products?data=servers")
    drawn = page.get_by_test_id("stVegaLiteChart").first
    drawn.scroll_into_view_if_needed()
    where = drawn.bounding_box()
    assert where
    page.mouse.move(where["x"] + 200, where["y"] + 60)
    page.mouse.down()
    page.mouse.move(where["x"] + 420, where["y"] + 230, steps=8)
    page.mouse.up()
    picked = page.get_by_text("products picked on the map. Click", exact=False)
    idle(page)
    expect(picked).to_be_visible()
    page.mouse.click(where["x"] + 700, where["y"] + 70)
    idle(page)
    expect(picked).to_have_count(0)
