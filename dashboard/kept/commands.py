"""The commands for kept work: `python -m dashboard.kept.commands backup FILE | restore FILE [--other-company] | doctor | log FILE [--company NAME]`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["main"]


def _backup(arguments: list[str]) -> int:
    from dashboard.kept.backup import backed_up

    content = backed_up(Path(arguments[0]))
    print(f"{arguments[0]} holds {content}.")
    return 0


def _restore(arguments: list[str]) -> int:
    from dashboard.kept.backup import restored

    content, kept = restored(Path(arguments[0]), "--other-company" in arguments)
    print(f"In place now: {content}." + (f" What was kept before is in {kept}." if kept else ""))
    return 0


def _log(arguments: list[str]) -> int:
    from analytics.writeup.folder import write_file
    from dashboard.kept.acting import acting_for
    from dashboard.kept.documents.log import entries, log_csv, log_json
    from dashboard.kept.notes import Refused

    path = Path(arguments[0])
    write = {".csv": log_csv, ".json": log_json}.get(path.suffix.lower())
    if write is None:
        raise Refused(f"{path} says no form of the log: name a file that ends in .csv or .json")
    with acting_for(arguments[arguments.index("--company") + 1] if "--company" in arguments else ""):
        found = entries()
    try:
        write_file(path, write(found))
    except OSError as problem:
        raise Refused(f"{path} cannot be written: {problem.strerror or problem}") from None
    print(f"{path} holds {len(found):,} changes.")
    return 0


def _doctor(arguments: list[str]) -> int:
    from dashboard.kept.doctor import findings

    wrong = 0
    for one in findings():
        print(one, flush=True)
        wrong += not one.well
    print(
        "Nothing is wrong."
        if not wrong
        else f"{wrong} {'thing needs' if wrong == 1 else 'things need'} attention."
    )
    return int(wrong > 0)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 something is wrong (doctor), 2 refused, in words."""
    from dashboard.kept.notes import Refused

    command, *arguments = argv if argv is not None else sys.argv[1:]
    try:
        return {"backup": _backup, "restore": _restore, "doctor": _doctor, "log": _log}[command](arguments)
    except Refused as problem:
        print(f"stock-or-order: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
