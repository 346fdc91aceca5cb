"""What another service would cost the products of a study: one of them, or a family."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analytics.naming.labels import Strategy
from analytics.strategy.portfolio.plan_measures import plan_measures
from analytics.strategy.portfolio.plans_compared import plan_difference
from analytics.strategy.what_if.service_curve import ServiceCurve, ServicePoint, service_curve

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["ServicePrice", "price_of_service", "study_service"]


class ServicePrice(NamedTuple):
    """What a target service costs: the `point` it leads to, how much more it `costs` than the plan and how much more it `earns` (negative: less).

    `unreached` products cannot be served so well by any setting that was simulated, and are served as well as they can be.
    """

    point: ServicePoint
    costs: float
    earns: float
    unreached: int


def study_service(study: Study, sku: str = "", family: str = "") -> ServiceCurve | None:
    """The curve of service against cost of a product, else of a family, else of all that are still sold.

    None where nothing of it has money. Raises ValueError where there is no such product or family among those still sold.
    """
    live = ~study.recommendation.ended
    column = study.items.skus if sku else study.items["family"]
    wanted = sku or family
    here = live & (np.array([str(name) for name in column], object) == wanted) if wanted else live
    rows = np.flatnonzero(here)
    if not len(rows):
        raise ValueError(f"study_service: nothing still sold is {wanted!r}")
    r, comparison = study.recommendation, study.comparison
    free = comparison if study.limited is None else study.limited.free
    today = plan_measures("baseline", free, study.items, r.baseline, np.ones(len(live), bool))
    mix = plan_measures("mix", comparison, study.items, r.recommended, r.as_today)
    return service_curve(study.ledgers[Strategy.MTS], study.items, rows, today, mix)


def price_of_service(curve: ServiceCurve, target: float) -> ServicePrice:
    """What serving every product at least at `target` at once from stock costs and earns beside the plan, money over twelve months.

    costs = cost_of_serving at the target - cost_of_serving of the plan; earns = profit at the target - profit of the plan. Source: definition.
    """
    point = curve.at(target)
    return ServicePrice(
        point,
        plan_difference(point.cost, curve.plan.cost),
        plan_difference(point.profit, curve.plan.profit),
        curve.unreached(target),
    )
