"""`stock-or-order assumptions`, `policy`, `settings` and `template`: what is printed or written to be filled in."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Print the assumptions, how stock is valued or what systems call a setting, ready to be saved and changed, or write the workbook to fill in to the file named."""
    if arguments.command == "assumptions":
        from analytics.assumptions import Assumptions
        from analytics.assumptions_file import assumptions_toml

        sys.stdout.write(assumptions_toml(Assumptions()))
    elif arguments.command == "policy":
        from analytics.study_stock.policy_file import policy_toml

        sys.stdout.write(policy_toml())
    elif arguments.command == "settings":
        from analytics.writeup.systems.mapping_file import mapping_toml

        sys.stdout.write(mapping_toml())
    else:
        from analytics.data import template_workbook
        from analytics.writeup.folder import write_file

        write_file(Path(arguments.file), template_workbook())
