"""Behind every figure of every page stands how it is computed: none is without meaning, and the page finds all of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from analytics.naming.columns import MARKS
from analytics.naming.figures import FIGURES
from analytics.naming.glossary import how_made, makers_of
from analytics.naming.pages import PAGES
from dashboard.results.facts import Facts
from dashboard.text.computed import parts_of_page, plans_said
from tests.dashboard.conftest import sales_csv, settled
from tests.dashboard.views.test_pages import with_files

Start = Callable[..., AppTest]
TABS = {
    "answer": "Answer",
    "data": "Data",
    "compare": "Compare",
    "products": "Products",
    "demand": "Demand",
    "limits": "Limits",
    "risk": "Stock and risk",
    "replay": "Past",
    "assumptions": "Assumptions",
    "report": "Report",
}
#: Pages that show no figure of a study, and what they show instead.
NO_FIGURES = {
    "Help": "the figures of all other pages, each with how it is computed",
    "People": "addresses and rights",
    "Changes": "who changed what, in the words of the log",
    "Operations": "what the server runs on",
}
#: Not a tab: what stands on Answer and Products for those who may not see costs.
WITHOUT_COSTS = "Without costs"


def without_how() -> list[str]:
    """Labels of figures, on any page, behind which nothing says how they are computed."""
    lacking = []
    for page, one in PAGES.items():
        for label, maker in {**one.labels, **one.said}.items():
            for name in maker.split(" / "):
                if name in MARKS:
                    continue
                entry = how_made(name)
                if len(entry.meaning) < 12 or not entry.function or (name in FIGURES and not entry.formula):
                    lacking.append(f"{page}: {label} ({name})")
    return lacking


def test_no_figure_of_any_page_is_without_how_it_is_computed() -> None:
    assert without_how() == []
    shown = {part for title in TABS.values() for part in parts_of_page(title)} | set(
        parts_of_page("Products", True)
    )
    shown |= set(parts_of_page(WITHOUT_COSTS))
    assert shown == set(PAGES) - set(NO_FIGURES)
    assert not makers_of(*NO_FIGURES)
    assert sum(len(makers_of(*parts_of_page(title))) for title in TABS.values()) > 150


@pytest.mark.parametrize("page", TABS)
def test_every_page_offers_its_figures_and_says_how_each_comes_about(start: Start, page: str) -> None:
    at = settled(start("servers", "" if page == "answer" else page))
    makers = makers_of(*parts_of_page(TABS[page]))
    chosen = next(one for one in at.selectbox if one.label == "Figure of this page")
    assert len(chosen.options) == len(makers) > 3
    label = sorted(makers, key=str.lower)[len(makers) // 2]
    at.selectbox(key=chosen.key).set_value(label).run()
    assert not at.exception
    told = how_made(makers[label][0])
    assert any(told.function in one.value for one in at.caption)
    assert not told.formula or told.formula in [one.value for one in at.code]


def test_the_amounts_of_the_plans_are_those_on_the_screen(
    start: Start, facts_of_sample: Callable[[str], Facts]
) -> None:
    facts = facts_of_sample("servers")
    at = start("servers", "compare")
    chosen = next(one for one in at.selectbox if one.label == "Figure of this page")
    at.selectbox(key=chosen.key).set_value("Cash in stock").run()
    said = next(one.value.replace("\\", "") for one in at.caption if "On the screen" in one.value)
    assert f"The mix {facts.portfolio.money['mix']['cash_tied_up']:,.2f}" in said
    assert said.replace("\\", "") == plans_said(facts, "cash_tied_up")
    assert plans_said(facts, "verdict") == "" == plans_said(None, "profit")


def test_without_money_no_amount_is_told(start: Start) -> None:
    at = with_files(start(), sales_csv(price=False))
    settled(at.button(key="use-file").click().run())
    at.switch_page("views/compare.py").run()
    chosen = next(one for one in at.selectbox if one.label == "Figure of this page")
    at.selectbox(key=chosen.key).set_value("Cash in stock").run()
    assert not at.exception and not any("On the screen" in one.value for one in at.caption)
