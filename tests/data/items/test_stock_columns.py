"""Stock by state in columns side by side, as a common system lists it: every unit stands once, in its state."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.data.items.items_file import read_items
from analytics.errors import DataError

LIST = (
    "Material;Plant;Unrestricted;In Quality Insp.;Blocked;Stock in Transfer;Vendor Consignment;Value Unrestricted;Value BlockedStock\n"
    "A;1000;120;10;5;0;0;1200;50\n"
    "A;2000;30;0;0;4;0;300;0\n"
    "B;1000;40;0;15;0;9;480;180\n"
    "C;1000;0;0;1;0;0;0;8\n"
)


@pytest.mark.parametrize("header", ["Unrestricted", "Frei verwendbar", "LABST"])
def test_columns_by_state_are_added_and_told_apart(header: str) -> None:
    items, report = read_items(LIST.replace("Unrestricted", header, 1).encode(), stock_list=True)
    assert items.skus.tolist() == ["A", "B", "C"]
    assert items["on_hand"].tolist() == [120 + 10 + 5 + 30 + 4, 40 + 15, 1]
    blocked, quality, theirs = (
        np.nan_to_num(items[name]).tolist()
        for name in ("stock_blocked", "stock_in_quality", "stock_consigned")
    )
    assert (blocked, quality, theirs) == ([5, 15, 1], [10, 0, 0], [0, 9, 0])
    # the value beside free stock is that of free stock alone: 1,500 for 150 and 480 for 40
    assert items["unit_cost"][:2].tolist() == [10.0, 12.0] and np.isnan(items["unit_cost"][2])
    said = [one for one in report.assumed if one.startswith("on hand = ")]
    assert said == [f"on hand = {header} + In Quality Insp. + Blocked + Stock in Transfer"]
    assert "Value BlockedStock" in next(one for one in report.assumed if one.startswith("columns not used"))


def test_a_column_named_blocked_beside_stock_in_all_is_a_mark() -> None:
    items, _ = read_items(b"sku,on hand,blocked\nA,10,yes\nA,5,no\nB,4,no\n", stock_list=True)
    assert items["on_hand"].tolist() == [15, 4] and np.nan_to_num(items["stock_blocked"]).tolist() == [10, 0]


def test_a_list_of_stock_that_says_no_quantity_is_refused() -> None:
    with pytest.raises(DataError, match="no column of the list of stock says how much lies there"):
        read_items(b"Material;Plant;Blocked\nA;1000;5\n", stock_list=True)
