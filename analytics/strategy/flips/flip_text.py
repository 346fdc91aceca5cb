"""Where an assumption turns a decision, in one sentence.

Where an assumption turns a decision, in one sentence that is true as it stands: the number printed lies where the decision has turned, and the
direction is that in which it lies from the value in force.
"""

from __future__ import annotations

import math

from analytics.assumptions import FIELDS
from analytics.naming.labels import strategy_text
from analytics.naming.scales import scale_of

__all__ = ["at_its_end", "flip_text", "printed", "sides", "to_text"]

#: The step of a printed number: a power of ten at or below this share of it.
_STEP_SHARE = 0.004

#: How it is said at which value of an assumption the decision turns; {} is "more than ..." or "less than ...", {n} the same of things that are counted.
_TURNS = {
    "patience_per_day": "{n} of 10 customers still order when told two weeks",
    "hazard_per_year": "models stay in the range {} years on average",
    "component_lead_days": "parts take {} days to arrive",
    "production_days": "making a lot takes {} days",
    "assembly_days": "final assembly takes {} days",
    "queue_days": "queue and buffer in a quote to order take {} days",
    "years_unsold": "a product is not worth listing after {} years without a sale",
    "excess_cover_weeks": "stock counts as excess beyond a cover of {} weeks",
    "todays_service": "today's service, where the file gives no levels, is {} %",
    "units_per_order": "customers order {} units at once",
    "cancellable_share": "{} % of what is on order can be cancelled when a product ends",
    "cancellation_share": "{} % of orders are cancelled after work began",
    "clearing_share": "cleared stock fetches {} % of its cost",
    "salvage_share": "leftovers fetch {} % of their cost",
    "longest_run_off_years": "leftovers are held for {} years until they sell",
    "sunk_share": "{} % of the cost is spent on an order when it is cancelled",
    "cost_premium": "making or buying one at a time costs {} % extra",
    "price_premium": "buyers pay {} % extra for what is made for them",
    "fixed_cost_share": "{} % of the unit cost is fixed",
    "capital_rate": "capital costs {} % a year",
    "storage_rate": "storage and handling cost {} % of unit cost a year",
    "insurance_rate": "insurance and shrinkage cost {} % of unit cost a year",
    "setup_cost": "a set-up costs {}",
    "order_setup_cost": "handling one order costs {}",
    "waiting_cost_per_unit_day": "a unit's day of waiting costs {}",
    "price_elasticity": "{} % of buyers leave for every percent of price",
    "quote_days": "you quote {} days",
    "demand": "demand is {} units a year",
    "holding_rate": "holding stock costs {} % of its value a year",
    "margin": "the margin is {} % of the price",
}
#: Levers that are no assumption: their values as they are, or in percent.
_PERCENT = ("holding_rate", "margin")


def _shown(field: str, value: float) -> float:
    if field in FIELDS:
        return scale_of(field).shown(value)
    return 100.0 * value if field in _PERCENT else value


def printed(field: str, holds: float, turns: float) -> tuple[float, float]:
    """The number that is printed, and its last digit.

    The number that is printed, on the scale of the field, and its last digit: `turns`, where the decision has turned, rounded away from `holds`, where it
    has not, to a power of ten at or below 0.4 % of it (no finer than the two are apart).

    >>> printed("cost_premium", 0.08034, 0.08035), printed("hazard_per_year", 0.1, 0.1003)
    ((8.04, 0.01), (9.9, 0.1))
    """
    first, last = _shown(field, holds), _shown(field, turns)
    apart = abs(last - first)
    step = 10.0 ** math.floor(math.log10(max(_STEP_SHARE * abs(last), 1e-9)))
    while step < apart:
        step *= 10.0
    away = math.ceil if last >= first else math.floor
    digits = max(0, -round(math.log10(step)))
    return round(away(round(last / step, 6)) * step, digits), step


def at_its_end(field: str, number: float) -> bool:
    """Whether a printed number is an end of what the field can be: nothing lies beyond, so it is not said to be more or less than that.

    >>> at_its_end("patience_per_day", 10.0), at_its_end("patience_per_day", 9.98), at_its_end("demand", 0.0)
    (True, False, False)
    """
    if field not in FIELDS:
        return False
    least, most = sorted(scale_of(field).shown(end) for end in (FIELDS[field].minimum, FIELDS[field].maximum))
    return bool(number <= least or number >= most)


def _read(field: str, number: float) -> float:
    if field in FIELDS:
        return scale_of(field).read(number)
    return number / 100.0 if field in _PERCENT else number


def sides(field: str, now: float, holds: float, turns: float) -> tuple[float, float]:
    """The values on both sides of the number that is printed: two last digits before it (no nearer than the value in force, `now`), and at it.

    >>> inside, beyond = sides("cost_premium", 0.0, 0.08034, 0.08035)
    >>> round(inside, 6), round(beyond, 6)
    (0.0802, 0.0804)
    """
    number, step = printed(field, holds, turns)
    first = _shown(field, now)
    outward = 1.0 if _shown(field, turns) > first else -1.0
    inside = number - 2.0 * step * outward
    return _read(field, inside if (inside - first) * outward > 0.0 else first), _read(field, number)


def to_text(to: str, make: bool = True, today: str = "") -> str:
    """What is right beyond a flip point: a strategy, or ("") that it stays as it is run today; the strategy of `today` is planned anew.

    >>> to_text("MTO"), to_text(""), to_text("MTS", today="MTS")
    ('then make to order', 'then it stays as it is run today', 'then make to stock as today, planned anew')
    """
    if not to:
        return "then it stays as it is run today"
    return f"then {strategy_text(to, make)}" + (" as today, planned anew" if to == today else "")


def flip_text(
    field: str, now: float, holds: float, turns: float, to: str, make: bool = True, today: str = ""
) -> str:
    """Where an assumption turns a decision, and into what, in words.

    Where an assumption turns a decision, and into what: `now` is the value in force, `holds` and `turns` the ends of the bracket, `today` the strategy of
    today.

    >>> flip_text("cost_premium", 0.0, 0.08034, 0.08035, "MTS")
    'it turns if making or buying one at a time costs more than 8.04 % extra: then make to stock'
    >>> flip_text("patience_per_day", 0.0204, 0.02255, 0.0226, "")
    'it turns if fewer than 7.28 of 10 customers still order when told two weeks: then it stays as it is run today'
    >>> flip_text("patience_per_day", 0.0204, 0.0003, 0.00001, "MTO")
    'it turns if 10 of 10 customers still order when told two weeks: then make to order'
    """
    number, step = printed(field, holds, turns)
    rises = _shown(field, turns) > _shown(field, now)
    text = f"{number:,.{max(0, -round(math.log10(step)))}f}"
    words = _TURNS.get(
        field,
        f"{FIELDS[field].label[:1].lower()}{FIELDS[field].label[1:]} is {{}} {FIELDS[field].unit}"
        if field in FIELDS
        else "{}",
    )
    than, count = ("more than ", "more than ") if rises else ("less than ", "fewer than ")
    if at_its_end(field, number):
        than, count, text = "", "", f"{number:,.10g}"
    return f"it turns if {words.format(f'{than}{text}', n=f'{count}{text}')}: {to_text(to, make, today)}"
