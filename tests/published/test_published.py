"""Every published case, within its tolerance: absolute, relative (with a floor of 1e-9), exact, statistical or informative."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.published.evaluate import NotHandled, evaluate

CASES = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))


def _agree(found: Any, expected: Any, tolerance: dict[str, Any], where: str) -> None:
    if isinstance(expected, dict):
        assert isinstance(found, dict), where
        for key, value in expected.items():
            assert key in found, f"{where}.{key} is not answered"
            _agree(found[key], value, tolerance, f"{where}.{key}")
    elif isinstance(expected, list):
        assert isinstance(found, list) and len(found) == len(expected), f"{where}: {found} for {expected}"
        for k, (one, other) in enumerate(zip(found, expected, strict=True)):
            _agree(one, other, tolerance, f"{where}[{k}]")
    elif isinstance(expected, (bool, str)) or expected is None:
        assert found == expected, f"{where}: {found!r} for {expected!r}"
    else:
        kind, size = tolerance["type"], float(tolerance["value"])
        allowed = {
            "exact": 0.0,
            "abs": size,
            "informative": size,
            "rel": max(1e-9, size * abs(expected)),
            "statistical": size * abs(expected),
        }[kind]
        assert abs(found - expected) <= allowed, f"{where}: {found!r} for {expected!r}, {kind} {size:g}"


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    found = evaluate(case["id"], case["inputs"])
    general = case["tolerance"]
    for key, expected in case["expected"].items():
        assert key in found, f"{case['id']}: {key} is not answered, only {sorted(found)}"
        _agree(found[key], expected, general.get("per_key", {}).get(key, general), f"{case['id']}.{key}")


def test_an_unknown_kind_is_said() -> None:
    with pytest.raises(NotHandled):
        evaluate("XYZ-01", {})


def test_every_case_names_its_source() -> None:
    assert all(case["source"] for case in CASES) and len({case["id"] for case in CASES}) == len(CASES)


def test_a_list_where_one_number_is_meant_is_answered_element_by_element() -> None:
    inputs = {"mean_LTD": 200, "sd_LTD": 50, "Q": 150}
    together = evaluate("SVC-06", {**inputs, "target": [0.9, 0.95]})
    apart = [evaluate("SVC-06", {**inputs, "target": target}) for target in (0.9, 0.95)]
    assert together["s_for_P2"] == [one["s_for_P2"] for one in apart]
