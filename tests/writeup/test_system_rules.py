"""Settings written for systems: documented columns, words by case, and read back as what they were written from."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest

from analytics.data.columns.system_settings import at_or_below, system_of
from analytics.data.files.source import open_source
from analytics.data.files.table import read_table
from analytics.data.items.items_file import read_items
from analytics.errors import DataError
from analytics.naming.systems import OPTIONAL, SYSTEMS
from analytics.writeup.systems.mapping_file import mapping_toml, read_mapping
from analytics.writeup.systems.rules import (
    Rules,
    below_which,
    cannot_stand,
    changed_rows,
    dry_run_lines,
    rules_bytes,
    rules_table,
    setting_changes,
)

NAN = float("nan")
#: Documented names (odoo: stock_orderpoint.py; Business Central: table Item; SAP: table MARC; ERPNext: item.json and item_reorder.json), copied
#: here by hand so that a slip in the table of systems is seen. custom_ names are fields of one's own.
DOCUMENTED = {
    "odoo": {"product_id", "location_id", "route_id", "trigger", "active", "product_min_qty", "product_max_qty", "qty_multiple"},
    "businesscentral": {
        "No.", "Replenishment System", "Reordering Policy", "Manufacturing Policy", "Assembly Policy", "Reorder Point", "Reorder Quantity",
        "Maximum Inventory", "Order Multiple", "Minimum Order Quantity",
    },
    "sap": {"MATNR", "WERKS", "STRGR", "DISMM", "MINBE", "DISLS", "BSTFE", "MABST", "BSTRF", "BSTMI"},
    "erpnext": {
        "ID", "reorder_levels.warehouse", "reorder_levels.warehouse_reorder_level", "reorder_levels.warehouse_reorder_qty",
        "reorder_levels.material_request_type", "min_order_qty",
    },
    "minmax": {"sku", "name", "strategy", "min", "max", "order_quantity"},
}  # fmt: skip
#: Words that each enumerated column may hold, from the same sources.
ENUMERATED = {
    ("odoo", "trigger"): {"auto", "manual"},
    ("odoo", "active"): {"True", "False"},
    ("businesscentral", "Reordering Policy"): {"", "Fixed Reorder Qty.", "Maximum Qty.", "Order", "Lot-for-Lot"},
    ("businesscentral", "Replenishment System"): {"Purchase", "Prod. Order", "Transfer", "Assembly", ""},
    ("businesscentral", "Manufacturing Policy"): {"Make-to-Stock", "Make-to-Order"},
    ("businesscentral", "Assembly Policy"): {"Assemble-to-Stock", "Assemble-to-Order"},
    ("sap", "STRGR"): {"10", "40", "20", "50", "82"},
    ("sap", "DISMM"): {"VB", "PD", "ND"},
    ("sap", "DISLS"): {"FX", "HB", "EX"},
    ("erpnext", "reorder_levels.material_request_type"): {"Purchase", "Transfer", "Material Issue", "Manufacture", ""},
}  # fmt: skip


def rules() -> Rules:
    """A product of each kind: in lots, up to a level, in kilograms, nothing more, assembled, to order (made, bought, of unknown source)."""
    rows = [
        # sku, strategy, source, point, level, lot, whole, multiple, minimum
        ("A-1", "MTS", "make", 40.0, NAN, 25.0, True, 5.0, 10.0),
        ("A,2", "MTS", "buy", 7.0, 19.0, NAN, True, NAN, NAN),
        ("A3", "MTS", "buy", 3.0, NAN, 2.25, False, NAN, NAN),
        ("A4", "MTS", "make", -1.0, NAN, 0.0, True, NAN, NAN),
        ("007", "ATO", "make", 3.335, NAN, 1.5, True, NAN, NAN),
        ("A6", "MTO", "make", NAN, NAN, NAN, True, NAN, NAN),
        ("A7", "MTO", "buy", -1.0, NAN, 30.0, True, NAN, NAN),
        ("A8", "MTO", "", NAN, NAN, NAN, True, NAN, NAN),
        ("A9", "MTS", "make", 0.0, NAN, 1.0, True, NAN, NAN),
    ]
    sku, strategy, source, point, level, lot, whole, multiple, minimum = (
        list(column) for column in zip(*rows, strict=True)
    )
    texts = [np.array(column, object) for column in (sku, [f"=name {s}" for s in sku], strategy, source)]
    return Rules(
        *texts,
        np.array(point),
        np.array(level),
        np.array(lot),
        np.array(whole),
        np.array(multiple),
        np.array(minimum),
    )


@pytest.mark.parametrize("name", list(SYSTEMS))
def test_every_column_and_word_is_documented(name: str) -> None:
    system = SYSTEMS[name]
    table = rules_table(rules(), system)
    assert {column for column in table.columns if not column.startswith("custom_")} == DOCUMENTED[name]
    for (of, column), known in ENUMERATED.items():
        if of == name:
            assert set(table[column]) <= known
            key = next(key for key, own in system.columns.items() if own == column)
            assert set(system.words[key].values()) <= known
    assert all(len(sku) <= system.longest for sku in table[system.columns["sku"]])


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("name", list(SYSTEMS))
def test_what_is_written_is_read_back(name: str, locale: str) -> None:
    """Strategies, levels and lots of the file are those it was written from; without a lot of its own a system is told the level."""
    given, system = rules(), SYSTEMS[name]
    content = rules_bytes(rules_table(given, system), locale)
    assert content == rules_bytes(rules_table(rules(), system), locale)
    assert system_of(read_table(open_source(content, "x.csv")[0])) == name
    items, report = read_items(content, name="x.csv")
    assert any(system.title in words for words in report.assumed)
    at = {str(sku): i for i, sku in enumerate(items.skus)}
    assert set(at) == set(given.sku)
    for k, sku in enumerate(given.sku):
        i, strategy = at[sku], given.strategy[k]
        assert items["current_mode"][i] == strategy, sku
        point, level, lot = (
            float(items[field][i]) for field in ("reorder_point", "order_up_to_level", "order_quantity")
        )
        if strategy == "MTO" or given.lot[k] == 0.0:
            assert np.isnan([point, level, lot]).all(), sku
        elif strategy == "ATO":
            assert (point, lot) == pytest.approx((given.point[k], given.lot[k]), abs=0.0011) and np.isnan(
                level
            ), sku
        else:
            assert point == pytest.approx(given.point[k], abs=0.0011), sku
            fixed = "lot" in system.columns and np.isnan(given.level[k])
            if fixed:
                assert lot == given.lot[k] and np.isnan(level), sku
            elif np.isnan(given.level[k]):  # up to the point and a lot
                assert level == pytest.approx(given.point[k] + given.lot[k], abs=0.0011) and np.isnan(lot), (
                    sku
                )
            elif "level" not in system.columns:  # the usual lot of a level
                assert lot == given.level[k] - given.point[k] and np.isnan(level), sku
            else:
                assert level == given.level[k] and np.isnan(lot), sku


def test_a_system_that_orders_below_is_told_one_more_and_read_one_less() -> None:
    point, whole = np.array([-1.0, 0.0, 12.0, 0.25, 4.0]), np.array([True, True, True, False, False])
    told = below_which(point, whole)
    assert told.tolist() == [0.0, 1.0, 13.0, 0.25, 4.001]
    assert at_or_below(told) == pytest.approx(point, abs=0.0011)
    row = rules_table(rules(), SYSTEMS["odoo"]).set_index("product_id").loc["A9"]
    assert (row["product_min_qty"], row["product_max_qty"]) == (
        "1",
        "1",
    )  # sells its last unit, then orders one
    assert (
        rules_table(rules(), SYSTEMS["erpnext"])
        .set_index("ID")
        .loc["A9", "reorder_levels.warehouse_reorder_level"]
        == "0"
    )


def test_only_what_differs_is_a_change_and_what_nobody_stated_is_said() -> None:
    """One line per cell that differs; the gain of a product stands once, so that the column adds up to the products'."""
    new = rules()
    columns = vars(new) | {"strategy": new.strategy.copy(), "point": new.point.copy(), "lot": new.lot.copy()}
    columns["lot"][0], columns["strategy"][2], columns["point"][2], columns["lot"][2] = 20.0, "", NAN, NAN
    then, now = (rules_table(one, SYSTEMS["businesscentral"]) for one in (Rules(**columns), new))
    changed = np.flatnonzero(changed_rows(then, now))
    assert changed.tolist() == [0, 2]
    gain = np.array([5.25, 7.0])
    lines = setting_changes(new.take(changed), then.iloc[changed], now.iloc[changed], gain)
    of_first = lines[lines["sku"] == "A-1"].set_index("setting")
    assert of_first[["today", "new"]].to_numpy().tolist() == [["20", "25"], ["60", "65"]]
    assert list(of_first.index) == ["Reorder Quantity", "Maximum Inventory"]
    assert set(lines[lines["sku"] == "A3"]["today"]) == {"not known", "Purchase"} - {"Purchase"}
    assert lines["gain_per_year"].sum() == 12.25
    assert dry_run_lines(lines)[:2] == [
        f"{len(lines)} settings of 2 products change",
        "A-1  Reorder Quantity: 20 -> 25",
    ]


def test_codes_stay_as_they_are_and_what_could_run_is_left_out() -> None:
    """A code must match the system's; a name is for people and is made safe; a call or an overlong code is in no file."""
    codes = np.array(
        [
            "-100",
            "+A1",
            "@x",
            "=A1",
            '=HYPERLINK("http://x")',
            " =cmd|' /C calc'!A0",
            "\uff1dSUM(1)",
            "x" * 32_768,
            "B(1)",
        ],
        object,
    )
    assert cannot_stand(codes, SYSTEMS["odoo"].longest).tolist() == [False] * 4 + [True] * 4 + [False]
    assert cannot_stand(
        np.array(["y" * 21, "y" * 20], object), SYSTEMS["businesscentral"].longest
    ).tolist() == [True, False]
    one, text = np.ones(1), lambda word: np.array([word], object)
    odd = Rules(
        text("=A1"),
        text("=1+1"),
        text("MTS"),
        text("buy"),
        one,
        NAN * one,
        one,
        np.array([True]),
        NAN * one,
        NAN * one,
    )
    row = next(csv.DictReader(io.StringIO(rules_bytes(rules_table(odd, SYSTEMS["minmax"])).decode())))
    assert (row["sku"], row["name"]) == ("=A1", "'=1+1")
    lines = pd.DataFrame({"sku": ["a\x1b[31m" + "b" * 99], "setting": ["min"], "today": [""], "new": ["1"]})
    assert dry_run_lines(lines)[1] == f"a?[31m{'b' * 31}...  min: blank -> 1"


def test_a_mapping_is_edited_and_its_faults_are_named() -> None:
    assert read_mapping(mapping_toml()) == dict(SYSTEMS)
    edited = read_mapping(
        '[sap]\nplace = "1000"\n[sap.columns]\nmultiple = ""\n[sap.words.strategy]\nMTS = "40"\n"MTO buy" = "50"\n'
    )["sap"]
    table = rules_table(rules(), edited).set_index("MATNR")
    assert "BSTRF" not in table and set(table["WERKS"]) == {"1000"}
    assert table["STRGR"].to_dict() == {
        "A-1": "40", "A,2": "40", "A3": "40", "A4": "40", "007": "82", "A6": "20", "A7": "50", "A8": "20", "A9": "40",
    }  # fmt: skip
    wrong = (
        '[oddo]\nplace = "x"\n[odoo]\nplace = 3\nzone = "y"\n[odoo.columns]\nsku = ""\nlevel = "trigger"\ncolour = "x"\n'
        '[odoo.words.route]\nMTX = "x"\nMTS = 4\n[odoo.words.colour]\nMTS = "x"\n'
    )
    with pytest.raises(DataError) as error:
        read_mapping(wrong)
    said = " ".join(problem.sentence() for problem in error.value.problems)
    for where in (
        "oddo",
        "odoo.place",
        "odoo.zone",
        "odoo.columns.sku",
        "odoo.columns.colour",
        "route.MTX",
        "route.MTS",
        "odoo.words.colour",
    ):
        assert where in said
    assert "every column once" in said
    with pytest.raises(DataError):
        read_mapping("sap = 3")


def test_two_hundred_thousand_products_are_written_whole() -> None:
    n = 200_000
    skus = np.array([f"P{i:06d}" for i in range(n)], object)
    point = np.arange(n) % 997.0
    many = Rules(skus, skus, np.array(["MTS", "MTO"] * (n // 2), object), np.array(["buy"] * n, object), point, np.full(n, NAN), point + 1.0,
                 np.ones(n, bool), np.full(n, NAN), np.full(n, NAN))  # fmt: skip
    lines = rules_bytes(rules_table(many, SYSTEMS["sap"])).split(b"\n")
    assert len(lines) == n + 2 and lines[-2] == b"P199999,,20,PD,0,EX,0,0"
    assert not {SYSTEMS["sap"].columns[key] for key in OPTIONAL} & set(lines[0].decode().split(","))
