"""Stock and risk: stock in the books, what may be written off and what may be short, cash by month, and what would turn the answer."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import streamlit as st

from analytics.naming.figures import FIGURES
from analytics.naming.labels import PLANS, Strategy, Verdict, money_text, number_text, percent_text
from analytics.strategy.money.totals import written_off
from analytics.strategy.portfolio.largest import share_of_first
from analytics.strategy.portfolio.plans_compared import written_off_over
from analytics.writeup.words.stock import NO_FAMILY, lost_sentence, most_written_off
from dashboard.books.sections import books_part, cash_part, exposure_part, tie_part, watch_part
from dashboard.file.stock_files import stock_files_part
from dashboard.parts.frame import opened, waiting
from dashboard.parts.gain_pictures import moves_part
from dashboard.parts.stock import slow_and_lost, stock_balance, stock_on_its_way
from dashboard.parts.tables import show_table
from dashboard.results import compute
from dashboard.results.facts import Facts, Known
from dashboard.state import inputs
from dashboard.text.flip_words import turning_title
from dashboard.text.headline import range_words
from dashboard.text.words import plain, shortened


def by_family(facts: Facts) -> pd.DataFrame:
    """Write-off by family: all to stock, the baseline, the mix; largest first."""
    money = np.nan_to_num(facts.written_off)
    rows = np.arange(len(money))
    live = ~facts.products["ended"].to_numpy()
    table = pd.DataFrame(
        {
            "family": [f or NO_FAMILY for f in facts.products["family"]],
            "stock": money[:, facts.strategies.index(Strategy.MTS)],
            "baseline": np.nan_to_num(facts.products["written_off_today"].to_numpy()),
            "mix": np.where(
                facts.products["as_today"],
                np.nan_to_num(facts.products["written_off_today"]),
                money[rows, facts.choice],
            ),
        }
    )[live]
    return (
        table.groupby("family", as_index=False).sum().sort_values("mix", ascending=False, ignore_index=True)
    )


def show() -> None:
    """The page."""
    choice, facts = opened()
    if not facts.has_money:
        st.title("No money yet: risk is shown in units", anchor=False)
        units = pd.DataFrame(
            {
                "Product": facts.products["name"],
                "Stranded units a year": facts.mix_units("units_scrapped"),
            }
        )
        show_table(
            units.sort_values("Stranded units a year", ascending=False).head(20),
            hide_index=True,
            width="stretch",
            alt="Units stranded a year",
        )
        stock_balance(facts)
        return
    st.title(plain(_title(facts)), anchor=False)
    st.markdown(
        "Stock today by age, cover and what it fetches; what may be written off and what may run short in the same simulated years; and the cash in it."
    )
    if said := lost_sentence(facts.stock, facts.currency):
        st.markdown(plain(said))
    stock_files_part(choice)
    if facts.stock.known:
        tie_part(choice, facts)
        books_part(choice, facts)
    else:
        stock_balance(facts)
    if facts.known < Known.TURNS:
        st.info("Exposure and cash follow when the new setting is worked out.")
        return
    with waiting("Playing every plan year by year"):
        answer = compute.stock_answer(inputs.choice())
    exposure_part(answer, facts)
    _write_off_part(facts)
    watch_part(compute.stock_answer(inputs.choice()))
    slow_and_lost(facts)
    cash_part(facts)
    stock_on_its_way(facts)
    _turning_part(facts)


def _title(facts: Facts) -> str:
    """The expected write-off of the mix beside today's."""
    mix = written_off(facts.portfolio.money["mix"])
    less = written_off_over(facts.portfolio.money["baseline"], facts.portfolio.money["mix"])
    today = facts.compared_with.against
    change = (
        f", {money_text(abs(less), facts.currency)} {'less' if less > 0 else 'more'} than {today}"
        if abs(less) >= 1
        else f", as {today}"
    )
    return f"{FIGURES['written_off'].label} over 12 months: {money_text(mix, facts.currency)}{change}"


def _write_off_part(facts: Facts) -> None:
    """Where the write-off lies: by family, and the ten products with most of it."""
    table = by_family(facts)
    st.subheader(plain(most_written_off(table)), anchor=False)
    shown = pd.DataFrame(
        {
            "Family": table["family"],
            PLANS[Strategy.MTS]: [number_text(v, 2) for v in table["stock"]],
            PLANS["baseline"]: [number_text(v, 2) for v in table["baseline"]],
            PLANS["mix"]: [number_text(v, 2) for v in table["mix"]],
        }
    )
    show_table(shown, hide_index=True, width="stretch", alt="Write-off by family")
    rows = np.arange(len(facts.products))
    money = np.nan_to_num(facts.written_off)[rows, facts.choice]
    order = np.argsort(-money)[:10]
    share = percent_text(share_of_first(np.sort(money)[::-1], len(order)))
    st.subheader(
        f"{len(order)} products carry {share} of what the chosen strategies may write off", anchor=False
    )
    watch = pd.DataFrame(
        {
            "Product": [shortened(n, 34) for n in facts.products["name"].to_numpy()[order]],
            "Write-off, mix": [number_text(v, 2) for v in money[order]],
            "If to stock": [
                number_text(v, 2)
                for v in np.nan_to_num(facts.written_off)[order, facts.strategies.index(Strategy.MTS)]
            ],
            "Stranded units": [
                number_text(v, 2) for v in np.nan_to_num(facts.mix_units("units_scrapped")[order])
            ],
            "Ends": [str(d) if not np.isnat(d) else "unknown" for d in facts.items["end_date"][order]],
        }
    )
    config = {
        c: st.column_config.TextColumn(width=w)
        for c, w in zip(watch.columns, (205, 90, 75, 98, 92), strict=True)
    }
    show_table(
        watch,
        hide_index=True,
        width="stretch",
        column_config=config,
        alt="Products with the largest expected write-off",
    )


def _turning_part(facts: Facts) -> None:
    """What moves the gain, and what would turn the answer."""
    found = facts.portfolio
    if found.gain and math.isfinite(found.gain_low):
        likely = f"{number_text(found.gain_low, 2)} and {money_text(found.gain_high, facts.currency)}"
        st.markdown(plain(f"The gain lies likely between {likely}. {range_words(facts)}"))
    moves_part(facts, most=8)
    depends = facts.products[(facts.products["turns"] != "") & ~facts.products["ended"]]
    st.subheader(
        turning_title(len(depends), int((facts.products["verdict"] == Verdict.NOT_SEARCHED).sum())),
        anchor=False,
    )
    for _, row in (
        depends.assign(size=depends["lead_over_runner_up"].abs())
        .sort_values("size", ascending=False)
        .head(12)
        .iterrows()
    ):
        st.markdown(f"- {plain(row['name'])}: {plain(row['turns'])}")


show()
