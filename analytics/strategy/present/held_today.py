"""What is held today and need not be bought: stock on hand and what is under way, or the position that today's own settings keep."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics.forecast.forecast import Forecast
from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.policy.levels import demand_over_interval, target_level
from analytics.strategy.plans.ledgers import Setup
from analytics.strategy.plans.todays_way import SERVICE_IN_FORCE, TodaysWay
from analytics.strategy.present.present_settings import todays_plan

__all__ = ["with_held_today"]


def with_held_today(setup: Setup, items: Items, forecast: Forecast, way: TodaysWay) -> Setup:
    """The set-up that knows what is held already of products that may have ended unnoticed: it need not be bought, under any strategy.

    Of what is made to stock today (or of which the file does not say how it is run) that is, where the file gives no stock on
    hand, the mean position of today's settings: level + half a lot less one step; where it does, that stock and what is
    under way on average, up to that position. Of the rest it is the stock on hand. A strategy is charged for what it would still have to buy
    beyond it; nothing is charged for what is not given.
    """
    if setup.ended is None:
        return setup
    mode = np.array([str(name).upper() for name in items["current_mode"]], object)
    stocked = ~np.isin(mode, (Strategy.ATO, Strategy.MTO, Strategy.HYBRID))
    index = np.flatnonzero(stocked & (setup.ended.chance > 0.0))
    if not len(index):
        return setup
    plan, _ = todays_plan(setup, items, forecast, way, index)
    assert plan.planned_weeks is not None
    counted = np.where(plan.planned_weeks < 0.0, plan.lead_weeks, plan.planned_weeks) + plan.review_weeks
    step = np.ones(len(index)) if plan.step is None else plan.step
    level = target_level(
        demand_over_interval(plan.expected, counted),
        plan.relative_quantile[:, SERVICE_IN_FORCE],
        np.ones(len(index)),
        plan.whole,
        step,
    )
    lot = plan.lot[:, SERVICE_IN_FORCE]
    position = level + 0.5 * np.maximum(lot - np.where(plan.whole, step, 0.0), 0.0)
    shelf = setup.ended.on_shelf[index]
    under_way = np.minimum(
        demand_over_interval(plan.expected, plan.lead_weeks), np.maximum(position - shelf, 0.0)
    )
    given = np.isfinite(np.asarray(items["on_hand"], np.float64)[index])
    held = setup.ended.held.copy()
    held[index] = np.where(given, shelf + under_way, position)
    return replace(setup, ended=replace(setup.ended, held=held))
