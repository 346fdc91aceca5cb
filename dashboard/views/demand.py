"""Demand: how good the forecast is against a naive one, in units and money; cleaning, season, what is made to order by month.

One concept: the page Demand. Its parts ask one after the other how far a forecast can be trusted: by product,
by class, where sales are too short, and beside the user's own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analytics.errors import DataError
from analytics.forecast.members.seasonal import season_length
from analytics.naming.labels import number_text, percent_text
from analytics.naming.scales import percent
from analytics.strategy.portfolio.largest import share_of_first
from analytics.writeup.charts.theme import ink
from dashboard.charts.demand import demand_chart
from dashboard.charts.past import past_chart
from dashboard.parts.capacity import busiest_text, load_part
from dashboard.parts.demand_ahead import promotions_part, season_part
from dashboard.parts.demand_cleaning import cleaning_part
from dashboard.parts.demand_ets import ets_part
from dashboard.parts.demand_parts import parts_part
from dashboard.parts.downloads import table_file, title_of_file
from dashboard.parts.frame import PATIENCE_SECONDS, beside, data_error, draw, opened, small, waiting
from dashboard.parts.tables import show_table
from dashboard.results import past_results, product_results
from dashboard.results.demand_facts import DemandFacts, worst_errors
from dashboard.results.facts import Facts, Known
from dashboard.results.keys import key_of
from dashboard.state.choice import Choice
from dashboard.text.demand_words import (
    PERIOD,
    computed,
    figures,
    names_of,
    signed_percent,
    title_of,
    values_of,
)
from dashboard.text.words import plain, shortened

AHEAD = {"D": 91, "W": 39, "M": 12}
BEHIND = {"D": 182, "W": 104, "M": 36}
#: Past dates at which a product has to be forecast before its own errors count.
FEW_TESTS = 3


def worst_part(facts: Facts, worst: pd.DataFrame, word: str) -> None:
    """The products whose errors are worth most."""
    if not len(worst):
        return
    share = share_of_first(worst["value"], 10)
    st.subheader(
        f"Ten products carry {percent_text(share)} of the error" + (f" {word}" if word != "units" else ""),
        anchor=False,
    )
    rows = worst.head(10)
    at = rows["position"].to_numpy()
    shown = pd.DataFrame(
        {
            "Product": [shortened(n, 32) for n in facts.products["name"].to_numpy()[at]],
            "Value": [number_text(v, 2) for v in rows["value"]],
            "Error": [number_text(v, 2) for v in rows["error"]],
            "Said": [
                f"{number_text(a, 2)} → {number_text(b, 2)}"
                for a, b in zip(rows["said"], rows["came"], strict=True)
            ],
        }
    )
    if word == "units":
        shown = shown.drop(columns="Value")
    show_table(
        shown,
        hide_index=True,
        width="stretch",
        column_config={
            "Product": st.column_config.TextColumn(width=205),
            "Value": st.column_config.TextColumn(f"{facts.currency} {word}".strip(), width=85),
            "Error": st.column_config.TextColumn("Units", width=55),
            "Said": st.column_config.TextColumn("Said → came", width=100),
        },
        alt="Products with the largest usual error over a lead time, by value",
    )
    small(
        "Usual error of a sum over a lead time, mean of the past dates"
        + ("." if word == "units" else f"; in money {word} and in units.")
    )


def product_part(choice: Choice, facts: Facts, demand: DemandFacts, worst: pd.DataFrame) -> None:
    """Fan chart of one product, and what the forecast said at past dates."""
    names = names_of(facts)
    skus = facts.products["sku"].to_numpy()
    order = [str(skus[p]) for p in worst["position"]]
    order += [s for s in names if s not in set(order)]
    sku = st.selectbox(
        "Product (largest error first)",
        order,
        format_func=lambda s: names[s],
        key=f"demand-product-{facts.digest[:8]}",
    )
    if sku is None:
        return
    i = facts.position(str(sku))
    unit = PERIOD[facts.frequency]
    with waiting("Forecast") as progress:
        table = product_results.forecast_of(choice, str(sku), AHEAD[facts.frequency], progress)
    table = table.assign(period=pd.to_datetime(table["period"]))
    sold_at = np.flatnonzero(facts.demand[i] > 0)
    begin = max(len(facts.starts) - BEHIND[facts.frequency], (int(sold_at[0]) if len(sold_at) else 0) - 1, 0)
    sold = pd.DataFrame(
        {"period": pd.to_datetime(facts.starts[begin:]), "units": facts.demand[i, begin:].astype(float)}
    )
    mine = demand.changes[(demand.changes["sku"] == sku) & (demand.changes["removed"] > 0)]
    mine = pd.DataFrame(
        {
            "period": pd.to_datetime(mine["first_period"]),
            "units": mine["units_before"],
            "fitted": mine["units_after"],
        }
    )
    mine = mine[mine["period"] >= sold["period"].min()]
    year = float(demand.ahead[i, : {"D": 365, "W": 52, "M": 12}[facts.frequency]].sum())
    st.subheader(f"{number_text(year)} units expected over 12 months", anchor=False)
    draw(
        demand_chart(sold, table, ink(st.context.theme.type), mine),
        alt=f"Sold by {unit} and expected demand with bands; {number_text(year)} units expected over 12 months",
    )
    marks = " Diamonds: counted in the forecast instead of what was sold (see cleaning)." if len(mine) else ""
    small(
        f"Units a {unit}. Solid: sold. Dashed: expected, the chance of having ended counted; bands: half and nine tenths of futures.{marks} Forecast: {demand.method[i]}."
    )
    past = demand.past
    known = np.flatnonzero(np.isfinite(past.actual[i]))[::-1]
    if len(known):
        low, high = (
            past.quantiles[i, known, 0],
            past.quantiles[i, known, int(np.flatnonzero(np.isclose(_levels(), 0.95))[0])],
        )
        frame = pd.DataFrame(
            {
                "date": past.origin_starts[known].astype(str),
                "came": past.actual[i, known],
                "said": past.forecast[i, known],
                "simple": past.simple[i, known],
                "low": low,
                "high": high,
            }
        )
        inside = int(((frame["came"] >= low) & (frame["came"] <= high)).sum())
        st.subheader(f"In {inside} of {len(frame)} past tests what came lay in the band", anchor=False)
        draw(
            past_chart(frame, ink(st.context.theme.type)),
            alt=f"What the forecast said at {len(frame)} past dates and what came: {inside} times within the band of nine tenths",
        )
        span = int(past.interval[i])
        after = f"{span} {unit}s" if span > 1 else unit
        small(
            f"Units over the {after} after each date. Solid point: came. Dashed ring: forecast. Bar: nine tenths of futures. Tick: 12-{unit} mean."
        )
    for note in demand.notes[i]:
        small(note)
    parts_part(facts, i)


def _levels() -> np.ndarray:
    from analytics.forecast.judged.backtest import BACKTEST_LEVELS

    return BACKTEST_LEVELS


def classes_part(facts: Facts, demand: DemandFacts) -> None:
    """Classes as explanation."""
    table = demand.table[np.isfinite(demand.table["wape"])] if len(demand.table) else demand.table
    if len(table) < 2:
        return
    rows = table[table["class"] != "all"]
    worst = str(rows.sort_values("wape", ascending=False).iloc[0]["class"])
    st.subheader(
        f"{worst.capitalize()} demand is hardest to foresee"
        if len(rows) > 1
        else f"Demand that can be tested is {worst}",
        anchor=False,
    )
    from analytics.forecast.spread.interval_quantiles import CLASSES

    number = {name: int((demand.past.label == k).sum()) for k, name in enumerate(CLASSES)}
    shown = pd.DataFrame(
        {
            "Class": [str(c).capitalize() for c in table["class"]],
            "Products": [number.get(str(c), len(demand.past.label)) for c in table["class"]],
            "Off": [percent_text(float(v)) for v in table["wape"]],
            f"12-{PERIOD[facts.frequency]} mean": [percent_text(float(v)) for v in table["wape_simple"]],
            "In total": [signed_percent(float(v)) for v in table["bias"]],
            "90 % held": [f"{percent(float(v)):.0f} %" for v in table["coverage_0.9"]],
        }
    )
    config = {
        c: st.column_config.Column(
            width=98 if "mean" in c else 50 if c == "Off" else 88 if c == "Class" else 66
        )
        for c in shown.columns
    }
    show_table(
        shown,
        hide_index=True,
        width="stretch",
        column_config=config,
        alt="Accuracy by class of demand, beside the 12-period mean",
    )
    small(
        "Smooth: sells nearly always, alike. Erratic: sizes vary. Intermittent: sells now and then. Lumpy: both. Classes explain; they decide nothing."
    )


def short_part(facts: Facts, demand: DemandFacts) -> None:
    """Products too short to test."""
    live = ~facts.products["ended"].to_numpy()
    at = np.flatnonzero(live & (demand.tests < FEW_TESTS))
    if not len(at):
        st.caption(f"Every living product was tested at {FEW_TESTS} past dates or more.")
        return
    st.subheader(
        f"{len(at):,} product{'s' if len(at) > 1 else ''} too short to test: they borrow from others",
        anchor=False,
    )
    shown = pd.DataFrame(
        {
            "Product": facts.products["name"].to_numpy()[at],
            f"{PERIOD[facts.frequency].capitalize()}s": demand.history_periods[at],
            "Tests": demand.tests[at],
            "Own season": np.where(demand.history_periods[at] < season_length(facts.frequency), "no", "yes"),
        }
    )
    show_table(
        shown,
        hide_index=True,
        width="stretch",
        height=min(38 + 35 * len(shown), 248),
        alt="Products too short to test the forecast on, with their history",
    )


def own_part(choice: Choice, facts: Facts) -> None:
    """The user's own forecast beside ours."""
    st.subheader("Your own forecast, compared", anchor=False)
    st.caption(
        "A file with sku, period, mean and, where known, origin: the day it was made. It must reach into the past, so that it can be set beside what came."
    )
    file = st.file_uploader(
        "Forecast file", key="forecast-file", max_upload_size=50, label_visibility="collapsed"
    )
    if file is None:
        return
    try:
        with waiting("Comparing") as progress:
            added = past_results.value_added(choice, file.name, file.getvalue(), progress)
    except DataError as error:
        data_error(error)
        return
    row = added.table.iloc[0]
    yours, ours, naive = (float(row[f"{w}_wape"]) for w in ("yours", "ours", "naive"))
    best = min(
        (yours, "Yours is closest"), (ours, "Ours is closest"), (naive, "The mean of the last 12 is closest")
    )[1]
    st.markdown(
        f"**{best}**: of {number_text(float(row['actual_units']))} units, yours was {percent_text(yours)} off, ours {percent_text(ours)}, "
        f"the mean of the last 12 {percent_text(naive)}. "
        f"Your forecast {'adds' if row['your_value_added_units'] >= 0 else 'loses'} {number_text(abs(float(row['your_value_added_units'])))} units against the mean, "
        f"ours {'adds' if row['our_value_added_units'] >= 0 else 'loses'} {number_text(abs(float(row['our_value_added_units'])))}."
    )
    for note in added.notes:
        small(note)
    names = dict(zip(facts.products["sku"], facts.products["name"], strict=True))
    table = added.table.iloc[1:].sort_values("your_value_added_units", kind="stable")
    shown = pd.DataFrame(
        {
            "Product": [names.get(s, s) for s in table["sku"]],
            "Units": table["actual_units"].round(1),
            "Yours off": [percent_text(v) for v in table["yours_wape"]],
            "Ours off": [percent_text(v) for v in table["ours_wape"]],
            "12-mean off": [percent_text(v) for v in table["naive_wape"]],
            "Yours adds, units": table["your_value_added_units"].round(1),
        }
    )
    show_table(
        shown,
        hide_index=True,
        width="stretch",
        height=min(38 + 35 * max(len(shown), 1), 318),
        alt="Forecast value added by product, where yours loses most first",
    )
    st.download_button(
        title_of_file("forecast_value_added.csv"),
        table_file(added.table),
        "forecast_value_added.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )
    small(
        f"Same products, same past dates ({', '.join(added.origins)}), same sums; ours was fitted again on what was known then."
    )


def show() -> None:
    """The page."""
    choice, facts = opened(need=Known.YEARS)
    if past_results.demand_is_ready(choice):
        demand = past_results.demand(choice)
    else:
        st.title("Testing the forecast on the past", anchor=False)
        beside(
            "demand",
            key_of(choice),
            lambda progress: past_results.demand(choice, progress),
            PATIENCE_SECONDS,
        )
        small(
            "At past dates every product is forecast again from what was known then, and set beside what came. Other pages can be used meanwhile."
        )
        return
    st.title(plain(title_of(facts, demand)), anchor=False)
    figures(facts, demand)
    computed(facts, demand)
    value, word = values_of(facts)
    worst = worst_errors(demand, value)
    worst = worst[demand.tests[worst["position"].to_numpy()] >= FEW_TESTS].reset_index(drop=True)
    left, right = st.columns([1.2, 1], gap="large")
    with left:
        product_part(choice, facts, demand, worst)
        season_part(facts, demand)
        promotions_part(facts, demand)
        if facts.carrying is not None and facts.carrying.load.work.any():
            words = busiest_text(facts.carrying)
            st.subheader(words[0].upper() + words[1:], anchor=False)
            load_part(facts.carrying)
    with right:
        worst_part(facts, worst, word)
        classes_part(facts, demand)
        cleaning_part(choice, demand, facts)
        ets_part(choice, facts, demand)
        short_part(facts, demand)
        own_part(choice, facts)


show()
