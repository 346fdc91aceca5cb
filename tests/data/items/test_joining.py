"""Codes of two files: how many are found in both, which simple change would join the others, and what is kept apart."""

from __future__ import annotations

import json
import random
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from analytics import cli
from analytics.data import checked
from analytics.data.items.joining import CHANGES, joined_bom, joining_of
from analytics.data.uploads import Given, read_files
from analytics.errors import DataError

WRITES = {
    "zeros": lambda code: code.lstrip("0"),
    "case": str.lower,
    "blanks": lambda code: code[:2] + "\u00a0" + code[2:],
    "dashes": lambda code: code.replace("-", "\u2013"),
    "names": lambda code: f"[{code}] Hex bolt",
}
SOLD = {"zeros": "000{}7", "case": "AB-{}X", "blanks": "K0{}11", "dashes": "P-{}-9", "names": "HB{}4"}


def _files(change: str, count: int = 6) -> tuple[Given, Given]:
    codes = [SOLD[change].format(k) for k in range(1, count + 1)]
    sales = "\n".join(
        [
            "date,sku,quantity",
            *(f"2022-0{1 + k % 9}-1{k % 8},{codes[k % count]},{1 + k % 4}" for k in range(60)),
        ]
    )
    items = "\n".join(
        ["sku,unit_cost,on_hand", *(f"{WRITES[change](code)},{k + 2},5" for k, code in enumerate(codes))]
    )
    return Given(sales.encode(), "sales.csv"), Given(items.encode(), "items.csv")


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_writing_is_counted_named_and_made_only_when_told(change: str) -> None:
    sales, items = _files(change)
    reading, report = checked(partial(read_files, [sales], items))
    assert reading is not None and reading.joining is not None
    assert (report["joined_products"], report["listed_products"]) == (0, 6)
    proposal = report["join_proposal"]
    assert (proposal["join"], proposal["joins"]) == (change, 6)
    assert proposal["example"] == [
        str(reading.items.skus[0]),
        str(next(s for s in reading.history.skus if s == proposal["example"][1])),
    ]
    (said,) = [p for p in report["problems"] if p["code"] == "codes_differ"]
    assert (
        "6 of 6 items find no sales" in said["message"]
        and f"option join: {change}" in said["remedy"]
        and proposal["example"][1] in said["message"]
    )

    told, after = checked(partial(read_files, [sales], items, options={"join": change}))
    assert told is not None and after["joined_products"] == 6 and after["join_proposal"] is None
    assert told.items.skus.tolist() == told.history.skus.tolist() == sorted(told.history.skus)
    assert dict(zip(told.items.skus, told.items["unit_cost"], strict=True)) == {
        SOLD[change].format(k): k + 1.0 for k in range(1, 7)
    }
    assert {p["code"]: p["count"] for p in after["problems"]}["codes_joined"] == 6


def test_several_differences_at_once_take_the_fewest_changes() -> None:
    found = joining_of(["ab 1", "ab 2", "C-3"], ["AB1", "AB2", "C-3"])
    assert (found.joined, found.change, found.would_join, found.option) == (
        1,
        ("case", "blanks"),
        2,
        "case,blanks",
    )


def test_codes_that_would_fall_together_are_kept_apart_and_told() -> None:
    sales = Given(
        b"date,sku,quantity\n"
        + b"".join(f"2022-01-{k + 1:02d},{('17', '0017', '0005')[k % 3]},2\n".encode() for k in range(27)),
        "s.csv",
    )
    items = Given(b"sku,unit_cost\n017,3\n5,4\n", "i.csv")
    reading = read_files([sales], items, options={"join": "zeros"})
    assert reading.items.skus.tolist() == ["0005", "017"]
    codes = {p.code: p for p in reading.history.report.problems}
    assert (
        codes["codes_joined"].count == 1
        and codes["codes_kept_apart"].count == 1
        and "017" in codes["codes_kept_apart"].found
    )
    assert {"17", "0017"} <= set(reading.history.skus)


def test_all_found_says_nothing_and_none_found_says_so() -> None:
    sales = Given(b"date,sku,quantity\n2022-01-03,A,1\n2022-01-04,B,2\n")
    _, same = checked(partial(read_files, [sales], Given(b"sku,unit_cost\nA,3\nB,4\nC,5\n")))
    assert (
        same["joined_products"] == 2
        and same["join_proposal"] is None
        and "codes_differ" not in {p["code"] for p in same["problems"]}
    )
    _, none = checked(partial(read_files, [sales], Given(b"sku,unit_cost\nX,3\nY,4\n")))
    assert "none of 2 items" in next(p["message"] for p in none["problems"] if p["code"] == "codes_differ")
    with pytest.raises(DataError, match="no change of codes"):
        read_files([sales], options={"join": "prefix"})


def test_random_codes_join_one_to_one() -> None:
    draw = random.Random(5)
    for _ in range(40):
        sold = sorted(
            {
                "".join(draw.choice("0aA1- ") for _ in range(draw.randint(1, 4))).strip() or "0"
                for _ in range(12)
            }
        )
        listed = sorted(
            {
                "".join(draw.choice("0aA1- ") for _ in range(draw.randint(1, 4))).strip() or "1"
                for _ in range(12)
            }
        )
        found = joining_of(listed, sold)
        assert found.joined == len(set(sold) & set(listed)) and found.joined + found.would_join <= min(
            len(sold), len(listed)
        )
        assert not set(found.apart) & set(sold)


def test_the_bill_of_materials_is_joined_too() -> None:
    sales, items = _files("zeros", 3)
    bom = Given(b"parent,component,quantity\n17,WHEEL,2\n27,WHEEL,1\n", "b.csv")
    plain, told = (read_files([sales], items, bom, options) for options in (None, {"join": "zeros"}))
    assert plain.bom is not None and told.bom is not None
    links = [
        (told.bom.codes[a], told.bom.codes[b], q)
        for a, b, q in zip(told.bom.parent, told.bom.component, told.bom.quantity, strict=True)
    ]
    assert sorted(links) == [("00017", "WHEEL", 2.0), ("00027", "WHEEL", 1.0)]
    assert (
        told.bom.codes.tolist() == sorted(told.bom.codes)
        and joined_bom(plain.bom, np.array(["z"], object), ("zeros",)) is plain.bom
    )


def test_the_command_line_counts_and_joins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sales, items = _files("zeros")
    for given in (sales, items):
        (tmp_path / given.name).write_bytes(given.source)  # type: ignore[arg-type]
    paths = [str(tmp_path / "sales.csv"), "--items", str(tmp_path / "items.csv")]
    assert cli.main(["check", *paths]) == 0
    words = capsys.readouterr().out
    assert "0 of 6 items are among the 6 products sold" in words and "17 -> 00017" in words
    assert cli.main(["check", *paths, "--join", "zeros", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["joined_products"] == 6
