"""Tables of what is taken away, in texts: plans, what to do first, what nobody has confirmed, what moves the gain; pages show the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import ASSUMED, Items
from analytics.naming.figures import FIGURES
from analytics.naming.labels import PLANS, number_text, percent_text
from analytics.naming.scales import field_words, value_text
from analytics.naming.verdicts import verdict_text
from analytics.strategy.money.thresholds import worth_telling
from analytics.strategy.money.totals import BLOCK_FORMULAS
from analytics.strategy.portfolio.sums import Portfolio
from analytics.writeup.from_to import CHANGES, top_changes
from analytics.writeup.words.waits import wait_text

__all__ = ["PLANS_CAPTION", "changes_lines", "moves_rows", "open_assumptions", "plans_table", "steps_table"]

#: What the columns of the plans are.
PLANS_CAPTION = (
    "Booked cost, cost of capital and margin not earned are what stocking and waiting cost: a year in which all orders are known in advance would earn that much more. "
    "Ranges are of a single year and do not add. Who finds the shelf empty and does not wait is lost."
)


def plans_table(portfolio: Portfolio, money_known: bool = True, pending: bool = False) -> pd.DataFrame:
    """Plans with contribution, loss by block, cash and service, a row a plan; ranges are not known while `pending`."""
    rows = []
    for plan, name in PLANS.items():
        if plan not in portfolio.money:
            continue
        money, service = portfolio.money[plan], portfolio.service[plan]
        row = {"Plan": name}
        if money_known:
            row[FIGURES["profit"].label] = number_text(money["profit"], 3)
            row["5th to 95th percentile"] = (
                "recomputing"
                if pending
                else f"{number_text(portfolio.low[plan], 3)} to {number_text(portfolio.high[plan], 3)}"
            )
            row |= {
                FIGURES[name].label: number_text(formula(money), 3)
                for name, formula in BLOCK_FORMULAS.items()
            }
            row[FIGURES["cash_tied_up"].label] = number_text(money["cash_tied_up"], 3)
        row["Wait"] = wait_text(service["share_waiting"], service["wait_days_median"])
        row["Quoted a wait"] = percent_text(service["share_quoted_a_wait"])
        row["Find the shelf empty"] = percent_text(service["share_shelf_empty"])
        row["Lost"] = percent_text(service["share_lost"])
        rows.append(row)
    return pd.DataFrame(rows).set_index("Plan")


def steps_table(products: pd.DataFrame, money_known: bool = True, most: int = 20) -> pd.DataFrame:
    """The first products with what to do, of a table with the columns of recommendation.csv and name, ended and worth."""
    live = products[~products["ended"]]
    order = live.sort_values(["worth", "gain_per_year"], ascending=False, kind="stable").head(most)
    order = order[order["gain_per_year"] > 0] if (order["gain_per_year"] > 0).any() else order

    def amounts(column: str) -> list[str] | str:
        if not money_known:
            return ""
        least = 0.0 if column == "gain_per_year" else 0.5  # below half a unit of money a part is nothing
        return [number_text(v if abs(v) >= least else 0.0, 3) for v in order[column]]

    return pd.DataFrame(
        {
            "Product": order["name"],
            "SKU": order["sku"],
            "Today": order["counted_as"],
            "Today -> what to do": order["from_to"],
            "Gain": amounts("gain_per_year"),
            "by planning": amounts("gain_by_planning"),
            "by strategy": amounts("gain_by_strategy"),
            "Confidence": [verdict_text(v) for v in order["verdict"]],
        }
    ).set_index("Product")


def changes_lines(products: pd.DataFrame) -> dict[str, str]:
    """The largest changes of every kind in one line, by the heading of their list; kinds without any are left out."""
    out = {}
    for kind in ("switch", "stop", "increase", "decrease"):
        top = top_changes(products, kind)
        if len(top):
            said = [f"{row['name']}, {row['from_to']} (+{number_text(float(row['gain_per_year']), 2)})" for _, row in top.iterrows()]  # fmt: skip
            out[CHANGES[kind]] = "; ".join(said) + "."
    return out


def open_assumptions(items: Items, living: NDArray[np.bool_], currency: str) -> pd.DataFrame:
    """What nobody has confirmed, with value and range; `living` (products,) marks products that have not ended."""
    rows = []
    for name, row in FIELDS.items():
        mine = living & (items.origin(name) == ASSUMED)
        low, high = items.range(name)
        if mine.any() and np.nanmax(high[mine]) > np.nanmin(low[mine]):
            value = items.typical(name, mine)[0]
            ends = sorted((float(np.nanmin(low[mine])), float(np.nanmax(high[mine]))))
            rows.append(
                [
                    row.label,
                    value_text(name, value, currency),
                    " to ".join(value_text(name, end, currency) for end in ends),
                    f"{int(mine.sum()):,}",
                    row.source,
                ]
            )
    return pd.DataFrame(rows, columns=["Assumption", "Value", "Range", "Products", "Source"]).set_index("Assumption")  # fmt: skip


def moves_rows(moves: pd.DataFrame, gain: float, currency: str, most: int, least_share: float = 0.0) -> pd.DataFrame:  # fmt: skip
    """What a tornado draws: the assumptions that move the gain most, by at least `least_share` of it, with their ends in words; no rows where none does.

    `moves` has the columns of `GainMove`, largest swing first.
    """
    told = [worth_telling(swing, gain, least_share, 1e-9) for swing in moves["swing"]]
    table = moves[np.array(told, bool)].head(most)
    if gain == 0.0:
        table = table.head(0)
    words = [field_words(str(name)) for name in table["field"]]

    def ends(side: str) -> list[str]:
        return [value_text(str(f), v, currency) for f, v in zip(table["field"], table[side], strict=True)]

    return table.assign(
        label=[one[:1].upper() + one[1:] for one in words], low_text=ends("low"), high_text=ends("high")
    )
