"""Numbers as slides and pages say them, held against the tables that `analyze` writes: nothing is taken from the findings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from analytics.answers import study_figures
from analytics.assumptions import FIELDS
from analytics.naming.labels import number_text, percent_text, total_text
from analytics.naming.scales import value_text
from analytics.study import Study
from analytics.study_doubt import study_confidence, study_moves, study_unknowns, unseen_sentence
from analytics.study_results import study_answer, study_summary, study_tables
from analytics.study_stock.parts import StockParts, stock_parts
from tests.writeup.workbook.company import POLICY, company

__all__ = ["changing", "numbers_in", "said", "tables_of", "the_stock"]

#: A number with its k, M or percent, not within a word or a code.
_NUMBER = re.compile(r"(?<![\w.,])-?\d+(?:,\d{3})*(?:\.\d+)?(?:[ \u00a0](?:k|M|bn|%))?(?![\w.]*\w)")


def numbers_in(text: str) -> list[str]:
    """The numbers of a text, each with its unit of thousands or percent.

    >>> numbers_in("about 1.4 M USD, 31 % in 12 days; A1 and model 2026-01 are names")
    ['1.4 M', '31 %', '12']
    """
    text = re.sub(r"\d{4}-\d{2}(?:-\d{2})?", " ", text)  # days and months
    return [one.replace("\u00a0", " ").lstrip("-") for one in _NUMBER.findall(text)]


@cache
def changing() -> Study:
    """The company where the range of the gain holds no zero, so that there is something to do: its lower end is what planning better brings."""
    found = company().portfolio
    return replace(company(), portfolio=replace(found, gain_low=found.planning))


@cache
def the_stock() -> StockParts:
    """The stock of the company under its policy."""
    return stock_parts(company(), POLICY)


@cache
def tables_of() -> dict[str, pd.DataFrame]:
    """Every table of the company, by the name of its file."""
    return {name: make() for name, make in study_tables(company(), POLICY, stock=the_stock()).items()}


def _values(document: Any) -> Iterator[float]:
    if isinstance(document, dict):
        for one in document.values():
            yield from _values(one)
    elif isinstance(document, list | tuple):
        for one in document:
            yield from _values(one)
    elif isinstance(document, int | float) and not isinstance(document, bool):
        yield float(document)


def _to_order_over_stock() -> list[float]:
    """By family, what the best other way of its products earns more than stock: from the profits of recommendation.csv."""
    table = tables_of()["recommendation"].assign(family=company().items["family"], ended=company().recommendation.ended)  # fmt: skip
    others = table[["profit_ato", "profit_mto", "profit_hybrid"]].max(axis=1)
    living = table[~table["ended"] & table["profit_mts"].notna() & others.notna()]
    return list((others - table["profit_mts"])[living.index].groupby(living["family"]).sum())


@cache
def said() -> frozenset[str]:
    """Every way in which a figure of the tables may be said, numbers of the sentences decided elsewhere among them."""
    study: Study = company()
    unknowns = study_unknowns(study)
    moves = study_moves(study, unknowns)
    values = list(_values(study_summary(study, POLICY, stock=the_stock())))
    values += study_figures(study)["value"].tolist()
    for table in tables_of().values():
        for column in table.columns:
            numbers = pd.to_numeric(table[column], errors="coerce").to_numpy(float)
            values += numbers[np.isfinite(numbers)].tolist()
            values += [float(np.nansum(numbers))]
    values += [value for one in moves for value in (one.at_low, one.at_high)]
    values += _to_order_over_stock()
    out: set[str] = set()
    for value in values:
        if np.isfinite(value):
            for size in (abs(value), abs(100.0 * value)):
                out |= {
                    number_text(size, 2),
                    number_text(size, 3),
                    f"{size:.0f}",
                    f"{size:,.0f}",
                    f"{size:g}",
                }
            out |= {percent_text(abs(value)), total_text(abs(value), 2), total_text(abs(value), 4)}
            out |= {f"{abs(value):,.2f}"}
    terms = [value_text(one.field, value, study.currency) for one in moves for value in (one.low, one.high)]
    table = tables_of()["assumptions"]
    for column in ("value", "low", "high"):
        for name, value in zip(table["field"], pd.to_numeric(table[column], errors="coerce"), strict=True):
            if np.isfinite(value) and name in FIELDS:
                terms.append(value_text(str(name), float(value), study.currency))
    sentences = [study_answer(study).title, study_answer(study).why, unseen_sentence(study, unknowns), *study_confidence(changing()).sentences]  # fmt: skip
    for text in (*terms, *sentences, *study.notes):
        out |= set(numbers_in(text))
    return frozenset(out)
