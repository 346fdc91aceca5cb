"""The one theme of all charts: the app's font, no grid, muted labels, direct labels in the ink of the mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt
from altair.utils import schemapi

from analytics.naming.labels import Strategy

__all__ = [
    "COMPONENT_COLOURS",
    "DASHES",
    "DONE_COLOURS",
    "PLAN_COLOURS",
    "STRATEGY_COLOURS",
    "Ink",
    "component_colours",
    "dressed",
    "ink",
]

schemapi.disable_debug_mode()  # else every part of a chart is held against the schema as it is made, and again with the whole


@dataclass(frozen=True)
class Ink:
    """Colours of a mode: text and rules, muted labels, faint lines, the page behind."""

    text: str
    muted: str
    faint: str
    page: str


_LIGHT = Ink("#16202c", "#56657a", "#d9dfe7", "#ffffff")
_DARK = Ink("#ffffff", "#a9b6c4", "#2c3a49", "#10161e")

#: One colour per strategy on every page; they belong to strategies alone.
STRATEGY_COLOURS: Mapping[str, str] = {
    Strategy.MTS: "#2f6fc0",
    Strategy.ATO: "#c98600",
    Strategy.MTO: "#b0336b",
    Strategy.HYBRID: "#4f8f4f",
}
#: What is done at a pair of levers: a strategy, or it stays as it is run today.
DONE_COLOURS: Mapping[str, str] = {**STRATEGY_COLOURS, "today": "#7d8a99"}
#: And one dash, for those who do not see the colours.
DASHES: Mapping[str, list[int]] = {
    Strategy.MTS: [1, 0],
    Strategy.ATO: [2, 2],
    Strategy.MTO: [6, 3],
    Strategy.HYBRID: [8, 2, 2, 2],
    "baseline": [1, 3],
    "mine": [4, 2],
    "mix": [1, 0],
}
PLAN_COLOURS: Mapping[str, str] = {
    **STRATEGY_COLOURS,
    "baseline": "#7d8a99",
    "mine": "#7a5fb3",
    "mix": "#4a8f5a",
}
#: Money: greys for booked cost, teal for capital, violets for margin not earned.
COMPONENT_COLOURS: Mapping[str, str] = {
    "storage": "#8d99a8",
    "setup": "#6e7c8c",
    "shared": "#c3cad3",
    "obsolescence": "#414f5f",
    "perhaps_ended": "#2f3b49",
    "run_off": "#4e5d6e",
    "markdown": "#5a6879",
    "cancellation": "#77869a",
    "premium": "#a3aebb",
    "capital": "#3d7f78",
    "lost_margin": "#8a6fb0",
    "goodwill": "#9d85be",
    "waiting": "#b19fd0",
}
#: Greys that would sink into a dark page, lighter there.
_ON_DARK: Mapping[str, str] = {
    "storage": "#aab4c0",
    "setup": "#8c99a8",
    "shared": "#d3d9e0",
    "obsolescence": "#64758a",
    "perhaps_ended": "#556579",
    "run_off": "#73849a",
    "markdown": "#8090a4",
    "cancellation": "#94a2b3",
    "premium": "#b9c2cc",
    "capital": "#4f9a92",
}
_FONT = '"Source Sans", "Source Sans Pro", sans-serif'


def ink(mode: str | None) -> Ink:
    """The colours of the light or the dark mode.

    >>> ink("dark").text
    '#ffffff'
    """
    return _DARK if mode == "dark" else _LIGHT


def component_colours(colours: Ink) -> Mapping[str, str]:
    """The colours of the components of money in the mode of the page.

    >>> component_colours(ink("dark"))["obsolescence"], component_colours(ink("light"))["obsolescence"]
    ('#64758a', '#414f5f')
    """
    return {**COMPONENT_COLOURS, **_ON_DARK} if colours == _DARK else COMPONENT_COLOURS


def dressed(chart: Any, colours: Ink, height: int | None = None) -> Any:
    """The chart in the theme, which is set on the chart itself: every `configure_` of Altair copies it whole."""
    if height is not None:
        chart.height = height
    chart.background, chart.padding = "transparent", {"left": 2, "right": 6, "top": 4, "bottom": 2}
    chart.config = alt.Config(
        font=_FONT,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            grid=False,
            domain=False,
            ticks=False,
            labelColor=colours.muted,
            titleColor=colours.muted,
            labelFont=_FONT,
            titleFont=_FONT,
            labelFontSize=12.5,
            titleFontSize=12.5,
            titleFontWeight="normal",
            labelPadding=6,
            labelLimit=220,
        ),
        text=alt.MarkConfig(font=_FONT, color=colours.text),
        legend=alt.LegendConfig(
            labelColor=colours.muted,
            titleColor=colours.muted,
            labelFont=_FONT,
            labelFontSize=12.5,
            symbolStrokeWidth=0,
            symbolType="square",
            symbolSize=110,
            labelLimit=260,
        ),
        header=alt.HeaderConfig(labelColor=colours.text, labelFont=_FONT, labelFontSize=13),
    )
    return chart


def text(chart: alt.Chart, colours: Ink, **options: Any) -> alt.Chart:
    """Labels in the ink of the mode (marks of type text stay black otherwise)."""
    return chart.mark_text(**{"color": colours.text, "font": _FONT, "fontSize": 12.5, **options})
