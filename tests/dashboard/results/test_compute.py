"""What is kept is found by bytes and settings; a person's data stay in the session."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.assumptions import Assumptions
from analytics.limits import Limits
from dashboard.results import compute
from dashboard.results.keys import digest_of, held_at, key_of
from dashboard.results.result_cache import Shelf
from dashboard.state.choice import Choice, base_assumptions, file_source, moved, opened_as, sample_source


def test_one_changed_byte_is_another_source() -> None:
    one = file_source((("a.csv", b"date,sku,quantity\n2024-01-01,A,1\n"),))
    two = file_source((("a.csv", b"date,sku,quantity\n2024-01-01,A,2\n"),))
    assert one.digest != two.digest
    assert (
        one.digest
        != file_source(one.sales, ("i.csv", b"sku\nA\n")).digest
        != file_source(one.sales, None, "DMY").digest
    )


def test_a_name_and_its_bytes_cannot_be_confused() -> None:
    assert file_source((("a", b"b"), ("c", b"d"))).digest != file_source((("a", b"bc"), ("", b"d"))).digest


def test_the_shelf_forgets_what_was_not_asked_for() -> None:
    shelf = Shelf(2)
    shelf.put(("a", "1"), 1)
    shelf.put(("a", "2"), 2)
    assert shelf.find(("a", "1")) == 1
    shelf.put(("a", "3"), 3)
    assert (shelf.find(("a", "1")), shelf.find(("a", "2")), shelf.find(("a", "3"))) == (1, None, 3)
    shelf.forget("a")


def test_a_shelf_does_not_keep_what_is_refused() -> None:
    gone: set[str] = set()
    shelf = Shelf(2, lambda first: first[:4] in gone)
    shelf.put(("june and more", "x"), 1)
    gone.add("june")
    shelf.forget("june")
    assert (
        shelf.put(("june and more", "x"), 2) == 2
        and shelf.find(("june and more", "x")) is None
        and shelf.put(("july",), 3) == shelf.find(("july",)) == 3
    )


def test_a_lever_is_no_confirmation_and_an_answer_is() -> None:
    base = Assumptions()
    lever = moved(base, {"salvage_share": 0.4})
    answer = base.with_general(salvage_share=0.4)
    assert lever.of("salvage_share").origin == "assumed" and lever.of("salvage_share").high == 0.5
    assert answer.of("salvage_share").origin == "confirmed" and answer.of("salvage_share").high == 0.4
    assert len({digest_of(a) for a in (base, lever, answer)}) == 3


def test_a_lever_on_a_confirmed_value_stays_without_range() -> None:
    base = base_assumptions("bicycles")
    assert base.of("capital_rate").origin == "confirmed"
    assert moved(base, {"capital_rate": 0.2}).of("capital_rate").low == 0.2


def test_service_held_is_another_result_and_part_of_the_state() -> None:
    """Held or chosen anew: never one for the other; limits that bind hold nothing; as the data were opened nothing is held."""
    anew = Choice(file_source((("a.csv", b"x"),)), Assumptions().with_general(capital_rate=0.11))
    held = replace(anew, held=Assumptions().with_general(capital_rate=0.09))
    assert key_of(held) != key_of(anew) and held_at(held) and not held_at(anew)
    assert key_of(replace(anew, held=Assumptions().with_general(capital_rate=0.08))) != key_of(held)
    limited = replace(held, answers=replace(held.answers, limits=Limits(stocked_products=5)))
    assert not held_at(limited)
    assert anew.at(held.state) == held and opened_as(held).held is None


def test_engines_are_loaded_once_however_many_results_are_kept_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[float] = []

    class Timer:
        def __init__(self, seconds: float, run: object) -> None:
            self.seconds = seconds

        def start(self) -> None:
            started.append(self.seconds)

    monkeypatch.setattr(compute.threading, "Timer", Timer)
    shelves = compute._shelves()
    was = shelves.warmed.is_set()
    shelves.warmed.clear()
    try:
        choice = Choice(sample_source("household"), Assumptions())
        for k in range(4):
            compute.warm(choice)
            shelves.once.put((f"other {k}",), k)
    finally:
        if was:
            shelves.warmed.set()
    assert started == [4.0]
