"""The map of the portfolio: margin against variation, area by money, coloured and shaped by the strategy recommended."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from analytics.naming.labels import Strategy, strategy_text
from analytics.writeup.charts.theme import STRATEGY_COLOURS, Ink, dressed

__all__ = ["BRUSH", "SHAPES", "portfolio_chart"]

#: The name of the rectangle drawn with the mouse.
BRUSH = "picked"
#: One shape per strategy, for those who do not see the colours.
SHAPES = dict(zip(STRATEGY_COLOURS, ("circle", "square", "triangle-up", "diamond"), strict=True))


def portfolio_chart(frame: pd.DataFrame, currency: str, colours: Ink) -> Any:
    """Marks: `frame` has product, strategy, at_margin, at_variation (pure numbers), margin_text, variation_text, money and money_text."""
    used = [s for s in STRATEGY_COLOURS if s in set(frame["strategy"])]
    words = {s: "Split orders" if s == Strategy.HYBRID else strategy_text(s).capitalize() for s in used}
    data = frame.assign(way=[words[s] for s in frame["strategy"]])
    names = [words[s] for s in used]
    legend = alt.Legend(title=None, orient="top", columns=2)
    marks = (
        alt.Chart(data)
        .mark_point(filled=True, opacity=0.72, stroke=colours.page, strokeWidth=0.7)
        .encode(
            x=alt.X("at_variation:Q", axis=alt.Axis(title="variation of sales from month to month", format="%", tickCount=6), scale=alt.Scale(domainMin=0)),
            y=alt.Y("at_margin:Q", axis=alt.Axis(title="margin, share of the price", format="%", tickCount=6), scale=alt.Scale(zero=False)),
            size=alt.Size("money:Q", scale=alt.Scale(domain=[0, max(float(data["money"].max()), 1.0)], range=[18, 1100]), legend=None),
            color=alt.Color("way:N", scale=alt.Scale(domain=names, range=[STRATEGY_COLOURS[s] for s in used]), legend=legend),
            shape=alt.Shape("way:N", scale=alt.Scale(domain=names, range=[SHAPES[s] for s in used]), legend=legend),
            tooltip=[
                alt.Tooltip("product:N", title="Product"),
                alt.Tooltip("way:N", title="Do"),
                alt.Tooltip("margin_text:N", title="Margin"),
                alt.Tooltip("variation_text:N", title="Variation"),
                alt.Tooltip("money_text:N", title=f"Revenue a year, {currency}".rstrip(", ")),
            ],
        )
        .add_params(alt.selection_interval(name=BRUSH))
    )  # fmt: skip
    chart = dressed(marks, colours, 330)
    # as a drawing, a rectangle that is not drawn yet would be told as a picture without a name
    chart.usermeta = {"embedOptions": {"renderer": "canvas"}}
    return chart
