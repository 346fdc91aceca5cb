"""Pictures of the pages: `python docs/pictures.py` takes those of the README again, `--all FOLDER` every page to be looked at.

Needs Chromium and the test tools. `--all` takes every page, a product and the presenter view at the widths of a desk, a small
window and a phone, light and dark, on samples and on files (`--file SALES [ITEMS]`): a picture each, as long as its page.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTHS = (1440, 1024, 390)
MODES = ("light", "dark")
#: Longer pages are cut here: a picture that is not looked at to its end helps nobody.
LONGEST = 9000
#: How high a page is that scrolls within the window.
HEIGHT = "document.querySelector('[data-testid=\"stMain\"]').scrollHeight"


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """The app, as `stock-or-order ARGUMENTS` opens it: its address."""
    from tests.conftest import end, free_port, wait_until_healthy

    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "analytics.cli", *arguments, "--port", str(port), "--no-browser"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_until_healthy(address, server)
        yield address
    finally:
        end(server)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's own browser."""
    from playwright.sync_api import sync_playwright

    from tests.conftest import CHROMIUM

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def drawn(page: Page, milliseconds: int = 3000) -> None:
    """Wait until a page is drawn to its end, charts included."""
    page.wait_for_selector("h1", timeout=600_000)
    page.wait_for_selector('[data-test-script-state="notRunning"]', timeout=600_000)
    page.wait_for_selector('[data-testid="stProgress"]', state="detached", timeout=600_000)
    page.wait_for_timeout(milliseconds)
    page.wait_for_selector('[data-test-script-state="notRunning"]', timeout=600_000)


def open_first_product(page: Page) -> None:
    """From Products to the page of the first one in its list."""
    page.get_by_role("combobox", name="Open a product").click()
    page.get_by_role("option").first.click()
    page.get_by_role("button", name="All products").wait_for(timeout=600_000)
    page.get_by_text("is being worked out").wait_for(state="detached", timeout=600_000)


def every_page(page: Page, address: str, data: str, folder: Path, wanted: list[str]) -> None:
    """A picture of every page of a data set ("": what the program was started with), named after the data, the page, the width and the mode."""
    from tests.dashboard.pages import PAGES

    ask = f"data={data}" if data else ""
    width = page.viewport_size["width"] if page.viewport_size else 0
    mode = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    for name in (*PAGES, "product", "present"):
        if wanted and name not in wanted:
            continue
        path = {"answer": "", "product": "products", "present": "compare"}.get(name, name)
        page.set_viewport_size({"width": width, "height": 1000})
        page.goto(f"{address}/{path}?{ask}{'&present=1' if name == 'present' else ''}", timeout=600_000)
        drawn(page)
        if name == "replay" and (button := page.get_by_role("button", name="Replay the past")).count():
            button.click()
            page.get_by_text("The same in figures").wait_for(timeout=900_000)
            drawn(page)
        if name == "product":
            open_first_product(page)
            drawn(page)
        for _ in range(2):  # what is drawn only when it is seen makes the page longer
            page.set_viewport_size({"width": width, "height": min(LONGEST, max(1000, page.evaluate(HEIGHT)))})
            drawn(page, 1200)
        page.screenshot(path=str(folder / f"{data or 'file'}-{name}-{width}-{mode}.png"))
        print(data or "file", name, width, mode, flush=True)


def looked_at(told: argparse.Namespace) -> None:
    """Pictures of every page, to be looked at."""
    told.all.mkdir(parents=True, exist_ok=True)
    sets: list[tuple[tuple[str, ...], list[str]]] = [(("demo",), told.data)] if told.data else []
    if told.file:
        items = ("--items", told.file[1]) if len(told.file) > 1 else ()
        sets.append((("app", told.file[0], *items), [""]))
    with chromium() as browser:
        for arguments, names in sets:
            with served(*arguments) as address:
                for name in names:
                    for width in told.width:
                        for mode in told.mode:
                            context = browser.new_context(
                                viewport={"width": width, "height": 1000}, color_scheme=mode
                            )
                            page = context.new_page()
                            page.goto(f"{address}/?data={name}" if name else address, timeout=600_000)
                            drawn(page)  # now the server knows how wide the window is
                            every_page(page, address, name, told.all, told.page)
                            context.close()


def of_readme() -> None:
    """Answer, Compare and a product, light and dark, beside this file."""
    from dashboard.store_samples import main as store

    store(["bicycles"])
    with served("demo") as address, chromium() as browser:
        for mode in MODES:
            page = browser.new_page(viewport={"width": 1440, "height": 1300}, color_scheme=mode)
            for name, path, height in (
                ("answer", "/?data=bicycles", 1420),
                ("compare", "/compare?data=bicycles", 1240),
                ("product", "/products?data=bicycles", 1380),
            ):
                page.set_viewport_size({"width": 1440, "height": height})
                page.goto(address + path)
                drawn(page)
                if name == "product":
                    box = (
                        page.get_by_test_id("stDataFrame")
                        .filter(visible=True)
                        .first.locator("canvas")
                        .first.bounding_box()
                    )
                    assert box is not None
                    page.mouse.click(box["x"] + 18, box["y"] + 52 + 35 * 4)
                    page.wait_for_selector("text=All products", timeout=60_000)
                    page.wait_for_selector("text=Your own choice", timeout=60_000)
                    page.mouse.move(5, 5)
                    page.wait_for_timeout(3000)
                page.screenshot(path=str(Path(__file__).with_name(f"{name}_{mode}.png")))
            page.close()


def main() -> None:
    """Take the pictures that are asked for."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--all", type=Path, metavar="FOLDER")
    options.add_argument("--data", nargs="*", default=["servers", "bicycles"])
    options.add_argument("--file", nargs="+", default=[], metavar="PATH")
    options.add_argument("--page", nargs="+", default=[])
    options.add_argument("--width", nargs="+", type=int, default=list(WIDTHS))
    options.add_argument("--mode", nargs="+", choices=MODES, default=list(MODES))
    told = options.parse_args()
    if told.all:
        looked_at(told)
    else:
        of_readme()


if __name__ == "__main__":
    main()
