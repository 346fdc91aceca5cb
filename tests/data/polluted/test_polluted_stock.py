"""No third outcome for lists of stock either: a damaged file gives the clean file's units and money, or names the rows it could not use."""

from __future__ import annotations

import datetime as dt
import os
import random
import zlib
from itertools import combinations

import numpy as np
import pytest

from analytics.data.history import IntakeReport
from analytics.data.items.items_file import read_item_list
from analytics.errors import DataError
from analytics.items import Items
from tests.data.polluted.polluter import DAMAGES, POLLUTIONS, Draft, clean_rows
from tests.data.polluted.test_polluter import contradict
from tests.data.polluted.variants import refusal

NAMES = sorted(POLLUTIONS)
#: all pairs by `make study`, else a sample of them
PAIRS = 900 if os.environ.get("STOCK_OR_ORDER_FAULTS") == "all" else 120
DAY = dt.date(2012, 4, 30)
#: the columns of the polluter's sales under the names of a list of stock: the day, a lot, units, cost, value and a place
HEADERS = {
    "en": ("As Of", "Lot No", "SKU", "Description", "On Hand", "Unit Cost", "Stock Value", "Supplier", "Location"),
    "short": ("as_of", "lot", "sku", "description", "on_hand", "unit_cost", "stock_value", "supplier", "location"),
    "caps": ("ASOF", "LOT", "PRODUCTID", "PRODUCTDESCRIPTION", "ONHAND", "UNITCOST", "STOCKVALUE", "SUPPLIER", "LOCATION"),
    "de": ("Stichtag", "Charge", "Artikelnummer", "Bezeichnung", "Bestand", "Stückkosten", "Bestandswert", "Lieferant", "Lagerort"),
    "fr": ("Date du stock", "Numéro de lot", "Référence", "Désignation", "Stock actuel", "Coût unitaire", "Valeur du stock", "Fournisseur", "Entrepôt"),
    "es": ("Fecha de stock", "Número de lote", "Código artículo", "Descripción", "Existencias", "Coste unitario", "Valor del inventario", "Proveedor", "Almacén"),
    "it": ("Data stock", "Numero lotto", "Codice articolo", "Descrizione", "Giacenza", "Costo unitario", "Valore", "Fornitore", "Magazzino"),
    "nl": ("Peildatum", "Partij", "Artikelcode", "Omschrijving", "Voorraad", "Kostprijs", "Waarde", "Leverancier", "Magazijn"),
}  # fmt: skip

Totals = dict[str, tuple[float, float, float]]
NONE = (0.0, 0.0, 0.0)


def stock_rows(seed: int) -> list[list[object]]:
    """The polluter's rows as lots on hand on one day: some booked below zero, each with its cost and value."""
    return [[DAY, f"L{k}", *row[2:7], "S1", "North"] for k, row in enumerate(clean_rows(seed))]


def totals(rows: list[list[object]]) -> Totals:
    """Units above and below zero and money of those above, by product."""
    out: Totals = {}
    for row in rows:
        units, cost = float(row[4]), float(row[5])  # type: ignore[arg-type]
        above, below, money = out.get(str(row[2]), (0.0, 0.0, 0.0))
        own = max(units, 0.0)
        out[str(row[2])] = (above + own, below + min(units, 0.0), money + own * cost)
    return out


def found_in(items: Items) -> Totals:
    """The same of what was read."""
    held, below, cost = (
        np.asarray(items[name], float) for name in ("on_hand", "stock_below_zero", "unit_cost")
    )
    units = np.nan_to_num(held)
    money = np.nan_to_num(units * cost)
    return {
        str(sku): (float(units[i]), float(np.nan_to_num(below[i])), float(money[i]))
        for i, sku in enumerate(items.skus)
    }


def same(one: Totals, other: Totals) -> bool:
    """Whether both say the same of every product that holds anything."""
    full = [{k: v for k, v in part.items() if any(v)} for part in (one, other)]
    return set(full[0]) == set(full[1]) and all(
        np.allclose(full[0][sku], full[1][sku], rtol=1e-9, atol=1e-6) for sku in full[0]
    )


def variant(names: tuple[str, ...], seed: int) -> str:
    """What is wrong with the reading of one variant ("" if nothing)."""
    draw = random.Random(zlib.crc32(repr((names, seed)).encode()))
    draft = Draft(stock_rows(seed % 5), headers=HEADERS)
    for name in sorted(names, key=lambda n: n in DAMAGES):
        POLLUTIONS[name](draft, draw)
    data, where = draft.write()
    damaged = any(name in DAMAGES for name in names)
    try:
        found = read_item_list(data, name="stock.csv", stock_list=True)
    except DataError as error:
        return refusal(error, names, damaged)
    return outcome(found.items, found.report, draft, where, damaged)


def outcome(
    items: Items, report: IntakeReport, draft: Draft, where: dict[int, list[object]], damaged: bool
) -> str:
    """What is wrong: rows that do not add up, sound rows rejected, other units or money than those of the rows that are left."""
    if report.rows_used + report.rows_rejected != report.rows_read:
        return "rows do not add up"
    named = {int(row) for row in report.rejected["row"]}
    twice = {line for line, row in where.items() if sum(other is row for other in where.values()) > 1}
    if not damaged and (named & set(where)) - twice:
        return f"rejected sound rows: {report.rejected.head(2).to_dict('records')}"
    kept = {line: row for line, row in where.items() if line not in named}
    broken = [draft.rows[number] for number in draft.line_damage]
    read = found_in(items)
    lost = [list(some) for n in range(len(broken) + 1) for some in combinations(broken, n)]
    for some in (
        lost if damaged and report.problems else [[]]
    ):  # what a damaged row holds is unknown, and said
        if same(read, totals([row for row in kept.values() if not any(row is one for one in some)])):
            return ""
    expected = totals(list(kept.values()))
    other = {k for k in {*expected, *read} if not same({k: expected.get(k, NONE)}, {k: read.get(k, NONE)})}
    said = [(k, expected.get(k), read.get(k)) for k in sorted(other)[:2]]
    return f"{said} mapping {dict(report.mapping)} {[p.code for p in report.problems]}"


def variants() -> list[tuple[tuple[str, ...], int]]:
    draw = random.Random(20120430)
    pairs: list[tuple[tuple[str, ...], int]] = []
    while len(pairs) < PAIRS:
        a, b = draw.sample(NAMES, 2)
        if not contradict(a, b):
            pairs.append(((a, b), draw.randrange(1000)))
    return [((name,), k % 5) for k, name in enumerate(NAMES)] + pairs


@pytest.mark.parametrize("batch", range(4))
def test_units_and_money_survive_every_damage(batch: int) -> None:
    wrong = []
    for names, seed in variants()[batch::4]:
        if fault := variant(names, seed):
            wrong.append(f"{names} seed {seed}: {fault}")
    assert not wrong, f"{len(wrong)} variants:\n" + "\n".join(wrong[:10])
