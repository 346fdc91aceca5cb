"""Stock in the books on the page: the tie, age, reserve, standard, exposure, stockouts, carrying cost, cash, and what to look at first.

One concept: the sections of the page Stock and risk in their order, each a title that is its finding, a chart and the
table behind it; no other page draws them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analytics.naming.labels import PLANS, Strategy, number_text, percent_text
from analytics.study_stock.answer import StockAnswer
from analytics.valuation.attention import REASONS, RUNS_OUT
from analytics.valuation.balance import LedgerTie
from analytics.valuation.bands import reserve_by_rule, share_of_stock, value_by_cover, value_by_family
from analytics.valuation.books.standards import REVERSES, journal_lines
from analytics.valuation.exposure import curves_of, marks_of
from analytics.valuation.valued import ValuedStock
from analytics.writeup.charts.books import (
    ageing_chart,
    carrying_chart,
    cash_chart,
    cover_chart,
    exposure_chart,
)
from analytics.writeup.charts.theme import ink
from analytics.writeup.reserves import valuation_notes
from analytics.writeup.words.books import (
    BUCKET_WORDS,
    age_title,
    bucket_words,
    carrying_title,
    cash_title,
    cover_title,
    exposure_title,
    pay_back_words,
    reserve_origin,
    short_title,
    standard_title,
    tie_title,
    watch_title,
    way_sentence,
)
from analytics.writeup.words.stock import NO_FAMILY, amount_text
from dashboard.books.classes import class_balances
from dashboard.books.put import signed_part
from dashboard.books.settings import (
    bucket_settings,
    ladder_settings,
    ledger_settings,
    override_settings,
    standard_settings,
    switching_settings,
)
from dashboard.parts.frame import draw, small
from dashboard.parts.stock import parts_table, stock_notes
from dashboard.parts.tables import show_table, told_table
from dashboard.results import compute
from dashboard.results.facts import Facts
from dashboard.state import inputs
from dashboard.state.choice import Choice
from dashboard.text.words import plain, shortened

__all__ = ["books_part", "cash_part", "exposure_part", "tie_part", "watch_part"]

#: Scopes of the exposure, in words: today's stock and the plans that Compare shows.
_SCOPES = {
    "stock": "Today's stock",
    **{plan: words for plan, words in PLANS.items() if plan != Strategy.HYBRID},
}


#: Rules of the reserve, in words.
_RULES = {
    "none": "no rule asks for any",
    "age": "age",
    "cover": "cover",
    "ended": "ended, at cost less salvage",
    "net realisable value": "what it fetches",
    "override": "set by hand",
}


def _title(words: str) -> None:
    st.subheader(plain(words), anchor=False)


def tie_part(choice: Choice, facts: Facts) -> None:
    """The ledger against the file: the day, the balance typed, what is open and what could explain it."""
    place = st.container()
    left, right = st.columns([2.7, 1], gap="medium")
    with right:
        ledger_settings(compute.stock_valued(choice, facts))
    valued = compute.stock_valued(inputs.choice(), facts)
    with place:
        _title(tie_title(valued))
    with left:
        told_table(parts_table(valued.stock), "Stock on hand", height="content")
        if valued.tie is not None:
            _tie_table(valued, valued.tie)
    class_balances(valued)
    stock_notes(valued.stock)


def books_part(choice: Choice, facts: Facts) -> ValuedStock:
    """The age, the reserve and the standard; what is set beside them answers at once."""
    place = st.container()
    left, right = st.columns([2, 1], gap="large")
    with right:
        bucket_settings()
    valued = compute.stock_valued(inputs.choice(), facts)
    with place:
        _title(age_title(valued))
    frame = value_by_family(valued, unnamed=NO_FAMILY)
    with right:
        _ages_table(valued, frame)
    with left:
        draw(
            ageing_chart(
                frame.assign(bucket=[bucket_words(b) for b in frame["bucket"]]), ink(st.context.theme.type)
            ),
            age_title(valued),
        )
        small(reserve_origin(valued))
    place = st.container()
    left, right = st.columns([2, 1], gap="large")
    with right:
        ladder_settings()
    valued = compute.stock_valued(inputs.choice(), facts)
    with place:
        _title(cover_title(valued, facts.currency))
    with left:
        draw(
            cover_chart(_in_months(value_by_cover(valued)), ink(st.context.theme.type)),
            cover_title(valued, facts.currency),
        )
        small(
            "Stock at unit cost by how long it lasts at expected sales; the line in each bar is what is reserved of it. "
            "The largest of the rules, never their sum, at most the book value; the price of the last 90 days counts where it asks for more."
        )
        _rules_table(valued)
        _reserve_table(valued)
    override_settings(valued)
    place = st.container()
    standard_settings()
    valued = compute.stock_valued(inputs.choice(), facts)
    with place:
        _title(standard_title(valued))
    _roll_table(valued)
    small(" ".join(valuation_notes(valued)))
    signed_part()
    return valued


def _in_months(frame: pd.DataFrame) -> pd.DataFrame:
    """Bands of cover with their unit, as the chart names them."""
    bands = [str(band) for band in frame["band"]]
    return frame.assign(band=[f"{band} months" if band[-1].isdigit() else band for band in bands])


def _ages_table(valued: ValuedStock, frame: pd.DataFrame) -> None:
    """All families together by age, with the share of the stock."""
    total = frame.groupby(["order", "bucket"], as_index=False)["money"].sum()
    lines = [
        [bucket_words(str(bucket)), amount_text(money), percent_text(share_of_stock(valued, float(money)))]
        for bucket, money in zip(total["bucket"], total["money"], strict=True)
        if money >= 0.5
    ]
    told_table(pd.DataFrame(lines, columns=["Came in", "At unit cost", "Share"]), "Age of the stock")


def _tie_table(valued: ValuedStock, tie: LedgerTie) -> None:
    """The ledger against the file, and what could explain the difference."""
    lines = [
        ["ledger, as typed", "", amount_text(tie.ledger)],
        ["stock of the file at cost", "", amount_text(valued.stock.total)],
        ["open", "", amount_text(tie.difference)],
    ]
    lines += [[BUCKET_WORDS[one.name], f"{one.products:,}", amount_text(one.money)] for one in tie.candidates]
    frame = pd.DataFrame(lines, columns=["Ledger and file", "Products", "Amount"])
    told_table(frame, "Ledger and file")


def _rules_table(valued: ValuedStock) -> None:
    """The reserve by the rule that it rests on, closed by the total."""
    lines = [
        [_RULES[rule], f"{count:,}", amount_text(held), amount_text(money)]
        for rule, count, held, money in reserve_by_rule(valued)
    ]
    total = ["all of it", "", amount_text(valued.stock.total), amount_text(valued.reserve_total)]
    frame = pd.DataFrame([*lines, total], columns=["Reserve by", "Products", "At cost", "Reserve"])
    told_table(frame, "Reserve by rule")


def _reserve_table(valued: ValuedStock) -> None:
    """The products with the largest reserve, closed by the total."""
    order = np.argsort(-np.nan_to_num(valued.reserve), kind="stable")[:8]
    order = order[np.nan_to_num(valued.reserve)[order] > 0.0]
    rules = valued.rule_words
    lines = [
        [
            shortened(valued.stock.names[i], 30),
            amount_text(valued.stock.book_value[i]),
            rules[i],
            amount_text(valued.reserve[i]),
        ]
        for i in order
    ]
    lines.append(["all products", amount_text(valued.stock.total), "", amount_text(valued.reserve_total)])
    frame = pd.DataFrame(lines, columns=["Largest reserves", "At cost", "Rule", "Reserve"])
    show_table(frame, hide_index=True, width="stretch", alt="Largest reserves")


def _roll_table(valued: ValuedStock) -> None:
    """The roll-forward under the standard, and the proposal for the books."""
    roll = valued.roll
    row = {
        "Opening": amount_text(float(np.sum(roll.opening))),
        "Charged": amount_text(float(np.sum(roll.charged))),
    }
    if valued.policy.standard in REVERSES:
        row["Reversed"] = amount_text(float(np.sum(roll.reversed)))
    row["Used on sale"] = amount_text(float(np.sum(roll.used_on_sale)))
    row["Used on disposal"] = amount_text(float(np.sum(roll.used_on_disposal)))
    row["Closing"] = amount_text(float(np.sum(roll.closing)))
    frame = pd.DataFrame({"Roll-forward of the reserve": list(row), "Amount": list(row.values())})
    left, right = st.columns([1, 1.4], gap="large")
    with left:
        told_table(frame, "Roll-forward of the reserve")
    lines = [
        [account, amount_text(debit) if debit else "", amount_text(credit) if credit else ""]
        for account, _, debit, credit in journal_lines(roll)
    ]
    if lines:
        frame = pd.DataFrame(lines, columns=["Account", "Debit", "Credit"])
        with right:
            show_table(frame, hide_index=True, width="stretch", alt="Proposal for the books")
            small("For review, not posted.")


def exposure_part(answer: StockAnswer, facts: Facts) -> None:
    """What may be written off and what may be short, in the same simulated years; what holding stock costs."""
    found = answer.exposure
    mix, today = found.of("mix"), found.of("baseline")
    _title(exposure_title(mix, today, facts.currency))
    scopes = {name: words for name, words in _SCOPES.items() if name != "stock" or facts.stock.known}
    curves, marks = curves_of(found, scopes), marks_of(found, scopes)
    draw(
        exposure_chart(curves, marks, ink(st.context.theme.type)), exposure_title(mix, today, facts.currency)
    )
    lines = [
        [
            words,
            number_text(one.expected),
            number_text(one.p95),
            number_text(one.cvar95),
            percent_text(one.probability_of_loss),
        ]
        for scope, words in scopes.items()
        if scope in found.years
        for one in [found.of(scope)]
    ]
    frame = pd.DataFrame(
        lines, columns=["Written off by", "Expected", "1 year in 20 above", "Mean of those", "Years with any"]
    )
    show_table(frame, hide_index=True, width="stretch", alt="Written off within twelve months")
    if facts.stock.known:
        both = number_text(found.of("stock_in_excess").expected)
        small(
            f"Never added to excess: {both} of what today's stock may lose is excess too. Plans do not add up: they share good and bad years."
        )
    _title(short_title(found.of("mix", "units_lost"), found.of("baseline", "units_lost")))
    lines = []
    for scope, words in _SCOPES.items():
        if scope in found.years and scope != "stock":
            lost, waits, margin = (
                found.of(scope, name) for name in ("units_lost", "units_waited", "margin_not_earned")
            )
            cells = [f"{number_text(one.expected)} / {number_text(one.p95)}" for one in (lost, waits, margin)]
            lines.append([words, *cells])
    frame = pd.DataFrame(
        lines, columns=["Expected / 1 year in 20 above", "Units lost", "Units that wait", "Margin not earned"]
    )
    show_table(frame, hide_index=True, width="stretch", alt="Lost and waiting within twelve months")
    _, now, plan = answer.carrying
    _title(carrying_title(now, plan, facts.currency))
    rates = ("Cost of capital", "Storage and handling", "Insurance and shrinkage")
    rows = [
        (one.scope[:1].upper() + one.scope[1:], rate, float(part))
        for one in (now, plan)
        for rate, part in zip(
            rates, (one.cost.capital, one.cost.storage_handling, one.cost.insurance), strict=True
        )
    ]
    draw(
        carrying_chart(pd.DataFrame(rows, columns=["scope", "rate", "money"]), ink(st.context.theme.type)),
        carrying_title(now, plan, facts.currency),
    )
    lines = [
        [
            one.scope[:1].upper() + one.scope[1:],
            number_text(one.net),
            _days(one.dio),
            number_text(one.turns),
            number_text(one.gmroi),
        ]
        for one in answer.capital
        if one.stock > 0.0
    ]
    frame = pd.DataFrame(
        lines, columns=["Working capital of", "Net", "Days of stock", "Turns", "Margin per money in stock"]
    )
    show_table(frame, hide_index=True, width="stretch", alt="Working capital")
    small(
        "On stock at cost and cost of sales. In the file: products still sold, closing stock (no history of it is known), the last twelve whole months."
    )


def _days(value: float) -> str:
    return f"{value:,.1f}" if np.isfinite(value) else "unknown"


def cash_part(facts: Facts) -> None:
    """Cash by month, and what switching costs."""
    if not facts.stock.known:
        return
    _title(cash_title(facts.stock, facts.currency))
    small(way_sentence(facts.stock, facts.currency))
    switching_settings()
    answer = compute.stock_answer(inputs.choice())
    small(pay_back_words(answer.way, answer.valued))
    way = facts.stock.transition
    if way.months:
        columns = answer.way.by_month(answer.way.counted)
        months = [str(way.first_month + k) for k in range(len(columns["stock"]))]
        drawn = pd.DataFrame(
            {"month": months, "released": columns["cash_released"], "cumulative": columns["cumulative"]}
        )
        draw(cash_chart(drawn, ink(st.context.theme.type)), cash_title(facts.stock, facts.currency))
    if answer.way.overhead_released >= 0.5:
        small(
            f"Reported profit of the first year is lower by {amount_text(answer.way.overhead_released)} of overhead that falling stock releases"
            " (full costing); economic profit is not."
        )


def watch_part(answer: StockAnswer) -> None:
    """What to look at first, with remedies."""
    watched, valued = answer.watched, answer.valued
    _title(watch_title(watched, valued.stock.names))
    short = answer.runs_out
    lines = []
    for i, why, money in list(zip(watched.product, watched.reason, watched.money, strict=True))[:40]:
        out = why == RUNS_OUT
        day, chance = (str(short.day[i]), percent_text(short.chance[i])) if out else ("", "")
        name = shortened(valued.stock.names[i], 34)
        lines.append([name, str(why), amount_text(money), day, chance, REASONS[str(why)]])
    if lines:
        frame = pd.DataFrame(
            lines, columns=["Product", "Why", "Amount", "Short from", "Chance", "What to do"]
        )
        show_table(frame, hide_index=True, width="stretch", height=423, alt="What to look at first")
        if len(watched.product) > len(lines):
            small(
                f"The {len(lines)} with most money; all {len(watched.product):,} are among the files of the page Report: What to look at first."
            )
