"""Answers to cases of replay and simulation, and of the origins of a backtest."""

from __future__ import annotations

from typing import Any

from tests.published.inputs import Given


class NotHandled(LookupError):
    """A case that no public function answers yet."""


def replay_case(case: str, given: Given) -> dict[str, Any]:
    raise NotHandled(f"{case}: no public replay yet")


def simulation_case(case: str, given: Given) -> dict[str, Any]:
    raise NotHandled(f"{case}: no public simulation yet")


def origins_case(case: str, given: Given) -> dict[str, Any]:
    raise NotHandled(f"{case}: no public count of origins yet")
