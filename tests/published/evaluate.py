"""Answers to published cases: `evaluate(id, inputs)` dispatches on the id's prefix to public functions and never sees what is expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.published import (
    answers_assembly,
    answers_choice,
    answers_ending,
    answers_money,
    answers_queue,
    answers_replay,
    answers_service,
    answers_stock,
)
from tests.published.inputs import Given, answer

__all__ = ["NotHandled", "evaluate"]

NotHandled = answers_replay.NotHandled

#: Inputs that describe one thing by a list.
WHOLE = {
    "demand",
    "forecast",
    "forecasts",
    "errors",
    "y",
    "points",
    "pmf",
    "values",
    "probabilities",
    "losses",
    "cost_A",
    "cost_B",
    "breakpoints",
    "unit_costs",
    "items",
}

#: By the id's letters before the first hyphen.
ANSWERS: Mapping[str, Callable[[str, Given], dict[str, Any]]] = {
    "LF": answers_stock.losses,
    "NV": answers_stock.newsvendors,
    "EOQ": answers_stock.lots,
    "EPQ": answers_stock.lots,
    "WW": answers_stock.dynamic_lots,
    "RQ": answers_stock.reorder_points,
    "SS": answers_stock.order_up_to,
    "SVC": answers_service.services,
    "BS": answers_service.base_stocks,
    "LS": answers_service.lost_sales_levels,
    "FE": answers_service.forecast_errors,
    "MM1": answers_queue.single_server,
    "MG1": answers_queue.general_server,
    "GG1": answers_queue.general_server,
    "MMC": answers_queue.many_servers,
    "MM1S": answers_queue.make_to_stock_single,
    "MG1S": answers_queue.make_to_stock_general,
    "ARD": answers_queue.shared_facility,
    "SCR": answers_queue.screen,
    "BALK": answers_queue.balk,
    "PAT": answers_queue.patience_curve,
    "KAR": answers_queue.batch,
    "POOL": answers_assembly.pool,
    "ATO": answers_assembly.assemble,
    "OBS": answers_ending.obsolete,
    "PER": answers_ending.perish,
    "PRC": answers_ending.erosion,
    "FC": answers_ending.forecasts,
    "PROF": answers_money.profit,
    "CAN": answers_money.cancellation,
    "CAR": answers_money.carry,
    "FIN": answers_money.finance,
    "BE": answers_money.break_evens,
    "MC": answers_choice.monte_carlo,
    "PU": answers_choice.parameters,
    "OPT": answers_choice.optimise,
    "REP": answers_replay.replay_case,
    "SIM": answers_replay.simulation_case,
    "BT": answers_replay.origins_case,
}


def evaluate(id: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What the program answers to a case: more keys than any one case asks for; NotHandled where the kind is unknown.

    >>> evaluate("EOQ-99", {"K": 50, "h": 3, "D": 1200})["Q"]
    200.0
    """
    kind = str(id).split("-")[0].upper()
    if kind not in ANSWERS:
        raise NotHandled(f"no published case of kind {kind!r} is answered")
    try:
        return answer(ANSWERS[kind](str(id).upper(), Given(inputs)))
    except TypeError:
        rows = [answer(ANSWERS[kind](str(id).upper(), Given(one))) for one in _one_by_one(inputs)]
        return {key: [row.get(key) for row in rows] for key in rows[0]}


def _one_by_one(inputs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A list where a function takes one number is answered element by element; lists that describe one thing stay whole."""
    lists = {
        name: value
        for name, value in inputs.items()
        if name not in WHOLE
        and isinstance(value, list)
        and value
        and all(isinstance(x, (int, float)) for x in value)
    }
    lengths = {len(value) for value in lists.values()}
    if len(lengths) != 1:
        raise TypeError(f"lists of lengths {sorted(lengths)} among {sorted(inputs)} do not go together")
    return [{**inputs, **{name: value[k] for name, value in lists.items()}} for k in range(lengths.pop())]
