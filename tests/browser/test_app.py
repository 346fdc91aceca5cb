"""The app in a real Chromium: open, bring a file, open a product, move a lever, take files away, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.drawn import bring, choose, go, idle, settled, title, titled
from tests.dashboard.conftest import items_csv, sales_csv


def test_the_sample_answers_at_once_and_every_page_opens(opened: Open) -> None:
    page = opened("/?data=servers")
    titled(page, "over the next 12 months")
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
        told = title(page)
        assert len(told) > 20 and "nan" not in told.lower().split()
        assert page.get_by_test_id("stException").count() == 0


def test_an_uploaded_file_changes_the_answer(opened: Open) -> None:
    page = opened("/?data=household")
    before = title(page)
    go(page, "Data")
    bring(page, 0, "own *sales*.csv", sales_csv(("*A_1*", "<b>B</b>", "C-3")))
    bring(page, 1, "items.csv", items_csv(("*A_1*", "<b>B</b>", "C-3")))
    titled(page, "All 210 rows are usable")
    page.get_by_role("button", name="Use this file").click()
    idle(page)
    expect(page.get_by_text("Your file", exact=True)).to_be_visible()
    after = title(page)
    assert "usable" not in after and after != before
    go(page, "Products")
    page.get_by_test_id("stSelectbox").filter(has_text="Open a product").locator("input").fill("<b>B")
    page.keyboard.press("Enter")
    titled(page, "<b>B</b>")
    assert page.locator("h1 b, h1 em").count() == 0
    # hidden names: the same file stays on the screen, without its name or those of its products
    go(page, "Report")
    page.get_by_text("Hide all names").click()
    idle(page)
    expect(page.get_by_text("Names hidden", exact=True)).to_be_visible()
    expect(page.get_by_text("Your file", exact=True).first).to_be_visible()
    go(page, "Products")
    assert not any(name in page.content() + page.url for name in ("own *sales*", "A_1", "C-3"))


def test_a_bad_file_is_explained(opened: Open) -> None:
    page = opened("/data?data=household")
    bring(page, 0, "bad.csv", b"colour,shape\nred,round\nblue,square\n")
    titled(page, "This file cannot be used yet", whole=True)
    assert "Traceback" not in page.content()


def test_a_row_opens_the_product_and_files_are_taken_away(opened: Open, tmp_path: Path) -> None:
    page = opened("/products?data=servers")
    # the table of the map above is folded in
    canvas = page.get_by_test_id("stDataFrame").filter(visible=True).first.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 18, box["y"] + 52)
    idle(page)
    expect(page.get_by_role("button", name="All products")).to_be_visible()
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
    before = title(page)
    page.get_by_text(re.compile(r"^\d+ more$")).click()  # those that decide less are folded in
    idle(page)  # what is drawn anew meanwhile takes no answer
    page.get_by_role("radio", name="5 or fewer").or_(
        page.get_by_role("button", name="5 or fewer")
    ).first.click()
    settled(page)
    expect(page.get_by_text("confirmed", exact=True).first).to_be_visible()
    go(page, "Assumptions")
    titled(page, "1 of")
    go(page, "Answer")
    page.get_by_role("button", name="Undo", exact=True).click()
    titled(page, before, whole=True)


def test_a_lever_of_a_price_counts_at_once_and_outlives_a_reload(opened: Open) -> None:
    page = opened("/compare?data=servers")
    before = title(page)
    lever = page.get_by_test_id("stSlider").filter(has_text="Leftovers fetch").locator("input[type=range]")
    lever.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    settled(page)
    assert lever.input_value() == "40" and title(page) != before
    expect(page.get_by_text("What changed:", exact=False)).to_be_visible()
    after = title(page)
    assert after != before and "state=" in page.url
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Leftovers fetch")
    page.reload()
    titled(page, after, whole=True)


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
    answer = title(page)
    go(page, "Products")
    listed = title(page)
    choose(page, page.get_by_role("combobox", name="Open a product"), "GP-13-G8")
    opened_product = "configuration 13, generation 8"
    titled(page, opened_product)
    assert page.url.endswith("/products?data=servers&product=GP-13-G8")
    page.reload()
    titled(page, opened_product)
    page.go_back()
    titled(page, listed, whole=True)
    page.go_back()
    titled(page, answer, whole=True)
    page.go_forward()
    titled(page, listed, whole=True)
    page.go_forward()
    titled(page, opened_product)
    assert page.url.endswith("/products?data=servers&product=GP-13-G8")
