"""Services among the products: told apart in catalogues of every size by name, code, how they are sold and lack of cost; never dropped in silence."""

from collections.abc import Sequence
from typing import Any

import pytest

from analytics.data.history import SalesHistory
from analytics.data.meaning.services import service_words
from analytics.data.sales import read_sales
from analytics.data.uploads import Given, read_files
from analytics.errors import DataError

HEADER = "Date;Order;SKU;Product;Quantity;Price"


def shop(
    lines: Sequence[tuple[str, str, int, float]], header: str = HEADER, orders: int = 60, names: bool = True
) -> bytes:
    """Orders of a chair each, with further lines (code, name, quantity, price)."""
    rows = [header]
    for i in range(orders):
        day = f"2023-{i % 11 + 1:02d}-{i % 27 + 1:02d}"
        rows.append(f"{day};{i};CHAIR-{i % 6};Chair {i % 6};{2 + i % 3};80")
        rows += [f"{day};{i};{code};{name};{quantity};{price}" for code, name, quantity, price in lines]
    return "\n".join(rows).encode()


CHAIRS = float(sum(2 + i % 3 for i in range(60)))


def left_out(history: SalesHistory) -> set[str]:
    return {m.value for m in history.report.meanings if m.role == "service" and m.treatment == "leave out"}


SERVICES = (
    "FRT=Freight charge|ASM=Assembly service|WAR=Extended warranty 2 years|SHIP=Shipping|GC=Gift card|TIP=Tip|S1=Delivery fee zone 2|VK=Versandkosten|"
    "MO=Montagepauschale|GV=Garantieverlängerung 2 Jahre|PF=Pfand|AZ=Anzahlung|RB=Rabatt 10 %|FP=Frais de port|AC=Acompte|LI=Livraison à domicile|GE=Gastos de envío|"
    "PR=Propina|SS=Spese di spedizione|FR=Frete|VZ=Verzendkosten|SG=Statiegeld|FG=Fragt|FK=Frakt|TK=Toimituskulut|KP=Koszt wysyłki przesyłka|PO=Poštovné|"
    "SZ=Szállítási|DO=Доставка|KG=Kargo ücret|SO=送料|YF=运费|BS=배송비|MX=Μεταφορικά|SH=شحن|RO=Rounding|SU=Small order surcharge|IN=Insurance"
)
PRODUCTS = "Freight trolley|Gift card holder|Warranty seal|Tip cutter|Discount tag red|Deposit box steel|Tea service 12 pieces|Pump assembly|Shipping container 20 ft"


@pytest.mark.parametrize(("code", "name"), [tuple(one.split("=")) for one in SERVICES.split("|")])
def test_a_service_that_is_sold_like_one_is_left_out_or_asked_about(code: str, name: str) -> None:
    """One of it in every order, never alone: not a product, in a catalogue of six."""
    data = shop([(code, name, 1, 15)])
    try:
        history = read_sales(data)
    except DataError as error:
        assert {p.code for p in error.problems} == {"meaning_unknown"} and code in error.problems[0].message
        return
    assert left_out(history) == {code} and history.report.units_used == CHAIRS
    assert history.report.rows_used + history.report.rows_rejected == history.report.rows_read == 120
    assert read_sales(data, treatments={"SKU": {code: "count"}}).report.units_used == CHAIRS + 60
    assert read_sales(data, choices={"service_lines": "keep"}).report.units_used == CHAIRS + 60


@pytest.mark.parametrize("name", PRODUCTS.split("|"))
def test_a_product_whose_name_merely_holds_such_a_word_is_counted_or_asked_about(name: str) -> None:
    sold = [("P-77", name, 3, 12.5)]
    assert read_sales(shop(sold)).report.units_used == CHAIRS + 180
    alone = b"\n".join(
        [shop([]), *(f"2023-06-{i + 1:02d};A{i};P-77;{name};1;12.5".encode() for i in range(20))]
    )
    assert read_sales(alone).report.units_used == CHAIRS + 20
    try:
        assert read_sales(shop([("P-77", name, 1, 12.5)])).report.units_used == CHAIRS + 60
    except DataError as error:
        assert "P-77" in error.problems[0].message and error.meanings


def test_a_service_sold_in_numbers_or_alone_is_asked_about_with_its_amounts() -> None:
    with pytest.raises(DataError) as caught:
        read_sales(shop([("X9", "Shipping", 4, 5)]))
    problem = caught.value.problems[0]
    assert "X9 (Shipping): 60 rows, 240 units" in problem.message and "SKU:X9=leave out" in problem.remedy
    assert (
        read_sales(
            shop([("X9", "Shipping", 4, 5)]), treatments={"SKU": {"X9": "leave out"}}
        ).report.units_used
        == CHAIRS
    )


def test_below_one_in_a_hundred_it_is_counted_and_said() -> None:
    rare = shop([], orders=60) + b"\n2023-05-05;900;SMP;Voucher;1;0.5"
    history = read_sales(rare)
    assert history.report.units_used == CHAIRS + 1 and [
        p.count for p in history.report.problems if p.code == "service_possible"
    ] == [1]


def test_a_cost_in_the_list_of_items_speaks_for_a_product() -> None:
    sales = Given(shop([("TIP", "Tip", 1, 2)]), "sales.csv")
    chairs = "".join(f"CHAIR-{i};40\n" for i in range(6))
    without = read_files([sales], items=Given(f"sku;unit_cost\n{chairs}".encode(), "items.csv"))
    assert left_out(without.history) == {"TIP"}
    shipped = Given(shop([("X1", "Shipping", 1, 2)]), "sales.csv")
    with pytest.raises(DataError, match="are these products or services"):
        read_files([shipped], items=Given(f"sku;unit_cost\n{chairs}X1;3\n".encode(), "items.csv"))


def test_negative_and_zero_prices_speak_for_a_service() -> None:
    history = read_sales(shop([("DISC", "Discount 10%", 1, -3), ("ROUND", "Rounding", 1, 0)]))
    assert left_out(history) == {"DISC", "ROUND"} and history.report.units_used == CHAIRS


def test_names_are_those_of_the_column_beside_the_codes() -> None:
    assert (
        read_sales(
            shop([("FRT", "Freight", 1, 9)], header="Datum;Bestellung;Artikelnummer;Artikel;Menge;Preis")
        ).report.units_used
        == CHAIRS
    )


def test_words() -> None:
    said: dict[str, Any] = {
        n: service_words(n)
        for n in (
            "",
            "Chair",
            "Manual",
            "Samples",
            "Express delivery",
            "Rabatt",
            "Service",
            "Box of screws",
            "x" * 300,
        )
    }
    assert said == {
        "": "",
        "Chair": "",
        "Manual": "weak",
        "Samples": "weak",
        "Express delivery": "whole",
        "Rabatt": "whole",
        "Service": "weak",
        "Box of screws": "",
        "x" * 300: "",
    }
