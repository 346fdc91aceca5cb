"""Settings exported for a system and loaded as today's leave at most 1 % of the gain; the command line writes, shows and reads them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analytics import Assumptions, read_assumptions, read_items, read_sales, run_study
from analytics.cli import main
from analytics.data.columns.system_settings import SETTING_FIELDS, with_settings
from analytics.data.uploads import Given, read_files
from analytics.items import GIVEN, Items
from analytics.naming.labels import Strategy
from analytics.naming.systems import SYSTEMS
from analytics.strategy.planned_settings import component_levels
from analytics.strategy.present.present_settings import kits_of_file, over_interval, todays_plan
from analytics.study import Study
from analytics.study_export.hidden_names import anonymous_study
from analytics.study_export.settings import settings_after, settings_before, study_settings
from analytics.writeup.systems.rules import changed_rows, rules_table
from sample_data import sample_paths, samples
from tests.faults.damage import ALL
from tests.sample_data.kept import kept_sample
from tests.strategy.small import STATED, csv_text, items_table, of_few, sales_table, small_study

#: Systems that are told a lot: read back, they say one and the same of every product.
_IN_LOTS = ("businesscentral", "sap", "erpnext", "minmax")


def read_back(study: Study, items: Items, name: str) -> Items:
    return with_settings(
        items, read_items(study_settings(study, SYSTEMS[name]).file(), name=f"{name}.csv")[0]
    )


def same_settings(one: Items, other: Items) -> bool:
    for name in SETTING_FIELDS:
        a, b = one[name], other[name]
        if not (
            np.array_equal(a, b) if a.dtype == object else np.allclose(a, b, atol=0.0011, equal_nan=True)
        ):
            return False
    return True


@pytest.mark.parametrize("name", ["odoo", "sap"])
def test_little_gain_is_left_of_what_was_exported(name: str) -> None:
    study = small_study()
    given = read_items(csv_text(items_table()), name="items.csv")[0]
    again = run_study(
        study.history, read_back(study, given, name), read_assumptions(STATED), seed=1, how_sure=False
    )
    assert study.portfolio.gain > 1000.0 and len(study_settings(study, SYSTEMS[name]).rules) > 3
    assert again.portfolio.gain <= 0.01 * study.portfolio.gain
    if name == "sap":
        assert all(
            same_settings(read_back(study, given, one), read_back(study, given, "sap")) for one in _IN_LOTS
        )
        left = study_settings(again, SYSTEMS[name]).rules["MATNR"]
        assert set(left) <= {
            sku for sku, gain in zip(again.items.skus, again.recommendation.gain, strict=True) if gain > 0.0
        }


@pytest.mark.slow
@pytest.mark.parametrize("name", list(samples()) if ALL else ["bicycles"])
def test_little_gain_is_left_of_each_sample(name: str) -> None:
    """The systems in lots say one and the same; Odoo, told levels that move with demand, is played as they are."""
    paths = sample_paths(name)
    stated = read_assumptions(paths["assumptions"].read_text()) if "assumptions" in paths else Assumptions()
    history, given, study = read_sales(paths["sales"]), read_items(paths["items"])[0], kept_sample(name)
    loaded = {system: read_back(study, given, system) for system in SYSTEMS}
    assert all(same_settings(loaded[one], loaded["sap"]) for one in _IN_LOTS)
    for system in ("sap", "odoo"):
        again = run_study(history, loaded[system], stated, how_sure=False)
        assert again.portfolio.gain <= 0.01 * study.portfolio.gain, system


def test_every_product_is_in_the_file_or_among_the_notes() -> None:
    """Rows of the file and the products that notes leave out are all products; the dry run is what differs, cell by cell."""
    study = small_study()
    found = study_settings(study, SYSTEMS["businesscentral"])
    left = [int(note.split()[0].replace(",", "")) for note in found.notes if note.endswith("not in the file")]
    assert len(found.rules) + sum(left) == len(study.items)
    before, after = (
        rules_table(one, found.system) for one in (settings_before(study), settings_after(study))
    )
    rows = {sku: k for k, sku in enumerate(after["No."])}
    for line in found.changes.itertuples():
        k = rows[line.sku]
        assert after[line.setting][k] == line.new
        assert (before[line.setting][k] or "not known") == line.today != line.new
    changed = set(after["No."][changed_rows(before, after)])
    assert set(found.changes["sku"]) == set(found.rules["No."]) <= changed
    gain = dict(zip(study.items.skus, study.recommendation.gain, strict=True))
    assert found.changes["gain_per_year"].sum() == pytest.approx(
        sum(gain[sku] for sku in found.rules["No."]), abs=0.005
    )


def test_shares_of_component_kits_add_up_and_are_read_back() -> None:
    """What members of a family are given of its kits adds up to the kits' level and lot, and is read back as both."""
    study = small_study()
    assert study.setup.assembly is not None
    (members,) = (f for f in study.setup.families if len(f) > 1)
    point, lot = component_levels(study.setup, study.comparison, members)
    assert len(members) >= 3 and point.min() > 0.0
    mode = np.array(study.items["current_mode"], object)
    mode[members] = Strategy.ATO
    items = study.items.with_field("current_mode", mode, GIVEN)
    for name, column in (("reorder_point", point), ("order_quantity", lot)):
        whole = np.full(len(items), np.nan)
        whole[members] = column
        items = items.with_field(name, whole, GIVEN)
    family = next(f for f, own in enumerate(study.setup.families) if len(own) > 1)
    points, lots = kits_of_file(study.setup, items, study.todays_way)
    assert points[family] == pytest.approx(point.sum()) and lots[family] == pytest.approx(lot.sum())
    # of members given alone the level of the whole family follows
    some = np.array(items["reorder_point"])
    some[members[0]] = np.nan
    alone = kits_of_file(study.setup, items.with_field("reorder_point", some, GIVEN), study.todays_way)
    assert alone[0][family] == pytest.approx(points[family]) and alone[1][family] == pytest.approx(
        lots[family]
    )


def test_levels_of_an_export_follow_demand_from_what_they_are_now() -> None:
    """Set anew as demand moves: now the file's level, later as the plan's own; else they stand still all year."""
    study = small_study()
    index = np.flatnonzero(study.items.skus == "A1").astype(np.intp)
    items, base = study.items, study.setup.stock
    for name, value in (("reorder_point", 59.0), ("order_quantity", 30.0)):
        column = np.array(items[name], np.float64)
        column[index] = value
        items = items.with_field(name, column, GIVEN)
    still, shown = todays_plan(study.setup, items, study.forecast, study.todays_way, index)
    flag = np.where(items.skus == "A1", 1.0, np.nan)
    followed, same = todays_plan(
        study.setup, items.with_field("levels_followed", flag, GIVEN), study.forecast, study.todays_way, index
    )
    assert shown["reorder_point"].tolist() == same["reorder_point"].tolist() == [59.0]
    assert followed.relative_quantile[0, 0] * over_interval(base, index)[0] == pytest.approx(60.0)
    assert still.smoothing[0] == 0.0 < followed.smoothing[0] == base.smoothing[index][0]
    assert np.array_equal(followed.expected, base.expected[index]) and np.ptp(still.expected[0][:52]) == 0.0
    assert (followed.lot == 30.0).all() and (still.lot == 30.0).all()
    level = np.where(
        items.skus == "A1", 89.0, np.nan
    )  # the same told as a level: it moves with the reorder point
    told = items.with_field("order_quantity", np.full(len(level), np.nan), GIVEN)
    told = told.with_field("order_up_to_level", level, GIVEN).with_field("levels_followed", flag, GIVEN)
    up_to, _ = todays_plan(study.setup, told, study.forecast, study.todays_way, index)
    for name in ("relative_quantile", "lot", "order_gap"):
        assert np.array_equal(getattr(up_to, name), getattr(followed, name)), name


def test_names_are_hidden_where_that_is_asked() -> None:
    rules = study_settings(anonymous_study(small_study()), SYSTEMS["minmax"]).rules
    assert rules["sku"].str.fullmatch(r"P-\d+").all() and len(rules)


def test_codes_that_cannot_stand_are_said() -> None:
    study = small_study()
    changed = list(study_settings(study, SYSTEMS["businesscentral"]).rules["No."])
    skus = np.array(
        [f"{'x' * 32_768}{sku}" if sku == changed[0] else sku for sku in study.items.skus], object
    )
    found = study_settings(replace(study, items=replace(study.items, skus=skus)), SYSTEMS["businesscentral"])
    assert list(found.rules["No."]) == changed[1:]
    assert any("longer than Business Central allows" in note for note in found.notes)


def test_settings_beside_the_items_take_their_place() -> None:
    """Of products that the file of settings names, today's settings are its own; of others the items'; cost and price stay."""
    sales = b"date,sku,quantity,unit_price\n2024-01-02,A,3,9\n2024-02-02,B,2,9\n"
    items = b"sku,unit_cost,current_mode,order_up_to_level\nA,4,MTS,50\nB,5,MTO,\n"
    rules = (
        b"MATNR,WERKS,STRGR,DISMM,MINBE,DISLS,BSTFE,MABST\nA,1000,10,VB,13,FX,20,0\nZ,1000,20,PD,0,EX,0,0\n"
    )
    files = [Given(sales, "s.csv"), Given(rules, "sap.csv", beside=True)]
    for reading in (
        read_files(files, Given(items, "i.csv")),
        read_files([Given(sales, "s.csv"), Given(items, "i.csv"), Given(rules, "sap.csv")]),
    ):
        found, report = reading.items, reading.items_report
        assert found is not None and report is not None and found.skus.tolist() == ["A", "B"]
        assert found["unit_cost"].tolist() == [4.0, 5.0] and found["current_mode"].tolist() == ["MTS", "MTO"]
        assert (found["reorder_point"][0], found["order_quantity"][0]) == (12.0, 20.0)
        assert np.isnan(found["order_up_to_level"]).all()
        assert any("names 1 products that no list" in problem.message for problem in report.problems)
    plain = b"sku,reorder point,strategy\nB,7,make to stock\n"
    reading = read_files([Given(sales, "s.csv"), Given(plain, "own.csv", beside=True)], Given(items, "i.csv"))
    assert reading.items is not None and reading.items["reorder_point"][1] == 7.0
    assert reading.items["current_mode"].tolist() == ["MTS", "MTS"]


def test_the_command_line_shows_writes_and_reads_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sales.csv").write_bytes(csv_text(of_few(sales_table())))
    (tmp_path / "items.csv").write_bytes(csv_text(of_few(items_table())))
    (tmp_path / "stated.toml").write_text(STATED)
    (tmp_path / "own.toml").write_text('[odoo]\nplace = "WH2/Stock"\n')
    given = [
        str(tmp_path / "sales.csv"),
        "--items",
        str(tmp_path / "items.csv"),
        "--assumptions",
        str(tmp_path / "stated.toml"),
    ]
    out = tmp_path / "odoo.csv"
    more = ["--mapping-file", str(tmp_path / "own.toml")]
    assert main(["export", *given, "--to", "odoo", "--out", str(out), *more]) == 0
    assert out.read_text().splitlines()[1].split(",")[1] == "WH2/Stock"
    capsys.readouterr()
    assert main(["export", *given, "--to", "odoo", "--dry-run", "--settings", str(out)]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("0 settings of 0 products change")
    assert "stay as they are today" in shown.err


def test_what_does_not_go_together_is_said_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "none.csv", "--to", "xlsx", "--dry-run"]) == 2
    assert "--dry-run shows settings" in capsys.readouterr().err
    assert main(["export", "none.csv", "--to", "odoo"]) == 2
    assert "give --out FILE" in capsys.readouterr().err
    assert main(["export", "none.csv", "--to", "sap", "--out", "none.out", "--hide-names"]) == 2
    assert "settings under made-up names would match none" in capsys.readouterr().err
    assert main(["settings"]) == 0
    assert "[odoo.columns]" in capsys.readouterr().out
