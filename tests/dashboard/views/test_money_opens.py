"""Files without price or cost: what is asked can help, every unit comes from its measure, and money opens step by step, on the screen and in Python alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from analytics.assumptions import Assumptions
from analytics.assumptions_file import read_assumptions
from analytics.data import read_sales
from analytics.items import CONFIRMED
from analytics.study import run_study
from dashboard.results.facts import Facts
from dashboard.results.study_facts import facts_of
from dashboard.text.headline import headline
from dashboard.text.questions import matters, opening, questions
from tests.dashboard.conftest import sales_csv, settled
from tests.dashboard.views.test_pages import texts, with_files

Start = Callable[..., AppTest]


def found(price: bool, text: str = "") -> Facts:
    stated = read_assumptions(text) if text else Assumptions()
    return facts_of(
        run_study(read_sales(sales_csv(price=price)), assumptions=stated, currency="EUR", draws=4)
    )


def test_only_what_can_help_is_asked() -> None:
    nothing = found(False)
    assert (
        [q.field for q in questions(nothing)]
        == ["unit_value"]
        == [q.field for q in questions(nothing) if matters(q, nothing)]
    )
    words = headline(nothing)
    assert "what they sell for or cost" in words.title and words.sentences[0].startswith(
        "Two figures open the money"
    )
    valued = found(False, "[general]\nunit_value = 12.5")
    assert opening(valued) == "gross_margin" and [q.field for q in questions(valued)] == ["gross_margin"]
    assert not valued.has_money and "what they cost" in headline(valued).title
    opened = found(False, "[general]\nunit_value = 12.5\ngross_margin = 0.4")
    assert opened.has_money and opening(opened) == ""
    np.testing.assert_allclose(opened.items["price"], 12.5)
    np.testing.assert_allclose(opened.items["unit_cost"], 7.5)  # 12.50 x (1 - 0.4)
    assert (opened.items.origin("price") == CONFIRMED).all()
    assert any("average value of a unit that was stated" in note for note in opened.notes)
    priced = found(True)
    assert opening(priced) == "gross_margin" and not priced.has_money


def test_a_stated_value_replaces_no_known_price_and_counts_by_family() -> None:
    priced = found(True, "[general]\nunit_value = 999.0")
    assert not (np.asarray(priced.items["price"]) == 999.0).any()
    one = found(False, '[product."A-1"]\nunit_value = 3.0\n[general]\nunit_value = 5.0')
    price = dict(zip(one.products["sku"], np.asarray(one.items["price"], float), strict=True))
    assert price["A-1"] == 3.0 and price["B-2"] == 5.0


def test_a_value_and_a_margin_open_the_money_on_the_screen(start: Start) -> None:
    at = with_files(start(), sales_csv(price=False))
    settled(at.button(key="use-file").click().run())
    at.switch_page("views/answer.py").run()
    exact = next(n for n in at.number_input if n.key.endswith("unit_value-exact"))
    assert not any(n.key.endswith("gross_margin-exact") for n in at.number_input)
    at.text_input(key="who-answers").set_value("K. Braun").run()
    settled(exact.set_value(25.0).run())
    assert not at.exception and "no money yet" in at.title[0].value
    margin = next(n for n in at.number_input if n.key.endswith("gross_margin-exact"))
    settled(margin.set_value(30.0).run())
    assert not at.exception and "no money yet" not in at.title[0].value
    assert any("Contribution" in m.label for m in at.metric)


@pytest.mark.parametrize("price", [True, False])
def test_units_come_from_the_measure(start: Start, price: bool) -> None:
    """With a price and no cost what customers bought is money; without a price it is units."""
    lines = sales_csv(price=price).decode().splitlines()
    with_customer = "\n".join(
        [
            lines[0] + ",customer,order_date,shipped_date",
            *(f"{line},C{k % 3},," for k, line in enumerate(lines[1:])),
        ]
    ).encode()
    at = with_files(start(), with_customer)
    settled(at.button(key="use-file").click().run())
    for page in ("answer", "compare", "demand", "limits", "assumptions", "report"):
        at.switch_page(f"views/{page}.py").run()
        settled(at)
        assert not at.exception
        for table in at.dataframe:
            for column in table.value.columns:
                if str(column).startswith(("Bought", "Of it delayed")):
                    assert str(column).endswith("money" if price else "units"), column
    assert "nan" not in texts(at).lower().split()
