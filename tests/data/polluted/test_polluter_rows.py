"""The polluter's files with states, movements, marks and backorders: totals by product and month are the clean file's, or a question names the matter."""

from __future__ import annotations

import os
import random
import zlib

import pytest

from analytics.data import read_sales
from analytics.errors import DataError
from tests.data.polluted.polluter import (
    COLUMNS,
    DAMAGES,
    FORMS,
    POLLUTIONS,
    Draft,
    Pollution,
    clean_rows,
    totals,
)
from tests.data.polluted.variants import difference, refusal, totals_of, unsound

ALL = os.environ.get("STOCK_OR_ORDER_FAULTS") == "all"
ORDER, QUANTITY, REVENUE, PRICE = (COLUMNS.index(name) for name in ("order", "quantity", "revenue", "price"))
STATUS = {
    "de": "Auftragsstatus",
    "fr": "Statut",
    "es": "Estado del pedido",
    "it": "Stato ordine",
    "nl": "Orderstatus",
}
STATES = {
    "en": ("Delivered", "Quotation Sent"), "de": ("Geliefert", "Angebot"), "fr": ("Livré", "Devis"), "es": ("Entregado", "Presupuesto"), "it": ("Evaso", "Preventivo"),
    "nl": ("Geleverd", "Offerte"),
}  # fmt: skip
MOVEMENT = {
    "de": "Bewegungsart",
    "fr": "Type de mouvement",
    "es": "Tipo de movimiento",
    "it": "Causale",
    "nl": "Mutatiesoort",
}
MOVES = {
    "en": ("Sale", "Purchase Receipt"), "de": ("Verkauf", "Wareneingang"), "fr": ("Vente", "Réception"), "es": ("Venta", "Compra"), "it": ("Vendita", "Carico"),
    "nl": ("Verkoop", "Inkoop"),
}  # fmt: skip
MARK = {"de": "Storniert", "fr": "Annulé", "es": "Anulado", "it": "Annullato", "nl": "Geannuleerd"}
RETURNED = {"de": "Retoure", "fr": "Retour", "es": "Devolución", "it": "Reso", "nl": "Retour"}


def _further(row: list[object], ending: str, quantity: int | None = None) -> list[object]:
    """A line of another order behind a line: the same product and day, so many units."""
    out = list(row)
    units = int(str(row[QUANTITY])) if quantity is None else quantity
    out[ORDER], out[QUANTITY], out[REVENUE] = (
        f"{row[ORDER]}{ending}",
        units,
        round(units * float(str(row[PRICE])), 2),
    )
    return out


def _with(
    names: dict[str, str], usual: str, words: dict[str, tuple[str, str]], quantity: int | None = None
) -> Pollution:
    """A column of which the second word stands on a line behind each line."""

    def change(draft: Draft, draw: random.Random) -> None:
        pair = words.get(draft.language, words["en"])
        draft.behind.append(lambda row: _further(row, "Q", quantity))
        draft.extra.append(
            (
                lambda language: names.get(language, usual),
                lambda row: (words.get(draft.language) or pair)[str(row[ORDER]).endswith("Q")],
            )
        )

    return change


def _backorders(draft: Draft, draw: random.Random) -> None:
    draft.rows = [row for row in draft.rows if int(str(row[QUANTITY])) > 0]
    draft.behind.append(lambda row: _further(row, "B", 1))
    draft.extra.append(
        (
            lambda language: "Backorder of",
            lambda row: str(row[ORDER])[:-1] if str(row[ORDER]).endswith("B") else "",
        )
    )


KINDS: dict[str, Pollution] = {
    "quotations": _with(STATUS, "Order status", STATES),
    "receipts": _with(MOVEMENT, "Movement type", MOVES),
    "cancelled": _with(MARK, "Cancelled", {"en": ("no", "yes")}),
    "returned": _with(RETURNED, "Returned", {"en": ("N", "Y")}, quantity=777),
    "backorders": _backorders,
    "invented": _with(STATUS, "Order status", {"en": ("Delivered", "Glorbed")}),
}
NAMES = sorted(KINDS)
PAIRS = [
    (a, b) for i, a in enumerate(NAMES) for b in NAMES[i + 1 :] if not {"quotations", "invented"} <= {a, b}
]


def _variant(kinds: tuple[str, ...], others: tuple[str, ...], seed: int) -> str:
    """What is wrong with the reading of one variant ("" if nothing)."""
    draw = random.Random(zlib.crc32(repr((kinds, others, seed)).encode()))
    draft = Draft(clean_rows(seed % 5))
    for name in kinds:
        KINDS[name](draft, draw)
    for name in sorted(others, key=lambda n: n in DAMAGES):
        POLLUTIONS[name](draft, draw)
    data, where = draft.write()
    damaged = any(name in DAMAGES for name in others)
    try:
        history = read_sales(data, name="sales.csv")
    except DataError as error:
        codes = {p.code for p in error.problems}
        if "meaning_unknown" in codes:
            return "" if "invented" in kinds or damaged else f"asked without need: {error}"
        return refusal(error, others, damaged)
    if (
        "invented" in kinds and not damaged and not {"receipts", "cancelled"} & set(kinds)
    ):  # the lines are known as no sales by their other word
        return "an invented word was not asked about"
    report = history.report
    if wrong := unsound(report, where, damaged):
        return wrong
    named = {int(row) for row in report.rejected["row"]}
    expected, found = totals([row for line, row in where.items() if line not in named]), totals_of(history)
    if (
        "backorders" in kinds
    ):  # the rest of an order that was itself rejected is counted: nothing else holds its units
        gone = {key for row in (where[line] for line in named if line in where) for key in totals([row])}
        expected, found = (
            {key: cell for key, cell in one.items() if key not in gone} for one in (expected, found)
        )
    return difference(expected, found, report)


def _all_right(variants: list[tuple[tuple[str, ...], tuple[str, ...], int]]) -> None:
    wrong = [f"{one}: {found}" for one in variants if (found := _variant(*one))]
    assert not wrong, f"{len(wrong)} of {len(variants)}:\n" + "\n".join(wrong[:8])


@pytest.mark.parametrize("kind", NAMES)
def test_each_kind_alone_and_in_every_form(kind: str) -> None:
    forms = [
        form
        for i, form in enumerate(sorted(FORMS))
        if (ALL or i % 3 == NAMES.index(kind) % 3) and not form.startswith("total") and form != "header again"
    ]
    _all_right(
        [
            *(((kind,), (), seed) for seed in range(5)),
            *(((kind,), (form,), seed) for seed, form in enumerate(forms)),
        ]
    )


def test_kinds_in_pairs() -> None:
    draw = random.Random(21)
    forms = [form for form in sorted(FORMS) if not form.startswith("total") and form != "header again"]
    _all_right(
        [
            (pair, (draw.choice(forms),) if seed % 2 else (), seed)
            for pair in PAIRS
            for seed in range(16 if ALL else 3)
        ]
    )


def test_kinds_with_damages() -> None:
    draw = random.Random(22)
    _all_right(
        [
            ((draw.choice(NAMES),), (draw.choice(sorted(DAMAGES)),), seed)
            for seed in range(2000 if ALL else 60)
        ]
    )
