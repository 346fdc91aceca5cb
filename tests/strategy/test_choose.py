"""Settings are chosen on one half of the paths and scored on the other; a family shares one setting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.forecast.spread.paths import WEEKS
from analytics.simulation.ledger import COUNT_INDEX, Ledger
from analytics.strategy.compared.setting import choose
from analytics.strategy.money.formulas import profit
from analytics.strategy.money.price import money_values
from tests.strategy.small import balanced_counts, priced_items, random_ledger

SKUS = ["P0", "P1", "P2", "P3", "P4"]


def money_of(ledger: Ledger, items, product: int, setting: int, half: int) -> float:  # type: ignore[no-untyped-def]
    """Profit of one product, setting and half straight from the formula."""
    row = ledger.counts[product, setting, half]
    position = list(items.skus).index(ledger.skus[product])
    one = {name: float(column[position]) for name, column in money_values(items, ledger.strategy).items()}
    return float(profit(lambda name: row[COUNT_INDEX[name]], one))


def found_at_once(ledger: Ledger, product: int, setting: int) -> bool:
    """Whether at least 5 % of the demand of both halves is served at once."""
    demanded, lost, waited = (
        sum(ledger.counts[product, setting, half, COUNT_INDEX[name]] for half in (0, 1))
        for name in ("demanded", "lost", "waited")
    )
    return bool(demanded - lost - waited >= 0.05 * demanded)


@settings(max_examples=25, deadline=None)
@given(strategy=st.sampled_from(("MTS", "ATO")), seed=st.integers(0, 10_000), grid=st.integers(1, 9))
def test_chosen_on_one_half_and_scored_on_the_other(strategy: str, seed: int, grid: int) -> None:
    items = priced_items(
        SKUS,
        price=np.linspace(8, 40, 5),
        unit_cost=np.linspace(4, 30, 5),
        component_share=0.5,
        setup_cost=3.0,
        order_setup_cost=1.0,
    )
    index = np.array([3, 0, 4])
    ledger = random_ledger(strategy, [SKUS[i] for i in index], grid, seed)
    chosen = choose(ledger, items, index)
    for row, product in enumerate(index):
        table = [[money_of(ledger, items, row, s, half) for half in (0, 1)] for s in range(grid)]
        if strategy == "MTS":  # what nobody finds on the shelf is not to stock, unless nothing is
            found = [found_at_once(ledger, row, s) for s in range(grid)]
            if any(found):
                table = [
                    money if here else [-np.inf, -np.inf] for money, here in zip(table, found, strict=True)
                ]
        first = max(range(grid), key=lambda s: table[s][0])
        second = max(range(grid), key=lambda s: table[s][1])
        assert tuple(chosen.by_half[product]) == (first, second)
        scored = 0.5 * (money_of(ledger, items, row, first, 1) + money_of(ledger, items, row, second, 0))
        assert chosen.profit[product] == pytest.approx(scored, rel=1e-9)
        np.testing.assert_allclose(
            chosen.counts[product],
            0.5 * (ledger.counts[row, first, 1] + ledger.counts[row, second, 0]),
            rtol=1e-12,
        )
        assert chosen.setting[product] == max(range(grid), key=lambda s: sum(table[s]))
    left = [i for i in range(5) if i not in index]
    assert (
        not chosen.offered[left].any()
        and np.isnan(chosen.profit[left]).all()
        and (chosen.setting[left] == -1).all()
    )
    assert not chosen.counts[left].any()


def test_more_levers_do_not_win_by_luck() -> None:
    """Two hundred settings of pure noise around a true profit of 1000: choosing and scoring on the same half would promise far more."""
    rng = np.random.default_rng(3)
    products, grid = 40, 200
    counts = np.zeros((products, grid, 2, len(COUNT_INDEX)))
    demanded = 1000.0 + 100.0 * rng.standard_normal((products, grid, 2))
    counts[..., COUNT_INDEX["demanded"]] = counts[..., COUNT_INDEX["ordered"]] = demanded
    skus = [f"N{i}" for i in range(products)]
    ledger = Ledger("MTS", np.array(skus, object), {}, counts)
    chosen = choose(ledger, priced_items(skus, price=2.0, unit_cost=1.0), np.arange(products))
    assert demanded.max(axis=1).mean() > 1230
    assert abs(chosen.profit.mean() - 1000.0) < 4 * 100.0 / np.sqrt(2 * products)


def test_a_family_shares_one_setting_the_best_for_all_together() -> None:
    items = priced_items(
        SKUS, price=np.linspace(8, 40, 5), unit_cost=np.linspace(4, 30, 5), component_share=0.6
    )
    index = np.array([0, 1, 2, 4])
    families = (np.array([0, 2]), np.array([1]), np.array([4]))
    ledger = random_ledger("ATO", [SKUS[i] for i in index], 7, seed=8)
    chosen = choose(ledger, items, index, families)
    assert (chosen.by_half[0] == chosen.by_half[2]).all() and chosen.setting[0] == chosen.setting[2]
    for half in (0, 1):
        together = [
            money_of(ledger, items, 0, s, half) + money_of(ledger, items, 2, s, half) for s in range(7)
        ]
        assert chosen.by_half[0, half] == int(np.argmax(together))
        assert chosen.by_half[1, half] == int(
            np.argmax([money_of(ledger, items, 1, s, half) for s in range(7)])
        )
    apart = choose(ledger, items, index)
    assert (apart.by_half[0] != chosen.by_half[0]).any() or (apart.by_half[2] != chosen.by_half[2]).any()


def test_to_order_keeps_the_quote_in_force() -> None:
    ledger = random_ledger("MTO", SKUS, 5, seed=4)
    chosen = choose(ledger, priced_items(SKUS), np.arange(5))
    assert (chosen.by_half == 0).all() and (chosen.setting == 0).all()


def test_without_money_the_least_stock_that_serves_95_percent() -> None:
    """Shares lost or late of 1, 4, 4.5 and 20 % at stocks of 90, 40, 60 and 5: the second; money is unknown, never zero."""
    counts = balanced_counts("MTS", (1, 4, 2), np.random.default_rng(1))
    counts[..., COUNT_INDEX["demanded"]] = 100.0
    for s, (lost, waited, stock) in enumerate(
        ((0.5, 0.5, 90.0), (2.0, 2.0, 40.0), (2.0, 2.5, 60.0), (1.0, 19.0, 5.0))
    ):
        for name, value in (("lost", lost), ("waited", waited), ("on_hand", stock)):
            counts[:, s, :, COUNT_INDEX[name]] = value
    ledger = Ledger("MTS", np.array(["A"], object), {}, counts)
    for unknown in ("price", "unit_cost"):
        chosen = choose(ledger, priced_items(["A"], **{unknown: np.nan}), np.array([0]))
        assert chosen.setting[0] == 1 and (chosen.by_half[0] == 1).all() and np.isnan(chosen.profit[0])
    worse = counts.copy()
    worse[..., COUNT_INDEX["lost"]] += 30.0
    best_service = choose(
        Ledger("MTS", np.array(["A"], object), {}, worse), priced_items(["A"], price=np.nan), np.array([0])
    )
    assert best_service.setting[0] == 0
    late = counts.copy()
    for s, weeks in enumerate((1.0, 30.0, 2.0, 9.0)):
        late[:, s, :, COUNT_INDEX["lost"]], late[:, s, :, COUNT_INDEX["late"]] = 2.0, weeks / WEEKS
    assembled = choose(
        Ledger("ATO", np.array(["A"], object), {}, late), priced_items(["A"], price=np.nan), np.array([0])
    )
    assert assembled.setting[0] == 2
