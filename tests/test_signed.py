"""Confirmations carry the name typed and the date of the data: in the records, in the TOML file and in the register."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.assumptions import Assumption, Assumptions, Signed
from analytics.assumptions_file import assumptions_toml, read_assumptions
from analytics.errors import DataError

WHO = {"by": 'Ö. "Max" Weber', "data_date": "2013-11-29"}


def test_a_confirmation_carries_name_and_date_and_survives_its_file() -> None:
    stated = Assumptions().with_general(capital_rate=0.09, storage_rate=0.05)
    stated = stated.confirmed_as_assumed("salvage_share").signed_by(
        *WHO.values(), "capital_rate", "salvage_share"
    )
    own = Assumption(0.3, 0.2, 0.4, "confirmed", *WHO.values())
    stated = replace(stated, family={"Road": {"salvage_share": own}})
    assert stated.of("capital_rate").by == WHO["by"] and stated.of("capital_rate").data_date == "2013-11-29"
    assert stated.of("salvage_share") == Assumption(0.2, 0.2, 0.2, "confirmed", *WHO.values())
    back = read_assumptions(assumptions_toml(stated))
    assert back.of("capital_rate") == stated.of("capital_rate")
    assert back.family == {"Road": {"salvage_share": own}}
    assert back.signed == {"salvage_share": Signed(**WHO)} and back.as_assumed == ("salvage_share",)
    assert assumptions_toml(back) == assumptions_toml(stated)


def test_what_stands_with_a_name_is_confirmed_and_without_one_assumed() -> None:
    """The default and its range, repeated in a file: nobody stated anything, unless a name stands with it."""
    row = "capital_rate = { value = 0.1, low = 0.08, high = 0.12%s }"
    assert read_assumptions("[general]\n" + row % "").of("capital_rate").origin == "assumed"
    signed = read_assumptions("[general]\n" + row % ', by = "K. Braun"').of("capital_rate")
    assert (signed.origin, signed.by, signed.data_date) == ("confirmed", "K. Braun", "")


def test_taking_another_value_takes_the_signature_of_the_former() -> None:
    before = Assumptions().confirmed_as_assumed("capital_rate").signed_by(*WHO.values(), "capital_rate")
    stated = before.with_general(capital_rate=0.09)
    assert before.of("capital_rate").by == WHO["by"]
    assert stated.signed == {} and stated.of("capital_rate").by == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[general]\ncapital_rate = { value = 0.09, by = 3 }", "general.capital_rate.by is not a name"),
        ("[general]\ncapital_rate = { value = 0.09, data_date = \"29.11.2013\" }", "is no day of the calendar"),
        ("[general]\ncapital_rate = { value = 0.09, data_date = 2013-11-29 }", "is no day of the calendar"),
        ("[confirmed_by]\ncapital_rate = 3", "confirmed_by"),
        ("[confirmed_by]\ncapital_rte = { by = \"x\" }", "confirmed_by.capital_rte is not an assumption"),
    ],
)  # fmt: skip
def test_what_is_no_name_and_no_day_is_said(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_assumptions(text)
