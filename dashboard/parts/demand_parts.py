"""What one product's history is made of, on the Demand page: trend, season and remainder, and what tests say of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analytics.forecast.decomposition import Decomposition, decomposed
from analytics.forecast.members.seasonal import season_length
from analytics.naming.labels import percent_text
from analytics.naming.scales import percent
from analytics.writeup.charts.theme import ink
from dashboard.charts.demand import part_chart
from dashboard.parts.frame import draw, small
from dashboard.results.facts import Facts
from dashboard.text.demand_words import PERIOD

__all__ = ["parts_part", "parts_words"]

_SEASON = {"D": "week", "W": "year", "M": "year"}
_LEVEL = {
    "steady": "Its level stays: deviations fade, and the long mean counts.",
    "wandering": "Its level wanders: recent demand says more than the long mean.",
    "drifting": "Its level follows a slope.",
    "unclear": "Whether its level stays or wanders cannot be told from this history.",
}


def parts_words(found: Decomposition, frequency: str) -> tuple[str, str]:
    """The finding in a line, and what the tests say.

    >>> flat = Decomposition(np.ones(4), np.zeros(4), np.zeros(4), 0.0, 0.0, 0.62, "steady")
    >>> parts_words(flat, "M")[0]
    'No season beyond chance'
    """
    season = _SEASON[frequency]
    if found.seasonal:
        title = f"A season every {season} explains {percent_text(found.season_strength)} of what is left beside the trend"
        chance = "under 1 in 1,000" if found.season_p < 0.001 else f"{percent(found.season_p):.1f} %"
        test = f"Without a season, parts of the {season} this unlike would come up by chance in {chance} of histories."
    else:
        title = "No season beyond chance"
        test = f"Without a season, parts of the {season} this unlike would come up by chance in {percent_text(found.season_p)} of histories."
    return title, f"{test} {_LEVEL[found.level]}"


def parts_part(facts: Facts, i: int) -> None:
    """Trend, season and remainder of product `i` where its history covers two seasons."""
    units = facts.demand[i].astype(np.float64)
    sold = np.flatnonzero(units > 0)
    begin = int(sold[0]) if len(sold) else len(units)
    found = decomposed(units[begin:], season_length(facts.frequency))
    if found is None:
        small(f"Trend and season are shown from two {_SEASON[facts.frequency]}s of history on.")
        return
    title, test = parts_words(found, facts.frequency)
    st.subheader(title, anchor=False)
    starts = pd.to_datetime(facts.starts[begin:])
    unit = PERIOD[facts.frequency]
    shown = [("Trend", found.trend), ("Season", found.season), ("Remainder", found.remainder)]
    parts = shown if found.seasonal else [shown[0], ("Remainder", found.season + found.remainder)]
    for name, part in parts:
        frame = pd.DataFrame({"period": starts, "units": part})
        draw(
            part_chart(frame, name, ink(st.context.theme.type)),
            alt=f"{name} of the product's demand, units a {unit}: {title}",
        )
    small(f"Units a {unit}; the {'three' if found.seasonal else 'two'} add up to what was sold. {test}")
