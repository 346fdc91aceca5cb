"""One product under other values: prices and physics moved agree with the study, and the tornado with the profits it is made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.items import GIVEN
from analytics.strategy.compared.setting import choose
from analytics.strategy.money.price import MONEY_FIELDS
from analytics.strategy.what_if.product_resimulated import profits
from analytics.strategy.what_if.product_what_if import LEVERS, Case, lever_value
from analytics.strategy.what_if.tornado import tornado
from analytics.study import Study
from analytics.study_product import product_case, product_turns

LEVER = {lever.name: lever for lever in LEVERS}
SKUS = ("A3", "A4", "B2", "C3")


@pytest.fixture(scope="module")
def cases(study: Study) -> dict[str, Case]:
    return {sku: product_case(study, sku) for sku in SKUS}


def test_the_case_is_the_study(study: Study, cases: dict[str, Case]) -> None:
    """Nothing moved: the profits of the study, to the cent; played again at its own values, the same where nothing is in doubt."""
    for sku, case in cases.items():
        i = int(np.flatnonzero(study.items.skus == sku)[0])
        expected = [
            study.comparison.profit[i, study.comparison.strategies.index(name)] for name in case.strategies
        ]
        np.testing.assert_allclose(case.base, expected, rtol=1e-12)
        for lever in ("quote_days", "cost_premium", "holding_rate", "margin"):
            np.testing.assert_allclose(
                profits(case, lever, [lever_value(case, lever)])[0], case.base, rtol=1e-9
            )
        played = profits(case, "demand", [lever_value(case, "demand")])[0]
        np.testing.assert_allclose(played, case.base, rtol=1e-6)
    with pytest.raises(ValueError, match="nothing to decide"):
        product_case(study, "no such product")


def test_what_is_kept_between_levers_changes_no_money(cases: dict[str, Case]) -> None:
    """A value played after others earns what it earns in a case of its own."""
    for case in cases.values():
        first = replace(case, seen={}, kept={})
        _ = first.base, profits(first, "hazard_per_year", [0.31]), profits(first, "lead_days", [21.0])
        for lever, value in (("patience_per_day", 0.013), ("lead_days", 28.0)):
            alone = profits(replace(case, seen={}, kept={}), lever, [value])[0]
            np.testing.assert_array_equal(profits(first, lever, [value])[0], alone)


def test_values_played_at_once_are_those_played_alone(cases: dict[str, Case]) -> None:
    for case in cases.values():
        for lever, values in (
            ("patience_per_day", (0.003, 0.017, 0.09)),
            ("hazard_per_year", (0.07, 1.3)),
            ("demand", (0.4, 3.1, 11.0)),
            ("lead_days", (0.0, 21.0, 91.0)),
        ):
            together = profits(replace(case, seen={}, kept={}), lever, values)
            alone = [profits(replace(case, seen={}, kept={}), lever, [value])[0] for value in values]
            np.testing.assert_allclose(together, alone, rtol=1e-12)
            assert len(np.unique(together.round(6), axis=0)) > 1


def in_full(case: Case, change: dict[str, float]) -> list[float]:
    """Profit of every strategy by the study's own choice, `choose`, among the whole family at prices changed by hand."""
    items = case.items
    for field, value in change.items():
        items = items.with_field(
            field, np.where(np.arange(len(items)) == case.at, value, items[field]), GIVEN
        )
    out = []
    for name in case.strategies:
        ledger = case.ledgers[name]
        index = np.arange(len(items)) if len(ledger.skus) == len(items) else np.array([case.at])
        out.append(float(choose(ledger, items, index, (index,) if name == "ATO" else ()).profit[case.at]))
    return out


def test_many_prices_at_once_are_each_chosen_in_full(cases: dict[str, Case]) -> None:
    """Margin and holding rate turned into prices by hand; the family's other members stay as they are."""
    for case in cases.values():
        items, at = case.items, case.at
        rates = {name: items[name][at] for name in ("capital_rate", "storage_rate", "insurance_rate")}
        for lever, values, by_hand in (
            ("margin", (0.13, 0.37, 0.61), lambda v: {"price": items["unit_cost"][at] / (1.0 - v)}),  # noqa: B023
            (
                "holding_rate",
                (0.02, 0.71),
                lambda v, rates=rates: {name: rate * v / sum(rates.values()) for name, rate in rates.items()},
            ),
            ("cost_premium", (0.0, 0.07, 0.42), lambda v: {"cost_premium": v}),
        ):
            found = profits(replace(case, seen={}, kept={}), lever, values)
            for row, value in zip(found, values, strict=True):
                np.testing.assert_allclose(row, in_full(case, by_hand(value)), rtol=1e-9)


def test_a_product_whose_sisters_have_too_few_orders_to_split_has_its_case(study: Study) -> None:
    split = set(study.ledgers["HYBRID"].skus)
    case = product_case(study, "A1")
    assert "A1" in split and not set(case.items.skus) <= split
    at = int(np.flatnonzero(study.items.skus == "A1")[0])
    expected = [
        study.comparison.profit[at, study.comparison.strategies.index(name)] for name in case.strategies
    ]
    np.testing.assert_allclose(case.base, expected, rtol=1e-9)
    np.testing.assert_allclose(
        profits(case, "cost_premium", [lever_value(case, "cost_premium")])[0], expected, rtol=1e-9
    )


def test_the_tornado_holds_only_what_is_in_doubt(study: Study, cases: dict[str, Case]) -> None:
    for case in cases.values():
        bars = tornado(case)
        assert [b.swing for b in bars] == sorted((b.swing for b in bars), reverse=True)
        k = int(np.nanargmax(case.base))
        for bar in bars:
            low, high = (float(bound[case.at]) for bound in case.items.range(bar.field))
            assert (low, high) == (bar.low, bar.high) and high > low
            if bar.field in MONEY_FIELDS:
                money = profits(case, bar.field, [low, high])
                assert bar.lead_low == pytest.approx(money[0, k] - np.nanmax(np.delete(money[0], k)))
                assert bar.swing == pytest.approx(abs(bar.lead_high - bar.lead_low))
        turning = product_turns(study, str(case.items.skus[case.at]))
        assert {bar.field: bar.turns for bar in tornado(case, turning) if np.isfinite(bar.turns)} == {
            b.field: turning[b.field] for b in bars if b.field in turning
        }
        for bar in tornado(case, turning):  # the mark lies on what the lead is at that value
            if np.isfinite(bar.turns) and bar.field in MONEY_FIELDS:
                money = profits(replace(case, seen={}), bar.field, [bar.turns])[0]
                assert bar.low <= bar.turns <= bar.high and bar.lead_turns == pytest.approx(
                    money[k] - np.nanmax(np.delete(money, k))
                )
    assert any(product_turns(study, sku) for sku in cases)
    case = cases["B2"]
    assert "patience_per_day" in {bar.field for bar in tornado(case)}
    sure = case.items
    for name in (*MONEY_FIELDS, "patience_per_day", "hazard_per_year", "component_lead_days"):
        sure = sure.with_field(name, sure[name], sure.origin(name))
    assert tornado(replace(case, items=sure, seen={})) == ()
