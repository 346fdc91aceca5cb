"""A person's own choice for a product, with its cost before it is made."""

from __future__ import annotations

import numpy as np
import streamlit as st

from analytics.labels import money_text, number_text, strategy_text
from dashboard import inputs, product_results
from dashboard.choice import Choice
from dashboard.facts import Facts, Override
from dashboard.words import how, plain

__all__ = ["override_part"]



def override_part(facts: Facts, choice: Choice, i: int, make: bool) -> None:
    """A person's own choice, with its cost before it is made."""
    product = facts.products.iloc[i]
    real = product_results.real_sku(choice, i)
    mine = next((o for o in choice.overrides if o.sku == real), None)
    st.subheader("Your own choice", anchor=False)
    if mine is not None:
        st.markdown(f"You chose **{strategy_text(mine.strategy, make)}**: {plain(mine.note) or 'no note'}.")
        st.button("Back to the recommendation", on_click=inputs.without_override, args=(real,), icon=":material/undo:")
        return
    now = str(product["recommended"])
    options = [s for k, s in enumerate(facts.strategies) if s != now and np.isfinite(facts.units["units_demanded"][i, k])]
    if not options:
        st.caption("No other strategy is offered.")
        return

    _override_form(facts, choice, i, make, options)


@st.fragment
def _override_form(facts: Facts, choice: Choice, i: int, make: bool, options: list[str]) -> None:
    """Which strategy instead, what exactly that costs, and why."""
    sku = str(facts.products.at[i, "sku"])
    words = {s: strategy_text(s, make).capitalize() for s in options}
    with st.container(border=True):
        strategy = st.radio("Instead", options, index=None, format_func=words.__getitem__, key=f"instead-{sku}", captions=[plain(how(facts, i, s)) for s in options])
        if strategy is None:
            return
        if not facts.pending and np.isfinite(facts.profit[i, facts.strategies.index(strategy)]):
            with st.spinner("Working out what it costs"):
                own, shared = product_results.cost_of_choice(choice, i, strategy)
            total = own + shared
            parts = f": {number_text(own, 3)} of its own and {number_text(shared, 3)} because fewer products share the components" if abs(shared) >= 0.5 else ""
            st.markdown(plain(f"{'Costs' if total < 0 else 'Gains'} {money_text(abs(total), facts.currency, 3)} over 12 months{parts}. The headline changes by exactly this."))
        note = st.text_input("Why", key=f"note-{sku}", placeholder="Keep 10 in stock for the show in May", max_chars=200)
        if st.button("Count my choice", key=f"count-{sku}", type="primary"):
            inputs.override(Override(product_results.real_sku(choice, i), str(strategy), note.strip()))
            st.rerun()
