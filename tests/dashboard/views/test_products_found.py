"""Products found among all: sought, shown, sorted and paged on the server; decided at once, undone as one step; taken away."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.number_form import form_of
from dashboard.parts.downloads import table_file
from dashboard.product import found
from dashboard.results import compute
from dashboard.results.facts import Facts
from tests.dashboard.conftest import settled

Start = Callable[..., AppTest]


def _rows(at: AppTest) -> list[str]:
    return [
        str(s) for s in next(one.value for one in at.dataframe if "Today -> what to do" in one.value)["sku"]
    ]


def _texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.caption, *at.markdown]).replace("\\", "")


def test_all_products_are_sorted_and_the_page_shows_the_first_of_them(
    start: Start, facts_of_sample: Callable[[str], Facts], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "PAGE_ROWS", 60)
    facts = facts_of_sample("servers")
    at = start("servers", "products")
    assert len(_rows(at)) == 60 and "Rows 1 to 60 of 114." in _texts(at)
    at.selectbox(key="product-sort").set_value("gain").run()
    live = facts.products[~facts.products["ended"]]
    by_hand = live.sort_values("gain_per_year", ascending=False, kind="stable")
    shown = _rows(at)
    gains = facts.products.set_index("sku")["gain_per_year"].loc[shown[:10]]
    assert gains.tolist() == by_hand["gain_per_year"].head(10).tolist() and not at.exception
    at.toggle(key="product-upward").set_value(True).run()
    lowest = facts.products.set_index("sku")["gain_per_year"].loc[_rows(at)[: len(live)]]
    assert lowest.tolist() == by_hand["gain_per_year"].tolist()[::-1][: len(lowest)]
    at.toggle(key="product-upward").set_value(False).run()
    at.selectbox(key="product-sort").set_value("name").run()
    names = facts.products.set_index("sku")["name"].loc[_rows(at)[: len(live)]].str.lower().tolist()
    assert names == sorted(live["name"].str.lower())[: len(names)]


def test_what_is_found_is_decided_at_once_with_its_cost_and_undone_as_one_step(
    start: Start, facts_of_sample: Callable[[str], Facts]
) -> None:
    facts = facts_of_sample("servers")
    at = start("servers", "products")
    at.pills(key="product-filter").set_value(["To order"]).run()
    does = facts.products["recommended"].to_numpy()
    living = ~facts.products["ended"].to_numpy(bool)
    mine = np.isin(does, ("MTO", "HYBRID")) & living
    assert sorted(_rows(at)) == sorted(facts.products["sku"][mine].astype(str))
    assert f"{mine.sum()} of {len(mine)} products: to order." in _texts(at)
    assert any(f"Decide for the {mine.sum()} products found" in one.label for one in at.expander)
    at.radio(key="own-found-to order").set_value("MTS").run()
    said = next(m.value for m in at.markdown if "The headline changes by exactly this" in m.value)
    assert "over 12 months" in said
    at.text_input(key="note-found-to order").set_value("stock for the fair").run()
    at.button(key="count-found-to order").click().run()
    at = settled(at)
    choice = at.session_state["choices"]["servers"]
    changed = mine & np.isfinite(facts.units["units_demanded"][:, facts.strategies.index("MTS")])
    assert {o.sku for o in choice.overrides} == set(facts.products["sku"][changed].astype(str))
    assert {(o.strategy, o.note) for o in choice.overrides} == {("MTS", "stock for the fair")}
    after = compute.facts(choice)
    assert (after.products["recommended"].to_numpy()[changed] == "MTS").all()
    at.button(key="undo-last").click().run()
    assert not at.session_state["choices"]["servers"].overrides and not at.exception


def test_files_take_the_form_of_the_browser_and_read_back_the_same(
    facts_of_sample: Callable[[str], Facts],
) -> None:
    """The products found, as a file of either form: all digits, text that no spreadsheet runs."""
    table = facts_of_sample("servers").products[["sku", "gain_per_year", "unit_cost"]].head(7)
    table = table.assign(sku=["=1+1", *table["sku"].astype(str)[1:]])
    for form, parts, mark in (("en", ",", "."), ("de", ";", ",")):
        assert form_of(f"{form}-XX") == form
        st.session_state["_form of numbers"] = form
        try:
            content = table_file(table)()
        finally:
            del st.session_state["_form of numbers"]
        again = pd.read_csv(io.BytesIO(content), sep=parts, decimal=mark)
        for name in ("gain_per_year", "unit_cost"):
            assert again[name].tolist() == table[name].tolist()
        assert again["sku"][0] == "'=1+1"
    assert form_of("fr") == form_of(None) == "en"
