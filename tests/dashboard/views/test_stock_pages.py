"""Stock on the pages: the same figures, to the cent, on Answer, Data and Risk as in the files, found again by SQL in the sample's own items file."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from analytics.writeup.words.stock import amount_text
from dashboard.results.facts import Facts
from sample_data import sample_paths
from tests.dashboard.conftest import items_csv, sales_csv, settled
from tests.dashboard.views.test_pages import with_files

Start = Callable[..., AppTest]


def told(at: AppTest) -> str:
    """All words of a page, tables included."""
    words = [str(e.value) for e in (*at.title, *at.subheader, *at.markdown, *at.caption)]
    tables = [
        " ".join(str(cell) for cell in frame.value.astype(object).to_numpy().ravel())
        for frame in at.dataframe
    ]
    return " ".join([*words, *tables, *(str(m.value) + str(m.delta) for m in at.metric)]).replace("\\", "")


@pytest.mark.parametrize("sample", ["servers", "bicycles"])
def test_stock_ties_to_the_cent_on_every_page(
    start: Start, facts_of_sample: Callable[[str], Facts], sample: str
) -> None:
    file = f"read_csv('{sample_paths(sample)['items']}', types={{'sku': 'varchar'}})"
    with duckdb.connect() as base:
        row = base.execute(f"select sum(on_hand * unit_cost) from {file}").fetchone()
    assert row is not None
    total, facts = float(row[0]), facts_of_sample(sample)
    assert facts.stock.total == pytest.approx(total, abs=0.005)
    if sample == "servers":
        assert round(total) == 2_721_529
    parts = {amount_text(part.money) for part in facts.stock.parts if part.counted and part.products}
    at = start(sample)
    for page in ("answer", "data", "risk"):
        at.switch_page(f"views/{page}.py").run()
        assert not at.exception
        words = told(at)
        assert amount_text(total) in words and all(part in words for part in parts), page
        assert "lready lost" not in words
    way = facts.stock.transition
    assert amount_text(way.cash_released) in words and amount_text(float(way.of_ended.sum())) in words  # Risk


def test_without_a_record_no_page_speaks_of_cash_from_stock(start: Start) -> None:
    at = with_files(start(), sales_csv(), items_csv())
    settled(at.button(key="use-file").click().run())
    for page in ("answer", "data", "risk"):
        at.switch_page(f"views/{page}.py").run()
        assert not at.exception
        words = told(at)
        assert not any(
            word in words for word in ("becomes cash", "ties up", "in the file today", "Slow, not lost")
        ), page
    assert "No stock on hand in these files" in words
