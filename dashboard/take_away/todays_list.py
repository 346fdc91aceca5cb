"""Today's list on the page: what to expedite, order, stop, sell off and switch, each with units, day and money."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.naming.labels import number_text
from analytics.study_stock.todays_list import ACTIONS
from dashboard.number_form import locale
from dashboard.parts.tables import show_table
from dashboard.results import compute
from dashboard.state.choice import Choice
from dashboard.text.words import plain

__all__ = ["todays_list_part"]

#: So many products of each action stand on the page; all are in the file.
_MOST = 20


def todays_list_part(choice: Choice) -> None:
    """The list, an action a table, each with its total; nothing but a sentence where there is nothing to do."""
    table = compute.todays_list(choice)
    totals = table[(table["sku"] == "total") & (table["why"] == "")].set_index("action")
    rows = table.iloc[: len(table) - len(totals)]
    st.subheader("Today’s list", anchor=False)
    if not len(rows):
        st.caption("Nothing is to be done today, or no stock on hand is known.")
        return
    for action in ACTIONS:
        here = rows[rows["action"] == action]
        if not len(here):
            continue
        total = totals.loc[action]
        money: str = (
            "no amount known"
            if pd.isna(total["money"])
            else f"{number_text(float(total['money']), 3)} {total['money_is']}"
        )
        more = f", the first {_MOST} here" if len(here) > _MOST else ""
        st.markdown(f"**{action.capitalize()}**: " + plain(f"{total['name']}, {money}{more}."))
        top = here.head(_MOST)
        shown = pd.DataFrame(
            {
                "SKU": top["sku"], "Product": top["name"], "Units": top["units"], "By": top["by"], "Money": top["money"], "On hand": top["on_hand"],
                "On order": top["on_order"], "Customers ordered": top["open_orders"], "Why": top["why"],
            }
        )  # fmt: skip
        if action == "switch":
            shown = shown.drop(columns="Units")
        show_table(shown, alt=f"{action.capitalize()} today", hide_index=True)
    form = locale()
    st.download_button(
        "Today’s list (CSV)", lambda: compute.todays_list_file(choice, form), "todays_list.csv", "text/csv", on_click="ignore", key="todays-list-file",
        icon=":material/download:",
    )  # fmt: skip
    st.caption(
        "Net of what is on hand and on order. What customers have ordered for later is in the expected demand: it raises it, and never lowers it. "
        "Totals of actions do not add: a product may stand under several."
    )
