"""Flip points: by hand, on both sides by full runs, and every sentence about them of every product."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analytics.assumptions import FIELDS, read_assumptions
from analytics.data import read_items, read_sales
from analytics.items import ASSUMED, Items
from analytics.strategy import flips as flips_module
from analytics.strategy.confidence import confidence
from analytics.strategy.decision_rule import STAYS
from analytics.strategy.flips import is_firm
from analytics.strategy.lever_flips import lever_flips
from analytics.study import Study, run_study
from analytics.study_changes import study_standing
from analytics.study_results import study_confidence, study_summary
from dashboard.compute import sample_study
from tests.faults.damage import ALL
from tests.strategy.judged import standing_by_hand
from tests.strategy.sentences import lever_sentences, usual_sentences, wrong_sides
from tests.strategy.small import priced_items
from tests.strategy.test_recommend import by_hand, ledgers_by_hand

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "economics_cases.json"


def test_firm_as_the_cases_have_it() -> None:
    if not CASES.is_file():
        pytest.skip("the shared cases are not beside the project")
    cases = [case for case in json.loads(CASES.read_text()) if case["kind"] == "firm"]
    assert len(cases) >= 3
    for case in cases:
        given = case["inputs"]
        assert is_firm(given["usual_low"], given["usual_high"], given["flips_at"]) == case["expected"]["firm"], case["id"]


def test_every_sentence_of_the_small_company_is_true_on_both_sides(study: Study) -> None:
    said = usual_sentences(study)
    assert len(said) >= 10 and wrong_sides(study, said) == []


def test_sentences_of_a_sample_drawn_by_chance_are_true_on_both_sides() -> None:
    """Of the servers, of one assumption each a few, and the product pages of two products; `make study` runs all of all samples (see below)."""
    study, rng = sample_study("servers"), np.random.default_rng(17)
    usual = usual_sentences(study)
    drawn = [usual[k] for k in sorted(rng.choice(len(usual), 16, replace=False))]
    levers = lever_sentences(study, rng.choice(np.flatnonzero(study.recommendation.decided.decidable), 2, replace=False))
    assert len(levers) >= 2 and len({said.field for said in (*drawn, *levers)}) >= 6
    assert wrong_sides(study, [*drawn, *levers]) == []


@pytest.mark.skipif(not ALL, reason="the whole takes many minutes: make study")
@pytest.mark.parametrize("sample", ["servers", "household", "bicycles"])
def test_every_sentence_of_the_samples_is_true_on_both_sides(sample: str) -> None:
    study = sample_study(sample)
    said = [*usual_sentences(study), *lever_sentences(study, np.flatnonzero(study.recommendation.decided.decidable))]
    assert len(said) >= 100 and wrong_sides(study, said) == []


def test_a_decision_that_turns_and_turns_back_within_the_range_is_found() -> None:
    """Another way is right from 0.30 to 0.45 of the range alone, both ends are as now: found from within."""
    low, value, high = np.zeros(1), np.full(1, 0.5), np.ones(1)
    points = flips_module._points((low, value, high), 8)

    def shown(rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        return np.where((values > 0.30) & (values < 0.45), 1, 0)

    now = np.zeros(1, np.intp)
    found = flips_module._nearest(shown(np.zeros(1), points), now, points, (low, value, high))
    holds, turns, to = flips_module._narrowed(shown, now, *found, np.full(1, 1e-6), 8)
    assert turns[0] == pytest.approx(0.45, abs=2e-6) and holds[0] >= 0.45 and turns[0] < 0.45 and to[0] == 1


def test_a_rate_flip_is_where_the_formula_has_it_in_both_directions() -> None:
    """Perfect year 400; stock of h units costs h x 6 x (0.12 + storage). Today to order, losing 20 units (80), stock is worth a change as long as it is ahead by 8."""
    items: Items = priced_items(["falls", "stays"]).with_field("current_mode", np.array(["MTO", "MTO"], object), 1)
    items = items.with_field("storage_rate", np.array([0.05, 0.05]), ASSUMED, 0.01, 0.2)
    held, lost = [60.0, 20.0], [20.0, 20.0]
    standing = standing_by_hand(by_hand(items, held, lost), items, np.zeros(2, bool), ledgers_by_hand(items, held, lost))
    found = flips_module.find_flips(standing)
    k = found.at("storage_rate")
    assert list(standing.decided.decision.shown) == [0, 0]
    assert found.turns[k, 0] == pytest.approx(72.0 / 360.0 - 0.12, rel=1e-3) and found.to[k, 0] == STAYS and found.holds[k, 0] < found.turns[k, 0]
    assert np.isnan(found.turns[k, 1]) and found.decisive[1] == ""
    dear = items.with_field("storage_rate", np.array([0.15, 0.15]), ASSUMED, 0.01, 0.2)
    back = flips_module.find_flips(standing_by_hand(by_hand(dear, held, lost), dear, np.zeros(2, bool), ledgers_by_hand(dear, held, lost)))
    assert back.turns[k, 0] == pytest.approx(72.0 / 360.0 - 0.12, rel=1e-3) and back.to[k, 0] == 0 and back.holds[k, 0] > back.turns[k, 0]


def test_who_is_not_searched_is_not_called_firm(study: Study) -> None:
    standing = standing_by_hand(study.comparison, study.items, study.recommendation.ended, study.ledgers)
    found = flips_module.find_flips(standing, fields=(), most=3)
    assert found.searched.sum() == 3
    margin = np.where(standing.decided.decidable, np.abs(standing.decided.margin), -1.0)
    assert set(np.flatnonzero(found.searched)) == set(np.argsort(-margin)[:3])


def test_costs_that_nobody_stated_have_their_usual_range(study: Study) -> None:
    items = study.items
    for name, most in (("waiting_cost_per_unit_day", 0.01 * items["price"]),):
        low, high = items.range(name)
        assert (low == 0.0).all() and high == pytest.approx(most)
    assert (items.range("order_setup_cost")[1] == items["order_setup_cost"]).all()  # given: no range
    assert FIELDS["cancellation_share"].high == 0.05


def test_confidence_names_what_turns_most_money(study: Study) -> None:
    r = study.recommendation
    assert r.flips is not None
    n = len(r.gain)
    gain = np.zeros(n)
    gain[:4] = [60.0, 25.0, 10.0, 5.0]
    turns = np.full((2, n), np.nan)
    turns[0, 1], turns[1, [2, 3]] = 0.1, 0.2
    flips = replace(r.flips, fields=("cost_premium", "capital_rate"), turns=turns, holds=turns, to=np.zeros((2, n), np.intp), searched=np.ones(n, bool))
    verdict = np.full(n, "clear", object)
    made = replace(r, gain=gain, flips=flips, verdict=verdict)
    names, long = np.array([f"P{i}" for i in range(n)], object), np.full(n, 24.0)
    got = confidence(made, (100.0, 50.0, 150.0), long, names)
    assert got.kind == "depends" and got.badge == "Depends on the premium of single units, the cost of capital"
    assert [(t.field, t.products, t.money) for t in got.turning] == [("cost_premium", 1, 25.0), ("capital_rate", 2, 15.0)]
    assert any("P0 alone brings 60 %" in sentence for sentence in got.sentences)
    turns[0, 1] = np.nan
    turns[1, 2] = np.nan
    few = confidence(made, (100.0, 50.0, 150.0), np.where(np.arange(n) == 1, 5.9, 24.0), names)
    assert few.kind == "firm" and few.badge == "Firm"
    assert any("P1 has under six months of history and brings 25 % of the gain" in sentence for sentence in few.sentences)
    assert confidence(made, (100.0, -1.0, 150.0), long, names).kind == "too_close"
    unsure = replace(made, flips=replace(flips, searched=np.arange(n) > 0), decided=replace(r.decided, decidable=np.ones(n, bool)))
    assert confidence(unsure, (100.0, 50.0, 150.0), long, names).kind == "not_searched"


def test_the_summary_says_how_sure_the_answer_is(study: Study) -> None:
    document = study_summary(study)["confidence"]
    found = study_confidence(study)
    assert document["badge"] == found.badge and [row["field"] for row in document["turning"]] == [one.field for one in found.turning]
    assert list(document["sentences"]) == list(found.sentences) and found.sentences


def test_every_assumption_under_which_something_turns_is_among_the_questions(study: Study) -> None:
    turning = {one.field for one in study_confidence(study).turning if one.money > 0.0}
    asked = {question["field"] for question in study_summary(study)["questions"]}
    assert turning and turning <= asked


def test_a_wide_search_of_levers_finds_what_the_usual_ranges_hold(study: Study) -> None:
    """By the same rule: within the usual range the premium, and how long models last, turn a product where they turned it; margin and holding by hand."""
    flips, tried = study.recommendation.flips, 0
    assert flips is not None
    for name in ("cost_premium", "hazard_per_year"):
        for i in np.flatnonzero(np.isfinite(flips.turns[flips.at(name)]))[:2]:
            (found,) = lever_flips(study_standing(study), int(i), (name,))
            low, high = (float(bound[i]) for bound in study.items.range(name))
            nearer = abs(found.turns - found.now) <= abs(float(flips.turns[flips.at(name), i]) - found.now) * 1.02 + 2e-3 * (found.most - found.least)
            assert nearer or not low <= found.turns <= high
            tried += 1
    assert tried
    i = int(np.argmax(np.abs(np.where(study.recommendation.decided.decidable, study.recommendation.decided.margin, 0.0))))
    for found in lever_flips(study_standing(study), i, ("margin", "holding_rate", "demand", "quote_days")):
        assert found.least <= found.now <= found.most and (np.isnan(found.turns) or found.least <= min(found.holds, found.turns))


def test_an_assumed_order_size_whose_range_passes_a_minimum_decides_and_is_named() -> None:
    """Weekly totals, each of whole orders of 20: a customer orders 20 to 40 at once, 28 assumed. A supplier who takes no order under 33 rules single orders out
    at 28 and not at 33, where they earn more than stock that is written off; what is said is what a full run with that order size says."""
    orders = np.random.default_rng(3).poisson(1.5, 110)
    lines = [f"{np.datetime64('2022-01-03') + 7 * week},A,{20 * count},20" for week, count in enumerate(orders)]
    items = b"sku,unit_cost,make,component_lead_days,moq,current_mode\nA,12,0,21,33,MTS\n"
    stated = read_assumptions("[general]\npatience_per_day = 0.001\nhazard_per_year = 0.9\n")
    study = run_study(read_sales(("week,sku,quantity,price\n" + "\n".join(lines) + "\n").encode()), read_items(items)[0], stated, draws=10)
    assert study.items["units_per_order"][0] == pytest.approx(28.28, abs=0.01) and np.isnan(study.comparison.profit[0, study.comparison.strategies.index("MTO")])
    assert study.recommendation.verdict[0] == "depends_on_units_per_order"
    said = [one for one in usual_sentences(study) if one.field == "units_per_order"]
    assert len(said) == 1 and said[0].to == "MTO" and said[0].holds < 33.0 <= said[0].turns < 33.5
    assert "customers order more than 33" in said[0].text and said[0].text.split("it turns")[1] in study.recommendation.reason[0]
    assert wrong_sides(study, said) == []
