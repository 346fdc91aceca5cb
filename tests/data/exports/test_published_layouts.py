"""Layouts of sales files that are widely published: products, amounts and discounts are found by what their columns say and hold, or asked about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pytest

from analytics.data import read_sales
from analytics.errors import DataError

DRAWN = np.random.default_rng(20261130)
PRODUCTS, LINES = 12, 160
PRICE = np.round(DRAWN.lognormal(3.0, 0.7, PRODUCTS), 2)
PRODUCT = DRAWN.integers(0, PRODUCTS, LINES)
QUANTITY = DRAWN.integers(1, 9, LINES)
DAY = [dt.date(2021, 1, 4) + dt.timedelta(days=4 * k) for k in range(LINES)]
WORTH = np.round(QUANTITY * PRICE[PRODUCT], 2)


def written(header: str, line: Callable[[int], str]) -> bytes:
    return "\n".join([header, *(line(k) for k in range(LINES))]).encode()


def retail(discount: Callable[[int], float], header: str = "Discount") -> bytes:
    return written(
        f"Date,Product ID,Units Sold,Price,{header}",
        lambda k: f"{DAY[k]},P{PRODUCT[k]:03d},{QUANTITY[k]},{PRICE[PRODUCT[k]]},{discount(k)}",
    )


OFF = [round(float(w) * 0.05 * (k % 4), 2) for k, w in enumerate(WORTH)]
ORDERS = written(
    "Category Name,Customer City,order date (DateOrders),Order Id,Order Item Discount,Order Item Id,Order Item Quantity,Sales,"
    "Order Item Total,Product Card Id,Product Name,Product Price",
    lambda k: (
        f"{'Golf' if PRODUCT[k] % 2 else 'Tennis'},{'Caguas' if k % 3 else 'Lima'},{DAY[k]:%m/%d/%Y} 9:30,{k // 2},{OFF[k]},{k},{QUANTITY[k]},"
        f"{WORTH[k]},{round(float(WORTH[k]) - OFF[k], 2)},{700 + PRODUCT[k]},Racket {PRODUCT[k]},{PRICE[PRODUCT[k]]}"
    ),
)


def test_a_code_named_in_words_of_its_own_and_the_amount_after_the_discount() -> None:
    found = read_sales(ORDERS).report
    assert (found.mapping["sku"], found.mapping["revenue"]) == ("Product Card Id", "Order Item Total")
    assert found.revenue_used == pytest.approx(float(WORTH.sum()) - sum(OFF), abs=0.005)
    said = next(p for p in found.problems if p.code == "discount_left_out")
    assert "Order Item Total is Sales less Order Item Discount" in said.message


def test_a_column_of_revenue_that_the_user_named_stays() -> None:
    found = read_sales(ORDERS, mapping={"revenue": "Sales"}).report
    assert found.revenue_used == pytest.approx(float(WORTH.sum()), abs=0.005)
    taxed = written(
        "date,sku,quantity,amount,vat,total",
        lambda k: (
            f"{DAY[k]},A{PRODUCT[k]},{QUANTITY[k]},{WORTH[k]},{WORTH[k] / 4:.2f},{WORTH[k] + round(WORTH[k] / 4, 2):.2f}"
        ),
    )
    assert read_sales(taxed).report.revenue_used == pytest.approx(float(WORTH.sum()), abs=0.005)
    named = read_sales(taxed, mapping={"revenue": "total"}).report
    assert named.revenue_used == pytest.approx(float(WORTH.sum()) * 1.25, abs=0.005 * LINES)
    assert (
        "total is amount plus vat" in next(p for p in named.problems if p.code == "may_include_tax").message
    )


def test_a_pack_is_no_product_and_a_key_of_the_item_is() -> None:
    facts = written(
        "Sale Key,Invoice Date Key,Stock Item Key,Description,Package,Quantity,Unit Price,Total Excluding Tax,Tax Amount,Total Including Tax",
        lambda k: (
            f"{k},{DAY[k]},{PRODUCT[k] + 1},Mug {PRODUCT[k]},Each,{QUANTITY[k]},{PRICE[PRODUCT[k]]},{WORTH[k]},{WORTH[k] * 0.2:.2f},{WORTH[k] * 1.2:.2f}"
        ),
    )
    found = read_sales(facts)
    assert (found.report.mapping["sku"], len(found.skus)) == ("Stock Item Key", len(set(PRODUCT)))
    without = facts.replace(b"Stock Item Key", b"Nomer")
    found = read_sales(without)  # each of the numbers has one description, and each description one
    assert (found.report.mapping["sku"], len(found.skus)) == ("Nomer", len(set(PRODUCT)))


def test_products_without_a_code_are_told_apart_by_their_names() -> None:
    listed = written(
        "Date,Description,Size,Quantity,Amount",
        lambda k: f"{DAY[k]},Lamp {PRODUCT[k]},{'SML'[k % 3]},{QUANTITY[k]},{WORTH[k]}",
    )
    found = read_sales(listed)
    assert (found.report.mapping["sku"], len(found.skus)) == ("Description", len(set(PRODUCT)))
    assert "no column holds a code of the product" in next(
        p.message for p in found.report.problems if p.code == "named_products"
    )


def test_what_groups_products_is_offered_where_nothing_finer_is_named() -> None:
    tills = written(
        "Invoice,Branch,Customer type,Gender,Product line,Unit price,Quantity,Date,Payment",
        lambda k: (
            f"750-{k},{'ABC'[k % 3]},{'Member' if k % 2 else 'Normal'},{'Female' if k % 5 else 'Male'},Line {PRODUCT[k]},{PRICE[PRODUCT[k]]},{QUANTITY[k]},"
            f"{DAY[k]},{('Cash', 'Card', 'Wallet')[k % 3]}"
        ),
    )
    with pytest.raises(DataError) as asked:
        read_sales(tills)
    assert asked.value.problems[0].found.startswith("Product line, ")
    assert len(read_sales(tills, mapping={"sku": "Product line"}).skus) == len(set(PRODUCT))


@pytest.mark.parametrize("sign", ["$", "EUR ", "£"])
def test_amounts_of_money_have_no_three_decimals(sign: str) -> None:
    whole = np.round(WORTH * 37).astype(int)
    file = written(
        "Product,Date,Amount,Boxes Shipped",
        lambda k: f'Mint {PRODUCT[k]},{DAY[k]:%d-%b-%y},"{sign}{whole[k]:,} ",{QUANTITY[k]}',
    )
    assert read_sales(file).report.revenue_used == whole.sum()


def test_amounts_of_currencies_with_three_decimals_are_asked_about() -> None:
    whole = np.round(WORTH * 37).astype(int) % 900_000 + 1000
    file = written(
        "Product,Date,Amount,Boxes Shipped",
        lambda k: f'Mint {PRODUCT[k]},{DAY[k]:%d-%b-%y},"KWD {whole[k]:,} ",{QUANTITY[k]}',
    )
    with pytest.raises(DataError, match="thousands or three decimals"):
        read_sales(file)


def test_products_across_beside_the_parts_of_each_date() -> None:
    names = ["M01AB", "N02BE", "R06"]
    sold = np.round(DRAWN.gamma(3.0, 2.0, (LINES, 3)), 2)
    file = written(
        "datum," + ",".join(names) + ",Year,Month,Hour,Weekday Name",
        lambda k: (
            f"{DAY[k]:%m/%d/%Y},{','.join(map(str, sold[k]))},{DAY[k].year},{DAY[k].month},{k % 24},{DAY[k]:%A}"
        ),
    )
    found = read_sales(file)
    assert list(found.skus) == names
    assert found.report.units_used == pytest.approx(float(sold.sum()))


def test_a_state_of_a_country_is_no_state_of_an_order() -> None:
    places = ("Alabama", "Texas", "Ohio", "New York")
    file = written(
        "Date,Product,State,Units Sold,Total Sales",
        lambda k: f"{DAY[k]},P{PRODUCT[k]},{places[k % 4]},{QUANTITY[k]},{WORTH[k]}",
    )
    found = read_sales(file).report
    assert "status" not in found.mapping
    assert any("'State' says nothing of what its rows are" in said for said in found.assumed)


def test_a_discount_of_usual_steps_may_be_percents_or_money() -> None:
    cheap = [k for k in range(LINES) if WORTH[k] < 20.0]
    steps = retail(lambda k: 0 if k in cheap else 5 * (k % 4))
    with pytest.raises(DataError, match="percents of the price or amounts of money"):
        read_sales(steps)
    off = np.array([0 if k in cheap else 5 * (k % 4) for k in range(LINES)])
    percents = read_sales(steps, mapping={"discount_pct": "Discount"}).report
    assert percents.revenue_used == pytest.approx(float((WORTH * (1 - off / 100)).sum()), abs=0.005 * LINES)
    amounts = read_sales(steps, mapping={"discount": "Discount"}).report
    assert amounts.revenue_used == pytest.approx(float((WORTH - off).sum()), abs=0.005 * LINES)


def test_a_discount_above_the_worth_of_its_line_is_in_percent() -> None:
    file = retail(lambda k: 40 if k % 3 == 0 else 0)
    assert (WORTH[::3] < 40.0).mean() > 0.05
    found = read_sales(file).report
    truth = WORTH * np.where(np.arange(LINES) % 3 == 0, 0.6, 1.0)
    assert found.revenue_used == pytest.approx(float(truth.sum()), abs=0.005 * LINES)
    assert any("Discount is in percent" in said for said in found.assumed)


def test_a_discount_of_any_cents_is_an_amount() -> None:
    file = retail(lambda k: OFF[k])
    assert read_sales(file).report.revenue_used == pytest.approx(float(WORTH.sum()) - sum(OFF), abs=0.01)


def test_revenue_in_rows_of_its_own_is_that_of_the_units_beside_it() -> None:
    """A product in two regions, each with a row of units, of revenue and of a plan; in one month there is revenue alone."""
    months = [f"2022-{m:02d}" for m in range(1, 13)]
    units = DRAWN.integers(1, 30, (4, 12))
    units[:2, 5] = 0
    paid = np.round(units * 7.35 + 1.0, 2)
    lines = ["SKU,Region,Measure," + ",".join(months)]
    for k in range(4):
        place = f"{'' if k % 2 else f'A{k // 2}'},{'NS'[k % 2]}"
        lines += [
            f"A{k // 2},{'NS'[k % 2]},Units,{','.join(map(str, units[k]))}",
            f"{place},Revenue,{','.join(map(str, paid[k]))}",
            f"A{k // 2},{'NS'[k % 2]},Forecast,{','.join(['99'] * 12)}",
        ]
    found = read_sales("\n".join(lines).encode())
    assert (found.report.units_used, found.report.rows_used, found.report.rows_rejected) == (
        units.sum(),
        4,
        8,
    )
    assert found.report.revenue_used == pytest.approx(float(paid.sum()), abs=1e-9)
    for k in range(2):
        of_product = found.revenue[found.sku == k]
        assert float(of_product.sum()) == pytest.approx(float(paid[2 * k : 2 * k + 2].sum()), abs=1e-9)
    said = next(p.message for p in found.report.problems if p.code == "measure_chosen")
    assert "rows of 'Revenue' as their revenue; 4 rows of other measures were left out" in said


def test_sizes_that_the_words_of_measures_say_count() -> None:
    """Units in thousands and revenue in thousands of euros, each in rows of its own, and the month's header says nothing of it."""
    units, paid = DRAWN.integers(2, 60, (3, 12)), np.round(DRAWN.uniform(5.0, 90.0, (3, 12)), 1)
    lines = ["Artikel;Kennzahl;" + ";".join(f"{m:02d}.2022" for m in range(1, 13))]
    for k in range(3):
        lines.append(f"A{k};Menge (in Tsd);" + ";".join(map(str, units[k])))
        lines.append(f"A{k};Umsatz (TEUR);" + ";".join(str(v).replace(".", ",") for v in paid[k]))
    found = read_sales("\n".join(lines).encode()).report
    assert found.units_used == 1000 * units.sum()
    assert found.revenue_used == pytest.approx(1000 * float(paid.sum()), rel=1e-12)
    assert sum(p.code == "stated_scale" for p in found.problems) == 2
