"""Report: settings for the system of the person and today's list, from the study on the screen, own choices in them."""

from __future__ import annotations

import io
from collections.abc import Callable

from pptx import Presentation
from pptx.util import Inches
from streamlit.testing.v1 import AppTest

from analytics.naming.systems import SYSTEMS
from analytics.study_export.settings import study_settings
from analytics.study_stock.answer import stock_answer
from analytics.study_stock.todays_list import ACTIONS, todays_list
from dashboard.results import compute
from tests.dashboard.conftest import items_csv, sales_csv, settled
from tests.dashboard.views.test_pages import texts
from tests.dashboard.views.test_stock_pages import told
from tests.sample_data.kept import kept_sample

Start = Callable[..., AppTest]


def buttons(at: AppTest) -> str:
    """The identities of the download buttons of a page, which end in their keys."""
    return " ".join(one.proto.id for one in at.get("download_button"))


def test_settings_and_todays_list_stand_on_the_report(start: Start) -> None:
    """The table is the dry run of the system chosen, for the place typed; buttons are there; every action has its total."""
    at = start("servers", "report")
    said = texts(at).replace("\\", "")
    assert "Settings for your system" in said and "Today’s list" in said
    at.selectbox(key="settings-system").set_value("businesscentral").run()
    assert not at.exception
    study = kept_sample("servers")
    found = study_settings(study, SYSTEMS["businesscentral"])
    tables = [one.value for one in at.dataframe]
    (shown,) = [table for table in tables if {"Setting", "Today", "New"} <= set(table.columns)]
    assert shown[["SKU", "Setting", "Today", "New"]].to_numpy().tolist() == (
        found.changes[["sku", "setting", "today", "new"]].head(len(shown)).to_numpy().tolist()
    )
    assert f"{len(found.changes):,} settings of" in texts(at).replace("\\", "")
    at.selectbox(key="settings-system").set_value("odoo").run()
    at.text_input(key="settings-place-odoo").set_value("WH9/Stock").run()
    assert not at.exception
    place = study_settings(study, SYSTEMS["odoo"]._replace(place="WH9/Stock"))
    assert set(place.rules["location_id"]) == {"WH9/Stock"} and place.file().decode().count(
        "WH9/Stock"
    ) == len(place.rules)


def test_the_list_of_the_page_is_that_of_the_study(start: Start) -> None:
    at = start("servers", "report")
    assert not at.exception
    study = kept_sample("servers")
    found = stock_answer(study)
    table = todays_list(study, found.valued, found.runs_out)
    rows = table[table["sku"] != "total"]
    shown = [one.value for one in at.dataframe if {"By", "Why", "Money"} <= set(one.value.columns)]
    assert sum(len(one) for one in shown) == sum(min(20, n) for n in rows["action"].value_counts())
    said = texts(at).replace("\\", "")
    assert all(f"**{action.capitalize()}**" in said for action in ACTIONS if (rows["action"] == action).any())
    first = rows[rows["action"] == rows["action"].iloc[0]].iloc[0]
    assert shown[0].iloc[0]["SKU"] == first["sku"] and shown[0].iloc[0]["Money"] == first["money"]


def test_no_file_for_a_system_is_offered_under_made_up_names(start: Start) -> None:
    """Its codes would match nothing there; what changes is shown all the same, under the names of the page."""
    at = start("servers", "report")
    assert at.get("download_button") and "settings-file-odoo" in buttons(at)
    digest = at.session_state["choices"]["servers"].source.digest
    at.toggle(key=f"hide-names-{digest[:8]}").set_value(True).run()
    assert not at.exception and "settings-file-odoo" not in buttons(at)
    assert "match no product of your system" in texts(at)
    (shown,) = [one.value for one in at.dataframe if {"Setting", "Today", "New"} <= set(one.value.columns)]
    assert shown["SKU"].str.fullmatch(r"P-\d+").all() and len(shown)


def test_settings_brought_beside_the_sales_are_todays_way(start: Start) -> None:
    """A file of Odoo's rules dropped with the sales: it is told what it is, and what it says is what is done today; Odoo orders below 41, so at 40."""
    rules = (
        b"product_id,location_id,route_id,trigger,active,product_min_qty,product_max_qty\n"
        b"A-1,WH/Stock,Buy,auto,True,41,95\nB-2,WH/Stock,Replenish on Order (MTO),manual,False,0,0\n"
    )
    at = start()
    at.switch_page("views/data.py").run()
    at.file_uploader(key="items-file").set_value(("items.csv", items_csv(), "text/csv"))
    at.file_uploader(key="sales-files").set_value([("sales.csv", sales_csv(), "text/csv"), ("rules.csv", rules, "text/csv")]).run()  # fmt: skip
    assert not at.exception and "recognised by its columns as the settings of today" in told(at)
    settled(at.button(key="use-file").click().run())
    assert not at.exception
    items = compute.study(at.session_state["choices"]["own"]).items
    row = {str(sku): k for k, sku in enumerate(items.skus)}
    a, b = row["A-1"], row["B-2"]
    assert (items["current_mode"][a], items["reorder_point"][a], items["order_up_to_level"][a]) == ("MTS", 40.0, 95.0)  # fmt: skip
    assert items["current_mode"][b] == "MTO" and str(items["current_mode"][row["C-3"]]) != "MTO"
    assert items["levels_followed"][a] == 1.0


def test_slides_take_the_look_of_a_presentation_that_is_brought(start: Start) -> None:
    """Brought on Report, it is kept when the page is left and gone where the plain look is asked for; what is none is refused in words."""
    own = Presentation()
    own.slide_width, own.slide_height = Inches(11), Inches(6.5)
    out = io.BytesIO()
    own.save(out)
    kind = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    at = start("household", "report")
    at.file_uploader(key="slides-template-0").set_value(("house.pptx", b"PK no file", kind)).run()
    assert (
        not at.exception
        and "Slides cannot be written on this file. One thing has to change:" in at.error[0].value
    )
    at.file_uploader(key="slides-template-0").set_value(("house.pptx", out.getvalue(), kind)).run()
    at.switch_page("views/help.py").run()
    at.switch_page("views/report.py").run()
    assert not at.exception and not at.error and "Slides are written on house" in texts(at)
    choice = at.session_state["choices"]["household"]
    slides = Presentation(
        io.BytesIO(compute.file_maker(choice, "stock-or-order.pptx", template=out.getvalue())())
    )
    assert (slides.slide_width, slides.slide_height) == (own.slide_width, own.slide_height)
    at.button(key="slides-plain").click().run()
    assert not at.exception and "Slides are written on" not in texts(at)
