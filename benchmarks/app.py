"""What the app costs while one looks around: `python -m benchmarks.app [--products 100 1000] [--moves 15] [--upload]`.

A made-up company is opened in a headless Chromium. For every move (a page changed, a product opened, a lever of money, a lever that
changes what is simulated): seconds until the browser has drawn it, and processor seconds of the server, which noise does not touch;
the median of the moves. With `--upload` the same files are first dropped on the page Data beside a sample, read and used, and another
page is looked at while they are worked out. First figures: when a page says something of the new setting; settled: when nothing is recomputed any more.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from benchmarks.analyze_scale import write_company

PAGES = (
    "Data",
    "Compare",
    "Products",
    "Demand",
    "Limits",
    "Stock and risk",
    "Assumptions",
    "Report",
    "Answer",
)
#: label on the page, and what it is called in the table
LEVERS = {
    "Cost of capital": "lever of money",
    "Queue and buffer": "lever of what is made to order",
    "Of 10 customers told two weeks": "lever of all that is simulated",
}
_IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def processor_seconds(process: int) -> float:
    """What a process and those it started have computed so far, as Linux counts it."""
    ticks = os.sysconf("SC_CLK_TCK")
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    total = sum(map(int, fields[11:15])) / ticks
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return total + sum(processor_seconds(int(child)) for child in children)


def drawn(page: Page) -> None:
    """Waits until the script behind the page has run to its end and no bar of progress is left."""
    page.wait_for_timeout(100)
    page.wait_for_selector(_IDLE, timeout=3_600_000)
    page.wait_for_selector('[data-testid="stProgress"]', state="detached", timeout=3_600_000)


def settled(page: Page) -> None:
    """Waits until nothing is recomputed any more."""
    drawn(page)
    expect(page.get_by_text("Recomputing", exact=True)).to_have_count(0, timeout=3_600_000)
    drawn(page)


class Table:
    """Moves by name: seconds to the first figures, seconds to the last, processor seconds."""

    def __init__(self, server: int) -> None:
        """`server` is the number of its process."""
        self.server = server
        self.moves: dict[str, list[tuple[float, float, float]]] = {}

    def move(self, name: str, page: Page, act: Callable[[], object], shows: Locator | None = None) -> None:
        """Do it, and note what it took; a moment more shows what goes on behind. First figures: when it `shows`, or the page is drawn."""
        begin, spent = time.perf_counter(), processor_seconds(self.server)
        act()
        drawn(page) if shows is None else shows.wait_for()
        first = time.perf_counter() - begin
        settled(page)
        last = time.perf_counter() - begin
        page.wait_for_timeout(700)
        taken = (first, last, processor_seconds(self.server) - spent)
        self.moves.setdefault(name, []).append(taken)
        print(name, *(f"{seconds:.2f}" for seconds in taken), file=sys.stderr, flush=True)

    def meanwhile(self, name: str, page: Page, act: Callable[[], object]) -> None:
        """Do it while something is worked out behind, and note when the page is drawn; what goes on behind is not waited for, nor counted."""
        begin = time.perf_counter()
        act()
        page.locator("h1").filter(has_text="Every figure on the screen").wait_for()
        taken = time.perf_counter() - begin
        self.moves.setdefault(name, []).append((taken, taken, float("nan")))

    def lines(self, products: int) -> list[str]:
        """The rows of the table."""
        return [
            f"| {products:,} | {name} | {len(found)} | "
            + " | ".join(f"{statistics.median(values):.2f}" for values in zip(*found, strict=True))
            + " |"
            for name, found in self.moves.items()
        ]


def look_around(page: Page, address: str, table: Table, moves: int) -> None:
    """All moves of one company."""
    table.move("first answer, from nothing", page, lambda: page.goto(address, timeout=3_600_000))
    link = page.get_by_test_id("stSidebarNav")
    for turn in range(moves):
        name = PAGES[turn % len(PAGES)]
        table.move(
            f"to {name}", page, lambda name=name: link.get_by_role("link", name=name, exact=True).click()
        )
    for label, name in LEVERS.items():
        link.get_by_role("link", name="Compare", exact=True).click()
        settled(page)
        slider = page.get_by_test_id("stSlider").filter(has_text=label).locator("input[type=range]")
        for _ in range(max(1, moves // 5)):
            slider.focus()
            table.move(name, page, lambda: page.keyboard.press("ArrowRight"))
    link.get_by_role("link", name="Products", exact=True).click()
    settled(page)
    for turn in range(max(1, moves // 5)):
        table_of_all = page.locator('[class*="st-key-products-"] [data-testid="stDataFrame"]').last
        canvas = table_of_all.locator("canvas").first
        canvas.scroll_into_view_if_needed()
        page.wait_for_timeout(1_000)  # a chart above that is drawn late moves the table
        box = canvas.bounding_box()
        assert box is not None
        back = page.get_by_role("button", name="All products")
        table.move(
            "open a product",
            page,
            lambda b=box, t=turn: page.mouse.click(b["x"] + 18, b["y"] + 52 + 35 * t),
            page.get_by_text("Why", exact=True),
        )
        back.click()
        settled(page)


def bring(page: Page, address: str, table: Table, files: tuple[Path, Path]) -> None:
    """The files are dropped, read and used, and a page is changed meanwhile."""
    page.goto(f"{address}data?data=servers", timeout=3_600_000)
    settled(page)

    def drop() -> None:
        for place, path in enumerate(files):
            page.locator('input[type="file"]').nth(place).set_input_files(path)
            page.get_by_test_id("stFileChipName").filter(has_text=path.name).wait_for()

    use = page.get_by_role("button", name="Use this file")
    table.move("files dropped, read and shown", page, drop, use)
    begin, spent = time.perf_counter(), processor_seconds(table.server)
    use.click()
    page.get_by_test_id("stProgress").first.wait_for()
    link = page.get_by_test_id("stSidebarNav").get_by_role("link", name="Help", exact=True)
    table.meanwhile("to another page while they are worked out", page, link.click)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Answer", exact=True).click()
    page.get_by_test_id("stMetric").first.wait_for()
    first = time.perf_counter() - begin
    settled(page)
    taken = (first, time.perf_counter() - begin, processor_seconds(table.server) - spent)
    table.moves["files used to the answer"] = [taken]


def measured(products: int, moves: int, upload: bool = False) -> list[str]:
    """The rows of a company of so many products."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        sales, items, _ = write_company(products, Path(folder))
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        kept = {"STOCK_OR_ORDER_DATABASE": str(Path(folder) / "kept.sqlite3")}
        command = [sys.executable, "-m", "analytics.cli", "app", str(sales), "--items", str(items)]
        server = subprocess.Popen(
            [*command, "--port", str(port), "--no-browser"],
            env={**os.environ, **kept}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            assert server.stdout is not None
            next(line for line in server.stdout if "is open at" in line)
            table = Table(server.pid)
            with sync_playwright() as play:
                own = (
                    shutil.which("chromium")
                    or shutil.which("chromium-browser")
                    or shutil.which("google-chrome")
                )
                browser = play.chromium.launch(executable_path=own, args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1440, "height": 1180})
                page.set_default_timeout(600_000)
                if upload:
                    bring(page, f"http://127.0.0.1:{port}/", table, (sales, items))
                look_around(page, f"http://127.0.0.1:{port}/", table, moves)
                browser.close()
            return table.lines(products)
        finally:
            server.terminate()
            server.wait(30)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--products", type=int, nargs="+", default=[100, 1000])
    options.add_argument("--moves", type=int, default=15)
    options.add_argument("--upload", action="store_true")
    told = options.parse_args()
    print(
        "| products | move | times | first figures, s | settled, s | processor seconds |\n|---|---|---|---|---|---|"
    )
    for products in told.products:
        print("\n".join(measured(products, told.moves, told.upload)), flush=True)


if __name__ == "__main__":
    main()
