"""The map on Products: a finding, its reading, a table behind it; a rectangle narrows the table of products."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.product import portfolio
from dashboard.results.facts import Facts

Start = Callable[..., AppTest]


def test_the_map_stands_over_the_table_with_the_same_products(
    start: Start, facts_of_sample: Callable[[str], Facts]
) -> None:
    at = start("servers", "products")
    facts = facts_of_sample("servers")
    found = portfolio.map_of(facts)
    assert any(one.value.startswith("What leaves the shelf sells less evenly") for one in at.subheader)
    assert json.loads(at.get("vega_lite_chart")[0].proto.spec)["params"]
    behind = next(
        frame.value
        for frame in at.dataframe
        if list(frame.value.columns)[:5] == ["Product", "SKU", "Do", "Margin", "Variation"]
    )
    assert len(behind) == len(found.products) == int((~facts.products["ended"]).sum()) - found.unknown
    first = facts.products.iloc[int(found.products["row"].iloc[0])]
    assert behind["SKU"].iloc[0] == first["sku"]
    price, cost = (float(facts.items[name][facts.position(first["sku"])]) for name in ("price", "unit_cost"))
    assert behind["Margin"].iloc[0] == f"{100 * (price - cost) / price:.0f} %"
    said = " ".join(c.value for c in at.caption)
    assert f"{found.unknown} living products without a margin" in said and "Drawn are" not in said


def test_a_rectangle_on_the_map_narrows_the_table(
    start: Start, facts_of_sample: Callable[[str], Facts], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = portfolio.map_of(facts_of_sample("servers")).products
    middle = float(rows["at_variation"].median())
    wanted = rows[rows["at_variation"] <= middle]
    draw = portfolio.st.altair_chart

    def drawn(chart: Any, **options: Any) -> Any:
        event = draw(chart, **options)
        within = {"at_margin": [-0.5, 1.0], "at_variation": [0.0, middle]}
        return {"selection": {portfolio.BRUSH: within}} if options.get("on_select") else event

    monkeypatch.setattr(portfolio.st, "altair_chart", drawn)
    at = start("servers", "products")
    table = next(frame.value for frame in at.dataframe if "Today -> what to do" in frame.value.columns)
    assert set(table["sku"]) == set(facts_of_sample("servers").products["sku"].iloc[wanted["row"]])
    assert any(c.value.startswith(f"{len(wanted)} products picked on the map") for c in at.caption)


@pytest.mark.parametrize("data", ["household", "bicycles"])
def test_the_map_of_other_samples_says_what_is_not_on_it(
    start: Start, facts_of_sample: Callable[[str], Facts], data: str
) -> None:
    at = start(data, "products")
    found = portfolio.map_of(facts_of_sample(data))
    assert not at.exception and len(at.title) == 1
    said = " ".join(c.value for c in at.caption)
    assert ("living product" in said) == bool(found.unknown)
    assert ("further out" in said) == bool(found.beyond)
