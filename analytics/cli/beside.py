"""What is given beside the sales: files, how each was read, its unused rows and digest; and an earlier study to compare with."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analytics.cli.given import file_at
from analytics.cli.terminal import progress, solver_silent, tell
from analytics.errors import DataError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from analytics.cli.decided import Decided
    from analytics.data.history import IntakeReport
    from analytics.data.uploads import Reading
    from analytics.study import Study
    from analytics.study_change.attribution import Change
    from analytics.study_change.inputs import StudyInputs
    from analytics.study_change.kept import KeptStudy
    from analytics.study_change.realised import Realised
    from analytics.valuation.policy import StockPolicy
    from analytics.writeup.register import MadeFrom

__all__ = [
    "Again",
    "digests_beside",
    "earlier_study",
    "kept_at",
    "kept_file",
    "made_again",
    "rejected_beside",
    "reports_beside",
    "study_inputs",
    "what_changed",
]

_REJECTED = {
    "items": "rejected_rows_items.csv",
    "stock": "rejected_rows_stock.csv",
    "receipts": "rejected_rows_receipts.csv",
    "promotions": "rejected_rows_promotions.csv",
}


def reports_beside(given: Reading) -> dict[str, IntakeReport]:
    """How each file beside the sales was read, by its kind: items, stock, receipts, promotions."""
    found = {
        "items": given.items_report,
        **given.list_reports,
        "receipts": given.receipts_report,
        "promotions": given.promotions_report,
    }
    if "items" not in given.list_reports and "stock" in given.list_reports:
        del found["items"]  # there is a list of stock alone
    return {kind: report for kind, report in found.items() if report is not None}


def rejected_beside(reports: Mapping[str, IntakeReport]) -> dict[str, Callable[[], pd.DataFrame]]:
    """The rows of each such file that are not used, as tables by file name."""
    return {
        _REJECTED[kind].removesuffix(".csv"): partial(getattr, report, "rejected")
        for kind, report in reports.items()
    }


def digests_beside(given: Reading, arguments: argparse.Namespace) -> dict[str, str]:
    """The digests of the files beside the sales, by kind, as they were read."""
    found = {kind: report.digest for kind, report in reports_beside(given).items()}
    for kind in ("bom", "settings", "forecast"):
        path = getattr(arguments, kind)
        if path:
            found[kind] = sha256(file_at(path).read_bytes()).hexdigest()
    return found


def kept_at(path: str) -> KeptStudy:
    """The study kept in a folder of results, or in the file of one. Raises DataError where there is none or it cannot be used."""
    from analytics.study_change.kept import KEPT, read_kept

    place = Path(path)
    if place.is_dir():
        place = place / KEPT
    if not place.is_file():
        words = f"{path} holds no kept study"
        remedy = "name the folder that 'analyze' wrote with version 0.18 or later, or write it again"
        raise DataError(Problem("no_kept_study", words, remedy, found=str(place), expected=KEPT))
    return read_kept(place.read_bytes(), str(place))


class Again(NamedTuple):
    """A study made again from what a folder keeps of it, how its stock is valued, and what its files were made from."""

    study: Study
    policy: StockPolicy
    made_from: MadeFrom


def made_again(path: str) -> Again:
    """The study of a folder of results, made again without its files.

    Raises DataError where the folder keeps none, or this version does not come to the same.
    """
    from analytics.cli.given import registered_at
    from analytics.study_change.inputs import run_inputs
    from analytics.study_change.kept import kept_bytes, kept_study
    from analytics.valuation.policy import DEFAULT_POLICY
    from analytics.version import __version__
    from analytics.writeup.register import MadeFrom

    kept = kept_at(path)
    register = (Path(path) if Path(path).is_dir() else Path(path).parent) / "register.csv"
    found = registered_at(str(register)) if register.is_file() else None
    with solver_silent():
        study = run_inputs(kept.inputs, progress())
    if kept_bytes(kept_study(study, kept.inputs)) != kept_bytes(kept):
        if kept.version == __version__:
            words = f"the study of {path} could not be made again to the cent"
            raise DataError(Problem("not_the_same", words, "run export on the files it was made from"))
        tell(f"{path} was written by version {kept.version}, this is {__version__}: figures may differ")
    if found is None:
        return Again(study, DEFAULT_POLICY, MadeFrom({}, {}))
    digests = {kind: text for kind, text in found.digests.items() if kind != "input"}
    return Again(study, found.policy, MadeFrom(found.options, digests))


def earlier_study(arguments: argparse.Namespace) -> KeptStudy | None:
    """The study of --before; None where none is asked for. Raises DataError where it cannot be used, also beside --hold."""
    if not arguments.before:
        return None
    if arguments.hold:
        words = "what is held cannot be compared with an earlier study: its settings are not decided anew"
        raise DataError(Problem("before_hold", words, "leave out --hold or --before"))
    return kept_at(arguments.before)


def study_inputs(arguments: argparse.Namespace, one: Decided) -> StudyInputs | None:
    """What the study was made from; None where it holds what an edited file would not decide again."""
    from analytics.cli.decided import REPLAYED
    from analytics.study_change.inputs import RunSettings, StudyInputs

    if arguments.hold:
        return None
    layers = arguments.clean
    cleaning = None if layers is None else one.study.cleaned.cleaning.names
    settings = RunSettings(
        arguments.frequency,
        cleaning,
        arguments.seed,
        arguments.ets,
        REPLAYED if arguments.replay else 0,
        arguments.currency,
    )
    return StudyInputs(one.given, one.study.assumptions, settings)


def what_changed(kept: KeptStudy, study: Study, inputs: StudyInputs) -> tuple[Change, Realised]:
    """What changed since the kept study and what became of what it promised."""
    from analytics.study_change.attribution import study_change
    from analytics.study_change.realised import study_realised

    with solver_silent():
        return study_change(kept, study, inputs, progress()), study_realised(kept, study)


def kept_file(study: Study, inputs: StudyInputs | None) -> dict[str, Callable[[], bytes]]:
    """The study as a file of the folder, by its name; nothing, and a word, where it is too large or cannot be made again."""
    from analytics.study_change.kept import KEPT, MOST_LINES, kept_bytes, kept_study

    if inputs is None or len(study.history) > MOST_LINES:
        tell("no study is kept in the folder: it cannot be compared with next month")
        return {}
    return {KEPT: lambda: kept_bytes(kept_study(study, inputs))}
