"""Decision map: what is done at each pair of two levers, and where the answer flips."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from analytics.writeup.charts.theme import DONE_COLOURS, Ink, dressed, text

__all__ = ["decision_chart", "tile_edges"]


def tile_edges(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper edge of the tile of every value (ascending): half way to its neighbours, no further than the first and the last.

    >>> [edges.tolist() for edges in tile_edges(np.array([0.0, 2.0, 6.0]))]
    [[0.0, 1.0, 4.0], [1.0, 4.0, 6.0]]
    """
    middle = (values[1:] + values[:-1]) / 2.0
    return np.append(values[:1], middle), np.append(middle, values[-1:])


def _span(frame: pd.DataFrame, one: str, other: str) -> list[float]:
    """From the lowest to the highest edge, whichever way the lever runs."""
    edges = frame[[one, other]].to_numpy()
    return [float(edges.min()), float(edges.max())]


def decision_chart(
    frame: pd.DataFrame, marks: pd.DataFrame, across: float, up: float, titles: tuple[str, str], colours: Ink
) -> Any:
    """Tiles: `frame` has left, right, bottom, top, strategy, strength (0 to 1); `marks` has across, up, name; a ring where things stand."""
    used = [s for s in DONE_COLOURS if s in set(frame["strategy"])]
    x = alt.X(
        "left:Q",
        axis=alt.Axis(title=titles[0], tickCount=7),
        scale=alt.Scale(domain=_span(frame, "left", "right"), nice=False),
    )
    y = alt.Y(
        "bottom:Q",
        axis=alt.Axis(title=titles[1], tickCount=6),
        scale=alt.Scale(domain=_span(frame, "bottom", "top"), nice=False),
    )
    tiles = (
        alt.Chart(frame)
        .mark_rect(stroke=None)
        .encode(
            x=x, x2=alt.X2("right:Q"), y=y, y2=alt.Y2("top:Q"),
            color=alt.Color("strategy:N", scale=alt.Scale(domain=used, range=[DONE_COLOURS[s] for s in used]), legend=None),
            opacity=alt.Opacity("strength:Q", scale=alt.Scale(domain=[0, 1], range=[0.25, 0.9]), legend=None),
        )
    )  # fmt: skip
    names = text(alt.Chart(marks), colours, fontWeight=600, fontSize=14).encode(
        x=alt.X("across:Q"), y=alt.Y("up:Q"), text=alt.Text("name:N")
    )
    here = pd.DataFrame({"across": [across], "up": [up], "label": ["you are here"]})
    ring = (
        alt.Chart(here)
        .mark_point(shape="circle", size=130, filled=False, stroke=colours.text, strokeWidth=2.4)
        .encode(x=alt.X("across:Q"), y=alt.Y("up:Q"))
    )
    label = text(alt.Chart(here), colours, align="left", dx=10, dy=-9).encode(
        x=alt.X("across:Q"), y=alt.Y("up:Q"), text=alt.Text("label:N")
    )
    return dressed(alt.layer(tiles, names, ring, label), colours, 260)
