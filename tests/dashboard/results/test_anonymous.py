"""Names hidden: no real name is left in anything the screen or a file is made from, and no figure changes."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np

from analytics.assumptions import FIELDS
from analytics.naming.labels import COMPONENTS
from analytics.study_export.hidden_names import anonymous_study, made_up_names
from analytics.study_results import study_summary, study_tables
from analytics.writeup.files import study_files
from dashboard.results import store
from dashboard.results.facts import Facts
from dashboard.results.study_facts import facts_of


def test_no_name_survives_and_no_figure_moves(facts_of_sample: Callable[[str], Facts]) -> None:
    plain = facts_of_sample("servers")
    study = store.kept("servers", "study")
    hidden = anonymous_study(study)
    facts = facts_of(hidden)
    names = made_up_names(study)
    history = study.history
    real = {
        str(v)
        for v in (
            *study.items.skus,
            *study.items["name"],
            *study.items["family"],
            *history.customers,
            *history.channels,
            *study.given_items.skus,
            history.report.source,
        )
        if str(v)
    }
    assert real <= set(names) and len(real) > 300
    files = b"".join(
        make() for make in study_files(study_tables(hidden), lambda: study_summary(hidden)).values()
    )
    # a family may be called like an assumption or a component: that word stays where it means the latter
    words = " ".join(
        [
            *(row.label for row in (*FIELDS.values(), *COMPONENTS.values())),
            *(row.source for row in FIELDS.values()),
        ]
    )
    real = {name for name in real if len(name) > 3 and name not in words}
    assert len(real) > 300
    for place in (pickle.dumps(hidden), pickle.dumps(facts), files):
        assert [name for name in real if name.encode() in place] == []
    np.testing.assert_array_equal(facts.profit, plain.profit)
    assert facts.portfolio.gain == plain.portfolio.gain and facts.portfolio.money == plain.portfolio.money
    assert list(facts.products["sku"]) == sorted(facts.products["sku"]) and facts.products["sku"].is_unique
    same = plain.products.groupby("family")["sku"].count().sort_index()
    assert list(same) == list(facts.products.groupby("family")["sku"].count().sort_index())
    assert any("P-" in note or "Q-" in note or "Family" in note for note in facts.notes)
