"""Slow twins: one product and one path in plain Python, written from the formulas and not from the kernels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import stats

from analytics.randomness import STREAMS

WEEKS = 52
_MASK = (1 << 64) - 1


def scramble(z: int) -> int:
    """SplitMix64's finaliser (Stafford's variant 13) on Python's own integers."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def at(key: int, counter: int) -> int:
    """The random 64-bit number at a counter under a key."""
    return scramble((key + (counter + 1) * 0x9E3779B97F4A7C15) & _MASK)


def unit(key: int, counter: int) -> float:
    """A uniform number in (0, 1) with 53 bits."""
    return ((at(key, counter) >> 11) + 0.5) / 2.0**53


def read_table(table: np.ndarray, u: float) -> float:
    """The quantile table's value at u, linear between knots."""
    return float(np.interp(u, np.linspace(0.0, 1.0, len(table)), table))


def poisson(rate: float, u: float) -> float:
    """The Poisson quantile: exact for small rates; for large ones the exact quantile or its neighbour, as the expansion says."""
    if rate < 8.0:
        return float(max(0, stats.poisson.ppf(u, rate))) if rate > 0 else 0.0
    z, r = stats.norm.ppf(u), math.sqrt(rate)
    value = (
        rate
        + z * r
        + z**2 / 6
        + 1 / 3
        - (z / 36 + z**3 / 72) / r
        + (z**4 / 270 + 7 * z**2 / 810 - 8 / 405) / rate
    )
    return max(0.0, math.floor(value))


def steps_a_week(world: Any, i: int) -> int:
    """Weeks, or days where the world plays the product by day."""
    return 7 if world.by_day is not None and world.by_day[i] else 1


def demand(world: Any, i: int, p: int) -> list[float]:
    """Demand of product i in path p by week, or by day, as long as it lives."""
    if steps_a_week(world, i) == 1:
        return by_period(world, i, p, WEEKS, world.period_weeks)
    if world.period_weeks < 1.0:
        return by_period(world, i, p, 7 * WEEKS, 1.0)
    return by_weekday(world, i, p, by_period(world, i, p, WEEKS, world.period_weeks))


def by_weekday(world: Any, i: int, p: int, weeks: list[float]) -> list[float]:
    """Every week's demand over its days: order by order up to 64 of them, then day by day from what is left, by the normal approximation."""
    sizes = [1.0] if world.order_size is None else [float(s) for s in world.order_size[i]]
    typical = len(sizes) / sum(1.0 / s for s in sizes) if sizes[0] > 0 else 0.0
    key = at(at(int(world.keys[i]), p), STREAMS["weekday"])
    up_to = [sum(world.day_share[: d + 1]) for d in range(7)]
    days = []
    for t, amount in enumerate(weeks):
        here = [0.0] * 7
        left, number = amount, 0
        while typical > 0 and left > 0 and number < 64:
            fitting = [s for s in sizes if s <= left] or [left]
            order = fitting[int(len(fitting) * unit(at(key, t), 2 * number))]
            here[sum(unit(at(key, t), 2 * number + 1) >= edge for edge in up_to[:6])] += order
            left, number = left - order, number + 1
        for d in range(7):
            share = world.day_share[d] / max(sum(world.day_share[d:]), 1e-300)
            part = left if d == 6 or up_to[d] >= 1.0 else left * share
            if typical > 0 and d < 6 and up_to[d] < 1.0:
                n, z = math.floor(left / typical), stats.norm.ppf(unit(at(key, t), 128 + d))
                part = min(
                    left,
                    typical
                    * min(n, max(0.0, math.floor(n * share + z * math.sqrt(n * share * (1 - share)) + 0.5))),
                )
                part = math.floor(part + 0.5) if world.integer[i] else part
            here[d] += part
            left -= part
        days += here
    return days


def by_period(world: Any, i: int, p: int, steps: int, length: float) -> list[float]:
    """Demand by step from a forecast whose periods are `length` steps long."""
    key = int(world.keys[i])
    path_key = at(key, p)
    draw = p // world.inner
    level = (
        world.market[p]
        * world.family_shock[world.family[i], p]
        * read_table(world.level_error[i], unit(at(key, STREAMS["level"]), draw))
    )
    periods = min(world.mean.shape[1], math.ceil(steps / length - 1e-9))
    drift_key, noise_key, poisson_key = (
        at(path_key, STREAMS[name]) for name in ("drift", "noise", "poisson")
    )
    split_key = at(path_key, STREAMS["split"])
    walk = 0.0
    weeks = [0.0] * steps
    for t in range(periods):
        if world.drift[i] > 0:
            bits = at(drift_key, t)
            step = (sum((bits >> (16 * k)) & 0xFFFF for k in range(4)) / 65535.0 - 2.0) * math.sqrt(3.0)
            walk += world.drift[i] * step - world.drift[i] ** 2 / 2.0
        amount = world.mean[i, t] * level * math.exp(walk) * read_table(world.noise[i], unit(noise_key, t))
        if world.integer[i]:
            amount = poisson(amount, unit(poisson_key, t))
        begin = t * length
        if length <= 1.0:
            weeks[min(int(begin + 1e-9), steps - 1)] += amount
        elif world.integer[i] and amount <= 64:
            for unit_number in range(int(amount)):
                week = int(begin + length * unit(at(split_key, t), unit_number))
                if week < steps:
                    weeks[week] += 1.0
        else:
            left, span, week, part_number = amount, length, int(begin + 1e-9), 0
            while left > 0 and span > 1e-9:
                overlap = min(week + 1, begin + length) - max(week, begin)
                if overlap > 1e-9:
                    share = min(1.0, overlap / span)
                    part = left * share
                    if world.integer[i] and share < 1.0:
                        z = stats.norm.ppf(unit(at(split_key, t), part_number))
                        part = min(
                            left,
                            max(
                                0.0,
                                math.floor(left * share + z * math.sqrt(left * share * (1 - share)) + 0.5),
                            ),
                        )
                    if week < steps:
                        weeks[week] += part
                    left, span, part_number = left - part, span - overlap, part_number + 1
                week += 1
    return weeks


def death(world: Any, i: int, p: int) -> float:
    """The last step with demand: an exponential life cut by the known end."""
    n = steps_a_week(world, i)
    rate, end = (
        world.hazard_per_week[i, p // world.inner] / n,
        (round(world.end_week[i] * n) if world.end_week[i] < 1e9 else 1e9),
    )
    life = (
        math.inf if rate <= 0 else -math.log(unit(at(at(int(world.keys[i]), p), STREAMS["death"]), 0)) / rate
    )
    return min(math.floor(life) if life < end else end, end)


def own_uniforms(world: Any, i: int, p: int, week: int) -> list[int]:
    """The 16-bit uniform of every order of a week."""
    patience_key = at(at(int(world.keys[i]), p), STREAMS["patience"])
    return [
        (at(patience_key, 2 * week + k // 4) >> (16 * (k % 4))) & 0xFFFF
        for k in range(world.orders_per_week[i])
    ]


def threshold(probability: float) -> int:
    """Below this a 16-bit uniform means yes."""
    return math.floor(min(1.0, probability) * 65536 + 0.5)


def stays(world: Any, i: int, p: int, week: int, probability: float) -> float:
    """Share of a week's orders whose own uniform says they stay."""
    own = own_uniforms(world, i, p, week)
    return sum(u < threshold(probability) for u in own) / len(own)


def patience(world: Any, i: int, p: int, wait: float) -> float:
    """Probability of staying when told to wait, relative to what history already told."""
    told, rate = float(world.historical_wait_days[i]), float(world.patience_per_day[i, p // world.inner])
    if wait <= told:
        return 1.0
    curve = 0 if world.patience_curve is None else world.patience_curve[i]
    kept, k = math.exp(-14.0 * rate), 0.0 if world.patience_shape is None else float(world.patience_shape[i])
    if curve == 1:
        return kept ** ((wait / 14.0) ** k) / kept ** ((told / 14.0) ** k)
    if curve == 2 and kept * math.exp(k) > 1.0:
        x = (1.0 - kept) / (kept * math.exp(k) - 1.0)
        return (1.0 + x * math.exp(k * told / 14.0)) / (1.0 + x * math.exp(k * wait / 14.0))
    if curve == 3:
        return 1.0 if wait <= math.log(2.0) / rate else 0.0
    return math.exp(-rate * (wait - told))


def customers(world: Any, plan: Any, u: int, p: int) -> tuple[list[float], list[float], float]:
    """Demand of a stocked unit after the door, the uniform that decides for the week's customers, and the week of death."""
    steps = WEEKS * steps_a_week(world, plan.members[plan.start[u]])
    wanted, fate, dies = [0.0] * steps, [math.nan] * steps, -1.0
    for i in plan.members[plan.start[u] : plan.start[u + 1]]:
        series, ends = demand(world, i, p), death(world, i, p)
        dies = max(dies, ends)
        door = threshold(patience(world, i, p, plan.door_wait_days[i]))
        for t in range(steps):
            if t <= ends and series[t] > 0:
                own = own_uniforms(world, i, p, t)
                inside = [number for number in own if number < door]
                wanted[t] += series[t] * len(inside) / len(own)
                if inside and math.isnan(fate[t]):
                    fate[t] = (inside[0] + 0.5) / door
    return wanted, fate, dies


def stays_in_stockout(world: Any, plan: Any, u: int, s: int, p: int) -> float:
    """Probability that a customer who came in also waits when nothing is left, averaged over the members."""
    if not math.isnan(plan.share_waiting[u]):
        return float(plan.share_waiting[u])
    members = plan.members[plan.start[u] : plan.start[u + 1]]
    both = [
        (plan.door_wait_days[i], plan.door_wait_days[i] + plan.stockout_wait_days[u, s], i) for i in members
    ]
    return sum(patience(world, i, p, longer) / patience(world, i, p, door) for door, longer, i in both) / len(
        both
    )


def lead_time(key: int, week: int, lead: int, cv: float) -> int:
    """Weeks an order of this week takes: log-normal around the lead time, at most three standard deviations long."""
    if cv <= 0:
        return lead
    sigma = math.sqrt(math.log(1.0 + cv * cv))
    return math.floor(
        lead * math.exp(sigma * min(3.0, stats.norm.ppf(unit(key, week))) - sigma * sigma / 2.0) + 0.5
    )


def stock(world: Any, plan: Any, u: int, s: int, p: int) -> dict[str, float]:
    """One setting of one stocked unit in one path: every event in its order, orders under way as a list."""
    wanted, fate, dies = customers(world, plan, u, p)
    waits_if_below = stays_in_stockout(world, plan, u, s, p)
    n = steps_a_week(world, plan.members[plan.start[u]])
    steps = WEEKS * n
    lead = round(
        n * (plan.lead_weeks[u] if plan.lead_by_draw is None else plan.lead_by_draw[u, p // world.inner])
    )
    planned = (
        lead if plan.planned_weeks is None or plan.planned_weeks[u] < 0 else round(n * plan.planned_weeks[u])
    )
    review, whole = round(n * plan.review_weeks[u]), bool(plan.whole[u])
    share = [1.0] if n == 1 else [float(s) for s in world.day_share]
    last = round(n * plan.end_week[u]) if n > 1 and plan.end_week[u] < 1e9 else math.inf
    expected = [
        float(e) * s if w * n + d <= last else 0.0
        for w, e in enumerate(plan.expected[u])
        for d, s in enumerate(share)
    ]
    cover_steps, smoothing = n * int(plan.cover_weeks[u]), 1.0 - (1.0 - plan.smoothing[u]) ** (1.0 / n)
    lot, quantile = float(plan.lot[u, s]), float(plan.relative_quantile[u, s])
    gap_needed = float(plan.order_gap[u, s]) if plan.order_gap is not None else 0.0
    ends = plan.end_week[u] < 1e9
    last_sold = round(n * plan.end_week[u]) if ends else math.inf
    near = (lambda x: float(math.floor(x + 0.5))) if whole else (lambda x: x)
    down = (lambda x: float(math.floor(x))) if whole else (lambda x: x)

    target = near(sum(expected[: planned + review]) * quantile)
    # positions lie evenly between where is ordered and where that order leads
    missing, size = order_from(target, gap_needed, lot, float(plan.moq[u]), whole)
    extra = unit(at(at(int(world.keys[plan.members[plan.start[u]]]), p), STREAMS["opening"]), 0) * size
    whole_lot, rest_of_lead = False, 0.0
    if (
        quantile <= 0.0
    ):  # where customers find nothing the plan rests until one stays: 1 / stays times as long as elsewhere
        usual = 0.0 if world.mean_order is None else float(world.mean_order[plan.members[plan.start[u]]])
        usual, a_step = max(usual, 1.0) if whole else usual, sum(expected[:steps]) / steps
        usual = min(a_step / (1.0 - math.exp(-max(a_step / usual, 1e-9))) if usual > 0.0 else a_step, size)
        stays, all_come = max(waits_if_below, 1e-6), waits_if_below * sum(expected[:lead])
        held, whole_lot = min(all_come, size - usual), all_come < size - usual
        resting, held_long = usual * (1.0 / stays - 1.0), held / stays
        place = max(extra / size * (resting + size - held + held_long) - resting, 0.0)
        if place < size - held:
            extra = place
        else:
            extra = min(size - held + (place - size + held) * stays, size)
            rest_of_lead = (place - size + held) / held_long if held > 0.0 else 0.0
    extra = (1.0 + math.floor(extra) if whole else extra) - missing
    if ends:
        extra = min(extra, max(0.0, sum(expected) - target))
    extra = max(extra, -target)
    cv = 0.0 if plan.lead_time_cv is None else float(plan.lead_time_cv[u])
    lead_key = at(at(int(world.keys[plan.members[plan.start[u]]]), p), STREAMS["lead_time"])
    shelf = 0 if plan.shelf_weeks is None else round(n * plan.shelf_weeks[u])
    arrives = 0  # no order arrives before an earlier one
    under_way: list[tuple[int, float]] = []
    if whole_lot and rest_of_lead > 0.0:
        under_way.append((max(min(math.ceil(rest_of_lead * lead), lead), 1), target + extra))
    for k in range(1, 0 if whole_lot else lead + 1):
        coming = sum(units for _, units in under_way)
        under_way.append((k, max(0.0, min(near(sum(expected[:k]) - coming), target + extra - coming))))
    count = dict.fromkeys(
        (
            "demanded",
            "lost",
            "waited",
            "on_hand",
            "in_process",
            "backordered",
            "lots",
            "ordered",
            "scrapped",
            "cleared",
            "opening",
            "closing",
            "closing_excess",
            "under_way_at_end",
        ),
        0.0,
    )
    count["opening"] = target + extra
    on_hand, owed, level = target + extra - sum(units for _, units in under_way), 0.0, 1.0
    rate = sum(expected[:steps]) / steps
    own = min(1.0, plan.production_weeks[u] / plan.lead_weeks[u]) if plan.lead_weeks[u] else 0.0
    ages = [[on_hand, 0]]  # units received together and the week they came in, oldest first
    for t in range(steps):
        if t > dies:
            break
        came = sum(units for due, units in under_way if due == t)
        on_hand += sum(units for due, units in under_way if due == t)
        under_way = [(due, units) for due, units in under_way if due != t]
        arrives = max(arrives, t + lead_time(lead_key, t, lead, cv))
        in_time = not ends or t + planned <= last_sold  # else it would arrive after the end
        if t % review == 0 and in_time:
            position = on_hand + sum(units for _, units in under_way) - owed
            gap = near(level * sum(expected[t : t + planned + review]) * quantile) - position
            if gap > 1e-9 and gap >= gap_needed - 1e-9:
                least = float(plan.moq[u])
                order = max(math.ceil(gap / lot - 1e-9) * lot, least)
                if ends:  # what is needed, to the nearest that the supplier takes
                    needed = max(gap, level * sum(expected[t:]) - position)
                    order = min(order, needed)
                    if plan.multiple is not None and plan.multiple[u] > 0:
                        order = math.floor(order / plan.multiple[u] + 0.5) * float(plan.multiple[u])
                    if order < least:
                        order = least if 2 * needed >= least else 0.0
                count["lots"] += order > 0
                count["ordered"] += order
                if arrives > t:
                    under_way.append((arrives, order))
                else:
                    on_hand += order
                    came += order
        pays = min(on_hand, owed)
        on_hand, owed = on_hand - pays, owed - pays
        served = min(on_hand, wanted[t])
        count["on_hand"] += (on_hand + on_hand - served) / 2 / steps
        on_hand -= served
        waits = wanted[t] - served if fate[t] < waits_if_below else 0.0
        owed += waits
        count["demanded"] += wanted[t]
        count["lost"] += wanted[t] - served - waits
        count["waited"] += waits
        count["backordered"] += owed / steps
        count["in_process"] += own * sum(units for _, units in under_way) / steps
        ahead = level * sum(expected[t : t + planned + review])
        cover = max(level, 1.0) * (
            sum(expected[t + 1 : t + 1 + cover_steps]) + sum(expected[t : t + planned + review])
        )
        surplus = down(
            max(
                0.0,
                on_hand - max(cover * max(quantile, 1.0), ahead * quantile + max(lot, float(plan.moq[u]))),
            )
        )
        on_hand -= surplus
        count["cleared"] += surplus
        if shelf:
            ages.append([came, t])
            gone = sum(units for units, _ in ages) - on_hand
            while gone > 1e-12:
                part = min(gone, ages[0][0])
                ages[0][0] -= part
                gone -= part
                if ages[0][0] <= 1e-12:
                    ages.pop(0)
            outdated = sum(units for units, since in ages if t - since + 1 >= shelf)
            ages = [[units, since] for units, since in ages if t - since + 1 < shelf]
            on_hand -= outdated
            count["scrapped"] += outdated
        level = max(0.0, level + smoothing * (wanted[t] - level * expected[t]) / max(rate, 1e-12))
    coming = sum(units for _, units in under_way)
    if dies < steps:
        count["lost"] += owed
        count["waited"] -= owed
        count["scrapped"] += on_hand + coming
        count["under_way_at_end"] = coming
    else:
        position = on_hand + coming - owed
        after = what_comes_after(world, plan, u, p, expected, steps)
        level = credible(world, plan, u, count["demanded"], sum(expected[:steps]))
        up_to = near(level * sum(expected[steps : steps + planned + review]) * quantile)
        missing, size = order_from(up_to, gap_needed, lot, float(plan.moq[u]), whole)
        own_units = up_to - missing + size
        rate = level * after["rate"]
        arrives_too_late = ends and steps + planned > after["end"]
        if rate <= 0 or arrives_too_late or own_units >= rate * after["until"]:
            own_units = 0.0
        count["closing_excess"] = max(0.0, position - max(0.0, own_units))
        count["closing"] = position - count["closing_excess"]
        for years in (1, 2, 3, 4, 6):
            sold, waited = one_by_one(
                count["closing_excess"], rate, after["hazard"], after["until"], after["order"], years
            )
            count[f"sold_later_{years}"], count[f"years_later_{years}"] = sold, waited
    return count


def order_from(target: float, gap: float, lot: float, least: float, whole: bool) -> tuple[float, float]:
    """How far below the level an order comes, and how large it is then; a gap beyond the level rules nothing."""
    missing = max(1.0, math.ceil(gap - 1e-9)) if whole else max(1e-9, gap - 1e-9)
    if missing > target:
        missing = 1.0 if whole else 0.0
    return missing, max(max(1, math.ceil(missing / lot - 1e-9)) * lot, least)


def of_members(world: Any, members: Any, column: list[float]) -> float:
    """The mean of what the members of a unit have, each by its part of expected demand (alike where none is expected)."""
    wanted = [float(sum(world.mean[i])) for i in members]
    if sum(wanted) <= 0.0:
        wanted = [1.0] * len(wanted)
    return sum(part * own for part, own in zip(wanted, column, strict=True)) / sum(wanted)


def what_comes_after(
    world: Any, plan: Any, u: int, p: int, expected: list[float], steps: int
) -> dict[str, float]:
    """Expected demand of the year after the window, how long until a known end, the chance of ending and the mean order."""
    n = steps // WEEKS
    members = plan.members[plan.start[u] : plan.start[u + 1]]
    ends = plan.end_week[u] < 1e9
    end = round(plan.end_week[u] * n) if ends else math.inf
    left = end + 1 - steps
    seen = expected[steps : steps + min(steps, max(left, 1))]
    rate = sum(seen) * steps / len(seen) if seen else sum(expected[:steps])
    each = [1.0 if world.mean_order is None else float(world.mean_order[i]) for i in members]
    return {
        "rate": rate, "end": end, "until": max(left, 0) / steps if ends else math.inf, "order": of_members(world, members, each),
        "hazard": WEEKS * of_members(world, members, [float(world.hazard_per_week[i, p // world.inner]) for i in members]),
    }  # fmt: skip


def credible(world: Any, plan: Any, u: int, sold: float, wanted: float) -> float:
    """The level of the year: so far from 1 as the forecast's own error of level makes it credible."""
    members = plan.members[plan.start[u] : plan.start[u + 1]]
    table = world.level_error[members[0]]
    fine = np.interp(np.linspace(0, 1, 4 * (len(table) - 1) * 50 + 1), np.linspace(0, 1, len(table)), table)
    # Simpson's rule is exact for the square of straight pieces
    weight = np.ones(len(fine))
    weight[1:-1:2], weight[2:-1:2] = 4.0, 2.0
    weight /= weight.sum()
    variance = float(weight @ fine**2 - (weight @ fine) ** 2)
    lump = of_members(world, members, [1.0 if world.lump is None else float(world.lump[i]) for i in members])
    if wanted <= 0 or variance <= 0:
        return 1.0
    w = variance / (variance + lump / wanted)
    return 1.0 + w * (sold / wanted - 1.0)


def one_by_one(
    units: float, rate: float, hazard: float, until: float, order: float, longest: float
) -> tuple[float, float]:
    """Units sold later and unit-years later, place by place; goods without an order size in ten thousand slices.

    Place m waits for order i: it sells if that order comes before the product dies and before a known end.
    """
    if units <= 0 or rate <= 0:
        return 0.0, 0.0
    if order <= 0:
        here = min(units, longest * rate)
        at = (np.arange(10_000) + 0.5) / 10_000 * here / rate  # years until each slice is wanted
        kept = np.minimum(at, until)
        chance = np.where(at <= until, np.exp(-hazard * at), 0.0)
        held = kept if hazard <= 0 else (1.0 - np.exp(-hazard * kept)) / hazard
        return float(chance.mean() * here), float(held.mean() * here)
    pace, sold, years, before, place = rate / order, 0.0, 0.0, 0.0, 0
    while place * order < units - 1e-9:
        place += 1
        if place > longest * pace + 1e-9:
            break
        part = min(order, units - (place - 1) * order)
        chance = (pace / (pace + hazard)) ** place
        if math.isfinite(until):
            chance *= float(stats.poisson.sf(place - 1, (pace + hazard) * until))
        before += chance  # years held are a sum of those chances: an integral of Poisson probabilities
        sold, years = sold + part * chance, years + part * before / pace
    return sold, years


def orders(world: Any, plan: Any, i: int, s: int, p: int) -> dict[str, float]:
    """One quote of one product made to order in one path."""
    series, ends = demand(world, i, p), death(world, i, p)
    quote = float(plan.quote_days[i, s])
    total = sum(d for t, d in enumerate(series) if t <= ends)
    accepted = sum(
        d * stays(world, i, p, t, patience(world, i, p, quote)) for t, d in enumerate(series) if t <= ends
    )
    return {
        "demanded": total, "lost": total - accepted, "ordered": accepted, "waited": accepted if quote > 0 else 0.0, "backordered": accepted * quote / 365.0,
        "in_process": accepted * plan.production_years[i], "customer_orders": accepted / plan.units_per_order[i],
    }  # fmt: skip
