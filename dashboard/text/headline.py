"""The one sentence of the program, what has to stand beside it, and how sure it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analytics.naming.labels import Strategy, money_text, number_text, percent_text, strategy_text
from analytics.strategy.gains import gain_in_operating_profit
from analytics.strategy.portfolio.answer import better_stocked, joined, products_text
from analytics.strategy.portfolio.plans_compared import profit_over
from dashboard.results.facts import Facts
from dashboard.text.questions import opening
from dashboard.text.stock_words import cash_sentence
from dashboard.text.words import below_cost, counts_of, field_words, perhaps, plain, split_words

__all__ = ["Headline", "headline", "range_words"]


@dataclass(frozen=True)
class Headline:
    """The answer: a title, the badge of its confidence (text, colour), and the sentences below, as Markdown."""

    title: str
    badge: str
    colour: str
    sentences: tuple[str, ...]


#: The colour of a badge by the kind of confidence it says.
_COLOURS = {"firm": "green", "recomputing": "gray", "held": "gray"}


def _moves_most(facts: Facts) -> str:
    if not len(facts.sensitivity) or facts.portfolio.gain == 0.0:
        return ""
    row = facts.sensitivity.iloc[0]
    low, high = sorted((row["at_low"], row["at_high"]))
    return f"The gain moves most with {field_words(str(row['field']))}: from {number_text(low, 2)} to {money_text(high, plain(facts.currency))} within its range."


def _opening_words(facts: Facts) -> str:
    """What opens the money, step by step: never a figure that cannot help."""
    if opening(facts) == "unit_value":
        return (
            "Two figures open the money: what one unit is sold for on average (no price is in the file), then the gross margin. "
            "Prices or revenue in the sales file and an items file with unit costs are better."
        )
    return "One figure from your accounts, the gross margin, opens the money; an items file with unit costs is better."


def range_words(facts: Facts) -> str:
    """How far single gains are taken to be wrong in the range of the gain, and where that comes from; nothing while it is recomputed."""
    return facts.portfolio.gain_error.sentence if math.isfinite(facts.portfolio.gain_low) else ""


def headline(facts: Facts) -> Headline:
    """The one sentence of the program, and what has to stand beside it."""
    answer = facts.answer
    live = ~facts.products["ended"].to_numpy()
    if answer.kind in ("ended", "no_sales", "too_short", "below_cost"):
        return Headline(answer.title, answer.badge, "gray", (plain(answer.why),))
    below = int(below_cost(facts).sum())
    if not facts.has_money:
        count = counts_of(facts)
        why = "as today" if facts.compared_with.is_today else "because no file says how it is run today"
        return Headline(
            answer.title,
            answer.badge,
            "gray",
            (
                _opening_words(facts),
                f"Until then: {joined([f'{n} {strategy_text(s)}' for s, n in count.items() if n])}, {why}.",
            ),
        )
    count = counts_of(facts)
    leaves = sum(n for name, n in count.items() if name != Strategy.MTS)
    mix, base = facts.portfolio.money["mix"], facts.portfolio.money["baseline"]
    service, before = facts.portfolio.service["mix"], facts.portfolio.service["baseline"]
    money = plain(facts.currency)
    colour = _COLOURS.get(facts.confidence.kind, "orange")
    first: list[str] = []
    if answer.keep_what_you_do:
        colour = "orange" if answer.badge == "Too close" else "gray"
        first.append(plain(answer.why) + (f" {range_words(facts)}" if facts.portfolio.gain else "").rstrip())
    elif answer.kind == "stock":
        less = better_stocked(facts.profit, facts.strategies.index(Strategy.MTS), live)
        whole = (
            profit_over(facts.portfolio.money[Strategy.MTS], facts.portfolio.money[Strategy.MTO])
            if Strategy.MTO in facts.portfolio.money
            else 0.0
        )
        all_of_it = f" All of it to order would earn {money_text(whole, money)} less." if whole > less else ""
        first.append(
            f"No product of {int(live.sum())} earns more to order, by more than a change must bring.{all_of_it} Compared with **{facts.baseline_name}** the gain is "
            f"{money_text(facts.portfolio.gain, money)} over the next 12 months, all of it by planning better."
        )
    else:
        visible = gain_in_operating_profit(facts.portfolio.gain, mix, base)
        likely = (
            f"Likely between {number_text(facts.portfolio.gain_low, 2)} and {money_text(facts.portfolio.gain_high, money)}"
            if math.isfinite(facts.portfolio.gain_low)
            else "How likely is being recomputed"
        )
        first.append(
            f"Compared with **{facts.baseline_name}**."
            + (
                f" {likely}; {money_text(visible, money)} of it visible in operating profit, before one-off costs, if your unit cost is variable. {range_words(facts)}".rstrip()
                if facts.portfolio.gain
                else ""
            )
        )
    if said := cash_sentence(facts.stock, money):
        first.append(said)
    share = service["share_waiting"]
    waits = split_words(service, before if facts.compared_with.is_today else None)
    waits = waits if leaves else f"{waits[:1].upper()}{waits[1:]}"
    long = f", {perhaps(service['wait_days_median'], service['wait_days_p90'])}" if share > 0.0005 else ""
    first.append(
        f"{'In exchange ' if leaves else ''}{waits}{long}; {percent_text(service['share_lost'])} of sales are lost."
    )
    shop = facts.carrying
    if shop is not None and (len(shop.changed) or shop.rows["binds"].any()):
        unmet = "; not all of them can be met" if shop.rows["needed"].ne("").any() else ""
        first.append(
            f"Your limits are kept to, for **{money_text(max(shop.cost, 0.0), money)} a year**{unmet}: see the page Limits."
        )
    if below:
        first.append(
            f"{products_text(below)} {'sells' if below == 1 else 'sell'} below cost: fix the price first; the gain counts nothing for {'it' if below == 1 else 'them'}."
        )
    without = int((live & ~facts.priced).sum())
    if without:
        first.append(
            f"{products_text(without)} without price or cost {'is' if without == 1 else 'are'} not in these amounts."
        )
    second = [plain(sentence) for sentence in facts.confidence.sentences]
    further = [said for said in (_moves_most(facts), plain(facts.unseen)) if said]
    return Headline(
        answer.title,
        answer.badge,
        colour,
        (" ".join(first), " ".join([*second, *further])),
    )
