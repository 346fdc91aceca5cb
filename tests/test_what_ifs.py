"""What-ifs against runs on edited files, to the cent; and the ways in which they are stated, kept and read again."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from analytics.assumptions import Assumptions
from analytics.assumptions_file import assumptions_toml, read_assumptions
from analytics.cli import main
from analytics.data.items.bom_file import read_bom
from analytics.data.items.items_file import read_items
from analytics.data.sales import read_sales
from analytics.errors import DataError
from analytics.naming.what_ifs import WhatIf, factors, named_what_if, read_what_if, sorted_what_ifs
from analytics.scenario.reassume import effort, reassume, reprice
from analytics.study import Study, run_study
from analytics.study_results import study_tables

PRICES = (900, 400, 200, 80, 30, 12)
HEAD = "sku,unit_cost,lead_time_days,make,units_per_order,on_hand,reorder_point,setup_cost,capital_rate"


def edited(code: int, only: str) -> bool:
    return only in ("", f"P{code}", f"F{code % 2}")


def sales(quantity: float = 1.0, price: float = 1.0, only: str = "", divisible: bool = False) -> bytes:
    """Sales of six products in two families: orders of whole pieces, or weekly totals of goods of any amount; quantity and revenue edited."""
    random, rows = np.random.default_rng(5), ["date,sku,family,quantity,revenue"]
    for code, value in enumerate(PRICES):
        more, dearer = (by if edited(code, only) else 1.0 for by in (quantity, price))
        for week in range(80):
            day = np.datetime64("2023-01-02") + 7 * week
            pieces = [float(random.gamma(2 + code, 3)) + 0.05] if divisible else []
            if not divisible:
                pieces = [float(1 + random.poisson(3)) for _ in range(random.poisson(0.3 + 0.4 * code))]
            rows += [f"{day},P{code},F{code % 2},{q * more!r},{q * more * value * dearer!r}" for q in pieces]
    return "\n".join(rows).encode()


def items(cost: float = 1.0, lead: float = 1.0, rate: float = 1.0, only: str = "") -> bytes:
    rows = [HEAD]
    for code, value in enumerate(PRICES):
        by = (cost, lead, rate) if edited(code, only) else (1.0, 1.0, 1.0)
        level = "" if code % 2 else "8"
        rows.append(
            f"P{code},{value * 0.55 * by[0]!r},{(20 + 9 * code) * by[1]!r},{int(code % 3 > 0)},4,{10 + code},{level},25,{0.1 * by[2]!r}"
        )
    return "\n".join(rows).encode()


def run(sold: bytes, listed: bytes, *moved: WhatIf) -> Study:
    stated = Assumptions().with_what_if(*moved)
    return run_study(read_sales(sold), read_items(listed)[0], stated, draws=2, how_sure=False)


@pytest.fixture(scope="module")
def base() -> Study:
    return run(sales(), items())


@pytest.fixture(scope="module")
def totals() -> Study:
    return run(sales(divisible=True), items())


def same_money(one: Study, other: Study) -> None:
    """Every money of every plan, in total and of every product under every strategy, and the gain: the same cent."""
    assert one.portfolio.money.keys() == other.portfolio.money.keys() >= {"MTS", "MTO", "baseline", "mix"}
    for plan, money in one.portfolio.money.items():
        assert money.keys() == other.portfolio.money[plan].keys()
        for name, value in money.items():
            assert value == pytest.approx(other.portfolio.money[plan][name], rel=0.0, abs=0.005, nan_ok=True)
    np.testing.assert_allclose(one.comparison.profit, other.comparison.profit, rtol=0.0, atol=0.005)
    np.testing.assert_allclose(one.recommendation.gain, other.recommendation.gain, rtol=0.0, atol=0.005)
    assert list(one.recommendation.recommended) == list(other.recommendation.recommended)


EDITS = {
    "price": (WhatIf("price", 0.125), sales(price=1.125), items()),
    "price of a family": (WhatIf("price", -0.1, family="F1"), sales(price=0.9, only="F1"), items()),
    "price of a product": (WhatIf("price", 0.3, product="P4"), sales(price=1.3, only="P4"), items()),
    "unit cost": (WhatIf("unit_cost", 0.15), sales(), items(cost=1.15)),
    "unit cost of a family": (WhatIf("unit_cost", -0.2, family="F0"), sales(), items(cost=0.8, only="F0")),
    "unit cost of a product": (WhatIf("unit_cost", 0.4, product="P1"), sales(), items(cost=1.4, only="P1")),
    "lead time": (WhatIf("lead_time", 0.6), sales(), items(lead=1.6)),
    "lead time of a family": (WhatIf("lead_time", 0.5, family="F1"), sales(), items(lead=1.5, only="F1")),
    "lead time of a product": (WhatIf("lead_time", -0.5, product="P5"), sales(), items(lead=0.5, only="P5")),
    "a given rate": (WhatIf("capital_rate", 1.2), sales(), items(rate=2.2)),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_what_if_is_a_run_on_the_edited_files_to_the_cent(base: Study, name: str) -> None:
    """Run anew and from the study at hand; and not the money of the files as they are."""
    moved, sold, listed = EDITS[name]
    told = run(sold, listed)
    same_money(run(sales(), items(), moved), told)
    again = reassume(base, Assumptions().with_what_if(moved), how_sure=False)
    same_money(again, told)
    assert f"What if: {moved.words}." in again.notes
    assert abs(told.portfolio.money["mix"]["profit"] - base.portfolio.money["mix"]["profit"]) > 1.0
    same_money(reassume(again, Assumptions(), how_sure=False), base)


def test_demand_is_a_run_on_sales_of_larger_quantities_to_the_cent(totals: Study) -> None:
    """Weekly totals of divisible goods whose order size is given: there more demand is nothing but larger totals."""
    told = run(sales(1.1, divisible=True), items())
    moved = WhatIf("demand", 0.1)
    same_money(run(sales(divisible=True), items(), moved), told)
    again = reassume(totals, Assumptions().with_what_if(moved), how_sure=False)
    same_money(again, told)
    same_money(reassume(again, Assumptions(), how_sure=False), totals)


@pytest.mark.parametrize(
    ("moved", "here"),
    [(WhatIf("demand", 0.25, family="F1"), [1, 3, 5]), (WhatIf("demand", 0.25, product="P3"), [3])],
)
def test_demand_of_some_products_is_theirs_in_the_edited_run(
    totals: Study, moved: WhatIf, here: list[int]
) -> None:
    """What is moved earns what it does where all sell a quarter more, the rest what it does as it is: common shocks stay those of the file."""
    more = run(sales(1.25, divisible=True), items())
    found = reassume(totals, Assumptions().with_what_if(moved), how_sure=False)
    rest = [k for k in range(len(PRICES)) if k not in here]
    for rows, other in ((here, more), (rest, totals)):
        np.testing.assert_allclose(
            found.comparison.profit[rows], other.comparison.profit[rows], rtol=0.0, atol=0.005
        )


def test_demand_of_whole_pieces_keeps_the_size_of_orders(base: Study) -> None:
    """Twice the demand is twice the orders, none of them larger: expected units double, and so do set-ups to order."""
    found = reassume(base, Assumptions().with_what_if(WhatIf("demand", 1.0)), how_sure=False)
    np.testing.assert_allclose(found.forecast.mean, 2.0 * base.forecast.mean, rtol=1e-12)
    np.testing.assert_array_equal(found.forecast.mean_order, base.forecast.mean_order)
    np.testing.assert_array_equal(found.items["units_per_order"], base.items["units_per_order"])
    np.testing.assert_array_equal(found.items["on_hand"], base.items["on_hand"])


def test_no_given_value_stands_in_the_way(base: Study) -> None:
    """Everything is given in the file, and all four move."""
    stated = [WhatIf(what, 0.2) for what in ("demand", "lead_time", "unit_cost", "price")]
    found = reassume(base, Assumptions().with_what_if(*stated), how_sure=False)
    for name in ("component_lead_days", "unit_cost", "price"):
        np.testing.assert_allclose(found.items[name], 1.2 * base.items[name], rtol=1e-12)
    fitted = found.outlook.fitted  # for another lead time
    assert fitted is not None
    np.testing.assert_allclose(found.forecast.mean, 1.2 * fitted.mean, rtol=1e-12)


def test_assumed_and_promised_lead_times_move_too() -> None:
    """Parts of which nothing is given, and those whose promise says that they come faster than assumed."""
    sold = "date,sku,quantity,revenue,promised_date\n" + "".join(
        f"{np.datetime64('2023-01-02') + 7 * w},{sku},3,90,{np.datetime64('2023-01-02') + 7 * w + wait}\n"
        for w in range(60)
        for sku, wait in (("A", 12), ("B", 60))
    )
    history = read_sales(sold.encode())
    plain = run_study(history, None, draws=2, how_sure=False)
    moved = run_study(
        history, None, Assumptions().with_what_if(WhatIf("lead_time", 4.0)), draws=2, how_sure=False
    )
    np.testing.assert_allclose(moved.items["component_lead_days"], 5.0 * plain.items["component_lead_days"])
    assert plain.items["component_lead_days"][0] < 12.0
    assert moved.items["quote_days"][0] > plain.items["quote_days"][0]


def test_a_price_answers_at_once_and_demand_is_simulated(base: Study) -> None:
    quick = reprice(base, Assumptions().with_what_if(WhatIf("price", 0.1)))
    full = reassume(base, Assumptions().with_what_if(WhatIf("price", 0.1)), how_sure=False)
    assert quick is not None
    np.testing.assert_allclose(quick.comparison.profit, full.comparison.profit, rtol=0.0, atol=0.005)
    for more in (WhatIf("demand", 0.1), WhatIf("lead_time", 0.5)):
        stated = Assumptions().with_what_if(more)
        assert reprice(base, stated) is None
        slow, full = reprice(base, stated, patient=True), reassume(base, stated, how_sure=False)
        assert slow is not None and slow.comparison.today is not None and full.comparison.today is not None
        np.testing.assert_array_equal(slow.comparison.profit, full.comparison.profit)
        np.testing.assert_array_equal(slow.comparison.today.profit, full.comparison.today.profit)
    assert effort(base, Assumptions().with_what_if(WhatIf("demand", 0.1))) == 2
    assert effort(base, Assumptions().with_what_if(WhatIf("unit_cost", 0.1))) == 0


def test_the_nearest_what_if_counts_and_the_last_of_a_name() -> None:
    said = sorted_what_ifs(
        [WhatIf("price", 0.1), WhatIf("price", 0.2, family="F"), WhatIf("price", 0.0, product="B")]
    )
    assert factors(said, "price", ["A", "B", "C"], ["F", "F", ""]).tolist() == [1.2, 1.0, 1.1]
    assert Assumptions(what_if=said).with_what_if(WhatIf("price", 0.5)).what_if[0].change == 0.5
    assert sorted_what_ifs([WhatIf("price", 0.0), WhatIf("price", 0.0, product="B")]) == ()


@pytest.mark.parametrize(
    "text", ["demand", "demand=10", "dmd=5%", "demand=x%", "demand=-95%", "price=1000%", "family..price=1%"]
)
def test_what_is_no_what_if_is_refused_in_words(text: str) -> None:
    with pytest.raises(DataError) as told:
        read_what_if(text)
    (problem,) = told.value.problems
    assert problem.remedy and problem.found and problem.expected


BOM = b"parent,component,quantity\nP1,FRAME,2\nP1,BELL,1\nP2,FRAME,3\nP2,BELL,1\nP4,TUBE,4\nP4,SOAP,1\n"
#: What a unit of a part costs; the file does not say it of SOAP.
COSTS = {"FRAME": 20.0, "BELL": 3.0, "TUBE": 2.0}
#: What the parts of a unit of each product cost, by hand: 2 x 20 + 3, 3 x 20 + 3, 4 x 2.
WORTH = {"P1": 43.0, "P2": 63.0, "P4": 8.0}


def with_rows_of_parts(change: float) -> bytes:
    """The items file with rows for parts, every part dearer by `change` and every product by that much of its parts."""
    head, *rows = items().decode().split("\n")
    edited_rows = []
    for row in rows:
        code, cost, *rest = row.split(",")
        edited_rows.append(",".join([code, repr(float(cost) + change * WORTH.get(code, 0.0)), *rest]))
    bought = [f"{code},{cost * (1.0 + change)!r},12,0,1,,,," for code, cost in COSTS.items()]
    return "\n".join([head, *edited_rows, *bought]).encode()


def run_of_parts(listed: bytes, *moved: WhatIf) -> Study:
    stated = Assumptions().with_what_if(*moved)
    return run_study(
        read_sales(sales()), read_items(listed)[0], stated, draws=2, how_sure=False, bom=read_bom(BOM)
    )


def test_the_cost_of_parts_is_a_run_on_edited_files_to_the_cent() -> None:
    """Parts of a bill of materials 7 % dearer: with unit costs of products as much higher, shares of parts and all money follow."""
    base, told = run_of_parts(with_rows_of_parts(0.0)), run_of_parts(with_rows_of_parts(0.07))
    moved = WhatIf("part_cost", 0.07)
    anew = run_of_parts(with_rows_of_parts(0.0), moved)
    same_money(anew, told)
    again = reassume(base, Assumptions().with_what_if(moved), how_sure=False)
    same_money(again, told)
    for field in ("unit_cost", "component_share"):
        np.testing.assert_allclose(np.asarray(again.items[field]), np.asarray(told.items[field]), rtol=1e-12)
    assert f"What if: {moved.words}." in again.notes
    assert abs(told.portfolio.money["mix"]["profit"] - base.portfolio.money["mix"]["profit"]) > 1.0
    cost = {str(r.component): r.unit_cost for r in study_tables(again)["components"]().itertuples()}
    assert cost["FRAME"] == pytest.approx(21.4) and np.isnan(cost["SOAP"])
    same_money(reassume(again, Assumptions(), how_sure=False), base)
    both = run_of_parts(with_rows_of_parts(0.0), moved, WhatIf("unit_cost", 0.5, product="P5"))
    same_money(reassume(again, both.assumptions, how_sure=False), both)


def test_without_parts_the_cost_of_parts_moves_nothing_and_says_so(base: Study) -> None:
    again = reassume(base, Assumptions().with_what_if(WhatIf("part_cost", 0.1)), how_sure=False)
    same_money(again, base)
    assert (
        "What if: Cost of bought parts +10 % moves nothing, for no part has a cost in these files."
        in again.notes
    )
    with pytest.raises(DataError, match="several families"):
        named_what_if("family.F1.part_cost", 0.1)


@pytest.mark.parametrize(
    "name", ["demand", "part_cost", "family.A.B.price", 'product.1 "x".unit_cost', "capital_rate"]
)
def test_names_and_tables_are_read_back(name: str) -> None:
    stated = Assumptions().with_what_if(named_what_if(name, -0.075))
    assert stated.what_if[0].name == name
    assert read_assumptions(assumptions_toml(stated)).what_if == stated.what_if


def test_a_faulty_table_is_told_with_every_fault() -> None:
    with pytest.raises(DataError) as told:
        read_assumptions('[what_if]\ndemand = "10"\nprices = 0.1\nprice = true')
    assert len(told.value.problems) >= 2


def test_the_command_line_says_and_keeps_them(tmp_path: Path) -> None:
    """In summary.json and the register, and the register alone gives the same files."""
    (tmp_path / "s.csv").write_bytes(sales())
    (tmp_path / "i.csv").write_bytes(items())
    files = [str(tmp_path / "s.csv"), "--items", str(tmp_path / "i.csv")]
    said = [
        "--what-if",
        "demand=+10%",
        "--what-if",
        "product.P3.price=-5 %",
        "--what-if",
        "family.No.price=1%",
    ]
    assert main(["analyze", *files, *said, "--out", str(tmp_path / "a")]) == 0
    register = ["--register", str(tmp_path / "a" / "register.csv")]
    assert main(["analyze", *files, *register, "--out", str(tmp_path / "b")]) == 0
    document = json.loads((tmp_path / "a" / "summary.json").read_text("utf-8"))
    assert [one["words"] for one in document["what_if"]][:2] == [
        "Demand +10 % on top of what the file says",
        "Price of No +1 % on top of what the file says",
    ]
    assert "What if: Price of No +1 % moves nothing, for it is not in these files." in document["notes"]
    rows = list(csv.DictReader((tmp_path / "a" / "register.csv").open(encoding="utf-8-sig")))
    stated = {row["id"]: row for row in rows if row["origin"] == "what if"}
    assert stated["stated/what_if/product.P3.price"]["value"] == "-0.05"
    for name in ("summary.json", "register.csv", "recommendation.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
