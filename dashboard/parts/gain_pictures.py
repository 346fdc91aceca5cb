"""The gain as pictures: where it pays to leave the shelf, the way from the file's margin to the mix, and what moves it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.naming.labels import Strategy, number_text, strategy_text
from analytics.strategy.portfolio.largest import order_over_stock_by_family
from analytics.strategy.what_if.gain_sensitivity import what_stays
from analytics.writeup.charts.books import bridge_chart
from analytics.writeup.charts.families import families_chart
from analytics.writeup.charts.theme import ink
from analytics.writeup.charts.tornado import tornado_chart
from analytics.writeup.takeaway.tables import moves_rows
from analytics.writeup.words.books import GAIN_GROUPS, bridge_bars, file_margin
from dashboard.parts.frame import draw, small
from dashboard.parts.tables import in_narrow_window
from dashboard.results.facts import Facts
from dashboard.text.words import field_words, plain

__all__ = ["TURNED_WORDS", "bridge_part", "family_table", "moves_part", "signed_text", "where_it_pays"]


def signed_text(value: float, unit: str = "") -> str:
    """A difference to two digits, with its sign, that no end of a line parts."""
    return f"{'+' if value > 0 else ''}{number_text(value, 2)}{unit}".replace(" ", "\u00a0")


def family_table(facts: Facts, most: int = 10) -> pd.DataFrame:
    """To order minus to stock by family, each product at the better of its to-order choices; the smallest families together."""
    products = facts.products
    alone = products["family"].nunique() < 2
    families = products["name"] if alone else [f or "no family" for f in products["family"]]
    living = ~products["ended"].to_numpy() & facts.priced
    return order_over_stock_by_family(facts.profit, facts.strategies, list(families), living, most)


def where_it_pays(facts: Facts) -> None:
    """One bar per family, both signs."""
    table = family_table(facts)
    if not len(table):
        return
    gains = table[table["difference"] > 0]
    one, many = ("family", "families") if facts.products["family"].nunique() > 1 else ("product", "products")
    title = (
        f"It pays to leave the shelf in {len(gains)} of {len(table)} {many}"
        if len(gains)
        else f"To stock wins for every {one}"
    )
    if len(gains) == len(table):
        title = f"It pays to leave the shelf for every {one}"
    st.subheader(title, anchor=False)
    small(
        f"{facts.currency or 'Money'} over the next 12 months, to order or assembled minus to stock, each product at its best setting. Right of zero: do not stock."
    )
    draw(
        families_chart(table, ink(st.context.theme.type)),
        alt="; ".join(
            f"{f}: {signed_text(float(d))}" for f, d in zip(table["family"], table["difference"], strict=True)
        )
        + " to order minus to stock",
    )
    used = [s for s in facts.strategies if s in set(table["strategy"])]
    words: dict[str, str] = {
        Strategy.MTS: "blue: stock",
        Strategy.ATO: "amber: assemble to order",
        Strategy.MTO: "magenta: make to order",
        Strategy.HYBRID: "green: split orders",
    }
    st.caption("Colour of a bar: " + ", ".join(words.get(s, strategy_text(s)) for s in used) + ".")


def bridge_part(facts: Facts) -> None:
    """From the gross margin of the file to the mix, step by step."""
    if facts.bridge is None or not facts.has_money:
        return
    steps = bridge_bars(facts.bridge, file_margin(facts.margin))
    groups = [f"{name} {number_text(facts.bridge.amount_of(name), 2)}" for name in GAIN_GROUPS]
    words = f"From today to the mix {number_text(facts.bridge.gain, 2)}: {', '.join(groups)}"
    st.subheader(plain(words), anchor=False)
    draw(bridge_chart(pd.DataFrame(steps), ink(st.context.theme.type)), alt=words)
    small(
        "Over the next 12 months; in full among the files of the page Report: From today to the mix."
        " Cash released, write-downs and the cost of switching happen once and are not in it."
    )


#: What a tick on a bar stands for.
TURNED_WORDS = "The tick marks where the choice of products with more than a tenth of the gain has turned."


def moves_part(facts: Facts, most: int, least_share: float = 0.0) -> None:
    """The gain at both ends of the assumptions that move it most, by at least `least_share` of it; nothing where none does."""
    shown = moves_rows(facts.sensitivity, facts.portfolio.gain, facts.currency, most, least_share)
    if not len(shown):
        return
    st.subheader(f"What moves the gain most: {field_words(str(shown['field'].iloc[0]))}", anchor=False)
    against = facts.baseline_name.split(" (")[0]
    marked = bool(shown["turns_at"].notna().any())
    small(
        f"Gain over {against}, {facts.currency or 'money'} over 12 months, at the ends of each bar with the value at which it is that: each assumption at the ends of its range "
        f"and the others in the middle, {what_stays(facts.shared)}." + (" " + TURNED_WORDS if marked else "")
    )
    draw(
        tornado_chart(shown, facts.portfolio.gain, ink(st.context.theme.type), narrow=in_narrow_window()),
        alt="; ".join(
            f"{a}: gain {number_text(b, 2)} to {number_text(c, 2)}"
            for a, b, c in zip(shown["label"], shown["at_low"], shown["at_high"], strict=True)
        ),
    )
