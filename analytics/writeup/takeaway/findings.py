"""The records that slides and page are written from: a writer places them and computes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

__all__ = ["Card", "Finding", "Picture", "TakeAway"]


@dataclass(frozen=True)
class Card:
    """One figure in a box: what it is called, the figure as it is said, and what stands beside it."""

    label: str
    figure: str
    beside: str


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture: its `kind` (bridge, cash, cover, exposure, families, strategies, tornado), the rows it draws, and in `words` what it shows.

    `heading` names it where a finding has several.

    Rows are those of the chart of that kind in `analytics.writeup.charts` (exposure: `rows` the marks, `more` the curves); `middle` is where a
    tornado has its rule.
    """

    kind: str
    rows: pd.DataFrame
    words: str
    heading: str = ""
    more: pd.DataFrame = field(default_factory=pd.DataFrame)
    middle: float = float("nan")


@dataclass(frozen=True, eq=False)
class Finding:
    """One finding: a `title` that is a true sentence with its numbers, and what stands below it.

    `key` names it, `sentences` are paragraphs, `table` has texts only, `caption` says what the pictures show. `origin` says of every figure where it comes from:
    its function, and its table in the files of `analyze`.
    """

    key: str
    title: str
    sentences: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    pictures: tuple[Picture, ...] = ()
    table: pd.DataFrame | None = None
    caption: str = ""
    origin: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class TakeAway:
    """All findings of a study by their key, in order; whose they are (`of`), what was left out and why, and what they were made by."""

    findings: Mapping[str, Finding]
    of: str
    left_out: tuple[str, ...]
    made_by: str
