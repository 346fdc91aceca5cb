"""What each plan loses against a perfect year: components stacked in three blocks, with the range of a year below."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from analytics.naming.labels import COMPONENT_BLOCKS, COMPONENTS, number_text
from analytics.writeup.charts.theme import Ink, component_colours, dressed, text

__all__ = ["components_chart"]

#: Order along the bar: booked cost, capital, margin not earned.
ORDER = [*(name for block in COMPONENT_BLOCKS.values() for name in block), "shared"]
_LABELS = {**{name: row.label for name, row in COMPONENTS.items()}, "shared": "Shared components"}


def components_chart(
    parts: pd.DataFrame, totals: pd.DataFrame, colours: Ink, at_least: float = 0.0, narrow: bool = False
) -> Any:
    """Stacked bars: `parts` has plan, component, money; `totals` has plan, total, low, high (5th and 95th percentile).

    Order of the plans is that of `totals`. Amounts too small for their label are in the tooltip only. Without a range
    (NaN) there is no whisker; `at_least` keeps the axis as long as it was. In a `narrow` window labels need more of a bar.
    """
    plans = list(totals["plan"])
    rank = {name: i for i, name in enumerate(ORDER)}
    data = parts[parts["money"].abs() > 1e-9].copy()
    data["rank"] = data["component"].map(rank)
    data = data.sort_values(["plan", "rank"])
    widest = max(float(totals["total"].max()), float(totals["high"].fillna(0.0).max()), at_least, 1e-9)
    data["start"] = data.groupby("plan")["money"].cumsum() - data["money"]
    data["end"] = data["start"] + data["money"]
    data["middle"] = 0.5 * (data["start"] + data["end"])
    data["label"] = [_LABELS[c] for c in data["component"]]
    data["amount"] = [number_text(v, 2) for v in data["money"]]
    data["shown"] = [
        number_text(v, 2) if v > (0.2 if narrow else 0.055) * widest else "" for v in data["money"]
    ]
    furthest = data.groupby("plan")["end"].max()
    ends = totals.assign(
        amount=[number_text(v, 3) for v in totals["total"]],
        at=[max(float(furthest.get(p, 0.0)), t, 0.0) for p, t in zip(plans, totals["total"], strict=True)],
    )
    y = alt.Y(
        "plan:N",
        sort=plans,
        axis=alt.Axis(title=None, labelColor=colours.text, labelFontSize=13, labelFontWeight=600),
        scale=alt.Scale(paddingInner=0.45, paddingOuter=0.15),
    )
    x = alt.X(
        "start:Q",
        axis=None,
        scale=alt.Scale(
            domain=[
                min(
                    0.0,
                    float(data["start"].min()) if len(data) else 0.0,
                    float(totals["low"].fillna(0.0).min()),
                ),
                1.1 * widest,
            ],
            nice=False,
        ),
    )
    used = [c for c in ORDER if c in set(data["component"])]
    colour = alt.Color(
        "label:N",
        sort=[_LABELS[c] for c in used],
        legend=alt.Legend(orient="bottom", title=None, columns=1 if narrow else 4),
        scale=alt.Scale(
            domain=[_LABELS[c] for c in used], range=[component_colours(colours)[c] for c in used]
        ),
    )
    bars = (
        alt.Chart(data)
        .mark_bar(stroke=colours.page, strokeWidth=1)
        .encode(
            y=y,
            x=x,
            x2=alt.X2("end:Q"),
            color=colour,
            tooltip=[
                alt.Tooltip("plan:N", title="Plan"),
                alt.Tooltip("label:N", title="Component"),
                alt.Tooltip("amount:N", title="Over 12 months"),
            ],
        )
    )
    inside = (
        alt.Chart(data)
        .mark_text(color="#ffffff", fontSize=12)
        .encode(y=y, x=alt.X("middle:Q"), text=alt.Text("shown:N"))
    )
    total = text(alt.Chart(ends), colours, align="left", dx=8, fontWeight=600, fontSize=13.5).encode(
        y=y, x=alt.X("at:Q"), text=alt.Text("amount:N")
    )
    ends = ends.dropna(subset=["low", "high"])
    whisker = (
        alt.Chart(ends)
        .mark_rule(color=colours.text, strokeWidth=1.6, yOffset=27)
        .encode(y=y, x=alt.X("low:Q"), x2=alt.X2("high:Q"))
    )
    ticks = [
        alt.Chart(ends)
        .mark_tick(color=colours.text, thickness=1.6, size=7, yOffset=27)
        .encode(y=y, x=alt.X(f"{side}:Q"))
        for side in ("low", "high")
    ]
    return dressed(alt.layer(bars, inside, total, whisker, *ticks), colours, 74 * len(plans) + 10)
