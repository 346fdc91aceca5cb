"""The best setting of a trial, found near the one in force: neighbours in level and in lot are tried until none of them earns more.

One value is moved, and what was best before is seldom far from what is best then: a kernel plays SETTINGS settings side by side, and they are enough for
nearly every trial. What is chosen is what the whole grid gives wherever the money has one summit over levels and lots.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import Ledger
from analytics.simulation.stock_week import SETTINGS
from analytics.strategy.compared.setting import Chosen, choose, setting_scores
from analytics.strategy.plans.recipes import Grid
from analytics.strategy.standing import Standing

__all__ = ["Play", "Played", "best_nearby", "first_settings", "neighbours"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]


class Played(NamedTuple):
    """Some units played at some settings: their ledger, the items of its products, and the place of each product's unit among those played (products,)."""

    ledger: Ledger
    items: Items
    unit: Index


#: Plays units (k,) each at its own settings (k, settings), places on the grid.
Play = Callable[[Index, Index], Played]


@cache
def neighbours() -> NDArray[np.bool_]:
    """Which settings of the grid lie beside each other: shape (settings, settings).

    The next level with the same lot, and with the next shorter and longer lot the nearest levels at or below and at or above it, seen from either.

    >>> level, lot = Grid().flat()
    >>> at = int(np.flatnonzero((level == 0.5) & (lot == 7.0))[0])
    >>> [(float(level[k]), float(lot[k])) for k in np.flatnonzero(neighbours()[at])]
    [(0.15, 7.0), (0.3, 4.0), (0.3, 13.0), (0.5, 4.0), (0.5, 13.0), (0.7, 7.0)]
    """
    level, lot = Grid().flat()
    beside = np.zeros((len(level), len(level)), bool)
    lots = np.unique(lot)
    for at, (own, weeks) in enumerate(zip(level, lot, strict=True)):
        place = int(np.searchsorted(lots, weeks))
        for near in range(max(place - 1, 0), min(place + 2, len(lots))):
            theirs = np.flatnonzero((lot == lots[near]) & (np.arange(len(lot)) != at))
            below, above = theirs[level[theirs] <= own], theirs[level[theirs] >= own]
            beside[at, below[-1:]] = beside[at, above[:1]] = True
    return beside | beside.T


def first_settings(standing: Standing, name: str, index: Index) -> Index:
    """The settings with which trials of the products at `index` begin: places on the grid, rising, shape (trials, SETTINGS).

    Those in force on either half, their neighbours, and of the others those that earn most at the values in force, the
    component family together, whatever the limit of a split by order size.
    """
    score, per = standing.scores[name], len(neighbours())
    if name == Strategy.ATO:
        members = [standing.row_of[name][standing.setup.families[f]] for f in standing.family_of[index]]
        money = np.stack([score[rows].sum(axis=0) for rows in members])
    else:
        money = score[standing.row_of[name][index]]
    money = money.reshape(len(index), -1, per, 2).max(axis=(1, 3))
    rank = np.argsort(np.argsort(-money, axis=1, kind="stable"), axis=1, kind="stable")
    chosen = standing.comparison.chosen[name].by_half[index] % per
    key = rank - per * neighbours()[chosen].any(axis=1)
    np.put_along_axis(key, chosen, -2 * per, axis=1)
    return np.sort(np.argsort(key, axis=1, kind="stable")[:, :SETTINGS], axis=1)


def best_nearby(play: Play, name: str, start: Index) -> Chosen:
    """The best setting of each unit, from the settings `start` (units, k) on.

    As `setting.choose` over the products in the order in which they are played; `by_half` are places on the whole grid.
    """
    units, per = len(start), len(neighbours())
    ledger, items, unit = play(np.arange(units), start)
    tried, counts = start, _by_limit(ledger.counts, start.shape[1])
    score = _scores(ledger, items, unit, start)
    while tried.shape[1] < per:
        best = np.take_along_axis(tried, score.max(axis=1).argmax(axis=1), axis=1)
        known = np.zeros((units, per), bool)
        np.put_along_axis(known, tried, True, axis=1)
        wanted = neighbours()[best].any(axis=1) & ~known
        more = np.flatnonzero(wanted.any(axis=1))
        if not len(more):
            break
        further = np.repeat(tried[:, :1], SETTINGS, axis=1)
        order = np.argsort(2 * known[more] - wanted[more], axis=1, kind="stable")
        further[more] = np.sort(order[:, :SETTINGS], axis=1)
        again, own, of = play(more, further[more])
        rows = np.isin(unit, more)
        added = np.repeat(counts[:, :, :1], SETTINGS, axis=2)
        added[rows] = _by_limit(again.counts, SETTINGS)
        scored = np.full((*score.shape[:2], SETTINGS, 2), -np.inf)
        scored[more] = _scores(again, own, of, further[more])
        tried, counts = np.concatenate([tried, further], axis=1), np.concatenate([counts, added], axis=2)
        score = np.concatenate([score, scored], axis=2)
    families = [np.flatnonzero(unit == u) for u in range(units)] if name == Strategy.ATO else ()
    flat = counts.reshape(len(counts), -1, *counts.shape[3:])
    chosen = choose(Ledger(name, ledger.skus, {}, flat), items, np.arange(len(unit)), families)
    limit, place = np.divmod(chosen.by_half, tried.shape[1])
    return replace(chosen, by_half=per * limit + np.take_along_axis(tried[unit], place, axis=1))


def _by_limit(counts: Array, settings: int) -> Array:
    """Counts (products, limits x settings, halves, counts) by limit: (products, limits, settings, halves, counts)."""
    return counts.reshape(len(counts), -1, settings, *counts.shape[2:])


def _scores(ledger: Ledger, items: Items, unit: Index, settings: Index) -> Array:
    """What settings are chosen by, of every unit: shape (units, limits, settings, halves)."""
    score = setting_scores(ledger, items)[0]
    out = np.zeros((len(settings), *score.shape[1:]))
    np.add.at(out, unit, score)
    return out.reshape(len(settings), -1, settings.shape[1], 2)
