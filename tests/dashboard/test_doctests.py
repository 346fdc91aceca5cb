"""The examples in the docstrings of the screen's pure modules (page scripts run only inside the app)."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "name",
    [
        "text.words",
        "state.choice",
        "text.demand_words",
        "serve",
        "kept.lineage",
        "charts.service",
        "charts.quotes",
    ],
)
def test_examples_hold(name: str) -> None:
    result = doctest.testmod(
        importlib.import_module(f"dashboard.{name}"),
        optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS,
    )
    assert result.attempted > 0 and result.failed == 0
