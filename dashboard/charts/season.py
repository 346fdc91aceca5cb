"""The year: sales by month, one line per year, the year ahead dashed."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from analytics.writeup.charts.theme import Ink, dressed, text
from dashboard.charts.service import apart

__all__ = ["MONTHS", "season_chart"]

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def season_chart(frame: pd.DataFrame, colours: Ink) -> Any:
    """`frame` has year (text), month (1 to 12), units and kind ("before", "last", "ahead"); the last year is solid, the one ahead dashed."""
    data = frame.assign(name=[MONTHS[m - 1] for m in frame["month"]])
    x = alt.X(
        "name:N",
        sort=list(MONTHS),
        axis=alt.Axis(title=None, labelAngle=0, labelOverlap=True, labelSeparation=8),
        scale=alt.Scale(paddingOuter=0.1),
    )
    y = alt.Y(
        "units:Q",
        axis=alt.Axis(
            title=None, tickCount=4, format="~s", grid=True, gridColor=colours.faint, gridOpacity=0.7
        ),
        scale=alt.Scale(zero=True),
    )
    tips = [
        alt.Tooltip("year:N", title="Year"),
        alt.Tooltip("name:N", title="Month"),
        alt.Tooltip("units:Q", title="Units", format=",.0f"),
    ]
    layers: list[Any] = []
    for kind, colour, width, dash, opacity in (
        ("before", colours.muted, 1.2, [1, 0], 0.6),
        ("last", colours.text, 2.0, [1, 0], 1.0),
        ("ahead", colours.text, 1.8, [4, 3], 1.0),
    ):
        part = data[data["kind"] == kind]
        if not len(part):
            continue
        chart = alt.Chart(part)
        layers.append(
            chart.mark_line(
                color=colour,
                strokeWidth=width,
                strokeDash=dash,
                opacity=opacity,
                point=alt.OverlayMarkDef(color=colour, size=14),
            ).encode(x=x, y=y, detail=alt.Detail("year:N"), tooltip=tips)
        )
    ends = data.sort_values(["kind", "year", "month"]).groupby("year", sort=False).tail(1).copy()
    ends["place"] = apart(list(ends["units"]), 0.075 * max(float(data["units"].max()), 1e-9))
    layers.append(
        text(alt.Chart(ends), colours, align="left", dx=10, fontSize=12).encode(
            x=x, y=alt.Y("place:Q"), text=alt.Text("year:N")
        )
    )
    return dressed(alt.layer(*layers), colours, 230)
