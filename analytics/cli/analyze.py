"""`stock-or-order analyze`: decide for every product and write the tables."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

from analytics.cli.arguments import argument_parser
from analytics.cli.beside import digests_beside, rejected_beside, reports_beside
from analytics.cli.given import (
    as_registered,
    assumptions_at,
    chosen_layers,
    file_at,
    folder_at,
    options_of,
    read_given,
    reading_process,
    registered_at,
    what_ifs_of,
)
from analytics.cli.stated import stock_policy
from analytics.cli.terminal import progress, solver_silent, tell
from analytics.machine.c_library import few_pools

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
    few_pools()
    usual = argument_parser().parse_args(["analyze", arguments.sales, "--out", arguments.out])
    found = registered_at(arguments.register) if arguments.register else None
    if found is not None:
        as_registered(arguments, usual, found)
    with _loading(), closing(reading_process()) as apart, ThreadPoolExecutor(1) as beside:
        # only now, when all that reading needs is loaded: of two threads that import one package, one may meet a module half loaded
        stated = assumptions_at(arguments.assumptions)
        assumptions = stated if found is None or arguments.assumptions else found.assumptions
        assumptions = assumptions.with_what_if(*what_ifs_of(arguments.what_if))
        beside.submit(_load_engines)
        given = read_given(arguments, apart)

    from analytics.forecast.judged.external import read_external_forecast
    from analytics.scenario.own_rule import with_own_rule
    from analytics.strategy.what_if.own_rule import read_rule
    from analytics.study import run_study
    from analytics.study_results import forecast_value_added, study_summary, study_tables
    from analytics.study_stock.parts import stock_parts
    from analytics.study_stock.registered import worked_out_once
    from analytics.version import __version__
    from analytics.writeup.files import table_files
    from analytics.writeup.folder import SUMMARY, write_folder
    from analytics.writeup.register import MadeFrom, differing, not_read_back
    from analytics.writeup.terminal import told

    external = (
        read_external_forecast(
            file_at(arguments.forecast), date_order=arguments.date_order or given.history.report.date_order
        )
        if arguments.forecast
        else None
    )
    policy = stock_policy(arguments, None if found is None else found.policy)
    made_from = MadeFrom(options_of(arguments, usual), digests_beside(given, arguments))
    if found is not None:
        digests = {"input": given.history.report.digest, **made_from.digests}
        others = differing(found, digests, __version__)
        for words in others:
            tell(words)
    out = folder_at(arguments.out)
    rule = read_rule(arguments.rule) if arguments.rule else None  # before anything is computed
    with solver_silent():
        study = run_study(
            given.history, given.items, assumptions, frequency=arguments.frequency, seed=arguments.seed, currency=arguments.currency, cleaning=chosen_layers(arguments.clean),
            items_report=given.items_report, bom=given.bom, ets=arguments.ets, hold_demand=True, replay=REPLAYED if arguments.replay else 0,
            progress=progress(),
        )  # fmt: skip
    if rule is not None:
        study = with_own_rule(study, rule)
    known, stock = worked_out_once(study), stock_parts(study, policy)
    reports = reports_beside(given)
    tables = {
        **study_tables(study, policy, made_from, known, stock),
        **rejected_beside({k: r for k, r in reports.items() if k != "items"}),
    }
    if found is not None and not others:  # from other files every value may differ
        for words in not_read_back(found, tables["assumptions"]()):
            tell(words)
    if external is not None:
        added = forecast_value_added(study, external)
        tables["forecast_value_added"] = lambda: added.table
        for note in added.notes:
            tell(note)
    with ThreadPoolExecutor(1) as beside:  # simulated by compiled code while the tables are written
        came = [p for kind in ("receipts", "promotions") if kind in reports for p in reports[kind].problems]
        document = beside.submit(study_summary, study, policy, known, came, stock)
        files = table_files(tables, arguments.locale)
        for note in write_folder(out, files, document.result):
            tell(note)
    if sys.stdout.isatty():
        print("\n".join(told(document.result(), str(out), [*files, SUMMARY])))
