"""Orders on hand and receipts on the pages: a file of each dropped on Data, listed there with totals and downloads, shown on Products and the product's page."""

from __future__ import annotations

import pandas as pd
from streamlit.testing.v1 import AppTest

from analytics.data import read_sales
from analytics.data.kept_apart import ON_HAND, by_product
from analytics.naming.labels import ON_HAND_RULE
from dashboard.state.choice import file_source
from tests.dashboard.conftest import Start, items_csv, sales_csv, settled
from tests.dashboard.views.test_pages import texts as escaped

#: by the file: sales end on 2025-04-28; three open lines are due later, ordered before, one of a product never sold else
OPEN = (
    ("2025-04-07", "2025-05-20", "A-1", 30),
    ("2025-04-14", "2025-06-02", "A-1", 12),
    ("2025-04-14", "2025-06-11", "C-3", 5),
)
RECEIPTS = b"date,sku,quantity\n2024-02-05,A-1,40\n2024-03-04,A-1,44\n2024-03-04,NEVER,9\n"


def _sales() -> bytes:
    _, *lines = sales_csv().decode().splitlines()
    rows = [f"{line},,Shipped" for line in lines]
    rows += [f"{day},{sku},{units},20.50,{due},Open" for day, due, sku, units in OPEN]
    return "\n".join(["order date,sku,quantity,unit_price,due date,status", *rows]).encode()


def _text(at: AppTest) -> str:
    return escaped(at).replace("\\", "")


def _tables(at: AppTest) -> list[pd.DataFrame]:
    return [frame.value for frame in at.dataframe]


def test_they_are_listed_on_data_on_products_and_on_the_page_of_the_product(start: Start) -> None:
    at = start()
    at.switch_page("views/data.py").run()
    at.file_uploader(key="sales-files").set_value([("sales.csv", _sales(), "text/csv")])
    at.file_uploader(key="items-file").set_value(("items.csv", items_csv(), "text/csv"))
    at.file_uploader(key="beside-files").set_value([("in.csv", RECEIPTS, "text/csv")]).run()
    assert not at.exception
    said = _text(at)
    assert "Orders on hand: 47 units in 3 lines, 963.50 in money" in said and ON_HAND_RULE in said
    assert "Here: 3 lines (47 units) in demand by the day of the order." in said
    assert "Goods received: 93 units in 3 lines" in said and "Receipts: all 3 rows are usable" in said
    read = read_sales(_sales())
    (orders,) = [t for t in _tables(at) if "Due" in t.columns and "SKU" in t.columns]
    (came,) = [t for t in _tables(at) if "Received" in t.columns]
    wanted = by_product(read.apart, ON_HAND)
    assert orders["Units"].tolist() == wanted["units"].tolist() == [30.0, 12.0, 5.0]
    assert orders["Rows of the file"].tolist() == ["282", "283", "284"]
    assert came["SKU"].tolist() == ["A-1", "A-1", "NEVER"] and came["Units"].tolist() == [40.0, 44.0, 9.0]
    names = {button.label for button in at.get("download_button")}
    assert {"Orders on hand (CSV), 3 rows", "Goods received (CSV), 3 rows"} <= names
    settled(at.button(key="use-file").click().run())
    at.switch_page("views/data.py").run()
    assert "Orders on hand: 47 units in 3 lines, 963.50 in money" in _text(at)
    at.switch_page("views/products.py").run()
    (table,) = [t for t in _tables(at) if "Orders" in t.columns]
    shown = table.set_index("sku")
    assert shown["Orders"].to_dict() == {"A-1": 42.0, "B-2": 0.0, "C-3": 5.0, "D-4": 0.0}
    assert shown["Due"].to_dict() == {"A-1": "2025-05", "B-2": "", "C-3": "2025-06", "D-4": ""}
    at.selectbox(key="product-open").set_value("A-1").run()
    assert not at.exception and "Orders on hand: 42 units" in _text(at)
    (mine,) = [t for t in _tables(at) if "Due" in t.columns]
    assert mine["Units"].tolist() == [30.0, 12.0] and mine["Due"].tolist() == ["2025-05", "2025-06"]


def test_another_file_of_receipts_is_another_source() -> None:
    sales = (("sales.csv", _sales()),)
    plain, with_them = file_source(sales), file_source(sales, beside=(("in.csv", RECEIPTS),))
    other = file_source(sales, bom=("in.csv", RECEIPTS))
    assert len({plain.digest, with_them.digest, other.digest}) == 3
