"""Demand: how good the forecast is against a naive one, in units and money; cleaning, season, what is made to order by month."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analytics.errors import DataError
from analytics.labels import money_text, number_text, percent_text
from dashboard import compute, inputs
from dashboard.charts.demand import demand_chart
from dashboard.charts.load import load_chart
from dashboard.charts.past import past_chart
from dashboard.charts.season import MONTHS, season_chart
from dashboard.charts.theme import ink
from dashboard.demand_facts import DemandFacts, by_month, worst_errors
from dashboard.explain import Explanation
from dashboard.facts import Facts
from dashboard.frame import data_error, draw, opened, small, waiting
from dashboard.inputs import Choice
from dashboard.words import plain

PERIOD = {"D": "day", "W": "week", "M": "month"}
DAYS = {"D": 1, "W": 7, "M": 31}
AHEAD = {"D": 91, "W": 39, "M": 12}
BEHIND = {"D": 182, "W": 104, "M": 36}
#: Past dates at which a product has to be forecast before its own errors count.
FEW_TESTS = 3


def overall(demand: DemandFacts) -> pd.Series | None:
    """The row of the accuracy table for all products; None where nothing could be tested."""
    return demand.table.iloc[0] if len(demand.table) else None


def totals(facts: Facts, demand: DemandFacts) -> tuple[float, float]:
    """What not knowing demand costs over living products: when stocking, to order (NaN without money)."""
    live = ~facts.products["ended"].to_numpy()
    out = [float(np.nansum(v[live])) if np.isfinite(v[live]).any() else float("nan") for v in (demand.stocking, demand.ordering)]
    return out[0], out[1]


def title_of(facts: Facts, demand: DemandFacts) -> str:
    """The finding of the page."""
    row, (stocking, ordering) = overall(demand), totals(facts, demand)
    unit = PERIOD[facts.frequency]
    if row is None:
        first = f"Too few {unit}s on record to test the forecast"
    else:
        better = row["wape"] < 0.98 * row["wape_simple"]
        close = not better and row["wape"] <= 1.02 * row["wape_simple"]
        words = "fewer than" if better else "as many as" if close else "more than"
        first = f"Over a lead time {percent_text(float(row['wape']))} of units are forecast wrongly, {words} by a 12-{unit} mean"
        first += f" with {percent_text(float(row['wape_simple']))}" if not close else ""
    if not np.isfinite(stocking):
        return first
    return f"{first}; not knowing demand costs {money_text(stocking, facts.currency)} a year when stocking, {money_text(ordering, facts.currency)} to order"


def figures(facts: Facts, demand: DemandFacts) -> None:
    """Four figures, each with its comparator."""
    row = overall(demand)
    unit = PERIOD[facts.frequency]
    if row is None:
        return
    one, two, three, four = st.columns(4)
    gain = float(row["wape_simple"] - row["wape"])
    one.metric(
        "Units forecast wrongly",
        percent_text(float(row["wape"])),
        delta=f"{100.0 * abs(gain):.0f} points {'fewer' if gain > 0 else 'more'}" if abs(gain) >= 0.005 else "no fewer",
        delta_color="off" if abs(gain) < 0.005 else "normal" if gain > 0 else "inverse",
        delta_arrow="off",
        delta_description=f"than 12-{unit} mean",
        border=True,
    )
    high = float(row["bias"])
    two.metric("Forecast in total", f"{'+' if high > 0 else ''}{100.0 * high:.0f} %", delta=f"{100.0 * float(row['bias_simple']):+.0f} %", delta_color="off", delta_arrow="off",
               delta_description=f"12-{unit} mean", border=True)  # fmt: skip
    three.metric(
        "A promise of 90 % held",
        f"{100.0 * float(row['coverage_0.9']):.0f} of 100 times",
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
            delta=f"{money_text(abs(simple - ours), facts.currency)} {'less' if ours <= simple else 'more'}",
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
    row, past = overall(demand), demand.past
    if row is None:
        return
    good = np.isfinite(past.actual)
    came, wrong = float(past.actual[good].sum()), float(np.abs(past.actual - past.forecast)[good].sum())
    dates = ", ".join(str(d) for d in past.origin_starts[::-1])
    stocking, ordering = totals(facts, demand)
    unit = PERIOD[facts.frequency]
    texts = [
        Explanation(
            "units forecast wrongly",
            f"At {len(past.origin_starts)} past dates the forecast was made again from what was known then ({dates}), cleaned as below, and set beside what came.",
            f"wape = sum |came - forecast| / sum came\n  = {wrong:,.0f} / {came:,.0f}\n  = {float(row['wape']):.4f}",
            f"Sums over {int(past.interval.min())} to {int(past.interval.max())} {unit}s (lead time plus review), {int(row['sums']):,} of them; "
            f"12-{unit} mean: {float(row['wape_simple']):.4f}",
            "analytics.forecast.accuracy.wape, analytics.forecast.as_known.backtest_as_known",
        ),
        Explanation(
            "a promise of 90 %",
            "How often demand stayed within the stock that was to suffice nine times in ten; a tie counts half.",
            f"coverage = share of came < quantile + half the share of came = quantile\n  = {float(row['coverage_0.9']):.4f}",
            "Quantiles in whole units where demand is in whole units",
            "analytics.forecast.accuracy.coverage",
        ),
    ]
    if np.isfinite(stocking):
        texts.append(
            Explanation(
                "the cost of not knowing demand",
                "What orders known a lead time ahead would save: everything lost to waiting, write-offs, and stock beyond half a lot. Set-ups and premiums would stay.",
                "cost_of_not_knowing\n  = lost_margin + goodwill + waiting + obsolescence + markdown + cancellation\n    + unit_holding_cost x max(on_hand - lot / 2, 0)\n"
                f"when stocking = {stocking:,.0f}\nto order      = {ordering:,.0f} {facts.currency}",
                "Simulated over twelve months, living products with price and cost, each strategy at its best setting",
                "analytics.strategy.not_knowing.cost_of_not_knowing",
            )
        )
    if np.isfinite(demand.regret).any():
        texts.append(
            Explanation(
                "misplanned stock",
                "What stocking by the forecast would have cost more than hindsight at the past dates, a year. "
                "Every unit short counts as lost, so it is a ceiling: use it to compare forecasts.",
                "regret = margin x (came - stocked)+ + holding x (stocked - came)+,  stocked = quantile at margin / (margin + holding)\n"
                f"by our forecast = {float(np.nansum(demand.regret)):,.0f}\n"
                f"by the 12-{unit} mean, same relative spread = {float(np.nansum(demand.regret_simple)):,.0f} {facts.currency}",
                f"margin = price - cost; holding = cost x (capital + storage + insurance) over the interval; {int(np.isfinite(demand.regret).sum()):,} products",
                "analytics.strategy.not_knowing.planning_regret",
            )
        )
    with st.expander("How is this computed?"):
        for one in texts:
            st.markdown(f"**{plain(one.title[:1].upper() + one.title[1:])}.** {plain(one.meaning)}")
            st.code(one.formula, language=None, wrap_lines=True)
            st.caption(plain(one.origins) + "  \n" + f"In the code: `{one.source}`")


def values_of(facts: Facts) -> tuple[np.ndarray, str]:
    """Value of a unit for ranking: cost, else price, else 1; and its word."""
    for name, word in (("unit_cost", "at cost"), ("price", "at price")):
        value = np.asarray(facts.items[name], np.float64)
        if np.isfinite(value).mean() > 0.5:
            return value, word
    return np.ones(len(facts.products)), "units"


def names_of(facts: Facts) -> dict[str, str]:
    """SKU -> name to show."""
    pairs = zip(facts.products["sku"], facts.products["name"], strict=True)
    return {str(s): f"{n} ({s})" if n != s else str(s) for s, n in pairs}


def worst_part(facts: Facts, worst: pd.DataFrame, word: str) -> None:
    """The products whose errors are worth most."""
    if not len(worst):
        return
    share = float(worst["value"].head(10).sum() / max(worst["value"].sum(), 1e-12))
    st.subheader(f"Ten products carry {percent_text(share)} of the error" + (f" {word}" if word != "units" else ""), anchor=False)
    rows = worst.head(10)
    at = rows["position"].to_numpy()
    shown = pd.DataFrame(
        {
            "Product": facts.products["name"].to_numpy()[at],
            "SKU": facts.products["sku"].to_numpy()[at],
            "Value": [number_text(v, 2) for v in rows["value"]],
            "Error": [number_text(v, 2) for v in rows["error"]],
            "Said": [f"{number_text(a, 2)} → {number_text(b, 2)}" for a, b in zip(rows["said"], rows["came"], strict=True)],
        }
    )
    if word == "units":
        shown = shown.drop(columns="Value")
    st.dataframe(
        shown,
        hide_index=True,
        width="stretch",
        column_config={
            "Product": st.column_config.TextColumn(width=160),
            "SKU": st.column_config.TextColumn(width=80),
            "Value": st.column_config.TextColumn(f"{facts.currency} {word}".strip(), width=85),
            "Error": st.column_config.TextColumn("Units", width=55),
            "Said": st.column_config.TextColumn("Said → came", width=95),
        },
        alt="Products with the largest usual error over a lead time, by value",
    )
    small("Usual error of a sum over a lead time, mean of the past dates" + ("." if word == "units" else f"; in money {word} and in units."))


def product_part(choice: Choice, facts: Facts, demand: DemandFacts, worst: pd.DataFrame) -> None:
    """Fan chart of one product, and what the forecast said at past dates."""
    names = names_of(facts)
    skus = facts.products["sku"].to_numpy()
    order = [str(skus[p]) for p in worst["position"]]
    order += [s for s in names if s not in set(order)]
    sku = st.selectbox("Product (largest error first)", order, format_func=lambda s: names[s], key=f"demand-product-{facts.digest[:8]}")
    if sku is None:
        return
    i = facts.position(str(sku))
    unit = PERIOD[facts.frequency]
    with waiting("Forecast") as progress:
        table = compute.forecast_of(choice, str(sku), AHEAD[facts.frequency], progress)
    table = table.assign(period=pd.to_datetime(table["period"]))
    sold_at = np.flatnonzero(facts.demand[i] > 0)
    begin = max(len(facts.starts) - BEHIND[facts.frequency], (int(sold_at[0]) if len(sold_at) else 0) - 1, 0)
    sold = pd.DataFrame({"period": pd.to_datetime(facts.starts[begin:]), "units": facts.demand[i, begin:].astype(float)})
    mine = demand.changes[(demand.changes["sku"] == sku) & (demand.changes["removed"] > 0)]
    mine = pd.DataFrame({"period": pd.to_datetime(mine["first_period"]), "units": mine["units_before"], "fitted": mine["units_after"]})
    mine = mine[mine["period"] >= sold["period"].min()]
    year = float(demand.ahead[i, : {"D": 365, "W": 52, "M": 12}[facts.frequency]].sum())
    st.subheader(f"{number_text(year)} units expected over 12 months", anchor=False)
    draw(demand_chart(sold, table, ink(st.context.theme.type), mine), alt=f"Sold by {unit} and expected demand with bands; {number_text(year)} units expected over 12 months")
    marks = " Diamonds: counted in the forecast instead of what was sold (see cleaning)." if len(mine) else ""
    small(f"Units a {unit}. Solid: sold. Dashed: expected, the chance of having ended counted; bands: half and nine tenths of futures.{marks} Forecast: {demand.method[i]}.")
    past = demand.past
    known = np.flatnonzero(np.isfinite(past.actual[i]))[::-1]
    if len(known):
        low, high = past.quantiles[i, known, 0], past.quantiles[i, known, int(np.argmin(np.abs(_levels() - 0.95)))]
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
        draw(past_chart(frame, ink(st.context.theme.type)), alt=f"What the forecast said at {len(frame)} past dates and what came: {inside} times within the band of nine tenths")
        span = int(past.interval[i])
        after = f"{span} {unit}s" if span > 1 else unit
        small(f"Units over the {after} after each date. Solid point: came. Dashed ring: forecast. Bar: nine tenths of futures. Tick: 12-{unit} mean.")
    for note in demand.notes[i]:
        small(note)


def _levels() -> np.ndarray:
    from analytics.forecast.backtest import BACKTEST_LEVELS

    return BACKTEST_LEVELS


def _switched(layer: str, now: tuple[str, ...]) -> None:
    on = bool(st.session_state[f"layer-{layer}"])
    inputs.clean(tuple(n for n in now if n != layer) if not on else (*now, layer))


def cleaning_part(choice: Choice, demand: DemandFacts, facts: Facts) -> None:
    """Layers with switches, and every change."""
    removed = demand.original_units - demand.cleaned_units
    share = removed / max(demand.original_units, 1e-12)
    left_out = sum(x.units for x in demand.layers if x.on and x.name in ("partial_periods", "late_channels"))
    words = f"Cleaning takes {number_text(removed)} units ({percent_text(share)}) out of the forecast" if removed > 0 else "Cleaning takes no units out of the complete periods"
    st.subheader(f"{words}; the history itself stays as it is", anchor=False)
    now = tuple(x.name for x in demand.layers if x.on)
    unit = PERIOD[facts.frequency]
    for layer in demand.layers:
        key = f"layer-{layer.name}"
        if st.session_state.get(key) != layer.on:
            st.session_state[key] = layer.on
        st.toggle(
            f"{layer.label}: {plain(layer_words(layer.name, layer.on, layer.products, layer.periods, layer.units, unit))}",
            key=key,
            help=layer.meaning,
            on_change=_switched,
            args=(layer.name, now),
        )
    small(
        f"Counted {number_text(demand.original_units, 4)} = fitted {number_text(demand.cleaned_units, 4)} + removed {number_text(removed, 4)} units"
        + (f"; {number_text(left_out, 4)} more lie in periods left out at the edges." if left_out else ".")
    )
    if choice.cleaning is not None:
        st.button("Back to the usual layers", on_click=inputs.clean, args=(None,), icon=":material/restart_alt:")
    if len(demand.changes):
        names = dict(zip(facts.products["sku"], facts.products["name"], strict=True))
        labels = {x.name: x.label for x in demand.layers}
        table = demand.changes.sort_values("removed", ascending=False, kind="stable")
        shown = pd.DataFrame(
            {
                "Layer": [labels[n] for n in table["layer"]],
                "Product": [names.get(s, s) for s in table["sku"]],
                "From": table["first_period"],
                "To": table["last_period"],
                "Units before": table["units_before"],
                "Units after": table["units_after"],
                "Why": table["why"],
            }
        )
        with st.expander(f"Every change: {len(shown):,}"):
            st.dataframe(shown, hide_index=True, width="stretch", alt="Every change that cleaning makes: layer, product, period, units before and after, why")


def layer_words(name: str, on: bool, products: int, periods: int, units: float, unit: str) -> str:
    """What a layer found, in a line.

    >>> layer_words("outliers", True, 2, 3, 412.0, "month")
    '3 months of 2 products, 412 units'
    """
    if not periods:
        return "nothing found" if on or name not in ("partial_periods", "late_channels") else "off"
    what = f"{periods:,} {unit}{'s' if periods != 1 else ''}"
    if name not in ("partial_periods", "late_channels"):
        what += f" of {products:,} product{'s' if products != 1 else ''}"
    what += f", {number_text(units)} units" if units else ""
    return what if on else f"off, would concern {what}"


def classes_part(facts: Facts, demand: DemandFacts) -> None:
    """Classes as explanation."""
    table = demand.table
    if len(table) < 2:
        return
    rows = table[table["class"] != "all"]
    worst = rows.sort_values("wape", ascending=False).iloc[0]
    st.subheader(f"{str(worst['class']).capitalize()} demand is hardest to foresee", anchor=False)
    from analytics.forecast.spread import CLASSES

    number = {name: int((demand.past.label == k).sum()) for k, name in enumerate(CLASSES)}
    shown = pd.DataFrame(
        {
            "Class": [str(c).capitalize() for c in table["class"]],
            "Products": [number.get(str(c), len(demand.past.label)) for c in table["class"]],
            "Off": [percent_text(float(v)) for v in table["wape"]],
            f"12-{PERIOD[facts.frequency]} mean off": [percent_text(float(v)) for v in table["wape_simple"]],
            "In total": [f"{100 * float(v):+.0f} %" for v in table["bias"]],
            "90 % held": [f"{100 * float(v):.0f} %" for v in table["coverage_0.9"]],
        }
    )
    st.dataframe(shown, hide_index=True, width="stretch", alt="Accuracy by class of demand, beside the 12-period mean")
    small("Smooth: sells nearly always, alike. Erratic: sizes vary. Intermittent: sells now and then. Lumpy: both. Classes explain; they decide nothing.")


def short_part(facts: Facts, demand: DemandFacts) -> None:
    """Products too short to test."""
    live = ~facts.products["ended"].to_numpy()
    at = np.flatnonzero(live & (demand.tests < FEW_TESTS))
    if not len(at):
        st.caption(f"Every living product was tested at {FEW_TESTS} past dates or more.")
        return
    st.subheader(f"{len(at):,} product{'s' if len(at) > 1 else ''} too short to test: they borrow from others", anchor=False)
    shown = pd.DataFrame(
        {
            "Product": facts.products["name"].to_numpy()[at],
            f"{PERIOD[facts.frequency].capitalize()}s": demand.history_periods[at],
            "Tests": demand.tests[at],
            "Note": [" ".join(demand.notes[i]) for i in at],
        }
    )
    st.dataframe(shown, hide_index=True, width="stretch", height=min(38 + 35 * len(shown), 248), alt="Products too short to test the forecast on, with their history")


def season_part(facts: Facts, demand: DemandFacts) -> None:
    """Sales by month and year, and the year ahead."""
    families = sorted({str(f) for f in facts.products["family"] if f})
    chosen = st.selectbox("Season of", ["All products", *families], key=f"season-{facts.digest[:8]}") if len(families) > 1 else "All products"
    part = np.ones(len(facts.products), bool) if chosen in (None, "All products") else facts.products["family"].to_numpy() == chosen
    months, units = by_month(facts.starts, DAYS[facts.frequency], facts.demand[part].sum(axis=0, keepdims=True).astype(float))
    coming, ahead = by_month(demand.ahead_starts, DAYS[facts.frequency], demand.ahead[part].sum(axis=0, keepdims=True).astype(float))
    first_whole = 1 if facts.starts[0] > months[0].astype("datetime64[D]") else 0
    seam = coming[0]
    past = {m: u for m, u in zip(months[first_whole:], units[0, first_whole:], strict=True) if m < seam}
    joint = float(units[0, -1]) if months[-1] == seam else 0.0
    future = {m: u + (joint if m == seam else 0.0) for m, u in zip(coming[:13], ahead[0, :13], strict=True)}
    if len(past) < 12:
        st.caption("Less than a year on record: no season to show.")
        return
    years = sorted({m.astype("datetime64[Y]") for m in past})[-4:]
    last_year = max(m for m in past).astype("datetime64[Y]")
    rows = [
        {"year": str(m.astype("datetime64[Y]")), "month": int(m.astype(int) % 12) + 1, "units": float(u), "kind": "last" if m.astype("datetime64[Y]") == last_year else "before"}
        for m, u in past.items()
        if m.astype("datetime64[Y]") in years
    ]
    rows += [{"year": f"{m.astype('datetime64[Y]')} expected", "month": int(m.astype(int) % 12) + 1, "units": float(u), "kind": "ahead"} for m, u in list(future.items())[:12]]
    by = np.zeros(12)
    seen = np.zeros(12)
    for m, u in past.items():
        by[int(m.astype(int) % 12)] += u
        seen[int(m.astype(int) % 12)] += 1
    index = by / np.maximum(seen, 1) / max(float((by / np.maximum(seen, 1)).mean()), 1e-12)
    high, low = int(index.argmax()), int(index.argmin())
    swing = f"{MONTHS[high]} sells {percent_text(index[high])} of an average month, {MONTHS[low]} {percent_text(index[low])}"
    st.subheader(swing, anchor=False)
    draw(season_chart(pd.DataFrame(rows), ink(st.context.theme.type)), alt=f"Sales by month, one line a year: {swing}")
    small("Units a month. Solid: the last year and, thinner, those before. Dashed: expected. A month at the seam holds what was sold and what is expected.")


def load_part(facts: Facts, demand: DemandFacts) -> None:
    """What is made to order, by month, against the best month so far."""
    made = (facts.products["recommended"].isin(("MTO", "ATO"))).to_numpy() & (facts.products["make_or_buy"] == "make").to_numpy() & ~facts.products["ended"].to_numpy()
    if not made.any():
        st.caption("Nothing is made to order, so orders do not load the shop month by month.")
        return
    value, word = values_of(facts)
    weight = np.nan_to_num(value)[made]
    months, past = by_month(facts.starts, DAYS[facts.frequency], weight[None, :] @ facts.demand[made].astype(float))
    coming, ahead = by_month(demand.ahead_starts, DAYS[facts.frequency], weight[None, :] @ demand.ahead[made].astype(float))
    whole = past[0, (1 if facts.starts[0] > months[0].astype("datetime64[D]") else 0) : len(months) - (1 if months[-1] >= coming[0] else 0)][-24:]
    if not len(whole) or whole.max() <= 0:
        return
    capacity = float(whole.max())
    begin = 1 if demand.ahead_starts[0] > coming[0].astype("datetime64[D]") else 0
    share = ahead[0, begin : begin + 12] / capacity
    labels = [f"{MONTHS[int(m.astype(int) % 12)]} {str(m)[2:4]}" for m in coming[begin : begin + 12]]
    peak = int(share.argmax())
    count = int(made.sum())
    if share[peak] > 1.0:
        words = f"{labels[peak]} needs {percent_text(share[peak])} of the best month so far: pre-build, or keep some of the {count} products in stock"
    else:
        words = f"To order, the busiest month ({labels[peak]}) needs {percent_text(share[peak])} of the best month so far"
    st.subheader(words, anchor=False)
    frame = pd.DataFrame({"month": labels, "share": share, "label": [percent_text(s) for s in share], "work": share * capacity})
    draw(load_chart(frame, ink(st.context.theme.type)), alt=words)
    kind = f"work {word}" if word != "units" else "units"
    amount = f"{number_text(capacity)} {facts.currency if word != 'units' else 'units'}"
    small(f"Expected {kind} of the {count} products made or assembled to order; the line is their best month of the last two years ({amount}). Orders vary round this.")


def own_part(choice: Choice, facts: Facts) -> None:
    """The user's own forecast beside ours."""
    st.subheader("Your own forecast, compared", anchor=False)
    st.caption("A file with sku, period, mean and, where known, origin: the day it was made. It must reach into the past, so that it can be set beside what came.")
    file = st.file_uploader("Forecast file", key="forecast-file", max_upload_size=50, label_visibility="collapsed")
    if file is None:
        return
    try:
        with waiting("Comparing") as progress:
            added = compute.value_added(choice, file.name, file.getvalue(), progress)
    except DataError as error:
        data_error(error)
        return
    row = added.table.iloc[0]
    yours, ours, naive = (float(row[f"{w}_wape"]) for w in ("yours", "ours", "naive"))
    best = min((yours, "Yours is closest"), (ours, "Ours is closest"), (naive, "The mean of the last 12 is closest"))[1]
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
    st.dataframe(shown, hide_index=True, width="stretch", height=min(38 + 35 * max(len(shown), 1), 318), alt="Forecast value added by product, where yours loses most first")
    from analytics.writeup.files import csv_bytes

    st.download_button("forecast_value_added.csv", lambda: csv_bytes(added.table), "forecast_value_added.csv", "text/csv", on_click="ignore", icon=":material/download:")
    small(f"Same products, same past dates ({', '.join(added.origins)}), same sums; ours was fitted again on what was known then.")


def show() -> None:
    """The page."""
    choice, facts = opened()
    if compute.demand_is_ready(choice):
        demand = compute.demand(choice)
    else:
        with waiting("Testing the forecast on the past") as progress:
            demand = compute.demand(choice, progress)
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
        load_part(facts, demand)
    with right:
        worst_part(facts, worst, word)
        classes_part(facts, demand)
        cleaning_part(choice, demand, facts)
        short_part(facts, demand)
        own_part(choice, facts)


show()
