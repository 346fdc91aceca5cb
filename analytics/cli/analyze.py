"""`stock-or-order analyze`: decide for every product and write the tables."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor

from analytics.cli.beside import rejected_beside, reports_beside
from analytics.cli.decided import decided
from analytics.cli.given import folder_at
from analytics.cli.terminal import tell

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Read, decide and write; the summary is worked out beside the tables."""
    one = decided(arguments, lambda: folder_at(arguments.out))

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
    with ThreadPoolExecutor(1) as beside:  # simulated by compiled code while the tables are written
        came = [p for kind in ("receipts", "promotions") if kind in reports for p in reports[kind].problems]
        document = beside.submit(study_summary, study, policy, known, came, stock)
        files = table_files(tables, arguments.locale)
        for note in write_folder(out, files, document.result):
            tell(note)
    if sys.stdout.isatty():
        print("\n".join(told(document.result(), str(out), [*files, SUMMARY])))
