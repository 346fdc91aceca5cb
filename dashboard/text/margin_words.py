"""The control line of the money on the screen: the file's gross margin beside the program's, and where every amount went."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.naming.labels import percent_text
from dashboard.parts.frame import small
from dashboard.parts.tables import show_table
from dashboard.results import compute
from dashboard.results.facts import Facts
from dashboard.state.choice import Choice
from dashboard.text.words import plain

__all__ = ["below_text", "margin_of_year", "margin_part", "margin_rows", "part_rows"]


def _digits(value: float) -> str:
    return f"{value:,.2f}" if math.isfinite(value) else "not in the file"


def below_text(margin: Mapping[str, Any]) -> str:
    """How many products sell below cost, living and ended apart; empty where none do.

    >>> below_text({"below_cost": {"living": 2, "ended": 1, "of_variable_cost": False}})
    '2 products sell below cost; apart from these, 1 that has ended did.'
    """
    found = margin["below_cost"]
    living, ended = int(found["living"]), int(found["ended"])
    what = "variable cost" if found["of_variable_cost"] else "cost"
    said = [f"{living:,} product{' sells' if living == 1 else 's sell'} below {what}"] if living else []
    if ended:
        gone = f"{ended:,} that {'has' if ended == 1 else 'have'} ended did"
        said.append(
            f"apart from these, {gone}"
            if living
            else f"{ended:,} product{' that has' if ended == 1 else 's that have'} ended sold below {what}"
        )
    return "; ".join(said) + "." if said else ""


def margin_rows(facts: Facts) -> pd.DataFrame:
    """The three margins and their differences, with all digits: columns what, amount."""
    margin = facts.margin
    rows = [
        ("revenue of products with a cost", margin["revenue"]),
        ("gross margin at the costs of the lines", margin["at_lines"]),
        ("gross margin at the items' costs", margin["at_items"]),
        ("the same units at our prices and costs", margin["at_program"]),
        ("lines less items", margin["lines_less_items"]),
        ("ours less items", margin["program_less_items"]),
    ]
    if not math.isfinite(margin["at_lines"]):
        rows = [
            r for r in rows if not r[0].startswith(("gross margin at the costs of the lines", "lines less"))
        ]
    return pd.DataFrame(
        [(what, _digits(float(amount))) for what, amount in rows],
        columns=["what", facts.currency or "amount"],
    )


def part_rows(facts: Facts) -> pd.DataFrame:
    """Where every line of the file went, those with any line; closed by the whole file: columns what, lines, units, revenue."""
    parts = facts.margin["parts"]
    shown = [p for p in parts if p["lines"]]
    whole = {
        "what": "The whole file",
        **{key: sum(p[key] for p in parts) for key in ("lines", "units", "revenue")},
    }
    rows = [
        (p["what"], f"{p['lines']:,}", f"{p['units']:,.2f}".rstrip("0").rstrip("."), f"{p['revenue']:,.2f}")
        for p in (*shown, whole)
    ]
    return pd.DataFrame(rows, columns=["what", "lines", "units", "revenue"])


def margin_of_year(choice: Choice) -> Callable[[int], str]:
    """What says the gross margin of a calendar year."""

    def told(year: int) -> str:
        from analytics.demand.margin import margin_of_year as of_year

        current = compute.study(choice, sure=False)
        return of_year(current.history, current.items, year)

    return told


def margin_part(facts: Facts, whole: bool = False) -> None:
    """The control line; `whole`: also where every amount of the file went, and what has no cost."""
    controlled = facts.has_money and bool(facts.margin["products"])
    if not whole:
        if controlled:
            _control_part(facts)
        return
    if controlled:
        left, right = st.columns(2, gap="large")
        with left:
            _control_part(facts)
        with right:
            _amounts_part(facts)
    else:
        _amounts_part(facts)
    _without_cost_part(facts)


def _control_part(facts: Facts) -> None:
    """The margin of the file beside ours."""
    from analytics.demand.margin import gap_share

    margin = facts.margin
    gap = margin["program_less_items"]
    share = percent_text(gap_share(gap, margin["at_items"]))
    title = (
        "Our margin is that of the file, to the cent"
        if abs(gap) < 0.005
        else f"Our margin differs from the file's by {share}"
    )
    if abs(gap) < 0.005 and margin["warnings"]:
        title = "The costs of the sales lines and of the items do not agree: which are right?"
    st.subheader(title, anchor=False)
    days = f"Sold from {margin['first_day']} to {margin['last_day']}, the last twelve months that are fitted"
    small(f"{days}; {margin['products']:,} products. {below_text(margin)}")
    table = margin_rows(facts)
    show_table(
        table,
        hide_index=True,
        width="stretch",
        alt="Gross margin: " + "; ".join(f"{a} {b}" for a, b in table.itertuples(index=False)),
    )
    for warning in margin["warnings"]:
        st.warning(plain(warning))


def _amounts_part(facts: Facts) -> None:
    """Where every amount of the file went, and prices that differ between channels."""
    margin = facts.margin
    if math.isfinite(facts.intake.report.revenue_used):
        st.subheader("Where every amount of the file went", anchor=False)
        parts = part_rows(facts)
        told = "; ".join(
            f"{what} {revenue}" for what, revenue in zip(parts["what"], parts["revenue"], strict=True)
        )
        show_table(
            parts,
            hide_index=True,
            width="stretch",
            alt=f"Lines, units and revenue by what they count as: {told}",
        )
        for note in margin["notes"]:
            st.caption(plain(note))
        if rows := margin["prices_by_channel"]:
            with st.expander("Prices that differ between channels"):
                each = [
                    (
                        r["sku"],
                        r["channel"],
                        f"{r['units']:,.2f}".rstrip("0").rstrip("."),
                        f"{r['price']:,.2f}",
                        f"{r['mixed']:,.2f}",
                    )
                    for r in rows
                ]
                table = pd.DataFrame(
                    each,
                    columns=["product", "channel", "units", "price there", "price mixed by what each sold"],
                )
                show_table(
                    table,
                    hide_index=True,
                    width="stretch",
                    alt="Prices by channel of the products where they differ by more than 5 %",
                )


def _without_cost_part(facts: Facts) -> None:
    """Products without a unit cost, with what they bring."""
    margin = facts.margin
    if margin["without_cost"] and facts.has_money:
        rows = margin["without_cost"]
        st.subheader(
            f"What do these cost? {len(rows):,} product{'' if len(rows) == 1 else 's'} without a unit cost",
            anchor=False,
        )
        small("Blank or 0 in the items file and in no margin. Their revenue:")
        shown = [
            (r["sku"], f"{r['units']:,.2f}".rstrip("0").rstrip("."), f"{r['revenue']:,.2f}") for r in rows
        ]
        show_table(
            pd.DataFrame(shown, columns=["product", "units", "revenue"]),
            hide_index=True,
            width="stretch",
            alt="Products without a unit cost, with revenue",
        )
