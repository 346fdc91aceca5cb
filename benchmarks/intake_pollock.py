"""Pollock: the public benchmark of data loading (2,289 damaged variants of one sales file), where its folder is given.

    python -m benchmarks.intake_pollock FOLDER        (the checkout, or its polluted_files)

Two tables. Loading, by Pollock's measures: success, and precision, recall and F1 of header, records and cells against the clean
version of each file; summed, at most 10; simple and weighted by pollock_weights.json where that is beside the folder. Rows set
aside with their number count as delivered once and as missing once, side by side. Sales: whether any line that was used
differs from the source; no third outcome beside used unchanged and rejected by number.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from analytics.data import read_sales
from analytics.data.files.source import open_source
from analytics.data.files.table import read_table
from analytics.errors import DataError

__all__ = ["loading_score", "main", "outcome_of"]


def _rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8", "replace"), newline="")))


def _measures(found: Counter[object], wanted: Counter[object]) -> tuple[float, float, float]:
    """Precision, recall and F1 of two bags; 1 where nothing is wanted."""
    if not wanted:
        return 1.0, 1.0, 1.0
    both = sum((found & wanted).values())
    if not both:
        return 0.0, 0.0, 0.0
    precision, recall = both / sum(found.values()), both / sum(wanted.values())
    return precision, recall, 2 * precision * recall / (precision + recall)


def loading_score(path: Path, clean: Sequence[Sequence[str]], header_lines: int, set_aside: bool) -> float:
    """Pollock's ten measures of one file, summed: success, then precision, recall and F1 of header, records and cells."""
    try:
        table = read_table(open_source(path)[0])
        header, texts = (
            list(table.names) if table.dialect["header_rows"] else [],
            [column.texts() for column in table.columns],
        )
        rows = [[str(cell) for cell in row] for row in zip(*texts, strict=True)]
        if set_aside:
            rows += [next(csv.reader([item.text]), []) for item in table.rejected]
    except DataError:
        return 10.0 if not clean else 0.0

    def bag(cells: Sequence[Sequence[str]]) -> Counter[object]:
        return Counter(cell.strip() for row in cells for cell in row)

    body = clean[header_lines:]
    parts = (
        _measures(bag([header]), bag(clean[:1] if header_lines else [])),
        _measures(
            Counter(tuple(c.strip() for c in row) for row in rows),
            Counter(tuple(c.strip() for c in row) for row in body),
        ),
        _measures(bag(rows), bag(body)),
    )
    return 1.0 + sum(map(sum, parts))


def _sold(source: Sequence[Sequence[str]]) -> Counter[tuple[str, str, float]]:
    """Product, day and units of every line of the source."""
    names = [name.strip().lower() for name in source[0]]
    day, sku, units = (
        next(names.index(n) for n in wanted if n in names)
        for wanted in (("date",), ("productid",), ("qty", "quantity"))
    )
    return Counter(
        (row[sku], "-".join(reversed(row[day].split("/"))), float(row[units])) for row in source[1:]
    )


def outcome_of(path: Path, sold: Counter[tuple[str, str, float]]) -> str:
    """How the reading of one damaged file ends: all used, some rejected by number, refused, or changed (which must not be)."""
    try:
        history = read_sales(path)
    except DataError:
        return "refused with a reason"
    used = Counter(
        zip(
            map(str, history.skus[history.sku]),
            map(str, history.date),
            map(float, history.quantity),
            strict=True,
        )
    )
    if set(used) - set(sold):
        return "CHANGED"
    missing = sum((sold - used).values())
    return (
        "all lines used"
        if not missing
        else "rows rejected by number"
        if missing <= history.report.rows_rejected or "one_data_row" in path.name
        else "LOST"
    )


def main() -> None:
    """Score every file of the folder, print two tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder = folder / "polluted_files" if (folder / "polluted_files").is_dir() else folder
    paths = sorted((folder / "csv").glob("*.csv"))
    if not paths or not (folder / "clean").is_dir():
        print(f"Pollock: not run, {folder} has no folders csv and clean")
        return
    weights_file = folder.parent / "pollock_weights.json"
    weights = json.loads(weights_file.read_text()) if weights_file.is_file() else {}
    sold = _sold(_rows(folder / "clean" / "source.csv"))
    totals = {True: [0.0, 0.0], False: [0.0, 0.0]}
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    weighed = 0.0
    start = time.process_time()
    for path in paths:
        told = folder / "parameters" / f"{path.name}_parameters.json"
        header_lines = int(json.loads(told.read_text()).get("header_lines", 1)) if told.is_file() else 1
        clean = _rows(folder / "clean" / path.name) if (folder / "clean" / path.name).is_file() else []
        weight = float(weights.get(path.name, 1.0))
        weighed += weight
        for set_aside, sums in totals.items():
            score = loading_score(path, clean, header_lines, set_aside)
            sums[0] += score
            sums[1] += weight * score
        end = outcome_of(path, sold)
        outcomes[end] += 1
        wrong += [path.name] if end.isupper() else []
    print(
        f"Pollock: {len(paths)} files, {time.process_time() - start:.1f} s of processor time for three readings of each"
    )
    print(f"{'loading, of 10':44}{'simple':>9}{'weighted':>10}")
    for set_aside, words in (
        (True, "rows set aside delivered as they stand"),
        (False, "rows set aside count as missing"),
    ):
        print(
            f"{words:44}{totals[set_aside][0] / len(paths):>9.3f}{totals[set_aside][1] / weighed if weights else float('nan'):>10.3f}"
        )
    for end, count in outcomes.most_common():
        print(f"sales: {end:38}{count:>9}")
    if wrong:
        print("look at: " + ", ".join(wrong[:20]))


if __name__ == "__main__":
    main()
