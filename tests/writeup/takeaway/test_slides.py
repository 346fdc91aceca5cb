"""Slides, opened again: every number stands in the tables, charts are native and hold the tables' values, texts are safe, bytes the same."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pptx import Presentation
from pptx.util import Inches

from analytics.errors import DataError
from analytics.study_doubt import study_moves
from analytics.study_export.findings import study_findings
from analytics.study_stock.parts import stock_parts
from analytics.writeup.slides.slides import ORDER, slides_bytes
from analytics.writeup.takeaway.findings import TakeAway
from analytics.writeup.takeaway.text import safe_text
from tests.strategy.small import small_study
from tests.writeup.takeaway.figures import changing, numbers_in, said, tables_of, the_stock
from tests.writeup.workbook.company import company, needs_office

#: Numbers that are no figures of a study: of twenty years, of ten customers, and of the slide.
WORDS = {"1", "10", "12", "20", "24", "80 %", "0"}


@cache
def taken() -> TakeAway:
    return study_findings(changing(), the_stock())


@cache
def deck() -> bytes:
    return slides_bytes(taken())


def opened(data: bytes) -> Any:
    return Presentation(io.BytesIO(data))


def texts_of(slide: Any) -> Iterator[str]:
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)
        if getattr(shape, "has_table", False) and shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)
        if getattr(shape, "has_chart", False) and shape.has_chart:
            inside = re.findall(r"<(?:a:t|c:v)>([^<]*)</", shape.chart.part.blob.decode())
            yield from (text for text in inside if not re.fullmatch(r"-?[\d.]+(?:[eE][-+]\d+)?", text))


def charts_of(slide: Any) -> list[Any]:
    return [shape.chart for shape in slide.shapes if shape.has_chart]


def test_slides_come_in_order_each_with_its_finding_as_title() -> None:
    found = opened(deck())
    titles = [slide.shapes.title.text for slide in found.slides]
    assert found.slide_width / found.slide_height == pytest.approx(16 / 9, abs=1e-3)
    keys = [key for key in ORDER if key in taken().findings]
    assert keys == list(ORDER)
    for key, title in zip(keys, titles, strict=False):
        assert title.startswith(" ".join(taken().findings[key].title.split())), key
    assert not any(shape.shape_type == 13 for slide in found.slides for shape in slide.shapes)  # no picture


def test_every_number_on_every_slide_stands_in_the_tables() -> None:
    names = sorted({str(v) for v in (*company().items.skus, *company().items["name"]) if str(v)}, key=len)
    strange, count = [], 0
    for k, slide in enumerate(opened(deck()).slides, 1):
        for text in texts_of(slide):
            for name in reversed(names):
                text = text.replace(name, " ")
            text = re.sub(r"stock-or-order [\d.]+, seed \d+, data \w+|· +\d+$|\(\d of \d\)", " ", text)
            for number in numbers_in(text):
                count += 1
                if number not in said() | WORDS:
                    strange.append((k, number, text))
    assert strange == [] and count > 150


def test_a_number_that_is_in_no_table_is_found() -> None:
    assert [one for one in numbers_in("a gain of 123.45 k in 8,765 days") if one not in said() | WORDS] == ["123.45 k", "8,765"]  # fmt: skip


def test_charts_are_native_and_hold_what_the_tables_say() -> None:
    slides = dict(zip(ORDER, opened(deck()).slides, strict=False))
    tables, study = tables_of(), company()
    (bridge,) = charts_of(slides["bridge"])
    bars = {s.name: np.nan_to_num(np.array(s.values, float)) for s in bridge.plots[0].series}
    lines = tables["bridge"]
    gain = float(lines[lines["group"].isin(["planning better", "changing strategy", "shared components"])]["amount"].sum())  # fmt: skip
    steps = [one for one in list(bridge.plots[0].categories) if ", planning" in one or ", changing" in one or "hared" in one or one == "Other steps"]  # fmt: skip
    at = [list(bridge.plots[0].categories).index(one) for one in steps]
    drawn = bars["Better"][at].sum() - bars.get("Worse", np.zeros(99))[at].sum()
    assert drawn == pytest.approx(gain, abs=0.01) and gain == pytest.approx(study.portfolio.gain, abs=0.01)
    assert bars["Level"][-1] == pytest.approx(study.portfolio.money["mix"]["profit"], abs=0.01)
    (cash,) = charts_of(slides["cash"])
    months = tables["transition"][tables["transition"]["scope"] == "all products"]
    for month, value in zip(cash.plots[0].categories, cash.plots[0].series[0].values, strict=True):
        assert value == pytest.approx(float(months[months["month"] == month]["cash_released"].iloc[0]), abs=0.005)  # fmt: skip
    exposure, cover = charts_of(slides["risk"])
    losses = tables["exposure"][tables["exposure"]["measure"] == "written off"].set_index("scope")
    for series, column in zip(exposure.plots[0].series, ("expected", "p95", "cvar95"), strict=True):
        for scope, value in zip(exposure.plots[0].categories, series.values, strict=True):
            named = "Today's stock of products still sold" if scope == "Today's stock" else scope
            assert value == pytest.approx(float(losses.at[named, column]), abs=0.005)
    held, kept = (float(np.sum(series.values)) for series in cover.plots[0].series)
    assert held == pytest.approx(the_stock().valued().stock.total, abs=0.01)
    assert kept == pytest.approx(the_stock().valued().reserve_total, abs=0.01)
    (tornado,) = charts_of(slides["depends"])
    moves = study_moves(study)[: len(list(tornado.plots[0].categories))]
    stacked = np.array([np.nan_to_num(np.array(s.values, float)) for s in tornado.plots[0].series])
    low = np.array([min(m.at_low, m.at_high) for m in moves])
    high = np.array([max(m.at_low, m.at_high) for m in moves])
    assert (low < 0.0).any() and (low > 0.0).any()  # bars on one side of zero, and over it
    np.testing.assert_allclose(np.maximum(stacked, 0.0).sum(axis=0), np.maximum(high, 0.0), atol=0.01)
    np.testing.assert_allclose(np.minimum(stacked, 0.0).sum(axis=0), np.minimum(low, 0.0), atol=0.01)
    np.testing.assert_allclose(stacked[0], np.maximum(low, 0.0) + np.minimum(high, 0.0), atol=0.01)


def test_notes_say_where_figures_come_from_and_the_last_slide_what_is_left_out() -> None:
    slides = list(opened(deck()).slides)
    notes = [slide.notes_slide.notes_text_frame.text for slide in slides]
    assert "gain_of_portfolio = analytics.strategy.gains.gain_of_portfolio" in notes[0]
    assert all("seed 1" in one for one in notes)
    bare = study_findings(small_study(), stock_parts(small_study()))
    last = "\n".join(texts_of(list(opened(slides_bytes(bare)).slides)[-1]))
    assert "Left out. Cash by month and reserve: no stock on hand is in the files." in last
    assert "cash" not in bare.findings and "cover" not in [p.kind for p in bare.findings["risk"].pictures]


def test_the_same_study_gives_the_same_bytes_and_no_clock_is_in_them() -> None:
    again = slides_bytes(study_findings(changing(), the_stock()))
    assert again == deck()
    with zipfile.ZipFile(io.BytesIO(deck())) as packed:
        assert {one.date_time for one in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        (sheet, *_) = [name for name in packed.namelist() if name.endswith(".xlsx")]
        inner = zipfile.ZipFile(io.BytesIO(packed.read(sheet)))
        assert b"2000-01-01T00:00:00Z" in inner.read("docProps/core.xml")


HOSTILE = ("=cmd|'/c calc'!A1", "<script>alert(1)</script>", "a\x00\x1f\x7f\ufffeb", "&amp;]]>", "\u202egnp.exe", "x" * 32_768, "+1 -1 @A1")  # fmt: skip


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert safe_text("a\ud800\x0bb\u202e\ufffe") == "ab" and len(safe_text("y " * 40_000, 90)) <= 90


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_texts_and_fit(name: str) -> None:
    """Wherever a name stands, the file opens again, nothing of it is a formula, and no text is longer than its place."""
    found = dict(taken().findings)
    step = found["from_to"]
    assert step.table is not None
    strategies = replace(step.pictures[0], rows=step.pictures[0].rows.assign(words=name))
    found["from_to"] = replace(step, title=name, table=step.table.assign(Product=name), pictures=(strategies,), origin=(name,))  # fmt: skip
    found["not_confirmed"] = replace(
        found["not_confirmed"], table=found["not_confirmed"].table.assign(Assumption=name)
    )  # type: ignore[union-attr]
    data = slides_bytes(TakeAway(found, name, (name,), name))
    for slide in opened(data).slides:
        assert max((len(text) for text in texts_of(slide)), default=0) <= 2_000
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for inside in packed.namelist():
            if inside.endswith(".xlsx"):
                sheet = zipfile.ZipFile(io.BytesIO(packed.read(inside))).read("xl/worksheets/sheet1.xml")
                assert b"<f>" not in sheet
            elif inside.startswith("ppt/slides/") and inside.endswith(".xml"):
                assert b"<script" not in packed.read(inside)


def template(layouts: bool = True, slides: int = 2) -> bytes:
    """A company's file: 4:3, with slides of its own; with or without layouts."""
    made = Presentation()
    for k in range(slides):
        made.slides.add_slide(made.slide_layouts[0]).shapes.title.text = f"our own slide {k}"
    if not layouts:
        for slide in list(made.slides._sldIdLst):
            made.part.drop_rel(slide.rId)
            made.slides._sldIdLst.remove(slide)
        for layout in list(made.slide_layouts):
            made.slide_layouts.remove(layout)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_companys_template_gives_its_size_and_masters_and_keeps_none_of_its_slides() -> None:
    data = slides_bytes(taken(), template())
    found = opened(data)
    assert (found.slide_width, found.slide_height) == (Inches(10), Inches(7.5))
    texts = [text for slide in found.slides for text in texts_of(slide)]
    assert not [text for text in texts if "our own slide" in text]
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert not [name for name in packed.namelist() if b"our own slide" in packed.read(name)]
    for slide in found.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= found.slide_width + 1, shape.name
            assert shape.top >= 0 and shape.top <= found.slide_height


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not a presentation", "no PowerPoint file"),
        (template(layouts=False), "no layout with a title"),
        (b"PK\x05\x06" + b"\0" * 18, "cannot be read as a PowerPoint file"),
    ],
    ids=["no zip", "no layouts", "empty zip"],
)
def test_a_template_that_cannot_be_written_on_is_told_in_words(data: bytes, words: str) -> None:
    with pytest.raises(DataError) as told:
        slides_bytes(taken(), data)
    (problem,) = told.value.problems
    assert words in problem.sentence() and "leave the template out" in problem.remedy


def test_where_nothing_is_worth_a_change_no_step_is_told() -> None:
    found = study_findings(company(), the_stock()).findings
    assert found["answer"].title == "Keep what you do; nothing here is worth a change"
    assert found["from_to"].title == "Not worth a change: the best found would change 7 of 13 products"
    assert found["from_to"].table is None and found["from_to"].sentences == ()
    assert taken().findings["from_to"].title.startswith("7 of 13 products change: ")


def test_where_no_money_is_known_units_are_said_and_the_rest_is_named() -> None:
    study = small_study(with_items=False, with_price=False)
    found = study_findings(study, stock_parts(study))
    assert {"bridge", "risk", "depends", "families"} & set(found.findings) == set()
    assert "no money" in found.left_out[0] and "money yet" in found.findings["answer"].title
    assert found.findings["from_to"].title == "Nothing is decided yet for 13 products"
    slides = list(opened(slides_bytes(found)).slides)
    assert "no money" in "\n".join(texts_of(slides[-1]))


@needs_office
@pytest.mark.slow
def test_another_program_opens_the_slides(tmp_path: Path) -> None:
    """LibreOffice draws every slide, where it is installed with its part for slides."""
    (tmp_path / "deck.pptx").write_bytes(deck())
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office is not None
    home = f"-env:UserInstallation=file://{tmp_path}/office"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    done = subprocess.run([*command, str(tmp_path / "deck.pptx")], capture_output=True, timeout=600, check=False)  # fmt: skip
    if b"could not be loaded" in done.stdout + done.stderr:
        pytest.skip("LibreOffice without Impress")
    pages = len(re.findall(rb"/Type ?/Page\b", (tmp_path / "deck.pdf").read_bytes()))
    assert pages == len(opened(deck()).slides)
