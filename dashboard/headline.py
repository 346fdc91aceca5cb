"""The one sentence of the program, what has to stand beside it, and how sure it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analytics.labels import HELD, money_text, number_text, percent_text, strategy_text
from dashboard.facts import Facts
from dashboard.stock_words import cash_sentence
from dashboard.words import below_cost, counts_of, field_words, perhaps, plain

__all__ = ["Headline", "confidence", "headline"]


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


def confidence(facts: Facts) -> tuple[str, str]:
    """The badge of the whole answer: Firm, Depends on ..., or Too close."""
    if facts.pending:
        return "Recomputing", "gray"
    if (facts.products["verdict"] == HELD).any():
        return "Held as chosen before", "gray"
    products = facts.products
    live = products[~products["ended"]]
    depends = live[live["decisive"] != ""]
    weight = live["gain_per_year"].abs().sum()
    stake = depends["gain_per_year"].abs().sum()
    if facts.gain_low <= 0.0 < facts.gain_high and facts.gain != 0.0:
        return "Too close", "orange"
    if len(depends) and (stake > 0.1 * max(weight, 1e-9) or len(depends) > 0.1 * len(live)):
        main = depends.groupby("decisive")["gain_per_year"].apply(lambda g: g.abs().sum()).idxmax()
        return f"Depends on {field_words(str(main))}", "orange"
    return "Firm", "green"


def _turning(facts: Facts) -> str:
    if facts.pending:
        return "How sure it is, and what would turn it, follows."
    if (facts.products["verdict"] == HELD).any():
        return "Service levels, lots, quotes and strategies are held as chosen before: nothing is decided anew at these prices."
    products = facts.products
    depends = products[(products["decisive"] != "") & ~products["ended"] & products["verdict"].str.startswith("depends_on_")]
    if not len(depends):
        return "No unconfirmed assumption turns the choice for any product within its range."
    main = str(depends.groupby("decisive")["gain_per_year"].apply(lambda g: (g.abs() + 1e-9).sum()).idxmax())
    group = depends[depends["decisive"] == main]
    first = group.sort_values("gain_per_year", key=abs, ascending=False, kind="stable").iloc[0]
    others = len(depends) - len(group)
    more = f"; {others} more on other values" if others else ""
    turns = f": for {plain(first['name'])} {first['turns']}" if first["turns"] else ""
    of_all = f"{len(group)} of {_products(int((~products['ended']).sum()))}"
    return f"{of_all} {'depends' if len(group) == 1 else 'depend'} on **{field_words(main)}**{turns}{more}. *Not confirmed by you.*"


def _moves_most(facts: Facts) -> str:
    if not len(facts.sensitivity) or facts.gain == 0.0:
        return ""
    row = facts.sensitivity.iloc[0]
    low, high = sorted((row["at_low"], row["at_high"]))
    return f"The gain moves most with {field_words(str(row['field']))}: from {number_text(low, 2)} to {money_text(high, plain(facts.currency))} within its range."


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
        return Headline(
            f"We know what {_products(int(live.sum()))} sold, not what they cost: units and days only, no money yet",
            "No money yet",
            "gray",
            (
                "One figure from your accounts, the gross margin, opens the money; an items file with unit costs is better.",
                f"Until then: {_joined([f'{n} {strategy_text(s)}' for s, n in count.items() if n])}, as today.",
            ),
        )
    count = counts_of(facts)
    leaves = sum(n for name, n in count.items() if name != "MTS")
    bought = bool((facts.products.loc[live, "make_or_buy"] == "buy").all())
    mix, base = facts.plans["mix"], facts.plans["baseline"]
    service, before = facts.service["mix"], facts.service["baseline"]
    currency, money = facts.currency, plain(facts.currency)
    badge, colour = confidence(facts)
    first: list[str] = []
    if leaves == 0:
        worst = min((name for name in facts.strategies if name != "MTS" and name in facts.plans), key=lambda name: facts.plans[name]["profit"], default="")
        less = facts.plans["MTS"]["profit"] - facts.plans[worst]["profit"] if worst else 0.0
        title = "Everything to stock is best" + (f": everything to order would earn {money_text(less, currency)} less" if worst == "MTO" and less > 0 else "")
        first.append(
            f"No product of {int(live.sum())} earns more to order. Compared with **{facts.baseline_name}** the gain is {money_text(facts.gain, money)} over the next 12 months."
        )
    else:
        parts = _parts(facts, bought)
        direction = "better" if facts.gain >= 0 else "worse"
        title = f"{_capital(_joined(parts))}: about {money_text(abs(facts.gain), currency)} {direction} over the next 12 months"
        if facts.gain == 0.0:
            title = f"{_capital(_joined(parts))}, as today: nothing surely gains by changing"
        visible = facts.gain + mix["capital"] - base["capital"]
        likely = f"Likely between {number_text(facts.gain_low, 2)} and {money_text(facts.gain_high, money)}" if math.isfinite(facts.gain_low) else "How likely is being recomputed"
        first.append(f"Compared with **{facts.baseline_name}**." + (f" {likely}; {money_text(visible, money)} of it shows in operating profit." if facts.gain else ""))
    if said := cash_sentence(facts.stock, money):
        first.append(said)
    share = service["share_waiting"]
    waits = f"{percent_text(share)} of orders wait" if share > 0.0005 else "Nobody waits"
    was = f" (with today's strategies {percent_text(before['share_waiting'])})" if abs(before["share_waiting"] - share) > 0.005 else ""
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
    second = [_turning(facts)] if leaves or badge != "Firm" else []
    moves = _moves_most(facts)
    return Headline(title, badge, colour, (" ".join(first), " ".join([*second, *([moves] if moves else [])])))
