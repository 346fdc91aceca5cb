"""Items under other assumptions, completed anew, and what the decision stands on to be asked again at other values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import Assumption, Assumptions
from analytics.demand import complete_items
from analytics.demand.bom import with_part_costs
from analytics.demand.complete import confirmed_as_they_stand, finished_items
from analytics.items import Items
from analytics.strategy.decision import joined_ledgers
from analytics.strategy.doubt.gain_doubt import doubt_of, with_measured_error
from analytics.strategy.own_decision import decide_each
from analytics.strategy.plans.capacity_quote import quoted_items
from analytics.strategy.standing import Standing

if TYPE_CHECKING:
    from analytics.data.history import SalesHistory
    from analytics.demand import DemandPanel, LifeCycle
    from analytics.demand.bom import ProductParts
    from analytics.demand.order_sizes import OrderSizes
    from analytics.forecast import Forecast
    from analytics.study import Study

__all__ = ["items_under", "restated_items", "restater", "study_standing"]


def items_under(
    assumptions: Assumptions, given: Items | None, history: SalesHistory, panel: DemandPanel, life: LifeCycle, parts: ProductParts | None, forecast: Forecast, orders: OrderSizes
) -> Items:  # fmt: skip
    """What is `given` of the products, completed under these assumptions; life cycle and forecast rest on the files alone and stay as they are."""
    given, parts = with_part_costs(given, parts, assumptions.what_if)
    items = quoted_items(
        finished_items(
            complete_items(given, history, panel, assumptions), history, life, parts, assumptions.what_if
        ),
        forecast,
        orders,
    )
    return confirmed_as_they_stand(items, assumptions)


def restated_items(study: Study, assumptions: Assumptions) -> Items:
    """The items of the study completed under these assumptions (see `items_under`)."""
    items = items_under(
        assumptions,
        study.given_items,
        study.history,
        study.panel,
        study.life,
        study.parts,
        study.forecast,
        study.orders,
    )
    return with_measured_error(items, doubt_of(study.comparison))


def study_standing(study: Study) -> Standing:
    """What the study's decision stands on, to ask it again at other values."""
    r = study.recommendation
    alone = decide_each(
        study.comparison, study.items, r.ended, None, study.outlook.too_short, r.decided.noise
    )
    joined, restate = (
        joined_ledgers(study.setup, study.outlook, study.items),
        restater(lambda stated: restated_items(study, stated), study.assumptions),
    )
    return Standing(
        study.outlook,
        study.items,
        study.setup,
        study.ledgers,
        study.comparison,
        alone,
        r.decided,
        joined,
        study.todays_way,
        restate,
    )


def restater(
    under: Callable[[Assumptions], Items], assumptions: Assumptions
) -> Callable[[str, NDArray[np.float64]], Items]:
    """How the items look with one field confirmed product by product.

    The items with a field confirmed product by product (NaN: as it is), completed anew, so that all follows that would if a user said so; `under` gives
    the items under any assumptions, `assumptions` are those in force. What one work centre makes shares its capacity: there all move at once.
    """
    skus = under(assumptions).skus

    def restated(field: str, values: NDArray[np.float64]) -> Items:
        product = {sku: dict(stated) for sku, stated in assumptions.product.items()}
        for i in np.flatnonzero(np.isfinite(values)):
            value = float(values[i])
            product.setdefault(str(skus[i]), {})[field] = Assumption(value, value, value, "confirmed")
        return under(replace(assumptions, product=product))

    return restated
