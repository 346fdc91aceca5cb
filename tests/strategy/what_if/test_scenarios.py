"""Make to order under three scenarios of patience."""

from __future__ import annotations

import numpy as np

from analytics.items import ASSUMED, CONFIRMED
from analytics.strategy.what_if.scenarios import profit_to_order_by_patience
from tests.strategy.small import small_study


def test_less_patience_never_earns_more_and_the_middle_is_the_value_in_force() -> None:
    study = small_study()
    items = study.items.with_field("patience_per_day", 0.03, ASSUMED, 0.004, 0.09)
    profit = profit_to_order_by_patience(study.setup, items)
    margin = study.items["price"] > study.items["unit_cost"]
    assert profit.shape == (len(items), 3) and margin.any()
    assert np.all(np.diff(profit[margin], axis=1) <= 1e-9)
    assert np.any(np.diff(profit[margin], axis=1) < -1.0)
    fixed = profit_to_order_by_patience(
        study.setup, study.items.with_field("patience_per_day", 0.03, CONFIRMED)
    )
    np.testing.assert_array_equal(fixed, np.repeat(profit[:, 1:2], 3, axis=1))
