"""Closed forms beside the choice: break-evens by hand, agreement and the reason for a disagreement."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.items import GIVEN, Items
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.compare import Comparison
from analytics.strategy.cross_check import cross_check, screen_answers
from tests.strategy.flips.judged import judged
from tests.strategy.small import priced_items
from tests.strategy.test_recommend import by_hand


def _items(**columns: object) -> Items:
    items = priced_items(
        ["A", "B"],
        quote_days=20.0,
        component_lead_days=25.0,
        production_days=5.0,
        hazard_per_year=0.5,
        historical_wait_days=2.0,
        **columns,
    )
    return items.with_field("patience_per_day", np.array([0.01, 0.0]), GIVEN)


def _checked(items: Items, on_hand: float, lost: float) -> tuple[list[str], Comparison]:
    comparison = by_hand(items, [on_hand] * 2, [lost] * 2)
    got = judged(comparison, items, np.zeros(2, bool))
    return list(cross_check(comparison, got, items, "EUR")), comparison


def test_break_evens_by_hand() -> None:
    """Holding 6 x (0.17 + 0.5 x 0.8); of 18 days beyond today's wait 1 - exp(-0.18) refuse and cost 4 each; exposed for 28 days."""
    items = _items()
    answers = screen_answers(by_hand(items, [1.0, 1.0], [1.0, 1.0]), items)
    holding, penalty, exposed = 6.0 * (0.17 + 0.4), (1.0 - np.exp(-0.18)) * 4.0, 28.0 / 365.0
    assert answers.per_unit[0] == pytest.approx(holding / penalty)
    assert answers.by_time[0] == pytest.approx(np.log1p(holding * exposed / penalty) / exposed)
    assert np.isinf(answers.per_unit[1]) and np.isinf(answers.by_time[1])  # nobody refuses: never stock
    assert list(answers.stock) == [1, -1]


def test_it_agrees_or_says_why_not() -> None:
    stocked, _ = _checked(_items(), on_hand=5.0, lost=50.0)
    assert stocked[0].endswith("They agree with the choice.") and "They would order." in stocked[1]
    ordered, _ = _checked(_items(units_per_order=6.0), on_hand=300.0, lost=0.5)
    assert "They would stock. They take units to be sold one by one; here an order is for 6." in ordered[
        0
    ] and ordered[1].endswith("agree with the choice.")


def test_what_closed_forms_do_not_see_is_named_with_its_money() -> None:
    """To order every one of 100 units is set up for 5: the choice is to stock although nobody minds waiting."""
    items = _items(order_setup_cost=5.0)
    comparison = by_hand(items, [5.0] * 2, [0.0] * 2)
    order = comparison.chosen["MTO"]
    counts = order.counts.copy()
    counts[:, COUNT_INDEX["customer_orders"]] = 100.0
    profit = comparison.profit - np.array([0.0, 500.0])
    comparison = replace(
        comparison,
        chosen={**comparison.chosen, "MTO": replace(order, counts=counts, profit=profit[:, 1])},
        profit=profit,
        by_draw=comparison.by_draw,
    )
    got = judged(comparison, items, np.zeros(2, bool))
    texts = cross_check(
        comparison,
        replace(got, recommended=np.zeros(2, np.intp), verdict=np.full(2, "clear", object)),
        items,
        "EUR",
    )
    assert "They would order. They do not see set-ups: 500 EUR a year more that way." in texts[1]


def test_nothing_is_said_without_money() -> None:
    items = _items(unit_cost=np.array([np.nan, 6.0]))
    texts, _ = _checked(items, on_hand=5.0, lost=50.0)
    assert texts[0] == "" and texts[1] != ""
