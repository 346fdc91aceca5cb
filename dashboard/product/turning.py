"""What would turn a product's choice: flip points in sentences, the lead's tornado, the map of two levers, profit by quote."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from analytics.naming.labels import Strategy, Verdict, number_text, strategy_text
from analytics.naming.scales import percent
from analytics.strategy.flips.flip_text import flip_text
from analytics.strategy.gains import lead_of_best
from analytics.strategy.what_if.decision_map import DecisionMap, share_done, turns_from
from analytics.writeup.charts.theme import ink
from analytics.writeup.charts.tornado import tornado_chart
from dashboard.charts.decision import decision_chart, tile_edges
from dashboard.charts.quotes import crossing, quotes_chart
from dashboard.parts.frame import beside, draw, small, waiting
from dashboard.parts.tables import in_narrow_window, show_table
from dashboard.product.two_together import product_pairs_part
from dashboard.results import product_results
from dashboard.results.compute import is_ready
from dashboard.results.facts import Facts, Known
from dashboard.results.keys import key_of
from dashboard.state.choice import Choice
from dashboard.text.flip_words import flip_range, map_axis, map_number, map_words, now_text
from dashboard.text.words import field_words, plain, value_text

__all__ = ["SHORT_WORDS", "quotes_part", "turning_part"]

MAP_AXES = (
    "quote_days",
    "cost_premium",
    "patience_per_day",
    "demand",
    "holding_rate",
    "hazard_per_year",
    "margin",
    "component_lead_days",
)
#: A strategy beside its line.
SHORT_WORDS: Mapping[str, str] = {
    Strategy.MTS: "to stock",
    Strategy.ATO: "assembled",
    Strategy.MTO: "to order",
    Strategy.HYBRID: "split orders",
}


def turning_part(choice: Choice, facts: Facts, i: int, make: bool) -> None:
    """What would turn the choice: flip points in sentences, the lead's tornado, the map of two levers."""
    if (
        not np.isfinite(facts.profit[i]).any()
        or np.isfinite(facts.profit[i]).sum() < 2
        or facts.products.at[i, "verdict"] == Verdict.NOT_DECIDABLE
    ):
        return
    sku = str(facts.products.at[i, "sku"])
    if not product_results.turning_is_ready(choice, sku):
        st.subheader("What would turn it is being worked out", anchor=False)
        beside(
            "turning",
            (*key_of(choice), sku),
            lambda progress: product_results.turning_of(choice, sku, progress),
        )
        return
    flips, swings = product_results.turning_of(choice, sku)
    best = facts.strategies[int(np.nanargmax(facts.profit[i]))]
    today = str(facts.products.at[i, "baseline"])
    turning = [f for f in flips if np.isfinite(f.turns)]
    firm = [f for f in flips if not np.isfinite(f.turns)]
    st.subheader(
        f"What would turn it: {len(turning)} of {len(flips)} levers"
        if turning
        else "Nothing in range would turn it",
        anchor=False,
    )
    for one in turning:
        text = flip_text(one.lever, one.now, one.holds, one.turns, one.to, make, today)
        st.markdown(f"- {plain(f'{text[0].upper()}{text[1:]} (now {now_text(one.lever, one.now)}).')}")
    known = "One at a time, everything else and what is done today as they are."
    small(
        known
        + (
            " No turn within: " + "; ".join(flip_range(f.lever, f.least, f.most) for f in firm) + "."
            if firm
            else ""
        )
    )
    bars = [s for s in swings if s.shows][:5]
    lead = lead_of_best(facts.profit[i])
    if bars:
        words = [field_words(b.field) for b in bars]
        frame = pd.DataFrame(
            {
                "label": [w[:1].upper() + w[1:] for w in words],
                "at_low": [b.lead_low for b in bars],
                "at_high": [b.lead_high for b in bars],
                "low_text": [value_text(b.field, b.low, facts.currency) for b in bars],
                "high_text": [value_text(b.field, b.high, facts.currency) for b in bars],
                "turns_at": [b.lead_turns for b in bars],
            }
        )
        st.markdown(f"**Its lead moves most with {plain(words[0])}**")
        ends = f"Lead of {strategy_text(best, make)} over the next best, {facts.currency or 'money'} over 12 months, with each assumption at the ends of its range."
        marked = any(np.isfinite(b.turns) for b in bars)
        small(
            ends
            + (
                " The tick marks where the choice turns: today's way, and whether a lead is clear, count too."
                if marked
                else ""
            )
        )
        draw(
            tornado_chart(frame, lead, ink(st.context.theme.type), "lead", in_narrow_window()),
            alt=f"The lead moves most with {words[0]}",
        )
    if is_ready(choice, Known.TURNS):
        product_pairs_part(choice, sku)
    if st.toggle("Map of two levers", key=f"map-{facts.digest[:8]}-{i}"):
        map_part(
            choice,
            facts,
            i,
            {f.lever: f.now for f in flips},
        )


def map_finding(chart: DecisionMap, now: Mapping[str, float], words: Mapping[str, str]) -> str:
    """The finding of the map: what is done at the tile nearest to where things stand, over how much of the map, and where that ends along each lever."""

    def named(k: int) -> str:
        return words[chart.strategies[k] if k >= 0 else "today"]

    here, turns = turns_from(chart, now[chart.across], now[chart.up])
    share = percent(share_done(chart, here))
    if share == 100.0:
        return f"Nothing on this map turns it: {named(here)} everywhere"
    ends = [
        f"{named(to)} at {number_text(map_number(lever, value), 2)} {map_axis(lever)}"
        for lever, value, to in turns
    ]
    found = f"{named(here)} over {share:.0f} % of the map; "
    found += f"from here: {'; '.join(ends)}" if ends else "it turns only where both levers move"
    return f"{found[:1].upper()}{found[1:]}"


def map_part(choice: Choice, facts: Facts, i: int, now: dict[str, float]) -> None:
    """Where the answer flips between any two levers."""
    levers = [name for name in MAP_AXES if np.isfinite(now.get(name, np.nan))]
    left, right = st.columns(2)
    across = left.selectbox("Across", levers, format_func=map_axis, key=f"map-across-{facts.digest[:8]}")
    rest = [name for name in levers if name != across]
    up = right.selectbox(
        "Up",
        rest,
        index=min(rest.index("cost_premium") if "cost_premium" in rest else 0, len(rest) - 1),
        format_func=map_axis,
        key=f"map-up-{facts.digest[:8]}",
    )
    with waiting("Map") as progress:
        chart = product_results.map_of(
            choice, str(facts.products.at[i, "sku"]), str(across), str(up), progress
        )
    x, y = (
        np.array([map_number(name, float(v)) for v in values])
        for name, values in ((across, chart.across_values), (up, chart.up_values))
    )
    names = np.array(
        [*chart.strategies, "today"], object
    )  # the last stands for what stays as it is run today
    row, column = (grid.ravel() for grid in np.indices(chart.shown.shape))
    (x_from, x_to), (y_from, y_to) = tile_edges(x), tile_edges(y)
    frame = pd.DataFrame(
        {
            "left": x_from[column],
            "right": x_to[column],
            "bottom": y_from[row],
            "top": y_to[row],
            "strategy": names[chart.shown.ravel()],
            "strength": chart.strength.ravel(),
        }
    )
    words = {
        Strategy.MTS: "to stock",
        Strategy.ATO: "assemble",
        Strategy.MTO: "to order",
        Strategy.HYBRID: "split",
        "today": "as today",
    }
    shares = frame["strategy"].value_counts(normalize=True)
    marks = [
        {"across": float(x[column][here].mean()), "up": float(y[row][here].mean()), "name": words[str(s)]}
        for s in shares.index
        if (here := (frame["strategy"] == s).to_numpy()).mean() > 0.04
    ]
    here_x, here_y = map_number(str(across), now[str(across)]), map_number(str(up), now[str(up)])
    titles = (map_axis(str(across)), map_axis(str(up)))
    said = map_finding(chart, now, words)
    st.markdown(f"**{plain(said)}**")
    told = ", ".join(
        f"{words[s]} {percent(v):.0f} %" for s, v in zip(shares.index.astype(str), shares, strict=True)
    )
    draw(
        decision_chart(frame, pd.DataFrame(marks), here_x, here_y, titles, ink(st.context.theme.type)),
        alt=f"{said}. Over {titles[0]} and {titles[1]}: {told} of the map",
    )
    with st.expander("The map as a table"):
        table = pd.DataFrame(
            [[words[str(names[k])] for k in line] for line in chart.shown[::-1]],
            columns=[number_text(float(v), 3) for v in x],
        )
        if len(set(table.columns)) < len(table.columns):
            table.columns = [f"{float(v):.6g}" for v in x]
        table.insert(0, titles[1], [number_text(float(v), 3) for v in y[::-1]])
        show_table(
            table, hide_index=True, width="stretch", alt=f"What is done: across {titles[0]}, down {titles[1]}"
        )
        small(f"Columns: {titles[0]}.")
    small(map_words())


def quotes_part(facts: Facts, i: int, make: bool) -> None:
    """Profit to order by the days quoted, and where the best of the others earns more."""
    if not facts.quotes.shape[1] or not np.isfinite(facts.quote_profit[i]).all():
        return
    order = np.argsort(facts.quotes[i])
    days, profit = facts.quotes[i][order], facts.quote_profit[i][order]
    if days[-1] <= days[0]:
        return
    others = [
        (s, k)
        for k, s in enumerate(facts.strategies)
        if s != Strategy.MTO and np.isfinite(facts.profit[i, k])
    ]
    best, k = max(others, key=lambda pair: facts.profit[i, pair[1]])
    flip = crossing(list(days), list(profit), float(facts.profit[i, k]))
    words = SHORT_WORDS[best]
    if np.isfinite(flip):
        title = f"Above a quote of {round(flip)} days, {words} is ahead"
    else:
        title = f"At any quote from {round(days[0])} to {round(days[-1])} days, " + (
            "to order stays ahead" if profit[-1] > facts.profit[i, k] else f"{words} stays ahead"
        )
    st.subheader(title, anchor=False)
    frame = pd.DataFrame(
        {
            "strategy": [s for s, _ in others],
            "name": [SHORT_WORDS[s] for s, _ in others],
            "profit": [float(facts.profit[i, n]) for _, n in others],
        }
    )
    draw(
        quotes_chart(
            pd.DataFrame({"days": days, "profit": profit}),
            frame,
            float(facts.quotes[i][0]),
            flip,
            ink(st.context.theme.type),
        ),
        alt=title,
    )
    small(
        f"Contribution over 12 months, {facts.currency or 'money'}, by what customers are told when {'made' if make else 'bought'} to order; "
        "straight lines between simulated quotes."
    )
