"""Speed and memory of the intake: order lines of a CSV into units per product and week, beside DuckDB's own typed reading.

    python -m benchmarks.intake [--lines 2000000] [--folder FOLDER] [--times 3] [--excel]

Each reading runs in a process of its own, so that the peak memory is its own, and begins once its libraries are loaded;
seconds of computing are given too, since others may use the machine. The file is generated once, seeded.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def generate(path: Path, lines: int, seed: int = 5) -> None:
    """A CSV of order lines: date, sku, quantity, price, customer; about 37 bytes a line."""
    draw = np.random.default_rng(seed)
    days = np.datetime64("2010-01-04", "D") + np.sort(draw.integers(0, 1460, lines))
    skus = np.array([f"SKU-{i:05d}" for i in range(5000)], dtype=object)
    prices = np.round(draw.gamma(2.0, 40.0, 5000) + 1.0, 2)
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write("order_date,sku,quantity,unit_price,customer\n")
        for first in range(0, lines, 500_000):
            part = slice(first, min(first + 500_000, lines))
            count = part.stop - part.start
            which = np.minimum(draw.zipf(1.3, count) - 1, 4999)
            quantity = draw.integers(1, 13, count)
            customer = draw.integers(0, 20_000, count)
            text = zip(
                days[part].astype(str),
                skus[which],
                quantity.tolist(),
                prices[which].tolist(),
                customer.tolist(),
                strict=True,
            )
            stream.writelines(f"{d},{s},{q},{p:.2f},C{c:05d}\n" for d, s, q, p, c in text)


_OURS = """
import sys, time, json, resource
import numpy as np
from analytics.data import read_sales
from analytics.data.files.columnar import prepare
prepare()
start, cpu = time.perf_counter(), time.process_time()
history = read_sales(sys.argv[1])
week = (history.date.view(np.int64)[[0, -1]] - 4) // 7
weeks = int(week[1] - week[0]) + 1
panel = np.zeros(len(history.skus) * weeks)
for first in range(0, len(history.date), 1_000_000):
    part = slice(first, first + 1_000_000)
    place = (history.date[part].view(np.int64) - 4) // 7 - week[0] + history.sku[part] * np.int64(weeks)
    panel += np.bincount(place, weights=history.quantity[part], minlength=len(panel))
found = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu, "units": float(panel.sum())}
print(json.dumps({**found, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""

_DUCKDB = """
import sys, time, json, resource
import duckdb
duckdb.sql("select 1 as one").df()
start, cpu = time.perf_counter(), time.process_time()
columns = "{'order_date': 'DATE', 'sku': 'VARCHAR', 'quantity': 'DOUBLE', 'unit_price': 'DOUBLE', 'customer': 'VARCHAR'}"
source = f"read_csv('{sys.argv[1]}', header=true, columns={columns})"
frame = duckdb.sql(f"select sku, date_trunc('week', order_date) as week, sum(quantity) as units, sum(quantity * unit_price) as revenue from {source} group by all").df()
found = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu, "units": float(frame.units.sum())}
print(json.dumps({**found, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def measured(code: str, path: Path) -> dict[str, float]:
    """Seconds, peak memory and control total of one reading in a process of its own."""
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, cwd=root, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def excel_seconds(folder: Path, rows: int = 100_000) -> float:
    """Seconds to read an Excel file of so many rows."""
    import openpyxl

    from analytics.data import read_sales

    path = folder / "lines.xlsx"
    if not path.exists():
        draw = np.random.default_rng(7)
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("sales")
        sheet.append(["order_date", "sku", "quantity", "unit_price", "customer"])
        first = np.datetime64("2010-01-04", "D")
        for k in range(rows):
            sheet.append(
                [
                    (first + k // 80).astype(object),
                    f"SKU-{draw.integers(500):05d}",
                    int(draw.integers(1, 13)),
                    float(round(draw.random() * 90, 2)),
                    f"C{draw.integers(900):05d}",
                ]
            )
        book.save(path)
    start = time.perf_counter()
    history = read_sales(path)
    if history.report.rows_read != rows:
        raise SystemExit("the Excel file was not read in full")
    return time.perf_counter() - start


def main() -> None:
    """Generate, measure, print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "intake-benchmark")
    parser.add_argument("--times", type=int, default=3, help="runs of each, in turn")
    parser.add_argument("--excel", action="store_true", help="also read an Excel file of 100,000 rows")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    path = chosen.folder / f"lines_{chosen.lines}.csv"
    if not path.exists():
        generate(path, chosen.lines)
    size = path.stat().st_size / 1e6
    print(f"{chosen.lines:,} lines, {size:,.0f} MB")
    runs = [(measured(_DUCKDB, path), measured(_OURS, path)) for _ in range(chosen.times)]
    duck, ours = (
        {
            key: sorted(run[k][key] for run in runs)[chosen.times // 2]
            for key in ("seconds", "cpu", "megabytes", "units")
        }
        for k in (0, 1)
    )
    if abs(duck["units"] - ours["units"]) > 1e-6 * duck["units"]:
        raise SystemExit(f"totals differ: {duck['units']} and {ours['units']}")
    print(f"{'':28}{'seconds':>10}{'CPU':>10}{'peak MB':>10}")
    for name, one in (("DuckDB, typed, aggregated", duck), ("read_sales, weekly panel", ours)):
        print(f"{name:28}{one['seconds']:>10.2f}{one['cpu']:>10.2f}{one['megabytes']:>10.0f}")
    print(
        f"ratio {ours['seconds'] / duck['seconds']:.2f} on the clock, {ours['cpu'] / duck['cpu']:.2f} in seconds of computing; medians of {chosen.times} runs in turn"
    )
    if chosen.excel:
        print(f"Excel, 100,000 rows: {excel_seconds(chosen.folder):.2f} s")


if __name__ == "__main__":
    main()
