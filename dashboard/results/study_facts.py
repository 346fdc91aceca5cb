"""From a `Study` to `Facts`: its records as they are, and what is derived for a page by functions of `analytics`."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.naming.labels import COMPONENTS, Strategy
from analytics.version import __version__
from dashboard.results.capacity_facts import carrying_of
from dashboard.results.facts import Facts, Known
from dashboard.results.intake import intake_of

if TYPE_CHECKING:
    from analytics.study import Study
    from analytics.valuation.valued import ValuedStock

__all__ = ["facts_of", "with_unknowns"]

Array = NDArray[np.float64]

_UNITS = (
    "units_demanded",
    "units_sold",
    "units_lost",
    "units_scrapped",
    "units_cleared",
    "units_on_hand",
    "share_waiting",
    "share_quoted_a_wait",
    "share_shelf_empty",
    "share_lost",
)


def _by_strategy(study: Study, make: Any) -> Array:
    return np.stack([np.asarray(make(name), np.float64) for name in study.comparison.strategies], axis=1)


def _run_today(study: Study, money: Any) -> tuple[NDArray[np.bool_], Array, dict[str, Array]]:
    """Products that stay with today's settings, what each writes off a year as it is run today, and its physical measures then (NaN: not known)."""
    from analytics.strategy.money.measures import physical_measures, priced_measures
    from analytics.strategy.money.totals import written_off
    from analytics.strategy.present.present_policy import todays_money

    comparison, baseline = study.comparison, study.recommendation.baseline
    rows = np.arange(len(baseline))
    today_off = np.stack([written_off(money[name]) for name in comparison.strategies], axis=1)[rows, baseline]
    known, units = np.zeros(len(baseline), bool), {m: np.full(len(baseline), np.nan) for m in _UNITS}
    if (today := comparison.today) is not None:
        known[today.index] = True
        own = priced_measures(today.counts, todays_money(today, study.items))
        today_off[today.index] = written_off(own)
        physical = physical_measures(today.counts)
        for m, column in units.items():
            column[today.index] = physical[m]
    return study.recommendation.as_today & known, today_off, units


def _product_table(
    study: Study, run_today: tuple[NDArray[np.bool_], Array, dict[str, Array]], valued: ValuedStock
) -> pd.DataFrame:
    """The columns of recommendation.csv and what the pages say of a product beside them."""
    from analytics.naming.labels import Verdict
    from analytics.strategy.cross_check import cross_check
    from analytics.strategy.portfolio.variations import not_varied, variation_words, variations
    from analytics.strategy.reasons import turns_text
    from analytics.study_results import study_tables
    from analytics.study_stock.answer import stop_ordering_words

    comparison, recommendation, items = study.comparison, study.recommendation, study.items
    strategies = comparison.strategies
    products = study_tables(study)["recommendation"]()
    names = np.array([str(t) or str(s) for t, s in zip(items["name"], items.skus, strict=True)], object)
    as_today, written_off, _ = run_today
    count, drawn = variations(comparison, recommendation.recommended, recommendation.as_today)
    decisive, flips = [Verdict.field(str(v)) for v in recommendation.verdict], recommendation.flips
    return products.assign(
        recommended=np.array(strategies, object)[recommendation.recommended],  # ended: as it was run
        name=names,
        family=np.array([str(f) for f in items["family"]], object),
        ended=recommendation.ended,
        stage=np.asarray(study.life.stage),
        baseline=np.array(strategies, object)[recommendation.baseline],
        planning=recommendation.planning,
        cross_check=cross_check(comparison, recommendation, items, study.currency),
        as_today=as_today,
        written_off_today=written_off,
        wave=recommendation.wave,
        stop_ordering=stop_ordering_words(study, valued)[: len(items)],
        worth=recommendation.worth,
        best_in=[
            variation_words(float(share), count, fixed)
            for share, fixed in zip(recommendation.probability_best, not_varied(items, drawn), strict=True)
        ],
        decisive=decisive,
        turns=[
            ""
            if flips is None or not field
            else turns_text(flips, strategies, recommendation.baseline, items, i)
            for i, field in enumerate(decisive)
        ],
    )


def _profit_by_quote(study: Study) -> tuple[Array, Array]:
    """Days quoted and expected profit to order, both products x quotes (none where nothing is made to order)."""
    from analytics.strategy.money.price import price
    from analytics.strategy.plans.batches import SINGLE

    if Strategy.MTO not in study.ledgers:
        return np.zeros((len(study.items), 0)), np.zeros((len(study.items), 0))
    ledger = study.ledgers[Strategy.MTO]
    money = price(ledger, study.items).profit.mean(axis=2)
    single = ledger.settings["way"][:, :1] == SINGLE  # batches are not a line over quotes
    return np.array(ledger.settings["quote_days"]), np.where(single, money, np.nan)


def with_unknowns(facts: Facts, study: Study) -> Facts:
    """The facts with what each value in doubt of their study moves and is worth: then all is known."""
    from analytics.strategy.what_if.gain_sensitivity import GainMove
    from analytics.study_doubt import study_moves, study_questions, study_unknowns, unseen_sentence

    unknowns = study_unknowns(study)
    return replace(
        facts,
        sensitivity=pd.DataFrame(study_moves(study, unknowns), columns=_columns(GainMove)),
        unseen=unseen_sentence(study, unknowns),
        worth={q.field: q.adds for q in study_questions(study, unknowns)},
        known=Known.ALL,
    )


def _columns(record: Any) -> list[str]:
    return [field.name for field in fields(record)]


def facts_of(study: Study, known: Known = Known.ALL) -> Facts:
    """What the pages show of a study as far as it is `known`, but whose data it is and own choices."""
    found = _decided_facts(study, min(known, Known.TURNS))
    return with_unknowns(found, study) if known == Known.ALL else found


def _decided_facts(study: Study, known: Known) -> Facts:
    """All of the facts but what each value in doubt moves and is worth."""
    from analytics.data.kept_apart import ON_HAND, RECEIPT, by_product
    from analytics.demand.from_sales.below_cost import below_cost
    from analytics.strategy.compare import profit_against_best
    from analytics.strategy.compared.played_years import SERVICE_DAYS
    from analytics.strategy.money.measures import physical_measures
    from analytics.strategy.own_decision import strategy_money
    from analytics.strategy.planned_settings import planned_settings
    from analytics.strategy.portfolio.waits_by_family import waits_by_family
    from analytics.strategy.what_if.gain_sensitivity import GainMove
    from analytics.study_doubt import study_confidence
    from analytics.study_results import study_margin, study_rule, study_waiting_customers
    from analytics.study_stock.cash import study_bridge
    from analytics.study_stock.valuation import study_valuation
    from analytics.writeup.summary import choice_summary

    comparison, recommendation, items = study.comparison, study.recommendation, study.items
    strategies = comparison.strategies
    offered = np.stack([comparison.chosen[name].offered for name in strategies], axis=1)
    money = {name: strategy_money(comparison, items, name) for name in strategies}
    physical = {name: physical_measures(comparison.chosen[name].counts) for name in strategies}

    def masked(values: Array) -> Array:
        return np.where(offered, values, np.nan)

    components = np.stack(
        [np.stack([money[name][c] for c in COMPONENTS], axis=1) for name in strategies], axis=1
    )
    policies = [
        planned_settings(
            study.setup,
            comparison,
            items,
            np.where(comparison.chosen[name].offered, k, strategies.index(Strategy.MTS)).astype(np.intp),
        )
        for k, name in enumerate(strategies)
    ]
    valued = study_valuation(study)
    run_today = _run_today(study, money)
    products = _product_table(study, run_today, valued)
    quotes, quote_profit = _profit_by_quote(study)
    return Facts(
        title=study.history.report.source,
        sample=False,
        currency=study.currency,
        seed=study.seed,
        version=__version__,
        strategies=tuple(strategies),
        products=products,
        items=items,
        profit=np.array(comparison.profit),
        low=masked(comparison.low["profit"]),
        high=masked(comparison.high["profit"]),
        probability_best=masked(comparison.probability_best),
        against_best=np.where(offered[:, :, None], np.stack(profit_against_best(comparison), axis=2), np.nan),
        components=np.where(offered[:, :, None], components, np.nan),
        cash=masked(_by_strategy(study, lambda s: money[s]["cash_tied_up"])),
        benchmark=masked(_by_strategy(study, lambda s: money[s]["benchmark"])),
        units={m: masked(_by_strategy(study, lambda s, m=m: physical[s][m])) for m in _UNITS},
        units_today=run_today[2],
        counts=np.stack([comparison.chosen[name].counts for name in strategies], axis=1),
        wait_median=masked(comparison.wait_days["wait_days_median"]),
        wait_p90=masked(comparison.wait_days["wait_days_p90"]),
        policy={m: np.stack([p[m] for p in policies], axis=1) for m in policies[0]},
        portfolio=study.portfolio,
        service_days=np.array(SERVICE_DAYS),
        compared_with=recommendation.compared_with,
        shared=recommendation.shared,
        valued=valued,
        quotes=quotes,
        quote_profit=quote_profit,
        sensitivity=pd.DataFrame(columns=_columns(GainMove)),
        unseen="",
        worth={},
        confidence=study_confidence(study),
        bridge=study_bridge(study, {}),
        carrying=None if known < Known.YEARS else carrying_of(study),
        rule={}
        if known < Known.TURNS
        else choice_summary(recommendation, study_rule(study), None)["rule"] or {},
        waiting=study_waiting_customers(study),
        family_waits=waits_by_family(comparison, recommendation, items),
        starts=np.array(study.panel.starts),
        demand=study.panel.units.astype(np.float32),
        frequency=study.panel.frequency,
        intake=intake_of(study.history.report),
        orders_on_hand=by_product(study.history.apart, ON_HAND),
        receipts=by_product(study.history.apart, RECEIPT),
        notes=tuple(study.notes),
        below_cost=below_cost(items),
        margin=study_margin(study),
        known=known,
    )
