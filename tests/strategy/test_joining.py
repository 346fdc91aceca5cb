"""Who assembles together: a family joins only where sharing its parts pays for those who would."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics.strategy.portfolio import too_few_join
from analytics.strategy.recommend import recommend
from tests.strategy.small import small_study


def test_a_family_joins_only_where_it_pays() -> None:
    study = small_study()
    comparison, setup = study.comparison, study.setup
    ato = comparison.strategies.index("ATO")
    family = next(k for k, f in enumerate(setup.families) if len(f) > 1)
    members = setup.families[family]
    profit = comparison.profit.copy()
    best = np.nanmax(np.delete(profit, ato, axis=1), axis=1)
    profit[members, ato] = best[members] - 100.0
    profit[members[:2], ato] = best[members[:2]] + np.array([30.0, 12.0])  # two of them gain 42 together
    made_up = replace(comparison, profit=profit)
    recommended = study.recommendation.recommended.copy()
    recommended[members] = study.recommendation.baseline[members]
    recommended[members[:2]] = ato
    chosen = replace(study.recommendation, recommended=recommended)
    shared = np.zeros(len(setup.families))
    for cost, pays in ((-41.0, True), (-43.0, False), (5.0, True)):
        shared[family] = cost
        apart = too_few_join(setup, made_up, chosen, shared)
        assert apart[members[:2]].all() == (not pays) and not apart[members[2:]].any()


def test_who_stays_apart_is_decided_among_the_other_strategies() -> None:
    study = small_study()
    comparison = study.comparison
    ato = comparison.strategies.index("ATO")
    apart = comparison.chosen["ATO"].offered & ~study.recommendation.ended
    got = recommend(comparison, study.items, study.recommendation.ended, apart=apart)
    changed = apart & (got.baseline != ato)
    assert changed.any() and not (got.recommended[changed] == ato).any() and not (got.runner_up[apart] == ato).any()
    others = np.delete(comparison.profit, ato, axis=1).copy()
    clear = np.flatnonzero(changed & (got.verdict == "clear"))
    assert len(clear) and np.allclose(comparison.profit[clear, got.recommended[clear]], np.nanmax(others[clear], axis=1))
    assert all("too few of it would join" in got.why_not[i] for i in np.flatnonzero(changed))
    untouched = ~apart & ~study.recommendation.ended
    assert np.array_equal(got.recommended[untouched], study.recommendation.recommended[untouched])
