"""The trials of a field as they can be played: each product alone, or in a copy of its component family."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.forecast import Forecast
from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNTS
from analytics.simulation.stock import StockPlan
from analytics.strategy.compared.setting import Chosen, choose
from analytics.strategy.flips.nearby_settings import Played, best_nearby, first_settings, neighbours
from analytics.strategy.flips.trial_copies import (
    Copies,
    Grown,
    Moved,
    copies_of,
    kits_of,
    plans_alone,
    plans_together,
    stock_of,
    totals_of,
)
from analytics.strategy.flips.trial_splits import Split
from analytics.strategy.plans.batches import never_filled
from analytics.strategy.plans.component_pools import rows_of, stacked_forecasts
from analytics.strategy.plans.ledgers import (
    Setup,
    at_values_in_force,
    draw_counts,
    grid_ledgers,
    in_threads,
    years_at_once,
)
from analytics.strategy.plans.split_by_order_size import HybridPlan
from analytics.strategy.standing import Standing

__all__ = ["Best", "Held", "Plays"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]
#: Units played at a time.
_AT_ONCE = {Strategy.HYBRID: 8, Strategy.ATO: 8}


class Best(NamedTuple):
    """Trials at their best settings: `chosen` over the copies played, the trial of each, and which are the moved product (copies,)."""

    chosen: Chosen
    trial: Index
    moved: NDArray[np.bool_]


class Held(NamedTuple):
    """Trials at settings held.

    counts: by group of simulated years (copies, groups, counts). items: of the copies. trial: of each copy (copies,). moved, offered: which
    copies are the moved product, and which may be run that way (copies,).
    """

    counts: Array
    items: Items
    trial: Index
    moved: NDArray[np.bool_]
    offered: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Plays:
    """The trials of a field, one product each, at the value that `change` has for it.

    Kept: what is found of families' forecasts in `totals`, of each trial at `place`; families that are played again, by their trials, in `grown`,
    and in `parted` how trials are split by order size anew.
    """

    standing: Standing
    change: Moved
    totals: list[Forecast] = field(default_factory=list)
    place: dict[int, int] = field(default_factory=dict)
    grown: dict[bytes, Grown] = field(default_factory=dict)
    parted: list[tuple[Index, HybridPlan]] = field(default_factory=list)

    @cached_property
    def copies(self) -> Copies:
        """The moved product of every trial, one below the other."""
        index = self.change.index
        return copies_of(self.standing, self.change, [np.array([i]) for i in index], np.arange(len(index)))

    @cached_property
    def stock(self) -> StockPlan:
        """What every trial's product can be stocked at on its own: see `trial_copies.stock_of`."""
        return stock_of(self.standing, self.copies)

    @cached_property
    def assembling(self) -> NDArray[np.bool_]:
        """Trials whose product can be assembled to order with its family: shape (trials,)."""
        standing, index = self.standing, self.change.index
        if Strategy.ATO not in standing.comparison.strategies:
            return np.zeros(len(index), bool)
        ato = standing.comparison.strategies.index(Strategy.ATO)
        return np.asarray(
            (standing.family_of[index] >= 0) & np.isfinite(standing.comparison.profit[index, ato])
        )

    @cached_property
    def assembled(self) -> Array:
        """What the members of each trial's family earn assembled to order in force: shape (trials, members), NaN beyond the family."""
        standing, index = self.standing, self.change.index
        most = max((len(members) for members in standing.setup.families), default=0)
        out = np.full((len(index), most), np.nan)
        for k in np.flatnonzero(self.assembling):
            members = standing.setup.families[standing.family_of[index[k]]]
            ato = standing.comparison.strategies.index(Strategy.ATO)
            out[k, : len(members)] = standing.comparison.profit[members, ato]
        return out

    def alone(self, trials: Index, settings: Index, waits: bool = True, split: Split = Split.NOT) -> Setup:
        """Plans of the products of some trials on their own from stock: see `trial_copies.plans_alone`."""
        how = self._known_split(trials) or split if split == Split.ANEW else split
        return plans_alone(self.standing, self.copies, self.stock, trials, settings, waits, how)

    def _known_split(self, trials: Index) -> HybridPlan | None:
        """How some trials are split by order size anew, where that was found before: it hangs on no setting."""
        for known, plan in self.parted:
            place = {int(k): row for row, k in enumerate(known)}
            if all(int(k) in place for k in trials):
                rows = np.array([place[int(k)] for k in trials], np.intp)
                return replace(plan.take(rows), index=np.arange(len(trials)))
        return None

    def to_order(self, trials: Index) -> Setup:
        """Plans of the products of some trials on their own to order."""
        none = np.zeros((len(trials), 1), np.intp)
        return plans_alone(self.standing, self.copies, self.stock, trials, none, False, to_order=True)

    def families(self, trials: Index, settings: Index, waits: bool = True) -> tuple[Copies, Setup]:
        """Copies of the families of the products of some trials, and their plans: see `trial_copies.plans_together`."""
        key = trials.tobytes()
        if key not in self.grown:
            change, standing = self.change, self.standing
            groups = [standing.setup.families[f] for f in standing.family_of[change.index[trials]]]
            own, totals = copies_of(standing, change, groups, trials), self._totals(trials)
            self.grown[key] = Grown(own, totals, *kits_of(standing, own, groups, totals))
        grown = self.grown[key]
        return grown.copies, plans_together(self.standing, grown, settings, waits)

    def _totals(self, trials: Index) -> Forecast:
        """The forecasts of the families of the products of some trials, each found once."""
        new = np.array([k for k in trials if int(k) not in self.place], np.intp)
        if len(new):
            self.place.update({int(k): len(self.place) + j for j, k in enumerate(new)})
            self.totals.append(totals_of(self.standing, self.change, new))
            self.totals[:] = [stacked_forecasts(self.totals)]
        return rows_of(self.totals[0], np.array([self.place[int(k)] for k in trials], np.intp))

    def best(self, name: str, trials: Index) -> Best | None:
        """Some trials at the best settings of their own; None where there are none. Products that cannot be split by order size are left out."""
        none = np.zeros((len(trials), 1), np.intp)
        if name == Strategy.HYBRID and len(trials):
            plan = self.alone(trials, none, waits=False, split=Split.ANEW).hybrid
            trials = trials[:0] if plan is None else trials[plan.index]
            if plan is not None:
                self.parted.append((trials, plan))
        if not len(trials):
            return None
        index = self.change.index[trials]
        if name == Strategy.ATO:
            start = first_settings(self.standing, name, index)
            chosen = best_nearby(lambda units, at: self._together(trials[units], at), name, start)
            members = [self.standing.setup.families[f] for f in self.standing.family_of[index]]
            trial = np.repeat(trials, [len(rows) for rows in members])
            return Best(chosen, trial, np.concatenate(members) == self.change.index[trial])
        if name == Strategy.MTO:
            ledger = grid_ledgers(self.to_order(trials), strategies=(name,))[name]
            chosen = choose(ledger, self.copies.items.take(trials), np.arange(len(trials)))
        else:
            start = first_settings(self.standing, name, index)
            chosen = best_nearby(lambda units, at: self._alone(name, trials[units], at), name, start)
        return Best(chosen, trials, np.ones(len(trials), bool))

    def _alone(self, name: str, trials: Index, settings: Index) -> Played:
        split = Split.ANEW if name == Strategy.HYBRID else Split.NOT
        ledger = grid_ledgers(self.alone(trials, settings, split=split), strategies=(name,))[name]
        return Played(ledger, self.copies.items.take(trials), np.arange(len(trials)))

    def _together(self, trials: Index, settings: Index) -> Played:
        own, setup = self.families(trials, settings)
        ledger = grid_ledgers(setup, strategies=(Strategy.ATO,))[Strategy.ATO]
        return Played(ledger, own.items, np.repeat(np.arange(len(trials)), [len(f) for f in setup.families]))

    def held(self, name: str, trials: Index, by_half: Index, groups: int, split: Split = Split.ANEW) -> Held:
        """Some trials at the settings chosen on each half of the years, places on the whole grid (trials, 2), averaged over as many `groups` of consecutive draws."""
        per, two = len(neighbours()), by_half.shape[1]
        both = np.tile(np.arange(two), (len(trials), 1))
        units = np.arange(len(trials))
        if name == Strategy.ATO:
            own, setup = self.families(trials, by_half)
            items, trial, moved = own.items, own.trial, own.moved
        elif name == Strategy.MTO:
            setup, both = self.to_order(trials), by_half
        else:
            split = split if name == Strategy.HYBRID else Split.NOT
            setup = self.alone(trials, by_half % per, split=split)
            if name == Strategy.HYBRID:
                units = np.zeros(0, np.intp) if setup.hybrid is None else setup.hybrid.index
                both = two * (by_half // per) + both
        if name != Strategy.ATO:
            items, trial = self.copies.items.take(trials[units]), trials[units]
            moved = np.ones(len(units), bool)
        here = at_values_in_force(setup)

        def played(at: Index) -> Array:
            counts = draw_counts(here, name, units[at], both[units[at]])[0]
            return np.asarray(counts.reshape(len(counts), groups, -1, counts.shape[2]).mean(axis=2))

        size = _AT_ONCE.get(Strategy(name), 32)
        parts = in_threads(played, years_at_once(len(units), size, here.world.paths))
        counts = np.concatenate(parts) if parts else np.zeros((0, groups, len(COUNTS)))
        offered = np.ones(len(trial), bool)
        if name == Strategy.MTO:
            offered[never_filled(setup.batches, by_half)] = False
        return Held(counts, items, trial, moved, offered)
