"""The whole flow on one screen: sales history in, recommendation out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import kernel_cache
from analytics.assumptions import Assumptions
from analytics.data.bom_file import BillOfMaterials
from analytics.data.history import IntakeReport, SalesHistory
from analytics.demand import DemandPanel, LifeCycle, complete_items, demand_panel, life_cycle, with_life, with_salvage_from_sales
from analytics.demand.bom import ProductParts, product_parts, with_parts
from analytics.demand.cleaning import CleanedDemand, Cleaning, cleaned_demand
from analytics.demand.order_sizes import OrderSizes, order_sizes
from analytics.demand.panel import PERIOD_WEEKS
from analytics.forecast import Forecast, fit_forecast, forecast_table, forecast_total_table
from analytics.forecast.external import ExternalForecast, ValueAdded, value_added
from analytics.forecast.paths import WEEKS, path_plan
from analytics.forecast.tables import gamma_table
from analytics.items import ITEM_FIELDS, Items
from analytics.limits import Limits
from analytics.randomness import uniform
from analytics.simulation.ledger import Ledger
from analytics.simulation.world import with_demand_drawn
from analytics.strategy.capacity_quote import with_capacity_quote
from analytics.strategy.compare import Comparison, compare
from analytics.strategy.expected import expected_comparison, expected_portfolio, expected_recommendation
from analytics.strategy.hybrid import FEWEST_ORDERS, MOST_PRODUCTS, hybrid_plan
from analytics.strategy.ledgers import Progress, Setup, grid_ledgers, with_measured_waits
from analytics.strategy.limits_report import Limited, limited_summary, limited_words
from analytics.strategy.load import Load, best_month, load_by_month, months_of, order_size_variability, work_per_unit
from analytics.strategy.own_choice import with_own_choices
from analytics.strategy.portfolio import Portfolio, pooling_shared, portfolio_totals
from analytics.strategy.price import MONEY_FIELDS
from analytics.strategy.product_case import Case, rows_of
from analytics.strategy.questions import Question, best_pair, questions
from analytics.strategy.recipes import Grid, assembly_plan, expected_weeks, order_plan, replenishment_weeks, simulation_world, stock_plan, weeks_of
from analytics.strategy.recommend import Recommendation, recommend
from analytics.strategy.rule import Rule, rule_features, rule_for_sales
from analytics.strategy.scenarios import PATIENCE_SCENARIOS, profit_to_order_by_patience
from analytics.version import __version__
from analytics.writeup.components import components_table
from analytics.writeup.tables import assumptions_table, choice_summary, plain_values, recommendation_table, strategies_table, summary, with_shared_row

__all__ = [
    "Study", "carried_every_month", "decide", "forecast_value_added", "load_engines", "past_cleaning", "patience_scenarios", "product_case",
    "reassume", "reprice", "run_forecast", "run_study", "same_physics", "study_load", "study_questions", "study_rule", "study_summary",
    "study_tables", "with_choices", "with_currency", "within_limits", "without_limits",
]  # fmt: skip

_HORIZON = {"D": 372, "W": 60, "M": 15}
#: From this many products on, fewer paths and settings are simulated (a note says so).
LARGE_PORTFOLIO = 5000
#: Below this probability of being alive a product counts as ended.
_ENDED = 0.05
#: Bytes of demand drawn once and held for all strategies; more is drawn again where it is used.
_HELD_DEMAND = 100_000_000
_LARGE_GRID = Grid((0.7, 0.9, 0.97, 0.995), (0.0, 4.0, 13.0))


@dataclass(frozen=True, eq=False)
class Study:
    """Everything a run found out, station by station."""

    history: SalesHistory
    items_report: IntakeReport | None
    panel: DemandPanel
    cleaned: CleanedDemand
    life: LifeCycle
    given_items: Items | None
    assumptions: Assumptions
    items: Items
    forecast: Forecast
    families: tuple[str, ...]
    setup: Setup
    ledgers: Mapping[str, Ledger]
    comparison: Comparison
    recommendation: Recommendation
    portfolio: Portfolio
    orders: OrderSizes
    seed: int
    currency: str
    notes: tuple[str, ...] = ()
    parts: ProductParts | None = None
    limited: Limited | None = None


def family_codes(items: Items) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Family of each product as a code into the sorted family names; -1 where unknown."""
    text = np.asarray([str(f) for f in items["family"]], object)
    names = tuple(sorted({f for f in text if f}))
    where = {name: k for k, name in enumerate(names)}
    return np.array([where.get(f, -1) for f in text], np.int32), names


def family_panel(panel: DemandPanel, families: tuple[NDArray[np.intp], ...]) -> DemandPanel:
    """The panel of family totals: what the forecast of a component stock is fitted on."""
    units = np.array([panel.units[f].sum(axis=0) for f in families])
    revenue = np.array([panel.revenue[f].sum(axis=0) for f in families])
    observed = np.array([panel.observed[f].any(axis=0) for f in families])
    sold = units > 0
    any_sale = sold.any(axis=1)
    first = np.where(any_sale, sold.argmax(axis=1), -1).astype(np.int32)
    last = np.where(any_sale, sold.shape[1] - 1 - sold[:, ::-1].argmax(axis=1), -1).astype(np.int32)
    skus = np.array([f"family {panel.skus[f[0]]} +{len(f) - 1}" for f in families], object)
    return replace(panel, skus=skus, units=units, revenue=revenue, observed=observed, first=first, last=last, notes=())


def _family_life(life: LifeCycle, families: tuple[NDArray[np.intp], ...], skus: NDArray[Any]) -> LifeCycle:
    """A family lives as long as its longest-lived member."""

    def over(column: NDArray[Any], how: str) -> NDArray[Any]:
        return np.array([getattr(np, how)(column[f]) for f in families])

    known = np.array([life.known_end[f].max() if not np.isnat(life.known_end[f]).any() else np.datetime64("NaT", "D") for f in families], "datetime64[D]")
    return LifeCycle(skus, over(life.stage, "min").astype(np.int8), over(life.alive, "max"), over(life.hazard_per_year, "min"), over(life.hazard_low, "min"),
                     over(life.hazard_high, "min"), over(life.hazard_origin, "max").astype(np.uint8), known)  # fmt: skip


def _one_of(forecast: Forecast, members: Forecast, families: tuple[NDArray[np.intp], ...]) -> Forecast:
    """A family of one product has that product's own forecast, so that assembling it equals stocking it."""
    single = [(f, members_of[0]) for f, members_of in enumerate(families) if len(members_of) == 1]
    if not single or forecast.mean.shape[1] != members.mean.shape[1]:
        return forecast
    at, of = (np.array(column) for column in zip(*single, strict=True))
    changed: dict[str, Any] = {}
    for name, column in vars(forecast).items():
        if isinstance(column, np.ndarray) and name not in ("skus", "family", "total_levels") and getattr(members, name).shape[1:] == column.shape[1:]:
            copy = column.copy()
            copy[at] = getattr(members, name)[of]
            changed[name] = copy
    return replace(forecast, **changed)


def _assembled_families(items: Items, ended: NDArray[np.bool_]) -> tuple[NDArray[np.intp], ...]:
    """Members of each family that can be assembled: made in house, with a known share of common components."""
    share = np.asarray(items["component_share"], np.float64)
    eligible = np.isfinite(share) & (share > 0.0) & (np.nan_to_num(items["make"], nan=1.0) > 0.0) & ~ended
    own = items["component_family"]
    codes, names = family_codes(items.with_field("family", np.where(own == "", items["family"], own), items.origin("family")))
    groups = [np.flatnonzero(eligible & (codes == k)) for k in range(len(names))]
    alone = [np.array([i]) for i in np.flatnonzero(eligible & (codes < 0))]
    return tuple(g for g in [*groups, *alone] if len(g))


def grid_of(products: int) -> Grid:
    """The settings simulated for a portfolio of this many products."""
    return _LARGE_GRID if products > LARGE_PORTFOLIO else Grid()


def build_setup(panel: DemandPanel, life: LifeCycle, items: Items, forecast: Forecast, families: tuple[str, ...], members: tuple[NDArray[np.intp], ...], seed: int,
                draws: int | None = None, orders: OrderSizes | None = None) -> Setup:  # fmt: skip
    """World and plans of a portfolio; `members` are the families that assemble together, `draws` the parameter draws (None: by the number of products),
    `orders` what is known of order sizes (None: nothing, and large orders are not told apart)."""
    large = len(items) > LARGE_PORTFOLIO
    grid = grid_of(len(items))
    plan = path_plan(forecast, families, seed, draws=draws or (25 if large else 50), inner=8)
    world = with_demand_drawn(simulation_world(forecast, items, plan), _HELD_DEMAND, threads=os.cpu_count() or 1)
    stock = with_measured_waits(world, stock_plan(forecast, items, world, grid, seed))
    door_years = np.minimum(np.nan_to_num(items["assembly_days"]), np.nan_to_num(items["production_days"])) / 365.0
    order = order_plan(items)
    hybrid = None if orders is None or large else hybrid_plan(world, stock, order, orders, forecast.alive)
    alone = Setup(items.skus, world, forecast.alive, stock, order, None, (), seed, door_years, hybrid)
    return with_assembly(alone, panel, life, items, forecast, members)


def family_totals(panel: DemandPanel, life: LifeCycle, items: Items, forecast: Forecast, members: tuple[NDArray[np.intp], ...], seed: int) -> Forecast:
    """The forecast of each family's total demand over the time its components take."""
    summed = family_panel(panel, members)
    span = np.array([float(weeks_of(items["component_lead_days"][f] + np.nan_to_num(items["production_days"][f])).max() + 1) for f in members])
    total = fit_forecast(
        summed, _family_life(life, members, summed.skus), np.full(len(members), -1, np.int32), span / PERIOD_WEEKS[panel.frequency], _HORIZON[panel.frequency], seed
    )
    return _one_of(total, forecast, members)


def with_assembly(setup: Setup, panel: DemandPanel, life: LifeCycle, items: Items, forecast: Forecast, members: tuple[NDArray[np.intp], ...]) -> Setup:
    """The same portfolio with these families assembling together: their totals are forecast and stocked as components."""
    if not members:
        return replace(setup, assembly=None, families=())
    grid = grid_of(len(items))
    total = family_totals(panel, life, items, forecast, members, setup.seed)
    assembly = with_measured_waits(setup.world, assembly_plan(members, total, setup.world, items, grid, setup.seed))
    return replace(setup, assembly=assembly, families=members)


def decide(panel: DemandPanel, life: LifeCycle, items: Items, forecast: Forecast, families: tuple[str, ...], setup: Setup, ledgers: Mapping[str, Ledger], currency: str = "",
           progress: Progress | None = None) -> tuple[Comparison, Recommendation, Portfolio]:  # fmt: skip
    """Price, compare, recommend and add up: everything that follows from the ledgers and today's prices."""
    comparison = compare(setup, items, ledgers, progress)
    ended = (life.alive < _ENDED) | (setup.world.end_week < 0)
    recommendation = recommend(comparison, items, ended, currency)
    return comparison, *_closed(panel, life, items, forecast, setup, comparison, recommendation)


def _closed(panel: DemandPanel, life: LifeCycle, items: Items, forecast: Forecast, setup: Setup, comparison: Comparison, recommendation: Recommendation,
            free: Comparison | None = None) -> tuple[Recommendation, Portfolio]:  # fmt: skip
    """The recommendation with its shared line, and the totals (`free`: without the limits that bind)."""

    def joined(members: tuple[NDArray[np.intp], ...]) -> Mapping[str, Ledger]:
        return grid_ledgers(with_assembly(setup, panel, life, items, forecast, members), strategies=("ATO",))

    recommendation = replace(recommendation, shared=pooling_shared(setup, comparison, recommendation, items, joined))
    return recommendation, portfolio_totals(comparison, recommendation, items, free)


def with_choices(study: Study, chosen: Mapping[str, tuple[str, str]], pooled: bool = True) -> Study:
    """The study with a person's own choices counted: `chosen` is SKU -> (strategy, why).

    Pooled components are simulated again with those who still share them; without `pooled` the shared line stays.
    Limits that all products share are not applied again: an own choice stands, and a note says so.
    """
    recommendation = with_own_choices(study.recommendation, study.comparison, study.items, chosen, study.currency)
    if not pooled:
        return replace(study, recommendation=recommendation, portfolio=expected_portfolio(study.comparison, recommendation, study.items))
    free = None if study.limited is None else study.limited.free
    recommendation, portfolio = _closed(study.cleaned.panel, study.life, study.items, study.forecast, study.setup, study.comparison, recommendation, free)
    notes = study.notes if free is None else (*study.notes, "Own choices are counted after the limits; whether the limits still hold with them is not checked again.")
    return replace(study, recommendation=recommendation, portfolio=portfolio, notes=notes)


def _finished(items: Items, history: SalesHistory, life: LifeCycle, parts: ProductParts | None) -> Items:
    """Completed items with what life cycle, cleared stock and bill of materials say."""
    items = with_salvage_from_sales(with_life(items, life), history, life)
    if parts is None:
        return items
    items, notes = with_parts(items, parts)
    return replace(items, notes=(*items.notes, *notes))


def _quoted(items: Items, forecast: Forecast, orders: OrderSizes) -> Items:
    """The items with quotes to order that follow from capacity, where any is known."""
    if not np.isfinite(np.asarray(items["capacity_hours_per_week"], np.float64)).any():
        return items
    items, notes = with_capacity_quote(items, expected_weeks(forecast, WEEKS) * forecast.alive[:, None], orders)
    return replace(items, notes=(*items.notes, *notes))


def load_engines() -> None:
    """Load compiled code and tables before they are needed, for instance while a file is read; nothing is computed from data."""
    uniform(np.uint64(1), np.uint64(1))
    gamma_table(np.ones(1), np.zeros(1))


def _demand(
    history: SalesHistory, items: Items | None, assumptions: Assumptions, frequency: str | None, cleaning: Cleaning | None
) -> tuple[DemandPanel, Items, CleanedDemand, LifeCycle]:
    """Demand as counted, items completed from it, demand as it is fitted, and how far each product is in its life."""
    cleaning = cleaning or Cleaning()
    panel = demand_panel(history, frequency, cut_partial=cleaning.partial_periods, cut_late_channels=cleaning.late_channels)
    completed = complete_items(items, history, panel, assumptions)
    cleaned = cleaned_demand(panel, history, completed, cleaning)
    return panel, completed, cleaned, life_cycle(panel, completed)


def run_study(
    history: SalesHistory,
    items: Items | None = None,
    assumptions: Assumptions | None = None,
    *,
    frequency: str | None = None,
    seed: int = 1,
    currency: str = "",
    cleaning: Cleaning | None = None,
    items_report: IntakeReport | None = None,
    bom: BillOfMaterials | None = None,
    draws: int | None = None,
    split_orders: bool = True,
    progress: Progress | None = None,
) -> Study:
    """Decide for every product of a sales history: forecast, simulate every strategy, price, compare, recommend.

    `items` are what the user's items file gives (None: nothing), `assumptions` what the user stated, `frequency`
    D, W or M (None: chosen from the data), `seed` any non-negative integer: same input and seed, same cent.
    A bill of materials (`bom`) gives the products it knows their component share and component family.
    `cleaning` says what is taken out of the history before it is forecast (None: the default layers).
    `draws` are parameter draws of eight simulated years each (None: 50, or 25 for a large portfolio), `split_orders` whether large orders may be
    made to order while small ones come from stock (HYBRID).
    `progress(share, text)` is called as work goes on. Raises DataError where nothing can be decided.
    """

    def step(share: float, text: str) -> None:
        if progress is not None:
            progress(share, text)

    assumptions = assumptions or Assumptions()
    step(0.02, "adding up demand")
    panel, completed, cleaned, life = _demand(history, items, assumptions, frequency, cleaning)
    parts = None if bom is None else product_parts(bom, panel.skus, items, life.alive >= _ENDED)
    completed = _finished(completed, history, life, parts)
    step(0.10, "forecasting")
    codes, names = family_codes(completed)
    review = np.maximum(weeks_of(completed["review_days"]), 1)
    span = (replenishment_weeks(completed) + review) / PERIOD_WEEKS[panel.frequency]
    forecast = fit_forecast(cleaned.panel, life, codes, span, _HORIZON[panel.frequency], seed)
    orders = order_sizes(history, panel.skus)
    completed = _quoted(completed, forecast, orders)
    step(0.30, "simulating")
    ended = life.alive < _ENDED
    setup = build_setup(cleaned.panel, life, completed, forecast, names, _assembled_families(completed, ended), seed, draws, orders if split_orders else None)
    ledgers = grid_ledgers(setup, lambda share, text: step(0.30 + 0.35 * share, text))
    comparison, recommendation, portfolio = decide(cleaned.panel, life, completed, forecast, names, setup, ledgers, currency, lambda share, text: step(0.65 + 0.33 * share, text))
    notes = [*panel.notes, *cleaned.notes, *life.notes, *completed.notes]
    if len(completed) > LARGE_PORTFOLIO:
        fewer = f"{setup.world.paths} simulated years and {setup.stock.lot.shape[1]} stock settings per product instead of 400 and 36"
        notes.append(f"More than {LARGE_PORTFOLIO} products: {fewer}; large orders are not told apart.")
    elif split_orders and int((orders.count >= FEWEST_ORDERS).sum()) > MOST_PRODUCTS:
        notes.append(f"Large orders are told apart for the {MOST_PRODUCTS} products with most orders only.")
    notes.extend([kernel_cache.NOTE] if kernel_cache.NOTE else [])
    notes.append(f"Simulated in weeks over {WEEKS} weeks; lead times are rounded to whole weeks.")
    step(1.0, "done")
    study = Study(
        history, items_report, panel, cleaned, life, items, assumptions, completed, forecast, names, setup, ledgers, comparison, recommendation, portfolio, orders, seed, currency,
        tuple(notes), parts,
    )  # fmt: skip
    return within_limits(study)


def _joined(study: Study) -> Callable[[tuple[NDArray[np.intp], ...]], Mapping[str, Ledger]]:
    """Ledgers of component stocks that only these members join."""

    def joined(members: tuple[NDArray[np.intp], ...]) -> Mapping[str, Ledger]:
        return grid_ledgers(with_assembly(study.setup, study.cleaned.panel, study.life, study.items, study.forecast, members), strategies=("ATO",))

    return joined


def within_limits(study: Study, limits: Limits | None = None) -> Study:
    """The study's choice under the limits that all products share (None: those stated with its assumptions); the same study where there are none."""
    stated = study.assumptions.limits if limits is None else limits
    if not stated.any:
        return study
    from analytics.strategy.limited import under_limits  # loads the solver, only where limits are stated

    _, shares = months_of(study.forecast)
    variability = order_size_variability(study.orders)
    setup, comparison, recommendation, limited = under_limits(
        study.setup, study.comparison, study.ledgers, study.recommendation, study.items, stated, shares, variability, _joined(study), study.currency
    )
    portfolio = study.portfolio if recommendation is study.recommendation else portfolio_totals(comparison, recommendation, study.items, limited.free)
    return replace(study, setup=setup, comparison=comparison, recommendation=recommendation, portfolio=portfolio, notes=(*study.notes, *limited.notes), limited=limited)


def without_limits(study: Study) -> Study:
    """The study as it would be if nothing were limited."""
    if study.limited is None:
        return study
    limited = study.limited
    portfolio = portfolio_totals(limited.free, limited.free_recommendation, study.items)
    notes = tuple(note for note in study.notes if note not in limited.notes)
    return replace(study, setup=limited.free_setup, comparison=limited.free, recommendation=limited.free_recommendation, portfolio=portfolio, notes=notes, limited=None)


def with_currency(study: Study, currency: str) -> Study:
    """The same study with its words in another currency; nothing is converted."""
    free = study.comparison if study.limited is None else study.limited.free
    words = recommend(free, study.items, study.recommendation.ended, currency)
    if study.limited is None:
        return replace(study, currency=currency, recommendation=replace(words, shared=study.recommendation.shared))
    limited = replace(study.limited, free_recommendation=replace(words, shared=study.limited.free_recommendation.shared))
    recommendation = limited_words(limited.free_recommendation, limited, study.comparison, study.recommendation.recommended, study.items, currency)
    return replace(study, currency=currency, limited=limited, recommendation=recommendation)


def study_load(study: Study) -> Load:
    """Work by month of the mix against what the shop can do: the capacity stated for orders, else the best month shipped so far."""
    limits = study.assumptions.limits
    months, shares = months_of(study.forecast)
    counts = np.stack([study.comparison.chosen[name].counts for name in study.comparison.strategies], axis=1)
    best = best_month(study.history, work_per_unit(study.items, limits))
    return load_by_month(study.items, shares, months, study.recommendation.recommended, study.comparison.strategies, counts, limits, best)


def carried_every_month(study: Study, load: Load) -> Study:
    """The choice if the load must fit in every month: which products to keep in stock, and what that costs.

    Against a stated capacity, what is made to order must fit; against the assumed one of the whole shop, stock, levelled over the year, as well.
    """
    limits = replace(study.assumptions.limits, order_capacity_per_month=load.capacity, every_month=True, bad_years=False)
    free = without_limits(study)
    if load.origin == "stated":
        return within_limits(free, limits)
    from analytics.strategy.limited import under_limits  # loads the solver

    _, shares = months_of(study.forecast)
    setup, comparison, recommendation, limited = under_limits(
        free.setup, free.comparison, free.ledgers, free.recommendation, free.items, limits, shares, np.ones(len(free.items)), _joined(free), free.currency, whole_shop=True
    )
    return replace(free, setup=setup, comparison=comparison, recommendation=recommendation, limited=limited)


def _restated(study: Study, assumptions: Assumptions) -> Items:
    """The study's items under other assumptions; life cycle and everything given stay as they are."""
    items = _finished(complete_items(study.given_items, study.history, study.panel, assumptions), study.history, study.life, study.parts)
    return _quoted(items, study.forecast, study.orders)


def same_physics(study: Study, items: Items) -> bool:
    """Whether these items differ from the study's in prices only, so that its ledgers hold for them as they are."""
    physics = [name for name in items.values if name not in MONEY_FIELDS and ITEM_FIELDS[name].kind == "number"]
    same = all(_equal(items[name], study.items[name]) and all(_equal(a, b) for a, b in zip(items.range(name), study.items.range(name), strict=True)) for name in physics)
    shared = np.array_equal(np.nan_to_num(items["component_share"], nan=-1.0) > 0, np.nan_to_num(study.items["component_share"], nan=-1.0) > 0)
    return same and shared


def reprice(study: Study, assumptions: Assumptions) -> Study | None:
    """Expected money at other prices, at once; None where more than prices differ, or where limits bind products together.

    The ledgers are used as they are. Ranges, probabilities and verdicts are left open (NaN, `recomputing`) until
    `reassume`; expected money is the same to the last digit, but for the shared line, which stays until then.
    """
    if assumptions.limits.any:
        return None
    study = without_limits(study)
    items = _restated(study, assumptions)
    if not same_physics(study, items):
        return None
    comparison = expected_comparison(study.comparison, study.setup, study.ledgers, items)
    recommendation = expected_recommendation(study.recommendation, comparison, items, study.currency)
    portfolio = expected_portfolio(comparison, recommendation, items)
    return replace(study, items=items, assumptions=assumptions, comparison=comparison, recommendation=recommendation, portfolio=portfolio)


def reassume(study: Study, assumptions: Assumptions, progress: Progress | None = None) -> Study:
    """The same study under other assumptions: priced again where only prices differ, else simulated again.

    The forecast is never refitted: it depends on the sales alone.
    """
    items = _restated(study, assumptions)
    study = without_limits(study)
    if all(_equal(items[name], study.items[name]) and all(_equal(a, b) for a, b in zip(items.range(name), study.items.range(name), strict=True))
           for name, field in ITEM_FIELDS.items() if field.kind == "number"):  # fmt: skip
        return within_limits(replace(study, items=items, assumptions=assumptions))
    if same_physics(study, items):
        setup, ledgers, start = study.setup, study.ledgers, 0.0
    else:
        draws = study.setup.world.paths // study.setup.world.inner
        members = _assembled_families(items, study.life.alive < _ENDED)
        orders = study.orders if study.setup.hybrid is not None else None
        setup = build_setup(study.cleaned.panel, study.life, items, study.forecast, study.families, members, study.seed, draws, orders)
        ledgers = grid_ledgers(setup, None if progress is None else (lambda share, text: progress(0.5 * share, text)))
        start = 0.5
    inner = None if progress is None else (lambda share, text: progress(start + (1.0 - start) * share, text))
    comparison, recommendation, portfolio = decide(study.cleaned.panel, study.life, items, study.forecast, study.families, setup, ledgers, study.currency, inner)
    return within_limits(
        replace(study, items=items, assumptions=assumptions, setup=setup, ledgers=ledgers, comparison=comparison, recommendation=recommendation, portfolio=portfolio)
    )


def _equal(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return bool(np.array_equal(one, other, equal_nan=True))


def study_tables(study: Study) -> dict[str, Callable[[], pd.DataFrame]]:
    """The tables of a study by file name, each made when asked for."""

    def rejected() -> pd.DataFrame:
        columns = ["row", "column", "found", "expected", "remedy", "text"]
        parts = [report.rejected for report in _reports(study) if len(report.rejected)]
        return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)

    def recommendation() -> pd.DataFrame:
        table = recommendation_table(study.setup, study.comparison, study.recommendation, study.items)
        return with_shared_row(table, study.recommendation)

    tables: dict[str, Callable[[], pd.DataFrame]] = {
        "recommendation": recommendation,
        "strategies": lambda: strategies_table(study.comparison, study.items),
        "assumptions": lambda: assumptions_table(study.items),
        "cleaning": lambda: study.cleaned.changes,
        "rejected_rows": rejected,
    }
    if (bought := study.parts) is not None:
        tables["components"] = lambda: components_table(bought, expected_weeks(study.forecast, WEEKS).sum(axis=1) * study.life.alive)
    return tables


def _reports(study: Study) -> list[IntakeReport]:
    """How each file was read."""
    further = [study.items_report, None if study.parts is None else study.parts.report]
    return [study.history.report, *(report for report in further if report is not None)]


def past_cleaning(study: Study) -> Callable[[DemandPanel], DemandPanel]:
    """How the study cleans a history that ends at a past date: as today, but for stock-outs, since only today's stock is known."""
    cleaning = replace(study.cleaned.cleaning, stockouts=False)
    return lambda past: cleaned_demand(past, study.history, study.items, cleaning).panel


def forecast_value_added(study: Study, external: ExternalForecast, progress: Progress | None = None) -> ValueAdded:
    """The user's own forecast beside the study's and the mean of the last 12 periods. Raises DataError where it does not fit the sales."""
    return value_added(external, study.panel, study.forecast.family, study.forecast.total_periods, past_cleaning(study), study.seed, progress)


def study_questions(study: Study) -> tuple[Question, ...]:
    """The assumed values worth asking about, most valuable first: those worth more than a hundred-thousandth of the perfect year."""
    least = 1e-5 * abs(study.portfolio.money["MTS"]["benchmark"])
    return questions(study.comparison, study.items, study.recommendation.ended, least)


def product_case(study: Study, sku: str) -> Case:
    """One product with its component family, ready to be priced or played again under changed values (flip points, tornado, map).

    Raises ValueError where the product is unknown, has ended, or has no money.
    """
    found = np.flatnonzero(study.items.skus == sku)
    if not len(found) or study.recommendation.ended[found[0]] or not np.isfinite(study.comparison.profit[found[0]]).any():
        raise ValueError(f"product_case: {sku!r} has nothing to decide")
    i = int(found[0])
    setup = study.setup
    family = next((k for k, f in enumerate(setup.families) if i in f), -1)
    index = np.array([i]) if family < 0 else setup.families[family]
    forecast = rows_of(study.forecast, index)
    draws = setup.world.paths // setup.world.inner
    total = None
    if family >= 0:
        # fitted among all families, as in the study: what is pooled over them must be the same
        total = rows_of(family_totals(study.cleaned.panel, study.life, study.items, study.forecast, setup.families, study.seed), np.array([family]))
    world = with_demand_drawn(setup.world.take(index), _HELD_DEMAND, threads=os.cpu_count() or 1)
    offered = tuple(name for name in study.comparison.strategies if study.comparison.chosen[name].offered[i])
    ledgers = {}
    for name in offered:
        whole = study.ledgers[name]
        where = {s: k for k, s in enumerate(whole.skus)}
        rows = np.array([where[s] for s in setup.skus[index]])
        ledgers[name] = Ledger(name, whole.skus[rows], {}, whole.counts[rows])
    part = Setup(setup.skus[index], world, setup.alive[index], setup.stock, setup.order, None, (), setup.seed, setup.assembly_years[index])
    plan = path_plan(forecast, study.families, study.seed, draws=draws, inner=setup.world.inner)
    at = int(np.flatnonzero(index == i)[0])
    return Case(study.items.take(index), forecast, total, plan, part, ledgers, offered, at, grid_of(len(study.items)))


def study_rule(study: Study) -> Rule | None:
    """The rule that sales can use instead of the table, and the share of the gain it keeps; None where too few products are decided."""
    recommendation = study.recommendation
    decided = np.array([verdict == "clear" or str(verdict).startswith("depends_on_") for verdict in recommendation.verdict])
    features = rule_features(study.comparison, study.items)
    return rule_for_sales(features, study.comparison.profit, recommendation.recommended, recommendation.baseline, decided, recommendation.strategies, study.currency)


def patience_scenarios(study: Study) -> list[dict[str, Any]]:
    """Everything to order under each scenario of patience: its profit, and how many products earn more than to stock."""
    profit = profit_to_order_by_patience(study.setup, study.items)
    stocked = study.comparison.profit[:, study.comparison.strategies.index("MTS")]
    return [
        {"patience": name, "profit_to_order": float(np.nansum(profit[:, k])), "products_better_to_order": int((profit[:, k] > stocked).sum())}
        for k, name in enumerate(PATIENCE_SCENARIOS)
    ]


def study_summary(study: Study) -> dict[str, Any]:
    """The study in one document: what `summary.json` holds."""
    asked = study_questions(study)
    document = summary(study.history.report, study.portfolio, study.recommendation, study.life, asked, study.seed, __version__, study.currency, study.notes)
    if study.limited is not None:
        document = {**document, "limits": plain_values(limited_summary(study.limited, study.currency))}
    least = 1e-5 * abs(study.portfolio.money["MTS"]["benchmark"])
    pair = best_pair(study.comparison, study.items, study.recommendation.ended, least)
    document |= choice_summary(study.recommendation, study_rule(study), pair)
    problems = [problem for report in _reports(study) for problem in report.problems]
    return {**document, "input_problems": [problem.sentence() for problem in problems]}


def run_forecast(
    history: SalesHistory, items: Items | None = None, *, horizon: int, frequency: str | None = None, total: bool = False, seed: int = 1, cleaning: Cleaning | None = None
) -> pd.DataFrame:
    """The forecast table of the command line: every SKU's demand as a distribution, by period or in total.

    `horizon` periods are also the interval over which methods are chosen and calibrated.
    """
    if horizon < 1:
        raise ValueError(f"run_forecast: horizon must be at least 1, got {horizon}")
    panel, completed, cleaned, life = _demand(history, items, Assumptions(), frequency, cleaning)
    codes, _ = family_codes(with_life(completed, life))
    forecast = fit_forecast(cleaned.panel, life, codes, np.full(len(panel.skus), float(horizon)), horizon, seed)
    return forecast_total_table(forecast, panel, horizon) if total else forecast_table(forecast, panel, horizon)
