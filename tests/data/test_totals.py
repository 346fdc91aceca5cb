"""Totals are written with all their digits: in the text of check, on the terminal of analyze, on the page Data, in problems and meanings."""

import re
from pathlib import Path

import pytest

from analytics.cli import main
from analytics.data.items.items_file import read_items
from analytics.data.reading_report import check_report
from analytics.data.sales import read_sales
from analytics.errors import DataError
from analytics.naming.labels import total_text, value_text
from analytics.writeup.terminal import told

TOTALS = {1_431_255.0: "1,431,255", 12_345_678.25: "12,345,678.25"}
ROUNDED = re.compile(r"\d[eE]\+|\d(?:\.\d+)? ?[kM]\b")


def sales(total: float, last: str = "A") -> bytes:
    """Twenty lines of whole numbers and one with the rest of the total."""
    parts = [1000 + 37 * i for i in range(20)]
    lines = [f"2023-{i % 10 + 1:02d}-{i + 2:02d};A;{part};1" for i, part in enumerate(parts)]
    return "\n".join(
        ["date;sku;quantity;price", *lines, f"2023-11-05;{last};{total - sum(parts):.2f};1"]
    ).encode()


@pytest.mark.parametrize(("total", "text"), list(TOTALS.items()))
def test_check_and_terminal_write_every_digit(
    total: float, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sales.csv"
    file.write_bytes(sales(total))
    assert main(["check", str(file)]) == 0
    out = capsys.readouterr().out
    assert f"\n{text} units, revenue {total:,.2f}\n" in out and not ROUNDED.search(out)
    report = check_report(read_sales(file))
    assert report["units_used"] == total
    answer = {"title": "", "badge": "", "why": "", "keep_what_you_do": True}
    document = {
        "control_totals": report,
        "recommended": {},
        "ended_products": 0,
        "currency": "",
        "answer": answer,
        "input_problems": [],
    }
    assert f"used, {text} units, revenue {total:,.2f}" in "\n".join(told(document, "out", []))


@pytest.mark.parametrize(("total", "text"), list(TOTALS.items()))
def test_problems_meanings_and_refusals_write_every_digit(total: float, text: str) -> None:
    rest = total_text(total - sum(1000 + 37 * i for i in range(20)))
    with pytest.raises(DataError) as caught:
        read_sales(sales(total).replace(b"price", b"price;UoM").replace(b";1\n", b";1;pcs\n") + b";box")
    assert f"(1 rows, {rest} units)" in caught.value.problems[0].message and not ROUNDED.search(
        str(caught.value)
    )
    _, report = read_items(f"sku;on_hand\nA;-{total:.2f}\nB;3".encode())
    assert any(f"-{text} units in all" in p.message and p.found == f"-{text}" for p in report.problems)
    assert value_text(total) == text and value_text(1 / 3) == "0.333333" and total_text(1000.0, 0) == "1,000"
