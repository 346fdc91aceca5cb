"""Answer: the headline, what it is worth and costs, where it pays, what to do first, which answers sharpen it.

One concept: the page Answer from top to bottom. Figures, families, first steps and kinds of change
are parts of that one screen, and no other page draws them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from analytics.naming.figures import FIGURES
from analytics.naming.labels import money_text, number_text, percent_text
from analytics.naming.scales import in_thousands, percent
from analytics.strategy.money.thresholds import TOLD_SHARE
from analytics.strategy.money.totals import written_off
from analytics.strategy.portfolio.largest import revenue_demanded
from analytics.strategy.portfolio.plans_compared import orders_waiting_over, profit_over, written_off_over
from analytics.strategy.rollout_waves import products_for_80_percent
from analytics.writeup.from_to import CHANGES, top_changes
from analytics.writeup.words.stock import lost_sentence
from dashboard.month.part import since_last_part
from dashboard.parts.frame import opened, small
from dashboard.parts.gain_pictures import moves_part, signed_text, where_it_pays
from dashboard.parts.question_cards import sharpen
from dashboard.parts.stock import stock_found
from dashboard.parts.tables import show_table, sparklines
from dashboard.product.two_together import together_part, with_together
from dashboard.results.facts import Facts
from dashboard.text.headline import headline
from dashboard.text.past_words import past_line
from dashboard.text.words import perhaps, plain, shortened, split_words, verdict_text, waits_of


def _waits_help(service: Mapping[str, float]) -> str:
    """The two kinds of waits, and how long."""
    said = split_words(service)
    long = perhaps(service["wait_days_median"], service["wait_days_p90"])
    return f"{said[:1].upper()}{said[1:]}. Of those who wait: {long}. Over all channels."


def figures(facts: Facts) -> None:
    """Four figures, each with its comparator."""
    mix, base = facts.portfolio.money["mix"], facts.portfolio.money["baseline"]
    service, before = facts.portfolio.service["mix"], facts.portfolio.service["baseline"]
    against = f"vs {facts.compared_with.against}"
    columns = [st.grid(4, min_column_width=230)] * 4  # wraps where the window is narrow
    if facts.has_money:
        profit = profit_over(mix, base)
        columns[0].metric(
            FIGURES["profit"].label,
            money_text(mix["profit"], facts.currency),
            signed_text(profit) if profit else None,
            delta_description=against if profit else f"as {against[3:]}",
            border=True,
            help="Margin of what is sold, less the cost of stock, set-ups, waiting and write-offs, over the next 12 months. Cost of capital is charged although it is not booked.",
        )
        known = facts.stock.known and facts.stock.total > 0.0
        columns[1].metric(
            FIGURES["cash_tied_up"].label,
            money_text(mix["cash_tied_up"], facts.currency),
            None,
            delta_description=f"{money_text(facts.stock.total, facts.currency, 3)} in the file today"
            if known
            else "no stock on record today",
            border=True,
            help="The plan's average of the year, at cost, work in process included. In the file today: finished stock at unit cost, of products whose stock and cost are known.",
        )
    else:
        columns[0].metric(
            "Units a year",
            number_text(mix_units(facts, "units_sold")),
            None,
            delta_description="expected to be sold",
            border=True,
        )
        columns[1].metric(
            "Units in stock",
            number_text(mix_units(facts, "units_on_hand")),
            None,
            delta_description="average of the year",
            border=True,
        )
    points = percent(orders_waiting_over(service, before))
    waits = service["share_waiting"] > 0.0005
    columns[2].metric(
        f"Orders that wait, median {round(service['wait_days_median'])} days"
        if waits and service["wait_days_median"] == service["wait_days_median"]
        else "Orders that wait",
        percent_text(service["share_waiting"]),
        f"{signed_text(round(points))} point{'' if abs(round(points)) == 1 else 's'}"
        if abs(points) >= 0.5
        else None,
        delta_color="inverse",
        delta_description=against if abs(points) >= 0.5 else f"as {against[3:]}",
        border=True,
        help=_waits_help(service),
    )
    if facts.has_money:
        more = written_off_over(mix, base)
        columns[3].metric(
            FIGURES["written_off"].label,
            money_text(written_off(mix), facts.currency),
            signed_text(more) if more else None,
            delta_color="inverse",
            delta_description=against if more else f"as {against[3:]}",
            border=True,
            help="Stock stranded when models end, and excess cleared below cost. Stock of models that have already ended is sunk and not counted.",
        )
    else:
        columns[3].metric(
            "Sales lost",
            percent_text(service["share_lost"]),
            None,
            delta_description="of demand",
            border=True,
        )


def mix_units(facts: Facts, measure: str) -> float:
    """A physical total of the mix over living products."""
    return float(np.nansum(facts.mix_units(measure)[~facts.products["ended"].to_numpy()]))


def split(facts: Facts) -> None:
    """Where the gain comes from, summing exactly to the headline; and what is lost whatever is chosen."""
    if not facts.has_money:
        return
    parts = [f"changing strategy {signed_text(facts.portfolio.changing)}"]
    if abs(facts.shared) >= 0.5:
        parts.append(f"shared components {signed_text(facts.shared)}")
    parts.insert(0, f"planning better with the same strategies {signed_text(facts.portfolio.planning)}")
    ended = int(facts.products["ended"].sum())
    lost = lost_sentence(facts.stock, facts.currency)
    if ended and not facts.stock.ended:
        lost = f"{ended} ended products: nothing to decide, not counted. {lost}"
    small(f"Where the gain comes from: {'; '.join(parts)}. {lost}".strip())


def first_steps(facts: Facts) -> None:
    """The products that bring most of the gain, and what to do with them."""
    products = facts.products
    moved = products[(products["gain_per_year"] > 0) & ~products["ended"]].sort_values(
        "worth", ascending=False, kind="stable"
    )
    total = float(moved["gain_per_year"].sum())
    if facts.has_money and total > 0:
        count = products_for_80_percent(moved["gain_per_year"], moved["worth"])
        st.subheader(
            f"What to do first: {count} of {len(moved)} products bring 80 % of the gain", anchor=False
        )
        chosen = moved.head(max(count, min(6, len(moved))))
    else:
        revenue = revenue_demanded(facts.units["units_demanded"][:, 0], facts.items["price"])
        live = products[~products["ended"]].assign(size=revenue[~products["ended"].to_numpy()])
        chosen = live.sort_values("size", ascending=False).head(10)
        st.subheader(
            f"What to set for the {'largest product' if len(chosen) == 1 else f'{len(chosen)} largest products'}",
            anchor=False,
        )
    rows = chosen.index.to_numpy()
    table = pd.DataFrame(
        {
            "Product": [shortened(n, 36) for n in chosen["name"]],
            "Today -> what to do": chosen["from_to"],
            "Gain": in_thousands(chosen["gain_per_year"].to_numpy()),
            "Confidence": [verdict_text(v, short=True) for v in chosen["verdict"]],
            "Who waits": waits_of(chosen),
            "by planning": in_thousands(chosen["gain_by_planning"].to_numpy()),
            "by strategy": in_thousands(chosen["gain_by_strategy"].to_numpy()),
            "Sales": sparklines(facts, rows),
            "Today": chosen["counted_as"],
        }
    )
    config = {
        "Product": st.column_config.TextColumn(width=205, pinned=True),
        "Today": st.column_config.TextColumn("Today counted as", width=260),
        "Today -> what to do": st.column_config.TextColumn(width=435),
        "Gain": st.column_config.NumberColumn(f"Gain, k {facts.currency}".strip(), format="%.1f", width=82),
        "by planning": st.column_config.NumberColumn(
            format="%.1f",
            width=74,
            help="What the strategy of today brings if it is planned anew, in thousands",
        ),
        "by strategy": st.column_config.NumberColumn(
            format="%.1f", width=74, help="What the other strategy adds to it, in thousands"
        ),
        "Confidence": st.column_config.TextColumn(width=155),
        "Who waits": st.column_config.TextColumn(width=105),
        "Sales": st.column_config.AreaChartColumn("Sales, by month", width=125, color="gray"),
    }
    if not (facts.has_money and total > 0):
        table = table.drop(columns=["Gain", "by planning", "by strategy"])
    show_table(
        table,
        hide_index=True,
        width="stretch",
        height="content" if len(table) <= 12 else 423,
        column_config=config,
        alt="What to do first: "
        + "; ".join(
            f"{p}: {d}" for p, d in zip(table["Product"][:5], table["Today -> what to do"][:5], strict=True)
        ),
    )


def kinds_of_change(facts: Facts, most: int = 4) -> None:
    """The largest of each kind of change: other strategies, what is no longer stocked, more and less stock."""
    parts = [
        (CHANGES[kind], table)
        for kind in ("switch", "stop", "increase", "decrease")
        if len(table := top_changes(facts.products, kind, most))
    ]
    if not facts.has_money or not parts:
        return
    for columns, pair in [(st.columns(2, gap="large"), parts[k : k + 2]) for k in range(0, len(parts), 2)]:
        for column, (heading, table) in zip(columns, pair, strict=False):
            count = int(
                (
                    (facts.products["change"] == table["change"].iloc[0])
                    & (facts.products["gain_per_year"] > 0)
                ).sum()
            )
            column.markdown(f"**{heading}: {count:,} product{'' if count == 1 else 's'}**")
            for _, row in table.iterrows():
                gain = signed_text(float(row["gain_per_year"]))
                name = plain(shortened(row["name"], 40))
                column.caption(f"**{name}**: {plain(row['from_to'])} ({gain})")


def show() -> None:
    """The page."""
    choice, facts = opened()
    facts = with_together(choice, facts)
    words = headline(facts)
    st.title(plain(words.title), anchor=False)
    for k, sentence in enumerate(words.sentences):
        if k == 1 or len(words.sentences) == 1:
            st.markdown(f":{words.colour}-badge[{plain(words.badge)}] {sentence}")
        else:
            st.markdown(sentence)
    if words.badge == "Nothing to decide":
        return
    together_part(choice, facts)
    figures(facts)
    since_last_part(choice, facts)
    split(facts)
    small(past_line(choice, facts))
    left, right = st.columns([1.75, 1], gap="large")
    with left:
        if facts.has_money:
            where_it_pays(facts)
            moves_part(facts, most=5, least_share=TOLD_SHARE)
        else:
            st.subheader("Money is missing", anchor=False)
            st.markdown(
                "Without price and cost there is no profit, no cash figure and no write-off on any page. "
                "Answer the question beside, or give a sales file with prices and an items file with `sku, unit_cost` on the Data page."
            )
    with right:
        sharpen(choice, facts)
    if not facts.has_money or not facts.answer.keep_what_you_do:
        first_steps(facts)
        kinds_of_change(facts)
    stock_found(facts)
    with st.container(horizontal=True):
        if st.button(
            "Use my data" if choice.source.sample else "See the data",
            type="primary",
            icon=":material/upload_file:",
        ):
            st.switch_page("views/data.py")
        if st.button("See the products", icon=":material/table_rows:"):
            st.switch_page("views/products.py")


show()
