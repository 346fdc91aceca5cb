"""What outlives a reload: kept and found again to the last digit, bounded, and gone when the data go."""

from __future__ import annotations

import math

import pytest

from analytics.assumptions import Assumption, Assumptions
from dashboard import memory
from dashboard.facts import Override

DATA = "0123456789abcdef0123"


def state(rate: float = 0.1234567890123, note: str = "é *show* \" ' \n") -> memory.State:
    general = {"capital_rate": Assumption(rate, 0.08, 0.2, "assumed"), "gross_margin": Assumption(math.nan, 0.1, 0.9, "confirmed")}
    return Assumptions(general, {"Räder": {"salvage_share": Assumption(0.3, 0.3, 0.3, "confirmed")}}, {"A-1": {}}), "USD", (Override("A-1", "MTS", note),), True, ("returns",), 30


def test_a_state_comes_back_as_it_was_under_the_name_of_its_content() -> None:
    one = state()
    name = memory.keep_state(DATA, one)
    found = memory.state(DATA, name)
    assert name == memory.keep_state(DATA, one) != memory.keep_state(DATA, state(0.2))
    assert found is not None and repr(found) == repr(one)
    assert memory.state("fedcba9876543210", name) is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "no-such", "a/b"])
def test_an_address_cannot_name_another_file(name: str) -> None:
    assert memory.state(DATA, name) is None


def test_a_damaged_file_is_no_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    name = memory.keep_state(DATA, state())
    path = memory.memory_folder() / f"{DATA[:16]}-{name}.json"
    for text in ("", "{", "[]", '{"general": 3}', '{"general": {"capital_rate": ["x"]}}'):
        path.write_text(text)
        assert memory.state(DATA, name) is None


def test_scenarios_stay_in_order_and_go_with_the_data() -> None:
    for k in range(35):
        memory.keep_scenarios(DATA, {**memory.scenarios(DATA), f"s {k}": state(0.01 * k)})
    assert list(memory.scenarios(DATA)) == [f"s {k}" for k in range(5, 35)]
    memory.keep_state(DATA, state())
    memory.keep_scenarios("another data set", {"x": state()})
    assert memory.forget(DATA) == 2
    assert memory.scenarios(DATA) == {} and list(memory.scenarios("another data set")) == ["x"]


def test_where_nothing_can_be_kept_it_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STOCK_OR_ORDER_SCENARIOS", str(tmp_path / "file" / "below"))
    assert memory.keep_state(DATA, state()) == "" and not memory.keep_scenarios(DATA, {"x": state()})


def test_named_columns_belong_to_a_header_and_can_be_forgotten() -> None:
    assert memory.naming(("Day", "Item", "Pcs")) == {}
    assert memory.keep_naming(("Day", "Item", "Pcs"), {"sku": "Item", "quantity": "Pcs"})
    assert memory.naming(("Day", "Item", "Pcs")) == {"sku": "Item", "quantity": "Pcs"}
    assert memory.naming(("Day", "Item")) == {} and memory.naming(()) == {}
    memory.keep_naming(("Day", "Item", "Pcs"), {})
    assert memory.namings() == {}
