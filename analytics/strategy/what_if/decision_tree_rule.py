"""A rule that sales can use: a tree of at most two questions per product, and what it costs against the full choice.

The full choice weighs everything per product; a rule has only what a salesperson knows: price, demand, order size.
The tree is the best of all trees of its depth (exhaustive over rounded limits), weighted by money: a product that
it sends the wrong way counts with the money lost by that, not as one product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy, number_text, strategy_text
from analytics.strategy.compare import Comparison
from analytics.strategy.plans.recipes import replenishment_weeks

__all__ = ["FEATURES", "Branch", "Rule", "best_tree", "rule_features", "rule_for_sales", "rule_text", "sides"]

Array = NDArray[np.float64]

#: What a salesperson knows of a product: name -> (words above a limit, words up to it, unit).
FEATURES: Mapping[str, tuple[str, str, str]] = {
    "price": ("over {} in price", "up to {} in price", "money"),
    "units_per_month": ("over {} units a month", "up to {} units a month", "units"),
    "orders_per_month": ("over {} orders a month", "up to {} orders a month", "orders"),
    "units_per_order": ("over {} units an order", "up to {} units an order", "units"),
    "lead_weeks": ("over {} weeks to replenish", "up to {} weeks to replenish", "weeks"),
    "margin": ("over {} margin", "up to {} margin", "share"),
}
#: Limits tried per feature.
_LIMITS = 16
#: One more question must raise the gain kept by this share.
_WORTH_A_QUESTION = 0.02


@dataclass(frozen=True)
class Branch:
    """A question and its two sides: products with `feature` above `limit`, and the others; a side is a Branch or a strategy."""

    feature: str
    limit: float
    above: Branch | int
    below: Branch | int


@dataclass(frozen=True)
class Rule:
    """The rule as sentences and what it is worth.

    `share_kept` is the share of the gain that it keeps on products it was not made from (two halves, each judged by
    the rule of the other), `share_in_sample` on all products; `wrong` of `products` decided products it sends to another
    strategy than the full choice, which costs `lost` a year. `strategy` is what the rule says per product (position; -1: not decided).
    """

    tree: Branch | int
    sentences: tuple[str, ...]
    share_kept: float
    share_in_sample: float
    wrong: int
    products: int
    lost: float
    strategy: NDArray[np.intp]


def rule_features(comparison: Comparison, items: Items) -> dict[str, Array]:
    """The columns of FEATURES, per product: what is known before anything is computed."""
    month = comparison.chosen[Strategy.MTS].count("demanded") / 12.0
    size = np.maximum(np.nan_to_num(items["units_per_order"], nan=1.0), 1e-9)
    with np.errstate(invalid="ignore", divide="ignore"):
        margin = 1.0 - items["unit_cost"] / items["price"]
    return {
        "price": np.asarray(items["price"], np.float64),
        "units_per_month": month,
        "orders_per_month": month / size,
        "units_per_order": size,
        "lead_weeks": replenishment_weeks(items).astype(np.float64),
        "margin": margin,
    }


def _rounded(value: float) -> float:
    """A limit people can remember: one or two digits.

    >>> [_rounded(v) for v in (1534.0, 0.0731, 6.2)]
    [1500.0, 0.075, 6.0]
    """
    if value <= 0.0:
        return 0.0
    unit = 10.0 ** np.floor(np.log10(value))
    steps = np.array([1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8, 10])
    return float(f"{steps[np.argmin(np.abs(steps - value / unit))] * unit:.6g}")


def _limits(column: Array) -> list[float]:
    """Rounded limits that part the products, at most _LIMITS."""
    known = column[np.isfinite(column)]
    if not len(known):
        return []
    levels = np.quantile(known, np.linspace(0.0, 1.0, _LIMITS + 2)[1:-1])
    found = sorted({_rounded(float(v)) for v in levels})
    return [v for v in found if 0 < (known > v).sum() < len(known)]


def _split(parts: Array) -> tuple[NDArray[np.intp], Array]:
    """Best strategy and its money for sums over products (..., strategies)."""
    return np.argmax(parts, axis=-1), parts.max(axis=-1)


def best_tree(features: Mapping[str, Array], money: Array, depth: int) -> tuple[Branch | int, float]:
    """The tree of at most `depth` questions (0, 1 or 2) on one path that earns most, and what it earns.

    `money` (products, strategies) is what each strategy earns; `features` are columns (products,), NaN answers "up to".
    Exhaustive: every rounded limit of every feature, and under each answer every other one; sums over the products
    of two answers are one matrix product a strategy. Of equal trees the shorter one, then the earlier feature.

    >>> tree, earned = best_tree({"price": np.array([1.0, 2.0, 30.0, 40.0])}, np.array([[5.0, 1], [5, 1], [1, 4], [1, 4]]), 1)
    >>> tree.above, tree.below, earned
    (1, 0, 18.0)
    """
    whole = money.sum(axis=0)
    k, earned = int(np.argmax(whole)), float(whole.max())
    questions = [(name, limit) for name, column in features.items() for limit in _limits(column)]
    if depth < 1 or not questions:
        return k, earned
    above = np.stack([features[name] > limit for name, limit in questions]).astype(np.float64)
    high = above @ money
    low = whole - high
    (pick_high, money_high), (pick_low, money_low) = _split(high), _split(low)
    least = 1e-9 * abs(earned)
    tree: Branch | int = k
    t = int(np.argmax(money_high + money_low))
    if money_high[t] + money_low[t] > earned + least:
        tree, earned = (
            Branch(*questions[t], int(pick_high[t]), int(pick_low[t])),
            float(money_high[t] + money_low[t]),
        )
    if depth < 2:
        return tree, earned
    both = np.stack([(above * money[:, j]) @ above.T for j in range(money.shape[1])], axis=-1)
    # [first question, second question, strategy]: yes and yes, yes and no, no and yes, no and no
    quarters = both, high[:, None] - both, high[None, :] - both, low[:, None] - high[None, :] + both
    (a, yes_yes), (b, yes_no), (c, no_yes), (d, no_no) = (_split(part) for part in quarters)
    under_yes, under_no = np.argmax(yes_yes + yes_no, axis=1), np.argmax(no_yes + no_no, axis=1)
    rows = np.arange(len(questions))
    split_yes, split_no = (yes_yes + yes_no)[rows, under_yes], (no_yes + no_no)[rows, under_no]
    total = np.maximum(split_yes, money_high) + np.maximum(split_no, money_low)
    t = int(np.argmax(total))
    if total[t] > earned + least:

        def side(
            second: NDArray[np.intp],
            gained: Array,
            alone: Array,
            pick: NDArray[np.intp],
            one: NDArray[np.intp],
            other: NDArray[np.intp],
        ) -> Branch | int:
            q = int(second[t])
            return (
                Branch(*questions[q], int(one[t, q]), int(other[t, q]))
                if gained[t] > alone[t] + least
                else int(pick[t])
            )

        tree = Branch(
            *questions[t],
            side(under_yes, split_yes, money_high, pick_high, a, b),
            side(under_no, split_no, money_low, pick_low, c, d),
        )
        earned = float(total[t])
    return tree, earned


def sides(tree: Branch | int, features: Mapping[str, Array], products: int) -> NDArray[np.intp]:
    """What a tree says per product: position of the strategy, shape (products,)."""
    if not isinstance(tree, Branch):
        return np.full(products, tree, np.intp)
    yes = features[tree.feature] > tree.limit
    return np.where(yes, sides(tree.above, features, products), sides(tree.below, features, products))


def _limit_text(feature: str, value: float, currency: str) -> str:
    unit = FEATURES[feature][2]
    if unit == "share":
        return f"{100.0 * value:.3g} %"
    return f"{number_text(value)} {currency}".strip() if unit == "money" else number_text(value)


def rule_text(tree: Branch | int, strategies: tuple[str, ...], currency: str = "") -> tuple[str, ...]:
    """A tree in words, one sentence a leaf.

    >>> rule_text(Branch("price", 1500.0, 1, 0), ("MTS", "MTO"), "USD")
    ('Over 1.5 k USD in price: make to order.', 'All others: make to stock.')
    """
    leaves: list[tuple[list[str], int]] = []

    def walk(node: Branch | int, path: list[str]) -> None:
        if not isinstance(node, Branch):
            leaves.append((path, node))
            return
        limit = _limit_text(node.feature, node.limit, currency)
        walk(node.above, [*path, FEATURES[node.feature][0].format(limit).replace(" 1 weeks", " 1 week")])
        walk(node.below, [*path, FEATURES[node.feature][1].format(limit).replace(" 1 weeks", " 1 week")])

    walk(tree, [])
    if len(leaves) == 1:
        return (f"Every product: {strategy_text(strategies[leaves[0][1]])}.",)
    # the strategy of most leaves, stock first, is the rest
    rest = max(
        (k for _, k in leaves),
        key=lambda k: (sum(1 for _, other in leaves if other == k), strategies[k] == Strategy.MTS),
    )
    merged: dict[int, list[str]] = {}
    for path, k in leaves:
        if k != rest:
            merged.setdefault(k, []).append(" and ".join(path))
    said = []
    for k, paths in merged.items():
        text = ", or ".join(paths)
        said.append(f"{text[:1].upper()}{text[1:]}: {strategy_text(strategies[k])}.")
    return (*said, f"All others: {strategy_text(strategies[rest])}.")


def rule_for_sales(
    features: Mapping[str, Array], profit: Array, recommended: NDArray[np.intp], baseline: NDArray[np.intp], decided: NDArray[np.bool_], strategies: tuple[str, ...],
    currency: str = "", most_questions: int = 2,
) -> Rule | None:  # fmt: skip
    """The shallow rule that keeps most of the gain; None where fewer than eight products are decided.

    `profit` (products, strategies), NaN where not offered: a rule that says so there means stock. One question less
    where that keeps nearly as much. The gain is that over the baseline's strategies; where nothing is gained by
    changing, it is that over the worst single strategy for all, so that the share has a meaning there too.
    """
    rows = np.flatnonzero(decided)
    if len(rows) < 8:
        return None
    stock = strategies.index(Strategy.MTS)
    money = np.where(np.isfinite(profit[rows]), profit[rows], profit[rows, stock][:, None])
    own = {name: np.asarray(column, np.float64)[rows] for name, column in features.items()}
    at = np.arange(len(rows))
    best, base = money[at, recommended[rows]], money[at, baseline[rows]]
    if best.sum() - base.sum() <= 1e-9 * np.abs(best).sum():
        base = money[:, int(np.argmin(money.sum(axis=0)))]
    gain = float((best - base).sum())

    def said(tree: Branch | int, who: NDArray[Any]) -> Array:
        return money[who, sides(tree, {f: c[who] for f, c in own.items()}, len(who))]

    # halves alike in what is at stake: every second product by the money it can lose
    order = np.argsort(-(money.max(axis=1) - money.min(axis=1)), kind="stable")
    halves = order[0::2], order[1::2]
    tried = []
    for depth in range(most_questions + 1):
        tree, earned = best_tree(own, money, depth)
        held_out = 0.0
        for fitted, judged in (halves, halves[::-1]):
            one, _ = best_tree({f: c[fitted] for f, c in own.items()}, money[fitted], depth)
            held_out += float((said(one, judged) - base[judged]).sum())
        tried.append((tree, earned, held_out / gain if gain > 0.0 else 1.0))
    depth = 0
    for k in range(1, len(tried)):
        if tried[k][2] > tried[depth][2] + _WORTH_A_QUESTION:
            depth = k
    tree, earned, kept = tried[depth]
    pick = sides(tree, own, len(rows))
    offered = np.isfinite(profit[rows, pick])
    pick = np.where(offered, pick, stock)
    strategy = np.full(len(profit), -1, np.intp)
    strategy[rows] = pick
    share = (earned - float(base.sum())) / gain if gain > 0.0 else 1.0
    wrong = int((pick != recommended[rows]).sum())
    sentences = rule_text(tree, strategies, currency)
    if not offered.all():
        sentences = (*sentences, "Where that is not offered: make to stock.")
    return Rule(
        tree, sentences, kept, share, wrong, len(rows), float((best - money[at, pick]).sum()), strategy
    )
