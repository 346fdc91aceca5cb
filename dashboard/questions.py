"""The questions that matter: which assumptions are still ours, how a person is asked, what each answer means."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.assumptions import FIELDS
from analytics.items import ASSUMED, DERIVED
from analytics.policy.patience import share_staying, weibull_from_answers
from dashboard.facts import Facts

__all__ = ["ANSWERS", "Question", "after_four_weeks", "matters", "patience_of", "questions", "shape_of", "staying_at_four_weeks"]


def patience_of(of_ten: float) -> float:
    """Loss of buyers per day of wait if so many of ten still order when told two weeks.

    Formula: -ln(share) / 14 days (exponential patience).

    >>> round(patience_of(8), 5)
    0.01594
    """
    return -math.log(of_ten / 10.0) / 14.0


def shape_of(at_two: float, at_four: float) -> float:
    """Exponent of the Weibull curve of patience through two answers: so many of ten still order when told two weeks, four weeks.

    At least 0.1, where nobody leaves between the two.

    >>> round(shape_of(8, 6.4), 9), round(shape_of(8, 5), 3)
    (1.0, 1.635)
    """
    return max(weibull_from_answers((14.0, at_two / 10.0), (28.0, at_four / 10.0))[1], 0.1) if at_four < at_two else 0.1


def after_four_weeks(patience_per_day: float) -> dict[str, int]:
    """Answers to "and told four weeks?" after the answer to two weeks: text -> so many of ten; none where nobody leaves."""
    at_two = 10.0 * math.exp(-14.0 * patience_per_day)
    most = math.floor(at_two + 1e-6)
    if most < 2 or at_two > 9.999:
        return {}
    numbers = range(most, max(most - 6, 0), -1)
    return {str(n) if n > numbers[-1] else f"{n} or fewer": n for n in numbers}


def staying_at_four_weeks(patience_per_day: float, curve: float, shape: float) -> float:
    """Of ten customers, how many still order when told four weeks."""
    return 10.0 * float(share_staying(np.array([curve]), np.array([patience_per_day]), np.array([shape]), np.array([28.0]), np.zeros(1))[0])


#: Answers offered per assumption: text on the screen -> value. Order is the order on the screen.
ANSWERS: Mapping[str, Mapping[str, float]] = {
    "patience_per_day": {"10": 0.0, "9": patience_of(9), "8": patience_of(8), "7": patience_of(7), "6": patience_of(6), "5 or fewer": patience_of(5)},
    "hazard_per_year": {"1 year": 1.0, "2 years": 0.5, "3 years": 1.0 / 3.0, "5 years": 0.2, "10 or more": 0.05},
    "component_lead_days": {"1 week": 7.0, "2 weeks": 14.0, "4 weeks": 28.0, "8 weeks": 56.0, "12 weeks": 84.0},
    "production_days": {"1 day": 1.0, "3 days": 3.0, "1 week": 7.0, "2 weeks": 14.0, "4 weeks": 28.0},
    "assembly_days": {"1 day": 1.0, "3 days": 3.0, "5 days": 5.0, "10 days": 10.0},
    "capital_rate": {"6 %": 0.06, "8 %": 0.08, "10 %": 0.10, "12 %": 0.12, "15 %": 0.15},
    "storage_rate": {"nothing": 0.0, "3 %": 0.03, "5 %": 0.05, "8 %": 0.08},
    "salvage_share": {"nothing": 0.0, "10 %": 0.10, "20 %": 0.20, "30 %": 0.30, "50 %": 0.50},
    "clearing_share": {"30 %": 0.30, "50 %": 0.50, "70 %": 0.70, "90 %": 0.90},
    "fixed_cost_share": {"variable: 0 %": 0.0, "10 %": 0.10, "20 %": 0.20, "30 %": 0.30, "50 %": 0.50},
    "cost_premium": {"nothing": 0.0, "2 %": 0.02, "5 %": 0.05, "10 %": 0.10, "20 %": 0.20},
    "insurance_rate": {"1 %": 0.01, "2 %": 0.02, "3 %": 0.03},
    "gross_margin": {"20 %": 0.20, "30 %": 0.30, "40 %": 0.40, "50 %": 0.50, "60 %": 0.60},
    "cancellable_share": {"no": 0.0, "a quarter of it": 0.25, "half of it": 0.5, "all of it": 1.0},
    "units_per_order": {"1": 1.0, "2": 2.0, "5": 5.0, "10": 10.0, "20": 20.0, "50": 50.0, "100": 100.0},
    "component_share": {"nothing": 0.0, "30 %": 0.30, "50 %": 0.50, "70 %": 0.70},
}

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
    "gross_margin": "One figure from your accounts: gross margin, % of sales?",
    "cancellable_share": "Can you cancel an order at your supplier once placed?",
    "units_per_order": "How many units does a customer usually order?",
    "component_share": "What share of the material is shared with sister models?",
}


@dataclass(frozen=True)
class Question:
    """An assumption still open or confirmed: how it is asked, the answers, the value in force and what hangs on it.

    `products` is how many verdicts depend on it, `worth` the money that knowing it would gain on average, on top of the questions before it,
    `gain_low` and `gain_high` the portfolio's gain at the ends of its range (NaN: unknown).
    """

    field: str
    text: str
    answers: Mapping[str, float]
    value: float
    low: float
    high: float
    products: int
    worth: float
    gain_low: float
    gain_high: float


def matters(question: Question, facts: Facts) -> bool:
    """Whether an answer could change the result: it opens the money, a verdict depends on it, or knowing it is worth something."""
    return facts.pending or question.field == "gross_margin" or question.products > 0 or question.worth >= 0.5


def questions(facts: Facts, most: int = 6) -> list[Question]:
    """Open questions about assumed and estimated values, those that decide most money first, then in the order of the one table."""
    live = ~facts.products["ended"].to_numpy()
    if not live.any():
        return []
    ends = {str(r["field"]): (float(r["at_low"]), float(r["at_high"])) for _, r in facts.sensitivity.iterrows()}
    out = []
    for name, text in _ASKED.items():
        if name == "gross_margin" or name == "component_share":
            asked = (~np.isfinite(facts.items["unit_cost"]) if name == "gross_margin" else np.zeros(len(live), bool)) & live & (facts.items.origin(name) != 4)
        else:
            low, high = facts.items.range(name)
            asked = live & (facts.items.origin(name) == ASSUMED) | (live & (facts.items.origin(name) == DERIVED) & (high > low))
        if not asked.any():
            continue
        mine = asked & (facts.products["decisive"].to_numpy() == name)
        low, high = facts.items.range(name)
        at = ends.get(name, (float("nan"), float("nan")))
        out.append(
            Question(
                name,
                text,
                ANSWERS[name],
                float(np.nanmedian(facts.items[name][asked])) if np.isfinite(facts.items[name][asked]).any() else float("nan"),
                float(np.min(low[asked])),
                float(np.max(high[asked])),
                int(mine.sum()),
                facts.worth.get(name, 0.0),
                min(at),
                max(at),
            )
        )
    # worth beyond noise first, then the order of the one table: how long people wait, how long models last, lead times, rates
    out.sort(key=lambda q: (q.field != "gross_margin", -round(q.worth, 2), list(FIELDS).index(q.field)))
    return out[:most]
