"""The figures of a study for its workbook, and the workbook as bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import ASSUMED
from analytics.naming.labels import Strategy
from analytics.strategy.decision import joined_ledgers
from analytics.strategy.money.formulas import profit
from analytics.strategy.money.measures import counts_by_name
from analytics.strategy.money.price import money_values
from analytics.strategy.plans.setup import demand_held
from analytics.strategy.pool_membership import shared_counts
from analytics.strategy.portfolio.plan_measures import AS_TODAY, PlanMeasures
from analytics.study_results import study_answer
from analytics.study_stock.cash import Plans, counted_under, rates_of_plan, sold_of_file, study_bridge
from analytics.study_stock.parts import StockParts, stock_parts
from analytics.study_stock.tables import once_beside_the_gain
from analytics.version import __version__
from analytics.writeup.cash import attention_table, exposure_curve_table, exposure_table
from analytics.writeup.workbook.figures import Origin, PlanFigures, SharedLine, StockFigures, WorkbookFigures
from analytics.writeup.workbook.workbook import workbook_bytes

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["study_workbook", "unconfirmed", "workbook_figures"]


def unconfirmed(study: Study) -> list[str]:
    """Labels of the assumptions that some product still sold rests on and nobody has confirmed: those with a range."""
    live = ~study.recommendation.ended
    out = []
    for name, row in FIELDS.items():
        mine = live & (study.items.origin(name) == ASSUMED)
        low, high = study.items.range(name)
        if mine.any() and np.nanmax(high[mine]) > np.nanmin(low[mine]):
            out.append(row.label)
    return out


def _plan(study: Study, plan: PlanMeasures) -> PlanFigures:
    return PlanFigures(plan, counted_under(study, plan), plan.run_as == AS_TODAY, rates_of_plan(study, plan))


def _shared(study: Study) -> SharedLine:
    """The shared line with the counts behind it; where they do not give the amount, as when limits chose anew, the amount alone."""
    r, items = study.recommendation, study.items
    nobody = np.zeros(0, np.intp)
    alone = SharedLine(r.shared, r.uncounted, nobody, np.zeros((0, 0)), {})
    if Strategy.ATO not in study.comparison.strategies or not r.shared + r.uncounted:
        return alone
    assembled = np.array(r.strategies, object)[r.recommended] == Strategy.ATO
    setup = replace(study.setup, world=demand_held(study.setup.world))
    joined = joined_ledgers(setup, study.outlook, items)
    product, counts = shared_counts(setup, study.comparison, assembled, items, joined)
    rates = {name: column[product] for name, column in money_values(items, Strategy.ATO).items()}
    found = float(np.nansum(profit(counts_by_name(counts), rates)))
    if abs(found - r.shared - r.uncounted) > 0.005:
        return alone
    return SharedLine(r.shared, r.uncounted, product, counts, rates)


def _stock(study: Study, parts: StockParts) -> StockFigures | None:
    """Stock in the books; None where the files know of none."""
    valued = parts.valued()
    if not valued.stock.known:
        return None
    _, units, cost, revenue = sold_of_file(study, valued)
    attention = attention_table(parts.watched(), valued, parts.runs_out())
    return StockFigures(valued, parts.way(), parts.capital(), parts.carrying(), units, cost, revenue, attention)  # fmt: skip


def workbook_figures(study: Study, parts: StockParts, register: pd.DataFrame) -> WorkbookFigures:
    """Everything that the workbook of a study says; `register` is the table register.csv.

    Raises AssertionError where a total is not the portfolio's to the cent.
    """
    r, report, plans = study.recommendation, study.history.report, parts.plans()
    chosen = np.array(r.strategies, object)[r.recommended]
    found = WorkbookFigures(
        Origin(
            str(report.source), str(report.first_date), str(report.last_date), report.rows_read, report.rows_used, report.rows_rejected,
            study.currency, __version__, study.seed, report.digest, study.notes,
        ),
        study.items, tuple(study.comparison.strategies), _plan(study, plans.today), _plan(study, plans.planned), _plan(study, plans.mix), _shared(study),
        plans.priced, chosen, r.verdict, r.as_today, study.portfolio.money, study.portfolio.gain, study.portfolio.gain_low, study.portfolio.gain_high,
        study_answer(study).title, _stock(study, parts), exposure_table(parts.exposure(), parts.unpriced), exposure_curve_table(parts.exposure()),
        register, unconfirmed(study),
    )  # fmt: skip
    _tied(study, found, plans)
    return found


def _tied(study: Study, found: WorkbookFigures, plans: Plans) -> None:
    """Every plan's money by the formulas of the workbook is what the program says, to the cent."""
    for name, plan in (("baseline", found.today), ("planned", found.planned), ("mix", found.mix)):
        own = profit(counts_by_name(plan.measures.counts), plan.rates)
        worst = _apart(own, plan.measures.money["profit"], plans.priced)
        assert worst < 0.005, f"workbook: the contribution of a product under {name} is {worst} off"
    gain = float(np.nansum(found.mix.measures.money["profit"] - found.today.measures.money["profit"]))
    total = study.portfolio.gain
    off = abs(gain + found.shared.amount - total)
    assert off < max(0.005, 1e-12 * abs(total)), f"workbook: the gain is {off} off the portfolio's {total}"


def _apart(one: NDArray[np.float64], other: NDArray[np.float64], rows: NDArray[np.bool_]) -> float:
    return float(np.abs(one - other)[rows].max(initial=0.0))


def study_workbook(study: Study, parts: StockParts | None = None, register: pd.DataFrame | None = None) -> bytes:  # fmt: skip
    """The workbook of a study as bytes: `parts` its stock under a policy (None: as assumed), `register` its table of that name (None: made here).

    Raises DataError where there are more products than rows of a sheet.
    """
    known = parts or stock_parts(study)
    if register is None:
        from analytics.study_results import study_tables

        register = study_tables(study, stock=known)["register"]()
    found = workbook_figures(study, known, register)
    once = {} if found.stock is None else once_beside_the_gain(known.valued())
    return workbook_bytes(found, study_bridge(study, once, known.plans()))
