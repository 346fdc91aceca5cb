"""Bad input gets a clear word; usual shapes and kinds of lines are recognised."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pandas as pd
import pytest

from analytics.data import TEMPLATES, read_bom, read_items, read_sales
from analytics.data.files.dialect import Dialect
from analytics.data.files.records import records_of
from analytics.data.uploads import Given, read_files
from analytics.errors import DataError


def refused(data: bytes, **options: object) -> DataError:
    with pytest.raises(DataError) as caught:
        read_sales(data, **options)  # type: ignore[arg-type]
    assert all(p.message and p.remedy for p in caught.value.problems)
    return caught.value


def codes(history: object) -> dict[str, int]:
    return {p.code: p.count for p in history.report.problems}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\n \n\n", "empty_file"),
        (b"date,sku,quantity\n", "no_rows"),
        (b"date,quantity\n2012-01-13,3\n2012-01-14,4\n", "missing_column"),
        (b"date,sku,colour\n2012-01-13,A1,red\n", "missing_column"),
        (b"date,sku,quantity\nfoo,A,1\nbar,B,2\n", "no_usable_row"),
        (b"date,sku,quantity\n01/02/2012,A,1\n03/04/2012,B,2\n", "date_order"),
        (b"date;sku;quantity\n01.02.2012;A;1\n03.04.2012;B;2\n", "date_order"),
        (b"date,sku,quantity\n27/02/2012,A,1\n03/24/2012,B,2\n03/04/2012,B,2\n", "date_order"),
        (b"date,sku,quantity\n2012-01-13,A,1.000\n2012-01-14,B,2.000\n", "decimal"),
        (
            b'date,sku,quantity,price\n2012-01-13,A,1,1.50\n2012-01-14,B,2,2.50\n2012-01-14,B,2,"7,75"\n2012-01-14,B,2,"8,75"\n',
            "decimal",
        ),
        (b"sku,W0,W1,W2,W3,W4,W5,W6\nA,1,2,3,4,5,6,7\n", "start"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "not_a_table"),
        (b'[{"date": "2012-01-13", "sku": "A", "quantity": 3}]', "not_a_table"),
        (b"%PDF-1.4 something", "pdf"),
    ],
)
def test_unusable_input_is_refused_with_its_reason(data: bytes, code: str) -> None:
    assert code in {p.code for p in refused(data).problems}


def test_all_missing_columns_are_named_at_once() -> None:
    error = refused(b"colour,size\nred,big\nblue,small\n")
    assert {p.code for p in error.problems} <= {"missing_column", "mapping"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("2012-01-13,A,3\n", "one_row"),
        ("2012-01-13,A,3\n2012-01-14,A,3\n", "one_sku"),
        ("2012-01-13,A,0\n2012-01-14,B,0\n", "all_zero"),
        ("2012-01-13,A,-1\n2012-01-14,B,-2\n", "returns_only"),
        ("2012-01-13,A,1\n2012-01-13,A,1\n2012-01-14,B,2\n", "duplicate_rows"),
        ("2012-01-13,ab1,1\n2012-01-14,AB1,2\n", "sku_case"),
        ("2012-01-13,1.2E+11,1\n2012-01-14,4.5E+10,2\n", "sku_scientific"),
        ("2012-01-13,00123,1\n2012-01-14,123,2\n", "sku_zeros"),
        ("".join(f"2012-01-{d:02},A,{900 if d == 20 else 3}\n" for d in range(1, 29)), "spike_day"),
        ("".join(f"2012-01-{d:02},A,3\n" for d in range(1, 29)) + "2099-12-31,A,1\n", "date_far"),
        ("".join(f"2012-0{m}-{d:02},A,3\n" for m in (1, 4) for d in range(1, 29)), "gap"),
        ("2012-01-13,A,1\n2012-01-14,A,n/a\n2012-01-15,B,4\n", "quantity_blank"),
    ],
)
def test_suspicious_input_is_kept_and_said(body: str, code: str) -> None:
    history = read_sales(f"date,sku,quantity\n{body}".encode())
    assert code in codes(history)
    assert (
        history.report.rows_used + history.report.rows_rejected
        == history.report.rows_read
        == body.count("\n")
    )


def test_duplicates_are_counted_in_the_totals() -> None:
    history = read_sales(b"date,sku,quantity\n2012-01-13,A,1\n2012-01-13,A,1\n2012-01-14,B,2\n")
    assert history.report.units_used == 4 and codes(history)["duplicate_rows"] == 1


def test_codes_keep_zeros_and_case() -> None:
    history = read_sales(
        b"date,sku,quantity\n2012-01-13,007,1\n2012-01-13,7,2\n2012-01-14, aB ,3\n2012-01-14,AB,4\n"
    )
    assert history.skus.tolist() == ["007", "7", "AB", "aB"]


def test_told_order_decides() -> None:
    data = b"date,sku,quantity\n01/02/2012,A,1\n03/04/2012,B,2\n"
    assert str(read_sales(data, date_order="MDY").date[0]) == "2012-01-02"
    assert str(read_sales(data, date_order="DMY").date[0]) == "2012-02-01"


def test_another_date_column_decides_the_order() -> None:
    history = read_sales(
        b"order date,ship date,sku,quantity\n01/02/2012,13/02/2012,A,1\n03/04/2012,05/04/2012,B,2\n"
    )
    assert history.report.date_order == "DMY" and str(history.date[0]) == "2012-02-01"


def test_rejected_rows_carry_everything() -> None:
    history = read_sales(
        b"title\n\ndate;sku;quantity\n2012-01-13;A;1,5\n2012-01-14;A;x\n2012-01-15;;3\n\nTotal;;4,5\n"
    )
    frame = history.report.rejected
    assert list(frame.columns) == ["row", "column", "found", "expected", "remedy", "text"]
    assert frame["row"].tolist() == [5, 6, 8]
    assert frame["text"].tolist() == ["2012-01-14;A;x", "2012-01-15;;3", "Total;;4,5"]
    assert (
        frame["column"].tolist()[0] == "quantity"
        and frame["found"].tolist()[0] == "x"
        and frame["remedy"].str.len().min() > 0
    )
    assert history.report.units_used == 1.5 and history.report.rows_read == 4


@pytest.mark.parametrize("rows", [40, 60_000])
def test_a_note_over_two_lines_in_every_row_loses_none(rows: int) -> None:
    """Every record runs over a line break, and the only whole lines are the header and a footer: as many records are found, however many they are."""
    lines = [
        f'2024-0{1 + i % 9}-{1 + i % 28:02d},A{i % 50},{1 + i % 5},"gift\nwrap {i % 7}"' for i in range(rows)
    ]
    text = "\n".join(["date,sku,quantity,note", *lines, "exported by,shop", "", "page 1,of 1"])
    found, start, broken = records_of(text.split("\n"), Dialect(",", '"', "", "\n"))
    assert not broken and len(found) == rows + 4
    assert found[1 : rows + 1] == lines and start[: rows + 1].tolist() == [1, *range(2, 2 * rows + 2, 2)]
    if rows < 100:
        history = read_sales(text.encode())
        assert (
            history.quantity.sum() == sum(1 + i % 5 for i in range(rows)) and history.report.rows_used == rows
        )


def test_line_numbers_count_embedded_line_breaks() -> None:
    history = read_sales(b'date,sku,name,quantity\n2012-01-13,A,"two\nlines",1\n2012-01-14,B,one,x\n')
    assert history.report.rejected["row"].tolist() == [4] and history.row.tolist() == [2]


def test_a_few_quantities_damaged_by_another_locale_are_not_used() -> None:
    body = "".join(f"2012-01-{d:02},A,{d},12.50\n" for d in range(1, 29))
    history = read_sales(("date,sku,quantity,price\n" + body * 2 + "2012-01-29,A,1.204,12.50\n").encode())
    assert codes(history)["number_doubtful"] == 1 and history.report.rejected["row"].tolist() == [58]


def test_kinds_of_lines_by_type_and_status() -> None:
    data = b"date,type,sku,quantity\n2012-01-13,Sale,A1,3\n2012-01-14,Return,A1,1\n2012-01-14,Transfer,A1,100\n2012-01-14,Inventory adjustment,A1,-7\n"
    history = read_sales(data)
    assert history.quantity.tolist() == [3.0, -1.0] and {"internal_transfer", "stock_correction"} <= set(
        codes(history)
    )
    kept = read_sales(data, choices={"internal_transfers": "keep", "stock_corrections": "keep"})
    assert kept.report.units_used == 3 - 1 + 100 - 7
    cancelled = read_sales(b"date,status,sku,quantity\n2012-01-13,shipped,A,3\n2012-01-14,Cancelled,A,1\n")
    assert cancelled.report.units_used == 3 and codes(cancelled)["cancelled_order"] == 1


def test_short_codes_are_products_where_all_codes_are_short() -> None:
    history = read_sales(b"date,sku,quantity\n2012-01-13,M,3\n2012-01-14,B,1\n2012-01-14,S,2\n")
    assert history.skus.tolist() == ["B", "M", "S"]


def test_revenue_from_price_quantity_and_discount() -> None:
    history = read_sales(
        b"date,sku,quantity,unit_price,discount_pct\n2012-01-13,A,3,10.00,0.10\n2012-01-14,B,2,5.00,0\n"
    )
    assert np.allclose(history.revenue, [27.0, 10.0])
    percent = read_sales(
        b"date,sku,quantity,unit_price,discount\n2012-01-13,A,3,10.00,10%\n2012-01-14,B,2,5.00,0%\n"
    )
    assert np.allclose(percent.revenue, [27.0, 10.0])
    amount = read_sales(
        b"date,sku,quantity,unit_price,discount\n2012-01-13,A,3,10.00,3.00\n2012-01-14,B,2,5.00,0\n"
    )
    assert np.allclose(amount.revenue, [27.0, 10.0])


def test_unsigned_revenue_of_returns_is_turned() -> None:
    history = read_sales(b"date,sku,quantity,revenue\n2012-01-13,A,3,30\n2012-01-14,A,-1,10\n")
    assert history.report.revenue_used == 20


def test_mapping_overrules_names_and_is_checked() -> None:
    data = b"date,sku,quantity,pieces shipped\n2012-01-13,A,3,2\n2012-01-14,B,2,1\n"
    assert read_sales(data, mapping={"quantity": "pieces shipped"}).report.units_used == 3
    assert {p.code for p in refused(data, mapping={"quantity": "nonsense"}).problems} == {"mapping"}
    assert {p.code for p in refused(data, mapping={"nonsense": "sku"}).problems} == {"mapping"}
    again = read_sales(data, mapping=read_sales(data).report.mapping)
    assert again.report.units_used == 5


@pytest.mark.parametrize(
    ("data", "units", "first", "grain"),
    [
        (b"sku,2012-01,2012-02,2012-03,Total\nA,1,2,3,6\nB,4,,6,10\n", 16, "2012-01-01", "M"),
        (b"sku;Jan 12;Feb 12;Mrz 12\nA;1;2;3\nB;4;5;6\nGesamt;5;7;9\n", 21, "2012-01-01", "M"),
        (b"sku,2012-W05,2012-W06,2012-W07\nA,1,2,3\n", 6, "2012-01-30", "W"),
        (b"sku,KW 5/2012,KW 6/2012,KW 7/2012\nA,1,2,3\n", 6, "2012-01-30", "W"),
        (b"sku,13/01/2012,20/01/2012,27/01/2012\nA,1,2,3\n", 6, "2012-01-13", "W"),
        (b"sku,201201,201202,201203\nA,1,2,3\n", 6, "2012-01-01", "M"),
        (b";2012;;2013\nArtikel;Nov;Dez;Jan\nA;1;2;3\nB;4;5;6\n", 21, "2012-11-01", "M"),
        (b";2012-01;;2012-02;\nSKU;Qty;Value;Qty;Value\nA;1;10;2;20\nB;4;40;5;50\n", 12, "2012-01-01", "M"),
        (
            b"date,A-1,B-2,C-3,Total\n2012-01-01,1,2,,3\n2012-01-02,4,5,6,15\n2012-01-15,4,5,6,15\n",
            33,
            "2012-01-01",
            "D",
        ),
        (b"month,sku,units\nJan-12,A,3\nFeb-12,A,4\nMar-12,B,3\n", 10, "2012-01-01", "M"),
        (b"week,sku,units\n2012-W05,A,3\n2012-W06,A,4\n2012-W05,B,3\n", 10, "2012-01-30", "W"),
    ],
)
def test_shapes(data: bytes, units: float, first: str, grain: str) -> None:
    history = read_sales(data)
    assert history.report.units_used == units
    assert str(history.date[0]) == first and history.frequency == grain


def test_week_numbers_with_a_start_and_summary_columns() -> None:
    data = b"Product_Code,W0,W1,W2,W3,W4,W5,W6,MIN,MAX,Normalized 0\nP1,1,2,3,4,5,6,7,1,7,0.1\nP2,1,0,0,0,0,0,0,0,1,0.9\n"
    history = read_sales(data, start="2012-01-02")
    assert (
        history.report.units_used == 29 and str(history.date[-1]) == "2012-02-13" and history.frequency == "W"
    )


def test_wide_money_beside_units() -> None:
    history = read_sales(b";2012-01;;2012-02;\nSKU;Qty;Value;Qty;Value\nA;1;10;2;20\nB;4;40;5;50\n")
    assert history.report.revenue_used == 120


def test_no_header_is_read_by_content_or_asked() -> None:
    history = read_sales(
        b"2012-01-13,A-1,3,9.99\n2012-01-14,B-2,4,19.99\n2012-01-14,A-1,1,9.99\n2012-01-15,A-1,2,9.99\n"
    )
    assert history.report.units_used == 10 and history.report.dialect["header_rows"] == 0
    error = refused(b"2012-01-13,A-1,3,7\n2012-01-14,B-2,4,8\n2012-01-14,A-1,1,9\n2012-01-15,A-1,2,10\n")
    assert {p.code for p in error.problems} == {"mapping"}


def test_parquet_and_arrow_of_types() -> None:
    frame = pd.DataFrame(
        {
            "order_date": pd.to_datetime(["2012-01-13", "2012-01-14"]),
            "sku": ["007", "A"],
            "quantity": [3, 4],
            "revenue": [1.5, 1234.125],
        }
    )
    stream = io.BytesIO()
    frame.to_parquet(stream)
    history = read_sales(stream.getvalue())
    assert (
        history.skus.tolist() == ["007", "A"]
        and history.report.revenue_used == 1235.625
        and history.row.tolist() == [1, 2]
    )
    stream = io.BytesIO()
    frame.to_feather(stream)
    assert read_sales(stream.getvalue()).report.units_used == 7


def test_excel_with_title_dates_and_two_sheets() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    import datetime as dt

    book = openpyxl.Workbook()
    notes = book.active
    notes.title = "notes"
    notes["A1"] = "read me"
    sheet = book.create_sheet("sales")
    for row in (
        ["Sales 2012"],
        [],
        ["Order date", "SKU", "Quantity", "Net amount"],
        [dt.datetime(2012, 1, 13), "007", 3, 1204.5],
        [dt.datetime(2012, 1, 14), "A", "x", 2],
        [dt.datetime(2012, 1, 15), "A", -1, "(10.25)"],
        ["Total", None, 2, 1194.25],
    ):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    history = read_sales(stream.getvalue())
    assert history.report.rejected["row"].tolist() == [5, 7] and history.skus.tolist() == ["007", "A"]
    assert history.revenue.tolist() == [1204.5, -10.25]
    assert history.row[0] == 4 and history.revenue[0] == 1204.5 and str(history.date[0]) == "2012-01-13"
    assert "sheet_chosen" in codes(history)
    with pytest.raises(DataError, match="no sheet"):
        read_sales(stream.getvalue(), sheet="other")


def test_several_files_are_joined_and_overlaps_counted_once() -> None:
    head = "date,sku,quantity,customer\n"
    first = head + "".join(f"2012-{m:02}-{d:02},A{d},{d},C1\n" for m in (1, 2) for d in range(1, 28))
    second = head + "".join(f"2012-{m:02}-{d:02},A{d},{d},C1\n" for m in (2, 3) for d in range(1, 28))
    history = read_sales([first.encode(), second.encode()])
    month = sum(range(1, 28))
    assert history.report.units_used == 3 * month
    assert (
        history.report.rows_read == 108
        and history.report.rows_rejected == 27
        and codes(history)["overlap"] == 27
    )
    assert history.report.units_rejected == month
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.csv", first)
        archive.writestr("b.csv", second)
    assert read_sales(stream.getvalue()).report.units_used == 3 * month


def test_files_without_common_lines_lose_nothing() -> None:
    history = read_sales(
        [
            b"date,sku,quantity\n2012-01-13,A,1\n2012-01-14,A,2\n",
            b"date;sku;quantity\n13.01.2012;B;5\n14.03.2012;A;7\n",
        ]
    )
    assert (
        history.report.units_used == 15
        and history.report.rows_rejected == 0
        and history.skus.tolist() == ["A", "B"]
    )


def test_a_list_of_products_among_the_sales_is_left_out_and_said() -> None:
    history = read_sales([b"date,sku,quantity\n2012-01-13,A,1\n", b"sku,standard_cost,name\nA,3.5,Bolt\n"])
    assert history.report.units_used == 1 and "not_sales" in codes(history)


def test_amounts_of_two_currencies_are_never_added() -> None:
    history = read_sales(
        "date,sku,quantity,amount\n2012-01-13,A,1,€ 10.50\n2012-01-14,A,4,$ 11.50\n2012-01-15,A,2,€ 30.00\n".encode()
    )
    assert (
        codes(history)["mixed_currencies"] == 1
        and history.report.revenue_used == 40.5
        and history.report.units_used == 7
    )
    said = next(p.sentence() for p in history.report.problems if p.code == "mixed_currencies")
    assert "most amounts are in EUR" in said and "USD 11.50 on 1 lines" in said
    named = read_sales(
        b"date,sku,quantity,price,currency\n2012-01-13,A,2,5,eur\n2012-01-14,B,3,7,USD\n2012-01-15,B,1,7,USD\n2012-01-16,B,1,9,\n"
    )
    assert named.report.revenue_used == 37 and np.isnan(named.revenue).tolist() == [True, False, False, False]
    one = read_sales(b"date,sku,quantity,price,currency\n2012-01-13,A,2,5,EUR\n2012-01-14,B,3,7,EUR\n")
    assert "mixed_currencies" not in codes(one) and one.report.revenue_used == 31


def test_single_byte_encodings_keep_letters() -> None:
    data = "Datum;Artikel;Bezeichnung;Menge\n13.01.2012;Größe-1;Ä\n14.01.2012;Größe-1;é;2\n13.01.2012;Größe-1;é;2\n"
    for encoding in ("cp1252", "utf-8", "utf-16", "utf-8-sig"):
        history = read_sales(data.encode(encoding))
        assert history.skus.tolist() == ["Größe-1"] and history.report.rows_rejected == 1


def test_items_of_a_german_export() -> None:
    header = "Artikelnummer;Bezeichnung;Warengruppe;Einstandspreis;VK-Preis;Beschaffungsart;Lieferzeit;Bestand;Mindestbestellmenge;Auslaufdatum;Farbe\n"
    data = (
        header
        + "007;Bolzen;Eisen;1.204,50;1.999,00;F;14;12;100;31.12.2013;rot\nA-1;Rad;Gummi;0;9,90;E;;;;;blau\n"
    ).encode("cp1252")
    items, report = read_items(data)
    assert items.skus.tolist() == ["007", "A-1"]
    assert items["unit_cost"][0] == 1204.5 and np.isnan(items["unit_cost"][1])
    assert (
        items["make"].tolist() == [0.0, 1.0]
        and items["component_lead_days"][0] == 14
        and items["moq"][0] == 100
    )
    assert str(items["end_date"][0]) == "2013-12-31" and items["family"].tolist() == ["Eisen", "Gummi"]
    assert any("Farbe" in line for line in report.assumed)


def test_items_twice_and_values_out_of_range() -> None:
    """Rows of one product that differ are settled by a rule and said: the first with a value counts, never the last in silence."""
    items, report = read_items(b"sku,unit_cost,component_share\nA,3,0.4\nA,4,0.5\nB,-2,7000\n,1,0.1\n")
    assert (
        items["unit_cost"][0] == 3
        and items["component_share"][0] == 0.4
        and np.isnan(items["unit_cost"][1])
        and np.isnan(items["component_share"][1])
    )
    assert report.rows_read == 4 and report.rows_used == 3 and report.rejected["row"].tolist() == [5]
    assert {"several_rows", "rows_differ", "sku_blank", "value_unreadable"} <= {
        p.code for p in report.problems
    }


def test_the_templates_are_read_in_full() -> None:
    """Every column of every template is understood, and no row of it is set aside."""
    sales = read_sales(TEMPLATES["sales"].encode())
    assert sales.report.units_used == 4 and sales.report.rows_rejected == 0
    items, report = read_items(TEMPLATES["items"].encode())
    assert (
        report.rows_rejected == 0
        and items["make"].tolist() == [0.0, 1.0]
        and items["current_mode"].tolist() == ["MTS", "MTO"]
    )
    for kind, mapping in (("sales", sales.report.mapping), ("items", report.mapping)):
        assert sorted(mapping.values()) == sorted(TEMPLATES[kind].splitlines()[0].split(","))
    bom = read_bom(TEMPLATES["bom"].encode())
    assert bom.quantity.tolist() == [1.0, 2.0, 1.0, 2.0, 32.0] and len(bom.report.rejected) == 0
    came = read_sales(TEMPLATES["receipts"].encode())
    assert came.quantity.tolist() == [120.0, 80.0, 4.0] and came.report.rows_rejected == 0


def test_a_shifted_row_is_not_used_in_silence() -> None:
    body = "".join(f"2012-01-{d:02},A,{d},2.50,\n" for d in range(13, 29))
    history = read_sales(("date,sku,quantity,price,comment\n" + body + "2012-01-29,A,7,,2.50,\n").encode())
    assert history.report.rejected["row"].tolist() == [18]


def test_lines_without_a_price_are_said() -> None:
    history = read_sales(b"date,sku,quantity,price\n2012-01-13,A,1,2.50\n2012-01-14,A,1,\n")
    assert codes(history)["price_blank"] == 1 and history.report.units_used == 2


def test_todays_settings_are_read_as_given() -> None:
    """Reorder point, order-up-to level, fixed lot and safety stock, by their names in three languages; a minimum lot is no order quantity."""
    items, _ = read_items(
        "Artikel;Meldebestand;Höchstbestand;Feste Losgröße;Sicherheitsbestand;Mindestlosgröße\nA;4;9;;2;5\nB;;;12;0;\n".encode()
    )
    got = {
        name: items[name].tolist()
        for name in ("reorder_point", "order_up_to_level", "order_quantity", "safety_stock", "moq")
    }
    nan = pytest.approx(float("nan"), nan_ok=True)
    assert got == {
        "reorder_point": [4.0, nan],
        "order_up_to_level": [9.0, nan],
        "order_quantity": [nan, 12.0],
        "safety_stock": [2.0, 0.0],
        "moq": [5.0, nan],
    }
    other, _ = read_items(b"sku,reorder_qty,rop\nA,7,3\n")
    assert other["order_quantity"].tolist() == [7.0] and other["reorder_point"].tolist() == [3.0]


def test_products_across_may_be_numbered_like_periods() -> None:
    names = [f"P{i:02d}" for i in range(1, 9)]
    rows = [f"2024-01-{day:02d};" + ";".join(str((day * i) % 5) for i in range(1, 9)) for day in range(1, 25)]
    history = read_sales(("Date;" + ";".join(names) + "\n" + "\n".join(rows) + "\n").encode())
    assert list(history.skus) == names and history.quantity.sum() == sum(
        (day * i) % 5 for day in range(1, 25) for i in range(1, 9)
    )


def test_files_in_two_currencies_are_parted_like_lines_in_two_currencies() -> None:
    rows = "2012-01-13,A,1,10.50\n2012-01-14,B,4,11.50\n2012-01-15,A,2,30.00\n".splitlines()
    euro, dollar = (
        f"date,sku,quantity,amount,currency\n{''.join(f'{r},{code}{chr(10)}' for r in chosen)}".encode()
        for code, chosen in (("EUR", rows[::2]), ("USD", rows[1:2]))
    )
    both = read_sales([euro, dollar], name=["euro.csv", "dollar.csv"])
    single = read_sales(
        b"date,sku,quantity,amount,currency\n"
        + b"".join(f"{r},{c}\n".encode() for r, c in zip(rows, ("EUR", "USD", "EUR"), strict=True))
    )
    for history in (both, single):
        assert (
            history.report.revenue_used == 40.5
            and history.report.units_used == 7
            and codes(history)["mixed_currencies"] == 1
        )
        assert (
            np.isnan(history.revenue).tolist() == [False, True, False]
            and history.report.dialect["currency"] == "EUR"
        )
    said = next(p for p in both.report.problems if p.code == "mixed_currencies")
    assert "USD 11.50 on 1 lines of dollar.csv" in said.sentence() and said.found == "EUR, USD"
    by_mark = read_sales(
        [
            "date,sku,quantity,amount\n2012-01-13,A,1,€ 10.50\n2012-01-15,A,2,€ 30.00\n".encode(),
            b"date,sku,quantity,amount\n2012-01-14,B,4,$ 11.50\n",
        ]
    )
    by_header = read_sales(
        [
            b"date,sku,quantity,revenue_eur\n2012-01-13,A,1,10.50\n2012-01-15,A,2,30.00\n",
            b"date,sku,quantity,revenue_usd\n2012-01-14,B,4,11.50\n",
        ]
    )
    assert by_mark.report.revenue_used == by_header.report.revenue_used == 40.5
    silent = read_sales(
        [euro, b"date,sku,quantity,amount\n2012-01-14,B,4,11.50\n"], name=["euro.csv", "plain.csv"]
    )
    assert (
        silent.report.revenue_used == 52
        and "plain.csv names no currency: the money is taken to be in EUR"
        in " ".join(p.message for p in silent.report.problems)
    )
    same = read_sales([euro, euro.replace(b",A,", b",C,")])
    assert same.report.revenue_used == 81 and "mixed_currencies" not in codes(same)


def test_items_in_another_currency_than_the_sales_give_no_cost() -> None:
    sales, listed = (
        Given(b"date,sku,quantity,amount,currency\n2012-01-13,A,1,10.50,EUR\n"),
        b"sku,unit_cost,on_hand,currency\nA,4,7,USD\n",
    )
    reading = read_files([sales], Given(listed))
    assert reading.items is not None and reading.items_report is not None
    assert np.isnan(reading.items["unit_cost"]).tolist() == [True] and reading.items["on_hand"].tolist() == [
        7.0
    ]
    said = next(p for p in reading.items_report.problems if p.code == "mixed_currencies")
    assert (said.found, said.expected, said.count) == ("USD", "EUR", 1)
    assert said in reading.list_reports["items"].problems, "`check` reports list by list"
    same = read_files([sales], Given(listed.replace(b"USD", b"EUR")))
    assert same.items is not None and same.items["unit_cost"].tolist() == [4.0]
