"""How far gains are wrong, measured by a replay before a study: on a small company, and where the history is too short for one."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from analytics import read_assumptions, read_items, read_sales, run_study
from analytics.cli.arguments import argument_parser
from analytics.cli.decided import REPLAYED
from analytics.replay import run_replay
from analytics.scenario.reassume import reassume
from analytics.strategy.doubt.gain_doubt import GAIN_ERROR, STATED, doubt_of
from analytics.study import Study
from analytics.study_results import study_summary, study_tables
from analytics.validation.promised import BASES, spread_by_chance
from tests.strategy.small import STATED as SAID
from tests.strategy.small import csv_text, items_table, sales_table


@cache
def measured_study() -> Study:
    """The small company, its gains measured at two dates."""
    history = read_sales(csv_text(sales_table()), name="sales.csv")
    items, _ = read_items(csv_text(items_table()), name="items.csv")
    return run_study(history, items, read_assumptions(SAID), how_sure=False, replay=2)


def test_a_replay_gives_value_and_origin_to_summary_register_and_range() -> None:
    study = measured_study()
    history, items = study.history, study.given_items
    found = run_replay(history, items, study.assumptions, origins=2).measured
    assert found is not None and found.dates == 2
    said = study_summary(study)["gain_error"]
    assert said["origin"] == "measured by replay of 2 dates" and said["by_class"] == dict(found.by_class)
    assert said["correlation"] == found.correlation and said["losing"] == list(found.losing)
    table = study_tables(study)["assumptions"]()
    rows = table[table["field"] == GAIN_ERROR]
    assert set(rows["origin"]) == {"measured by replay of 2 dates"}
    classes = doubt_of(study.comparison).classes
    wanted = [found.by_class.get(str(c), found.relative_error) for c in classes]
    np.testing.assert_array_equal(study.items[GAIN_ERROR], wanted)
    assert study.portfolio.gain_low < study.portfolio.gain < study.portfolio.gain_high
    # other prices keep what was measured
    after = reassume(study, study.assumptions.with_general(capital_rate=0.13), how_sure=False)
    np.testing.assert_array_equal(after.items[GAIN_ERROR], wanted)
    assert after.portfolio.gain_error.origin == said["origin"]


def test_too_short_a_history_says_so_and_keeps_the_stated_error() -> None:
    sales = sales_table(weeks=40)
    history = read_sales(csv_text(sales), name="sales.csv")
    items, _ = read_items(csv_text(items_table()), name="items.csv")
    study = run_study(history, items, read_assumptions(SAID), how_sure=False, replay=4)
    assert study.portfolio.gain_error.origin == STATED and study.portfolio.gain_error.value == pytest.approx(
        0.45
    )
    assert any("could not be measured by a replay" in note and "40 weeks" in note for note in study.notes)


def test_the_command_line_replays_only_when_asked() -> None:
    plain = ["analyze", "sales.csv", "--out", "answer"]
    assert argument_parser().parse_args(plain).replay is False
    assert argument_parser().parse_args([*plain, "--replay"]).replay is True and REPLAYED == 4


def test_chance_is_that_of_the_level_for_all_of_a_window_and_of_its_weeks() -> None:
    """Known variances between draws and within: a quarter holds a quarter of the level, and half the luck of a year."""
    rng = np.random.default_rng(4)
    between, within, inner = 30.0, 80.0, 8
    years = np.repeat(rng.normal(0.0, between, (3, 2000)), inner, axis=1) + rng.normal(
        0.0, within, (3, 16000)
    )
    for share in (0.25, 0.5, 1.0):
        expected = np.sqrt((share * between) ** 2 + share * within**2)
        assert spread_by_chance(years, inner, share) == pytest.approx(np.full(3, expected), rel=0.03)
    assert BASES == ("present", "all_mts")
