"""Decision map: which strategy earns most at each pair of quote and premium, and where the answer flips."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from dashboard.charts.theme import STRATEGY_COLOURS, Ink, dressed, text

__all__ = ["decision_chart"]


def decision_chart(frame: pd.DataFrame, marks: pd.DataFrame, days: float, premium: float, colours: Ink) -> Any:
    """Tiles: `frame` has left, right (days), bottom, top (percent), strategy, strength (0 to 1); `marks` has days, premium, name; a ring where things stand."""
    used = [s for s in STRATEGY_COLOURS if s in set(frame["strategy"])]
    x = alt.X("left:Q", axis=alt.Axis(title="days quoted to the customer", tickCount=7), scale=alt.Scale(domain=[frame["left"].min(), frame["right"].max()], nice=False))
    y = alt.Y("bottom:Q", axis=alt.Axis(title="premium of single units, % of cost", tickCount=6), scale=alt.Scale(domain=[frame["bottom"].min(), frame["top"].max()], nice=False))
    tiles = (
        alt.Chart(frame)
        .mark_rect(stroke=None)
        .encode(
            x=x, x2="right:Q", y=y, y2="top:Q",
            color=alt.Color("strategy:N", scale=alt.Scale(domain=used, range=[STRATEGY_COLOURS[s] for s in used]), legend=None),
            opacity=alt.Opacity("strength:Q", scale=alt.Scale(domain=[0, 1], range=[0.25, 0.9]), legend=None),
        )
    )  # fmt: skip
    names = text(alt.Chart(marks), colours, fontWeight=600, fontSize=14).encode(x=alt.X("days:Q"), y=alt.Y("premium:Q"), text="name:N")
    here = pd.DataFrame({"days": [days], "premium": [premium], "label": ["you are here"]})
    ring = alt.Chart(here).mark_point(shape="circle", size=130, filled=False, stroke=colours.text, strokeWidth=2.4).encode(x="days:Q", y="premium:Q")
    label = text(alt.Chart(here), colours, align="left", dx=10, dy=-9).encode(x="days:Q", y="premium:Q", text="label:N")
    return dressed(alt.layer(tiles, names, ring, label), colours, 260)
