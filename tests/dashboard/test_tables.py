"""Tables of a page: all of them are taken away by one button, as CSV that no spreadsheet runs; the browser's own way out is off."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.parts import tables
from dashboard.parts.tables import tables_of_page
from dashboard.serve import settings
from tests.dashboard.conftest import Start

ROOT = Path(__file__).resolve().parents[2]


def opened(archive: bytes) -> dict[str, list[list[str]]]:
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        return {
            name: list(csv.reader(io.StringIO(files.read(name).decode("utf-8")))) for name in files.namelist()
        }


def test_every_table_goes_through_the_one_way_out() -> None:
    """No page draws a table by itself: it would not be in the download, and its own export writes cells as they are."""
    drawn = [
        path.name
        for path in (ROOT / "dashboard").rglob("*.py")
        if "st.dataframe(" in path.read_text(encoding="utf-8")
    ]
    assert drawn == ["tables.py"] and settings(9000)["client.disableDataExport"] is True


def test_cells_are_text_and_pictures_stay_behind() -> None:
    frame = pd.DataFrame(
        {"=name": ["=1+1", "x;=2", "bolt"], "units": [1.5, -2.0, 3.25], "picture": [[1.0], [2.0], [3.0]]}
    )
    found = opened(tables_of_page([("What: to/do?", frame), ("What: to/do?", frame)]))
    assert list(found) == ["01_what_to_do.csv", "02_what_to_do.csv"]
    assert found["01_what_to_do.csv"] == [
        ["'=name", "units"],
        ["'=1+1", "1.5"],
        ["x;'=2", "-2.0"],
        ["bolt", "3.25"],
    ]


def test_the_page_offers_its_tables_and_not_those_of_the_page_before(start: Start) -> None:
    at = start("servers", "limits")
    several = start("servers", "compare")
    button = [one for one in several.download_button if one.label == "Tables of this page"]
    assert len(button) == 1
    shown = len(several.dataframe)
    several.switch_page("views/limits.py").run()
    assert len(several.dataframe) == len(at.dataframe) != shown


def test_in_a_narrow_window_a_table_is_cards_with_the_numbers_of_its_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def page() -> None:
        import pandas as pd
        import streamlit as st

        from dashboard.parts.tables import show_table

        rows = pd.DataFrame(
            {"Product": ["*A_1*", *"bcdefghijklmn"], "Gain": [1.25] * 14, "A long word": "", "hidden": 9}
        )
        gain = st.column_config.NumberColumn("Gain, k EUR", format="%.1f")
        rows["Unpronounceablenesses"] = ["Antidisestablishmentarianism/and/so/on", *[""] * 13]
        order = ["Product", "Gain", "Unpronounceablenesses"]
        show_table(rows, alt="Products", column_order=order, column_config={"Gain": gain})

    wide = AppTest.from_function(page).run()
    assert len(wide.dataframe) == 1 and not wide.markdown
    monkeypatch.setattr(tables, "narrow", lambda cookies, headers: True)
    slim = AppTest.from_function(page).run()
    assert not slim.exception and not slim.dataframe
    assert slim.markdown[0].value == (
        "**\\*A\\_1\\***  \nGain, k EUR: 1\\.2  \nUnpronounceablenesses: Antidisestablishmentarianism/and/so/on"
    )
    assert len(slim.markdown) == tables.MOST_CARDS and "of 14 rows" in slim.caption[0].value


def test_a_table_of_few_columns_stays_one_in_a_narrow_window_and_is_wrapped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def page() -> None:
        import pandas as pd
        import streamlit as st

        from dashboard.parts.tables import show_table

        rows = pd.DataFrame({"What_": ["*rows*", "units"], "In": [1.25, 2.0], "hidden": 9})
        shown = st.column_config.NumberColumn("In the file", format="%.1f")
        show_table(rows, alt="Totals", column_order=["What_", "In"], column_config={"In": shown})

    monkeypatch.setattr(tables, "narrow", lambda cookies, headers: True)
    slim = AppTest.from_function(page).run()
    assert not slim.exception and not slim.dataframe and not slim.markdown
    told = slim.table[0].value
    assert list(told.columns) == ["What\\_", "In the file"]
    assert told.to_numpy().tolist() == [["\\*rows\\*", "1\\.2"], ["units", "2\\.0"]]
