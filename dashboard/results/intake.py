"""How a file was read: the report as `analytics` has it, and its tables and days as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.data.history import IntakeReport
from analytics.errors import problem_table

__all__ = ["Intake", "intake_of"]


@dataclass(frozen=True, eq=False)
class Intake:
    """How a file was read (`report`), with its problems and channels as tables, one row each, and its first and last day in words."""

    report: IntakeReport
    channels: pd.DataFrame
    problems: pd.DataFrame
    first_date: str
    last_date: str


def intake_of(report: IntakeReport) -> Intake:
    """The report of how a file was read, with what the page shows of it as tables."""
    first, last = (
        str(np.asarray(day).astype("datetime64[D]")) for day in (report.first_date, report.last_date)
    )
    channels = pd.DataFrame([dict(channel) for channel in report.channels])
    return Intake(report, channels, problem_table(report.problems), first, last)
