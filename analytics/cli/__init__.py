"""The command line: `stock-or-order`. Exit 0 on success, 2 with one clear message on unusable input."""

from __future__ import annotations

import argparse
import errno
import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from analytics.cli.arguments import argument_parser
from analytics.cli.given import (
    assumptions_at,
    chosen_layers,
    file_at,
    folder_at,
    read_apart,
    read_given,
    reading_process,
)
from analytics.errors import DataError, Problem
from analytics.machine.c_library import flush_output
from analytics.naming.labels import total_text

__all__ = ["main"]


#: so many values of a column are printed; all stand in the JSON
_MOST_VALUES = 60
_NO_MEMORY = "stock-or-order: this does not fit in the memory of this machine; analyze fewer products at a time, or by month"


def _progress() -> Callable[[float, str], None] | None:
    """Progress on a terminal, silence otherwise."""
    if not sys.stderr.isatty():
        return None

    def show(share: float, text: str) -> None:
        end = "\n" if share >= 1.0 else ""
        sys.stderr.write(f"\r{100 * share:3.0f} %  {text[:60]:<60}{end}")
        sys.stderr.flush()

    return show


@contextmanager
def _solver_silent() -> Iterator[None]:
    """Nothing on standard output meanwhile: the solver's compiled code prints stray lines there whatever it is told."""
    sys.stdout.flush()
    try:
        own = os.dup(1)
    except OSError:  # there is no standard output
        yield
        return
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        flush_output()
        os.dup2(own, 1)
        os.close(own)


def _note(text: str) -> None:
    print(f"stock-or-order: {text}", file=sys.stderr)


def _load_engines() -> None:
    from analytics.study import load_engines

    load_engines()


@contextmanager
def _loading() -> Iterator[None]:
    """What is loaded here stays to the end: it is not searched for unused cycles, now or later, which takes half a second."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _analyze(arguments: argparse.Namespace) -> None:
    with _loading(), closing(reading_process()) as apart, ThreadPoolExecutor(1) as beside:
        # only now, when all that reading needs is loaded: of two threads that import one package, one may meet a module half loaded
        assumptions = assumptions_at(arguments.assumptions)
        beside.submit(_load_engines)
        given = read_given(arguments, apart)

    from analytics.forecast.judged.external import read_external_forecast
    from analytics.study import run_study
    from analytics.study_results import forecast_value_added, study_summary, study_tables
    from analytics.writeup.files import table_files
    from analytics.writeup.folder import SUMMARY, write_folder
    from analytics.writeup.terminal import told

    external = (
        read_external_forecast(file_at(arguments.forecast), date_order=arguments.date_order or "")
        if arguments.forecast
        else None
    )
    out = folder_at(arguments.out)
    with _solver_silent():
        study = run_study(
            given.history, given.items, assumptions, frequency=arguments.frequency, seed=arguments.seed, currency=arguments.currency, cleaning=chosen_layers(arguments.clean),
            items_report=given.items_report, bom=given.bom, ets=arguments.ets, hold_demand=True, progress=_progress(),
        )  # fmt: skip
    tables = dict(study_tables(study))
    if external is not None:
        added = forecast_value_added(study, external)
        tables["forecast_value_added"] = lambda: added.table
        for note in added.notes:
            _note(note)
    with ThreadPoolExecutor(1) as beside:  # simulated by compiled code while the tables are written
        document = beside.submit(study_summary, study)
        files = table_files(tables, arguments.locale)
        for note in write_folder(out, files, document.result):
            _note(note)
    if sys.stdout.isatty():
        print("\n".join(told(document.result(), str(out), [*files, SUMMARY])))


def _replay(arguments: argparse.Namespace) -> None:
    from analytics.replay import replay_summary, replay_table, run_replay
    from analytics.writeup.files import table_files
    from analytics.writeup.folder import write_folder

    assumptions = assumptions_at(arguments.assumptions)
    given = read_apart(arguments)
    out = folder_at(arguments.out)
    replayed = run_replay(
        given.history, given.items, assumptions, origins=arguments.origins, frequency=arguments.frequency, seed=arguments.seed, currency=arguments.currency,
        cleaning=chosen_layers(arguments.clean), bom=given.bom, progress=_progress(),
    )  # fmt: skip
    document = replay_summary(replayed)
    for note in write_folder(
        out, table_files({"replay": lambda: replay_table(replayed)}, arguments.locale), lambda: document
    ):
        _note(note)
    print(document["sentence"])


def _check_words(report: dict[str, Any]) -> str:
    """What was read, in a few lines for a person."""
    lines = [
        f"{report['rows_used']:,} of {report['rows_read']:,} rows used, {report['rows_rejected']:,} rejected",
        f"{total_text(report['units_used'])} units"
        + (
            f", revenue {report['revenue_used']:,.2f}"
            if report["revenue_used"] is not None
            else ", no revenue in the file"
        ),
        f"{report['skus']:,} products, {report['first_date']} to {report['last_date']}",
        "columns: " + ", ".join(f"{role} = {column}" for role, column in report["mapping"].items()),
    ]
    return "\n".join([*lines, *_meaning_lines(report), *_problem_lines(report)])


def _meaning_lines(report: dict[str, Any]) -> list[str]:
    """What every value of a column that says what a row is was taken for."""
    lines: list[str] = []
    left: dict[str, int] = {}
    for one in report["meanings"]:
        column = one["column"] or one["role"]
        left[column] = left.get(column, 0) + 1
        if left[column] <= _MOST_VALUES:
            stake = f"{one['rows']:,} rows, {total_text(one['units'])} units"
            lines.append(f"{column}: {one['value']!r} = {one['treatment']} ({stake}; {one['words']})")
    more = {column: n - _MOST_VALUES for column, n in left.items() if n > _MOST_VALUES}
    return lines + [f"{column}: {n:,} further values, listed by --json" for column, n in more.items()]


def _problem_lines(report: dict[str, Any]) -> list[str]:
    """Each kind of problem of a file in a line."""
    lines = []
    for problem in report["problems"]:
        where = f" (first in row {problem['first_row']})" if problem["first_row"] is not None else ""
        count = (
            f"{problem['count']:,} x "
            if problem["count"] > 1 and not problem["message"][:1].isdigit()
            else ""
        )
        lines.append(f"- {count}{problem['message']}{where}: {problem['remedy']}")
    return lines


def _check(arguments: argparse.Namespace) -> int:
    worst = 0
    with closing(reading_process()) as apart:
        from analytics.data import check_report, checked, sales_frame
        from analytics.data.kept_apart import APART_FILES, by_product
        from analytics.data.meaning.listed_meanings import meanings_table
        from analytics.version import __version__
        from analytics.writeup.files import table_files
        from analytics.writeup.folder import write_folder

        for path in arguments.sales:
            given, outcome = checked(
                partial(read_given, argparse.Namespace(**{**vars(arguments), "sales": path}), apart)
            )
            items_report = None if given is None else given.items_report
            if arguments.json:
                extra = {} if items_report is None else {"items": check_report(items_report)}
                if given is not None and given.receipts_report is not None:
                    extra["receipts_file"] = check_report(given.receipts_report)
                print(
                    json.dumps(
                        {"file": str(path), **outcome, **extra},
                        ensure_ascii=False,
                        allow_nan=False,
                        default=str,
                    )
                )
            elif given is not None:
                print(_check_words(outcome))
                if items_report is not None:
                    found = f"{outcome['joined_products']:,} of {outcome['listed_products']:,} items are among the {outcome['skus']:,} products sold"
                    print(
                        "\n".join(
                            [
                                f"items: {items_report.rows_used:,} of {items_report.rows_read:,} rows used; {found}",
                                *_problem_lines(check_report(items_report)),
                            ]
                        )
                    )
            else:
                words = "\n".join(
                    f"{p['message']}: {p['remedy']}" + (f" (found {p['found']!r})" if p["found"] else "")
                    for p in outcome["problems"]
                )
                print(
                    "\n".join([f"stock-or-order: {path}: {words}", *_meaning_lines(outcome)]), file=sys.stderr
                )
            if given is None:
                worst = 2
            elif arguments.out:
                folder = folder_at(
                    arguments.out if len(arguments.sales) == 1 else str(Path(arguments.out) / Path(path).name)
                )
                tables = {
                    "sales": partial(sales_frame, given.history),
                    "rejected_rows": partial(getattr, given.history.report, "rejected"),
                    **{
                        name: partial(by_product, given.history.apart, kind)
                        for kind, name in APART_FILES.items()
                    },
                    "meanings": partial(meanings_table, given.history.report.meanings),
                }
                if items_report is not None:
                    tables["rejected_rows_items"] = partial(getattr, items_report, "rejected")
                for note in write_folder(
                    folder,
                    table_files(tables, arguments.locale),
                    partial(dict, version=__version__, **outcome),
                ):
                    _note(note)
    return worst


def _forecast(arguments: argparse.Namespace) -> None:
    from analytics.study import run_forecast
    from analytics.writeup.files import csv_bytes
    from analytics.writeup.folder import write_file

    given = read_apart(arguments)
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
    )
    write_file(out, csv_bytes(table, arguments.locale))


def _app(arguments: argparse.Namespace) -> int:
    """Start the app as a child process; its own settings come from the TOML beside it."""
    spec = find_spec("dashboard")
    if spec is None or not spec.submodule_search_locations:
        raise DataError(Problem("no_app", "the app is not installed", "install the package stock-or-order"))
    script = Path(next(iter(spec.submodule_search_locations))) / "app.py"
    environment = dict(os.environ)
    for name, value in (
        (f"STOCK_OR_ORDER_{kind.upper()}", getattr(arguments, kind, None))
        for kind in ("sales", "items", "bom", "receipts")
    ):
        environment.pop(name, None)
        if value:
            environment[name] = str(file_at(value).resolve())
    command = [sys.executable, "-m", "dashboard.serve", str(script), "--port", str(arguments.port)]
    if arguments.no_browser:
        command.append("--no-browser")
    for address in arguments.public_url:
        command += ["--public-url", address]
    # the server ends when the other end of its standard input closes: with this process, however that ends
    child = subprocess.Popen(
        command, env={**environment, "STOCK_OR_ORDER_STARTER": "1"}, stdin=subprocess.PIPE
    )
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: child.terminate())
    while True:
        try:
            return max(child.wait(), 0)
        except KeyboardInterrupt:  # the child gets it too and ends by itself
            continue


def _kept(arguments: argparse.Namespace) -> int:
    """The commands for kept work belong to the app: they run in a process of their own."""
    if find_spec("dashboard") is None:
        raise DataError(Problem("no_app", "the app is not installed", "install the package stock-or-order"))
    given = [
        *([arguments.file] if "file" in arguments else []),
        *(["--other-company"] if getattr(arguments, "other_company", False) else []),
    ]
    return subprocess.run(
        [sys.executable, "-m", "dashboard.kept.commands", arguments.command, *given], check=False
    ).returncode


def _print_assumptions(arguments: argparse.Namespace) -> None:
    from analytics.assumptions import Assumptions, assumptions_toml

    sys.stdout.write(assumptions_toml(Assumptions()))


def _template(arguments: argparse.Namespace) -> None:
    from analytics.data import template_workbook
    from analytics.writeup.folder import write_file

    write_file(Path(arguments.file), template_workbook())


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int | None]] = {
    "demo": _app,
    "app": _app,
    "check": _check,
    "forecast": _forecast,
    "analyze": _analyze,
    "replay": _replay,
    "template": _template,
    "assumptions": _print_assumptions,
    "backup": _kept,
    "restore": _kept,
    "doctor": _kept,
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
