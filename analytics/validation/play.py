"""The windows of a replay: what each policy decided meets the demand that really came, stock and orders carried on.

One concept: the state of all policies between windows. Every method of `Play` moves units within that one
state, and the balance at the end, units created or destroyed, holds only over all of them.

Units are counted by how they were served: from finished stock (MTS), assembled (ATO) or to order (MTO), whatever strategy was in
force, so that every unit is priced as what it was.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import WEEKS
from analytics.simulation.ledger import COUNT_INDEX, COUNTS
from analytics.validation.policies import ATO, HYBRID, MTO, MTS, PLAYED, Decision
from analytics.validation.rules_of_thumb import follow_average
from analytics.validation.stock import Plan, Rule, Stock, ahead, due, level_carried

__all__ = ["Play"]

Array = NDArray[np.float64]
_C = COUNT_INDEX


def _kept(rule: Rule, base: Array, excess: Array, level: Array) -> tuple[Array, Array]:
    """What is not yet excess: the demand of the cover, and the level, as the planner sees them now (as in the simulation)."""
    target = np.where(np.isfinite(rule.fixed), rule.fixed, level * base * rule.quantile)
    return np.maximum(level, 1.0) * excess, target


def _by_pool(rows: Array, pool: NDArray[np.intp], count: int) -> Array:
    """Sums of columns (policies, members) over the members of every pool: shape (policies, count)."""
    return np.stack([np.bincount(pool, row, count).astype(np.float64, copy=False) for row in rows])


def _room(level: Array, rest: Array) -> Array:
    """What life still needs as seen at this level; without a known end there is no limit."""
    return np.where(np.isfinite(rest), level * np.where(np.isfinite(rest), rest, 0.0), np.inf)


def _from_shelf(d: Decision) -> NDArray[np.bool_]:
    """What is served from the shelf (policies, products): stock, small orders, and the rest of batches that an order has started."""
    stocked = (d.strategy == MTS) | (d.strategy == HYBRID)
    return stocked if d.batched is None else stocked | d.batched


def _opening_rule(d: Decision) -> Rule:
    """The rule at whose steady position all policies take over: today's own, to stock at the best settings where what is split is not to stock; (units,)."""
    today, best = (d.rule.of(d.policies.index(name)) for name in ("present", "all_mts"))
    here = d.present == MTS
    return Rule(
        *(
            np.where(here, one, other)
            for one, other in zip(vars(today).values(), vars(best).values(), strict=True)
        )
    )


class Play:
    """All policies side by side from the first origin on. `step` plays one window and returns its counts.

    Of the mix, `mix_stock` and `mix_short` keep every week (products,): finished units on hand after it, and units of what is
    made to stock that were not served at once.
    """

    def __init__(self, policies: int, products: int, steps_per_week: int = 1) -> None:
        """Nothing in stock and nothing sold, for `policies` x `products`; a step is a week, or a day where there are seven of them."""
        self.finished = Stock(policies, products, steps_per_week)
        self.kits = Stock(policies, products, steps_per_week)
        self.steps_per_week = steps_per_week
        self.kit_part = np.zeros((policies, products))
        self.seen = np.zeros(products, np.bool_)
        self.closing = np.zeros((policies, products))
        self.week = 0
        self.mix_stock: list[Array] = []
        self.mix_short: list[Array] = []

    def _begin(self, d: Decision) -> None:
        """Open what is new as today's strategy would hold it, alike for all policies; finish the kits of families that no longer assemble."""
        fresh = d.known & ~self.seen & ~d.ended
        stock, kits = self.finished, self.kits
        stock.begin(int(d.stock.lead_weeks.max(initial=0)))
        kits.begin(int(d.kits.lead_weeks.max(initial=0)))
        stock.open(
            np.flatnonzero(fresh & ((d.present == MTS) | (d.present == HYBRID))), d.stock, _opening_rule(d)
        )
        if not self.seen.any():
            self._open_kits(d, fresh & (d.present == ATO))
        self.seen |= d.known
        active = np.zeros(kits.net.shape, np.bool_)
        policy, member = np.nonzero((d.strategy == ATO) & (d.pool >= 0) & d.known)
        active[policy, d.pool[member]] = True
        grown = max(stock.pipe.shape[2], kits.pipe.shape[2])
        stock.begin(grown)
        for p in range(len(active)):
            left = (d.pool >= 0) & ~active[p][np.maximum(d.pool, 0)]
            idle = np.flatnonzero(left)
            if not len(idle):
                continue
            pool = d.pool[idle]
            total = np.bincount(pool, self.kit_part[p, idle], len(left))[pool]
            share = np.where(
                np.abs(total) > 1e-9,
                self.kit_part[p, idle] / np.where(np.abs(total) > 1e-9, total, 1.0),
                1.0 / np.bincount(pool, minlength=len(left))[pool],
            )
            stock.net[p, idle] += share * kits.net[p, pool]
            stock.pipe[p, idle, : kits.pipe.shape[2]] += share[:, None] * kits.pipe[p, pool]
            kits.net[p, pool], kits.pipe[p, pool], self.kit_part[p, idle] = 0.0, 0.0, 0.0
        self._take_along(d, active)

    def _take_along(self, d: Decision, active: NDArray[np.bool_]) -> None:
        """Products that leave a pool which goes on take their part of its kits with them, finished; ended ones leave theirs to their sisters."""
        stock, kits = self.finished, self.kits
        before = kits.position
        for p in range(len(active)):
            leave = np.flatnonzero(
                (d.pool >= 0)
                & (d.strategy[p] != ATO)
                & ~d.ended
                & active[p][np.maximum(d.pool, 0)]
                & (self.kit_part[p] > 1e-9)
            )
            gone = np.bincount(d.pool[leave], self.kit_part[p, leave], len(before[p])) / np.maximum(
                before[p], 1e-9
            )
            leave = leave[
                gone[d.pool[leave]] <= 1.0 + 1e-9
            ]  # where sisters owe kits there is nothing to take
            pool = d.pool[leave]
            share = self.kit_part[p, leave] / before[p, pool]
            stock.net[p, leave] += share * kits.net[p, pool]
            stock.pipe[p, leave, : kits.pipe.shape[2]] += share[:, None] * kits.pipe[p, pool]
            kept = 1.0 - np.bincount(pool, share, len(before[p]))
            kits.net[p] *= kept
            kits.pipe[p] *= kept[:, None]
            self.kit_part[p, leave] = 0.0

    def _open_kits(self, d: Decision, members: NDArray[np.bool_]) -> None:
        present = d.policies.index("present")
        units = np.unique(d.pool[members & (d.pool >= 0)])
        scaled = Plan(**{**vars(d.kits), "expected": d.kits.expected * d.kit_rule.scale[present][:, None]})
        self.kits.open(units, scaled, d.kit_rule.of(present))
        self.kit_part[:] = d.kit_share[present] * np.where(
            d.pool >= 0, self.kits.position[:, np.maximum(d.pool, 0)], 0.0
        )

    def step(
        self, d: Decision, demand: Array, stop: NDArray[np.int64], large: tuple[Array, Array] | None = None
    ) -> Array:
        """Play one window: `demand` (products, weeks), `stop` (products,) the week at whose start a product is known to have ended.

        `large` are units of the demand in orders beyond the decision's limit, and such orders (products, weeks): where a
        policy splits by order size they are made to order, whatever is in stock, as in the simulation. None: no orders are known.

        Returns counts (policies, products, strategies of PLAYED, counts) as the simulation's ledger has them, closing stock in full. Units
        are conserved in each of them, and what closes one window opens the next: both asserted.
        """
        before = self.seen.copy()
        self._begin(d)
        stock, kits, (products, weeks) = self.finished, self.kits, demand.shape
        demand = demand * d.known[:, None]
        apart = (d.strategy == HYBRID) & d.known
        big, big_orders = (
            np.zeros_like(demand) if column is None else column for column in large or (None, None)
        )
        opening = stock.position
        assert np.allclose((opening + self.kit_part)[:, before], self.closing[:, before], atol=1e-6), (
            "replay: stock was not carried into the next window"
        )
        base, rest, excess = ahead(d.stock, weeks)
        scale = d.rule.scale
        kit_base, kit_rest, kit_excess = ahead(d.kits, weeks)
        year = WEEKS * self.steps_per_week
        mean = scale * d.stock.expected[:, :year].mean(axis=1)
        kit_mean = d.kits.expected[:, :year].mean(axis=1)[None, :] * d.kit_rule.scale
        level, kit_level, average = np.ones(stock.net.shape), np.ones(kits.net.shape), d.average
        by_cover = np.isfinite(d.rule.cover)
        cover, gap = np.nan_to_num(d.rule.cover), d.rule.gap
        stands, fixed = np.isfinite(d.rule.fixed), np.nan_to_num(d.rule.fixed)
        none = d.pool < 0
        where = np.where(none, products, d.pool)
        from_shelf = _from_shelf(d)
        to_order, assembled = (d.strategy == MTO) & ~from_shelf, (d.strategy == ATO) & ~none
        alive, mix = np.ones(products), d.policies.index("mix")
        ordered, at_door, accepted = (np.zeros(stock.net.shape) for _ in range(3))
        for t in range(weeks):
            ends = np.flatnonzero(stop == t)
            if len(ends):
                stock.end(ends, d.stock.cancellable_share)
                alive[ends] = 0.0
            stock.receive()
            target = alive * np.where(
                by_cover,
                average * cover,
                np.where(stands, fixed, level * (scale * base[:, t]) * d.rule.quantile),
            )
            stock.order(
                target,
                np.where(by_cover, gap * average, gap),
                d.rule.lot,
                _room(level, scale * rest[:, t]),
                d.stock,
                due(d.stock, self.week, t),
            )
            aside = np.where(apart, big[:, t], 0.0)
            from_stock = demand[:, t] - aside
            short = stock.serve(from_stock, d.rule.stays)
            self.mix_stock.append(np.maximum(stock.net[mix], 0.0).astype(np.float32))
            self.mix_short.append(np.where(from_shelf[mix], short[mix], 0.0).astype(np.float32))
            ordered += np.where(to_order, short, aside)
            wanted = np.where(assembled, short, 0.0)
            accepts = wanted * d.stay_door
            at_door += wanted
            accepted += accepts
            pooled = _by_pool(accepts, where, products + 1)[:, :products]
            kits.receive()
            expected = d.kit_rule.scale * d.kits.expected[:, t]
            # finished stock of those who assemble now is sold first: kits are ordered for the rest
            held = _by_pool(np.where(assembled, np.maximum(stock.position, 0.0), 0.0), where, products + 1)[
                :, :products
            ]
            target = np.maximum(
                kit_level * d.kit_rule.scale * kit_base[:, t] * d.kit_rule.quantile - held, 0.0
            )
            room = _room(kit_level * d.kit_rule.scale, kit_rest[:, t])
            kits.order(target, np.zeros(1), d.kit_rule.lot, room, d.kits, due(d.kits, self.week, t))
            kits.serve(pooled, d.kit_rule.stays)
            of_kits = d.kit_rule.scale
            kits.clear(
                *_kept(d.kit_rule, of_kits * kit_base[:, t], of_kits * kit_excess[:, t], kit_level),
                d.kit_rule,
                d.kits,
            )
            stock.clear(*_kept(d.rule, scale * base[:, t], scale * excess[:, t], level), d.rule, d.stock)
            level = level_carried(level, scale * d.stock.expected[:, t], from_stock, d.stock.smoothing, mean)
            kit_level = level_carried(kit_level, expected, pooled, d.kits.smoothing, kit_mean)
            average = follow_average(average, demand[:, t], self.steps_per_week)
        self.week += weeks
        counts = np.zeros((*stock.net.shape, len(PLAYED), len(COUNTS)))
        stocked = demand.sum(axis=1) - np.where(apart, big.sum(axis=1), 0.0)
        self._count_finished(counts[:, :, MTS], d, stocked, opening)
        self._count_assembled(counts[:, :, ATO], d, at_door, accepted)
        self._count_orders(counts[:, :, MTO], d, ordered, np.where(apart, big_orders.sum(axis=1), np.nan))
        wanted_all = counts[..., _C["demanded"]].sum(axis=2)
        assert np.allclose(wanted_all, demand.sum(axis=1), atol=1e-6), "replay: units demanded do not add up"
        assert np.abs(imbalance(counts)).max(initial=0.0) < 1e-6 * max(
            1.0, float(np.abs(counts).max(initial=0.0))
        ), "replay: units were created or destroyed"
        self.closing = counts[..., _C["closing"]].sum(axis=2)
        return counts

    def _count_finished(self, out: Array, d: Decision, demand: Array, opening: Array) -> None:
        stock = self.finished
        n = stock.count
        from_stock = _from_shelf(d)
        short = demand - n["served"]
        lost = np.where(from_stock, short - n["waited"], 0.0)
        out[..., _C["demanded"]] = n["served"] + np.where(from_stock, short, 0.0)
        out[..., _C["lost"]] = lost + n["left"]
        out[..., _C["waited"]] = np.maximum(n["waited"] - n["left"], 0.0)
        self._count_stock(out, stock, d.stock.own_share)
        out[..., _C["ordered"]] = n["ordered"]
        out[..., _C["opening"]], out[..., _C["closing"]] = opening, stock.position

    def _count_stock(self, out: Array, stock: Stock, own_share: Array) -> None:
        """What all stock has: unit-years held, under way and owed, lots, what was cleared and scrapped."""
        out[..., _C["on_hand"]] = stock.years("on_hand")
        out[..., _C["in_process"]] = stock.years("under_way") * own_share
        out[..., _C["backordered"]] = out[..., _C["late"]] = np.maximum(
            stock.years("owed") - 0.5 * stock.years("waited"), 0.0
        )
        for name in ("lots", "cleared", "scrapped"):
            out[..., _C[name]] = stock.count[name]

    def _count_orders(self, out: Array, d: Decision, wanted: Array, orders: Array) -> None:
        """What is made to order; `orders` (policies, products) are customers' orders where they are known (NaN: by their usual size)."""
        taken = wanted * d.stay_told
        out[..., _C["demanded"]], out[..., _C["lost"]], out[..., _C["ordered"]] = (
            wanted,
            wanted - taken,
            taken,
        )
        out[..., _C["waited"]] = np.where(d.told > 0.0, taken, 0.0)
        out[..., _C["backordered"]] = taken * d.told / 365.0
        usual = taken / d.units_per_order
        batch = np.zeros_like(taken) if d.filled is None else d.filled
        in_batches = batch > 0.0
        singly = np.where(np.isnan(orders), usual, orders * d.stay_told)
        out[..., _C["customer_orders"]] = np.where(in_batches, 0.0, singly)
        out[..., _C["lots"]] = np.where(in_batches, taken / np.where(in_batches, batch, 1.0), 0.0)
        out[..., _C["in_batches"]] = np.where(in_batches, taken, 0.0)
        for name, here in (("in_process", in_batches), ("in_assembly", ~in_batches)):
            out[..., _C[name]] = np.where(here, taken * d.production_years, 0.0)
        out[..., _C["to_order"]], out[..., _C["promised"]] = taken, out[..., _C["backordered"]]

    def _count_assembled(self, out: Array, d: Decision, wanted: Array, accepted: Array) -> None:
        """Each member's part of the kit stock.

        Each member's part of the kit stock: by the demand it brought in, else by what was expected; kits passed on to sisters count as
        ordered by them and not by it.
        """
        kits, products = self.kits, wanted.shape[1]
        here = np.flatnonzero(d.pool >= 0)
        if not len(here):
            return
        pool = d.pool[here]
        brought = _by_pool(accepted[:, here], pool, products)[:, pool]
        share = np.where(
            brought > 1e-12, accepted[:, here] / np.maximum(brought, 1e-12), d.kit_share[:, here]
        )
        whole = np.zeros((*kits.net.shape, len(COUNTS)))
        self._count_stock(whole, kits, d.kits.own_share)
        part = share[:, :, None] * whole[:, pool]
        missed = share * (brought - kits.count["served"][:, pool] - kits.count["waited"][:, pool])
        part[..., _C["demanded"]] = wanted[:, here]
        part[..., _C["lost"]] = wanted[:, here] - accepted[:, here] + missed
        sold = accepted[:, here] - missed
        door = d.door[here]
        part[..., _C["backordered"]] += sold * door / 365.0
        part[..., _C["waited"]] = np.where(door > 0.0, sold, share * kits.count["waited"][:, pool])
        part[..., _C["to_order"]], part[..., _C["promised"]] = (
            np.where(door > 0.0, sold, 0.0),
            np.where(door > 0.0, part[..., _C["backordered"]], 0.0),
        )
        part[..., _C["in_assembly"]] = sold * d.assembly_years[here]
        part[..., _C["customer_orders"]] = sold / d.units_per_order[here]
        part[..., _C["opening"]] = self.kit_part[:, here]
        part[..., _C["closing"]] = share * kits.position[:, pool]
        part[..., _C["ordered"]] = (
            part[..., _C["closing"]]
            + sold
            + part[..., _C["cleared"]]
            + part[..., _C["scrapped"]]
            - part[..., _C["opening"]]
        )
        made = _by_pool(part[..., _C["ordered"]], pool, products)
        assert np.allclose(made, kits.count["ordered"], atol=1e-6), "replay: kits were created or destroyed"
        out[:, here] = part
        self.kit_part[:, here] = part[..., _C["closing"]]


def imbalance(counts: Array) -> Array:
    """Units created or destroyed, which must be zero: shape of the counts without their last axis."""
    c = {name: counts[..., k] for name, k in _C.items()}
    return np.asarray(
        c["opening"]
        + c["ordered"]
        - (c["demanded"] - c["lost"] + c["scrapped"] + c["cleared"] + c["closing"] + c["closing_excess"])
    )
