"""New products: by-hand curves, past launches whose history is hidden, the product named as similar, and nothing where nothing can be learnt."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.demand.panel import panel_until
from analytics.forecast import fit_forecast
from analytics.forecast.launch import (
    first_years,
    is_launch,
    launch_curve,
    launch_forecasts,
    scaled_launch,
    similar_positions,
)
from tests.forecast.panels import life_of, panel_of

rng = np.random.default_rng(31)
PERIODS = 60
#: a start of three strong months, then a third of it
HUMP = np.concatenate([[3.0, 3.0, 3.0], np.ones(PERIODS)])


def launched(starts: list[int], sizes: np.ndarray) -> np.ndarray:
    units = np.zeros((len(starts), PERIODS))
    for i, (start, size) in enumerate(zip(starts, sizes, strict=True)):
        units[i, start:] = rng.poisson(size * HUMP[: PERIODS - start])
    return units


def flat(panel) -> np.ndarray:
    return np.ones((len(panel.skus), PERIODS + 12))


def test_a_first_year_by_hand() -> None:
    units = np.zeros((2, 30))
    units[0, 5:] = np.arange(1.0, 26.0)
    units[1] = 4.0
    panel = panel_of(units)
    assert is_launch(panel).tolist() == [True, False]
    years = first_years(panel, np.full((2, 30), 2.0), np.array([0]))
    assert years.shape == (1, 13) and years[0, 3] == (1 + 2 + 3) / 2.0 and years[0, 12] == 78.0 / 2.0
    assert launch_curve(years)[12] == 1.0 and launch_curve(years)[3] == pytest.approx(6.0 / 78.0)
    curve = np.array([0.0, 0.25, 0.4, 1.0])
    # 10 sold at a quarter of the first year means 40; with a tenth of a year at 60: (10 + 6) / 0.35
    assert scaled_launch(np.array([10.0]), curve, 1, 1, 60.0, 0.0)[0] == pytest.approx(40.0 * 0.15)
    assert scaled_launch(np.array([10.0]), curve, 1, 2, 60.0, 0.1)[0] == pytest.approx(16.0 / 0.35 * 0.75)


def test_past_launches_with_hidden_history_are_foretold_better_than_by_the_class_mean_and_the_mean_so_far() -> (
    None
):
    count = 48
    starts = [int(s) for s in rng.integers(4, 53, count)]
    panel = panel_of(launched(starts, rng.gamma(2.0, 20.0, count)))
    wrong = {"ours": 0.0, "class mean": 0.0, "so far": 0.0}
    sums = 0
    for end in range(35, 57, 6):
        past = panel_until(panel, end)
        age = end - past.first
        young = np.flatnonzero((past.first >= 0) & (age >= 2) & (age <= 4))
        if not len(young):
            continue
        said = (
            fit_forecast(past, life_of(past), np.zeros(count, np.int32), np.full(count, 3.0), 3, 1)
            .mean[:, :3]
            .sum(axis=1)
        )
        old = np.flatnonzero((past.first >= 0) & (age >= 12))
        for i in young:
            came = panel.units[i, end : end + 3].sum()
            begin = past.first[old] + age[i]
            mean = np.mean([panel.units[j, b : b + 3].sum() for j, b in zip(old, begin, strict=True)])
            sold = past.units[i].sum() / age[i] * 3.0
            for name, value in (("ours", said[i]), ("class mean", mean), ("so far", sold)):
                wrong[name] += abs(came - value)
            sums += 1
    assert sums >= 8
    assert wrong["ours"] < 0.85 * wrong["class mean"] and wrong["ours"] < 0.85 * wrong["so far"]


def test_the_product_named_as_similar_is_followed_and_named() -> None:
    units = launched([6, 10, 57], np.array([30.0, 8.0, 50.0]))
    units[1, 10:22] = [0, 0, 1, 2, 4, 8, 16, 32, 64, 64, 64, 64]  # starts slowly
    panel = panel_of(units, skus=["hump", "late", "new"])
    similar = similar_positions(panel.skus, np.array(["", "", " late "]))
    assert similar.tolist() == [-1, -1, 1]
    plain, told = (
        fit_forecast(panel, life_of(panel), np.full(3, -1, np.int32), np.full(3, 1.0), 12, 1, similar=one)
        for one in (None, similar)
    )
    assert any("late, named as similar" in note for note in told.notes[2])
    assert not any("New:" in note for note in (*plain.notes[2], *told.notes[0], *told.notes[1]))
    # what is named rises from its third month on; five launches are not on record, so without it nothing is known
    assert told.mean[2, 6] > 2.0 * told.mean[2, 0] and told.mean[2, 6] > plain.mean[2, 6]


def test_few_launches_say_nothing_and_old_products_never_change() -> None:
    panel = panel_of(launched([6, 20, 30, 57], np.full(4, 20.0)))
    family, interval = np.full(4, -1, np.int32), np.full(4, 2, np.int64)
    assert launch_forecasts(panel, flat(panel), family, interval, interval * 1.0, 6) == {}
    many = panel_of(launched([6, 9, 12, 20, 30, 33, 57], np.full(7, 20.0)))
    found = launch_forecasts(
        many, flat(many), np.full(7, -1, np.int32), np.full(7, 2, np.int64), np.full(7, 2.2), 6
    )
    assert list(found) == [6] and found[6].launches == 6 and 0.0 <= found[6].share <= 1.0
    assert np.all(found[6].shape > 0.0) and found[6].shape[0] == 1.0 and found[6].total >= 0.0


def test_the_same_in_any_order_of_products() -> None:
    units = launched([5, 7, 9, 15, 22, 31, 40, 52, 56], rng.gamma(2.0, 20.0, 9))
    panel, turned = panel_of(units), panel_of(units[::-1])
    family, interval = np.full(9, -1, np.int32), np.full(9, 2, np.int64)
    one, two = (
        launch_forecasts(panel, flat(panel), family, interval, 2.0 * interval, 6),
        launch_forecasts(turned, flat(panel), family, interval, 2.0 * interval, 6),
    )
    assert {i: (v.total, v.share) for i, v in one.items()} == {
        8 - i: (v.total, v.share) for i, v in two.items()
    }
    assert set(one) == {7, 8}


@pytest.mark.parametrize(
    "last", [np.zeros(3), np.array([1e9, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])], ids=["none", "spike", "one"]
)
def test_odd_launches_stay_finite(last: np.ndarray) -> None:
    units = launched([5, 7, 9, 15, 22, 31, 57], np.full(7, 3.0))
    units[6, 57:] = last
    panel = panel_of(units)
    forecast = fit_forecast(panel, life_of(panel), np.zeros(7, np.int32), np.full(7, 12.0), 15, 1)
    for name in ("mean", "total_quantile", "total_mean", "level"):
        value = getattr(forecast, name)
        assert np.all(np.isfinite(value)) and np.all(value >= 0.0)


def test_the_items_file_names_the_similar_product() -> None:
    from analytics.data import read_items

    items, report = read_items(b"sku;Similar product;cost\nN-1;OLD 7;3\nOLD 7;;4\n")
    assert items["similar_to"].tolist() == ["OLD 7", ""] and report.mapping["similar_to"] == "Similar product"
    assert similar_positions(np.array(["N-1", "OLD 7"]), items["similar_to"]).tolist() == [1, -1]
