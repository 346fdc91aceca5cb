"""What the gain would be had a tenth of demand never been seen: a second valuation, held against what must be true of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.demand.cleaning.layers import Layer
from analytics.naming.labels import Strategy, money_text
from analytics.strategy.what_if.unseen_demand import UNSEEN, gain_if_unseen, unseen_changes
from analytics.study import Study
from analytics.study_doubt import study_unknowns, unseen_change, unseen_sentence


def test_nothing_unseen_changes_nothing(study: Study) -> None:
    live = ~study.recommendation.ended
    change, own = unseen_changes(study.setup, study.comparison, study.items, live, 0.0)
    assert np.isfinite(change[live]).any()
    assert np.nan_to_num(change).tolist() == np.zeros_like(change).tolist()
    assert own.tolist() == np.zeros_like(own).tolist()


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_to_order_money_grows_as_demand_does(study: Study, share: float) -> None:
    """Nothing is stocked to order: so much more demand is as much more money, but for what years bring by chance."""
    live = ~study.recommendation.ended
    change, _ = unseen_changes(study.setup, study.comparison, study.items, live, share)
    k = study.comparison.strategies.index(Strategy.MTO)
    money = study.comparison.profit[:, k]
    known = live & np.isfinite(change[:, k]) & np.isfinite(money)
    assert known.sum() >= 8
    assert change[known, k].sum() / money[known].sum() == pytest.approx(share / (1.0 - share), rel=0.06)


def test_the_gain_is_that_of_the_changed_products(study: Study) -> None:
    """By hand: what the recommended way changes less what the way of today changes, over the products that change."""
    r, comparison = study.recommendation, study.comparison
    change, own = unseen_changes(study.setup, comparison, study.items, ~r.ended, UNSEEN)
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
    got = gain_if_unseen(study.setup, comparison, r, study.items, r.gain)
    assert got == pytest.approx(total, rel=1e-9)


def test_the_answer_says_it_where_no_shelf_is_on_record(study: Study) -> None:
    unknowns = study_unknowns(study)
    said = unseen_sentence(study, unknowns)
    there = money_text(study.portfolio.gain + unknowns.unseen, study.currency, 3)
    assert "had a tenth of demand never been seen" in said and there in said
    found = tuple(replace(one, periods=4) if one.name == "stockouts" else one for one in study.cleaned.layers)
    assert any(isinstance(one, Layer) and one.periods == 4 for one in found)
    seen = replace(study, cleaned=replace(study.cleaned, layers=found))
    assert np.isnan(unseen_change(seen))
    assert unseen_sentence(seen, replace(unknowns, unseen=unseen_change(seen))) == ""
