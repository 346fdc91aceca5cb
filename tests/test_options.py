"""The choices of the entry points: named records, each key with its default and its meaning; an unknown one is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from analytics.assumptions import Assumptions
from analytics.data import read_items, read_sales
from analytics.data.told import ITEMS_DEFAULTS, SALES_DEFAULTS, FileOptions, ItemsOptions, SalesOptions
from analytics.errors import options_in_force
from analytics.replay import decide_at, replay_schedule, run_replay
from analytics.study import run_study
from analytics.study_options import (
    DATE_DEFAULTS,
    REPLAY_DEFAULTS,
    STUDY_DEFAULTS,
    DateOptions,
    ReplayOptions,
    StudyOptions,
)

FIRST = dt.date(2020, 1, 6)
SALES = "date,sku,quantity\n" + "".join(
    f"{FIRST + dt.timedelta(weeks=k)},A,{k % 5 + 1}\n" for k in range(160)
)
RECORDS = [
    (SalesOptions, SALES_DEFAULTS),
    (ItemsOptions, ITEMS_DEFAULTS),
    (DateOptions, DATE_DEFAULTS),
    (StudyOptions, STUDY_DEFAULTS),
    (ReplayOptions, REPLAY_DEFAULTS),
]
#: the record whose keys each takes beside its own
BASES: dict[type, type] = {
    SalesOptions: FileOptions,
    ItemsOptions: FileOptions,
    DateOptions: DateOptions,
    StudyOptions: DateOptions,
    ReplayOptions: DateOptions,
}


@pytest.mark.parametrize(("record", "defaults"), RECORDS)
def test_every_key_has_a_default_and_a_meaning(record: type, defaults: Mapping[str, object]) -> None:
    assert set(defaults) == set(record.__annotations__)
    said = f" {record.__doc__} {BASES[record].__doc__}"
    assert [key for key in defaults if f" {key}: " not in said] == []


def test_what_is_not_given_is_at_its_default() -> None:
    given: StudyOptions = {"seed": 7, "ets": 3}
    found = options_in_force("run_study", given, STUDY_DEFAULTS)
    assert {key for key in found if found[key] != STUDY_DEFAULTS[key]} == {"seed", "ets"}  # type: ignore[literal-required]
    assert STUDY_DEFAULTS["seed"] == 1 and given == {"seed": 7, "ets": 3}


def _calls() -> dict[str, Callable[..., Any]]:
    history = read_sales(SALES.encode())
    plan = replay_schedule(history, 2)
    return {
        "read_sales": lambda **given: read_sales(SALES.encode(), **given),
        "read_items": lambda **given: read_items(b"sku,price\nA,3\n", **given),
        "run_study": lambda **given: run_study(history, **given),
        "decide_at": lambda **given: decide_at(history, None, Assumptions(), plan, 0, **given),
        "run_replay": lambda **given: run_replay(history, origins=2, **given),
    }


def test_an_unknown_keyword_is_refused_before_anything_is_done() -> None:
    """Python's own words, what it may have meant, and what there is."""
    meant = {"sed": "seed", "decimals": "decimal"}
    for function, call in _calls().items():
        wrong = "decimals" if function.startswith("read") else "sed"
        words = rf"^{function}\(\) got an unexpected keyword argument '{wrong}', did you mean '{meant[wrong]}'\? It takes "
        with pytest.raises(TypeError, match=words):
            call(**{wrong: 1})
        with pytest.raises(
            TypeError, match=rf"^{function}\(\) got an unexpected keyword argument 'zzz'\. It takes "
        ):
            call(zzz=None)


@pytest.mark.parametrize(
    ("function", "record"),
    [
        (read_sales, "SalesOptions"),
        (read_items, "ItemsOptions"),
        (run_study, "StudyOptions"),
        (decide_at, "DateOptions"),
        (run_replay, "ReplayOptions"),
    ],
)
def test_a_type_checker_knows_the_keywords(function: Callable[..., Any], record: str) -> None:
    """So written, mypy finds a misspelt choice and one of the wrong kind in every caller (PEP 692)."""
    assert function.__annotations__["options"] == f"Unpack[{record}]"
    assert f"`{globals()[record].__module__}.{record}`" in " ".join((function.__doc__ or "").split())
