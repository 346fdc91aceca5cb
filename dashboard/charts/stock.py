"""Stock of one product week by week, and the weeks in which orders could not be served at once."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from analytics.naming.labels import Strategy
from analytics.writeup.charts.theme import STRATEGY_COLOURS, Ink, dressed

__all__ = ["stock_chart"]


def stock_chart(frame: pd.DataFrame, colours: Ink) -> Any:
    """`frame` has period, on_hand and short (units not served at once): steps for stock, a mark below zero for what was short."""
    x = alt.X("period:T", axis=alt.Axis(title=None, format="%b %y", tickCount=8, labelOverlap=True))
    y = alt.Y(
        "on_hand:Q",
        axis=alt.Axis(title=None, tickCount=4, grid=True, gridColor=colours.faint, gridOpacity=0.7),
    )
    tips = [
        alt.Tooltip("period:T", title="Week of", format="%d %b %Y"),
        alt.Tooltip("on_hand:Q", title="In stock after it", format=",.0f"),
        alt.Tooltip("short:Q", title="Not served at once", format=",.0f"),
    ]
    base = alt.Chart(frame.assign(owed=-frame["short"], zero=0.0))
    blue = STRATEGY_COLOURS[Strategy.MTS]
    held = base.mark_area(
        color=blue, opacity=0.25, line={"color": blue, "strokeWidth": 1.6}, interpolate="step-after"
    ).encode(x=x, y=y, tooltip=tips)
    short = (
        base.transform_filter("datum.short > 0")
        .mark_bar(color=colours.text, size=4)
        .encode(x=x, y=alt.Y("owed:Q"), y2=alt.Y2("zero:Q"), tooltip=tips)
    )
    return dressed(alt.layer(held, short), colours, 170)
