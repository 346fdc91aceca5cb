"""`stock-or-order policy`: print how stock is valued as TOML."""

from __future__ import annotations

import argparse
import sys

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Print what is assumed, ready to be saved and changed."""
    from analytics.study_stock.policy_file import policy_toml

    sys.stdout.write(policy_toml())
