"""Words of further languages and systems, and columns that say by other means than words what a row is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analytics.data import read_sales
from analytics.data.meaning.judged_words import Company, state_verdict
from analytics.data.meaning.marks import is_mark, reason_of
from analytics.data.values.categorical import coded_texts
from analytics.errors import DataError

DAYS = [date(2023, 1, 2) + timedelta(days=2 * k) for k in range(180)]
#: header, states that are sales, states that are none; written from the systems and languages, not from the lists
STATES = [
    ("Stare comandă", "Livrată|Facturat|Plătită|Confirmată", "Anulată|Ofertă|Ciornă|Respinsă"),
    ("Status narudžbe", "Isporučeno|Fakturirano|Plaćeno", "Otkazano|Ponuda|Nacrt"),
    ("Status naročila", "Dobavljeno|Poslano|Plačano", "Preklicano|Ponudba|Osnutek"),
    ("Stav objednávky", "Doručené|Odoslané|Zaplatené", "Zrušené|Ponuka|Návrh"),
    ("Статус замовлення", "Відвантажено|Доставлено|Оплачено", "Скасовано|Чернетка|Комерційна пропозиція"),
    ("Статус на поръчката", "Доставена|Изпратена|Платена", "Отказана|Оферта|Чернова"),
    ("Olek", "Tarnitud|Arveldatud|Makstud", "Tühistatud|Pakkumine|Mustand"),
    ("Statuss", "Piegādāts|Apmaksāts|Izpildīts", "Atcelts|Piedāvājums|Melnraksts"),
    ("Būsena", "Pristatyta|Apmokėta|Įvykdyta", "Atšaukta|Pasiūlymas|Juodraštis"),
    ("สถานะ", "จัดส่งแล้ว|ชำระเงินแล้ว|สำเร็จ", "ยกเลิก|ใบเสนอราคา|ฉบับร่าง"),
    ("Trạng thái", "Đã giao|Đã thanh toán|Hoàn thành", "Đã hủy|Báo giá|Nháp"),
    ("Status pesanan", "Terkirim|Selesai|Lunas", "Dibatalkan|Penawaran|Konsep"),
    ("סטטוס", "נשלח|שולם|הושלם", "בוטל|הצעת מחיר|טיוטה"),
    ("Estat", "Lliurat|Facturat|Pagat", "Cancel·lat|Pressupost|Esborrany"),
    ("受注状況", "出荷完了|納品完了|入金確認済", "受注取消|見積中|失注"),
    ("Gesamtstatus", "vollständig erledigt|noch nicht beliefert", "abgesagt|Angebot versendet"),
    ("Deal stage", "closedwon", "closedlost|appointmentscheduled|qualifiedtobuy"),
    ("Stage", "Closed Won", "Closed Lost|Prospecting|Negotiation/Review|Proposal/Price Quote"),
    ("Estado del pedido", "Servido|Facturado", "Anulado por el cliente|Presupuesto enviado"),
    ("Status", "Shipped|Invoiced", "Draft, not confirmed|Cancelled (not shipped)"),
]


def _file(header: str, words: list[str], quantity: list[str] | None = None) -> bytes:
    amounts = quantity or [str(1 + k % 5) for k in range(len(DAYS))]
    lines = [
        f"S{k};{day};P-{k % 3};{amounts[k]};{words[k % len(words)]}"
        for k, day in enumerate(DAYS[: len(amounts)])
    ]
    return "\n".join([f"Order;Date;Item;Qty;{header}", *lines]).encode()


@pytest.mark.parametrize(("header", "sales", "others"), STATES, ids=[one[0] for one in STATES])
def test_states(header: str, sales: str, others: str) -> None:
    good, bad = sales.split("|"), others.split("|")
    words = good * 4 + bad
    report = read_sales(_file(header, words)).report
    assert report.units_used == sum(1 + k % 5 for k in range(len(DAYS)) if words[k % len(words)] in good)
    assert {m.value for m in report.meanings if m.treatment == "leave out"} == set(bad)


def test_a_clause_that_denies_does_not_hide_another() -> None:
    company = Company.of("Status", [])
    said = {
        phrase: state_verdict(phrase, company).treatment
        for phrase in (
            "not a quote",
            "quote, shipped",
            "not confirmed",
            "Draft, not confirmed",
            "Lost, not paid",
        )
    }
    assert list(said.values()) == ["ask", "ask", "ask", "leave out", "leave out"]


def test_steps_of_sales_are_no_orders_beside_won_and_lost_alone() -> None:
    assert state_verdict("Qualified", Company.of("Stage", ["Won", "Lost"])).kind == "quote"
    assert state_verdict("Qualified", Company.of("Stage", ["Passed"])).treatment == "ask"


def test_a_reason_for_rejecting_stands_where_it_happened() -> None:
    reasons = ["", "", "", "Kunde storniert", "", "Zu teuer"]
    report = read_sales(_file("Absagegrund", reasons)).report
    assert report.units_used == sum(1 + k % 5 for k in range(180) if not reasons[k % 6])
    assert {m.value for m in report.meanings if m.treatment == "leave out"} == {"Kunde storniert", "Zu teuer"}
    assert [reason_of(n) for n in ("Return reason", "Reason for rejection", "Reason", "Reason code")] == [
        "returned",
        "cancelled",
        "",
        "",
    ]
    assert not is_mark("Cancellation reason", coded_texts(["sold out", "late", "n/a"] * 20))


def test_numbers_of_movements_tell_their_kinds() -> None:
    kinds = ["WH/OUT/00034", "WH/OUT/00035", "WH/IN/00012", "WH/INT/00003"]
    references = [kinds[k % 4].replace("0003", f"{k:04d}") for k in range(180)]
    report = read_sales(_file("Reference", references)).report
    assert report.units_used == sum(1 + k % 5 for k in range(180) if k % 4 < 2)
    assert report.units_received == sum(1 + k % 5 for k in range(180) if k % 4 == 2)


@pytest.mark.parametrize(("header", "signs"), [("+/-", "+-"), ("Shkzg", "SH"), ("Soll/Haben", "SH")])
def test_few_large_rows_on_one_side_are_not_taken_for_returns(header: str, signs: str) -> None:
    words = [signs[0] if k % 6 == 0 else signs[1] for k in range(180)]
    with pytest.raises(DataError):
        read_sales(_file(header, words, ["40" if k % 6 == 0 else str(1 + k % 7) for k in range(180)]))


def test_codes_of_movements_are_no_quantity() -> None:
    lines = [
        f"{d};M-{k % 2};{40 if k % 6 == 0 else -(1 + k % 7)};{101 if k % 6 == 0 else 601}"
        for k, d in enumerate(DAYS)
    ]
    report = read_sales("\n".join(["Buchungsdatum;Material;Menge in ErfassME;BwA", *lines]).encode()).report
    assert report.units_used == sum(1 + k % 7 for k in range(180) if k % 6)


def test_year_and_week_in_four_digits_below_a_header_of_weeks() -> None:
    weeks = [date(2022, 11, 7) + timedelta(weeks=k) for k in range(30)]
    lines = [f"{w.isocalendar()[0] % 100}{w.isocalendar()[1]:02d};A;{3 + k}" for k, w in enumerate(weeks)]
    report = read_sales("\n".join(["KW;Artikel;Menge", *lines]).encode()).report
    assert (str(report.first_date), str(report.last_date)) == (str(weeks[0]), str(weeks[-1]))
    assert any(p.code == "weeks_short" for p in report.problems)
    counted = [f"{2330 + k};A;{3 + k}" for k in range(40)]  # runs on beyond 2353: no weeks of a year
    with pytest.raises(DataError):
        read_sales("\n".join(["KW;Artikel;Menge", *counted]).encode())


@pytest.mark.parametrize(
    "header", ["VPE-Faktor", "Factor conversie", "Units/Case", "Inhalt je Karton", "UMVKZ"]
)
def test_columns_of_factors(header: str) -> None:
    lines = [
        f"{d};A-{k % 2};{1 + k % 4};{'KAR' if k % 3 == 0 else 'ST'};{24 if k % 3 == 0 else 1}"
        for k, d in enumerate(DAYS)
    ]
    report = read_sales("\n".join([f"Datum;Artikel;Menge;ME;{header}", *lines]).encode()).report
    assert report.units_used == sum((1 + k % 4) * (24 if k % 3 == 0 else 1) for k in range(180))
