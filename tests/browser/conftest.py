"""The samples that the journeys look at are computed before the server starts, as `make demo` does; windows of the app."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.drawn import idle, window

expect.set_options(timeout=60_000)  # other tests run beside

#: a page opened by its own address asks below that address first, is told 404, and asks again at the root
_EXPECTED = re.compile(r"Failed to load resource.*404")
Open = Callable[..., Page]


@pytest.fixture(scope="session", autouse=True)
def stored_samples() -> None:
    """Two samples kept for this very code."""
    from dashboard.store_samples import main

    assert main(["servers", "household"]) == 0


@pytest.fixture
def opened(browser: Browser, app_address: str) -> Iterator[Open]:
    """Opens a page; at the end nothing may have come from another host, and the console must be clean."""
    hosts: set[str] = set()
    faults: list[str] = []
    pages: list[Page] = []

    def open_page(path: str = "/", mode: str = "light") -> Page:
        page = window(
            browser, viewport={"width": 1440, "height": 1180}, color_scheme=mode, accept_downloads=True
        )
        pages.append(page)
        page.on("request", lambda request: hosts.add(urlparse(request.url).netloc))
        page.on(
            "console",
            lambda message: (
                faults.append(message.text)
                if message.type == "error" and not _EXPECTED.search(message.text)
                else None
            ),
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(app_address + path)
        page.wait_for_selector("h1")
        idle(page)
        return page

    yield open_page
    for page in pages:
        page.context.close()
    assert hosts - {""} == {urlparse(app_address).netloc}
    assert faults == []
