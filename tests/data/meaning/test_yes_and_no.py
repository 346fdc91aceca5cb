"""Words for yes and no stand once: what a mark understands, a promotion and a cancellation understand, in every language."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.data import read_sales
from analytics.data.columns.attributes import flags
from analytics.data.meaning.marks import is_mark
from analytics.data.values import vocabulary
from analytics.data.values.categorical import coded_texts
from analytics.data.values.vocabulary import yes_or_no


@pytest.mark.parametrize("word", sorted(vocabulary._YES))
def test_every_yes_is_one(word: str) -> None:
    assert yes_or_no(f" {word.upper()} ") == "yes"
    assert flags(np.array([word], object)).tolist() == [1.0]


@pytest.mark.parametrize("word", sorted(vocabulary._NO - vocabulary._YES - {""}))
def test_every_no_is_none(word: str) -> None:
    assert yes_or_no(word) == "no" and flags(np.array([word], object)).tolist() == [0.0]


def test_blank_and_unknown_are_no_answer_of_a_promotion() -> None:
    assert np.isnan(flags(np.array(["", "  ", "perhaps", "A-17"], object))).all()
    assert flags(np.array(["promo", "0.5", "0"], object)).tolist() == [1.0, 1.0, 0.0]


@pytest.mark.parametrize(("yes", "no"), [("tak", "nie"), ("да", "нет"), ("ya", "tidak"), ("sì", "no")])
def test_a_column_and_a_promotion_read_the_same_words(yes: str, no: str) -> None:
    cells = coded_texts([yes, no, no, yes])
    assert is_mark("Returned", cells)
    assert flags(np.array([yes, no], object)).tolist() == [1.0, 0.0]


def test_one_word_in_few_rows_of_a_column_named_for_returns_marks_them() -> None:
    lines = ["date,sku,qty,return_flag"]
    for k in range(140):
        lines.append(
            f"2022-{1 + k // 28:02d}-{1 + k % 28:02d},K{k % 3},{2 + k % 5},{'R' if k % 9 == 4 else ''}"
        )
    sold = sum(2 + k % 5 for k in range(140) if k % 9 != 4)
    report = read_sales("\n".join(lines).encode()).report
    assert report.units_used == sold
    marked = next(m for m in report.meanings if m.value == "R")
    assert (marked.column, marked.treatment) == ("return_flag", "leave out")
