"""A change in words: the parts named are the largest, the table adds up, and what is not known is said so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.naming.labels import number_text, strategy_text
from analytics.study_change.attribution import study_change
from analytics.study_change.realised import Realised
from dashboard.month.words import (
    change_sentence,
    mix_sentence,
    realised_sentence,
    realised_shown,
    why_it_changed,
)
from tests.study_change.company import few_study, planted, small_inputs, small_kept


def test_the_sentence_names_both_ends_and_the_cause() -> None:
    inputs, study = planted("B2", cost=930.0)
    change = study_change(small_kept(), study, inputs)
    said = change_sentence(change, "EUR")
    before, now = few_study().portfolio.gain, study.portfolio.gain
    assert f"from {number_text(before, 3)} to {number_text(now, 3)} EUR a year" in said
    assert said.startswith("Since the study of 2024-12-29") and "prices and costs" in said
    table = why_it_changed(change)
    assert table["Why"].tolist() == ["Before (2024-12-29)", "Prices and costs", "Now (2024-12-29)"]
    chosen = change.strategy[-1]
    stocked = int((chosen == "MTS").sum())
    assert f"{strategy_text('MTS')} {stocked}" in mix_sentence(change)
    before = study_change(small_kept(), study, inputs).strategy[0]
    moved = replace(change, strategy=(np.where(before == "MTS", "MTO", before), *change.strategy[1:]))
    said = mix_sentence(moved)
    assert f"make to stock {stocked} (+{stocked})" in said and f"{stocked} turned, came or went" in said
    same = study_change(small_kept(), few_study(), small_inputs())
    assert "the gain stays" in change_sentence(same, "") and len(why_it_changed(same)) == 2


@pytest.mark.parametrize(("count", "words"), [(0, "No product is known"), (1, "1 product is"), (2, "2 products are")])  # fmt: skip
def test_what_is_not_known_of_what_was_promised_is_said(count: int, words: str) -> None:
    values, names = np.full(count, np.nan), np.full(count, "MTO", object)
    skus = np.array([f"A{k}" for k in range(count)], object)
    found = Realised(skus, names, names, values, values + 1, values, values, values, values, values, 30, 0, 2)
    said = realised_sentence(found)
    assert said.startswith(words) and "of 2 more to be switched the files do not tell" in said
    assert ("is in no file" in said) == (count > 0)
    assert (realised_shown(found)["Margin"] == "not known").all()
