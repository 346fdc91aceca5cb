"""A total from the books against the file: discounts, other columns, rejected rows, and two reasons at once."""

from __future__ import annotations

import pytest

from analytics.data import read_sales, reconcile
from tests.data.packing import sent

LINES = [
    # date, product, quantity, price, discount share, freight, channel
    ("2012-02-13", "A-101", 4, 25.0, 0.1, 3.5, "web"),
    ("2012-03-14", "B-202", 2, 80.0, 0.0, 4.25, "shop"),
    ("2012-04-15", "A-101", 6, 25.0, 0.2, 7.0, "shop"),
    ("2012-05-16", "A-101", -1, 25.0, 0.1, 0.0, "web"),
    ("2012-06-17", "POSTAGE", 1, 12.0, 0.0, 0.0, "web"),
    ("2013-01-02", "B-202", 1, 80.0, 0.0, 1.0, "web"),
]
NET = {2012: 4 * 22.5 + 2 * 80 + 6 * 20 - 22.5, 2013: 80.0}
FILE = (
    "date,sku,quantity,unit_price,discount_pct,freight,channel,revenue\n"
    + "".join(
        f"{d},{s},{q},{p},{share},{freight},{c},{q * p * (1 - share):.2f}\n"
        for d, s, q, p, share, freight, c in LINES
    )
).encode()


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        (4 * 25 + 2 * 80 + 6 * 25 - 25.0, "discounts", "before discounts"),
        (NET[2012] + 14.75, "column", "includes the column freight"),
        (NET[2012] - 14.75, "column", "leaves out the column freight"),
        (14.75, "column", "is that of the column freight"),
        (NET[2012] + 12.0, "rejected", "lines that are not products"),
        (NET[2012] + 22.5 + 12.0, "together", "; and "),
        (NET[2012] - (4 * 22.5 - 22.5) + 12.0, "together", "channel web"),
    ],
)
def test_the_difference_is_explained_to_the_cent(typed: float, code: str, words: str) -> None:
    found = reconcile(read_sales(FILE), typed, 2012)
    assert found.in_file == pytest.approx(NET[2012])
    exact = [c for c in found.candidates if abs(c.remaining) < 0.005]
    assert any(c.code == code and words in c.text for c in exact), found.table().values.tolist()


def test_rejected_rows_explain_units_too() -> None:
    found = reconcile(read_sales(FILE), 13.0, measure="units")
    assert found.in_file == 12.0 and any(
        c.code == "rejected" and abs(c.remaining) < 1e-9 for c in found.candidates
    )


def test_further_totals_survive_the_child_process_and_several_files() -> None:
    history = read_sales(FILE)
    assert sent(history).report.further_totals == history.report.further_totals
    header, rows = FILE.decode().splitlines()[0], FILE.decode().splitlines()[1:]
    parts = [("\n".join([header, *half]) + "\n").encode() for half in (rows[:5], rows[5:])]
    found = reconcile(read_sales(parts), 4 * 25 + 2 * 80 + 6 * 25 - 25.0 + 80, None)
    assert any(c.code == "discounts" and abs(c.remaining) < 0.005 for c in found.candidates)


def test_a_wrong_total_finds_no_exact_reason() -> None:
    found = reconcile(read_sales(FILE), NET[2012] + 777.77, 2012)
    assert not [c for c in found.candidates if abs(c.remaining) < 0.005]
