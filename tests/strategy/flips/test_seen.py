"""What first looks said is kept for trials close by: the last look, everything that any look found worth playing, all where nothing was seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics.scenario.restated import study_standing
from analytics.strategy.flips.played_trials import first_looks, played_trials
from analytics.strategy.flips.seen import Seen
from analytics.strategy.flips.trials import decide_trials, with_noise, worth_playing
from analytics.study import Study


def test_the_last_look_is_kept_and_all_that_was_worth_playing(study: Study) -> None:
    standing = study_standing(study)
    index = np.repeat(np.flatnonzero(study.recommendation.decided.decidable)[:3], 2)
    low, high = study.items.range("hazard_per_year")
    looks = first_looks(standing, "hazard_per_year", index, np.where([1, 0] * 3, low[index], high[index]))
    wanted = np.zeros(looks.profit.shape, bool)
    wanted[0, 0] = wanted[1, 1] = wanted[2, 2] = True
    seen = Seen.of(standing, 4)
    seen.keep(np.array([0, 0, 1, 1, 2, 2]), looks, wanted)
    near, worth = seen.near(np.array([1, 0, 3]))
    for name in Seen.LOOKED:
        np.testing.assert_array_equal(getattr(near, name)[:2], getattr(looks, name)[[3, 1]])
        assert np.isnan(getattr(near, name)[2]).all()
    assert np.flatnonzero(worth[0]).tolist() == [2] and np.flatnonzero(worth[1]).tolist() == [0, 1]
    assert worth[2].all()


def test_played_beside_a_look_close_by_is_decided_as_beside_its_own(study: Study) -> None:
    """A tenth of the range away: what is played whole there is decided alike."""
    standing, field = study_standing(study), "patience_per_day"
    index = np.flatnonzero(study.recommendation.decided.decidable)
    low, high = (bound[index] for bound in study.items.range(field))
    away, there = low + 0.5 * (high - low), low + 0.4 * (high - low)
    seen = Seen.of(standing, len(index))
    looks = first_looks(standing, field, index, away)
    seen.keep(np.arange(len(index)), looks, worth_playing(standing, looks, decide_trials(standing, looks)))
    first, wanted = seen.near(np.arange(len(index)))
    own = first_looks(standing, field, index, there)
    close, beside = (
        decide_trials(
            standing, with_noise(standing, played_trials(standing, field, index, there, one, wanted))
        )
        for one in (first, replace(own))
    )
    assert len(index) >= 5 and (close == beside).all()
