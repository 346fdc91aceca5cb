"""What a study answers: its tables, summary, questions, rule, and one product on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.data.history import IntakeReport
from analytics.data.kept_apart import APART_FILES, by_product
from analytics.data.meaning.listed_meanings import meanings_table
from analytics.demand import DemandPanel
from analytics.demand.cleaning.layers import cleaned_demand
from analytics.demand.from_sales.below_cost import below_cost
from analytics.demand.from_sales.sold import fitted_window
from analytics.demand.margin import margin_control, margin_document
from analytics.demand.panel import PERIOD_WEEKS
from analytics.forecast.judged.external import ExternalForecast, ValueAdded, value_added
from analytics.forecast.spread.paths import WEEKS, path_plan
from analytics.naming.labels import Strategy, Verdict
from analytics.scenario import study_standing, without_limits
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Comparison
from analytics.strategy.flips.lever_flips import LeverFlip, lever_flips
from analytics.strategy.limits.report import limited_summary
from analytics.strategy.money.measures import physical_measures
from analytics.strategy.money.thresholds import worth_asking
from analytics.strategy.plans.component_pools import rows_of
from analytics.strategy.plans.ledgers import Progress, Setup
from analytics.strategy.plans.recipes import expected_weeks
from analytics.strategy.plans.setup import demand_held, grid_of
from analytics.strategy.portfolio.answer import Answer, Found, better_stocked, whole_answer
from analytics.strategy.portfolio.confidence import Confidence, confidence, turned_by
from analytics.strategy.portfolio.plan_measures import PlanMeasures, plans_of
from analytics.strategy.portfolio.waiting_customers import waiting_customers
from analytics.strategy.reasons import turns_text
from analytics.strategy.what_if.decision_map import DecisionMap, axis_values, decision_map
from analytics.strategy.what_if.decision_tree_rule import Rule, rule_features, rule_for_sales
from analytics.strategy.what_if.gain_sensitivity import GainMove, gain_moves, price_ends
from analytics.strategy.what_if.product_what_if import Case
from analytics.strategy.what_if.questions import Question, best_pair, open_values, question_of, questions
from analytics.strategy.what_if.scenarios import PATIENCE_SCENARIOS, profit_to_order_by_patience
from analytics.strategy.what_if.simulated_range_ends import PlayedEnds, played_ends
from analytics.valuation.on_hand import StockFacts
from analytics.valuation.study_stock import stock_of_mix
from analytics.version import __version__
from analytics.writeup.components import components_table
from analytics.writeup.stock import stock_summary, stock_table
from analytics.writeup.tables import (
    MadeBy,
    assumptions_table,
    choice_summary,
    plain_values,
    recommendation_table,
    shared_table,
    strategies_table,
    summary,
)

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = [
    "Unknowns",
    "asked_questions",
    "forecast_value_added",
    "past_cleaning",
    "patience_scenarios",
    "product_case",
    "product_flips",
    "product_map",
    "product_turns",
    "study_answer",
    "study_confidence",
    "study_margin",
    "study_moves",
    "study_questions",
    "study_rule",
    "study_stock",
    "study_summary",
    "study_tables",
    "study_unknowns",
    "study_waiting_customers",
]  # fmt: skip


def study_tables(study: Study) -> dict[str, Callable[[], pd.DataFrame]]:
    """The tables of a study by file name, each made when asked for."""

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
        "assumptions": lambda: assumptions_table(study.items),
        "stock": lambda: stock_table(study_stock(study)),
        "cleaning": lambda: study.cleaned.changes,
        "rejected_rows": rejected,
        "meanings": lambda: meanings_table(study.history.report.meanings),
        **{name: partial(by_product, study.history.apart, kind) for kind, name in APART_FILES.items()},
    }
    if (bought := study.parts) is not None:
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
    """How the study cleans a history that ends at a past date: as today, but for stock-outs, since only today's stock is known."""
    cleaning = replace(study.cleaned.cleaning, stockouts=False)
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


@dataclass(frozen=True, eq=False)
class Unknowns:
    """What every value in doubt changes.

    What every value in doubt changes: `ends[field]` expected profit (products, strategies) at the low and the high end of its range, prices priced
    again and physics `played` again; `doubt[field]` the products (products,) on which it is worth asking for, `least` the least worth of an answer.
    """

    ends: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]]
    played: PlayedEnds
    doubt: Mapping[str, NDArray[np.bool_]]
    least: float


def study_unknowns(study: Study) -> Unknowns:
    """Both ends of every value in doubt, found once for the questions and for what moves the gain."""
    live = ~study.recommendation.ended
    played = played_ends(study.setup, study.comparison, study.items, live)
    ends = {**price_ends(study.comparison, study.ledgers, study.items, live), **played.strategies}
    return Unknowns(
        ends,
        played,
        open_values(study.comparison, study.items, live, ends),
        1e-5 * abs(study.portfolio.money[Strategy.MTS]["benchmark"]),
    )


def study_questions(study: Study, unknowns: Unknowns | None = None) -> tuple[Question, ...]:
    """The assumed values worth asking about, most valuable first: those worth more than a hundred-thousandth of the perfect year."""
    known = study_unknowns(study) if unknowns is None else unknowns
    return questions(
        study.comparison, study.items, known.doubt, known.ends, known.least, live=~study.recommendation.ended
    )


def asked_questions(study: Study, unknowns: Unknowns | None = None) -> tuple[Question, ...]:
    """The questions that are asked: those whose answer can move the gain by 2 %, or turns a product (see `worth_asking`); those that decide most money first.

    A value that changes no choice but what the choice is compared with, as the service of today, is worth nothing to the decision and is asked all the same;
    and so is every value that turns a product.
    """
    known = study_unknowns(study) if unknowns is None else unknowns
    moves = {
        move.field: max(abs(move.at_low - study.portfolio.gain), abs(move.at_high - study.portfolio.gain))
        for move in study_moves(study, known)
    }
    found = {q.field: q for q in study_questions(study, known)}
    live = ~study.recommendation.ended
    turned = {one.field: one.products for one in study_confidence(study).turning}
    for field in [*(name for name in moves if FIELDS[name].question), *turned]:
        if field not in found:
            low, high = study.items.range(field)
            found[field] = question_of(study.items, field, live & (high > low), live)
    gain, earned = study.portfolio.gain, study.portfolio.money["mix"]["profit"]
    asked = [
        q
        for q in found.values()
        if worth_asking(moves.get(q.field, 0.0), q.adds, turned.get(q.field, 0), gain, earned)
    ]
    return tuple(
        sorted(asked, key=lambda q: (-max(q.adds, moves.get(q.field, 0.0)), list(FIELDS).index(q.field)))
    )


def study_moves(study: Study, unknowns: Unknowns | None = None) -> tuple[GainMove, ...]:
    """How far each value in doubt moves the gain, largest swing first."""
    known = study_unknowns(study) if unknowns is None else unknowns
    return gain_moves(
        study.comparison, study.recommendation, study.items, study.portfolio.gain, known.ends, known.played
    )


def product_case(study: Study, sku: str) -> Case:
    """One product with its component family, ready to be priced or played again under changed values (flip points, tornado, map).

    It compares the whole product to stock, assembled or to order: a split by order size is not moved. Raises ValueError where the
    product is unknown, has ended, or has no money.
    """
    found = np.flatnonzero(study.items.skus == sku)
    if (
        not len(found)
        or study.recommendation.ended[found[0]]
        or not np.isfinite(study.comparison.profit[found[0]]).any()
    ):
        raise ValueError(f"product_case: {sku!r} has nothing to decide")
    i = int(found[0])
    setup = study.setup
    family = next((k for k, f in enumerate(setup.families) if i in f), -1)
    index = np.array([i]) if family < 0 else setup.families[family]
    forecast = rows_of(study.forecast, index)
    draws = setup.world.paths // setup.world.inner
    total = None if setup.totals is None or family < 0 else rows_of(setup.totals, np.array([family]))
    world = demand_held(setup.world.take(index))
    profit, mine, ruled_out = (
        study.comparison.profit[i],
        study.recommendation.recommended[i],
        study.recommendation.ruled_out,
    )
    barred = np.zeros(len(profit), bool) if ruled_out is None else ruled_out[i] & (profit > profit[mine])
    offered = tuple(
        name
        for k, name in enumerate(study.comparison.strategies)
        if name != Strategy.HYBRID and study.comparison.chosen[name].offered[i] and not barred[k]
    )
    ledgers = {}
    for name in offered:
        whole = study.ledgers[name]
        where = {s: k for k, s in enumerate(whole.skus)}
        rows = np.array(
            [where[s] for s in setup.skus[index] if s in where]
        )  # split by order size: the product alone, if its family is not
        rows = rows if len(rows) == len(index) else np.array([where[sku]])
        ledgers[name] = Ledger(name, whole.skus[rows], {}, whole.counts[rows])
    part = Setup(
        setup.skus[index],
        world,
        setup.alive[index],
        setup.stock,
        setup.order,
        None,
        (),
        setup.seed,
        setup.assembly_years[index],
    )
    plan = path_plan(forecast, study.families, study.seed, draws=draws, inner=setup.world.inner)
    at = int(np.flatnonzero(index == i)[0])
    return Case(
        study.items.take(index), forecast, total, plan, part, ledgers, offered, at, grid_of(len(study.items))
    )


def product_flips(study: Study, sku: str) -> tuple[LeverFlip, ...]:
    """What would turn one product, levers moved far beyond their usual ranges and decided by the rule of the portfolio. Limits that products share are not applied.

    Raises ValueError where there is nothing to decide.
    """
    study = without_limits(study)
    standing = study_standing(study)
    found = np.flatnonzero(study.items.skus == sku)
    if not len(found) or not standing.decided.decidable[found[0]]:
        raise ValueError(f"product_flips: {sku!r} has nothing to decide")
    return lever_flips(standing, int(found[0]))


def product_map(
    study: Study,
    sku: str,
    levers: tuple[str, str],
    turns: Mapping[str, float],
    progress: Progress | None = None,
) -> DecisionMap:
    """What is done with one product at each pair of two `levers` (across, up), by the rule of the portfolio. Limits that products share are not applied.

    Both axes reach beyond where a lever `turns`, if that is near. Raises ValueError where there is nothing to decide.
    """
    study = without_limits(study)
    standing, found = study_standing(study), np.flatnonzero(study.items.skus == sku)
    if not len(found) or not standing.decided.decidable[found[0]]:
        raise ValueError(f"product_map: {sku!r} has nothing to decide")
    i, (across, up) = int(found[0]), levers
    nan = float("nan")
    sideways = axis_values(standing, i, across, up, turns.get(across, nan))
    upward = axis_values(standing, i, up, across, turns.get(up, nan))
    return decision_map(standing, i, across, up, sideways, upward, progress)


def product_turns(study: Study, sku: str) -> dict[str, float]:
    """Where each assumption turns one product within its usual range, by the search that makes the verdict: field -> value; empty where nothing was searched."""
    flips, found = study.recommendation.flips, np.flatnonzero(study.items.skus == sku)
    if flips is None or not len(found):
        return {}
    return {
        name: float(value)
        for name, value in zip(flips.fields, flips.turns[:, found[0]], strict=True)
        if np.isfinite(value)
    }


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


def study_summary(study: Study) -> dict[str, Any]:
    """The study in one document: what `summary.json` holds."""
    with ThreadPoolExecutor(1) as beside:  # simulated by compiled code while the questions are worked out
        scenarios = beside.submit(patience_scenarios, study)
        document = {**_without_scenarios(study), "patience_scenarios": scenarios.result()}
    return document


def _without_scenarios(study: Study) -> dict[str, Any]:
    known = study_unknowns(study)
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
    if study.limited is not None:
        document = {**document, "limits": plain_values(limited_summary(study.limited, study.currency))}
    pair = best_pair(study.comparison, known.doubt, known.ends, known.least)
    document["stock"] = plain_values(stock_summary(study_stock(study)))
    document |= choice_summary(study.recommendation, study_rule(study), pair)
    sure = study_confidence(study)
    answer = whole_answer(_found(study), sure, study.currency)
    document |= {
        "answer": plain_values(asdict(answer)),
        "confidence": plain_values(asdict(replace(sure, badge=answer.badge))),
    }
    document["margin"] = plain_values(study_margin(study))
    problems = [problem for report in _reports(study) for problem in report.problems]
    return {**document, "input_problems": [problem.sentence() for problem in problems]}


def study_answer(study: Study) -> Answer:
    """The answer of a study in one line with its badge: what every page, file and the command line say of the whole (see `strategy.answer.whole_answer`)."""
    return whole_answer(_found(study), study_confidence(study), study.currency)


def _found(study: Study) -> Found:
    """What the answer of a study is made from."""
    r, comparison, totals = study.recommendation, study.comparison, study.portfolio
    live, stock = ~r.ended, comparison.strategies.index(Strategy.MTS)
    priced = np.isfinite(comparison.profit[:, stock]) & live
    chosen = np.array(r.strategies, object)[r.recommended]
    return Found(
        totals.gain, totals.gain_low, totals.gain_high, totals.money["mix"]["profit"], r.baseline_name, {name: int((chosen[live] == name).sum()) for name in r.strategies},
        int(priced.sum()), int((below_cost(study.items) & priced).sum()), bool(np.isfinite(np.asarray(study.items["price"], np.float64)[live]).any()),
        better_stocked(comparison.profit, stock, live), bool((study.panel.units > 0.0).any()), len(study.panel.starts), study.panel.frequency,
        bool((np.asarray(study.items["make"], np.float64)[live] == 0.0).all()), bool((r.verdict == Verdict.CHOSEN_BY_YOU).any()),
    )  # fmt: skip


def study_confidence(study: Study) -> Confidence:
    """How sure the answer is, named by the money that turns; with the product of most gain as an example of what the answer depends on."""
    r, items = study.recommendation, study.items
    names = np.array(
        [str(name) or str(sku) for name, sku in zip(items["name"], items.skus, strict=True)], object
    )
    periods = study.panel.units.shape[1] - np.maximum(study.panel.first, 0)
    months = np.where(
        study.panel.first >= 0, periods * PERIOD_WEEKS[study.panel.frequency] / PERIOD_WEEKS["M"], 0.0
    )
    found = confidence(
        r,
        (study.portfolio.gain, study.portfolio.gain_low, study.portfolio.gain_high),
        months,
        names,
        study.currency,
    )
    if found.kind != "depends" or r.flips is None:
        return found
    field = found.turning[0].field
    i = int(np.argmax(np.where(turned_by(r, field), np.abs(np.nan_to_num(r.gain)), -1.0)))
    return replace(
        found,
        sentences=(
            *found.sentences,
            f"For {names[i]} {turns_text(r.flips, r.strategies, r.baseline, items, i, field)}.",
        ),
    )


def study_stock(study: Study) -> StockFacts:
    """Stock on hand of the customer's files in money: its parts, what is slow or lost, and how it becomes what the mix holds."""
    last_sale = study.history.report.last_date.astype("datetime64[D]")
    return stock_of_mix(
        study.items,
        study.given_items,
        study.forecast,
        study.life,
        study.comparison,
        study.recommendation,
        last_sale,
        study.items_report,
    )


def study_margin(study: Study) -> dict[str, Any]:
    """The control line of the money over the last twelve fitted months: the file's gross margin beside the program's (see `margin_document`)."""
    control = margin_control(study.history, study.items, fitted_window(study.panel))
    return margin_document(
        control, study.recommendation.ended, below_cost(study.items), study.items, study.currency
    )


def study_waiting_customers(study: Study) -> pd.DataFrame:
    """Customers by the value of what would have waited under the mix, largest first."""
    rows, chosen = np.arange(len(study.items)), study.recommendation.recommended
    names = study.comparison.strategies
    share = np.stack(
        [physical_measures(study.comparison.chosen[name].counts)["share_waiting"] for name in names], axis=1
    )[rows, chosen]
    days = study.comparison.wait_days["wait_days_median"][rows, chosen]
    window = fitted_window(study.panel)
    return waiting_customers(
        study.history,
        np.asarray(study.items.skus, object),
        study.items["price"],
        np.where(study.recommendation.ended, 0.0, share),
        days,
        window,
    )
