"""axe finds nothing serious, in light and dark: on Products, Help and the presenter view, and with `make study` on every page.

What axe cannot decide is not asked: it sees contrast, names, roles and order, not whether a text helps.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Open
from tests.browser.drawn import idle
from tests.dashboard.pages import PAGES
from tests.faults.damage import ALL

LOOKED_AT = (
    "products",
    "help",
    "?present=1",
    *(("", "products?product=GP-13-G8", *(page for page in PAGES if page not in ("answer", "products", "help"))) if ALL else ()),
)  # fmt: skip


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing_serious(opened: Open, mode: str) -> None:
    page = opened(f"/{LOOKED_AT[0]}?data=servers", mode)
    origin = page.url.partition("/products")[0]
    found = []
    for path in LOOKED_AT:
        page.goto(f"{origin}/{path}{'&' if '?' in path else '?'}data=servers")
        page.wait_for_selector("h1")
        idle(page)
        violations = Axe().run(page).response["violations"]
        found += [
            (path, one["id"], node["html"][:200])
            for one in violations
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]
    assert found == []
