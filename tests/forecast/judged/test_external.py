"""A forecast of one's own: read, placed on past dates, judged on the same sums as ours, refused where it does not fit."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.errors import DataError
from analytics.forecast.judged.backtest_as_of import backtest_as_known, past_dates
from analytics.forecast.judged.external import read_external_forecast, value_added
from analytics.strategy.money.forecast_value import cost_of_not_knowing, planning_regret
from tests.forecast.panels import panel_of

RNG = np.random.default_rng(5)
PANEL = panel_of(RNG.poisson(9.0, size=(6, 48)).astype(float), "M", skus=[f"P{i}" for i in range(6)])
NO_FAMILY = np.full(6, -1, np.int32)
INTERVAL = np.full(6, 3.0)


def file_of(
    values, origins: list[int], ahead: int = 3, told: bool = True, skus: tuple[int, ...] = tuple(range(6))
) -> bytes:  # type: ignore[no-untyped-def]
    """A forecast file: `values(i, t)` for the periods after each origin."""
    lines = ["sku;period;mean" + (";origin" if told else "")]
    for k in origins:
        for i in skus:
            for t in range(k, min(k + ahead, 48)):
                lines.append(
                    f"P{i};{str(PANEL.starts[t])[:7]};{values(i, t):g}".replace(".", ",")
                    + (f";{PANEL.starts[k]}" if told else "")
                )
    return "\n".join(lines).encode()


def test_a_perfect_forecast_adds_all_that_the_naive_one_misses() -> None:
    content = file_of(lambda i, t: PANEL.units[i, t], [39, 42, 45])
    got = value_added(read_external_forecast(content), PANEL, NO_FAMILY, INTERVAL)
    row = got.table.iloc[0]
    assert (
        row["yours_wape"] == 0.0 and row["sums"] == 18 and row["actual_units"] == PANEL.units[:, 39:48].sum()
    )
    mean12 = [
        abs(PANEL.units[i, k : k + 3].sum() - 3 * PANEL.units[i, k - 12 : k].mean())
        for i in range(6)
        for k in (39, 42, 45)
    ]
    assert row["your_value_added_units"] == pytest.approx(sum(mean12))
    assert len(got.origins) == 3 and got.notes == ()
    products = got.table.iloc[1:]
    assert products["your_value_added_units"].sum() == pytest.approx(row["your_value_added_units"])


def test_ours_is_what_the_backtest_says_at_the_same_dates() -> None:
    content = file_of(lambda i, t: 9.5, [36, 42])
    got = value_added(read_external_forecast(content), PANEL, NO_FAMILY, INTERVAL)
    past = backtest_as_known(PANEL, NO_FAMILY, INTERVAL, [36, 42])
    assert got.table.iloc[0]["ours_units"] == pytest.approx(past.forecast.sum())
    assert got.table.iloc[0]["yours_units"] == pytest.approx(9.5 * 3 * 12)


def test_without_an_origin_it_was_made_before_its_first_period_and_says_so() -> None:
    got = value_added(
        read_external_forecast(file_of(lambda i, t: 9.0, [40], ahead=2, told=False)),
        PANEL,
        NO_FAMILY,
        INTERVAL,
    )
    assert got.origins == (str(PANEL.starts[40]),)
    assert any("No origin" in n for n in got.notes) and any("covers 2 periods" in n for n in got.notes)
    assert got.table.iloc[0]["actual_units"] == PANEL.units[:, 40:42].sum()


def test_nothing_after_an_origin_enters_ours() -> None:
    units = PANEL.units.copy()
    units[:, 45:] *= 50.0
    other = panel_of(units, "M", skus=list(PANEL.skus))
    a, b = (backtest_as_known(p, NO_FAMILY, INTERVAL, [42, 45]) for p in (PANEL, other))
    assert (
        np.array_equal(a.forecast, b.forecast)
        and np.array_equal(a.simple, b.simple)
        and not np.array_equal(a.actual, b.actual)
    )


def test_what_came_is_never_cleaned() -> None:
    def halved(past):  # type: ignore[no-untyped-def]
        from dataclasses import replace

        return replace(past, units=past.units * 0.5)

    plain, cleaned = (backtest_as_known(PANEL, NO_FAMILY, INTERVAL, [42], clean) for clean in (None, halved))
    assert (
        np.array_equal(plain.actual, cleaned.actual)
        and np.array_equal(plain.simple, cleaned.simple)
        and np.array_equal(plain.scale, cleaned.scale)
    )
    assert 0.3 < cleaned.forecast.sum() / plain.forecast.sum() < 0.7


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"sku,period\nP1,2018-01\n", "mean"),
        (b"sku,period,mean\nX1,2018-01,4\n", "no product"),
        (b"sku,period,mean\nP1,2031-01,4\nP2,2031-02,4\n", "no period that has been sold"),
        (b"sku,period,mean\nP1,maybe,4\nP2,2018-01,-3\n", "no row"),
        (b"sku,period,mean\nP1,2017-01-01,4\nP1,2017-04-01,4\nP1,2017-07-01,4\n", "coarser"),
        (b"sku,period,mean,origin\nP1,2017-01,4,2018-05-01\n", "after the day it was made"),
        (b"", "holds no rows"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_clear_word(content: bytes, word: str) -> None:
    with pytest.raises(DataError, match=word):
        value_added(read_external_forecast(content), PANEL, NO_FAMILY, INTERVAL)


def test_rows_that_cannot_be_used_are_counted() -> None:
    content = file_of(lambda i, t: 9.0, [42]) + b"\nP1;2018-07;abc;2018-07-01\nNEW;2018-07;4;2018-07-01"
    got = value_added(read_external_forecast(content), PANEL, NO_FAMILY, INTERVAL)
    assert any("1 of 20 rows" in n for n in got.notes) and any(
        "1 products of the forecast are not" in n for n in got.notes
    )


@pytest.mark.parametrize(("periods", "interval"), [(48, 3), (10, 4), (3, 1), (2, 1), (200, 26)])
def test_past_dates_leave_room_for_what_came(periods: int, interval: int) -> None:
    dates = past_dates(periods, interval)
    assert (
        dates == sorted(dates, reverse=True)
        and all(2 <= d <= periods - interval for d in dates)
        and len(dates) <= 6
    )


def test_not_knowing_costs_nothing_where_nothing_is_lost_and_only_lots_lie_in_stock() -> None:
    assert cost_of_not_knowing({"lost_margin": [0.0], "setup": [50.0]}, [7.0], [14.0], [3.0]).tolist() == [
        0.0
    ]
    got = cost_of_not_knowing(
        {"lost_margin": [10.0], "waiting": [np.nan], "obsolescence": [4.0]}, [9.0], [14.0], [3.0]
    )
    assert got.tolist() == [10.0 + 4.0 + 3.0 * 2.0]


def test_regret_by_hand_at_a_ratio_between_levels() -> None:
    # ratio 0.8 lies half way between 0.7 and 0.9: stock (6 + 10) / 2 = 8 and (2 + 4) / 2 = 3
    actual = np.array([[11.0, 1.0]])
    quantiles = np.array([[[6.0, 10.0], [2.0, 4.0]]])
    got = planning_regret(
        actual, quantiles, np.array([0.7, 0.9]), np.array([4.0]), np.array([1.0]), np.array([10.0])
    )
    assert got.tolist() == [(4.0 * 3.0 + 1.0 * 2.0) / 2.0 * 10.0]
    assert np.isnan(
        planning_regret(
            np.full((1, 2), np.nan),
            quantiles,
            np.array([0.7, 0.9]),
            np.array([4.0]),
            np.array([1.0]),
            np.array([10.0]),
        )
    ).all()
