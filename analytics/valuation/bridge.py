"""From today to the mix in steps that close to the cent.

Better planning and changed strategies by component, then the shared line; one-off items beside it.

What happens once (cash released, write-downs, cost of switching) is never inside the yearly bridge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from analytics.naming.labels import COMPONENT_BLOCKS

__all__ = ["Bridge", "BridgeLine", "DrawnStep", "block_of", "bridge", "drawn_steps"]


@dataclass(frozen=True)
class BridgeLine:
    """One line of a bridge.

    `group` is start, planning better, changing strategy, shared components, end, or one-off (not in the sum);
    `amount` money.
    """

    step: str
    group: str
    amount: float
    cumulative: float


@dataclass(frozen=True)
class Bridge:
    """A bridge that closes: `lines` in order, `one_off` items beside it. Money over twelve months."""

    lines: tuple[BridgeLine, ...]
    one_off: tuple[BridgeLine, ...]

    def amount_of(self, group: str) -> float:
        """What a group of steps adds together, money."""
        return sum(line.amount for line in self.lines if line.group == group)

    @property
    def steps(self) -> dict[str, float]:
        """What every component adds, planning and strategy together, money by the name of the component."""
        out: dict[str, float] = {}
        for line in self.lines:
            if line.group in (PLANNING, CHANGING):
                out[line.step] = out.get(line.step, 0.0) + line.amount
        return out

    @property
    def blocks(self) -> dict[str, float]:
        """What every block of costs adds, money by its name: what the totals of today and of the mix say of the same block, one less the other.

        Demand that a plan counts otherwise than today is in no block. Blocks are those of COMPONENT_BLOCKS: goodwill and
        waiting stand in margin_not_earned there, and in `booked` here, since they are charged to the plan.
        """
        steps = self.steps
        return {
            block: sum(steps.get(name, 0.0) for name in names) for block, names in COMPONENT_BLOCKS.items()
        }

    @property
    def margin(self) -> float:
        """What the margin of lost orders adds: the part that is in no account. Money.

        margin = margin_not_earned of `blocks` - goodwill - waiting.
        """
        return self.steps.get("lost_margin", 0.0)

    @property
    def capital(self) -> float:
        """What the cost of capital adds, which is charged and not booked. Money."""
        return self.steps.get("capital", 0.0)

    @property
    def booked(self) -> float:
        """What all other components add: what is spent or written off, goodwill and waiting as they are charged. Money.

        booked = booked_cost of `blocks` + goodwill + waiting + demand counted otherwise (case BRIDGE-01).
        """
        return sum(self.steps.values()) - self.capital - self.margin

    @property
    def gain(self) -> float:
        """What all steps add together: end - start, money."""
        return self.lines[-1].cumulative - self.lines[0].amount


START, PLANNING, CHANGING, SHARED, END, ONE_OFF = (
    "today", "planning better", "changing strategy", "shared components", "the mix", "one-off, not in the sum",
)  # fmt: skip


def bridge(
    benchmark: float,
    today: Mapping[str, float],
    mix: Mapping[str, float],
    shared: float = 0.0,
    one_off: Mapping[str, float] | None = None,
    planned: Mapping[str, float] | None = None,
) -> Bridge:
    """The bridge from today to the mix.

    `today`, `planned` and `mix` are what every component costs, money over twelve months.

    `planned` is today's strategies planned better (None: the whole change counts as changed strategy).
    Formula: start = benchmark - sum of today; a step = what the component costs before - what it costs after;
    end = start + steps + shared. Raises ValueError where components differ or it does not close to the cent.
    Source: definition (case BRIDGE-01).

    >>> found = bridge(5000.0, {"capital": 600.0, "setup": 80.0}, {"capital": 380.0, "setup": 140.0}, -25.0, {"cash_released": 2200.0})
    >>> found.steps, found.gain, [line.step for line in found.one_off]
    ({'capital': 220.0, 'setup': -60.0}, 135.0, ['cash_released'])
    """
    between = today if planned is None else planned
    if set(today) != set(mix) or set(today) != set(between):
        raise ValueError("bridge: today, what is planned and the mix must have the same components")
    start = benchmark - sum(today.values())
    lines, level = [BridgeLine(START, START, start, start)], start
    for group, before, after in ((PLANNING, today, between), (CHANGING, between, mix)):
        if before is after:
            continue
        for name in today:
            level += before[name] - after[name]
            lines.append(BridgeLine(name, group, before[name] - after[name], level))
    level += shared
    lines.append(BridgeLine(SHARED, SHARED, shared, level))
    end = benchmark - sum(mix.values()) + shared
    if abs(level - end) > 0.005:
        raise ValueError(f"bridge: the steps lead to {level}, the mix is {end}")
    lines.append(BridgeLine(END, END, end, end))
    beside = tuple(BridgeLine(name, ONE_OFF, v, float("nan")) for name, v in (one_off or {}).items())
    return Bridge(tuple(lines), beside)


def block_of(step: str) -> str:
    """The block of costs that a step of a bridge belongs to, by the name of its figure; "" for what is no component.

    >>> block_of("waiting"), block_of("today")
    ('margin_not_earned', '')
    """
    return next((block for block, names in COMPONENT_BLOCKS.items() if step in names), "")


class DrawnStep(NamedTuple):
    """One bar of a waterfall: from `start` to `end`, money; `kind` is level, better or worse, `top` where its label stands."""

    step: str
    group: str
    start: float
    end: float
    amount: float
    kind: str
    top: float


def drawn_steps(found: Bridge, gross_margin: float, share: float = 0.02) -> list[DrawnStep]:
    """The bars of a bridge from the gross margin of the file to the mix, money over twelve months.

    From the margin of the file to today's way is one step: stock, waiting and the year ahead against the year of the file (left out where the
    margin is not known, NaN). Steps of a group below a `share` of the largest are drawn together, so that no money is lost.

    >>> steps = drawn_steps(bridge(100.0, {"capital": 30.0, "setup": 1.0}, {"capital": 10.0, "setup": 0.5}), 90.0, 0.1)
    >>> [(one.step, one.start, one.end, one.kind) for one in steps]  # doctest: +NORMALIZE_WHITESPACE
    [('gross margin of the file', 0.0, 90.0, 'level'), ('stock, waiting, the year ahead', 90.0, 69.0, 'worse'), ('today', 0.0, 69.0, 'level'),
     ('capital', 69.0, 89.0, 'better'), ('other steps', 89.0, 89.5, 'better'), ('the mix', 0.0, 89.5, 'level')]
    """

    def bar(step: str, group: str, start: float, amount: float) -> DrawnStep:
        kind = "better" if amount >= 0.0 else "worse"
        return DrawnStep(step, group, start, start + amount, amount, kind, max(start, start + amount))

    def level(step: str, amount: float) -> DrawnStep:
        return DrawnStep(step, step, 0.0, amount, amount, "level", max(amount, 0.0))

    today = found.lines[0].amount
    groups = (PLANNING, CHANGING, SHARED)
    least = share * max((abs(line.amount) for line in found.lines if line.group in groups), default=0.0)
    out = []
    if gross_margin == gross_margin:
        out = [level("gross margin of the file", gross_margin)]
        out.append(bar("stock, waiting, the year ahead", START, gross_margin, today - gross_margin))
    out.append(level(START, today))
    at = today
    for group in groups:
        lines = [line for line in found.lines if line.group == group]
        large = [line for line in lines if abs(line.amount) >= least]
        rest = sum(line.amount for line in lines if abs(line.amount) < least)
        steps = [(line.step, line.amount) for line in large] + ([("other steps", rest)] if rest else [])
        for name, amount in steps:
            out.append(bar(name, group, at, amount))
            at += amount
    return [*out, level(END, found.lines[-1].amount)]
