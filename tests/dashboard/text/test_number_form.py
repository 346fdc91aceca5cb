"""Numbers and dates as English or German writes them: every sentence, table and chart of every page, and nothing that is a name or code."""

from __future__ import annotations

import re
from collections.abc import Callable

import altair as alt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from analytics.naming.number_form import in_form, like_numbers
from dashboard import number_form
from dashboard.number_form import spoken_chart, spoken_rows
from dashboard.text.words import plain
from tests.dashboard.conftest import APP
from tests.dashboard.pages import PAGES

Start = Callable[..., AppTest]


@given(st.decimals(-(10**9), 10**9, places=3, allow_nan=False), st.integers(0, 3))
def test_a_number_is_the_same_number_in_both_forms(number: object, digits: int) -> None:
    english = f"{number:,.{digits}f}"
    german = in_form(f"about {english} % of it", "de").removeprefix("about ").removesuffix(" % of it")
    assert german.replace(".", "").replace(",", ".") == english.replace(",", "")
    assert german.count(",") == english.count(".") and german.count(".") == english.count(",")
    # as Markdown has it escaped
    marked = re.sub(r"([.\-])", r"\\\1", english)
    assert in_form(f"\\({marked} k\\)", "de").replace("\\", "") == f"({german} k)"


@pytest.mark.parametrize(
    "text",
    [
        "v0.20.0", "A-1,200.5", "10.0.0.1", "12:30.5", "`price > 1.5`",
        "[x](https://a.b/1.5)", "sales-2026-01-31.csv", "2026-01-31.csv", "1,2 and 12,34", "2025", "1/2.5", "x1.5", "1.5mm",
    ],
)  # fmt: skip
def test_what_is_no_number_stays(text: str) -> None:
    assert in_form(text, "de") == text


def test_names_of_the_file_stay_whole_and_numbers_around_them_do_not() -> None:
    names = like_numbers(["Tube 1.5 mm", "Road 300", "Lot 2026-01-31", "Tube 1.5 mm wide"])
    assert names == {
        "1.5": (("Tube 1.5 mm", 5), ("Tube 1.5 mm wide", 5)),
        "2026-01-31": (("Lot 2026-01-31", 4),),
    }
    said = in_form(
        "Tube 1.5 mm wide (1.5 k), Lot 2026-01-31 by 2026-01-31: `1.5` Tube 1.5 mm 1,500.25", "de", names
    )
    assert said == "Tube 1.5 mm wide (1,5 k), Lot 2026-01-31 by 31.01.2026: `1.5` Tube 1.5 mm 1.500,25"


def test_thirty_thousand_names_that_look_like_numbers_cost_a_sentence_nothing() -> None:
    """Looked up by what looks like a number, not sought one after the other: each name looked at is one that holds it."""
    names = like_numbers((f"Bolt {k / 10:.1f} mm" for k in range(30_000)), plain)
    assert len(names) == 30_000 and max(len(ones) for ones in names.values()) <= 2
    for k in (7, 12_345, 29_999):
        name = f"Bolt {k / 10:.1f} mm"
        for shown in (name, plain(name)):
            number = f"{k / 10:.1f}"
            assert in_form(f"{shown}: {number} k", "de", names) == f"{shown}: {number.replace('.', ',')} k"


def _words(at: AppTest) -> list[str]:
    """Every word of a page in its order, as the browser is told it."""
    found = []
    for kind in (
        "title",
        "subheader",
        "header",
        "markdown",
        "caption",
        "warning",
        "info",
        "error",
        "success",
    ):
        found += [str(one.value) for one in at.get(kind)]
    found += [f"{one.label} {one.value} {one.delta}" for one in at.metric]
    found += [
        str(one.label)
        for kind in ("button", "expander", "slider", "number_input", "tab")
        for one in at.get(kind)
    ]
    return found


@pytest.mark.parametrize("page", [name for name in PAGES if name != "help"])
def test_every_sentence_of_a_page_in_german_is_that_of_the_page_in_english(start: Start, page: str) -> None:
    at = start("servers", page)
    english = _words(at)
    at.selectbox(key="number-form").select("de").run()
    german = _words(at)
    assert not at.exception and german == [in_form(words, "de") for words in english]
    assert page in ("limits", "replay", "help") or german != english
    at.selectbox(key="number-form").select("en").run()
    assert _words(at) == english


def test_the_language_of_the_browser_chooses_first() -> None:
    at = AppTest.from_file(str(APP), default_timeout=180)
    at.context["locale"] = "de-AT"
    at.query_params["data"] = "servers"
    at.run()
    assert at.selectbox(key="number-form").value == "de"
    assert re.search(r"\d\d\.\d\d\.\d{4} to \d\d\.\d\d\.\d{4}", " ".join(_words(at)).replace("\\", ""))


def test_tables_stay_numbers_and_are_shown_in_the_form(start: Start) -> None:
    at = start("servers")
    at.selectbox(key="number-form").select("de").run()
    table = next(one.value for one in at.dataframe if "gain" in one.value.columns or "Gain" in str(list(one.value.columns)))  # fmt: skip
    assert any(pd.api.types.is_numeric_dtype(table[c]) for c in table.columns)


def test_texts_of_rows_and_axes_of_a_chart_follow_and_its_dates_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = pd.DataFrame({"label": ["+1,250.5 k"], "day": ["2026-01-31"], "value": [1250.5]})
    base = alt.Chart(rows, title="About 1,250.5 k").encode(
        x="value:Q", y=alt.Y("label:N", sort=["+1,250.5 k"])
    )
    chart = alt.layer(base.mark_bar(), base.mark_text().encode(text=alt.Text("value:Q", format=",.1f")))
    english = spoken_chart(chart)
    assert "locale" not in english["config"]
    monkeypatch.setattr(number_form, "locale", lambda: "de")
    told = spoken_chart(chart)
    assert told["config"]["locale"]["number"] == {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " \u20ac"]}  # fmt: skip
    (shown,) = told["datasets"].values()  # both layers share their rows, as before
    assert shown == [{"label": "+1.250,5 k", "day": "2026-01-31", "value": 1250.5}]
    assert (
        "About 1.250,5 k" in str(told) and "+1.250,5 k" in str(told["layer"]) and ",.1f" in str(told["layer"])
    )
    assert rows.loc[0, "label"] == "+1,250.5 k"
    assert list(spoken_rows(rows)["day"]) == ["31.01.2026"]


def test_a_table_of_more_cells_than_can_be_worded_is_shown_all_the_same() -> None:
    def page() -> None:
        import numpy as np
        import pandas as pd
        import streamlit as st

        from dashboard import number_form
        from dashboard.parts.tables import show_table

        st.session_state[number_form._CHOSEN] = "de"
        show_table(pd.DataFrame(np.full((30_000, 9), 1234.5)), alt="many")

    at = AppTest.from_function(page).run()
    assert not at.exception and at.dataframe[0].value.shape == (30_000, 9)
