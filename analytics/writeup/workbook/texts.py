"""What the workbook only tells: exposure from the simulated years, the register of values, and the method behind every figure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.naming.figures import FIGURES
from analytics.naming.labels import COMPONENTS
from analytics.writeup.workbook.figures import WorkbookFigures
from analytics.writeup.workbook.layout import SIMULATED, TEXT, Cell, Column, Grid, Table

__all__ = ["exposure_sheet", "method_sheet", "register_sheets"]

#: Points of the curve of losses that are kept: those of quantiles, evenly spread.
_POINTS = 200
#: Columns of the register whose values are numbers wherever they read as such, and the widths of its columns.
_NUMBERS = ("value", "default", "low", "high", "effect", "products_turned")
_WIDTHS = {"id": 22, "field": 19, "scope": 16, "value": 17, "unit": 19, "default": 15, "origin": 11, "by": 11, "data_date": 11, "source": 38, "effect": 15,
           "effect_on": 30, "products_turned": 10}  # fmt: skip


def exposure_sheet(figures: WorkbookFigures) -> Grid:
    """What may be lost within twelve months: mean, 95th percentile and the mean of the worst 5 %, and how likely more than an amount is."""
    grid = Grid(
        "Exposure",
        "What may be lost within twelve months",
        "From the simulated years: nothing here follows an edited cell. Scopes do not add up, and are never added to excess.",
        (52, 20, 20, 20, 20, 30),
    )
    grid.heading(
        "Scope", "Expected", "1 year in 20 above", "Mean of the worst 5 %", "Chance of any", "Counted"
    )
    for row in figures.exposure.to_dict("records"):
        numbers = [
            Cell(row[name], kind=SIMULATED, form=form)
            for name, form in (("expected", "money"), ("p95", "money"), ("cvar95", "money"), ("probability_of_loss", "share"))
        ]  # fmt: skip
        grid.add(str(row["scope"]), *numbers, str(row["measure"]))
    grid.section("How likely more than an amount is written off")
    grid.heading("Scope", "More than", "Chance")
    for scope, part in figures.curve.groupby("scope", sort=False):
        at = np.unique(np.linspace(0, len(part) - 1, _POINTS).round().astype(int))
        for amount, chance in part.iloc[at][["loss", "probability_of_more"]].to_numpy():
            grid.add(str(scope), Cell(amount, kind=SIMULATED, form="money"), Cell(chance, kind=SIMULATED, form="share"))  # fmt: skip
    return grid


def register_sheets(figures: WorkbookFigures, most: int) -> list[Table]:
    """Every value that holds for several products, what was stated and what made the files; `most` rows a sheet, the rest on further sheets.

    Values of single products that nobody stated stand on Products and in register.csv, which the sheet says.
    """
    table = figures.register
    own = table["scope"].astype(str).isin({str(sku) for sku in figures.items.skus})
    given = own & table["origin"].astype(str).isin(("given", "derived", "assumed"))
    shown = table[~given] if given.any() else table
    left = int(given.sum())
    words = f" {left:,} values of single products that nobody stated stand on Products, and one by one in register.csv." if left else ""  # fmt: skip
    out = []
    parts = max(-(-len(shown) // most), 1)
    for k in range(parts):
        part = shown.iloc[k * most : (k + 1) * most]
        more = f" Part {k + 1} of {parts}: a sheet holds {most:,} rows." if parts > 1 else ""
        columns = [
            Column(name, name.replace("_", " ").capitalize(), TEXT, "text", _values(part[name], name in _NUMBERS), width=_WIDTHS.get(name, 12))
            for name in part.columns
        ]  # fmt: skip
        lead = f"Every value with range, origin and who confirmed it (as typed, not verified).{words}{more}"
        out.append(
            Table("Register" if k == 0 else f"Register{k + 1}", "Register of values", lead, columns, frozen=1)
        )
    return out


def _values(column: pd.Series, numbers: bool) -> np.ndarray:  # type: ignore[type-arg]
    """A column as texts, "" where there is none; of `numbers` a text that is a number as the register writes it is one, "007" none."""
    out = np.where(column.isna().to_numpy(), "", column.to_numpy(object))
    if not numbers:
        return out
    return np.array([_number(cell) for cell in out], object)


def _number(cell: object) -> object:
    """The number that a text is, where it says nothing more than that; else the cell as it is.

    >>> _number("2.0"), _number("1e-05"), _number("7"), _number("007"), _number("nan"), _number("12: 0.25")
    (2.0, 1e-05, 7.0, '007', 'nan', '12: 0.25')
    """
    try:
        value = float(cell) if isinstance(cell, str) else np.nan
    except ValueError:
        return cell
    return value if np.isfinite(value) and cell in (repr(value), f"{value:.0f}") else cell


def method_sheet(figures: WorkbookFigures, left_out: list[str]) -> Grid:
    """How the workbook is made: what its colours mean, what moves and what stays, and the formula of every figure with its function."""
    grid = Grid(
        "Method", "Method", "How this workbook is made, and the formula behind every figure.", (44, 110)
    )
    grid.section("What moves, and what stays")
    rows = (
        ("Blue", "Prices, costs, rates, ladders and settings: edit them. Everything in black follows."),
        ("Black", "Arithmetic, as formulas that refer to cells. No macros, no links, no named constants."),
        ("Grey", "From the simulation and the forecast: units, lots and unit-years. They stay when a price is edited, as do strategies and settings."),
        ("Brown", "From the records of the files: on hand, ages, sales of the past."),
        ("What an edit does not do", "Strategies, levels and lots are not chosen anew, customers do not react to another premium, nothing is simulated. The program does that."),
        ("Leftovers", "What is left at the end of the year is held as long as that pays: the years follow an edited rate, the counts for each number of years stay."),
        ("Counted as", "MTS make to stock, ATO assemble to order, MTO make to order, HYBRID stock part of the orders and make the rest to order."),
        ("Rounding", "Nothing is rounded; cells show two decimals. A check passes within a cent, or a billionth of the larger amount."),
    )  # fmt: skip
    for title, text in rows:
        grid.add(title, Cell(text, look="wrap"))
    for text in left_out:
        grid.add("Left out", Cell(text, look="wrap"))
    grid.section("Formulas")
    grid.heading("Figure", "Formula (function)")
    names = ["profit", "benchmark", "revenue", "cash_tied_up", *COMPONENTS, "book_value", "reserve", "net_value", "policy_reserve", "nrv_write_down",
             "age_rate", "cover_rate", "dio", "turns", "gmroi", "gain_per_year", "gain_by_planning", "gain_by_strategy", "shared_components"]  # fmt: skip
    for name in names:
        if name in FIGURES:
            one = FIGURES[name]
            grid.add(f"{one.label} ({name})", Cell(f"{one.formula}   [{one.function}]", look="wrap"))
    grid.section("Notes of the study")
    for note in figures.origin.notes:
        grid.add("", Cell(note, look="wrap"))
    return grid
