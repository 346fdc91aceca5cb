"""The map of two levers is the decision by the rule: where things stand, along its axes, and in corners run in full."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.scenario.restated import study_standing
from analytics.strategy.decision_rule import STAYS
from analytics.strategy.flips.lever_flips import LEVERS_SEARCHED, lever_flips, lever_value_now
from analytics.strategy.what_if.decision_map import DecisionMap, axis_values, decision_map, turns_from
from analytics.study import Study
from analytics.study_product import product_map
from dashboard.text.flip_words import map_words
from tests.strategy.flips.sentences import Said, Side, run_at


def test_where_things_stand_the_map_shows_what_is_done(study: Study) -> None:
    """Also where it stays as it is run today, where another strategy earns more, and where the family decides."""
    standing, shown = study_standing(study), study.recommendation.decided.decision.shown
    able = np.flatnonzero(study.recommendation.decided.decidable)
    for i in able[::3]:
        premium, margin = (lever_value_now(standing, lever, int(i)) for lever in ("cost_premium", "margin"))
        chart = decision_map(standing, int(i), "cost_premium", "margin", [premium, premium + 0.2], [margin])
        assert chart.shown[0, 0] == shown[i] and chart.shown.shape == (1, 2)
    quote = float(study.items["quote_days"][able[0]])
    chart = decision_map(standing, int(able[0]), "quote_days", "cost_premium", [quote], [0.05, 0.3])
    assert chart.shown.shape == (2, 1)
    assert (shown[able] == STAYS).any() and (shown[able] != STAYS).any()
    assert "by the rule that decides" in map_words() and "most expected money" not in map_words()


@pytest.mark.parametrize(
    ("across", "up"),
    [
        ("margin", "cost_premium"),
        ("patience_per_day", "cost_premium"),
        ("quote_days", "demand"),
        ("hazard_per_year", "component_lead_days"),
    ],
)
def test_cells_of_any_two_levers_are_what_a_full_run_decides(study: Study, across: str, up: str) -> None:
    """A corner and a cell within, both levers moved at once: a run of the whole says the same of the product, of one in a family and of one alone."""
    standing = study_standing(study)
    able = study.recommendation.decided.decidable
    alone = int(np.flatnonzero(able & (standing.family_of < 0))[0])
    member = int(np.flatnonzero(able & (standing.family_of >= 0))[-1])
    for i, (row, column) in ((alone, (0, 1)), (member, (1, 1))):
        values = {
            name: axis_values(standing, i, name, other)[[1, -1]]
            for name, other in ((across, up), (up, across))
        }
        chart = decision_map(standing, i, across, up, list(values[across]), list(values[up]))
        at = {across: float(values[across][column]), up: float(values[up][row])}
        sides = [Side(Said(i, name, "", 0.0, 0.0, 0.0, ""), value, 0) for name, value in at.items()]
        assert chart.shown[row, column] == run_at(study, sides)[i], (study.items.skus[i], at)


def test_along_an_axis_the_map_turns_where_the_lever_does(study: Study) -> None:
    """A lever whose turn is known: the map is as now before it and as the sentence has it beyond; the axis reaches there where it is near."""
    standing = study_standing(study)
    shown = study.recommendation.decided.decision.shown
    tried = 0
    for i in np.flatnonzero(study.recommendation.decided.decidable):
        (one,) = lever_flips(standing, int(i), ("margin",))
        if not np.isfinite(one.turns) or one.turns > one.most:
            continue
        now = lever_value_now(standing, "cost_premium", int(i))
        chart = decision_map(standing, int(i), "margin", "cost_premium", [one.holds, one.turns], [now])
        to = standing.comparison.strategies.index(one.to) if one.to else STAYS
        assert chart.shown.tolist() == [[shown[i], to]]
        tried += 1
        if tried == 3:
            break
    assert tried


def test_a_map_is_drawn_of_a_product_by_its_name(study: Study) -> None:
    i = int(np.flatnonzero(study.recommendation.decided.decidable)[0])
    chart = product_map(study, str(study.items.skus[i]), ("holding_rate", "margin"), {})
    assert chart.shown.shape == (len(chart.up_values), len(chart.across_values)) == (21, 21)
    assert (np.diff(chart.across_values) > 0.0).all() and (np.diff(chart.up_values) > 0.0).all()
    assert np.isfinite(chart.lead).all() and chart.across_values[-1] <= LEVERS_SEARCHED["holding_rate"][1]
    with pytest.raises(ValueError, match="nothing to decide"):
        product_map(study, "no such product", ("holding_rate", "margin"), {})
    with pytest.raises(ValueError, match="two different levers"):
        product_map(study, str(study.items.skus[i]), ("margin", "margin"), {})


def test_from_where_things_stand_the_nearest_other_cells_are_found_along_both_levers() -> None:
    """By hand on a map of four by five: right of here the third value, above the last; nothing to the left, nothing below."""
    shown = np.array([[0, 0, 0, 2, 2], [0, 0, 1, 2, 2], [0, 0, 0, 2, 2], [STAYS, STAYS, 0, 0, 0]], np.intp)
    found = DecisionMap(
        "quote_days", "margin", np.array([0.0, 7.0, 14.0, 21.0, 28.0]), np.array([0.1, 0.2, 0.3, 0.4]),
        ("MTS", "ATO", "MTO"), shown, np.zeros(shown.shape),
    )  # fmt: skip
    here, turns = turns_from(found, 6.0, 0.11)
    assert here == 0 and turns == (("quote_days", 21.0, 2), ("margin", 0.4, STAYS))
    here, turns = turns_from(found, 27.0, 0.31)
    assert here == 2 and turns == (("quote_days", 14.0, 0), ("margin", 0.4, 0))
    here, turns = turns_from(found, 14.0, 0.2)  # an island
    assert here == 1 and [one[:2] for one in turns] == [
        ("quote_days", 7.0), ("quote_days", 21.0), ("margin", 0.1), ("margin", 0.3)
    ]  # fmt: skip
