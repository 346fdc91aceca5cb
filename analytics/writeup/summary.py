"""The document `summary.json`: what is compared, totals, gain with its interval, questions, waves and rule, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from analytics.data.history import IntakeReport
from analytics.demand import STAGES, LifeCycle
from analytics.naming.labels import COMPONENTS
from analytics.strategy.portfolio.sums import Portfolio, portfolio_figures
from analytics.strategy.recommend import Recommendation
from analytics.strategy.rollout_waves import products_for_80_percent
from analytics.strategy.what_if.decision_tree_rule import Rule
from analytics.strategy.what_if.questions import PairQuestion, Question

__all__ = ["MadeBy", "choice_summary", "plain_values", "summary"]


def plain_values(value: Any) -> Any:
    """A document of plain Python values, as JSON can hold: numbers that are not finite become null."""
    if isinstance(value, dict | Mapping):
        return {str(k): plain_values(v) for k, v in value.items()}
    if isinstance(value, float | np.floating):
        return None if not np.isfinite(value) else float(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.ndarray | list | tuple):
        return [plain_values(v) for v in value]
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(value.astype("datetime64[D]"))
    return value


class MadeBy(NamedTuple):
    """What a document was made by: `version` of the program, `seed` of the simulation, and the `currency` it is in."""

    version: str
    seed: int
    currency: str


def summary(
    report: IntakeReport,
    portfolio: Portfolio,
    recommendation: Recommendation,
    life: LifeCycle,
    asked: tuple[Question, ...],
    made: MadeBy,
    notes: tuple[str, ...],
) -> dict[str, Any]:
    """What `summary.json` holds: baseline, totals per strategy and for the mix, gain with interval, questions, control totals."""
    names = np.array(recommendation.strategies, object)[recommendation.recommended]
    live = ~recommendation.ended
    found = portfolio_figures(portfolio, recommendation)

    def of_plans(measures: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
        return {
            plan: {m: found["shared_components" if m == "shared" else m, plan] for m in values}
            for plan, values in measures.items()
        }

    return plain_values(
        {
            "version": made.version,
            "seed": made.seed,
            "input_digest": report.digest,
            "currency": made.currency,
            "baseline": recommendation.baseline_name,
            "products": len(recommendation.skus),
            "ended_products": int(recommendation.ended.sum()),
            "priced_products": portfolio.priced_products,
            "recommended": {name: int((names[live] == name).sum()) for name in recommendation.strategies},
            "verdicts": {
                str(v): int((recommendation.verdict == v).sum()) for v in sorted(set(recommendation.verdict))
            },
            "gain_per_year": found["gain_of_portfolio", "mix"],
            "gain_low": found["gain_low", "mix"],
            "gain_high": found["gain_high", "mix"],
            "gain_error": vars(portfolio.gain_error),
            "shared": found["shared_components", "mix"],
            "sum_of_product_gains": found["gain_per_year", "mix"],
            "stopping_saves": found["stopping_saves", "mix"],
            "gain_split": {
                "planning_better": found["gain_by_planning", "mix"],
                "changing_strategy": found["gain_by_strategy", "mix"],
                "shared": found["shared_components", "mix"],
            },
            "totals": of_plans(portfolio.money),
            "service": of_plans(portfolio.service),
            "profit_low": {plan: found["profit_low", plan] for plan in portfolio.low},
            "profit_high": {plan: found["profit_high", plan] for plan in portfolio.high},
            "components": list(COMPONENTS),
            "questions": [vars(question) for question in asked],
            "control_totals": {
                "rows_read": report.rows_read,
                "rows_used": report.rows_used,
                "rows_rejected": report.rows_rejected,
                "units_used": report.units_used,
                "units_rejected": report.units_rejected,
                "revenue_used": report.revenue_used,
                "first_date": report.first_date,
                "last_date": report.last_date,
                "gross_units": report.gross_units,
                "returned_units": report.returned_units,
            },
            "stages": {name: int((life.stage == k).sum()) for k, name in enumerate(STAGES)},
            "notes": list(notes),
        }
    )


def choice_summary(
    recommendation: Recommendation, rule: Rule | None, pair: PairQuestion | None
) -> dict[str, Any]:
    """What `summary.json` says beside the totals: waves of change, the rule that sales can use, the pair of questions worth most together."""
    gain, wave = recommendation.gain, recommendation.wave
    stated = None
    if rule is not None:
        stated = {
            "sentences": rule.sentences,
            "share_of_gain_kept": rule.share_kept,
            "share_of_gain_kept_in_sample": rule.share_in_sample,
            "products": rule.products,
            "products_wrong": rule.wrong,
            "lost_per_year": rule.lost,
        }
    return plain_values(
        {
            "products_for_80_percent": products_for_80_percent(gain, recommendation.worth),
            "waves": [
                {"wave": k, "products": int((wave == k).sum()), "gain_per_year": float(gain[wave == k].sum())}
                for k in range(1, int(wave.max(initial=0)) + 1)
            ],
            "rule": stated,
            "best_pair_of_questions": None if pair is None else {"fields": pair.fields, "worth": pair.worth},
        }
    )
