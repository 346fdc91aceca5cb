"""Results share one budget of memory: what nobody asked for longest goes, and nobody's file is computed twice while there is room."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import analytics.study
from dashboard.results import compute
from dashboard.results.result_cache import Budget, Shelf, Work
from dashboard.results.weight import weight
from dashboard.state.choice import Choice, base_assumptions, file_source
from tests.dashboard.conftest import wait_for

MB = 1_000_000


def _block(megabytes: float) -> Any:
    return np.zeros(int(megabytes * MB / 8))


def test_the_result_not_asked_for_longest_goes_first_of_all_shelves() -> None:
    budget = Budget(10 * MB)
    studies, facts = Shelf(9, budget=budget), Shelf(9, budget=budget)
    studies.put(("june", "s"), _block(4))
    facts.put(("july", "f"), _block(4))
    assert studies.find(("june", "s")) is not None
    facts.put(("may", "f"), _block(3))
    assert facts.find(("july", "f")) is None
    assert studies.find(("june", "s")) is not None and facts.find(("may", "f")) is not None
    assert budget.count() == (2, 2) and 7 * MB <= budget.used <= 7.01 * MB


def test_data_of_which_a_computation_is_on_stay() -> None:
    budget = Budget(10 * MB)
    shelf = Shelf(9, budget=budget)
    with budget.run("june raw"):
        shelf.put(("june raw", "s"), _block(6))
        shelf.put(("july", "s"), _block(3))
        shelf.put(("may", "s"), _block(6))
        assert shelf.find(("june raw", "s")) is not None and shelf.find(("july", "s")) is None
    assert budget.used > budget.most  # known, and no more than what is on
    shelf.put(("april", "s"), _block(1))
    assert shelf.find(("may", "s")) is None and budget.used <= budget.most


def test_what_two_results_share_is_counted_once_and_all_of_it_goes() -> None:
    budget, shared = Budget(100 * MB), _block(5)
    shelf = Shelf(9, budget=budget)
    shelf.put(("june", "1"), [shared, _block(1)])
    shelf.put(("june", "2"), {"view": shared[10:20], "own": _block(2)})
    assert 8 * MB <= budget.used <= 8.01 * MB
    shelf.drop(("june", "1"))
    assert 7 * MB <= budget.used <= 7.01 * MB
    shelf.put(("june", "2"), _block(1))
    assert MB <= budget.used <= 1.01 * MB
    shelf.forget("june")
    assert budget.count() == (0, 0) and budget.used == 0


def test_each_window_has_room_for_its_own_settings_of_one_file() -> None:
    shelf = Shelf(2, budget=Budget(MB), windows=lambda: 3)
    for k in range(7):
        shelf.put(("june", str(k)), k)
    assert [shelf.find(("june", str(k))) for k in range(7)] == [None, 1, 2, 3, 4, 5, 6]


def test_a_table_weighs_what_pandas_says() -> None:
    frame = pd.DataFrame({"units": np.arange(100_000.0), "sku": [f"product {k:06d}" for k in range(100_000)]})
    told = int(frame.memory_usage(deep=True).sum())
    assert sum(weight(frame).values()) == pytest.approx(told, rel=0.1)


def _sales(k: int) -> bytes:
    lines = ["date,sku,quantity,unit_price,unit_cost"]
    for month in range(24):
        for sku in range(3):
            day = f"{2023 + month // 12}-{month % 12 + 1:02d}-{5 + sku:02d}"
            lines.append(f"{day},{'ABC'[sku]},{3 + (7 * month + 5 * sku + k) % 9},{20 + k},{9 + k}")
    return "\n".join(lines).encode()


def test_four_people_on_four_files_do_not_compute_each_others_studies_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each opens a file, then each of them comes back to it, twice: four studies in all."""
    fitted: list[str] = []
    run = analytics.study.run_study

    def counted(*given: Any, **named: Any) -> Any:
        fitted.append("study")
        return run(*given, **named)

    monkeypatch.setattr(analytics.study, "run_study", counted)
    choices = [Choice(file_source(((f"{k}.csv", _sales(k)),)), base_assumptions("")) for k in range(4)]
    try:
        first = [compute.study(choice, sure=False) for choice in choices]
        again = [compute.study(choice, sure=False) for _ in range(2) for choice in choices]
        assert all(one is other for one, other in zip(again, 2 * first, strict=True))
        assert len(fitted) == 4
    finally:
        for choice in choices:
            compute._release(choice.source.digest)


def test_a_work_keeps_its_data(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = Budget(MB)
    monkeypatch.setattr("dashboard.results.result_cache.BUDGET", budget)
    shelf = Shelf(9, budget=budget)
    found: list[Any] = []

    def make(work: Work, progress: Any) -> None:
        shelf.put(("june", "1"), _block(0.9))
        shelf.put(("july", "1"), _block(0.9))
        found.append(shelf.find(("june", "1")))

    work = wait_for(Work(("june", "x"), make))
    assert work.wait(60.0) and work.error is None and found[0] is not None
