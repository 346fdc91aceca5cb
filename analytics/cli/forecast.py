"""`stock-or-order forecast`: forecast every product as a distribution."""

from __future__ import annotations

import argparse
from pathlib import Path

from analytics.cli.given import (
    chosen_layers,
    file_at,
    folder_at,
    read_apart,
)

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Read, forecast and write one table."""
    from analytics.data.items.promotions_file import read_promotions
    from analytics.study import run_forecast
    from analytics.writeup.files import csv_bytes
    from analytics.writeup.folder import write_file

    given = read_apart(arguments)
    order = arguments.date_order or given.history.report.date_order
    calendar = file_at(arguments.promotions) if arguments.promotions else None
    promotions = read_promotions(calendar, date_order=order) if calendar else None
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
        promotions=promotions,
    )
    for note in table.attrs["notes"]:
        print(note)
    write_file(out, csv_bytes(table, arguments.locale))
