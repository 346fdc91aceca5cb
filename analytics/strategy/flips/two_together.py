"""Two assumptions together: whether a decision that holds against each alone still holds with two of them at the ends of their ranges.

Every pair is tried at its four corners by the very rule that makes the verdict. Prices price the whole grid again, which is quick, and are tried for
all products. What must be simulated is played by a run of the product with its family, which is dear: it is tried on asking, for the products given.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.naming.scales import field_words
from analytics.strategy.flips.family_run import moved_standing
from analytics.strategy.flips.flip_points import Flips
from analytics.strategy.flips.priced_trials import is_price, priced_pairs
from analytics.strategy.flips.trials import decide_trials
from analytics.strategy.money.price import MONEY_FIELDS
from analytics.strategy.plans.ledgers import Progress
from analytics.strategy.standing import Standing

__all__ = ["TwoTogether", "joined_pairs", "played_together", "priced_together"]

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]

#: Products priced at once.
_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class TwoTogether:
    """What pairs of assumptions turn that neither of the two turns alone: arrays (pairs, products).

    `fields` are the pairs; `turned` marks products whose decision is another one at a corner, `tried` those that were tried at all
    four: both values in doubt, and the decision not turned by one of them alone. `played` counts the products of which pairs with
    a value that must be simulated were tried too.
    """

    fields: tuple[tuple[str, str], ...]
    turned: Mask
    tried: Mask
    played: int = 0

    @property
    def tried_words(self) -> str:
        """What was tried and what was not, in a sentence."""
        left = "" if self.played else "pairs with a value that must be simulated, and "
        of = "Pairs of prices were tried" if not self.played else "Pairs of all values in doubt were tried"
        return f"{of}; not tried: {left}values between the ends."


def _doubtful(standing: Standing, among: Index | None) -> dict[str, Mask]:
    """Products (products,) by assumption that is in doubt for them and says something to the decision."""
    items, out = standing.items, {}
    decidable = standing.decided.decidable
    if among is not None:
        decidable = decidable & np.isin(np.arange(len(items)), among)
    for name in FIELDS:
        if name not in items.values or not (name in MONEY_FIELDS or FIELDS[name].physics):
            continue
        low, high = items.range(name)
        here = decidable & (high > low) & np.isfinite(np.asarray(items[name], np.float64))
        if here.any():
            out[name] = here
    return out


def _alone(flips: Flips, field: str) -> Mask:
    """Products that an assumption turns on its own, (products,)."""
    return (
        np.isfinite(flips.turns[flips.at(field)])
        if field in flips.fields
        else np.zeros(flips.turns.shape[1], bool)
    )


def _corners(standing: Standing, field: str, index: Index) -> NDArray[np.float64]:
    """Both ends of the range of a field: (products, 2)."""
    low, high = standing.items.range(field)
    return np.stack([low[index], high[index]], axis=1)


def priced_together(
    standing: Standing, flips: Flips, among: Index | None = None, progress: Progress | None = None
) -> TwoTogether:
    """Every pair of prices in doubt, each product that neither turns alone at its four corners.

    `among` are the products tried (positions; None: all that can be decided). Corners are the ends of the usual ranges of both; everything else as it is.
    """
    doubt = {name: here for name, here in _doubtful(standing, among).items() if is_price(name)}
    pairs = tuple(combinations(doubt, 2))
    turned, tried = (np.zeros((len(pairs), len(standing.items)), bool) for _ in range(2))
    for k, (one, other) in enumerate(pairs):
        if progress is not None:
            progress(k / len(pairs), f"trying {field_words(one)} and {field_words(other)} together")
        here = doubt[one] & doubt[other] & ~_alone(flips, one) & ~_alone(flips, other)
        tried[k] = here
        index = np.flatnonzero(here)
        for a in range(0, len(index), _AT_ONCE):
            some = index[a : a + _AT_ONCE]
            first, second = _corners(standing, one, some), _corners(standing, other, some)
            trials = priced_pairs(
                standing, some, {one: first[:, [0, 0, 1, 1]], other: second[:, [0, 1, 0, 1]]}
            )
            shown = decide_trials(standing, trials).reshape(len(some), 4)
            turned[k, some] = (shown != standing.decided.decision.shown[some][:, None]).any(axis=1)
    return TwoTogether(pairs, turned, tried)


def played_together(
    standing: Standing, flips: Flips, index: Index, progress: Progress | None = None
) -> TwoTogether:
    """Every pair with a value that must be simulated, for the products at `index`: with each price, and with one another.

    A run of the product with its family at each end, and at each corner of two such values; the prices at what that run gives.
    """
    doubt = _doubtful(standing, index)
    played = [name for name in doubt if not is_price(name)]
    prices = [name for name in doubt if is_price(name)]
    pairs = (*product(played, prices), *combinations(played, 2))
    turned, tried = (np.zeros((len(pairs), len(standing.items)), bool) for _ in range(2))
    at = {pair: k for k, pair in enumerate(pairs)}
    for count, i in enumerate(index):
        if progress is not None:
            progress(
                count / max(len(index), 1),
                f"playing two values together, product {count + 1} of {len(index)}",
            )
        mine = [name for name in doubt if doubt[name][i] and not _alone(flips, name)[i]]
        here = [name for name in mine if name in played]
        ends = {name: _corners(standing, name, np.array([i]))[0] for name in mine}
        for one in here:
            for end in ends[one]:
                other_standing, place = moved_standing(standing, {one: float(end)}, int(i))
                for other in (name for name in mine if name in prices):
                    tried[at[one, other], i] = True
                    shown = decide_trials(
                        other_standing,
                        priced_pairs(other_standing, np.array([place]), {other: ends[other][None, :]}),
                    )
                    turned[at[one, other], i] |= bool(
                        (_named(standing, other_standing, shown) != _now(standing, i)).any()
                    )
        for one, other in combinations(here, 2):
            tried[at[one, other], i] = True
            for corner in product(ends[one], ends[other]):
                there, place = moved_standing(
                    standing, dict(zip((one, other), map(float, corner), strict=True)), int(i)
                )
                shown = there.decided.decision.shown[[place]]
                turned[at[one, other], i] |= bool((_named(standing, there, shown) != _now(standing, i)).any())
    return TwoTogether(pairs, turned, tried, len(index))


def _now(standing: Standing, i: int) -> int:
    return int(standing.decided.decision.shown[i])


def _named(standing: Standing, other: Standing, shown: Index) -> Index:
    """Decisions of another standing as positions of the strategies of this one."""
    place = [standing.comparison.strategies.index(name) for name in other.comparison.strategies]
    return np.array([place[k] if k >= 0 else k for k in shown], np.intp)


def joined_pairs(one: TwoTogether, other: TwoTogether) -> TwoTogether:
    """Pairs tried in two goes as one; no pair is in both."""
    return TwoTogether(
        (*one.fields, *other.fields),
        np.concatenate([one.turned, other.turned]),
        np.concatenate([one.tried, other.tried]),
        one.played + other.played,
    )
