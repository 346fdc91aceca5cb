"""The files people take away: the app's and the command line's are the same, to the byte, in every form of numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analytics.assumptions_file import read_assumptions
from analytics.cli import main
from analytics.machine.printed_page import find_browser
from dashboard.parts.downloads import file_names, title_of_file
from dashboard.results import compute
from dashboard.state.choice import Choice, file_source
from tests.dashboard.conftest import Start, settled
from tests.strategy.small import STATED, csv_text, decide_once, items_table, of_few, sales_table


@pytest.mark.parametrize(("locale", "bom"), [("en", False), ("de", True)])
def test_the_command_line_and_the_app_write_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str, bom: bool
) -> None:
    sales, items = (
        csv_text(of_few(sales_table()))
        + b"X1,K001,2024-03-04,A1,several,9.00\nX2,K002,2024-03-05,=A1+1,2,9.00\n",
        csv_text(of_few(items_table())),
    )
    parts = b"parent,component,quantity\nA1,FRAME,1\nA1,WHEEL,2\nA4,FRAME,1\n" if bom else None
    came = b"date,sku,quantity\n2024-02-05,A1,40\n2024-03-04,NEVER SOLD,9\n"
    if bom:  # with open orders, of which two are due after the last sale
        lines = [f"{line},,Shipped" for line in sales.decode().splitlines()[1:]]
        lines += [f"Y{k},K001,2024-12-02,A{k},{k}.5,9.00,2025-0{k}-15,Open" for k in (1, 4)]
        sales = "\n".join([sales.decode().splitlines()[0] + ",due,state", *lines]).encode()
    for name, content in (
        ("sales.csv", sales),
        ("items.csv", items),
        ("stated.toml", STATED.encode()),
        ("bom.csv", parts or b""),
        ("in.csv", came),
    ):
        (tmp_path / name).write_bytes(content)
    given = [
        "analyze",
        str(tmp_path / "sales.csv"),
        "--items",
        str(tmp_path / "items.csv"),
        "--assumptions",
        str(tmp_path / "stated.toml"),
    ]
    given += ["--bom", str(tmp_path / "bom.csv"), "--receipts", str(tmp_path / "in.csv")] if bom else []
    assert main([*given, "--currency", "CHF", "--locale", locale, "--out", str(tmp_path / "out")]) == 0
    source = file_source(
        (("sales.csv", sales),),
        ("items.csv", items),
        bom=("bom.csv", parts) if parts else None,
        beside=(("in.csv", came),) if bom else (),
    )
    choice = Choice(source, read_assumptions(STATED), "CHF")
    if locale == "en":  # what shows the whole study too; the name of the file is its title
        compute.study(choice)  # decided by the app for itself; the four commands decide for themselves once
        decide_once(monkeypatch)
        for name, kind in compute.TAKEN.items():
            if kind == "pdf" and find_browser() is None:
                continue
            out = tmp_path / name
            assert main(["export", *given[1:], "--currency", "CHF", "--to", kind, "--out", str(out)]) == 0
            assert out.read_bytes() == compute.file_maker(choice, name)(), kind
    made = {name: make() for name, make in compute.files(choice, locale).items()}
    written = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert set(made) == set(written) == set(file_names(bom, {"Receipts"} if bom else ()))
    for name in made:
        assert made[name] == written[name], name
    assert len(written["receipts.csv"].splitlines()) == (3 if bom else 1)
    assert len(written["orders_on_hand.csv"].splitlines()) == (3 if bom else 1)
    assert (
        b"CHF" in written["summary.json"]
        and b"CHF" in written["recommendation.csv"]
        and b'"patience_scenarios"' in written["summary.json"]
    )


@pytest.mark.parametrize("page", ["data", "report"])
def test_the_form_of_numbers_is_chosen_in_the_sidebar_and_kept(start: Start, page: str) -> None:
    at = start("servers", page)
    names = {button.label for button in at.get("download_button")}
    assert {title_of_file(name) for name in file_names()} <= names
    assert {"Slides (PPTX)", "Page to send (HTML)", "Workbook that recomputes (XLSX)"} <= names
    without = [one.value for one in at.caption if "open the page to send in your browser and print it there" in one.value]  # fmt: skip
    assert ("Page to send (PDF)" in names) != bool(without)
    (form,) = [box for box in at.selectbox if box.label == "Numbers and dates"]
    assert form.value == "en" and form.options == [
        "English: 1,234.5 and 2026-01-31",
        "German: 1.234,5 and 31.01.2026",
    ]
    form.set_value("de").run()
    at.switch_page("views/report.py" if page == "data" else "views/data.py").run()
    (form,) = [box for box in at.selectbox if box.label == "Numbers and dates"]
    assert form.value == "de" and not at.exception


def test_no_button_bears_a_developers_file_name(start: Start) -> None:
    every = file_names(bom=True, beside=("Stock", "Receipts", "Promotions"), promoted=True)
    assert [name for name in every if title_of_file(name) == name] == []
    assert len({title_of_file(name) for name in every}) == len(every)
    for page in ("data", "report", "assumptions", "demand"):
        at = settled(start("servers", page))
        labels = [one.label for one in at.get("download_button")]
        assert labels and not [one for one in labels if re.search(r"\w_\w|\.(csv|json|toml)$", one)], page
