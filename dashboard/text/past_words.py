"""What the page Answer promises and what the page Past can replay of it, in the same figures on both."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.naming.labels import money_text, number_text
from analytics.strategy.gains import gain_by_strategy
from analytics.strategy.money.thresholds import worth_telling
from dashboard.results import past_results
from dashboard.results.facts import Facts
from dashboard.state.choice import Choice

__all__ = ["past_line", "promised_line", "run_as"]


def _signed(value: float, currency: str) -> str:
    return f"{'+' if value > 0 else ''}{money_text(value, currency)}"


def run_as(document: dict[str, Any]) -> str:
    """What the mix of a replay is compared with, in words: today's way as far as the file says it, else the best settings of each date."""
    if document["baseline"] == "present":
        return "today's way"
    return f"{document['policies'][document['baseline']]} at the best settings of each date"


def _said(document: dict[str, Any]) -> str:
    """What the past says of the plan."""
    against = document["money"]["mix_against"][document["baseline"]]
    gain = against["mix_gain"]
    if gain == 0.0:
        return f"just what {run_as(document)} earned"
    span = f" ({number_text(against['low'], 2)} to {number_text(against['high'], 2)})"
    return f"{money_text(abs(gain), document['currency'])} {'more' if gain > 0 else 'less'} than {run_as(document)}{span}"


def _not_shown(facts: Facts) -> str:
    """The part of the gain that no replay can show; empty where all of it can."""
    if facts.compared_with.is_today or not worth_telling(
        facts.portfolio.planning, facts.portfolio.gain, least=0.5
    ):
        return ""
    better = f"{_signed(facts.portfolio.planning, facts.currency)} of the gain comes from planning the same strategies better"
    return f"{better}; no replay can show that, because no file says how products were run."


def past_line(choice: Choice, facts: Facts) -> str:
    """One line for the page Answer: what the past says of this plan where it has been replayed, and which part of the gain it cannot show; empty without a gain."""
    if not facts.has_money or facts.pending or abs(facts.portfolio.gain) < 0.5:
        return ""
    dates = int(st.session_state.get(past_results.DATES_KEPT, past_results.SAMPLE_DATES))
    document = past_results.replayed(choice, dates, compute_it=False)
    said = "Whether the past bears this out has not been replayed yet: see the page Past."
    if document is not None and document["money"]:
        said = f"What the past says of this plan: over {document['weeks']} weeks the mix would have earned {_said(document)}."
    return " ".join(part for part in (_not_shown(facts), said) if part)


def promised_line(facts: Facts) -> str:
    """One line for the page Past: what the page Answer promises, over which time and against what; empty where nothing is promised."""
    if not facts.has_money or facts.pending or abs(facts.portfolio.gain) < 0.5:
        return ""
    rest = gain_by_strategy(facts.portfolio.gain, facts.portfolio.planning)
    parts = [
        f"{_signed(v, facts.currency)} by {words}"
        for v, words in (
            (facts.portfolio.planning, "planning the same strategies better"),
            (rest, "other strategies"),
        )
        if abs(v) >= 0.5
    ]
    promised = f"The page Answer promises {_signed(facts.portfolio.gain, facts.currency)} over the next 12 months, with the demand expected then: {' and '.join(parts)}."
    played = (
        "This page plays the same kind of decision on what really happened, with what was known at each date."
    )
    return " ".join(part for part in (promised, played, _not_shown(facts)) if part)
