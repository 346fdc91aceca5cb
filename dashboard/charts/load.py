"""Work by month against the best month so far: bars, the part to order in its colour, a rule at what was once possible."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from dashboard.charts.theme import STRATEGY_COLOURS, Ink, dressed, text

__all__ = ["load_chart"]


def load_chart(frame: pd.DataFrame, colours: Ink) -> Any:
    """`frame` has month (text, in order), share and order (of it to order; 1 = capacity), label and part; bars are expected, hence dashed."""
    data = frame
    x = alt.X("month:N", sort=list(data["month"]), axis=alt.Axis(title=None, labelAngle=0))
    y = alt.Y("share:Q", axis=None, scale=alt.Scale(domain=[0, max(1.2, float(data["share"].max()) * 1.15)], nice=False))
    colour = STRATEGY_COLOURS["MTO"]
    tips = [alt.Tooltip("month:N", title="Month"), alt.Tooltip("label:N", title="Of the best month"), alt.Tooltip("part:N", title="To order")]
    base = alt.Chart(data)
    bars = base.mark_bar(color=colours.muted, fillOpacity=0.25, stroke=colours.muted, strokeDash=[4, 3], strokeWidth=1.2, width={"band": 0.72}).encode(x=x, y=y, tooltip=tips)
    part = base.mark_bar(color=colour, fillOpacity=0.8, stroke=colour, strokeDash=[4, 3], strokeWidth=1.4, width={"band": 0.72}).encode(x=x, y="order:Q", tooltip=tips)
    labels = text(alt.Chart(data), colours, dy=-8, fontSize=12).encode(x=x, y="share:Q", text="label:N")
    limit = alt.Chart(pd.DataFrame({"share": [1.0], "name": ["best month so far"]}))
    rule = limit.mark_rule(color=colours.text, strokeWidth=1.2).encode(y="share:Q")
    name = text(limit, colours, align="right", dy=-7, fontSize=12).encode(y="share:Q", x=alt.value("width"), text="name:N")
    return dressed(alt.layer(bars, part, rule, labels, name), colours, 190)
