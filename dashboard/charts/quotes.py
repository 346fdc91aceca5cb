"""Profit by the lead time quoted: to order falls with the wait, the others do not; where another one overtakes."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from analytics.naming.labels import Strategy, days_text
from analytics.writeup.charts.theme import DASHES, STRATEGY_COLOURS, Ink, dressed, text
from dashboard.charts.service import apart

__all__ = ["crossing", "quotes_chart"]


def crossing(days: list[float], order: list[float], other: float) -> float:
    """The quote at which the profit to order falls to that of the other strategy; NaN where it does not cross.

    Straight lines between the simulated quotes.

    >>> crossing([6, 12, 24], [100, 90, 30], 60)
    18.0
    """
    above = np.asarray(order) - other
    for a in range(len(days) - 1):
        if above[a] == 0:
            return float(days[a])
        if above[a] * above[a + 1] < 0:
            return float(days[a] + (days[a + 1] - days[a]) * above[a] / (above[a] - above[a + 1]))
    return float("nan")


def quotes_chart(order: pd.DataFrame, others: pd.DataFrame, quote: float, flip: float, colours: Ink) -> Any:
    """`order` has days, profit; `others` strategy, name, profit (level lines); a rule at today's quote and one where it flips."""
    last = float(order["days"].max())
    first = float(order["days"].min())
    level = pd.concat([others.assign(days=first), others.assign(days=last)])
    lines = pd.concat([level, order.assign(strategy=Strategy.MTO, name="to order")], ignore_index=True)
    ends = lines[lines["days"] == last].drop_duplicates("strategy").copy()
    values = lines["profit"].to_numpy(float)
    span = max(float(values.max() - values.min()), 1e-9)
    ends["place"] = apart(list(ends["profit"]), 0.085 * span)
    used = list(ends["strategy"])
    x = alt.X(
        "days:Q",
        axis=alt.Axis(title="days quoted to the customer", tickCount=7),
        scale=alt.Scale(domain=[0, last * 1.28], nice=False),
    )
    y = alt.Y(
        "profit:Q",
        axis=alt.Axis(
            title=None, format="~s", tickCount=5, grid=True, gridColor=colours.faint, gridOpacity=0.7
        ),
        scale=alt.Scale(
            zero=False,
            domain=[float(values.min()) - 0.08 * span, float(values.max()) + 0.16 * span],
            nice=False,
        ),
    )
    scale = alt.Scale(domain=used, range=[STRATEGY_COLOURS[s] for s in used])
    drawn = (
        alt.Chart(lines)
        .mark_line(strokeWidth=2.4)
        .encode(
            x=x,
            y=y,
            color=alt.Color("strategy:N", scale=scale, legend=None),
            strokeDash=alt.StrokeDash(
                "strategy:N", scale=alt.Scale(domain=used, range=[DASHES[s] for s in used]), legend=None
            ),
        )
    )
    names = text(alt.Chart(ends), colours, align="left", dx=6, fontWeight=600).encode(
        x=alt.X("days:Q"),
        y=alt.Y("place:Q"),
        text=alt.Text("name:N"),
        color=alt.Color("strategy:N", scale=scale, legend=None),
    )
    high = float(values.max()) + 0.12 * span
    marks = [
        (
            quote,
            f"your quote: {round(quote)}",
            [2, 3],
            "right" if flip == flip and flip > quote else "left",
            500,
        )
    ]
    if flip == flip:
        marks.append((flip, f"turns at {days_text(flip)}", [1, 0], "left" if flip > quote else "right", 600))
    layers: list[Any] = [drawn, names]
    for day, label, dash, align, weight in marks:
        one = alt.Chart(pd.DataFrame({"days": [day], "label": [label], "high": [high]}))
        layers.append(
            one.mark_rule(color=colours.text, strokeDash=dash, strokeWidth=1.1).encode(x=alt.X("days:Q"))
        )
        layers.append(
            text(one, colours, align=align, dx=5 if align == "left" else -5, fontWeight=weight).encode(
                x=alt.X("days:Q"), y=alt.Y("high:Q"), text=alt.Text("label:N")
            )
        )
    return dressed(alt.layer(*layers), colours, 240)
