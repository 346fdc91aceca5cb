"""statsmodels' ETS on the Demand page: how many products it joins, what that costs in time, and what it changed."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import streamlit as st

from analytics.naming.labels import money_text
from dashboard.parts.frame import small, waiting
from dashboard.results import compute, past_results
from dashboard.results.demand_facts import DemandFacts
from dashboard.results.facts import Facts, Known
from dashboard.state import inputs
from dashboard.state.choice import Choice
from dashboard.text.words import plain

__all__ = ["changed_words", "ets_part"]

_ASKED = (0, 10, 30, 100)
_YEAR = {"D": 365, "W": 52, "M": 12}
_SHARE = re.compile(r"^ETS\(.*counts for (\d+)%")


def _asked(key: str) -> None:
    inputs.ask_ets(int(st.session_state[key] or 0))


def changed_words(
    asked: int, facts: Facts, demand: DemandFacts, before: Facts, demand_before: DemandFacts
) -> str:
    """What ETS changed: its part in the combinations, expected demand, recommendations, gain."""
    said = (match for notes in demand.notes for note in notes if (match := _SHARE.match(note)))
    shares = [int(match[1]) for match in said]
    if not shares:
        return "No product has the twelve periods of history that ETS needs: nothing changed."
    ahead = [float(one.ahead[:, : _YEAR[facts.frequency]].sum()) for one in (demand_before, demand)]
    moved = int((facts.products["recommended"].to_numpy() != before.products["recommended"].to_numpy()).sum())
    fewer = (
        f" of {asked} products (the others were sold too briefly, or not in the last year)"
        if len(shares) < asked
        else f" product{'s' if asked != 1 else ''}"
    )
    words = f"ETS joined {len(shares)}{fewer} and counts for {np.mean(shares):.0f} % of their forecast on average, at most {max(shares)} %. "
    words += f"Expected over 12 months: {ahead[1]:,.0f} units, {ahead[0]:,.0f} without it. "
    words += f"{moved or 'No'} recommendation{'s' if moved > 1 else ''} changed"
    if facts.has_money:
        words += f"; gain {money_text(facts.portfolio.gain, facts.currency)} a year, {money_text(before.portfolio.gain, facts.currency)} without it"
    return words + "."


def ets_part(choice: Choice, facts: Facts, demand: DemandFacts) -> None:
    """The switch, and below it what it changed."""
    key = "ets-products"
    st.session_state[key] = choice.ets
    options = sorted({*_ASKED, choice.ets})
    st.subheader("A second opinion from statsmodels", anchor=False)
    st.selectbox(
        "ETS joins the forecast of",
        options,
        format_func=lambda n: (
            f"the {n} products with most money, about {n // 2 or 1} to {n} seconds" if n else "no product"
        ),
        key=key,
        on_change=_asked,
        args=(key,),
        help="Exponential smoothing in state-space form, its form chosen by AICc. It is weighed with all other methods by its errors at past dates.",
    )
    if not choice.ets:
        small(
            "It takes about a second a product and seldom changes much; all other methods together take a thousandth of that."
        )
        return
    without = replace(choice, ets=0)
    with waiting("Without ETS, to compare") as progress:
        before, demand_before = (
            compute.facts(without, progress, Known.YEARS),
            past_results.demand(without, progress),
        )
    st.markdown(plain(changed_words(choice.ets, facts, demand, before, demand_before)))
    small("The figures at the top test the other methods alone. Open a product for its form of ETS.")
