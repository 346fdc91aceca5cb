"""`stock-or-order export`: one file to take away, with names hidden and what was decided held."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pptx import Presentation

from analytics.cli import main
from analytics.cli.arguments import EXPORTS
from analytics.study_export.writers import WRITERS
from tests.strategy.small import PRODUCTS, STATED, csv_text, decide_once, items_table, sales_table


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("export")
    edited = items_table()
    edited.loc[edited["sku"] == "A1", "unit_cost"] = 81.25
    (place / "sales.csv").write_bytes(csv_text(sales_table()))
    (place / "decided.csv").write_bytes(csv_text(items_table()))
    (place / "edited.csv").write_bytes(csv_text(edited))
    (place / "stated.toml").write_text(STATED)
    return place


def test_a_workbook_with_made_up_names_at_edited_costs(folder: Path) -> None:
    """Decided with one items file, priced with another: A1 costs 81.25, no name of the files is anywhere, and all checks pass."""
    out = folder / "new" / "answer.xlsx"
    given = ["export", str(folder / "sales.csv"), "--items", str(folder / "edited.csv"), "--assumptions", str(folder / "stated.toml")]  # fmt: skip
    held = ["--hold", str(folder / "decided.csv"), "--hide-names", "--to", "xlsx", "--out", str(out)]
    assert main([*given, *held]) == 0
    book = load_workbook(out, data_only=True)
    texts = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)]  # fmt: skip
    names = {row[0] for row in PRODUCTS} | {"lamps", "tables", "sales.csv", "edited.csv"}
    assert not names & set(texts) and not [text for text in texts if "sales.csv" in text]
    (line,) = [text for text in texts if "arithmetic checks pass" in text and text[:1].isdigit()]
    assert line.split()[0] == line.split()[2] and line.endswith("no stock file")
    products = book["Products"]
    (head,) = [row for row in products.iter_rows() if row[0].value == "SKU"]
    (cost,) = [cell.column for cell in head if cell.value == "Unit cost"]
    costs = [products.cell(row, cost).value for row in range(head[0].row + 1, head[0].row + 1 + len(PRODUCTS))]  # fmt: skip
    assert costs == [81.25, *(row[5] for row in sorted(PRODUCTS)[1:])]


def test_what_is_held_needs_what_is_edited(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--hold alone is a clear error, before anything is computed."""
    given = ["export", str(folder / "sales.csv"), "--hold", str(folder / "decided.csv")]
    assert main([*given, "--to", "xlsx", "--out", str(folder / "none.xlsx")]) == 2
    assert "--hold needs the edited items beside it" in capsys.readouterr().err
    assert not (folder / "none.xlsx").exists()


def test_every_export_has_a_writer_and_words() -> None:
    """What `--to` offers is what can be written."""
    assert set(EXPORTS) == set(WRITERS) and all(EXPORTS.values())


def test_slides_and_page_with_made_up_names_on_a_companys_template(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slides take the company's size, neither slides nor page hold a real name, and both give the same answer."""
    decide_once(monkeypatch)
    own = Presentation()
    own.slides.add_slide(own.slide_layouts[0]).shapes.title.text = "our own slide"
    own.save(str(folder / "house.pptx"))
    given = ["export", str(folder / "sales.csv"), "--items", str(folder / "decided.csv"), "--hide-names"]
    deck, page = folder / "deck.pptx", folder / "page.html"
    assert main([*given, "--to", "pptx", "--template", str(folder / "house.pptx"), "--out", str(deck)]) == 0
    assert main([*given, "--to", "html", "--out", str(page)]) == 0
    found = Presentation(str(deck))
    assert (found.slide_width, found.slide_height) == (own.slide_width, own.slide_height)
    words = "\n".join(shape.text_frame.text for slide in found.slides for shape in slide.shapes if shape.has_text_frame)  # fmt: skip
    text = page.read_text(encoding="utf-8")
    for name in ("our own slide", "sales.csv", "decided.csv", "lamps", *(row[0] for row in PRODUCTS)):
        assert not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", words + re.sub("<svg.*?</svg>|<style.*?</style>", "", text, flags=re.DOTALL)), name  # fmt: skip
    title = found.slides[0].shapes.title.text
    assert (
        title == "Assemble 2 products and stock 11: about 3.7 k better over the next 12 months"
        and title in html.unescape(text).replace("\N{NO-BREAK SPACE}", " ")
    )


@pytest.mark.parametrize(
    ("to", "named", "words"),
    [
        ("html", "sales.csv", "--template is for slides; html has none"),
        ("pptx", "sales.csv", "the template is no PowerPoint file"),
        ("pptx", "nowhere.pptx", "nowhere.pptx"),
    ],
)
def test_a_template_that_does_not_fit_is_told_before_anything_is_computed(folder: Path, to: str, named: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    given = ["export", str(folder / "sales.csv"), "--to", to, "--template", str(folder / named)]
    assert main([*given, "--out", str(folder / "none")]) == 2
    assert words in capsys.readouterr().err and not (folder / "none").exists()


def test_a_pdf_without_a_browser_says_how_to_print(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("STOCK_OR_ORDER_BROWSER", "none")
    assert main(["export", str(folder / "sales.csv"), "--to", "pdf", "--out", str(folder / "none.pdf")]) == 2
    assert "print it there" in capsys.readouterr().err
