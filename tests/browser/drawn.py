"""A page that is drawn to its end, however busy the machine is, and what may be read from it then.

While a page is drawn anew its former fields and its former title stand beside the new ones, and between a click and the server's
first answer nothing on the page says that something is on its way. So what goes over its wire is listened to: a page is at rest
when every run that was asked for has begun, the last one has ended, and nothing is left of runs before it.
"""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

__all__ = ["PATIENCE", "bring", "choose", "go", "idle", "settled", "title", "titled", "window"]

#: Seconds that an action or a word on the page may take where nothing has to be computed.
PATIENCE = 120.0
#: Seconds that a page may take which reads a file or computes a plan, while others use the machine.
_COMPUTING = 600.0
#: What is asked for and answered, read from the fields of each message: a browser asks for a run (11) of the page or of a part of it (5),
#: by a clock every so often (6); the server says that a run begins (4), of a part or not (2: 6: 2), and how it ended (6; 2: early, for
#: another). What a part asks for after it is gone is never answered: what a clock asked for is not waited for, the rest half a minute.
_LISTEN = """(() => {
  const wire = window.__wire = {until: 0, running: false};
  const fields = bytes => {
    const found = {};
    let at = 0;
    const number = () => { let value = 0, scale = 1, byte; do { byte = bytes[at++]; value += (byte & 127) * scale; scale *= 128; } while (byte > 127); return value; };
    while (at < bytes.length) {
      const tag = number(), kind = tag % 8, field = Math.floor(tag / 8);
      if (kind === 0) found[field] = number();
      else if (kind === 2) { const long = number(); found[field] = bytes.subarray(at, at + long); at += long; }
      else if (kind === 1) at += 8;
      else if (kind === 5) at += 4;
      else break;
    }
    return found;
  };
  const heard = event => {
    if (!(event.data instanceof ArrayBuffer)) return;
    const told = fields(new Uint8Array(event.data));
    if (4 in told) {
      const run = told[2] && fields(told[2])[6], part = run && 2 in fields(run);
      if (!part || wire.until !== Infinity) wire.until = 0;
      wire.running = true;
    }
    if (6 in told) wire.running = told[6] === 2;
  };
  const send = WebSocket.prototype.send, listened = new WeakSet();
  WebSocket.prototype.send = function (data) {
    if (!listened.has(this)) { listened.add(this); this.addEventListener('message', heard); }
    const asked = data instanceof Uint8Array && fields(data)[11], of = asked ? fields(asked) : {};
    if (asked && !of[6]) wire.until = of[5]?.length ? performance.now() + 30000 : Infinity;
    return send.call(this, data);
  };
})()"""
#: Nothing moves while it waits: without a graphics card every picture of a turning or shimmering sign is painted by the processor. What
#: listens for the end of a movement hears it at once.
_STILL = """(() => {
  const still = new CSSStyleSheet();
  still.replaceSync(`*, *::before, *::after {
    animation-duration: 1ms !important; animation-iteration-count: 1 !important; animation-delay: 0s !important;
    transition-duration: 1ms !important; transition-delay: 0s !important; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
})()"""
#: Why a page is not at rest: no word where it is.
_BUSY = """() => {
  const app = document.querySelector('[data-testid="stApp"]'), wire = window.__wire;
  if (!app) return 'nothing is drawn yet';
  if (wire === undefined) return 'this window is not listened to: open it by window()';
  if (wire.until > performance.now()) return 'a run that was asked for has not begun';
  if (wire.running) return 'a run has not ended';
  if (app.dataset.testScriptState !== 'notRunning') return 'the page says it is ' + app.dataset.testScriptState;
  if (document.querySelector('[data-stale="true"]')) return 'parts of an earlier run stand there';
  for (const left of ['stProgress', 'stSkeleton', 'stSpinner'])
    if (document.querySelector(`[data-testid="${left}"]`)) return `there is a ${left}`;
  return '';
}"""
#: At rest when asked a number of times in a row, a tenth of a second apart: what is typed or moved is sent a fifth of a second later.
_REST = f"""turns => {{
  const rest = window.__rest ??= {{turns: 0}};
  rest.turns = ({_BUSY})() ? 0 : rest.turns + 1;
  return rest.turns >= turns;
}}"""


def window(browser: Browser, **how: Any) -> Page:
    """An empty page in a window of its own that is listened to and stands still."""
    context = browser.new_context(reduced_motion="reduce", **how)
    context.add_init_script(_LISTEN)
    context.add_init_script(_STILL)
    page = context.new_page()
    page.set_default_timeout(1000.0 * PATIENCE)
    return page


def idle(page: Page, seconds: float = _COMPUTING) -> None:
    """Waits until what stands on the page is what the last run drew; fails saying what it still waits for."""
    try:
        page.evaluate("() => { window.__rest = undefined; }")
        page.wait_for_function(_REST, arg=5, polling=100, timeout=1000.0 * seconds)
    except TimeoutError:
        raise AssertionError(f"not at rest after {seconds:g} s: {page.evaluate(_BUSY)}") from None


def settled(page: Page) -> None:
    """Waits until the page is there, which has no title while its first figures are worked out, and nothing is recomputed beside it either."""
    idle(page)
    expect(page.locator("h1")).not_to_have_count(0, timeout=1000.0 * _COMPUTING)
    expect(page.get_by_text("Recomputing", exact=True)).to_have_count(0, timeout=1000.0 * _COMPUTING)
    idle(page)


def title(page: Page) -> str:
    """The title of the page at rest, of which there is one."""
    idle(page)
    expect(page.locator("h1")).to_have_count(1)
    return page.locator("h1").inner_text()


def titled(
    page: Page, words: str | re.Pattern[str], *, whole: bool = False, seconds: float = _COMPUTING
) -> None:
    """Waits for the page whose title holds the words (or is them, as a `whole`), drawn to its end.

    A run may draw the title early, and the former title stands beside it until the run ends: so both are waited for, in turn.
    """
    sought = re.compile(rf"^\s*{re.escape(words)}\s*$") if whole and isinstance(words, str) else words
    found = page.locator("h1").filter(has_text=sought)
    try:
        expect(found.first).to_be_visible(timeout=1000.0 * seconds)
    except AssertionError:
        shown = page.locator("h1").all_inner_texts()
        raise AssertionError(f"no title {words!r} within {seconds:g} s: {shown}, {page.evaluate(_BUSY) or 'at rest'}") from None  # fmt: skip
    idle(page)
    told = title(page)
    assert re.search(sought if isinstance(sought, re.Pattern) else re.escape(sought), told), (words, told)


def go(page: Page, name: str) -> None:
    """To another page by the navigation: the link is marked by the server's answer, however late a busy one begins; then its script comes to its end.

    A click that meets a rerun the page itself asks for at the same moment may be taken over by it: then once more, as a person would.
    """
    link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True)
    for _ in range(3):
        idle(page)
        if link.get_attribute("aria-current") == "page":
            return
        link.click()
    idle(page)
    expect(link).to_have_attribute("aria-current", "page")


def choose(page: Page, box: Locator, words: str, *, typed: bool = True) -> None:
    """Chooses the first entry that holds the words from the list of a box, `typed` into it or only opened.

    A list closes when what stands around it is drawn late and moves it: then it is opened again, as a person would.
    """
    entry = page.get_by_role("option").filter(has_text=words).first
    for left in reversed(range(5)):
        if typed:
            box.fill(words)
        else:
            box.click()
        try:
            entry.click(timeout=15_000)
            break
        except TimeoutError:
            if not left:
                raise
            page.keyboard.press("Escape")
            idle(page)
    idle(page)


def bring(page: Page, place: int, name: str, content: bytes) -> None:
    """Drops a file on the page and waits until it has arrived and was looked at.

    The server tells the browser where to put a file by a message that is lost where a run of the script starts at that very
    moment, and so may be the word that it has arrived: then the page is opened again, as a person would.
    """
    for _ in range(3):
        idle(page)
        try:
            with page.expect_response(
                lambda answer: "/_stcore/upload_file/" in answer.url and answer.request.method == "PUT",
                timeout=30_000,
            ) as arrived:
                page.locator('input[type="file"]').nth(place).set_input_files(
                    {"name": name, "mimeType": "text/csv", "buffer": content}
                )
            assert arrived.value.ok
            expect(page.get_by_test_id("stFileChipName").filter(has_text=name)).to_be_visible(timeout=60_000)
            if not title(page).startswith("Bring your sales history"):
                return
        except TimeoutError:
            pass
        page.reload()
    raise AssertionError(f"{name} never arrived")
