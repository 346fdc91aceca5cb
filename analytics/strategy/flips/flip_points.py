"""Flip points: where within an assumption's usual range another decision is right, found by the very rule that decides.

One concept: one search. Trying points, narrowing the bracket and making the printed number true on both sides
are its steps, the same for prices and for what is played; only who answers a trial differs.

For every product and every assumption with a range, the nearest value at which the decision shown ("stays as today" included) is another one. Prices price
the whole grid again; what is no price is played again. The ends of the range are tried, and points within it (`_WITHIN`), since a decision may
turn and turn back; then the bracket is narrowed. All other values stay in force, and so does what is set today.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import Items
from analytics.naming.scales import field_words
from analytics.strategy.decision_rule import least_lead
from analytics.strategy.flips.family_run import shown_in_full
from analytics.strategy.flips.flip_text import sides
from analytics.strategy.flips.played_trials import first_looks, played_trials
from analytics.strategy.flips.priced_trials import is_price, priced_trials
from analytics.strategy.flips.seen import Seen
from analytics.strategy.flips.trial_copies import Field, Fields, field_of_each
from analytics.strategy.flips.trials import (
    Trials,
    concerned,
    decide_trials,
    lead_kept,
    with_noise,
    worth_playing,
)
from analytics.strategy.money.price import MONEY_FIELDS
from analytics.strategy.plans.ledgers import Progress
from analytics.strategy.plans.setup import demand_held
from analytics.strategy.standing import Standing

__all__ = [
    "MOST_SEARCHED",
    "Flips",
    "Shown",
    "carried_flips",
    "find_flips",
    "true_on_both_sides",
    "turning",
]

Array = NDArray[np.float64]
Index = NDArray[np.intp]
#: The decision shown of products at trial values: (products,), (products, values) -> (products, values).
Shown = Callable[[Index, Array], Index]
#: The same, by how much money the decisions now hold there (`trials.lead_kept`), and where that says all since the family has no say.
Tried = Callable[[Index, Array], tuple[Index, Array, NDArray[np.bool_]]]

#: Products searched for what must be played, at most: those with the largest perfect year. Prices are searched for all.
#: A product takes 0.04 processor seconds (weeks, alone) to 0.12 (days, families, split by order size): 200 take 8 to 24.
MOST_SEARCHED = 200
#: Points tried between the value in force and each end of the range, the end among them: prices, and what is played.
_WITHIN, _WITHIN_PLAYED = 8, 2
#: Products and fields searched at a time, at most: more would hold more of what is played in memory than `MOST_SEARCHED` products of one field do.
_AT_ONCE = 200
#: Passes in which a number that is not true on both sides is moved, and those in which its bracket is only widened.
_PASSES, _WIDER = 6, 12
#: A bracket is narrow enough at this share of the range: prices, and what is played.
_NARROW, _NARROW_PLAYED = 1e-5, 2e-3
#: Where a lead may not say all between two values, as a share of the perfect year's margin: more than few simulated years are off (`trials.FEW_YEARS`).
_DOUBT = 0.01
#: How far from the point at which a decision should turn what is played is tried, as a share of the bracket, and how much closer each time.
_BESIDE = (0.08, 0.25)


@dataclass(frozen=True, eq=False)
class Flips:
    """Where each assumption turns each product's decision: arrays (fields, products).

    `turns` is the nearest value tried at which it is another one (NaN: none in the range), `holds` the
    last before it at which it is not, `to` the strategy that is right there (STAYS: as it is run today).

    `decisive` (products,) names the assumption whose flip is nearest, as a share of the way to that end of its range ('': none), `value` is where it turns.
    `searched` marks products of which all was tried: of the others prices alone.
    """

    fields: tuple[str, ...]
    turns: Array
    holds: Array
    to: Index
    decisive: NDArray[np.object_]
    value: Array
    searched: NDArray[np.bool_]

    def at(self, field: str) -> int:
        """Where a field stands in the arrays."""
        return self.fields.index(field)


def find_flips(
    standing: Standing,
    fields: Sequence[str] | None = None,
    most: int = MOST_SEARCHED,
    progress: Progress | None = None,
) -> Flips:
    """The flips of all products that can be decided, over the usual ranges of `fields` (None: of all).

    Prices are searched for all, what must be played for the `most` with the largest perfect year; those alone are
    `searched`. Returns brackets as narrow as 1e-5 of the range for prices, 0.2 % for what is played.
    """
    items, decided = standing.items, standing.decided
    n = len(items)
    names = tuple(name for name in FIELDS if name in items.values and (fields is None or name in fields))
    searched = np.zeros(n, bool)
    largest = np.argsort(-np.where(decided.decidable, np.abs(decided.margin), -1.0), kind="stable")
    searched[largest[:most]] = True
    searched &= decided.decidable
    turns, holds, to = (
        np.full((len(names), n), np.nan),
        np.full((len(names), n), np.nan),
        np.full((len(names), n), -1, np.intp),
    )
    among: dict[str, Index] = {}
    bounds: dict[str, tuple[Array, Array, Array]] = {}
    for name in names:
        if name in MONEY_FIELDS or FIELDS[name].physics:
            low, high = items.range(name)
            value = np.asarray(items[name], np.float64)
            tried = decided.decidable if is_price(name) else searched
            index = np.flatnonzero(tried & (high > low) & np.isfinite(value))
            among[name], bounds[name] = index, (low[index], value[index], high[index])
    if any(len(index) for name, index in among.items() if not is_price(name)):
        standing = _with_demand(standing, searched)
    done = 0
    for group in _together(among):
        if progress is not None:
            progress(done / len(among), f"trying {field_words(group[0])} within its usual range")
        done += len(group)
        index, each = np.concatenate([among[name] for name in group]), [len(among[name]) for name in group]
        if not len(index):
            continue
        low, value, high = (
            np.concatenate(ends) for ends in zip(*(bounds[name] for name in group), strict=True)
        )
        k = np.repeat([names.index(name) for name in group], each)
        found = turning(standing, np.repeat(np.array(group, object), each), index, (low, value, high))
        holds[k, index], turns[k, index], to[k, index] = found
    return _nearest_first(items, names, turns, holds, to, searched)


def _together(among: Mapping[str, Index]) -> list[list[str]]:
    """Fields that are searched in one go, by how many products of each: played ones, then prices, no more of either than `_AT_ONCE` products or one field.

    A few products cost hardly less than some hundred: what a search takes beside the years it plays is taken once for all.
    """
    groups: list[list[str]] = []
    for priced in (False, True):
        taken = _AT_ONCE + 1
        for name in (name for name in among if is_price(name) == priced):
            taken += len(among[name])
            if taken > _AT_ONCE:
                groups.append([])
                taken = len(among[name])
            groups[-1].append(name)
    return groups


def _with_demand(standing: Standing, searched: NDArray[np.bool_]) -> Standing:
    """The same with the demand of what is played again and again drawn once: the products searched, then their component families."""
    world, family = standing.setup.world, standing.family_of
    if world.drawn_row is not None:
        return standing
    beside = np.isin(family, family[searched & (family >= 0)]) & ~searched
    held = demand_held(world, np.concatenate([np.flatnonzero(searched), np.flatnonzero(beside)]))
    return replace(standing, setup=replace(standing.setup, world=held))


def carried_flips(standing: Standing, before: Flips, same: Collection[str]) -> Flips:
    """The flips where nothing but ranges moved since `before`: those of the fields `same`, whose ranges and whose trials are as they were, are taken over."""
    names = tuple(name for name in FIELDS if name in standing.items.values)
    fresh = find_flips(standing, [name for name in names if name not in same or name not in before.fields])
    sources = [
        (fresh, fresh.at(name)) if name in fresh.fields else (before, before.at(name)) for name in names
    ]
    turns, holds, to = (
        np.array([getattr(one, what)[k] for one, k in sources]).reshape(len(names), -1)
        for what in ("turns", "holds", "to")
    )
    return _nearest_first(standing.items, names, turns, holds, to, fresh.searched)


def _nearest_first(
    items: Items, names: tuple[str, ...], turns: Array, holds: Array, to: Index, searched: NDArray[np.bool_]
) -> Flips:
    """Flips with the assumption named whose flip is nearest, as a share of the way to that end of its range."""
    n = len(items)
    share = np.full((len(names), n), np.inf)
    for k, name in enumerate(names):
        value, (low, high) = np.asarray(items[name], np.float64), items.range(name)
        far = np.where(turns[k] > value, high - value, value - low)
        share[k] = np.where(np.isfinite(turns[k]), np.abs(turns[k] - value) / np.maximum(far, 1e-300), np.inf)
    nearest = share.argmin(axis=0) if len(names) else np.zeros(n, np.intp)
    turned = np.isfinite(share.min(axis=0, initial=np.inf))
    decisive = (
        np.where(turned, np.array([*names, ""], object)[nearest], "")
        if len(names)
        else np.full(n, "", object)
    )
    value = np.where(turned, turns[nearest, np.arange(n)], np.nan) if len(names) else np.full(n, np.nan)
    return Flips(names, turns, holds, to, decisive, value, searched)


def turning(
    standing: Standing, field: Field, index: Index, bounds: tuple[Array, Array, Array]
) -> tuple[Array, Array, Index]:
    """Where a field turns the decision of products.

    Where a field, or one of each product (all prices or none), turns the products at `index` between `bounds`: low, value in force and high, each
    (products,). The last value at which the decision holds, the nearest at which it is another (NaN: none), and which (STAYS: as today).
    """
    fields = field_of_each(field, len(index))
    return (_priced if is_price(fields[0]) else _played)(standing, fields, index, bounds)


def _points(bounds: tuple[Array, Array, Array], within: int) -> Array:
    """Values to try on both sides of the value in force, evenly apart, the ends among them: shape (products, 2 x within), nearest first on each side."""
    low, value, high = (bound[:, None] for bound in bounds)
    part = np.arange(1, within + 1) / within
    return np.concatenate([value + (low - value) * part, value + (high - value) * part], axis=1)


def _nearest(
    shown: Index, now: Index, points: Array, bounds: tuple[Array, Array, Array]
) -> tuple[Array, Array, Index]:
    """The nearest point at which another decision is right, as a share of the way to its end, and the one before it: (holds, turns, to), NaN where none."""
    low, value, high = bounds
    n, within = len(value), points.shape[1] // 2
    holds, turns, to = np.full(n, np.nan), np.full(n, np.nan), np.full(n, -1, np.intp)
    best = np.full(n, within)
    for side, end in ((0, low), (1, high)):
        own = slice(side * within, (side + 1) * within)
        other = (shown[:, own] != now[:, None]) & (end != value)[:, None]
        first = np.where(other.any(axis=1), other.argmax(axis=1), within)
        nearer = first < best
        rows = np.flatnonzero(nearer)
        at = first[rows]
        here = points[:, own]
        turns[rows], to[rows] = here[rows, at], shown[:, own][rows, at]
        holds[rows] = np.where(at > 0, here[rows, np.maximum(at - 1, 0)], value[rows])
        best[rows] = at
    return holds, turns, to


def _narrowed(
    shown: Shown, now: Index, holds: Array, turns: Array, to: Index, enough: Array, parts: int
) -> tuple[Array, Array, Index]:
    """Brackets narrowed: `parts` values within each are tried at once, the part nearest to what holds in which the decision turns is kept."""
    for _ in range(40):
        rows = np.flatnonzero(np.isfinite(turns) & (np.abs(turns - holds) > enough))
        if not len(rows):
            break
        share = np.arange(1, parts + 1) / (parts + 1)
        values = holds[rows, None] + (turns - holds)[rows, None] * share
        found = shown(rows, values)
        other = found != now[rows, None]
        first = np.where(other.any(axis=1), other.argmax(axis=1), parts)
        at = np.arange(len(rows))
        before = np.where(first > 0, values[at, np.maximum(first - 1, 0)], holds[rows])
        after = np.where(first < parts, values[at, np.minimum(first, parts - 1)], turns[rows])
        to[rows] = np.where(first < parts, found[at, np.minimum(first, parts - 1)], to[rows])
        holds[rows], turns[rows] = before, after
    return holds, turns, to


def true_on_both_sides(
    shown: Shown,
    field: Field,
    now: Index,
    bounds: tuple[Array, Array, Array],
    holds: Array,
    turns: Array,
    to: Index,
) -> tuple[Array, Array, Index]:
    """Brackets whose printed number is true on both of its sides.

    Brackets of which the number that will be printed is true on both sides: simulated units are whole, so that a decision may turn back and forth close to
    where it first turns. The bracket is moved in to where it turns already, or out to where it stays turned (`_PASSES`); where that settles nothing it is
    widened, up to the value in force and the end of the range, so that fewer digits are printed. What is true at no width, another way right in a strip
    narrower than can be said, is no turn.
    """
    low, value, high = bounds
    fields = field_of_each(field, len(now))
    left = np.flatnonzero(np.isfinite(turns))
    for turn in range(_PASSES + _WIDER):
        if not len(left):
            break
        tried = np.array([sides(fields[i], float(value[i]), float(holds[i]), float(turns[i])) for i in left])
        found = shown(left, tried)
        early, late = found[:, 0] != now[left], found[:, 1] == now[left]
        to[left] = np.where(late, to[left], found[:, 1])
        way = np.sign(turns[left] - value[left])
        width = np.abs(turns[left] - holds[left])
        end = np.where(way > 0.0, high[left], low[left])
        if turn < _PASSES:
            out, before = tried[:, 1] + 2.0 * way * width, tried[:, 0] - 2.0 * way * width
        else:
            out, before = turns[left] + 2.0 * way * width, holds[left] - 2.0 * way * width
            stuck = (early | late) & (holds[left] == value[left]) & (turns[left] == end)
            turns[left[stuck]] = np.nan
        out, before = (
            np.where((end - out) * way > 0.0, out, end),
            np.where((before - value[left]) * way > 0.0, before, value[left]),
        )
        if turn < _PASSES:
            turns[left] = np.where(early, tried[:, 0], np.where(late, out, turns[left]))
            holds[left] = np.where(early, before, holds[left])
        else:
            wider = (early | late) & np.isfinite(turns[left])
            turns[left], holds[left] = np.where(wider, out, turns[left]), np.where(wider, before, holds[left])
        left = left[(early | late) & np.isfinite(turns[left])]
    turns[left] = np.nan
    gone = np.isnan(turns)
    holds[gone], to[gone] = np.nan, -1
    return holds, turns, to


def _nearest_tried(
    tried: Tried, now: Index, lead: Array, doubt: Array, points: Array, bounds: tuple[Array, Array, Array]
) -> tuple[Index, Array]:
    """Decisions and leads at `points` (products, values), the ends of the range first; `lead` (products,) is the one at the values in force.

    Points nearer than an end are tried where the decision is another one at that end, or where less of the lead is left there or in force than what the way
    to the end moves it and the `doubt` (products,) of few simulated years: what is ahead by more on both sides is taken not to turn and turn back between
    them (its lead there: NaN).
    """
    within = points.shape[1] // 2
    shown, kept = np.repeat(now[:, None], points.shape[1], axis=1), np.full(points.shape, np.nan)
    row, side = np.nonzero(points[:, within - 1 :: within] != bounds[1][:, None])
    end = within - 1 + within * side
    found, there, known = tried(row, points[row, end][:, None])
    shown[row, end], kept[row, end] = found[:, 0], there[:, 0]
    with np.errstate(invalid="ignore"):  # where nothing else is offered a lead has no end
        left, moved = np.minimum(lead[row], there[:, 0]), np.abs(there[:, 0] - lead[row])
    between = (found[:, 0] != now[row]) | ~known[:, 0] | ~(left >= moved + doubt[row])
    row, nearer = row[between], within * side[between][:, None] + np.arange(within - 1)
    if len(row) and within > 1:
        shown[row[:, None], nearer], kept[row[:, None], nearer], _ = tried(row, points[row[:, None], nearer])
    return shown, kept


def _lead_in_force(standing: Standing, index: Index, now: Index) -> Array:
    """By how much money the decisions `now` of products hold at the values in force: (products,)."""
    decided, profit = standing.decided, standing.comparison.profit[index]
    base = decided.base[index]
    least = least_lead(
        profit - base[:, None], decided.margin[index], decided.noise[index], decided.baseline[index]
    )
    return lead_kept(profit, base, least, now)


def _priced(
    standing: Standing, fields: Fields, index: Index, bounds: tuple[Array, Array, Array]
) -> tuple[Array, Array, Index]:
    def shown(rows: Index, values: Array) -> Index:
        parts = []
        for a in range(0, len(rows), 128):
            at, tried = rows[a : a + 128], values[a : a + 128]
            trials = priced_trials(standing, fields[at], index[at], tried)
            parts.append(decide_trials(standing, trials).reshape(tried.shape))
        return np.concatenate(parts)

    now = standing.decided.decision.shown[index]
    points = _points(bounds, _WITHIN)
    found = _nearest(shown(np.arange(len(index)), points), now, points, bounds)
    return true_on_both_sides(
        shown, fields, now, bounds, *_narrowed(shown, now, *found, _NARROW * (bounds[2] - bounds[0]), 8)
    )


def _played(
    standing: Standing, fields: Fields, index: Index, bounds: tuple[Array, Array, Array]
) -> tuple[Array, Array, Index]:
    now = standing.decided.decision.shown[index]
    seen = Seen.of(standing, len(index))

    def each(rows: Index, values: Array) -> tuple[Fields, Index, Array, Index]:
        each = np.repeat(rows, values.shape[1])
        return fields[each], index[each], values.ravel(), now[each]

    def tried(rows: Index, values: Array) -> tuple[Index, Array, NDArray[np.bool_]]:
        count = values.shape[1]
        told, kept, known = _decided(
            standing, *each(rows, values), lambda *looked: seen.keep(np.repeat(rows, count), *looked)
        )
        return told.reshape(values.shape), kept.reshape(values.shape), known.reshape(values.shape)

    def played(rows: Index, values: Array) -> tuple[Index, Array]:
        told, kept, _ = _whole(standing, *each(rows, values), *seen.near(np.repeat(rows, values.shape[1])))
        return told.reshape(values.shape), kept.reshape(values.shape)

    points = _points(bounds, _WITHIN_PLAYED)
    in_force = _lead_in_force(standing, index, now)
    doubt = _DOUBT * np.abs(standing.decided.margin[index])
    every, kept = _nearest_tried(tried, now, in_force, doubt, points, bounds)
    found = _nearest(every, now, points, bounds)
    known = (
        np.concatenate([bounds[1][:, None], points], axis=1),
        np.concatenate([in_force[:, None], kept], axis=1),
    )
    ends = np.stack([_known_at(*known, found[0]), _known_at(*known, found[1])], axis=1)
    found = _closed_in(played, now, found, ends, _NARROW_PLAYED * (bounds[2] - bounds[0]))
    return true_on_both_sides(lambda rows, values: tried(rows, values)[0], fields, now, bounds, *found)


def _known_at(values: Array, money: Array, value: Array) -> Array:
    """Money (products, values) at the one of the `values` that is `value` (products,); NaN where that is none of them."""
    at = values == value[:, None]
    return np.where(at.any(axis=1), money[np.arange(len(value)), at.argmax(axis=1)], np.nan)


def _closed_in(
    tried: Callable[[Index, Array], tuple[Index, Array]],
    now: Index,
    bracket: tuple[Array, Array, Index],
    kept: Array,
    enough: Array,
) -> tuple[Array, Array, Index]:
    """Brackets narrowed around the point at which the money by which the decision holds is nothing.

    `tried` gives decisions and that money (`trials.lead_kept`) at values (products, values), `kept` (products, 2) is that money at the ends. Two
    values beside the point are tried, closer to it each time they hold it between them, and thirds of the bracket where they do not.
    """
    holds, turns, to = bracket
    beside = np.full(len(turns), _BESIDE[0])
    for _ in range(40):
        rows = np.flatnonzero(np.isfinite(turns) & (np.abs(turns - holds) > enough))
        if not len(rows):
            break
        first, last = kept[rows].T
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where((first > 0.0) & (last < 0.0), first / (first - last), np.nan)
        width = turns[rows] - holds[rows]
        by = np.where(
            np.isfinite(share), np.maximum(beside[rows], 0.45 * enough[rows] / np.abs(width)), 1 / 6
        )
        share = np.clip(np.nan_to_num(share, nan=0.5), by * 1.01, 1.0 - by * 1.01)
        values = holds[rows, None] + width[:, None] * np.stack([share - by, share + by], axis=1)
        found, lead = tried(rows, values)
        other = found != now[rows, None]
        at = np.arange(len(rows))
        first_other = np.where(other.any(axis=1), other.argmax(axis=1), 2)
        inside = first_other == 1
        beside[rows] = np.where(inside, beside[rows] * _BESIDE[1], 1 / 6)
        before, after = np.maximum(first_other - 1, 0), np.minimum(first_other, 1)
        moved_in, moved_out = first_other > 0, first_other < 2
        to[rows] = np.where(moved_out, found[at, after], to[rows])
        kept[rows, 0] = np.where(moved_in, lead[at, before], kept[rows, 0])
        kept[rows, 1] = np.where(moved_out, lead[at, after], kept[rows, 1])
        holds[rows], turns[rows] = (
            np.where(moved_in, values[at, before], holds[rows]),
            np.where(moved_out, values[at, after], turns[rows]),
        )
    return holds, turns, to


def _decided(
    standing: Standing,
    fields: Fields,
    index: Index,
    values: Array,
    now: Index | None = None,
    keep: Callable[[Trials, NDArray[np.bool_]], None] = lambda *_: None,
) -> tuple[Index, Array, NDArray[np.bool_]]:
    """The decisions shown of products at values of what is no price, by how much money the decisions `now` hold there, and where the family has no say in it.

    By a first look, and what could decide otherwise played whole. `keep` is given the first looks, and which strategies could.
    """
    now = standing.decided.decision.shown[index] if now is None else now
    if not len(index):
        return now.copy(), np.zeros(0), np.zeros(0, bool)
    first = first_looks(standing, fields, index, values)
    told = decide_trials(standing, first)
    kept, known = first.kept(standing, now), ~concerned(standing, first, now)
    wanted = worth_playing(standing, first, told)
    keep(first, wanted)
    again = np.flatnonzero(wanted.any(axis=1))
    if len(again):
        told[again], kept[again], known[again] = _whole(
            standing, fields[again], index[again], values[again], now[again], first.take(again), wanted[again]
        )
    return told, kept, known


def _whole(
    standing: Standing,
    fields: Fields,
    index: Index,
    values: Array,
    now: Index,
    first: Trials | Seen,
    wanted: NDArray[np.bool_],
) -> tuple[Index, Array, NDArray[np.bool_]]:
    """As `_decided`, of trials played whole: the strategies `wanted` (trials, strategies), the others as in the `first` looks.

    A family that is played in other steps there (days, weeks) is run whole.
    """
    trials = with_noise(standing, played_trials(standing, fields, index, values, first, wanted))
    told, kept = decide_trials(standing, trials), trials.kept(standing, now)
    known = ~concerned(standing, trials, now)
    sizes = np.array([len(members) for members in standing.setup.families] + [0])
    for k in np.flatnonzero(trials.anew & (sizes[standing.family_of[index]] > 1)):
        told[k], known[k] = shown_in_full(standing, fields[k], int(index[k]), float(values[k])), False
    return told, kept, known
