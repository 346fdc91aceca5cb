"""Samples as the app keeps them, small files as people upload them, and the app itself in a test harness."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test

from dashboard.kept import notes
from dashboard.parts.frame import Drawn
from dashboard.results import store
from dashboard.results.facts import Facts
from dashboard.results.result_cache import Work

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
Start = Callable[..., AppTest]


@pytest.fixture(scope="session")
def facts_of_sample() -> Callable[[str], Facts]:
    """Facts of a sample by name; computed and kept first where they are not kept for this very code."""

    def facts(name: str) -> Facts:
        found = store.kept(name, "facts")
        if found is None:
            from dashboard.results.compute import sample_study
            from dashboard.results.study_facts import facts_of

            study = sample_study(name)
            found = facts_of(study)
            store.keep(name, "study", study)
            store.keep(name, "facts", found)
        assert isinstance(found, Facts)
        return found

    return facts


@pytest.fixture(autouse=True)
def own_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test keeps lies in its own folder."""
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(tmp_path / "kept" / "kept.sqlite3"))
    monkeypatch.setenv("STOCK_OR_ORDER_SCENARIOS", str(tmp_path / "scenarios"))


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test made the program tell is not told to this one: it would stand on its page."""
    monkeypatch.setattr(notes, "_SAID", [])


#: What kinds of charts were held against the schema: all that a chart says but its rows.
_HELD: set[str] = set()


def _held_chart(drawn: Drawn) -> dict[str, Any]:
    """The description of a chart, whose kind is held against the schema where it was not yet: that takes longer than drawing the page."""
    said: dict[str, Any] = drawn.chart.to_dict(validate=False)
    rows = {name: some[:1] for name, some in said.get("datasets", {}).items()}
    kind = re.sub("data-[0-9a-f]+", "data", json.dumps({**said, "datasets": rows}, default=str))
    if kind not in _HELD:
        drawn.chart.to_dict(validate=True)
        _HELD.add(kind)
    return said


@pytest.fixture(autouse=True)
def charts_as_the_schema_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every chart that a page draws is held against the schema of charts."""
    monkeypatch.setattr(Drawn, "to_dict", _held_chart)


@pytest.fixture(scope="session", autouse=True)
def harness_looks_once() -> Iterator[None]:
    """The harness looks through all installed packages for each app, and compiles all its pages for each run: once for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        scan, compiled = cache(manifest_scanner.scan_component_manifests), ScriptCache()
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        patch.setattr(app_test, "ScriptCache", lambda: compiled)
        yield


@pytest.fixture
def side_by_side() -> None:
    """For tests of pages that are drawn while something is worked out: that begins at once, as in the app."""


@pytest.fixture(autouse=True)
def worked_out_when_waited_for(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """What a page works out beside it begins when the test waits for it (`settled`), and is given up when the test ends.

    Else most of the time went into what no test looks at, and what a page shows hung on how far that was.
    """
    begun: WeakSet[Work] = WeakSet()  # a test holds that what it forgot is gone: nothing is held here
    begin, run, give_up = Work.__init__, Work._run, Work.give_up
    at_once = "side_by_side" in request.fixturenames

    def begin_here(work: Work, *given: Any, **more: Any) -> None:
        begun.add(work)
        work.__dict__["asked_for"] = threading.Event()
        if at_once:
            wait_for(work)
        begin(work, *given, **more)

    def run_when_asked(work: Work) -> None:
        work.__dict__["asked_for"].wait()
        if work._wanted:
            run(work)
        else:
            work._done.set()

    def give_up_here(work: Work) -> None:
        give_up(work)
        wait_for(work)

    monkeypatch.setattr(Work, "__init__", begin_here)
    monkeypatch.setattr(Work, "_run", run_when_asked)
    monkeypatch.setattr(Work, "give_up", give_up_here)
    yield
    for work in list(begun):
        give_up_here(work)


def wait_for(work: Work) -> Work:
    """The work, begun where it was not yet."""
    work.__dict__["asked_for"].set()
    return work


def settled(at: AppTest, seconds: float = 900.0) -> AppTest:
    """The page once everything under way is computed, what is worked out beside it as well."""
    end = time.monotonic() + seconds

    def under_way() -> list[Any]:
        state = at.session_state
        alone = [state["_work"]] if "_work" in state else []
        return alone + (list(state["_beside"].values()) if "_beside" in state else [])

    while time.monotonic() < end:
        if all(wait_for(work).wait(seconds) for work in under_way()):
            at.run()
            if all(work.done for work in under_way()):
                return at
    raise AssertionError("still computing")


@pytest.fixture
def start(facts_of_sample: Callable[[str], Facts]) -> Start:
    """The app on a sample and a page, run once."""

    def run(data: str = "servers", page: str = "") -> AppTest:
        facts_of_sample(data)
        at = AppTest.from_file(str(APP), default_timeout=180)
        at.query_params["data"] = data
        at.run()
        if page:
            at.switch_page(f"views/{page}.py").run()
        assert not at.exception
        return at

    return run


def sales_csv(
    skus: tuple[str, ...] = ("A-1", "B-2", "C-3", "D-4"),
    weeks: int = 70,
    price: bool = True,
    order: str = "ymd",
) -> bytes:
    """A plain sales file: a line a week and product, the quantity following a short pattern."""
    import datetime

    head = "date,sku,quantity" + (",unit_price" if price else "")
    lines = [head]
    for week in range(weeks):
        day = datetime.date(2024, 1, 1) + datetime.timedelta(weeks=week)
        text = day.isoformat() if order == "ymd" else day.strftime("%d/%m/%Y")
        for k, sku in enumerate(skus):
            name = f'"{sku}"' if any(c in sku for c in ',"') else sku
            lines.append(
                f"{text},{name},{1 + (week * (k + 2)) % (4 + k)}" + (f",{20 * (k + 1)}.50" if price else "")
            )
    return "\n".join(lines).encode()


def items_csv(skus: tuple[str, ...] = ("A-1", "B-2", "C-3", "D-4")) -> bytes:
    """Items with a unit cost for every product."""
    return "\n".join(
        ["sku,unit_cost,make", *(f"{sku},{10 * (k + 1)},1" for k, sku in enumerate(skus))]
    ).encode()
