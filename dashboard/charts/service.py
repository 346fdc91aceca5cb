"""Service: share of demand served within so many days, one line per plan; and what serving more from stock costs."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from analytics.writeup.charts.theme import DASHES, PLAN_COLOURS, Ink, dressed, text

__all__ = ["apart", "service_chart", "service_cost_chart"]


def apart(values: list[float], gap: float) -> list[float]:
    """Positions of labels moved until neighbours are at least a gap apart, in the order given.

    >>> apart([0.99, 0.98, 0.5], 0.05)
    [1.01, 0.96, 0.5]
    """
    order = sorted(range(len(values)), key=lambda i: values[i])
    place = [values[i] for i in order]
    for _ in range(50):
        moved = False
        for a in range(len(place) - 1):
            short = gap - (place[a + 1] - place[a])
            if short > 1e-9:
                place[a], place[a + 1], moved = place[a] - short / 2, place[a + 1] + short / 2, True
        if not moved:
            break
    out = [0.0] * len(values)
    for p, i in zip(place, order, strict=True):
        out[i] = round(p, 6)
    return out


def service_chart(frame: pd.DataFrame, colours: Ink, days: float = 35.0) -> Any:
    """Lines with their names at the end: `frame` has plan (a key of PLAN_COLOURS), name, days, share."""
    data = frame[frame["days"] <= days]
    ends = data[data["days"] == data["days"].max()].drop_duplicates("plan").copy()
    ends["place"] = apart(list(ends["share"]), 0.085)
    plans = list(ends["plan"])
    x = alt.X(
        "days:Q",
        axis=alt.Axis(title="days after ordering", values=[0, 7, 14, 21, 28, 35], tickMinStep=1),
        scale=alt.Scale(domain=[0, days * 1.42], nice=False),
    )
    y = alt.Y(
        "share:Q",
        axis=alt.Axis(
            title=None,
            format=".0%",
            values=[0, 0.25, 0.5, 0.75, 1.0],
            grid=True,
            gridColor=colours.faint,
            gridOpacity=0.7,
        ),
        scale=alt.Scale(domain=[0, max(1.04, float(ends["place"].max()) + 0.02)], nice=False),
    )
    scale = alt.Scale(domain=plans, range=[PLAN_COLOURS[p] for p in plans])
    lines = (
        alt.Chart(data)
        .mark_line(interpolate="step-after", strokeWidth=2.4)
        .encode(
            x=x,
            y=y,
            color=alt.Color("plan:N", scale=scale, legend=None),
            strokeDash=alt.StrokeDash(
                "plan:N", scale=alt.Scale(domain=plans, range=[DASHES[p] for p in plans]), legend=None
            ),
            tooltip=[
                alt.Tooltip("name:N", title="Plan"),
                alt.Tooltip("days:Q", title="Days"),
                alt.Tooltip("share:Q", title="Served", format=".0%"),
            ],
        )
    )
    names = text(alt.Chart(ends), colours, align="left", dx=6, fontWeight=600).encode(
        x=alt.X("days:Q"),
        y=alt.Y("place:Q"),
        text=alt.Text("name:N"),
        color=alt.Color("plan:N", scale=scale, legend=None),
    )
    return dressed(alt.layer(lines, names), colours, 260)


def service_cost_chart(curve: pd.DataFrame, marks: pd.DataFrame, colours: Ink) -> Any:
    """The curve of cost over service with points on it: `curve` has served, cost; `marks` has plan (a key of PLAN_COLOURS), name, served, cost, amount."""
    lowest = min(0.5, float(marks["served"].min()))
    x = alt.X(
        "served:Q",
        axis=alt.Axis(title="served at once", format=".0%", tickCount=5),
        scale=alt.Scale(domain=[lowest, 1.0], nice=False),
    )
    y = alt.Y(
        "cost:Q",
        axis=alt.Axis(
            title=None, format="~s", tickCount=5, grid=True, gridColor=colours.faint, gridOpacity=0.7
        ),
        scale=alt.Scale(zero=True),
    )
    plans = list(marks["plan"])
    scale = alt.Scale(domain=plans, range=[PLAN_COLOURS[p] for p in plans])
    line = alt.Chart(curve).mark_line(color=colours.muted, strokeWidth=2.4).encode(x=x, y=y)
    points = (
        alt.Chart(marks)
        .mark_point(filled=True, size=110, opacity=1.0)
        .encode(
            x=x,
            y=y,
            color=alt.Color("plan:N", scale=scale, legend=None),
            shape=alt.Shape("plan:N", legend=None),
            tooltip=[
                alt.Tooltip("name:N", title="What"),
                alt.Tooltip("served:Q", title="Served at once", format=".1%"),
                alt.Tooltip("amount:N", title="Cost over 12 months"),
            ],
        )
    )
    names = [
        text(alt.Chart(some), colours, align=align, dx=dx, dy=-9, fontWeight=600).encode(
            x=x, y=y, text=alt.Text("name:N"), color=alt.Color("plan:N", scale=scale, legend=None)
        )
        for align, dx, some in (
            ("left", 9, marks[marks["served"] < 0.5 * (lowest + 1.0)]),  # a name stays within the picture
            ("right", -9, marks[marks["served"] >= 0.5 * (lowest + 1.0)]),
        )
    ]
    return dressed(alt.layer(line, points, *names), colours, 240)
