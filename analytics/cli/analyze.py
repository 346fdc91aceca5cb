"""`stock-or-order analyze`: decide for every product and write the tables."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

from analytics.cli.given import (
    assumptions_at,
    chosen_layers,
    file_at,
    folder_at,
    read_given,
    reading_process,
    stock_policy,
)
from analytics.cli.terminal import progress, solver_silent, tell

__all__ = ["REPLAYED", "run"]

#: Past dates at which gains are measured where that is asked for.
REPLAYED = 4


def _load_engines() -> None:
    from analytics.study import load_engines

    load_engines()


@contextmanager
def _loading() -> Iterator[None]:
    """What is loaded here stays to the end: it is not searched for unused cycles, now or later, which takes half a second."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def run(arguments: argparse.Namespace) -> None:
    """Read, decide and write; the engines load beside the reading, and the summary is worked out beside the tables."""
    with _loading(), closing(reading_process()) as apart, ThreadPoolExecutor(1) as beside:
        # only now, when all that reading needs is loaded: of two threads that import one package, one may meet a module half loaded
        assumptions = assumptions_at(arguments.assumptions)
        beside.submit(_load_engines)
        given = read_given(arguments, apart)

    from analytics.forecast.judged.external import read_external_forecast
    from analytics.study import run_study
    from analytics.study_results import forecast_value_added, study_summary, study_tables
    from analytics.writeup.files import table_files
    from analytics.writeup.folder import SUMMARY, write_folder
    from analytics.writeup.terminal import told

    external = (
        read_external_forecast(file_at(arguments.forecast), date_order=arguments.date_order or "")
        if arguments.forecast
        else None
    )
    policy = stock_policy(arguments)
    out = folder_at(arguments.out)
    with solver_silent():
        study = run_study(
            given.history, given.items, assumptions, frequency=arguments.frequency, seed=arguments.seed, currency=arguments.currency, cleaning=chosen_layers(arguments.clean),
            items_report=given.items_report, bom=given.bom, ets=arguments.ets, hold_demand=True, replay=REPLAYED if arguments.replay else 0,
            progress=progress(),
        )  # fmt: skip
    tables = dict(study_tables(study, policy))
    if external is not None:
        added = forecast_value_added(study, external)
        tables["forecast_value_added"] = lambda: added.table
        for note in added.notes:
            tell(note)
    with ThreadPoolExecutor(1) as beside:  # simulated by compiled code while the tables are written
        document = beside.submit(study_summary, study, policy)
        files = table_files(tables, arguments.locale)
        for note in write_folder(out, files, document.result):
            tell(note)
    if sys.stdout.isatty():
        print("\n".join(told(document.result(), str(out), [*files, SUMMARY])))
