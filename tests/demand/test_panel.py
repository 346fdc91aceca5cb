"""The panel: complete periods, channels that end early, booking artefacts, closed days, and totals that always add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.data import read_sales
from analytics.demand.panel import demand_panel, panel_until
from analytics.errors import DataError
from analytics.items import GIVEN, empty_items
from tests.demand.conftest import days, history_of


def balance(panel) -> float:
    c = panel.counts
    return (
        c["units_in_panel"]
        + c["units_before_first_period"]
        + c["units_after_last_period"]
        - c["unmatched_units_left_over"]
        - c["net_units"]
    )


def daily(begin: str, count: int, **extra):
    return history_of(["A"] * count, days(begin, count), np.ones(count) * 3, frequency="D", **extra)


def test_weeks_begin_on_monday_and_only_complete_ones_count():
    panel = demand_panel(daily("2024-01-03", 100), "W")  # a Wednesday
    assert str(panel.starts[0]) == "2024-01-08" and panel.starts[0].astype(object).weekday() == 0
    assert str(panel.next_start) == "2024-04-08" and set(panel.units[0]) == {21.0}
    assert (
        balance(panel) == 0
        and panel.counts["units_before_first_period"] == 15
        and panel.counts["units_after_last_period"] == 12
    )


def test_a_weekly_file_keeps_its_own_weekday():
    panel = demand_panel(history_of(["A"] * 6, days("2024-01-06", 6, 7), np.arange(6) + 1.0, frequency="W"))
    assert (
        panel.frequency == "W"
        and str(panel.starts[0]) == "2024-01-06"
        and str(panel.next_start) == "2024-02-17"
    )
    assert panel.units[0].tolist() == [1, 2, 3, 4, 5, 6]


def test_a_week_that_misses_only_days_without_business_is_complete():
    weekdays = np.array(
        [d for d in days("2024-01-01", 75) if d.astype(object).weekday() < 5]
    )  # ends on Friday 15 March
    panel = demand_panel(history_of(["A"] * len(weekdays), weekdays, np.ones(len(weekdays))), "W")
    assert str(panel.next_start) == "2024-03-18" and panel.counts["units_after_last_period"] == 0


def test_a_last_month_cut_in_the_middle_is_left_out_with_a_note():
    panel = demand_panel(daily("2023-01-01", 365 + 45), "M")
    assert str(panel.next_start) == "2024-02-01" and panel.counts["units_after_last_period"] == 14 * 3
    assert any("last month is not complete" in note and "2024-02-14" in note for note in panel.notes)


def test_rare_sales_do_not_make_a_month_incomplete():
    dates = np.array(["2024-01-20", "2024-02-11", "2024-03-07", "2024-04-25", "2024-05-12"], "datetime64[D]")
    panel = demand_panel(history_of(["A"] * 5, dates, np.ones(5)), "M")
    assert panel.units.shape == (1, 5) and balance(panel) == 0


def batch_day_and_any_day(last: str):
    """FILL is booked every Monday, PUMP every fifth day, up to a last day: any two weeks hold two Mondays and about three sales of PUMP."""
    fill, pump = days("2020-01-06", 300, 7), days("2021-01-04", 400, 5)
    dates = np.concatenate([fill, pump])
    known = dates <= np.datetime64(last)
    return history_of(
        list(np.where(np.arange(len(dates)) < len(fill), "FILL", "PUMP")[known]),
        dates[known],
        np.ones(known.sum()),
    )


def test_a_week_of_which_one_day_of_booking_is_known_is_left_out():
    # Mondays count 1, every other day 52 weeks x 6 days / (5 x 312) = 1/5: after a Monday 1.2 of 2.2 days of booking are to come
    panel = demand_panel(batch_day_and_any_day("2024-12-23"), "W")
    assert str(panel.next_start) == "2024-12-23" and panel.last_share == 1.0
    assert panel.units[1, -1] == 1.0 and panel.counts["units_after_last_period"] == 1.0


def test_of_a_week_known_in_most_of_its_days_the_share_is_known():
    panel = demand_panel(batch_day_and_any_day("2024-12-29"), "W")
    # PUMP is sold on Tuesday 24 and Sunday 29 December, which ends the week
    assert str(panel.next_start) == "2024-12-30" and panel.last_share == 1.0
    whole = demand_panel(batch_day_and_any_day("2024-12-24"), "W")
    assert str(whole.next_start) == "2024-12-30"
    assert whole.last_share == pytest.approx(1.2 / 2.2, abs=0.02)


def test_a_last_month_of_rare_sales_is_known_up_to_its_last_sale():
    dates = np.array(["2024-01-20", "2024-02-11", "2024-03-07", "2024-04-25", "2024-05-12"], "datetime64[D]")
    panel = demand_panel(history_of(["A"] * 5, dates, np.ones(5)), "M")
    # of the four sales in other months those of 11 February and 7 March lie no later in their month than the 12th
    assert panel.last_share == 0.5
    assert panel_until(panel, 5).last_share == 0.5 and panel_until(panel, 4).last_share == 1.0


def test_a_month_whose_orders_come_on_its_fifth_is_whole_on_the_fifth():
    dates = np.array(
        [f"2024-{m:02d}-05" for m in range(1, 13)] + ["2024-05-06", "2024-06-08"], "datetime64[D]"
    )
    panel = demand_panel(history_of(["A"] * 14, dates, np.ones(14)), "M")
    assert panel.units.shape == (1, 12) and panel.last_share == pytest.approx(11 / 13)


def test_a_file_of_totals_is_taken_at_its_word():
    panel = demand_panel(history_of(["A"] * 6, days("2024-01-06", 6, 7), np.arange(6) + 1.0, frequency="W"))
    assert panel.last_share == 1.0


def two_channels(web_days: int, shop_last: str):
    web = days("2022-01-01", web_days)
    shop = days(
        "2022-01-01", int((np.datetime64(shop_last) - np.datetime64("2022-01-01")).astype(int)) + 1, 1
    )
    dates = np.concatenate([web, shop])
    channel = ["web"] * len(web) + ["shop"] * len(shop)
    return history_of(["A"] * len(dates), dates, np.ones(len(dates)), channel=channel)


def test_a_channel_that_ended_earlier_is_not_a_collapse():
    panel = demand_panel(
        two_channels(730, "2023-11-29"), "M"
    )  # 2022 and 2023 complete; shop stops on 29 November
    assert str(panel.next_start) == "2023-11-01"
    assert any("channel shop end on 2023-11-29" in note for note in panel.notes)
    assert panel.counts["units_after_last_period"] == 30 + 31 + 29 and balance(panel) == 0
    assert panel.units[0, -1] == 62


def test_a_channel_closed_long_ago_does_not_cost_the_recent_past():
    panel = demand_panel(two_channels(730, "2022-08-30"), "M")
    assert str(panel.next_start) == "2024-01-01"
    assert any("closed" in note for note in panel.notes)


def test_a_small_channel_does_not_cut_anything():
    web = days("2022-01-01", 730)
    odd = days("2022-01-05", 20, 30)
    history = history_of(
        ["A"] * 750,
        np.concatenate([web, odd]),
        np.r_[np.ones(730) * 50, np.ones(20)],
        channel=["web"] * 730 + ["odd"] * 20,
    )
    assert str(demand_panel(history, "M").next_start) == "2024-01-01"


def test_month_end_bookings_choose_months():
    ends = np.array(
        [f"{year}-{month:02d}-28" for year in (2023, 2024) for month in range(1, 13)], "datetime64[D]"
    )
    history = history_of([f"S{i % 5}" for i in range(24 * 40)], np.repeat(ends, 40), np.ones(24 * 40))
    panel = demand_panel(history)
    assert panel.frequency == "M" and any("booked" in note for note in panel.notes)


def test_frequency_follows_how_often_products_sell():
    busy = history_of(["A", "B", "C"] * 200, np.repeat(days("2022-01-01", 200, 4), 3), np.ones(600))
    assert demand_panel(busy).frequency == "W"
    slow = history_of(["A", "B", "C"] * 20, np.repeat(days("2022-01-01", 20, 40), 3), np.ones(60))
    assert demand_panel(slow).frequency == "M"


@pytest.mark.parametrize(
    ("grain", "asked", "used"),
    [("M", None, "M"), ("M", "W", "M"), ("W", "D", "W"), ("W", "M", "M"), ("M", "D", "M")],
)
def test_never_finer_than_the_file(grain, asked, used):
    step = 7 if grain == "W" else 31
    panel = demand_panel(
        history_of(["A"] * 20, days("2023-01-02", 20, step), np.ones(20), frequency=grain), asked
    )
    assert panel.frequency == used and panel.units.sum() == 20
    assert bool(panel.notes) == (asked is not None)


def test_days_closed_for_everybody_are_unknown_but_regular_week_ends_are_zero():
    every = np.array(
        [d for d in days("2024-01-01", 140) if d.astype(object).weekday() < 6 and str(d) != "2024-03-29"]
    )
    skus = [f"S{i:02d}" for i in range(12)]
    history = history_of(skus * len(every), np.repeat(every, 12), np.ones(12 * len(every)), frequency="D")
    panel = demand_panel(history, "D")
    good_friday = int((np.datetime64("2024-03-29") - panel.starts[0]).astype(int))
    assert not panel.observed[:, good_friday].any() and any("closed" in note for note in panel.notes)
    assert panel.observed[:, 6].all() and panel.units[:, 6].sum() == 0  # Sunday


def test_zeros_before_launch_are_not_observed():
    history = history_of(
        ["A", "B", "B", "A"], ["2023-01-10", "2023-03-05", "2023-05-20", "2023-06-25"], [1, 2, 3, 4]
    )
    panel = demand_panel(history, "M")
    assert (
        panel.observed.sum(axis=1).tolist() == [6, 4]
        and panel.first.tolist() == [0, 2]
        and panel.last.tolist() == [5, 4]
    )
    launch = empty_items(["A", "B"]).with_field(
        "launch_date", np.array(["NaT", "2023-02-14"], "datetime64[D]"), GIVEN
    )
    assert demand_panel(history, "M", launch).observed.sum(axis=1).tolist() == [6, 5]


def test_a_record_that_stops_is_unknown_afterwards_where_zeros_are_written():
    months = np.array([f"2023-{m:02d}" for m in range(1, 13)], "datetime64[M]").astype("datetime64[D]")
    dates = np.concatenate([months, months, months[:7]])
    sku = ["A"] * 12 + ["B"] * 12 + ["C"] * 7
    units = np.r_[np.tile([0.0, 2.0], 12), 5.0, np.zeros(6)]
    panel = demand_panel(history_of(sku, dates, units, frequency="M"))
    assert (
        panel.observed[2].sum() == 7 and panel.observed[1].sum() == 11
    )  # B begins with its first sale in February
    assert any("stops before the end" in note for note in panel.notes)


def test_a_cancelled_order_leaves_the_month_it_was_placed_in():
    history = history_of(
        ["A"] * 4, ["2023-01-10", "2023-02-20", "2023-03-15", "2023-03-16"], [40, 10, -40, -2],
        revenue=[400, 110, -400, -20], order=["1", "2", "3", "4"], customer=["x", "x", "x", None],
    )  # fmt: skip
    panel = demand_panel(history, "M")
    assert panel.units[0].tolist() == [0, 8, 0] and panel.revenue[0].tolist() == [0, 90, 0]
    assert (
        panel.counts["matched_returned_units"] == 40
        and panel.counts["unmatched_returned_units"] == 2
        and balance(panel) == 0
    )
    assert panel.first[0] == 1


def test_returns_only_give_a_panel_of_zeros_that_says_so():
    panel = demand_panel(history_of(["A", "A"], ["2023-01-10", "2023-02-10"], [-3, -4]))
    assert (
        panel.units.sum() == 0
        and panel.counts["unmatched_units_left_over"] == 7
        and panel.first.tolist() == [-1]
    )
    assert balance(panel) == 0 and any("exceed" in note for note in panel.notes)


@pytest.mark.parametrize("quantity", [0.0, 5.0])
def test_one_row_works(quantity):
    for frequency in (None, "D", "W", "M"):
        panel = demand_panel(history_of(["A"], ["2024-05-14"], [quantity]), frequency)
        assert panel.units.shape == (1, 1) and panel.units.sum() == quantity and balance(panel) == 0


def test_ten_thousand_periods_work():
    panel = demand_panel(daily("1995-01-01", 10_000), "D")
    assert panel.units.shape == (1, 10_000) and balance(panel) == 0


def test_an_empty_history_is_a_clear_error():
    with pytest.raises(DataError, match="no usable row"):
        demand_panel(history_of([], np.zeros(0, "datetime64[D]"), []))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.integers(0, 120), st.integers(-6, 9), st.integers(-1, 3), st.integers(-1, 1)
        ),
        min_size=1,
        max_size=60,
    ),
    st.sampled_from([None, "D", "W", "M"]),
)
def test_units_are_conserved_whatever_comes(rows, frequency):
    sku, day, quantity, customer, channel = zip(*rows, strict=True)
    history = history_of(
        [f"S{s}" for s in sku], np.datetime64("2023-01-01") + np.array(day), np.array(quantity, float), revenue=np.array(quantity) * 2.5,
        customer=[c if c >= 0 else None for c in customer], channel=[c if c >= 0 else None for c in channel],
    )  # fmt: skip
    panel = demand_panel(history, frequency)
    assert (
        abs(balance(panel)) < 1e-9 and (panel.units >= 0).all() and (panel.units[~panel.observed] == 0).all()
    )
    c = panel.counts
    assert (
        c["gross_units"] - c["returned_units"] == c["net_units"]
        and c["matched_returned_units"] + c["unmatched_returned_units"] == c["returned_units"]
    )
    assert (
        abs(
            c["revenue_in_panel"]
            + c["revenue_before_first_period"]
            + c["revenue_after_last_period"]
            - c["net_revenue"]
        )
        < 1e-6
    )


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(12)))
def test_the_order_of_rows_does_not_matter(order):
    sku = np.array(["A", "B", "C"] * 4)
    date = days("2023-01-01", 12, 9)
    units = np.arange(12.0)
    base = demand_panel(history_of(list(sku), date, units), "M")
    shuffled = demand_panel(history_of(list(sku[list(order)]), date[list(order)], units[list(order)]), "M")
    assert (base.units == shuffled.units).all() and base.notes == shuffled.notes


def test_panel_until_knows_nothing_of_later_periods():
    panel = demand_panel(history_of(["A", "B"], ["2023-01-10", "2023-06-20"], [1, 2]), "M")
    early = panel_until(panel, 3)
    assert (
        early.units.shape == (2, 3)
        and early.last.tolist() == [0, -1]
        and str(early.next_start) == "2023-04-01"
    )


def test_a_cancelled_product_counts_as_offered_and_one_sold_after_the_fit_does_not():
    sales = history_of(
        ["A"] * 60 + ["B", "B", "C"], [*days("2023-01-01", 60, 7), "2023-03-10", "2023-03-12", "2024-02-20"], [1] * 60 + [5, -5, 2],
        customer=["x"] * 63,
    )  # fmt: skip
    panel = demand_panel(sales, "M")
    assert panel.units.shape[1] == 13 and panel.first.tolist() == [0, -1, -1]
    assert (
        panel.observed.sum(axis=1).tolist() == [13, 11, 0]
        and panel.counts["units_after_last_period"] == 3 + 2
    )


def test_a_thin_last_month_of_totals_is_mentioned():
    months = (np.datetime64("2023-01", "M") + np.arange(12)).astype("datetime64[D]")
    panel = demand_panel(
        history_of(["A"] * 12, months, [90, 110, 100, 95, 105, 100, 90, 99, 101, 97, 103, 31], frequency="M")
    )
    assert panel.units.shape == (1, 12) and any("last month holds" in note for note in panel.notes)


def test_the_same_total_in_every_period_says_nothing_of_what_is_sold_at_once() -> None:
    """Twelve totals of 200 are no lot of 200; a product that skips a month, and goods sold in twenties, keep theirs."""
    months = [f"2022-{month:02d}-15" for month in range(1, 13)]
    rows = [f"{day},A,200" for day in months] + [
        f"{day},B,{40 + 20 * (i % 3)}" for i, day in enumerate(months)
    ]
    rows += [f"{day},C,200" for i, day in enumerate(months) if i != 5]
    history = read_sales(("date,sku,quantity\n" + "\n".join(rows) + "\n").encode())
    panel = demand_panel(history)
    assert panel.frequency == "M" and dict(zip(panel.skus, panel.steps, strict=True)) == {
        "A": 1.0,
        "B": 20.0,
        "C": 200.0,
    }
