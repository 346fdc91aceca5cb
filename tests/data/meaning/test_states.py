"""States of orders and movements of stock: the words of systems and languages, and what nobody knows."""

from __future__ import annotations

import random

import pytest

from analytics.data import read_sales
from analytics.data.meaning.judged_words import Company, movement_verdict, state_verdict
from analytics.data.meaning.meanings import DECIDES
from analytics.data.meaning.treatments import TREATMENTS
from analytics.errors import DataError

#: the states of orders and invoices of systems, as their documentation names them: what counts, what does not, what is asked
SYSTEMS = {
    "Odoo": ("Sales Order|Locked|Done", "Quotation|Quotation Sent|Cancelled", ""),
    "Odoo technical": ("sale|done", "draft|sent|cancel", ""),
    "ERPNext sales order": (
        "To Deliver and Bill|To Bill|To Deliver|Completed|Closed",
        "Draft|Cancelled",
        "On Hold",
    ),
    "ERPNext sales invoice": (
        "Paid|Unpaid|Overdue|Partly Paid|Submitted|Credit Note Issued",
        "Draft|Cancelled",
        "",
    ),
    "WooCommerce": (
        "processing|completed",
        "pending|on-hold|cancelled|failed|refunded|checkout-draft|trash",
        "",
    ),
    "WooCommerce labels": (
        "Processing|Completed",
        "Pending payment|On hold|Cancelled|Failed|Refunded|Draft",
        "",
    ),
    "WooCommerce posts": (
        "wc-processing|wc-completed",
        "wc-pending|wc-on-hold|wc-cancelled|wc-failed|wc-refunded",
        "",
    ),
    "Shopify financial": (
        "paid|partially_paid|authorized|partially_refunded|pending",
        "refunded|voided|expired",
        "",
    ),
    "Shopify fulfillment": ("fulfilled|unfulfilled|partial", "restocked", "on_hold"),
    "Magento": (
        "processing|complete|pending",
        "pending_payment|payment_review|fraud|canceled",
        "closed|holded",
    ),
    "PrestaShop": (
        "Payment accepted|Processing in progress|Shipped|Delivered|On backorder (paid)",
        "Canceled|Refunded|Payment error|Awaiting bank wire payment|Awaiting check payment",
        "",
    ),
    "NetSuite": (
        "Pending Fulfillment|Partially Fulfilled|Pending Billing/Partially Fulfilled|Pending Billing|Billed|Closed",
        "Pending Approval|Cancelled",
        "",
    ),
    "Business Central": ("Open|Released", "Pending Approval|Pending Prepayment", ""),
    "Dynamics AX": ("Backorder|Delivered|Invoiced", "Canceled", ""),
    "Dolibarr": (
        "Validated|Shipped|Delivered|Billed|Processed",
        "Draft (needs to be validated)|Canceled|Abandoned",
        "",
    ),
    "Tryton": ("confirmed|processing|done", "draft|quotation|cancelled", ""),
    "QuickBooks": ("Paid|Open|Overdue|Deposited", "Voided|Estimate", ""),
    "Xero": ("PAID|AUTHORISED", "DRAFT|SUBMITTED|VOIDED|DELETED", ""),
    "Amazon": ("Shipped|Unshipped|PartiallyShipped|Shipped - Delivered to Buyer", "Cancelled|Pending", ""),
    "German": (
        "Geliefert|Offen|In Bearbeitung|Fakturiert|Bezahlt|Bestätigt|Teilweise geliefert",
        "Angebot|Entwurf|Storniert|Abgelehnt|Zahlung ausstehend",
        "",
    ),
    "French": (
        "Livrée|Facturée|En cours|Confirmée|Payée|Expédié",
        "Devis|Brouillon|Annulée|Refusé|En attente de paiement",
        "",
    ),
    "Spanish": (
        "Entregado|Facturado|Confirmado|Pagado|En proceso",
        "Presupuesto|Borrador|Cancelado|Anulado|Rechazado|Pendiente de pago",
        "",
    ),
    "Italian": (
        "Evaso|Confermato|Fatturato|Pagato|Spedito",
        "Preventivo|Bozza|Annullato|Rifiutato|In attesa di pagamento",
        "",
    ),
    "Portuguese": (
        "Entregue|Faturado|Confirmado|Pago|Concluído",
        "Orçamento|Rascunho|Cancelado|Recusado|Aguardando pagamento",
        "",
    ),
    "Dutch": (
        "Geleverd|Bevestigd|Gefactureerd|Betaald|In behandeling",
        "Offerte|Concept|Geannuleerd|Afgewezen|Wacht op betaling",
        "",
    ),
    "Danish": ("Leveret|Bekræftet|Faktureret|Betalt|Afsluttet", "Tilbud|Kladde|Annulleret|Afvist", ""),
    "Norwegian": ("Levert|Bekreftet|Fakturert|Betalt|Fullført", "Tilbud|Utkast|Kansellert|Avvist", ""),
    "Swedish": ("Levererad|Bekräftad|Fakturerad|Betald|Slutförd", "Offert|Utkast|Makulerad|Avvisad", ""),
    "Finnish": ("Toimitettu|Vahvistettu|Laskutettu|Maksettu|Avoin", "Tarjous|Luonnos|Peruttu|Hylätty", ""),
    "Polish": (
        "Zrealizowane|Potwierdzone|Zafakturowane|Zapłacone|Wysłane",
        "Oferta|Szkic|Anulowane|Odrzucone|Oczekuje na płatność",
        "",
    ),
    "Czech": (
        "Doručeno|Potvrzeno|Fakturováno|Zaplaceno|Vyřízeno",
        "Nabídka|Koncept|Stornováno|Zrušeno|Zamítnuto|Čeká na platbu",
        "",
    ),
    "Hungarian": (
        "Kiszállítva|Visszaigazolva|Teljesítve|Nyitott|Kiszámlázott",
        "Ajánlat|Piszkozat|Törölt|Sztornózott|Elutasított",
        "",
    ),
    "Russian": (
        "Отгружен|Доставлен|Подтверждён|Оплачен|Выполнен",
        "Черновик|Отменён|Отклонён|Ожидает оплаты|Коммерческое предложение",
        "",
    ),
    "Turkish": (
        "Teslim edildi|Onaylandı|Faturalandı|Tamamlandı",
        "Teklif|Taslak|İptal edildi|Reddedildi|Ödeme bekleniyor",
        "",
    ),
    "Japanese": (
        "出荷済み|発送済み|受注確定|処理中|完了|入金済み",
        "見積|下書き|キャンセル|失注|入金待ち",
        "",
    ),
    "Chinese": ("已发货|已完成|已确认|处理中|已付款", "报价|草稿|已取消|已作废|待付款", ""),
    "Korean": ("배송완료|확정|처리중|결제완료", "견적|임시저장|취소|거절|입금대기", ""),
    "Arabic": ("تم التسليم|مؤكد|مدفوع|مكتمل", "عرض سعر|مسودة|ملغي|مرفوض", ""),
    "Greek": (
        "Παραδόθηκε|Επιβεβαιώθηκε|Τιμολογήθηκε|Ολοκληρώθηκε",
        "Προσφορά|Προσχέδιο|Ακυρώθηκε|Απορρίφθηκε",
        "",
    ),
}

#: kinds of entries of stock: what is demand, what is a receipt, what comes back, what is neither
LEDGERS = {
    "SAP": ("601|231|251", "101|501|561", "602|653", "102|122|201|261|301|309|311|551|701|702"),
    "Business Central": (
        "Sale",
        "Purchase|Output",
        "",
        "Positive Adjmt.|Negative Adjmt.|Transfer|Consumption|Assembly Consumption",
    ),
    "BC documents": (
        "Sales Shipment",
        "Purchase Receipt",
        "Sales Return Receipt|Sales Credit Memo",
        "Transfer Shipment|Transfer Receipt|Purchase Return Shipment|Purchase Credit Memo",
    ),
    "Odoo": ("Delivery Orders", "Receipts|Manufacturing", "Returns", "Internal Transfers"),
    "ERPNext": (
        "Delivery Note|Sales Invoice",
        "Purchase Receipt|Purchase Invoice",
        "",
        "Stock Entry|Stock Reconciliation",
    ),
    "issues": ("Issue", "Receipt", "Customer return", "Transfer|Adjustment|Scrap"),
    "German": (
        "Verkauf|Lieferschein",
        "Wareneingang|Zugang|Einkauf",
        "Retoure|Kundengutschrift",
        "Umlagerung|Inventur|Verbrauch",
    ),
    "French": (
        "Vente|Bon de livraison",
        "Réception|Achat",
        "Avoir|Retour client",
        "Transfert|Inventaire|Consommation",
    ),
    "Spanish": ("Venta|Albarán", "Compra|Recepción", "Devolución|Abono", "Traspaso|Ajuste|Consumo"),
    "Italian": (
        "Vendita|Scarico per vendita",
        "Acquisto|Carico",
        "Reso|Nota di credito",
        "Trasferimento|Rettifica|Consumo",
    ),
    "Polish": ("WZ|Sprzedaż", "PZ|PW|Przyjęcie", "Zwrot", "MM|RW|Inwentaryzacja"),
    "Russian": ("Реализация|Продажа", "Поступление|Закупка", "Возврат", "Перемещение|Инвентаризация"),
    "Japanese": ("出荷|売上", "入庫|仕入", "返品", "移動|棚卸"),
    "Chinese": ("销售出库", "采购入库|生产入库", "销售退货", "调拨|盘点"),
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_states_of_systems_and_languages(system: str) -> None:
    counted, left, asked = (tuple(t for t in part.split("|") if t) for part in SYSTEMS[system])
    company = Company.of("Status", [*counted, *left, *asked])
    found = {text: state_verdict(text, company).treatment for text in (*counted, *left, *asked)}
    assert found == {
        **dict.fromkeys(counted, "count"),
        **dict.fromkeys(left, "leave out"),
        **dict.fromkeys(asked, "ask"),
    }


@pytest.mark.parametrize("system", LEDGERS)
def test_movements_of_systems_and_languages(system: str) -> None:
    kinds = dict(
        zip(
            ("count", "receipt", "return", "leave out"),
            (tuple(t for t in part.split("|") if t) for part in LEDGERS[system]),
            strict=True,
        )
    )
    company = Company.of("Movement type", [text for listed in kinds.values() for text in listed])
    assert {t: movement_verdict(t, company).treatment for listed in kinds.values() for t in listed} == {
        t: k for k, listed in kinds.items() for t in listed
    }


@pytest.mark.parametrize(
    "text",
    ["not cancelled", "nicht storniert", "non annulé", "no cancelado", "non annullato", "niet geannuleerd", "не отменён", "cancelled - reshipped", "delivered, cancelled",
     "storniert (bezahlt)",
     "pending cancellation", "partially cancelled", "Angebot angenommen", "glorbed", "pending", "on hold"],
)  # fmt: skip
def test_negations_and_contradictions_are_asked(text: str) -> None:
    assert state_verdict(text, Company.of("Status", [text, "Delivered"])).treatment == "ask"


@pytest.mark.parametrize(
    ("text", "treatment"),
    [("not yet delivered", "count"), ("nicht geliefert", "count"), ("Cancelled by customer", "leave out"), ("ORDER  CANCELLED", "leave out"), ("Quote - open", "leave out"),
     ("Draft invoice", "leave out"), ("sales order draft", "leave out"), ("Partially refunded", "count"), ("awaiting shipment", "count"), ("to be approved", "leave out")],
)  # fmt: skip
def test_phrases(text: str, treatment: str) -> None:
    assert state_verdict(text, Company.of("Status", [text])).treatment == treatment


def _file(states: list[str], header: str = "Status", price: bool = False) -> bytes:
    lines = [
        f"{i},2023-{1 + i % 12:02d}-{1 + i % 28:02d},P{i % 3},{1 + i % 4}{',5' if price else ''},{state}"
        for i, state in enumerate(states)
    ]
    return (
        f"Order,Date,SKU,Quantity{',Price' if price else ''},{header}\n".encode() + "\n".join(lines).encode()
    )


def _word(draw: random.Random) -> str:
    return "".join(draw.choice("bdfgjklmpqvwxz") + draw.choice("aeiou") for _ in range(3)) + "rk"


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize(
    "header", ["Status", "Order status", "Movement type", "Document type", "Auftragsstatus"]
)
def test_invented_words_are_asked_never_counted_never_netted(seed: int, header: str) -> None:
    """Whatever stands beside them: what nobody knows is asked, or set aside where it does not decide."""
    draw = random.Random(seed)
    words = [_word(draw) for _ in range(draw.randint(1, 4))]
    share = draw.choice([0.004, 0.05, 0.4])
    known = "Delivered" if "tatus" in header else "Sale"
    states = [draw.choice(words) if draw.random() < share else known for _ in range(400)]
    states[0], states[1] = words[0], known
    content = _file(states, header)
    unknown = sum(1 + i % 4 for i, state in enumerate(states) if state != known)
    total = sum(1 + i % 4 for i in range(400))
    try:
        report = read_sales(content).report
    except DataError as error:
        assert unknown / total > DECIDES
        assert {p.code for p in error.problems} == {"meaning_unknown"}
        asked = [m for m in error.meanings if m.treatment == "ask"]
        assert {m.value for m in asked} == set(states) - {known} and sum(m.units for m in asked) == unknown
        answers = {header: {m.value: TREATMENTS[0] for m in asked}}
        assert read_sales(content, treatments=answers).report.units_used == total
        assert (
            read_sales(
                content, treatments={header: dict.fromkeys(answers[header], "leave out")}
            ).report.units_used
            == total - unknown
        )
    else:
        assert unknown / total <= DECIDES
        assert (
            report.units_used == total - unknown
            and [p.code for p in report.problems].count("meaning_unknown") == 1
        )
    assert len(states) == 400


def test_money_decides_too() -> None:
    rows = [
        f"{i},2023-05-{1 + i % 28:02d},P,1,{900 if i == 7 else 1},{'flurp' if i == 7 else 'Shipped'}"
        for i in range(400)
    ]
    with pytest.raises(DataError, match="flurp"):
        read_sales("\n".join(["Order,Date,SKU,Quantity,Price,Status", *rows]).encode())


def test_a_column_of_texts_is_no_column_of_states() -> None:
    history = read_sales(_file([f"note {i * 7}" for i in range(5000)], "Status"))
    assert history.report.units_used == sum(1 + i % 4 for i in range(5000)) and history.report.meanings == ()
    assert any("says nothing of what its rows are" in line for line in history.report.assumed)


def test_5000_values_of_which_some_are_known_are_asked_in_bounded_words() -> None:
    with pytest.raises(DataError) as refused:
        read_sales(_file(["Cancelled" if i % 3 else f"zorp {i}" for i in range(15000)], "Status"))
    assert all(len(p.message) < 700 for p in refused.value.problems)
    listed = (
        refused.value.meanings
    )  # each can be answered on the page: 50 and 2,000 that are asked, the rest in a line
    assert len(listed) <= 2055 and sum(m.rows for m in listed) == 15000


def test_one_value_alone_is_counted_unless_it_is_known_as_no_sale() -> None:
    assert read_sales(_file(["Flurp"] * 60)).report.units_used == sum(1 + i % 4 for i in range(60))
    with pytest.raises(DataError) as refused:
        read_sales(_file(["Draft"] * 60))
    assert refused.value.meanings[0].value == "Draft"


def test_a_general_name_is_a_column_of_states_only_by_its_words() -> None:
    plain = read_sales(_file([("Bavaria", "Hesse", "Saxony")[i % 3] for i in range(90)], "State")).report
    assert plain.meanings == () and plain.rows_used == 90
    us = read_sales(_file([("IN", "OK", "TX", "CA", "OR")[i % 5] for i in range(90)], "State")).report
    assert us.rows_used == 90
    said = read_sales(_file([("Draft", "Paid")[i % 2] for i in range(90)], "State")).report
    assert said.rows_used == 45


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "=HYPERLINK(1)",
        "'; DROP TABLE x; --",
        "\u202edraft\u202c odd",
        "a" * 5000,
        "{}",
        "%s%n",
    ],
)
def test_hostile_states_are_text(text: str) -> None:
    try:
        report = read_sales(_file([text if i % 4 else "Delivered" for i in range(80)])).report
    except DataError as error:
        assert {m.treatment for m in error.meanings} == {"ask", "count"}
    else:
        assert report.rows_used == 20  # the text held a word that is known as no sale


def test_lines_below_the_first_of_an_order_have_its_state() -> None:
    text = "Order,Date,SKU,Quantity,Status\n" + "".join(
        f"{i},2023-03-{1 + i:02d},A,2,{('Quotation', 'Sales Order')[i % 2]}\n{i},2023-03-{1 + i:02d},B,3,\n"
        for i in range(20)
    )
    assert read_sales(text.encode()).report.units_used == 10 * 5


def test_every_unit_of_a_ledger_is_somewhere() -> None:
    kinds = [(("Sale", -1), ("Purchase", 1), ("Transfer", -1))[i % 3] for i in range(200)]
    rows = [
        f"2023-{1 + i % 12:02d}-{1 + i % 28:02d},P{i % 3},{kind},{sign * (1 + i % 5)}"
        for i, (kind, sign) in enumerate(kinds)
    ]
    history = read_sales(("Date,SKU,Entry Type,Quantity\n" + "\n".join(rows)).encode())
    report = history.report
    read = sum(1 + i % 5 for i in range(200))
    left = sum(1 + i % 5 for i in range(200) if i % 3 == 2)
    assert report.units_used + report.units_received + left == read
    assert report.units_received == history.apart["units"].sum() and set(history.apart["kind"]) == {"receipt"}
    assert report.rows_used + report.rows_rejected == report.rows_read == 200
    assert (history.quantity > 0).all()
