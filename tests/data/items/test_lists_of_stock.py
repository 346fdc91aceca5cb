"""Lists of stock as common systems write them: units and money against the generator's own sums."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.data.items.items_file import ItemList, read_item_list
from analytics.data.items.joining import joined_items, joining_of

DRAWN = np.random.default_rng(4242)
PRODUCTS = 14
CODES = [f"MAT-{100 + k}" for k in range(PRODUCTS)]
COST = np.round(DRAWN.lognormal(2.5, 0.6, PRODUCTS), 2)
HELD = DRAWN.integers(1, 400, PRODUCTS)
WORTH = float(np.round(HELD * COST, 2).sum())


def listed(lines: list[str], **options: object) -> ItemList:
    return read_item_list("\n".join(lines).encode(), stock_list=True, **options)  # type: ignore[arg-type]


def money(found: ItemList) -> float:
    return float(np.nansum(found.items["on_hand"] * found.items["unit_cost"]))


@pytest.mark.parametrize("mark", [".", ","])
def test_three_decimals_that_are_not_used_are_no_thousands(mark: str) -> None:
    """Units such as 137.000 in a file parted by semicolons: an amount with two decimals beside them says what the mark is, so does 0.000, so do zeros alone."""
    amounts = [
        "Material;Unrestricted;Value Unrestricted;Blocked",
        *(f"{CODES[k]};{HELD[k]}.000;{HELD[k] * COST[k]:.2f};0.000" for k in range(PRODUCTS)),
    ]
    found = listed([line.replace(".", mark) for line in amounts])
    assert float(found.items["on_hand"].sum()) == HELD.sum()
    assert money(found) == pytest.approx(WORTH, abs=0.01)
    alone = ["Material;Unrestricted", *(f"{CODES[k]};{HELD[k]}{mark}000" for k in range(PRODUCTS))]
    assert float(listed(alone).items["on_hand"].sum()) == HELD.sum()


def test_thousands_beside_small_whole_numbers_stay_thousands() -> None:
    units = [3 if k % 2 else 1000 * (k + 1) for k in range(PRODUCTS)]
    lines = ["Material;Bestand", *(f"{CODES[k]};{units[k]:,}".replace(",", ".") for k in range(PRODUCTS))]
    assert float(listed(lines).items["on_hand"].sum()) == sum(units)


def test_what_remains_of_entries_is_on_hand_and_their_days_are_its_age() -> None:
    lines, entry = ["Entry No.,Posting Date,Entry Type,Item No.,Quantity,Remaining Quantity"], 0
    for k in range(PRODUCTS):
        for part, rest in ((1, 0), (2, int(HELD[k]) // 3), (3, int(HELD[k]) - int(HELD[k]) // 3)):
            entry += 1
            lines.append(f"{entry},2023-{part * 3:02d}-11,Purchase,{CODES[k]},{rest + 7 * part},{rest}")
    found = listed(lines)
    assert found.items["on_hand"].tolist() == HELD.tolist()
    assert found.report.mapping["receipt_date"] == "Posting Date"
    assert float(found.lots["units"].sum()) == HELD.sum()


def test_places_of_partners_and_virtual_ones_hold_nothing_of_the_firm() -> None:
    lines = [
        "Product/Internal Reference,Product,Location,Quantity,Value",
        *(
            f'{CODES[k]},"[{CODES[k]}] Part {k}",WH/Stock,{HELD[k]}.00,{HELD[k] * COST[k]:.2f}'
            for k in range(PRODUCTS)
        ),
        f'{CODES[0]},"[{CODES[0]}] Part 0",Partner Locations/Customers,40.00,{40 * COST[0]:.2f}',
        f'{CODES[1]},"[{CODES[1]}] Part 1",Virtual Locations/Inventory adjustment,-30.00,{-30 * COST[1]:.2f}',
    ]
    found = listed(lines)
    assert found.report.mapping["sku"] == "Product/Internal Reference"
    assert found.items["on_hand"].tolist() == HELD.tolist()
    assert float(np.nansum(found.items["stock_consigned"])) == 10.0
    assert "stock_below_zero" not in found.items.values


def test_a_first_column_without_a_name_holds_the_codes_and_names_beside_them_are_joined_when_told() -> None:
    lines = [
        "Inventory Valuation Summary,,,",
        ",Qty On Hand,Avg Cost,Asset Value",
        *(f'{CODES[k]} (Part {k}),{HELD[k]},{COST[k]},"{HELD[k] * COST[k]:,.2f}"' for k in range(PRODUCTS)),
        f'TOTAL,{HELD.sum()},,"{WORTH:,.2f}"',
    ]
    found = listed(lines)
    assert money(found) == pytest.approx(WORTH, abs=0.01)
    sold = np.array(CODES[:-2], object)
    joining = joining_of(found.items.skus, sold)
    assert (joining.change, joining.would_join, joining.example) == (
        ("names",),
        PRODUCTS - 2,
        ("MAT-100 (Part 0)", "MAT-100"),
    )
    joined, _ = joined_items(found.items, sold, ("names",))
    assert set(sold) <= set(joined.skus.tolist())


@pytest.mark.parametrize(
    "written", ["[{code}] Part", "{code} (Part)", "{code} - Part", "{code}: Part", "{code} | Part"]
)
def test_names_beside_codes_in_the_ways_they_are_written(written: str) -> None:
    listed_as = [written.format(code=code) for code in CODES]
    joining = joining_of(listed_as, CODES)
    assert (joining.would_join, joining.words) == (PRODUCTS, "names beside the codes")


def test_counted_quantities_and_item_numbers_in_other_words() -> None:
    german = [
        "Artikel-Nr.;Bezeichnung;Menge lt. Zählung;Bewertungspreis",
        *(f"{CODES[k]};Teil {k};{HELD[k]};{COST[k]:.2f}".replace(".", ",") for k in range(PRODUCTS)),
    ]
    assert money(listed(german)) == pytest.approx(WORTH, abs=0.01)
    second = [
        "2nd Item Number,Branch/Plant,On Hand,Unit Cost",
        *(f"{CODES[k]},M30,{HELD[k]},{COST[k]}" for k in range(PRODUCTS)),
    ]
    assert money(listed(second)) == pytest.approx(WORTH, abs=0.01)
