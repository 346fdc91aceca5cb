"""Two assumptions together: corners of prices against runs of the product in full, and the sentence against a sum by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np

from analytics.scenario.restated import study_standing
from analytics.strategy.flips.family_run import moved_standing
from analytics.strategy.flips.two_together import TwoTogether, played_together, priced_together
from analytics.strategy.portfolio.confidence import FIRM_SHARE, confidence, holds_words, turned_by
from analytics.study import Study
from tests.strategy.small import small_study


@cache
def priced() -> TwoTogether:
    study = small_study()
    assert study.recommendation.flips is not None
    return priced_together(study_standing(study), study.recommendation.flips)


def _corner_turns(study: Study, pair: tuple[str, str], i: int) -> bool:
    """Whether a run of the product of its own decides otherwise at one of the four corners."""
    standing = study_standing(study)
    now = int(standing.decided.decision.shown[i])
    ends = [tuple(float(bound[i]) for bound in study.items.range(name)) for name in pair]
    for first, second in product(*ends):
        there, place = moved_standing(standing, {pair[0]: first, pair[1]: second}, i)
        shown = int(there.decided.decision.shown[place])
        name = there.comparison.strategies[shown] if shown >= 0 else shown
        if name != (standing.comparison.strategies[now] if now >= 0 else now):
            return True
    return False


def test_corners_of_two_prices_are_runs_of_the_product_at_both_values() -> None:
    study, found = small_study(), priced()
    flips = study.recommendation.flips
    assert flips is not None and found.tried.any() and found.turned.any()
    for k, (one, other) in enumerate(found.fields):  # neither alone turns what was tried
        for name in (one, other):
            assert not np.isfinite(flips.turns[flips.at(name)][found.tried[k]]).any()
    assert not (found.turned & ~found.tried).any()
    turned = np.argwhere(found.turned)[:4]
    held = np.argwhere(found.tried & ~found.turned)
    for k, i in [*turned, *held[:: max(len(held) // 4, 1)]]:
        assert _corner_turns(study, found.fields[k], int(i)) == bool(found.turned[k, i]), (found.fields[k], i)


def test_a_value_that_is_simulated_is_played_at_both_ends_beside_a_price() -> None:
    study = small_study()
    flips = study.recommendation.flips
    assert flips is not None
    standing = study_standing(study)
    i = int(np.flatnonzero(study.items.skus == "C3")[0])
    found = played_together(standing, flips, np.array([i]))
    assert (
        found.played == 1 and found.tried.any() and not found.tried[:, np.arange(len(study.items)) != i].any()
    )
    assert "all values in doubt" in found.tried_words and "simulated" in priced().tried_words
    tried = np.flatnonzero(found.tried[:, i])
    for k in tried[:: max(len(tried) // 3, 1)]:
        assert _corner_turns(study, found.fields[k], i) == bool(found.turned[k, i]), found.fields[k]


def test_the_badge_says_whether_two_together_turn_more_than_a_tenth_of_the_gain() -> None:
    study = small_study()
    r = study.recommendation
    assert r.flips is not None
    n = len(r.gain)
    gain = np.zeros(n)
    gain[:4] = [60.0, 25.0, 9.0, 6.0]
    nothing = replace(r.flips, turns=np.full(r.flips.turns.shape, np.nan), searched=np.ones(n, bool))
    made = replace(r, gain=gain, flips=nothing, verdict=np.full(n, "clear", object))
    pair = ("cost_premium", "capital_rate")
    names, long = np.array([f"P{i}" for i in range(n)], object), np.full(n, 24.0)

    def told(rows: list[int], alone: int | None = None) -> tuple[str, str]:
        turned = np.zeros((1, n), bool)
        turned[0, rows] = True
        here = made
        if alone is not None:
            turns = nothing.turns.copy()
            turns[nothing.at(pair[0]), alone] = 0.3
            here = replace(made, flips=replace(nothing, turns=turns))
        got = confidence(here, (100.0, 50.0, 150.0), long, names, "", TwoTogether((pair,), turned, turned))
        said = next(s for s in got.sentences if s.startswith("Two together"))
        return got.badge, said

    badge, said = told([2])
    assert badge == holds_words("no") and "9 % of the gain" in said and "more than a tenth" in said
    badge, said = told([2, 3])
    assert badge == holds_words("yes") and "15 % of the gain" in said
    # what one of the pair turns alone, the pair turns too
    badge, said = told([2], alone=3)
    assert badge == holds_words("yes") and "15 % of the gain" in said
    untried = confidence(made, (100.0, 50.0, 150.0), long, names)
    assert untried.badge == holds_words() and untried.badge.endswith("not tried yet")
    assert turned_by(made, pair[0]).sum() == 0 and FIRM_SHARE == 0.1
