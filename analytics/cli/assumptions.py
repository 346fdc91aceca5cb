"""`stock-or-order assumptions`: print the table of assumptions as TOML."""

from __future__ import annotations

import argparse
import sys

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Print the defaults, ready to be saved and changed."""
    from analytics.assumptions import Assumptions
    from analytics.assumptions_file import assumptions_toml

    sys.stdout.write(assumptions_toml(Assumptions()))
