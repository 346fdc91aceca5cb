"""stock-or-order: which products to make to stock, assemble to order or make to order, priced on the same simulated demand.

The public names, in the order of the flow: read_sales and read_items, then run_study, then its tables; at last what a unit
left at the end of the year is worth. They are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from analytics.version import __version__

_PUBLIC = {
    "DataError": "analytics.errors",
    "read_sales": "analytics.data",
    "read_items": "analytics.data",
    "Assumptions": "analytics.assumptions",
    "read_assumptions": "analytics.assumptions_file",
    "demand_panel": "analytics.demand",
    "fit_forecast": "analytics.forecast",
    "price": "analytics.strategy.money.price",
    "run_study": "analytics.study",
    "run_forecast": "analytics.study",
    "reassume": "analytics.scenario.reassume",
    "study_tables": "analytics.study_results",
    "study_figures": "analytics.answers",
    "study_summary": "analytics.study_results",
    "run_replay": "analytics.replay",
    "replay_table": "analytics.replay",
    "replay_summary": "analytics.replay",
    "sold_later": "analytics.simulation.terminal_unit",
    "stranded_later": "analytics.simulation.terminal_unit",
    "years_later": "analytics.simulation.terminal_unit",
    "unit_value": "analytics.simulation.terminal_unit",
    "position_value": "analytics.simulation.terminal_unit",
    "until_demanded": "analytics.simulation.terminal_unit",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'analytics' has no attribute {name!r}")
