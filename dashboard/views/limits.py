"""Limits: whether the shop can carry it, what binds and what that costs."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics.limits import Limits
from analytics.naming.figures import FIGURES
from analytics.naming.labels import PLANS, Strategy, money_text, number_text, percent_text, strategy_text
from analytics.naming.scales import of_percent, percent
from analytics.strategy.limits.load_share import load_share
from dashboard.parts.capacity import busiest_text, load_part, month_text, of_what, unjudged_title
from dashboard.parts.frame import opened, small
from dashboard.parts.tables import show_table, told_table
from dashboard.results.capacity_facts import Carrying
from dashboard.results.facts import Facts, Known
from dashboard.state import inputs
from dashboard.state.choice import Choice
from dashboard.text.words import counts_of, plain


def finding(shop: Carrying, currency: str) -> str:
    """The title: what does not fit, else what binds, else that all is well."""
    share = load_share(shop.load.work, shop.load.capacity)
    busiest = int(share.argmax())
    if shop.load.over.any():
        first = f"{month_text(shop.load.months[busiest])} is at {percent_text(float(share[busiest]))} of {of_what(shop)}"
        return first + (
            f": pre-build, or keep {len(shop.keep)} product{'s' if len(shop.keep) > 1 else ''} in stock"
            if shop.keep
            else ": pre-build"
        )
    binding = list(shop.rows.loc[shop.rows["binds"], "label"])
    if binding:
        which = " and ".join(dict.fromkeys(binding))
        return f"{which} bind{'s' if len(binding) == 1 else ''}: {money_text(max(shop.cost, 0.0), currency)} a year less than without limits"
    if not shop.load.work.any():
        return "Nothing is made in this shop: there is no load to carry"
    if unjudged := unjudged_title(shop):
        return unjudged
    return f"The shop can carry it: {busiest_text(shop)}"


def keep_part(shop: Carrying, facts: Facts) -> None:
    """The products to keep in stock so that every month fits."""
    if shop.keep:
        cost = money_text(max(shop.keep_cost, 0.0), facts.currency)
        which = "this one" if len(shop.keep) == 1 else f"these {len(shop.keep)}"
        st.markdown(
            plain(
                f"Or keep {which} in stock instead of making to order: then every month fits, for {cost} a year."
            )
        )
        table = facts.products.set_index("sku").loc[list(shop.keep)].reset_index()
        shown = pd.DataFrame(
            {
                "Product": table["name"],
                "SKU": table["sku"],
                "Gain counted now": [number_text(v, 2) for v in table["gain_per_year"]],
            }
        )
        show_table(
            shown, hide_index=True, width="stretch", alt="Products to keep in stock so that every month fits"
        )
    for note in shop.keep_notes:
        st.warning(plain(note), icon=":material/warning:")


def limits_part(shop: Carrying, facts: Facts) -> None:
    """What binds, what it costs, what one more is worth, and which products change."""
    for note in shop.notes:
        st.warning(plain(note), icon=":material/warning:")
    if len(shop.rows):
        st.subheader("What the limits do", anchor=False)
        shown = pd.DataFrame(
            {
                "Limit": shop.rows["label"],
                "At most, or at least": shop.rows["limit"],
                "Expected": shop.rows["used"],
                "95 of 100 years below": [b or "not of this kind" for b in shop.rows["bad_year"]],
                "": ["binds" if b else "does not bind" for b in shop.rows["binds"]],
            }
        )
        show_table(shown, hide_index=True, width="stretch", alt="Every limit with what is used of it")
        for _, row in shop.rows[shop.rows["binds"]].iterrows():
            st.markdown(f"- {plain(row['worth'])}")
        small(
            f"Worth of one more: from the relaxed problem, so approximate. The choice lies at most {percent_text(max(shop.gap, 0.0))} below the best possible. "
            f"Limits hold on average over the simulated years; the column beside it is the bad year."
        )
        if shop.longer_quotes:
            quotes = (
                "1 quote is longer" if shop.longer_quotes == 1 else f"{shop.longer_quotes} quotes are longer"
            )
            small(
                f"At {percent_text(shop.utilisation)} of the capacity orders queue: {quotes}, and fewer buyers stay."
            )
    if len(shop.changed):
        moved = shop.changed[shop.changed["moved"]]
        some = f"{len(moved)} product{'s change' if len(moved) != 1 else ' changes'} strategy"
        st.subheader(f"{some}, {len(shop.changed) - len(moved)} only the stock level or quote", anchor=False)
        table = shop.changed.sort_values("cost", ascending=False, kind="stable").merge(
            facts.products[["sku", "name", "make_or_buy"]], on="sku"
        )
        shown = pd.DataFrame(
            {
                "Product": table["name"],
                "Without limits": [
                    strategy_text(s, m == "make")
                    for s, m in zip(table["before"], table["make_or_buy"], strict=True)
                ],
                "Now": [
                    strategy_text(s, m == "make") if s != b else "the same, set otherwise"
                    for s, b, m in zip(table["now"], table["before"], table["make_or_buy"], strict=True)
                ],
                "Costs a year": [number_text(v, 2) for v in table["cost"]],
            }
        )
        show_table(shown, hide_index=True, width="stretch", alt="Products that the limits change")


def used_part(facts: Facts) -> None:
    """What the plan takes of what can be limited, beside today: where to begin when no limit is stated."""
    plans = [plan for plan in ("baseline", "mix") if plan in facts.portfolio.money]
    rows: dict[str, list[str]] = {}
    if facts.has_money:
        rows[FIGURES["cash_tied_up"].label] = [
            money_text(float(facts.portfolio.money[plan]["cash_tied_up"]), facts.currency, 3)
            for plan in plans
        ]
    rows["Orders that wait"] = [
        percent_text(facts.portfolio.service[plan]["share_waiting"]) for plan in plans
    ]
    rows["Sales lost"] = [percent_text(facts.portfolio.service[plan]["share_lost"]) for plan in plans]
    st.subheader("Nothing is limited: what the plan takes now", anchor=False)
    shown = pd.DataFrame(rows, index=[PLANS[plan] for plan in plans]).T.rename_axis("").reset_index()
    told_table(shown, "What the plan takes of what can be limited")
    stocked = counts_of(facts).get(Strategy.MTS, 0)
    small(
        f"The mix keeps {stocked:,} product{'' if stocked == 1 else 's'} in stock. State beside what you cannot exceed: the choice is then made for "
        "all products together, and every limit says what it costs and what one more would be worth."
    )


def form(choice: Choice, facts: Facts, shop: Carrying) -> None:
    """The limits as the person knows them."""
    now = choice.assumptions.limits
    st.subheader("Your limits", anchor=False)
    names = dict(zip(facts.products["sku"], facts.products["name"], strict=True))
    skus = list(facts.products.loc[~facts.products["ended"], "sku"])

    def shown(sku: str) -> str:
        return sku if names[sku] == sku else f"{names[sku]} ({sku})"

    with st.form("limits", border=False):
        capacity = st.number_input(
            f"Capacity for orders, {shop.load.unit} a month",
            min_value=0.0,
            value=now.order_capacity_per_month,
            placeholder=f"not stated; best month shipped: {number_text(shop.load.capacity)}",
        )
        hours = st.number_input(
            "Hours for one unit (empty: count units)",
            min_value=0.0,
            value=now.hours_per_unit,
            placeholder="count units",
        )
        every = st.checkbox("It must fit in every month, not only over the year", value=now.every_month)
        cash = st.number_input(
            f"Working capital in stock and work{', ' + facts.currency if facts.currency else ''}",
            min_value=0.0,
            value=now.working_capital,
            placeholder="no limit",
        )
        stocked = st.number_input(
            "Products kept in stock, at most",
            min_value=0.0,
            step=1.0,
            format="%.0f",
            value=now.stocked_products,
            placeholder="no limit",
        )
        served = st.number_input(
            "Share of demand served, at least, %",
            0.0,
            100.0,
            value=None if now.least_share_served is None else percent(now.least_share_served),
            placeholder="no limit",
        )
        at_once = st.number_input(
            "Share served from stock at once, at least, %",
            0.0,
            100.0,
            value=None if now.least_share_at_once is None else percent(now.least_share_at_once),
            placeholder="no limit",
        )
        bad = st.checkbox("Keep capacity and working capital in 95 of 100 years", value=now.bad_years)
        stock = st.multiselect(
            "Must be stocked", skus, default=[s for s in now.must_stock if s in skus], format_func=shown
        )
        order = st.multiselect(
            "Must be made to order", skus, default=[s for s in now.must_order if s in skus], format_func=shown
        )
        if st.form_submit_button("Choose within these limits", type="primary", icon=":material/fence:"):
            limits = replace(
                now, order_capacity_per_month=capacity, hours_per_unit=hours, every_month=every, working_capital=cash, stocked_products=stocked, bad_years=bad,
                least_share_served=None if served is None else of_percent(served), least_share_at_once=None if at_once is None else of_percent(at_once),
                must_stock=tuple(stock), must_order=tuple(order),
            )  # fmt: skip
            inputs.keep(replace(choice, answers=replace(choice.answers, limits=limits)))
            st.rerun()
    if now.any and st.button("Without limits", icon=":material/restart_alt:"):
        inputs.keep(replace(choice, answers=replace(choice.answers, limits=Limits())))
        st.rerun()


def show() -> None:
    """The page."""
    choice, facts = opened(need=Known.YEARS)
    shop = facts.carrying
    if shop is None:
        st.title("Load and limits are being recomputed", anchor=False)
        small(
            "They need the simulated years of your change, which are on their way; no old figure is shown meanwhile."
        )
        return
    title = finding(shop, facts.currency)
    st.title(plain(title), anchor=False)
    left, right = st.columns([1.7, 1], gap="large")
    with left:
        words = busiest_text(shop)
        if words in title:
            st.subheader("Load by month", anchor=False)
        elif shop.load.work.any():
            st.subheader(words[0].upper() + words[1:], anchor=False)
        load_part(shop)
        keep_part(shop, facts)
        limits_part(shop, facts)
        if not len(shop.rows):
            used_part(facts)
    with right:
        form(choice, facts, shop)


show()
