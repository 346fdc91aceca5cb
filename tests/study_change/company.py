"""A few products of the small company a month earlier, and with one thing planted: a cost, a price, a figure of stock, an assumption, an answer."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from analytics.assumptions import Assumptions
from analytics.assumptions_file import read_assumptions
from analytics.data.uploads import Given, Reading, read_files
from analytics.study import Study
from analytics.study_change.inputs import StudyInputs, run_inputs
from analytics.study_change.kept import KeptStudy, kept_bytes, kept_study, read_kept
from tests.strategy.small import STATED, csv_text, items_table, of_few, sales_table, small_study


def stated() -> Assumptions:
    return read_assumptions(STATED)


def reading(sales: pd.DataFrame, items: pd.DataFrame) -> Reading:
    return read_files([Given(csv_text(sales), "sales.csv")], Given(csv_text(items), "items.csv"), None, {})


def items_with(sku: str, **values: object) -> pd.DataFrame:
    """The items with values of one product planted."""
    table = of_few(items_table()).copy()
    for name, value in values.items():
        if name not in table:
            table[name] = np.nan
        table.loc[table["sku"] == sku, name] = value
    return table


def small_inputs() -> StudyInputs:
    """What `few_study` was made from."""
    return StudyInputs(reading(of_few(sales_table()), of_few(items_table())), stated())


def few_study() -> Study:
    """The study of the few products."""
    return small_study(few=True)


@cache
def small_kept() -> KeptStudy:
    """The small study, kept and read back."""
    return read_kept(kept_bytes(kept_study(few_study(), small_inputs())))


@cache
def planted(sku: str = "", cost: float = 0.0, on_hand: float = 0.0, price: float = 1.0) -> tuple[StudyInputs, Study]:  # fmt: skip
    """The small company with a cost or stock of one product planted, or its prices in the sales times `price`."""
    given = {"unit_cost": cost} if cost else {}
    items = items_with(sku, **given, **({"on_hand": on_hand} if on_hand else {}))
    sales = of_few(sales_table()).copy()
    sales.loc[sales["sku"] == sku, "unit_price"] *= price
    inputs = StudyInputs(reading(sales, items), stated())
    return inputs, run_inputs(inputs)
