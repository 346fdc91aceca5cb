"""One part of a product's history (trend, season or remainder) as a small chart."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from dashboard.charts.theme import Ink, dressed

__all__ = ["part_chart"]


def part_chart(frame: pd.DataFrame, title: str, colours: Ink) -> Any:
    """`frame` has period and units; the remainder stands as bars on zero, the others are lines."""
    x = alt.X("period:T", axis=alt.Axis(title=None, format="%b %y", tickCount=6, labelOverlap=True))
    y = alt.Y(
        "units:Q", axis=alt.Axis(title=None, tickCount=3, grid=True, gridColor=colours.faint, gridOpacity=0.7)
    )
    tips = [
        alt.Tooltip("period:T", title="From", format="%d %b %Y"),
        alt.Tooltip("units:Q", title=title, format="+,.1f" if title != "Trend" else ",.1f"),
    ]
    base = alt.Chart(frame)
    if title == "Remainder":
        mark = base.mark_rule(color=colours.muted, strokeWidth=1.2).encode(
            x=x, y=y, y2=alt.datum(0), tooltip=tips
        )
    else:
        mark = base.mark_line(color=colours.text, strokeWidth=1.4).encode(x=x, y=y, tooltip=tips)
    return dressed(
        mark.properties(
            title=alt.TitleParams(
                title, anchor="start", color=colours.muted, fontSize=12.5, fontWeight="normal"
            )
        ),
        colours,
        70,
    )
