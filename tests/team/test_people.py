"""People and their rights: what follows from what, one company a person, nobody without somebody who administers."""

from __future__ import annotations

import pytest

from dashboard.kept import acting
from dashboard.kept.acting import Acting, acting_for
from dashboard.kept.notes import Refused
from dashboard.team.people import (
    address_of,
    company_name,
    everyone,
    first_administrator,
    grant,
    person_of,
    rights_of,
    withdraw,
)
from dashboard.team.rights import NOTHING, Right, rights_of_text, text_of_rights, with_what_follows
from tests.team.postgres import BOTH

A, B = "Alpha Pumps", "Beta Valves"


pytestmark = [BOTH, pytest.mark.usefixtures("on_both")]


@pytest.mark.parametrize(
    ("given", "has"),
    [
        ({Right.SEE}, {Right.SEE}),
        ({Right.SEE_COSTS}, {Right.SEE, Right.SEE_COSTS}),
        ({Right.CHANGE}, {Right.SEE, Right.CHANGE}),
        ({Right.ADMINISTER}, {Right.SEE, Right.ADMINISTER}),
        ({Right.ADMINISTER, Right.CHANGE}, {Right.SEE, Right.CHANGE, Right.ADMINISTER}),
        (set(), set()),
    ],
)
def test_what_follows_from_a_right_and_what_does_not(given: set[Right], has: set[Right]) -> None:
    assert with_what_follows(given) == has == rights_of_text(text_of_rights(given))


def test_a_person_is_known_in_one_company_whatever_the_case_of_the_address() -> None:
    grant(A, "M.Weber@Example.com", [Right.SEE_COSTS])
    assert rights_of(A, "m.weber@EXAMPLE.COM ") == {Right.SEE, Right.SEE_COSTS}
    assert rights_of(B, "m.weber@example.com") == NOTHING == rights_of(A, "other@example.com")
    with pytest.raises(Refused, match="belongs to another company") as refused:
        grant(B, "m.weber@example.com", [Right.SEE])
    assert A not in str(refused.value)
    assert everyone(B) == [] and [one.address for one in everyone(A)] == ["m.weber@example.com"]
    found = person_of("M.WEBER@example.com")
    assert found is not None and found.company == A
    assert withdraw(A, "m.weber@example.com") == NOTHING and person_of("m.weber@example.com") is None
    assert grant(B, "m.weber@example.com", [Right.SEE]) == {Right.SEE}  # free again


def test_rights_are_added_and_taken_one_by_one() -> None:
    first_administrator(A, "boss@example.com")
    grant(A, "p@example.com", [Right.CHANGE])
    assert grant(A, "p@example.com", [Right.SEE_COSTS]) == {Right.SEE, Right.CHANGE, Right.SEE_COSTS}
    assert withdraw(A, "p@example.com", [Right.CHANGE]) == {Right.SEE, Right.SEE_COSTS}
    assert withdraw(A, "p@example.com", [Right.SEE]) == NOTHING  # nothing is left without the right to see
    assert [one.address for one in everyone(A)] == ["boss@example.com"]
    with pytest.raises(Refused, match="no right is named"):
        grant(A, "p@example.com", [])
    with pytest.raises(Refused, match="is nobody of"):
        withdraw(A, "p@example.com")


def test_somebody_always_administers() -> None:
    assert first_administrator(A, "boss@example.com") and not first_administrator(A, "other@example.com")
    assert rights_of(A, "boss@example.com") == {Right.SEE, Right.ADMINISTER}
    assert person_of("other@example.com") is None
    for taken in (None, [Right.ADMINISTER], [Right.SEE]):
        with pytest.raises(Refused, match="the only one who administers"):
            withdraw(A, "boss@example.com", taken)
    grant(A, "second@example.com", [Right.ADMINISTER])
    assert withdraw(A, "boss@example.com") == NOTHING
    with pytest.raises(Refused, match="the only one"):
        withdraw(A, "second@example.com")
    first_administrator(B, "b@example.com")  # the one of another company does not count
    with pytest.raises(Refused, match="belongs to another company"):
        first_administrator("Gamma", "b@example.com")


def test_a_session_of_another_company_sees_and_changes_nothing() -> None:
    first_administrator(A, "a@example.com")
    with acting_for(B, "b@example.com"):
        for act in (
            lambda: everyone(A),
            lambda: grant(A, "b@example.com", [Right.ADMINISTER]),
            lambda: withdraw(A, "a@example.com"),
        ):
            with pytest.raises(Refused, match="another company"):
                act()


def test_where_a_team_is_served_and_nobody_is_signed_in_nothing_is_changed() -> None:
    signed_in: list[Acting] = []
    acting.ask_the_session(lambda: signed_in[0] if signed_in else None)
    try:
        first_administrator(A, "a@example.com")
        with pytest.raises(Refused, match="nobody is signed in"):
            grant(A, "x@example.com", [Right.ADMINISTER])
        with pytest.raises(Refused, match="nobody is signed in"):
            everyone(A)
        assert rights_of(A, "a@example.com") == {Right.SEE, Right.ADMINISTER}
        signed_in.append(Acting(A, "a@example.com"))
        assert grant(A, "x@example.com", [Right.SEE]) == {Right.SEE}
    finally:
        acting.ask_the_session(None)


@pytest.mark.parametrize(
    "text", ["", "nobody", "@x.com", "a@", "a b@x.com", "a@b@c", "a\n@x.com", "a" * 260 + "@x.com"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="is no e-mail address"):
        address_of(text)
    assert person_of(text) is None and rights_of(A, text) == NOTHING


def test_what_is_no_company_or_no_right_is_refused() -> None:
    assert company_name("  Alpha   Pumps ") == A
    for text in ("", "  ", "a\x00b", "n" * 201):
        with pytest.raises(Refused, match="names no company"):
            company_name(text)
    with pytest.raises(ValueError, match="is no right"):
        rights_of_text("see, rule")
