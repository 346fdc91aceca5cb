"""What the forecast said at past dates and what came: a band, a hollow point for said, a solid one for came."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from analytics.writeup.charts.theme import Ink, dressed, text

__all__ = ["past_chart"]


def past_chart(frame: pd.DataFrame, colours: Ink) -> Any:
    """`frame` has date (text, oldest first), said, came, low and high (a band), simple (the 12-period mean)."""
    order = list(frame["date"])
    x = alt.X("date:N", sort=order, axis=alt.Axis(title=None, labelAngle=0, labelOverlap=True))
    y = alt.Y(
        "low:Q", axis=alt.Axis(title=None, tickCount=4, grid=True, gridColor=colours.faint, gridOpacity=0.7)
    )
    base = alt.Chart(frame)
    tips = [
        alt.Tooltip("date:N", title="As of"),
        alt.Tooltip("came:Q", title="Came", format=",.0f"),
        alt.Tooltip("said:Q", title="Forecast", format=",.1f"),
        alt.Tooltip("low:Q", title="1 in 20 below", format=",.1f"),
        alt.Tooltip("high:Q", title="1 in 20 above", format=",.1f"),
        alt.Tooltip("simple:Q", title="Mean of the last 12", format=",.1f"),
    ]
    band = base.mark_bar(size=16, color=colours.muted, opacity=0.25, cornerRadius=3).encode(
        x=x, y=y, y2=alt.Y2("high:Q"), tooltip=tips
    )
    simple = base.mark_tick(color=colours.muted, thickness=1.5, size=22).encode(
        x=x, y=alt.Y("simple:Q"), tooltip=tips
    )
    said = base.mark_point(
        shape="circle", size=70, filled=False, color=colours.text, strokeWidth=1.6, strokeDash=[3, 2]
    ).encode(x=x, y=alt.Y("said:Q"), tooltip=tips)
    came = base.mark_point(shape="circle", size=64, filled=True, color=colours.text, opacity=1).encode(
        x=x, y=alt.Y("came:Q"), tooltip=tips
    )
    last = frame.tail(1)
    names = [
        text(
            alt.Chart(last.assign(at=last[field], label=label)), colours, align="left", dx=15, fontSize=12
        ).encode(x=x, y=alt.Y("at:Q"), text=alt.Text("label:N"))
        for field, label in (("came", "came"),)
    ]
    return dressed(alt.layer(band, simple, said, came, *names), colours, 190)
