"""`stock-or-order export`: decide for every product and write one file that people take away."""

from __future__ import annotations

import argparse
from pathlib import Path

from analytics.cli.decided import decided
from analytics.cli.given import folder_at
from analytics.cli.terminal import tell

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Read, decide and write one file. Raises DataError where it would hold more than such a file can."""
    out = Path(arguments.out)
    one = decided(arguments, lambda: folder_at(str(out.resolve().parent)))

    from analytics.study_export.hidden_names import anonymous_study, hidden_policy, made_up_names
    from analytics.study_export.writers import Taken, written
    from analytics.study_stock.parts import stock_parts
    from analytics.writeup.folder import write_file

    study, policy, made_from = one.study, one.policy, one.made_from
    if arguments.hide_names:
        policy = hidden_policy(policy, made_up_names(study))
        study, made_from = anonymous_study(study), made_from._replace(options={})
    file = written(arguments.to, Taken(study, policy, made_from, stock_parts(study, policy)))
    folder_at(str(out.resolve().parent)).mkdir(exist_ok=True)
    write_file(out, file)
    tell(f"wrote {out}")
