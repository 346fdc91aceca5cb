"""Net realisable value: contract prices for the units they cover, cost to complete, components; and what the standards make of it, closed to the cent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.items import GIVEN, empty_items
from analytics.valuation.ageing import ageing
from analytics.valuation.books.nrv import Components, FirmOrders, covered_by_orders
from analytics.valuation.books.standards import STANDARDS
from analytics.valuation.on_hand import stock_facts
from analytics.valuation.policy import Override, StockPolicy
from analytics.valuation.transition import Ahead
from analytics.valuation.valued import SoldBefore, ValuedStock
from analytics.writeup.reserves import journal_table, nrv_table, roll_forward_table, valuation_summary

DAY = np.datetime64("2024-12-31")
CENT = {"abs": 0.005}


def valued(
    held: list[float],
    cost: list[float],
    price: list[float],
    booked: list[float] | None = None,
    standard: str = "ifrs",
    **settings: object,
) -> ValuedStock:
    """Living products, each selling much more than it holds, all stock new: nothing but the price asks for a reserve."""
    n = len(held)
    items = empty_items([f"P{k}" for k in range(n)])
    for name, column in (("on_hand", held), ("unit_cost", cost)):
        items = items.with_field(name, np.array(column, float), GIVEN)
    nothing = np.zeros(n)
    first = np.datetime64("2025-01", "M")
    ahead = Ahead(np.zeros(n, bool), np.full((n, 24), 1e4), np.full(n, np.inf), nothing, nothing, first)
    stock = stock_facts(items, None, ahead, DAY)
    none = (np.zeros(0, np.intp), np.zeros(0), np.zeros(0))
    came = (np.arange(n), np.full(n, 5.0), np.nan_to_num(np.array(held, float)))
    age = ageing(stock.on_hand, stock.unit_cost, came, none)
    unknown = np.full(n, np.nan)
    past = SoldBefore(
        np.full(n, DAY), nothing, np.full(n, 40.0), np.array(price, float), np.full(n, "", object),
        np.full(n, 0.2), unknown if booked is None else np.array(booked, float),
    )  # fmt: skip
    return ValuedStock(stock, StockPolicy(standard=standard, **settings), DAY, age, past, unknown)  # type: ignore[arg-type]


def test_a_contract_price_holds_for_the_units_it_covers_and_no_more() -> None:
    """Ten at cost 50. Six are sold firmly at 47, less 10 % to sell: 42.30; the market pays 45: 40.50.

    Write-down: 6 x 7.70 + 4 x 9.50 = 84.20. At a contract price of 60 the six lose nothing, and pay for no other: 38.
    """
    found = valued([10], [50], [45], selling_share=0.1)
    assert found.nrv_write_down[0] == pytest.approx(95.0)
    low = replace(found, orders=FirmOrders(np.array([6.0]), np.array([47.0])))
    assert low.contract_nrv[0] == pytest.approx(42.3) and low.nrv_write_down[0] == pytest.approx(84.2)
    high = replace(found, orders=FirmOrders(np.array([6.0]), np.array([60.0])))
    assert high.nrv_write_down[0] == pytest.approx(4 * 9.5)
    row = nrv_table(low).iloc[0]
    assert (row["contract_units"], row["contract_price"], row["nrv_write_down"]) == (
        6.0,
        47.0,
        pytest.approx(84.2),
    )
    assert any(
        "6 units of 1 product are held for firm orders" in note for note in valuation_summary(low)["notes"]
    )


@pytest.mark.parametrize(
    ("ladders", "monthly", "reserved"),
    [
        (
            {"age_ladder": ((1.0, 0.5),), "cover_ladder": ()},
            1e4,
            (500.0, 300.0),
        ),  # all of it is five days old
        ({"age_ladder": ()}, 4.0, (500.0, 150.0)),  # 100 last 25 months: 50 %; the 60 that are free 15: 25 %
    ],
)
def test_rules_do_not_speak_of_what_firm_orders_take(
    ladders: dict[str, object], monthly: float, reserved: tuple[float, float]
) -> None:
    """100 of a living product at cost 10, 40 of them sold firmly: age and cover reserve for the other 60 alone.

    At 12 the 40 lose nothing; at 8 they lose 2 each, beside what the rules ask of the rest.
    """
    found = valued([100], [10], [20], **ladders)
    found = replace(found, stock=replace(found.stock, monthly=np.full((1, 24), monthly)))
    assert found.reserve[0] == pytest.approx(reserved[0])
    for price, more in ((12.0, 0.0), (8.0, 80.0)):
        held = replace(found, orders=FirmOrders(np.array([40.0]), np.array([price])))
        assert held.policy_reserve[0] == pytest.approx(reserved[1])
        assert held.nrv_write_down[0] == pytest.approx(more)
        assert held.reserve[0] == pytest.approx(reserved[1] + more)


def test_orders_without_a_market_price_still_measure_what_they_cover() -> None:
    found = replace(valued([10], [50], [np.nan]), orders=FirmOrders(np.array([3.0]), np.array([41.0])))
    assert found.nrv_write_down[0] == pytest.approx(27.0)  # the other seven are not known to fetch less


def test_orders_take_stock_in_the_order_they_are_due() -> None:
    """Against a loop that hands out units one by one, over random orders."""
    rng = np.random.default_rng(7)
    for _ in range(40):
        lines = 9
        item, due = rng.integers(0, 3, lines), rng.permutation(lines).astype(float)
        units = rng.integers(0, 6, lines).astype(float)
        money = np.where(rng.random(lines) < 0.2, np.nan, units * rng.uniform(5.0, 9.0, lines))
        held = np.array([4.0, 11.0, np.nan])
        left, got, paid = np.nan_to_num(held), np.zeros(3), np.zeros(3)
        for k in np.argsort(due):
            if np.isfinite(money[k]) and units[k] > 0.0:
                taken = min(left[item[k]], units[k])
                left[item[k]] -= taken
                got[item[k]] += taken
                paid[item[k]] += taken * money[k] / units[k]
        found = covered_by_orders(item, due, units, money, held)
        np.testing.assert_allclose(found.units, got, atol=1e-9)
        np.testing.assert_allclose(np.nan_to_num(found.price) * found.units, paid, atol=1e-9)


def test_no_orders_cover_nothing() -> None:
    none = np.zeros(0)
    found = covered_by_orders(np.zeros(0, np.intp), none, none, none, np.array([5.0]))
    assert found.units.tolist() == [0.0] and np.isnan(found.price[0])


def test_what_is_unfinished_fetches_less_by_what_it_still_costs() -> None:
    """Case NRV-01 as stock: 382 of 562, 588 of 798 and 589 of 762 after completion; written down 18 and 26, netted over items never."""
    found = valued([1, 1, 1], [400, 572, 615], [562, 798, 762])
    assert found.nrv_write_down.tolist() == [0.0, 0.0, 0.0]
    half = replace(found, completion=np.array([180.0, 210.0, 173.0]))
    assert half.nrv.tolist() == [382.0, 588.0, 589.0] and half.nrv_write_down.tolist() == [18.0, 0.0, 26.0]
    assert nrv_table(half)["cost_to_complete"].tolist()[:3] == [180.0, 210.0, 173.0]
    above = replace(found, completion=np.array([600.0, np.nan, 0.0]))
    assert above.nrv.tolist() == [0.0, 798.0, 762.0] and above.nrv_write_down[0] == 400.0
    assert any("cost as much to complete and sell" in note for note in valuation_summary(above)["notes"])


@pytest.mark.parametrize(("standard", "expected"), [("ifrs", 0.0), ("usgaap", 0.0), ("hgb", 600.0)])
def test_components_of_a_product_that_sells_at_cost(standard: str, expected: float) -> None:
    """Case NRV-03, C1: 100 at 30, replaced at 24, in a product that costs 90 and fetches 95: kept under IAS 2.32, not under HGB."""
    found = valued([100, 0], [30, 90], [np.nan, 95], standard=standard)
    links = Components(np.array([1]), np.array([0]), np.array([24.0, np.nan]))
    assert replace(found, components=links).nrv_write_down[0] == expected
    poor = valued([100, 0], [30, 90], [np.nan, 85], standard=standard)  # C2: it fetches 85
    assert replace(poor, components=links).nrv_write_down[0] == 600.0
    unknown = replace(poor, components=links._replace(replacement=np.full(2, np.nan)))
    assert unknown.nrv_write_down[0] == 0.0


def test_a_lower_cost_to_sell_lets_components_keep_their_cost_again() -> None:
    """The product fetches 95 before and 85.50 after 10 % to sell: the components follow when the setting is changed."""
    links = Components(np.array([1]), np.array([0]), np.array([24.0, np.nan]))
    found = replace(valued([100, 0], [30, 90], [np.nan, 95], selling_share=0.1), components=links)
    assert found.nrv_write_down[0] == 600.0
    assert found.under(replace(found.policy, selling_share=0.0)).nrv_write_down[0] == 0.0


def test_switching_the_standard_closes_to_the_cent() -> None:
    """Needed 100.10, 0, 33.33 and 0; booked 40.07, 70.03, 50 and 12.34, of the last two more than needed or than is left.

    P0 is charged 60.03 everywhere. P1: 70.03 come back under IFRS and HGB. P2: 16.67 come back. P3 holds nothing any
    more: its 12.34 went with what was sold. Under US GAAP nothing comes back.
    """
    held, cost = [10, 10, 10, 0], [50, 50, 50, 50]
    price = [50 - 10.01, 60, 50 - 3.333, 60]
    booked = [40.07, 70.03, 50.0, 12.34]
    one = valued(held, cost, price, booked)
    rows = {}
    for standard in STANDARDS:
        found = one.under(replace(one.policy, standard=standard))
        roll, journal = roll_forward_table(found).iloc[-2], journal_table(found)
        back = roll.get("reversed", 0.0)
        closed = roll["opening"] + roll["charged"] - back - roll["used_on_sale"] - roll["used_on_disposal"]
        assert closed == pytest.approx(roll["closing"], **CENT)
        assert roll["opening"] == pytest.approx(sum(booked)) and roll["used_on_sale"] == pytest.approx(12.34)
        assert roll["charged"] == pytest.approx(60.03, **CENT)
        assert roll["closing"] == pytest.approx(found.reserve_total, **CENT)
        assert journal["debit"].iloc[-2] == pytest.approx(journal["credit"].iloc[-2], **CENT)
        lines = journal.iloc[:-2]
        reserve = lines[lines["account"] == "Reserve for stock"]
        moved = float(
            reserve["credit"].sum() - reserve["debit"].sum()
        )  # the journal takes opening to closing
        assert roll["opening"] + moved == pytest.approx(roll["closing"], **CENT)
        rows[standard] = (back, roll["closing"])
    assert rows["ifrs"] == (pytest.approx(86.70, **CENT), pytest.approx(133.43, **CENT)) == rows["hgb"]
    assert rows["usgaap"] == (0.0, pytest.approx(220.13, **CENT))


def test_a_reserve_booked_beyond_the_book_value_went_with_what_was_sold() -> None:
    """Two left at 50 and 180 booked: no more than 100 can be of them, under any standard."""
    for standard in STANDARDS:
        found = valued([2], [50], [20], [180.0], standard)
        assert float(found.roll.used_on_sale[0]) == pytest.approx(80.0)
        kept = 100.0 if standard == "usgaap" else 60.0
        assert found.reserve[0] == pytest.approx(kept) and found.net_value[0] >= 0.0


def test_what_is_booked_or_set_by_hand_and_cannot_count_is_said() -> None:
    set_ = {
        "P0": Override(900.0, "M. Weber", ""),
        "P1": Override(1.0, "M. Weber", ""),
        "P9": Override(5.0, "M. Weber", ""),
    }
    found = valued([10, np.nan], [50, 50], [60, 60], [np.nan, 77.5], overrides=set_)
    notes = " ".join(valuation_summary(found)["notes"])
    assert "set by hand for P0 is above its book value: 500.00 is reserved" in notes
    assert "set by hand for P1 is not used: its stock or its cost is not known" in notes
    assert "set by hand for P9 is not used: no such product is in these files" in notes
    assert "A booked reserve of 77.50 is of products whose stock or cost is not known" in notes
    kept = valued([10], [50], [60], [40.0], "usgaap", overrides={"P0": Override(1.0, "M. Weber", "")})
    assert "below what is booked: under US GAAP 40.00 stays" in " ".join(valuation_summary(kept)["notes"])


def test_days_that_do_not_agree_are_said_and_offered_to_the_ledger() -> None:
    """P0 is of 2024-12-31, P1 of a month before: its 200 may be what the ledger lacks; so may 60 that are blocked."""
    found = valued([10, 4], [50, 50], [60, 60], ledger=500.0, as_of=np.datetime64("2025-03-15"))
    days = np.array(["2024-12-31", "2024-11-30"], "datetime64[D]")
    blocked = np.array([1.2, 0.0])
    stock = replace(found.stock, day=days, blocked=blocked)
    one = replace(found, stock=stock, as_of=np.datetime64("2025-03-15"))
    assert one.tie is not None and one.tie.difference == -200.0
    offered = {one.name: (one.products, one.money, one.remains) for one in one.tie.candidates}
    assert offered["other_date"] == (1, -200.0, 0.0) and offered["blocked"] == (1, -60.0, -140.0)
    assert one.tie.candidates[0].name == "other_date"
    notes = " ".join(valuation_summary(one)["notes"])
    assert "The file says that its stock is of 2024-12-31; it is taken as of 2025-03-15, as told" in notes
    assert "Stock of 1 product is of an earlier day than 2024-12-31" in notes
    assert "2025-03-15, lies after the last sale known, 2024-12-31" in notes
