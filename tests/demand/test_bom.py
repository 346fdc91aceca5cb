"""Explosion and component families against an independent recursion, on made-up structures and on the shared sample."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.data import read_bom, read_items
from analytics.demand.bom import LEAST_SHARED, component_families, explode, product_parts, with_parts
from analytics.items import ASSUMED, CONFIRMED, DERIVED, GIVEN, Items, empty_items

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def csv(links: list[tuple[str, str, float]]) -> bytes:
    return pd.DataFrame(links, columns=["parent", "component", "quantity"]).to_csv(index=False).encode()


def by_recursion(
    links: list[tuple[str, str, float]], code: str, bought: frozenset[str] = frozenset()
) -> Counter:
    """Parts of a code, straight from the definition."""
    below = [(b, q) for a, b, q in links if a == code] if code not in bought else []
    if not below:
        return Counter({code: 1.0})
    total: Counter = Counter()
    for child, quantity in below:
        for part, amount in by_recursion(links, child, bought).items():
            total[part] += quantity * amount
    return total


def exploded(
    links: list[tuple[str, str, float]], skus: list[str], bought: frozenset[str] = frozenset()
) -> tuple[dict[str, dict[str, float]], list]:
    bom = read_bom(csv(links))
    parts, _, problems = explode(bom, np.array(skus, object), bought)
    return {
        str(bom.codes[top]): {str(bom.codes[k]): q for k, q in own.items()} for top, own in parts.items()
    }, problems


def test_random_structures_agree_with_the_recursion() -> None:
    rng = np.random.default_rng(11)
    for _ in range(20):
        names = [f"N{i:02d}" for i in range(18)]
        links = [
            (names[a], names[b], float(rng.integers(1, 5)))
            for a in range(18)
            for b in range(a + 1, 18)
            if rng.random() < 0.25
        ]
        if not links:
            continue
        bought = frozenset(rng.choice(names[6:], 2, replace=False).tolist())
        got, problems = exploded(links, names[:6], bought)
        parents = {a for a, _, _ in links}
        assert not problems and set(got) == {n for n in names[:6] if n in parents}
        for product, parts in got.items():
            assert parts == pytest.approx(dict(by_recursion(links, product, bought)))


def test_a_cycle_stops_its_own_products_only() -> None:
    links = [
        ("P", "A", 1.0),
        ("A", "B", 2.0),
        ("B", "A", 1.0),
        ("Q", "C", 3.0),
        ("SELF", "SELF", 1.0),
        ("SELF", "C", 1.0),
    ]
    got, problems = exploded(links, ["P", "Q", "SELF"])
    assert got == {"Q": {"C": 3.0}}
    assert [p.code for p in problems] == ["bom_cycle"] * 2 and "P" in problems[0].message
    assert (
        "A > B > A" in problems[0].found
        and "SELF > SELF" in problems[1].found
        and all(p.remedy for p in problems)
    )


def test_deep_and_exploding_structures_end() -> None:
    chain = [(f"L{i}", f"L{i + 1}", 1.0) for i in range(20_000)]
    got, problems = exploded(chain, ["L0"])
    assert not problems and got["L0"] == {"L20000": 1.0}
    ladder = [(f"S{i}", f"S{i + 1}", 1e6) for i in range(60)]
    got, problems = exploded([*ladder, ("T", "U", 1.0)], ["S0", "T"])
    assert set(got) == {"T"} and problems[0].code == "bom_quantity" and "S0" in problems[0].message


def test_every_member_keeps_most_of_its_parts_in_the_kit() -> None:
    rng = np.random.default_rng(4)
    parts = [
        dict.fromkeys(
            sorted(rng.choice(8, rng.integers(4, 8), replace=False).tolist()), float(rng.integers(1, 3))
        )
        for _ in range(40)
    ]
    weights = [{k: float(rng.uniform(0.5, 9.0)) for k in own} for own in parts]
    family, kits = component_families(parts, weights)
    assert max(np.bincount(family)) > 1
    for f, kit in enumerate(kits):
        members = [parts[i] for i in range(40) if family[i] == f]
        common = {k: min(m[k] for m in members) for k in set.intersection(*(set(m) for m in members))}
        assert kit == common
        for i in np.flatnonzero(np.array(family) == f):
            whole = sum(weights[i][k] * q for k, q in parts[i].items())
            assert sum(weights[i][k] * q for k, q in kit.items()) >= LEAST_SHARED * whole - 1e-12


LINKS = [
    *[(p, "FRAME", 1.0) for p in ("RED", "BLUE")], ("RED", "PAINT-R", 2.0), ("BLUE", "PAINT-B", 2.0), ("FRAME", "TUBE", 3.0), ("FRAME", "BOLT", 8.0),
    ("LAMP", "BULB", 1.0), ("LAMP", "BOLT", 1.0),
]  # fmt: skip


def items_of(costs: dict[str, float]) -> Items:
    skus = sorted(costs)
    return (
        empty_items(skus)
        .with_field("unit_cost", [costs[s] for s in skus], GIVEN)
        .with_field("component_lead_days", 20.0, GIVEN)
    )


def products(**fields: object) -> Items:
    items = (
        empty_items(["BLUE", "LAMP", "OTHER", "RED"])
        .with_field("unit_cost", [100.0, 30.0, 10.0, 120.0], GIVEN)
        .with_field("make", 1.0, GIVEN)
    )
    items = items.with_field("component_share", [np.nan, np.nan, 0.3, np.nan], [0, 0, GIVEN, 0]).with_field(
        "assembly_days", 3.0, ASSUMED, 1.0, 7.0
    )
    items = items.with_field("production_days", 9.0, GIVEN)
    for name, value in fields.items():
        items = items.with_field(name, value, CONFIRMED)
    return items


def test_share_by_value_where_costs_are_known() -> None:
    given = items_of({"TUBE": 10.0, "BOLT": 1.0, "PAINT-R": 4.0, "PAINT-B": 4.0, "BULB": 2.0})
    parts = product_parts(
        read_bom(csv(LINKS)), np.array(["BLUE", "LAMP", "OTHER", "RED"], object), given, np.ones(4, bool)
    )
    assert parts.levels.tolist() == [2, 1, 0, 2] and parts.by_value.tolist() == [True, True, False, True]
    assert parts.family[0] == parts.family[3] != parts.family[1] and parts.family[2] == -1
    items, notes = with_parts(products(), parts)
    kit = 3 * 10.0 + 8 * 1.0  # tubes and bolts; the paints are unique and take 20 days to buy, 9 to paint on
    assert items["component_share"] == pytest.approx([(kit + 8.0) / 100, 3.0 / 30, 0.3, (kit + 8.0) / 120])
    assert any("outside the common kit" in note and "BLUE" in note and "LAMP" not in note for note in notes)
    quick = with_parts(products(production_days=20.0), parts)[0]["component_share"]
    assert quick == pytest.approx(
        [kit / 100, 3.0 / 30, 0.3, kit / 120]
    )  # bought to order while the frame is made
    assert items.origin("component_share").tolist() == [DERIVED, DERIVED, GIVEN, DERIVED]
    assert items["component_family"].tolist() == ["parts of BLUE", "parts of LAMP", "", "parts of BLUE"]
    assert items["assembly_days"].tolist() == [
        9.0,
        3.0,
        3.0,
        9.0,
    ]  # two levels are finished in the production time
    assert "3 of 4 products" in notes[0]


def test_share_by_parts_where_costs_are_not_known() -> None:
    more = [("FRAME", f"X{i}", 2.0) for i in range(3)]
    parts = product_parts(
        read_bom(csv(LINKS + more)),
        np.array(["BLUE", "LAMP", "OTHER", "RED"], object),
        items_of({"TUBE": 10.0, "BLUE": 100.0}),
        np.ones(4, bool),
    )
    items, notes = with_parts(products(component_lead_days=2.0), parts)
    assert items["component_share"] == pytest.approx([5 / 6, 1.0, 0.3, 5 / 6])  # five of six different parts
    low, high = items.range("component_share")
    assert low == pytest.approx([5 / 12, 0.5, 0.3, 5 / 12]) and high == pytest.approx(
        items["component_share"]
    )
    assert items.origin("component_share").tolist() == [ASSUMED, ASSUMED, GIVEN, ASSUMED]
    assert any("counted in parts" in note for note in notes) and any(
        "not in the items file" in note and "BOLT" in note for note in notes
    )


def test_a_share_of_the_items_file_wins_over_the_parts_and_that_is_said() -> None:
    costs = items_of({"TUBE": 10.0, "BOLT": 1.0, "PAINT-R": 4.0, "PAINT-B": 4.0, "BULB": 2.0})
    parts = product_parts(
        read_bom(csv(LINKS)), np.array(["BLUE", "LAMP", "OTHER", "RED"], object), costs, np.ones(4, bool)
    )
    items, notes = with_parts(
        products().with_field("component_share", [0.7, np.nan, 0.3, np.nan], [GIVEN, 0, GIVEN, 0]), parts
    )
    assert items["component_share"] == pytest.approx([0.7, 3.0 / 30, 0.3, (38 + 8.0) / 120])
    assert (
        items.origin("component_share").tolist() == [GIVEN, DERIVED, GIVEN, DERIVED]
        and items["component_family"][0] == "parts of BLUE"
    )
    said = next(note for note in notes if "The one given counts." in note)
    assert "1 product (BLUE)" in said and "70 % given, 46 % by its parts" in said


def test_what_the_user_confirmed_and_what_is_bought_in_stays() -> None:
    parts = product_parts(
        read_bom(csv(LINKS)),
        np.array(["BLUE", "LAMP", "OTHER", "RED"], object),
        None,
        np.array([True, True, True, False]),
    )
    assert parts.family[3] == -1  # ended products join no kit
    items, _ = with_parts(products(component_share=0.25), parts)
    assert np.all(items["component_share"] == 0.25)
    bought = products().with_field("make", [0.0, 1.0, 1.0, 1.0], GIVEN)
    assert np.isnan(with_parts(bought, parts)[0]["component_share"][0])


def test_parts_dearer_than_the_product_are_said() -> None:
    given = items_of({"TUBE": 90.0, "BOLT": 1.0, "PAINT-R": 4.0, "PAINT-B": 4.0, "BULB": 2.0})
    parts = product_parts(
        read_bom(csv(LINKS)), np.array(["BLUE", "LAMP", "OTHER", "RED"], object), given, np.ones(4, bool)
    )
    items, notes = with_parts(products(), parts)
    assert items["component_share"][[0, 3]].tolist() == [1.0, 1.0] and any(
        "cost more than the product" in note and "BLUE" in note for note in notes
    )


@pytest.mark.skipif(
    not (SHARED / "adventureworks_bom.csv").is_file(), reason="the shared sample is not beside the project"
)
def test_the_bicycle_makers_structure() -> None:
    table = pd.read_csv(SHARED / "adventureworks_bom.csv", dtype=str)
    links = [
        (a, b, float(q))
        for a, b, q in zip(table["assembly_sku"], table["component_sku"], table["quantity_per"], strict=True)
    ]
    bom = read_bom(SHARED / "adventureworks_bom.csv")
    given, _ = read_items(SHARED / "adventureworks_items.csv")
    sold = np.array(sorted(set(table["assembly_sku"])), object)
    bought = frozenset(given.skus[given["make"] == 0.0].tolist())
    parts = product_parts(bom, sold, given, np.ones(len(sold), bool))
    assert not [p for p in parts.report.problems if p.code.startswith("bom_")] and parts.levels.max() == 4
    memory: dict[str, Counter] = {}
    below: dict[str, list[tuple[str, float]]] = {}
    for a, b, q in links:
        below.setdefault(a, []).append((b, q))

    def recursion(code: str) -> Counter:
        if code not in memory:
            total: Counter = Counter()
            for child, quantity in below.get(code, []) if code not in bought else []:
                for part, amount in recursion(child).items():
                    total[part] += quantity * amount
            memory[code] = total or Counter({code: 1.0})
        return memory[code]

    for i in np.flatnonzero(parts.levels > 0):
        assert {str(parts.parts[k]): q for k, q in parts.of(i).items()} == pytest.approx(
            dict(recursion(str(sold[i])))
        )
    sizes = np.bincount(parts.family[parts.family >= 0])
    assert sizes.max() >= 5  # sizes of one bicycle share their kit
