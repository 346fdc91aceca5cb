"""Words and figures of the Demand page: its finding, the four figures with their comparators, how they are computed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analytics.forecast.judged.accuracy import against_simple, fewer_wrong
from analytics.naming.labels import money_text, percent_text
from analytics.naming.scales import percent
from analytics.strategy.money.forecast_value import misplanned_less, unit_worth
from dashboard.results.demand_facts import DemandFacts
from dashboard.results.facts import Facts
from dashboard.text.explain import Explanation, formula_lines, sources_text
from dashboard.text.words import plain

__all__ = ["PERIOD", "computed", "figures", "names_of", "signed_percent", "title_of", "values_of"]

PERIOD = {"D": "day", "W": "week", "M": "month"}


def overall(demand: DemandFacts) -> pd.Series | None:
    """The row of the accuracy table for all products; None where nothing could be tested."""
    return demand.table.iloc[0] if len(demand.table) else None


def totals(facts: Facts, demand: DemandFacts) -> tuple[float, float]:
    """What not knowing demand costs over living products: when stocking, to order (NaN without money)."""
    live = ~facts.products["ended"].to_numpy()
    out = [
        float(np.nansum(v[live])) if np.isfinite(v[live]).any() else float("nan")
        for v in (demand.stocking, demand.ordering)
    ]
    return out[0], out[1]


def title_of(facts: Facts, demand: DemandFacts) -> str:
    """The finding of the page: what planning by the forecast is worth, in money where there is any, and what not knowing demand still costs."""
    row, (stocking, ordering) = overall(demand), totals(facts, demand)
    unit = PERIOD[facts.frequency]
    ours, simple = float(np.nansum(demand.regret)), float(np.nansum(demand.regret_simple))
    if row is None:
        first = f"Too few {unit}s on record to test the forecast"
    elif facts.has_money and simple > 0:
        first = f"Planning by this forecast misplans stock of {money_text(ours, facts.currency)} a year, "
        less = misplanned_less(ours, simple)
        more = money_text(abs(less), facts.currency)
        same = more == money_text(0.0, facts.currency)
        first += "as much as" if same else f"{more} {'less' if less > 0 else 'more'} than"
        first += f" by a 12-{unit} mean"
    else:
        found = against_simple(row["wape"], row["wape_simple"])
        close = found == "as many"
        words = "as many as" if close else f"{found} than"
        first = f"Over a lead time {percent_text(float(row['wape']))} of units come otherwise than forecast, {words} by a 12-{unit} mean"
        first += f" with {percent_text(float(row['wape_simple']))}" if not close else ""
    if not np.isfinite(stocking):
        return first
    return f"{first}; not knowing demand still costs {money_text(stocking, facts.currency)} a year when stocking, {money_text(ordering, facts.currency)} to order"


def figures(facts: Facts, demand: DemandFacts) -> None:
    """Four figures, each with its comparator."""
    row = overall(demand)
    unit = PERIOD[facts.frequency]
    if row is None:
        return
    one = two = three = four = st.grid(4, min_column_width=230)  # wraps where the window is narrow
    gain = fewer_wrong(row["wape_simple"], row["wape"])
    one.metric(
        "Units forecast wrongly",
        percent_text(float(row["wape"])),
        delta=f"{percent(abs(gain)):.0f} points {'fewer' if gain > 0 else 'more'}"
        if abs(gain) >= 0.005
        else "no fewer",
        delta_color="off" if abs(gain) < 0.005 else "normal" if gain > 0 else "inverse",
        delta_arrow="off",
        delta_description=f"than 12-{unit} mean",
        border=True,
    )
    high = float(row["bias"])
    two.metric("Forecast in total", signed_percent(high), delta=signed_percent(float(row["bias_simple"])), delta_color="off", delta_arrow="off",
               delta_description=f"12-{unit} mean", border=True)  # fmt: skip
    three.metric(
        "A promise of 90 % held",
        f"{percent(float(row['coverage_0.9'])):.0f} of 100 times",
        delta="90",
        delta_color="off",
        delta_arrow="off",
        delta_description="promised",
        border=True,
    )
    ours, simple = float(np.nansum(demand.regret)), float(np.nansum(demand.regret_simple))
    if facts.has_money and simple > 0:
        four.metric(
            "Misplanned stock a year",
            money_text(ours, facts.currency),
            delta=f"{money_text(abs(misplanned_less(ours, simple)), facts.currency)} {'less' if ours <= simple else 'more'}",
            delta_color="normal" if ours <= simple else "inverse",
            delta_arrow="off",
            delta_description=f"than 12-{unit} mean",
            border=True,
        )
    else:
        sums = int(row["sums"])
        four.metric(
            "Tested on",
            f"{sums:,} sums",
            delta=f"{len(demand.past.origin_starts)} past dates",
            delta_color="off",
            delta_arrow="off",
            delta_description="of demand over a lead time",
            border=True,
        )


def computed(facts: Facts, demand: DemandFacts) -> None:
    """How the figures of the page come about."""
    from analytics.demand.life.alive import brier_score
    from analytics.demand.life.reliability import death_reliability
    from analytics.forecast.judged.accuracy import randomised_coverage, units_wrong, wape
    from analytics.forecast.judged.backtest_as_of import backtest_as_known
    from analytics.strategy.money.forecast_value import cost_of_not_knowing, planning_regret

    row, past = overall(demand), demand.past
    if row is None:
        return
    came, wrong = float(np.nansum(past.actual)), units_wrong(past.actual, past.forecast)
    dates = ", ".join(str(d) for d in past.origin_starts[::-1])
    stocking, ordering = totals(facts, demand)
    unit = PERIOD[facts.frequency]
    texts = [
        Explanation(
            "units forecast wrongly",
            f"At {len(past.origin_starts)} past dates the forecast was made again from what was known then ({dates}), cleaned as below, and set beside what came.",
            f"{formula_lines(wape)}\n  = {wrong:,.0f} / {came:,.0f}\n  = {float(row['wape']):.4f}",
            f"Sums over {int(past.interval.min())} to {int(past.interval.max())} {unit}s (lead time plus review), {int(row['sums']):,} of them; "
            f"12-{unit} mean: {float(row['wape_simple']):.4f}",
            (wape, backtest_as_known),
        ),
        Explanation(
            "a promise of 90 %",
            "How often demand stayed within the stock that was to suffice nine times in ten. Where both are the same, usually 0, it counts by its probability.",
            f"{formula_lines(randomised_coverage)}\n  = {float(row['coverage_0.9']):.4f}",
            "level: 0.9; below, upto: forecast chances of staying below what came, and of not exceeding it. Quantiles in whole units where demand is in whole units",
            (randomised_coverage,),
        ),
    ]
    if np.isfinite(stocking):
        texts.append(
            Explanation(
                "the cost of not knowing demand",
                "What orders known a lead time ahead would save: everything lost to waiting, write-offs, and stock beyond half a lot. Set-ups and premiums would stay.",
                f"{formula_lines(cost_of_not_knowing)}\nwhen stocking = {stocking:,.0f}\nto order      = {ordering:,.0f} {facts.currency}",
                "Simulated over twelve months, living products with price and cost, each strategy at its best setting",
                (cost_of_not_knowing,),
            )
        )
    if np.isfinite(demand.regret).any():
        texts.append(
            Explanation(
                "misplanned stock",
                "What stocking by the forecast would have cost more than hindsight at the past dates, a year. "
                "Every unit short counts as lost, so it is a ceiling: use it to compare forecasts.",
                f"{formula_lines(planning_regret)}\nby our forecast = {float(np.nansum(demand.regret)):,.0f}\n"
                f"by the 12-{unit} mean, same relative spread = {float(np.nansum(demand.regret_simple)):,.0f} {facts.currency}",
                "stocked = quantile at short_cost / (short_cost + over_cost); short_cost = price - cost; "
                f"over_cost = cost x (capital + storage + insurance) over the interval; {int(np.isfinite(demand.regret).sum()):,} products",
                (planning_regret,),
            )
        )
    if demand.silent is not None:
        silent, rows = demand.silent, demand.silent.table
        texts.append(
            Explanation(
                "whether a silent product has ended",
                "At past dates every product was given the chance of a whole year without a sale, from its silence and the ends seen until then. "
                "Beside it stands how many then sold nothing.",
                f"{formula_lines(brier_score)}\n  = {silent.brier:.4f}\nthe same share stated for all = {silent.brier_of_share:.4f}\n"
                + "\n".join(
                    f"stated {a:6.1%}, happened {b:6.1%} of {cases:,.0f}"
                    for a, b, cases in rows[["stated", "happened", "cases"]].to_numpy()
                ),
                f"{silent.cases:,} cases; products with a known end are left out",
                (brier_score, death_reliability),
            )
        )
    with st.expander("How is this computed?"):
        for one in texts:
            st.markdown(f"**{plain(one.title[:1].upper() + one.title[1:])}.** {plain(one.meaning)}")
            st.code(one.formula, language=None, wrap_lines=True)
            st.caption(plain(one.origins) + "  \n" + sources_text(one))


def values_of(facts: Facts) -> tuple[np.ndarray, str]:
    """Value of a unit for ranking, and its word."""
    return unit_worth(facts.items)


def signed_percent(share: float) -> str:
    """How far a total is off, with its sign.

    >>> signed_percent(0.042), signed_percent(-0.03), signed_percent(0.002)
    ('+4 %', '-3 %', '0 %')
    """
    points = round(percent(share))
    return f"{'+' if points > 0 else ''}{points} %"


def names_of(facts: Facts) -> dict[str, str]:
    """SKU -> name to show."""
    pairs = zip(facts.products["sku"], facts.products["name"], strict=True)
    return {str(s): f"{n} ({s})" if n != s else str(s) for s, n in pairs}
