"""Layers of history cleaning on the Demand page: a switch each, and every change."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.naming.labels import number_text, percent_text
from dashboard.parts.frame import small
from dashboard.parts.tables import show_table
from dashboard.results.demand_facts import DemandFacts
from dashboard.results.facts import Facts
from dashboard.state import inputs
from dashboard.state.choice import Choice
from dashboard.text.demand_words import PERIOD
from dashboard.text.words import plain

__all__ = ["cleaning_part", "layer_words"]


def _switched(layer: str, now: tuple[str, ...]) -> None:
    on = bool(st.session_state[f"layer-{layer}"])
    inputs.clean(tuple(n for n in now if n != layer) if not on else (*now, layer))


def cleaning_part(choice: Choice, demand: DemandFacts, facts: Facts) -> None:
    """Layers with switches, and every change."""
    removed, share = demand.removed_units, demand.removed_share
    left_out = sum(x.units for x in demand.layers if x.on and x.name in ("partial_periods", "late_channels"))
    words = (
        f"Cleaning takes {number_text(removed)} units ({percent_text(share)}) out of the forecast"
        if removed > 0
        else "Cleaning takes no units out of the complete periods"
    )
    st.subheader(f"{words}; the history itself stays as it is", anchor=False)
    now = tuple(x.name for x in demand.layers if x.on)
    unit = PERIOD[facts.frequency]
    for layer in demand.layers:
        key = f"layer-{layer.name}"
        if st.session_state.get(key) != layer.on:
            st.session_state[key] = layer.on
        st.toggle(
            f"{layer.label}: {plain(layer_words(layer.name, layer.on, layer.products, layer.periods, layer.units, unit))}",
            key=key,
            help=layer.meaning,
            on_change=_switched,
            args=(layer.name, now),
        )
    small(
        f"Counted {demand.original_units:,.0f} = fitted {demand.cleaned_units:,.0f} + removed {removed:,.0f} units"
        + (f"; {left_out:,.0f} more lie in periods left out at the edges." if left_out else ".")
    )
    if choice.cleaning is not None:
        st.button(
            "Back to the usual layers", on_click=inputs.clean, args=(None,), icon=":material/restart_alt:"
        )
    if len(demand.changes):
        names = dict(zip(facts.products["sku"], facts.products["name"], strict=True))
        labels = {x.name: x.label for x in demand.layers}
        table = demand.changes.sort_values("removed", ascending=False, kind="stable")
        shown = pd.DataFrame(
            {
                "Layer": [labels[n] for n in table["layer"]],
                "Product": [names.get(s, s) for s in table["sku"]],
                "From": table["first_period"],
                "To": table["last_period"],
                "Units before": table["units_before"],
                "Units after": table["units_after"],
                "Why": table["why"],
            }
        )
        with st.expander(f"Every change: {len(shown):,}"):
            show_table(
                shown,
                hide_index=True,
                width="stretch",
                alt="Every change that cleaning makes: layer, product, period, units before and after, why",
            )


def layer_words(name: str, on: bool, products: int, periods: int, units: float, unit: str) -> str:
    """What a layer found, in a line.

    >>> layer_words("outliers", True, 2, 3, 412.0, "month")
    '3 months of 2 products, 412 units'
    """
    if not periods:
        return "nothing found" if on or name not in ("partial_periods", "late_channels") else "off"
    what = f"{periods:,} {unit}{'s' if periods != 1 else ''}"
    if name not in ("partial_periods", "late_channels"):
        what += f" of {products:,} product{'s' if products != 1 else ''}"
    what += f", {number_text(units)} units" if units else ""
    return what if on else f"off, would concern {what}"
