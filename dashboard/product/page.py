"""One product: what was sold and is expected, its strategies side by side, reasons, what to do, inputs.

One concept: the page of one product. Every part is about the same product and is drawn once, in the order of
`product_page`; what is searched or chosen on it stands in the files beside.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analytics.items import ITEM_FIELDS, ORIGINS
from analytics.naming.figures import FIGURES
from analytics.naming.labels import (
    COMPONENTS,
    Strategy,
    Verdict,
    money_text,
    number_text,
    percent_text,
    strategy_text,
    units_text,
    value_text,
)
from analytics.naming.what_ifs import GIVEN_FIELDS, PART_COST, moved_by, moved_words
from analytics.policy.levels import point_text
from analytics.writeup.charts.theme import ink
from dashboard.charts.demand import demand_chart
from dashboard.charts.stock import stock_chart
from dashboard.file.kept_apart import orders_of_product
from dashboard.levers.service import service_cost_part
from dashboard.number_form import spoken_rows
from dashboard.parts.frame import draw, small, waiting
from dashboard.parts.tables import show_table
from dashboard.product.own_choice import override_part
from dashboard.product.stock import books_of_product, switching_cost_part
from dashboard.product.turning import SHORT_WORDS, quotes_part, turning_part
from dashboard.product.two_together import holds_badge
from dashboard.results import past_results, product_results
from dashboard.results.facts import Facts
from dashboard.state.choice import Choice
from dashboard.text.explain import FIGURES_EXPLAINED, explanation, sources_text
from dashboard.text.words import how, missing_text, plain, verdict_text, wait_text

__all__ = ["product_page", "title_of"]

PERIOD_WORDS = {"D": "day", "W": "week", "M": "month"}
AHEAD = {"D": 91, "W": 39, "M": 12}
BEHIND = {"D": 182, "W": 104, "M": 36}


def demand_part(choice: Choice, facts: Facts, i: int) -> None:
    """What was sold and what is expected."""
    sku = str(facts.products.at[i, "sku"])
    period = PERIOD_WORDS[facts.frequency]
    with waiting("Forecast") as progress:
        table = product_results.forecast_of(choice, sku, AHEAD[facts.frequency], progress)
    table = table.assign(period=pd.to_datetime(table["period"]))
    back = BEHIND[facts.frequency]
    any_sale = np.flatnonzero(facts.demand[i] > 0)
    begin = max(len(facts.starts) - back, (int(any_sale[0]) if len(any_sale) else 0) - 1, 0)
    sold = pd.DataFrame(
        {"period": pd.to_datetime(facts.starts[begin:]), "units": facts.demand[i, begin:].astype(float)}
    )
    year = float(facts.units["units_demanded"][i, 0])
    st.subheader(f"Demand: {number_text(year)} units expected over 12 months", anchor=False)
    draw(
        demand_chart(sold, table, ink(st.context.theme.type)),
        alt=f"Sold by {period} and expected demand with bands",
    )
    st.caption(
        plain(
            f"Units a {period}. Solid: sold. Dashed: expected, the chance of having ended counted; bands: half and nine tenths of futures. Forecast: {table['method'].iloc[0]}."
        )
    )


def stock_part(choice: Choice, sku: str) -> None:
    """The stock as it would have run, where the past is replayed."""
    table = past_results.stock_replayed(
        choice, int(st.session_state.get(past_results.DATES_KEPT, past_results.SAMPLE_DATES)), sku
    )
    if table is None:
        return
    short = int((table["short"] > 0).sum())
    if not table["on_hand"].any() and not short:
        small(f"Replayed from {table['period'].iloc[0]:%d %b %Y}: no finished stock would have been held.")
        return
    st.subheader(
        f"Stock as it would have run: {number_text(float(table['on_hand'].mean()), 2)} on average, short in {short} of {len(table)} weeks",
        anchor=False,
    )
    draw(
        stock_chart(table, ink(st.context.theme.type)),
        alt=f"Stock replayed week by week, short in {short} of {len(table)} weeks",
    )
    small(
        "Had the recommendation of each past date been followed, with the demand that really came. Bars below: units not served at once."
    )


def strategies_part(facts: Facts, i: int, make: bool) -> None:
    """Money and service of each strategy offered."""
    offered = [k for k in range(len(facts.strategies)) if np.isfinite(facts.units["units_demanded"][i, k])]
    names = [
        (
            SHORT_WORDS[Strategy.HYBRID]
            if facts.strategies[k] == Strategy.HYBRID
            else strategy_text(facts.strategies[k], make)
        ).capitalize()
        for k in offered
    ]
    rows: dict[str, list[str]] = {}

    def years(low: float, high: float) -> str:
        return "recomputing" if facts.pending else f"{number_text(low, 2)} / {number_text(high, 2)}"

    if np.isfinite(facts.profit[i, offered[0]]):
        rows["Contribution after stock costs"] = [number_text(facts.profit[i, k], 3) for k in offered]
        rows["  1 year in 20 below / above"] = [years(facts.low[i, k], facts.high[i, k]) for k in offered]
        if len(offered) > 1:
            less = facts.against_best[i, offered]
            rows["Against the best"] = [
                "the best" if value == 0.0 else number_text(value, 2) for value, _, _ in less
            ]
            rows["   1 year in 20 below / above"] = [
                "" if value == 0.0 else years(low, high) for value, low, high in less
            ]
        for c, name in enumerate(COMPONENTS):
            values = [facts.components[i, k, c] for k in offered]
            if any(abs(v) >= 0.5 for v in values):
                rows[f"− {COMPONENTS[name].label}"] = [
                    number_text(v if abs(v) >= 0.5 else 0.0, 2) for v in values
                ]
        rows["Best in ... of all variations"] = [
            "recomputing" if facts.pending else percent_text(float(facts.probability_best[i, k]))
            for k in offered
        ]
        rows["Cash in stock"] = [
            number_text(facts.cash[i, k] if abs(facts.cash[i, k]) >= 0.5 else 0.0, 2) for k in offered
        ]
    rows["Orders that wait"] = [
        wait_text(facts.units["share_waiting"][i, k], facts.wait_median[i, k]) for k in offered
    ]
    for label, measure in (
        ("  quoted a wait", "share_quoted_a_wait"),
        ("  find the shelf empty", "share_shelf_empty"),
    ):
        rows[label] = [percent_text(facts.units[measure][i, k]) for k in offered]
    rows["Sales lost"] = [percent_text(facts.units["share_lost"][i, k]) for k in offered]
    st.subheader(
        f"{len(offered)} strategies on the same demand" if len(offered) > 1 else "One strategy is offered",
        anchor=False,
    )
    show_table(
        pd.DataFrame(rows, index=names).T.rename_axis("").reset_index(),
        hide_index=True,
        width="stretch",
        height="content",
        alt="Strategies side by side",
    )
    small(
        f"{facts.currency or 'Money'} over 12 months; the components are what stocking and waiting cost: knowing all orders in advance would save them."
        if np.isfinite(facts.profit[i, offered[0]])
        else f"Units and days only: {missing_text(facts, i)}."
    )


def _origins_moved(choice: Choice, facts: Facts, i: int) -> dict[str, str]:
    """Of the fields that a what-if moves, in the place of their origin: by how much, on top of what."""
    moved = choice.assumptions.what_if
    if not moved:
        return {}
    real, family = product_results.real_names(choice, i)
    out = {}
    for name in facts.items.values:
        origin = ORIGINS[int(facts.items.origin(name)[i])]
        change = moved_by(moved, name, real, family)
        if change and (name not in GIVEN_FIELDS or origin == "given"):
            out[name] = f"{moved_words(change)} on top of what is {origin}"
    parts = moved_by(moved, PART_COST, "", "")
    if parts and choice.source.bom is not None and product_results.made_of_parts(choice, i):
        out["unit_cost"] = "; ".join(
            part for part in (out.get("unit_cost", ""), f"its parts {moved_words(parts)}") if part
        )
    return out


def inputs_part(choice: Choice, facts: Facts, i: int) -> None:
    """Every value used for this product, with where it came from."""
    rows = []
    moved = _origins_moved(choice, facts, i)
    for name, field in ITEM_FIELDS.items():
        origin = int(facts.items.origin(name)[i])
        if origin == 0 or name in ("name",):
            continue
        value = facts.items[name][i]
        low, high = (
            (column[i] for column in facts.items.range(name)) if field.kind == "number" else (np.nan, np.nan)
        )
        text = (
            str(value)
            if field.kind in ("text", "date")
            else ("yes" if value else "no")
            if field.kind == "flag"
            else value_text(float(value))
        )
        rows.append(
            [
                field.label,
                text,
                field.unit,
                moved.get(name, ORIGINS[origin] + (" by you" if ORIGINS[origin] == "confirmed" else "")),
                f"{value_text(float(low))} to {value_text(float(high))}"
                if np.isfinite(low) and high > low
                else "",
            ]
        )
    with st.expander(f"Inputs: {len(rows)} values and where they come from"):
        show_table(
            pd.DataFrame(rows, columns=["what", "value", "unit", "origin", "range"]),
            hide_index=True,
            width="stretch",
            alt="Inputs of this product with origin and range",
        )


@st.fragment
def computed_part(facts: Facts, i: int, make: bool) -> None:
    """How any figure of this product comes about, under any strategy offered."""
    offered = [k for k in range(len(facts.strategies)) if np.isfinite(facts.units["units_demanded"][i, k])]
    if not offered:
        return
    money = bool(np.isfinite(facts.profit[i, offered]).any())
    names = [name for name in FIGURES_EXPLAINED if money or not FIGURES[name].unit.startswith("money")]
    with st.expander("How is each figure computed?"):
        name = st.selectbox("Figure", names, format_func=lambda one: FIGURES[one].label, key=f"figure-{i}")
        best = int(facts.choice[i])
        k = st.selectbox(
            "Strategy",
            offered,
            index=offered.index(best) if best in offered else 0,
            format_func=lambda one: strategy_text(facts.strategies[one], make).capitalize(),
            key=f"figure-strategy-{i}",
        )
        one = explanation(facts, i, k, name)
        st.markdown(plain(one.meaning))
        if one.formula:
            st.code(one.formula, language=None, wrap_lines=True)
        st.caption(plain(one.origins))
        st.caption(sources_text(one))


def from_to_part(facts: Facts, i: int) -> None:
    """Today's way, level, lot and quote beside what to do, and where the gain comes from."""
    product = facts.products.iloc[i]
    st.markdown(f"**{plain(product['from_to'])}**")
    rows = {
        "Way": [
            str(product["counted_as"]),
            strategy_text(str(product["recommended"]), product["make_or_buy"] == "make"),
        ]
    }
    lots = [float(product["today_order_quantity"]), float(product["order_quantity"])]
    for name, label in (
        ("reorder_point", "Reorder point"),
        ("order_up_to_level", "Order up to"),
        ("order_quantity", "Lot"),
        ("quote_days", "Days quoted"),
    ):
        values = [float(product[f"today_{name}"]), float(product[name])]
        if np.isfinite(values).any():
            rows[label] = [
                ""
                if not np.isfinite(value) or (lot == 0.0 and name == "order_up_to_level")
                else point_text(value, lot)
                if name == "reorder_point"
                else units_text(value)
                for value, lot in zip(values, lots, strict=True)
            ]
    if np.isfinite(product["profit_today"]) and facts.has_money:
        rows["Contribution after stock costs"] = [
            number_text(float(value), 3)
            for value in (product["profit_today"], product["profit_today"] + product["gain_per_year"])
        ]
    st.table(spoken_rows(pd.DataFrame(rows, index=["Today", "What to do"]).T.map(plain)))
    if abs(float(product["gain_per_year"])) >= 0.5:
        parts = [f"{number_text(float(product[name]), 2)} {words}" for name, words in (("gain_by_planning", "by planning"), ("gain_by_strategy", "by the strategy"))
                 if abs(float(product[name])) >= 0.5]  # fmt: skip
        st.caption(
            plain(
                f"Gain {money_text(float(product['gain_per_year']), facts.currency)} a year: {', '.join(parts)}."
            )
        )


def title_of(facts: Facts, i: int) -> str:
    """The finding of a product."""
    product = facts.products.iloc[i]
    make = product["make_or_buy"] == "make"
    name = plain(product["name"])
    if product["ended"]:
        return f"{name}: ended, nothing to decide"
    words = strategy_text(str(product["recommended"]), bool(make))
    gain = float(product["gain_per_year"])
    if not np.isfinite(facts.profit[i, 0]):
        return f"{name}: {words}, no money known"
    if product["verdict"] == Verdict.TOO_CLOSE:
        return f"{name}: too close to call, stays {words}"
    if abs(gain) >= 0.5:
        return f"{name}: {words}, {money_text(abs(gain), facts.currency)} {'better' if gain > 0 else 'worse'} than {facts.compared_with.against} over 12 months"
    lead = float(product["lead_over_runner_up"])
    return f"{name}: {words}" + (
        f", {money_text(lead, facts.currency)} ahead of the second best"
        if np.isfinite(lead) and lead > 0
        else ""
    )


def product_page(choice: Choice, facts: Facts, i: int) -> None:
    """One product."""
    product = facts.products.iloc[i]
    make = bool(product["make_or_buy"] == "make")
    if st.button("All products", icon=":material/arrow_back:", type="tertiary"):
        st.session_state.pop("product", None)
        st.session_state.pop("product-open", None)
        st.rerun()
    st.title(title_of(facts, i), anchor=False)
    colour = (
        "green"
        if product["verdict"] == Verdict.CLEAR
        else "blue"
        if product["verdict"] == Verdict.CHOSEN_BY_YOU
        else "gray"
        if product["verdict"] == Verdict.NOT_DECIDABLE
        else "orange"
    )
    sure = str(product["best_in"])
    turns = f" {product['turns'][:1].upper()}{product['turns'][1:]}." if product["turns"] else ""
    badge = "Ended" if product["ended"] else verdict_text(product["verdict"])
    if product["verdict"] == Verdict.CLEAR and not product["ended"]:
        badge = holds_badge(choice, str(product["sku"]))
    st.markdown(f":{colour}-badge[{plain(badge)}] {plain(f'{sure}{turns}')}")
    st.text(
        f"{product['sku']}"
        + (f" · {product['family']}" if product["family"] else "")
        + (f" · {'made in house' if make else 'bought in'}")
    )
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        demand_part(choice, facts, i)
        books_of_product(choice, facts, i)
        stock_part(choice, str(product["sku"]))
        if not product["ended"]:
            strategies_part(facts, i, make)
            service_cost_part(choice, facts, str(product["sku"]))
            turning_part(choice, facts, i, make)
            quotes_part(facts, i, make)
    with right:
        st.subheader("Why", anchor=False)
        st.markdown(plain(product["reason"]))
        if product["why_not"]:
            st.subheader("Why not the others", anchor=False)
            for sentence in [
                s if s.endswith(".") else s + "." for s in str(product["why_not"]).split(". ") if s
            ]:
                st.markdown(f"- {plain(sentence)}")
        if product["cross_check"]:
            st.subheader("Independent check", anchor=False)
            st.caption(plain(product["cross_check"]))
        if not product["ended"]:
            st.subheader("What to do", anchor=False)
            from_to_part(facts, i)
            text = how(facts, i)
            stock = facts.items["on_hand"][i]
            more = (
                f" Sell the {number_text(float(stock))} in stock first."
                if product["recommended"] == Strategy.MTO and np.isfinite(stock) and stock > 0
                else ""
            )
            st.markdown(plain(text[:1].upper() + text[1:] + "." + more))
            computed_part(facts, i, make)
            switching_cost_part(choice, facts, i)
            override_part(facts, choice, i, make)
        if said := str(product["stop_ordering"]):
            st.markdown(
                plain(
                    f"Stop ordering {said}: stock is above what the plan holds; the range is high and low demand."
                )
            )
        orders_of_product(facts.orders_on_hand, str(product["sku"]))
        if product["notes"]:
            st.caption(plain(product["notes"]))
        inputs_part(choice, facts, i)
