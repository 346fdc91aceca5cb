"""The sliders of Compare: six assumptions that move every page, the switch that holds service levels, and the what-ifs above them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from analytics.assumptions import FIELDS
from analytics.items import ASSUMED, CONFIRMED, DERIVED
from analytics.naming.scales import scale_of
from dashboard.levers.by_hand import label_of, slider_at
from dashboard.levers.what_ifs import given_part, what_if_part
from dashboard.number_form import slider_format
from dashboard.results.facts import Facts
from dashboard.state import inputs
from dashboard.state.choice import Choice
from dashboard.state.in_force import chosen_anew, in_force
from dashboard.state.undo import undo_part
from dashboard.text.words import plain

__all__ = ["levers"]


def _applies(facts: Facts, name: str) -> bool:
    """Whether a general value of this field reaches any living product (a value in the items file wins over it)."""
    live = ~facts.products["ended"].to_numpy()
    return bool(np.isin(facts.items.origin(name)[live], (ASSUMED, CONFIRMED, DERIVED)).any())


#: The levers of Compare.
_LEVERS = (
    "patience_per_day",
    "queue_days",
    "capital_rate",
    "cost_premium",
    "salvage_share",
    "storage_rate",
)


def _moved(name: str, key: str) -> None:
    """A slider was moved."""
    _lever(name, scale_of(name).read(st.session_state[key]))


def _lever(name: str, value: float) -> None:
    """A lever counts on every page."""
    inputs.lever({name: value})


def _hold_part(choice: Choice, facts: Facts | None) -> None:
    """The switch that holds service levels, and what is held."""
    limited = choice.assumptions.limits.any
    key = f"hold-{choice.source.digest[:8]}"
    st.session_state[key] = choice.held is not None and not limited
    st.toggle(
        "Hold service levels", key=key, disabled=limited, on_change=lambda: inputs.hold(bool(st.session_state[key])),
        help="Service levels, lots, quotes and strategies stay as they are chosen now; a price then moves money and nothing else.",
    )  # fmt: skip
    if limited:
        st.caption("Limits bind products together: settings cannot be held.")
    elif chosen_anew(choice, facts):
        words = "These facts offer other ways to run a product than those that were held, so nothing could be held: every setting and strategy is chosen anew."
        st.warning(words, icon=":material/info:")
    elif choice.held is not None:
        moved_since = [n for n in _LEVERS if choice.assumptions.of(n) != choice.held.of(n)]
        at = ", ".join(
            f"{label_of(n).split(',')[0].lower()} {slider_at(n, choice.held.of(n).value)[3]:g}"
            for n in moved_since
        )
        st.caption(
            plain("Held as chosen" + (f" at {at}" if at else " now") + ": service level, lot and quote of every product under every plan, and the strategies of the mix. "
                  "Prices move money only; units and waits stay. What is done today never moves with a lever.")
        )  # fmt: skip


def levers(choice: Choice, facts: Facts | None) -> None:
    """The levers: prices answer at once, units and days are simulated again."""
    st.subheader("What if", anchor=False)
    what_if_part(choice, facts, _lever)
    st.caption(
        "A lever moves every page. Where the items file gives a value for every product, its lever moves those by percent."
    )
    given = st.session_state.setdefault("_given", {})
    if facts is not None:
        given[choice.source.digest] = {n for n in _LEVERS if not _applies(facts, n)}
    places = st.session_state.setdefault("_places", {}).setdefault(choice.source.digest, {})
    pair = st.columns(2, gap="large")
    for k, name in enumerate(_LEVERS):
        if k % 2 == 0 and k:
            pair = st.columns(2, gap="large")
        if name in given.get(choice.source.digest, set()):
            with pair[k % 2]:
                given_part(choice, name, _lever)
            continue
        key = f"lever-{choice.source.digest[:8]}-{name}"
        stated = choice.assumptions.of(name)
        if facts is not None:
            places[name] = in_force(facts, choice.assumptions, name).value
        # while nothing is known of the new setting a slider stays where it was: a value derived from the sales must not jump to the table's and back
        low, high, step, st.session_state[key] = slider_at(
            name, stated.value if stated.origin == "confirmed" else places.get(name, stated.value)
        )
        pair[k % 2].slider(
            label_of(name),
            low,
            high,
            step=step,
            key=key,
            on_change=_moved,
            args=(name, key),
            format=slider_format(),
            help=FIELDS[name].label
            + (
                " (units and days: simulated again)"
                if FIELDS[name].physics
                else " (a price: answered at once)"
            ),
        )
    _hold_part(choice, facts)
    undo_part(choice)
