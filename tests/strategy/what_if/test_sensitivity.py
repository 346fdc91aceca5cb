"""What moves the gain: prices against pricing the ledgers again by hand, physics against a whole study of the moved value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.items import CONFIRMED, Items
from analytics.strategy.money.price import money_values, price, profit_rates
from analytics.strategy.plans.ledgers import grid_ledgers
from analytics.strategy.plans.recipes import DRAWN_PHYSICS
from analytics.strategy.plans.setup import build_setup
from analytics.strategy.portfolio.confidence import FIRM_SHARE, turned_share
from analytics.strategy.present.held_today import with_held_today
from analytics.strategy.what_if import simulated_range_ends as played
from analytics.strategy.what_if.gain_sensitivity import price_ends, that_matter
from analytics.study import Study
from analytics.study_doubt import study_confidence, study_moves


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


def todays_money_by_hand(study: Study, items: Items) -> np.ndarray:
    """Money of every product as it is run today, from its counts and a rate per count; NaN where it has ended."""
    today = study.comparison.today
    assert today is not None
    out = np.full(len(items), np.nan)
    for at, i in enumerate(today.index):
        name = str(today.strategy[at])
        out[i] = float(
            profit_rates(money_values(items.take(np.array([i])), name), name)[0] @ today.raw[at, 0]
        )
    return out


@pytest.mark.parametrize("field", ["storage_rate", "insurance_rate", "salvage_share"])
def test_a_price_is_priced_again_at_both_ends(study: Study, field: str) -> None:
    recommendation = study.recommendation
    moves = {move.field: move for move in study_moves(study)}
    rows = np.arange(len(study.items))
    counted = ~recommendation.ended & ~recommendation.as_today
    assert counted.any()

    def gain(items: Items, money: np.ndarray) -> float:
        return float(
            np.nansum((money[rows, recommendation.recommended] - todays_money_by_hand(study, items))[counted])
        )

    middle = gain(study.items, study.comparison.profit)
    for end, found in enumerate((moves[field].at_low, moves[field].at_high)):
        items = study.items.with_field(field, study.items.range(field)[end], study.items.origin(field))
        assert found - study.portfolio.gain == pytest.approx(
            gain(items, profit_by_hand(study, field, end)) - middle, rel=1e-9, abs=1e-6
        )


def test_what_changes_nothing_is_not_shown(study: Study) -> None:
    """No premium, no cancellation: the volume a premium loses and the cost of a cancelled order move nothing, whatever the draws say."""
    moves = {move.field for move in study_moves(study)}
    assert moves and not moves & {"price_elasticity", "sunk_share"}
    matters = that_matter(
        study.comparison,
        price_ends(study.comparison, study.ledgers, study.items, ~study.recommendation.ended),
    )
    assert not matters["sunk_share"].any() and matters["storage_rate"].any()
    dearer = study.items.with_field(
        "price_premium", np.full(len(study.items), 0.1), study.items.origin("price_premium")
    )
    assert that_matter(
        study.comparison, price_ends(study.comparison, study.ledgers, dearer, ~study.recommendation.ended)
    )["price_elasticity"].any()


@pytest.mark.parametrize("field", ["patience_per_day", "hazard_per_year"])
def test_physics_are_played_again_at_both_ends(
    study: Study, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against whole studies with the value confirmed at an end and the others in the middle, and shortages that last as long as in the study."""
    monkeypatch.setattr(played, "_PATHS", 400)
    found = played.played_ends(
        study.setup, study.comparison, study.items, ~study.recommendation.ended
    ).strategies[field]
    live = ~study.recommendation.ended & np.isfinite(study.comparison.profit[:, 0])
    middle = known_for_sure(study, None, 0)
    for end, change in enumerate(found):
        other = known_for_sure(study, field, end) - middle
        to_order = study.comparison.strategies.index("MTO")
        assert change[live, to_order] == pytest.approx(other[live, to_order], rel=1e-9, abs=1e-6)
        assert np.abs(change[live, to_order]).max() > 1.0
        stock = study.comparison.strategies.index("MTS")
        assert (
            change[live, stock] == pytest.approx(other[live, stock], rel=1e-9, abs=1e-6)
            and np.abs(change[live, stock]).max() > 1.0
        )


def known_for_sure(study: Study, field: str | None, end: int) -> np.ndarray:
    """Profit of stock and order at the study's settings, everything simulated in the middle of its range but `field`: a set-up of its own."""
    items = study.items
    for name in DRAWN_PHYSICS:
        items = items.with_field(name, items.range(name)[end] if name == field else items[name], CONFIRMED)
    moved = with_held_today(build_setup(study.outlook, items, ()), items, study.forecast, study.todays_way)
    moved = replace(
        moved, stock=replace(moved.stock, stockout_wait_days=study.setup.stock.stockout_wait_days)
    )
    out = np.full(study.comparison.profit.shape, np.nan)
    for name, ledger in grid_ledgers(moved, strategies=("MTS", "MTO")).items():
        first, second = study.comparison.chosen[name].by_half.T
        rows = np.arange(len(items))
        money = price(ledger, items).profit
        out[:, study.comparison.strategies.index(name)] = 0.5 * (
            money[rows, first, 1] + money[rows, second, 0]
        )
    return out


def test_beyond_the_products_played_the_draws_tell_and_noise_is_left_out(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Draws made up: to order loses 1,000 over the range of patience against the others; of the hazard they know nothing."""
    monkeypatch.setattr(played, "MOST_PRODUCTS", 0)
    comparison = study.comparison
    by_draw = np.zeros_like(comparison.by_draw)
    by_draw[:, 0] = 30.0 * np.sin(np.arange(by_draw.shape[2]) * 2.3)
    by_draw[:, 1] = -1000.0 * (comparison.uniforms["patience_per_day"] - 0.5)
    made_up = replace(comparison, by_draw=np.where(np.isfinite(comparison.by_draw), by_draw, np.nan))
    found = played.played_ends(study.setup, made_up, study.items, ~study.recommendation.ended)
    low, high = found.strategies["patience_per_day"]
    row = int(
        np.flatnonzero(
            np.isfinite(comparison.profit[:, 1])
            & np.isfinite(comparison.profit[:, 0])
            & (study.items.range("patience_per_day")[1] > 0.01)
        )[0]
    )
    assert not found.products.any()
    assert (high - low)[row, 1] - (high - low)[row, 0] == pytest.approx(-1000.0, abs=60.0)
    below, above = found.strategies["hazard_per_year"]
    assert np.nanmax(np.abs((above - below)[row])) < 30.0


def test_the_gain_is_marked_where_products_with_a_tenth_of_it_have_turned(study: Study) -> None:
    """Four products carry 60, 30, 6 and 4: by hand, the first to carry more than 10 together, nearest first, on each side apart."""
    r, items, field = study.recommendation, study.items, "storage_rate"
    known = r.flips
    assert known is not None
    n, k = len(items), known.at(field)
    value, (low, high) = np.asarray(items[field], np.float64), items.range(field)
    some = np.flatnonzero((high > value) & (low < value))[:4]
    gain = np.zeros(n)
    gain[some] = [60.0, 30.0, 6.0, 4.0]

    def marked(share: list[float]) -> float:
        turns = np.full(known.turns.shape, np.nan)
        for i, u in zip(some, share, strict=True):
            turns[k, i] = value[i] + abs(u) * ((high if u > 0 else low)[i] - value[i])
        flips = replace(known, turns=turns)
        return turned_share(
            replace(r, gain=gain, flips=flips, verdict=np.full(n, "clear", object)), items, field
        )

    nan = float("nan")
    assert marked([0.9, 0.4, 0.2, 0.1]) == pytest.approx(0.4)  # 4, 10: not more than a tenth; with 30 it is
    assert marked([-0.3, 0.4, 0.2, 0.1]) == pytest.approx(-0.3)  # the nearer side
    assert np.isnan(marked([nan, nan, 0.2, 0.1])) and np.isnan(marked([nan, nan, -0.2, 0.1]))
    assert np.isnan(marked([nan] * 4))


def test_a_mark_on_the_gain_lies_on_its_bar_and_says_what_the_badge_says(study: Study) -> None:
    """A bar is marked where the assumption turns more than a tenth of the gain on one side, and then the badge is not firm."""
    sure = study_confidence(study)
    turning = {one.field: one.money for one in sure.turning}
    marked = [move for move in study_moves(study) if np.isfinite(move.turns_at)]
    assert marked and sure.kind != "firm"
    for move in marked:
        assert turning[move.field] > FIRM_SHARE * sure.at_stake
        ends = sorted((move.at_low, move.at_high, study.portfolio.gain))
        assert ends[0] <= move.turns_at <= ends[-1]
    still = {move.field for move in study_moves(study)} - {move.field for move in marked}
    assert all(turning.get(field, 0.0) <= 2 * FIRM_SHARE * sure.at_stake for field in still)
