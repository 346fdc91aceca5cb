"""Tables of a page: each is taken away by its button and all by one, as a workbook that runs nothing; the browser's own way out is off."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.writeup.workbook.of_tables import tables_workbook
from dashboard.parts import tables
from dashboard.parts.tables import as_shown, workbook_of
from dashboard.serve import settings
from tests.dashboard.conftest import Start

ROOT = Path(__file__).resolve().parents[2]


def opened(workbook: bytes) -> dict[str, list[list[Any]]]:
    """The rows of each sheet below its title."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)] for sheet in book
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
    found = opened(workbook_of([("What: to/do?", lambda: as_shown(frame))] * 2))
    rows = [["'=name", "units"], ["'=1+1", 1.5], ["x;'=2", -2.0], ["bolt", 3.25]]
    assert found == {"What to do": rows, "What to do 2": rows}


def test_what_is_taken_is_what_is_shown_and_the_rest_behind_it() -> None:
    frame = pd.DataFrame(
        {"sku": ["A", "B"], "sales": [[1.0], [2.0]], "gain": [1.5, None], "on": [True, False]}
    )
    taken = as_shown(
        frame, ["gain", "sales"], {"gain": st.column_config.NumberColumn("Gain, k"), "on": "Sold on"}
    )
    sheet = opened(workbook_of([("History", lambda: taken)]))  # a name that spreadsheets keep for themselves
    assert sheet == {"History 2": [["Gain, k", "sku", "Sold on"], [1.5, "A", "yes"], [None, "B", "no"]]}


def test_more_rows_than_a_sheet_holds_are_on_further_sheets_and_said() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(tables_workbook([("Products", pd.DataFrame({"k": range(7)}))], 3))
    )
    assert book.sheetnames == ["Products", "Products 2", "Products 3"]
    assert [sheet["A2"].value for sheet in book] == [
        f"7 rows; part {k} of 3: a sheet holds 3" for k in (1, 2, 3)
    ]
    assert [cell.value for sheet in book for (cell,) in sheet.iter_rows(min_row=6)] == list(range(7))


def test_the_page_offers_its_tables_and_not_those_of_the_page_before(start: Start) -> None:
    at = start("servers", "limits")
    several = start("servers", "compare")
    button = [one for one in several.download_button if one.label == "Tables of this page"]
    assert len(button) == 1
    assert sum(one.label == "Workbook" for one in several.download_button) == len(several.dataframe)
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
