"""Tornado of one product: how far its lead moves between the ends of each assumption's range, the others as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.assumptions import FIELDS
from analytics.strategy.money.price import MONEY_FIELDS
from analytics.strategy.money.thresholds import worth_telling
from analytics.strategy.what_if.product_resimulated import profits
from analytics.strategy.what_if.product_what_if import Case

__all__ = ["Swing", "tornado"]

_PLAYED = ("patience_per_day", "hazard_per_year")


@dataclass(frozen=True)
class Swing:
    """The lead of the best strategy over the best of the others with one assumption at the low and at the high end of its range.

    A negative lead says that another strategy is best there. `swing` is the distance between the two. `turns` is the value at which the decision shown turns
    by the rule that makes it, which weighs today's way and chance too (NaN: nowhere in the range), `lead_turns` the lead there.
    """

    field: str
    low: float
    value: float
    high: float
    lead_low: float
    lead_high: float
    swing: float
    turns: float = float("nan")
    lead_turns: float = float("nan")

    @property
    def shows(self) -> bool:
        """Whether the lead moves enough to draw a bar: by 2 % of the larger of its two ends.

        >>> Swing("price", 1.0, 2.0, 3.0, -50.0, 100.0, 150.0).shows
        True
        """
        return worth_telling(self.swing, max(abs(self.lead_low), abs(self.lead_high), 1e-9))


def tornado(case: Case, turning: Mapping[str, float] | None = None) -> tuple[Swing, ...]:
    """One bar per assumption that is in doubt for this product, longest first: money over twelve months.

    `turning` are the values at which the decision turns (field -> value, see `flips`; None: not known), which are marked on the bars.
    Each end is taken as known for sure. Prices are priced again; patience, chance of ending and lead times are played again.
    """
    k = int(np.nanargmax(case.base))
    if len(case.strategies) < 2:
        return ()
    fields = [
        name
        for name in FIELDS
        if name in (*_PLAYED, *MONEY_FIELDS, "component_lead_days") and name != "component_share"
    ]
    bars = []
    for name in fields:
        low, high = (float(bound[case.at]) for bound in case.items.range(name))
        if not high > low:
            continue
        value = float(case.items[name][case.at])
        at = float("nan") if turning is None else turning.get(name, float("nan"))
        points = [low, high, *([at] if np.isfinite(at) else [])]
        if name == "component_lead_days":
            rest = float(np.nan_to_num(case.items["production_days"][case.at]))
            money = profits(case, "lead_days", [point + rest for point in points])
        else:
            money = profits(case, name, points)
        lead = money[:, k] - np.nanmax(np.delete(money, k, axis=1), axis=1)
        mark = float(lead[2]) if len(points) > 2 else float("nan")
        bars.append(
            Swing(
                name,
                low,
                value,
                high,
                float(lead[0]),
                float(lead[1]),
                abs(float(lead[1] - lead[0])),
                at,
                mark,
            )
        )
    return tuple(sorted(bars, key=lambda bar: -bar.swing))
