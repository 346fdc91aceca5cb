"""Waits by channel against sums by hand, and of a product of which one channel alone is made to order."""

import numpy as np
import pandas as pd
import pytest

from analytics.data import read_sales
from analytics.demand.from_sales.sold import Window
from analytics.strategy.portfolio.waiting_customers import waiting_channels, waiting_customers

LINES = (
    "date,sku,quantity,revenue,channel,customer\n"
    "2025-01-06,A,4,400,Shop,Ann\n2025-02-03,A,6,540,Trade,Bob\n"
    "2025-02-03,B,10,100,Shop,Ann\n2025-03-03,C,2,900,Trade,Bob\n2025-03-05,D,1,60,Shop,Ann\n"
)
SKUS = np.array(["A", "B", "C", "D"], object)
PRICE = np.array([94.0, 10.0, 450.0, 60.0])
WINDOW = Window(np.datetime64("2025-01-01"), np.datetime64("2025-12-31"))
SHARE, DAYS = np.array([0.7, 0.1, 1.0, 0.0]), np.array([9.0, 2.0, 21.0, np.nan])


def table(parted: list[str], made: list[float]) -> pd.DataFrame:
    strategy = np.array(["HYBRID", "MTS", "MTO", ""], object)
    chosen = (strategy, np.array(parted, object), np.array(made), np.array([14.0, 14.0, 21.0, 14.0]))
    history = read_sales(LINES.encode())
    return waiting_channels(history, SKUS, PRICE, (SHARE, DAYS), WINDOW, chosen).set_index("channel")


def test_every_channel_waits_as_its_products_do() -> None:
    """Split by order size: nobody knows whose orders are the large ones, so that all channels of it wait alike."""
    found = table(["", "", "", ""], [0.6, 0.0, 0.0, 0.0])
    assert found.index.tolist() == ["Trade", "Shop"]
    assert found.loc["Shop", "bought"] == 560.0 and found.loc["Trade", "bought"] == 1440.0
    assert found.loc["Shop", "delayed"] == pytest.approx(400.0 * 0.7 + 100.0 * 0.1)
    assert found.loc["Trade", "delayed"] == pytest.approx(540.0 * 0.7 + 900.0)
    assert found.loc["Shop", "days"] == pytest.approx((280.0 * 9.0 + 10.0 * 2.0) / 290.0)
    kinds = ["products", "stocked", "assembled", "ordered", "by_size", "parted_ordered", "parted_stocked"]
    assert found.loc["Shop", kinds].tolist() == [3, 1, 0, 0, 1, 0, 0]
    assert found.loc["Trade", kinds].tolist() == [2, 0, 0, 1, 1, 0, 0]


def test_of_a_parted_product_one_channel_waits_as_quoted_and_the_others_what_is_left() -> None:
    """Six of ten units are Trade's and made to order; of all seven of ten wait: of the other four a quarter."""
    found = table(["Trade", "", "", ""], [0.6, 0.0, 0.0, 0.0])
    assert found.loc["Trade", "delayed"] == pytest.approx(540.0 + 900.0)
    assert found.loc["Trade", "days"] == pytest.approx((540.0 * 14.0 + 900.0 * 21.0) / 1440.0)
    assert found.loc["Shop", "delayed"] == pytest.approx(400.0 * 0.25 + 100.0 * 0.1)
    assert found.loc["Trade", "parted_ordered"] == 1 and found.loc["Shop", "parted_stocked"] == 1


def test_without_channels_there_is_nothing_and_customers_stay_as_they_were() -> None:
    history = read_sales(b"date,sku,quantity,revenue\n2025-01-06,A,4,400\n2025-02-03,A,6,540\n")
    one = np.array([0.5])
    chosen = (np.array(["MTS"], object), np.array([""], object), np.zeros(1), one)
    sku = np.array(["A"], object)
    assert not len(waiting_channels(history, sku, one, (one, one), WINDOW, chosen))
    customers = waiting_customers(read_sales(LINES.encode()), SKUS, PRICE, SHARE, DAYS, WINDOW)
    assert customers.set_index("customer").loc["Ann", "delayed"] == pytest.approx(290.0)
