"""`stock-or-order forecast`: forecast every product as a distribution."""

from __future__ import annotations

import argparse
from pathlib import Path

from analytics.cli.given import (
    chosen_layers,
    folder_at,
    read_apart,
)

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Read, forecast and write one table."""
    from analytics.study import run_forecast
    from analytics.writeup.files import csv_bytes
    from analytics.writeup.folder import write_file

    given = read_apart(arguments)
    out = Path(arguments.out)
    folder_at(str(out.parent)).mkdir(exist_ok=True)
    table = run_forecast(
        given.history,
        given.items,
        horizon=arguments.horizon,
        frequency=arguments.frequency,
        total=arguments.total,
        cleaning=chosen_layers(arguments.clean),
        ets=arguments.ets,
    )
    if given.promotions_report is not None:
        for problem in given.promotions_report.problems:
            print(problem.sentence())
    for note in table.attrs["notes"]:
        print(note)
    write_file(out, csv_bytes(table, arguments.locale))
