"""Studies kept on this machine to be compared with later ones: files beside the database, each only because somebody asked for it.

A file is named after the data set that it was made from (`kept.places.study_name`), so that it goes when that data set is forgotten. A study is offered only
where the file on the screen has a good part of its products: who has other files does not see that it is there.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from analytics.errors import DataError
from analytics.study_change.kept import KeptStudy, read_kept
from dashboard.kept.notes import say
from dashboard.kept.places import kept_study_files, put_study, studies_folder, study_name

__all__ = ["MOST_KEPT", "OnThisMachine", "keep_study", "kept_studies", "remove_study"]

#: Studies kept on a machine at most.
MOST_KEPT = 60
#: Products in common from which on a kept study is offered, a share of its own.
_ITS_OWN = 0.5


class OnThisMachine(NamedTuple):
    """A study kept here: its file, its title (source and last day), and its bytes."""

    file: str
    title: str
    data: bytes


def keep_study(data: str, study: bytes) -> str:
    """Keep a study of a data set (its digest); "" where it is kept now, else why it is not."""
    if len(kept_study_files()) >= MOST_KEPT:
        return f"{MOST_KEPT} studies are kept, which is the most: remove one"
    try:
        put_study(studies_folder() / study_name(data, study), study)
    except OSError as problem:
        return f"it cannot be kept in {studies_folder()} ({problem.strerror or problem})"
    return ""


def kept_studies(skus: Collection[str]) -> list[OnThisMachine]:
    """The studies kept here of the company whose products these are, the latest last."""
    found: list[tuple[str, OnThisMachine]] = []
    here = set(skus)
    for path in kept_study_files():
        try:
            data = path.read_bytes()
            one = read_kept(data, path.name)
        except (OSError, DataError):
            say(f"the kept study {path.name} cannot be used by this version; it is still kept")
            continue
        own = {str(sku) for sku in one.inputs.reading.history.skus}
        if len(own & here) >= _ITS_OWN * len(own):
            found.append((str(one.last_date), OnThisMachine(path.name, _title(one), data)))
    return [one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].file))]


def _title(one: KeptStudy) -> str:
    return f"{one.inputs.reading.history.report.source}, sales to {one.last_date}"


def remove_study(file: str) -> None:
    """Delete a study kept here."""
    for path in kept_study_files():
        if path.name == file:
            path.unlink(missing_ok=True)
