"""The address names the product, what is sought and shown, the lever and the data; Back takes each back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.kept.documents.log import entries
from dashboard.state import address
from tests.dashboard.conftest import APP, settled

Start = Callable[..., AppTest]


def at_address(**named: str) -> AppTest:
    """A new session that begins with an address and is then on Products."""
    at = AppTest.from_file(str(APP), default_timeout=180)
    for name, value in named.items():
        at.query_params[name] = value
    at.run()
    return at.switch_page("views/products.py").run()


def shown_rows(at: AppTest) -> list[str]:
    return [
        str(sku)
        for sku in next(one.value for one in at.dataframe if "Today -> what to do" in one.value)["sku"]
    ]


def named(at: AppTest) -> dict[str, Any]:
    return {name: "".join(at.query_params[name]) for name in at.query_params}


def changes() -> list[tuple[str, str, str]]:
    return [(one.kind, one.before, one.after) for one in entries()]


def back(at: AppTest, monkeypatch: pytest.MonkeyPatch, before: dict[str, Any]) -> AppTest:
    """The browser goes back to an address in the same session."""
    at.query_params.clear()
    at.query_params.update(before)
    with monkeypatch.context() as one:
        one.setattr(address, "went_back", lambda: True)
        return at.run()


def test_a_product_is_in_the_address_and_opens_from_it(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    at = start("servers", "products")
    sku, listed = shown_rows(at)[1], named(at)
    assert listed == {"data": "servers"}
    at.selectbox(key="product-open").set_value(sku).run()
    title = at.title[0].value
    assert named(at) == {"data": "servers", "product": sku}
    assert at_address(**named(at)).title[0].value == title
    at.switch_page("views/answer.py").run()
    assert named(at) == {"data": "servers"}  # a product belongs to the address of its page alone
    at.switch_page("views/products.py").run()
    assert at.title[0].value == title and named(at)["product"] == sku
    back(at, monkeypatch, listed)
    assert shown_rows(at)[1] == sku and at.title[0].value != title
    back(at, monkeypatch, {"data": "servers", "product": sku})
    assert at.title[0].value == title and not at.exception


def test_what_is_sought_and_shown_is_in_the_address_and_outlives_another_page(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = start("servers", "products")
    every = shown_rows(at)
    at.text_input(key="product-search").set_value("configuration 4").run()
    at.button_group(key="product-filter").set_value(["To order", "To assemble"]).run()
    some = shown_rows(at)
    assert 0 < len(some) < len(every)
    assert named(at) == {"data": "servers", "search": "configuration 4", "show": "assemble,order"}
    assert shown_rows(at_address(**named(at))) == some
    at.switch_page("views/risk.py").run()
    at.switch_page("views/products.py").run()
    assert shown_rows(at) == some
    assert shown_rows(back(at, monkeypatch, {"data": "servers"})) == every


def test_a_browser_that_has_not_heard_yet_takes_nothing_back_and_back_does(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = start("servers", "compare")
    before, listed = at.title[0].value, named(at)
    lever = next(one for one in at.slider if "capital" in str(one.key))
    settled(lever.set_value(16.0).run())
    moved = named(at)
    assert moved["state"] and at.title[0].value != before
    late = dict(listed)
    at.query_params.clear()
    at.query_params.update(late)
    at.run()  # an old address in a run that is not asked for by Back
    assert named(at) == moved and at.title[0].value != before
    assert changes() == [("lever", "", "0.16")]  # however often the page is drawn
    settled(back(at, monkeypatch, listed))
    assert at.title[0].value == before and named(at) == listed
    settled(back(at, monkeypatch, moved))
    assert named(at) == moved and at.title[0].value != before
    told = [("lever", "", "0.16"), ("lever", "0.16", ""), ("lever", "", "0.16")]
    assert (
        changes() == told and at_address(**moved).title and changes() == told
    )  # who opens a link changes nothing
    back(at, monkeypatch, {"data": "0" * 32})
    assert at.title[0].value == "Drop the file that this link was made with"
    settled(back(at, monkeypatch, listed))
    assert at.title[0].value == before and not at.exception


def test_a_product_that_is_not_there_is_said_and_the_list_is_shown(start: Start) -> None:
    start()
    at = at_address(data="servers", product="No *such*")
    assert "names product No \\*such\\*" in at.warning[0].value
    assert len(shown_rows(at)) == 114 and named(at) == {"data": "servers"}
