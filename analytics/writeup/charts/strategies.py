"""How many products each strategy has, today and under the mix."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from analytics.naming.labels import PLANS
from analytics.writeup.charts.theme import PLAN_COLOURS, Ink, dressed, text

__all__ = ["strategies_chart"]


def strategies_chart(frame: pd.DataFrame, colours: Ink) -> Any:
    """Two bars a strategy: `frame` has words, today and mix, products."""
    plans = ("baseline", "mix")
    names = [PLANS[plan] for plan in plans]
    rows = [(w, n, v) for w, a, b in zip(frame["words"], frame["today"], frame["mix"], strict=True) for n, v in zip(names, (a, b), strict=True)]  # fmt: skip
    data = pd.DataFrame(rows, columns=["words", "plan", "count"]).assign(said=lambda t: [f"{v:,}" for v in t["count"]])  # fmt: skip
    y = alt.Y("words:N", sort=list(frame["words"]), axis=alt.Axis(title=None, labelColor=colours.text, labelFontSize=13), scale=alt.Scale(paddingInner=0.3))  # fmt: skip
    offset = alt.YOffset("plan:N", sort=names)
    scale = alt.Scale(domain=names, range=[PLAN_COLOURS[plan] for plan in plans])
    colour = alt.Color("plan:N", sort=names, scale=scale, legend=alt.Legend(orient="bottom", title=None))
    base = alt.Chart(data)
    bars = base.mark_bar().encode(y=y, yOffset=offset, x=alt.X("count:Q", axis=None), color=colour)
    ends = text(base, colours, align="left", dx=6).encode(
        y=y, yOffset=offset, x=alt.X("count:Q"), text=alt.Text("said:N")
    )
    return dressed(alt.layer(bars, ends), colours, 46 * len(frame) + 50)
