"""What is shown of products whose best strategy is open hangs on what is not known, hardly on the seed."""

from __future__ import annotations

import numpy as np

from analytics import read_assumptions, read_items, read_sales, run_study
from analytics.strategy.compare import Comparison
from analytics.strategy.compared.steadied import MOST, open_products
from tests.strategy.small import STATED, csv_text, items_table, sales_table


def compared(seed: int) -> Comparison:
    """The strategies of the small company under another seed."""
    history = read_sales(csv_text(sales_table()), name="sales.csv")
    items, _ = read_items(csv_text(items_table()), name="items.csv")
    return run_study(history, items, read_assumptions(STATED), how_sure=False, seed=seed).comparison


def test_reference_worlds_of_open_products_are_the_same_for_every_seed() -> None:
    """World by world the same prices and parameters: money moves together, and its mean by a small share of what is open."""
    one, other = compared(1), compared(2)
    assert one.again is not None and other.again is not None
    both = np.intersect1d(one.again[0], other.again[0])
    assert len(both) >= 5
    for i in both:
        first, second = (c.again[1][list(c.again[0]).index(i)] for c in (one, other) if c.again is not None)
        offered = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1)
        for a, b in zip(first[offered], second[offered], strict=True):
            assert np.corrcoef(a, b)[0, 1] > 0.9, one.strategies
            assert abs(a.mean() - b.mean()) < a.std()


def test_open_are_those_whose_best_is_not_sure_and_of_many_the_ones_with_most_money() -> None:
    sure = np.array([[1.0, 0.0], [0.985, 0.015], [0.97, 0.03], [0.5, 0.5], [0.0, 0.0], [np.nan, np.nan]])
    assert open_products(sure, np.arange(6.0)).tolist() == [2, 3]
    many = np.tile([[0.6, 0.4]], (MOST + 10, 1))
    assert open_products(many, np.arange(MOST + 10.0)).tolist() == list(range(10, MOST + 10))
