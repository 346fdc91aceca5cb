"""Stock and receipts brought on the page: read by what is in them, with their own report, used at once, and nothing that was answered is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from analytics.writeup.words.stock import amount_text
from dashboard.results import compute
from dashboard.state.choice import Choice
from tests.dashboard.conftest import items_csv, sales_csv, settled
from tests.dashboard.views.test_pages import with_files
from tests.dashboard.views.test_stock_pages import told

Start = Callable[..., AppTest]
#: A-1 costs 10, B-2 20, C-3 30, D-4 40: 50 + 140 + 30 = 220.00 at cost; D-4 has no figure, X-9 no cost.
STOCK = b"as of,sku,quantity\n2025-05-05,A-1,5\n2025-05-05,B-2,7\n2025-05-05,C-3,1\n2025-05-05,D-4,\n2025-05-05,X-9,4\n2025-05-05,B-2,-2\n"
RECEIPTS = b"date,sku,quantity\n2025-04-01,A-1,40\n2025-04-08,B-2,6\n"


def own(at: AppTest) -> Choice:
    """The choice of the own file."""
    found: Choice = at.session_state["choices"]["own"]
    return found


@pytest.mark.parametrize("page", ["risk", "data"])
def test_they_are_read_reported_and_used(start: Start, page: str) -> None:
    at = with_files(start(), sales_csv(), items_csv())
    settled(at.button(key="use-file").click().run())
    before = own(at)
    at.switch_page(f"views/{page}.py").run()
    at.file_uploader(key="beside-added").set_value(
        [("a.csv", STOCK, "text/csv"), ("b.csv", RECEIPTS, "text/csv")]
    ).run()
    assert not at.exception
    words = told(at)
    assert (
        "Stock, a.csv: all 6 rows are usable" in words and "Receipts, b.csv: all 2 rows are usable" in words
    )
    assert "220.00" in words and "Stock below zero, -2 units in all" in words
    settled(at.button(key="use-beside").click().run())
    assert not at.exception
    assert [name for name, _ in own(at).source.beside] == ["a.csv", "b.csv"]
    assert own(at).answers == before.answers and own(at).source.sales == before.source.sales
    at.switch_page("views/risk.py").run()
    assert not at.exception
    words = told(at)
    assert "220.00" in words and "1 product sold without a stock record" in " ".join(
        str(one.label) for one in at.expander
    )
    assert str(at.date_input[0].value) == "2025-05-05"
    mark = own(at).source.digest[:8]
    at.text_input(key="who-books").set_value("K. Braun").run()
    at.number_input(key=f"books-ledger-{mark}").set_value(200.0).run()
    words = told(at)
    assert "-20.00 open to the ledger" in words and "stock booked below zero" in words
    at.switch_page("views/data.py").run()
    words = told(at)
    assert "Stock: all 6 rows are usable" in words and "Receipts: all 2 rows are usable" in words
    assert "220.00" in words and not at.exception


def test_what_does_not_agree_is_said_and_the_balance_closes(start: Start) -> None:
    """Receipts below stock and after the day, a day after the last sale, consignment, below zero, a reserve booked for more than is needed.

    A-1: 600 at 10, receipts 100; B-2: 40 at 20, 300 booked of which nothing is needed; 640 units valued, 30 of others, -6 below zero.
    """
    stock = (
        b"as of,sku,quantity,status,booked reserve\n2025-06-30,A-1,500,free,400\n2025-06-30,A-1,100,free,\n"
    )
    stock += b"2025-06-30,B-2,40,free,300\n2025-06-30,C-3,-6,free,\n2025-06-30,D-4,30,consignment,\n"
    came = b"date,sku,quantity\n2025-05-01,A-1,100\n2025-07-10,A-1,60\n2025-05-02,B-2,45\n"
    at = with_files(start(), sales_csv(), items_csv())
    at.file_uploader(key="beside-files").set_value(
        [("stock.csv", stock, "text/csv"), ("in.csv", came, "text/csv")]
    ).run()
    settled(at.button(key="use-file").click().run())
    at.switch_page("views/risk.py").run()
    assert not at.exception
    words = told(at)
    for said in (
        "1 line of receipts is dated after 2025-06-30: not counted",
        "Of 1 product receipts are below stock: the rest is older than the records",
        "dated after the last sale of the file (2025-06-30 against 2025-04-28)",
        "-6 units in all",
        "30 units in all",
        amount_text(600 * 10 + 40 * 20),
    ):
        assert said in words, said
    valued = compute.stock_answer(own(at)).valued
    assert valued.roll.reversed[1] == 300.0 and valued.reserve[1] == 0.0 and "300 reversed" in words
    at.text_input(key="who-books").set_value("K. Braun").run()
    at.radio(key=f"books-standard-{own(at).source.digest[:8]}").set_value("usgaap").run()
    valued = compute.stock_answer(own(at)).valued
    assert valued.roll.reversed.sum() == 0.0 and valued.reserve[1] == 300.0 and "300 stays written down" in told(at)  # fmt: skip


def test_a_sample_takes_them_too_and_stays_as_it_is(start: Start) -> None:
    """The sample's files with a list of stock of three of its products beside them, as data of one's own; the sample is there as before."""
    at = start("household", "risk")
    sample = at.session_state["choices"]["household"]
    skus = [str(sku) for sku in compute.facts(sample).valued.stock.skus[:3]]
    cost = {
        str(s): c
        for s, c in zip(
            compute.facts(sample).valued.stock.skus, compute.facts(sample).valued.stock.unit_cost, strict=True
        )
    }
    stock = "as of,sku,quantity\n" + "".join(f"2025-05-05,{sku},{k + 3}\n" for k, sku in enumerate(skus))
    at.file_uploader(key="beside-added").set_value([("lager.csv", stock.encode(), "text/csv")]).run()
    assert not at.exception and "Stock, lager.csv: all 3 rows are usable" in told(at)
    settled(at.button(key="use-beside").click().run())
    assert not at.exception and at.selectbox(key="data").value == "own"
    found = own(at)
    assert found.answers == sample.answers and found.currency == sample.currency
    assert at.session_state["choices"]["household"] == sample
    worth = sum((k + 3) * cost[sku] for k, sku in enumerate(skus))
    assert compute.facts(found).valued.stock.total == pytest.approx(worth, abs=0.005)
    assert amount_text(worth) in told(at)


def test_a_file_that_is_neither_is_refused_in_words(start: Start) -> None:
    at = with_files(start(), sales_csv(), items_csv())
    settled(at.button(key="use-file").click().run())
    at.switch_page("views/risk.py").run()
    at.file_uploader(key="beside-added").set_value(
        [("b.csv", b"parent,component,quantity\nA-1,B-2,3\n", "text/csv")]
    ).run()
    assert not at.exception
    assert "b.csv is a bill of materials, not stock or goods received" in told(at)
    assert not [one for one in at.button if one.key == "use-beside"]


def test_promotions_are_read_reported_and_shown_on_demand(start: Start) -> None:
    """Without a past promotion nothing is counted, and the page says why; the file has a report of its own, and goes with the others."""
    at = with_files(start(), sales_csv(), items_csv())
    settled(at.button(key="use-file").click().run())
    at.switch_page("views/data.py").run()
    plan = b"sku,from,to\nA-1,2025-05-12,2025-05-18\nB-2,2025-05-12,x\n"
    at.file_uploader(key="beside-added").set_value([("aktion.csv", plan, "text/csv")]).run()
    assert not at.exception
    assert "Promotions, aktion.csv: 1 of 2 rows are usable" in told(at)
    settled(at.button(key="use-beside").click().run())
    assert not at.exception and "Promotions: 1 of 2 rows are usable" in told(at)
    kept = {str(one.label) for one in at.get("download_button")}
    assert {"Promotions (CSV)", "Rejected rows of the promotions (CSV)"} <= kept
    settled(at.switch_page("views/demand.py").run())
    assert not at.exception
    words = told(at)
    assert (
        "No promotion ahead is counted" in words
        and "none is in the past: what one brings is unknown" in words
    )
