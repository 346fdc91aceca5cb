"""How results must react when the question is put differently: another unit of time, dearer orders, longer quotes, patience that is not asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.items import CONFIRMED
from analytics.policy import queueing
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.money.price import price
from analytics.strategy.plans.ledgers import grid_ledgers
from tests.closed_forms.stock import base_stock, lot_size, obsolescence, reorder_point
from tests.strategy.small import small_study

DAYS = 365.0


@settings(max_examples=30, deadline=None)
@given(
    k=st.floats(1, 300),
    d=st.floats(5, 900),
    h=st.floats(0.3, 9),
    b=st.floats(1, 80),
    lead=st.floats(0.02, 0.4),
    theta=st.floats(0.05, 1.5),
    loss=st.floats(1, 50),
)
def test_days_instead_of_years_move_no_decision_and_scale_cost(
    k: float, d: float, h: float, b: float, lead: float, theta: float, loss: float
) -> None:
    """Rates a day and lead times in days describe the same firm: lots and levels stay, cost a day is a 365th of cost a year."""
    per_day = {"d": d / DAYS, "h": h / DAYS, "b": b / DAYS, "lead": lead * DAYS, "theta": theta / DAYS}
    lot = float(lot_size.economic_order_quantity(k, d, h))
    assert float(lot_size.economic_order_quantity(k, per_day["d"], per_day["h"])) == pytest.approx(lot)
    assert float(lot_size.economic_order_cost(lot, k, per_day["d"], per_day["h"])) == pytest.approx(
        float(lot_size.economic_order_cost(lot, k, d, h)) / DAYS
    )
    level = float(base_stock.best_base_stock(d, lead, h, b))
    assert (
        float(base_stock.best_base_stock(per_day["d"], per_day["lead"], per_day["h"], per_day["b"])) == level
    )
    yearly, daily = (
        float(base_stock.base_stock_cost(level, *terms))
        for terms in ((d, lead, h, b), tuple(per_day[name] for name in ("d", "lead", "h", "b")))
    )
    assert daily == pytest.approx(yearly / DAYS)
    assert float(base_stock.base_stock_wait(level, per_day["d"], per_day["lead"])) == pytest.approx(
        DAYS * float(base_stock.base_stock_wait(level, d, lead))
    )
    dying = obsolescence.obsolescence_lot(k, d, h, theta, loss)
    assert obsolescence.obsolescence_lot(
        k, per_day["d"], per_day["h"], per_day["theta"], loss
    ) == pytest.approx(dying, rel=1e-6)
    work = 0.7 / d
    wait = float(queueing.queue_wait(d, work, 1.3, 0.4))
    assert float(queueing.queue_wait(per_day["d"], work * DAYS, 1.3, 0.4)) == pytest.approx(DAYS * wait)


@pytest.mark.parametrize(("d", "lead"), [(31.0, 0.11), (260.0, 0.03)])
def test_a_lot_policy_is_the_same_by_the_day(d: float, lead: float) -> None:
    r, q, cost = reorder_point.best_lot_policy_poisson(40.0, d, lead, 2.3, 21.0)
    by_day = reorder_point.best_lot_policy_poisson(40.0, d / DAYS, lead * DAYS, 2.3 / DAYS, 21.0 / DAYS)
    assert by_day[:2] == (r, q) and by_day[2] == pytest.approx(cost / DAYS)


def test_dearer_orders_never_earn_more() -> None:
    """The cost premium of single orders: profit to order falls with it, at every quote; stock does not notice."""
    study = small_study()
    before = {}
    for premium in (0.0, 0.07, 0.31):
        items = study.items.with_field("cost_premium", premium, CONFIRMED)
        profit = {name: price(study.ledgers[name], items).profit for name in ("MTS", "MTO")}
        if before:
            assert (profit["MTO"] <= before["MTO"] + 1e-9).all() and (
                profit["MTO"] < before["MTO"] - 1.0
            ).any()
            assert np.array_equal(profit["MTS"], before["MTS"])
        before = profit


def test_a_longer_quote_never_earns_more_unless_deposits_are_held_meanwhile() -> None:
    """Quotes rise along the grid (half, one, one and a half, two, three times the one in force)."""
    study = small_study()
    order = np.argsort(study.ledgers["MTO"].settings["quote_days"], axis=1, kind="stable")
    quotes = np.take_along_axis(study.ledgers["MTO"].settings["quote_days"], order, axis=1)
    margin = (study.items["price"] > study.items["unit_cost"]) & (quotes[:, 0] > 0.0)
    free = study.items.with_field("deposit_share", 0.0, CONFIRMED)

    def along(items: object) -> np.ndarray:
        return np.take_along_axis(price(study.ledgers["MTO"], items).profit, order[:, :, None], axis=1)[
            margin
        ]  # type: ignore[arg-type]

    steps = np.diff(along(free), axis=1)
    assert margin.any() and (steps <= 1e-9).all() and (steps < -1.0).any()
    # somebody who waits for ever and pays in full when ordering lends the firm money: then a longer quote does earn more
    patient = (
        study.items.with_field("patience_per_day", 0.0, CONFIRMED)
        .with_field("deposit_share", 1.0, CONFIRMED)
        .with_field("waiting_cost_per_unit_day", 0.0, CONFIRMED)
    )
    world = replace(
        study.setup.world,
        patience_per_day=np.zeros_like(study.setup.world.patience_per_day),
        patience_in_force=None,
    )
    ledger = grid_ledgers(replace(study.setup, world=world), strategies=("MTO",))["MTO"]
    lent = np.take_along_axis(price(ledger, patient).profit, order[:, :, None], axis=1)[margin]
    assert (np.diff(lent, axis=1) >= -1e-9).all() and (np.diff(lent, axis=1) > 0.0).any()


def test_patience_moves_stock_only_where_the_share_that_waits_is_not_given() -> None:
    study = small_study()
    hurried = replace(
        study.setup,
        world=replace(
            study.setup.world,
            patience_per_day=3.0 * study.setup.world.patience_per_day + 0.01,
            patience_in_force=None,
        ),
    )

    def counts(setup: object, share: float) -> np.ndarray:
        stock = replace(setup.stock, share_waiting=np.full(len(setup.skus), share))  # type: ignore[attr-defined]
        return grid_ledgers(replace(setup, stock=stock), strategies=("MTS",))["MTS"].counts  # type: ignore[type-var]

    assert np.array_equal(counts(study.setup, 0.35), counts(hurried, 0.35))
    lost = [counts(setup, np.nan)[..., COUNT_INDEX["lost"]] for setup in (study.setup, hurried)]
    assert (lost[1] > lost[0] + 1.0).any() and lost[1].sum() > lost[0].sum()
