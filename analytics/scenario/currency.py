"""A study with its words in another currency."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.naming.labels import Verdict
from analytics.strategy.limits.report import limited_words
from analytics.strategy.recommend import recommend
from analytics.strategy.what_if.service_held import held_recommendation

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["with_currency"]


def with_currency(study: Study, currency: str) -> Study:
    """The same study with its words in another currency; nothing is converted."""
    free = study.comparison if study.limited is None else study.limited.free
    if (study.recommendation.verdict == Verdict.HELD).any():
        return replace(
            study,
            currency=currency,
            recommendation=held_recommendation(study.recommendation, free, study.items, currency),
        )
    of = study.recommendation if study.limited is None else study.limited.free_recommendation
    words = recommend(free, study.items, of.decided, of.flips, currency)
    if study.limited is None:
        return replace(
            study, currency=currency, recommendation=replace(words, shared=study.recommendation.shared)
        )
    limited = replace(
        study.limited, free_recommendation=replace(words, shared=study.limited.free_recommendation.shared)
    )
    recommendation = limited_words(
        limited.free_recommendation,
        limited,
        study.comparison,
        study.recommendation.recommended,
        study.items,
        currency,
    )
    return replace(study, currency=currency, limited=limited, recommendation=recommendation)
