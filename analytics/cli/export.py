"""`stock-or-order export`: decide for every product and write one file that people take away, or print what it would change."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from analytics.cli.arguments import argument_parser
from analytics.cli.beside import Again, made_again
from analytics.cli.decided import Decided, decided
from analytics.cli.given import file_at, folder_at
from analytics.cli.terminal import tell
from analytics.errors import DataError, Problem
from analytics.naming.systems import SYSTEMS, System

__all__ = ["run"]


def _template(arguments: argparse.Namespace) -> bytes | None:
    """The presentation that slides are put on; None where none is named. Raises DataError where it cannot be used, or a PDF cannot be printed here.

    Both are looked at before anything is computed.
    """
    if arguments.to == "pdf":
        from analytics.machine.printed_page import browser_here

        browser_here()
    if not arguments.template:
        return None
    if arguments.to != "pptx":
        words = f"--template is for slides; {arguments.to} has none"
        raise DataError(Problem("template", words, "give --to pptx, or leave it out"))
    from analytics.writeup.slides.template import ground

    template = file_at(arguments.template).read_bytes()
    ground(template)
    return template


def _asked(arguments: argparse.Namespace) -> None:
    """Raise DataError where what is asked for does not go together: told before anything is computed."""
    if arguments.dry_run and arguments.to not in SYSTEMS:
        words = f"--dry-run shows settings that change; {arguments.to} holds none"
        raise DataError(Problem("dry_run", words, f"give --to {', '.join(SYSTEMS)}, or leave it out"))
    if arguments.hide_names and arguments.to in SYSTEMS and not arguments.dry_run:
        words = f"{SYSTEMS[arguments.to].title} knows products by their real codes: settings under made-up names would match none of them"
        raise DataError(Problem("hidden_settings", words, "leave --hide-names out, or give --dry-run to show what changes"))  # fmt: skip
    if not arguments.out and not arguments.dry_run:
        raise DataError(Problem("out", "no file to write to is named", "give --out FILE"))


def _mapping(path: str) -> Mapping[str, System]:
    from analytics.writeup.systems.mapping_file import read_mapping

    return read_mapping(file_at(path).read_bytes())


#: What says how the file of a result is written, not how the study is made.
_OF_THE_FILE = {
    "command",
    "sales",
    "result",
    "to",
    "out",
    "hide_names",
    "template",
    "locale",
    "mapping_file",
    "dry_run",
}


def _nothing_beside(arguments: argparse.Namespace) -> None:
    """Raise DataError where beside --result something is said that would have to be decided anew."""
    usual = vars(argument_parser().parse_args(["export", "--to", arguments.to, "--out", "."]))
    said = [name for name, value in vars(arguments).items() if name not in _OF_THE_FILE and value != usual[name]]  # fmt: skip
    if said:
        option = f"--{said[0].replace('_', '-')}"
        words = f"the study of --result is taken as it was decided; {option} would change it"
        raise DataError(Problem("result_beside", words, f"leave {option} out, or give the sales instead"))


def run(arguments: argparse.Namespace) -> None:
    """Read, decide and write one file. Raises DataError where it would hold more than such a file can."""
    _asked(arguments)
    systems = SYSTEMS if arguments.mapping_file is None else _mapping(arguments.mapping_file)
    out, template = Path(arguments.out or "."), _template(arguments)
    if bool(arguments.sales) == bool(arguments.result):
        words = "export needs the sales, or --result and the folder of a result in their place"
        raise DataError(Problem("sales_or_result", words, "name one of the two"))
    if arguments.result:
        _nothing_beside(arguments)
    place = None if arguments.dry_run else folder_at(str(out.resolve().parent))
    one: Decided | Again = (
        made_again(arguments.result) if arguments.result else decided(arguments, lambda _: place)
    )

    from analytics.study_export.hidden_names import anonymous_study, hidden_policy, made_up_names
    from analytics.study_export.settings import study_settings
    from analytics.study_export.writers import Taken, written
    from analytics.study_stock.parts import stock_parts
    from analytics.writeup.folder import write_file
    from analytics.writeup.systems.rules import dry_run_lines

    study, policy, made_from = one.study, one.policy, one.made_from
    if arguments.hide_names:
        policy = hidden_policy(policy, made_up_names(study))
        study, made_from = anonymous_study(study), made_from._replace(options={})
    if arguments.to in SYSTEMS:
        settings = study_settings(study, systems[arguments.to])
        for note in settings.notes:
            tell(note)
        if arguments.dry_run:
            print("\n".join(dry_run_lines(settings.changes)))
            return
    parts = stock_parts(study, policy)
    taken = Taken(
        study, policy, made_from, parts, template=template, systems=systems, locale=arguments.locale
    )
    file = written(arguments.to, taken)
    if place is not None:
        place.mkdir(exist_ok=True)
    write_file(out, file)
    tell(f"wrote {out}")
