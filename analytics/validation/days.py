"""Products whose stock is replenished within a week, played day by day in a replay as a study plays them; all others week by week.

One concept: the same play at two paces. Decisions are made for both at once; what differs is the length of a step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.simulation.ledger import COUNTS
from analytics.validation.play import Play
from analytics.validation.policies import PLAYED, Decision
from analytics.validation.stock import Plan, Rule

__all__ = ["Paces", "alike_in_family", "at_pace"]

Array = NDArray[np.float64]
#: Days in a week, and the columns of a `Decision` by where its products stand: first axis, or after the policies.
_DAYS = 7
_BY_PRODUCT = (
    "known", "ended", "present", "stated", "average", "door", "stay_door", "production_years", "assembly_years", "units_per_order", "planned_fill",
    "limit", "planned", "channel",
)  # fmt: skip
_BY_POLICY = ("strategy", "kit_share", "told", "stay_told", "batched", "filled")


def alike_in_family(by_day: NDArray[np.bool_], family: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which products are played by day, (products,): those of `by_day`, where all that share their components (`family`, numbers) are.

    >>> alike_in_family(np.array([True, True, False]), np.array([0, 1, 1])).tolist()
    [True, False, False]
    """
    apart = np.bincount(family, ~by_day, len(family)) > 0
    return np.asarray(by_day & ~apart[family])


def at_pace(decision: Decision, rows: NDArray[np.intp], steps_per_week: int) -> Decision:
    """The decision for the products at positions `rows` alone, in steps of a week or of a day.

    By day what is expected falls on the days of the week as the study has it, lead times and reviews are whole days, and a level moves by
    as much in seven steps as it would in one: 1 - (1 - smoothing)^(1/7) each. `pool` is renumbered: all of a pool are among `rows`.
    """
    place = np.full(len(decision.known), -1, np.intp)
    place[rows] = np.arange(len(rows))
    columns: dict[str, Any] = {name: _taken(getattr(decision, name), rows, 0) for name in _BY_PRODUCT}
    columns |= {name: _taken(getattr(decision, name), rows, 1) for name in _BY_POLICY}
    pool = decision.pool[rows]
    columns["pool"] = np.where(pool >= 0, place[np.maximum(pool, 0)], -1)
    assert ((pool < 0) | (columns["pool"] >= 0)).all(), "replay: a family is played at two paces"
    if steps_per_week == _DAYS:
        columns["average"] = columns["average"] / _DAYS
    return replace(
        decision,
        stock=_plan_at(decision.stock, rows, steps_per_week, decision.day_share),
        kits=_plan_at(decision.kits, rows, steps_per_week, decision.day_share),
        rule=_rule_at(decision.rule, rows, steps_per_week),
        kit_rule=_rule_at(decision.kit_rule, rows, steps_per_week),
        **columns,
    )


def _taken(column: Any, rows: NDArray[np.intp], axis: int) -> Any:
    return None if column is None else np.take(column, rows, axis=axis)


def _plan_at(plan: Plan, rows: NDArray[np.intp], steps_per_week: int, day_share: Array | None) -> Plan:
    own = Plan(**{name: _taken(column, rows, 0) for name, column in vars(plan).items()})
    if steps_per_week != _DAYS:
        return own
    share = np.full(_DAYS, 1.0 / _DAYS) if day_share is None else day_share
    weeks = own.expected.shape[1]
    return replace(
        own,
        expected=np.repeat(own.expected, _DAYS, axis=1) * np.tile(share, weeks),
        smoothing=1.0 - (1.0 - own.smoothing) ** (1.0 / _DAYS),
        lead_weeks=own.lead_weeks * _DAYS if own.lead_days is None else own.lead_days,
        review_weeks=own.review_weeks * _DAYS if own.review_days is None else own.review_days,
        cover_weeks=own.cover_weeks * _DAYS,
        end_week=np.floor(own.end_week * _DAYS + 0.5),
    )


def _rule_at(rule: Rule, rows: NDArray[np.intp], steps_per_week: int) -> Rule:
    own = Rule(**{name: column[:, rows] for name, column in vars(rule).items()})
    if steps_per_week != _DAYS:
        return own
    # with a cover both it and the gap are times of average demand, else the gap is units
    return replace(
        own, cover=own.cover * _DAYS, gap=np.where(np.isfinite(own.cover), own.gap * _DAYS, own.gap)
    )


class Paces:
    """All policies side by side from the first date on, `daily` products (products,) day by day and the others week by week.

    `step` plays one window of both, as `Play.step` does. Of the mix, `mix_stock` and `mix_short` keep every week
    (products, weeks): finished units on hand after it, and units of what is made to stock that were not served at once.
    """

    def __init__(self, policies: int, daily: NDArray[np.bool_]) -> None:
        """Nothing in stock and nothing sold."""
        rows: Mapping[int, NDArray[np.intp]] = {1: np.flatnonzero(~daily), _DAYS: np.flatnonzero(daily)}
        self.rows = {steps: at for steps, at in rows.items() if len(at) or steps == 1}
        self.plays = {steps: Play(policies, len(at), steps) for steps, at in self.rows.items()}
        self.products = len(daily)

    def step(
        self,
        d: Decision,
        demand: Mapping[int, Array],
        stop: NDArray[np.int64],
        large: Mapping[int, tuple[Array, Array]],
    ) -> Array:
        """Play one window: counts (policies, products, strategies of PLAYED, counts).

        `demand` and `large` by steps in a week, (products at that pace, steps); `stop` (products,) in weeks. See `Play.step`.
        """
        out = np.zeros((len(d.policies), self.products, len(PLAYED), len(COUNTS)))
        for steps, rows in self.rows.items():
            out[:, rows] = self.plays[steps].step(
                at_pace(d, rows, steps), demand[steps], stop[rows] * steps, large[steps]
            )
        return out

    @property
    def mix_stock(self) -> NDArray[np.float32]:
        """Finished units of the mix on hand at the end of every week: (products, weeks)."""
        return self._weeks("mix_stock", -1)

    @property
    def mix_short(self) -> NDArray[np.float32]:
        """Units of the mix made to stock that were not served at once, by week: (products, weeks)."""
        return self._weeks("mix_short", None)

    def _weeks(self, name: str, last: int | None) -> NDArray[np.float32]:
        weeks = len(getattr(self.plays[1], name))
        out = np.zeros((self.products, weeks), np.float32)
        for steps, rows in self.rows.items():
            kept = np.stack(getattr(self.plays[steps], name), axis=1).reshape(len(rows), weeks, steps)
            out[rows] = kept.sum(axis=2) if last is None else kept[:, :, last]
        return out
