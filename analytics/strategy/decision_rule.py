"""The one rule by which a strategy is recommended: expected money at the values in force against what is done today.

Of what is offered, and not ruled out by a product's component family, that is done which earns most among all that is worth a change: ahead of
today's way by at least CLEAR_LEAD_SHARE of the margin of a perfect year, and by twice the standard error of the paired difference between simulated
years; a change of strategy ahead of what today's strategy earns at its best settings, too, for that is no merit of another. Where today's strategy stays and
only its settings change, SETTINGS_LEAD_SHARE and one standard error are enough. Where nothing is worth a change, it stays as it is run today.
Probabilities, regret and ranges are shown beside it and decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from analytics.strategy.compare import Comparison

__all__ = [
    "CLEAR_LEAD_SHARE",
    "SETTINGS_LEAD_SHARE",
    "STANDARD_ERRORS",
    "STAYS",
    "Decided",
    "Decision",
    "decision",
    "lead_noise",
    "least_lead",
    "noise_of",
]

Array = NDArray[np.float64]

#: A change is worth it from this share of the perfect year's margin on: costs and demand are not known better.
CLEAR_LEAD_SHARE = 0.02
#: The same where only settings change: another level or lot asks nothing of anybody, and half a per cent on every product is much on all.
SETTINGS_LEAD_SHARE, SETTINGS_STANDARD_ERRORS = 0.005, 1.0
#: ... and from this many standard errors of the paired difference on.
STANDARD_ERRORS = 2.0
#: What is shown where nothing changes: no position of a strategy.
STAYS = -1


@dataclass(frozen=True, eq=False)
class Decision:
    """What is decided for every product.

    What is decided, per product: position of the `recommended` strategy (today's own where it stays `as_today`), and whether another way than
    today's is close: `near`, no further from it than what a change must bring.
    """

    recommended: NDArray[np.intp]
    as_today: NDArray[np.bool_]
    near: NDArray[np.bool_]

    @property
    def shown(self) -> NDArray[np.intp]:
        """The decision as it is shown: position of the strategy that is done, STAYS where nothing changes."""
        return np.where(self.as_today, STAYS, self.recommended)

    def take(self, index: NDArray[np.intp]) -> Decision:
        """The products at these positions, in this order."""
        return Decision(self.recommended[index], self.as_today[index], self.near[index])


@dataclass(frozen=True, eq=False)
class Decided:
    """What is decided, with all that the rule weighed.

    What is decided and all that the rule weighs, per product: position of today's strategy (`baseline`), money of today's way
    (`base`), `margin` of the perfect year, `noise` (products, strategies; see `lead_noise`), who is `decidable`, whose money is known, who sells below
    cost (`loses`), who is `living`; the strategies its component family rules out (None: none), and the `decision`.
    """

    baseline: NDArray[np.intp]
    base: Array
    margin: Array
    noise: Array
    decidable: NDArray[np.bool_]
    money_known: NDArray[np.bool_]
    loses: NDArray[np.bool_]
    living: NDArray[np.bool_]
    ruled_out: NDArray[np.bool_] | None
    decision: Decision

    @property
    def recommended(self) -> NDArray[np.intp]:
        """Position of the strategy that is done.

        Shape (products,).
        """
        return self.decision.recommended

    @property
    def as_today(self) -> NDArray[np.bool_]:
        """Whether it stays as it is run today.

        Shape (products,).
        """
        return self.decision.as_today

    def take(self, index: NDArray[np.intp]) -> Decided:
        """The products at these positions, in this order."""
        columns = {
            f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("ruled_out", "decision")
        }
        picked = {name: column[index] for name, column in columns.items()}
        return Decided(
            **picked,
            ruled_out=None if self.ruled_out is None else self.ruled_out[index],
            decision=self.decision.take(index),
        )


def lead_noise(comparison: Comparison, baseline: NDArray[np.intp]) -> Array:
    """Twice the standard error of every strategy's lead over today's way, from the same simulated years of both: money, shape (products, strategies).

    *Formula*: 2 s / sqrt(draws), s the standard deviation over draws of demand of the mean paired difference, everything assumed at its value in force: what
    nobody has confirmed is no chance. Source: common random numbers, Law (2015), Simulation Modeling and Analysis, 11.2.
    """
    today = comparison.in_force[np.arange(len(baseline)), baseline]
    if comparison.today is not None:
        today[comparison.today.index] = comparison.today.in_force
    return noise_of(comparison.in_force - today[:, None])


def noise_of(apart: Array) -> Array:
    """Twice the standard error of the mean of paired differences along the last axis; 0 where there are none.

    >>> float(noise_of(np.array([1.0, 3.0])))  # 2 x sqrt(2) / sqrt(2)
    2.0
    """
    return np.nan_to_num(STANDARD_ERRORS * apart.std(axis=-1, ddof=1) / np.sqrt(apart.shape[-1]))


def least_lead(lead: Array, margin: Array, noise: Array, baseline: NDArray[np.intp]) -> Array:
    """What every strategy must earn more than today's way to be worth a change: money, shape (products, strategies).

    `lead` (products, strategies) is what it earns more, `margin` (products,) that of a perfect year, `noise` as of `lead_noise`, `baseline` today's strategy.

    *Formula*: max(share x perfect margin, noise), share CLEAR_LEAD_SHARE, and that share beyond what today's strategy earns at its best settings, where that is
    more than today's way; of today's strategy, whose settings alone would change, share SETTINGS_LEAD_SHARE and one standard error of the two. Source: a rule
    of this program.

    >>> least_lead(np.array([[15.0, 25.0, 35.0]]), np.array([1000.0]), np.array([[12.0, 3.0, 40.0]]), np.array([0])).tolist()
    [[6.0, 35.0, 40.0]]
    """
    own = np.arange(noise.shape[1])[None, :] == baseline[:, None]
    much = np.abs(margin)[:, None]
    better = np.fmax(lead[np.arange(len(lead)), baseline], 0.0)[:, None]
    settings = np.maximum(SETTINGS_LEAD_SHARE * much, SETTINGS_STANDARD_ERRORS / STANDARD_ERRORS * noise)
    return np.asarray(np.where(own, settings, np.maximum(better + CLEAR_LEAD_SHARE * much, noise)))


def decision(
    profit: Array,
    base: Array,
    baseline: NDArray[np.intp],
    margin: Array,
    noise: Array,
    decidable: NDArray[np.bool_],
    ruled_out: NDArray[np.bool_] | None = None,
    stocked: NDArray[np.bool_] | None = None,
) -> Decision:
    """Decide by the one rule.

    `profit` (products, strategies) is expected money of each strategy at its best setting (NaN: not
    offered), `base` (products,) that of today's way, whose strategy stands at `baseline`; `margin` that
    of a perfect year, `noise` as of `lead_noise`.

    Strategies that are `stocked` (strategies,), to stock and split by order size, are variants of one another: that one is near the other makes
    no choice close (None: each stands for itself).

    What is not `decidable` stays as it is. Where its family rules out what a product does today (`ruled_out`), what is left that earns most is done.

    >>> rows = np.array([[100.0, 104.0, np.nan], [100.0, 101.0, np.nan]])
    >>> got = decision(rows, rows[:, 0], np.zeros(2, int), np.full(2, 150.0), np.zeros((2, 3)), np.ones(2, bool))
    >>> got.recommended.tolist(), got.as_today.tolist(), got.near.tolist()
    ([1, 0], [False, True], [False, True])
    """
    rows = np.arange(len(profit))
    score = np.where(np.isfinite(profit), profit, -np.inf)
    lead = np.where(np.isfinite(profit), profit - base[:, None], -np.inf)
    least = least_lead(lead, margin, noise, baseline)
    must = np.zeros(len(profit), bool)
    if ruled_out is not None:
        score = np.where(ruled_out, -np.inf, score)
        must = ruled_out[rows, baseline] & decidable
    worth = np.where((lead > 0.0) & (lead >= least), score, -np.inf)
    worth[must] = score[must]
    wanted = np.argmax(worth, axis=1)
    changes = decidable & np.isfinite(worth[rows, wanted])
    others = np.arange(profit.shape[1])[None, :] != baseline[:, None]
    if stocked is not None:
        others &= ~(stocked[None, :] & stocked[baseline][:, None])
    near = ((np.abs(lead) < least) & others & np.isfinite(score)).any(axis=1) & ~changes & decidable
    return Decision(np.where(changes, wanted, baseline), ~changes, near)
