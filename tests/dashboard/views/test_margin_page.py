"""The control line of the money on Data and Compare: the file's own figures, one count of what sells below cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from analytics.assumptions import Assumptions
from analytics.assumptions_file import read_assumptions
from analytics.items import ASSUMED, DERIVED
from dashboard.results.facts import Facts
from dashboard.state.in_force import in_force
from dashboard.text.margin_words import below_text, margin_rows, part_rows
from dashboard.text.words import below_cost
from sample_data import sample_paths
from tests.dashboard.conftest import Start


def test_the_control_line_of_a_sample_is_that_of_its_lines(facts_of_sample: Callable[[str], Facts]) -> None:
    import duckdb

    facts = facts_of_sample("servers")
    sales, items = (sample_paths("servers")[kind] for kind in ("sales", "items"))
    first, last = facts.margin["first_day"], facts.margin["last_day"]
    with duckdb.connect() as sql:
        whole = sql.execute(
            f"select sum(quantity * unit_price), count(*) from read_csv('{sales}')"
        ).fetchone()
        # a return counts on the day of the sale it takes back: those booked in the window for sales before it, and the other way, are the difference
        booked = sql.execute(
            f"select sum(quantity * (unit_price - unit_cost)) from read_csv('{sales}') join read_csv('{items}') using (sku) where date between '{first}' and '{last}'"
        ).fetchone()
    assert whole is not None and booked is not None
    shown = dict(margin_rows(facts).itertuples(index=False))
    assert (
        shown["gross margin at the items' costs"] == shown["the same units at our prices and costs"]
        and shown["ours less items"] == "0.00"
    )
    assert abs(facts.margin["at_items"] - booked[0]) < 0.001 * booked[0]
    parts = part_rows(facts)
    assert (
        parts["what"].iloc[-1] == "The whole file"
        and parts["revenue"].iloc[-1] == f"{whole[0]:,.2f}"
        and parts["lines"].iloc[-1] == f"{whole[1]:,}"
    )
    assert sum(float(r.replace(",", "")) for r in parts["revenue"][:-1]) == float(
        parts["revenue"].iloc[-1].replace(",", "")
    )


def test_what_sells_below_cost_is_one_count(facts_of_sample: Callable[[str], Facts]) -> None:
    facts = facts_of_sample("servers")
    below = np.zeros(len(facts.products), bool)
    below[:7] = True
    marked = replace(facts, below_cost=below)
    assert below_cost(marked).sum() == (below & facts.priced & ~facts.products["ended"].to_numpy()).sum()
    assert (
        below_text(facts.margin) == ""
        and below_cost(facts).sum() == facts.margin["below_cost"]["living"] == 0
    )
    assert (
        below_text({"below_cost": {"living": 1, "ended": 0, "of_variable_cost": True}})
        == "1 product sells below variable cost."
    )
    assert (
        below_text({"below_cost": {"living": 0, "ended": 3, "of_variable_cost": False}})
        == "3 products that have ended sold below cost."
    )


def test_what_the_sales_showed_is_the_value_in_force_until_somebody_states_another(
    facts_of_sample: Callable[[str], Facts],
) -> None:
    facts = facts_of_sample("servers")
    live = np.flatnonzero(~facts.products["ended"].to_numpy())
    n = len(facts.products)
    origin = np.full(n, ASSUMED, np.uint8)
    origin[live] = DERIVED
    shown = replace(facts, items=facts.items.with_field("salvage_share", 0.43, origin, 0.40, 0.46))
    assert (
        in_force(shown, Assumptions(), "salvage_share").value == 0.43
        and in_force(shown, Assumptions(), "salvage_share").origin == "derived"
    )
    assert in_force(shown, Assumptions().with_general(salvage_share=0.05), "salvage_share").value == 0.05
    ranged = read_assumptions("[general]\nsalvage_share = { value = 0.2, low = 0.1, high = 0.25 }")
    assert in_force(shown, ranged, "salvage_share").high == 0.25
    assert in_force(facts, Assumptions(), "capital_rate").value == 0.10  # nothing derived: the table's


def test_data_and_compare_show_the_control_line(start: Start) -> None:
    at = start("servers", "data")
    titles = [s.value for s in at.subheader]
    assert (
        "Our margin is that of the file, to the cent" in titles
        and "Where every amount of the file went" in titles
    )
    at.switch_page("views/compare.py").run()
    assert (
        "Our margin is that of the file, to the cent" in [s.value for s in at.subheader] and not at.exception
    )
