"""The one sentence of the program, what has to stand beside it, and how sure it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analytics.labels import money_text, number_text, percent_text, strategy_text
from analytics.strategy.worth import worth_a_change
from dashboard.facts import Facts
from dashboard.questions import opening
from dashboard.stock_words import cash_sentence
from dashboard.words import below_cost, counts_of, field_words, perhaps, plain

__all__ = ["Headline", "best_other", "headline", "worth_changing"]


def _products(count: int) -> str:
    return "1 product" if count == 1 else f"{count:,} products"


def _parts(facts: Facts, bought: bool) -> list[str]:
    """What happens to how many products: the first part says "products", the others only count."""
    count = counts_of(facts)
    verb = "buy" if bought else "make"
    words = {"MTO": f"{verb} {{}} to order", "ATO": "assemble {}", "HYBRID": "split {} by order size", "MTS": "stock {}"}
    used = [name for name in words if count.get(name)]
    return [words[name].format(_products(count[name]) if k == 0 else f"{count[name]:,}") for k, name in enumerate(used)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


@dataclass(frozen=True)
class Headline:
    """The answer: a title, the badge of its confidence (text, colour), and the sentences below, as Markdown."""

    title: str
    badge: str
    colour: str
    sentences: tuple[str, ...]


#: The colour of a badge by the kind of confidence it says.
_COLOURS = {"firm": "green", "recomputing": "gray", "held": "gray"}


def worth_changing(facts: Facts) -> bool:
    """Whether the gain is worth changing anything (`analytics.strategy.worth`); what a person chose is told as it is, a loss as a loss."""
    return bool(facts.overrides) or worth_a_change(facts.gain, facts.gain_low, facts.gain_high, facts.plans["mix"]["profit"])


def _looked_at(facts: Facts) -> str:
    """What was looked at where nothing is worth a change: products, ways, and what the best found would bring."""
    live = int((~facts.products["ended"]).sum())
    ways = _joined([strategy_text(name) for name in facts.strategies])
    said = f"Looked at: {_products(live)}, each {ways}, at many settings, against **{facts.baseline_name}**."
    if facts.gain == 0.0:
        return f"{said} Nothing found earns more than a change must bring."
    currency = plain(facts.currency)
    found = f"The best found together brings {money_text(facts.gain, currency)} a year"
    likely = f", likely between {number_text(facts.gain_low, 2)} and {money_text(facts.gain_high, currency)}" if math.isfinite(facts.gain_low) else ""
    earned = money_text(facts.plans["mix"]["profit"], currency)
    why = "its range holds zero" if facts.gain_low <= 0.0 <= facts.gain_high else f"that is below 0.1 % of the {earned} the plan earns"
    return f"{said} {found}{likely}: {why}."


def best_other(facts: Facts) -> float:
    """What every living product would earn less with the best of its other ways than to stock, together: the sum of the bars of the page Answer."""
    stock = facts.strategies.index("MTS")
    other = np.delete(facts.profit, stock, axis=1)
    best = np.where(np.isfinite(other), other, -np.inf).max(axis=1, initial=-np.inf)
    rows = np.isfinite(best) & facts.priced & ~facts.products["ended"].to_numpy()
    return float((facts.profit[rows, stock] - best[rows]).sum())


def _moves_most(facts: Facts) -> str:
    if not len(facts.sensitivity) or facts.gain == 0.0:
        return ""
    row = facts.sensitivity.iloc[0]
    low, high = sorted((row["at_low"], row["at_high"]))
    return f"The gain moves most with {field_words(str(row['field']))}: from {number_text(low, 2)} to {money_text(high, plain(facts.currency))} within its range."


def _unknown_money(facts: Facts) -> str:
    return "what they sell for or cost" if opening(facts) == "unit_value" else "what they cost"


def _opening_words(facts: Facts) -> str:
    """What opens the money, step by step: never a figure that cannot help."""
    if opening(facts) == "unit_value":
        return (
            "Two figures open the money: what one unit is sold for on average (no price is in the file), then the gross margin. "
            "Prices or revenue in the sales file and an items file with unit costs are better."
        )
    return "One figure from your accounts, the gross margin, opens the money; an items file with unit costs is better."


def headline(facts: Facts) -> Headline:
    """The one sentence of the program, and what has to stand beside it."""
    live = ~facts.products["ended"].to_numpy()
    if not live.any():
        return Headline("Nothing to decide: every product in this file has ended", "Nothing to decide", "gray", ("What is left in stock is sunk, whatever is chosen.",))
    if not (facts.demand > 0.0).any():
        words = "Every quantity is zero or a return, or nothing was sold in a complete period. Check the column of quantities and its sign on the Data page."
        return Headline("Nothing was sold in this file: there is nothing to decide", "Nothing to decide", "gray", (words,))
    if len(facts.starts) < 2:
        unit = {"D": "day", "W": "week", "M": "month"}[facts.frequency]
        words = f"The other pages repeat this {unit} over a year: that is arithmetic, not a forecast. Bring a longer history on the Data page, best two years or more."
        return Headline(f"One {unit} of sales is too little to decide", "Nothing to decide", "gray", (words,))
    below = int(below_cost(facts).sum())
    if facts.has_money and below == int((live & facts.priced).sum()):
        words = "The more is sold, the more is lost, to stock and to order alike. Check price and unit cost on the Data page."
        return Headline("Every product sells below cost: fix the prices first", "Nothing to decide", "gray", (words,))
    if not facts.has_money:
        count = counts_of(facts)
        why = "as today" if facts.compared_with.is_today else "because no file says how it is run today"
        return Headline(
            f"We know what {_products(int(live.sum()))} sold, not {_unknown_money(facts)}: units and days only, no money yet",
            "No money yet",
            "gray",
            (
                _opening_words(facts),
                f"Until then: {_joined([f'{n} {strategy_text(s)}' for s, n in count.items() if n])}, {why}.",
            ),
        )
    count = counts_of(facts)
    leaves = sum(n for name, n in count.items() if name != "MTS")
    bought = bool((facts.products.loc[live, "make_or_buy"] == "buy").all())
    mix, base = facts.plans["mix"], facts.plans["baseline"]
    service, before = facts.service["mix"], facts.service["baseline"]
    currency, money = facts.currency, plain(facts.currency)
    badge, colour = facts.confidence.badge, _COLOURS.get(facts.confidence.kind, "orange")
    first: list[str] = []
    if not worth_changing(facts):
        title = "Keep what you do; nothing here is worth a change"
        badge, colour = ("Too close", "orange") if facts.gain_low <= 0.0 <= facts.gain_high and facts.gain else ("Nothing to gain", "gray")
        first.append(_looked_at(facts))
    elif leaves == 0:
        less = best_other(facts)
        title = "Everything to stock is best" + (f": the best other way for each product would earn {money_text(less, currency)} less" if less > 0 else "")
        whole = facts.plans["MTS"]["profit"] - facts.plans["MTO"]["profit"] if "MTO" in facts.plans else 0.0
        all_of_it = f" All of it to order would earn {money_text(whole, money)} less." if whole > less else ""
        first.append(
            f"No product of {int(live.sum())} earns more to order, by more than a change must bring.{all_of_it} Compared with **{facts.baseline_name}** the gain is "
            f"{money_text(facts.gain, money)} over the next 12 months, all of it by planning better."
        )
    else:
        parts = _parts(facts, bought)
        direction = "better" if facts.gain >= 0 else "worse"
        title = f"{_capital(_joined(parts))}: about {money_text(abs(facts.gain), currency)} {direction} over the next 12 months"
        visible = facts.gain + mix["capital"] - base["capital"]
        likely = f"Likely between {number_text(facts.gain_low, 2)} and {money_text(facts.gain_high, money)}" if math.isfinite(facts.gain_low) else "How likely is being recomputed"
        first.append(f"Compared with **{facts.baseline_name}**." + (f" {likely}; {money_text(visible, money)} of it shows in operating profit." if facts.gain else ""))
    if said := cash_sentence(facts.stock, money):
        first.append(said)
    share = service["share_waiting"]
    waits = f"{percent_text(share)} of orders wait" if share > 0.0005 else "Nobody waits"
    was = f" (today {percent_text(before['share_waiting'])})" if abs(before["share_waiting"] - share) > 0.005 else ""
    long = f", {perhaps(service['wait_days_median'], service['wait_days_p90'])}" if share > 0.0005 else ""
    first.append(f"{'In exchange ' if leaves else ''}{waits}{was}{long}; {percent_text(service['share_lost'])} of sales are lost.")
    shop = facts.carrying
    if shop is not None and (len(shop.changed) or shop.rows["binds"].any()):
        unmet = "; not all of them can be met" if shop.rows["needed"].ne("").any() else ""
        first.append(f"Your limits are kept to, for **{money_text(max(shop.cost, 0.0), money)} a year**{unmet}: see the page Limits.")
    if below:
        first.append(f"{_products(below)} {'sells' if below == 1 else 'sell'} below cost: fix the price first; the gain counts nothing for {'it' if below == 1 else 'them'}.")
    without = int((live & ~facts.priced).sum())
    if without:
        first.append(f"{_products(without)} without price or cost {'is' if without == 1 else 'are'} not in these amounts.")
    second = [plain(sentence) for sentence in facts.confidence.sentences]
    moves = _moves_most(facts)
    return Headline(title, badge, colour, (" ".join(first), " ".join([*second, *([moves] if moves else [])])))
