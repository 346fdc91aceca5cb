"""Units of measure: quantities of one product in several units are converted by what the files state, or asked about; never added unconverted."""

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.data.history import SalesHistory
from analytics.data.sales import read_sales
from analytics.data.uploads import Given, read_files
from analytics.data.values.unit_words import holds_units, unit_of
from analytics.errors import DataError

DAYS = [f"2023-{m:02d}-{d:02d}" for m in range(1, 12) for d in (2, 9, 16, 23)]


def file_of(header: str, rows: Sequence[Sequence[Any]], mark: str = ";") -> bytes:
    return "\n".join([header, *(mark.join(map(str, row)) for row in rows)]).encode()


def mixed(header: str, small: str, large: str, factor: str = "", of_small: str = "") -> bytes:
    """X-1 sold daily as 5 small units and 2 large ones, X-2 as 3 small ones."""
    rows = []
    for day in DAYS:
        rows += [
            [day, "X-1", 5, small, of_small],
            [day, "X-1", 2, large, factor],
            [day, "X-2", 3, small, of_small],
        ]
    return file_of(header, [r if factor else r[:4] for r in rows])


def by_product(history: SalesHistory) -> dict[str, float]:
    return {str(code): float(history.quantity[history.sku == i].sum()) for i, code in enumerate(history.skus)}


def asked(data: bytes, **options: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        read_sales(data, **options)
    assert {p.code for p in caught.value.problems} == {"meaning_unknown"}
    return caught.value


def codes(history: SalesHistory) -> dict[str, str]:
    return {p.code: p.message for p in history.report.problems}


@pytest.mark.parametrize(
    ("header", "small", "large"),
    [
        ("Date;SKU;Quantity;UOM", "Nos", "Box"),
        ("Datum;Artikel;Menge;Mengeneinheit", "ST", "KAR"),
        ("Date;Article;Quantité;Unité", "PCE", "CTN"),
        ("Fecha;Artículo;Cantidad;Unidad de medida", "UND", "CAJA"),
        ("Data;Codice articolo;Quantità;UM", "pz", "cf"),
        ("Data;Artigo;Quantidade;Unidade", "un", "cx"),
        ("Datum;Artikelcode;Aantal;Eenheid", "stuks", "doos"),
        ("Dato;Varenummer;Antal;Enhed", "stk", "æske"),
        ("Datum;Artikelnummer;Antal;Enhet", "st", "frp"),
        ("Päivä;Tuote;Määrä;Yksikkö", "kpl", "ltk"),
        ("Data;Kod towaru;Ilość;J.m.", "szt.", "op."),
        ("Datum;Zboží;Množství;MJ", "ks", "bal"),
        ("Dátum;Cikkszám;Mennyiség;Mértékegység", "db", "doboz"),
        ("Дата;Артикул;Количество;Ед. изм.", "шт", "уп"),
        ("Tarih;Stok Kodu;Miktar;Birim", "adet", "koli"),
        ("日付;品番;数量;単位", "個", "箱"),
        ("日期;商品编码;数量;单位", "件", "箱"),
        ("날짜;상품코드;수량;단위", "개", "박스"),
        ("Date;SKU;Quantity;XYZ", "pcs", "carton"),
        ("Date;SKU;Quantity;UoM", "zorp", "blip"),
        ("Date;SKU;Quantity;Unit", "zorp", "blip"),
    ],
)
def test_pieces_and_packs_without_a_factor_are_asked_about(header: str, small: str, large: str) -> None:
    said = asked(mixed(header, small, large)).problems[0]
    assert (
        "X-1 is counted" in said.message
        and small in said.message
        and large in said.message
        and "X-2" not in said.message
    )
    assert "220 units" in said.message and "88 units" in said.message and "--treat" in said.remedy


@pytest.mark.parametrize(
    ("header", "small", "large"),
    [
        ("Date;SKU;Quantity;UOM;Conversion Factor", "Nos", "Box"),
        ("Datum;Artikel;Menge;ME;Umrechnungsfaktor", "ST", "PAK"),
        ("Date;Article;Quantité;Unité;Facteur", "PCE", "CTN"),
        ("Fecha;Artículo;Cantidad;Unidad;Factor de conversión", "UND", "CAJA"),
        ("Data;Codice articolo;Quantità;UM;Fattore", "pz", "cf"),
        ("Data;Kod towaru;Ilość;J.m.;Przelicznik", "szt", "op"),
        ("Дата;Артикул;Количество;Ед.изм.;Коэффициент", "шт", "уп"),
        ("Date;SKU;Quantity;Unit of Measure Code;Qty. per Unit of Measure", "EA", "CS"),
    ],
)
def test_a_factor_column_multiplies_and_says_so(header: str, small: str, large: str) -> None:
    history = read_sales(mixed(header, small, large, "12", "1"))
    assert by_product(history) == {"X-1": 44 * (5 + 2 * 12), "X-2": 44 * 3.0}
    assert "88 became 1,056 units" in codes(history)["units_converted"]
    treated = {m.value: m.treatment for m in history.report.meanings if m.role == "unit"}
    assert treated == {small: "count", large: "12"}


def test_a_factor_that_says_how_many_make_one_divides() -> None:
    history = read_sales(mixed("Date;SKU;Quantity;UOM;Factor", "g", "kg", "1", "1000"))
    assert by_product(history)["X-1"] == pytest.approx(44 * (2 + 0.005)) and "factor_divides" in codes(
        history
    )
    whole = read_sales(mixed("Date;SKU;Quantity;UOM;Factor", "pcs", "box", "1", "12"))
    assert by_product(whole)["X-1"] == pytest.approx(44 * (2 + 5 / 12))


def test_a_factor_that_is_the_same_for_all_units_of_a_product_is_that_of_its_packs() -> None:
    history = read_sales(mixed("Date;SKU;Quantity;UOM;Units per pack", "pcs", "box", "12", "12"))
    assert by_product(history) == {"X-1": 44 * 29.0, "X-2": 44 * 3.0}


def test_a_factor_of_one_on_every_unit_says_nothing() -> None:
    assert "X-1" in asked(mixed("Date;SKU;Quantity;UOM;Factor", "pcs", "box", "1", "1")).problems[0].message


@pytest.mark.parametrize("bad", ["0", "-12", "", "many"])
def test_one_bad_factor_loses_nothing(bad: str) -> None:
    lines = mixed("Date;SKU;Quantity;UOM;Factor", "pcs", "box", "12", "1").decode().split("\n")
    lines[2] = lines[2].removesuffix("12") + bad
    history = read_sales("\n".join(lines).encode())
    report = history.report
    assert report.rows_used + report.rows_rejected == report.rows_read == 132
    if bad == "":
        assert by_product(history)["X-1"] == 44 * 29.0 and "2 units" in codes(history)["unit_factor_blank"]
    else:
        assert by_product(history)["X-1"] == 44 * 29.0 - 24.0 and report.units_rejected == 2.0
        assert "2 units in 'box'" in codes(history)["unit_factor"] and "meaning_unknown" in codes(history)


def test_bad_factors_of_many_rows_are_asked_about() -> None:
    lines = mixed("Date;SKU;Quantity;UOM;Factor", "pcs", "box", "12", "1").decode().split("\n")
    lines[2:60:3] = [line.removesuffix("12") + "0" for line in lines[2:60:3]]
    assert asked("\n".join(lines).encode()).problems[0].column == "UOM"


def test_two_factors_of_one_unit_are_said_and_each_row_counts_by_its_own() -> None:
    lines = mixed("Date;SKU;Quantity;UOM;Factor", "pcs", "box", "12", "1").decode().split("\n")
    lines[2] = lines[2].removesuffix("12") + "24"
    history = read_sales("\n".join(lines).encode())
    assert (
        by_product(history)["X-1"] == 44 * 29.0 + 24.0
        and "from 12 to 24" in codes(history)["unit_factors_differ"]
    )


@pytest.mark.parametrize(
    ("small", "large", "in_small"),
    [
        ("g", "kg", 1000), ("mg", "g", 1000), ("kg", "t", 1000), ("ml", "l", 1000), ("cl", "hl", 10_000), ("mm", "m", 1000), ("cm", "m", 100), ("oz", "lb", 16),
        ("pcs", "dozen", 12), ("Stk", "Dtzd", 12), ("pcs", "gross", 144), ("Stück", "Paar", 2), ("min", "h", 60), ("day", "week", 7), ("cm2", "m²", 10_000), ("l", "m3", 1000),
        ("in", "ft", 12), ("ft", "yd", 3), ("pcs", "box of 12", 12), ("pcs", "6er-Pack", 6), ("kg", "25 kg sack", 25), ("pièce", "carton de 24", 24), ("kWh", "MWh", 1000),
    ],
)  # fmt: skip
def test_units_whose_size_is_stated_are_converted(small: str, large: str, in_small: float) -> None:
    history = read_sales(mixed("Date;SKU;Quantity;UoM", small, large))
    assert by_product(history)["X-1"] == pytest.approx(44 * (5 + 2 * in_small), rel=1e-12)
    assert "units_converted" in codes(history)


@pytest.mark.parametrize(
    ("small", "large"),
    [("kg", "pcs"), ("l", "kg"), ("gal", "l"), ("ton", "kg"), ("h", "day"), ("m", "roll"), ("pcs", "bottle")],
)
def test_what_no_statute_states_is_asked_about(small: str, large: str) -> None:
    asked(mixed("Date;SKU;Quantity;UoM", small, large))


def test_several_words_of_one_unit_are_one() -> None:
    history = read_sales(mixed("Date;SKU;Quantity;UoM", "pcs", "EA"))
    assert by_product(history)["X-1"] == 44 * 7.0 and "units_differ" not in codes(history)


@pytest.mark.parametrize(
    "items",
    [
        "sku;unit_cost;unit;units per box\nX-1;2;pcs;12\nX-2;3;pcs;",
        "sku;unit_cost;pack size\nX-1;2;12\nX-2;3;6",
        "Artikelnummer;Stückkosten;Stück pro Karton\nX-1;2;12\nX-2;3;",
        "sku;uom;qty per unit of measure\nX-1;pcs;1\nX-1;box;12\nX-2;pcs;1",
    ],
)
def test_a_list_of_items_says_how_many_a_pack_holds(items: str) -> None:
    large = "Karton" if "Karton" in items else "box"
    reading = read_files(
        [Given(mixed("Date;SKU;Quantity;UOM", "pcs", large), "sales.csv")],
        items=Given(items.encode(), "items.csv"),
    )
    assert by_product(reading.history) == {"X-1": 44 * 29.0, "X-2": 44 * 3.0}


def test_sales_are_brought_into_the_unit_that_the_list_of_items_names() -> None:
    """Cost and stock of the list are per kilogram; the sales are in grams."""
    rows = [[day, "A", 1500, "g"] for day in DAYS]
    sales = Given(file_of("Date;SKU;Quantity;UOM", rows), "sales.csv")
    reading = read_files([sales], items=Given(b"sku;unit_cost;unit\nA;2.5;kg", "items.csv"))
    assert by_product(reading.history) == {"A": 44 * 1.5}
    apart = read_files([sales], items=Given(b"sku;unit_cost;unit\nA;2.5;box", "items.csv"))
    assert (
        by_product(apart.history) == {"A": 44 * 1500.0}
        and "(A: g and box)" in codes(apart.history)["item_units"]
    )


def test_one_unit_a_product_needs_no_question_and_is_said() -> None:
    rows = [row for day in DAYS for row in ([day, "BOLT", 5, "pcs"], [day, "WIRE", 2, "m"])]
    history = read_sales(file_of("Date;SKU;Quantity;UOM", rows))
    assert (
        by_product(history) == {"BOLT": 220.0, "WIRE": 88.0}
        and "1 in piece, 1 in m" in codes(history)["units_differ"]
    )


def test_money_stays_and_the_price_is_of_the_converted_unit() -> None:
    rows = [
        row for day in DAYS for row in ([day, "B", 5, "pcs", 2.5, 1.0], [day, "B", 2, "dozen", 24.0, 12.0])
    ]
    history = read_sales(file_of("Date;SKU;Quantity;UOM;Unit price;Unit cost", rows))
    assert history.report.units_used == 44 * 29 and history.report.revenue_used == pytest.approx(
        44 * (12.5 + 48.0), abs=0.005
    )
    assert (
        history.unit_cost is not None
        and history.unit_cost == pytest.approx(np.ones(88))
        and set(np.round(history.revenue / history.quantity, 9)) == {2.5, 2.0}
    )


def test_told_factors_for_all_products_and_for_one() -> None:
    data = mixed("Date;SKU;Quantity;UOM", "pcs", "box") + b"\n2023-12-01;X-2;1;box"
    history = read_sales(data, treatments={"uom": {"Box": "12", "box of X-1": "24"}})
    assert by_product(history) == {
        "X-1": 44 * (5 + 48.0),
        "X-2": 44 * 3 + 12.0,
    } and "treatment_unused" not in codes(history)
    assert read_sales(data, treatments={"UOM": {"box": "leave out"}}).report.units_used == 44 * 8
    assert read_sales(data, treatments={"UOM": {"box": "12", "pcs": "1"}}).report.units_used == 44 * 32 + 12
    assert read_sales(data, treatments={"UOM": {"box": "count"}}).report.units_used == 44 * 10 + 1
    assert "treatment_unused" in codes(read_sales(data, treatments={"UOM": {"box": "12", "crate": "6"}}))


def test_units_in_the_cells_of_the_quantity() -> None:
    rows = [row for day in DAYS for row in ([day, "A", "12 pcs"], [day, "B", "0,5 kg"], [day, "B", "500 g"])]
    history = read_sales(file_of("Date;SKU;Quantity", rows))
    assert by_product(history) == pytest.approx({"A": 44 * 12.0, "B": 44 * 1.0})
    mixed_rows = [row for day in DAYS for row in ([day, "A", "12 pcs"], [day, "A", "1 box"])]
    said = asked(file_of("Date;SKU;Quantity", mixed_rows))
    assert "'box'" in said.problems[0].message
    told = read_sales(file_of("Date;SKU;Quantity", mixed_rows), treatments={"Quantity": {"box": "10"}})
    assert told.report.units_used == 44 * 22


def test_units_that_a_workbook_shows_by_the_format_of_its_numbers() -> None:
    import openpyxl

    def book(formats: Sequence[str]) -> bytes:
        made = openpyxl.Workbook()
        sheet = made.active
        assert sheet is not None
        sheet.title = "Sales & more"
        sheet.append(["Date", "SKU", "Quantity"])
        for i, day in enumerate(DAYS):
            sheet.append([day, "A", 500 if i % 2 else 2])
            sheet.cell(sheet.max_row, 3).number_format = formats[i % 2]
        stream = io.BytesIO()
        made.save(stream)
        return stream.getvalue()

    assert read_sales(book(['0.0" kg"', '0" g"'])).report.units_used == pytest.approx(22 * 2.5)
    assert read_sales(book(["General", "General"])).report.units_used == 22 * 502
    assert read_sales(book(['0" pcs"', '0" pcs"'])).report.units_used == 22 * 502
    assert read_sales(book(['#,##0.00" EUR"', '0" EUR"'])).report.units_used == 22 * 502
    assert "'box'" in asked(book(['0" box"', '0" pcs"'])).problems[0].message


def test_two_files_in_two_units_are_not_added() -> None:
    early = file_of("Date;SKU;Quantity;UOM", [[day, "A", 12, "pcs"] for day in DAYS])
    late = file_of("Date;SKU;Quantity;UOM", [[day.replace("2023", "2024"), "A", 1, "box"] for day in DAYS])
    with pytest.raises(DataError) as caught:
        read_sales([early, late], name=["2023.csv", "2024.csv"])
    assert (
        "in 'piece' in 2023.csv (528 units) and in 'box' in 2024.csv (44 units)"
        in caught.value.problems[0].message
    )
    assert [m.value for m in caught.value.meanings if m.treatment == "ask"] == ["box"]
    assert read_sales([early, late], treatments={"UOM": {"box": "12"}}).report.units_used == 2 * 528
    assert read_sales([early, late.replace(b"box", b"EA")]).report.units_used == 528 + 44
    assert read_sales([early, late.replace(b";UOM", b"").replace(b";box", b"")]).report.units_used == 528 + 44


def test_one_unknown_unit_in_very_many_rows_is_set_aside_with_its_units() -> None:
    text = io.StringIO()
    text.write("Date;SKU;Quantity;UOM\n")
    for i in range(20_000):
        text.write(f"{DAYS[i % len(DAYS)]};P{i % 50};3;pcs\n")
    text.write("2023-02-02;P1;7;zorp\n")
    history = read_sales(text.getvalue().encode())
    report = history.report
    assert report.units_used == 60_000 and report.units_rejected == 7 and report.rows_rejected == 1
    assert any(
        "P1 is counted" in p.message and "zorp" in p.message
        for p in report.problems
        if p.code == "meaning_unknown"
    )


def test_a_wide_sheet_with_a_row_per_unit() -> None:
    header = "Item;UoM;" + ";".join(f"2023-{m:02d}" for m in range(1, 7))
    rows = [["A", "pcs", *[6] * 6], ["A", "dozen", *[2] * 6], ["B", "pcs", *[1] * 6]]
    assert by_product(read_sales(file_of(header, rows))) == {"A": 6 * 30.0, "B": 6.0}
    rows[1][1] = "box"
    assert "A is counted" in asked(file_of(header, rows)).problems[0].message


@pytest.mark.parametrize(
    ("name", "values"),
    [("Size", "S M L XL"), ("Size", "M L"), ("Colour", "red blue green"), ("Class", "A B C"), ("Express", "yes no"), ("Packaging", "eco classic"), ("Grade", "1a 2b")],
)  # fmt: skip
def test_other_columns_are_not_taken_for_units(name: str, values: str) -> None:
    words = values.split()
    rows = [[day, f"P{i % 4}", i % 9 + 1, "x", words[i % len(words)]] for i, day in enumerate(DAYS * 3)]
    history = read_sales(file_of(f"Date;SKU;Quantity;Note;{name}", rows))
    assert history.report.rows_used == len(rows) and not [
        m for m in history.report.meanings if m.role == "unit"
    ]


def test_unknown_words_below_an_unknown_name_are_told_by_the_sizes_of_the_quantities() -> None:
    rows = [
        row
        for day in DAYS
        for row in (
            [day, "A", 24, "zorp"],
            [day, "A", 2, "blip"],
            [day, "B", 36, "zorp"],
            [day, "B", 3, "blip"],
        )
    ]
    history = read_sales(file_of("Date;SKU;Quantity;Qwert", rows))
    assert "A is sold by about 24 in 'zorp' and by about 2 in 'blip'" in codes(history)["unit_possible"]
    told = read_sales(
        file_of("Date;SKU;Quantity;Qwert", rows),
        mapping={"unit": "Qwert"},
        treatments={"Qwert": {"blip": "12"}},
    )
    assert told.report.units_used == 44 * (24 + 24 + 36 + 36) and "unit_possible" not in codes(told)
    even = [
        [day, "A", 2 + (k + i) % 5, word]
        for i, day in enumerate(DAYS)
        for k, word in enumerate(("red", "blue"))
    ]
    assert "unit_possible" not in codes(read_sales(file_of("Date;SKU;Quantity;Shade", even)))


def test_words_of_units() -> None:
    assert [unit_of(t) is None for t in ("", "-", "XL", "zorp", "12", "box of cats")] == [True] * 6
    assert unit_of("lb") is not None and unit_of("lb").size == 0.45359237  # type: ignore[union-attr]
    assert not holds_units("uom", [str(i) for i in range(50)], [1] * 50, True)


MIX: Mapping[str, tuple[tuple[str, int], ...]] = {
    "kg": (("g", 1), ("kg", 1000)),
    "pcs": (("pcs", 1), ("dz", 12), ("Dutzend", 12)),
    "m": (("cm", 10), ("mm", 1), ("m", 1000)),
}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_mix_of_stated_units_gives_the_totals_of_the_clean_file(data: st.DataObject) -> None:
    """A clean file in the smallest unit; the same rows each written in a unit of their own: products and months agree in every proportion."""
    rows = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from(DAYS), st.sampled_from(sorted(MIX)), st.integers(0, 2), st.integers(1, 60)
            ),
            min_size=12,
            max_size=60,
        ),
        label="rows",
    )
    smallest: dict[tuple[str, str], float] = defaultdict(float)
    lines = []
    for day, product, which, number in rows:
        unit, size = MIX[product][which % len(MIX[product])]
        smallest[product, day[:7]] += number * size
        lines.append([day, product, number, unit])
    try:
        history = read_sales(file_of("Date;SKU;Quantity;UoM", lines))
    except DataError as error:
        assert {p.code for p in error.problems} <= {"meaning_unknown", "decimal"}
        return
    found: dict[tuple[str, str], float] = defaultdict(float)
    for code, day, units in zip(history.sku, history.date, history.quantity, strict=True):
        found[str(history.skus[code]), str(day)[:7]] += float(units)
    for product in {p for p, _ in smallest}:
        ratio = {found[key] / total for key, total in smallest.items() if key[0] == product}
        assert max(ratio) == pytest.approx(min(ratio), rel=1e-9)
        sizes = {size for _, size in MIX[product]}
        assert any(max(ratio) == pytest.approx(1 / size, rel=1e-9) for size in sizes)
