"""The questions that matter: which assumptions are still ours, how a person is asked, what each answer means."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.assumptions import FIELDS, of_ten_at_two_weeks, staying_at_two_weeks
from analytics.items import ASSUMED, DERIVED
from analytics.naming.scales import value_text
from analytics.strategy.gains import gain_moved
from analytics.strategy.money.thresholds import worth_asking
from analytics.writeup.words.answer import money_opens
from dashboard.results.facts import Facts, Known

__all__ = [
    "ANSWERS", "OPENING", "Question", "after_four_weeks", "as_assumed", "matters", "offered", "opening", "questions",
]  # fmt: skip


def after_four_weeks(patience_per_day: float) -> dict[str, int]:
    """Answers to "and told four weeks?" after the answer to two weeks: text -> so many of ten; none where nobody leaves."""
    at_two = staying_at_two_weeks(patience_per_day)
    most = math.floor(at_two + 1e-6)
    if most < 2 or at_two > 9.999:
        return {}
    numbers = range(most, max(most - 6, 0), -1)
    return {str(n) if n > numbers[-1] else f"{n} or fewer": n for n in numbers}


#: Answers offered per assumption: text on the screen -> value. Order is the order on the screen.
ANSWERS: Mapping[str, Mapping[str, float]] = {
    "patience_per_day": {
        "10": 0.0,
        "9": of_ten_at_two_weeks(9),
        "8": of_ten_at_two_weeks(8),
        "7": of_ten_at_two_weeks(7),
        "6": of_ten_at_two_weeks(6),
        "5 or fewer": of_ten_at_two_weeks(5),
    },
    "hazard_per_year": {
        "1 year": 1.0,
        "2 years": 0.5,
        "3 years": 1.0 / 3.0,
        "5 years": 0.2,
        "10 or more": 0.05,
    },
    "component_lead_days": {
        "1 week": 7.0,
        "2 weeks": 14.0,
        "4 weeks": 28.0,
        "8 weeks": 56.0,
        "12 weeks": 84.0,
    },
    "production_days": {"1 day": 1.0, "3 days": 3.0, "1 week": 7.0, "2 weeks": 14.0, "4 weeks": 28.0},
    "assembly_days": {"1 day": 1.0, "3 days": 3.0, "5 days": 5.0, "10 days": 10.0},
    "capital_rate": {"6 %": 0.06, "8 %": 0.08, "10 %": 0.10, "12 %": 0.12, "15 %": 0.15},
    "storage_rate": {"nothing": 0.0, "3 %": 0.03, "5 %": 0.05, "8 %": 0.08},
    "salvage_share": {"nothing": 0.0, "10 %": 0.10, "20 %": 0.20, "30 %": 0.30, "50 %": 0.50},
    "clearing_share": {"30 %": 0.30, "50 %": 0.50, "70 %": 0.70, "90 %": 0.90},
    "fixed_cost_share": {"variable: 0 %": 0.0, "10 %": 0.10, "20 %": 0.20, "30 %": 0.30, "50 %": 0.50},
    "cost_premium": {"nothing": 0.0, "2 %": 0.02, "5 %": 0.05, "10 %": 0.10, "20 %": 0.20},
    "insurance_rate": {"1 %": 0.01, "2 %": 0.02, "3 %": 0.03},
    "todays_service": {"90 %": 0.90, "95 %": 0.95, "98 %": 0.98},
    "unit_value": {},
    "gross_margin": {"20 %": 0.20, "30 %": 0.30, "40 %": 0.40, "50 %": 0.50, "60 %": 0.60},
    "cancellable_share": {"no": 0.0, "a quarter of it": 0.25, "half of it": 0.5, "all of it": 1.0},
    "units_per_order": {"1": 1.0, "2": 2.0, "5": 5.0, "10": 10.0, "20": 20.0, "50": 50.0, "100": 100.0},
    "component_share": {"nothing": 0.0, "30 %": 0.30, "50 %": 0.50, "70 %": 0.70},
}

#: What opens the money where the file does not.
OPENING = ("unit_value", "gross_margin")

_ASKED = {
    "patience_per_day": "Of 10 customers, how many still order if told two weeks?",
    "hazard_per_year": "How long does a model stay in the range?",
    "component_lead_days": "How long do your parts take to arrive?",
    "production_days": "How long does production of a lot take?",
    "assembly_days": "How long does final assembly take?",
    "capital_rate": "What does capital cost you: bank or WACC, % a year?",
    "storage_rate": "Storage and handling, % of unit cost a year? Would you really give up the space?",
    "salvage_share": "What share of cost do leftovers of an ended model fetch?",
    "clearing_share": "What share of cost does excess stock fetch when you clear it?",
    "fixed_cost_share": "Is your unit cost full or variable: what share is spent whether a unit is made or not?",
    "cost_premium": "How much more does one cost than one out of a lot, set-up aside?",
    "insurance_rate": "Insurance and shrinkage, % of unit cost a year?",
    "unit_value": "No price is in the file. What is one unit sold for on average?",
    "gross_margin": "One figure from your accounts: gross margin, % of sales?",
    "cancellable_share": "Can you cancel an order at your supplier once placed?",
    "units_per_order": "How many units does a customer usually order?",
    "component_share": "What share of the material is shared with sister models?",
}


@dataclass(frozen=True)
class Question:
    """An assumption still open: how it is asked, the answers, the value in force and what hangs on it.

    `value`, `low` and `high` are in the middle of the products in doubt (`Items.typical`: the same figure on every page), `alike` whether all of them have that
    value. `products` is how many products turn within its range, `worth` the money that knowing it would gain on average, on top of the questions before it,
    `gain_low` and `gain_high` the portfolio's gain at the ends of its range (NaN: unknown). `opens` marks what opens the money.
    """

    field: str
    text: str
    answers: Mapping[str, float]
    value: float
    low: float
    high: float
    alike: bool
    products: int
    worth: float
    gain_low: float
    gain_high: float
    opens: bool = False


def as_assumed(question: Question, currency: str = "") -> str:
    """The answer that changes nothing but the range: the value in force, said exactly; where products differ, each keeps its own."""
    return (
        f"as assumed: {value_text(question.field, question.value, currency)}"
        if question.alike
        else "as assumed, by product"
    )


def offered(question: Question, currency: str = "") -> dict[str, float | None]:
    """The answers on the buttons: first the value in force (None: every product keeps its own), then the others, without that value again."""
    if not math.isfinite(question.value):
        return dict(question.answers)
    others = {
        text: value
        for text, value in question.answers.items()
        if not (question.alike and math.isclose(value, question.value, rel_tol=1e-9, abs_tol=1e-12))
    }
    return {as_assumed(question, currency): None, **others}


def _move(question: Question, facts: Facts) -> float:
    """How far the gain moves to the farther end of a question's range (money; 0 where that is not known)."""
    return gain_moved(facts.portfolio.gain, question.gain_low, question.gain_high)


def matters(question: Question, facts: Facts) -> bool:
    """Whether a question is asked: an answer opens the money, turns a product, or can move the gain by 2 % (`analytics.strategy.money.thresholds.worth_asking`)."""
    if facts.known < Known.ALL or question.opens:
        return True
    return worth_asking(
        _move(question, facts),
        question.worth,
        question.products,
        facts.portfolio.gain,
        facts.portfolio.money["mix"]["profit"],
    )


def opening(facts: Facts) -> str:
    """The value that would open the money next: the average value of a unit where no price is known, then the gross margin where no cost is; "" where it is open."""
    price, cost = (np.asarray(facts.items[name], np.float64) for name in ("price", "unit_cost"))
    return money_opens(price, cost, ~facts.products["ended"].to_numpy(bool))


def questions(facts: Facts, most: int = 8) -> list[Question]:
    """Open questions about assumed and estimated values: what opens the money, then those that decide most money, then in the order of the one table."""
    live = ~facts.products["ended"].to_numpy()
    if not live.any():
        return []
    opens = opening(facts)
    if opens:
        found = [
            Question(
                opens,
                _ASKED[opens],
                ANSWERS[opens],
                *(float("nan"),) * 3,
                True,
                0,
                0.0,
                float("nan"),
                float("nan"),
                True,
            )
        ]
        if (
            not facts.has_money
        ):  # nothing else can be answered in money, and nothing is asked that cannot help
            return found
    else:
        found = []
    ends = {
        str(r["field"]): (float(r["at_low"]), float(r["at_high"])) for _, r in facts.sensitivity.iterrows()
    }
    turned = {one.field: one.products for one in facts.confidence.turning}
    rest = []
    for name in [
        name
        for name in FIELDS
        if name in _ASKED or name in turned or (name in ends and FIELDS[name].question)
    ]:
        low, high = facts.items.range(name)
        origin = facts.items.origin(name)
        asked = live & (high > low) & ((origin == ASSUMED) | (origin == DERIVED))
        if name in OPENING or not asked.any():
            continue
        values = np.asarray(facts.items[name], np.float64)[asked]
        at = ends.get(name, (float("nan"), float("nan")))
        typical = facts.items.typical(name, live)
        answers = ANSWERS.get(name, {})
        rest.append(
            Question(
                name,
                _ASKED.get(name) or FIELDS[name].question or f"{FIELDS[name].label}?",
                answers,
                *typical,
                bool((values == values[0]).all()),
                turned.get(name, 0),
                facts.worth.get(name, 0.0),
                min(at),
                max(at),
            )
        )
    # what can decide most money first, then the order of the one table (as `analytics.study_doubt.asked_questions`)
    rest.sort(key=lambda q: (-round(max(q.worth, _move(q, facts)), 2), list(FIELDS).index(q.field)))
    # what turns a product is always among them
    return [question for rank, question in enumerate([*found, *rest]) if rank < most or question.products > 0]
