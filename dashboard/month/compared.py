"""The comparison of the study on the screen with an earlier one: computed once, kept with the other results of the data set."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from analytics.errors import DataError
from dashboard.results.compute import found_result, inputs_of, may_be_kept, result, study
from dashboard.results.keys import key_of
from dashboard.results.result_cache import Progress
from dashboard.state.choice import Choice

if TYPE_CHECKING:
    from analytics.study_change.attribution import Change
    from analytics.study_change.realised import Realised

__all__ = ["Earlier", "compared", "earlier", "key_of_change", "looked_at", "set_earlier"]

_KEPT = "_earlier"


class Earlier(NamedTuple):
    """An earlier study as it came: its name and bytes."""

    name: str
    data: bytes


def earlier(choice: Choice) -> Earlier | None:
    """The earlier study that this session compares a data set with; None: none, or none it can be compared with."""
    found: dict[str, Earlier] = st.session_state.get(_KEPT, {})
    return found.get(choice.source.digest) if may_be_kept(choice) else None


def set_earlier(choice: Choice, one: Earlier | None) -> None:
    """Compare with this earlier study from now on (None: with none)."""
    found: dict[str, Earlier] = st.session_state.setdefault(_KEPT, {})
    if one is None:
        found.pop(choice.source.digest, None)
    else:
        found[choice.source.digest] = one


def key_of_change(choice: Choice, one: Earlier) -> tuple[str, ...]:
    """What a comparison rests on: everything the study does, and the earlier study."""
    return ("change", *key_of(choice), blake2b(one.data, digest_size=16).hexdigest())


def looked_at(choice: Choice, one: Earlier) -> None:
    """Raise DataError where an earlier study is none, is damaged, or cannot be compared with the study on the screen."""
    from analytics.study_change.attribution import comparable
    from analytics.study_change.kept import read_kept

    comparable(read_kept(one.data, one.name), study(choice, sure=False).history, choice.currency)


def compared(
    choice: Choice, one: Earlier, progress: Progress | None = None
) -> tuple[Change, Realised] | DataError | None:
    """What changed since an earlier study and what came of its promises, or why they cannot be compared.

    None where that is not computed and no progress is given to compute it with.
    """
    key = key_of_change(choice, one)
    if progress is None:
        found: tuple[Change, Realised] | DataError | None = found_result(choice, key)
        return found
    then = progress

    def make() -> tuple[Change, Realised] | DataError:
        from analytics.study_change.attribution import study_change
        from analytics.study_change.kept import read_kept
        from analytics.study_change.realised import study_realised

        now = study(choice, lambda share, text: then(0.3 * share, text))
        told: Progress = lambda share, text: then(0.3 + 0.7 * share, text)  # noqa: E731
        try:
            kept = read_kept(one.data, one.name)
            return study_change(kept, now, inputs_of(choice, now), told), study_realised(kept, now)
        except DataError as error:
            return error

    made: tuple[Change, Realised] | DataError = result(choice, key, make)
    return made
