"""What a command line hands over: files, folders, NAME=VALUE pairs, assumptions; one clear message where it cannot be used."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.errors import DataError, Problem
from analytics.machine.reading_child import reading_child

if TYPE_CHECKING:
    from analytics.assumptions import Assumptions
    from analytics.data.sandbox.process import ReadingProcess
    from analytics.data.uploads import Reading
    from analytics.demand.cleaning.layers import Cleaning
    from analytics.naming.what_ifs import WhatIf
    from analytics.writeup.register_stated import Registered

__all__ = [
    "as_registered",
    "assumptions_at",
    "chosen_layers",
    "file_at",
    "folder_at",
    "options_of",
    "pairs_of",
    "read_apart",
    "read_given",
    "reading_process",
    "registered_at",
    "what_ifs_of",
]

#: plain text above this size is read here, from the disk and in memory that grows with it
_LARGE = 100_000_000


def file_at(path: str) -> Path:
    """An existing file.

    Raises DataError where there is none.
    """
    if not Path(path).is_file():
        raise DataError(
            Problem(
                "no_file",
                f"{path} is not a file",
                "check the name and the folder",
                found=str(path),
                expected="a file",
            )
        )
    return Path(path)


def folder_at(path: str) -> Path:
    """A folder to write to: told before anything is computed where it cannot be. Only the folder above it is made: it comes with its files.

    Raises DataError where a file is in the way or the folder cannot be made.
    """
    folder = Path(path).resolve()
    try:
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(20, "it is a file")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder if folder.is_dir() else folder.parent):
            pass
    except OSError as error:
        raise DataError(
            Problem(
                "no_folder",
                f"{path} cannot be made a folder: {error.strerror}",
                "name another folder",
                found=path,
            )
        ) from None
    return folder


def pairs_of(option: str, given: list[str] | None) -> dict[str, str]:
    """The NAME=VALUE arguments of an option as a dictionary. Raises DataError for one that is not of that form.

    >>> pairs_of("mapping", ["sku = Artikel"])
    {'sku': 'Artikel'}
    """
    wrong = next((text for text in given or [] if "=" not in text), None)
    if wrong is not None:
        raise DataError(
            Problem(
                option,
                f"--{option} {wrong} is not of the form NAME=VALUE",
                f"write --{option} NAME=VALUE",
                found=wrong,
                expected="NAME=VALUE",
            )
        )
    return {text.partition("=")[0].strip(): text.partition("=")[2].strip() for text in given or []}


def _choices(given: dict[str, str]) -> dict[str, str] | None:
    """What to do with lines that are not sales; None where nothing was said."""
    from dataclasses import fields

    from analytics.data import Choices

    known = [field.name for field in fields(Choices)]
    wrong = next((name for name in given if name not in known), None)
    if wrong is not None:
        raise DataError(
            Problem(
                "choices",
                f"{wrong!r} is not a kind of line",
                "use one of the kinds",
                found=wrong,
                expected=", ".join(known),
            )
        )
    return given or None


def _treatments(given: list[str] | None) -> dict[str, dict[str, str]] | None:
    """COLUMN:VALUE=TREATMENT arguments as column -> value -> treatment; None where nothing was said.

    >>> _treatments(["Status:Quotation Sent=leave out"])
    {'Status': {'Quotation Sent': 'leave out'}}
    """
    told: dict[str, dict[str, str]] = {}
    for text in given or []:
        where, equals, treatment = text.rpartition("=")
        column, colon, value = where.partition(":")
        if not equals or not colon:
            form = "COLUMN:VALUE=TREATMENT"
            raise DataError(
                Problem(
                    "treat",
                    f"--treat {text} is not of the form {form}",
                    f'write --treat "{form}"',
                    found=text,
                    expected=form,
                )
            )
        told.setdefault(column.strip(), {})[value.strip()] = treatment.strip()
    return told or None


def reading_process() -> ReadingProcess:
    """A process that reads; its child loads while this process does: half of a short run is loading."""
    child = reading_child()
    from analytics.data.sandbox.process import ReadingProcess

    return ReadingProcess(child=child)


def read_given(arguments: argparse.Namespace, apart: ReadingProcess) -> Reading:
    """The files of a command, read by a process apart, which a hostile or damaged file cannot outgrow; very large plain text is read here."""
    from analytics.data.files.source import is_text
    from analytics.data.uploads import Given, read_files

    sales = file_at(arguments.sales)
    items, bom, receipts, stock, promotions = (
        file_at(path) if path else None
        for path in (
            arguments.items,
            *(getattr(arguments, kind, None) for kind in ("bom", "receipts", "stock", "promotions")),
        )
    )
    mapping, choices = (
        pairs_of("mapping", arguments.mapping),
        _choices(pairs_of("choices", arguments.choices)),
    )
    named = {
        name: getattr(arguments, name)
        for name in (
            "start",
            "periods",
            "fiscal_start",
            "dates",
            "join",
            "sheet",
            "date_order",
            "decimal",
            "encoding",
        )
    }
    options = {
        **named,
        "mapping": mapping or None,
        "choices": choices,
        "treatments": _treatments(arguments.treat),
    }
    set_there = getattr(arguments, "settings", None)
    settings = [] if not set_there else [file_at(set_there)]
    large = any(
        path is not None and path.stat().st_size >= _LARGE and is_text(path)
        for path in (sales, items, bom, receipts, stock, promotions, *settings)
    )
    further = [Given(one) if one else None for one in (items, bom, receipts, stock, promotions)]
    read = read_files if large else apart.read
    given = [Given(sales), *(Given(one, one.name, beside=True) for one in settings)]
    return read(given, further[0], further[1], options, *further[2:])


def read_apart(arguments: argparse.Namespace) -> Reading:
    """The same by a process that ends with it."""
    with closing(reading_process()) as apart:
        return read_given(arguments, apart)


def assumptions_at(path: str | None) -> Assumptions:
    """The assumptions of a TOML file; the defaults where none is named.

    Raises DataError where the file cannot be read.
    """
    from analytics.assumptions import Assumptions
    from analytics.assumptions_file import read_assumptions

    if path is None:
        return Assumptions()
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise DataError(
            Problem("no_file", f"{path} cannot be read: {error}", "give a TOML file in UTF-8")
        ) from None
    return read_assumptions(content)


def what_ifs_of(texts: Sequence[str] | None) -> list[WhatIf]:
    """What --what-if says.

    Raises DataError for a text that is none.
    """
    from analytics.naming.what_ifs import read_what_if

    return [read_what_if(text) for text in texts or ()]


def registered_at(path: str) -> Registered:
    """What a register says.

    Raises DataError where the file is none, or holds rows that cannot be used.
    """
    from analytics.writeup.register_stated import read_register

    return read_register(file_at(path).read_bytes())


def as_registered(arguments: argparse.Namespace, usual: argparse.Namespace, found: Registered) -> None:
    """The options of a register in place of those that the command line leaves as they usually are, in `arguments`.

    Raises DataError for a text that is no value of its option.
    """
    for name, texts in found.options.items():
        if getattr(arguments, name) != getattr(usual, name):
            continue
        value: object = (
            list(texts) if name in ("mapping", "choices", "treat") else texts[0] if texts else None
        )
        if name in ("seed", "ets"):
            if not texts[0].isdecimal():
                words = f"{name} of the register is not a whole number"
                raise DataError(Problem("register", words, "give the register as written", found=texts[0]))
            value = int(texts[0])
        elif name == "replay":
            value = texts[0] == "yes"
        setattr(arguments, name, value)


def options_of(arguments: argparse.Namespace, usual: argparse.Namespace) -> dict[str, tuple[str, ...]]:
    """What the register says of the options that are not as usual: texts by name."""
    from analytics.writeup.register_stated import OPTIONS

    out = {}
    for name in OPTIONS:
        value = getattr(arguments, name)
        if value != getattr(usual, name):
            out[name] = tuple(value) if isinstance(value, list) else ("yes" if value is True else str(value),)
    return out


def chosen_layers(layers: str | None) -> Cleaning | None:
    """The layers of history cleaning named, parted by commas; None where the default holds."""
    from analytics.demand.cleaning.layers import Cleaning

    return None if layers is None else Cleaning.of([] if layers.strip() == "none" else layers.split(","))
