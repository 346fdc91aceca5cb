"""No third outcome: a damaged file gives the clean file's totals, or names the rows it could not use."""

from __future__ import annotations

import os
import random
import zlib

import numpy as np
import pytest

from analytics.data import SalesHistory, read_sales
from analytics.errors import DataError
from tests.data.polluter import DAMAGES, FORMS, POLLUTIONS, Draft, clean_rows, totals

NAMES = sorted(POLLUTIONS)
SINGLES = 420
#: with the singles 2,500 and more by `make study`, else a sample of them
PAIRS = 2200 if os.environ.get("STOCK_OR_ORDER_FAULTS") == "all" else 1200
BATCHES = 12


def _totals_of(history: SalesHistory) -> dict[tuple[str, str], tuple[float, float]]:
    out: dict[tuple[str, str], list[float]] = {}
    months = history.date.astype("datetime64[M]").astype(str)
    for sku, month, quantity, revenue in zip(history.skus[history.sku], months, history.quantity, history.revenue, strict=True):
        cell = out.setdefault((str(sku), str(month)), [0.0, 0.0])
        cell[0] += float(quantity)
        cell[1] += float(revenue)
    return {key: (value[0], value[1]) for key, value in out.items()}


def _variant(names: tuple[str, ...], seed: int) -> str:
    """What is wrong with the reading of one variant ("" if nothing)."""
    draw = random.Random(zlib.crc32(repr((names, seed)).encode()))
    draft = Draft(clean_rows(seed % 5))
    for name in sorted(names, key=lambda n: n in DAMAGES):
        POLLUTIONS[name](draft, draw)
    data, where = draft.write()
    damaged = any(name in DAMAGES for name in names)
    try:
        history = read_sales(data, name="sales.csv")
    except DataError as error:
        return f"refused: {error}" if not damaged and not {"date serial", "date swapped"} & set(names) else ("" if all(p.remedy for p in error.problems) else f"no remedy: {error}")
    report = history.report
    if report.rows_used + report.rows_rejected != report.rows_read:
        return "rows do not add up"
    named = {int(row) for row in report.rejected["row"]}
    lost = [where[row] for row in named if row in where]
    if not damaged and lost:
        return f"rejected sound rows: {report.rejected[report.rejected.row.isin(list(where))].head(2).to_dict('records')}"
    kept = [row for line, row in where.items() if line not in named]
    expected, found = totals(kept), _totals_of(history)
    if set(expected) != set(found):
        return f"other products or months: {sorted(set(expected) ^ set(found))[:4]} mapping {dict(report.mapping)} dialect {dict(report.dialect)}"
    for key, (units, revenue) in expected.items():
        if not np.isclose(found[key][0], units) or not np.isclose(found[key][1], revenue, rtol=1e-9, atol=1e-6):
            return f"{key}: expected {units} units, {revenue} revenue; found {found[key]}; mapping {dict(report.mapping)}"
    return ""


def _variants() -> list[tuple[tuple[str, ...], int]]:
    draw = random.Random(20120127)
    singles = [((name,), seed) for seed in range(SINGLES // len(NAMES) + 1) for name in NAMES]
    pairs = []
    while len(pairs) < PAIRS:
        a, b = draw.sample(NAMES, 2)
        if not _contradict(a, b):
            pairs.append(((a, b), draw.randrange(1000)))
    return singles + pairs


def _contradict(a: str, b: str) -> bool:
    """Pairs that undo each other or cannot stand in one file."""
    both = {a, b}
    kinds = [name.split(" ")[0] for name in (a, b)]
    if kinds[0] == kinds[1] and kinds[0] in ("delimiter", "encoding", "newline", "header", "date"):
        return True
    comma_marks = {"decimal comma", "comma and dots", "comma and spaces", "comma and thin spaces", "euro behind", "apostrophes", "sep line"}
    delimiters = {n for n in both if n.startswith("delimiter") or n == "space delimited"}
    if (both & comma_marks) and delimiters:
        return True
    if len(both & comma_marks) == 2 or ("commas grouped" in both and both & {"indian", *comma_marks}) or ("indian" in both and both & comma_marks):
        return True
    if (both & {"single quotes", "backslash"} and both & {"apostrophes", "single quoted row"}) or both == {"single quotes", "backslash"}:
        return True
    if any(n.startswith(("encoding latin", "encoding cp1252")) for n in both) and both & {"euro behind", "comma and thin spaces", "unicode minus"}:
        return True
    if "row newline mixed" in both and any("newline" in n for n in both - {"row newline mixed"}):
        return True
    if "line break in cell" in both and any("newline" in n for n in both):
        return True
    return len(both & {"dollar", "euro behind", "currency code"}) == 2 or len(both & {"accounting", "trailing minus", "unicode minus"}) == 2 or both == {"gzip", "zip"}


def test_there_are_enough_variants() -> None:
    variants = _variants()
    assert len(variants) >= 1500
    assert len(FORMS) >= 60 and len(DAMAGES) >= 10


@pytest.mark.parametrize("batch", range(BATCHES))
def test_totals_survive_every_damage(batch: int) -> None:
    wrong = []
    for names, seed in _variants()[batch::BATCHES]:
        fault = _variant(names, seed)
        if fault:
            wrong.append(f"{names} seed {seed}: {fault}")
    assert not wrong, f"{len(wrong)} variants:\n" + "\n".join(wrong[:10])
