"""The studies of the samples, computed once for all tests: by whichever asks first, and kept as the program keeps them.

What is kept is found again only for the very code, files and libraries that made it (`dashboard/results/store.py`), so a kept study is
what this code computes. Tests that are about running a study run it themselves.
"""

from __future__ import annotations

from functools import cache

from analytics.study import Study
from dashboard.results.compute import sample_study
from dashboard.results.store import keep, kept

__all__ = ["kept_sample"]


@cache
def kept_sample(name: str) -> Study:
    """The study of a sample as its files and assumptions say, none of it changed."""
    found = kept(name, "study")
    if found is None:
        found = sample_study(name)
        keep(name, "study", found)
    assert isinstance(found, Study)
    return found
