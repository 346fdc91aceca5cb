"""Report: a page that prints, and what people take away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analytics.assumptions import FIELDS
from analytics.items import ASSUMED
from analytics.naming.figures import FIGURES
from analytics.naming.labels import (
    PLANS,
    Verdict,
    money_text,
    number_text,
    percent_text,
    strategy_text,
    total_text,
)
from analytics.strategy.money.totals import BLOCK_FORMULAS
from analytics.writeup.from_to import CHANGES, top_changes
from dashboard.levers.own_rule import own_rule_words
from dashboard.parts.downloads import downloads
from dashboard.parts.frame import opened
from dashboard.parts.gain_pictures import bridge_part, where_it_pays
from dashboard.parts.tables import in_narrow_window, show_table
from dashboard.product.two_together import with_together
from dashboard.results.facts import Facts
from dashboard.state import inputs
from dashboard.text.headline import headline
from dashboard.text.words import plain, value_text, verdict_text, wait_text


def safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Text of a table made plain, its index and headings too, because a printed table reads Markdown."""

    def text(cell: object) -> object:
        return plain(cell) if isinstance(cell, str) else cell

    return frame.map(text).rename(index=text, columns=text)


def printed(frame: pd.DataFrame, holds: str) -> None:
    """A table that prints as it stands; in a narrow window the cards that every page has there."""
    if in_narrow_window():
        show_table(frame.reset_index(), alt=holds)
    else:
        st.table(safe(frame), alt=holds)


def plans_table(facts: Facts) -> pd.DataFrame:
    """Plans with contribution, loss by block, cash and service."""
    rows = []
    for plan, name in PLANS.items():
        if plan not in facts.portfolio.money:
            continue
        money, service = facts.portfolio.money[plan], facts.portfolio.service[plan]
        row = {"Plan": name}
        if facts.has_money:
            row[FIGURES["profit"].label] = number_text(money["profit"], 3)
            row["5th to 95th percentile"] = (
                "recomputing"
                if facts.pending
                else f"{number_text(facts.portfolio.low[plan], 3)} to {number_text(facts.portfolio.high[plan], 3)}"
            )
            row |= {
                FIGURES[name].label: number_text(formula(money), 3)
                for name, formula in BLOCK_FORMULAS.items()
            }
            row[FIGURES["cash_tied_up"].label] = number_text(money["cash_tied_up"], 3)
        row["Wait"] = wait_text(
            service["share_waiting"], service["wait_days_median"], service["wait_days_p90"]
        )
        row["Quoted a wait"] = percent_text(service["share_quoted_a_wait"])
        row["Find the shelf empty"] = percent_text(service["share_shelf_empty"])
        row["Lost"] = percent_text(service["share_lost"])
        rows.append(row)
    return pd.DataFrame(rows).set_index("Plan")


def steps_table(facts: Facts, most: int = 20) -> pd.DataFrame:
    """The first products with what to do."""
    live = facts.products[~facts.products["ended"]]
    order = live.sort_values(["worth", "gain_per_year"], ascending=False, kind="stable").head(most)
    order = order[order["gain_per_year"] > 0] if (order["gain_per_year"] > 0).any() else order
    return pd.DataFrame(
        {
            "Product": order["name"],
            "SKU": order["sku"],
            "Today": order["counted_as"],
            "Today -> what to do": order["from_to"],
            "Gain": [number_text(v, 3) for v in order["gain_per_year"]] if facts.has_money else "",
            "by planning": [number_text(v if abs(v) >= 0.5 else 0.0, 3) for v in order["gain_by_planning"]]
            if facts.has_money
            else "",
            "by strategy": [number_text(v if abs(v) >= 0.5 else 0.0, 3) for v in order["gain_by_strategy"]]
            if facts.has_money
            else "",
            "Confidence": [verdict_text(v) for v in order["verdict"]],
        }
    ).set_index("Product")


def open_assumptions(facts: Facts) -> pd.DataFrame:
    """What nobody has confirmed, with value and range."""
    live = ~facts.products["ended"].to_numpy()
    rows = []
    for name, row in FIELDS.items():
        mine = live & (facts.items.origin(name) == ASSUMED)
        low, high = facts.items.range(name)
        if mine.any() and np.nanmax(high[mine]) > np.nanmin(low[mine]):
            value = facts.items.typical(name, mine)[0]
            ends = sorted((float(np.nanmin(low[mine])), float(np.nanmax(high[mine]))))
            rows.append(
                [
                    row.label,
                    value_text(name, value, facts.currency),
                    " to ".join(value_text(name, end, facts.currency) for end in ends),
                    f"{int(mine.sum()):,}",
                    row.source,
                ]
            )
    return pd.DataFrame(rows, columns=["Assumption", "Value", "Range", "Products", "Source"]).set_index(
        "Assumption"
    )


def show() -> None:
    """The page."""
    choice, facts = opened()
    facts = with_together(choice, facts)
    words = headline(facts)
    st.title(plain(words.title), anchor=False)
    st.caption(
        plain(
            f"{facts.title}{' (sample)' if facts.sample else ''}; {facts.intake.first_date} to {facts.intake.last_date}; "
            f"amounts in {facts.currency or 'the currency of the file'} over the next 12 months."
        )
    )
    for sentence in words.sentences:
        st.markdown(sentence)
    with st.container(key="no-print"):
        key = f"hide-names-{choice.source.digest[:8]}"
        st.session_state[key] = choice.anonymous
        st.toggle("Hide all names", key=key, on_change=lambda: inputs.hide_names(bool(st.session_state[key])),
                  help="Products, families, channels, customers and files get made-up names on every page, in every file and in the address. Figures stay the same.")  # fmt: skip
    if facts.has_money:
        where_it_pays(facts)
        bridge_part(facts)
    st.subheader("Plans on the same demand", anchor=False)
    printed(plans_table(facts), "Plans in figures")
    st.caption(
        "Booked cost, cost of capital and margin not earned are what stocking and waiting cost: a year in which all orders are known in advance would earn that much more. "
        "Ranges are of a single year and do not add. Who finds the shelf empty and does not wait is lost."
    )
    if facts.own_rule:
        st.caption(plain(f"Mine: {own_rule_words(facts)}"))
    if not facts.answer.keep_what_you_do:
        st.subheader("What to do first", anchor=False)
        printed(steps_table(facts), "What to do first")
    for kind in () if facts.answer.keep_what_you_do else ("switch", "stop", "increase", "decrease"):
        top = top_changes(facts.products, kind)
        if facts.has_money and len(top):
            lines = [
                f"{row['name']}, {row['from_to']} (+{number_text(float(row['gain_per_year']), 2)})"
                for _, row in top.iterrows()
            ]
            st.markdown(f"**{CHANGES[kind]}:** " + plain("; ".join(lines) + "."))
    if facts.has_money and abs(facts.shared) >= 0.5:
        st.caption(plain(f"Line 'shared components': {money_text(facts.shared, facts.currency, 3)}."))
    for _, row in facts.products[facts.products["verdict"] == Verdict.CHOSEN_BY_YOU].iterrows():
        st.markdown(
            f"- {plain(row['name'])}: {plain(strategy_text(row['recommended'], row['make_or_buy'] == 'make'))}. {plain(row['reason'])}"
        )
    st.subheader("Not confirmed", anchor=False)
    printed(open_assumptions(facts), "Assumptions that nobody has confirmed")
    st.subheader("The data", anchor=False)
    read = facts.intake.report
    st.markdown(
        plain(
            f"{read.rows_read:,} rows read, {read.rows_used:,} used, {read.rows_rejected:,} set aside; {total_text(read.gross_units)} units sold, "
            f"{total_text(read.returned_units)} returned; revenue "
            + (f"{read.revenue_used:,.2f}." if np.isfinite(read.revenue_used) else "not in the file.")
        )
    )
    for note in facts.notes:
        st.markdown(f"- {plain(note)}")
    with st.container(key="no-print-files"):
        st.subheader("Take away", anchor=False)
        downloads(choice, "report")
    st.caption(
        plain(
            f"stock-or-order {facts.version}, seed {facts.seed}, data {facts.digest[:16]}. Same file, seed and version: the same cent."
        )
    )


show()
