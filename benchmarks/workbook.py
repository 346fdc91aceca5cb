"""Time and memory of the workbook of a study: `python -m benchmarks.workbook [--products 5000]`.

The study of a made-up company with stock is decided first, which is not counted. Measured are processor seconds of what the workbook is made from (the
register, the figures) and of its bytes, and by how much the process's largest resident set grows meanwhile (Linux).
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from analytics.cli.arguments import argument_parser
from analytics.cli.decided import decided
from analytics.study_export.workbook import study_workbook
from analytics.study_export.writers import Taken
from analytics.study_stock.parts import stock_parts
from benchmarks.analyze_scale import write_company
from benchmarks.stock_page import with_stock

#: What the program promises at 5,000 products.
SECONDS, MEGABYTES = 15.0, 300.0


def _peak_anew() -> None:
    """Count the largest resident set from here on."""
    mark = Path("/proc/self/clear_refs")
    if mark.exists():
        mark.write_text("5")


def _peak() -> float:
    """The largest resident set since then, MB."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [one for one in status.read_text().splitlines() if one.startswith("VmHWM")]
        return int(line.split()[1]) / 1024.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def main() -> None:
    """Decide, write the workbook, print what it took."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.workbook", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--products", type=int, default=5000, help="number of products (default: 5000)")
    products = parser.parse_args().products
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sales, items, _ = write_company(products, folder)
        with_stock(items)
        command = [
            "export",
            str(sales),
            "--items",
            str(items),
            "--to",
            "xlsx",
            "--out",
            str(folder / "out.xlsx"),
        ]
        one = decided(argument_parser().parse_args(command), lambda _: folder)
    parts = stock_parts(one.study, one.policy)
    _peak_anew()
    before, begin = _peak(), time.process_time()
    register = Taken(one.study, one.policy, one.made_from, parts).table("register")
    listed = time.process_time()
    content = study_workbook(one.study, parts, register)
    end, peak = time.process_time(), _peak()
    print(
        "| products | register, processor s | workbook, processor s | target, s | MB more | target, MB | file, MB |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|")
    print(
        f"| {products:,} | {listed - begin:.1f} | {end - listed:.1f} | {SECONDS:g} | {peak - before:,.0f} | {MEGABYTES:g} | {len(content) / 1e6:.1f} |"
    )


if __name__ == "__main__":
    main()
