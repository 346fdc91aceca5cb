"""The tables people take away: recommendation, the lines that products share, strategies and assumptions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.data.kept_apart import orders_columns
from analytics.items import ASSUMED, DERIVED, ITEM_FIELDS, ORIGINS, Items
from analytics.naming.labels import Strategy, Verdict
from analytics.strategy.compare import Comparison
from analytics.strategy.compared.setting import grid_end_text
from analytics.strategy.doubt.gain_doubt import GAIN_ERROR
from analytics.strategy.gains import cost_of_sales, gain_by_strategy
from analytics.strategy.minimum_lots import order_way
from analytics.strategy.planned_settings import planned_settings
from analytics.strategy.plans.ledgers import Setup, split_channels, split_settings
from analytics.strategy.portfolio.plan_measures import PlanMeasures, plan_measures, profit_behind_best
from analytics.strategy.present.counted_as import stays_at
from analytics.strategy.present.present_policy import todays_settings
from analytics.strategy.recommend import Recommendation
from analytics.writeup.availability import availability
from analytics.writeup.today_columns import TODAY_COLUMNS, today_columns

__all__ = [
    "RECOMMENDATION_COLUMNS",
    "SHARED_COLUMNS",
    "STRATEGY_COLUMNS",
    "as_set_today",
    "assumptions_table",
    "recommendation_table",
    "shared_table",
    "strategies_table",
]

RECOMMENDATION_COLUMNS = (
    "sku", "make_or_buy", "price", "unit_cost", "cost_of_sales", "on_hand", "orders_on_hand", "orders_due", *TODAY_COLUMNS,
    "recommended", "availability", "order_way", "change", "from_to", "verdict", "gain_per_year", "gain_by_planning", "gain_by_strategy", "lead_over_runner_up",
    "runner_up", "probability_best", "profit_mts", "profit_ato", "profit_mto", "profit_hybrid", "share_waiting", "share_quoted_a_wait", "share_shelf_empty", "wait_days_median",
    "wait_days_p90", "reorder_point", "order_up_to_level", "order_quantity", "quote_days", "grid_end", "reason", "why_not", "notes",
)  # fmt: skip

STRATEGY_COLUMNS = ("sku", "strategy", "measure", "value", "low", "high", "run_as")
SHARED_COLUMNS = ("line", "amount_per_year", "what_it_is")


def recommendation_table(
    setup: Setup,
    comparison: Comparison,
    recommendation: Recommendation,
    items: Items,
    apart: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per SKU: columns RECOMMENDATION_COLUMNS (amounts over the next twelve months, days, units).

    `orders_on_hand` are units that customers have on order, `orders_due` the month in which the first of them are due, by `apart` (the lines beside the
    sales); both are empty where the file has no orders on hand.

    `cost_of_sales` is what the units that the recommendation is expected to sell cost: units sold x unit cost. For every product that is decided
    gain_per_year = profit of what is counted - profit_today, to the cent, and gain_by_planning + gain_by_strategy = gain_per_year.
    """
    names = np.array(comparison.strategies, object)
    mix = plan_measures("mix", comparison, items, recommendation.recommended, recommendation.as_today)
    planned = {
        **{m: mix.values[m] for m in ("share_waiting", "share_quoted_a_wait", "share_shelf_empty")},
        **{m: mix.waits[m] for m in ("wait_days_median", "wait_days_p90")},
        **as_set_today(
            planned_settings(setup, comparison, items, recommendation.recommended),
            comparison,
            recommendation.as_today,
        ),
    }
    profit = {f"profit_{s.lower()}": comparison.profit[:, k] for k, s in enumerate(comparison.strategies)}
    empty = np.full(len(items), np.nan)
    today = today_columns(comparison, recommendation, items, planned)
    counted = np.where(
        recommendation.as_today,
        today["profit_today"],
        comparison.profit[np.arange(len(items)), recommendation.recommended],
    )
    decided = ~recommendation.ended & (recommendation.verdict != Verdict.NOT_DECIDABLE)
    assert (np.abs(recommendation.gain - (counted - today["profit_today"]))[decided] < 0.005).all(), (
        "a gain is not what is counted less today"
    )
    columns: dict[str, Any] = {
        "sku": items.skus,
        "make_or_buy": np.where(np.nan_to_num(items["make"], nan=1.0) > 0, "make", "buy"),
        "price": np.asarray(items["price"], np.float64),
        "unit_cost": np.asarray(items["unit_cost"], np.float64),
        "cost_of_sales": cost_of_sales(mix.values["units_sold"], np.asarray(items["unit_cost"], np.float64)),
        "on_hand": np.asarray(items["on_hand"], np.float64),
        **orders_columns(apart, items.skus),
        **today,
        "recommended": np.where(recommendation.ended, "", names[recommendation.recommended]),
        "availability": availability(setup, comparison, recommendation, items, mix.values["fill_rate"]),
        "order_way": [order_way(comparison, i) for i in range(len(items))],
        "verdict": recommendation.verdict,
        "gain_per_year": recommendation.gain,
        "gain_by_planning": recommendation.planning,
        "gain_by_strategy": gain_by_strategy(recommendation.gain, recommendation.planning),
        "lead_over_runner_up": recommendation.lead,
        "runner_up": np.where(recommendation.runner_up >= 0, names[recommendation.runner_up], ""),
        "probability_best": recommendation.probability_best,
        **{
            name: profit.get(name, empty)
            for name in ("profit_mts", "profit_ato", "profit_mto", "profit_hybrid")
        },
        **{name: np.where(recommendation.ended, np.nan, column) for name, column in planned.items()},
        "grid_end": _grid_ends(comparison, recommendation),
        "reason": recommendation.reason,
        "why_not": recommendation.why_not,
        "notes": _with_waves(_with_size_limit(setup, comparison, recommendation), recommendation),
    }
    return pd.DataFrame(columns)[list(RECOMMENDATION_COLUMNS)]


def as_set_today(
    policy: dict[str, NDArray[np.float64]], comparison: Comparison, as_today: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64]]:
    """What to set (by name, each (products,), changed in place), as it is today where a product stays as it is run today."""
    index, at = stays_at(comparison, as_today)
    if comparison.today is not None:
        today = comparison.today
        for name, column in todays_settings(today).items():
            policy[name][index] = column[at]
    return policy


def _grid_ends(comparison: Comparison, recommendation: Recommendation) -> NDArray[Any]:
    """Which ends of the grid the settings of every product stand at, in words; "" at none, for what has ended and for today's own settings."""
    names = np.array(comparison.strategies, object)[recommendation.recommended]
    said = [grid_end_text(comparison.chosen[name], i) for i, name in enumerate(names)]
    out = np.where(recommendation.ended, "", np.array(said, object))
    out[stays_at(comparison, recommendation.as_today)[0]] = ""
    return out


def _with_size_limit(setup: Setup, comparison: Comparison, recommendation: Recommendation) -> NDArray[Any]:
    """The notes, and above which size, or of which channel, an order is made to order where that is recommended."""
    notes = recommendation.notes.copy()
    here = np.flatnonzero(
        np.array(comparison.strategies, object)[recommendation.recommended] == Strategy.HYBRID
    )
    if len(here):
        setting = comparison.chosen[Strategy.HYBRID].setting[here]
        limits = split_settings(setup, here, setting)["order_size_limit"]
        for i, limit, name in zip(here, limits, split_channels(setup, here, setting), strict=True):
            what = f"channel {name}" if name else f"more than {limit:.0f} units"
            notes[i] = f"Orders of {what} are made to order. {notes[i]}".strip()
    return notes


def _with_waves(notes: NDArray[Any], recommendation: Recommendation) -> NDArray[Any]:
    """The notes, and in which wave a product is changed."""
    first = int((recommendation.wave == 1).sum())
    most = ("brings" if first == 1 else f"one of the {first} products that bring") + " 80 % of the gain"
    for i in np.flatnonzero(recommendation.wave):
        notes[i] = (
            f"{notes[i]} Wave {recommendation.wave[i]}: {most if recommendation.wave[i] == 1 else 'after those that bring most of the gain'}.".strip()
        )
    return notes


def shared_table(recommendation: Recommendation) -> pd.DataFrame:
    """What the products' own gains leave out, one line each: columns SHARED_COLUMNS; nothing where there is no such thing.

    The gains of recommendation.csv and these amounts add up to the gain of the portfolio, to the cent.
    """
    pooling, uncounted = recommendation.shared + recommendation.uncounted, recommendation.uncounted
    lines = [
        (
            "shared components",
            pooling,
            "Pooled components that fewer products join than the gain of each assumes.",
        ),
        (
            "too close to count",
            -uncounted,
            "What the limits bring for products whose choice is too close to call: in their own gains, and taken out again.",
        ),
    ]
    return pd.DataFrame([line for line in lines if line[1] != 0.0], columns=list(SHARED_COLUMNS)).astype(
        {"amount_per_year": np.float64}
    )


def strategies_table(plans: Iterable[PlanMeasures], free: Comparison, items: Items) -> pd.DataFrame:
    """Every measure of every product under every plan, long: columns STRATEGY_COLUMNS; values add up to the totals of the plan, ranges do not.

    `free` is the comparison without limits: profit_against_best is measured against the best strategy there.
    """
    rank = np.argsort(items.skus.astype(str), kind="stable")
    ordered = sorted(plans, key=lambda plan: plan.name)
    products, count = len(items), len(ordered)
    # filled plan by plan, for it is the largest table of all: value, low, high of products, plans, measures
    numbers = np.empty((3, 0, count, 0))
    measures = np.zeros(0, object)
    for k, plan in enumerate(ordered):
        behind, least, most = profit_behind_best(free, items, plan)
        values = {**plan.values, "profit_against_best": behind}
        bounds = ({**plan.low, "profit_against_best": least}, {**plan.high, "profit_against_best": most})
        if not k:
            measures = np.array(list(values), object)
            numbers = np.full((3, products, count, len(measures)), np.nan)
        for m, name in enumerate(measures):
            for number, of in zip(numbers, (values, *bounds), strict=True):
                if name in of:
                    number[:, k, m] = of[name][rank]
    run_as = np.stack([plan.run_as[rank] for plan in ordered], axis=1)
    texts = {
        "sku": np.repeat(items.skus[rank], count * len(measures)),
        "strategy": np.tile(
            np.repeat(np.array([plan.name for plan in ordered], object), len(measures)), products
        ),
        "measure": np.tile(measures, products * count),
        "run_as": np.repeat(run_as.ravel(), len(measures)),
    }
    return pd.DataFrame(
        {
            **{name: pd.Series(column, dtype=object, copy=False) for name, column in texts.items()},
            **dict(zip(("value", "low", "high"), numbers.reshape(3, -1), strict=True)),
        },
        columns=list(STRATEGY_COLUMNS),
    )


def _constant(column: NDArray[Any]) -> bool:
    return bool(np.all((column == column[0]) | ((column != column) & (column[0] != column[0]))))


def assumptions_table(items: Items, gain_error_origin: str = "") -> pd.DataFrame:
    """Every value used: general (one row) where all products share value, range and origin, else per SKU.

    Columns: field, sku ("" for general), value, unit, origin, low, high, source. `gain_error_origin` says where the
    relative error of gains comes from where a replay measured it ("": as of any other value).
    """
    parts: list[tuple[NDArray[Any], ...]] = []
    for name, field in ITEM_FIELDS.items():
        if name not in items.values:
            continue
        origin = items.origin(name)
        if not origin.any():
            continue
        value = items[name]
        source = FIELDS[name].source if name in FIELDS else ""
        low, high = (
            items.range(name)
            if field.kind == "number"
            else (np.full(len(items), np.nan), np.full(len(items), np.nan))
        )
        text = np.where(np.isnat(value), "", value.astype(str)) if field.kind == "date" else value
        if name in FIELDS and FIELDS[name].choices:
            text = np.array([FIELDS[name].said(v) for v in value], object)
        general = name in FIELDS and all(_constant(column) for column in (value, origin, low, high))
        words = np.array(ORIGINS, object)[origin]
        if name == GAIN_ERROR and gain_error_origin:
            words[np.isin(origin, (ASSUMED, DERIVED))] = gain_error_origin
        kept = np.array([0]) if general else np.flatnonzero(origin > 0)
        count = len(kept)
        named, unit, read_in = (np.full(count, text, object) for text in (name, field.unit, source))
        skus = np.full(count, "", object) if general else items.skus[kept]
        parts.append(
            (
                named,
                skus,
                np.asarray(text, object)[kept],
                unit,
                words[kept],
                low[kept],
                high[kept],
                read_in,
            )
        )
    columns = ["field", "sku", "value", "unit", "origin", "low", "high", "source"]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.DataFrame(
        {
            column: np.concatenate(pieces)
            for column, pieces in zip(columns, zip(*parts, strict=True), strict=True)
        }
    )
