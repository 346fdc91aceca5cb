"""The command line: `stock-or-order`. Exit 0 on success, 2 with one clear message on unusable input."""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Callable, Mapping, Sequence

from analytics.cli import analyze, app, check, export, forecast, forms, kept, replay
from analytics.cli.arguments import argument_parser
from analytics.errors import DataError, Problem

__all__ = ["main"]

_NO_MEMORY = "stock-or-order: this does not fit in the memory of this machine; analyze fewer products at a time, or by month"

_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int | None]] = {
    "demo": app.run,
    "app": app.run,
    "serve": app.run,
    "check": check.run,
    "forecast": forecast.run,
    "analyze": analyze.run,
    "export": export.run,
    "replay": replay.run,
    "template": forms.run,
    "assumptions": forms.run,
    "policy": forms.run,
    "settings": forms.run,
    "backup": kept.run,
    "restore": kept.run,
    "doctor": kept.run,
    "log": kept.run,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code.

    An error of the input (DataError) is told on the terminal and gives 2.
    """
    arguments = argument_parser().parse_args(argv)
    seed = getattr(arguments, "seed", 1)
    horizon = getattr(arguments, "horizon", 1)
    try:
        if not 0 <= seed < 2**63:
            raise DataError(
                Problem(
                    "seed",
                    "the seed is out of range",
                    "give a whole number from 0 to 9223372036854775807",
                    found=str(seed),
                )
            )
        if not 1 <= horizon <= 5000:
            raise DataError(
                Problem(
                    "horizon", "the horizon is out of range", "give 1 to 5000 periods", found=str(horizon)
                )
            )
        return _COMMANDS[arguments.command](arguments) or 0
    except DataError as error:
        print(f"stock-or-order: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except OSError as error:
        if error.errno == errno.ENOMEM:
            print(_NO_MEMORY, file=sys.stderr)
            return 2
        what = f"{error.filename or 'a file'} cannot be read or written: {error.strerror or error}"
        print(f"stock-or-order: {what}; name another file or folder, or free some space", file=sys.stderr)
        return 2
    except MemoryError:
        print(_NO_MEMORY, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stock-or-order: stopped", file=sys.stderr)
        return 130
