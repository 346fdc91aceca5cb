"""How far a study's decision holds, searched once it is asked: a study decided without it becomes the study that was asked from the start."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.scenario.limited import within_limits, without_limits
from analytics.scenario.restated import study_standing
from analytics.strategy.decision import closed
from analytics.strategy.flips.flip_points import find_flips
from analytics.strategy.plans.ledgers import Progress
from analytics.strategy.plans.setup import demand_held
from analytics.strategy.recommend import recommend

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["searched"]


def searched(study: Study, progress: Progress | None = None) -> Study:
    """The study with what turns each product's choice, and how sure it is: flip points, verdicts, words.

    What was decided with `how_sure=False` becomes equal to what is decided with it, to the last digit: nothing is
    simulated again but the trials of the search. A study that was searched is given back as it is. Own choices and held
    settings are not decided by the rule: count them afterwards.
    """
    if study.recommendation.flips is not None:
        return study
    free = without_limits(study)
    drawn = replace(free, setup=replace(free.setup, world=demand_held(free.setup.world)))
    standing = study_standing(drawn)
    flips = find_flips(standing, progress=progress)
    recommendation = recommend(free.comparison, free.items, standing.decided, flips, free.currency)
    recommendation, portfolio = closed(
        drawn.setup, free.comparison, recommendation, free.items, standing.joined
    )
    return within_limits(replace(free, recommendation=recommendation, portfolio=portfolio))
