"""Reasons in plain words with their money: why this strategy, and why not the others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import ASSUMED, Items
from analytics.labels import money_text, number_text, percent_text, strategy_text
from analytics.strategy.compare import Comparison
from analytics.strategy.measures import physical_measures, priced_measures
from analytics.strategy.price import money_values

__all__ = ["break_even_text", "reasons"]

Array = NDArray[np.float64]

#: How each component reads when a strategy bears more of it than the other.
_WORDS = {
    "capital": "ties up money worth {}",
    "storage": "pays {} for storage and insurance",
    "setup": "pays {} for set-ups",
    "lost_margin": "loses {} of margin on orders it does not get",
    "goodwill": "loses {} of goodwill",
    "waiting": "pays {} for waiting",
    "obsolescence": "writes off {} of stranded stock",
    "markdown": "gives away {} in markdowns",
    "cancellation": "loses {} to cancellations",
    "premium": "pays {} for making single units",
}

#: How it is said at which value of a price the choice turns.
_TURNS = {
    "clearing_share": "cleared stock fetches {} of its cost",
    "salvage_share": "leftovers fetch {} of their cost",
    "cost_premium": "making single units costs {} more",
    "price_premium": "buyers pay {} more for what is made for them",
    "capital_rate": "capital costs {} a year",
    "storage_rate": "storage and handling cost {} of unit cost a year",
    "insurance_rate": "insurance and shrinkage cost {} of unit cost a year",
}


def break_even_text(field: str, value: float, waits: bool = True) -> str:
    """Where an assumption turns the recommendation, in the user's words; `waits`: buyers wait longer than under the runner-up.

    >>> break_even_text("patience_per_day", 0.03)
    'it turns if more than 34 % of buyers refuse a two-week wait'
    >>> break_even_text("clearing_share", 0.56)
    'it turns where cleared stock fetches 56 % of its cost'
    """
    if field == "patience_per_day":
        return f"it turns if {'more' if waits else 'fewer'} than {percent_text(1.0 - float(np.exp(-14.0 * value)))} of buyers refuse a two-week wait"
    if field == "hazard_per_year":
        return f"it turns where a model stays in the range {number_text(1.0 / max(value, 1e-9), 2)} years on average"
    unit = FIELDS[field].unit
    shown = percent_text(value) if unit.startswith("share") or unit == "1/year" else f"{number_text(value)} {unit}"
    return f"it turns where {_TURNS[field].format(shown)}" if field in _TURNS else f"it turns at {shown} for: {FIELDS[field].label.lower()}"


def _extra_costs(difference: Array, limits: Array, currency: str) -> list[str]:
    """The components (rows, components) above the limit of their row, largest first and three at most, as one phrase each."""
    names = list(_WORDS)
    phrases = []
    for largest, row, limit in zip(np.argsort(-difference)[:, :3].tolist(), difference.tolist(), limits.tolist(), strict=True):
        parts = [_WORDS[names[k]].format(money_text(row[k], currency)) for k in largest if row[k] > limit]
        phrases.append(", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1] if parts else "")
    return phrases


def reasons(
    comparison: Comparison,
    items: Items,
    recommended: NDArray[np.intp],
    runner_up: NDArray[np.intp],
    baseline: NDArray[np.intp],
    verdict: NDArray[Any],
    break_even: Array,
    ended: NDArray[np.bool_],
    money_known: NDArray[np.bool_],
    below_cost: NDArray[np.bool_],
    currency: str = "",
    ruled_out: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """For every product: the reason, why not each other strategy offered, and notes (sentences joined by spaces)."""
    strategies = comparison.strategies
    n = len(items)
    names = list(_WORDS)
    parts = np.full((n, len(strategies), len(names)), np.nan)
    lost = np.full((n, len(strategies)), np.nan)
    for k, name in enumerate(strategies):
        money = priced_measures(comparison.chosen[name].counts, money_values(items, name))
        parts[:, k] = np.stack([money[c] for c in names], axis=1)
        lost[:, k] = physical_measures(comparison.chosen[name].counts)["share_lost"]
    make = np.nan_to_num(items["make"], nan=1.0) > 0.0
    price, cost = items["price"], items["unit_cost"]
    cost_assumed = items.origin("unit_cost") == ASSUMED
    reason, why_not, notes = (np.full(n, "", object) for _ in range(3))
    limit = 0.002 * np.abs(price) * np.maximum(comparison.chosen["MTS"].counts[:, 0], 1e-9)
    above = parts - parts[np.arange(n), recommended][:, None]
    extra = [_extra_costs(above[:, k], limit, currency) for k in range(len(strategies))]
    paid = _extra_costs(-above[np.arange(n), np.maximum(runner_up, 0)], limit, currency)
    for i in range(n):
        note: list[str] = []
        rec = strategies[recommended[i]]
        if ended[i]:
            reason[i] = "Ended: nothing to decide; what is left in stock is sunk."
            continue
        if not money_known[i]:
            missing = "price and unit cost" if not np.isfinite(price[i]) and not np.isfinite(cost[i]) else "price" if not np.isfinite(price[i]) else "unit cost"
            reason[i] = f"Not decidable in money: {missing} unknown. One gross-margin figure or an items file opens it."
            continue
        if below_cost[i]:
            loss = money_text(float(cost[i] - price[i]), currency)
            reason[i] = f"Sells below cost: every unit loses {loss}, whatever the strategy. Fix the price first; until then it stays as it is and is not counted."
            continue
        if verdict[i] == "not_decidable":
            reason[i] = "Not decidable: one period of sales is no history. It stays as it is; bring at least some months, best two years or more."
            continue
        r = runner_up[i]
        words = strategy_text(rec, bool(make[i])).capitalize()
        if r >= 0:
            other = strategy_text(strategies[r], bool(make[i]))
            against, price_paid = extra[r][i], paid[i]
            if verdict[i] == "too_close":
                distance = money_text(abs(float(comparison.profit[i, recommended[i]] - comparison.profit[i, r])), currency)
                stays = strategy_text(strategies[baseline[i]], bool(make[i]))
                reason[i] = f"Too close to call: stays {stays}. The other choice, to {other}, differs by {distance} a year."
            else:
                reason[i] = f"{words}: to {other} {against}." if against else f"{words}: it costs a little less than to {other} in every respect."
                if price_paid:
                    reason[i] += f" In return it {price_paid}."
            if verdict[i].startswith("depends_on_"):
                text = break_even_text(verdict[i].removeprefix("depends_on_"), float(break_even[i]), bool(recommended[i] > r))
                reason[i] += f" {text[0].upper()}{text[1:]}; you have not confirmed this."
        elif ruled_out is not None and ruled_out[i].any():
            reason[i] = f"{words}: with its family, which shares the parts; leaving it to itself would cost the family more than it earns."
        else:
            reason[i] = f"{words}: no other strategy is offered."
        sentences = []
        for k, name in enumerate(strategies):
            if k == recommended[i] or not np.isfinite(comparison.profit[i, k]):
                continue
            short = float(comparison.profit[i, recommended[i]] - comparison.profit[i, k])
            tail = f": it {extra[k][i]}" if extra[k][i] else ""
            verb = "earns" if short < 0 else "falls short by"
            amount = money_text(abs(short), currency) + (" more, but not surely" if short < 0 else "")
            if ruled_out is not None and ruled_out[i, k]:
                alone = "the product alone; without it the rest of its family would pay more than that for the parts they share"
                amount = money_text(abs(short), currency) + (" more" if short < 0 else "")
                tail = ", with the whole family; too few of it would join to share the parts" if name == "ATO" else f", {alone}" if short < 0 else tail
            sentences.append(f"Not {strategy_text(name, bool(make[i]))}: {verb} {amount} a year{tail}.")
        if "ATO" not in strategies or not comparison.chosen["ATO"].offered[i]:
            if make[i]:
                sentences.append("Assemble to order is not offered: no share of common components is known.")
            else:
                sentences.append("Bought in: there is nothing to assemble.")
        why_not[i] = " ".join(sentences)
        if ruled_out is not None and rec == "ATO" and any(ruled_out[i, k] and comparison.profit[i, k] <= comparison.profit[i, recommended[i]] for k in range(len(strategies))):
            note.append("Alone it would gain too little to change; its family pays less for the parts they share when it joins.")
        if cost_assumed[i]:
            note.append("Unit cost follows from the stated gross margin.")
        notes[i] = " ".join(note)
    return reason, why_not, notes
