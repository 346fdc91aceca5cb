"""Products: a map and a table by money at stake; a row opens the product.

One concept: the table of all products, what narrows it, and what each of its columns says.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from analytics.naming.labels import Strategy, money_text, number_text, percent_text, strategy_text
from analytics.naming.scales import in_thousands
from analytics.strategy.present.listing import unlisted_in
from analytics.valuation.valued import ValuedStock
from analytics.writeup.tables import RECOMMENDATION_COLUMNS
from dashboard.parts.downloads import table_file
from dashboard.parts.frame import opened, small
from dashboard.parts.tables import XLSX, in_narrow_window, show_table, sparklines, workbook_of
from dashboard.product.found import SORTS, found_rows, found_words, pages_of, sorted_rows
from dashboard.product.own_choice import family_part, found_part
from dashboard.product.page import product_page
from dashboard.product.portfolio import map_part
from dashboard.results import compute
from dashboard.results.facts import Facts, Known
from dashboard.state import inputs
from dashboard.state.address import KINDS, show_only, shown
from dashboard.state.choice import Choice
from dashboard.text.words import below_cost, counts_of, plain, verdict_text, waits_of, ways_of

#: Products up to which one is opened from a list; of more its code is typed.
MOST_LISTED = 2000


def table_of(
    facts: Facts, valued: ValuedStock | None = None, rows: NDArray[np.intp] | None = None
) -> pd.DataFrame:
    """One row per product for the screen: those at `rows`, in that order (None: all, most money at stake first, ended ones last); stock as it is `valued`."""
    rows = sorted_rows(facts, facts.valued if valued is None else valued, "stake") if rows is None else rows
    products = facts.products.iloc[rows].reset_index(drop=True)
    books = facts.valued if valued is None else valued
    make = products["make_or_buy"].to_numpy() == "make"
    table = pd.DataFrame(
        {
            "sku": products["sku"],
            "Product": products["name"],
            "Family": products["family"],
            "Do": [
                "Nothing: ended"
                if ended
                else said.capitalize()
                if said.startswith("not worth")
                else strategy_text(s, bool(m)).capitalize()
                + (said.removeprefix("to order") if said.startswith("to order,") else "")
                for s, m, said, ended in zip(
                    ways_of(facts)[rows], make, products["availability"], products["ended"], strict=True
                )
            ],
            "Confidence": [
                "Ended" if ended else verdict_text(v, short=True)
                for v, ended in zip(products["verdict"], products["ended"], strict=True)
            ],
            "Gain": in_thousands(products["gain_per_year"]),
            "Lead": in_thousands(products["lead_over_runner_up"]),
            "Wave": [str(w) if w else "" for w in products["wave"]],
            "Who waits": waits_of(products),
            "Today": products["counted_as"],
            "Today -> what to do": products["from_to"],
            "Planning": in_thousands(products["gain_by_planning"]),
            "Strategy": in_thousands(products["gain_by_strategy"]),
            "Orders": products["orders_on_hand"],
            "Due": products["orders_due"],
            "Stock": in_thousands(books.stock.book_value[rows]),
            "Excess": in_thousands(books.stock.excess_value[rows]),
            "Reserve": in_thousands(books.reserve[rows]),
            "Stop": products["stop_ordering"],
            "Sales": sparklines(facts, rows),
        }
    )
    return table


def rule_part(facts: Facts) -> None:
    """The rule that sales can use, with what it keeps and what it costs."""
    rule = facts.rule
    if not rule or not facts.has_money:
        return
    kept, wrong = float(rule["share_of_gain_kept"]), int(rule["products_wrong"])
    with st.container(border=True):
        st.markdown("**A rule that sales can use:** " + plain(" ".join(rule["sentences"])))
        decided = f"{rule['products']} decided products"
        right = (
            f"It sends {wrong} of {decided} elsewhere than the table"
            if wrong
            else f"It agrees with the table on all {decided}"
        )
        cost = (
            f", which costs {money_text(float(rule['lost_per_year']), facts.currency)} a year"
            if wrong
            else ""
        )
        if kept <= 0.0:
            small(
                f"No simple rule holds: on products it was not made from it keeps nothing of the gain. {right}{cost}. Use the table."
            )
        else:
            small(
                f"On products it was not made from it keeps {percent_text(min(kept, 1.0))} of the gain. {right}{cost}."
            )


def _narrowed() -> None:
    show_only(st.session_state["product-search"], tuple(st.session_state["product-filter"] or ()))


def _opened_one() -> None:
    st.session_state["product"] = st.session_state["product-open"]


_SORT = "_products sorted by"


def _sorted_by() -> tuple[str, bool]:
    kept: tuple[str, bool] = st.session_state.get(_SORT, ("stake", False))
    return kept


def _sorts() -> None:
    st.session_state[_SORT] = (
        str(st.session_state["product-sort"]),
        bool(st.session_state["product-upward"]),
    )


def _sort_part(facts: Facts) -> tuple[str, bool]:
    """What the whole table is sorted by, and whether from the other end."""
    money = ("gain", "lead", "stock", "excess", "reserve") if not facts.has_money else ()
    by, upward = _sorted_by()
    by = by if by not in money else "stake"
    st.session_state["product-sort"], st.session_state["product-upward"] = by, upward
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Sorted by",
            [name for name in SORTS if name not in money],
            format_func=SORTS.__getitem__,
            key="product-sort",
            on_change=_sorts,
            width=220,
            help="All products that are found, not those of the page alone.",
        )
        st.toggle("The other way round", key="product-upward", on_change=_sorts)
    return by, upward


def _open_part(facts: Facts, place: DeltaGenerator) -> None:
    """A product opened by name from a list, or of many by its code."""
    if len(facts.products) > MOST_LISTED:
        place.text_input("Open a product", key="product-open", placeholder="its SKU", on_change=_opened_one)
        return
    listed = facts.products.iloc[sorted_rows(facts, facts.valued, "stake")]
    names = {
        str(sku): f"{name} ({sku})" if name != sku else str(sku)
        for sku, name in zip(listed["sku"], listed["name"], strict=True)
    }
    place.selectbox(
        "Open a product",
        list(names),
        index=None,
        format_func=lambda sku: names[sku],
        key="product-open",
        placeholder="choose",
        on_change=_opened_one,
    )


def take_part(facts: Facts, rows: NDArray[np.intp]) -> None:
    """What is found, as a file: the columns of the recommendation for these products in the order of the table, cells that no spreadsheet runs."""
    table = facts.products.iloc[rows]
    table = table[[c for c in RECOMMENDATION_COLUMNS if c in table.columns]]
    with st.container(horizontal=True):
        for kind, mime, make in (
            ("CSV", "text/csv", table_file(table)),
            ("XLSX", XLSX, lambda: workbook_of([("Products", lambda: table)])),
        ):
            st.download_button(
                f"These {len(rows):,} products ({kind})",
                make,
                f"recommendation.{kind.lower()}",
                mime,
                on_click="ignore",
                key=f"products-found-{kind}",
                icon=":material/download:",
                type="tertiary",
            )


def overview(choice: Choice, facts: Facts) -> None:
    """The table of all products."""
    count = counts_of(facts)
    doing = {
        Strategy.MTS: "to stock",
        Strategy.ATO: "to assemble",
        Strategy.MTO: "to order",
        Strategy.HYBRID: "split orders",
    }
    parts = [f"{number_text(n, 6)} {words}" for name, words in doing.items() if (n := count.get(name, 0))]
    ended = int(facts.products["ended"].sum())
    unlisted = unlisted_in(facts.products.loc[~facts.products["ended"], "availability"].to_numpy(object))
    parts[-1:] = [f"{one}{f'; {unlisted:,} of these not worth listing' if unlisted else ''}" for one in parts[-1:]]  # fmt: skip
    st.title(f"{', '.join(parts) or 'No living product'}{f'; {ended} ended' if ended else ''}", anchor=False)
    picked_on_map = map_part(facts)
    valued = compute.stock_valued(choice, facts)
    opens = "choose one to open it" if in_narrow_window() else "select a row to open the product"
    first = (
        "Most money at stake first"
        if _sorted_by() == ("stake", False)
        else f"Sorted by {SORTS[_sorted_by()[0]]}"
    )
    st.subheader(f"{first}: {opens}", anchor=False)
    left, middle, right = st.columns([2, 2, 1.2], vertical_alignment="bottom")
    sought, wanted = shown()
    st.session_state["product-search"], st.session_state["product-filter"] = sought, list(wanted)
    left.text_input("Search", key="product-search", placeholder="product or SKU", on_change=_narrowed)
    middle.pills("Show", KINDS, selection_mode="multi", key="product-filter", on_change=_narrowed)
    _open_part(facts, right)
    here = found_rows(facts, sought, wanted, picked_on_map)
    by, upward = _sort_part(facts)
    every = sorted_rows(facts, valued, by, upward)
    every = every[here[every]]
    narrowed = found_words(sought, wanted, picked_on_map is not None)
    if picked_on_map is not None:
        small(f"{len(every):,} products picked on the map. Click beside its rectangle to see all again.")
    if narrowed:
        small(f"{len(every):,} of {len(facts.products):,} products: {narrowed}.")
    pages = pages_of(every)
    page = 1
    if len(pages) > 1:
        page = int(st.pagination(len(pages), key=f"product-page-{facts.digest[:8]}-{by}-{upward}-{narrowed}"))
    rows = pages[page - 1]
    if len(pages) > 1:
        before = sum(len(one) for one in pages[: page - 1])
        small(f"Rows {before + 1:,} to {before + len(rows):,} of {len(every):,}.")
    table = table_of(facts, valued, rows)
    money = f", k {facts.currency}".rstrip() if facts.currency else ", k"
    gains = ["Gain", "Planning", "Strategy", "Wave", "Lead"] if facts.has_money else []
    order = [
        "Product",
        "Do",
        "Today -> what to do",
        *gains[:1],
        "Confidence",
        *([] if (table["Product"] == table["sku"]).all() else ["sku"]),
        *(["Stock", "Excess", "Reserve"] if facts.stock.known and facts.has_money else []),
        *(["Stop"] if (table["Stop"] != "").any() else []),
        *gains[1:],
        "Today",
        *(["Orders", "Due"] if len(facts.orders_on_hand) else []),
        "Who waits",
        "Sales",
    ]
    picked = show_table(
        table,
        hide_index=True,
        width="stretch",
        height=min(38 + 35 * max(len(table), 1), 668),
        column_order=order,
        on_select="rerun",
        selection_mode="single-row",
        key=f"products-{facts.digest[:8]}",
        column_config={
            "Product": st.column_config.TextColumn(pinned=True, width=208),
            "sku": st.column_config.TextColumn("SKU", width=95),
            "Do": st.column_config.TextColumn(width=112),
            "Confidence": st.column_config.TextColumn(width=150),
            "Gain": st.column_config.NumberColumn(
                f"Gain{money}", format="%.1f", width=85, help=f"Against {facts.baseline_name}, over 12 months"
            ),
            "Lead": st.column_config.NumberColumn(
                f"Lead{money}",
                format="%.1f",
                width=85,
                help="Of the recommended strategy over the second best",
            ),
            "Wave": st.column_config.TextColumn(
                width=55,
                help="In which order to change: wave 1 brings 80 % of the gain, waves 1 and 2 bring 95 %",
            ),
            "Who waits": st.column_config.TextColumn(width=100),
            "Orders": st.column_config.NumberColumn(
                "Orders on hand",
                format="localized",
                width=85,
                help="Units that customers have on order, by the sales file",
            ),
            "Due": st.column_config.TextColumn("First due", width=75),
            "Stock": st.column_config.NumberColumn(
                f"Stock{money}",
                format="%.1f",
                width=85,
                help="On hand at unit cost; empty where stock or cost is unknown",
            ),
            "Excess": st.column_config.NumberColumn(
                f"Excess{money}",
                format="%.1f",
                width=85,
                help="Stock beyond the months of expected demand set on Stock and risk",
            ),
            "Reserve": st.column_config.NumberColumn(
                f"Reserve{money}",
                format="%.1f",
                width=85,
                help="What the rules set on Stock and risk ask for",
            ),
            "Stop": st.column_config.TextColumn(
                "Stop ordering",
                width=165,
                help="While stock is above what the plan holds: at high and at low demand",
            ),
            "Sales": st.column_config.AreaChartColumn("Sales, by month", width=110, color="gray"),
            "Today": st.column_config.TextColumn("Today counted as", width=260),
            "Today -> what to do": st.column_config.TextColumn(width=432),
            "Planning": st.column_config.NumberColumn(
                "by planning",
                format="%.1f",
                width=80,
                help="Part of the gain that planning the strategy of today anew brings",
            ),
            "Strategy": st.column_config.NumberColumn(
                "by strategy", format="%.1f", width=80, help="Part of the gain that the other strategy adds"
            ),
        },
        alt=f"{len(table)} products by {SORTS[by]} with recommendation, confidence, gain, lead and wait",
    )
    selected = picked["selection"]["rows"] if picked else []
    if selected and selected[0] < len(table):
        st.session_state["product"] = str(table.iloc[selected[0]]["sku"])
        st.rerun()
    take_part(facts, every)
    rule_part(facts)
    found_part(facts, choice, every, narrowed)
    family_part(facts, choice)
    if facts.has_money:
        own, headline = (
            money_text(value, facts.currency, 3)
            for value in (float(facts.products["gain_per_year"].sum()), facts.portfolio.gain)
        )
        apart = (
            f" ({own}) and the line 'shared components' ({money_text(facts.shared, facts.currency, 3)})"
            if abs(facts.shared) >= 0.5
            else ""
        )
        small(f"The gains of the products{apart} make the headline ({headline}).")
    below = below_cost(facts)
    if below.any():
        st.caption(
            plain(
                f"{int(below.sum())} product{'s sell' if below.sum() != 1 else ' sells'} below cost: fix the price first. Not in the headline."
            )
        )


def show() -> None:
    """The page."""
    choice, facts = opened(need=Known.TURNS)
    sku = st.session_state.get("product")
    if sku is not None and sku in set(facts.products["sku"]):
        product_page(choice, facts, facts.position(str(sku)))
        return
    if sku is not None:
        st.warning(
            plain(f"The address names product {sku}, which is not among these data."), icon=":material/info:"
        )
        inputs.close_products()
    overview(choice, facts)


show()
