"""Everything a study was made from: with it the same study is made again, here or next month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import Assumptions
from analytics.data.history import LINE_COLUMNS, IntakeReport, SalesHistory
from analytics.data.items.bom_file import BillOfMaterials
from analytics.data.uploads import Reading
from analytics.demand.cleaning.layers import Cleaning
from analytics.strategy.plans.ledgers import Progress

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["RunSettings", "StudyInputs", "run_inputs", "same_demand", "same_values", "single_costs"]


@dataclass(frozen=True)
class RunSettings:
    """How a study is run, as it was asked for: see `StudyOptions`. `cleaning` names layers (None: the default ones)."""

    frequency: str | None = None
    cleaning: tuple[str, ...] | None = None
    seed: int = 1
    ets: int = 0
    replay: int = 0
    currency: str = ""


@dataclass(frozen=True, eq=False)
class StudyInputs:
    """What was read, what was stated, how it was run, and a person's own choices (SKU -> strategy and why)."""

    reading: Reading
    assumptions: Assumptions = field(default_factory=Assumptions)
    settings: RunSettings = field(default_factory=RunSettings)
    choices: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def run_inputs(inputs: StudyInputs, progress: Progress | None = None) -> Study:
    """The study of these inputs. Raises DataError where nothing can be decided."""
    from analytics.scenario.choices import with_choices
    from analytics.study import run_study

    reading, asked = inputs.reading, inputs.settings
    study = run_study(
        reading.history,
        reading.items,
        inputs.assumptions,
        frequency=asked.frequency,
        cleaning=None if asked.cleaning is None else Cleaning.of(asked.cleaning),
        seed=asked.seed,
        ets=asked.ets,
        replay=asked.replay,
        currency=asked.currency,
        items_report=reading.items_report,
        bom=reading.bom,
        hold_demand=True,
        progress=progress,
    )
    return with_choices(study, inputs.choices) if inputs.choices else study


def same_values(one: Any, other: Any) -> bool:
    """Whether two arrays, shape (n,), hold the same values in the same order; unknown equals unknown."""
    first, second = np.asarray(one), np.asarray(other)
    if first.shape != second.shape:
        return False
    if first.dtype.kind in "fM" and second.dtype.kind in "fM":
        return bool(np.array_equal(first, second, equal_nan=True))
    return bool(np.array_equal(first, second))


def same_demand(one: SalesHistory, other: SalesHistory) -> bool:
    """Whether two histories say the same of what was sold, to whom, when, and what is ordered and promoted ahead: all but money."""
    lines = (name for name in LINE_COLUMNS if name not in ("revenue", "row"))
    words = ("skus", "customers", "channels")
    if not all(same_values(getattr(one, name), getattr(other, name)) for name in (*lines, *words)):
        return False
    own, others = (
        {name: column for name, column in history.attributes.items() if name not in ("price", "unit_cost")}
        for history in (one, other)
    )
    if own.keys() != others.keys() or not all(same_values(own[name], others[name]) for name in own):
        return False
    if one.frequency != other.frequency or len(one.apart) != len(other.apart):
        return False
    apart = ("sku", "date", "units", "kind", "in_demand")
    if not all(same_values(one.apart[name].to_numpy(), other.apart[name].to_numpy()) for name in apart):
        return False
    plans = one.promotions, other.promotions
    if plans[0] is None or plans[1] is None:
        return plans[0] is plans[1]
    return all(same_values(getattr(plans[0], n), getattr(plans[1], n)) for n in ("sku", "first", "last"))


def single_costs(history: SalesHistory) -> NDArray[np.float64]:
    """What the sales lines say a unit of every product of the history costs, money (products,); NaN where they do not."""
    column = history.attributes.get("unit_cost")
    return np.full(len(history.skus), np.nan) if column is None else np.asarray(column, np.float64)


def same_money(one: SalesHistory, other: SalesHistory) -> bool:
    """Whether two histories of the same demand say the same of what it brought and cost."""
    return same_values(one.revenue, other.revenue) and same_values(single_costs(one), single_costs(other))


def same_bom(one: BillOfMaterials | None, other: BillOfMaterials | None) -> bool:
    """Whether two bills of materials say the same."""
    if one is None or other is None:
        return one is other
    return all(
        same_values(getattr(one, name), getattr(other, name))
        for name in ("codes", "parent", "component", "quantity", "incomplete")
    )


def without_rejected(reading: Reading) -> Reading:
    """The reading without the rows that were not used, and what was said of its making: their number stays, their text goes."""

    def bare(report: IntakeReport) -> IntakeReport:
        return replace(report, rejected=report.rejected.iloc[:0], assumed=())

    history, items, bom = reading.history, reading.items_report, reading.bom
    return Reading(
        replace(history, report=bare(history.report)),
        reading.items,
        None if items is None else bare(items),
        None if bom is None else replace(bom, report=bare(bom.report)),
    )
