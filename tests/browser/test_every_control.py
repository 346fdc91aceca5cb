"""Every control of every page pressed as a person would: nothing breaks, nothing is asked elsewhere, and pages go on saying one thing.

With STOCK_OR_ORDER_FAULTS=all (`make study`) every page; else the page whose controls move the most.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Error, Locator, Page

from tests.browser.drawn import idle, settled, title
from tests.dashboard.pages import PAGES
from tests.faults.damage import ALL

Open = Callable[..., Page]

#: What can be pressed, by how the library marks it.
KINDS = ("stCheckbox", "stSlider", "stNumberInput", "stSelectbox", "stButtonGroup", "stRadio", "stTextInput", "stButton", "stTab")  # fmt: skip
#: Of each control on the page its kind and what it is called, with its number among those of that name.
_FOUND = """kinds => {
  const seen = {}, found = [];
  for (const kind of kinds) for (const one of document.querySelectorAll(`[data-testid="${kind}"]`)) {
    const box = one.getBoundingClientRect();
    if (!box.width || one.closest('[aria-hidden="true"], [data-testid="stFileUploader"]')) continue;
    const named = one.querySelector('[data-testid="stWidgetLabel"], label') || one;
    const name = (named.innerText || one.getAttribute('aria-label') || '').split('\\n')[0].trim();
    const key = kind + name; seen[key] = (seen[key] ?? -1) + 1;
    found.push([kind, name, seen[key]]);
  }
  return found;
}"""
#: Milliseconds within which a control that stands on the page can be pressed.
_ENABLED = 20_000
#: Not pressed here: what takes the data away, and what a page says is a file (these are taken by other tests).
_NOT_HERE = re.compile(r"^(Forget|Delete)\b")


def _unfolded(page: Page) -> None:
    for _ in range(60):
        folded = page.locator('[data-testid="stMain"] details:not([open]) > summary')
        if not folded.count():
            return
        folded.first.click()
        idle(page)


def _where(url: str) -> tuple[str, list[str]]:
    """The page and the data of an address."""
    parts = urlparse(url)
    return parts.path, parse_qs(parts.query).get("data", [])


def _of(page: Page, kind: str, name: str, nth: int) -> Locator:
    found = page.get_by_test_id(kind)
    return (found.filter(has_text=name) if name else found).nth(nth)


def _press(page: Page, kind: str, one: Locator) -> None:
    """Do what a person does with such a control."""
    one.scroll_into_view_if_needed()
    if kind == "stSlider":
        one.get_by_role("slider").first.focus()
        page.keyboard.press("ArrowRight")
    elif kind == "stNumberInput":
        one.locator("input").press("ArrowUp")
        page.keyboard.press("Enter")
    elif kind == "stTextInput":
        one.locator("input").fill("x 1,5 <b>")
        page.keyboard.press("Enter")
    elif kind == "stSelectbox":
        one.locator("input").first.click(timeout=_ENABLED)
        page.get_by_role("option").last.click(timeout=_ENABLED)
    elif kind in ("stButtonGroup", "stRadio"):
        one.locator("button, [role=radiogroup] label").last.click(timeout=_ENABLED)
    elif kind == "stCheckbox":
        one.locator("label").click(timeout=_ENABLED)
    else:
        (one.locator("button").first if kind == "stButton" else one).click(timeout=_ENABLED)


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES if ALL else ("limits",))
def test_every_control_is_pressed_and_nothing_breaks(opened: Open, name: str) -> None:
    path = f"/{'' if name == 'answer' else name}?data=servers"
    page = opened(path)
    address = page.url
    settled(page)
    _unfolded(page)
    left = [tuple(one) for one in page.evaluate(_FOUND, list(KINDS))]
    pressed: list[tuple[str, str, int]] = []
    gone: list[tuple[str, str, int]] = []
    assert len(left) > 3
    for kind, called, nth in left:
        if _NOT_HERE.search(called):
            continue
        one = _of(page, kind, called, nth)
        if not one.count() or not one.is_visible() or not one.is_enabled():
            # what stood here was moved by a press before: the page as it was opened has it
            page.goto(address)
            page.wait_for_selector("h1")
            settled(page)
            _unfolded(page)
        try:
            _press(page, kind, one)
            pressed.append((kind, called, nth))
        except Error:
            gone.append((kind, called, nth))
        idle(page)
        assert not page.get_by_test_id("stException").count(), (kind, called, nth)
        assert "Traceback" not in page.locator("body").inner_text(), (kind, called, nth)
        if _where(page.url) != _where(address):
            page.goto(address)
            page.wait_for_selector("h1")
            settled(page)
            _unfolded(page)
    assert not gone, gone
    assert len(pressed) > 3
    # whatever was pressed, pages say one thing: in the same session, by its own navigation
    for other in ("Answer", "Report"):
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=other, exact=True).click()
        settled(page)
        said = title(page)
        if other == "Answer":
            first = said
    assert said == first
