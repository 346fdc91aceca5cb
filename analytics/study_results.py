"""What a study answers as a whole: its tables, its summary, the answer in one line, stock, margin and the rule for sales.

One concept: every answer of a study that needs more than one of its stations, each a few lines over what the stations give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.history import IntakeReport
from analytics.data.kept_apart import APART_FILES, by_product
from analytics.data.meaning.listed_meanings import meanings_table
from analytics.demand import DemandPanel
from analytics.demand.bom import with_part_costs
from analytics.demand.cleaning.layers import cleaned_demand
from analytics.demand.from_sales.below_cost import below_cost
from analytics.demand.from_sales.sold import fitted_window
from analytics.demand.margin import margin_control, margin_document
from analytics.errors import Problem
from analytics.forecast.judged.external import ExternalForecast, ValueAdded, value_added
from analytics.forecast.promotions_ahead import promotions_table
from analytics.forecast.spread.paths import WEEKS
from analytics.naming.labels import Strategy, Verdict
from analytics.naming.what_ifs import what_if_document
from analytics.scenario.own_rule import own_rule_document
from analytics.strategy.compare import Comparison
from analytics.strategy.doubt.gain_doubt import doubt_of
from analytics.strategy.limits.report import limited_summary
from analytics.strategy.minimum_lots import batches_recommended
from analytics.strategy.money.measures import physical_measures
from analytics.strategy.plans.ledgers import Progress, split_channels, split_settings
from analytics.strategy.plans.recipes import expected_weeks
from analytics.strategy.portfolio.answer import Answer, Found, better_stocked, whole_answer
from analytics.strategy.portfolio.confidence import Confidence
from analytics.strategy.portfolio.plan_measures import PlanMeasures, plan_measures, plans_of
from analytics.strategy.portfolio.waiting_customers import waiting_channels, waiting_customers
from analytics.strategy.present.listing import unlisted_in, ways_found
from analytics.strategy.what_if.decision_tree_rule import Rule, rule_features, rule_for_sales
from analytics.strategy.what_if.questions import best_pair
from analytics.strategy.what_if.scenarios import PATIENCE_SCENARIOS, profit_to_order_by_patience
from analytics.study_doubt import Unknowns, asked_questions, study_confidence, study_unknowns
from analytics.study_stock.parts import StockParts, stock_parts
from analytics.study_stock.registered import study_register
from analytics.study_stock.tables import stock_document, stock_tables
from analytics.valuation.policy import DEFAULT_POLICY, StockPolicy
from analytics.version import __version__
from analytics.writeup.availability import availability
from analytics.writeup.components import components_table
from analytics.writeup.register import NOTHING_SAID, MadeFrom
from analytics.writeup.reserves import valuation_summary
from analytics.writeup.stock import stock_summary
from analytics.writeup.summary import MadeBy, choice_summary, plain_values, summary
from analytics.writeup.tables import assumptions_table, recommendation_table, shared_table, strategies_table

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = [
    "forecast_value_added",
    "past_cleaning",
    "patience_scenarios",
    "study_answer",
    "study_margin",
    "study_rule",
    "study_summary",
    "study_tables",
    "study_waiting_channels",
    "study_waiting_customers",
]


def _measured(study: Study) -> str:
    """Where the relative error of gains comes from where a replay measured it; "" where it is an assumption like any other."""
    measured = doubt_of(study.comparison).measured
    return "" if measured is None else measured.origin


def study_tables(
    study: Study,
    policy: StockPolicy = DEFAULT_POLICY,
    made_from: MadeFrom = NOTHING_SAID,
    known: Callable[[], Unknowns] | None = None,
    stock: StockParts | None = None,
) -> dict[str, Callable[[], pd.DataFrame]]:
    """The tables of a study by file name, each made when asked for; stock is valued under a policy, once for all tables.

    `made_from` stands in the register: how the files were read, and their digests. `known` gives what each value in
    doubt changes, `stock` the stock under the policy, where they are worked out once for the tables and the summary
    (None: worked out when asked for).
    """
    parts = stock or stock_parts(study, policy)

    def rejected() -> pd.DataFrame:
        columns = ["row", "column", "found", "expected", "remedy", "text"]
        parts = [report.rejected for report in _reports(study) if len(report.rejected)]
        return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)

    tables: dict[str, Callable[[], pd.DataFrame]] = {
        "recommendation": lambda: recommendation_table(
            study.setup, study.comparison, study.recommendation, study.items, study.history.apart
        ),
        "shared": lambda: _shared(study),
        "strategies": lambda: strategies_table(_plans(study), _free(study), study.items),
        "assumptions": lambda: assumptions_table(study.items, _measured(study)),
        **stock_tables(study, parts),
        "register": lambda: study_register(
            study, policy, assumptions_table(study.items, _measured(study)), made_from, known, parts
        ),
        "cleaning": lambda: study.cleaned.changes,
        "rejected_rows": rejected,
        "meanings": lambda: meanings_table(study.history.report.meanings),
        **{name: partial(by_product, study.history.apart, kind) for kind, name in APART_FILES.items()},
    }
    if (plan := study.promotions) is not None:
        tables["promotions"] = lambda: promotions_table(study.forecast, plan)
    if (bought := with_part_costs(None, study.parts, study.assumptions.what_if)[1]) is not None:
        tables["components"] = lambda: components_table(
            bought, expected_weeks(study.forecast, WEEKS).sum(axis=1) * study.life.alive
        )
    return tables


def _free(study: Study) -> Comparison:
    """The comparison without limits."""
    return study.comparison if study.limited is None else study.limited.free


def _same_cent(one: float, other: float) -> bool:
    """Whether two amounts are the same to the cent."""
    return abs(one - other) < 0.005


def _plans(study: Study) -> Iterator[PlanMeasures]:
    """Every plan product by product; what is added up here is what the totals say, to the cent."""
    for plan in plans_of(study.comparison, study.recommendation, study.items, _free(study)):
        for measure, column in plan.money.items():
            shared = study.recommendation.shared if (plan.name, measure) == ("mix", "profit") else 0.0
            total, rows = study.portfolio.money[plan.name][measure], float(np.nansum(column)) + shared
            assert _same_cent(rows, total), f"{measure} of {plan.name}: {rows} by product, {total} in total"
        yield plan


def _shared(study: Study) -> pd.DataFrame:
    """The lines that close the products' gains; together they are the gain of the portfolio, to the cent."""
    table = shared_table(study.recommendation)
    gain = float(np.sum(study.recommendation.gain)) + float(table["amount_per_year"].sum())
    assert _same_cent(gain, study.portfolio.gain), (
        f"gain: {gain} by product and line, {study.portfolio.gain} in total"
    )
    return table


def _reports(study: Study) -> list[IntakeReport]:
    """How each file was read."""
    further = [study.items_report, None if study.parts is None else study.parts.report]
    return [study.history.report, *(report for report in further if report is not None)]


def past_cleaning(study: Study) -> Callable[[DemandPanel], DemandPanel]:
    """How the study cleans a history that ends at a past date: as today, but for stock-outs, since only today's stock is known.

    Promotions are taken out only where that is told: what is ahead of today was not ahead of then.
    """
    asked = study.cleaned.cleaning
    cleaning = replace(asked, stockouts=False, promotions=bool(asked.promotions))
    return lambda past: cleaned_demand(past, study.history, study.items, cleaning).panel


def forecast_value_added(
    study: Study, external: ExternalForecast, progress: Progress | None = None
) -> ValueAdded:
    """The user's own forecast beside the study's and the mean of the last 12 periods. Raises DataError where it does not fit the sales."""
    return value_added(
        external,
        study.panel,
        study.forecast.family,
        study.forecast.total_periods,
        past_cleaning(study),
        study.seed,
        progress,
    )


def study_rule(study: Study) -> Rule | None:
    """The rule that sales can use instead of the table, and the share of the gain it keeps; None where too few products are decided."""
    recommendation = study.recommendation
    decided = np.array(
        [verdict == Verdict.CLEAR or bool(Verdict.field(str(verdict))) for verdict in recommendation.verdict]
    )
    features = rule_features(study.comparison, study.items)
    profit = study.comparison.profit.copy()
    if recommendation.ruled_out is not None:  # by their component families
        profit[recommendation.ruled_out] = np.nan
    # what stays as it is today, or is ahead of today with two strategies as good, is no example of either
    earned = profit[np.arange(len(profit)), recommendation.recommended]
    decided &= ~(np.where(np.isfinite(profit), profit, -np.inf).max(axis=1) > earned) & np.isfinite(
        profit[:, recommendation.strategies.index(Strategy.MTS)]
    )
    return rule_for_sales(
        features,
        profit,
        recommendation.recommended,
        recommendation.baseline,
        decided,
        recommendation.strategies,
        study.currency,
    )


def patience_scenarios(study: Study) -> list[dict[str, Any]]:
    """Everything to order under each scenario of patience: its profit, and how many products earn more than to stock."""
    profit = profit_to_order_by_patience(study.setup, study.items)
    stocked = study.comparison.profit[:, study.comparison.strategies.index(Strategy.MTS)]
    return [
        {
            "patience": name,
            "profit_to_order": float(np.nansum(profit[:, k])),
            "products_better_to_order": int((profit[:, k] > stocked).sum()),
        }
        for k, name in enumerate(PATIENCE_SCENARIOS)
    ]


def study_summary(
    study: Study,
    policy: StockPolicy = DEFAULT_POLICY,
    known: Callable[[], Unknowns] | None = None,
    came: Sequence[Problem] = (),
    stock: StockParts | None = None,
) -> dict[str, Any]:
    """The study in one document: what `summary.json` holds; `policy`, `known` and `stock` as for `study_tables`, `came` the problems of goods received and promotions."""
    with ThreadPoolExecutor(1) as beside:  # simulated by compiled code while the questions are worked out
        scenarios = beside.submit(patience_scenarios, study)
        document = _without_scenarios(study, stock or stock_parts(study, policy), known)
        said = [p.sentence() for p in (*chain(*(one.problems for one in _reports(study))), *came)]
        return {**document, "input_problems": said, "patience_scenarios": scenarios.result()}


def _without_scenarios(
    study: Study, stock: StockParts, shared: Callable[[], Unknowns] | None
) -> dict[str, Any]:
    known = study_unknowns(study) if shared is None else shared()
    asked = asked_questions(study, known)
    document = summary(
        study.history.report,
        study.portfolio,
        study.recommendation,
        study.life,
        asked,
        MadeBy(__version__, study.seed, study.currency),
        study.notes,
    )
    if study.assumptions.what_if:
        document = {**document, "what_if": [what_if_document(one) for one in study.assumptions.what_if]}
    if study.rule is not None and study.recommendation.mine is not None:
        document = {**document, "own_rule": plain_values(own_rule_document(study))}
    if study.limited is not None:
        document = {**document, "limits": plain_values(limited_summary(study.limited, study.currency))}
    pair = best_pair(study.comparison, known.doubt, known.ends, known.least)
    document["stock"] = plain_values(stock_summary(stock.valued().stock))
    document["valuation"] = plain_values(valuation_summary(stock.valued(), stock.way()))
    document |= plain_values(stock_document(stock))
    document |= choice_summary(study.recommendation, study_rule(study), pair)
    sure = study_confidence(study)
    answer = study_answer(study, sure)
    document |= {
        "answer": plain_values(asdict(answer)),
        "confidence": plain_values(asdict(replace(sure, badge=answer.badge))),
        **plain_values({"gain_change_if_a_tenth_was_never_seen": known.unseen}),
    }
    to_order = (
        np.array(study.recommendation.strategies, object)[study.recommendation.recommended] == Strategy.MTO
    )
    document["batches"] = batches_recommended(study.comparison, to_order & ~study.recommendation.ended)
    document["margin"] = plain_values(study_margin(study))
    return document


def study_answer(study: Study, sure: Confidence | None = None) -> Answer:
    """The answer of a study in its parts: title, badge and whether to keep what is done; `sure` is how sure it is, where that is at hand."""
    return whole_answer(_found(study), sure or study_confidence(study), study.currency)


def _found(study: Study) -> Found:
    """What the answer of a study is made from."""
    r, comparison, totals = study.recommendation, study.comparison, study.portfolio
    live, stock = ~r.ended, comparison.strategies.index(Strategy.MTS)
    priced = np.isfinite(comparison.profit[:, stock]) & live
    mix = plan_measures("mix", comparison, study.items, r.recommended, r.as_today)
    available = availability(study.setup, comparison, r, study.items, mix.values["fill_rate"])
    chosen = ways_found(np.array(r.strategies, object)[r.recommended], available)
    return Found(
        totals.gain, totals.gain_low, totals.gain_high, totals.money["mix"]["profit"], r.baseline_name, {name: int((chosen[live] == name).sum()) for name in r.strategies},
        int(priced.sum()), int((below_cost(study.items) & priced).sum()), bool(np.isfinite(np.asarray(study.items["price"], np.float64)[live]).any()),
        better_stocked(comparison.profit, stock, live), bool((study.panel.units > 0.0).any()), len(study.panel.starts), study.panel.frequency,
        bool((np.asarray(study.items["make"], np.float64)[live] == 0.0).all()), bool((r.verdict == Verdict.CHOSEN_BY_YOU).any()),
        unlisted_in(available[live]),
    )  # fmt: skip


def study_margin(study: Study) -> dict[str, Any]:
    """The control line of the money over the last twelve fitted months: the file's gross margin beside the program's (see `margin_document`)."""
    control = margin_control(study.history, study.items, fitted_window(study.panel))
    return margin_document(
        control, study.recommendation.ended, below_cost(study.items), study.items, study.currency
    )


def study_waiting_customers(study: Study) -> pd.DataFrame:
    """Customers by the value of what would have waited under the mix, largest first."""
    return waiting_customers(
        study.history,
        np.asarray(study.items.skus, object),
        study.items["price"],
        *_waits_of_mix(study),
        fitted_window(study.panel),
    )


def study_waiting_channels(study: Study) -> pd.DataFrame:
    """Channels by what they bought: what of it would have waited under the mix, how long, and by what strategies their products are run.

    See `waiting_channels`; no rows where the file names no channel.
    """
    chosen = np.array(study.comparison.strategies, object)[study.recommendation.recommended]
    parted, share = np.full(len(chosen), "", object), np.zeros(len(chosen))
    split = np.flatnonzero(chosen == Strategy.HYBRID)
    if len(split):
        setting = study.comparison.chosen[Strategy.HYBRID].setting[split]
        parted[split] = split_channels(study.setup, split, setting)
        share[split] = 1.0 - split_settings(study.setup, split, setting)["small_share"]
    return waiting_channels(
        study.history,
        np.asarray(study.items.skus, object),
        study.items["price"],
        _waits_of_mix(study),
        fitted_window(study.panel),
        (
            np.where(study.recommendation.ended, "", chosen),
            parted,
            share,
            np.asarray(study.items["quote_days"], np.float64),
        ),
    )


def _waits_of_mix(study: Study) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The share of every product's orders that wait under the mix, 0 where it has ended, and the median wait of those in days."""
    rows, chosen = np.arange(len(study.items)), study.recommendation.recommended
    names = study.comparison.strategies
    share = np.stack(
        [physical_measures(study.comparison.chosen[name].counts)["share_waiting"] for name in names], axis=1
    )[rows, chosen]
    days = study.comparison.wait_days["wait_days_median"][rows, chosen]
    return np.where(study.recommendation.ended, 0.0, share), days
