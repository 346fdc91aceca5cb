"""Native charts of slides, which can be edited where they are opened: the rows of a picture become the cells behind a chart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (  # fmt: skip
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.util import Inches, Pt

from analytics.naming.labels import number_text
from analytics.writeup.charts.books import BETTER, LEVEL, WORSE
from analytics.writeup.charts.theme import PLAN_COLOURS, ink
from analytics.writeup.takeaway.findings import Picture
from analytics.writeup.takeaway.text import cell_text

__all__ = ["add_chart"]

Box = tuple[float, float, float, float]
_INK = ink("light")
_MONEY = "#,##0;-#,##0"
#: Bars of what may be lost, from the usual year to the worst.
_LOSSES = {"expected": "#8fb4c9", "p95": "#356180", "cvar95": "#1f3f57"}


def _colour(hexadecimal: str) -> RGBColor:
    return RGBColor.from_string(hexadecimal.lstrip("#").upper())


def add_chart(slide: Any, picture: Picture, box: Box, font: float) -> None:
    """The picture as a native chart in a box of inches (left, top, wide, high); `font` is the size of its texts in points.

    Raises KeyError for a kind that has no native chart.
    """
    {"bridge": _bridge, "cash": _cash, "cover": _cover, "exposure": _exposure, "strategies": _strategies, "tornado": _tornado}[picture.kind](
        slide, picture, box, font
    )  # fmt: skip


def _chart(slide: Any, kind: Any, names: Iterable[object], series: Mapping[str, Sequence[float | None]], box: Box, words: str) -> Any:  # fmt: skip
    """A bare chart of categories and series, described by `words` for those who do not see it."""
    data = CategoryChartData(number_format=_MONEY)
    data.categories = [cell_text(name, 140) for name in names]
    for name, values in series.items():
        data.add_series(cell_text(name), [None if v is None or not math.isfinite(v) else float(v) for v in values])  # fmt: skip
    frame = slide.shapes.add_chart(kind, *(Inches(edge) for edge in box), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", cell_text(words, 1_000))
    chart = frame.chart
    chart.has_title = False
    return chart


def _dressed(
    chart: Any, font: float, legend: bool = False, turned: bool = False, value_axis: bool = False
) -> None:
    """The look of the house: no grid, no lines of axes but muted names; `turned` puts the first category on top."""
    chart.font.size, chart.font.color.rgb = Pt(font), _colour(_INK.text)
    chart.has_legend = legend
    if legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.legend.font.size = Pt(font)
    category, value = chart.category_axis, chart.value_axis
    category.major_tick_mark = category.minor_tick_mark = XL_TICK_MARK.NONE
    category.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    category.format.line.color.rgb = _colour(_INK.faint)
    category.reverse_order = turned
    value.has_major_gridlines, value.visible = False, value_axis
    value.major_tick_mark = XL_TICK_MARK.NONE
    if value_axis:
        value.has_major_gridlines = True
        value.major_gridlines.format.line.color.rgb = _colour(_INK.faint)
        value.format.line.fill.background()
        value.tick_labels.font.color.rgb = _colour(_INK.muted)


def _labelled(series: Any, texts: Sequence[str], font: float, place: Any, colour: str = _INK.text) -> None:
    """Texts at the points of a series, "" at none: the figures as they are said everywhere."""
    for k, words in enumerate(texts):
        if words:
            label = series.points[k].data_label
            frame = label.text_frame
            frame.text = words
            run = frame.paragraphs[0].runs[0]
            run.font.size, run.font.color.rgb, run.font.bold = Pt(font), _colour(colour), False
            if place is not None:
                label.position = place


def _painted(series: Any, colour: str | None) -> None:
    fill = series.format.fill
    if colour is None:
        fill.background()
        series.format.line.fill.background()
    else:
        fill.solid()
        fill.fore_color.rgb = _colour(colour)
    series.invert_if_negative = False


def _stacked(slide: Any, names: Iterable[object], spans: Mapping[str, tuple[pd.Series, pd.Series, str]], box: Box, words: str, font: float) -> Any:  # fmt: skip
    """Bars that need not begin at zero, on a foot that is not seen; each part above zero and below it is a series of its own.

    `spans` are the parts of the bars by name: where they start and end (NaN: not there), worst first, and their colour.
    """
    low = pd.concat([start for start, _, _ in spans.values()], axis=1).min(axis=1)
    high = pd.concat([end for _, end, _ in spans.values()], axis=1).max(axis=1)
    series: dict[str, Sequence[float | None]] = {"Foot (not seen)": (low.clip(lower=0.0) + high.clip(upper=0.0)).tolist()}  # fmt: skip
    colours: list[str | None] = [None]
    for name, (start, end, colour) in spans.items():
        if (above := end.clip(lower=0.0) - start.clip(lower=0.0)).gt(0.0).any():
            series[name] = above.tolist()
            colours.append(colour)
    for name, (start, end, colour) in reversed(
        list(spans.items())
    ):  # below zero the part next to it comes first
        if (below := start.clip(upper=0.0) - end.clip(upper=0.0)).lt(0.0).any():
            series[f"{name}, below zero"] = below.tolist()
            colours.append(colour)
    series["At the end (not seen)"] = [0.0] * len(low)
    colours.append(None)
    chart = _chart(slide, XL_CHART_TYPE.BAR_STACKED, names, series, box, words)
    _dressed(chart, font, turned=True)
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 40, 100
    for one, paint in zip(plot.series, colours, strict=True):
        _painted(one, paint)
    return chart


def _bridge(slide: Any, picture: Picture, box: Box, font: float) -> None:
    """A waterfall: every bar from where the one before ends, with its amount beyond it."""
    rows = picture.rows
    low, high = rows[["start", "end"]].min(axis=1), rows[["start", "end"]].max(axis=1)
    spans = {
        name: (low.where(rows["kind"] == kind), high.where(rows["kind"] == kind), colour)
        for kind, name, colour in (("level", "Level", LEVEL), ("better", "Better", BETTER), ("worse", "Worse", WORSE))
    }  # fmt: skip
    chart = _stacked(slide, rows["step"], spans, box, picture.words, font)
    chart.value_axis.maximum_scale = 1.12 * max(float(rows["top"].max()), 1e-9)
    chart.value_axis.minimum_scale = min(1.1 * float(low.min()), 0.0)
    amounts = [number_text(v, 2) for v in rows["amount"]]
    _labelled(list(chart.plots[0].series)[-1], amounts, font, XL_LABEL_POSITION.INSIDE_BASE)


def _cash(slide: Any, picture: Picture, box: Box, font: float) -> None:
    rows = picture.rows
    chart = _chart(slide, XL_CHART_TYPE.COLUMN_CLUSTERED, rows["month"], {"Becomes cash": rows["released"].tolist()}, box, picture.words)  # fmt: skip
    _dressed(chart, font)
    plot = chart.plots[0]
    plot.gap_width = 45
    _painted(plot.series[0], BETTER)
    digits, size = (3, font) if len(rows) <= 12 else (2, min(font, 9.0))
    amounts = [number_text(v, digits) if abs(v) >= 0.005 else "" for v in rows["released"]]
    _labelled(plot.series[0], amounts, size, XL_LABEL_POSITION.OUTSIDE_END)


def _cover(slide: Any, picture: Picture, box: Box, font: float) -> None:
    rows = picture.rows[(picture.rows["money"].abs() >= 0.005) | (picture.rows["reserve"].abs() >= 0.005)]
    series = {"Stock at cost": rows["money"].tolist(), "Reserve": rows["reserve"].tolist()}
    chart = _chart(slide, XL_CHART_TYPE.BAR_CLUSTERED, rows["band"], series, box, picture.words)
    _dressed(chart, font, legend=True, turned=True)
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 45, -5
    for one, colour, values in zip(plot.series, ("#5c8aa6", _INK.text), (rows["money"], rows["reserve"]), strict=True):  # fmt: skip
        _painted(one, colour)
        _labelled(one, [number_text(v, 3) for v in values], font, XL_LABEL_POSITION.OUTSIDE_END)


def _exposure(slide: Any, picture: Picture, box: Box, font: float) -> None:
    marks = picture.rows
    scopes = list(dict.fromkeys(marks["scope"]))
    words = {"mean": "expected", "1 year in 20": "1 year in 20 above", "mean of those": "mean of those"}
    series = {said: [float(marks[(marks["scope"] == s) & (marks["what"] == what)]["loss"].iloc[0]) for s in scopes] for what, said in words.items()}  # fmt: skip
    chart = _chart(slide, XL_CHART_TYPE.BAR_CLUSTERED, scopes, series, box, picture.words)
    _dressed(chart, font, legend=True, turned=True)
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 45, -5
    for one, colour, values in zip(plot.series, _LOSSES.values(), series.values(), strict=True):
        _painted(one, colour)
        _labelled(one, [number_text(v, 3) for v in values], font, XL_LABEL_POSITION.OUTSIDE_END)


def _strategies(slide: Any, picture: Picture, box: Box, font: float) -> None:
    rows = picture.rows
    series = {
        "Today's way": rows["today"].astype(float).tolist(),
        "The mix": rows["mix"].astype(float).tolist(),
    }
    chart = _chart(slide, XL_CHART_TYPE.BAR_CLUSTERED, rows["words"], series, box, picture.words)
    _dressed(chart, font, legend=True, turned=True)
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 45, -5
    for one, colour, values in zip(plot.series, (PLAN_COLOURS["baseline"], PLAN_COLOURS["mix"]), (rows["today"], rows["mix"]), strict=True):  # fmt: skip
        _painted(one, colour)
        _labelled(one, [f"{v:,}" for v in values], font, XL_LABEL_POSITION.OUTSIDE_END)


def _tornado(slide: Any, picture: Picture, box: Box, font: float) -> None:
    """Bars from the gain at one end of a range to that at the other, red below the gain as it is and green above; what each end is, is in the name."""
    rows, gain = picture.rows, picture.middle
    low, high = rows[["at_low", "at_high"]].min(axis=1), rows[["at_low", "at_high"]].max(axis=1)
    names = [
        f"{label}: {number_text(a, 2)} at {x}, {number_text(b, 2)} at {y}"
        for label, a, x, b, y in zip(rows["label"], rows["at_low"], rows["low_text"], rows["at_high"], rows["high_text"], strict=True)
    ]  # fmt: skip
    spans = {
        "Below the gain": (low.where(low < gain), high.clip(upper=gain).where(low < gain), WORSE),
        "Above the gain": (low.clip(lower=gain).where(high > gain), high.where(high > gain), BETTER),
    }
    chart = _stacked(slide, names, spans, box, picture.words, font)
    room = 0.08 * max(float(high.max() - low.min()), 1e-9)
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = float(low.min()) - room, float(high.max()) + room  # fmt: skip
