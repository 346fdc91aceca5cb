"""Costs of a list of items by the names and indicators of material ledgers, spans of lead time, and products marked as discontinued."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.data import read_items
from analytics.data.uploads import Given, read_files
from analytics.errors import DataError

ROWS = [(f"B-{k:02d}", "SV"[k % 2], 4.5 + 1.3 * k, 6.25 + 1.1 * k, 3 + (5 * k) % 13) for k in range(14)]


@pytest.mark.parametrize(
    "header",
    ["Standard price", "Moving price", "Moving average cost", "Last direct cost", "Gleitender Durchschnittspreis", "Verrechnungspreis", "PMP", "Ultimo costo"],
)  # fmt: skip
def test_a_cost_is_found_under_the_names_of_ledgers(header: str) -> None:
    text = f"Material,{header},Stock\n" + "\n".join(f"{s},{a:.4f},{n}" for s, _, a, _, n in ROWS)
    items, report = read_items(text.encode())
    assert report.mapping["unit_cost"] == header
    assert float(np.sum(items["unit_cost"] * items["on_hand"])) == pytest.approx(
        sum(a * n for *_, a, _, n in ROWS)
    )


def test_the_indicator_of_price_control_says_which_cost_counts() -> None:
    head = "Material;Preissteuerung;Standardpreis;Gleitender Durchschnittspreis;Bestand\n"
    items, report = read_items(
        (
            head + "\n".join(f"{s};{c};{a:.2f};{b:.2f};{n}".replace(".", ",") for s, c, a, b, n in ROWS)
        ).encode()
    )
    value = sum((a if c == "S" else b) * n for _, c, a, b, n in ROWS)
    assert float(np.sum(items["unit_cost"] * items["on_hand"])) == pytest.approx(value, abs=0.005 * len(ROWS))
    assert [p.code for p in report.problems] == ["cost_by_control"]
    assert not any("Preissteuerung" in text for text in report.assumed)  # it is used, so not listed as unused


def test_a_span_of_lead_time_is_its_middle_and_said() -> None:
    items, report = read_items(b"sku,Lead time\nA,2-3 weeks\nB,10 bis 14 Tage\nC,1 month\nD,21\n")
    np.testing.assert_allclose(items["component_lead_days"], [17.5, 12.0, 365.25 / 12, 21.0])
    (said,) = [p for p in report.problems if p.code == "time_span"]
    assert said.count == 2


def test_products_marked_as_discontinued_without_an_end_are_told() -> None:
    text = "sku,Status,end_date\nA,Discontinued,\nB,Active,\nC,Phase out,2024-05-31\nD,Not discontinued,\nE,discontinued,\n"
    _, report = read_items(text.encode())
    (said,) = [p for p in report.problems if p.code == "discontinued"]
    assert said.count == 2 and said.row == 2 and said.column == "Status"
    _, quiet = read_items(b"sku,Status\nA,Active\nB,Released\n")
    assert "discontinued" not in {p.code for p in quiet.problems}


@pytest.mark.parametrize(
    ("header", "ended"), [("Discontinued", "Yes"), ("Active", "FALSE"), ("Auslauf", "ja")]
)
def test_a_mark_of_yes_or_no_ends_no_product_by_itself(header: str, ended: str) -> None:
    other = {"Yes": "No", "FALSE": "TRUE", "ja": "nein"}[ended]
    text = f"sku,cost,{header}\n" + "\n".join(
        f"P{k},{3 + k},{ended if k % 4 == 1 else other}" for k in range(9)
    )
    items, report = read_items(text.encode())
    assert np.isnat(items["end_date"]).all()
    (said,) = [p for p in report.problems if p.code == "discontinued"]
    assert said.count == 2 and f"{header}: {ended}" in said.message
    assert "value_unreadable" not in {p.code for p in report.problems}


def test_short_units_of_time_beside_a_number() -> None:
    items, _ = read_items(b"sku,Lead time\nA,6w\nB,45d\nC,2 mo\nD,3-4 wk\nE,on stock\n")
    np.testing.assert_allclose(items["component_lead_days"], [42.0, 45.0, 365.25 / 6, 24.5, np.nan])


def test_a_list_of_stock_by_place_is_its_column_of_totals() -> None:
    text = "Item,Unit cost,Berlin,Munich,Total\n" + "\n".join(
        f"P{k},{2.5 + k},{3 * k % 7},{k % 4},{3 * k % 7 + k % 4}" for k in range(12)
    )
    items, report = read_items(text.encode(), stock_list=True)
    assert float(np.sum(items["on_hand"] * items["unit_cost"])) == pytest.approx(
        sum((3 * k % 7 + k % 4) * (2.5 + k) for k in range(12))
    )
    assert any("the sum of Berlin, Munich" in text for text in report.assumed)
    with pytest.raises(DataError, match="how much lies there"):
        read_items(b"Item,Unit cost,Berlin,Munich\nA,2.5,3,4\nB,1.5,1,0\n", stock_list=True)


def test_what_is_wrong_with_a_list_names_its_file() -> None:
    sales, stock = (
        Given(b"date,sku,quantity\n2024-01-02,A,3\n2024-02-02,A,4\n", "sales.csv"),
        Given(b"Item,Berlin,Munich\nA,3,4\n", "bins.csv"),
    )
    with pytest.raises(DataError, match=r"stock bins\.csv: no column"):
        read_files([sales], stock=stock)
