"""What the gain would be had a tenth of demand never been seen: a second valuation, held against what must be true of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.naming.labels import Strategy, money_text
from analytics.strategy.what_if.gain_sensitivity import of_the_gain
from analytics.strategy.what_if.unseen_demand import UNSEEN, gain_if_unseen, unseen_changes
from analytics.study import Study
from analytics.study_doubt import study_unknowns, unseen_change, unseen_sentence


def test_nothing_unseen_changes_nothing(study: Study) -> None:
    live = ~study.recommendation.ended
    change, own = unseen_changes(study.setup, study.comparison, study.items, live, np.zeros(len(live)))
    assert np.isfinite(change[live]).any()
    assert np.nan_to_num(change).tolist() == np.zeros_like(change).tolist()
    assert own.tolist() == np.zeros_like(own).tolist()


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_to_order_money_grows_as_demand_does(study: Study, share: float) -> None:
    """Nothing is stocked to order: so much more demand is as much more money, but for what years bring by chance."""
    live = ~study.recommendation.ended
    change, _ = unseen_changes(study.setup, study.comparison, study.items, live, np.full(len(live), share))
    k = study.comparison.strategies.index(Strategy.MTO)
    money = study.comparison.profit[:, k]
    known = live & np.isfinite(change[:, k]) & np.isfinite(money)
    assert known.sum() >= 8
    assert change[known, k].sum() / money[known].sum() == pytest.approx(share / (1.0 - share), rel=0.06)


def test_the_gain_is_that_of_the_changed_products(study: Study) -> None:
    """By hand: what the recommended way changes less what the way of today changes, over the products that change."""
    r, comparison = study.recommendation, study.comparison
    change, own = unseen_changes(
        study.setup, comparison, study.items, ~r.ended, np.full(len(r.ended), UNSEEN)
    )
    today = (
        {}
        if comparison.today is None
        else dict(zip(comparison.today.index.tolist(), own.tolist(), strict=True))
    )
    total = 0.0
    for i in range(len(study.items)):
        if r.ended[i] or r.as_today[i] or (i not in today and r.recommended[i] == r.baseline[i]):
            continue
        before = today[i] if i in today else change[i, r.baseline[i]]
        total += np.nan_to_num(change[i, r.recommended[i]] - before)
    assert total != 0.0
    got = gain_if_unseen(study.setup, comparison, r, study.items, np.ones(len(r.ended), bool))
    assert got == pytest.approx(total, rel=1e-9)


def test_the_answer_says_it_of_products_without_stock_records(study: Study) -> None:
    """Where none has a record of all; where some have one, of the others; where all have one, nothing."""
    unknowns, n = study_unknowns(study), len(study.items)
    said = unseen_sentence(study, unknowns)
    there = money_text(study.portfolio.gain + unknowns.unseen, study.currency, 3)
    assert (
        said.startswith("Past stock is not on record: had a tenth of demand never been seen")
        and there in said
    )

    def with_records(recorded: np.ndarray) -> Study:
        return replace(study, cleaned=replace(study.cleaned, recorded=recorded))

    changed = np.flatnonzero(of_the_gain(study.comparison, study.recommendation)[1])
    first = np.zeros(n, bool)
    first[changed[: len(changed) // 2]] = True
    part, rest = unseen_change(with_records(first)), unseen_change(with_records(~first))
    assert part != unknowns.unseen and rest != unknowns.unseen
    if not study.setup.families:  # nothing is shared: what the parts change is what all change
        assert part + rest == pytest.approx(unknowns.unseen, rel=1e-6)
    some = with_records(first)
    said = unseen_sentence(some, replace(unknowns, unseen=part))
    live = int((~study.recommendation.ended).sum())
    left = int((~first & ~study.recommendation.ended).sum())
    assert said.startswith(
        f"Past stock of {left} of {live} products is not on record: had a tenth of their demand"
    )
    whole = with_records(np.ones(n, bool))
    assert np.isnan(unseen_change(whole))
    assert unseen_sentence(whole, replace(unknowns, unseen=unseen_change(whole))) == ""
