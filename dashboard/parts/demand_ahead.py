"""The year ahead on the Demand page: its season, and promotions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analytics.demand.months import by_month, month_index, month_place
from analytics.naming.labels import number_text, percent_text
from analytics.writeup.charts.theme import ink
from dashboard.charts.season import MONTHS, season_chart
from dashboard.parts.frame import draw, small
from dashboard.parts.tables import show_table
from dashboard.results.demand_facts import DemandFacts
from dashboard.results.facts import Facts
from dashboard.text.words import shortened

__all__ = ["promotions_part", "season_part"]

DAYS = {"D": 1, "W": 7, "M": 31}


def promotions_part(facts: Facts, demand: DemandFacts) -> None:
    """Promotions that files name: what past ones brought, and what those ahead add to what is expected."""
    if demand.promotions is None:
        return
    added = float(demand.promotions["units_by_promotions"].sum())
    words = f"Promotions ahead add {number_text(added)} units" if added else "No promotion ahead is counted"
    st.subheader(words, anchor=False)
    small(demand.promotions_said)
    names = dict(zip(facts.products["sku"], facts.products["name"], strict=True))
    rows = demand.promotions.sort_values("units_by_promotions", ascending=False, kind="stable")
    shown = pd.DataFrame(
        {
            "Product": [shortened(names.get(s, s), 32) for s in rows["sku"]],
            "Promoted days": rows["promoted_days"].round(0),
            "Times as much": rows["promotion_effect"].round(2),
            "Days ahead": rows["promoted_days_ahead"].round(0),
            "Units added": rows["units_by_promotions"].round(1),
        }
    )
    show_table(
        shown,
        hide_index=True,
        width="stretch",
        height=min(38 + 35 * max(len(shown), 1), 318),
        alt=f"Promotions by product, past and ahead: {words}",
    )


def season_part(facts: Facts, demand: DemandFacts) -> None:
    """Sales by month and year, and the year ahead."""
    families = sorted({str(f) for f in facts.products["family"] if f})
    chosen = (
        st.selectbox("Season of", ["All products", *families], key=f"season-{facts.digest[:8]}")
        if len(families) > 1
        else "All products"
    )
    part = (
        np.ones(len(facts.products), bool)
        if chosen in (None, "All products")
        else facts.products["family"].to_numpy() == chosen
    )
    months, units = by_month(
        facts.starts, DAYS[facts.frequency], facts.demand[part].sum(axis=0, keepdims=True).astype(float)
    )
    coming, ahead = by_month(
        demand.ahead_starts,
        DAYS[facts.frequency],
        demand.ahead[part].sum(axis=0, keepdims=True).astype(float),
    )
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
        {
            "year": str(m.astype("datetime64[Y]")),
            "month": month_place(m) + 1,
            "units": float(u),
            "kind": "last" if m.astype("datetime64[Y]") == last_year else "before",
        }
        for m, u in past.items()
        if m.astype("datetime64[Y]") in years
    ]
    for m, u in list(future.items())[:12]:
        same = m.astype("datetime64[Y]") == last_year
        year = str(m.astype("datetime64[Y]"))
        rows.append(
            {
                "year": year if same else f"{year} expected",
                "month": month_place(m) + 1,
                "units": float(u),
                "kind": "last" if same else "ahead",
            }
        )
    index = month_index(past)
    high, low = int(index.argmax()), int(index.argmin())
    swing = f"{MONTHS[high]} sells {percent_text(index[high])} of an average month, {MONTHS[low]} {percent_text(index[low])}"
    st.subheader(swing, anchor=False)
    draw(
        season_chart(pd.DataFrame(rows), ink(st.context.theme.type)),
        alt=f"Sales by month, one line a year: {swing}",
    )
    small(
        "Units a month. Solid: the last year and, thinner, those before. Dashed: expected. "
        "Months of this year still to come are expected. Successors not yet in the file are not in it."
    )
