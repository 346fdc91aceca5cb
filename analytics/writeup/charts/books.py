"""Stock in the books as charts: age by family, reserve by cover, losses by how likely, carrying cost, cash by month, and the bridge to the mix."""

from __future__ import annotations

import itertools
from typing import Any

import altair as alt
import pandas as pd

from analytics.naming.labels import PLANS, number_text
from analytics.writeup.charts.theme import PLAN_COLOURS, Ink, dressed, text

__all__ = [
    "BETTER",
    "LEVEL",
    "OF_FILE",
    "WORSE",
    "ageing_chart",
    "bridge_chart",
    "carrying_chart",
    "cash_chart",
    "cover_chart",
    "exposure_chart",
]

#: From new to old.
_AGES = ("#c9dbe6", "#8fb4c9", "#5c8aa6", "#356180", "#1f3f57", "#7d8a99")
BETTER, WORSE, LEVEL = "#2f8a57", "#c2453a", "#7d8a99"
_RATES = {
    "Cost of capital": "#3d7f78",
    "Storage and handling": "#6e7c8c",
    "Insurance and shrinkage": "#a3aebb",
}


#: The bar of the bridge that a file says.
OF_FILE = "Gross margin of the file"
#: Stripes of a bar, and how dark what lies above them stays: what is simulated is hatched, what is actual is solid.
_STRIPES, _HATCHED, _SOLID = 4, 0.72, 1.0


def _hatch(colours: Ink, across: str) -> alt.Gradient:
    """Stripes for the mark that lies below a bar of what is simulated; `across` is the way of the bar ("x" or "y") in which bars are equally wide."""
    ends = [k / (2 * _STRIPES) for k in range(2 * _STRIPES + 1)]
    stops = [
        alt.GradientStop(color=f"{colours.text}{'cc' if k % 2 == 0 else '00'}", offset=offset)
        for k, (start, end) in enumerate(itertools.pairwise(ends))
        for offset in (start, end)
    ]
    way = {"x1": 0, "y1": 0, "x2": float(across == "x"), "y2": float(across == "y")}
    return alt.Gradient(gradient="linear", stops=stops, **way)


def _bars(field: str, order: list[str], colours: Ink) -> alt.Y:
    return alt.Y(
        f"{field}:N",
        sort=order,
        axis=alt.Axis(title=None, labelColor=colours.text, labelFontSize=13),
        scale=alt.Scale(paddingInner=0.35),
    )


def _stacked(
    frame: pd.DataFrame, by: str, colour: alt.Color, tips: list[alt.Tooltip], colours: Ink, height: int = 30, order: str = "", actual: bool = True
) -> Any:  # fmt: skip
    """A bar for each value of the column `by`, its money in parts told by colour, with the sum at its end; `order` is the column by which parts lie.

    Hatched where it is not `actual`.
    """
    rows = list(dict.fromkeys(frame[by]))
    parts = {"order": alt.Order(order)} if order else {}
    data = alt.Chart(frame.assign(amount=[number_text(v) for v in frame["money"]]))
    bars = data.mark_bar(stroke=colours.page, strokeWidth=1, opacity=_SOLID if actual else _HATCHED).encode(
        y=_bars(by, rows, colours),
        x=alt.X("money:Q", axis=None),
        color=colour,
        tooltip=tips,
        **parts,
    )
    total = frame.groupby(by, sort=False, as_index=False)["money"].sum()
    total = total.assign(amount=[number_text(v) for v in total["money"]])
    ends = text(alt.Chart(total), colours, align="left", dx=6).encode(
        y=_bars(by, rows, colours), x=alt.X("money:Q"), text=alt.Text("amount:N")
    )
    below = data.mark_bar(color=_hatch(colours, "y"))  # of the same data: a scale over several has no order
    stripes = below.encode(
        y=_bars(by, rows, colours), x=alt.X("money:Q", axis=None), detail=alt.Detail(tips[1].shorthand)
    )
    layers = (bars, ends) if actual else (stripes, bars, ends)
    return dressed(alt.layer(*layers), colours, height * len(rows) + 60)  # the legend is part of it


def ageing_chart(frame: pd.DataFrame, colours: Ink) -> Any:
    """`frame` has family, bucket (in words), order and money: a bar a family, the youngest stock first."""
    buckets = list(dict.fromkeys(frame["bucket"]))
    scale = alt.Scale(
        domain=buckets,
        range=[*_AGES[: len(buckets) - 1], _AGES[-1]] if len(buckets) > 1 else [_AGES[0]],
    )
    colour = alt.Color(
        "bucket:N", sort=buckets, scale=scale, legend=alt.Legend(orient="bottom", title=None, columns=2)
    )
    tips = [
        alt.Tooltip("family:N", title="Family"),
        alt.Tooltip("bucket:N", title="Came in"),
        alt.Tooltip("amount:N", title="At unit cost"),
    ]
    return _stacked(frame, "family", colour, tips, colours, order="order:Q")


def cover_chart(frame: pd.DataFrame, colours: Ink) -> Any:
    """`frame` has band, money and reserve: stock by months of cover, what is reserved of it drawn over in the colour of the text: it stands out in both modes."""
    order = list(frame["band"])
    data = frame.assign(
        amount=[number_text(v) for v in frame["money"]], kept=[number_text(v) for v in frame["reserve"]]
    )
    tips = [
        alt.Tooltip("band:N", title="Months of cover"),
        alt.Tooltip("amount:N", title="At unit cost"),
        alt.Tooltip("kept:N", title="Reserve"),
    ]
    base, y = alt.Chart(data), _bars("band", order, colours)
    x = alt.X("money:Q", axis=None)
    bars = base.mark_bar(color=_AGES[2], opacity=0.85).encode(y=y, x=x, tooltip=tips)
    kept = base.mark_bar(color=colours.text, size=9).encode(y=y, x=alt.X("reserve:Q"), tooltip=tips)
    names = text(base, colours, align="left", dx=6).encode(y=y, x=alt.X("money:Q"), text=alt.Text("amount:N"))
    return dressed(alt.layer(bars, kept, names), colours, 30 * len(order) + 10)


def exposure_chart(curves: pd.DataFrame, marks: pd.DataFrame, colours: Ink) -> Any:
    """`curves` has scope, loss and above (share of years with more, in percent); `marks` has scope, loss, above and what: the mean, P95 and the mean beyond."""
    scopes = list(dict.fromkeys(curves["scope"]))
    colour_of = {PLANS[plan]: colour for plan, colour in PLAN_COLOURS.items()}
    scale = alt.Scale(domain=scopes, range=[colour_of.get(scope, colours.text) for scope in scopes])
    colour = alt.Color(
        "scope:N", sort=scopes, scale=scale, legend=alt.Legend(orient="bottom", title=None, columns=3)
    )
    x = alt.X(
        "loss:Q", axis=alt.Axis(title="Written off within twelve months, more than", format="~s", tickCount=6)
    )
    y = alt.Y(
        "above:Q",
        axis=alt.Axis(title="of 100 years", tickCount=5, grid=True, gridColor=colours.faint, gridOpacity=0.7),
    )
    lines = (
        alt.Chart(curves)
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(x=x, y=y, color=colour, strokeDash=alt.StrokeDash("scope:N", sort=scopes, legend=None))
    )
    points = (
        alt.Chart(marks.assign(amount=[number_text(v) for v in marks["loss"]]))
        .mark_point(size=75, filled=True, opacity=1)
        .encode(
            x=x,
            y=y,
            color=colour,
            shape=alt.Shape(
                "what:N",
                sort=["mean", "1 year in 20", "mean of those"],
                legend=alt.Legend(
                    orient="bottom",
                    title=None,
                    symbolFillColor=colours.muted,
                    symbolStrokeColor=colours.muted,
                ),
            ),
            tooltip=[
                alt.Tooltip("scope:N", title="Scope"),
                alt.Tooltip("what:N", title="What"),
                alt.Tooltip("amount:N", title="Written off"),
            ],
        )
    )
    return dressed(alt.layer(lines, points), colours, 300)


def carrying_chart(frame: pd.DataFrame, colours: Ink) -> Any:
    """`frame` has scope, rate and money: what holding stock costs a year, rate by rate."""
    colour = alt.Color(
        "rate:N",
        sort=list(_RATES),
        scale=alt.Scale(domain=list(_RATES), range=list(_RATES.values())),
        legend=alt.Legend(orient="bottom", title=None),
    )
    tips = [
        alt.Tooltip("scope:N", title="Scope"),
        alt.Tooltip("rate:N", title="Rate"),
        alt.Tooltip("amount:N", title="A year"),
    ]
    return _stacked(frame, "scope", colour, tips, colours, height=40, actual=False)


def cash_chart(frame: pd.DataFrame, colours: Ink) -> Any:
    """`frame` has month, released and cumulative: cash of each month as bars (expected, so hatched), the sum as a line."""
    order = list(frame["month"])
    data = frame.assign(
        amount=[number_text(v) for v in frame["released"]], sum=[number_text(v) for v in frame["cumulative"]]
    )
    x = alt.X(
        "month:N", sort=order, axis=alt.Axis(title=None, labelAngle=0, labelOverlap=True, labelSeparation=12)
    )
    tips = [
        alt.Tooltip("month:N", title="Month"),
        alt.Tooltip("amount:N", title="Becomes cash"),
        alt.Tooltip("sum:N", title="Until then"),
    ]
    y = alt.Y(
        "released:Q", axis=alt.Axis(title=None, format="~s", tickCount=4, grid=True, gridColor=colours.faint)
    )
    bars = alt.Chart(data).mark_bar(color=BETTER, opacity=_HATCHED).encode(x=x, y=y, tooltip=tips)
    line = (
        alt.Chart(data)
        .mark_line(color=colours.text, strokeWidth=1.6)
        .encode(x=x, y=alt.Y("cumulative:Q"), tooltip=tips)
    )
    stripes = alt.Chart(data).mark_bar(color=_hatch(colours, "x")).encode(x=x, y=y)
    return dressed(alt.layer(stripes, bars, line), colours, 230)


def bridge_chart(frame: pd.DataFrame, colours: Ink) -> Any:
    """`frame` has step, start, end, top and kind (level, better, worse): from the file to the mix, steps in green and red; what no file says is hatched."""
    order = list(frame["step"])
    data = frame.assign(
        amount=[number_text(v, 2) for v in frame["amount"]],
        opacity=[_SOLID if step == OF_FILE else _HATCHED for step in order],
        until=frame["end"].where(frame["step"] != OF_FILE, frame["start"]),
    )
    scale = alt.Scale(domain=["level", "better", "worse"], range=[LEVEL, BETTER, WORSE])
    axis = alt.Axis(title=None, labelColor=colours.text, labelFontSize=12.5, labelLimit=300)
    y = alt.Y("step:N", sort=order, axis=axis, scale=alt.Scale(paddingInner=0.3))
    bars = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            y=y,
            x=alt.X("start:Q", axis=None),
            x2=alt.X2("end:Q"),
            color=alt.Color("kind:N", scale=scale, legend=None),
            opacity=alt.Opacity("opacity:Q", scale=None, legend=None),
            tooltip=[alt.Tooltip("step:N", title="Step"), alt.Tooltip("amount:N", title="Over 12 months")],
        )
    )
    names = text(alt.Chart(data), colours, align="left", dx=6).encode(
        y=y, x=alt.X("top:Q"), text=alt.Text("amount:N")
    )
    below = alt.Chart(data).mark_bar(color=_hatch(colours, "y"))
    stripes = below.encode(y=y, x=alt.X("start:Q", axis=None), x2=alt.X2("until:Q"))
    return dressed(alt.layer(stripes, bars, names), colours, 25 * len(order) + 10)
