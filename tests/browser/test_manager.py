"""The manager's journey, on the bicycle sample: answer a question, move quote and premium, look at load and waits, take away.

`make test` goes it with some products of each family, brought as a company's own files; `make study` with all of the sample.
"""

from __future__ import annotations

import csv
import math
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from analytics.data import read_items, read_sales
from analytics.study import run_study
from sample_data import sample_paths
from tests.browser.conftest import Open
from tests.browser.drawn import bring, choose, go, idle, settled, title, titled
from tests.faults.damage import ALL
from tests.sample_data.kept import kept_sample

EVERY_BICYCLE, EVERY_SERVER = 4, 3


@pytest.fixture(scope="session", autouse=True)
def stored_bicycles() -> None:
    """The sample kept for this very code, as set-up does."""
    from dashboard.store_samples import main

    assert main(["bicycles"]) == 0


@cache
def company(sample: str, every: int) -> dict[str, pd.DataFrame]:
    """Sales and items of a sample, of each family every so many products, a quarter as often where they ended; all of them with `make study`."""
    sales, items = (
        pd.read_csv(sample_paths(sample)[kind], dtype=str, keep_default_na=False)
        for kind in ("sales", "items")
    )
    if not ALL:
        ended = items["end_date"] != ""
        place = items.groupby(["family", ended]).cumcount()
        items = items[place % ended.map({False: every, True: 4 * every}) == every // 4]
    return {"sales": sales[sales["sku"].isin(items["sku"])], "items": items}


def at_work(opened: Open, sample: str, every: int) -> Page:
    """The page Answer of the company."""
    if ALL:
        return opened(f"/?data={sample}")
    page = opened("/data?data=household")
    for place, (name, table) in enumerate(company(sample, every).items()):
        bring(page, place, f"{name}.csv", table.to_csv(index=False).encode())
    titled(page, "rows are usable")
    page.get_by_role("button", name="Use this file").click()
    settled(page)
    go(page, "Answer")
    page.get_by_label("Your name, kept with what you confirm or set").fill("M. Weber")
    page.keyboard.press("Tab")
    idle(page)
    return page


def to_order(page: Page) -> int:
    """How many products the headline makes to order."""
    found = re.search(r"(\d+) products? to order", title(page))
    return int(found[1]) if found else 0


def gain_of_metric(page: Page) -> float:
    """The gain as the first figure of the page Answer states it."""
    text = page.get_by_test_id("stMetricDelta").first.inner_text().replace("−", "-").replace("+", "")
    found = re.search(r"(-?[\d.]+)\s*([kM]?)", text)
    assert found, text
    return float(found[1]) * {"k": 1e3, "M": 1e6, "": 1.0}[found[2]]


def headline_money(page: Page) -> float:
    """The gain in three digits, as the line of shared components on the page Products closes it."""
    found = re.search(
        r"make the headline \((-?[\d.]+) ?([kM]?)",
        page.get_by_text("make the headline", exact=False).inner_text(),
    )
    assert found
    return float(found[1]) * {"k": 1e3, "M": 1e6, "": 1.0}[found[2]]


def force_family(page: Page, family: str, why: str) -> float:
    """Make a whole family to stock, with a note; the headline changes by exactly what was shown before. Returns the new headline."""
    go(page, "Products")
    settled(page)
    before = headline_money(page)
    page.get_by_text("Decide for a whole family yourself").click()
    idle(page)  # the panel slides open
    choose(page, page.get_by_role("combobox", name="Family"), family, typed=False)
    page.get_by_test_id("stRadio").filter(has_text="Instead").locator("label").nth(1).click()
    idle(page)
    cost = page.get_by_text("The headline changes by exactly this", exact=False)
    expect(cost).to_be_visible(timeout=120_000)
    found = re.search(r"(Costs|Gains) ([\d.]+) ?([kM]?)", cost.inner_text())
    assert found
    change = (
        float(found[2]) * {"k": 1e3, "M": 1e6, "": 1.0}[found[3]] * (-1.0 if found[1] == "Costs" else 1.0)
    )
    page.get_by_label("Why").fill(why)
    page.keyboard.press("Tab")
    idle(page)
    page.get_by_role("button", name="Count my choice").click()
    settled(page)
    expect(page.get_by_text("Your own choices:", exact=False)).to_be_visible()
    after = headline_money(page)
    assert after - before == pytest.approx(change, abs=0.006 * (abs(before) + abs(change)))
    expect(page.get_by_text(why, exact=False).first).to_be_attached()
    return after


def best_seller() -> str:
    """The product with most units sold in the last month of the file."""
    sales = company("bicycles", EVERY_BICYCLE)["sales"]
    last = sales[sales["date"].str[:7] == sales["date"].max()[:7]]
    return str(last["quantity"].astype(float).groupby(last["sku"]).sum().idxmax())


def open_product(page: Page, sku: str) -> None:
    """Open a product by its code."""
    go(page, "Products")
    settled(page)
    choose(page, page.get_by_role("combobox", name="Open a product"), sku)
    settled(page)
    expect(page.get_by_role("button", name="All products")).to_be_visible()


def push(page: Page, lever: str, times: int) -> None:
    """Move a lever by so many steps."""
    slider = page.get_by_test_id("stSlider").filter(has_text=lever).locator("input[type=range]")
    slider.focus()
    for _ in range(times):
        page.keyboard.press("ArrowRight")
    settled(page)


def made_to_order_up_to_a_premium() -> str:
    """A product best made to order until single units cost so much more: the one with the lowest such premium of a few steps of the lever."""
    if ALL:
        study = kept_sample("servers")
    else:
        sales, items = (
            table.to_csv(index=False).encode() for table in company("servers", EVERY_SERVER).values()
        )
        study = run_study(read_sales(sales), read_items(items)[0])
    r = study.recommendation
    assert r.flips is not None
    turns = r.flips.turns[r.flips.at("cost_premium")]
    mine = (r.recommended == r.strategies.index("MTO")) & (
        study.setup.assembly is None or ~np.isin(np.arange(len(turns)), np.concatenate(study.setup.families))
    )
    reached = mine & (turns > 0.011) & (turns < 0.1)
    assert reached.any()
    return str(study.items.skus[int(np.argmin(np.where(reached, turns, np.inf)))])


def premium_that_turns(page: Page) -> tuple[str, float]:
    """What the page of a product says about the premium of single units: from which side it turns the choice, and at how many percent."""
    found = re.search(
        r"one at a time costs (more|less) than ([\d.]+) %",
        page.get_by_text("one at a time costs", exact=False).first.inner_text(),
    )
    assert found
    return found[1], float(found[2])


def test_a_flip_sentence_agrees_with_its_own_value(opened: Open) -> None:
    sku, step = made_to_order_up_to_a_premium(), 0.5
    page = at_work(opened, "servers", EVERY_SERVER)
    open_product(page, sku)
    side, turns = premium_that_turns(page)
    assert side == "more" and turns > step
    for steps, turned in (
        (math.floor(turns / step), "more"),
        (1 if turns % step < 0.9 * step else 2, "less"),
    ):
        go(page, "Compare")
        push(page, "Premium for making single units", steps)
        go(page, "Products")  # the product is still open
        settled(page)
        side, again = premium_that_turns(page)
        assert side == turned and abs(again - turns) <= step


def test_a_month_beyond_capacity_asks_to_build_ahead_or_to_keep_in_stock(opened: Open) -> None:
    page = opened("/limits?data=bicycles")
    free = title(page)
    page.get_by_label("Capacity for orders", exact=False).fill("2")
    page.keyboard.press("Tab")
    idle(page)
    page.get_by_role("button", name="Choose within these limits").click()
    settled(page)
    titled(page, "of what you can make to order: pre-build, or keep")
    told = page.get_by_text("Beyond it:", exact=False).inner_text()
    assert "Pre-build that much before" in told and re.search(
        r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \([\d.]+ units\)", told
    )
    expect(page.get_by_text(re.compile("^Or keep (this one|these [0-9]+) in stock instead"))).to_contain_text(
        "USD a year"
    )
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    page.get_by_role("button", name="Without limits").click()
    settled(page)
    titled(page, free, whole=True)


def test_the_manager_answers_moves_and_takes_away(opened: Open, tmp_path: Path) -> None:
    page = at_work(opened, "bicycles", EVERY_BICYCLE)
    expect(page.get_by_text("Where the gain comes from", exact=False)).to_contain_text("planning better")
    # the best seller: from stock, for its demand, with what to set
    open_product(page, best_seller())
    titled(page, "stock")
    expect(
        page.get_by_text(re.compile(r"[Rr]eorder at [\d,.]+ ?k?, (lot|one for one)")).first
    ).to_be_visible()
    expect(page.get_by_text("Why not the others")).to_be_visible()
    page.get_by_role("button", name="All products").click()
    settled(page)
    go(page, "Answer")
    settled(page)
    # the waiting question: 8 of 10 at two weeks, 5 of 10 at four
    card = (
        page.get_by_test_id("stVerticalBlock").filter(has_text="how many still order if told two weeks?").last
    )
    for _ in range(3):  # a run of the page that starts at that very moment folds the questions in again
        if not card.get_by_text("8", exact=True).is_visible():
            page.get_by_text(re.compile(r"^\d+ more$")).first.click()  # those that decide less are folded in
            idle(page)
        card.get_by_text("8", exact=True).click()
        settled(page)
        if page.get_by_text("And told four weeks?").count():
            break
    expect(page.get_by_text("And told four weeks?")).to_be_visible()
    page.get_by_test_id("stButtonGroup").filter(has_text="3 or fewer").get_by_text("5", exact=True).click()
    settled(page)
    expect(page.get_by_text("8 of 10 at two weeks, 5 of 10 at four")).to_be_visible()
    first, ordered = gain_of_metric(page), to_order(page)
    # a week more in every quote: nothing gained, nothing more to order
    go(page, "Compare")
    push(page, "Queue and buffer in every quote", 7)
    go(page, "Answer")
    settled(page)
    assert gain_of_metric(page) <= first * 1.005 and to_order(page) <= ordered
    second = gain_of_metric(page)
    # a premium on single units: nothing gained either
    go(page, "Compare")
    push(page, "Premium for making single units", 10)
    go(page, "Answer")
    settled(page)
    third = gain_of_metric(page)
    assert third <= second * 1.005
    total = force_family(page, "Electric", "shown <b>at the fair</b>")
    go(page, "Answer")
    settled(page)
    second_digit = 10.0 ** (
        math.floor(math.log10(abs(total))) - 1
    )  # the Answer says two digits, the page Products three
    assert abs(gain_of_metric(page) - total) <= 0.55 * second_digit
    # load by month, who waits, what to take away
    go(page, "Limits")
    expect(
        page.get_by_role("heading", name=re.compile("best month shipped so far|Load by month")).first
    ).to_be_visible()
    go(page, "Compare")
    expect(page.get_by_text("Who waits:", exact=False)).to_be_visible()
    go(page, "Report")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Recommendation for every product (CSV)").click()
    waiting.value.save_as(tmp_path / "recommendation.csv")
    rows = list(csv.DictReader((tmp_path / "recommendation.csv").read_text(encoding="utf-8").splitlines()))
    chosen = [row for row in rows if row["verdict"] == "chosen_by_you"]
    assert chosen and all(
        row["recommended"] == "MTS" and row["reorder_point"] and "shown <b>at the fair</b>" in row["reason"]
        for row in chosen
    )
    # the twenty that bring most, each with what to do and why
    bring = [row for row in rows if float(row["gain_per_year"] or 0.0) > 0.0]
    first_twenty = sorted(bring, key=lambda row: -float(row["gain_per_year"]))[:20]
    assert len(first_twenty) >= (20 if ALL else 5)
    assert all(
        row["reason"]
        and (
            row["quote_days"]
            if row["recommended"] == "MTO"
            else row["reorder_point"] and row["order_quantity"]
        )
        for row in first_twenty
    )
    with page.expect_download() as waiting:
        page.get_by_role("button", name="What the gains of products leave out (CSV)").click()
    waiting.value.save_as(tmp_path / "shared.csv")
    shared = [
        float(row["amount_per_year"])
        for row in csv.DictReader((tmp_path / "shared.csv").read_text(encoding="utf-8").splitlines())
    ]
    assert sum(float(row["gain_per_year"] or 0.0) for row in rows) + sum(shared) == pytest.approx(
        total, abs=0.006 * abs(total)
    )
