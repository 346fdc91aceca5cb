"""A person's own choice for a product or a whole family, with its cost before it is made."""

from __future__ import annotations

from collections import Counter

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from analytics.naming.labels import Verdict, money_text, number_text, strategy_text
from analytics.naming.signed import signed_words
from dashboard.parts.frame import small
from dashboard.results import product_results
from dashboard.results.facts import Facts, Override
from dashboard.state import inputs
from dashboard.state.choice import Choice
from dashboard.state.who import name_part
from dashboard.text.words import how, plain

__all__ = ["family_part", "found_part", "override_part"]


def override_part(facts: Facts, choice: Choice, i: int, make: bool) -> None:
    """A person's own choice for a product."""
    product = facts.products.iloc[i]
    real = product_results.real_sku(choice, i)
    mine = next((o for o in choice.overrides if o.sku == real), None)
    st.subheader("Your own choice", anchor=False)
    if mine is not None:
        st.markdown(f"You chose **{strategy_text(mine.strategy, make)}**: {plain(mine.note) or 'no note'}.")
        small(signed_words(mine.by, mine.data_date))
        st.button(
            "Back to the recommendation",
            on_click=inputs.without_overrides,
            args=((real,),),
            icon=":material/undo:",
        )
        return
    now = str(product["recommended"])
    options = [
        s
        for k, s in enumerate(facts.strategies)
        if s != now and np.isfinite(facts.units["units_demanded"][i, k])
    ]
    if not options:
        st.caption("No other strategy is offered.")
        return
    _product_form(facts, choice, i, make, options)


@st.fragment
def _product_form(facts: Facts, choice: Choice, i: int, make: bool, options: list[str]) -> None:
    sku = str(facts.products.at[i, "sku"])
    words = {s: strategy_text(s, make).capitalize() for s in options}
    with st.container(border=True):
        strategy = st.radio(
            "Instead",
            options,
            index=None,
            format_func=words.__getitem__,
            key=f"instead-{sku}",
            captions=[plain(how(facts, i, s)) for s in options],
        )
        if strategy is not None:
            _count(facts, choice, [i], str(strategy), sku)


def _count(facts: Facts, choice: Choice, rows: list[int], strategy: str, key: str) -> None:
    """What exactly it costs, why, and the button that counts it."""
    if not facts.pending and np.isfinite(facts.profit[rows, facts.strategies.index(strategy)]).any():
        with st.spinner("Working out what it costs"):
            own, shared = product_results.cost_of_choice(choice, rows, strategy)
        total = own + shared
        parts = (
            f": {number_text(own, 3)} of its own and {number_text(shared, 3)} because other products share the components"
            if abs(shared) >= 0.5
            else ""
        )
        st.markdown(
            plain(
                f"{'Costs' if total < 0 else 'Gains'} {money_text(abs(total), facts.currency, 3)} over 12 months{parts}. The headline changes by exactly this."
            )
        )
    note = st.text_input(
        "Why", key=f"note-{key}", placeholder="Keep 10 in stock for the show in May", max_chars=200
    )
    name_part(f"who-{key}", choice.source.digest)
    if st.button("Count my choice", key=f"count-{key}", type="primary"):
        inputs.override(
            tuple(Override(product_results.real_sku(choice, i), strategy, note.strip()) for i in rows)
        )
        st.rerun()


def _changing(facts: Facts, rows: np.ndarray, strategy: str) -> list[int]:
    """Rows that can be run by a strategy and are not yet."""
    offered = np.isfinite(facts.units["units_demanded"][rows, facts.strategies.index(strategy)])
    return [int(i) for i in rows[offered & (facts.products["recommended"].to_numpy()[rows] != strategy)]]


def family_part(facts: Facts, choice: Choice) -> None:
    """A person's own choice for a whole family, and all own choices with the way back."""
    families = sorted({str(f) for f in facts.products["family"] if f})
    own = facts.products["verdict"].to_numpy() == Verdict.CHOSEN_BY_YOU
    if len(families) < 2 and not own.any():
        return
    with st.expander(
        f"Your own choices: {int(own.sum())} product{'s' if own.sum() != 1 else ''}"
        if own.any()
        else "Decide for a whole family yourself"
    ):
        if own.any():
            for (strategy, *said), number in sorted(
                Counter((o.strategy, o.note, o.by, o.data_date) for o in choice.overrides).items()
            ):
                note, who = said[0], signed_words(*said[1:])
                st.markdown(
                    f"- {strategy_text(strategy).capitalize()}, {number} product{'s' if number != 1 else ''}: {plain(note) or 'no note'}"
                    + (f". {plain(who)}" if who else "")
                )
            st.button(
                "Back to the recommendation for all",
                on_click=inputs.without_overrides,
                args=(tuple(o.sku for o in choice.overrides),),
                icon=":material/undo:",
            )
        if len(families) > 1:
            _family_form(facts, choice, families)


def found_part(facts: Facts, choice: Choice, rows: NDArray[np.intp], narrowed: str) -> None:
    """A person's own choice for all products that are found at once (`rows`; `narrowed` says how they were found), undone as one step."""
    living = rows[~facts.products["ended"].to_numpy()[rows]]
    if not narrowed or not len(living):
        return
    with st.expander(f"Decide for the {len(living):,} products found yourself"):
        small(f"{len(living):,} products that have not ended, {narrowed}.")
        _found_form(facts, choice, living, narrowed)


@st.fragment
def _found_form(facts: Facts, choice: Choice, rows: NDArray[np.intp], narrowed: str) -> None:
    changing = {s: found for s in facts.strategies if (found := _changing(facts, rows, s))}
    if not changing:
        st.caption("No other strategy is offered to any of them.")
        return
    make = bool((facts.products["make_or_buy"].to_numpy()[rows] == "make").all())
    strategy = st.radio(
        "Instead",
        list(changing),
        index=None,
        format_func=lambda s: strategy_text(s, make).capitalize(),
        captions=[f"changes {len(found):,} of {len(rows):,} products" for found in changing.values()],
        key=f"own-found-{narrowed}",
    )
    if strategy is not None:
        _count(facts, choice, changing[strategy], strategy, f"found-{narrowed}")


@st.fragment
def _family_form(facts: Facts, choice: Choice, families: list[str]) -> None:
    left, right = st.columns(2)
    family = left.selectbox(
        "Family", families, index=None, key=f"own-family-{facts.digest[:8]}", placeholder="choose"
    )
    if family is None:
        return
    rows = np.flatnonzero(
        (facts.products["family"].to_numpy() == family) & ~facts.products["ended"].to_numpy()
    )
    make = bool((facts.products["make_or_buy"].to_numpy()[rows] == "make").all())
    changing = {s: found for s in facts.strategies if (found := _changing(facts, rows, s))}
    if not changing:
        st.caption("No other strategy is offered to any product of this family.")
        return
    captions = [f"changes {len(found)} of {len(rows)} products" for found in changing.values()]
    strategy = right.radio(
        "Instead",
        list(changing),
        index=None,
        format_func=lambda s: strategy_text(s, make).capitalize(),
        captions=captions,
        key=f"own-instead-{family}",
    )
    if strategy is not None:
        _count(facts, choice, changing[strategy], strategy, f"family-{family}")
