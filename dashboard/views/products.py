"""Products: a table by money at stake; a row opens the product with its demand, strategies, reasons, inputs and own choice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analytics.items import ITEM_FIELDS, ORIGINS
from analytics.labels import COMPONENTS, money_text, number_text, percent_text, strategy_text
from dashboard import compute, inputs
from dashboard.charts.decision import decision_chart, tile_edges
from dashboard.charts.demand import demand_chart
from dashboard.charts.quotes import crossing, quotes_chart
from dashboard.charts.theme import ink
from dashboard.charts.tornado import tornado_chart
from dashboard.explain import explanations
from dashboard.facts import Facts, Override
from dashboard.frame import draw, opened, small, waiting
from dashboard.inputs import Choice
from dashboard.tables import sparklines
from dashboard.words import counts_of, field_words, flip_range, flip_sentence, how, map_axis, map_number, plain, value_text, verdict_text, wait_text

MAP_AXES = ("quote_days", "cost_premium", "patience_per_day", "demand", "holding_rate", "hazard_per_year", "margin", "lead_days")
PERIOD_WORDS = {"D": "day", "W": "week", "M": "month"}
AHEAD = {"D": 91, "W": 39, "M": 12}
BEHIND = {"D": 182, "W": 104, "M": 36}


def stake(facts: Facts) -> np.ndarray:
    """Money that choosing badly would cost: the best strategy's profit less the worst offered."""
    with np.errstate(all="ignore"):
        profit = facts.profit
        known = np.isfinite(profit).any(axis=1)
        spread = np.where(known, np.nanmax(np.where(np.isfinite(profit), profit, -np.inf), axis=1) - np.nanmin(np.where(np.isfinite(profit), profit, np.inf), axis=1), 0.0)
    return np.where(np.isfinite(spread), spread, 0.0)


def table_of(facts: Facts) -> pd.DataFrame:
    """One row per product for the screen, most money at stake first, ended ones last."""
    products = facts.products
    make = products["make_or_buy"].to_numpy() == "make"
    table = pd.DataFrame(
        {
            "sku": products["sku"],
            "Product": products["name"],
            "Family": products["family"],
            "Do": [("Nothing: ended" if ended else strategy_text(s, bool(m)).capitalize()) for s, m, ended in zip(products["recommended"], make, products["ended"], strict=True)],
            "Confidence": ["Ended" if ended else verdict_text(v, short=True) for v, ended in zip(products["verdict"], products["ended"], strict=True)],
            "Gain": products["gain_per_year"] / 1000.0,
            "Lead": products["lead_over_runner_up"] / 1000.0,
            "Wave": [str(w) if w else "" for w in products["wave"]],
            "Who waits": [wait_text(a, b, c) for a, b, c in zip(products["share_waiting"], products["wait_days_median"], products["wait_days_p90"], strict=True)],
            "How": [how(facts, i) for i in range(len(products))],
            "Sales": sparklines(facts, np.arange(len(products))),
            "stake": stake(facts),
            "ended": products["ended"],
            "units": np.nan_to_num(facts.units["units_demanded"][:, 0]),
        }
    )
    return table.sort_values(["ended", "stake", "units"], ascending=[True, False, False], kind="stable", ignore_index=True)


def rule_part(facts: Facts) -> None:
    """The rule that sales can use, with what it keeps and what it costs."""
    rule = facts.rule
    if not rule or not facts.has_money:
        return
    kept, wrong = float(rule["share_of_gain_kept"]), int(rule["products_wrong"])
    with st.container(border=True):
        st.markdown("**A rule that sales can use:** " + plain(" ".join(rule["sentences"])))
        decided = f"{rule['products']} decided products"
        right = f"It sends {wrong} of {decided} elsewhere than the table" if wrong else f"It agrees with the table on all {decided}"
        cost = f", which costs {money_text(float(rule['lost_per_year']), facts.currency)} a year" if wrong else ""
        if kept <= 0.0:
            small(f"No simple rule holds: on products it was not made from it keeps nothing of the gain. {right}{cost}. Use the table.")
        else:
            small(f"On products it was not made from it keeps {percent_text(min(kept, 1.0))} of the gain. {right}{cost}.")


def overview(facts: Facts) -> None:
    """The table of all products."""
    count = counts_of(facts)
    doing = {"MTS": "to stock", "ATO": "to assemble", "MTO": "to order", "HYBRID": "split by order size"}
    parts = [f"{number_text(n, 6)} {words}" for name, words in doing.items() if (n := count.get(name, 0))]
    ended = int(facts.products["ended"].sum())
    st.title(f"{', '.join(parts) or 'No living product'}{f'; {ended} ended' if ended else ''}", anchor=False)
    st.markdown("Most money at stake first. Select a row to open the product.")
    table = table_of(facts)
    left, middle, right = st.columns([2, 2, 1.2], vertical_alignment="bottom")
    sought = left.text_input("Search", key="product-search", placeholder="product or SKU")
    wanted = middle.pills("Show", ["To stock", "To assemble", "To order", "Ended"], selection_mode="multi", key="product-filter")
    names = {str(s): f"{n} ({s})" if n != s else str(s) for s, n in zip(table["sku"], table["Product"], strict=True)}
    opened_sku = right.selectbox("Open a product", list(names), index=None, format_func=lambda s: names[s], key="product-open", placeholder="choose")
    if opened_sku:
        st.session_state["product"] = opened_sku
        st.rerun()
    if sought.strip():
        text = sought.strip().lower()
        table = table[[text in str(n).lower() or text in str(s).lower() or text in str(f).lower() for n, s, f in zip(table["Product"], table["sku"], table["Family"], strict=True)]]
    if wanted:
        word = {"To stock": "stock", "To assemble": "assemble", "To order": "to order", "Ended": "ended"}
        keep = [any(word[w] in d.lower() and not (w == "To order" and "assemble" in d.lower()) for w in wanted) for d in table["Do"]]
        table = table[keep]
    money = f", k {facts.currency}".rstrip() if facts.currency else ", k"
    order = ["Product", "sku", "Do", "Confidence", *(["Gain", "Wave", "Lead"] if facts.has_money else []), "Who waits", "How", "Sales"]
    picked = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height=min(38 + 35 * max(len(table), 1), 668),
        column_order=order,
        on_select="rerun",
        selection_mode="single-row",
        key=f"products-{facts.digest[:8]}",
        column_config={
            "Product": st.column_config.TextColumn(pinned=True, width=215),
            "sku": st.column_config.TextColumn("SKU", width=100),
            "Do": st.column_config.TextColumn(width=125),
            "Confidence": st.column_config.TextColumn(width=120),
            "Gain": st.column_config.NumberColumn(f"Gain{money}", format="%.1f", width=85, help=f"Against {facts.baseline_name}, over 12 months"),
            "Lead": st.column_config.NumberColumn(f"Lead{money}", format="%.1f", width=85, help="Of the recommended strategy over the second best"),
            "Wave": st.column_config.TextColumn(width=60, help="In which order to change: wave 1 brings 80 % of the gain, waves 1 and 2 bring 95 %"),
            "Who waits": st.column_config.TextColumn(width=105),
            "Sales": st.column_config.AreaChartColumn("Sales, by month", width=110, color="gray"),
            "How": st.column_config.TextColumn(width=200),
        },
        alt=f"{len(table)} products by money at stake with recommendation, confidence, gain, lead and wait",
    )
    rows = picked["selection"]["rows"] if picked else []
    if rows and rows[0] < len(table):
        st.session_state["product"] = str(table.iloc[rows[0]]["sku"])
        st.rerun()
    rule_part(facts)
    if facts.has_money and abs(facts.shared) >= 0.5:
        small(
            f"The gains of the products ({money_text(float(facts.products['gain_per_year'].sum()), facts.currency, 3)}) and the line 'shared components' "
            f"({money_text(facts.shared, facts.currency, 3)}) make the headline ({money_text(facts.gain, facts.currency, 3)})."
        )
    below = facts.items["unit_cost"] > facts.items["price"]
    below &= ~facts.products["ended"].to_numpy()
    if below.any():
        st.caption(plain(f"{int(below.sum())} products sell below cost: fix the price first. They stand apart and are not in the headline."))


def demand_part(choice: Choice, facts: Facts, i: int) -> None:
    """What was sold and what is expected."""
    sku = str(facts.products.at[i, "sku"])
    period = PERIOD_WORDS[facts.frequency]
    with waiting("Forecast") as progress:
        table = compute.forecast_of(choice, sku, AHEAD[facts.frequency], progress)
    table = table.assign(period=pd.to_datetime(table["period"]))
    back = BEHIND[facts.frequency]
    any_sale = np.flatnonzero(facts.demand[i] > 0)
    begin = max(len(facts.starts) - back, (int(any_sale[0]) if len(any_sale) else 0) - 1, 0)
    sold = pd.DataFrame({"period": pd.to_datetime(facts.starts[begin:]), "units": facts.demand[i, begin:].astype(float)})
    year = float(facts.units["units_demanded"][i, 0])
    st.subheader(f"Demand: {number_text(year)} units expected over 12 months", anchor=False)
    draw(demand_chart(sold, table, ink(st.context.theme.type)), alt=f"Sold by {period} and expected demand with bands")
    st.caption(
        plain(f"Units a {period}. Solid: sold. Dashed: expected, the chance of having ended counted; bands: half and nine tenths of futures. Forecast: {table['method'].iloc[0]}.")
    )


def strategies_part(facts: Facts, i: int, make: bool) -> None:
    """Money and service of each strategy offered."""
    offered = [k for k in range(len(facts.strategies)) if np.isfinite(facts.units["units_demanded"][i, k])]
    names = [strategy_text(facts.strategies[k], make).capitalize() for k in offered]
    rows: dict[str, list[str]] = {}
    if np.isfinite(facts.profit[i, offered[0]]):
        rows["Contribution after stock costs"] = [number_text(facts.profit[i, k], 3) for k in offered]
        rows["1 year in 20 below / above"] = ["recomputing" if facts.pending else f"{number_text(facts.low[i, k], 2)} / {number_text(facts.high[i, k], 2)}" for k in offered]
        for c, name in enumerate(COMPONENTS):
            values = [facts.components[i, k, c] for k in offered]
            if any(abs(v) >= 0.5 for v in values):
                rows[f"− {COMPONENTS[name].label}"] = [number_text(v, 2) for v in values]
        rows["Best of all in ... of 100 parameter draws"] = ["recomputing" if facts.pending else f"{100 * facts.probability_best[i, k]:.0f}" for k in offered]
        rows["Cash tied up"] = [number_text(facts.cash[i, k], 2) for k in offered]
    rows["Orders that wait"] = [wait_text(facts.units["share_waiting"][i, k], facts.wait_median[i, k], facts.wait_p90[i, k]) for k in offered]
    rows["Sales lost"] = [percent_text(facts.units["share_lost"][i, k]) for k in offered]
    st.subheader(f"{len(offered)} strategies on the same demand" if len(offered) > 1 else "One strategy is offered", anchor=False)
    st.dataframe(pd.DataFrame(rows, index=names).T.rename_axis("").reset_index(), hide_index=True, width="stretch", height="content", alt="Strategies side by side")
    small(
        f"{facts.currency or 'Money'} over 12 months; components are lost against a perfect year."
        if np.isfinite(facts.profit[i, offered[0]])
        else "No price or cost: units and days only."
    )


def turning_part(choice: Choice, facts: Facts, i: int, make: bool) -> float:
    """What would turn the choice: flip points in sentences, the lead's tornado, the map of two levers. Returns the quote at which it turns (NaN)."""
    if not np.isfinite(facts.profit[i]).any() or np.isfinite(facts.profit[i]).sum() < 2:
        return float("nan")
    with waiting("What would turn it") as progress:
        flips, swings = compute.turning_of(choice, str(facts.products.at[i, "sku"]), progress)
    best = flips[0].best
    turning = [f for f in flips if np.isfinite(f.turns)]
    firm = [f for f in flips if not np.isfinite(f.turns)]
    st.subheader(f"What would turn it: {len(turning)} of {len(flips)} levers" if turning else "Nothing in range would turn it", anchor=False)
    now = str(facts.products.at[i, "recommended"])
    if now == "HYBRID":
        small(f"Levers are moved for the whole product, without the split by order size. Of the whole, to {strategy_text(best, make)} is ahead.")
    elif best != now:
        small(f"By expected money alone {strategy_text(best, make)} is ahead; these are the values at which that changes.")
    for one in turning:
        st.markdown(f"- {plain(flip_sentence(one.lever, one.now, one.turns, one.to, make))}")
    if firm:
        small("One at a time, everything else as it is. No turn within: " + "; ".join(flip_range(f.lever, f.least, f.most) for f in firm) + ".")
    else:
        small("One at a time, everything else as it is.")
    bars = [s for s in swings if s.swing >= 0.02 * max(abs(s.lead_low), abs(s.lead_high), 1e-9)][:5]
    lead = float(np.sort(facts.profit[i][np.isfinite(facts.profit[i])])[-1] - np.sort(facts.profit[i][np.isfinite(facts.profit[i])])[-2])
    if bars:
        words = [field_words(b.field) for b in bars]
        frame = pd.DataFrame(
            {
                "label": [w[:1].upper() + w[1:] for w in words],
                "at_low": [b.lead_low for b in bars],
                "at_high": [b.lead_high for b in bars],
                "low_text": [value_text(b.field, b.low).removesuffix(" at two weeks") for b in bars],
                "high_text": [value_text(b.field, b.high).removesuffix(" at two weeks") for b in bars],
            }
        )
        st.markdown(f"**Its lead moves most with {plain(words[0])}**")
        small(f"Lead of {strategy_text(best, make)} over the next best, {facts.currency or 'money'} over 12 months, with each assumption at the ends of its range.")
        draw(tornado_chart(frame, lead, ink(st.context.theme.type), "lead"), alt=f"The lead moves most with {words[0]}")
    quote = next((f.turns for f in flips if f.lever == "quote_days"), float("nan"))
    if st.toggle("Map of two levers", key=f"map-{facts.digest[:8]}-{i}"):
        map_part(choice, facts, i, {f.lever: f.now for f in flips})
    return float(quote)


def map_part(choice: Choice, facts: Facts, i: int, now: dict[str, float]) -> None:
    """Where the answer flips between any two levers."""
    levers = [name for name in MAP_AXES if np.isfinite(now.get(name, np.nan))]
    left, right = st.columns(2)
    across = left.selectbox("Across", levers, format_func=map_axis, key=f"map-across-{facts.digest[:8]}")
    rest = [name for name in levers if name != across]
    up = right.selectbox("Up", rest, index=min(rest.index("cost_premium") if "cost_premium" in rest else 0, len(rest) - 1), format_func=map_axis, key=f"map-up-{facts.digest[:8]}")
    with waiting("Map") as progress:
        chart = compute.map_of(choice, str(facts.products.at[i, "sku"]), str(across), str(up), progress)
    x, y = (np.array([map_number(name, float(v)) for v in values]) for name, values in ((across, chart.across_values), (up, chart.up_values)))
    names = np.array(chart.strategies, object)
    row, column = (grid.ravel() for grid in np.indices(chart.best.shape))
    scale = max(float(np.quantile(chart.lead, 0.9)), 1e-9)
    (x_from, x_to), (y_from, y_to) = tile_edges(x), tile_edges(y)
    frame = pd.DataFrame(
        {
            "left": x_from[column],
            "right": x_to[column],
            "bottom": y_from[row],
            "top": y_to[row],
            "strategy": names[chart.best.ravel()],
            "strength": np.minimum(chart.lead.ravel() / scale, 1.0),
        }
    )
    words = {"MTS": "to stock", "ATO": "assemble", "MTO": "to order", "HYBRID": "split"}
    shares = frame["strategy"].value_counts(normalize=True)
    marks = [
        {"across": float(x[column][here].mean()), "up": float(y[row][here].mean()), "name": words[str(s)]}
        for s in shares.index
        if (here := (frame["strategy"] == s).to_numpy()).mean() > 0.04
    ]
    here_x, here_y = map_number(str(across), now[str(across)]), map_number(str(up), now[str(up)])
    told = ", ".join(f"{words[s]} {100 * v:.0f} %" for s, v in zip(shares.index.astype(str), shares, strict=True))
    titles = (map_axis(str(across)), map_axis(str(up)))
    draw(decision_chart(frame, pd.DataFrame(marks), here_x, here_y, titles, ink(st.context.theme.type)), alt=f"Best strategy over {titles[0]} and {titles[1]}: {told} of the map")
    small("Which strategy earns most at each pair; the paler, the smaller its lead over the next.")


#: A strategy beside its line.
_SHORT = {"MTS": "to stock", "ATO": "assembled", "MTO": "to order", "HYBRID": "split by order size"}


def quotes_part(facts: Facts, i: int, make: bool, turns: float) -> None:
    """Profit to order by the days quoted, and where another strategy overtakes (`turns`, if it was looked for)."""
    if not facts.quotes.shape[1] or not np.isfinite(facts.quote_profit[i]).all():
        return
    order = np.argsort(facts.quotes[i])
    days, profit = facts.quotes[i][order], facts.quote_profit[i][order]
    if days[-1] <= days[0]:
        return
    others = [(s, k) for k, s in enumerate(facts.strategies) if s != "MTO" and np.isfinite(facts.profit[i, k])]
    best, k = max(others, key=lambda pair: facts.profit[i, pair[1]])
    flip = turns if np.isfinite(turns) and days[0] <= turns <= days[-1] else crossing(list(days), list(profit), float(facts.profit[i, k]))
    words = _SHORT[best]
    if np.isfinite(flip):
        title = f"A quote over {round(flip)} days hands it to {words}"
    else:
        title = f"At any quote from {round(days[0])} to {round(days[-1])} days, " + ("to order stays ahead" if profit[-1] > facts.profit[i, k] else f"{words} stays ahead")
    st.subheader(title, anchor=False)
    frame = pd.DataFrame(
        {"strategy": [s for s, _ in others], "name": [_SHORT[s] for s, _ in others], "profit": [float(facts.profit[i, n]) for _, n in others]}
    )
    draw(quotes_chart(pd.DataFrame({"days": days, "profit": profit}), frame, float(facts.quotes[i][0]), flip, ink(st.context.theme.type)), alt=title)
    small(
        f"Contribution over 12 months, {facts.currency or 'money'}, by what customers are told when {'made' if make else 'bought'} to order; "
        "straight lines between simulated quotes."
    )


def inputs_part(facts: Facts, i: int) -> None:
    """Every value used for this product, with where it came from."""
    rows = []
    for name, field in ITEM_FIELDS.items():
        origin = int(facts.items.origin(name)[i])
        if origin == 0 or name in ("name",):
            continue
        value = facts.items[name][i]
        low, high = (column[i] for column in facts.items.range(name)) if field.kind == "number" else (np.nan, np.nan)
        text = str(value) if field.kind in ("text", "date") else ("yes" if value else "no") if field.kind == "flag" else f"{value:,.6g}"
        rows.append(
            [
                field.label,
                text,
                field.unit,
                ORIGINS[origin] + (" by you" if ORIGINS[origin] == "confirmed" else ""),
                f"{low:,.4g} to {high:,.4g}" if np.isfinite(low) and high > low else "",
            ]
        )
    with st.expander(f"Inputs: {len(rows)} values and where they come from"):
        st.dataframe(pd.DataFrame(rows, columns=["what", "value", "unit", "origin", "range"]), hide_index=True, width="stretch", alt="Inputs of this product with origin and range")


def computed_part(facts: Facts, i: int) -> None:
    """How the largest figures of this product come about."""
    for one in explanations(facts, i):
        with st.expander(f"How is {plain(one.title)} computed?"):
            st.markdown(one.meaning)
            st.code(one.formula, language=None, wrap_lines=True)
            st.caption(plain(one.origins))
            st.caption(f"In the code: `{one.source}`")


def override_part(facts: Facts, choice: Choice, i: int, make: bool) -> None:
    """A person's own choice, with its cost before it is made."""
    product = facts.products.iloc[i]
    real = compute.real_sku(choice, i)
    mine = next((o for o in choice.overrides if o.sku == real), None)
    st.subheader("Your own choice", anchor=False)
    if mine is not None:
        st.markdown(f"You chose **{strategy_text(mine.strategy, make)}**: {plain(mine.note) or 'no note'}.")
        st.button("Back to the recommendation", on_click=inputs.without_override, args=(real,), icon=":material/undo:")
        return
    now = str(product["recommended"])
    options = [s for k, s in enumerate(facts.strategies) if s != now and np.isfinite(facts.units["units_demanded"][i, k])]
    if not options:
        st.caption("No other strategy is offered.")
        return

    _override_form(facts, choice, i, make, options)


@st.fragment
def _override_form(facts: Facts, choice: Choice, i: int, make: bool, options: list[str]) -> None:
    """Which strategy instead, what exactly that costs, and why."""
    sku = str(facts.products.at[i, "sku"])
    words = {s: strategy_text(s, make).capitalize() for s in options}
    with st.container(border=True):
        strategy = st.radio("Instead", options, index=None, format_func=words.__getitem__, key=f"instead-{sku}", captions=[plain(how(facts, i, s)) for s in options])
        if strategy is None:
            return
        if not facts.pending and np.isfinite(facts.profit[i, facts.strategies.index(strategy)]):
            with st.spinner("Working out what it costs"):
                own, shared = compute.cost_of_choice(choice, i, strategy)
            total = own + shared
            parts = f": {number_text(own, 3)} of its own and {number_text(shared, 3)} because fewer products share the components" if abs(shared) >= 0.5 else ""
            st.markdown(plain(f"{'Costs' if total < 0 else 'Gains'} {money_text(abs(total), facts.currency, 3)} over 12 months{parts}. The headline changes by exactly this."))
        note = st.text_input("Why", key=f"note-{sku}", placeholder="Keep 10 in stock for the show in May", max_chars=200)
        if st.button("Count my choice", key=f"count-{sku}", type="primary"):
            inputs.override(Override(compute.real_sku(choice, i), str(strategy), note.strip()))
            st.rerun()


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
    if product["verdict"] == "too_close":
        return f"{name}: too close to call, stays {words}"
    if abs(gain) >= 0.5:
        today = "today" if facts.baseline_name.startswith("today") else "from stock"
        return f"{name}: {words}, {money_text(abs(gain), facts.currency)} {'better' if gain > 0 else 'worse'} than {today} over 12 months"
    lead = float(product["lead_over_runner_up"])
    return f"{name}: {words}" + (f", {money_text(lead, facts.currency)} ahead of the second best" if np.isfinite(lead) and lead > 0 else "")


def product_page(choice: Choice, facts: Facts, i: int) -> None:
    """One product."""
    product = facts.products.iloc[i]
    make = bool(product["make_or_buy"] == "make")
    if st.button("All products", icon=":material/arrow_back:", type="tertiary"):
        st.session_state.pop("product", None)
        st.session_state.pop("product-open", None)
        st.rerun()
    st.title(title_of(facts, i), anchor=False)
    colour = "green" if product["verdict"] == "clear" else "blue" if product["verdict"] == "chosen_by_you" else "gray" if product["verdict"] == "not_decidable" else "orange"
    sure = f"Best in {100 * product['probability_best']:.0f} of 100 draws of what is not known." if np.isfinite(product["probability_best"]) else ""
    turns = f" {product['turns'][:1].upper()}{product['turns'][1:]}." if product["turns"] else ""
    st.markdown(f":{colour}-badge[{plain('Ended' if product['ended'] else verdict_text(product['verdict']))}] {plain(sure + turns)}")
    st.text(f"{product['sku']}" + (f" · {product['family']}" if product["family"] else "") + (f" · {'made in house' if make else 'bought in'}"))
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        demand_part(choice, facts, i)
        if not product["ended"]:
            strategies_part(facts, i, make)
            quotes_part(facts, i, make, turning_part(choice, facts, i, make))
    with right:
        st.subheader("Why", anchor=False)
        st.markdown(plain(product["reason"]))
        if product["why_not"]:
            st.subheader("Why not the others", anchor=False)
            for sentence in [s if s.endswith(".") else s + "." for s in str(product["why_not"]).split(". ") if s]:
                st.markdown(f"- {plain(sentence)}")
        if product["cross_check"]:
            st.subheader("Independent check", anchor=False)
            st.caption(plain(product["cross_check"]))
        if not product["ended"]:
            st.subheader("What to do", anchor=False)
            text = how(facts, i)
            stock = facts.items["on_hand"][i]
            more = f" Sell the {number_text(float(stock))} in stock first." if product["recommended"] == "MTO" and np.isfinite(stock) and stock > 0 else ""
            st.markdown(plain(text[:1].upper() + text[1:] + "." + more))
            computed_part(facts, i)
            override_part(facts, choice, i, make)
        if product["notes"]:
            st.caption(plain(product["notes"]))
        inputs_part(facts, i)


def show() -> None:
    """The page."""
    choice, facts = opened()
    sku = st.session_state.get("product")
    if sku is not None and sku in set(facts.products["sku"]):
        product_page(choice, facts, facts.position(str(sku)))
    else:
        overview(facts)


show()
