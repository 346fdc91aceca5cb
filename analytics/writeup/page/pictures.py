"""Charts as vector pictures: the very charts of the app, drawn without a browser and without a request to any host."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import vl_convert

from analytics.writeup.charts.books import bridge_chart, cash_chart, cover_chart, exposure_chart
from analytics.writeup.charts.families import families_chart
from analytics.writeup.charts.strategies import strategies_chart
from analytics.writeup.charts.theme import Ink, ink
from analytics.writeup.charts.tornado import tornado_chart
from analytics.writeup.takeaway.findings import Picture
from analytics.writeup.takeaway.text import safe_text, without_controls

__all__ = ["NARROW", "WIDE", "drawn"]

#: Widths of a picture in points: on a desk and on paper, and on a telephone.
WIDE, NARROW = 720, 340
_LIGHT = ink("light")
_HEAD = re.compile(r"^<svg\b[^>]*>")
_NAMES, _USED = re.compile(r'\bid="([^"]+)"'), re.compile(r"url\(#([^)]+)\)")
#: What a picture says of its marks, one by one; the page says in words what it shows.
_SAID = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')


def drawn(picture: Picture, wide: int, named: str) -> str:
    """The picture as SVG text of so many points' width, with `named` to tell pictures on one page apart.

    Colours of text, muted names, faint lines and the page are marked by classes of the page's style, not here: what is drawn is the light
    mode, and the style of the page turns those four colours.
    """
    chart = _chart(picture, _LIGHT, wide < WIDE)
    spec = _drawable(chart.to_dict())
    spec["autosize"] = {"type": "fit", "contains": "padding", "resize": True}
    spec["width"] = wide
    svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    found = re.search(r'viewBox="([^"]*)"', svg)
    box = found[1] if found else f"0 0 {wide} 300"
    svg = _HEAD.sub("", svg.strip(), count=1)
    # the converter numbers what it draws over all it has drawn: here it is numbered within the picture
    own = {name: f"{named}-{k}" for k, name in enumerate(dict.fromkeys(_NAMES.findall(svg)))}
    svg = _NAMES.sub(lambda found: f'id="{own[found[1]]}"', svg)
    svg = _USED.sub(lambda found: f"url(#{own[found[1]]})", svg)
    return f'<svg viewBox="{box}" aria-hidden="true" focusable="false">{_SAID.sub("", svg)}'


def _drawable(part: Any) -> Any:
    """A description of a chart without the controls that end the converter, and this program with it."""
    if isinstance(part, str):
        return without_controls(part)
    if isinstance(part, dict):
        return {_drawable(name): _drawable(one) for name, one in part.items()}
    return [_drawable(one) for one in part] if isinstance(part, list) else part


def _short(frame: pd.DataFrame, column: str, most: int) -> pd.DataFrame:
    """Names that fit and can be drawn, each still its own: where two would be cut to the same text, they are counted."""
    seen: dict[str, int] = {}
    out = []
    for name in frame[column]:
        text = safe_text(name, most)
        seen[text] = seen.get(text, 0) + 1
        out.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return frame.assign(**{column: out})


def _brief(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Our own names as a telephone shows them, the groups of the bridge as the columns of what to do first are called."""
    out = []
    for name in frame[column]:
        text = str(name).replace(", planning better", ", by planning").replace(", changing strategy", ", by strategy").removeprefix("The ")  # fmt: skip
        out.append(text[:1].upper() + text[1:] if text != "mix" else str(name))
    return frame.assign(**{column: out})


def _chart(picture: Picture, colours: Ink, narrow: bool) -> Any:
    rows, kind = picture.rows, picture.kind
    if kind == "bridge":
        return bridge_chart(_short(_brief(rows, "step"), "step", 34) if narrow else rows, colours)
    if kind == "cash":
        return cash_chart(rows, colours)
    if kind == "cover":
        return cover_chart(rows, colours)
    if kind == "exposure":
        return exposure_chart(picture.more, rows, colours)
    if kind == "families":
        return families_chart(_short(rows, "family", 18 if narrow else 40), colours)
    if kind == "strategies":
        return strategies_chart(rows, colours)
    return tornado_chart(_short(_brief(rows, "label"), "label", 28) if narrow else rows, picture.middle, colours, narrow=narrow)  # fmt: skip
