"""The samples that the journeys look at are computed before the server starts, as `make demo` does."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

expect.set_options(timeout=30_000)  # other tests run beside


@pytest.fixture(scope="session", autouse=True)
def stored_samples() -> None:
    """Two samples kept for this very code."""
    from dashboard.store_samples import main

    assert main(["servers", "household"]) == 0
