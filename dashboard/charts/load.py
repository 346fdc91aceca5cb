"""Work to order by month against the best month so far: bars, a rule at what was once possible."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from dashboard.charts.theme import STRATEGY_COLOURS, Ink, dressed, text

__all__ = ["load_chart"]


def load_chart(frame: pd.DataFrame, colours: Ink) -> Any:
    """`frame` has month (text, in order), share (1 = capacity) and label; bars are expected orders, hence dashed."""
    data = frame.assign(over=frame["share"] > 1.0)
    x = alt.X("month:N", sort=list(data["month"]), axis=alt.Axis(title=None, labelAngle=0))
    y = alt.Y("share:Q", axis=None, scale=alt.Scale(domain=[0, max(1.2, float(data["share"].max()) * 1.15)], nice=False))
    colour = STRATEGY_COLOURS["MTO"]
    bars = (
        alt.Chart(data)
        .mark_bar(color=colour, stroke=colour, strokeDash=[4, 3], strokeWidth=1.4, width={"band": 0.72})
        .encode(
            x=x,
            y=y,
            fillOpacity=alt.condition(alt.datum.over, alt.value(0.85), alt.value(0.35)),
            tooltip=[alt.Tooltip("month:N", title="Month"), alt.Tooltip("label:N", title="Of the best month"), alt.Tooltip("work:Q", title="Work", format=",.0f")],
        )
    )
    labels = text(alt.Chart(data), colours, dy=-8, fontSize=12).encode(x=x, y="share:Q", text="label:N")
    limit = alt.Chart(pd.DataFrame({"share": [1.0], "name": ["best month so far"]}))
    rule = limit.mark_rule(color=colours.text, strokeWidth=1.2).encode(y="share:Q")
    name = text(limit, colours, align="right", dy=-7, fontSize=12).encode(y="share:Q", x=alt.value("width"), text="name:N")
    return dressed(alt.layer(bars, rule, labels, name), colours, 190)
