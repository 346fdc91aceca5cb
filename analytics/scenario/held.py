"""A study at the prices of other files: strategies, settings and everything counted in the simulation stay, and money is worked out anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.errors import DataError, Problem
from analytics.items import Items
from analytics.scenario.reassume import as_held
from analytics.scenario.restated import restated_items
from analytics.strategy.money.price import MONEY_FIELDS
from analytics.strategy.plans.ledgers import Progress
from analytics.strategy.plans.setup import demand_held, demand_let_go

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["held_at"]


def held_at(study: Study, given: Items, progress: Progress | None = None) -> Study:
    """The study with the prices, costs and rates that another items file gives (`given`), all else held: what a workbook shows when its cells are edited.

    Only MONEY_FIELDS are taken over, completed as in any study; strategies, settings, quotes, today's way and counts stay, so the gain
    moves by money alone. Raises DataError where limits bind products together.

    Formula: the counts of `study` priced at the new fields; the shared line is that of the same component stocks, priced anew. Source: definition.
    """
    if study.limited is not None or study.assumptions.limits.any:
        words = "settings and strategies cannot be held where limits bind products together"
        raise DataError(Problem("hold", words, "take the limits out of the assumptions"))
    found = restated_items(replace(study, given_items=given), study.assumptions)
    items = study.items
    for name in MONEY_FIELDS:
        items = items.with_field(name, found[name], found.origin(name), *found.range(name))
    setup = replace(study.setup, world=demand_held(study.setup.world))
    comparison, recommendation, portfolio = as_held(study, items, setup, study.ledgers, progress)
    return replace(
        study,
        given_items=given,
        items=items,
        setup=demand_let_go(setup),
        comparison=comparison,
        recommendation=recommendation,
        portfolio=portfolio,
    )
