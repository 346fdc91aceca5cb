"""Rows with a cell too many or too few: put back where all columns allow one reading, else rejected by number; nothing is moved in silence."""

from __future__ import annotations

import random

import pytest

from analytics.data import SalesHistory, read_sales
from analytics.data.files import table
from analytics.data.layout import one_way
from analytics.data.layout.one_way import OneWay, column_habits, only_reading

HEADS = {
    "en": ("date", "order", "sku", "name", "quantity", "price"),
    "de": ("Datum", "Auftrag", "Artikelnummer", "Bezeichnung", "Menge", "Einzelpreis"),
    "fr": ("Date", "Commande", "Référence", "Désignation", "Quantité", "Prix unitaire"),
    "es": ("Fecha", "Pedido", "Código", "Descripción", "Cantidad", "Precio"),
}
NAMES = {"B-20": "Bracket steel long", "N-31": "Nut hexagon", "W-07": "Washer wide, zinc"}
PRICES = {"B-20": "4.50", "N-31": "7.25", "W-07": "10.75"}


def _rows(order: list[int], count: int = 150) -> list[list[str]]:
    draw = random.Random(7)
    out = []
    for k in range(count):
        sku = draw.choice(list(NAMES))
        row = [
            f"2022-{1 + k % 12:02d}-{1 + k % 27:02d}",
            f"SO-{1000 + k}",
            sku,
            NAMES[sku],
            str(draw.randint(1, 9)),
            PRICES[sku],
        ]
        out.append([row[i] for i in order])
    return out


def _file(head: list[str], rows: list[list[str]], damaged: dict[int, str]) -> bytes:
    lines = [",".join(f'"{c}"' if "," in c else c for c in row) for row in rows]
    return "\n".join([",".join(head), *(damaged.get(k, line) for k, line in enumerate(lines))]).encode()


def _sold(history: SalesHistory) -> list[tuple[str, str, float, float]]:
    return sorted(
        zip(
            history.date.astype(str),
            history.skus[history.sku],
            history.quantity,
            history.revenue.round(2),
            strict=True,
        )
    )


@pytest.mark.parametrize("language", HEADS)
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("damage", ["name", "price", "both", "name lost", "grouped"])
def test_one_reading_is_used_and_said_with_its_lines(language: str, seed: int, damage: str) -> None:
    draw = random.Random(f"{seed}{damage}")
    order = list(range(6))
    draw.shuffle(order)
    rows = _rows(order)
    place = {name: order.index(i) for i, name in enumerate(HEADS["en"])}
    hit = draw.sample(range(10, len(rows) - 1), 3)
    if damage == "name lost" and place["name"] == 5:
        place["name"] = order.index(3)
    damaged, clean = {}, [list(row) for row in rows]
    for k in hit:
        row = list(rows[k])
        if damage in ("name", "both"):
            row[place["name"]] = clean[k][place["name"]] = "Plate, brushed"
        if damage in ("price", "both"):
            row[place["price"]] = row[place["price"]].replace(".", ",")
        if damage == "grouped":
            row[place["quantity"]], clean[k][place["quantity"]] = "1,250", "1250"
        if damage == "grouped" or damage != "name lost":
            if damage in ("price", "grouped") and "," in row[place["name"]]:
                row[place["name"]] = clean[k][place["name"]] = NAMES["N-31"]
            damaged[k] = ",".join(row)
        else:
            del row[place["name"]]
            clean[k][place["name"]] = ""
            damaged[k] = ",".join(row)
    head = [HEADS[language][i] for i in order]
    history, whole = read_sales(_file(head, rows, damaged)), read_sales(_file(head, clean, {}))
    if damage == "name lost" and place["name"] == 5:  # cut off at its end: the cell before it may be cut too
        assert history.report.rejected["row"].tolist() == sorted(k + 2 for k in hit)
        return
    if (
        damage == "grouped" and abs(place["name"] - place["quantity"]) == 1
    ):  # 250 may begin or end the name beside it
        assert set(history.report.rejected["row"]) <= {k + 2 for k in hit}
        return
    said = {p.code: p for p in history.report.problems}
    assert said["one_reading"].count == 3 and all(str(k + 2) in said["one_reading"].message for k in hit)
    assert history.report.rows_used == len(rows) and _sold(history) == _sold(whole)


@pytest.mark.parametrize(
    "line",
    [
        "2022-03-04,SO-7,B-20,Nut hexagon,3,4,50,1",  # two cells too many in no sensible way
        "2022-03-04,SO-7,B-20,3,4.50,9.00,7,8,9,10",
        "2022-03-04,SO-7,B-20,Nut hexagon,3",  # cut off: 3 may have been 30
        "Nut hexagon,,,,,,,",
    ],
)
def test_what_can_be_read_in_several_ways_or_none_is_rejected_by_number(line: str) -> None:
    rows = _rows(list(range(6)))
    report = read_sales(_file(list(HEADS["en"]), rows, {40: line})).report
    assert report.rejected["row"].tolist() == [42] and report.rows_used == len(rows) - 1
    assert "one_reading" not in {p.code for p in report.problems}


def test_two_columns_alike_leave_no_single_reading() -> None:
    habits = column_habits(
        ("date", "sku", "quantity", "shipped quantity"),
        [["2022-01-03", f"A-{k % 9}", str(k % 7), str(k % 5)] for k in range(60)],
    )
    assert only_reading(["2022-01-03", "A-1", "3"], habits, ",") is None  # which of the two is lost?
    assert only_reading(["2022-01-03", "A-1", "3", "4", "5"], habits, ",") is None
    assert only_reading(["2022-01-03", "A-1", "3", "4", ""], habits, ",") == ["2022-01-03", "A-1", "3", "4"]


def test_few_rows_teach_nothing() -> None:
    assert column_habits(("date", "sku", "quantity"), [["2022-01-03", "A-1", "3"]] * 19) == []
    assert only_reading(["2022-01-03", "A", "1", "3"], [], ",") is None


@pytest.mark.parametrize("seed", range(4))
def test_a_file_read_by_columns_is_put_back_like_one_read_line_by_line(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rows = _rows(list(range(6)), 900)
    draw = random.Random(seed)
    damaged = {}
    for k in sorted(draw.sample(range(900), 60)):
        row = rows[k]
        damaged[k] = draw.choice(
            [
                ",".join(row).replace('"', ""),  # the comma of a name without its quotes
                ",".join([*row[:5], row[5].replace(".", ",")]),
                ",".join([*row[:3], *row[4:]]),  # the name lost
                ",".join(["x", *row]),  # no reading: rejected
                ",".join([*row[:3], "Never seen, before", *row[4:]]),
            ]
        )
    content = _file(list(HEADS["en"]), rows, damaged)
    careful = read_sales(content)
    monkeypatch.setattr(table, "FAST_BYTES", 100)
    fast = read_sales(content)
    assert _sold(fast) == _sold(careful) and fast.row.tolist() == careful.row.tolist()
    assert fast.report.rejected["row"].tolist() == careful.report.rejected["row"].tolist()
    said = [{p.code: (p.count, p.row) for p in h.report.problems} for h in (fast, careful)]
    assert said[0]["one_reading"] == said[1]["one_reading"] and said[0]["one_reading"][0] > 5


def test_the_ways_tried_in_a_file_have_a_bound_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [["2012-01-27", "A-1", "Bolt", str(k % 5 + 1), f"{k}.50"] for k in range(40)]
    monkeypatch.setattr(one_way, "_MOST_WAYS_OF_FILE", 20)
    tried = OneWay(("date", "sku", "name", "qty", "price"), lambda: rows, ",", '"')
    line = "2012-01-29,A-1,Bolt, zinc,3,4.50"
    found = [tried.row(line.split(","), line, number) for number in range(2, 12)]
    assert found[0] == ["2012-01-29", "A-1", "Bolt, zinc", "3", "4.50"] and found[-1] is None
    counts = {p.code: p.count for p in tried.notes()}
    assert counts["one_reading"] + counts["one_reading_untried"] == 10
