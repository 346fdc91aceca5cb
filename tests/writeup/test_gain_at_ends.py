"""What a range of queue, quote, assembly or excess cover moves of the gain: held against whole studies decided at both ends."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analytics.assumptions import Assumption, Assumptions
from analytics.data import read_items, read_sales
from analytics.scenario.reassume import reassume
from analytics.study import Study, run_study
from analytics.study_stock.effects import moved_by_field
from analytics.study_stock.range_ends import gain_at_ends
from analytics.study_stock.registered import worked_out_once

START = datetime.date(2023, 1, 2)
SALES = "\n".join(
    ["date,sku,quantity,price"]
    + [
        f"{START + datetime.timedelta(weeks=w)},{s},{1 + (w * k) % 3},{900 + 100 * k}"
        for w in range(0, 104, 3)
        for k, s in enumerate("ABCD")
    ]
)
ITEMS = "sku,unit_cost,make,component_lead_days,production_days,current_mode\n" + "".join(
    f"{s},{600 + 60 * k},1,7,7,MTS\n" for k, s in enumerate("ABCD")
)


@cache
def decided() -> Study:
    """Four dear products that customers wait for, kept in stock today."""
    given, report = read_items(ITEMS.encode())
    patient = Assumptions({"patience_per_day": Assumption(0.004, 0.004, 0.004, "confirmed")})
    return run_study(read_sales(SALES.encode()), given, patient, items_report=report, draws=4, how_sure=False)


def study() -> Study:
    """The same with three of them made to order, the last in stock: what moves the gain does not hang on which way earns most."""
    here = decided()
    order = here.comparison.strategies.index("MTO")
    mix = np.array([order, order, order, here.comparison.strategies.index("MTS")])
    chosen = replace(here.recommendation, recommended=mix, as_today=np.array([False, False, False, True]))
    return replace(here, recommendation=chosen)


def at_queue(days: float) -> Study:
    sure = Assumption(days, days, days, "confirmed")
    stated = replace(decided().assumptions, general={**decided().assumptions.general, "queue_days": sure})
    return reassume(decided(), stated, how_sure=False)


def test_the_queue_moves_what_whole_studies_say() -> None:
    here = study()
    order = here.comparison.strategies.index("MTO")
    low, high = here.items.range("queue_days")
    found = gain_at_ends(here, ["queue_days"])["queue_days"]
    ends = [at_queue(float(end[0])).comparison.profit[:, order] for end in (low, high)]
    whole = np.where(here.recommendation.recommended == order, ends[1] - ends[0], 0.0)
    assert whole.min() < -1.0 and found.left == 0
    np.testing.assert_allclose(found.moved, whole, rtol=0.02, atol=1.0)
    # the quote has no other range than that of the queue here, so that it moves as much
    assert gain_at_ends(here, ["quote_days"])["quote_days"].moved == pytest.approx(found.moved, rel=0.02, abs=1.0)  # fmt: skip


def test_what_hears_nothing_of_a_field_moves_nothing_and_rows_add_up() -> None:
    here = study()
    order = here.comparison.strategies.index("MTO")
    moved = moved_by_field(here, worked_out_once(here)(), ["queue_days", "assembly_days", "excess_cover_weeks", "gain_error", "price"])  # fmt: skip
    assert {"queue_days", "assembly_days", "excess_cover_weeks"} <= set(moved.moved)
    assert not {"gain_error", "price"} & set(moved.moved)
    stocked = here.recommendation.recommended != order
    assert (moved.moved["queue_days"][stocked] == 0.0).all()
    assert (moved.moved["assembly_days"][~np.isin(np.array(here.comparison.strategies, object)[here.recommendation.recommended], ["ATO"])] == 0.0).all()  # fmt: skip
    every = np.ones(len(here.items), bool)
    total, words = moved.of("queue_days", every)
    assert total == pytest.approx(sum(moved.of("queue_days", np.array([k]))[0] for k in range(4)))
    assert words == "gain a year, from low to high"


def test_what_is_not_played_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics.study_stock.range_ends.MOST_SEARCHED", 1)
    moved = moved_by_field(study(), worked_out_once(study())(), ["queue_days"])
    some = np.isnan(moved.moved["queue_days"])
    assert some.any()
    _, words = moved.of("queue_days", np.ones(4, bool))
    assert words.startswith(f"gain a year, from low to high; not measured of {int(some.sum())} product")
    alone, why = moved.of("queue_days", some)
    assert np.isnan(alone) and "not measured of" in why
