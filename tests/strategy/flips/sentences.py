"""Every sentence of a study that says what would turn a product, and what a full run says on both sides of it.

Sentences are made by the functions that make those of pages, report and files, and read as a person reads them: a number, a direction, and what is right
beyond. A run is a whole one: set up, played in all simulated years and decided anew, with nothing of the search that found the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS, Assumption
from analytics.demand.periods import demand_by_weekday
from analytics.forecast import Forecast
from analytics.items import CONFIRMED, Items
from analytics.naming.labels import strategy_text
from analytics.naming.scales import scale_of
from analytics.scenario.reassume import reassume
from analytics.scenario.restated import items_under
from analytics.strategy.decision import Simulated, decide
from analytics.strategy.decision_rule import STAYS
from analytics.strategy.flips.flip_text import at_its_end, flip_text, sides
from analytics.strategy.flips.lever_flips import LeverFlip
from analytics.strategy.money.price import MONEY_FIELDS
from analytics.strategy.plans.component_pools import assembled_families
from analytics.strategy.plans.ledgers import grid_ledgers
from analytics.strategy.plans.setup import build_setup
from analytics.strategy.plans.steps import DayPattern
from analytics.strategy.reasons import turns_text
from analytics.study import Study
from analytics.study_product import product_flips

__all__ = ["Said", "Side", "lever_sentences", "run_at", "said_of", "usual_sentences", "wrong_sides"]

_HOLDING = ("capital_rate", "storage_rate", "insurance_rate")
#: Levers that no statement of a user moves: the items, or the forecast, are moved.
_SPANS = ("component_lead_days", "production_days")
_MOVED = ("margin", "demand", "quote_days")


@dataclass(frozen=True)
class Said:
    """One sentence: of the product at position `product` about `field` (an assumption or a lever), in words, with the bracket it was made from."""

    product: int
    field: str
    text: str
    now: float
    holds: float
    turns: float
    to: str


@dataclass(frozen=True)
class Side:
    """One side of a sentence: the decision shown (position; STAYS) that a full run must give with `field` of the product at `value`."""

    said: Said
    value: float
    expected: int


def usual_sentences(study: Study) -> list[Said]:
    """The sentences of every assumption that turns a product within its usual range, as reasons, headline and report say them."""
    r, items = study.recommendation, study.items
    assert r.flips is not None
    out = []
    for k, field in enumerate(r.flips.fields):
        for i in np.flatnonzero(np.isfinite(r.flips.turns[k])):
            to = int(r.flips.to[k, i])
            text = turns_text(r.flips, r.strategies, r.baseline, items, int(i), field)
            out.append(
                Said(
                    int(i),
                    field,
                    text,
                    float(items[field][i]),
                    float(r.flips.holds[k, i]),
                    float(r.flips.turns[k, i]),
                    r.strategies[to] if to >= 0 else "",
                )
            )
    return out


def lever_sentences(study: Study, products: Sequence[int]) -> list[Said]:
    """The sentences of the product pages of some products: levers moved far beyond their usual ranges."""
    r, out = study.recommendation, []
    for i in products:
        make = bool(np.nan_to_num(study.items["make"][i], nan=1.0) > 0.0)
        for one in product_flips(study, str(study.items.skus[i])):
            if np.isfinite(one.turns):
                out.append(_of_lever(one, i, make, r.strategies[r.baseline[i]]))
    return out


def _of_lever(one: LeverFlip, i: int, make: bool, today: str) -> Said:
    text = flip_text(one.lever, one.now, one.holds, one.turns, one.to, make, today)
    return Said(int(i), one.lever, text, one.now, one.holds, one.turns, one.to)


def _read(field: str, number: float) -> float:
    """The value that a number of a sentence stands for."""
    if field in FIELDS:
        return scale_of(field).read(number)
    return number / 100.0 if field in ("margin", "holding_rate") else number


def said_of(study: Study, said: Said) -> tuple[Side, Side]:
    """Both sides of a sentence, as it reads: the value two last digits before the number, where it is as now, and at the number, where it is as the sentence
    says. Its number, its direction and its strategy are read from the words."""
    found = re.search(r"than ([\d,.]*\d)", said.text) or re.search(r"([\d,.]*\d)", said.text)
    number = float(found[1].replace(",", ""))  # type: ignore[index]
    beyond = _read(said.field, number)
    inside, at = sides(said.field, said.now, said.holds, said.turns)
    assert abs(at - beyond) <= 1e-9 * max(abs(beyond), 1.0), (said, at, beyond)
    rises = beyond > said.now
    if said.field in FIELDS and scale_of(said.field).falls:
        rises = not rises
    less = "less than" in said.text or "fewer than" in said.text
    end = at_its_end(said.field, number)
    assert ("more than" in said.text) == (rises and not end) and less == (not rises and not end), said
    r = study.recommendation
    make = bool(np.nan_to_num(study.items["make"][said.product], nan=1.0) > 0.0)
    then = said.text.split(": then ")[1].removesuffix(" as today, planned anew")
    names = {strategy_text(name, make): k for k, name in enumerate(r.strategies)} | {
        "it stays as it is run today": STAYS
    }
    now = int(r.decided.decision.shown[said.product])
    return Side(said, inside, now), Side(said, beyond, names[then])


def run_at(study: Study, wanted: Sequence[Side]) -> NDArray[np.intp]:
    """The decision shown of every product in a full run with these sides stated, one of a product at most."""
    product = {sku: dict(stated) for sku, stated in study.assumptions.product.items()}
    for side in wanted:
        field, i, value = side.said.field, side.said.product, side.value
        stated = {field: value} if field not in (*_MOVED, "holding_rate") else {}
        if field == "holding_rate":
            total = sum(float(study.items[name][i]) for name in _HOLDING)
            stated = {
                name: float(study.items[name][i]) * value / total if total > 0.0 else value / len(_HOLDING)
                for name in _HOLDING
            }
        for name, v in stated.items():
            product.setdefault(str(study.items.skus[i]), {})[name] = Assumption(v, v, v, "confirmed")
    assumptions = replace(study.assumptions, product=product)
    if not any(side.said.field in _MOVED for side in wanted):
        return reassume(study, assumptions, how_sure=False).recommendation.decided.decision.shown
    items = items_under(
        assumptions,
        study.given_items,
        study.history,
        study.panel,
        study.life,
        study.parts,
        study.forecast,
        study.orders,
    )
    return _played_at(study, *_moved(study, items, wanted))


def _moved(study: Study, items: Items, wanted: Sequence[Side]) -> tuple[Items, Forecast]:
    """Items and forecast with those levers moved that are no assumptions."""
    forecast = study.forecast
    for side in wanted:
        field, i, value = side.said.field, side.said.product, side.value
        at = np.arange(len(items)) == i
        if field == "margin":
            items = items.with_field(
                "price",
                np.where(at, items["unit_cost"] / (1.0 - value), items["price"]),
                items.origin("price"),
            )
        elif field == "quote_days":
            items = items.with_field(
                "quote_days",
                np.where(at, value, items["quote_days"]),
                np.where(at, CONFIRMED, items.origin("quote_days")),
            )
        elif field == "demand":
            forecast = forecast.scaled(np.where(at, value / study.comparison.chosen["MTS"].counts[i, 0], 1.0))
    return items, forecast


def _played_at(study: Study, items: Items, forecast: Forecast) -> NDArray[np.intp]:
    outlook = replace(study.outlook, forecast=forecast)
    orders = study.orders if study.setup.hybrid is not None else None
    draws = study.setup.world.paths // study.setup.world.inner
    setup = build_setup(
        outlook,
        items,
        assembled_families(items, study.life.ended),
        draws,
        orders,
        DayPattern(demand_by_weekday(study.history), study.orders),
    )
    return decide(Simulated(outlook, items, setup, grid_ledgers(setup), study.todays_way, None))[
        1
    ].decided.decision.shown


def _runs(study: Study, wanted: Sequence[Side]) -> list[list[Side]]:
    """The sides packed into few runs: in each at most one product of a component family is moved (one moved member may move the choice of another),
    prices apart from what is played, and lead times each alone (the totals of all families are forecast together)."""
    family = np.arange(len(study.items)) + len(study.items)
    for f, members in enumerate(study.setup.families):
        family[members] = f
    runs: dict[tuple[int, int], list[Side]] = {}
    load: dict[tuple[int, int], int] = {}
    for side in wanted:
        field = side.said.field
        priced = field == "holding_rate" or (field in MONEY_FIELDS and not FIELDS[field].physics)
        key = (
            (1, -1)
            if field in _SPANS and study.setup.families
            else (0 if priced else 2, int(family[side.said.product]))
        )
        load[key] = load.get(key, -1) + 1
        runs.setdefault((key[0], load[key]), []).append(side)
    return list(runs.values())


def wrong_sides(study: Study, sentences: Sequence[Said]) -> list[tuple[Side, int]]:
    """Of these sentences the sides on which a full run says something else, with what it says. A side that a run with others finds wrong is run alone: other
    products that move with it may move the service that the file's levels give, which stands for levels of today that cannot deliver."""
    wanted = [side for said in sentences for side in said_of(study, said)]
    wrong = []
    for run in _runs(study, wanted):
        shown = run_at(study, run)
        wrong += [
            (side, int(shown[side.said.product])) for side in run if shown[side.said.product] != side.expected
        ]
    alone = [(side, int(run_at(study, [side])[side.said.product])) for side, _ in wrong]
    return [(side, shown) for side, shown in alone if shown != side.expected]
