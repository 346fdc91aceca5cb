"""The shared cases of form: periods, dates, line ends, rows, codes; each gives the right figures, or asks or tells as its case allows."""

from __future__ import annotations

import datetime as dt
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from analytics.data import checked
from analytics.data.uploads import Given, read_files

CASES = Path(__file__).resolve().parents[3].parent / "shared" / "cases" / "intake"
KINDS = ("weeks", "months", "line_ends", "neighbour", "dates", "unquoted_comma", "codes")
#: figures of a case -> those of the report
FIGURES = {
    "units": "units_used",
    "rows": "rows_used",
    "skus": "skus",
    "revenue": "revenue_used",
    "first_date": "first_date",
    "last_date": "last_date",
    "frequency": "frequency",
}


def _cases() -> list[dict[str, Any]]:
    listed = CASES / "expected.json"
    return (
        [case for case in json.loads(listed.read_text(encoding="utf-8")) if case["kind"] in KINDS]
        if listed.is_file()
        else []
    )


def _carriage_returns(separator: str) -> bytes:
    """The two large cases with CR alone, as the words beside them say they are made."""
    lines = [separator.join(("Date", "SKU", "Quantity", "Price"))]
    for k in range(20_000):
        day = dt.date(2022, 1, 1) + dt.timedelta(days=k // 20)
        lines.append(separator.join((str(day), f"L-{k % 20:02d}", str(1 + k % 7), f"{2.5 + k % 3:.2f}")))
    return ("\r".join(lines) + "\r").encode()


@pytest.mark.skipif(not CASES.is_dir(), reason="shared cases not beside the project")
@pytest.mark.parametrize("case", [pytest.param(case, id=case["file"]) for case in _cases()])
def test_case(case: dict[str, Any]) -> None:
    path = CASES / case["file"]
    sales = (
        Given(path)
        if path.is_file()
        else Given(_carriage_returns("\t" if path.suffix == ".txt" else ","), path.name)
    )
    items = Given(CASES / case["items"]) if "items" in case else None
    _, report = checked(partial(read_files, [sales], items=items))
    expected = case["expected"]
    if (
        case["kind"] == "dates" and not report["ok"]
    ):  # asking is right, for the sound file that looks the same too
        (asked,) = report["problems"]
        assert asked["code"] == "dates" and "swapped" in asked["message"]
        _, report = checked(
            partial(
                read_files, [sales], options={"dates": "as written" if "right" in path.name else "swapped"}
            )
        )
    if "relation" in expected:
        without = checked(partial(read_files, [Given(CASES / case["compared_with"])]))[1]
        assert [report[k] for k in ("units_used", "last_date")] == [
            without[k] for k in ("units_used", "last_date")
        ] and report["rows_rejected"] == 1
    if "joined_products" in expected:
        assert report["join_proposal"]["joins"] == expected["joined_products"]
        _, report = checked(
            partial(read_files, [sales], items=items, options={"join": report["join_proposal"]["join"]})
        )
        assert report["joined_products"] == expected["joined_products"]
    if case["kind"] == "unquoted_comma":
        assert "one_reading" in {p["code"] for p in report["problems"]}
    for name, value in expected.items():
        if name in FIGURES:
            assert report[FIGURES[name]] == (
                pytest.approx(value, abs=0.005) if isinstance(value, float) else value
            ), name
