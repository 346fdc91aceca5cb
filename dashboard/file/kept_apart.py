"""Orders on hand and receipts of a file on the screen: by product and month, with the rows of the file and the rule by which they are listed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analytics.naming.labels import COUNTED, ON_HAND_RULE, total_text
from dashboard.parts.downloads import table_file, title_of_file
from dashboard.parts.tables import show_table
from dashboard.text.words import plain

__all__ = ["kept_apart_part", "orders_of_product"]

_RECEIPTS = (
    "Goods received are no sales. The median of the receipts of a product is the lot in use today where no order quantity is given, "
    "and stock on hand is aged by them; nothing else is taken from them."
)
_NAMES = {"sku": "SKU", "due_month": "Due", "month": "Received", "counted": "Units are", "rows": "Lines", "units": "Units", "money": "Money",
          "source_rows": "Rows of the file"}  # fmt: skip
_WIDTHS = {"SKU": 130, "Due": 80, "Received": 80, "Units are": 95, "Lines": 60, "Units": 90, "Money": 110}


def _count_of(rows: int) -> str:
    return f"{rows:,} line{'' if rows == 1 else 's'}"


def _amounts(table: pd.DataFrame) -> str:
    """Lines, units and money of a table in words."""
    money = table["money"].to_numpy(np.float64)
    worth = f", {np.nansum(money):,.2f} in money" if np.isfinite(money).any() else ""
    unknown = int(table["rows"][~np.isfinite(money)].sum()) if worth else 0
    left = f" (no money known of {_count_of(unknown)})" if unknown else ""
    units = total_text(float(table["units"].sum()))
    return f"{units} units in {_count_of(int(table['rows'].sum()))}{worth}{left}"


def _shown(table: pd.DataFrame, alt: str) -> None:
    amounts = {name: table[name].astype(float) for name in ("units", "money")}
    shown = table.assign(**amounts).rename(columns=_NAMES)
    if not np.isfinite(amounts["money"]).any():
        shown = shown.drop(columns="Money")
    config = {name: st.column_config.Column(width=width) for name, width in _WIDTHS.items()}
    config |= {
        name: st.column_config.NumberColumn(format="localized", width=_WIDTHS[name])
        for name in ("Lines", "Units", "Money")
    }
    show_table(
        shown,
        hide_index=True,
        width="stretch",
        height=min(38 + 35 * len(shown), 388),
        column_config=config,
        alt=alt,
    )


def _download(table: pd.DataFrame, name: str, key: str) -> None:
    st.download_button(
        f"{title_of_file(name)}, {len(table):,} rows",
        table_file(table),
        name,
        "text/csv",
        on_click="ignore",
        key=f"{name}-{key}",
        icon=":material/download:",
    )


def counted_words(orders: pd.DataFrame) -> str:
    """How many of the orders on hand are kept apart from demand and how many are in it."""
    parts = []
    for counted, words in zip(
        COUNTED, ("kept apart from demand", "in demand by the day of the order"), strict=True
    ):
        here = orders[orders["counted"] == counted]
        if len(here):
            units = total_text(float(here["units"].sum()))
            parts.append(f"{_count_of(int(here['rows'].sum()))} ({units} units) {words}")
    return "; ".join(parts)


def kept_apart_part(orders: pd.DataFrame, receipts: pd.DataFrame, key: str) -> None:
    """The orders on hand and the receipts of a file, each with its total, its table and its download; nothing where there are none."""
    if len(orders):
        st.subheader(f"Orders on hand: {_amounts(orders)}", anchor=False)
        st.caption(plain(f"{ON_HAND_RULE} Here: {counted_words(orders)}."))
        _shown(orders, f"Orders on hand by product and month due: {_amounts(orders)}")
        _download(orders, "orders_on_hand.csv", key)
    if len(receipts):
        st.subheader(f"Goods received: {_amounts(receipts)}", anchor=False)
        st.caption(_RECEIPTS)
        _shown(receipts, f"Goods received by product and month: {_amounts(receipts)}")
        _download(receipts, "receipts.csv", key)


def orders_of_product(orders: pd.DataFrame, sku: str) -> None:
    """What customers have on order of one product, by the month in which it is due; nothing where they have nothing."""
    here = orders[orders["sku"] == sku]
    if not len(here):
        return
    st.subheader(f"Orders on hand: {total_text(float(here['units'].sum()))} units", anchor=False)
    _shown(here.drop(columns="sku"), f"Orders on hand by month due: {_amounts(here)}")
    st.caption(plain(f"By the sales file: {counted_words(here)}. Units are those ordered."))
