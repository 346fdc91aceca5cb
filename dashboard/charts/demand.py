"""Demand of one product: solid what was sold, dashed what is expected, bands of half and nine tenths of futures; and the parts of its history."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from analytics.writeup.charts.theme import Ink, dressed

__all__ = ["demand_chart", "part_chart"]


def demand_chart(
    sold: pd.DataFrame, expected: pd.DataFrame, colours: Ink, changed: pd.DataFrame | None = None
) -> Any:
    """Steps: `sold` has period and units, `expected` period, mean, q05, q25, q75, q95; `changed` (period, units, fitted) marks what cleaning reduced."""
    x = alt.X("period:T", axis=alt.Axis(title=None, format="%b %y", tickCount=8, labelOverlap=True))
    band = alt.Chart(expected).mark_area(color=colours.muted, interpolate="step-after")
    outer = band.encode(
        x=x,
        y=alt.Y(
            "q05:Q",
            axis=alt.Axis(title=None, tickCount=5, grid=True, gridColor=colours.faint, gridOpacity=0.7),
        ),
        y2=alt.Y2("q95:Q"),
        opacity=alt.value(0.18),
    )
    inner = band.encode(x=x, y=alt.Y("q25:Q"), y2=alt.Y2("q75:Q"), opacity=alt.value(0.28))
    mean = (
        alt.Chart(expected)
        .mark_line(color=colours.text, strokeDash=[4, 3], strokeWidth=1.8, interpolate="step-after")
        .encode(
            x=x,
            y=alt.Y("mean:Q"),
            tooltip=[
                alt.Tooltip("period:T", title="From", format="%d %b %Y"),
                alt.Tooltip("mean:Q", title="Expected", format=",.1f"),
                alt.Tooltip("q05:Q", title="1 in 20 below", format=",.1f"),
                alt.Tooltip("q95:Q", title="1 in 20 above", format=",.1f"),
            ],
        )
    )
    solid = (
        alt.Chart(sold)
        .mark_line(color=colours.text, strokeWidth=1.4, interpolate="step-after")
        .encode(
            x=x,
            y=alt.Y("units:Q"),
            tooltip=[
                alt.Tooltip("period:T", title="From", format="%d %b %Y"),
                alt.Tooltip("units:Q", title="Sold", format=",.0f"),
            ],
        )
    )
    layers = [outer, inner, mean, solid]
    if changed is not None and len(changed):
        base = alt.Chart(changed)
        tips = [
            alt.Tooltip("period:T", title="From", format="%d %b %Y"),
            alt.Tooltip("units:Q", title="Sold", format=",.0f"),
            alt.Tooltip("fitted:Q", title="Counted in the forecast", format=",.0f"),
        ]
        layers += [
            base.mark_rule(color=colours.muted, strokeDash=[2, 2]).encode(
                x=x, y=alt.Y("fitted:Q"), y2=alt.Y2("units:Q")
            ),
            base.mark_point(shape="diamond", size=60, filled=False, color=colours.text).encode(
                x=x, y=alt.Y("fitted:Q"), tooltip=tips
            ),
        ]
    return dressed(alt.layer(*layers), colours, 230)


def part_chart(frame: pd.DataFrame, title: str, colours: Ink) -> Any:
    """One part of a product's history (trend, season or remainder) as a small chart: `frame` has period and units; the remainder stands as bars on zero, the others are lines."""
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
