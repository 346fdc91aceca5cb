"""Assumptions in business language: each in one area, on a scale that holds its range; tried, confirmed and taken back; for all, a family, a product."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from analytics.assumptions import FIELDS
from analytics.items import CONFIRMED, GIVEN
from analytics.naming.areas import AREAS
from analytics.naming.scales import scale_of
from dashboard.levers.by_area import rows_of
from dashboard.levers.by_hand import CURVES, SLIDERS, label_of, slider_at
from dashboard.results import compute
from dashboard.results.facts import Facts, Known
from dashboard.state.choice import Choice, base_assumptions, moved, sample_source

Start = Callable[..., AppTest]
FactsOf = Callable[[str], Facts]


def test_every_assumption_stands_in_one_area_and_can_be_moved_by_hand() -> None:
    named = [name for fields in AREAS.values() for name in fields]
    assert sorted(named) == sorted(FIELDS) and len(set(named)) == len(named)
    labels = [label_of(name, "CHF") for name in FIELDS]
    assert len(set(labels)) == len(labels) and "money" not in " ".join(labels)
    assert len(CURVES) == len(FIELDS["patience_curve"].choices)


@pytest.mark.parametrize("name", list(SLIDERS))
def test_a_slider_can_say_the_value_and_both_ends_of_its_range_exactly(name: str) -> None:
    row = FIELDS[name]
    for value in (v for v in (row.default, row.low, row.high) if v == v):
        low, high, step, place = slider_at(name, value)
        assert low < high and place == pytest.approx(scale_of(name).shown(value), abs=1e-9)
        assert (place - low) / step == pytest.approx(round((place - low) / step), abs=1e-9)


def test_what_is_confirmed_comes_first_then_what_moves_the_gain_most(
    facts_of_sample: FactsOf,
) -> None:
    facts = facts_of_sample("bicycles")
    choice = Choice(sample_source("bicycles"), base_assumptions("bicycles"), levers=(("queue_days", 9.0),))
    supply, money = (rows_of(choice, facts, area) for area in ("Supply", "Money"))
    assert [r.name for r in supply if r.tried] == ["queue_days"] and not any(r.stated for r in supply)
    assert money[0].name == "capital_rate" and money[0].stated and money[0].now.value == 0.09
    ends = facts.sensitivity.set_index("field")
    by_hand = max(
        abs(float(ends.at["fixed_cost_share", end]) - facts.portfolio.gain) for end in ("at_low", "at_high")
    )
    assert (
        next(r for r in money if r.name == "fixed_cost_share").moves == pytest.approx(by_hand) and by_hand > 0
    )
    for rows in (supply, money):
        open_ones = [r.moves for r in rows if r.first[0] == 1 and r.moves == r.moves]
        assert open_ones == sorted(open_ones, reverse=True)
    # what the file gives for every product is not open, and what it does not is: by the origins of the items themselves
    live = ~facts.products["ended"].to_numpy(bool)
    for row in supply:
        assert row.given == (facts.items.origin(row.name)[live] == GIVEN).mean()
        if row.given == 1.0:
            # what the file says is shown, not the table's value that stands behind it
            assert not row.ours and row.now.value == np.median(np.asarray(facts.items[row.name], float)[live])
    assert any(row.given == 1.0 and row.now.value != FIELDS[row.name].default for row in supply)


def test_a_slider_is_tried_then_confirmed_then_taken_back(start: Start) -> None:
    at = start("servers", "assumptions")
    before = at.session_state["choices"]["servers"]
    order = [s.label for s in at.slider]
    lever = next(s for s in at.slider if s.label == label_of("salvage_share"))
    lever.set_value(45.0).run()
    assert [s.label for s in at.slider] == order  # none moves away under the hand
    choice = at.session_state["choices"]["servers"]
    assert choice.levers == (("salvage_share", 0.45),) and choice.answers == before.answers
    assert any("tried" in c.value and "45 %" in c.value for c in at.caption)
    next(b for b in at.button if b.key.startswith("area-confirm-") and "salvage_share" in b.key).click().run()
    choice = at.session_state["choices"]["servers"]
    now = choice.assumptions.of("salvage_share")
    assert not choice.levers and (now.value, now.low, now.high, now.origin) == (0.45, 0.45, 0.45, "confirmed")
    next(b for b in at.button if b.key.startswith("area-back-") and "salvage_share" in b.key).click().run()
    assert at.session_state["choices"]["servers"].state == before.state and not at.exception


def test_confirming_what_stands_takes_nothing_but_its_range(start: Start) -> None:
    at = start("servers", "assumptions")
    before = compute.facts(at.session_state["choices"]["servers"])
    next(b for b in at.button if b.key.startswith("area-confirm-") and "storage_rate" in b.key).click().run()
    choice = at.session_state["choices"]["servers"]
    after = compute.facts(choice, need=Known.YEARS)
    assert choice.answers.as_assumed == ("storage_rate",) and after.portfolio.gain == before.portfolio.gain
    assert not next(r for r in rows_of(choice, after, "Stock") if r.name == "storage_rate").ours


def test_one_family_and_one_product_have_their_own_answer_and_give_it_back(start: Start) -> None:
    at = start("servers", "assumptions")
    plain = at.session_state["choices"]["servers"]
    items = compute.facts(plain, need=Known.MONEY).items
    families = items["family"].astype(str)
    family = sorted(set(families))[1]
    at.selectbox(key=next(s.key for s in at.selectbox if s.label == "Assumptions of")).select(
        "A family"
    ).run()
    next(s for s in at.selectbox if s.label == "Family").select(family).run()
    next(s for s in at.slider if s.label == label_of("salvage_share")).set_value(35.0).run()
    choice = at.session_state["choices"]["servers"]
    after = compute.facts(choice, need=Known.MONEY).items
    assert dict(choice.answers.family[family]).keys() == {"salvage_share"}
    assert (after["salvage_share"][families == family] == 0.35).all()
    assert (after["salvage_share"][families != family] == items["salvage_share"][families != family]).all()
    next(b for b in at.button if b.key.startswith("area-back-")).click().run()
    assert at.session_state["choices"]["servers"].answers == plain.answers
    at.selectbox(key=next(s.key for s in at.selectbox if s.label == "Assumptions of")).select(
        "A product"
    ).run()
    # what the file gives for every product stands in the file; for one product a person may say otherwise
    given = next(n for n in SLIDERS if (items.origin(n) == GIVEN).all())
    sku = str(items.skus[3])
    next(s for s in at.selectbox if s.label == "Product").select(sku).run()
    next(s for s in at.slider if s.label == label_of(given)).set_value(61.0).run()
    after = compute.facts(at.session_state["choices"]["servers"], need=Known.MONEY).items
    k = list(after.skus).index(sku)
    others = np.arange(len(after.skus)) != k
    assert (
        scale_of(given).shown(after[given][k]) == pytest.approx(61.0) and after.origin(given)[k] == CONFIRMED
    )
    assert (after[given][others] == items[given][others]).all() and not at.exception


def test_a_lever_on_this_page_is_the_lever_of_compare(start: Start) -> None:
    at = start("servers", "assumptions")
    next(s for s in at.slider if s.label == label_of("cost_premium")).set_value(4.5).run()
    at.switch_page("views/compare.py").run()
    same = next(s for s in at.slider if s.label == label_of("cost_premium"))
    assert same.value == 4.5
    choice = at.session_state["choices"]["servers"]
    assert choice.assumptions == moved(choice.answers, {"cost_premium": 0.045})
