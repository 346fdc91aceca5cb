"""What has to stand beside the answer, in sentences: compared with what, how likely, the cash, who waits, what is left out, how sure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.naming.labels import Strategy, money_text, number_text, percent_text, strategy_text
from analytics.naming.scales import field_words
from analytics.strategy.gains import gain_in_operating_profit
from analytics.strategy.portfolio.answer import Answer, joined, products_text
from analytics.strategy.portfolio.confidence import Confidence
from analytics.strategy.portfolio.plans_compared import profit_over
from analytics.strategy.portfolio.sums import Portfolio
from analytics.strategy.present.baseline import Baseline
from analytics.valuation.on_hand import StockFacts
from analytics.writeup.words.stock import cash_sentence
from analytics.writeup.words.waits import perhaps, split_words

__all__ = ["Beside", "answer_sentences", "money_opens", "range_words"]

#: Kinds of answer beside which only the reason stands.
_NOTHING = ("ended", "no_sales", "too_short", "below_cost")
Marked = Callable[[str], str]


@dataclass(frozen=True, eq=False)
class Beside:
    """What stands beside an answer is made from this.

    `counts` are the living products by what they are to be, `priced` of them with price and cost (none: there is no money), `below_cost` those that sell below cost,
    `better_stocked` what the best other way of every product would earn less than stock. `opens` says what would open the money (see `money_opens`). `limits` is what
    keeping to limits costs a year and whether all can be met (None: nothing is limited). `moves` is what moves the gain most, with the gain at both ends
    (None: not known yet), `unseen` a sentence on demand that was never seen.
    """

    answer: Answer
    confidence: Confidence
    portfolio: Portfolio
    compared_with: Baseline
    counts: Mapping[str, int]
    priced: int
    below_cost: int
    better_stocked: float
    opens: str
    stock: StockFacts
    limits: tuple[float, bool] | None
    moves: tuple[str, float, float] | None
    unseen: str
    currency: str

    @property
    def living(self) -> int:
        """Products that have not ended."""
        return sum(self.counts.values())


def money_opens(price: NDArray[np.float64], cost: NDArray[np.float64], living: NDArray[np.bool_]) -> str:
    """The value that would open the money next: unit_value where no price is known, then gross_margin where no cost is; "" where it is open.

    All (products,), NaN unknown.

    >>> known, not_known, all_of_them = np.array([5.0]), np.array([np.nan]), np.ones(1, bool)
    >>> money_opens(not_known, not_known, all_of_them), money_opens(known, not_known, all_of_them), money_opens(known, known, all_of_them)
    ('unit_value', 'gross_margin', '')
    """
    priced, costed = np.isfinite(price), np.isfinite(cost)
    if (living & ~priced).any() and not (living & priced & costed).any():
        return "unit_value" if not (living & priced).any() else "gross_margin"
    return "gross_margin" if (living & priced & ~costed).any() else ""


def range_words(portfolio: Portfolio) -> str:
    """How far single gains are taken to be wrong in the range of the gain, and where that comes from; nothing while it is recomputed."""
    return portfolio.gain_error.sentence if math.isfinite(portfolio.gain_low) else ""


def answer_sentences(beside: Beside, strong: Marked = str, safe: Marked = str) -> tuple[str, ...]:
    """What has to stand beside the answer, in paragraphs: first what it brings and costs, then how sure it is.

    `strong` marks what stands out, `safe` makes a text of the file safe where it is shown.
    """
    answer = beside.answer
    if answer.kind in _NOTHING:
        return (safe(answer.why),)
    if not beside.priced:
        why = "as today" if beside.compared_with.is_today else "because no file says how it is run today"
        counted = joined([f"{n} {strategy_text(s)}" for s, n in beside.counts.items() if n])
        return (_opening_words(beside.opens), f"Until then: {counted}, {why}.")
    first = [*_gain_words(beside, strong, safe), *_price_paid(beside, strong, safe), *_left_out(beside)]
    second = [safe(sentence) for sentence in beside.confidence.sentences]
    further = [said for said in (_moves_most(beside, safe), safe(beside.unseen)) if said]
    return (" ".join(first), " ".join([*second, *further]))


def _opening_words(opens: str) -> str:
    """What opens the money, step by step: never a figure that cannot help."""
    if opens == "unit_value":
        return (
            "Two figures open the money: what one unit is sold for on average (no price is in the file), then the gross margin. "
            "Prices or revenue in the sales file and an items file with unit costs are better."
        )
    return "One figure from your accounts, the gross margin, opens the money; an items file with unit costs is better."


def _gain_words(beside: Beside, strong: Marked, safe: Marked) -> list[str]:
    """What the gain is compared with and how likely it is, or why nothing is to be changed."""
    answer, found, money = beside.answer, beside.portfolio, safe(beside.currency)
    if answer.keep_what_you_do:
        return [safe(answer.why) + (f" {range_words(found)}" if found.gain else "").rstrip()]
    if answer.kind == "stock":
        whole = (
            profit_over(found.money[Strategy.MTS], found.money[Strategy.MTO])
            if Strategy.MTO in found.money
            else 0.0
        )
        more = whole > beside.better_stocked
        all_of_it = f" All of it to order would earn {money_text(whole, money)} less." if more else ""
        return [
            f"No product of {beside.living} earns more to order, by more than a change must bring.{all_of_it} Compared with {strong(beside.compared_with.name)} the gain is "
            f"{money_text(found.gain, money)} over the next 12 months, all of it by planning better."
        ]
    said = f"Compared with {strong(beside.compared_with.name)}."
    if not found.gain:
        return [said]
    visible = gain_in_operating_profit(found.gain, found.money["mix"], found.money["baseline"])
    likely = (
        f"Likely between {number_text(found.gain_low, 2)} and {money_text(found.gain_high, money)}"
        if math.isfinite(found.gain_low)
        else "How likely is being recomputed"
    )
    in_profit = f"{money_text(visible, money)} of it visible in operating profit, before one-off costs, if your unit cost is variable."
    return [f"{said} {likely}; {in_profit} {range_words(found)}".rstrip()]


def _price_paid(beside: Beside, strong: Marked, safe: Marked) -> list[str]:
    """Cash, once; who waits and what is lost in exchange; what keeping to limits costs."""
    money, said = safe(beside.currency), []
    if cash := cash_sentence(beside.stock, money, strong):
        said.append(cash)
    service, before = beside.portfolio.service["mix"], beside.portfolio.service["baseline"]
    leaves = beside.living - beside.counts.get(Strategy.MTS, 0)
    waits = split_words(service, before if beside.compared_with.is_today else None)
    waits = waits if leaves else f"{waits[:1].upper()}{waits[1:]}"
    waiting = service["share_waiting"] > 0.0005
    long = f", {perhaps(service['wait_days_median'], service['wait_days_p90'])}" if waiting else ""
    lost = percent_text(service["share_lost"])
    said.append(f"{'In exchange ' if leaves else ''}{waits}{long}; {lost} of sales are lost.")
    if beside.limits is not None:
        cost, met = beside.limits
        unmet = "" if met else "; not all of them can be met"
        said.append(
            f"Your limits are kept to, for {strong(f'{money_text(max(cost, 0.0), money)} a year')}{unmet}: see the page Limits."
        )
    return said


def _left_out(beside: Beside) -> list[str]:
    """Products whose money counts nothing, or is in no amount."""
    below, without, said = beside.below_cost, beside.living - beside.priced, []
    if below:
        said.append(
            f"{products_text(below)} {'sells' if below == 1 else 'sell'} below cost: fix the price first; the gain counts nothing for {'it' if below == 1 else 'them'}."
        )
    if without:
        said.append(
            f"{products_text(without)} without price or cost {'is' if without == 1 else 'are'} not in these amounts."
        )
    return said


def _moves_most(beside: Beside, safe: Marked) -> str:
    if beside.moves is None or beside.portfolio.gain == 0.0:
        return ""
    field, low, high = beside.moves
    ends = sorted((low, high))
    return f"The gain moves most with {field_words(field)}: from {number_text(ends[0], 2)} to {money_text(ends[1], safe(beside.currency))} within its range."
