"""Facts: copied truly from the study, and changed by an own choice by exactly its cost."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from analytics.labels import COMPONENTS
from dashboard import store
from dashboard.facts import Facts, Override, overridden

FactsOf = Callable[[str], Facts]


def test_components_lead_from_the_perfect_year_to_the_profit(facts_of_sample: FactsOf) -> None:
    facts = facts_of_sample("servers")
    offered = np.isfinite(facts.profit)
    rebuilt = facts.benchmark - facts.components.sum(axis=2)
    scale = np.abs(facts.benchmark[offered]).max()
    assert np.allclose(rebuilt[offered], facts.profit[offered], atol=1e-6 * scale)
    for plan in ("MTS", "MTO", "baseline", "mix"):
        money = facts.plans[plan]
        assert money["benchmark"] - sum(money[c] for c in COMPONENTS) + money.get("shared", 0.0) == pytest.approx(money["profit"], abs=0.01)


def test_product_gains_and_the_shared_line_make_the_headline(facts_of_sample: FactsOf) -> None:
    for name in ("servers", "household"):
        facts = facts_of_sample(name)
        assert facts.products["gain_per_year"].sum() + facts.shared == pytest.approx(facts.gain, abs=0.005)
        assert facts.plans["mix"]["profit"] - facts.plans["baseline"]["profit"] == pytest.approx(facts.gain, abs=0.01)


def test_the_range_of_losses_holds_the_expected_loss(facts_of_sample: FactsOf) -> None:
    facts = facts_of_sample("servers")
    for plan in ("MTS", "MTO", "mix"):
        expected = facts.plans[plan]["benchmark"] - facts.plans[plan]["profit"]
        assert facts.loss_low[plan] < expected < facts.loss_high[plan]


def test_an_own_choice_changes_every_total_by_exactly_its_cost(facts_of_sample: FactsOf) -> None:
    facts = facts_of_sample("servers")
    live = facts.products[~facts.products["ended"] & (facts.products["recommended"] != "MTS")]
    i = int(live.index[3])
    old, new = int(facts.choice[i]), facts.strategies.index("MTS")
    cost = facts.profit[i, new] - facts.profit[i, old]
    changed = overridden(facts, (Override(str(live.loc[i, "sku"]), "MTS", "the show in May"),))
    assert cost != 0.0
    assert changed.gain - facts.gain == pytest.approx(cost, abs=1e-6)
    assert changed.plans["mix"]["profit"] - facts.plans["mix"]["profit"] == pytest.approx(cost, abs=1e-6)
    assert changed.plans["mix"]["cash_tied_up"] - facts.plans["mix"]["cash_tied_up"] == pytest.approx(facts.cash[i, new] - facts.cash[i, old], abs=1e-6)
    assert changed.products["gain_per_year"].sum() + changed.shared == pytest.approx(changed.gain, abs=0.005)
    assert "the show in May" in changed.products.loc[i, "notes"]
    assert changed.products.loc[i, "reorder_point"] >= 0 and facts.products.loc[i, "recommended"] != "MTS"


def test_two_own_choices_add_up(facts_of_sample: FactsOf) -> None:
    facts = facts_of_sample("servers")
    live = facts.products[~facts.products["ended"] & (facts.products["recommended"] != "MTS")].index[:2]
    ones = [Override(str(facts.products.loc[i, "sku"]), "MTS", "") for i in live]
    both = overridden(facts, tuple(ones)).gain - facts.gain
    assert both == pytest.approx(sum(overridden(facts, (one,)).gain - facts.gain for one in ones), abs=1e-6)


@pytest.mark.slow
def test_what_is_kept_of_a_sample_is_what_a_new_run_finds(facts_of_sample: FactsOf) -> None:
    from dashboard.compute import sample_study

    facts_of_sample("servers")
    kept, new = store.kept("servers", "study"), sample_study("servers")
    assert kept is not None
    assert {name: ledger.digest() for name, ledger in kept.ledgers.items()} == {name: ledger.digest() for name, ledger in new.ledgers.items()}
    assert kept.portfolio.gain == new.portfolio.gain


def test_the_store_forgets_what_other_code_wrote(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOCK_OR_ORDER_STORE", str(tmp_path))
    assert store.kept("servers", "probe") is None
    assert store.keep("servers", "probe", {"a": 1})
    assert store.kept("servers", "probe") == {"a": 1}
    monkeypatch.setattr(store, "code_digest", lambda: "other")
    assert store.kept("servers", "probe") is None
