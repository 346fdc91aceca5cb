"""Signing in and out with a provider of its own: nobody is shown anything without it, and a forged, expired or foreign sign-in is none."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request

import pytest

from dashboard.kept.acting import acting_for
from dashboard.state import memory
from dashboard.team import people
from dashboard.team.deletion import delete_company
from dashboard.team.rights import Right
from tests.dashboard.state.test_memory import DATA, state
from tests.team.conftest import Team
from tests.team.visitor import Visitor

SHOWN = "Bicycle"  # of the first sample, which is what one sees who sees anything


def test_who_is_not_signed_in_is_shown_nothing_on_any_page(team: Team) -> None:
    one = Visitor(team.address)
    for path in ("", "data", "compare", "products", "report", "people", "operations"):
        words = one.open(path, "data=bicycles&state=x")
        assert "Sign in with the account of your company" in words
        assert SHOWN not in words and "vega" not in words and "arrow_data_frame" not in words
        assert "metric" not in words
    one.close()


def test_a_person_signs_in_sees_and_signs_out(team: Team) -> None:
    team.give("Muster GmbH", "sven@muster.example", *Right)
    one = team.visitor("sven@muster.example")
    words = one.open()
    assert SHOWN in words and "Muster GmbH: see, see costs, change, administer" in words
    for cookie in one.client.cookies.jar:
        assert cookie.has_nonstandard_attr("HttpOnly") or cookie.name == "_streamlit_xsrf"
    words = one.open("operations")
    assert "The server does its work" in words
    assert re.search(r"[1-9]\d* of 2,000 MB: [1-9]\d* results about 1 data set;", words)
    before = team.provider.signed_out
    one.press("Sign out")
    left = one.client.get(team.address + one.redirect(), follow_redirects=True)
    assert team.provider.signed_out == before + 1 and "sign-in" not in str(left.url)
    back = one.client.get(f"{team.address}/oauth2callback")  # where providers send browsers after a sign-out
    assert back.is_redirect and "sign-in" not in back.headers["location"]
    assert "Sign in with the account" in one.open() and SHOWN not in one.words()
    one.close()


@pytest.mark.parametrize("fault", ["key", "audience", "issuer", "nonce", "expired"])
def test_a_token_that_is_not_sound_signs_nobody_in(team: Team, fault: str) -> None:
    team.provider.fault = fault
    try:
        one = team.visitor("anna@muster.example")
    finally:
        team.provider.fault = ""
    words = one.open()
    assert "Sign in with the account" in words and SHOWN not in words
    assert one.led_to == "/?sign-in=refused"
    words = one.open(query="sign-in=refused")
    assert "You were not signed in" in words and SHOWN not in words
    one.close()


def test_who_is_known_to_no_company_reads_so(team: Team) -> None:
    words = team.visitor("stranger@elsewhere.example").open()
    assert "has no right to see anything here" in words
    assert SHOWN not in words


def test_an_address_that_the_provider_did_not_verify_names_nobody(team: Team) -> None:
    words = team.visitor("anna@muster.example", email_verified=False).open()
    assert "has not verified the address" in words and SHOWN not in words


def test_a_sign_in_ends_after_the_hours_that_are_set(team: Team) -> None:
    words = team.visitor("anna@muster.example", iat=int(time.time()) - 13 * 3600).open()
    assert "older than 12 hours and has ended" in words and SHOWN not in words


def test_a_cookie_that_was_changed_signs_nobody_in(team: Team) -> None:
    one = team.visitor("anna@muster.example")
    value = one.client.cookies["_streamlit_user"]
    assert "of Muster GmbH" in one.open("people")
    for changed in (value[:-3] + "abc", "x" + value[1:], value[:20] + value[21:]):
        one.client.cookies.delete("_streamlit_user")
        one.client.cookies.set("_streamlit_user", changed)
        words = one.open("people")
        assert "Sign in with the account" in words and SHOWN not in words
    one.close()


def test_one_who_is_deleted_while_signed_in_is_shown_nothing_more(team: Team) -> None:
    team.give("Muster GmbH", "gone@muster.example", Right.SEE, Right.SEE_COSTS)
    one = team.visitor("gone@muster.example")
    assert SHOWN in one.open()
    with acting_for("Muster GmbH", "tests"):
        people.withdraw("Muster GmbH", "gone@muster.example")
    time.sleep(2.1)  # rights are read at most every two seconds
    words = one.open("products", reload=False)
    assert "has no right to see anything here" in words and SHOWN not in words
    one.close()


def test_what_has_an_address_of_its_own_needs_a_right_too(team: Team) -> None:
    team.give("Muster GmbH", "looks@muster.example", Right.SEE, Right.SEE_COSTS)
    looks, nobody = team.visitor("looks@muster.example"), Visitor(team.address)
    assert nobody.client.get(f"{team.address}/media/x.csv").status_code == 403
    assert (
        looks.client.get(f"{team.address}/media/x.csv").status_code == 404
    )  # let in, and there is no such file
    upload = f"{team.address}/_stcore/upload_file/a/b"
    for one in (nobody, looks):
        told = one.client.put(upload, headers={"Origin": team.address}, files={"file": b"x"})
        assert told.status_code == 403 and "Refused" in told.text
    assert nobody.client.get(f"{team.address}/_stcore/metrics").status_code == 404


def test_health_is_told_to_any_probe_and_nothing_else_to_a_foreign_name(team: Team) -> None:
    asked = urllib.request.Request(f"{team.address}/health", headers={"Host": "10.0.0.7:8501"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        assert (answer.status, answer.read()) == (200, b"ok\n")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(
            urllib.request.Request(f"{team.address}/", headers={"Host": "10.0.0.7:8501"}), timeout=30
        )
    assert refused.value.code == 403


def test_the_log_is_one_object_a_line_without_a_secret(team: Team) -> None:
    lines = [line for line in team.log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    told = [json.loads(line) for line in lines]
    assert not [line for line in team.log.read_text(encoding="utf-8").splitlines() if line.startswith("INFO")]
    assert {"time", "level", "logger", "message"} <= set(told[0])
    assert any("first administrator of Muster GmbH" in one["message"] for one in told)
    text = team.log.read_text(encoding="utf-8")
    assert "a secret of the tests" not in text and "k" * 40 not in text


def test_who_administers_reads_who_changed_what_and_without_costs_no_value(team: Team) -> None:
    team.give("Other AG", "otto@other.example", *Right)
    with acting_for("Other AG", "otto@other.example"):
        assert memory.keep_scenario(DATA, "Plan of Otto", state())
        assert memory.keep_state(DATA, state(0.98765), state(0.1))
    otto, olga, anna = (
        team.visitor(email) for email in ("otto@other.example", "olga@other.example", "anna@muster.example")
    )
    for one, sees, values in ((otto, True, True), (olga, True, False), (anna, False, False)):
        words = one.open("changes")
        assert ("by people of Other AG" in words) == sees == ("Plan of Otto" in words)
        assert ("0.98765" in words) == values and ("to those who may see costs" in words) != values
    with acting_for("Other AG", "otto@other.example"):
        assert delete_company("Other AG") > 5
    time.sleep(2.1)
    assert "has no right to see anything here" in otto.open("changes") and "by people of Muster" in anna.open(
        "changes"
    )
    for one in (otto, olga, anna):
        one.close()
