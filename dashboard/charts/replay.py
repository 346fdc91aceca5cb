"""What would have happened: what the mix earned more or less than each other policy, with its range."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from analytics.naming.labels import number_text
from analytics.writeup.charts.theme import PLAN_COLOURS, Ink, dressed, text

__all__ = ["replay_chart"]


def replay_chart(frame: pd.DataFrame, colours: Ink, narrow: bool = False) -> Any:
    """Bars from zero: `frame` has label, gain (of the mix over the policy), low and high; right of zero the mix earned more.

    The line across a bar's end is the 5th to 95th percentile over products drawn with replacement; in a `narrow` window
    the line alone says it.
    """
    signed = [("+" if v > 0 else "") + number_text(v, 2) for v in frame["gain"]]
    data = frame.assign(
        amount=[
            f"{a}  ({number_text(lo, 2)} to {number_text(hi, 2)})"
            for a, lo, hi in zip(signed, frame["low"], frame["high"], strict=True)
        ],
        zero=0.0,
    )
    data["said"] = signed if narrow else data["amount"]
    data["end"] = data[["gain", "high", "zero"]].max(axis=1)
    low, high = float(data[["gain", "low", "zero"]].to_numpy(float).min()), float(data["end"].max())
    span = max(high - low, 1e-9)
    x = alt.X(
        "gain:Q", axis=None, scale=alt.Scale(domain=[low - 0.02 * span, high + 0.45 * span], nice=False)
    )
    y = alt.Y(
        "label:N",
        sort=list(data["label"]),
        axis=alt.Axis(title=None, labelColor=colours.text, labelLimit=260, labelFontSize=13),
    )
    base = alt.Chart(data).encode(y=y)
    tooltip = [alt.Tooltip("label:N", title="Compared with"), alt.Tooltip("amount:N", title="The mix")]
    bars = base.mark_bar(height={"band": 0.5}, color=PLAN_COLOURS["mix"]).encode(
        x=x, x2=alt.X2("zero:Q"), tooltip=tooltip
    )
    ranges = base.mark_rule(color=colours.text, strokeWidth=1.5).encode(
        x=alt.X("low:Q", axis=None), x2=alt.X2("high:Q")
    )
    amounts = text(base, colours, align="left", dx=8).encode(
        x=alt.X("end:Q", axis=None), text=alt.Text("said:N")
    )
    rule = (
        alt.Chart(pd.DataFrame({"zero": [0.0]}))
        .mark_rule(color=colours.muted, strokeWidth=1)
        .encode(x=alt.X("zero:Q", axis=None))
    )
    return dressed(alt.layer(bars, ranges, amounts, rule), colours, 40 * max(len(data), 1) + 8)
