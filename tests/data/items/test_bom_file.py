"""Bills of materials as people export them: columns by name, every row used or rejected, hostile text as text."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.data import read_bom
from analytics.errors import DataError

PLAIN = b"parent,component,quantity\nP,A,2\nP,B,1.5\nA,C,4\n"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        b"Baugruppe;Komponente;Menge\nP;A;2\nP;B;1,5\nA;C;4\n",
        b"quantity_per\tassembly_sku\tcomponent_sku\tuom\n2\tP\tA\tEA\n1.5\tP\tB\tEA\n4\tA\tC\tEA\n",
        b"ProductAssemblyID,ComponentID,PerAssemblyQty\nP,A,2\nP,B,1.5\nA,C,4\n",
        "ensemble;composant;quantité\r\nP;A;2\r\nP;B;1,5\r\nA;C;4\r\n".encode("cp1252"),
    ],
)
def test_columns_in_several_languages(content: bytes) -> None:
    bom = read_bom(content)
    links = {
        (bom.codes[a], bom.codes[b]): q
        for a, b, q in zip(bom.parent, bom.component, bom.quantity, strict=True)
    }
    assert links == {("P", "A"): 2.0, ("P", "B"): 1.5, ("A", "C"): 4.0}
    assert bom.report.rows_used == 3 and not bom.report.problems


def test_every_row_is_used_or_rejected_with_a_reason() -> None:
    bom = read_bom(b"parent,component,quantity\nP,A,2\n,B,1\nP,,1\nP,C,-3\nP,D,zero\nQ,E,0\nQ,F,\nP,A,3\n")
    report = bom.report
    assert (report.rows_read, report.rows_used, report.rows_rejected) == (8, 2, 6)
    assert list(report.rejected["row"]) == [3, 4, 5, 6, 7, 8]
    assert {p.code for p in report.problems} == {
        "parent_blank",
        "component_blank",
        "quantity_not_positive",
        "link_repeated",
    }
    assert bom.quantity.tolist() == [5.0]  # the repeated pair adds up
    assert [bom.codes[k] for k in bom.incomplete] == ["P"]


def test_missing_columns_and_empty_files_are_named() -> None:
    with pytest.raises(DataError, match="quantity"):
        read_bom(b"parent,component\nP,A\n")
    with pytest.raises(DataError, match="component"):
        read_bom(b"parent,weight,quantity\nP,3,1\n")
    with pytest.raises(DataError, match="no row"):
        read_bom(b"parent,component,quantity\n,,\nP,A,-1\n")
    with pytest.raises(DataError):
        read_bom(b"")
    assert (
        len(
            read_bom(
                b"top,bottom,number\nP,A,1\n",
                mapping={"parent": "top", "component": "bottom", "quantity": "number"},
            )
        )
        == 1
    )


def test_hostile_text_stays_text() -> None:
    nasty = [
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "'; DROP TABLE x;--",
        "\u202egnp.exe",
        "A" * 5000,
        "007",
        "1e5",
    ]
    rows = "".join(f'P,"{code}",2\n' for code in nasty)
    bom = read_bom(("parent,component,quantity\n" + rows).encode())
    assert set(nasty) <= set(bom.codes) and np.all(bom.quantity == 2.0)
