"""Work by month: what is made to order, and what stock takes, against what can be made."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from analytics.naming.labels import Strategy
from analytics.writeup.charts.theme import STRATEGY_COLOURS, Ink, dressed, text

__all__ = ["WORK", "capacity_chart"]

#: The work of each strategy, from the axis up: what is done on orders first.
WORK = {
    Strategy.MTO: "made to order",
    Strategy.ATO: "assembled to order",
    Strategy.HYBRID: "split orders",
    Strategy.MTS: "made for stock",
}
_COLOURS = {WORK[name]: STRATEGY_COLOURS[name] for name in WORK}


def capacity_chart(frame: pd.DataFrame, capacity: float, name: str, unit: str, colours: Ink) -> Any:
    """Stacked bars with the capacity as a dashed line: `frame` has month, part (a value of `WORK`, in the colour of its strategy), work, share (of capacity, as text).

    The share is written over every bar; months beyond capacity carry it in bold.
    """
    months = list(dict.fromkeys(frame["month"]))
    x = alt.X("month:N", sort=months, axis=alt.Axis(title=None, labelAngle=0))
    total = frame.groupby("month", sort=False, as_index=False).agg(
        work=("work", "sum"), share=("share", "first"), over=("over", "first")
    )
    top = max(float(total["work"].max()), capacity) * 1.15
    y = alt.Y(
        "work:Q",
        stack="zero",
        axis=alt.Axis(
            title=f"{unit} a month", tickCount=4, grid=True, gridColor=colours.faint, gridOpacity=0.7
        ),
        scale=alt.Scale(domain=[0, top], nice=False),
    )
    used = [part for part in _COLOURS if part in set(frame["part"])]
    scale = alt.Scale(domain=used, range=[_COLOURS[part] for part in used])
    bars = (
        alt.Chart(frame)
        .mark_bar(width={"band": 0.62})
        .encode(
            x=x,
            y=y,
            color=alt.Color("part:N", scale=scale, legend=alt.Legend(title=None, orient="top", columns=2)),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("month:N", title="Month"),
                alt.Tooltip("part:N", title="Work"),
                alt.Tooltip("work:Q", title=unit, format=",.0f"),
            ],
        )
    )
    # the name stands over the line, at an end where no bar or its share comes near; else in the free strip above all bars
    ends = {
        side: bool((works < capacity - 0.07 * top).all())
        for side, works in (("right", total["work"].tail(3)), ("left", total["work"].head(3)))
    }
    side = "right" if ends["right"] or not ends["left"] else "left"
    above = not any(ends.values())
    line = pd.DataFrame({"capacity": [capacity], "name": [f"dashed: {name}" if above else name]})
    rule = (
        alt.Chart(line)
        .mark_rule(color=colours.text, strokeWidth=1.6, strokeDash=[6, 4])
        .encode(y=alt.Y("capacity:Q"))
    )
    label = text(
        alt.Chart(line),
        colours,
        align=side,
        baseline="top" if above else "bottom",
        dy=2 if above else -4,
        fontWeight=600,
    ).encode(
        x=alt.value("width" if side == "right" else 4),
        y=alt.value(0) if above else "capacity:Q",
        text=alt.Text("name:N"),
    )
    shares = [
        text(alt.Chart(part), colours, baseline="bottom", dy=-3, fontWeight=weight).encode(
            x=x, y=alt.Y("work:Q"), text=alt.Text("share:N")
        )
        for weight, part in ((400, total[~total["over"]]), (700, total[total["over"]]))
        if len(part)
    ]
    return dressed(alt.layer(bars, rule, label, *shares), colours, 300)
