"""Sentences of the screen: the headline, what it depends on, what to do; from facts, in plain words."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from analytics.assumptions import FIELDS
from analytics.labels import days_text, money_text, number_text, percent_text, strategy_text
from dashboard.facts import Facts

__all__ = ["Headline", "confidence", "counts_of", "field_words", "flip_range", "flip_sentence", "headline", "how", "map_axis", "map_number", "perhaps", "plain", "value_text"]

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$~:&^=\"'])")


def plain(text: object) -> str:
    """Text of a file, safe inside Markdown: every mark that could mean something is escaped.

    >>> plain("*A_1*")
    '\\\\*A\\\\_1\\\\*'
    """
    return _MARKS.sub(r"\\\1", " ".join(str(text).split()))


_FIELD_WORDS = {
    "patience_per_day": "customers' patience",
    "hazard_per_year": "how long models last",
    "component_lead_days": "the lead time of parts",
    "production_days": "production time",
    "assembly_days": "assembly time",
    "queue_days": "queue and buffer in the quote",
    "capital_rate": "the cost of capital",
    "storage_rate": "the cost of storage",
    "insurance_rate": "insurance and shrinkage",
    "salvage_share": "what leftovers fetch",
    "clearing_share": "what cleared stock fetches",
    "setup_cost": "set-up cost",
    "order_setup_cost": "set-up cost per order",
    "cost_premium": "the premium of single units",
    "gross_margin": "gross margin",
    "component_share": "shared components",
}


def field_words(name: str) -> str:
    """An assumption in two or three words.

    >>> field_words("patience_per_day")
    "customers' patience"
    """
    return _FIELD_WORDS.get(name) or FIELDS[name].label[:1].lower() + FIELDS[name].label[1:]


def value_text(name: str, value: float) -> str:
    """A value of an assumption as a person would say it.

    >>> value_text("patience_per_day", 0.016), value_text("capital_rate", 0.09), value_text("hazard_per_year", 0.5)
    ('8 of 10 at two weeks', '9 %', '2 years')
    """
    if not math.isfinite(value):
        return "unknown"
    if name == "patience_per_day":
        share = 10.0 * math.exp(-14.0 * value)
        return f"{share:.0f} of 10 at two weeks" if share >= 0.95 or share == 0 else "fewer than 1 of 10 at two weeks"
    if name == "hazard_per_year":
        years = 1.0 / max(value, 1e-9)
        return "for ever" if years > 100 else f"{number_text(years, 2)} year{'' if f'{years:.2g}' == '1' else 's'}"
    if FIELDS[name].choices:
        return FIELDS[name].said(value)
    unit = FIELDS[name].unit
    if unit == "days":
        return days_text(value)
    if unit.startswith("share") or unit == "1/year":
        return f"{100.0 * value:.3g} %"
    return f"{number_text(value)} {unit}"


def perhaps(median: float, exceeded: float) -> str:
    """A wait in words.

    >>> perhaps(3.0, 17.5)
    'typically 3 days (1 in 10 over 18)'
    """
    if not math.isfinite(median):
        return "how long is being recomputed"
    return f"typically {days_text(median)} (1 in 10 over {round(exceeded)})" if exceeded > median else f"typically {days_text(median)}"


def counts_of(facts: Facts) -> dict[str, int]:
    """Living products by recommended strategy."""
    live = facts.products.loc[~facts.products["ended"], "recommended"]
    return {name: int((live == name).sum()) for name in facts.strategies}


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
        cash = base["cash_tied_up"] - mix["cash_tied_up"]
        if abs(cash) > 0.002 * max(base["cash_tied_up"], 1e-9):
            first.append(f"Once, **{money_text(cash, money)} of stock becomes cash**." if cash > 0 else f"It ties up **{money_text(-cash, money)} more cash**, once.")
    share = service["share_waiting"]
    waits = f"{percent_text(share)} of orders wait" if share > 0.0005 else "Nobody waits"
    was = f" (with today's strategies {percent_text(before['share_waiting'])})" if abs(before["share_waiting"] - share) > 0.005 else ""
    long = f", {perhaps(service['wait_days_median'], service['wait_days_p90'])}" if share > 0.0005 else ""
    first.append(f"{'In exchange ' if leaves else ''}{waits}{was}{long}; {percent_text(service['share_lost'])} of sales are lost.")
    without = int((live & ~facts.priced).sum())
    if without:
        first.append(f"{_products(without)} without price or cost {'is' if without == 1 else 'are'} not in these amounts.")
    second = [_turning(facts)] if leaves or badge != "Firm" else []
    moves = _moves_most(facts)
    return Headline(title, badge, colour, (" ".join(first), " ".join([*second, *([moves] if moves else [])])))


def how(facts: Facts, i: int, strategy: str = "") -> str:
    """What to do for a product, in one line: reorder point and lot, or the days to quote.

    Of the recommended strategy, or of the one named.
    """
    name = strategy or str(facts.products.at[i, "recommended"])
    k = facts.strategies.index(name)
    if facts.products.at[i, "ended"]:
        return "nothing: the product has ended"

    def number(field: str) -> str:
        value = float(facts.products[field].to_numpy()[i] if not strategy and name == "MTS" else facts.policy[field][i, k])
        return f"{value:,.0f}" if value >= 10 or value == round(value) else number_text(value, 2)

    if name == "MTO":
        return f"quote {days_text(float(facts.policy['quote_days'][i, k]))}"
    if not np.isfinite(facts.policy["reorder_point"][i, k]):
        return ""
    if name == "ATO":
        return f"parts for {number('order_up_to_level')} in stock, reorder at {number('reorder_point')}; finish in {days_text(float(facts.policy['quote_days'][i, k]))}"
    lot = float(facts.products["order_quantity"].to_numpy()[i] if not strategy else facts.policy["order_quantity"][i, k])
    large = f"; large orders: quote {days_text(float(facts.policy['quote_days'][i, k]))}" if name == "HYBRID" else ""
    return f"reorder at {number('reorder_point')}" + (f", lot {number('order_quantity')}" if lot > 1 else ", one for one") + large


def verdict_text(verdict: str, short: bool = False) -> str:
    """The badge of a product; `short` for tables.

    >>> verdict_text("clear"), verdict_text("depends_on_patience_per_day"), verdict_text("depends_on_patience_per_day", short=True)
    ('Firm', "Depends on customers' patience", 'If: patience')
    """
    if verdict.startswith("depends_on_"):
        words = field_words(verdict.removeprefix("depends_on_"))
        return f"If: {words.removeprefix('customers’ ').split(chr(39) + ' ')[-1].removeprefix('the ').removeprefix('what ')}" if short else f"Depends on {words}"
    known = {"clear": "Firm"}
    return known.get(verdict, verdict.replace("_", " ").capitalize())


def wait_text(share: float, median: float, exceeded: float) -> str:
    """How many wait and how long, short.

    >>> wait_text(1.0, 12.0, 17.0), wait_text(0.0, 0.0, 0.0)
    ('100 %, 12 days', 'nobody')
    """
    if not math.isfinite(share):
        return ""
    if not math.isfinite(median):
        return percent_text(share)
    return f"{percent_text(share)}, {days_text(median)}" if share > 0.0005 else "nobody"


#: What is moved, and how its value reads when it rises above or falls below the flip point.
_FLIPS = {
    "quote_days": ("the quote", "you quote over {}", "you quote under {}"),
    "patience_per_day": ("patience", "more than {} of buyers refuse a two-week wait", "fewer than {} of buyers refuse a two-week wait"),
    "demand": ("demand", "demand rises above {} a year", "demand falls below {} a year"),
    "cost_premium": ("the premium of single units", "a single unit costs over {} more than one of a lot", "a single unit costs less than {} more than one of a lot"),
    "holding_rate": ("the cost of holding", "holding stock costs over {} of its value a year", "holding stock costs under {} of its value a year"),
    "hazard_per_year": ("how long models last", "models last less than {} on average", "models last more than {} on average"),
    "margin": ("the margin", "the margin rises above {}", "the margin falls below {}"),
    "lead_days": ("the time to replenish", "stock takes over {} to replenish", "stock is replenished within {}"),
}


def flip_value(lever: str, value: float) -> str:
    """A value of a lever as a person would say it.

    >>> flip_value("patience_per_day", 0.02), flip_value("holding_rate", 0.174), flip_value("demand", 12.0)
    ('24 %', '17 %', '12 units')
    """
    if lever == "patience_per_day":
        return percent_text(1.0 - math.exp(-14.0 * value))
    if lever == "hazard_per_year":
        return value_text(lever, value)
    if lever in ("quote_days", "lead_days"):
        return days_text(value)
    return f"{number_text(value, 2)} units" if lever == "demand" else percent_text(value)


_AXES = {
    "quote_days": "days quoted to the customer",
    "patience_per_day": "buyers who refuse a two-week wait, %",
    "demand": "units demanded a year",
    "cost_premium": "premium of single units, % of cost",
    "holding_rate": "cost of holding, % of value a year",
    "hazard_per_year": "chance that the model ends within a year, %",
    "margin": "margin, % of price",
    "lead_days": "days to replenish stock",
}


def map_axis(lever: str) -> str:
    """What an axis of the map shows."""
    return _AXES[lever]


def map_number(lever: str, value: float) -> float:
    """A value of a lever as its axis shows it.

    >>> round(map_number("patience_per_day", 0.02), 1), map_number("margin", 0.25), map_number("lead_days", 21.0)
    (24.4, 25.0, 21.0)
    """
    if lever in ("quote_days", "demand", "lead_days"):
        return value
    share = {"patience_per_day": 14.0, "hazard_per_year": 1.0}.get(lever)
    return 100.0 * (value if share is None else 1.0 - math.exp(-share * value))


def flip_sentence(lever: str, now: float, turns: float, to: str, make: bool = True) -> str:
    """Where one lever turns the choice, in one sentence.

    >>> flip_sentence("quote_days", 42.0, 12.5, "MTO")
    'If you quote under 12 days (now 42 days): make to order.'
    """
    over, under = _FLIPS[lever][1:]
    moved = (over if turns > now else under).format(flip_value(lever, turns))
    return f"If {moved} (now {flip_value(lever, now)}): {strategy_text(to, make)}."


def flip_range(lever: str, least: float, most: float) -> str:
    """What was searched without a flip point.

    >>> flip_range("holding_rate", 0.0, 1.0)
    'the cost of holding from 0 % to 100 %'
    """
    low, high = (flip_value(lever, v) for v in (least, most))
    if lever == "hazard_per_year":
        low, high = high, low
    return f"{_FLIPS[lever][0]} from {low} to {high}"
