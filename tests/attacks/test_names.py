"""Forty hostile names on every page and in every file: no request, no script, no markup, no live formula; hidden names stay hidden in every download."""

from __future__ import annotations

import csv
import http.server
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, expect

from analytics.cli import main
from dashboard.parts.downloads import file_names, title_of_file
from tests.attacks.hostile import hostile_names, items_file, sales_file
from tests.browser.drawn import PATIENCE, choose, go, idle, window
from tests.conftest import Serve
from tests.faults.damage import ALL

PAGES = (
    "Answer",
    "Data",
    "Compare",
    "Products",
    "Demand",
    "Limits",
    "Stock and risk",
    "Past",
    "Assumptions",
    "Report",
)
_LIVE = ("=", "+", "-", "@", "\t", "\r", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Listener(http.server.ThreadingHTTPServer):
    """Hears who is called."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        super().__init__(("127.0.0.1", 0), self._handler())

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        heard = self.heard

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                heard.append(self.path)
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    server = Listener()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture(scope="module")
def files(listener: Listener, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("hostile")
    names = hostile_names(listener.address)
    assert len(names) == len(set(names)) == 40
    sales, items = folder / "sales.csv", folder / "items.csv"
    sales.write_bytes(sales_file(names))
    items.write_bytes(items_file(names))
    return sales, items


def live_cells(content: bytes, separator: str = ",") -> list[str]:
    """Cells that a spreadsheet would run, whichever of the usual separators it parts a line at."""

    def number(cell: str) -> bool:
        return cell[:1] in "+-" and cell[1:2].isdigit() and all(c in "0123456789.,-+eE" for c in cell)

    found = []
    text = content.decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text), delimiter=separator):
        found += [cell for cell in row if cell.lstrip(" \u00a0").startswith(_LIVE) and not number(cell)]
    for other in {";", "\t", ","} - {separator}:  # the same file in a spreadsheet that parts lines elsewhere
        for line in csv.reader(io.StringIO(text), delimiter=other):
            found += [cell for cell in line[1:] if cell.startswith(("=", "@", "+", "-")) and not number(cell)]
    return found


def test_no_file_holds_a_live_formula(files: tuple[Path, Path], tmp_path: Path) -> None:
    sales, items = files
    assert main(["analyze", str(sales), "--items", str(items), "--out", str(tmp_path / "answer")]) == 0
    assert main(["check", str(sales), "--items", str(items), "--out", str(tmp_path / "read")]) == 0
    assert main(["forecast", str(sales), "--horizon", "4", "--out", str(tmp_path / "forecast.csv")]) == 0
    written = [
        *(tmp_path / "answer").glob("*.csv"),
        *(tmp_path / "read").glob("*.csv"),
        tmp_path / "forecast.csv",
    ]
    assert len(written) >= 7
    assert {path.name: live for path in written if (live := live_cells(path.read_bytes()))} == {}


def _download(page: Page, button: Locator, folder: Path) -> Path:
    """The file behind a button; a click that meets a page drawn anew meanwhile leads nowhere, or half the way, and is made again."""
    for _ in range(3):
        expect(button).to_be_enabled(timeout=1000.0 * PATIENCE)
        with suppress(Error):
            with page.expect_download() as arriving:
                button.click(timeout=30_000)
            path = folder / arriving.value.suggested_filename
            arriving.value.save_as(path)
            return path
        idle(page)
    raise AssertionError(f"no download came of {button.inner_text()!r}")


def _take(page: Page, folder: Path, before: set[str]) -> dict[str, bytes]:
    """Every file that the page on the screen offers, but for files of the study that were taken on a page before and are the same there."""
    taken = {}
    buttons = page.get_by_test_id("stDownloadButton").get_by_role("button")
    of_study = {title_of_file(name) for name in file_names()}
    for label in dict.fromkeys(text.splitlines()[-1] for text in buttons.all_inner_texts()):
        if label in before & of_study:
            continue
        before.add(label)
        path = _download(page, buttons.filter(has_text=label).first, folder)
        taken[path.name] = path.read_bytes()
    return taken


def _tables(files: dict[str, bytes]) -> dict[str, bytes]:
    """The CSV files among some files, archives opened."""
    out = {name: content for name, content in files.items() if name.endswith(".csv")}
    for name, content in files.items():
        if name.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                out |= {f"{name}/{inner}": archive.read(inner) for inner in archive.namelist()}
    return out


@pytest.mark.browser
def test_names_are_text_on_every_page_and_in_every_download(
    browser: Browser, serve: Serve, files: tuple[Path, Path], listener: Listener, tmp_path: Path
) -> None:
    sales, items = files
    address = serve("app", str(sales), "--items", str(items))
    page = window(browser, viewport={"width": 1440, "height": 1200}, accept_downloads=True)
    told: list[str] = []
    page.on(
        "console", lambda message: told.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("dialog", lambda dialog: told.append("dialog"))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    page.wait_for_selector("h1")
    idle(page)
    offered: dict[str, bytes] = {}
    labels: set[str] = set()
    for name in PAGES:
        go(page, name)
        assert page.get_by_test_id("stException").count() == 0, name
        marks = page.get_by_test_id("stMain").locator(
            f'a[href*="{listener.address}"], img[src*="{listener.address}"], script, iframe, svg[onload], link'
        )
        assert marks.evaluate_all("all => all.map(one => one.outerHTML)") == [], name
        offered |= _take(page, tmp_path, labels)
    go(page, "Products")
    for start in ("![x]", "=1+1", "<script>"):
        choose(
            page, page.get_by_test_id("stSelectbox").filter(has_text="Open a product").locator("input"), start
        )
        page.get_by_role("button", name="All products").wait_for()
        idle(page)
        assert page.get_by_test_id("stException").count() == 0
        assert (
            page.get_by_test_id("stMain")
            .locator(f'[href*="{listener.address}"], [src*="{listener.address}"], script')
            .count()
            == 0
        )
        page.get_by_role("button", name="All products").click()
        idle(page)
    assert listener.heard == []
    assert [text for text in told if "Content Security Policy" in text or "dialog" in text] == []
    assert [url for url in requests if not url.startswith((address, "data:", "blob:"))] == []
    tables = _tables(offered)
    assert {"recommendation.csv", "strategies.csv", "assumptions.csv"} <= set(tables)
    assert {name: live for name, content in tables.items() if (live := live_cells(content))} == {}

    go(page, "Report")
    hide, hidden_now = (
        page.get_by_role("switch", name="Hide all names").or_(
            page.get_by_role("checkbox", name="Hide all names")
        ),
        page.get_by_text("Names hidden", exact=True),
    )
    for _ in range(3):  # a click that meets a page drawn anew meanwhile leads nowhere
        if not hide.is_checked():
            page.get_by_text("Hide all names").click()
        idle(page)
        if hidden_now.count():
            break
    assert hidden_now.is_visible()
    hidden: dict[str, bytes] = {}
    labels = set()
    for name in PAGES if ALL else ("Answer", "Products", "Report"):
        go(page, name)
        shown = page.content()
        assert "onerror" not in shown and "HYPERLINK" not in shown and listener.address not in shown, name
        hidden |= _take(page, tmp_path, labels)
    names = [name for name in hostile_names(listener.address) if len(name) > 6]
    for name, content in hidden.items():
        text = (
            json.dumps(json.loads(content))
            if name.endswith("json")
            else content.decode("utf-8", "replace")
            if not name.endswith("zip")
            else ""
        )
        assert [one for one in names if one in text] == [], name
    for name, content in _tables(hidden).items():
        assert [one for one in names if one in content.decode("utf-8-sig")] == [], name
    assert listener.heard == []
    page.context.close()
