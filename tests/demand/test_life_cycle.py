"""Stages, survival, hazards and calendars of ends on made-up companies whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.demand.life.ends import shared_dates
from analytics.demand.life.life_cycle import DYING, ENDED, GROWING, MATURE, NEW, life_cycle
from analytics.demand.life.reliability import death_reliability
from analytics.demand.panel import DemandPanel
from analytics.items import ASSUMED, CONFIRMED, DERIVED, GIVEN, empty_items
from tests.closed_forms.forecasts.still_alive import alive_probability


def panel_of(units: np.ndarray, frequency: str = "M", begin: str = "2020-01") -> DemandPanel:
    units = np.asarray(units, np.float64)
    n, t = units.shape
    if frequency == "M":
        starts = (np.datetime64(begin, "M") + np.arange(t + 1)).astype("datetime64[D]")
    else:
        starts = np.datetime64("2020-01-06") + 7 * np.arange(t + 1)
    sold = (units > 0).any(axis=1)
    first = np.where(sold, (units > 0).argmax(axis=1), -1).astype(np.int32)
    last = np.where(sold, t - 1 - (units > 0)[:, ::-1].argmax(axis=1), -1).astype(np.int32)
    observed = np.arange(t) >= np.where(sold, first, t)[:, None]
    skus = np.array([f"S{i:04d}" for i in range(n)], dtype=object)
    return DemandPanel(
        skus,
        starts[:-1],
        starts[-1],
        units,
        np.full(units.shape, np.nan),
        observed,
        first,
        last,
        frequency,
        {},
    )


def company(
    n: int, periods: int, hazard: float, p: float, seed: int, per_year: float = 12.0
) -> tuple[DemandPanel, np.ndarray]:
    """Products on sale from the start that sell with chance p a period and die at a rate; returns the panel and who lives."""
    rng = np.random.default_rng(seed)
    age = rng.exponential(1.0 / hazard, n) * per_year if hazard else np.full(n, np.inf)
    units = np.where(
        (rng.random((n, periods)) < p) & (np.arange(periods) < age[:, None]),
        rng.poisson(6, (n, periods)) + 1.0,
        0.0,
    )
    return panel_of(units), age >= periods


def test_hazard_is_found_and_its_range_covers_the_truth():
    rates, inside = [], 0
    for seed in range(10):
        panel, _ = company(300, 48, 0.25, 0.6, seed)
        life = life_cycle(panel, None)
        assert set(life.hazard_origin) == {DERIVED}
        rates.append(life.hazard_per_year[0])
        inside += life.hazard_low[0] <= 0.25 <= life.hazard_high[0]
    # a rate from about 190 ends has a standard error of 7 %
    assert np.mean(rates) == pytest.approx(0.25, rel=0.1)
    assert inside >= 6


def test_without_ends_and_with_little_history_the_assumption_stays():
    life = life_cycle(panel_of(np.ones((3, 14))), None)
    assert set(life.hazard_origin) == {ASSUMED} and life.hazard_per_year.tolist() == [0.05] * 3
    assert (
        life.hazard_low.tolist() == [0.02] * 3 and life.hazard_high.tolist() == [1.0 / 7.0] * 3
    )  # models that last 50 to 7 years


def test_a_confirmed_hazard_is_kept():
    panel, _ = company(60, 36, 0.3, 0.7, 2)
    items = empty_items(panel.skus).with_field("hazard_per_year", 0.011, CONFIRMED)
    life = life_cycle(panel, items)
    assert set(life.hazard_per_year) == {0.011} and set(life.hazard_origin) == {CONFIRMED}


def test_survival_is_calibrated_on_a_company_that_follows_the_model():
    stated, seen, told = [], [], []
    for seed in range(5):
        panel, lives = company(400, 40, 0.3, 0.35, seed)
        life = life_cycle(panel, None)
        sold = panel.first >= 0
        stated.append(life.alive[sold])
        seen.append(lives[sold])
        told.append(alive_probability(0.35, -np.expm1(-0.3 / 12), 39 - panel.last[sold]))
    alive, lives, oracle = np.concatenate(stated), np.concatenate(seen), np.concatenate(told)
    for low, high in ((0.0, 0.1), (0.3, 0.7), (0.9, 1.01)):
        band = (alive >= low) & (alive < high)
        assert band.sum() > 30 and abs(alive[band].mean() - lives[band].mean()) < 0.08
    # nearly as good as knowing the true chance and the true rate
    assert np.mean((alive - lives) ** 2) < 1.2 * np.mean((oracle - lives) ** 2)


def test_a_seasonal_gap_is_no_death():
    months = np.arange(46) % 12  # the data end in October
    summer = np.isin(months, (3, 4, 5, 6, 7))
    all_year = np.ones((30, 46)) * 5
    all_year[20:, 20:] = 0.0  # ten products that really ended
    units = np.vstack([np.tile(np.where(summer, 9.0, 0.0), (12, 1)), all_year])
    life = life_cycle(panel_of(units), None)
    assert (life.stage[:12] != ENDED).all() and (life.alive[:12] > 0.5).all()
    assert (life.stage[-10:] == ENDED).all() and (life.stage[12:32] != ENDED).all()


def test_silence_shorter_than_earlier_gaps_never_ends_a_product():
    units = np.zeros((40, 60))
    units[:, ::2] = 3.0
    units[0] = 0.0
    units[0, [0, 1, 2, 3, 4, 30, 31, 32, 33, 34]] = 4.0  # once silent for 25 months, now again
    life = life_cycle(panel_of(units), None)
    assert life.stage[0] != ENDED


def test_end_dates_of_the_items():
    units = np.ones((3, 24)) * 4
    units[0, 18:] = 0
    panel = panel_of(units)
    dates = np.array(
        ["2021-06-30", "2022-09-30", "2021-03-01"], "datetime64[D]"
    )  # ended, will end, contradicted by sales
    life = life_cycle(panel, empty_items(panel.skus).with_field("end_date", dates, GIVEN))
    assert life.stage[0] == ENDED and life.alive[0] == 0.0
    assert str(life.known_end[1]) == "2022-09-30" and life.alive[1] == 1.0
    assert (
        life.stage[2] != ENDED
        and np.isnat(life.known_end[2])
        and any("after the end date" in note for note in life.notes)
    )


def yearly_models(years: int, per_year: int) -> tuple[DemandPanel, np.ndarray, np.ndarray]:
    """Every model is sold for the year from September to August; the data end in December."""
    periods = 12 * years + 4
    units = np.zeros((years * per_year + per_year, periods))
    ends = np.full(len(units), np.datetime64("NaT"), "datetime64[D]")
    for year in range(years + 1):
        rows = slice(year * per_year, (year + 1) * per_year)
        units[rows, 12 * year : min(12 * (year + 1), periods)] = 8.0
        if year < years:
            ends[rows] = np.datetime64(f"{2021 + year}-08-31")
    return panel_of(units, begin="2020-09"), ends, np.array(["Bikes"] * len(units), dtype=object)


@pytest.mark.parametrize("given", [True, False])
def test_models_replaced_every_year_have_a_known_end_not_a_hazard(given):
    panel, ends, family = yearly_models(3, 6)
    items = empty_items(panel.skus).with_field("family", family, GIVEN)
    if given:
        items = items.with_field("end_date", ends, np.where(np.isnat(ends), 0, GIVEN))
    life = life_cycle(panel, items)
    assert (life.stage[:18] == ENDED).all()
    assert {str(d) for d in life.known_end[18:]} <= {"2024-08-30", "2024-08-31", "2024-09-01"}
    assert (life.hazard_per_year[18:] < 0.1).all() and any("every year" in note for note in life.notes)


def test_one_change_of_models_is_no_calendar_and_not_forgotten():
    """Six of twelve models replaced together once, in 10 years of sale: a rate for those whose next date nobody knows, none for those with a date."""
    panel, ends, family = yearly_models(1, 6)
    ends[6:9] = np.datetime64("2022-08-31")
    items = (
        empty_items(panel.skus)
        .with_field("family", family, GIVEN)
        .with_field("end_date", ends, np.where(np.isnat(ends), 0, GIVEN))
    )
    life = life_cycle(panel, items)
    assert any("announced changes of models" in note for note in life.notes) and any(
        "count in it" in note for note in life.notes
    )
    assert (life.hazard_per_year[6:9] < 0.1).all() and (life.hazard_per_year[9:] > 0.2).all()
    years = (6 * 12 + 6 * 4) / 12.0
    assert (life.hazard_per_year[9:] < 6 / years).all()  # drawn towards the assumed rate


def test_ends_at_irregular_times_are_a_hazard_without_a_known_end():
    panel, _ = company(200, 48, 0.4, 0.8, 4)
    life = life_cycle(panel, None)
    assert np.isnat(life.known_end).all() and life.hazard_per_year[0] > 0.25


def test_shared_dates_needs_more_than_chance():
    rng = np.random.default_rng(2)
    scattered = np.datetime64("2020-01-01") + rng.integers(0, 1000, 900)
    assert shared_dates(scattered).mean() < 0.02
    assert shared_dates(np.array(["2021-05-01", "2021-05-01"], "datetime64[D]")).tolist() == [False, False]


def test_stages():
    grid = np.arange(36.0)
    rng = np.random.default_rng(1)
    flat = rng.poisson(50, 36)
    units = np.vstack(
        [
            flat,
            20 + 3 * grid,
            np.maximum(120 - 4 * grid, 3),
            np.where(grid >= 33, 40, 0),
            np.where(grid < 12, 40, 0),
        ]
    )
    life = life_cycle(panel_of(units), None)
    assert life.stage.tolist() == [MATURE, GROWING, DYING, NEW, ENDED]


@pytest.mark.parametrize(
    "units",
    [
        np.zeros((2, 8)),
        np.eye(1, 9, 4) * 7,
        np.ones((1, 1)),
        np.zeros((1, 1)),
        np.full((1, 30), 1e9),
        np.r_[[np.zeros(20)], [np.ones(20)]],
    ],
    ids=["all zeros", "one observation", "one period", "one empty period", "huge", "mixed"],
)
def test_poor_histories_give_finite_probabilities(units):
    life = life_cycle(panel_of(units), None)
    for column in (life.alive, life.hazard_per_year, life.hazard_low, life.hazard_high):
        assert np.isfinite(column).all() and (column >= 0).all()
    assert (
        (life.alive <= 1).all()
        and (life.hazard_low <= life.hazard_per_year).all()
        and (life.hazard_per_year <= life.hazard_high).all()
    )


def test_the_order_of_rows_does_not_matter():
    panel, _ = company(80, 36, 0.3, 0.5, 9)
    family = np.array([f"F{i % 3}" for i in range(80)], dtype=object)
    base = life_cycle(panel, empty_items(panel.skus).with_field("family", family, GIVEN))
    # the same products under names that sort in reverse
    columns = {
        name: getattr(panel, name)[::-1].copy() for name in ("units", "revenue", "observed", "first", "last")
    }
    flipped = replace(panel, **columns)
    other = life_cycle(flipped, empty_items(panel.skus).with_field("family", family[::-1].copy(), GIVEN))
    np.testing.assert_allclose(other.alive[::-1], base.alive, rtol=1e-9, atol=1e-12)
    assert other.stage[::-1].tolist() == base.stage.tolist()


def test_reliability_of_past_origins_beats_the_base_rate_and_hides_the_future():
    panel, _ = company(300, 60, 0.3, 0.4, 7)
    ends = np.full(300, np.datetime64("2026-01-01"), "datetime64[D]")
    items = empty_items(panel.skus).with_field("end_date", ends, GIVEN)
    result = death_reliability(panel, items, [24, 36, 48])
    assert result.brier < 0.5 * result.brier_of_share and result.cases > 500
    assert (np.abs(result.table.stated - result.table.happened) < 0.15).all()
    with pytest.raises(ValueError, match="origin 50"):
        death_reliability(panel, items, [50])


def test_a_product_whose_orders_were_all_cancelled_is_not_new_but_one_never_offered_is():
    units = np.ones((12, 30)) * 3
    units[:2] = 0
    panel = panel_of(units)
    observed = panel.observed.copy()
    observed[0, 5:] = True  # on offer since period 5, nothing sold
    life = life_cycle(replace(panel, observed=observed), None)
    assert life.stage[:2].tolist() == [ENDED, NEW] and life.alive[0] < 0.05 and life.alive[1] == 1.0
