"""The control line of the money: the file's gross margin beside the program's, for the same units, and where every amount of the file went.

One concept: one control sum on the lines of one window. Its parts add up to the file to the cent, which is
checked where they are made; channels, the document and the sentences are read off the same record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.data.history import SalesHistory
from analytics.demand.from_sales.below_cost import sold_below_cost
from analytics.demand.from_sales.derived import history_rows
from analytics.demand.from_sales.sold import (
    CORRECTION,
    FREE,
    NOTHING,
    SALE,
    UNKNOWN,
    Window,
    counted_days,
    kind_of_lines,
    sold_by_channel,
    sold_in,
)
from analytics.demand.returns import returned_lines
from analytics.items import Items
from analytics.naming.labels import percent_text, total_text

__all__ = [
    "PARTS",
    "MarginControl",
    "gap_share",
    "margin_at_cost",
    "margin_by_channel",
    "margin_control",
    "margin_document",
    "margin_gap",
    "margin_of_year",
    "prices_by_channel",
    "revenue_per_unit",
]

Array = NDArray[np.float64]

#: Where the lines of a file go: name -> what it is. Their revenue adds up to that of the file.
PARTS = {
    "margin": "Sales in the margin",
    "without_cost": "Sales of products without a unit cost",
    "returned": "Products of which more came back than was sold",
    "free": "Given away (price 0)",
    "corrections": "Money without units (quantity 0)",
    "unknown": "Units whose revenue is not known",
    "before": "Before the first day",
    "after": "After the last day",
}
#: differences of margin above this share are warned of, and channels' prices further apart than this are listed
_WARN, _APART = 0.02, 0.05
_LARGEST = 5
#: rows of a list in the document
_MOST_ROWS = 200


@dataclass(frozen=True, eq=False)
class MarginControl:
    """Gross margin of a file in a span of days, three times on the same units.

    `products` has one row per product sold in it and with a unit cost: sku, units, revenue, at_lines, at_items, at_program (margins; at_lines NaN where no line has
    a cost), price, unit_cost (in force), below_cost. `parts` says where every line went: part, lines, units, revenue; it adds up to the file.
    `channels` has sku, channel, units, revenue, price; `without_cost` sku, units, revenue. `free_cost` is what was given away, at the items' costs; `moved` the
    revenue of returns that count on another side of the borders than they were booked on.
    """

    window: Window
    products: pd.DataFrame
    parts: pd.DataFrame
    without_cost: pd.DataFrame
    channels: pd.DataFrame
    one_sale: pd.DataFrame
    free_cost: float
    moved: float

    def total(self, column: str) -> float:
        """The sum of a column of `products`, NaN where no product has it."""
        values = self.products[column].to_numpy(np.float64)
        return float(values.sum()) if np.isfinite(values).any() else float("nan")

    @property
    def at_lines(self) -> float:
        """Gross margin at the costs of the lines (those without one at the items' cost); NaN where the file has none."""
        return self.total("at_lines")

    @property
    def at_items(self) -> float:
        """Gross margin at the items' costs."""
        return self.total("at_items")

    @property
    def at_program(self) -> float:
        """The same units at the prices and costs the program uses."""
        return self.total("at_program")

    @property
    def below_cost(self) -> NDArray[np.bool_]:
        """Which of `products` sold below cost in these days."""
        return self.products["below_cost"].to_numpy(bool)


def margin_control(
    history: SalesHistory, items: Items, window: Window, match: NDArray[np.int64] | None = None
) -> MarginControl:
    r"""The gross margin of the file from the first to the last day of the window, at its lines' costs, at the items', and the same units at the program's prices.

    *Formulas*: revenue - sum of quantity x cost of the line; revenue - units x unit cost; units x (price - unit cost); returns are netted on both sides and count
    on the day of the sale they take back. Products without a unit cost are in none of the three. `items` are completed; any window will do.
    The parts add up to the file to the cent: checked (ValueError). Source: cost of sales at standard cost; the price is the weighted mean (`net_price`).

    >>> import numpy as np
    >>> from analytics.data import read_sales
    >>> from analytics.items import GIVEN, empty_items
    >>> history = read_sales(b"date,sku,quantity,revenue,unit_cost\n2024-01-09,A,9,540,6\n2024-02-06,A,6,600,7\n2024-02-07,A,1,0,7\n")
    >>> items = empty_items(["A"]).with_field("unit_cost", 7.0, GIVEN).with_field("price", 76.0, GIVEN)
    >>> control = margin_control(history, items, Window(np.datetime64("2024-01-01"), np.datetime64("2024-02-29")))
    >>> control.at_lines, control.at_items, control.at_program, control.free_cost
    (1044.0, 1035.0, 1035.0, 7.0)
    """
    match = returned_lines(history) if match is None else match
    day, kind = counted_days(history, match), kind_of_lines(history, match)
    inside = window.holds(day)
    sold = sold_in(history, match, inside, kind)
    index = history_rows(items, history)
    row = np.full(len(history.skus), -1, np.intp)
    row[index[index >= 0]] = np.flatnonzero(index >= 0)

    def of_items(name: str) -> Array:
        column = np.asarray(items[name], np.float64)
        return np.where(row >= 0, column[np.maximum(row, 0)], np.nan)

    cost, price = of_items("unit_cost"), of_items("price")
    there = np.isfinite(sold.price)
    known = there & np.isfinite(cost)
    lines_cost = sold.line_cost + np.where(
        sold.uncosted_units != 0.0, sold.uncosted_units * np.nan_to_num(cost), 0.0
    )
    has_costs = history.unit_cost is not None and bool(np.isfinite(history.unit_cost).any())
    table = pd.DataFrame(
        {
            "sku": history.skus,
            "units": sold.units,
            "revenue": sold.revenue,
            "at_lines": sold.revenue - lines_cost if has_costs else np.nan,
            "at_items": sold.revenue - sold.units * cost,
            "at_program": sold.units * (price - cost),
            "price": price,
            "unit_cost": cost,
            "below_cost": sold_below_cost(sold.revenue, sold.units, cost),
        }
    )
    channels = sold_by_channel(history, match, inside)
    per_channel = channels.groupby("channel")[["lines", "units", "revenue"]].sum()
    booked = window.holds(history.date.astype("datetime64[D]"))
    return MarginControl(
        window,
        table[known].reset_index(drop=True),
        _parts(history, day, kind, window, known, there),
        table.loc[there & ~known, ["sku", "units", "revenue"]].sort_values(
            "revenue", ascending=False, kind="stable", ignore_index=True
        ),
        channels.drop(columns="lines"),
        per_channel[per_channel["lines"] == 1].reset_index(),
        float(np.nansum(sold.free_units * cost)),
        float(np.nansum(np.where(booked != inside, history.revenue, 0.0))),
    )


def _parts(
    history: SalesHistory,
    day: NDArray[np.datetime64],
    kind: NDArray[np.int8],
    window: Window,
    known: NDArray[np.bool_],
    there: NDArray[np.bool_],
) -> pd.DataFrame:
    """Where every line went: lines, units and revenue by part; ValueError where they do not add up to the file."""
    inside = window.holds(day)
    sale = inside & (kind == SALE)
    where = {
        "margin": sale & known[history.sku],
        "without_cost": sale & (there & ~known)[history.sku],
        "returned": sale & ~there[history.sku],
        "free": inside & (kind == FREE),
        "corrections": inside & (kind == CORRECTION),
        "unknown": inside & (kind == UNKNOWN),
        "before": day < window.first,
        "after": day > window.last,
    }
    money = np.nan_to_num(history.revenue)
    rows = [
        (name, int(mask.sum()), float(history.quantity[mask].sum()), float(money[mask].sum()))
        for name, mask in where.items()
    ]
    parts = pd.DataFrame(rows, columns=["part", "lines", "units", "revenue"])
    empty = int((inside & (kind == NOTHING)).sum())
    for column, whole in (("revenue", money.sum()), ("units", history.quantity.sum())):
        if abs(parts[column].sum() - whole) > 0.005 + 1e-12 * np.abs(whole):
            raise ValueError(
                f"margin_control: {column} of the parts {parts[column].sum():.2f} is not that of the file {whole:.2f}"
            )
    if parts["lines"].sum() + empty != len(history):
        raise ValueError(
            f"margin_control: {int(parts['lines'].sum())} lines in the parts and {empty} empty ones are not the {len(history)} of the file"
        )
    return parts


def gap_share(gap: float, margin: float) -> float:
    """How far two margins lie apart, as a share of the file's own.

    gap_share = |gap| / |margin|. Both money, the margin at least a billionth of its unit. Source: definition.

    >>> gap_share(-5.0, 200.0)
    0.025
    """
    return abs(gap) / max(abs(margin), 1e-9)


def margin_gap(other: float, own: float) -> float:
    """How far another margin lies above (+) or below (-) that at the items' costs, to the cent; NaN where one is unknown.

    margin_gap = margin at other costs or prices - margin at the items' costs. Money. Source: definition.

    >>> margin_gap(1044.0, 1035.0)
    9.0
    """
    return round(other - own, 2)


def margin_document(
    control: MarginControl,
    ended: NDArray[np.bool_],
    below: NDArray[np.bool_],
    items: Items,
    currency: str = "",
) -> dict[str, Any]:
    """The control line as summary.json and the pages show it: plain values and sentences.

    `ended` and `below` (products,) are over `items`: which have ended, and which sell below cost (see `below_cost.below_cost`).
    """
    lines, own, ours = (round(value, 2) for value in (control.at_lines, control.at_items, control.at_program))
    table = control.products
    known = bool(len(table))
    apart = {"lines_less_items": margin_gap(lines, own), "program_less_items": margin_gap(ours, own)}
    share = {name: gap_share(gap, own) for name, gap in apart.items()}
    warnings = []
    for name, what in (
        ("lines_less_items", "the costs of the lines and of the items"),
        ("program_less_items", "the program's prices and costs and the file's"),
    ):
        if known and np.isfinite(share[name]) and share[name] > _WARN:
            column = "at_lines" if name == "lines_less_items" else "at_program"
            gap = (table[column] - table["at_items"]).to_numpy()
            order = np.argsort(-np.abs(gap), kind="stable")[:_LARGEST]
            named = ", ".join(f"{table['sku'].iloc[k]} {gap[k]:+,.2f}" for k in order if gap[k])
            warnings.append(
                f"Margin differs by {apart[name]:+,.2f} ({percent_text(share[name])}) between {what}: most for {named}."
            )
    days = {"first_day": str(control.window.first), "last_day": str(control.window.last)}
    fixed = np.nan_to_num(np.asarray(items["fixed_cost_share"], np.float64))
    return {
        **days,
        "currency": currency,
        "products": len(table),
        "units": float(table["units"].sum()),
        "revenue": round(float(table["revenue"].sum()), 2),
        "at_lines": lines,
        "at_items": own,
        "at_program": ours,
        **apart,
        "warnings": warnings,
        "below_cost": {
            "living": int((below & ~ended).sum()),
            "ended": int((below & ended).sum()),
            "of_variable_cost": bool((fixed > 0.0).any()),
        },
        "parts": control.parts.assign(what=control.parts["part"].map(PARTS)).to_dict("records"),
        "free_cost": control.free_cost,
        "without_cost": control.without_cost.head(_MOST_ROWS).to_dict("records"),
        "channels": margin_by_channel(control),
        "prices_by_channel": prices_by_channel(control).head(_MOST_ROWS).to_dict("records"),
        "notes": _notes(control),
    }


def margin_of_year(history: SalesHistory, items: Items, year: int) -> str:
    r"""The gross margin of a calendar year in a sentence, with all digits; `items` are completed.

    >>> from analytics.data import read_sales
    >>> from analytics.items import GIVEN, empty_items
    >>> history = read_sales(b"date,sku,quantity,revenue\n2024-01-09,A,9,540\n2024-02-06,A,6,600\n2025-02-07,A,1,1\n")
    >>> items = empty_items(["A"]).with_field("unit_cost", 7.0, GIVEN).with_field("price", 76.0, GIVEN)
    >>> margin_of_year(history, items, 2024)
    "Gross margin of 2024: 1,035.00 at the items' costs, 90.8 % of 1,140.00; 0 products sold below cost in it."
    """
    control = margin_control(
        history,
        items,
        Window(np.datetime64(f"{year:04d}-01-01", "D"), np.datetime64(f"{year:04d}-12-31", "D")),
    )
    if not len(control.products):
        return f"Gross margin of {year}: unknown; no product with a unit cost was sold in it."
    margin, at = (
        (control.at_lines, "the costs of the lines")
        if np.isfinite(control.at_lines)
        else (control.at_items, "the items' costs")
    )
    revenue, below = control.total("revenue"), int(control.below_cost.sum())
    share = f"{100.0 * margin / revenue:.1f} % of " if revenue > 0.0 else ""
    return f"Gross margin of {year}: {margin:,.2f} at {at}, {share}{revenue:,.2f}; {below:,} product{'' if below == 1 else 's'} sold below cost in it."


def revenue_per_unit(revenue: ArrayLike, units: ArrayLike) -> Array:
    """What a unit brought on average: money per unit, of the shape of both; NaN without units.

    revenue_per_unit = revenue / units. Source: definition.

    >>> revenue_per_unit([570.0, 12.0], [60.0, 0.0]).tolist()
    [9.5, nan]
    """
    count = np.asarray(units, np.float64)
    return np.where(count > 0.0, np.asarray(revenue, np.float64) / np.where(count > 0.0, count, 1.0), np.nan)


def margin_at_cost(revenue: ArrayLike, units: ArrayLike, unit_cost: ArrayLike) -> Array:
    """Gross margin of units sold at the unit cost in force: money, of the shape of all three; NaN without a cost.

    margin_at_cost = revenue - units x unit_cost. Source: definition.

    >>> margin_at_cost([570.0, 570.0], [60.0, 60.0], [6.5, np.nan]).tolist()
    [180.0, nan]
    """
    return np.asarray(revenue, np.float64) - np.asarray(units, np.float64) * np.asarray(unit_cost, np.float64)


def margin_by_channel(control: MarginControl) -> list[dict[str, Any]]:
    """Every channel in the window: units, revenue, price; and margin at the costs in force of the products that have one.

    Price is `revenue_per_unit`; margin the sum of `margin_at_cost` over products with a unit cost;
    `priced` is the revenue of those products (margin NaN where it is 0). Money, largest revenue first. Source: definition.
    """
    table = control.channels
    if not len(table):
        return []
    cost = (
        table["sku"]
        .map(dict(zip(control.products["sku"], control.products["unit_cost"], strict=True)))
        .astype(np.float64)
    )
    table = table.assign(
        priced=np.where(np.isfinite(cost), table["revenue"], 0.0),
        margin=np.nan_to_num(margin_at_cost(table["revenue"], table["units"], cost)),
    )
    sums = table.groupby("channel", sort=True)[["units", "revenue", "priced", "margin"]].sum()
    rows = sums.sort_values("revenue", ascending=False, kind="stable").reset_index().to_dict("records")
    return [
        {str(k): v for k, v in row.items()}
        | {
            "price": float(revenue_per_unit(row["revenue"], row["units"])),
            "margin": row["margin"] if row["priced"] else float("nan"),
        }
        for row in rows
    ]


def prices_by_channel(control: MarginControl) -> pd.DataFrame:
    """Products whose price differs between channels by more than 5 %: sku, channel, units, price, mixed (revenue / units of all), largest difference in money first."""
    table = control.channels[np.isfinite(control.channels["price"])]
    if not len(table):
        return pd.DataFrame({name: [] for name in ("sku", "channel", "units", "price", "mixed")})
    group = table.groupby("sku")
    least, most = group["price"].transform("min"), group["price"].transform("max")
    mixed = group["revenue"].transform("sum") / group["units"].transform("sum")
    stake = ((most - least) * group["units"].transform("min")).where(most > least * (1.0 + _APART), -1.0)
    table = table.assign(mixed=mixed, stake=stake).loc[stake >= 0.0]
    return table.sort_values(
        ["stake", "sku", "channel"], ascending=[False, True, True], kind="stable", ignore_index=True
    )[["sku", "channel", "units", "price", "mixed"]]


def _notes(control: MarginControl) -> list[str]:
    """What there is to know of the sums, in sentences."""
    lines, units, revenue = (
        {str(p): float(v) for p, v in zip(control.parts["part"], control.parts[name], strict=True)}
        for name in ("lines", "units", "revenue")
    )
    notes = []
    if lines["unknown"]:
        notes.append(
            f"{total_text(units['unknown'])} units on {lines['unknown']:,.0f} lines have no revenue in the file: demand counts them, price and margin do not."
        )
    if lines["corrections"]:
        notes.append(
            f"Money without units, {revenue['corrections']:,.2f} on {lines['corrections']:,.0f} lines: in the file's revenue, in no price and no margin."
        )
    if lines["free"]:
        notes.append(f"{total_text(units['free'])} units were given away, {control.free_cost:,.2f} at cost: they are in no price and no gross margin. "
                     "Demand counts them, since they are made and held like any other; they bring no revenue, so the contribution bears their cost.")  # fmt: skip
    if lines["returned"]:
        notes.append(
            f"Of some products as much came back as was sold, or more: {revenue['returned']:,.2f} of revenue is in no margin."
        )
    if control.moved:
        notes.append(
            f"Returns of {control.moved:,.2f} count on the day of the sale they take back, which is on the other side of the first or last day."
        )
    for one in control.one_sale.to_dict("records"):
        notes.append(
            f"Channel {one['channel']} has one sale, {total_text(one['units'])} units for {one['revenue']:,.2f}: it counts like any other."
        )
    differ = prices_by_channel(control)
    if len(differ):
        first = differ[differ["sku"] == differ["sku"].iloc[0]]
        each = ", ".join(f"{c} {p:,.2f}" for c, p in zip(first["channel"], first["price"], strict=True))
        mixed = f"mixed by what each sold {first['mixed'].iloc[0]:,.2f}"
        notes.append(
            f"Prices differ between channels for {differ['sku'].nunique():,} products, most for {first['sku'].iloc[0]}: {each}; {mixed}."
        )
    return notes
