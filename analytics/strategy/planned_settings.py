"""What to set for every product under a strategy: the settings that the simulation chose, as a planner types them in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.policy.levels import (
    demand_over_interval,
    nothing_more,
    order_quantity,
    order_up_to_level,
    reorder_point,
    target_level,
)
from analytics.strategy.compare import Comparison
from analytics.strategy.money.measures import counts_by_name, units_sold
from analytics.strategy.plans.batches import WAIT
from analytics.strategy.plans.kit_share import share_of_kits
from analytics.strategy.plans.ledgers import Setup, split_settings

__all__ = ["SETTING_NAMES", "component_levels", "planned_settings", "quote_days"]

Array = NDArray[np.float64]

#: What a planner sets, in the order of the files.
SETTING_NAMES = ("reorder_point", "order_up_to_level", "order_quantity", "quote_days")


def quote_days(setup: Setup, strategy: str, here: NDArray[np.intp]) -> Array:
    """The days to promise to customers of the products at `here` under a strategy that is not from stock alone. Days, (len(here),).

    quote_days = the quote of the plan to order; of what is assembled to order, the wait for assembly.
    Split by order size: that of the large orders.
    """
    if strategy == Strategy.ATO:
        assert setup.assembly is not None
        return setup.assembly.door_wait_days[here]
    return setup.order.quote_days[here, 0]


def planned_settings(
    setup: Setup, comparison: Comparison, items: Items, choice: NDArray[np.intp]
) -> dict[str, Array]:
    """What a planner would set now, per product, for the strategy at `choice` (products,): SETTING_NAMES, NaN where it does not apply.

    Stocked (MTS): order when the inventory position is at or below the reorder point, in lots of the order
    quantity. The order-up-to level is the reorder point plus one lot. Assembled (ATO): the same numbers for the
    family's component kits, the product's share of them. To order: the days to quote, and in batches
    the batch. Split by order size (HYBRID): the stock
    numbers for small orders, and the quote for large ones. Where what is ordered now would arrive after a known end nothing is
    ordered: a lot of 0, and a reorder point that nothing reaches. Formulas: `policy.levels`.
    """
    out = {name: np.full(len(items), np.nan) for name in SETTING_NAMES}
    for k, name in enumerate(comparison.strategies):
        here = np.flatnonzero(choice == k)
        if not len(here):
            continue
        if name in (Strategy.MTO, Strategy.HYBRID):
            out["quote_days"][here] = quote_days(setup, name, here)
        if name == Strategy.MTO:
            _set_in_batches(setup, comparison, here, out)
            continue
        plan = setup.assembly if name == Strategy.ATO else setup.stock
        assert plan is not None
        unit, share = here, np.ones(len(here))
        if name == Strategy.ATO:
            unit, share = _share_of_kits(setup, comparison, here)
            out["quote_days"][here] = quote_days(setup, name, here)
        setting = comparison.chosen[name].setting[here]
        demand = demand_over_interval(plan.expected[unit], plan.lead_weeks[unit] + plan.review_weeks[unit])
        if name == Strategy.HYBRID:
            both = split_settings(setup, here, setting)
            demand, relative, lot = demand * both["small_share"], both["relative_quantile"], both["lot"]
        else:
            relative, lot = plan.relative_quantile[unit, setting], plan.lot[unit, setting]
        whole = plan.whole[unit]
        step = np.ones(len(unit)) if plan.step is None else plan.step[unit]
        quantity = order_quantity(lot, plan.moq[unit], share, whole, step)
        point = reorder_point(target_level(demand, relative, share, whole, step), whole, step)
        point = np.where(
            share < 1.0, np.maximum(point, 0.0), point
        )  # a part of a common stock may round to nothing
        stops = nothing_more(plan.end_week[unit], plan.lead_weeks[unit])
        _write_levels(
            out,
            here,
            np.where(stops, reorder_point(np.zeros(len(here)), whole, step), point),
            quantity,
            stops,
        )
    return out


def component_levels(setup: Setup, comparison: Comparison, here: NDArray[np.intp]) -> tuple[Array, Array]:
    """Reorder point and lot of the component kits of the products at `here`, all assembled to order: each product's share of its family's, (len(here),).

    component_levels = reorder point of the family's kits x share_of_kits; the lot likewise. Not rounded, so that the shares of a family add up to its kits.
    Source: definition; read back by `strategy.present.present_settings.kits_of_file`.
    """
    plan = setup.assembly
    assert plan is not None
    unit, share = np.full(len(setup.skus), -1, np.intp), np.zeros(len(setup.skus))
    for f, members in enumerate(setup.families):
        unit[members], share[members] = f, share_of_kits(setup, members)
    of, setting, whole = unit[here], comparison.chosen[Strategy.ATO].setting[here], np.ones(len(here))
    step = whole if plan.step is None else plan.step[of]
    demand = demand_over_interval(plan.expected[of], plan.lead_weeks[of] + plan.review_weeks[of])
    level = target_level(demand, plan.relative_quantile[of, setting], whole, plan.whole[of], step)
    lot = order_quantity(plan.lot[of, setting], plan.moq[of], whole, plan.whole[of], step)
    return share[here] * reorder_point(level, plan.whole[of], step), share[here] * lot


def _write_levels(
    out: dict[str, Array], here: NDArray[np.intp], point: Array, quantity: Array, stops: NDArray[np.bool_]
) -> None:
    """Write a level and a lot for the products at `here`; where ordering `stops`, a lot of 0."""
    quantity = np.where(stops, 0.0, quantity)
    out["reorder_point"][here], out["order_quantity"][here] = point, quantity
    out["order_up_to_level"][here] = order_up_to_level(point, quantity)


def _set_in_batches(
    setup: Setup, comparison: Comparison, here: NDArray[np.intp], out: dict[str, Array]
) -> None:
    """Write what is set for those of the products at `here`, made or bought to order, that come in batches (see `plans.batches`).

    Waiting for a batch: its units, and the mean wait as the days to quote. Starting it: order only when ordered, and the least lot.
    """
    plan = setup.batches
    if plan is None:
        return
    at, row = plan.of(here)
    index = here[at]
    fills = comparison.chosen[Strategy.MTO].setting[index] == WAIT
    step = np.ones(len(index)) if plan.start.step is None else plan.start.step[row]
    whole = plan.start.whole[row]
    batch = np.maximum(plan.fill.orders[row] * plan.fill.order_size[row], plan.fill.least[row])
    quantity = np.where(fills, batch, plan.start.lot[row, 0])
    point = reorder_point(np.zeros(len(index)), whole, step)
    out["quote_days"][index] = np.where(fills, plan.mean_wait[row], plan.fill.quote_days[row])
    stops = ~fills & nothing_more(plan.start.end_week[row], plan.start.lead_weeks[row])
    _write_levels(out, index, np.where(fills, np.nan, point), quantity, stops)


def _share_of_kits(
    setup: Setup, comparison: Comparison, here: NDArray[np.intp]
) -> tuple[NDArray[np.intp], Array]:
    """The families of the products at `here`, and each product's share of the kits its family sells when all assemble."""
    of = np.full(len(setup.skus), -1, np.intp)
    for f, members in enumerate(setup.families):
        of[members] = f
    counts = counts_by_name(comparison.chosen[Strategy.ATO].counts)
    kits = units_sold(counts)
    totals = np.array([kits[members].sum() for members in setup.families])
    return of[here], kits[here] / np.maximum(totals[of[here]], 1e-12)
