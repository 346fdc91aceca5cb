"""The server's time of the page Stock and risk: `python -m benchmarks.stock_page [--products 1000]`.

A made-up company with stock of every product is opened in the app, and every setting of the page is changed in turn and back, several times:
processor seconds from the change to the last element of the page, median and largest, the browser's own time left out. Seconds of the clock say
how busy the machine was.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from streamlit import config
from streamlit.testing.v1 import AppTest

from benchmarks.analyze_scale import write_company

APP = Path(__file__).resolve().parents[1] / "dashboard" / "app.py"


def with_stock(items: Path) -> None:
    """Give every product of a list of items a stock on hand, a few of them far too much."""
    table = pd.read_csv(items, dtype={"sku": str})
    rng = np.random.default_rng(7)
    table["on_hand"] = np.round(rng.lognormal(4.0, 1.5, len(table)))
    table.to_csv(items, index=False)


def settled(at: AppTest) -> AppTest:
    """The page once everything under way is computed."""
    while True:
        work = at.session_state["_work"] if "_work" in at.session_state else None
        if work is not None:
            work.wait(3600.0)
        at.run(timeout=3600)
        if work is None or work.done:
            return at


def main() -> None:
    """Open the company and change every setting."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--products", type=int, default=1000)
    options.add_argument(
        "--times", type=int, default=3, help="how often each setting is changed and changed back"
    )
    told = options.parse_args()
    products, times = told.products, told.times
    with tempfile.TemporaryDirectory() as folder:
        sales, items, _ = write_company(products, Path(folder))
        with_stock(items)
        os.environ |= {"STOCK_OR_ORDER_SALES": str(sales), "STOCK_OR_ORDER_ITEMS": str(items)}
        os.environ["STOCK_OR_ORDER_DATABASE"] = str(Path(folder) / "kept.sqlite3")
        config.set_option("runner.magicEnabled", False)  # as the app's own settings have it
        at = AppTest.from_file(str(APP), default_timeout=3600)
        begin = time.perf_counter()
        settled(at.run())
        print(f"{products:,} products decided in {time.perf_counter() - begin:.1f} s")
        begin = time.perf_counter()
        at.switch_page("views/risk.py").run(timeout=3600)
        assert not at.exception, at.exception
        print(f"page opened, every plan played year by year {time.perf_counter() - begin:6.2f} s")

        at.text_input(key="who-books").set_value("Benchmark").run(
            timeout=3600
        )  # else what is set waits for a name

        def named(kind: str, name: str) -> object:
            return next(one for one in getattr(at, kind) if str(one.key).startswith(f"books-{name}"))

        changes = (
            ("nothing", None, "", None),
            ("standard", "radio", "standard", "usgaap"),
            ("ledger", "number_input", "ledger", 1.0e6),
            ("months without a sale", "number_input", "dead", 9.0),
            ("months of excess", "number_input", "excess", 9.0),
            ("buckets of age", "text_input", "buckets", "30, 90, 365"),
            ("months of new products", "number_input", "new", 3.0),
            ("cost to sell", "number_input", "selling", 0.05),
            ("cost of switching", "number_input", "one-off", 5.0e4),
        )
        for words, kind, name, value in changes:
            was = None if kind is None else named(kind, name).value  # type: ignore[attr-defined]
            spent, passed = [], []
            for turn in range(2 * times + 1):  # back and forth, the new value last
                if kind is not None and not (turn % 2 and was is None):
                    named(kind, name).set_value(was if turn % 2 else value)  # type: ignore[attr-defined]
                begin, used = time.perf_counter(), time.process_time()
                at.run(timeout=3600)
                spent.append(time.process_time() - used)
                passed.append(time.perf_counter() - begin)
                assert not at.exception, at.exception
            print(
                f"{words:<24} {np.median(spent):6.2f} s of processor, at most {max(spent):5.2f} (clock {np.median(passed):5.2f})"
            )
        assert at.session_state["choices"]["own"].policy.one_off == 5.0e4


if __name__ == "__main__":
    main()
