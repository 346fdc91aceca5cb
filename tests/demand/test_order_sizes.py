"""Orders counted, sized and timed from a history."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.data import read_sales
from analytics.demand.order_sizes import OrderSizes, arrival_variability, order_sizes


def test_lines_of_one_order_add_up_and_returns_count_off() -> None:
    text = "order,date,sku,quantity\n"
    text += "1,2024-01-02,A,3\n1,2024-01-02,A,2\n1,2024-01-02,B,4\n2,2024-01-05,A,10\n2,2024-01-09,A,-4\n3,2024-02-01,B,7\n,2024-02-02,A,1\n,2024-02-02,A,1\n"
    history = read_sales(text.encode())
    orders = order_sizes(history, np.array(["A", "B", "NEVER"], object))
    assert (
        orders.of(0).tolist() == [1.0, 1.0, 5.0, 6.0]
        and orders.of(1).tolist() == [4.0, 7.0]
        and orders.count.tolist() == [4, 2, 0]
    )
    assert orders.variability[0] == pytest.approx(
        np.var([1, 1, 5, 6], ddof=1) / np.mean([1, 1, 5, 6]) ** 2
    ) and np.isnan(orders.variability[2])


def test_a_file_of_totals_has_no_orders() -> None:
    wide = pd.DataFrame({"sku": ["A", "B"], **{f"2024-{m:02d}": [m, 2] for m in range(1, 13)}}).to_csv(
        index=False
    )
    history = read_sales(wide.encode())
    assert order_sizes(history, history.skus).count.tolist() == [0, 0]


@pytest.mark.parametrize(("shape", "exact"), [(1.0, 1.0), (4.0, 0.25), (0.5, 2.0)])
def test_irregularity_of_a_renewal_process(shape: float, exact: float) -> None:
    """Over long windows the dispersion of counts tends to the variability of the gaps; 30 orders a week are long."""
    found = []
    for seed in range(30):
        gaps = np.random.default_rng(seed).gamma(shape, 7.0 / 30.0 / shape, 1700)
        day = np.cumsum(gaps).astype(np.int64)
        found.append(
            arrival_variability(
                OrderSizes(np.array(["A"], object), np.array([0, 1700]), np.ones(1700), day), np.array([0])
            )
        )
    error = np.std(found, ddof=1) / np.sqrt(30)
    assert error < 0.06 * exact and abs(np.mean(found) - exact) < 4.0 * error + 0.03


def test_a_trend_is_no_irregularity_and_little_history_is_no_evidence() -> None:
    rising = np.concatenate([np.full(20 + w, 7 * w) for w in range(52)])
    assert (
        arrival_variability(
            OrderSizes(np.array(["A"], object), np.array([0, len(rising)]), np.ones(len(rising)), rising),
            np.array([0]),
        )
        < 0.02
    )
    short = np.repeat(np.arange(10) * 7, [1, 9] * 5)
    assert (
        arrival_variability(
            OrderSizes(np.array(["A"], object), np.array([0, len(short)]), np.ones(len(short)), short),
            np.array([0]),
        )
        == 1.0
    )
