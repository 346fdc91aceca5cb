"""The one table of figures of a study: of the portfolio under every plan, or of one product, each with label, unit, function and formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.naming.figures import FIGURES
from analytics.naming.labels import PLANS
from analytics.strategy.portfolio.plan_measures import plans_of
from analytics.strategy.portfolio.sums import portfolio_figures

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["FIGURE_COLUMNS", "study_figures"]

FIGURE_COLUMNS = ("figure", "label", "unit", "plan", "value", "function", "formula")


def study_figures(study: Study, sku: str | None = None) -> pd.DataFrame:
    """Every figure of the portfolio (or of the product `sku`) under every plan, one row each: columns FIGURE_COLUMNS.

    `figure` is the name in files, `label` the name on the screen, `plan` today's way, one strategy for all or the mix, `value` the figure
    unrounded (NaN unknown), `function` the function that makes it and `formula` the sentence of its docstring. `summary.json` reads the same
    figures. Raises ValueError where there is no such product.
    """
    if sku is None:
        found = portfolio_figures(study.portfolio, study.recommendation)
    else:
        at = np.flatnonzero(study.items.skus == sku)
        if not len(at):
            raise ValueError(f"study_figures: no product {sku!r}")
        free = study.comparison if study.limited is None else study.limited.free
        plans = plans_of(study.comparison, study.recommendation, study.items, free)
        found = {
            (name, plan.name): float(column[at[0]]) for plan in plans for name, column in plan.values.items()
        }
    rows = [
        (name, one.label, one.unit, PLANS[plan], value, one.function, one.formula)
        for (name, plan), value in found.items()
        for one in (FIGURES[name],)
    ]
    return pd.DataFrame(rows, columns=list(FIGURE_COLUMNS))
