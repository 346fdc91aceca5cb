"""A study with a person's own choices counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.strategy.decision import closed, joined_ledgers
from analytics.strategy.portfolio.own_choice import with_own_choices
from analytics.strategy.what_if.expected_money import (
    expected_portfolio,
)

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["with_choices"]


def with_choices(study: Study, chosen: Mapping[str, tuple[str, str]], pooled: bool = True) -> Study:
    """The study with a person's own choices counted: `chosen` is SKU -> (strategy, why).

    Pooled components are simulated again with those who still share them; without `pooled` the shared line stays.
    Limits that all products share are not applied again: an own choice stands, and a note says so.
    """
    recommendation = with_own_choices(
        study.recommendation, study.comparison, study.items, chosen, study.currency
    )
    if not pooled:
        return replace(
            study,
            recommendation=recommendation,
            portfolio=expected_portfolio(study.comparison, recommendation, study.items),
        )
    free = None if study.limited is None else study.limited.free
    joined = joined_ledgers(study.setup, study.outlook, study.items)
    recommendation, portfolio = closed(
        study.setup, study.comparison, recommendation, study.items, joined, free
    )
    notes = (
        study.notes
        if free is None
        else (
            *study.notes,
            "Own choices are counted after the limits; whether the limits still hold with them is not checked again.",
        )
    )
    return replace(study, recommendation=recommendation, portfolio=portfolio, notes=notes)
