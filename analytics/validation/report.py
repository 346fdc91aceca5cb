"""A replay as told: its summary with ranges by product, the result in one sentence, and the table `replay.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.naming.labels import money_text, number_text, percent_text
from analytics.strategy.money.measures import counts_by_name, physical_measures
from analytics.validation.compared import money_of, resampled
from analytics.validation.gains import (
    WINDOW_FORMULAS,
    hindsight_gain,
    mix_gain,
    range_over_products,
    share_of_hindsight_kept,
    share_of_luck_in_hindsight,
)
from analytics.validation.judged import judged_sentence
from analytics.validation.leftover import VALUATIONS
from analytics.validation.outcome import leftover_sentence, outcomes
from analytics.validation.policies import DECIDED, POLICIES
from analytics.validation.score import MEASURES, Replayed, repeatable_gain

__all__ = ["replay_sentence", "replay_summary", "replay_table"]

Array = NDArray[np.float64]


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
        "units_left",
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
    first = policies.index("all_mts")
    money = _money(replayed) if priced.any() else {}
    short = replayed.too_short
    judged = replayed.known.any(axis=0) & ~short
    return {
        "sentence": replay_sentence(replayed, money),
        "currency": replayed.currency,
        "origins": [str(day) for day in plan.origins],
        "end": str(plan.end),
        "weeks": plan.weeks,
        "weeks_after_for_closing_stock": plan.tail_weeks,
        "baseline": replayed.baseline,
        "products": int(replayed.known.any(axis=0).sum()),
        "products_in_file": replayed.in_file,
        "chosen": _chosen_words(replayed),
        "products_with_money": int(priced.sum()),
        "products_with_known_present_strategy": replayed.stated,
        "policies": {name: POLICIES[name] for name in policies}
        | {"hindsight": "the best single strategy of every product, known only afterwards"},
        "service": {name: _service(replayed, name) for name in policies},
        "money": money,
        "judged": {"products": int(judged.sum())},
        "too_short_to_judge": {
            "products": int(short.sum()),
            "sentence": _judged_words(replayed, money),
            "skus": [str(sku) for sku in replayed.skus[short]],
        },
        "fill_rate_planned_when_stocking": replayed.planned_fill,
        "fill_rate_achieved_when_stocking": float(
            physical_measures(replayed.counts[:, first].sum(axis=(0, 1, 2)))["fill_rate"]
        ),
        "seed": replayed.seed,
        "leftover_sentence": _leftover_words(replayed, money),
        "notes": list(replayed.notes),
    }


def _leftover_words(replayed: Replayed, money: Mapping[str, Any]) -> str:
    """How much hangs on what is left over; empty without money."""
    if not money:
        return ""
    against = {how: found["mix_against"] for how, found in money["closing_valued"].items()}
    return leftover_sentence(against, POLICIES, replayed.baseline)


def _chosen_words(replayed: Replayed) -> str:
    """How the products replayed were chosen from those of the file; empty where all of them are replayed."""
    if len(replayed.skus) == replayed.in_file:
        return ""
    return (
        f"Replayed are {len(replayed.skus):,} of the file's {replayed.in_file:,} products, chosen by a hash of their SKUs and "
        "nothing else, whole families where components are shared; everything is fitted on these alone."
    )


def _judged_words(replayed: Replayed, money: Mapping[str, Any]) -> str:
    """What of the gain against today's way comes from products that the windows are too short to judge."""
    base = replayed.baseline
    parts = []
    for part in ("judged", "too_short_to_judge"):
        at = replayed.known.any(axis=0) & (replayed.too_short == (part == "too_short_to_judge"))
        parts.append({"products": int(at.sum()), **(money[part]["mix_against"][base] if money else {})})
    return judged_sentence(parts[0], parts[1], replayed.schedule.weeks, POLICIES[base])


def _money(replayed: Replayed) -> dict[str, Any]:
    """The block `money` of the summary, of the products with price and cost."""
    plan, policies, priced = replayed.schedule, replayed.policies, replayed.priced
    base, mix, hindsight = (replayed.earned(name) for name in (replayed.baseline, "mix", "hindsight"))
    repeatable = repeatable_gain(replayed, replayed.baseline)
    columns = np.stack(
        [mix_gain(mix, base), repeatable, hindsight_gain(hindsight, base)],
        axis=1,
    )[priced]
    sample = resampled(columns, replayed.seed, replayed.family[priced])
    gained, repeated, possible = (float(total) for total in columns.sum(axis=0))
    several, always = len(plan.origins) > 1, bool((sample[:, 2] > 0.0).all())

    def by_window(cube: Array) -> Array:
        return np.where(replayed.known[:, None, :] & priced, np.nan_to_num(cube), 0.0).sum(axis=2)

    cash, grown = by_window(replayed.cash).sum(axis=0) / plan.years, by_window(replayed.grown)
    valued = {how: money_of(replayed, how) for how in VALUATIONS}
    return {
        **valued["rule"],
        "closing_valued": {
            how: {"words": words, "judged_sentence": _judged_words(replayed, valued[how]), **valued[how]}
            for how, words in VALUATIONS.items()
        },
        "outcome": outcomes({how: found["mix_against"] for how, found in valued.items()}),
        "cash_tied_up": dict(zip(policies, cash.tolist(), strict=True)),
        "ordered_less_sold": {
            name: {str(day): float(grown[w, k]) for w, day in enumerate(plan.origins)}
            for k, name in enumerate(policies)
        },
        "hindsight_gain": possible,
        "share_of_hindsight_kept": share_of_hindsight_kept(gained, possible) if possible > 0.0 else None,
        "repeatable_gain": repeated if several else None,
        "share_of_luck_in_hindsight": share_of_luck_in_hindsight(repeated, possible)
        if possible > 0.0 and several
        else None,
        "share_of_luck_low_high": list(
            range_over_products(np.asarray(share_of_luck_in_hindsight(sample[:, 1], sample[:, 2])))
        )
        if several and always
        else None,
        "share_kept_low_high": list(
            range_over_products(np.asarray(share_of_hindsight_kept(sample[:, 0], sample[:, 2])))
        )
        if always
        else None,
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
                f" (luck: {percent_text(luck[0])} to {percent_text(luck[1])} of hindsight)." if luck else "."
            )
    return text


def replay_table(replayed: Replayed) -> pd.DataFrame:
    """`replay.csv`: one row per origin, product, policy and measure. Hindsight repeats its best single policy's rows."""
    n = counts_by_name(replayed.counts.sum(axis=3))
    years = replayed.schedule.window_weeks / 52.0
    value = {name: formula(n) for name, formula in WINDOW_FORMULAS.items()}
    value |= {"profit": replayed.profit, "ordered_less_sold": replayed.grown}
    value["on_hand"] = value["on_hand"] / years
    cube = np.stack([value[name] for name in MEASURES], axis=-1)
    strategy = np.array(DECIDED, object)[replayed.strategy]
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
