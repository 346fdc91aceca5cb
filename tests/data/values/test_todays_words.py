"""How a product is run today is a fact of the firm: words of systems and languages, strategy groups, yes and no, a minimum beside a maximum."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.data import read_items


def _items(header: str, one: str, other: str) -> bytes:
    return (
        f"sku;unit cost;{header}\n" + "\n".join(f"P{k};{3 + k};{(one, other)[k % 3 == 1]}" for k in range(9))
    ).encode()


@pytest.mark.parametrize(
    ("header", "stocked", "ordered"),
    [
        ("Strategy", "Stocked", "Non-stock"), ("Planning strategy", "40 - Planning with final assembly", "20 - Make-to-order production"),
        ("MTS/MTO", "MTS", "MTO"), ("Order type", "To stock", "To order"), ("Stocking policy", "Stock item", "Special order"),
        ("Fertigungsart", "Lagerfertigung", "Auftragsfertigung"), ("Stocked?", "Y", "N"), ("Supply type", "MTS - Make to Stock", "ETO"),
        ("Stratégie", "Sur stock", "Sur commande"), ("Lagerhaltig", "ja", "nein"), ("Strategiegruppe", "10", "20"),
    ],
)  # fmt: skip
def test_to_stock_and_to_order_in_their_words(header: str, stocked: str, ordered: str) -> None:
    items, report = read_items(_items(header, stocked, ordered))
    assert items["current_mode"].tolist() == ["MTO" if k % 3 == 1 else "MTS" for k in range(9)]
    assert report.mapping["current_mode"] == header and not report.problems


@pytest.mark.parametrize(
    ("header", "made", "bought"),
    [("Source", "Manufactured", "Purchased"), ("Replenishment System", "Prod. Order", "Purchase"), ("Fertigungsart", "E", "F")],
)  # fmt: skip
def test_made_and_bought_in_their_words(header: str, made: str, bought: str) -> None:
    items, report = read_items(_items(header, made, bought))
    assert items["make"].tolist() == [0.0 if k % 3 == 1 else 1.0 for k in range(9)] and not report.problems


def test_words_that_say_neither_are_no_mode() -> None:
    _, report = read_items(_items("Source", "web", "phone"))
    assert not {"make", "current_mode"} & set(report.mapping)
    _, report = read_items(_items("Strategy", "grow", "MTS"))
    assert [p.code for p in report.problems] == ["value_unreadable"]  # one known word: the other is said


def test_a_minimum_beside_a_maximum_is_todays_rule() -> None:
    items, report = read_items(b"sku,Cost,Min,Max\nA,3,5,20\nB,4,7,31\n")
    assert items["reorder_point"].tolist() == [5.0, 7.0] and items["order_up_to_level"].tolist() == [
        20.0,
        31.0,
    ]
    items, report = read_items(b"sku,Cost,Min\nA,3,5\n")
    assert np.isnan(items["reorder_point"]).all() and any("Min" in text for text in report.assumed)
