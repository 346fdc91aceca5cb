"""What moves the answer: the portfolio's gain at the low and high end of every assumption."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from analytics.naming.labels import number_text
from analytics.writeup.charts.theme import Ink, dressed, text

__all__ = ["tornado_chart"]


def _room(texts: pd.Series) -> float:
    """Share of the width that the longest text beside a bar needs: 6.6 points a letter of about 420, a quarter at least."""
    return float(min(max(0.26, (6.6 * texts.astype(str).str.len().max() + 8.0) / 420.0), 0.36))


def tornado_chart(
    frame: pd.DataFrame, gain: float, colours: Ink, measure: str = "gain", narrow: bool = False
) -> Any:
    """Bars around the gain (or another `measure`): `frame` has label, at_low, at_high, low_text, high_text, largest swing first.

    At both ends of a bar stand the gain there and, below it, the value of the assumption at which it is that (low_text, high_text). Where
    the frame has `turns_at` (NaN: none), a tick marks where on the bar the decision turns. In a `narrow` window an end says its number, and
    how it is asked only the label.
    """
    if narrow:
        short = {side: frame[side].str.replace(" at two weeks", "") for side in ("low_text", "high_text")}
        frame = frame.assign(**short)
    data = frame.assign(
        left=frame[["at_low", "at_high"]].min(axis=1), right=frame[["at_low", "at_high"]].max(axis=1)
    )
    swapped = data["at_low"] > data["at_high"]
    data["left_text"] = data["low_text"].where(~swapped, data["high_text"])
    data["right_text"] = data["high_text"].where(~swapped, data["low_text"])
    for side in ("left", "right"):
        data[f"{side}_gain"] = [number_text(float(v), 2) for v in data[side]]
    span = max(float(data["right"].max() - data["left"].min()), 1e-9)
    before, after = _room(data["left_text"]), _room(data["right_text"])
    whole = span / (1.0 - before - after)
    x = alt.X(
        "left:Q",
        axis=None,
        scale=alt.Scale(
            domain=[float(data["left"].min()) - before * whole, float(data["right"].max()) + after * whole],
            nice=False,
        ),
    )
    y = alt.Y(
        "label:N",
        sort=list(data["label"]),
        axis=alt.Axis(title=None, labelColor=colours.text, labelLimit=330, labelFontSize=13),
    )
    bars = (
        alt.Chart(data).mark_bar(height={"band": 0.5}, color="#6e7c8c").encode(y=y, x=x, x2=alt.X2("right:Q"))
    )
    ends = [
        text(alt.Chart(data), colours, align=align, dx=dx, dy=dy, **look).encode(
            y=y, x=alt.X(f"{side}:Q"), text=alt.Text(f"{side}_{what}:N")
        )
        for side, align, dx in (("left", "right", -6), ("right", "left", 6))
        for what, dy, look in (("gain", -7, {"fontWeight": 600}), ("text", 8, {"fontSize": 11.5}))
    ]
    rule = (
        alt.Chart(pd.DataFrame({"gain": [gain]}))
        .mark_rule(color=colours.text, strokeWidth=1.2)
        .encode(x=alt.X("gain:Q"))
    )
    name = text(
        alt.Chart(pd.DataFrame({"gain": [gain], "label": [f"{measure} {number_text(gain, 2)}"]})),
        colours,
        baseline="bottom",
        dy=-3,
        fontWeight=600,
    ).encode(x=alt.X("gain:Q"), y=alt.value(0), text=alt.Text("label:N"))
    layers = [bars, *ends, rule, name]
    if "turns_at" in data and data["turns_at"].notna().any():
        marks = alt.Chart(data[data["turns_at"].notna()][["label", "turns_at"]])
        layers.insert(
            1,
            marks.mark_tick(color=colours.text, thickness=3, bandSize=16).encode(y=y, x=alt.X("turns_at:Q")),
        )
    return dressed(alt.layer(*layers), colours, 40 * len(data) + 22)
