"""What the year ahead says of the shop, and where it says nothing: months far below last year's are not reassured about."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.data import read_sales
from analytics.limits import Limits
from analytics.scenario.limited import study_load
from analytics.strategy.limits.capacity_load import (
    judged_months,
    made_by_month,
    planned_by_month,
    work_per_unit,
)
from analytics.study import Study
from tests.strategy.small import small_study


def test_only_a_gap_to_the_end_of_the_year_cannot_be_judged() -> None:
    made = np.full(12, 100.0)
    planned = np.array([100.0, 90.0, 60.0, 95.0, 80.0, 76.0, 74.0, 40.0, 10.0, 5.0, 0.0, 0.0])
    found = judged_months(planned, made, 4, 7)
    assert (found.months, found.planned, found.made, found.endings, found.launches) == (
        6,
        129.0,
        600.0,
        4,
        7,
    )  # March is weak, but not the end of it
    assert judged_months(planned[::-1], made, 0, 0).months == 12
    one = np.where(np.arange(12) == 11, 50.0, 100.0)  # one weak month at the end is noise
    assert judged_months(one, made, 0, 0).months == 12
    assert judged_months(np.full(12, 10.0), made, 1, 0).months == 0
    assert (
        judged_months(np.zeros(12), np.zeros(12), 0, 0).months == 12
    )  # nothing was made: nothing is missing


def test_work_of_last_year_falls_in_its_months() -> None:
    lines = (
        "date,sku,quantity\n2024-01-05,A,3\n2024-01-20,B,4\n2024-03-02,A,5\n2024-03-09,A,-1\n2025-01-15,A,9\n"
    )
    made = made_by_month(read_sales(lines.encode()), np.array([1.0, 2.0]), ("2025-01", "2025-02", "2025-03"))
    assert made.tolist() == [3.0 + 2.0 * 4.0, 0.0, 5.0]  # the return takes nothing from what was made


def test_the_load_by_strategy_is_the_load() -> None:
    study: Study = small_study()
    load = study_load(study)
    np.testing.assert_allclose(sum(load.by_strategy.values()), load.to_order + load.for_stock, rtol=1e-12)
    assert load.judged is not None and 0 <= load.judged.months <= 12
    shares = np.full((len(study.items), 12), 1.0 / 12.0)
    demand = np.arange(1.0, len(study.items) + 1.0)
    planned = planned_by_month(study.items, shares, demand, Limits())
    assert planned.sum() == pytest.approx(float((demand * work_per_unit(study.items, Limits())).sum()))
