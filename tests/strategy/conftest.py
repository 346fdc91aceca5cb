"""What the tests of strategies share."""

from __future__ import annotations

import pytest

from analytics.study import Study
from tests.strategy.small import small_study


@pytest.fixture(scope="session")
def study() -> Study:
    """The study of the small company; a test that changes it works on a copy."""
    return small_study()
