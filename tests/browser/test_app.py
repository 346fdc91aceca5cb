"""The app in a real Chromium: open, bring a file, open a product, move a lever, take files away, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect

from tests.dashboard.conftest import items_csv, sales_csv

#: a page opened by its own address asks below that address first, is told 404, and asks again at the root
EXPECTED = re.compile(r"Failed to load resource.*404")
Open = Callable[..., Page]


def idle(page: Page) -> None:
    """Waits until the script behind the page has run to its end and no bar of progress is left."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=600_000)
    page.wait_for_timeout(300)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=600_000)
    page.wait_for_selector('[data-testid="stProgress"]', state="detached", timeout=600_000)


@pytest.fixture
def opened(browser: Browser, app_address: str) -> Iterator[Open]:
    """Opens a page; at the end nothing may have come from another host, and the console must be clean."""
    hosts: set[str] = set()
    faults: list[str] = []
    contexts = []

    def open_page(path: str = "/", mode: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": 1440, "height": 1180}, color_scheme=mode, accept_downloads=True
        )  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)  # other tests run beside
        page.on("request", lambda request: hosts.add(urlparse(request.url).netloc))
        page.on(
            "console",
            lambda message: (
                faults.append(message.text)
                if message.type == "error" and not EXPECTED.search(message.text)
                else None
            ),
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(app_address + path, timeout=120_000)
        page.wait_for_selector("h1", timeout=120_000)
        idle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert hosts - {""} == {urlparse(app_address).netloc}
    assert faults == []


def bring(page: Page, place: int, name: str, content: bytes) -> None:
    """Drops a file on the page and waits until it has arrived and was looked at.

    The server tells the browser where to put a file by a message that is lost where a run of the script starts at that very
    moment, and so may be the word that it has arrived: then the page is opened again, as a person would.
    """
    for _ in range(3):
        try:
            with page.expect_response(
                lambda answer: "/_stcore/upload_file/" in answer.url and answer.request.method == "PUT",
                timeout=30_000,
            ) as arrived:
                page.locator('input[type="file"]').nth(place).set_input_files(
                    {"name": name, "mimeType": "text/csv", "buffer": content}
                )
            assert arrived.value.ok
            expect(page.get_by_test_id("stFileChipName").filter(has_text=name)).to_be_visible()
            idle(page)
            if not page.locator("h1").inner_text().startswith("Bring your sales history"):
                return
        except TimeoutError:
            pass
        page.reload()
        idle(page)
    raise AssertionError(f"{name} never arrived")


def go(page: Page, name: str) -> None:
    """To another page by the navigation: the link is marked by the server's answer, however late a busy one begins; then its script comes to its end.

    A click that meets a rerun the page itself asks for at the same moment may be taken over by it: then once more, as a person would.
    """
    link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True)
    for patience in (120_000, 600_000):
        if link.get_attribute("aria-current") == "page":
            break
        link.click()
        try:
            expect(link).to_have_attribute("aria-current", "page", timeout=patience)
        except AssertionError:
            idle(page)
    expect(link).to_have_attribute("aria-current", "page")
    idle(page)


def test_the_sample_answers_at_once_and_every_page_opens(opened: Open) -> None:
    page = opened("/?data=servers")
    expect(page.locator("h1")).to_contain_text("over the next 12 months")
    expect(page.get_by_text("Sample", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stMetric")).to_have_count(4)
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    for name in (
        "Data",
        "Compare",
        "Products",
        "Demand",
        "Limits",
        "Stock and risk",
        "Past",
        "Assumptions",
        "Report",
    ):
        go(page, name)
        expect(page.locator("h1")).to_have_count(1)
        assert len(page.locator("h1").inner_text()) > 20
        assert page.get_by_test_id("stException").count() == 0
        assert "nan" not in page.locator("h1").inner_text().lower().split()


def test_an_uploaded_file_changes_the_answer(opened: Open) -> None:
    page = opened("/?data=household")
    before = page.locator("h1").inner_text()
    go(page, "Data")
    bring(page, 0, "own *sales*.csv", sales_csv(("*A_1*", "<b>B</b>", "C-3")))
    bring(page, 1, "items.csv", items_csv(("*A_1*", "<b>B</b>", "C-3")))
    expect(page.locator("h1")).to_contain_text("All 210 rows are usable", timeout=120_000)
    page.get_by_role("button", name="Use this file").click()
    page.wait_for_function(
        "text => document.querySelector('h1') && !document.querySelector('h1').innerText.includes('usable')",
        arg="",
        timeout=120_000,
    )
    idle(page)
    expect(page.get_by_text("Your file", exact=True)).to_be_visible(timeout=120_000)
    assert page.locator("h1").inner_text() != before
    go(page, "Products")
    page.get_by_test_id("stSelectbox").filter(has_text="Open a product").locator("input").fill("<b>B")
    page.keyboard.press("Enter")
    idle(page)
    expect(page.locator("h1")).to_contain_text("<b>B</b>")
    assert page.locator("h1 b, h1 em").count() == 0
    # hidden names: the same file stays on the screen, without its name or those of its products
    go(page, "Report")
    page.get_by_text("Hide all names").click()
    expect(page.get_by_text("Names hidden", exact=True)).to_be_visible(timeout=60_000)
    idle(page)
    expect(page.get_by_text("Your file", exact=True).first).to_be_visible()
    go(page, "Products")
    assert not any(name in page.content() + page.url for name in ("own *sales*", "A_1", "C-3"))


def test_a_bad_file_is_explained(opened: Open) -> None:
    page = opened("/data?data=household")
    bring(page, 0, "bad.csv", b"colour,shape\nred,round\nblue,square\n")
    expect(page.locator("h1")).to_have_text("This file cannot be used yet", timeout=120_000)
    assert "Traceback" not in page.content()


def test_a_row_opens_the_product_and_files_are_taken_away(opened: Open, tmp_path: Path) -> None:
    page = opened("/products?data=servers")
    # the table of the map above is folded in
    canvas = page.get_by_test_id("stDataFrame").filter(visible=True).first.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 18, box["y"] + 52)
    expect(page.get_by_role("button", name="All products")).to_be_visible(timeout=60_000)
    idle(page)
    expect(page.get_by_role("heading", name="Why", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    page.get_by_text("How is each figure computed?").first.click()
    expect(page.get_by_test_id("stCode").first).to_contain_text("benchmark")
    go(page, "Report")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Recommendation for every product (CSV)").click()
    target = tmp_path / "recommendation.csv"
    waiting.value.save_as(target)
    lines = target.read_text(encoding="utf-8").splitlines()
    assert {"sku", "today", "from_to", "recommended", "verdict", "gain_per_year"} <= set(
        lines[0].split(",")
    ) and len(lines) > 50


def test_an_answer_narrows_and_is_kept_on_every_page(opened: Open) -> None:
    page = opened("/?data=servers")
    before = page.locator("h1").inner_text()
    page.get_by_text(re.compile(r"^\d+ more$")).click()  # those that decide less are folded in
    idle(page)  # what is drawn anew meanwhile takes no answer
    page.get_by_role("radio", name="5 or fewer").or_(
        page.get_by_role("button", name="5 or fewer")
    ).first.click()
    expect(page.get_by_text("confirmed", exact=True).first).to_be_visible(timeout=120_000)
    idle(page)
    go(page, "Assumptions")
    expect(page.locator("h1")).to_contain_text("1 of")
    go(page, "Answer")
    page.get_by_role("button", name="Undo", exact=True).click()
    idle(page)
    expect(page.locator("h1")).to_have_text(before, timeout=60_000)


def test_a_lever_of_a_price_counts_at_once_and_outlives_a_reload(opened: Open) -> None:
    page = opened("/compare?data=servers")
    before = page.locator("h1").inner_text()
    lever = page.get_by_test_id("stSlider").filter(has_text="Leftovers fetch").locator("input[type=range]")
    lever.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_text("What changed:", exact=False)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Recomputing", exact=True)).to_have_count(0, timeout=120_000)
    idle(page)
    after = page.locator("h1").inner_text()
    assert after != before and "state=" in page.url
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Leftovers fetch")
    page.reload()
    page.wait_for_selector("h1", timeout=60_000)
    idle(page)
    expect(page.locator("h1")).to_have_text(after, timeout=60_000)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_of_charts_is_legible_in_both_modes(opened: Open, mode: str, tmp_path: Path) -> None:
    page = opened("/?data=servers", mode)
    page.wait_for_selector('[data-testid="stVegaLiteChart"] svg text', timeout=60_000)
    inks = page.eval_on_selector_all(
        '[data-testid="stVegaLiteChart"] svg text',
        "all => all.filter(t => t.textContent.trim()).map(t => getComputedStyle(t).fill)",
    )
    assert inks
    for colour in inks:
        red, green, blue = (int(v) for v in re.findall(r"\d+", colour)[:3])
        bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        assert bright < 130 if mode == "light" else bright > 130, colour
    page.screenshot(path=str(tmp_path / f"answer_{mode}.png"), full_page=True)
    assert (tmp_path / f"answer_{mode}.png").stat().st_size > 20_000


def test_back_forward_and_reload_show_what_the_address_names(opened: Open) -> None:
    page = opened("/?data=servers")
    answer = page.locator("h1").inner_text()
    go(page, "Products")
    listed = page.locator("h1").inner_text()
    choose = page.get_by_role("combobox", name="Open a product")
    choose.fill("GP-13-G8")
    page.get_by_role("option").filter(has_text="GP-13-G8").first.click()
    title = page.locator("h1").filter(has_text="configuration 13, generation 8")
    expect(title).to_be_visible(timeout=60_000)
    idle(page)
    assert page.url.endswith("/products?data=servers&product=GP-13-G8")
    page.reload()
    expect(title).to_be_visible(timeout=60_000)
    idle(page)
    page.go_back()
    expect(page.locator("h1")).to_have_text(listed, timeout=60_000)
    idle(page)
    page.go_back()
    expect(page.locator("h1")).to_have_text(answer, timeout=60_000)
    idle(page)
    page.go_forward()
    expect(page.locator("h1")).to_have_text(listed, timeout=60_000)
    idle(page)
    page.go_forward()
    expect(title).to_be_visible(timeout=60_000)
    assert page.url.endswith("/products?data=servers&product=GP-13-G8")
