"""The score of a replay: money by the formulas of the simulation, closing stock by what really sold, hindsight, intervals by product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.items import GIVEN, Items, empty_items
from analytics.naming.labels import money_text, number_text, percent_text
from analytics.randomness import sku_keys
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.money.formulas import cash_tied_up, profit
from analytics.strategy.money.measures import counts_by_name, physical_measures
from analytics.strategy.money.price import MONEY_FIELDS, money_values, reacted
from analytics.validation.policies import PLAYED, POLICIES, Decision
from analytics.validation.schedule import Schedule

__all__ = [
    "MEASURES",
    "SINGLE",
    "Replayed",
    "replay_sentence",
    "replay_summary",
    "replay_table",
    "scoring_items",
    "value_closing",
]

Array = NDArray[np.float64]
_C = COUNT_INDEX

#: The single strategies among which hindsight chooses, as policies.
SINGLE = ("all_mts", "all_ato", "all_mto")
#: Measures of `replay.csv`: units of the window, average units on hand, money of the window. opening + ordered = sold + scrapped + cleared + closing.
MEASURES = (
    "opening",
    "ordered",
    "demanded",
    "sold",
    "lost",
    "waited",
    "scrapped",
    "cleared",
    "closing",
    "on_hand",
    "orders",
    "profit",
)
_RESAMPLES = 1000


@dataclass(frozen=True, eq=False)
class Replayed:
    """What would have happened: arrays over windows, policies, products (sorted SKU text) and, for `counts`, strategies and counts.

    `strategy` holds positions in PLAYED, `profit` money of the window (NaN without price or cost), `cash` average money tied up. `known`
    (windows, products) says which products had been sold before the window. `hindsight` (products,) is the policy of SINGLE that was best
    afterwards (position into `policies`, -1 without money). `baseline` is the policy that stands for today. `mix_stock` and `mix_short` are the
    mix week by week (products, weeks): finished units on hand, and units of what is made to stock that were not served at once.
    """

    skus: NDArray[Any]
    schedule: Schedule
    policies: tuple[str, ...]
    strategy: NDArray[np.int8]
    counts: Array
    profit: Array
    cash: Array
    known: NDArray[np.bool_]
    hindsight: NDArray[np.intp]
    baseline: str
    stated: int
    planned_fill: float
    seed: int
    currency: str
    notes: tuple[str, ...]
    mix_stock: NDArray[np.float32]
    mix_short: NDArray[np.float32]

    @property
    def priced(self) -> NDArray[np.bool_]:
        """Products whose money is known in every window in which they took part."""
        return np.asarray(
            self.known.any(axis=0)
            & np.isfinite(np.where(self.known[:, None, :], self.profit, 0.0)).all(axis=(0, 1))
        )

    def earned(self, policy: str) -> Array:
        """Money of a policy over all windows, shape (products,); 0 where no money is known."""
        money = np.where(self.known[:, None, :] & self.priced, self.profit, 0.0).sum(axis=0)
        if policy == "hindsight":
            return np.asarray(money[np.maximum(self.hindsight, 0), np.arange(len(self.skus))])
        return np.asarray(money[self.policies.index(policy)])


#: The prices of a replay: orders are counted as such there, and what can be cancelled is cancelled in the week it happens.
SCORED_BY = tuple(name for name in MONEY_FIELDS if name not in ("units_per_order", "cancellable_share"))


def scoring_items(skus: NDArray[Any]) -> dict[str, Array]:
    """Empty columns of what prices counts, to be filled at the first origin that knows a product and never changed afterwards."""
    return {name: np.full(len(skus), np.nan) for name in SCORED_BY}


def window_money(
    counts: Array, skus: NDArray[Any], values: Mapping[str, Array], price: Array
) -> tuple[Array, Array]:
    """Profit and average cash tied up of a window's counts (policies, products, strategies, counts), each unit priced as it was served.

    `values` are the money fields fixed beforehand, `price` (products,) the net price realised in the window (NaN: the fixed one).
    Cash is in money times years.
    """
    items: Items = empty_items(skus)
    for name, column in values.items():
        items = items.with_field(
            name, np.where(np.isfinite(price), price, column) if name == "price" else column, GIVEN
        )
    earned, cash = np.zeros(counts.shape[:2]), np.zeros(counts.shape[:2])
    for k, strategy in enumerate(PLAYED):
        used = counts[:, :, k].any(axis=(0, 2))
        money = money_values(items, strategy)
        n = counts_by_name(reacted(counts[:, :, k], strategy, money))
        earned += np.where(used, profit(n, money), 0.0)
        cash += np.where(used, cash_tied_up(n, money), 0.0)
    unknown = ~np.isfinite(items["price"] * items["unit_cost"])
    return np.where(unknown, np.nan, earned), np.where(unknown, np.nan, cash)


def value_closing(counts: Array, decided: Decision, tail: Array) -> Array:
    """The last window's counts with closing stock split by what really sold later.

    The last window's counts with closing stock split: what the weeks afterwards (`tail`, units per product) really sold stays worth its
    cost, the rest is excess and fetches salvage. Kits serve what finished stock does not.
    """
    out = counts.copy()
    finished = np.maximum(out[:, :, 0, _C["closing"]], 0.0)
    excess = np.maximum(finished - tail, 0.0)
    out[:, :, 0, _C["closing"]] -= excess
    out[:, :, 0, _C["closing_excess"]] += excess
    here = np.flatnonzero(decided.pool >= 0)
    if len(here):
        pool = decided.pool[here]
        closing = out[:, here, 1, _C["closing"]]
        wanted = np.maximum(tail[here] - finished[:, here], 0.0) * decided.stay_door[here]
        total, sells = (
            np.stack([np.bincount(pool, row, len(tail))[pool] for row in column])
            for column in (np.maximum(closing, 0.0), wanted)
        )
        beyond = np.maximum(closing, 0.0) * np.where(
            total > 0.0, np.maximum(total - sells, 0.0) / np.where(total > 0.0, total, 1.0), 0.0
        )
        out[:, here, 1, _C["closing"]] -= beyond
        out[:, here, 1, _C["closing_excess"]] += beyond
    return out


def best_afterwards(policies: tuple[str, ...], money: Array) -> NDArray[np.intp]:
    """The best single strategy of every product, known only afterwards: position of its policy; `money` is (policies, products)."""
    single = np.array([policies.index(name) for name in SINGLE if name in policies])
    known = np.isfinite(money[single]).all(axis=0)
    return np.where(
        known, single[np.argmax(np.where(np.isfinite(money[single]), money[single], -np.inf), axis=0)], -1
    )


def best_at_other_dates(replayed: Replayed, base: str) -> Array:
    """What each product would have gained over `base` at every date with the single strategy that was best at the other dates (products,); NaN with one date.

    Hindsight takes the best of several noisy results and so counts luck as knowledge; a strategy chosen at the other dates has no luck at this
    one. Source: cross-validation by leaving one out (Stone 1974).
    """
    money = np.where(replayed.known[:, None, :] & replayed.priced, np.nan_to_num(replayed.profit), 0.0)
    if len(money) < 2:
        return np.full(money.shape[2], np.nan)
    single = [replayed.policies.index(name) for name in SINGLE if name in replayed.policies]
    gain = money[:, single] - money[:, [replayed.policies.index(base)]]
    chosen = np.argmax(gain.sum(axis=0) - gain, axis=1)
    return np.asarray(np.take_along_axis(gain, chosen[:, None, :], axis=1)[:, 0].sum(axis=0))


def _half(skus: NDArray[Any]) -> NDArray[np.bool_]:
    """Products split into two halves by a hash of their text, for good."""
    return np.array([int(key) % 2 == 1 for key in sku_keys([str(s) for s in skus], 0)], np.bool_)


def resampled(columns: Array, seed: int) -> Array:
    """Sums of columns (products, k) over products drawn with replacement, as many as there are: shape (1000, k)."""
    rng = np.random.default_rng([seed, 6])
    n = len(columns)
    return np.stack([np.bincount(rng.integers(0, n, n), minlength=n) @ columns for _ in range(_RESAMPLES)])


def _range(sample: Array) -> tuple[float, float]:
    low, high = np.quantile(sample, (0.05, 0.95))
    return float(low), float(high)


def _service(replayed: Replayed, policy: str) -> dict[str, float]:
    p = replayed.policies.index(policy)
    total = replayed.counts[:, p].sum(axis=(0, 1, 2))
    found = physical_measures(total)
    years = replayed.schedule.years
    rates = {
        "units_on_hand": float(found["units_on_hand"]) / years,
        "units_in_process": float(found["units_in_process"]) / years,
    }
    names = (
        "units_demanded",
        "units_sold",
        "units_lost",
        "units_scrapped",
        "units_cleared",
        "fill_rate",
        "share_waiting",
        "share_lost",
    )
    return {name: float(found[name]) for name in names} | rates


def replay_summary(replayed: Replayed) -> dict[str, Any]:
    """The replay in one document: what `summary.json` holds.

    Money over all windows; `low` and `high` are the 5th and 95th percentile of the sum over products
    drawn with replacement.
    """
    plan, policies = replayed.schedule, replayed.policies
    priced = replayed.priced
    base = replayed.earned(replayed.baseline)
    mix = replayed.earned("mix")
    hindsight = replayed.earned("hindsight")
    half = _half(replayed.skus)
    first = policies.index("all_mts")
    money: dict[str, Any] = {}
    if priced.any():
        others = [name for name in policies if name != "mix"]
        repeatable = best_at_other_dates(replayed, replayed.baseline)
        columns = np.stack(
            [mix - replayed.earned(name) for name in others]
            + [repeatable, hindsight - base, hindsight - mix],
            axis=1,
        )[priced]
        sample = resampled(columns, replayed.seed)
        at = others.index(replayed.baseline)
        gained = float(columns[:, at].sum())
        possible = float(columns[:, -2].sum())
        against = {}
        for k, name in enumerate(others):
            low, high = _range(sample[:, k])
            against[name] = {
                "mix_gain": float(columns[:, k].sum()), "low": low, "high": high,
                "first_half_of_products": float(columns[half[priced], k].sum()), "second_half_of_products": float(columns[~half[priced], k].sum()),
            }  # fmt: skip
        money = {
            "profit": {name: float(replayed.earned(name).sum()) for name in (*policies, "hindsight")},
            "cash_tied_up": {
                name: float(
                    np.where(replayed.known & priced, np.nan_to_num(replayed.cash[:, k]), 0.0).sum()
                    / plan.years
                )
                for k, name in enumerate(policies)
            },
            "mix_against": against,
            "hindsight_gain": possible,
            "share_of_hindsight_kept": gained / possible if possible > 0.0 else None,
            "repeatable_gain": float(columns[:, -3].sum()) if len(plan.origins) > 1 else None,
            "share_of_luck_in_hindsight": 1.0 - float(columns[:, -3].sum()) / possible
            if possible > 0.0 and len(plan.origins) > 1
            else None,
            "share_of_luck_low_high": list(_range(1.0 - sample[:, -3] / sample[:, -2]))
            if len(plan.origins) > 1 and (sample[:, -2] > 0.0).all()
            else None,
            "share_kept_low_high": list(_range(sample[:, at] / sample[:, -2]))
            if (sample[:, -2] > 0.0).all()
            else None,
        }
    return {
        "sentence": replay_sentence(replayed, money),
        "currency": replayed.currency,
        "origins": [str(day) for day in plan.origins],
        "end": str(plan.end),
        "weeks": plan.weeks,
        "weeks_after_for_closing_stock": plan.tail_weeks,
        "baseline": replayed.baseline,
        "products": int(replayed.known.any(axis=0).sum()),
        "products_with_money": int(priced.sum()),
        "products_with_known_present_strategy": replayed.stated,
        "policies": {name: POLICIES[name] for name in policies}
        | {"hindsight": "the best single strategy of every product, known only afterwards"},
        "service": {name: _service(replayed, name) for name in policies},
        "money": money,
        "fill_rate_planned_when_stocking": replayed.planned_fill,
        "fill_rate_achieved_when_stocking": float(
            physical_measures(replayed.counts[:, first].sum(axis=(0, 1, 2)))["fill_rate"]
        ),
        "seed": replayed.seed,
        "notes": list(replayed.notes),
    }


def replay_sentence(replayed: Replayed, money: Mapping[str, Any]) -> str:
    """The result in words; a loss is called a loss. Where the mix keeps less than 80 % of hindsight's gain, what of that could be known is said."""
    plan = replayed.schedule
    count = len(plan.origins)
    begin = f"From {plan.origins[0]} to {plan.end}, decided at {count} date{'s' if count != 1 else ''} from what was known then, the mix"
    if not money:
        mix, base = (_service(replayed, name) for name in ("mix", replayed.baseline))
        return (
            f"{begin} would have served {percent_text(mix['fill_rate'])} of demand at once with {number_text(mix['units_on_hand'])} units in stock on average "
            f"({POLICIES[replayed.baseline]}: {percent_text(base['fill_rate'])} with {number_text(base['units_on_hand'])}). Without prices and costs there is no money."
        )
    against = money["mix_against"][replayed.baseline]
    gain, currency = against["mix_gain"], replayed.currency
    low, high = (against[name] for name in ("low", "high"))
    words = (
        "would have earned just as much as"
        if gain == 0.0
        else f"would have earned {money_text(abs(gain), currency)} {'more' if gain > 0 else 'less'} than"
    )
    likely = "" if low == high else f" (likely between {number_text(low, 2)} and {number_text(high, 2)})"
    text = f"{begin} {words} {POLICIES[replayed.baseline]}{likely}."
    share, possible = money["share_of_hindsight_kept"], money["hindsight_gain"]
    if share is not None and possible > 1e-9 * abs(money["profit"]["hindsight"]):
        kept = (
            f"the mix keeps {percent_text(share)} of that" if gain >= 0.0 else "the mix keeps nothing of that"
        )
        text += f" The best single strategy of every product, known only afterwards, would have gained {money_text(possible, currency)}: {kept}."
        repeatable, luck = money.get("repeatable_gain"), money.get("share_of_luck_low_high")
        if share < 0.8 and repeatable is not None:
            text += f" Part of that is luck that nobody could have known: the strategy that was best at the other dates would have gained {money_text(repeatable, currency)}"
            text += (
                f" (luck: {percent_text(max(luck[0], 0.0))} to {percent_text(min(max(luck[1], 0.0), 1.0))} of hindsight)."
                if luck
                else "."
            )
    return text


def replay_table(replayed: Replayed) -> pd.DataFrame:
    """`replay.csv`: one row per origin, product, policy and measure. Hindsight repeats its best single policy's rows."""
    c = replayed.counts.sum(axis=3)
    years = replayed.schedule.window_weeks / 52.0
    value = {
        "opening": c[..., _C["opening"]], "ordered": c[..., _C["ordered"]], "demanded": c[..., _C["demanded"]], "sold": c[..., _C["demanded"]] - c[..., _C["lost"]],
        "lost": c[..., _C["lost"]], "waited": c[..., _C["waited"]], "scrapped": c[..., _C["scrapped"]] + c[..., _C["closing_excess"]], "cleared": c[..., _C["cleared"]],
        "closing": c[..., _C["closing"]], "on_hand": c[..., _C["on_hand"]] / years, "orders": c[..., _C["lots"]] + c[..., _C["customer_orders"]], "profit": replayed.profit,
    }  # fmt: skip
    cube = np.stack([value[name] for name in MEASURES], axis=-1)
    strategy = np.array(PLAYED, object)[replayed.strategy]
    names = list(replayed.policies)
    if (replayed.hindsight >= 0).any():
        at = np.maximum(replayed.hindsight, 0)
        rows = np.arange(len(at))
        cube = np.concatenate(
            [
                cube,
                np.where((replayed.hindsight >= 0)[None, None, :, None], cube[:, at, rows][:, None], np.nan),
            ],
            axis=1,
        )
        strategy = np.concatenate([strategy, strategy[:, at, rows][:, None]], axis=1)
        names.append("hindsight")
    window, product = np.nonzero(replayed.known)
    policies, measures = len(names), len(MEASURES)
    block = cube.transpose(0, 2, 1, 3)[window, product]
    table = pd.DataFrame(
        {
            "origin": np.repeat(replayed.schedule.origins.astype(str)[window], policies * measures),
            "sku": np.repeat(replayed.skus[product], policies * measures),
            "policy": np.tile(np.repeat(np.array(names, object), measures), len(window)),
            "strategy": np.repeat(strategy.transpose(0, 2, 1)[window, product].ravel(), measures),
            "measure": np.tile(np.array(MEASURES, object), len(window) * policies),
            "value": block.ravel(),
        }
    )
    return table[np.isfinite(table["value"])].reset_index(drop=True)
