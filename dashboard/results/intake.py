"""How a file was read, as plain values that load without the engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from analytics.data import IntakeReport
    from analytics.data.meaning.listed_meanings import Meaning

__all__ = ["Intake", "intake_of"]


@dataclass(frozen=True, eq=False)
class Intake:
    """How a file was read, in plain values (see `analytics.data.history.IntakeReport`)."""

    source: str
    rows_read: int
    rows_used: int
    rows_rejected: int
    units_used: float
    revenue_used: float
    gross_units: float
    returned_units: float
    first_date: str
    last_date: str
    frequency: str
    date_order: str
    mapping: Mapping[str, str]
    channels: pd.DataFrame
    problems: pd.DataFrame
    assumed: tuple[str, ...]
    rejected: pd.DataFrame
    confidence: Mapping[str, float]
    meanings: tuple[Meaning, ...] = ()
    units_on_hand: float = 0.0
    units_received: float = 0.0
    on_hand_in_demand: float = 0.0


def intake_of(report: IntakeReport) -> Intake:
    """The report of how a file was read, as plain values."""
    from analytics.errors import problem_table

    channels = pd.DataFrame([dict(c) for c in report.channels])
    day = [str(np.asarray(d).astype("datetime64[D]")) for d in (report.first_date, report.last_date)]
    return Intake(
        report.source,
        report.rows_read,
        report.rows_used,
        report.rows_rejected,
        report.units_used,
        report.revenue_used,
        report.gross_units,
        report.returned_units,
        day[0],
        day[1],
        report.frequency,
        report.date_order,
        dict(report.mapping),
        channels,
        problem_table(report.problems),
        tuple(report.assumed),
        report.rejected,
        dict(report.confidence),
        tuple(report.meanings),
        report.units_on_hand,
        report.units_received,
        report.on_hand_in_demand,
    )
