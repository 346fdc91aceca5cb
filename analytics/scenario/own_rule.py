"""A study with the plan of a person's own rule beside the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analytics.errors import DataError
from analytics.naming.labels import Strategy
from analytics.strategy.decision import joined_ledgers
from analytics.strategy.pool_membership import shared_components
from analytics.strategy.portfolio.plans_compared import profit_over
from analytics.strategy.portfolio.sums import Portfolio, portfolio_totals
from analytics.strategy.what_if.own_rule import OwnRule, RuleMatch, matched, read_rule

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["own_rule_document", "rule_match", "tried_own_rule", "with_own_rule"]


def _free(study: Study) -> Any:
    return study.comparison if study.limited is None else study.limited.free


def rule_match(study: Study, rule: OwnRule) -> RuleMatch:
    """What the rule says of every product of the study. Raises DataError where it matches none of them, or all."""
    return matched(rule, _free(study), study.items, study.recommendation.ended)


def with_own_rule(study: Study, rule: OwnRule) -> Study:
    """The study with the plan "mine": every product run as the rule says, on the same simulated years; nothing else changes.

    What is assembled shares its components with those alone that the rule assembles too: what that costs or brings beside the
    products' own money is the plan's line of shared components. As with every plan of single strategies the limits that all
    products share do not bind it, and a product that is not offered what the rule says stays to stock. Raises DataError where
    the rule matches no product, or all.
    """
    free = None if study.limited is None else study.limited.free
    found = rule_match(study, rule)
    recommendation = replace(study.recommendation, mine=found.strategy)
    portfolio = portfolio_totals(study.comparison, recommendation, study.items, free)
    if rule.strategy == Strategy.ATO:
        portfolio = _with_shared(portfolio, _shared(study, found))
    return replace(study, recommendation=recommendation, portfolio=portfolio, rule=rule)


def _shared(study: Study, found: RuleMatch) -> float:
    """Money that the own gains of what the rule assembles leave out, because fewer share the components than each assumes."""
    comparison = _free(study)
    assembled = (found.strategy == comparison.strategies.index(Strategy.ATO)) & ~study.recommendation.ended
    joined = joined_ledgers(study.setup, study.outlook, study.items)
    return float(shared_components(study.setup, comparison, assembled, study.items, joined).sum())


def _with_shared(portfolio: Portfolio, shared: float) -> Portfolio:
    """The totals with the line of shared components of the plan "mine", in every year the same."""
    mine = portfolio.money["mine"]
    moved = {**mine, "profit": mine["profit"] + shared, "shared": shared}

    def by(of: Mapping[str, float], amount: float) -> dict[str, float]:
        return {**of, "mine": of["mine"] + amount} if "mine" in of else dict(of)

    return replace(
        portfolio,
        money={**portfolio.money, "mine": moved},
        low=by(portfolio.low, shared),
        high=by(portfolio.high, shared),
        lost_low=by(portfolio.lost_low, -shared),
        lost_high=by(portfolio.lost_high, -shared),
    )


def tried_own_rule(study: Study, text: str) -> Study:
    """As `with_own_rule` for a rule as it is typed; where it parts no products any more there is no plan, and a note says why."""
    try:
        return with_own_rule(study, read_rule(text))
    except DataError as error:
        why = "; ".join(problem.message for problem in error.problems)
        return replace(study, notes=(*study.notes, f"There is no plan of your own: {why}."))


def own_rule_document(study: Study) -> dict[str, Any]:
    """What summary.json says of a person's own rule: what it asks, whom it matches, and the plan against today's way and against the mix, a year."""
    rule, money = study.rule, study.portfolio.money
    assert rule is not None
    found = rule_match(study, rule)
    return {
        "rule": rule.text,
        "words": rule.words(study.currency),
        "conditions": [c._asdict() for c in rule.conditions],
        "strategy": str(rule.strategy),
        "products_matched": found.products,
        "living_products": found.living,
        "products_not_offered": found.not_offered,
        "products_unknown": found.unknown,
        "gain_over_today": profit_over(money["mine"], money["baseline"]),
        "gain_over_mix": profit_over(money["mine"], money["mix"]),
        "share_waiting": study.portfolio.service["mine"]["share_waiting"],
        "cash_tied_up": money["mine"]["cash_tied_up"],
        "shared_components": money["mine"].get("shared", 0.0),
    }
