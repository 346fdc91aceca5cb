"""An indented bill of materials: parents by levels, components of a part shared by several products once, rows without a parent said."""

from __future__ import annotations

import pytest

from analytics.data.items.bom_file import BillOfMaterials, read_bom

#: product, then rows of level, code and quantity below it
LISTS = {
    "bike": [(1, "wheel", 2), (2, "spoke", 32), (2, "rim", 1), (1, "saddle", 1)],
    "trike": [(1, "wheel", 3), (2, "spoke", 32), (2, "rim", 1), (1, "basket", 1), (2, "wicker", 7)],
}
LINKS = {
    ("bike", "wheel"): 2, ("bike", "saddle"): 1, ("wheel", "spoke"): 32, ("wheel", "rim"): 1,
    ("trike", "wheel"): 3, ("trike", "basket"): 1, ("basket", "wicker"): 7,
}  # fmt: skip


def links(bom: BillOfMaterials) -> dict[tuple[str, str], float]:
    return {
        (str(bom.codes[p]), str(bom.codes[c])): float(q)
        for p, c, q in zip(bom.parent, bom.component, bom.quantity, strict=True)
    }


@pytest.mark.parametrize("mark", ["{}", ".{}", "dots"])
def test_parents_are_the_rows_above_one_level_higher(mark: str) -> None:
    def level(number: int) -> str:
        return "." * number + str(number) if mark == "dots" else mark.format(number)

    rows = []
    for product, below in LISTS.items():
        rows += [f"{level(0)};{product};1", *(f"{level(n)};{code};{q}" for n, code, q in below)]
    bom = read_bom(("Stufe;Komponente;Menge\n" + "\n".join(rows)).encode())
    assert links(bom) == LINKS and not len(bom.incomplete)
    assert {p.code: p.count for p in bom.report.problems} == {"bom_levels": 1, "bom_top": 2, "bom_again": 2}


def test_beside_the_product_in_every_row() -> None:
    """Without levels the components of a part would count as those of the product."""
    rows = [f"{product},{n},{code},{q}" for product, below in LISTS.items() for n, code, q in below]
    assert links(read_bom(("Material,Level,Component,Qty\n" + "\n".join(rows)).encode())) == LINKS


def test_a_row_that_hangs_below_nothing_is_rejected() -> None:
    bom = read_bom(b"Level,Item,Qty\n0,bike,1\n2,spoke,32\n1,saddle,1\n")
    assert links(bom) == {("bike", "saddle"): 1.0}
    assert ("parent_blank", 1) in {(p.code, p.count) for p in bom.report.problems}


def test_levels_of_one_beside_parents_change_nothing() -> None:
    plain = b"Parent,Level,Component,Qty\nbike,1,wheel,2\nbike,1,saddle,1\n"
    assert links(read_bom(plain)) == {("bike", "wheel"): 2.0, ("bike", "saddle"): 1.0}


def test_parents_of_their_own_beside_levels_are_followed() -> None:
    """A column of levels beside the very parent of each row says nothing more, in whatever order the rows stand."""
    level = {"wheel": 1, "saddle": 1, "basket": 1, "spoke": 2, "rim": 2, "wicker": 2}
    rows = [f"{parent},{level[code]},{code},{q}" for (parent, code), q in sorted(LINKS.items())]
    bom = read_bom(("assembly_sku,bom_level,component_sku,quantity_per\n" + "\n".join(rows)).encode())
    assert links(bom) == LINKS and "bom_levels" not in {p.code for p in bom.report.problems}
