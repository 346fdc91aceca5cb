"""`stock-or-order replay`: what would have happened had it been followed at past dates."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from analytics.cli.given import (
    assumptions_at,
    chosen_layers,
    folder_at,
    read_apart,
)
from analytics.cli.terminal import progress, tell

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Read, replay, write the tables and the summary, and print the sentence."""
    from analytics.replay import policies_table, products_table, replay_summary, replay_table, run_replay
    from analytics.writeup.files import table_files
    from analytics.writeup.folder import write_folder

    assumptions = assumptions_at(arguments.assumptions)
    given = read_apart(arguments)
    out = folder_at(arguments.out)
    replayed = run_replay(
        given.history, given.items, assumptions, origins=arguments.origins, frequency=arguments.frequency, seed=arguments.seed, currency=arguments.currency,
        cleaning=chosen_layers(arguments.clean), bom=given.bom, products=arguments.products, progress=progress(),
    )  # fmt: skip
    document = replay_summary(replayed)
    tables: dict[str, Callable[[], pd.DataFrame]] = {}
    tables["replay"] = lambda: replay_table(replayed)
    tables["replay_policies"] = lambda: policies_table(replayed)
    tables["replay_products"] = lambda: products_table(replayed)
    for note in write_folder(out, table_files(tables, arguments.locale), lambda: document):
        tell(note)
    print(document["sentence"])
    if document["leftover_sentence"]:
        print(document["leftover_sentence"])
    if document["too_short_to_judge"]["products"]:
        print(document["too_short_to_judge"]["sentence"])
    if document["chosen"]:
        print(document["chosen"])
