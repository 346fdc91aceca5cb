"""The workbook: what it says without a formula computed, what it refuses, and that every text in it is a text."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

from analytics.errors import DataError
from analytics.naming.labels import Strategy
from analytics.strategy.decision import joined_ledgers
from analytics.strategy.money.formulas import profit
from analytics.strategy.money.measures import counts_by_name
from analytics.strategy.money.price import money_values
from analytics.strategy.plans.setup import demand_held
from analytics.strategy.pool_membership import shared_components, shared_counts
from analytics.study_export.workbook import study_workbook, workbook_figures
from analytics.study_stock.cash import study_bridge
from analytics.study_stock.parts import stock_parts
from analytics.writeup.workbook.layout import FORMULA, RECORD, TEXT, Book, Cell, Column, Grid, Line, Table
from analytics.writeup.workbook.paint import LONGEST_TEXT, Painter, plain_text
from analytics.writeup.workbook.workbook import workbook_bytes
from tests.writeup.workbook.company import POLICY, company, company_workbook, opened, written

#: A register of one row, where it is not what is looked at.
REGISTER = pd.DataFrame({"id": ["seed"], "scope": ["these files"], "origin": ["given"]})
STOCK_SHEETS = ("Stock", "Ageing", "Reserve", "RollForward", "Journal", "WorkingCapital", "Carrying", "Transition")  # fmt: skip


def test_every_sheet_opens_with_its_figures() -> None:
    """What a previewer shows: values beside the formulas, read without computing any."""
    study, book = company(), opened(company_workbook())
    assert set(STOCK_SHEETS) < set(book.sheetnames) and book.sheetnames[0] == "Cover"
    said = [row[0] for row in book["Cover"].iter_rows(values_only=True)]
    (line,) = [text for text in said if text and "arithmetic checks pass" in str(text)]
    found = re.fullmatch(r"(\d+) of (\d+) arithmetic checks pass; (\d+) assumptions unconfirmed; ([\d,.]+) open to the ledger", line)  # fmt: skip
    assert found is not None and found[1] == found[2] and int(found[1]) >= 30 and int(found[3]) > 0
    open_ = abs(60_000.0 - stock_parts(study, POLICY).valued().stock.total)
    assert found[4] == f"{open_:,.2f}"
    cover = {row[0]: row[1:3] for row in book["Cover"].iter_rows(values_only=True)}
    for label, value in {
        "Gain of a year": study.portfolio.gain,
        "Contribution of the mix": study.portfolio.money["mix"]["profit"],
        "Cash tied up, today's way": study.portfolio.money["baseline"]["cash_tied_up"],
    }.items():
        assert cover[label] == pytest.approx((value, value), abs=0.005), label


def test_formulas_are_of_the_plain_kind_and_each_has_its_value() -> None:
    """No function that other programs lack or that hides what a cell depends on; no cell without a value."""
    cells = written()
    assert len(cells) > 3_000
    for sheet, address, formula, value in cells:
        assert not re.search(r"OFFSET|INDIRECT|LET\(|LAMBDA|FILTER\(|_xl|\{|\[", formula), (
            sheet,
            address,
            formula,
        )
        empty_on_purpose = sheet == "WorkingCapital"
        assert value is not None or empty_on_purpose, (sheet, address, formula)


def test_names_like_formulas_are_texts() -> None:
    book = opened(company_workbook(), values=False)
    names = {row[1].value: row[1].data_type for row in book["Products"].iter_rows(min_row=6)}
    assert (
        names['\'=HYPERLINK("http://x","y")'] == names["'@SUM(A1:A9)"] == "s" and names["Product A3"] == "s"
    )
    assert any(row[1].value == "'+never sold" for row in book["Stock"].iter_rows(min_row=6))
    assert not any(formula.startswith("=HYPERLINK") for _, _, formula, _ in written())


def test_the_same_figures_give_the_same_bytes() -> None:
    study = company()
    assert study_workbook(study, stock_parts(study, POLICY)) == company_workbook()


def test_what_there_is_no_data_for_is_left_out_with_words() -> None:
    study = company()
    parts = stock_parts(study, POLICY)
    found = replace(workbook_figures(study, parts, REGISTER), stock=None)
    book = opened(workbook_bytes(found, study_bridge(study, {}, parts.plans())))
    assert not set(STOCK_SHEETS) & set(book.sheetnames)
    said = " ".join(str(row[0]) for row in book["Cover"].iter_rows(values_only=True))
    assert "no stock on hand is in the files" in said and "no stock file" in said
    assert [row[4] for row in book["Checks"].iter_rows(min_row=6, values_only=True)].count("pass") >= 15


def test_rows_beyond_a_sheet_go_on_further_sheets_and_too_many_products_are_said() -> None:
    study = company()
    parts = stock_parts(study, POLICY)
    rows = [{"id": f"run/{k}", "scope": "all products", "origin": "given", "value": "x" * 40_000} for k in range(41)]  # fmt: skip
    found = workbook_figures(study, parts, pd.DataFrame(rows))
    bridge = study_bridge(study, {}, parts.plans())
    book = opened(workbook_bytes(found, bridge, rows=20))
    sheets = [name for name in book.sheetnames if name.startswith("Register")]
    assert sheets == ["Register", "Register2", "Register3"]
    ids = [row[0] for name in sheets for row in book[name].iter_rows(min_row=6, values_only=True)]
    assert ids == [f"run/{k}" for k in range(41)]
    assert "Part 2 of 3: a sheet holds 20 rows." in str(book["Register2"]["A2"].value)
    long = book["Register"]["D6"].value
    assert len(long) == LONGEST_TEXT and long.endswith("... (cut: 40,000 characters long)")
    with pytest.raises(DataError, match="15 products are more than the 10 rows of a sheet"):
        workbook_bytes(found, bridge, rows=10)


def test_the_shared_line_is_its_counts_priced() -> None:
    """Half of the lamps assembled: what is counted alone less what is counted together, priced, is the line."""
    study = company()
    setup = replace(study.setup, world=demand_held(study.setup.world))
    joined = joined_ledgers(setup, study.outlook, study.items)
    family = next(f for f in setup.families if len(f) > 1)
    assembled = np.isin(np.arange(len(study.items)), family[:-1])
    line = shared_components(setup, study.comparison, assembled, study.items, joined).sum()
    members, counts = shared_counts(setup, study.comparison, assembled, study.items, joined)
    money = {k: v[members] for k, v in money_values(study.items, Strategy.ATO).items()}
    priced = np.nansum(profit(counts_by_name(counts), money))
    assert sorted(members) == sorted(family[:-1]) and line != 0.0
    assert priced == pytest.approx(line, abs=1e-6)


def test_names_in_formulas_become_addresses_wherever_a_sheet_begins() -> None:
    """Rows of a product differ from sheet to sheet where one has more lines above: formulas follow."""
    numbers = np.array([1.0, 2.0])
    a = Table("A", "", "", [Column("x", "x", RECORD, "units", numbers, total=True)])
    lines = [Line(key, key, {}) for key in ("one", "two", "three")]
    b = Table("B", "", "", [Column("y", "y", FORMULA, "units", numbers, "{A.x}*{A.x@total}+{C.rate}")], lines)
    c = Grid("C", "", "", ())
    c.add(Cell(0.5, kind=RECORD, form="share"), names=("rate",))
    book = Book()
    book.add(a, b, c)
    assert book.formulas(b, b.columns[0]) == ["=A!$A6*A!$A$3+C!$A$4", "=A!$A7*A!$A$3+C!$A$4"]
    assert book.formula("C", "SUM({B.y@range})+{B.y@two}") == "=SUM(B!$A$8:$A$9)+B!$A$4"
    assert book.formula("C", "SUM({B.y@first1})*{rate}") == "=SUM(B!$A$8:$A$8)*$A$4"
    picked = Table("Products", "", "", [Column("z", "z", RECORD, "units", numbers)])
    d = Table("D", "", "", [Column("w", "w", FORMULA, "units", numbers[:1], "{w}+{A.x}")], product=np.array([1]))  # fmt: skip
    book.add(picked, d)
    assert book.formulas(d, d.columns[0]) == ["=$A6+A!$A7"]
    with pytest.raises(KeyError):
        book.formula("C", "{A.x}")
    with pytest.raises(ValueError, match="two cells named"):
        c.add(Cell(1.0), names=("rate",))


def test_rows_stand_in_the_file_as_the_library_writes_cells() -> None:
    """A table with every kind of cell, beside the same cells handed to XlsxWriter one by one: the same rows, sign by sign."""
    texts = np.array(["a < b & 'c' \"d\"", " blanks ", "=1+1", "", "_x0041_", "line\nbreak"], object)
    numbers = np.array([1.5, np.nan, -0.0, 1e21, 1 / 3, 7.0])
    linked = np.array([True, True, False, True, True, True])
    formula = 'IF({n}<>0,{n}&"",0)'
    columns = [Column("sku", "SKU", TEXT, "text", texts), Column("n", "N", RECORD, "money", numbers),
               Column("f", "F", FORMULA, "units", numbers, formula, linked)]  # fmt: skip
    table, found = Table("T", "title", "lead", columns), []
    for slow in (False, True):
        out, book = io.BytesIO(), Book()
        book.add(table)
        workbook = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False})
        painter = Painter(workbook, book, "foot")
        if slow:
            sheet = workbook.add_worksheet("T")
            looks = [painter.format(column.kind, column.form) for column in columns]
            for i, row in enumerate(range(table.first - 1, table.first - 1 + table.rows)):
                if texts[i]:
                    sheet.write_string(row, 0, plain_text(texts[i]), looks[0])
                if np.isfinite(numbers[i]):
                    sheet.write_number(row, 1, numbers[i], looks[1])
                    if linked[i]:
                        sheet.write_formula(
                            row, 2, f'=IF($B{row + 1}<>0,$B{row + 1}&"",0)', looks[2], numbers[i]
                        )
                    else:
                        sheet.write_number(row, 2, numbers[i], looks[2])
        else:
            painter.table(table)
        workbook.close()
        text = zipfile.ZipFile(out).read("xl/worksheets/sheet1.xml").decode()
        rows = re.findall(r'<row r="(\d+)">(.*?)</row>', text, re.DOTALL)
        found.append([(r, re.sub(r' s="\d+"', "", cells)) for r, cells in rows if int(r) >= table.first])
    assert found[0] == found[1] and len(found[0]) == 6


def test_long_texts_fill_a_cell_and_no_more() -> None:
    """A cell holds 32,767 units, of which a sign beyond the first 65,536 takes two; what is cut says so."""
    for text in ("x" * 32_767, "\U0001f600" * 16_383):
        assert plain_text(text) == text
    for text in ("x" * 32_768, "\U0001f600" * 16_384):
        cut = plain_text(text)
        assert len(cut.encode("utf-16-le")) // 2 <= LONGEST_TEXT and cut.endswith(
            f"(cut: {len(text):,} characters long)"
        )
