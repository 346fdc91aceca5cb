"""The map of the portfolio above the table of products: what is drawn over there with the mouse is what the table shows."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd
import streamlit as st

from analytics.demand.months import last_months
from analytics.naming.labels import number_text, percent_text, strategy_text
from analytics.strategy.portfolio.largest import revenue_demanded
from analytics.strategy.portfolio.map import MOST_ON_MAP, PortfolioMap, map_finding, on_map, portfolio_map
from analytics.writeup.charts.theme import ink
from dashboard.charts.portfolio import BRUSH, portfolio_chart
from dashboard.parts.frame import Drawn, small
from dashboard.parts.tables import show_table
from dashboard.results.facts import Facts

__all__ = ["map_of", "map_part"]


def map_of(facts: Facts) -> PortfolioMap:
    """The map of the living products of a study."""
    return portfolio_map(
        np.asarray(last_months(facts.starts, facts.demand, 12)),
        facts.items["price"],
        facts.items["unit_cost"],
        revenue_demanded(facts.units["units_demanded"][:, 0], facts.items["price"]),
        facts.products["recommended"],
        ~facts.products["ended"].to_numpy(bool),
    )


def _said(found: PortfolioMap, currency: str) -> str:
    """How the map is read and what is not on it."""
    parts = [
        f"Area: revenue of the next 12 months{f', {currency}' if currency else ''}. Drag a rectangle over products to see only them in the table."
    ]
    if found.smaller:
        parts.append(
            f"Drawn are the {MOST_ON_MAP:,} largest of {MOST_ON_MAP + found.smaller:,} products, {percent_text(found.share)} of that revenue; "
            "all are in the table."
        )
    if found.beyond:
        parts.append(
            f"{found.beyond:,} lie{'s' if found.beyond == 1 else ''} further out and stand{'s' if found.beyond == 1 else ''} at the edge."
        )
    if found.unknown:
        parts.append(
            f"{found.unknown:,} living product{'' if found.unknown == 1 else 's'} without a margin or with sales of less than three months "
            f"{'is' if found.unknown == 1 else 'are'} not on it."
        )
    return " ".join(parts)


def map_part(facts: Facts) -> set[str] | None:
    """The map with its finding, its reading and its table; gives the products within the rectangle drawn (None: none is drawn)."""
    found = map_of(facts)
    rows = found.products
    if len(rows) < 2:
        return None
    products = facts.products.iloc[rows["row"].to_numpy()]
    table = rows.assign(
        product=products["name"].to_numpy(),
        sku=products["sku"].to_numpy(),
        margin_text=[percent_text(float(v)) for v in rows["margin"]],
        variation_text=[percent_text(float(v)) for v in rows["variation"]],
        money_text=[number_text(float(v), 3) for v in rows["money"]],
    )
    finding = map_finding(rows)
    st.subheader(finding, anchor=False)
    columns = ["product", "strategy", "at_margin", "at_variation", "margin_text", "variation_text", "money", "money_text"]  # fmt: skip
    event = st.altair_chart(
        cast(Any, Drawn(portfolio_chart(table[columns], facts.currency, ink(st.context.theme.type)))),
        width="stretch",
        theme=None,
        on_select="rerun",
        selection_mode=[BRUSH],
        key=f"map-{facts.digest[:8]}",
        alt=f"{finding}. Map of {len(rows):,} products by margin and variation; the same figures are in the table behind it",
    )
    small(_said(found, facts.currency))
    with st.expander("The map as a table"):
        shown = pd.DataFrame(
            {
                "Product": table["product"],
                "SKU": table["sku"],
                "Do": [strategy_text(s).capitalize() for s in table["strategy"]],
                "Margin": table["margin_text"],
                "Variation": table["variation_text"],
                "Months with sales": [
                    f"{a} of {b}" for a, b in zip(table["months_sold"], table["months_seen"], strict=True)
                ],
                f"Revenue a year, {facts.currency}".rstrip(", "): table["money_text"],
            }
        )
        show_table(
            shown,
            hide_index=True,
            width="stretch",
            height=min(38 + 35 * len(shown), 420),
            alt="The map as a table",
        )
    picked = dict(event["selection"]).get(BRUSH) if event else None
    if not picked or "at_margin" not in picked or "at_variation" not in picked:
        return None
    within = on_map(rows, tuple(picked["at_margin"]), tuple(picked["at_variation"]))
    return {str(sku) for sku in table.loc[within, "sku"]}
