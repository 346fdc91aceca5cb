"""What moves the gain: prices against pricing the ledgers again by hand, physics against a straight line that is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.strategy.price import MONEY_FIELDS, price
from analytics.strategy.sensitivity import gain_moves, price_ends, that_matter
from analytics.study import Study
from tests.strategy.small import small_study


@pytest.fixture(scope="module")
def study() -> Study:
    return small_study()


def profit_by_hand(study: Study, field: str, end: int) -> np.ndarray:
    """Profit of every product and strategy with one price at an end of its range, at the settings of the study: another route to the money."""
    items = study.items.with_field(field, study.items.range(field)[end], study.items.origin(field))
    out = np.full(study.comparison.profit.shape, np.nan)
    for k, name in enumerate(study.comparison.strategies):
        ledger = study.ledgers[name]
        index = np.array([list(items.skus).index(sku) for sku in ledger.skus])
        for i, money in zip(index, price(ledger, items.take(index)).profit, strict=True):
            first, second = study.comparison.chosen[name].by_half[i]
            out[i, k] = 0.5 * (money[first, 1] + money[second, 0])
    return np.where(np.isfinite(study.comparison.profit), out, np.nan)


@pytest.mark.parametrize("field", ["storage_rate", "insurance_rate", "salvage_share"])
def test_a_price_is_priced_again_at_both_ends(study: Study, field: str) -> None:
    recommendation = study.recommendation
    moves = {move.field: move for move in gain_moves(study.comparison, recommendation, study.ledgers, study.items, study.portfolio.gain)}
    rows = np.arange(len(study.items))
    counted = ~recommendation.ended & (recommendation.recommended != recommendation.baseline)
    assert counted.any()

    def gain(money: np.ndarray) -> float:
        return float(np.nansum((money[rows, recommendation.recommended] - money[rows, recommendation.baseline])[counted]))

    middle = gain(study.comparison.profit)
    for end, found in enumerate((moves[field].at_low, moves[field].at_high)):
        assert found - study.portfolio.gain == pytest.approx(gain(profit_by_hand(study, field, end)) - middle, rel=1e-9, abs=1e-6)


def test_what_changes_nothing_is_not_shown(study: Study) -> None:
    """No premium, no cancellation: the volume a premium loses and the cost of a cancelled order move nothing, whatever the draws say."""
    moves = {move.field for move in gain_moves(study.comparison, study.recommendation, study.ledgers, study.items, study.portfolio.gain)}
    assert moves and not moves & {"price_elasticity", "sunk_share"}
    matters = that_matter(study.comparison, price_ends(study.comparison, study.ledgers, study.items, ~study.recommendation.ended))
    assert not matters["sunk_share"].any() and matters["storage_rate"].any()
    dearer = study.items.with_field("price_premium", np.full(len(study.items), 0.1), study.items.origin("price_premium"))
    assert that_matter(study.comparison, price_ends(study.comparison, study.ledgers, dearer, ~study.recommendation.ended))["price_elasticity"].any()


def test_physics_are_found_where_the_draws_tell_and_noise_is_left_out(study: Study) -> None:
    """Draws made up: the gain falls by 1,000 over the range of patience; of the hazard it knows nothing."""
    comparison, recommendation = study.comparison, study.recommendation
    counted = np.flatnonzero(~recommendation.ended & (recommendation.recommended != recommendation.baseline))
    by_draw = np.zeros_like(comparison.by_draw)
    noise = 30.0 * np.sin(np.arange(by_draw.shape[2]) * 2.3)
    by_draw[counted[0], recommendation.recommended[counted[0]]] = -1000.0 * (comparison.uniforms["patience_per_day"] - 0.5) + noise
    made_up = replace(comparison, by_draw=by_draw, uniforms={f: u for f, u in comparison.uniforms.items() if f not in MONEY_FIELDS})
    moves = {move.field: move for move in gain_moves(made_up, recommendation, study.ledgers, study.items, 5000.0)}
    assert moves["patience_per_day"].at_high - moves["patience_per_day"].at_low == pytest.approx(-1000.0, abs=60.0)
    assert moves["patience_per_day"].at_low + moves["patience_per_day"].at_high == pytest.approx(10_000.0)
    assert "hazard_per_year" not in moves
