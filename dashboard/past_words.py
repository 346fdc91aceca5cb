"""What the page Answer promises and what the page Past can replay of it, in the same figures on both."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.labels import money_text, number_text
from dashboard import past_results
from dashboard.choice import Choice
from dashboard.facts import Facts

__all__ = ["past_line", "promised_line", "run_well"]


def _signed(value: float, currency: str) -> str:
    return f"{'+' if value > 0 else ''}{money_text(value, currency)}"


def _parts(facts: Facts) -> tuple[float, float]:
    """The gain by planning the same strategies better, and by other strategies (shared components included)."""
    return facts.planning, facts.gain - facts.planning


def run_well(document: dict[str, Any]) -> str:
    """What the mix of a replay is compared with, in words."""
    return f"{document['policies'][document['baseline']]}, run well"


def _said(document: dict[str, Any]) -> str:
    """What the past says of the plan."""
    against = document["money"]["mix_against"][document["baseline"]]
    gain = against["mix_gain"]
    if gain == 0.0:
        return f"just what {run_well(document)}, earned: no strategy was changed"
    span = f" ({number_text(against['low'], 2)} to {number_text(against['high'], 2)})"
    return f"{money_text(abs(gain), document['currency'])} {'more' if gain > 0 else 'less'} than {run_well(document)}{span}"


def past_line(choice: Choice, facts: Facts) -> str:
    """One line for the page Answer: what of the gain the past can show, and what it says where it has been replayed; empty where nothing is gained."""
    if not facts.has_money or facts.pending or abs(facts.gain) < 0.5:
        return ""
    planning, changing = _parts(facts)
    parts = []
    if abs(planning) >= max(0.02 * abs(facts.gain), 0.5):
        parts.append(
            f"{_signed(planning, facts.currency)} of the gain comes from planning the same strategies better. No replay can show that: "
            "levels and lots of the past are not on record, so the page Past runs every strategy well."
        )
    dates = int(st.session_state.get(past_results.DATES_KEPT, past_results.SAMPLE_DATES))
    document = past_results.replayed(choice, dates, compute_it=False)
    if document is not None and document["money"]:
        parts.append(f"What the past says of this plan: over {document['weeks']} weeks the mix would have earned {_said(document)}.")
    elif abs(changing) >= max(0.02 * abs(facts.gain), 0.5):
        parts.append(f"The {_signed(changing, facts.currency)} by other strategies can be replayed: see the page Past.")
    return " ".join(parts)


def promised_line(facts: Facts) -> str:
    """One line for the page Past: what the page Answer promises, and which part of it is replayed here; empty where nothing is promised."""
    if not facts.has_money or facts.pending or abs(facts.gain) < 0.5:
        return ""
    planning, changing = _parts(facts)
    here = f"{_signed(changing, facts.currency)} by other strategies, which is what this page replays" if abs(changing) >= 0.5 else "nothing by other strategies"
    better = _signed(planning, facts.currency) if abs(planning) >= 0.5 else "nothing"
    return (
        f"The page Answer promises {_signed(facts.gain, facts.currency)} over the next 12 months: {better} by planning the same strategies better, "
        f"which no replay can show (levels and lots of the past are not on record), and {here}."
    )
