"""Waiting for a page at rest: on an app that draws slowly and a server that begins late, what is read is never the former page's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.drawn import go, idle, title, titled, window
from tests.conftest import end, free_port, wait_until_healthy

#: The title of a page comes first and then, slowly, the rest; a button asks for a second run right after the first.
APP = """
import time
import streamlit as st

def first():
    st.title("First page")
    time.sleep(0.5)
    pressed = st.session_state.setdefault("pressed", [0, 0])
    if pressed[0] > pressed[1]:
        pressed[1] = pressed[0]
        st.rerun()
    st.write("a line")
    st.title(f"Pressed {pressed[0]} times") if pressed[0] else None
    if st.button("Press"):
        pressed[0] += 1
        time.sleep(0.5)
        st.rerun()

def second():
    time.sleep(0.5)
    st.write("another line")
    st.title("Second page")
    time.sleep(0.5)

st.navigation([st.Page(first, title="First", default=True), st.Page(second, title="Second")]).run()
"""
#: A busy server: each run that is asked for begins late.
LATE = """
import sys, time
from streamlit.runtime.app_session import AppSession
begin = AppSession._handle_rerun_script_request
def late(self, *given, **named):
    time.sleep(1.0)
    begin(self, *given, **named)
AppSession._handle_rerun_script_request = late
from streamlit.web.cli import main
sys.argv = ["streamlit", "run", sys.argv[1], "--server.port", sys.argv[2], "--server.headless", "true", "--browser.gatherUsageStats", "false"]
main()
"""


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[str]:
    """The slow app on the late server."""
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-c", LATE, str(tmp_path / "app.py"), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    wait_until_healthy(f"http://127.0.0.1:{port}", process)
    yield f"http://127.0.0.1:{port}"
    end(process)


def test_nothing_is_read_of_the_page_before(browser: Browser, slow: str) -> None:
    page = window(browser)
    page.goto(slow)
    assert title(page) == "First page"
    link = page.get_by_test_id("stSidebarNav").get_by_role("link", name="Second")
    link.click()
    assert page.locator("h1").inner_text() == "First page"  # so this is what is read without waiting
    assert title(page) == "Second page"
    page.go_back()
    titled(page, "First page", whole=True)
    go(page, "Second")
    assert page.url.endswith("second") and title(page) == "Second page"
    go(page, "First")
    # two runs, one after the other: the first ends early, and what it drew is not what is left
    for _ in range(2):
        page.get_by_role("button", name="Press").click()
        idle(page)
    expect(page.locator("h1")).to_have_count(2)
    assert page.locator("h1").nth(1).inner_text() == "Pressed 2 times"
    with pytest.raises(AssertionError, match="no title 'Third'"):
        titled(page, "Third", seconds=1.0)
    page.get_by_role("button", name="Press").click()
    with pytest.raises(AssertionError, match=r"not at rest after 0\.2 s: a run that was asked for has not begun"):  # fmt: skip
        idle(page, seconds=0.2)
    page.context.close()
