"""Who waits in two kinds: told a wait, or before an empty shelf; by product, family and plan, from counts and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from analytics.simulation.ledger import COUNT_INDEX, COUNTS
from analytics.strategy.money.measures import (
    counts_by_name,
    share_quoted_a_wait,
    share_shelf_empty,
    share_waiting,
    waits_of_all,
)
from analytics.strategy.portfolio.plan_measures import plans_of
from analytics.strategy.portfolio.waits_by_family import waits_by_family
from tests.strategy.small import small_study


def _counts(**named: float) -> NDArray[np.float64]:
    out = np.zeros(len(COUNTS))
    for name, value in named.items():
        out[COUNT_INDEX[name]] = value
    return out


def test_the_two_kinds_by_hand() -> None:
    """Split orders: 200 wanted, 20 lost; 60 told 14 days, and of the 120 from stock 9 find nothing and wait: 60/180 and 9/180."""
    split = counts_by_name(_counts(demanded=200, lost=20, waited=69, to_order=60, promised=60 * 14 / 365))
    assert share_quoted_a_wait(split) == pytest.approx(60 / 180)
    assert share_shelf_empty(split) == pytest.approx(9 / 180)
    at_once = counts_by_name(_counts(demanded=50, to_order=50))  # finished while they look on: nobody waits
    assert share_quoted_a_wait(at_once) == 0.0 and share_shelf_empty(at_once) == 0.0
    assert np.isnan(share_quoted_a_wait(counts_by_name(_counts())))


def test_of_all_products_units_are_added_up_product_by_product() -> None:
    """A is finished at once to order and waits nowhere; B from stock, 10 of its 100 before an empty shelf: nobody is quoted a wait."""
    both = np.array([_counts(demanded=300, to_order=300), _counts(demanded=100, waited=10)])
    assert waits_of_all(both) == {"share_quoted_a_wait": 0.0, "share_shelf_empty": pytest.approx(10 / 400)}


def test_the_two_kinds_make_all_who_wait_in_every_plan_and_family() -> None:
    study = small_study()
    seen = set()
    for plan in plans_of(study.comparison, study.recommendation, study.items):
        service = study.portfolio.service[plan.name]
        assert service["share_quoted_a_wait"] + service["share_shelf_empty"] == pytest.approx(
            service["share_waiting"]
        )
        n = counts_by_name(plan.counts)
        np.testing.assert_allclose(
            share_quoted_a_wait(n) + share_shelf_empty(n), share_waiting(n), atol=1e-12
        )
        if plan.name == "MTS":
            assert service["share_quoted_a_wait"] == 0.0 < service["share_shelf_empty"]
        if plan.name == "MTO":  # a product that cannot be made to order stays to stock
            assert service["share_quoted_a_wait"] > 0.5
        seen |= {name for name in ("share_quoted_a_wait", "share_shelf_empty") if service[name] > 0.0}
    assert len(seen) == 2
    table = waits_by_family(study.comparison, study.recommendation, study.items)
    assert table["products"].sum() == int((~study.recommendation.ended).sum())
    living = ~study.recommendation.ended
    mix = next(p for p in plans_of(study.comparison, study.recommendation, study.items) if p.name == "mix")
    n = counts_by_name(mix.counts[living])
    waited = (table["units_sold"] * (table["share_quoted_a_wait"] + table["share_shelf_empty"])).sum()
    assert waited == pytest.approx(float(n("waited").sum()))
    assert table["units_sold"].sum() == pytest.approx(float((n("demanded") - n("lost")).sum()))
