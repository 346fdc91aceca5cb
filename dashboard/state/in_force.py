"""The value of an assumption that is in force: what was stated, else what the sales showed, else what is assumed; one figure on every page."""

from __future__ import annotations

from analytics.assumptions import Assumption, Assumptions
from analytics.items import DERIVED
from dashboard.results.facts import Facts
from dashboard.state.choice import Choice

__all__ = ["chosen_anew", "in_force"]


def in_force(facts: Facts, assumptions: Assumptions, name: str) -> Assumption:
    """The general value, or where it was derived for living products and nobody stated another, the one in force for them, in the middle of the products."""
    general = assumptions.of(name)
    live = ~facts.products["ended"].to_numpy()
    low, high = facts.items.range(name)
    derived = live & (facts.items.origin(name) == DERIVED) & (high > low)
    if general.origin == "confirmed" or not derived.any():
        return general
    return Assumption(*facts.items.typical(name, live), "derived")


def chosen_anew(choice: Choice, facts: Facts | None) -> bool:
    """Whether settings are to be held and these facts are of settings chosen anew all the same: something that was answered offers other strategies than before."""
    moved = choice.held is not None and choice.assumptions != choice.held
    return (
        moved
        and facts is not None
        and not facts.pending
        and facts.has_money
        and facts.confidence.kind != "held"
    )
