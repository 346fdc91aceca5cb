"""The register of a study: its values and what they move, gathered from the stations that know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.demand.cleaning.layers import Cleaning
from analytics.study_doubt import Unknowns, study_unknowns
from analytics.study_stock.effects import assumption_effects, moved_by_field, stated_effects, stock_effects
from analytics.study_stock.parts import StockParts, once, stock_parts
from analytics.study_stock.valuation import study_valuation
from analytics.valuation.policy import DEFAULT_POLICY, StockPolicy
from analytics.version import __version__
from analytics.writeup.register import Effects, MadeFrom, Stated, register_table
from analytics.writeup.summary import MadeBy

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["study_register", "worked_out_once"]


def worked_out_once(study: Study) -> Callable[[], Unknowns]:
    """What each value in doubt changes, worked out when first asked for, once for tables and summary."""
    return once(lambda: study_unknowns(study))


def study_register(
    study: Study,
    policy: StockPolicy,
    assumed: pd.DataFrame,
    made_from: MadeFrom,
    known: Callable[[], Unknowns] | None = None,
    parts: StockParts | None = None,
) -> pd.DataFrame:
    """Every value used (`assumed`, the table assumptions.csv) with what it moves, what was stated, how stock is valued, and what made the files.

    One row a value. `known` gives what each value in doubt changes, `parts` the stock under the policy (None: worked out here).
    """
    valued = (parts or stock_parts(study, policy)).valued()
    family = dict(zip(study.items.skus.astype(str), study.items["family"].astype(str), strict=True))
    layers = (
        study.cleaned.cleaning.names
    )  # as asked for: what promotions ahead switch on comes by itself again
    cleaning = {} if layers == Cleaning().names else {"clean": (", ".join(layers) or "none",)}
    fields = assumed["field"].astype(str).unique().tolist()
    moved = moved_by_field(study, (known or worked_out_once(study))(), fields)
    own_day = np.isnat(policy.as_of)
    of_file = valued if own_day else study_valuation(study, replace(policy, as_of=DEFAULT_POLICY.as_of))
    by_id = {
        **stated_effects(study, moved),
        **stock_effects(valued, of_file),
    }
    return register_table(
        assumed,
        Stated(study.assumptions, policy, valued.as_of, family),
        study.recommendation.verdict,
        Effects(*assumption_effects(study, moved, assumed), by_id),
        MadeBy(__version__, study.seed, study.currency),
        MadeFrom(
            {**cleaning, **made_from.options}, {"input": study.history.report.digest, **made_from.digests}
        ),
    )
