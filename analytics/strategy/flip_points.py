"""Flip points: the value of one lever at which another strategy becomes best, everything else as it is.

With frozen random numbers the expected profits are fixed functions of a lever. They are stepwise where whole units
or whole weeks move, so a flip is reported as a bracket: the last value at which the choice holds and the first
at which another strategy earns more.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from analytics.strategy.product_case import LEVERS, Case, Lever, lever_value
from analytics.strategy.product_played import many_profits, profits

__all__ = ["FlipPoint", "bracketed", "flip_point", "flip_points"]

Array = NDArray[np.float64]
T = TypeVar("T")
#: Values of a lever, and the strategies that matter (none: all).
Asked = tuple[Sequence[float], tuple[str, ...]]
#: A bracket is narrow enough at this share of the value (or at the lever's own step); where every value is a simulation, at the second.
_NARROW = 0.005
_NARROW_PLAYED = 0.02
#: ... or at this share of the range searched.
_SHARE_OF_RANGE = 0.001
_MOST_PASSES = 12
#: Two values a pass lie this share of the bracket beside the estimate, or as near as the bracket has to become where that is not much nearer.
_ASIDE, _NEAR = 0.03, 0.02


@dataclass(frozen=True)
class FlipPoint:
    """Where the best strategy changes along one lever.

    `holds` is the last value tried at which `best` still earns most, `turns` the first at which `to` earns more (NaN:
    none between `least` and `most`), `lead_holds` and `lead_turns` what `best` is ahead by at the two. `now` is where
    the lever stands. A step is where the lead jumps across zero instead of passing through it.
    """

    lever: str
    label: str
    unit: str
    now: float
    least: float
    most: float
    best: str
    holds: float
    turns: float
    to: str
    lead_holds: float
    lead_turns: float


def bracketed(lead: Callable[[Sequence[float]], Array], holds: float, turns: float, per_pass: int = 2, step: float = 0.0, narrow: float = 0.0) -> tuple[float, float, float, float]:
    """Narrow a change of sign: (value with lead > 0, value with lead <= 0, lead at the first, lead at the second).

    `lead(values)` gives the lead at several values at once. With two values a pass they lie on both sides of where the shape-preserving cubic through all
    leads known (Fritsch and Butland 1984) crosses zero, as near as the bracket has to become once it is nearly there. With more, they part the bracket
    evenly. Ends when the bracket is narrower than 0.5 % of the value (2 % with two values a pass) or than `narrow`, or not wider than `step`, on whose
    multiples it then stays.

    >>> got = bracketed(lambda x: 3.0 - np.asarray(x), 0.0, 10.0)
    >>> 2.95 < got[0] < 3.0 <= got[1] <= 1.02 * got[0]
    True
    """
    return _answered(_bracketing([holds, turns], holds, turns, per_pass, step, narrow), lead)


def _answered(search: Generator[Any, Array, T], answer: Callable[[Any], Array]) -> T:
    """The result of a search whose questions are answered one after the other."""
    try:
        asked = next(search)
        while True:
            asked = search.send(answer(asked))
    except StopIteration as done:
        found: T = done.value
        return found


def _bracketing(around: Sequence[float], holds: float, turns: float, per_pass: int, step: float, narrow: float) -> Generator[list[float], Array, tuple[float, float, float, float]]:
    """The search of `bracketed`: it asks for the lead at some values, and is told; first at those `around` the bracket, its ends among them."""
    known = dict(zip(around, (yield list(around)), strict=True))
    for _ in range(_MOST_PASSES):
        width = turns - holds
        enough = max(step * (1.0 + 1e-9), narrow, (_NARROW if per_pass > 2 else _NARROW_PLAYED) * max(abs(holds), abs(turns)), 1e-12)
        if abs(width) <= enough:
            break
        if per_pass == 2:
            at = np.array(sorted(known))
            crossing = PchipInterpolator(at, [known[v] for v in at]).solve(extrapolate=False)
            inside = crossing[(crossing > min(holds, turns)) & (crossing < max(holds, turns))]
            middle = (inside[0] - holds) / width if len(inside) else 0.5
            aside = 0.48 * enough / abs(width)
            aside = aside if aside > _NEAR else max(aside, _ASIDE)
            part = np.unique(np.clip([middle - aside, middle + aside], 0.02, 0.98))
        else:
            part = np.arange(1, per_pass + 1) / (per_pass + 1)
        values = holds + part * width
        if step > 0.0:
            values = np.unique(np.round(values / step) * step)
            values = values[(values > min(holds, turns)) & (values < max(holds, turns))]
            if not len(values):
                middle = np.round((holds + 0.5 * width) / step) * step
                values = np.array([middle]) if min(holds, turns) < middle < max(holds, turns) else values
            if not len(values):
                break
            values = values if width > 0 else values[::-1]
        found = yield [float(v) for v in values]
        known |= dict(zip((float(v) for v in values), found, strict=True))
        fails = np.flatnonzero(found <= 0.0)
        k = int(fails[0]) if len(fails) else len(values)
        turns = float(values[k]) if k < len(values) else turns
        holds = float(values[k - 1]) if k > 0 else holds
    return holds, turns, float(known[holds]), float(known[turns])


def _search(case: Case, lever: Lever, now: float) -> tuple[float, ...]:
    """Where to look first: the ends of the range searched, and between them, in order of distance from now."""
    least, most = lever.least, lever.most
    if lever.name == "demand":
        least, most = least * now, most * now
    if lever.name == "quote_days":
        most = max(most, 4.0 * now)
    if lever.name == "margin":
        least = min(least, now)
    least, most = min(least, now), max(most, now)
    if lever.step > 0.0:
        least, most = np.floor(least / lever.step) * lever.step, np.ceil(most / lever.step) * lever.step
    if lever.per_pass > 2:
        return tuple(float(v) for v in np.linspace(least, most, lever.per_pass + 2))
    low, high = case.items.range(lever.name) if lever.name in case.items.values else (np.array([np.nan]), np.array([np.nan]))
    ends = [float(bound[case.at]) for bound in (low, high)] if len(low) == len(case.items) else []
    inner = [v for v in ends if np.isfinite(v) and least < v < most]
    if not inner:
        inner = [0.5 * (least + now), 0.5 * (now + most)] if lever.step == 0.0 else [np.round(0.5 * (now + most) / lever.step) * lever.step]
    return tuple(sorted({float(least), *map(float, inner), float(most)}))


def _ahead(money: Array, best: int) -> Array:
    """What the best strategy is ahead by of the best of the others."""
    return np.asarray(money[:, best] - np.nanmax(np.delete(money, best, axis=1), axis=1))


def _by_lead(search: Generator[list[float], Array, T], best: int, among: tuple[str, ...]) -> Generator[Asked, Array, T]:
    """A search that asks for the lead, as one that asks for the profits of the strategies."""
    try:
        values = next(search)
        while True:
            money = yield values, among
            values = search.send(_ahead(money, best))
    except StopIteration as done:
        found: T = done.value
        return found


def _turning(case: Case, lever: Lever) -> Generator[Asked, Array, FlipPoint]:
    """The search for one flip point: it asks for the profits of all strategies at some values of the lever, and is told."""
    k = int(np.nanargmax(case.base))
    best = case.strategies[k]
    now = lever_value(case, lever.name)
    least, most = lever.least, lever.most
    none = FlipPoint(lever.name, lever.label, lever.unit, now, least, most, best, now, float("nan"), "", float("nan"), float("nan"))
    if not np.isfinite(now) or len(case.strategies) < 2:
        return none

    def challenger(money: Array) -> str:
        return case.strategies[int(np.nanargmax(np.where(np.arange(len(money)) == k, -np.inf, money)))]

    grid = np.array(_search(case, lever, now))
    if not lever.moves or lever.name in ("quote_days", "demand"):  # the others have a range, which their value now, known for sure, has not
        case.seen.update({(lever.name, name, now): float(money) for name, money in zip(case.strategies, case.base, strict=True)})
    points = np.unique(np.append(grid, now))
    around = [float(p) for p in points]
    leads = _ahead((yield around, ()), k)
    at_now = float(leads[points == now][0])
    least, most = float(points[0]), float(points[-1])
    changes = np.flatnonzero((leads[1:] > 0.0) != (leads[:-1] > 0.0))
    if not len(changes):
        return replace(none, least=least, most=most, lead_holds=at_now)
    distance = [min(abs(points[c] - now), abs(points[c + 1] - now)) for c in changes]
    c = int(changes[int(np.argmin(distance))])
    a, b = (c, c + 1) if leads[c] > 0.0 else (c + 1, c)
    holds, turns = float(points[a]), float(points[b])
    narrow = _SHARE_OF_RANGE * (most - least)
    # within the bracket the two that change places are enough; the others are asked again at its end
    pair = (best, challenger((yield [turns], ())[0]))
    holds, turns, first, second = yield from _by_lead(_bracketing(around, holds, turns, lever.per_pass, lever.step, narrow), k, pair)
    full = _ahead((yield [holds, turns], ()), k)
    if (full[0] > 0.0) != (first > 0.0):
        holds, turns, first, second = yield from _by_lead(_bracketing([float(points[a]), holds], float(points[a]), holds, lever.per_pass, lever.step, narrow), k, ())
    else:
        first, second = float(full[0]), float(full[1])
    to = challenger((yield [turns], ())[0])
    return FlipPoint(lever.name, lever.label, lever.unit, now, least, most, best, holds, turns, to, first, second)


def flip_point(case: Case, lever: Lever) -> FlipPoint:
    """The flip point of one lever: of all changes of the best strategy the one nearest to where the lever stands."""
    return _answered(_turning(case, lever), lambda asked: profits(case, lever.name, *asked))


def flip_points(case: Case) -> tuple[FlipPoint, ...]:
    """The flip point of every lever, those that turn within their range first, the nearest relative to the value first.

    All levers are searched in step, so that what they ask for is played at once.
    """
    wanted = [lever for lever in LEVERS if lever.name != "quote_days" or "MTO" in case.strategies]
    searches = {lever.name: _turning(case, lever) for lever in wanted}
    by_lever: dict[str, FlipPoint] = {}
    money: dict[str, Array | None] = dict.fromkeys(searches)
    while money:
        asked: dict[str, Asked] = {}
        for name, told in money.items():
            try:
                asked[name] = next(searches[name]) if told is None else searches[name].send(told)
            except StopIteration as done:
                by_lever[name] = done.value
        money = dict(many_profits(case, asked))
    found = [by_lever[lever.name] for lever in wanted]
    turning = sorted((f for f in found if np.isfinite(f.turns)), key=lambda f: abs(f.turns - f.now) / max(abs(f.now), 0.02))
    return (*turning, *(f for f in found if not np.isfinite(f.turns)))
