"""One product of a study on its own: its case to play again, what would turn it, and its map of two assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analytics.forecast.spread.paths import path_plan
from analytics.naming.labels import Strategy
from analytics.scenario.limited import without_limits
from analytics.scenario.restated import study_standing
from analytics.simulation.ledger import Ledger
from analytics.strategy.flips.flip_points import Flips
from analytics.strategy.flips.lever_flips import LeverFlip, lever_flips
from analytics.strategy.flips.two_together import (
    TwoTogether,
    joined_pairs,
    played_together,
    priced_together,
)
from analytics.strategy.plans.component_pools import rows_of
from analytics.strategy.plans.ledgers import Progress, Setup
from analytics.strategy.plans.recipes import Grid
from analytics.strategy.plans.setup import demand_held
from analytics.strategy.what_if.decision_map import DecisionMap, axis_values, decision_map
from analytics.strategy.what_if.product_what_if import Case

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["product_case", "product_flips", "product_map", "product_together", "product_turns"]


def product_case(study: Study, sku: str) -> Case:
    """One product with its component family, ready to be priced or played again under changed values (flip points, tornado, map).

    It compares the whole product to stock, assembled or to order: a split by order size is not moved. Raises ValueError where the
    product is unknown, has ended, or has no money.
    """
    found = np.flatnonzero(study.items.skus == sku)
    if (
        not len(found)
        or study.recommendation.ended[found[0]]
        or not np.isfinite(study.comparison.profit[found[0]]).any()
    ):
        raise ValueError(f"product_case: {sku!r} has nothing to decide")
    i = int(found[0])
    setup = study.setup
    family = next((k for k, f in enumerate(setup.families) if i in f), -1)
    index = np.array([i]) if family < 0 else setup.families[family]
    forecast = rows_of(study.forecast, index)
    draws = setup.world.paths // setup.world.inner
    total = None if setup.totals is None or family < 0 else rows_of(setup.totals, np.array([family]))
    world = demand_held(setup.world.take(index))
    profit, mine, ruled_out = (
        study.comparison.profit[i],
        study.recommendation.recommended[i],
        study.recommendation.ruled_out,
    )
    barred = np.zeros(len(profit), bool) if ruled_out is None else ruled_out[i] & (profit > profit[mine])
    offered = tuple(
        name
        for k, name in enumerate(study.comparison.strategies)
        if name != Strategy.HYBRID and study.comparison.chosen[name].offered[i] and not barred[k]
    )
    ledgers = {}
    for name in offered:
        whole = study.ledgers[name]
        where = {s: k for k, s in enumerate(whole.skus)}
        rows = np.array(
            [where[s] for s in setup.skus[index] if s in where]
        )  # split by order size: the product alone, if its family is not
        rows = rows if len(rows) == len(index) else np.array([where[sku]])
        ways = {"way": whole.settings["way"][rows]} if "way" in whole.settings else {}
        ledgers[name] = Ledger(name, whole.skus[rows], ways, whole.counts[rows])
    part = Setup(
        setup.skus[index],
        world,
        setup.alive[index],
        setup.stock,
        setup.order,
        None,
        (),
        setup.seed,
        setup.assembly_years[index],
        ended=setup.ended_at(index),
    )
    plan = path_plan(forecast, study.families, study.seed, draws=draws, inner=setup.world.inner)
    at = int(np.flatnonzero(index == i)[0])
    return Case(study.items.take(index), forecast, total, plan, part, ledgers, offered, at, Grid())


def product_flips(study: Study, sku: str, progress: Progress | None = None) -> tuple[LeverFlip, ...]:
    """What would turn one product, levers moved far beyond their usual ranges and decided by the rule of the portfolio. Limits that products share are not applied.

    A turn that the search of the verdict found as well has that one's bracket, so that both say one number. Raises ValueError where there is nothing to decide.
    """
    study = without_limits(study)
    standing = study_standing(study)
    found = np.flatnonzero(study.items.skus == sku)
    if not len(found) or not standing.decided.decidable[found[0]]:
        raise ValueError(f"product_flips: {sku!r} has nothing to decide")
    return tuple(
        _as_of_verdict(one, study.recommendation.flips, int(found[0]), standing.comparison.strategies)
        for one in lever_flips(standing, int(found[0]), progress=progress)
    )


def _as_of_verdict(one: LeverFlip, flips: Flips | None, i: int, strategies: tuple[str, ...]) -> LeverFlip:
    """A turn the same way into the same has the bracket of the search of the verdict, which is true on both sides too."""
    if flips is None or one.lever not in flips.fields:
        return one
    k = flips.fields.index(one.lever)
    holds, turns, to = float(flips.holds[k, i]), float(flips.turns[k, i]), int(flips.to[k, i])
    same_way = (turns - one.now) * (one.turns - one.now) > 0.0  # false where either is NaN
    same = same_way and one.to == (strategies[to] if to >= 0 else "")
    return replace(one, holds=holds, turns=turns) if same else one


def product_map(
    study: Study,
    sku: str,
    levers: tuple[str, str],
    turns: Mapping[str, float],
    progress: Progress | None = None,
) -> DecisionMap:
    """What is done with one product at each pair of two `levers` (across, up), by the rule of the portfolio. Limits that products share are not applied.

    Both axes reach beyond where a lever `turns`, if that is near. Raises ValueError where there is nothing to decide.
    """
    study = without_limits(study)
    standing, found = study_standing(study), np.flatnonzero(study.items.skus == sku)
    if not len(found) or not standing.decided.decidable[found[0]]:
        raise ValueError(f"product_map: {sku!r} has nothing to decide")
    i, (across, up) = int(found[0]), levers
    nan = float("nan")
    sideways = axis_values(standing, i, across, up, turns.get(across, nan))
    upward = axis_values(standing, i, up, across, turns.get(up, nan))
    return decision_map(standing, i, across, up, sideways, upward, progress)


def product_together(study: Study, sku: str, progress: Progress | None = None) -> TwoTogether:
    """What two assumptions together turn of one product that neither turns alone: all pairs, prices priced and the others played by a run each.

    Limits that products share are not applied. Raises ValueError where there is nothing to decide, or what one assumption turns is not known yet.
    """
    flips, study = study.recommendation.flips, without_limits(study)
    standing, found = study_standing(study), np.flatnonzero(study.items.skus == sku)
    if flips is None or not len(found) or not standing.decided.decidable[found[0]]:
        raise ValueError(f"product_together: {sku!r} has nothing to decide")
    priced = priced_together(standing, flips, found)
    return joined_pairs(priced, played_together(standing, flips, found, progress))


def product_turns(study: Study, sku: str) -> dict[str, float]:
    """Where each assumption turns one product within its usual range, by the search that makes the verdict: field -> value; empty where nothing was searched."""
    flips, found = study.recommendation.flips, np.flatnonzero(study.items.skus == sku)
    if flips is None or not len(found):
        return {}
    return {
        name: float(value)
        for name, value in zip(flips.fields, flips.turns[:, found[0]], strict=True)
        if np.isfinite(value)
    }
