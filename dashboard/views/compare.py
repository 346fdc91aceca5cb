"""Compare: every plan on the same demand: what it loses against a perfect year, service by waiting time, cash; with levers.

One concept: the page Compare. `show` draws the plans beside the levers that move them, and
keeps the levers where they are while the plans are computed anew.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analytics.naming.figures import FIGURES
from analytics.naming.labels import (
    COMPONENTS,
    PLANS,
    Strategy,
    days_text,
    money_text,
    number_text,
    percent_text,
    plan_text,
    unit_text,
)
from analytics.strategy.money.totals import BLOCK_FORMULAS, lost_against_perfect_year
from analytics.strategy.portfolio.largest import share_of_first
from analytics.strategy.portfolio.plans_compared import profit_over, served_within
from analytics.strategy.rollout_waves import products_for_share
from analytics.writeup.charts.theme import ink
from dashboard.charts.components import components_chart
from dashboard.charts.service import service_chart
from dashboard.levers.own_rule import own_rule_part
from dashboard.levers.service import family_service_part
from dashboard.levers.sliders import levers
from dashboard.parts.frame import draw, looked, small, under_way
from dashboard.parts.gain_pictures import bridge_part
from dashboard.parts.tables import in_narrow_window, show_table
from dashboard.results import keys, product_results
from dashboard.results.facts import Facts, Known
from dashboard.state import inputs, steps
from dashboard.state.choice import Choice
from dashboard.text.margin_words import margin_part
from dashboard.text.words import below_cost, counts_of, missing_text, plain

#: What stands for a figure that rests on simulated years while these are not played at a setting.
LATER = "not worked out yet"


def plans_of(facts: Facts) -> list[str]:
    """Plans on the page, in the order of every page: today where it is known, the strategies, then the mix."""
    today = ["baseline"] if facts.compared_with.is_today else []
    return [
        *today,
        *(p for p in (Strategy.MTS, Strategy.ATO, Strategy.MTO, "mine") if p in facts.portfolio.money),
        "mix",
    ]


def loss(facts: Facts, plan: str) -> float:
    """What a plan loses against a perfect year."""
    return float(lost_against_perfect_year(facts.portfolio.money[plan]))


def loss_frames(facts: Facts) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Parts (plan, component, money) and totals (plan, total, low, high) of the loss against a perfect year."""
    parts, totals = [], []
    for plan in plans_of(facts):
        name = PLANS[plan]
        parts += [{"plan": name, "component": c, "money": facts.portfolio.money[plan][c]} for c in COMPONENTS]
        shared = facts.portfolio.money[plan].get("shared", 0.0)
        parts += [{"plan": name, "component": "shared", "money": -shared}] if shared else []
        totals.append(
            {
                "plan": name,
                "total": loss(facts, plan),
                "low": facts.portfolio.lost_low.get(plan, math.nan),
                "high": facts.portfolio.lost_high.get(plan, math.nan),
            }
        )
    table = pd.DataFrame(parts).groupby(["plan", "component"], sort=False, as_index=False)["money"].sum()
    return pd.DataFrame(table), pd.DataFrame(totals)


def money_part(facts: Facts) -> None:
    """Stacked losses, with the blocks as a table below."""
    parts, totals = loss_frames(facts)
    small(
        f"{facts.currency or 'Money'} over the next 12 months. What stocking and waiting cost: a perfect year, which knows all orders "
        "in advance, would earn that much more. Bars add up to the total; "
        + (
            f"the whisker of a year is {LATER} at this setting."
            if facts.pending
            else "the whisker below is the 5th to 95th percentile of a year; ranges do not add."
        )
    )
    widest = st.session_state.setdefault("_widest", {})
    if not facts.pending:
        widest[facts.digest] = max(facts.portfolio.lost_high.values(), default=0.0)
    draw(
        components_chart(
            parts,
            totals,
            ink(st.context.theme.type),
            widest.get(facts.digest, 0.0) if facts.pending else 0.0,
            in_narrow_window(),
        ),
        alt="What stocking and waiting cost: "
        + "; ".join(
            f"{p} {number_text(float(t), 3)}" for p, t in zip(totals["plan"], totals["total"], strict=True)
        ),
    )


def blocks(facts: Facts) -> pd.DataFrame:
    """Plans as columns, the three blocks, the total, cash and service as rows; text for the screen."""
    rows: dict[str, list[str]] = {}
    plans = plans_of(facts)
    for name, formula in BLOCK_FORMULAS.items():
        rows[FIGURES[name].label] = [number_text(formula(facts.portfolio.money[p]), 3) for p in plans]
    if any(facts.portfolio.money[p].get("shared", 0.0) for p in plans):
        rows["Shared components"] = [
            number_text(-facts.portfolio.money[p].get("shared", 0.0), 3) for p in plans
        ]
    rows[FIGURES["lost_against_perfect_year"].label] = [number_text(loss(facts, p), 3) for p in plans]
    rows[FIGURES["profit"].label] = [number_text(facts.portfolio.money[p]["profit"], 3) for p in plans]
    rows["  1 year in 20 below / above"] = [
        LATER
        if facts.pending
        else f"{number_text(facts.portfolio.low[p], 3)} / {number_text(facts.portfolio.high[p], 3)}"
        for p in plans
    ]
    rows[FIGURES["cash_tied_up"].label] = [
        number_text(facts.portfolio.money[p]["cash_tied_up"], 3) for p in plans
    ]
    rows["Orders that wait"] = [percent_text(facts.portfolio.service[p]["share_waiting"]) for p in plans]
    for label, measure in (
        ("  quoted a wait", "share_quoted_a_wait"),
        ("  find the shelf empty", "share_shelf_empty"),
    ):
        rows[label] = [percent_text(facts.portfolio.service[p][measure]) for p in plans]
    for label, measure in (
        ("  half of them longer than", "wait_days_median"),
        ("  1 in 10 longer than", "wait_days_p90"),
    ):
        rows[label] = [
            "nobody waits"
            if facts.portfolio.service[p]["share_waiting"] <= 0.0005
            else LATER
            if math.isnan(facts.portfolio.service[p][measure])
            else days_text(facts.portfolio.service[p][measure])
            for p in plans
        ]
    rows["Sales lost"] = [percent_text(facts.portfolio.service[p]["share_lost"]) for p in plans]
    return pd.DataFrame(rows, index=[PLANS[p] for p in plans]).T.rename_axis("").reset_index()


def below_words(facts: Facts) -> str:
    """Why the mix may earn less than one strategy for all; empty where it earns most."""
    best = max((p for p in plans_of(facts) if p != "mix"), key=lambda p: facts.portfolio.money[p]["profit"])
    short = profit_over(facts.portfolio.money[best], facts.portfolio.money["mix"])
    if short < 0.5:
        return ""
    stays = facts.products["as_today"].to_numpy() & ~facts.products["ended"].to_numpy() & facts.priced
    sold_below = below_cost(facts)
    below, close = int((stays & sold_below).sum()), int((stays & ~sold_below).sum())
    kinds = [f"{below:,} sold below cost"] if below else []
    kinds += [f"{close:,} too close to call"] if close else []
    why = (
        f"products that stay as they are today ({' and '.join(kinds)}) count as they are run today"
        if kinds
        else "your own choices and limits count"
    )
    return f"The mix earns {money_text(short, facts.currency)} less than '{plan_text(best)}': {why}."


def service_part(facts: Facts) -> None:
    """Served within so many days of ordering."""
    plans = [p for p in plans_of(facts) if np.isfinite(facts.portfolio.served_within[p]).all()]
    if "mix" not in plans:
        st.subheader(f"Waits of the mix are {LATER} at this setting", anchor=False)
        return
    rows = [
        {"plan": p, "name": PLANS[p], "days": float(d), "share": float(s)}
        for p in plans
        for d, s in zip(facts.service_days, facts.portfolio.served_within[p], strict=True)
    ]
    at_once = facts.portfolio.served_within["mix"][0]
    two_weeks = served_within(14.0, facts.service_days, facts.portfolio.served_within["mix"])
    st.subheader(
        f"The mix serves {percent_text(float(at_once))} at once and {percent_text(two_weeks)} within two weeks",
        anchor=False,
    )
    st.caption("Share of demand served within ... days of ordering. Lost orders never arrive.")
    draw(
        service_chart(pd.DataFrame(rows), ink(st.context.theme.type)),
        alt=f"The mix serves {percent_text(float(at_once))} of demand at once and {percent_text(two_weeks)} within 14 days",
    )


def family_waits_part(facts: Facts) -> None:
    """Who waits by family: quoted a wait, or before an empty shelf."""
    table = facts.family_waits
    if len(table) < 2:
        return
    quoted, empty = (
        int((table[name] > 0.0005).sum()) for name in ("share_quoted_a_wait", "share_shelf_empty")
    )
    st.subheader(
        f"Of {len(table):,} families {quoted:,} quote waits, and in {empty:,} some find the shelf empty",
        anchor=False,
    )
    shown = pd.DataFrame(
        {
            "Family": [name or "no family" for name in table["family"]],
            "Products": table["products"],
            "Units a year": [number_text(v, 3) for v in table["units_sold"]],
            "Quoted a wait": [percent_text(v) for v in table["share_quoted_a_wait"]],
            "Find the shelf empty": [percent_text(v) for v in table["share_shelf_empty"]],
            "Typical wait": [
                LATER if math.isnan(d) else days_text(d) if a + b > 0.0005 else "nobody waits"
                for d, a, b in zip(
                    table["wait_days_median"],
                    table["share_quoted_a_wait"],
                    table["share_shelf_empty"],
                    strict=True,
                )
            ],
            "Sales lost": [percent_text(v) for v in table["share_lost"]],
        }
    )
    show_table(
        shown,
        hide_index=True,
        width="stretch",
        alt="Families with who is quoted a wait, who finds the shelf empty, and what is lost",
    )
    small(
        "Under the mix, of all units sold over the next 12 months; the two kinds of waits add up to all who wait. Who does not wait and is not served is lost."
    )


def customers_part(facts: Facts, most: int = 10) -> None:
    """Who waits: the customers with the most value delayed."""
    table = facts.waiting
    total = float(table["delayed"].sum()) if len(table) else 0.0
    if total <= 0.0:
        return
    count = products_for_share(table["delayed"], 0.5)
    share = percent_text(share_of_first(table["delayed"], count))
    who = (
        plain(str(table["customer"].iloc[0])) + " alone carries"
        if count == 1
        else f"{count:,} of {len(table):,} customers carry"
    )
    st.subheader(f"Who waits: {who} {share} of what is delayed", anchor=False)
    unit = unit_text(str(table["measure"].iloc[0]), facts.currency)
    what = "units" if unit == "units" else "value"
    small(
        f"If they order as from {facts.margin['first_day']} to {facts.margin['last_day']} and the mix is run: {what} of the orders that wait, and how long."
    )
    top = table.head(most)
    shown = pd.DataFrame(
        {
            "Customer": top["customer"],
            f"Bought, {unit}": [number_text(float(v), 3) for v in top["bought"]],
            f"Of it delayed, {unit}": [number_text(float(v), 3) for v in top["delayed"]],
            "Share": [percent_text(float(v)) for v in top["share"]],
            "Typical wait": [
                LATER if facts.pending else f"{round(float(v))} days" if np.isfinite(v) else ""
                for v in top["days"]
            ],
        }
    )
    show_table(
        shown, hide_index=True, width="stretch", alt=f"Customers by delayed value; {who} {share} of it"
    )
    if len(table) > most:
        rest = table.iloc[most:]
        small(
            f"{len(rest):,} further customers: {number_text(float(rest['delayed'].sum()), 3)} of {number_text(float(rest['bought'].sum()), 3)} delayed."
        )


def choice_words(row: Mapping[str, Any]) -> str:
    """By what strategies the products of a channel are run under the mix, as counts of products."""
    kinds = (
        ("stocked", "to stock"),
        ("assembled", "assembled"),
        ("ordered", "to order"),
        ("by_size", "by order size"),
        ("parted_ordered", "to order for this channel alone"),
        ("parted_stocked", "to stock beside a channel to order"),
    )
    return ", ".join(f"{int(row[name]):,} {words}" for name, words in kinds if row[name])


def channel_part(choice: Choice, facts: Facts) -> None:
    """Two businesses in one product are not averaged: price, margin, waits and choice by channel where the file says."""
    rows = facts.margin["channels"]
    if len(rows) < 2 or not sum(r["revenue"] for r in rows) > 0.0:
        return
    share = share_of_first([r["revenue"] for r in rows], 1)
    st.subheader(
        f"{len(rows)} channels: the largest brings {percent_text(float(share))} of revenue", anchor=False
    )
    last = {str(c["name"]): str(c["last_date"]) for c in facts.intake.channels.to_dict("records")}
    table = None if facts.pending else product_results.channels_of(choice)
    waits = {} if table is None else {str(one["channel"]): one for one in table.to_dict("records")}
    named = [str(r["channel"]) for r in rows]
    shown = pd.DataFrame(
        {
            "Channel": [r["channel"] for r in rows],
            "Revenue": [number_text(r["revenue"], 3) for r in rows],
            "Units": [number_text(r["units"], 3) for r in rows],
            "Revenue per unit": [number_text(r["price"], 3) for r in rows],
            "Gross margin": [
                number_text(r["margin"], 3) if np.isfinite(r["margin"]) else "no cost known" for r in rows
            ],
            "Orders that wait": [
                LATER if table is None else percent_text(waits[name]["share"]) if name in waits else ""
                for name in named
            ],
            "Typical wait": [
                days_text(waits[name]["days"]) if name in waits and np.isfinite(waits[name]["days"]) else ""
                for name in named
            ],
            "Products": [choice_words(waits[name]) if name in waits else "" for name in named],
            "Last day": [last.get(str(r["channel"]), "") for r in rows],
        }
    )
    show_table(
        shown,
        hide_index=True,
        width="stretch",
        alt="Channels with revenue, units, revenue per unit, gross margin, waits and how their products are run",
    )
    parted = [name for name, one in waits.items() if one["parted_ordered"]]
    how = (
        f"Where it pays, a channel alone is made to order and the others are served from stock: {', '.join(parted)}. All others share one stock and one quote."
        if parted
        else "Channels share one stock and one quote per product: no product is split by channel, the decision is made for all of them together."
    )
    if table is None:
        how = f"Who waits, and which product is split by channel, is {LATER} at this setting."
    days = f"Sold from {facts.margin['first_day']} to {facts.margin['last_day']}."
    st.caption(plain(f"{days} Under the mix, if they order as in these days: the value that waits. {how}"))


def head(facts: Facts) -> None:
    """The finding and the bars."""
    if not (facts.demand > 0.0).any():
        st.title("Nothing was sold: there is nothing to compare", anchor=False)
        return
    if not facts.has_money:
        st.title(
            f"On the same demand, {percent_text(facts.portfolio.service[Strategy.MTO]['share_lost'])} of sales are lost to order "
            f"and {percent_text(facts.portfolio.service[Strategy.MTS]['share_lost'])} from stock",
            anchor=False,
        )
        st.caption(f"Units and days only: {missing_text(facts)}.")
        return
    mix, stock = loss(facts, "mix"), loss(facts, Strategy.MTS)
    everything = (~facts.products["ended"].to_numpy()) & facts.priced
    if below_cost(facts).sum() == everything.sum():
        title = "Every product sells below cost: the more is sold, the more is lost"
    elif money_text(mix) == money_text(stock) and not any(
        number for name, number in counts_of(facts).items() if name != Strategy.MTS
    ):
        title = (
            f"Stock is the plan: stocking and waiting cost {money_text(mix, facts.currency)}, "
            f"{money_text(loss(facts, Strategy.MTO), facts.currency)} with everything to order"
        )
    else:
        other, name = (
            (loss(facts, "baseline"), "today")
            if "baseline" in plans_of(facts)
            else (stock, "with everything to stock")
        )
        title = (
            f"Stocking and waiting cost {money_text(mix, facts.currency)} under the plan, "
            f"{money_text(other, facts.currency)} {name}"
        )
    st.title(plain(title), anchor=False)
    bridge_part(facts)
    money_part(facts)


def _asked_of(choice: Choice) -> str:
    return "/".join(keys.key_of(choice))


def _ranges_asked(choice: Choice) -> bool:
    """Whether ranges were asked for at this very setting."""
    return bool(st.session_state.get("_ranges asked") == _asked_of(choice))


def _ask_ranges(choice: Choice) -> None:
    st.session_state["_ranges asked"] = _asked_of(choice)


def ranges_part(choice: Choice) -> None:
    """Says which figures are of the new setting while no year of it is simulated, and offers the rest: nobody who moves a lever waits for it."""
    st.markdown(
        ":gray-badge[Expected amounts] "
        "All amounts are of the new setting, but for the line of shared components and for products that are near the least lead a change must bring: "
        "these rest on simulated years of an earlier setting. Ranges, probabilities and how sure it is are worked out when you ask, or open a page that shows them."
    )
    st.button("Work out the ranges", key="ranges-asked", on_click=_ask_ranges, args=(choice,), icon=":material/query_stats:")  # fmt: skip


def former_part(choice: Choice) -> None:
    """The figures of the setting before, greyed and called so, while the new ones are simulated."""
    before = steps.facts_before(choice)
    if before is None or not before.has_money:
        return
    st.caption("Greyed: the figures of the setting before. The new ones are being worked out.")
    with st.container(key="former-figures"):
        money_part(before)


def show() -> None:
    """The page. The levers stay where they are while the rest is computed anew."""
    choice = inputs.choice()
    choice, facts, work = looked(Known.YEARS if choice.rule or _ranges_asked(choice) else Known.MONEY)
    with st.container():
        if facts is None:
            st.title("Simulating the new setting", anchor=False)
            former_part(choice)
        else:
            head(facts)
        if work is not None:
            under_way(choice, facts, work)
        elif facts is not None and facts.pending:
            ranges_part(choice)
    left, right = st.columns([1, 1], gap="large")
    with left:
        levers(choice, facts)
    if facts is None:
        return
    with right:
        service_part(facts)
        own_rule_part(choice, facts)
        family_service_part(choice, facts)
    st.subheader("The same in figures", anchor=False)
    table = blocks(facts)
    if not facts.has_money:
        table = table.iloc[-4:]
    config = {
        c: st.column_config.TextColumn(width=max(105, 30 + 6 * len(c)) if k else 190, pinned=not k)
        for k, c in enumerate(table.columns)
    }
    show_table(
        table,
        hide_index=True,
        width="stretch",
        height="content",
        column_config=config,
        alt="Plans in figures: money, cash, waiting, lost sales",
    )
    if facts.has_money and not facts.pending:
        small(below_words(facts))
    if facts.has_money:
        margin_part(facts)
    family_waits_part(facts)
    customers_part(facts)
    channel_part(choice, facts)


show()
