"""A study under other what-ifs: what the forecast and today's way would be had the files said so.

One concept: what of a study stands on the files beside the items. Demand multiplies the forecast, given that its relative spread stays;
a lead time is the interval a forecast is chosen for, so that it is fitted again; what the files leave open of today follows all four.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analytics.assumptions import Assumptions
from analytics.demand import LifeCycle, complete_items
from analytics.demand.bom import ProductParts, with_part_costs
from analytics.demand.cleaning.layers import CleanedDemand
from analytics.demand.complete import finished_items
from analytics.demand.order_sizes import OrderSizes
from analytics.demand.panel import PERIOD_WEEKS
from analytics.forecast import Forecast, fit_forecast
from analytics.forecast.fit import HORIZON
from analytics.forecast.known_orders import with_known_orders
from analytics.forecast.launch import similar_positions
from analytics.forecast.members.further_voice import most_money
from analytics.forecast.promotions_ahead import PromotionPlan, with_promotions
from analytics.items import Items
from analytics.naming.what_ifs import PART_COST, WhatIf, factors, without_effect
from analytics.scenario.restated import items_under
from analytics.strategy.plans.component_pools import family_codes
from analytics.strategy.plans.ledgers import Progress
from analytics.strategy.plans.recipes import replenishment_weeks, weeks_of
from analytics.strategy.plans.todays_way import TodaysWay, todays_way

if TYPE_CHECKING:
    import pandas as pd

    from analytics.study import Study

__all__ = [
    "DEMAND",
    "WAY",
    "WHAT_IF_NOTE",
    "as_moved",
    "fitted_forecast",
    "forecast_as_moved",
    "notes_under",
    "what_if_notes",
]

#: What `as_moved` says is another: the forecast, and what the file leaves open of today.
DEMAND, WAY = "demand", "today's way"
#: How the note of a what-if begins.
WHAT_IF_NOTE = "What if: "


def fitted_forecast(
    cleaned: CleanedDemand, life: LifeCycle, items: Items, seed: int, ets: int, plan: PromotionPlan | None
) -> Forecast:
    """The forecast of a study before any what-if of demand and before what customers have on order: fitted for the time `items` are replenished over."""
    panel = cleaned.panel
    codes, _ = family_codes(items)
    review = np.maximum(weeks_of(items["review_days"]), 1)
    span = (replenishment_weeks(items) + review) / PERIOD_WEEKS[panel.frequency]
    price = np.asarray(items["price"], np.float64)
    forecast = fit_forecast(
        panel,
        life,
        codes,
        span,
        HORIZON[panel.frequency],
        seed,
        most_money(panel, price, ets) if ets else None,
        similar_positions(panel.skus, items["similar_to"]),
    )
    return forecast if plan is None else with_promotions(forecast, plan)


def forecast_as_moved(
    fitted: Forecast, items: Items, what_if: Sequence[WhatIf], apart: pd.DataFrame, orders: OrderSizes
) -> Forecast:
    """The forecast a study stands on: the fitted one times 1 + the what-if of demand, no less than customers have on order, in orders of the size seen.

    forecast_as_moved = fitted x (1 + change). Source: definition.
    """
    factor = factors(what_if, "demand", items.skus, items["family"])
    moved = fitted if (factor == 1.0).all() else fitted.scaled(factor)
    return replace(with_known_orders(moved, apart), order=orders.mean, together=orders.together)


def notes_under(study: Study, items: Items) -> tuple[str, ...]:
    """The notes of a study where its items are completed to these: what is said of them stands where it stood."""
    others = [note for note in study.notes if note not in study.items.notes]
    at = sum(note.startswith(WHAT_IF_NOTE) for note in others)
    at += len(study.panel.notes) + len(study.cleaned.notes) + len(study.life.notes)
    return (*others[:at], *items.notes, *others[at:])


def what_if_notes(
    what_if: Sequence[WhatIf], items: Items, notes: Sequence[str], parts: ProductParts | None = None
) -> tuple[str, ...]:
    """The notes of a study with a sentence for each what-if, in the place of those that were there; one that moves none of the `items`, or `parts`, says so.

    >>> from analytics.items import empty_items
    >>> what_if_notes([WhatIf("price", 0.05)], empty_items(["A"]), ["Counted in weeks.", "What if: Demand +10 % on top of what the file says."])
    ('What if: Price +5 % on top of what the file says.', 'Counted in weeks.')
    """
    lost = without_effect(what_if, items.skus, items["family"])
    if parts is None or not np.isfinite(parts.part_cost).any():
        lost = (*lost, *(one for one in what_if if one.what == PART_COST))
    said = (
        f"{one.short_words} moves nothing, for {'no part has a cost' if one.what == PART_COST else 'it is not'} in these files"
        if one in lost
        else one.words
        for one in what_if
    )
    return (
        *(f"{WHAT_IF_NOTE}{one}." for one in said),
        *(note for note in notes if not note.startswith(WHAT_IF_NOTE)),
    )


def as_moved(
    study: Study, assumptions: Assumptions, progress: Progress | None = None
) -> tuple[Study, frozenset[str]]:
    """The study with forecast and today's way as under the what-ifs of these assumptions, and which of the two are others (DEMAND, WAY).

    Its items, plans and money are as before: see `analytics.scenario.reassume`. The same study where no what-if differs.
    """
    now = assumptions.what_if
    if now == study.assumptions.what_if:
        return study, frozenset()
    given, asked = study.given_items, Assumptions(what_if=now)
    listed, parts = with_part_costs(given, study.parts, now)
    items = complete_items(listed, study.history, study.panel, asked)
    items = finished_items(items, study.history, study.life, parts, now)
    fitted = study.outlook.fitted
    if fitted is None or _refitted(study.assumptions.what_if, now, study.ets):
        if progress is not None:
            progress(0.0, "forecasting")
        fitted = fitted_forecast(study.cleaned, study.life, items, study.seed, study.ets, study.promotions)
    forecast = forecast_as_moved(fitted, items, now, study.history.apart, study.orders)
    way = todays_way(
        items_under(
            asked, given, study.history, study.panel, study.life, study.parts, forecast, study.orders
        ),
        forecast,
        study.orders,
    )
    other = frozenset(
        name
        for name, same in (
            (DEMAND, _same_forecast(forecast, study.forecast)),
            (WAY, _same_way(way, study.todays_way)),
        )
        if not same
    )
    outlook = replace(study.outlook, forecast=forecast, fitted=fitted)
    notes = what_if_notes(now, items, study.notes, study.parts)
    return replace(study, outlook=outlook, todays_way=way, notes=notes), other


def _refitted(before: Sequence[WhatIf], now: Sequence[WhatIf], ets: int) -> bool:
    """Whether a forecast is fitted again: where lead times move, and where another price may say which products have most money."""
    fitted_by = ("lead_time", "price") if ets else ("lead_time",)

    def those(what_if: Sequence[WhatIf]) -> list[WhatIf]:
        return [one for one in what_if if one.what in fitted_by]

    return those(before) != those(now)


def _same_forecast(one: Forecast, other: Forecast) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)
        for name in ("mean", "noise", "level_error", "drift", "total_quantile", "period_levels")
    )


def _same_way(one: TodaysWay, other: TodaysWay) -> bool:
    return bool(
        np.array_equal(one.lot, other.lot)
        and np.array_equal(one.quote_days, other.quote_days, equal_nan=True)
        and np.array_equal(one.promised, other.promised)
    )
