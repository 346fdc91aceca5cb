"""The whole flow on one screen: sales history in, recommendation out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np
import pandas as pd

from analytics.assumptions import Assumptions
from analytics.data.history import IntakeReport, SalesHistory
from analytics.demand import DemandPanel, LifeCycle, complete_items, demand_panel, life_cycle, with_life
from analytics.demand.bom import ProductParts, product_parts, with_part_costs
from analytics.demand.cleaning.layers import CleanedDemand, Cleaning, cleaned_demand
from analytics.demand.complete import finished_items
from analytics.demand.order_sizes import OrderSizes, order_sizes
from analytics.demand.periods import demand_by_weekday
from analytics.errors import DataError, options_in_force
from analytics.forecast import Forecast, fit_forecast, forecast_table, forecast_total_table
from analytics.forecast.fit import HORIZON
from analytics.forecast.known_orders import with_known_orders
from analytics.forecast.launch import similar_positions
from analytics.forecast.members.further_voice import most_money
from analytics.forecast.promotions_ahead import PromotionPlan, promotion_plan, with_promotions
from analytics.items import Items
from analytics.machine import kernel_cache
from analytics.machine.sealed import told
from analytics.randomness import uniform
from analytics.scenario.limited import within_limits
from analytics.scenario.moved import fitted_forecast, forecast_as_moved, what_if_notes
from analytics.scenario.restated import items_under, restater
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Comparison
from analytics.strategy.decision import Simulated, decide
from analytics.strategy.doubt.gain_doubt import MeasuredError, gain_doubt, with_measured_error
from analytics.strategy.limits.report import Limited
from analytics.strategy.plans.component_pools import Outlook, assembled_families, family_codes
from analytics.strategy.plans.ledgers import Setup, grid_ledgers
from analytics.strategy.plans.setup import LARGE_PORTFOLIO, build_setup, demand_let_go
from analytics.strategy.plans.split_by_order_size import MOST_PRODUCTS
from analytics.strategy.plans.steps import DayPattern, with_steps_notes
from analytics.strategy.plans.todays_way import TodaysWay, todays_way
from analytics.strategy.portfolio.sums import Portfolio
from analytics.strategy.present.held_today import with_held_today
from analytics.strategy.recommend import Recommendation
from analytics.strategy.what_if.own_rule import OwnRule
from analytics.study_options import STUDY_DEFAULTS, StudyOptions

__all__ = ["Study", "load_engines", "run_forecast", "run_study"]


@dataclass(frozen=True, eq=False)
class Study:
    """Everything a run found out, station by station."""

    history: SalesHistory
    items_report: IntakeReport | None
    panel: DemandPanel
    cleaned: CleanedDemand
    given_items: Items | None
    assumptions: Assumptions
    items: Items
    outlook: Outlook
    setup: Setup
    ledgers: Mapping[str, Ledger]
    comparison: Comparison
    recommendation: Recommendation
    portfolio: Portfolio
    orders: OrderSizes
    todays_way: TodaysWay
    currency: str
    notes: tuple[str, ...] = ()
    parts: ProductParts | None = None
    limited: Limited | None = None
    promotions: PromotionPlan | None = None
    ets: int = 0
    rule: OwnRule | None = None

    @property
    def life(self) -> LifeCycle:
        """How far each product is in its life."""
        return self.outlook.life

    @property
    def forecast(self) -> Forecast:
        """Every product's demand as a distribution."""
        return self.outlook.forecast

    @property
    def families(self) -> tuple[str, ...]:
        """The names of the families."""
        return self.outlook.families

    @property
    def seed(self) -> int:
        """What all random numbers follow from."""
        return self.outlook.seed


def load_engines() -> None:
    """Load what runs compiled code before it is needed, for instance while a file is read; nothing is computed from data."""
    uniform(np.uint64(1), np.uint64(1))


def _demand(
    history: SalesHistory,
    items: Items | None,
    assumptions: Assumptions,
    frequency: str | None,
    cleaning: Cleaning | None,
) -> tuple[DemandPanel, Items, CleanedDemand, LifeCycle]:
    """Demand as counted, items completed from it, demand as it is fitted, and how far each product is in its life."""
    if kernel_cache.NOTE:  # of the machine, not of the result: the same summary wherever it is computed
        told(kernel_cache.NOTE)
    cleaning = cleaning or Cleaning()
    panel = demand_panel(
        history, frequency, cut_partial=cleaning.partial_periods, cut_late_channels=cleaning.late_channels
    )
    completed = complete_items(items, history, panel, assumptions)
    cleaned = cleaned_demand(panel, history, completed, cleaning)
    return panel, completed, cleaned, life_cycle(panel, completed)


def run_study(
    history: SalesHistory,
    items: Items | None = None,
    assumptions: Assumptions | None = None,
    **options: Unpack[StudyOptions],
) -> Study:
    """Decide for every product of a sales history: forecast, simulate every strategy, price, compare, recommend.

    `items` are what the user's items file gives (None: nothing), `assumptions` what the user stated; `options` are the
    keywords of `analytics.study_options.StudyOptions`, each said there with its default. Raises DataError where nothing can
    be decided, TypeError for a keyword that is none of them.
    """
    chosen = options_in_force("run_study", options, STUDY_DEFAULTS)
    frequency, cleaning, seed, ets = chosen["frequency"], chosen["cleaning"], chosen["seed"], chosen["ets"]
    bom, split_orders, currency = chosen["bom"], chosen["split_orders"], chosen["currency"]
    progress = chosen["progress"]

    def step(share: float, text: str) -> None:
        if progress is not None:
            progress(share, text)

    assumptions = assumptions or Assumptions()
    measured, unmeasured = _measured(history, items, assumptions, chosen) if chosen["replay"] else (None, "")
    step(0.02, "adding up demand")
    # what is stated moves neither life nor forecast: they rest on the files alone, here as when the same is stated later;
    # a what-if is as if the files said so
    as_read = Assumptions(what_if=assumptions.what_if)
    panel, completed, cleaned, life = _demand(history, items, as_read, frequency, cleaning)
    parts = None if bom is None else product_parts(bom, panel.skus, items, ~life.ended)
    listed, costed = with_part_costs(items, parts, assumptions.what_if)
    if listed is not items:
        completed = complete_items(listed, history, panel, as_read)
    completed = finished_items(completed, history, life, costed, assumptions.what_if)
    step(0.10, f"forecasting, {ets} products by ETS as well" if ets else "forecasting")
    _, names = family_codes(completed)
    plan = promotion_plan(cleaned, history.promotions, HORIZON[panel.frequency])
    fitted = fitted_forecast(cleaned, life, completed, seed, ets, plan)
    orders = order_sizes(history, panel.skus)
    forecast = forecast_as_moved(fitted, completed, assumptions.what_if, history.apart, orders)
    doubt = gain_doubt(cleaned.panel, measured)

    def under(stated: Assumptions) -> Items:
        return with_measured_error(
            items_under(stated, items, history, panel, life, parts, forecast, orders), doubt
        )

    completed = under(assumptions)
    # today is fixed from the given facts and the table of assumptions: no statement moves it
    way = todays_way(under(as_read), forecast, orders)
    step(0.30, "simulating")
    outlook = Outlook(cleaned.panel, life, forecast, names, seed, measured, fitted)
    days = DayPattern(demand_by_weekday(history), orders)
    setup = build_setup(
        outlook,
        completed,
        assembled_families(completed, life.ended),
        chosen["draws"],
        orders if split_orders else None,
        days,
    )
    setup = with_held_today(setup, completed, forecast, way)
    ledgers = grid_ledgers(setup, lambda share, text: step(0.30 + 0.35 * share, text))
    restate = restater(under, assumptions) if chosen["how_sure"] else None
    comparison, recommendation, portfolio = decide(
        Simulated(outlook, completed, setup, ledgers, way, restate),
        currency,
        lambda share, text: step(0.65 + 0.33 * share, text),
    )
    notes = [*panel.notes, *cleaned.notes, *life.notes, *completed.notes]
    notes += [*(() if plan is None else plan.notes), *([unmeasured] if unmeasured else [])]
    if len(completed) > LARGE_PORTFOLIO:
        fewer = f"{setup.world.paths} simulated years per product instead of 400"
        notes.append(f"More than {LARGE_PORTFOLIO} products: {fewer}.")
    if setup.not_split is not None and int((setup.not_split == "").sum()) > MOST_PRODUCTS:
        notes.append(f"Large orders are told apart for the {MOST_PRODUCTS} products with most orders only.")
    notes = [*with_steps_notes(notes, setup.world, completed, setup.families)]
    notes = [*what_if_notes(assumptions.what_if, completed, notes, parts)]
    step(1.0, "done")
    setup = setup if chosen["hold_demand"] else demand_let_go(setup)
    study = Study(
        history, chosen["items_report"], panel, cleaned, items, assumptions, completed, outlook, setup, ledgers, comparison, recommendation, portfolio, orders, way, currency,
        tuple(notes), parts, None, plan, ets,
    )  # fmt: skip
    return within_limits(study)


def _measured(
    history: SalesHistory, items: Items | None, assumptions: Assumptions, chosen: StudyOptions
) -> tuple[MeasuredError | None, str]:
    """What a replay at as many past dates as `chosen` says of stated gains; None, and why, where the history is too short for one."""
    from analytics.replay import run_replay  # it makes studies of its own

    try:
        return run_replay(
            history, items, replace(assumptions, what_if=()), origins=chosen["replay"], frequency=chosen["frequency"], seed=chosen["seed"],
            cleaning=chosen["cleaning"], bom=chosen["bom"], progress=chosen["progress"],
        ).measured, ""  # fmt: skip
    except DataError as error:
        why = " ".join(problem.sentence() for problem in error.problems)
        return (
            None,
            f"Gains could not be measured by a replay of the past, and their error is as stated: {why}",
        )


def run_forecast(
    history: SalesHistory, items: Items | None = None, *, horizon: int, frequency: str | None = None, total: bool = False, cleaning: Cleaning | None = None,
    ets: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """The forecast table of the command line: every SKU's demand as a distribution, by period or in total.

    `horizon` periods are also the interval over which methods are chosen and calibrated; `ets` as for `run_study`. Where promotions are ahead the history is
    fitted without what past ones added, and their effect put where they are planned (`promotion_plan`); `table.attrs["notes"]` says so, or why not.
    Raises ValueError for a horizon below 1.
    """
    if horizon < 1:
        raise ValueError(f"run_forecast: horizon must be at least 1, got {horizon}")
    panel, completed, cleaned, life = _demand(history, items, Assumptions(), frequency, cleaning)
    codes, _ = family_codes(with_life(completed, life))
    plan = promotion_plan(cleaned, history.promotions, horizon)
    forecast = fit_forecast(cleaned.panel, life, codes, np.full(len(panel.skus), float(horizon)), horizon, 1,
                            most_money(cleaned.panel, np.asarray(completed["price"], np.float64), ets) if ets else None,
                            similar_positions(panel.skus, completed["similar_to"]))  # fmt: skip
    forecast = forecast if plan is None else with_promotions(forecast, plan)
    forecast = with_known_orders(forecast, history.apart)
    table = (
        forecast_total_table(forecast, panel, horizon) if total else forecast_table(forecast, panel, horizon)
    )
    table.attrs["notes"] = () if plan is None else plan.notes
    return table
