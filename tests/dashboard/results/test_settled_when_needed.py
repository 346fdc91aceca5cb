"""What is worked out only when a page shows it is what would have been worked out at once, to the last digit."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.naming.labels import Verdict
from analytics.scenario.reassume import reassume
from dashboard.results import compute
from dashboard.results.facts import Facts, Known
from dashboard.results.store import kept
from dashboard.results.study_facts import facts_of
from dashboard.state.choice import Choice, base_assumptions, moved, sample_source
from sample_data import samples

#: Nothing more is looked at in the others, which take longer.
ALL = pytest.mark.skipif(os.environ.get("STOCK_OR_ORDER_FAULTS") != "all", reason="make study")


def differences(one: Any, other: Any, path: str = "facts") -> list[str]:
    """Paths at which two results differ by a bit."""
    if isinstance(one, np.ndarray):
        same = one.shape == other.shape and one.dtype == other.dtype
        same = same and pd.Series(one.ravel()).equals(pd.Series(other.ravel()))
        return [] if same else [path]
    if isinstance(one, pd.DataFrame):
        return [] if one.equals(other) else [path]
    if isinstance(one, Mapping):
        if list(one) != list(other):
            return [f"{path} keys"]
        return [d for key in one for d in differences(one[key], other[key], f"{path}[{key}]")]
    if isinstance(one, tuple | list):
        if len(one) != len(other):
            return [f"{path} length"]
        return [d for a, b in zip(one, other, strict=True) for d in differences(a, b, f"{path}[]")]
    if is_dataclass(one):
        names = [f.name for f in fields(one)]
        return [d for n in names for d in differences(getattr(one, n), getattr(other, n), f"{path}.{n}")]
    return [] if one == other or (one != one and other != other) else [path]


@pytest.mark.parametrize(
    ("sample", "lever"),
    [
        ("servers", {"capital_rate": 0.137}),
        pytest.param("servers", {"patience_per_day": 0.0123}, marks=ALL),
        pytest.param("bicycles", {"capital_rate": 0.137}, marks=ALL),
    ],
)
def test_facts_settled_step_by_step_are_those_found_at_once(
    facts_of_sample: Callable[[str], Facts], sample: str, lever: dict[str, float]
) -> None:
    facts_of_sample(sample)
    stated = moved(base_assumptions(sample), lever)
    choice = Choice(sample_source(sample), stated, samples()[sample].currency)
    years = compute.facts(choice, need=Known.YEARS)
    assert years.known == Known.YEARS and not years.pending
    undecided = set(years.products["verdict"]) - {Verdict.RECOMPUTING, Verdict.NOT_DECIDABLE}
    assert not undecided and years.confidence.kind == "recomputing"
    assert years.sensitivity.empty and not years.unseen and not years.worth and not years.rule
    assert compute.at_once(choice) is years
    turns = compute.facts(choice, need=Known.TURNS)
    assert turns.known == Known.TURNS and turns.sensitivity.empty
    whole = compute.facts(choice)
    eager = facts_of(reassume(kept(sample, "study"), stated))
    titled = replace(eager, title=whole.title, sample=True)
    assert whole.known == Known.ALL and not differences(titled, whole)
    # what was shown earlier did not move: money, ranges, and what is done
    for name in ("profit", "low", "high", "components", "portfolio", "cash", "shared"):
        assert not differences(getattr(years, name), getattr(whole, name)), name
    assert (years.products["recommended"] == whole.products["recommended"]).all()
    assert not differences(replace(turns, known=Known.ALL).products, whole.products)
