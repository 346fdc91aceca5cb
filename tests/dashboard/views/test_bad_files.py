"""Files from which nothing can be decided: the Answer says why, every page stands, nothing pretends to be firm."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.conftest import items_csv, sales_csv, settled
from tests.dashboard.pages import PAGES
from tests.dashboard.views.test_pages import texts, with_files
from tests.strategy.small import csv_text
from tests.unusable.test_slow_products import troubled_items, troubled_sales

Start = Callable[..., AppTest]


def with_quantity(make: Callable[[int], int]) -> bytes:
    head, *rows = sales_csv().decode().splitlines()
    cells = [row.split(",") for row in rows]
    return "\n".join([head, *(",".join([c[0], c[1], str(make(int(c[2]))), *c[3:]]) for c in cells)]).encode()


CASES = {
    "one row": (
        b"date,sku,quantity,unit_price\n2024-05-06,A-1,3,30\n",
        "One day of sales is too little to decide",
    ),
    "all zeros": (with_quantity(lambda q: 0), "Nothing was sold"),
    "returns only": (with_quantity(lambda q: -q), "Nothing was sold"),
    "below cost": (
        sales_csv()
        .replace(b".50", b".00")
        .replace(b",20.", b",2.")
        .replace(b",40.", b",4.")
        .replace(b",60.", b",6.")
        .replace(b",80.", b",8."),
        "sells below cost",
    ),
}


@pytest.mark.parametrize("name", list(CASES))
def test_nothing_to_decide_is_said_with_the_reason(start: Start, name: str) -> None:
    sales, title = CASES[name]
    at = with_files(start("household"), sales, items_csv())
    settled(at.button(key="use-file").click().run())
    at.switch_page("views/answer.py").run()
    assert not at.exception and title in at.title[0].value.replace("\\", "")
    assert "Holds" not in texts(at) and len(at.metric) == 0
    for page in ("compare", "demand", "limits", "report"):
        at.switch_page(f"views/{page}.py").run()
        assert not at.exception and len(at.title) == 1, page
        assert "nan" not in texts(at).lower().split() and "e-0" not in texts(at), page


def test_slow_products_with_every_trouble_open_on_every_page(start: Start) -> None:
    """One sale ever, years of silence, below cost, minima of years, a hundred years of stock: no page fails, and what nobody asks for is not worth listing."""
    at = with_files(start("household"), csv_text(troubled_sales()), csv_text(troubled_items()))
    settled(at.button(key="use-file").click().run())
    for page in PAGES:
        at.switch_page(f"views/{page}.py").run()
        assert not at.exception and len(at.title) == 1, page
        assert "loses 0 a year" not in texts(at), page
    at.switch_page("views/answer.py").run()
    assert "over ten years" in str([frame.value.to_string() for frame in at.dataframe])
    at.switch_page("views/products.py").run()
    table = next(frame.value for frame in at.dataframe if "Do" in frame.value and "sku" in frame.value)
    do = table.set_index("sku")["Do"]
    gone = {"ONCE": 6, "QUIET": 4}
    assert all(do[sku] == f"Not worth listing: last sale {years} years ago" for sku, years in gone.items())
    assert do["LONG"] == do["SLOW"] == "Not worth listing"
    assert at.title[0].value == "8 to stock; 4 of these not worth listing"
