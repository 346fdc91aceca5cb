"""`stock-or-order replay`: what would have happened had it been followed at past dates."""

from __future__ import annotations

import argparse

from analytics.cli.given import (
    assumptions_at,
    chosen_layers,
    folder_at,
    read_apart,
)
from analytics.cli.terminal import progress, tell

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Read, replay, write the table and the summary, and print the sentence."""
    from analytics.replay import replay_summary, replay_table, run_replay
    from analytics.writeup.files import table_files
    from analytics.writeup.folder import write_folder

    assumptions = assumptions_at(arguments.assumptions)
    given = read_apart(arguments)
    out = folder_at(arguments.out)
    replayed = run_replay(
        given.history, given.items, assumptions, origins=arguments.origins, frequency=arguments.frequency, seed=arguments.seed, currency=arguments.currency,
        cleaning=chosen_layers(arguments.clean), bom=given.bom, progress=progress(),
    )  # fmt: skip
    document = replay_summary(replayed)
    for note in write_folder(
        out, table_files({"replay": lambda: replay_table(replayed)}, arguments.locale), lambda: document
    ):
        tell(note)
    print(document["sentence"])
