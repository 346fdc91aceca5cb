"""One whole sign-in in a browser: to the provider and back, rights given on the page People, signed out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from dashboard.team import people
from dashboard.team.rights import Right
from tests.browser.drawn import title, titled, window
from tests.team.conftest import Team


@pytest.mark.browser
def test_an_administrator_signs_in_gives_a_right_and_signs_out(team: Team, browser: Browser) -> None:
    team.provider.claims = {"email": "anna@muster.example", "name": "Anna"}
    page = window(browser, viewport={"width": 1440, "height": 1000})
    page.goto(f"{team.address}/people")
    page.wait_for_selector("h1")
    assert title(page) == "stock-or-order"
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Go on as Anna").click()
    page.wait_for_url(f"{team.address}/**")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="People", exact=True).click()
    titled(page, "of Muster GmbH")
    page.get_by_label("E-mail address").fill("petra@muster.example")
    page.get_by_label("Rights", exact=True).click()
    page.get_by_role("option").filter(has_text="see costs: every page").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Give", exact=True).click()
    expect(page.get_by_text("has the right to: see costs")).to_be_visible()
    assert people.rights_of("Muster GmbH", "petra@muster.example") == {Right.SEE, Right.SEE_COSTS}
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Operations", exact=True).click()
    titled(page, "The server does its work")
    # the page is without the person at once, and then the browser goes to the provider and back
    with page.expect_response(lambda answer: answer.url.startswith(f"{team.provider.issuer}/leave")):
        page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{team.address}/**")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert team.provider.signed_out >= 1
    page.context.close()
