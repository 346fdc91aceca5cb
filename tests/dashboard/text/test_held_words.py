"""What is said to be held is held; where the facts leave nothing to hold, the page says that all is chosen anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from analytics.scenario.reassume import reassume
from dashboard.results.compute import sample_study
from dashboard.results.facts import Facts, Known
from dashboard.results.store import kept
from dashboard.results.study_facts import facts_of
from dashboard.state.choice import Choice, base_assumptions, sample_source
from dashboard.state.in_force import chosen_anew


def test_facts_that_offer_other_strategies_cannot_be_held_and_that_is_known(
    facts_of_sample: Callable[[str], Facts],
) -> None:
    facts = facts_of_sample("servers")
    plain = Choice(sample_source("servers"), base_assumptions("servers"), "USD")
    study = kept("servers", "study") or sample_study("servers")
    held = replace(plain, held=plain.assumptions)
    dearer = replace(held, levers=(("capital_rate", 0.14),))
    assert not chosen_anew(plain, facts) and not chosen_anew(
        held, facts
    )  # nothing is held, nothing has moved
    assert not chosen_anew(dearer, facts_of(reassume(study, dearer.assumptions, hold=True)))
    assert not chosen_anew(dearer, None) and not chosen_anew(dearer, replace(facts, known=Known.MONEY))
    assert chosen_anew(
        dearer, facts
    )  # facts that are not held although something moved: of strategies that were not offered before
