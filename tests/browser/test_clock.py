"""The consultant's clock: an export never seen before, the questions answered, a deck with names hidden, without a terminal; how long each step took.

The figures of a run stand in benchmarks/README.md; seconds are printed (`pytest -s`) and never asserted.
"""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page
from pptx import Presentation

from tests.browser.conftest import Open
from tests.browser.drawn import bring, go, settled, titled
from tests.faults.damage import ALL

FAMILIES = ("Schr\u00e4nke", "St\u00fchle", "Tische")
Files = dict[str, bytes]


def german(table: pd.DataFrame, title: str = "") -> bytes:
    """A table as an old German program exports it: `;`, decimal comma, the code page of Windows, a line of its own above the header."""
    text = table.to_csv(sep=";", decimal=",", index=False)
    return f"{title}\r\n{text}".lstrip().encode("cp1252")


def workshop() -> Files:
    """A joiner's shop of fifteen products over two years, its lists with returns and a sum at the end."""
    rng, rows, items = np.random.default_rng(20_261_130), [], []
    for k in range(15):
        family = FAMILIES[k % 3]
        sku, cost = f"{family[:2].upper()}-{40 + 7 * k}", float(np.round(20.0 * 1.3**k, 2))
        items.append(
            (
                sku,
                f"{family[:-1]} Modell {k + 1}",
                family,
                cost,
                "ja" if k % 4 else "nein",
                int(rng.integers(10, 60)),
                int(rng.integers(0, 40)),
            )
        )
        for day in pd.date_range("2024-01-02", "2025-12-30"):
            if rng.random() < (0.5 if k < 6 else 0.04):
                units = int(rng.integers(1, 5)) * (-1 if rng.random() < 0.01 else 1)
                rows.append(
                    (
                        day.strftime("%d.%m.%Y"),
                        f"K{int(rng.integers(100, 160))}",
                        sku,
                        units,
                        round(1.55 * cost, 2),
                    )
                )
    sales = pd.DataFrame(rows, columns=["Belegdatum", "Kunde", "Artikelnummer", "Menge", "Einzelpreis"])
    listed = pd.DataFrame(items, columns=["Artikelnummer", "Bezeichnung", "Warengruppe", "Einstandspreis", "Eigenfertigung", "Wiederbeschaffungszeit", "Bestand"])  # fmt: skip
    return {"Umsatzliste.csv": german(sales), "Artikelstamm.csv": german(listed)}


class Clock:
    """Seconds of every step, printed as it ends."""

    def __init__(self) -> None:
        self.begin = time.monotonic()

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """One step of a person."""
        start = time.monotonic()
        yield
        now = time.monotonic()
        print(f"{words}: {now - start:.0f} s, {(now - self.begin) / 60:.1f} min since the start", flush=True)


def answered(page: Page, most: int) -> int:
    """Answer the questions that the page Answer asks under a name, the first of the offered answers each time; how many were, each of which counts."""
    done = 0
    page.get_by_label("Your name", exact=False).filter(visible=True).first.fill("K. Braun")
    page.keyboard.press("Enter")
    for _ in range(most):
        settled(page)
        cards = page.get_by_test_id("stMain").get_by_test_id("stButtonGroup").filter(visible=True)
        if not cards.count():
            break
        cards.first.get_by_role("radio").or_(cards.first.get_by_role("button")).first.click()
        settled(page)
        done += 1
        assert len(re.findall(r"^confirmed\b", page.get_by_test_id("stMain").inner_text(), re.M)) == done
    return done


@pytest.mark.skipif(not ALL, reason="a minute on a quiet machine; part of make study")
def test_a_deck_of_an_export_never_seen(opened: Open) -> None:
    """From two files to slides under made-up names: opened by python-pptx, a finding a slide, and no name of the files in any text of them."""
    given = workshop()
    clock = Clock()
    with clock.step("open the app"):
        page = opened("/data?data=household")
    with clock.step("bring two files"):
        for place, (name, content) in enumerate(given.items()):
            bring(page, place, name, content)
        titled(page, "usable")
    with clock.step("use them, first answer"):
        page.get_by_role("button", name="Use this file").click()
        titled(page, re.compile(r"^(?:(?!usable).)*$", re.DOTALL))
    with clock.step("everything worked out"):
        settled(page)
    with clock.step("answer questions"):
        count = answered(page, 3)
    print(f"questions answered: {count}")
    with clock.step("hide the names"):
        go(page, "Report")
        settled(page)
        page.get_by_text("Hide all names").click()
        settled(page)
    with clock.step("take the slides"), page.expect_download(timeout=600_000) as waiting:
        page.get_by_role("button", name="Slides", exact=False).first.click()
    deck = Presentation(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    texts = [text for slide in deck.slides for text in _texts(slide)]
    assert len(deck.slides) >= 5 and all(slide.shapes.title.text for slide in deck.slides)
    names = _names(given)
    said = " ".join(texts)
    assert len(names) > 20 and not [
        one for one in names if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", said)
    ]
    assert count >= 1


def _texts(slide: object) -> Iterator[str]:
    for shape in slide.shapes:  # type: ignore[attr-defined]
        if shape.has_text_frame:
            yield shape.text_frame.text
        if shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)
        if shape.has_chart:
            yield from (str(one) for plot in shape.chart.plots for one in plot.categories)
    yield slide.notes_slide.notes_text_frame.text  # type: ignore[attr-defined]


def _names(given: Files) -> set[str]:
    """Codes, names and families of the list of products, and the names of the files."""
    content = list(given.values())[1]
    table = pd.read_csv(io.BytesIO(content), sep=";", encoding="cp1252", dtype=str)
    columns = [c for c in ("Artikelnummer", "Bezeichnung", "Warengruppe") if c in table]
    return {str(v) for c in columns for v in table[c].dropna() if len(str(v)) > 2} | set(given)
