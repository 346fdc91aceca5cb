"""`stock-or-order analyze`: decide for every product and write the tables."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from analytics.cli.beside import (
    earlier_study,
    kept_file,
    rejected_beside,
    reports_beside,
    study_inputs,
    what_changed,
)
from analytics.cli.decided import decided
from analytics.cli.given import folder_at
from analytics.cli.terminal import tell

if TYPE_CHECKING:
    from analytics.data.uploads import Reading
    from analytics.errors import Problem

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Read, decide and write; the summary is worked out beside the tables.

    With an earlier study (`--before`) what changed since then is split by cause before anything is written.
    """
    from analytics.study_change.attribution import comparable

    earlier = earlier_study(arguments)

    def ready(given: Reading) -> None:
        folder_at(arguments.out)
        if earlier is not None:
            comparable(earlier, given.history, arguments.currency)

    one = decided(arguments, ready)

    from analytics.study_change.tables import change_document, change_tables
    from analytics.study_results import forecast_value_added, study_summary, study_tables
    from analytics.study_stock.parts import stock_parts
    from analytics.study_stock.registered import worked_out_once
    from analytics.writeup.files import table_files
    from analytics.writeup.folder import SUMMARY, write_folder
    from analytics.writeup.register import not_read_back
    from analytics.writeup.terminal import told

    out, study, policy = folder_at(arguments.out), one.study, one.policy
    known, stock = worked_out_once(study), stock_parts(study, policy)
    reports = reports_beside(one.given)
    tables = {
        **study_tables(study, policy, one.made_from, known, stock),
        **rejected_beside({k: r for k, r in reports.items() if k != "items"}),
    }
    if one.found is not None and not one.others:  # from other files every value may differ
        for words in not_read_back(one.found, tables["assumptions"]()):
            tell(words)
    if one.external is not None:
        added = forecast_value_added(study, one.external)
        tables["forecast_value_added"] = lambda: added.table
        for note in added.notes:
            tell(note)
    inputs = study_inputs(arguments, one)
    changed = None if earlier is None or inputs is None else what_changed(earlier, one.study, inputs)
    if changed is not None:
        tables |= change_tables(*changed)

    def summary(came: Sequence[Problem]) -> dict[str, Any]:
        found = study_summary(study, policy, known, came, stock)
        return found if changed is None else {**found, "change": change_document(*changed)}

    with ThreadPoolExecutor(1) as beside:  # simulated by compiled code while the tables are written
        came = [p for kind in ("receipts", "promotions") if kind in reports for p in reports[kind].problems]
        document = beside.submit(summary, came)
        files = {**table_files(tables, arguments.locale), **kept_file(one.study, inputs)}
        for note in write_folder(out, files, document.result):
            tell(note)
    if sys.stdout.isatty():
        print("\n".join(told(document.result(), str(out), [*files, SUMMARY])))
