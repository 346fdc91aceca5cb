"""The year ahead on the Demand page: its season, and what is made to order against the best month so far."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analytics.labels import number_text, percent_text
from dashboard.charts.load import load_chart
from dashboard.charts.season import MONTHS, season_chart
from dashboard.charts.theme import ink
from dashboard.demand_facts import DemandFacts, by_month
from dashboard.demand_words import values_of
from dashboard.facts import Facts
from dashboard.frame import draw, small

__all__ = ["load_part", "season_part"]

DAYS = {"D": 1, "W": 7, "M": 31}


def season_part(facts: Facts, demand: DemandFacts) -> None:
    """Sales by month and year, and the year ahead."""
    families = sorted({str(f) for f in facts.products["family"] if f})
    chosen = st.selectbox("Season of", ["All products", *families], key=f"season-{facts.digest[:8]}") if len(families) > 1 else "All products"
    part = np.ones(len(facts.products), bool) if chosen in (None, "All products") else facts.products["family"].to_numpy() == chosen
    months, units = by_month(facts.starts, DAYS[facts.frequency], facts.demand[part].sum(axis=0, keepdims=True).astype(float))
    coming, ahead = by_month(demand.ahead_starts, DAYS[facts.frequency], demand.ahead[part].sum(axis=0, keepdims=True).astype(float))
    first_whole = 1 if facts.starts[0] > months[0].astype("datetime64[D]") else 0
    seam = coming[0]
    past = {m: u for m, u in zip(months[first_whole:], units[0, first_whole:], strict=True) if m < seam}
    joint = float(units[0, -1]) if months[-1] == seam else 0.0
    future = {m: u + (joint if m == seam else 0.0) for m, u in zip(coming[:13], ahead[0, :13], strict=True)}
    if len(past) < 12:
        st.caption("Less than a year on record: no season to show.")
        return
    years = sorted({m.astype("datetime64[Y]") for m in past})[-4:]
    last_year = max(m for m in past).astype("datetime64[Y]")
    rows = [
        {"year": str(m.astype("datetime64[Y]")), "month": int(m.astype(int) % 12) + 1, "units": float(u), "kind": "last" if m.astype("datetime64[Y]") == last_year else "before"}
        for m, u in past.items()
        if m.astype("datetime64[Y]") in years
    ]
    rows += [{"year": f"{m.astype('datetime64[Y]')} expected", "month": int(m.astype(int) % 12) + 1, "units": float(u), "kind": "ahead"} for m, u in list(future.items())[:12]]
    by = np.zeros(12)
    seen = np.zeros(12)
    for m, u in past.items():
        by[int(m.astype(int) % 12)] += u
        seen[int(m.astype(int) % 12)] += 1
    index = by / np.maximum(seen, 1) / max(float((by / np.maximum(seen, 1)).mean()), 1e-12)
    high, low = int(index.argmax()), int(index.argmin())
    swing = f"{MONTHS[high]} sells {percent_text(index[high])} of an average month, {MONTHS[low]} {percent_text(index[low])}"
    st.subheader(swing, anchor=False)
    draw(season_chart(pd.DataFrame(rows), ink(st.context.theme.type)), alt=f"Sales by month, one line a year: {swing}")
    small("Units a month. Solid: the last year and, thinner, those before. Dashed: expected. A month at the seam holds what was sold and what is expected.")


def load_part(facts: Facts, demand: DemandFacts) -> None:
    """What is made to order, by month, against the best month so far."""
    made = (facts.products["recommended"].isin(("MTO", "ATO"))).to_numpy() & (facts.products["make_or_buy"] == "make").to_numpy() & ~facts.products["ended"].to_numpy()
    if not made.any():
        st.caption("Nothing is made to order, so orders do not load the shop month by month.")
        return
    value, word = values_of(facts)
    weight = np.nan_to_num(value)[made]
    months, past = by_month(facts.starts, DAYS[facts.frequency], weight[None, :] @ facts.demand[made].astype(float))
    coming, ahead = by_month(demand.ahead_starts, DAYS[facts.frequency], weight[None, :] @ demand.ahead[made].astype(float))
    whole = past[0, (1 if facts.starts[0] > months[0].astype("datetime64[D]") else 0) : len(months) - (1 if months[-1] >= coming[0] else 0)][-24:]
    if not len(whole) or whole.max() <= 0:
        return
    capacity = float(whole.max())
    begin = 1 if demand.ahead_starts[0] > coming[0].astype("datetime64[D]") else 0
    share = ahead[0, begin : begin + 12] / capacity
    labels = [f"{MONTHS[int(m.astype(int) % 12)]} {str(m)[2:4]}" for m in coming[begin : begin + 12]]
    peak = int(share.argmax())
    count = int(made.sum())
    if share[peak] > 1.0:
        words = f"{labels[peak]} needs {percent_text(share[peak])} of the best month so far: pre-build, or keep some of the {count} products in stock"
    else:
        words = f"To order, the busiest month ({labels[peak]}) needs {percent_text(share[peak])} of the best month so far"
    st.subheader(words, anchor=False)
    frame = pd.DataFrame({"month": labels, "share": share, "label": [percent_text(s) for s in share], "work": share * capacity})
    draw(load_chart(frame, ink(st.context.theme.type)), alt=words)
    kind = f"work {word}" if word != "units" else "units"
    amount = f"{number_text(capacity)} {facts.currency if word != 'units' else 'units'}"
    small(f"Expected {kind} of the {count} products made or assembled to order; the line is their best month of the last two years ({amount}). Orders vary round this.")
