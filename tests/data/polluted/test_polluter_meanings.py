"""The polluter's files with units of measure, places and services: totals by product and month are the clean file's, or a question names the matter."""

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
SKU, QUANTITY, PRICE = COLUMNS.index("sku"), COLUMNS.index("quantity"), COLUMNS.index("price")
UNITS = {
    "en": "Unit of measure",
    "short": "uom",
    "caps": "UOM",
    "de": "Mengeneinheit",
    "fr": "Unité",
    "es": "Unidad de medida",
    "it": "Unità di misura",
    "nl": "Eenheid",
}
FACTORS = {
    "de": "Umrechnungsfaktor",
    "fr": "Facteur de conversion",
    "es": "Factor de conversión",
    "it": "Fattore di conversione",
    "nl": "Conversiefactor",
}
PLACES = {"de": "Lager", "fr": "Entrepôt", "es": "Almacén", "it": "Magazzino", "nl": "Magazijn"}


def _in(size: int, of: object) -> bool:
    return isinstance(of, int) and of % size == 0


def _packed(sku: str, size: int, small: str, large: str, factor: bool = False) -> Pollution:
    """A product whose round quantities are written in a larger unit, at the price of one of these; the others in pieces."""

    def large_here(row: list[object]) -> bool:
        return row[SKU] == sku and _in(size, row[QUANTITY])

    def written(row: list[object]) -> list[object]:
        out = list(row)
        if large_here(row):
            out[QUANTITY], out[PRICE] = (
                int(str(row[QUANTITY])) // size,
                round(float(str(row[PRICE])) * size, 2),
            )
        return out

    def change(draft: Draft, draw: random.Random) -> None:
        draft.written.append(written)
        draft.extra.append(
            (lambda language: UNITS[language], lambda row: large if large_here(row) else small)
        )
        if factor:
            draft.extra.append(
                (
                    lambda language: FACTORS.get(language, "Conversion factor"),
                    lambda row: str(size if large_here(row) else 1),
                )
            )

    return change


def _in_the_cell(draft: Draft, draw: random.Random) -> None:
    draft.spelled["quantity"] = lambda text: f"{text} pcs"


def _in_places(draft: Draft, draw: random.Random) -> None:
    draft.extra.append(
        (
            lambda language: PLACES.get(language, "Warehouse"),
            lambda row: ("North", "South", "Harbour")[zlib.crc32(str(row[1]).encode()) % 3],
        )
    )


def _with_freight(draft: Draft, draw: random.Random) -> None:
    draft.behind.append(lambda row: [row[0], row[1], "FRT", "Freight charge", 1, 9.5, 9.5, row[7], row[8]])


def _named_like_a_service(draft: Draft, draw: random.Random) -> None:
    draft.rows = [
        [*row[:3], "Freight trolley" if row[SKU] == "A-100" else row[3], *row[4:]] for row in draft.rows
    ]


KINDS = {
    "dozens": _packed("007", 12, "pcs", "dz"),
    "pairs": _packed("Z9", 2, "Stk", "Paar"),
    "factor": _packed("007", 5, "Nos", "Box", factor=True),
    "boxes": _packed("007", 40, "pcs", "box"),
    "unit in the cell": _in_the_cell,
    "places": _in_places,
    "freight": _with_freight,
    "name of a service": _named_like_a_service,
}
_UNITS = frozenset(("dozens", "pairs", "factor", "boxes", "unit in the cell"))
NAMES = sorted(KINDS)
PAIRS = [(a, b) for i, a in enumerate(NAMES) for b in NAMES[i + 1 :] if not {a, b} <= _UNITS]


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
            return (
                ""
                if {"boxes", "freight", "name of a service"} & set(kinds) or damaged
                else f"asked without need: {error}"
            )
        return refusal(error, others, damaged)
    if "boxes" in kinds and any(row[SKU] == "007" and _in(40, row[QUANTITY]) for row in draft.rows):
        small = [row for row in draft.rows if row[SKU] == "007" and not _in(40, row[QUANTITY])]
        if small and not damaged:
            return "boxes and pieces were not asked about"
    report = history.report
    if wrong := unsound(report, where, damaged):
        return wrong
    named = {int(row) for row in report.rejected["row"]}
    kept = [row for line, row in where.items() if line not in named]
    expected, found = totals(kept), totals_of(history)
    if "boxes" in kinds:
        expected, found = (
            {key: cell for key, cell in one.items() if key[0] != "007"} for one in (expected, found)
        )
    for kind, sku, size in (("dozens", "007", 12), ("pairs", "Z9", 2)):
        if kind in kinds and all(
            _in(size, row[QUANTITY]) for row in kept if row[SKU] == sku
        ):  # sold in the larger unit alone: it stays in it
            expected = {
                key: (units / size if key[0] == sku else units, money)
                for key, (units, money) in expected.items()
            }
    return difference(expected, found, report)


def _all_right(variants: list[tuple[tuple[str, ...], tuple[str, ...], int]]) -> None:
    wrong = [f"{one}: {found}" for one in variants if (found := _variant(*one))]
    assert not wrong, f"{len(wrong)} of {len(variants)}:\n" + "\n".join(wrong[:8])


@pytest.mark.parametrize("kind", NAMES)
def test_each_kind_alone_and_in_every_form(kind: str) -> None:
    forms = [one for one in enumerate(sorted(FORMS)) if ALL or one[0] % 3 == NAMES.index(kind) % 3]
    _all_right(
        [*(((kind,), (), seed) for seed in range(5)), *(((kind,), (form,), seed) for seed, form in forms)]
    )


def test_kinds_in_pairs() -> None:
    draw = random.Random(11)
    _all_right(
        [
            (pair, (draw.choice(sorted(FORMS)),) if seed % 2 else (), seed)
            for pair in PAIRS
            for seed in range(8 if ALL else 4)
        ]
    )


def test_kinds_with_damages() -> None:
    draw = random.Random(12)
    _all_right(
        [
            ((draw.choice(NAMES),), (draw.choice(sorted(DAMAGES)),), seed)
            for seed in range(2000 if ALL else 100)
        ]
    )
