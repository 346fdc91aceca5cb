"""Confirming a value as it stands searches nothing again that it cannot move, and finds what a search of all would."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.scenario import reassume as scenario
from analytics.scenario.reassume import reassume
from analytics.strategy.flips import flip_points
from analytics.study import Study
from tests.strategy.small import small_study


@pytest.fixture(scope="module")
def study() -> Study:
    """A small company under the table's assumptions and a few stated ones."""
    return small_study()


@pytest.mark.parametrize("field", ["cost_premium", "fixed_cost_share", "hazard_per_year", "salvage_share"])
def test_what_is_taken_over_is_what_a_search_of_all_finds(
    study: Study, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed = study.assumptions.confirmed_as_assumed(field)
    tried: list[str] = []
    turning = flip_points.turning
    monkeypatch.setattr(
        flip_points,
        "turning",
        lambda standing, fields, *rest: (tried.extend(fields), turning(standing, fields, *rest))[1],
    )
    quick = reassume(study, confirmed)
    searched, tried[:] = set(tried), []
    monkeypatch.setattr(scenario, "only_ranges_moved", lambda *given: False)
    whole = reassume(study, confirmed)
    a, b = quick.recommendation.flips, whole.recommendation.flips
    assert a is not None and b is not None and a.fields == b.fields and len(searched) <= 3 < len(set(tried))
    for what in ("turns", "holds", "to", "value", "searched"):
        assert np.array_equal(getattr(a, what), getattr(b, what), equal_nan=True), what
    assert a.decisive.tolist() == b.decisive.tolist()
    assert (
        quick.portfolio.gain == whole.portfolio.gain == pytest.approx(study.portfolio.gain)
        and quick.portfolio.gain_low == whole.portfolio.gain_low
    )
    assert quick.recommendation.verdict.tolist() == whole.recommendation.verdict.tolist()
    assert quick.recommendation.recommended.tolist() == study.recommendation.recommended.tolist()
    assert not np.isfinite(a.turns[a.at(field)]).any()  # what is confirmed turns nothing
