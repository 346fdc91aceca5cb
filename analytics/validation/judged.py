"""What a replay is long enough to judge, and what of its money stands apart: products that sell too rarely for the windows played."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.naming.labels import number_text, percent_text
from analytics.validation.schedule import Schedule

__all__ = ["judged_sentence", "too_short_to_judge", "weeks_between_sales"]

Array = NDArray[np.float64]


def weeks_between_sales(history: SalesHistory, plan: Schedule) -> Array:
    """Mean time between the sales of each product as far as the first date that knows it could tell. Weeks, shape (products,).

    weeks_between_sales = weeks from the first sale to that date / (sales before it - 1).
    Sales are days (weeks, months of a file of totals) with units sold. One sale has no time to the next: infinite. What
    was sold afterwards takes no part, so that nobody is judged because it sold. NaN where no date knows the product.
    Source: the mean time between events of a steady stream, unbiased when it is counted from the first.
    """
    sold = history.quantity > 0.0
    sku, day = history.sku[sold], history.date[sold].astype("datetime64[D]")
    first = np.full(len(history.skus), np.datetime64("NaT", "D"))
    latest_first = np.argsort(day, kind="stable")[::-1]
    first[sku[latest_first]] = day[latest_first]
    origins = plan.origins.astype("datetime64[D]")
    at = np.searchsorted(origins, first, side="right")
    known = ~np.isnat(first) & (at < len(origins))
    until = origins[np.minimum(at, len(origins) - 1)]
    before = day < until[sku]
    pairs = np.unique(np.stack([sku[before].astype(np.int64), day[before].astype(np.int64)]), axis=1)
    count = np.bincount(pairs[0], minlength=len(first))
    weeks = np.where(known, (until - np.where(known, first, until)).astype(np.int64) / 7.0, np.nan)
    with np.errstate(divide="ignore"):
        return np.where(known, weeks / np.where(count > 1, count - 1, 0), np.nan)


def too_short_to_judge(lead_weeks: Array, between: Array, played: Array) -> NDArray[np.bool_]:
    """Products that sell too rarely for the weeks played: what was ordered in them can hardly show what it is worth. Shape (products,).

    too_short_to_judge = lead time + 2 x weeks_between_sales > weeks played. All in weeks. A replay in which every policy
    takes over the same stock favours whoever never buys again, until what was bought has had time to come and to sell.
    Source: a rule of our own, two gaps being the least in which a sale and the next can be seen.

    >>> too_short_to_judge(np.array([4.0, 4.0, 1.0]), np.array([24.0, 24.1, np.inf]), np.array([52.0, 52.0, 52.0])).tolist()
    [False, True, True]
    """
    return lead_weeks + 2.0 * between > played


def judged_sentence(judged: dict[str, Any], apart: dict[str, Any], weeks: int, against: str) -> str:
    """In words: how many products are too few times sold to be judged, and what the mix earned against a policy with and without them.

    `judged` and `apart` hold `products` and, where there is money, `mix_gain`, `low` and `high`; `against` names the policy.
    """
    many = judged["products"] + apart["products"]
    if not apart["products"]:
        return f"{weeks} weeks are long enough to judge every product: lead time and twice the time between its sales fit in."
    share = percent_text(apart["products"] / many)
    one = apart["products"] == 1
    text = (
        f"{weeks} weeks are too short to judge {apart['products']:,} of {many:,} products ({share}): "
        f"lead time and twice the time between {'its' if one else 'their'} sales are longer."
    )
    if "mix_gain" not in judged:
        return text
    low, high = judged["low"], judged["high"]
    likely = "" if low == high else f" (likely between {number_text(low, 2)} and {number_text(high, 2)})"
    return (
        f"{text} Of what the mix earned more than {against}, {_signed(apart['mix_gain'])} comes from "
        f"{'it' if one else 'them'} and {_signed(judged['mix_gain'])} from the others{likely}."
    )


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{number_text(value, 2)}"
