"""Where it pays: to order minus to stock, one bar per family, both signs."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from analytics.naming.labels import number_text
from analytics.writeup.charts.theme import STRATEGY_COLOURS, Ink, dressed, text

__all__ = ["families_chart"]


def families_chart(frame: pd.DataFrame, colours: Ink) -> Any:
    """Bars from zero: `frame` has family, difference (money; right of zero: to order) and strategy (the better one).

    The family's name stands on the empty side of the zero line, the amount at the end of the bar.
    """
    data = frame.assign(
        amount=[("+" if v > 0 else "") + number_text(v, 3) for v in frame["difference"]],
        positive=frame["difference"] >= 0,
        zero=0.0,
    )
    top = float(data["difference"].clip(lower=0).max()) if len(data) else 1.0
    bottom = float(-data["difference"].clip(upper=0).min()) if len(data) else 1.0
    span = max(top + bottom, 1e-9)
    room = 0.62 * span
    low, high = (-max(bottom + 0.16 * span, room), max(top + 0.16 * span, room if bottom > 0 else 0.0))
    if bottom == 0:
        low = -room
    if top == 0:
        low, high = -(bottom + 0.16 * span), room
    x = alt.X("difference:Q", axis=None, scale=alt.Scale(domain=[low, high], nice=False))
    y = alt.Y("family:N", sort=list(data["family"]), axis=None)
    base = alt.Chart(data).encode(y=y)
    used = [s for s in STRATEGY_COLOURS if s in set(data["strategy"])]
    bars = base.mark_bar(height={"band": 0.62}, cornerRadiusEnd=1.5).encode(
        x=x,
        color=alt.Color(
            "strategy:N", scale=alt.Scale(domain=used, range=[STRATEGY_COLOURS[s] for s in used]), legend=None
        ),
        tooltip=[
            alt.Tooltip("family:N", title="Family"),
            alt.Tooltip("amount:N", title="To order minus to stock"),
            alt.Tooltip("products:Q", title="Products"),
        ],
    )
    layers: list[Any] = [bars]
    for positive, side, other in ((True, 1, "right"), (False, -1, "left")):
        part = base.transform_filter(alt.datum.positive == positive)
        layers.append(
            text(part, colours, align="left" if positive else "right", dx=6 * side, fontWeight=600).encode(
                x=x, text=alt.Text("amount:N")
            )
        )
        layers.append(
            text(part, colours, align=other, dx=-9 * side, fontSize=13, limit=230).encode(
                x=alt.X("zero:Q", axis=None), text=alt.Text("family:N")
            )
        )
    rule = (
        alt.Chart(pd.DataFrame({"zero": [0.0]}))
        .mark_rule(color=colours.muted, strokeWidth=1)
        .encode(x=alt.X("zero:Q", axis=None))
    )
    return dressed(alt.layer(*layers, rule), colours, 34 * max(len(data), 1) + 8)
