"""`stock-or-order template`: write a workbook to fill in."""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Write the workbook to the file named."""
    from analytics.data import template_workbook
    from analytics.writeup.folder import write_file

    write_file(Path(arguments.file), template_workbook())
