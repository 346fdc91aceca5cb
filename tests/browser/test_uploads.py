"""A file that is dropped arrives, whatever the server does at that very moment: each way in which it was lost is made to happen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.drawn import idle, titled, window
from tests.conftest import ROOT, end, free_port, wait_until_healthy
from tests.dashboard.conftest import sales_csv

#: A run of the page begins right after the server said where to send a file, and clears what was not sent yet.
TOLD_NOTHING = """
from streamlit.runtime.app_session import AppSession
tell = AppSession._handle_file_urls_request
def told_and_cleared(self, request):
    tell(self, request)
    self._clear_queue()
AppSession._handle_file_urls_request = told_and_cleared
"""
#: What the browser says of the first file that arrived is lost: a run that ends then spoke of the time before.
SAID_NOTHING = """
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.state.session_state import SessionState
say, said = SessionState.set_widgets_from_proto, []
def forgot_the_first(self, states):
    held = [one for one in states.widgets if one.file_uploader_state_value.uploaded_file_info]
    if held and not said:
        said.append(True)
        states = WidgetStates(widgets=[one for one in states.widgets if one not in held])
    say(self, states)
SessionState.set_widgets_from_proto = forgot_the_first
"""
SERVE = "\nimport sys\nfrom dashboard.serve import main\nmain(['--no-browser', '--port', sys.argv[1]])\n"


@pytest.fixture(params=[TOLD_NOTHING, SAID_NOTHING], ids=["told-nothing", "said-nothing"])
def losing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A server that loses what the browser waits for, or what it says."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", request.param + SERVE, str(port)],
        cwd=ROOT,
        env={**os.environ, "STOCK_OR_ORDER_DATABASE": str(tmp_path / "kept.sqlite3")},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_until_healthy(f"http://127.0.0.1:{port}", process)
    yield f"http://127.0.0.1:{port}"
    end(process)


def test_a_file_arrives_though_its_word_was_lost(browser: Browser, losing: str) -> None:
    page = window(browser)
    page.goto(f"{losing}/data?data=servers")
    page.wait_for_selector("h1")
    idle(page)
    page.locator('input[type="file"]').first.set_input_files(
        {"name": "sales.csv", "mimeType": "text/csv", "buffer": sales_csv()}
    )
    expect(page.get_by_test_id("stFileChipName")).to_be_visible(timeout=120_000)
    titled(page, "All 280 rows are usable", whole=True)
    page.context.close()
