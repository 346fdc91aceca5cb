"""The mix against every other policy of a replay, with the range over products: of all, of those it can judge, and of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.randomness import sku_keys
from analytics.validation.gains import mix_gain, range_over_products
from analytics.validation.leftover import VALUATIONS
from analytics.validation.outcome import outcomes
from analytics.validation.score import Replayed

__all__ = ["PARTS", "mix_against", "money_of", "part_of", "policies_table", "products_table", "resampled"]

Array = NDArray[np.float64]

_RESAMPLES = 1000
#: With fewer families than this the draws of whole ones say nothing of a range: products are drawn one by one.
_FEWEST_FAMILIES = 5

#: What a replay's money is told of: all products, and the two parts whose sums make it up.
PARTS: Mapping[str, str] = {
    "all": "all products",
    "judged": "judged",
    "too_short_to_judge": "too short to judge",
}


def _half(skus: NDArray[Any]) -> NDArray[np.bool_]:
    """Products split into two halves by a hash of their text, for good."""
    return np.array([int(key) % 2 == 1 for key in sku_keys([str(s) for s in skus], 0)], np.bool_)


def resampled(columns: Array, seed: int, family: NDArray[np.intp] | None = None) -> Array:
    """Sums of columns (products, k) over products drawn with replacement, as many as there are: shape (1000, k).

    Products of one `family` (products,) are drawn together, as many families as there are; with fewer than five products
    are drawn one by one. The draws follow from the seed and the order of the SKUs alone.
    """
    rng = np.random.default_rng([seed, 6])
    code = np.arange(len(columns)) if family is None else np.unique(family, return_inverse=True)[1]
    n = int(code.max(initial=-1)) + 1
    if n >= _FEWEST_FAMILIES:
        columns = np.stack([np.bincount(code, column, n) for column in columns.T], axis=1)
    n = len(columns)
    return np.stack([np.bincount(rng.integers(0, n, n), minlength=n) @ columns for _ in range(_RESAMPLES)])


def part_of(replayed: Replayed, part: str) -> NDArray[np.bool_]:
    """Products with money of one of `PARTS`, shape (products,)."""
    if part == "all":
        return replayed.priced
    return replayed.priced & (replayed.too_short == (part == "too_short_to_judge"))


def mix_against(replayed: Replayed, part: str = "all", how: str = "rule") -> dict[str, dict[str, float]]:
    """What the mix earned more than every other policy with the products of one of `PARTS`, and its range over them.

    What is left at the end is worth what `how` says (see `leftover.VALUATIONS`). By policy: `mix_gain`, `low` and `high` (5th
    and 95th percentile over products drawn again and again; 0 where there is no product), and the gain with each half of the
    products, split by a hash for good. The `mix_gain` of the parts sum to that of all.
    """
    at = part_of(replayed, part)
    others = [name for name in replayed.policies if name != "mix"]
    mix = replayed.earned("mix", how)
    columns = np.stack([mix_gain(mix, replayed.earned(name, how)) for name in others], axis=1)[at]
    sample = (
        resampled(columns, replayed.seed, replayed.family[at]) if at.any() else np.zeros((1, len(others)))
    )
    half = _half(replayed.skus)[at]
    found = {}
    for k, name in enumerate(others):
        low, high = range_over_products(sample[:, k])
        found[name] = {
            "mix_gain": float(columns[:, k].sum()), "low": low, "high": high,
            "first_half_of_products": float(columns[half, k].sum()), "second_half_of_products": float(columns[~half, k].sum()),
        }  # fmt: skip
    return found


def money_of(replayed: Replayed, how: str = "rule") -> dict[str, Any]:
    """What every policy earned and what the mix earned more, with leftovers worth what `how` says: of all products, and of both parts of `PARTS`."""
    names = (*replayed.policies, "hindsight")
    earned = {name: replayed.earned(name, how) for name in names}

    def of(part: str) -> dict[str, Any]:
        at = part_of(replayed, part)
        profit = {name: float(money[at].sum()) for name, money in earned.items()}
        return {"profit": profit, "mix_against": mix_against(replayed, part, how)}

    parts = {
        part: {"products": int(part_of(replayed, part).sum()), **of(part)} for part in PARTS if part != "all"
    }
    return {**of("all"), **parts}


def policies_table(replayed: Replayed) -> pd.DataFrame:
    """`replay_policies.csv`: what every policy earned and what the mix earned more, by worth of leftovers and part of the products.

    `outcome` says how far the comparison goes with all products (see `outcomes`). `products` is how many products the part
    has. The parts "judged" and "too short to judge" sum to "all products".
    """
    rows: list[dict[str, Any]] = []
    said = (
        outcomes({how: mix_against(replayed, how=how) for how in VALUATIONS}) if replayed.priced.any() else {}
    )
    for how in VALUATIONS:
        for part, words in PARTS.items():
            at = part_of(replayed, part)
            against = mix_against(replayed, part, how) if at.any() else {}
            for name in (*replayed.policies, "hindsight"):
                found = against.get(name, {})
                rows.append(
                    {
                        "leftovers": how,
                        "part": words,
                        "policy": name,
                        "outcome": said.get(name, ""),
                        "products": int(at.sum()),
                        "profit": float(replayed.earned(name, how)[at].sum()) if said else np.nan,
                        "mix_gain": found.get("mix_gain", np.nan),
                        "mix_gain_low": found.get("low", np.nan),
                        "mix_gain_high": found.get("high", np.nan),
                    }
                )
    return pd.DataFrame(rows)


def products_table(replayed: Replayed) -> pd.DataFrame:
    """`replay_products.csv`: what each product played can be judged by, those first that are too short to judge.

    `lead_weeks` is the lead time that was played, `weeks_played` how many weeks of windows knew the product.
    """
    at = np.flatnonzero(replayed.known.any(axis=0))
    short = replayed.too_short[at]
    between = replayed.between[at]
    table = pd.DataFrame(
        {
            "sku": replayed.skus[at],
            "judged": np.where(short, "too short to judge", "judged"),
            "lead_weeks": replayed.lead_weeks[at],
            "weeks_between_sales": np.where(np.isfinite(between), between, np.nan),
            "weeks_played": replayed.weeks_played[at],
        }
    )
    return table.iloc[np.argsort(~short, kind="stable")].reset_index(drop=True)
