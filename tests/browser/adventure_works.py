"""AdventureWorks as the controller brings it: a part of it in `make test`, all with `make study`; and what SQL finds in either."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from tests.browser.stock_steps import StockFacts
from tests.faults.damage import ALL

__all__ = ["FACTS", "export"]

#: Made and bought, ended, sold below cost, sold without a stock record, in stock and never sold: some of each, as in the whole.
PART = ("Gloves", "Shorts", "Jerseys", "Caps", "Lights", "Wheels", "Touring Frames", "Touring Bikes")


class Facts(NamedTuple):
    """What SQL finds in the files, so that the questions asked of it are held as well."""

    rows: int
    units: int
    revenue: float
    products: int
    year: float
    margin: float
    below_cost: int
    ended: int
    bought: int
    stock: StockFacts


if ALL:
    STOCK = StockFacts(
        20_092_679.17, 18_877_642.80, 8_169_724.31, 69, 56, 6_535_779.45, "20.09 M on the books, 18.88 M"
    )
    FACTS = Facts(121_253, 274_776, 109_809_274.20, 266, 49_926_384.50, 6_273_540.96, 34, 83, 76, STOCK)
else:
    STOCK = StockFacts(
        4_955_619.38, 3_891_295.03, 892_576.98, 17, 17, 714_061.58, "4.956 M on the books, 3.891 M"
    )
    FACTS = Facts(26_733, 77_709, 18_077_496.26, 71, 16_165_585.05, 501_202.32, 21, 17, 21, STOCK)


def export(data: Path, place: Path) -> Path:
    """Write sales and items as a German spreadsheet does: `;`, decimal comma and dd.mm.yyyy."""
    sales, items = (
        pd.read_csv(data / source, dtype={"order_number": str, "customer": str, "sku": str})
        for source in ("adventureworks_sales.csv.gz", "adventureworks_items.csv")
    )
    if not ALL:
        items = items[items["subcategory"].isin(PART) | items["subcategory"].isna()]
        sales = sales[sales["sku"].isin(items["sku"])]
    for name, table in (("Verkauf.csv", sales), ("Artikel.csv", items)):
        for column in (c for c in table.columns if c.endswith("_date") or c in ("sell_start", "sell_end")):
            table[column] = pd.to_datetime(table[column]).dt.strftime("%d.%m.%Y")
        table.to_csv(place / name, sep=";", decimal=",", index=False)
    return place
