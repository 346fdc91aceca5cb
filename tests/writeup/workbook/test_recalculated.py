"""The workbook computed by another program: every formula gives what is written beside it, and an edited cell what the program says of the edited input."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.assumptions import Assumption
from analytics.items import Items
from analytics.scenario.held import held_at
from analytics.study import Study
from analytics.study_export.workbook import study_workbook
from analytics.study_stock.parts import stock_parts
from analytics.valuation.policy import StockPolicy
from tests.writeup.workbook.company import (
    POLICY,
    company,
    company_items,
    company_workbook,
    needs_office,
    opened,
    recalculated,
    written,
)

#: The register holds no formula.
REGISTER = pd.DataFrame({"id": ["seed"], "scope": ["these files"], "origin": ["given"]})


def same(one: Any, other: Any) -> bool:
    """Whether two cells say the same: texts alike, amounts to half a cent or a billionth."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= max(0.005, 1e-9 * abs(one))
    return (one or "") == (other or "")


def cell_of(sheet: str, title: str, label: str) -> str:
    """The address of a cell by the heading of its column and the first words of its row."""
    page = opened(company_workbook())[sheet]
    for head in page.iter_rows():
        at = [cell.column_letter for cell in head if cell.value == title]
        if at:
            (row,) = [c.row for c in page["A"] if c.value == label and c.row > head[0].row][:1]
            return f"{sheet}!{at[0]}{row}"
    raise AssertionError(f"no {title} on {sheet}")


def dearest() -> tuple[str, float]:
    """The product of most gain, and a unit cost a fifth above its own."""
    most = int(np.argmax(np.abs(company().recommendation.gain)))
    return str(company().items.skus[most]), 1.2 * float(company().items["unit_cost"][most])


@pytest.fixture(scope="module")
def anew(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The workbook computed by LibreOffice as it is, and with cells edited."""
    sku, cost = dearest()
    versions = {
        "as it is": {},
        "cost": {
            cell_of("Products", "Unit cost", sku): cost,
            cell_of("Stock", "Unit cost", "Z9"): 30.0,
        },
        "rate": {cell_of("Inputs", "Common value", "Cost of capital"): 0.31},
        "ladder": {
            cell_of("Inputs", "Share reserved", "Step 2: older than 365 days"): 0.7,
            cell_of("Inputs", "Share reserved", "Step 1"): 0.4,
        },
    }
    return recalculated(company_workbook(), tmp_path_factory.mktemp("office"), versions)


def held_against(found: Any, study: Study, policy: StockPolicy) -> tuple[float, int]:
    """Every formula of an edited workbook, computed anew, against the workbook of the program on the edited input.

    Returns how far the gain moved, and how many cells of a formula say something else than before.
    """
    fresh = opened(study_workbook(study, stock_parts(study, policy), REGISTER))
    off, other = [], 0
    for sheet, address, formula, before in written():
        if (
            sheet not in fresh.sheetnames
        ):  # the shared line of settings that are held: its total stands on Portfolio
            assert sheet == "Shared"
            continue
        value, here = fresh[sheet][address].value, found[sheet][address].value
        if sheet == "Cover" and address.startswith("D"):  # how far it moved: the fresh one has not
            continue
        other += not same(before, here)
        if not same(value, here):
            off.append((sheet, address, formula, value, here))
    assert not off, (len(off), off[:5])
    (row,) = [row[0].row for row in found["Cover"].iter_rows() if row[0].value == "Gain of a year"]
    return float(found["Cover"].cell(row, 4).value), other


@needs_office
def test_every_formula_gives_what_is_written_beside_it(anew: dict[str, Any]) -> None:
    found = anew["as it is"]
    off = [(s, a, f, v, found[s][a].value) for s, a, f, v in written() if not same(v, found[s][a].value)]
    assert not off, (len(off), len(written()), off[:5])


@needs_office
def test_an_edited_unit_cost_is_the_program_on_the_edited_file(anew: dict[str, Any]) -> None:
    """The product of most gain costs a fifth more, what was never sold 30 in place of 11: gain, bridge, reserve, working capital and cover follow to the cent."""
    sku, cost = dearest()
    study = held_at(company(), company_items(**{sku: cost, "Z9": 30.0}))
    gain, cells = held_against(anew["cost"], study, POLICY)
    assert gain == pytest.approx(study.portfolio.gain - company().portfolio.gain, abs=0.005)
    assert abs(gain) > 1.0 and cells > 100


@needs_office
def test_an_edited_rate_is_the_program_under_that_rate(anew: dict[str, Any]) -> None:
    """Capital costs 31 % a year in place of 10 %, for all at once: also the years that leftovers are worth holding follow."""
    rate = Assumption(0.31, 0.31, 0.31, "confirmed")
    base = company()
    stated = replace(base.assumptions, general={**base.assumptions.general, "capital_rate": rate})
    study = held_at(replace(base, assumptions=stated), company_items())
    # that nobody has confirmed it is not edited with it
    gain, cells = held_against(anew["rate"], replace(study, items=_unsigned(study, base)), POLICY)
    assert gain == pytest.approx(study.portfolio.gain - base.portfolio.gain, abs=0.005)
    assert abs(gain) > 1.0 and cells > 100


def _unsigned(study: Study, base: Study) -> Items:
    """The items with the rate as edited, of the origin and range it had."""
    own = base.items
    return study.items.with_field(
        "capital_rate", study.items["capital_rate"], own.origin("capital_rate"), *own.range("capital_rate")
    )


@needs_office
def test_an_edited_ladder_is_the_program_under_that_policy(anew: dict[str, Any]) -> None:
    """Cover beyond 12 months is reserved at 40 % in place of 25 %, and age beyond 365 days at 70 % in place of 50 %."""
    policy = replace(POLICY, cover_ladder=((12.0, 0.4), (24.0, 0.5), (36.0, 1.0)), age_ladder=((181.0, 0.25), (366.0, 0.7)))  # fmt: skip
    gain, cells = held_against(anew["ladder"], company(), policy)
    assert gain == 0.0 and cells > 5
