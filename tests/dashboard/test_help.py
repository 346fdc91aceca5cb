"""Help: every figure and method from the docstrings, the samples by their question, a tour that can be left, the presenter view."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getdoc

from streamlit.testing.v1 import AppTest

from analytics.naming.figures import FIGURES
from analytics.naming.glossary import CHAPTERS, glossary, methods
from analytics.naming.pages import PAGES
from dashboard.parts.guided import PRESENTED, TOUR
from dashboard.results.facts import Facts
from sample_data import samples
from tests.dashboard.conftest import APP

Start = Callable[..., AppTest]


def test_the_glossary_is_what_the_functions_say_of_themselves() -> None:
    entries = {one.function: one for one in glossary()}
    assert {figure.function for figure in FIGURES.values()} == set(entries)
    for figure in FIGURES.values():
        one, documentation = entries[figure.function], " ".join((getdoc(figure.made_by()) or "").split())
        assert one.meaning and documentation.replace("`", "").startswith(one.meaning)
        assert one.formula.partition(" = ")[2] in documentation and one.formula
        assert not one.source or one.source in documentation
    on_answer = {label for label, maker in PAGES["Answer"].labels.items() if maker in FIGURES}
    assert on_answer and sum("Answer" in one.pages for one in glossary()) > 3


def test_every_maker_of_what_the_screen_shows_has_a_method() -> None:
    named = {one.name for one in methods()}
    for figure in FIGURES.values():
        folder = figure.function.split(".")[1]
        if folder in CHAPTERS:
            assert any(figure.function.startswith(f"{name}.") for name in named), figure.function
    assert all(one.about and one.chapter in CHAPTERS.values() for one in methods())


def test_a_figure_is_found_and_written_out_with_formula_and_place(start: Start) -> None:
    at = start("servers", "help")
    at.text_input(key="help-search").set_value("storage and insurance").run()
    assert not at.exception
    one = next(entry for entry in glossary() if entry.label == "Storage and insurance")
    assert one.formula in [code.value for code in at.code]
    assert any("Storage and insurance" in text.value for text in at.markdown)
    at.text_input(key="help-search").set_value("no *such* figure").run()
    said = next(m.value for m in at.markdown if "No figure is called" in m.value)
    assert said.endswith("no \\*such\\* figure\\.")
    at.pills(key="help-chapter").set_value("Forecast").run()
    forecasts = [one for one in methods() if one.chapter == "Forecast"]
    labels = [one.label.replace("\\", "") for one in at.expander]
    assert all(one.about in labels for one in forecasts) and not at.exception


def test_each_sample_is_introduced_by_its_question_and_opens(
    start: Start, facts_of_sample: Callable[[str], Facts]
) -> None:
    at = start("servers", "help")
    said = " ".join(m.value for m in at.markdown)
    for sample in samples().values():
        assert sample.question.endswith("?") and sample.question in said
    household = facts_of_sample("household").products
    living = household[~household["ended"].to_numpy(bool)]
    assert (living["recommended"] == "MTS").mean() >= 0.9  # what its question asks is answered by its figures
    at.button(key="open-household").click().run()
    at.run()
    assert not at.exception and "".join(at.query_params["data"]) == "household"


def test_the_tour_leads_through_six_pages_and_is_left(start: Start) -> None:
    at = start("servers", "help")
    at.button(key="tour-begin").click().run()
    own = "Every figure on the screen"
    for number, step in enumerate(TOUR, 1):
        assert not at.exception and not at.title[0].value.startswith(own)
        assert any(f"Step {number} of 6" in m.value and step.look in m.value for m in at.markdown)
        if number < len(TOUR):
            at.button(key="tour-next").click().run()
    assert len(TOUR) == 6 == len({step.page for step in TOUR})
    at.button(key="tour-back").click().run()
    assert any("Step 5 of 6" in m.value for m in at.markdown)
    assert "".join(at.query_params["tour"]) == "5"
    again = AppTest.from_file(str(APP), default_timeout=180)  # F5: a new session at the address
    for name in at.query_params:
        again.query_params[name] = "".join(at.query_params[name])
    again.run()
    assert any("Step 5 of 6" in m.value for m in again.markdown) and not again.exception
    again.button(key="tour-leave").click().run()
    assert "tour" not in again.query_params
    for odd in ("9", "0", "x", "55"):
        again = AppTest.from_file(str(APP), default_timeout=180)
        again.query_params["data"], again.query_params["tour"] = "servers", odd
        again.run()
        assert not again.exception and any("Step 6 of 6" in m.value for m in again.markdown) == (odd == "9")
    at.button(key="tour-leave").click().run()
    assert not any("Step" in m.value and "of 6" in m.value for m in at.markdown) and not at.exception


def test_the_presenter_view_goes_on_and_back_outlives_a_reload_and_is_left(start: Start) -> None:
    at = start("servers", "help")
    at.button(key="present-begin").click().run()
    assert any(f"Answer, 1 of {len(PRESENTED)}" in c.value for c in at.caption)
    assert at.button(key="present-back").disabled
    at.button(key="present-next").click().run()
    assert any("Compare, 2 of" in c.value for c in at.caption)
    at.switch_page("views/compare.py").run()  # the harness does not follow a page that leads on
    assert not at.button(key="present-back").disabled
    at.button(key="present-back").click().run()
    assert any("Answer, 1 of" in c.value for c in at.caption) and not at.exception
    assert "".join(at.query_params["present"]) == "1"
    again = AppTest.from_file(str(APP), default_timeout=180)
    for name in at.query_params:
        again.query_params[name] = "".join(at.query_params[name])
    again.run()
    assert any("Answer, 1 of" in c.value for c in again.caption)
    again.button(key="present-leave").click().run()
    assert not any("1 of" in c.value for c in again.caption) and "present" not in again.query_params
