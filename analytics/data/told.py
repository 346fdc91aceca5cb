"""Told: what the owner of a file said about it, in one record that goes through all steps of reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analytics.data.columns.item_facts import ItemFacts
from analytics.data.lines.line_kinds import Choices

__all__ = ["Told"]


@dataclass(frozen=True)
class Told:
    """Answers that overrule what a file seems to say; None or "" where nothing was told. They are the options of read_sales."""

    date_order: str | None = None
    decimal: str | None = None
    #: first day of periods that have numbers only
    start: str | None = None
    #: whether numbers such as 2024-03 are weeks or months
    periods: str | None = None
    #: when fiscal years begin: 4, 2023-04 for the first one of the file, a day or several starts, see `fiscal_start`
    fiscal_start: str | None = None
    #: whether day and month of dates that part at day 12 were swapped by a spreadsheet: swapped, or as written
    dates: str | None = None
    mapping: Mapping[str, str | int] | None = None
    choices: Choices = field(default_factory=Choices)
    #: what the rows of a value of a column are, see `analytics.data.meaning.treatments`
    treatments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: what a list of items says of units of measure and of costs
    item_facts: ItemFacts | None = None
