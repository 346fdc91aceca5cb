"""Load by month against what the shop can do: one picture for the pages Demand and Limits."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.naming.labels import Strategy, number_text, percent_text
from analytics.strategy.limits.load_share import beyond_capacity, load_is_even, load_share
from analytics.writeup.charts.theme import ink
from dashboard.charts.capacity import WORK, capacity_chart
from dashboard.charts.season import MONTHS
from dashboard.parts.frame import draw, small
from dashboard.parts.tables import in_narrow_window
from dashboard.results.capacity_facts import Carrying
from dashboard.text.words import plain

__all__ = ["beyond_text", "busiest_text", "load_part", "month_text", "of_what", "unjudged_title"]


def month_text(month: str, year: bool = False) -> str:
    """A month as people write it: 2026-05 is May, or May 2026."""
    return MONTHS[int(month[5:7]) - 1] + (f" {month[:4]}" if year else "")


def of_what(shop: Carrying) -> str:
    """What the load is a share of."""
    return "what you can make to order" if shop.load.origin == "stated" else "the best month shipped so far"


def busiest_text(shop: Carrying) -> str:
    """The busiest month and what it takes."""
    share = load_share(shop.load.work, shop.load.capacity)
    busiest = int(share.argmax())
    if load_is_even(share):
        return f"every month takes {percent_text(float(share[busiest]))} of {of_what(shop)}"
    return f"the busiest month, {month_text(shop.load.months[busiest])}, takes {percent_text(float(share[busiest]))} of {of_what(shop)}"


def _judged_until(shop: Carrying) -> str:
    """Up to which month the year ahead can be judged, if not to its end; else empty."""
    judged = shop.judged
    if judged.months >= len(shop.load.months):
        return ""
    if not judged.months:
        return "cannot be judged"
    return f"cannot be judged beyond {month_text(shop.load.months[judged.months - 1], True)}"


def beyond_text(shop: Carrying) -> str:
    """From which month on the year ahead cannot be judged, and why; empty where every month can."""
    until, judged = _judged_until(shop), shop.judged
    if not until:
        return ""
    short = f"{number_text(judged.planned, 2)} {shop.load.unit} are planned from then on, {number_text(judged.made, 2)} were made in the same months of last year"
    if judged.endings or judged.launches:
        ends = (
            f"{judged.endings} product{' ends' if judged.endings == 1 else 's end'} within the year"
            if judged.endings
            else "products fade"
        )
        new = f", {judged.launches} were launched within the last two" if judged.launches else ""
        return f"{until}: {short}. {ends}{new}, and their successors are missing from the file"
    return f"{until}: {short}"


def unjudged_title(shop: Carrying) -> str:
    """The finding where the year ahead cannot be judged to its end, in one line; empty where it can."""
    until, judged = _judged_until(shop), shop.judged
    if not until:
        return ""
    why = (
        "successors are missing"
        if judged.endings or judged.launches
        else "far less is planned than was made last year"
    )
    return f"Whether the shop can carry it {until}: {why}"


def load_part(shop: Carrying) -> None:
    """Load by month against capacity, and what to do about months that do not fit."""
    share = load_share(shop.load.work, shop.load.capacity)
    parts = [
        (WORK[name], shop.load.by_strategy[name], rank)
        for rank, name in enumerate(WORK)
        if name in shop.load.by_strategy and shop.load.by_strategy[name].any()
    ]
    parts = parts or [(WORK[Strategy.MTO], shop.load.work, 0)]
    narrow = in_narrow_window()  # there is no room for the sign over every bar
    frame = pd.DataFrame(
        [
            {
                "month": month_text(m),
                "part": part,
                "rank": rank,
                "work": work[k],
                "share": percent_text(float(share[k])).removesuffix(" %" if narrow else ""),
                "over": bool(shop.load.over[k]),
            }
            for part, work, rank in parts
            for k, m in enumerate(shop.load.months)
        ]
    )
    name = "capacity for orders" if shop.load.origin == "stated" else "best month shipped (assumed)"
    picture = capacity_chart(frame, shop.load.capacity, name, shop.load.unit, ink(st.context.theme.type))
    draw(picture, alt=f"Load by month: {busiest_text(shop)}")
    if narrow:
        small("Over the bars: percent of it.")
    span = f"{month_text(shop.load.months[0], True)} to {month_text(shop.load.months[-1], True)}"
    if shop.load.origin == "stated":
        small(
            f"Expected work on orders, {span}, against the capacity you stated for orders. Stock is not counted: it can be made at any time."
        )
    else:
        small(
            f"Expected work, {span}, against the best month shipped so far, because no capacity is stated: assumed. Work for stock is spread evenly; orders come when they come."
        )
    if beyond := beyond_text(shop):
        st.markdown(f":orange-badge[Not reassured] {plain(f'The load {beyond}.')}")
    if shop.load.over.any():
        names = ", ".join(
            f"{month_text(m)} ({number_text(float(w), 2)} {shop.load.unit})"
            for m, w, o in zip(
                shop.load.months,
                beyond_capacity(shop.load.work, shop.load.capacity),
                shop.load.over,
                strict=True,
            )
            if o
        )
        st.markdown(plain(f"Beyond it: {names}. Pre-build that much before, or find it outside."))
